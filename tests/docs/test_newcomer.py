"""What a newcomer meets: the first command of the README, then each one of its tables.

They are read from the README: a fenced block that runs ``stabkit``, and ``stabkit ...`` in
backticks in a table. Files that a command names are small ones of the kind that its suffix says.
Every text has fewer than forty lines, of at most eighty columns, and no number is in two of them.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from stabkit.cli.app import main
from stabkit.publish import rendering
from stabkit.publish.layout import laid_out

README = Path(__file__).parents[2] / "README.md"
LINES, COLUMNS, WIDE = 40, 80, 200
# Those that end in no text on the terminal, or not in a second: a smaller one of the kind.
LONG = {
    "stabkit margins": "stabkit margins 10:3 10:5",
    "stabkit policy": "stabkit policy 10:5",
    "stabkit threshold": "stabkit threshold 5:3 5:5",
    "stabkit finite": "stabkit finite 10:5 --capacity 650 --steps 500",
    "stabkit prove": "stabkit prove R2",
    "stabkit derive": "stabkit derive 5:3 5:5 --output derivation.tex",
    "stabkit explore": None,  # serves until it is stopped
    "stabkit lessons 3": None,
    "stabkit chart": "stabkit chart 3 5 --rows 9",
    "stabkit replay": "stabkit replay 20x30:40 --capacity 480",
    "stabkit pool": "stabkit pool 10:3 10:5 --capacity 5050",
    "stabkit locus": "stabkit locus 5:3 5:5",
    "stabkit sweep s:3 s:5 --axis s=0..99 --into out": (
        "stabkit sweep s:3 s:5 --axis s=0..99 --into out --workers 1"
    ),
}
SUFFIXES = {
    ".csv": "input_length,output_length\n10,3\n10,5\n12,5\n",
    ".jsonl": '{"input_length": 10, "output_length": 3}\n{"input_length": 9, "output_length": 5}\n',
    ".json": '{"class": [{"input_length": 10, "decode_length": 3}]}',
    ".toml": "[[class]]\ninput_length = 10\ndecode_length = 3\n",
    ".log": "INFO GPU KV cache size: 10,000 tokens\n",
}


def commands() -> list[str]:
    """The commands, each once, in the order in which a reader meets them."""
    text = README.read_text(encoding="utf-8")
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    fenced = (_from(line) for block in blocks for line in block.splitlines())
    rows = (line for line in text.splitlines() if line.startswith("|"))
    listed = (code for row in rows for code in re.findall(r"`(stabkit [^`]*)`", row))
    every = dict.fromkeys([*filter(None, fenced), *listed])
    return [known for line in every if (known := LONG.get(line, line)) is not None]


def _from(line: str) -> str | None:
    found = re.search(r"(?:^|[/ $])(stabkit [a-z].*)$", line)
    return found[1].strip() if found and "pip" not in found[1] else None


def test_the_readme_names_commands() -> None:
    found = commands()
    assert found[0].startswith("stabkit analyze")
    assert len(found) > 10


@pytest.mark.slow
@pytest.mark.parametrize("line", commands())
def test_a_screen_holds_what_a_command_prints(
    line: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", f"{COLUMNS}")
    monkeypatch.setattr("stabkit.cli.present.on_terminal", lambda: True)
    wide: list[str] = []
    usual = rendering.text

    def noted(result: Any, **options: Any) -> str:
        with laid_out(WIDE):
            wide.append(usual(result, **options))
        return usual(result, **options)

    monkeypatch.setattr(rendering, "text", noted)
    words = shlex.split(line)[1:]
    write_files(words)
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < LINES
    if "--json" not in words:
        assert max(map(len, lines), default=0) <= COLUMNS
    for text in wide:
        assert numbers(" ".join(lines)) <= numbers(text)


def write_files(words: list[str]) -> None:
    """Write the files that a command reads: not those that an option such as --output names."""
    for before, word in zip(["", *words], words, strict=False):
        suffix = Path(word).suffix
        if suffix in SUFFIXES and before not in ("--output", "--figure", "--csv", "--animate"):
            Path(word).write_text(SUFFIXES[suffix])


def numbers(text: str) -> set[str]:
    """The words with digits: a number that went to a second line in part is none of them.

    How many rows are left out, "(9 more; ...", is another number on another terminal.
    """
    return {word for word in re.sub(r"\([\d,]+ more", "", text).split() if re.search(r"\d", word)}
