"""Plain tables: columns of text that no terminal folds, so that digits can be copied."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from ...errors import printable
from ..layout import as_shown, heading, labelled, paragraph, room_for_tables

__all__ = ["csv_text", "first_rows", "plain_table", "thinned"]

_LINES = 30  # of a table of any number of rows
_ROWS = 21  # of a table that could have any number
Row = TypeVar("Row")


def plain_table(rows: Sequence[Sequence[str]], indent: str = "", align: str = "") -> str:
    """Return `rows` as lines, the first one being the heads, columns aligned and two spaces apart.

    Where the terminal is narrower than that, every row is a list of its own: head and cell.

    * `indent`: before every line.
    * `align`: a character for each column, ``"<"`` or ``">"``; columns without one are ``"<"``.

    >>> print(plain_table([("s", "modes"), ("100", "2")]), end="")
    s    modes
    100  2
    >>> print(plain_table([("s", "modes"), ("100", "2")], align="<>"), end="")
    s    modes
    100      2
    """
    rows = [[as_shown(printable(cell)) for cell in row] for row in rows]
    widths = _widths(rows)
    if not _fits(widths, indent):
        return "\n".join(_stacked(rows[0], row, indent) for row in rows[1:])
    sides = align.ljust(len(widths), "<")
    columns = list(zip(sides, widths, strict=True))
    lines = [
        indent + "  ".join(f"{c:{side}{w}}" for c, (side, w) in zip(row, columns, strict=True))
        for row in rows
    ]
    head, *body = (line.rstrip() for line in lines)
    return "\n".join([heading(head), *body]) + "\n"


def thinned(rows: Sequence[Row], full: bool) -> tuple[Sequence[Row], str]:
    """Return every n-th row, as a screen has room for, and a line that says so; all in full.

    >>> thinned(range(41), False)[0][:3], thinned(range(41), True)[1]
    ([0, 2, 4], '')
    """
    step = 1 if full else -(-len(rows) // _ROWS)
    note = f"(one in {step} of {len(rows):,} values; --full shows all)"
    return list(rows)[::step], "" if step == 1 else paragraph(note)


def first_rows(rows: Sequence[Sequence[str]], full: bool) -> tuple[Sequence[Sequence[str]], str]:
    """Return the heads and the first rows, as many as a screen has room for, and how many are left.

    >>> shown, note = first_rows([("s",), *(("1",) for _ in range(60))], False)
    >>> len(shown), note
    (31, '(30 more; --full shows all)\\n')
    """
    lines = 1 if _fits(_widths(rows), "") else len(rows[0]) + 1
    shown = list(rows) if full else list(rows[: 1 + _LINES // lines])
    left = len(rows) - len(shown)
    return shown, paragraph(f"({left:,} more; --full shows all)") if left else ""


def csv_text(rows: Iterable[Iterable[Any]]) -> str:
    """Return rows, the first one being the heads, as comma-separated values."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows(rows)
    return buffer.getvalue()


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]


def _fits(widths: Sequence[int], indent: str) -> bool:
    room = room_for_tables()
    return room is None or len(indent) + sum(widths) + 2 * (len(widths) - 1) <= room


def _stacked(heads: Sequence[str], row: Sequence[str], indent: str) -> str:
    return labelled([pair for pair in zip(heads, row, strict=True) if pair[1]], indent)
