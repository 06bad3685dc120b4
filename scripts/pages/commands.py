"""A page for every command: its help, and what it prints, as the tests keep both."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

__all__ = ["pages"]

_MOST = 110  # lines
KEPT = Path(__file__).parents[2] / "tests" / "cli" / "golden"


def pages() -> Iterator[tuple[str, str]]:
    """Yield the commands; their list is docs/site/commands.md."""
    for file in sorted(KEPT.glob("*-help.txt")):
        command = file.stem.removesuffix("-help")
        yield f"docs/commands/{command}.md", "".join(_page(command, file.read_text("utf-8")))


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
