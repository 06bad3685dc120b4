"""A process that is killed while it writes leaves the old file whole, or the new one whole.

SIGKILL cannot be caught, so that nothing is tidied up: the half of a new file may stay beside the
old one, in a hidden file whose name ends in .part.
"""

from __future__ import annotations

import ast
import random
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import stabkit

OLD, NEW = b"old " * 500_000, b"new " * 700_000
STEPS = ("os.open", "os.fsync", "os.chmod", "os.replace")

ONCE = """
import os, shlex, signal, sys
from stabkit.publish.files import write_whole

def killed(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

after = sys.argv[2] == "after"
usual = {step}
{step} = (lambda *given, **named: (usual(*given, **named), killed())) if after else killed
write_whole(sys.argv[1], b"new " * 700_000)
"""

FOR_EVER = """
import itertools, sys
from stabkit.publish.files import write_whole

for content in itertools.cycle([b"new " * 700_000, b"old " * 500_000]):
    write_whole(sys.argv[1], content)
"""

PROGRAM = """
import os, shlex, signal, sys
import matplotlib.backends.backend_pdf, stabkit.publish.figures.chart, sympy
from stabkit import derive, roots, stability_chart
from stabkit.cli.app import main

os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
for line in sys.stdin:
    child = os.fork()
    if not child:
        os._exit(main(shlex.split(line)))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def assert_whole(target: Path) -> None:
    assert target.read_bytes() in (OLD, NEW)
    others = {path.name for path in target.parent.iterdir()} - {target.name}
    assert all(name.startswith(".") and name.endswith(".part") for name in others)


@pytest.mark.parametrize("after", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_killed_at_every_step_of_a_write(step: str, after: str, tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_bytes(OLD)
    line = [sys.executable, "-c", ONCE.format(step=step), str(target), after]
    assert subprocess.run(line, check=False).returncode == -signal.SIGKILL
    assert_whole(target)
    assert (target.read_bytes() == NEW) == ((step, after) == ("os.replace", "after"))


def test_killed_at_any_moment(tmp_path: Path) -> None:
    target, rng = tmp_path / "file", random.Random(23)
    target.write_bytes(OLD)
    for _ in range(12):
        with subprocess.Popen([sys.executable, "-c", FOR_EVER, str(target)]) as writer:
            before = target.stat().st_ino
            while target.stat().st_ino == before:  # until it writes
                time.sleep(0.001)
            time.sleep(rng.uniform(0, 0.03))
            writer.kill()
        assert_whole(target)


LINES = {
    "roots 5:3 5:5": (".txt", ".json"),
    "chart 2 3 --rows 3": (".csv", ".png", ".svg", ".pdf"),
    "derive 10:5": (".tex", ".html"),
    "derive 10:5 --bibtex": (".bib",),
}


@pytest.mark.slow
def test_the_program_killed_when_all_is_written(tmp_path: Path) -> None:
    """In a child for each file, of one process that has loaded what takes long."""
    targets, lines = list[Path](), ""
    for line, suffix in ((line, suffix) for line, kinds in LINES.items() for suffix in kinds):
        targets.append(tmp_path / f"{len(targets)}" / f"file{suffix}")
        targets[-1].parent.mkdir()
        targets[-1].write_bytes(OLD)
        lines += f"{line} --output {shlex.quote(str(targets[-1]))}\n"
    command = [sys.executable, "-c", PROGRAM]
    found = subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, check=True)
    assert found.stdout.split() == [f"{-signal.SIGKILL}"] * len(targets)
    for target in targets:
        assert_whole(target)
        assert target.read_bytes() == OLD


def writes(path: Path) -> set[str]:
    """Return the calls in a module that may write a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node.func, ast.Name) else called
            words = {str(one.value) for one in node.args if isinstance(one, ast.Constant)}
            if called in ("write_text", "write_bytes") or (
                called in ("open", "ZipFile") and any(set(word) <= set("wxab+") for word in words)
            ):
                found.add(called)
    return found


def test_there_is_no_other_writer() -> None:
    """But two of files in folders of their own, which are gone when they have been read.

    And that of the parts of a sweep, which `tests/sweeps/test_killed.py` kills.
    """
    top = Path(stabkit.__file__).parent
    found = {str(path.relative_to(top)) for path in top.rglob("*.py") if writes(path)}
    own = {"publish/document/engine.py", "explorer/server.py"}
    assert found == own | {"publish/files.py", "sweeps/parts.py"}
    for name in own:
        assert "TemporaryDirectory()" in (top / name).read_text(encoding="utf-8")
