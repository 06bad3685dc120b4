"""A page for every command: its help, and what it prints, as the tests keep both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

__all__ = ["pages"]

_MOST = 110  # lines
KEPT = Path(__file__).parents[2] / "tests" / "cli" / "golden"


def pages() -> Iterator[tuple[str, str]]:
    """Yield the commands, and the list of them in docs/site/commands.md."""
    helps = {
        file.stem.removesuffix("-help"): file.read_text("utf-8")
        for file in sorted(KEPT.glob("*-help.txt"))
    }
    for command, helped in helps.items():
        yield f"docs/commands/{command}.md", "".join(_page(command, helped))
    yield "docs/commands/list.txt", "".join(_entry(*each) for each in helps.items())


def _entry(command: str, helped: str) -> str:
    """Return the first sentence of the help behind the name."""
    sentence = helped.split("\n\n")[1].split()
    return f"* [stabkit {command}](docs/commands/{command}.md): {' '.join(sentence)}\n"


def _page(command: str, helped: str) -> Iterator[str]:
    yield f"(command-{command})=\n# stabkit {command}\n\n"
    yield _fenced("text", helped.partition("\n")[2])
    shown = [text for text in _printed() if text.split()[2] == command]
    if shown:
        yield "\n## What it prints\n"
    for text in shown:
        yield f"\n{_fenced('text', text)}"


def _printed() -> Iterator[str]:
    for file in sorted(KEPT.glob("*.txt")):
        text = file.read_text("utf-8")
        if not file.stem.endswith("-help") and len(text.splitlines()) <= _MOST:
            yield text


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}```\n"
