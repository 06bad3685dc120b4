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
import re
import shlex
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from stabkit.cli.app import main
from stabkit.publish import rendering
from stabkit.publish.layout import laid_out

GOLDEN = Path(__file__).parent / "golden"
FILES = sorted(GOLDEN.glob("*.txt"))
WIDTHS = (40, 60, 80, 120, 200)
UNIT = re.compile(r"\s*(%|±|(tokens?|steps?|requests?|modes?|dB|a\*)\b)")


def printed(line: str) -> str:
    """Return what a command line prints on standard output, on 80 columns; its status is 0."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main(shlex.split(line)[1:]) == 0, line
    return out.getvalue()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_text_is_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    texts: list[Callable[[], str]] = []
    usual = rendering.text

    def noted(result: Any, **options: Any) -> str:
        texts.append(lambda: usual(result, **options))
        return usual(result, **options)

    monkeypatch.setattr(rendering, "text", noted)
    line, _, text = file.read_text().partition("\n")
    assert printed(line.removeprefix("$ ")) == text
    for again in texts:
        _fits_every_width(again)


@pytest.mark.slow
@pytest.mark.parametrize("file", [file for file in FILES if "-help" in file.stem])
def test_help_fits_every_width(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = file.read_text().partition("\n")[0].removeprefix("$ ")

    def again(width: int) -> str:
        monkeypatch.setenv("COLUMNS", f"{width}")
        return printed(line)

    words = set(re.findall(r"--[\w-]+", again(200)))
    for width in WIDTHS:
        text = again(width)
        assert set(re.findall(r"--[\w-]+", text)) == words
        lines = [line for line in text.split("\n") if not line.startswith("    stabkit ")]
        assert max(map(len, lines)) <= max(width, LONGEST_OPTION)


LONGEST_OPTION = 48  # a name, what it takes, and a word of help


def _fits_every_width(text: Callable[[], str]) -> None:
    """Whatever the terminal: every number and option is whole, and no line is too long."""
    with laid_out(WIDTHS[-1]):
        known = set(filter(_is_copied, text().split()))
    for width in WIDTHS:
        with laid_out(width):
            lines = text().split("\n")
        assert set(filter(_is_copied, " ".join(lines).split())) == known, width
        for line, after in pairwise(lines):
            assert not _parted(line, after), (width, line, after)
            longest = max(map(len, line.split()), default=0)
            assert len(line) <= width or longest > width - 30, (width, line)


def _parted(line: str, after: str) -> bool:
    """Whether a number ends a line and its unit, not the label of another row, begins the next."""
    deeper = len(after) - len(after.lstrip()) >= len(line) - len(line.lstrip())
    prose = "  " not in after.strip()
    return line[-1:].isdigit() and deeper and prose and bool(UNIT.match(after))


def _is_copied(word: str) -> bool:
    return word.startswith("--") or bool(re.search(r"\d", word))


def test_every_command_has_a_golden_text() -> None:
    lines = [file.read_text().partition("\n")[0] for file in FILES]
    commands = printed("stabkit --help").partition("Commands:")[2].split("\n")
    names = {line.split()[0] for line in commands if line.startswith("  ") and line[2] != " "}
    assert names
    for name in names:
        assert any(line.startswith(f"$ stabkit {name} --help") for line in lines), name
        if name == "explore":  # serves until it is stopped
            continue
        assert any(line.startswith(f"$ stabkit {name}") and "--help" not in line for line in lines)


if __name__ == "__main__":
    os.environ["COLUMNS"] = "80"
    for each in FILES:
        head = each.read_text().partition("\n")[0]
        each.write_text(f"{head}\n{printed(head.removeprefix('$ '))}")
        print(each.name, file=sys.stderr)
