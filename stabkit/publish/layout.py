"""The layout of a text: prose, labelled rows, and what of it a terminal shows in bold or colour.

A text is laid out for so many columns, by default 80. A number is never parted from its unit, nor
from what it numbers, such as a step, or is equal to; and no word is broken: it may be a name, an
option or a number that is copied. Nothing here colours anything: `heading` and `styled` take note
of what a terminal may show so, for whoever asked with `laid_out`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..errors import printable

__all__ = [
    "as_shown",
    "heading",
    "labelled",
    "laid_out",
    "paragraph",
    "room_for_tables",
    "styled",
    "title",
    "width_of_prose",
    "wrapped",
]

_USUAL = 80
_WIDEST = 100  # of prose: longer lines are hard to read
_LEAST = 24  # columns that a label must leave to its text
_COLUMNS: ContextVar[int | None] = ContextVar("columns", default=None)
_STYLES: ContextVar[dict[str, str] | None] = ContextVar("styles", default=None)
_SPELLED: ContextVar[Callable[[str], str]] = ContextVar("spelled", default=str)

_KEPT = "\N{NO-BREAK SPACE}"
_BEFORE_UNIT = re.compile(
    r"(?<=\d) (?=%|± \d|(?:dB|s|turns|a\*|(?:token|step|token-step|request|block|mode|class|second|"
    r"admission|replica|digit)(?:e?s)?)\b)|(?<=±) (?=\d)|(?<=\d ±) "
)
_BEFORE_NUMBER = re.compile(
    r"(\b(?:steps?|cycles?|class|gcd|periods?|lengths?|seed|minus)|[:=<>≤≥]) (?=-?\d)|"
    r"(\S) (?=[=<>≤≥] -?\d)"
)


@contextmanager
def laid_out(columns: int | None, spelled: Callable[[str], str] = str) -> Iterator[dict[str, str]]:
    """Lay texts out for a terminal; yield the styles of the beginnings of their lines.

    * `columns`: None stands for no terminal: prose of 80 columns, and tables as wide as they are.
    * `spelled`: returns a text as the terminal shows it; it counts where columns are aligned.
    """
    styles: dict[str, str] = {}
    reset = _COLUMNS.set(columns), _STYLES.set(styles), _SPELLED.set(spelled)
    try:
        yield styles
    finally:
        _COLUMNS.reset(reset[0])
        _STYLES.reset(reset[1])
        _SPELLED.reset(reset[2])


def as_shown(text: str) -> str:
    """Return a text as the terminal shows it."""
    return _SPELLED.get()(text)


def width_of_prose() -> int:
    """Return how many columns a line of prose may have."""
    return min(_COLUMNS.get() or _USUAL, _WIDEST) - 1


def room_for_tables() -> int | None:
    """Return how many columns a table may have; None if as many as it has."""
    return _COLUMNS.get()


def styled(line: str, style: str) -> str:
    """Return `line`; where a terminal asked, lines that begin with it are in the style."""
    styles = _STYLES.get()
    if styles is not None and line.strip():
        styles[line] = style
    return line


def heading(line: str) -> str:
    """Return a line that stands above others."""
    return styled(line, "bold")


def title(text: str) -> str:
    """Return the line that a text opens with, which may be any name, with its end."""
    return "".join(f"{heading(line)}\n" for line in wrapped(printable(text), "    "))


def wrapped(text: str, indent: str = "", first: str = "") -> list[str]:
    """Return `text` in lines, the first after `first`, the others after `indent`.

    >>> wrapped("one " * 22, indent="  ")[1]
    '  one one'
    >>> wrapped("one " * 19 + "1.5 tokens")[1], wrapped("one " * 18 + "at step 1")[1]
    ('1.5 tokens', 'step 1')
    """
    kept = _BEFORE_NUMBER.sub(rf"\1\2{_KEPT}", _BEFORE_UNIT.sub(_KEPT, text))
    lines = textwrap.wrap(
        kept, width_of_prose(),
        initial_indent=first, subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
    return [line.replace(_KEPT, " ") for line in lines]


def paragraph(text: str) -> str:
    """Return `text` in lines, each with its end."""
    return "\n".join(wrapped(text)) + "\n"


def labelled(rows: Iterable[tuple[str, str]], indent: str = "", least: int = 0) -> str:
    """Return rows of a label and a text: in two columns, or one below the other on few.

    >>> print(labelled([("verdict", "stable"), ("period", "5 steps")], "  "), end="")
      verdict  stable
      period   5 steps
    """
    pairs = list(rows)
    width = len(indent) + max([least, *(len(label) for label, _ in pairs)]) + 2
    needed = min(_LEAST, max((len(text) for _, text in pairs), default=0))
    narrow = width_of_prose() - width < needed
    lines: list[str] = []
    for label, text in pairs:
        if narrow:
            lines += [] if not label else [styled(f"{indent}{label}", "dim")]
            lines += wrapped(text, f"{indent}    ", f"{indent}    ")
        else:
            first = f"{styled(indent + label, 'dim'):<{width}}"
            lines += wrapped(text, " " * width, first) or [first.rstrip()]
    return "".join(f"{line}\n" for line in lines)
