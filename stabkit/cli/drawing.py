"""What rich draws on a console, with no character but printable ones and its own colours.

A name in a report may hold an escape sequence; rich passes it on. So everything that is to be
printed is drawn first, and the text of every piece, before it gets its colour, is made printable.
"""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import (
    Console,
    ConsoleOptions,
    ConsoleRenderable,
    RenderableType,
    RenderHook,
    RenderResult,
)

from ..errors import printable_lines

__all__ = ["PrintableDrawing"]


class PrintableDrawing(RenderHook):
    """A hook of `rich.console.Console` that replaces all characters that are not printable."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Return what draws the same in printable characters."""
        return [_Printable(one) for one in renderables]


@dataclass
class _Printable:
    inner: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for segment in console.render(self.inner, options):
            yield segment._replace(text=printable_lines(segment.text))
