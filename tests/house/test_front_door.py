"""The front door: cheap to open, whole, and visible to tools that only read."""

from __future__ import annotations

import ast
import configparser
import fnmatch
import inspect
import runpy
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

import stabkit

TOP = Path(__file__).parents[2]
RIGHT = """
import stabkit
from dataclasses import dataclass
from fractions import Fraction
from matplotlib.axes import Axes
from stabkit import Analysis, Workload, analyze

mix: Workload = Workload.from_classes([(5, 3), (5, 5)])
found: Analysis = stabkit.analyze(mix)
verdict: str = analyze(mix).verdict
titles: list[str] = [theorem.title for theorem in stabkit.theorems()]
stabkit.figure(stabkit.nyquist(mix)).savefig("curve.png")


def drawn(ax: "Axes | None") -> None:
    stabkit.figure(mix, ax)


@dataclass(frozen=True)
class Own:  # of another distribution, which has registered writers for it
    mix: Workload


written: str = stabkit.text(Own(mix)) + stabkit.html(Own(mix)) + stabkit.to_csv(stabkit.atlas())
roots: str = stabkit.text(stabkit.roots(mix), digits=3)
stabkit.figure([stabkit.policy_sweep(mix, "gain", [1, Fraction(1, 2)])])
stabkit.to_dict((Own(mix), Own(mix)))
rows = [(5, 3), (Fraction(1, 2), 5, "1/3")]
start = [[1, Fraction(1, 2), 0], [0, 0, 0, 0, 0]]
stabkit.certify_start(rows, start)
stabkit.certify_start("5:3 5:5", "equilibrium")
stabkit.simulate_requests(mix, steps=9, scheduler=stabkit.Scheduler(capacity="9k"), seed=1)
stabkit.simulate_requests([(5, 3), (5, 3)], scheduler="vllm", capacity=100, table=False)
stabkit.replay([(5, 3, 0.5)], observed={"t": [1, 2], "running": [1, 0]}, step_time=(1, "1/9"))
stabkit.replay("trace.csv", step_time="fit")
"""
WRONG = {
    "stabkit.analyze(3)": 'Argument 1 to "analyze" has incompatible type "int"',
    "stabkit.nonexistent": 'Module has no attribute "nonexistent"',
    "from stabkit import nonexistent": 'Module "stabkit" has no attribute "nonexistent"',
    "analyze(mix).nonexistent": '"Analysis" has no attribute "nonexistent"',
    **{
        f"stabkit.{name}(3)": f'Argument 1 to "{name}" has incompatible type "int"'
        for name in ("certify_start", "html", "replay", "simulate_requests", "text", "to_csv")
    },
    "stabkit.to_dict([3])": 'List item 0 has incompatible type "int"',
    'stabkit.text("5:3")': 'Argument 1 to "text" has incompatible type "str"',
    "stabkit.figure(3)": 'No overload variant of "figure" matches argument type "int"',
    "stabkit.certify_start(mix, 3)": 'Argument 2 to "certify_start" has incompatible type',
    "stabkit.replay([(5, 3)], 3)": 'Argument 2 to "replay" has incompatible type "int"',
    "stabkit.replay([(5, 3)], observed=3)": 'Argument "observed" to "replay" has incompatible type',
    "Workload.from_dataframe(3)": 'Argument 1 to "from_dataframe" of "Workload" has incompatible',
    "mix.with_capacity([3])": 'Argument 1 to "with_capacity" of "Workload" has incompatible type',
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


# Given in any form, and Fractions in the record; or parts that a result is made of.
UNTYPED = {
    *("Damped.gain", "Headroom.watermark", "RateLimited.rate"),
    *(f"Scheduler.{option}" for option in ("capacity", "rate", "reserve", "step_time")),
    *("Scheduler.watermark", "Scheduler.watermark_tokens"),
    *("AnimationPicture.edges", "AnimationPicture.steps", "Workload.pairs"),
    *("CertifiedClaim.winding", "SweepPlan.given"),
}
METHODS = (types.FunctionType, types.MethodType)


def parameters() -> Iterator[tuple[str, str]]:
    """Yield the parameters of public functions, constructors and methods, with their types."""
    for name in stabkit.__all__[1:]:
        thing = getattr(stabkit, name)
        members = inspect.getmembers(thing) if inspect.isclass(thing) else []
        methods = ((key, one) for key, one in members if isinstance(one, METHODS))
        own = ((f"{name}.{key}", one) for key, one in methods if key[0] != "_")
        for called, function in ((name, thing), *own):
            if inspect.ismodule(function) or Exception in getattr(function, "__mro__", ()):
                continue
            for one in inspect.signature(function).parameters.values():
                if one.name != "self":
                    yield f"{called}.{one.name}", one.annotation


def is_any(annotation: object) -> bool:
    """Whether a type checker takes everything, or items of every type.

    Of arrays and of what is called it takes those whatever they hold.
    """
    return not isinstance(annotation, str) or _holds_any(ast.parse(annotation))


def _holds_any(node: ast.AST) -> bool:
    match node:
        case ast.Name("Any"):
            return True
        case ast.Subscript(ast.Name("NDArray" | "Callable")):
            return False
    return any(map(_holds_any, ast.iter_child_nodes(node)))


def test_what_is_any_is_told_from_what_holds_arrays_or_is_called() -> None:
    for one in ("Any", "NDArray[Any] | Any", "tuple[NDArray[Any], Any]", "dict[str, Any]", None):
        assert is_any(one), one
    for one in ("NDArray[Any]", "Callable[[Any], Any] | None", "Callable[[int | Any], int]"):
        assert not is_any(one), one


def test_every_parameter_has_a_type() -> None:
    assert {name for name, annotation in parameters() if is_any(annotation)} == UNTYPED


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
    errors = [line for line in checked.stdout.splitlines() if ": error: " in line]
    first = len(RIGHT.splitlines()) + 1
    for line, (error, message) in enumerate(zip(errors, WRONG.values(), strict=True), start=first):
        assert error.startswith(f"program.py:{line}: error: {message}")


def test_the_docstring_lists_every_public_name_under_its_group() -> None:
    assert stabkit.__doc__ is not None
    for group, homes in stabkit.__groups__.items():
        listed = stabkit.__doc__.partition(f"\n{group.capitalize()}\n")[2].splitlines()[0]
        assert listed.split() == ", ".join(" ".join(homes.values()).split()).split()
