"""Requests in their order: what a trace says of each one, and not only of their lengths.

Any log tells the lengths; what follows is told by tables.

A replay needs more of a trace than a mix does: the order, the arrivals where it has any, in
seconds, and which prompts begin alike. Of the latter the columns ``shared_with`` and
``shared_blocks16`` tell, for each request, the earlier one with which it has the longest beginning
in common, and how many blocks of 16 tokens that is; -1 for none. From them follows the *content* of
a prompt, one key for each of its full blocks, equal where two prompts are equal up to there.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, BinaryIO, ClassVar

from ...errors import InvalidWorkload, shown
from .log_formats import choose, refuse
from .opened import lines_of
from .tally import Tally

__all__ = ["SHARED_BLOCK", "OrderedRows", "columns_of", "rows_of"]

SHARED_BLOCK = 16  # tokens
_OWN = ("input", "output")
_ARRIVALS = ("arrival_s", "arrival", "arrived_at")
_SHARED = ("shared_with", "shared_blocks16")


@dataclass
class OrderedRows(Tally):
    """A tally that keeps the requests of a log as they come, as `rows_of` returns them."""

    in_order: ClassVar[bool] = True
    rows: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, input_length: int, decode_length: int, count: int = 1) -> None:
        """Keep `count` requests of one pair of lengths."""
        if decode_length == 0:
            self.without_output += count
        else:
            self.rows += [(input_length, decode_length, float("nan"), None)] * count

    def add_sum(self, input_sum: int, decode_length: int, count: int) -> None:
        """Refuse a summary, which has no single requests."""
        raise InvalidWorkload("must be single requests in their order, not sums of several.")

    def read_table(
        self, _: Tally, stream: BinaryIO, columns: tuple[str, str] | None = None, *rest: Any
    ) -> None:
        """Keep the rows of a table, which tells arrivals and shared prompts too."""
        self.rows += rows_of(columns_of(lines_of(stream)), columns)


def columns_of(lines: Iterable[str]) -> dict[str, list[str]]:
    """Return the columns of a CSV, by the names in its first line.

    Raises
    ------
    InvalidWorkload
        If it is no CSV, a name comes twice, or a row has another number of fields.

    Examples
    --------
    >>> columns_of(["t, running", "1,5", "2,7"])
    {'t': ['1', '2'], 'running': ['5', '7']}
    """
    lines = iter(lines)
    first = next(lines, "")
    delimiter = max(",\t;|", key=first.count)
    reader = csv.reader(chain([first], lines), strict=True, delimiter=delimiter)
    try:
        names = [name.strip() for name in next(reader, [])]
        rows = [row for row in reader if "".join(row).strip()]
    except csv.Error as error:
        raise InvalidWorkload(f"line {reader.line_num}: must be CSV ({error}).") from None
    if len(set(names)) < len(names) or not rows:
        raise InvalidWorkload("the table must have a name for every column, once, and rows.")
    for number, row in enumerate(rows, start=1):
        if len(row) != len(names):
            raise InvalidWorkload(f"row {number} must have {len(names)} fields, not {len(row)}.")
    return {name: [row[k].strip() for row in rows] for k, name in enumerate(names)}


def rows_of(
    table: Mapping[str, Sequence[str]], columns: tuple[str, str] | None = None
) -> list[tuple[Any, ...]]:
    """Return (input, output, arrival, content) for each request of a trace.

    Parameters
    ----------
    table : mapping
        Columns, as `columns_of` returns them.
    columns : (str, str), optional
        Those of the inputs and the outputs, where the header is not recognised.

    Returns
    -------
    list of tuple
        The arrival in seconds, nan where there is none; the content None where nothing is shared.

    Raises
    ------
    InvalidWorkload
        If the columns are not recognised, or a value is no number.

    Examples
    --------
    >>> columns = {"input": ["40", "33"], "output": ["2", "5"], "arrival_s": ["0", "1.5"]}
    >>> rows_of({**columns, "shared_with": ["-1", "0"], "shared_blocks16": ["0", "1"]})
    [(40, 2, 0.0, ((0, 0), (0, 1))), (33, 5, 1.5, ((0, 0), (1, 1)))]
    """
    given, made = _pair(table, columns)
    inputs, outputs = _whole(table, given), _whole(table, made)
    name = next((one for one in _ARRIVALS if one in table), None)
    arrivals = [float("nan")] * len(inputs) if name is None else _read(table, name, float)
    contents: Sequence[Any] = [None] * len(inputs)
    if all(one in table for one in _SHARED):
        contents = _contents(inputs, *(_whole(table, one) for one in _SHARED))
    return list(zip(inputs, outputs, arrivals, contents, strict=True))


def _pair(table: Mapping[str, Any], columns: tuple[str, str] | None) -> tuple[str, ...]:
    if columns is None and _OWN[0] in table and _OWN[1] in table:
        return _OWN
    return choose(list(table), columns, pairs_only=True) or refuse(list(table), columns)


def _contents(
    inputs: Sequence[int], others: Sequence[int], blocks: Sequence[int]
) -> list[tuple[Any, ...]]:
    contents: list[tuple[Any, ...]] = []
    for i, (tokens, other, count) in enumerate(zip(inputs, others, blocks, strict=True)):
        if not -1 <= other < i:
            raise InvalidWorkload(
                f"row {i + 1}: {_SHARED[0]!r} must be an earlier row from 0 on, or -1, not {other}."
            )
        shared = contents[other][:count] if other >= 0 else ()
        own = ((i, j) for j in range(len(shared), tokens // SHARED_BLOCK))
        contents.append((*shared, *own))
    return contents


def _whole(table: Mapping[str, Sequence[str]], name: str) -> list[int]:
    return _read(table, name, int)


def _read(table: Mapping[str, Sequence[str]], name: str, kind: Any) -> list[Any]:
    numbers = []
    for row, text in enumerate(table[name], start=1):
        try:
            numbers.append(kind(text))
        except ValueError:
            raise InvalidWorkload(
                f"row {row}: {shown(name, 30)} must be a number, not {shown(text)}."
            ) from None
    return numbers
