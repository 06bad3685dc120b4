r"""What a deck of slides is, and how its text is read.

A deck is a text in Markdown, ``lesson_1.md``, and a module beside it that computes its numbers,
tables and figures, ``lesson_1.py``: no number of the text is typed that stabkit can compute. In the
text

* ``# A title in words`` begins a frame, and ``Note:`` the paragraph that the lecturer says;
* ``$$...$$`` is a displayed formula, and ``where`` begins the paragraph on its symbols;
* ``> `` marks the sentence to remember, ``* `` an item, ``+ `` one that waits for a click;
* a table has ``|:--|--:|`` below its heads, ``|:==|==:|`` if its rows wait for clicks; the row
  ``| ... |`` with a name in angles stands for the rows that the module computes;
* ``![caption](name)`` is a figure of the module; the next one takes its place at a click, and a
  height in centimetres may follow in braces;
* ``::: 0.4`` opens columns, the left one with that share of the width, and ``:::`` ends each;
* ``<name>`` is a number of the module, ``*words*`` are stressed.

>>> [frame] = frames("# Why?\n\nBecause.\n\n> It grows.\n\nNote: Ask them.\n", {})
>>> frame.title, frame.parts, frame.note
('Why?', ('Because.', Key(text='It grows.')), 'Ask them.')
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "PANELS",
    "SQUARE",
    "TALL",
    "WIDE",
    "Beside",
    "Cells",
    "Deck",
    "Formula",
    "Frame",
    "Key",
    "Part",
    "Picture",
    "Points",
    "Rows",
    "frames",
]

# Sizes of figures in inches; they are shown larger, so that their type is read from afar.
WIDE, TALL, PANELS, SQUARE = (4.7, 2.5), (4.5, 2.95), (4.6, 3.5), (2.4, 2.35)
Cells: TypeAlias = tuple[tuple[str, ...], ...]
Tables: TypeAlias = "Mapping[str, Callable[[], Cells]]"


@dataclass(frozen=True)
class Formula:
    """A displayed formula, and prose that says what its symbols are."""

    latex: str
    where: str = ""


@dataclass(frozen=True)
class Key:
    """The one sentence to remember."""

    text: str


@dataclass(frozen=True)
class Points:
    """A list; if it grows, item by item."""

    lines: tuple[str, ...]
    grow: bool = False


@dataclass(frozen=True)
class Rows:
    """A table, with ``l``, ``c`` or ``r`` for each column; if it grows, row by row."""

    heads: tuple[str, ...]
    rows: Cells
    columns: str
    grow: bool = False


@dataclass(frozen=True)
class Picture:
    """Figures by name, each with its caption, one in the place of the other; height in cm."""

    shown: tuple[tuple[str, str], ...]
    height: str


@dataclass(frozen=True)
class Beside:
    """Two columns; the left one has the share `share` of the width."""

    left: tuple[Part, ...]
    right: tuple[Part, ...]
    share: float


Part: TypeAlias = "str | Formula | Key | Points | Rows | Picture | Beside"


@dataclass(frozen=True)
class Frame:
    """One idea: a title in words, what is shown, and what is said."""

    title: str
    parts: tuple[Part, ...]
    note: str


@dataclass(frozen=True)
class Deck:
    """The computed side of a deck: its numbers, the rows of tables, and its figures, by name."""

    numbers: Callable[[], Mapping[str, object]]
    tables: Tables
    figures: Mapping[str, Callable[[], Figure]]


HEIGHT = "6.4"
_PICTURE = re.compile(r"!\[(.*)\]\((\w+)\)(?:\{([\d.]+)\})?", re.DOTALL)
_BAR = re.compile(r"(?<=\s)\|(?=\s)")
_RULE = re.compile(r"(:?)[-=]+(:?)")
_ALIGNED = {("", ""): "l", (":", ""): "l", ("", ":"): "r", (":", ":"): "c"}


def frames(text: str, tables: Tables) -> tuple[Frame, ...]:
    """Return the frames of a text; every table that it does not name is an error."""
    parts = re.split(r"^# (.*)\n", text, flags=re.MULTILINE)[1:]
    named = set(re.findall(r"^\| <(\w+)> \|$", text, re.MULTILINE))
    if named != set(tables):
        raise KeyError(f"tables: {sorted(named)} are named, and {sorted(tables)} computed")
    return tuple(
        _frame(title, body, tables) for title, body in zip(parts[::2], parts[1::2], strict=True)
    )


def _frame(title: str, body: str, tables: Tables) -> Frame:
    shown, found, note = body.strip().rpartition("\n\nNote: ")
    if not found:
        raise ValueError(f"the frame {title!r} has no note at its end")
    return Frame(title, tuple(_parts(shown.split("\n\n"), tables)), _joined(note))


def _joined(lines: str) -> str:
    return " ".join(lines.split())


def _parts(blocks: list[str], tables: Tables) -> Iterator[Part]:
    left: tuple[Part, ...] | None = None
    waiting, share = blocks[::-1], 0.0
    while waiting:
        block = waiting.pop()
        if block.startswith("::: "):
            share = float(block.removeprefix("::: "))
            left, right = (tuple(_parts(_column(waiting), tables)) for _ in range(2))
            yield Beside(left, right, share)
        elif block.startswith("$$"):
            where = waiting[-1] if waiting else ""
            where = _joined(waiting.pop()) if where.startswith("where ") else ""
            yield Formula(_joined(block.strip("$")), where)
        else:
            yield _part(block, tables)


def _column(waiting: list[str]) -> list[str]:
    """Take the blocks of a column from those that wait."""
    found = []
    while (block := waiting.pop()) != ":::":
        found.append(block)
    return found


def _part(block: str, tables: Tables) -> Part:
    if block.startswith("> "):
        return Key(_joined(block.replace("\n> ", " ")[2:]))
    if block[:2] in ("* ", "+ "):
        items = re.split(r"(?:^|\n)[*+] ", block)[1:]
        return Points(tuple(map(_joined, items)), block[0] == "+")
    if block.startswith("| "):
        return _table(block.split("\n"), tables)
    if block.startswith("!["):
        return _picture(block)
    return _joined(block)


def _table(lines: list[str], tables: Tables) -> Rows:
    heads, rule, *rest = lines
    sides = [_RULE.fullmatch(cell) for cell in rule.strip("|").split("|")]
    columns = "".join(_ALIGNED[side[1], side[2]] for side in sides if side)
    rows: list[tuple[str, ...]] = []
    for line in rest:
        computed = re.fullmatch(r"\| <(\w+)> \|", line)
        rows += tables[computed[1]]() if computed else [_cells(line)]
    return Rows(_cells(heads), tuple(rows), columns, "=" in rule)


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in _BAR.split(f" {line} ")[1:-1])


def _picture(block: str) -> Picture:
    found = [_PICTURE.fullmatch(one) for one in re.split(r"\n(?=!\[)", block)]
    shown = [one for one in found if one]
    height = next((one[3] for one in shown if one[3]), HEIGHT)
    return Picture(tuple((one[2], _joined(one[1])) for one in shown), height)
