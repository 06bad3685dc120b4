"""The front door: cheap to open, whole, and visible to tools that only read."""

from __future__ import annotations

import configparser
import fnmatch
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import stabkit

TOP = Path(__file__).parents[2]
RIGHT = """
import stabkit
from matplotlib.axes import Axes
from stabkit import Analysis, Workload, analyze

mix: Workload = Workload.from_classes([(5, 3), (5, 5)])
found: Analysis = stabkit.analyze(mix)
verdict: str = analyze(mix).verdict
titles: list[str] = [theorem.title for theorem in stabkit.theorems()]
stabkit.figure(stabkit.nyquist(mix)).savefig("curve.png")


def drawn(ax: "Axes | None") -> None:
    stabkit.figure(mix, ax)
"""
WRONG = {
    "stabkit.analyze(3)": 'Argument 1 to "analyze" has incompatible type "int"',
    "stabkit.nonexistent": 'Module has no attribute "nonexistent"',
    "from stabkit import nonexistent": 'Module "stabkit" has no attribute "nonexistent"',
    "analyze(mix).nonexistent": '"Analysis" has no attribute "nonexistent"',
}


def test_importing_it_imports_nothing_else() -> None:
    code = "import sys; old = set(sys.modules); import stabkit; print(*set(sys.modules) - old)"
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True
    ).stdout
    # of the import system itself, loaded already where a start-up hook imports something
    own = {"__future__", "importlib", "importlib._bootstrap", "importlib._bootstrap_external"}
    assert set(printed.split()) - own - {"warnings"} == {"stabkit"}


def test_every_name_is_there_and_listed() -> None:
    assert dir(stabkit) == sorted(set(stabkit.__all__))
    for name in stabkit.__all__:
        assert getattr(stabkit, name) is not None
    with pytest.raises(AttributeError, match="module 'stabkit' has no attribute 'nonexistent'"):
        stabkit.nonexistent  # noqa: B018


def test_stub_and_page_say_what_the_table_says() -> None:
    script = runpy.run_path(str(TOP / "scripts" / "make_api.py"))
    assert script["STUB"].read_text("utf-8") == script["stub"](), "run scripts/make_api.py"
    assert script["PAGE"].read_text("utf-8") == script["page"](), "run scripts/make_api.py"


@pytest.mark.parametrize("name", ["py.typed", "__init__.pyi"])
def test_what_static_tools_need_is_installed(name: str) -> None:
    setup = configparser.ConfigParser()
    setup.read(TOP / "setup.cfg", encoding="utf-8")
    shipped = setup["options.package_data"]["stabkit"].split()
    assert any(fnmatch.fnmatch(name, pattern) for pattern in shipped)
    assert (TOP / "stabkit" / name).is_file()


@pytest.mark.slow
def test_mypy_knows_every_name(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(RIGHT + "\n".join(WRONG) + "\n", encoding="utf-8")
    options = ["--follow-imports=silent", "--ignore-missing-imports", "--no-incremental"]
    command = [sys.executable, "-m", "mypy", *options, "--config-file=", str(program)]
    checked = subprocess.run(
        command, cwd=tmp_path, env={"MYPYPATH": str(TOP)}, capture_output=True, text=True
    )
    *errors, _ = checked.stdout.splitlines()
    first = len(RIGHT.splitlines()) + 1
    for line, (error, message) in enumerate(zip(errors, WRONG.values(), strict=True), start=first):
        assert error.startswith(f"program.py:{line}: error: {message}")


def test_the_docstring_lists_every_public_name_under_its_group() -> None:
    assert stabkit.__doc__ is not None
    for group, homes in stabkit.__groups__.items():
        listed = stabkit.__doc__.partition(f"\n{group.capitalize()}\n")[2].splitlines()[0]
        assert listed.split() == ", ".join(" ".join(homes.values()).split()).split()
