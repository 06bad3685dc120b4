"""Every command's text, as it was when last somebody read it.

Each file in `golden` opens with a command line after ``$ `` and goes on with what it printed; the
texts are true by other tests, and these see to it that a change of the house changes none of them.
Where a text is meant to change, write the files anew, `python tests/cli/test_golden.py`, and read
what git shows.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import sys
from pathlib import Path

import pytest

from stabkit.cli.app import main

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.txt"))


def printed(line: str) -> str:
    """Return what a command line prints on standard output, on 80 columns; its status is 0."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(shlex.split(line)[1:]) == 0, line
    return out.getvalue()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_text_is_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    line, _, text = file.read_text().partition("\n")
    assert printed(line.removeprefix("$ ")) == text


def test_every_command_has_a_golden_text() -> None:
    lines = [file.read_text().partition("\n")[0] for file in FILES]
    commands = printed("stabkit --help").partition("Commands:")[2].split("\n")
    names = {line.split()[0] for line in commands if line.startswith("  ") and line[2] != " "}
    assert names
    for name in names:
        assert any(line.startswith(f"$ stabkit {name} --help") for line in lines), name
        assert any(line.startswith(f"$ stabkit {name}") and "--help" not in line for line in lines)


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    for each in FILES:
        head = each.read_text().partition("\n")[0]
        each.write_text(f"{head}\n{printed(head.removeprefix('$ '))}")
        print(each.name, file=sys.stderr)
