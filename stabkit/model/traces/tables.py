"""CSV with commas, tabs, semicolons or bars between the fields: strict, and fast where plain.

A block whose rows are all plain is read by numpy (`plain`), where there is one; every line of any
other goes through the strict reader. A log of 10^7 rows takes seconds.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any, BinaryIO

from ...errors import InvalidWorkload
from .log_formats import COUNTED, SUMMARY, choose, choose_time, refuse
from .opened import LONGEST_LINE, cut_off, lines_of
from .tally import Tally, from_text

__all__ = ["tally_table"]

_BLOCK = 2**18  # bytes
_MOST_WAITING = 2**22  # rows, before they are counted


def tally_table(tally: Tally, stream: BinaryIO) -> None:
    """Count the requests of a table, whose first line names the columns.

    Raises InvalidWorkload if the columns are not recognised, or a row is malformed; the message
    names the line.

    >>> tally = Tally()
    >>> tally_table(tally, io.BytesIO(b"Request tokens;Response tokens\\n7;5\\n1;3\\n"))
    >>> tally.pairs
    {(3, 1): 1, (5, 7): 1}
    """
    lines = lines_of(stream)
    first = next(lines, "")
    delimiter = max(",\t;|", key=first.count)
    reader = csv.reader(chain([first], lines), strict=True, delimiter=delimiter)
    header = [name.strip() for name in _next(reader)]
    _RowReader(tally, header, delimiter).read(stream, reader.line_num)


def _next(reader: Iterator[list[str]]) -> list[str]:
    try:
        return next(reader, [])
    except csv.Error as error:
        raise InvalidWorkload(f"line 1: must be CSV ({error}).") from None


class _RowReader:
    def __init__(self, tally: Tally, header: Sequence[str], delimiter: str) -> None:
        self.tally, self.width, self.mark = tally, len(header), delimiter.encode()
        self.names = choose(header, tally.columns) or refuse(header, tally.columns)
        self.places = [header.index(name) for name in self.names]
        self.window, self.time = tally.window, -1
        if self.window:
            self.time = header.index(choose_time(header, self.window.column))
        self.waiting: list[Any] = []  # pairs of plain rows

    def read(self, stream: BinaryIO, number: int) -> None:
        """Read all rows; `number` lines were before them."""
        while block := stream.read(_BLOCK):
            block += stream.readline(LONGEST_LINE + 1)
            after = number + block.count(b"\n")
            if b'"' in block or len(block) > LONGEST_LINE:  # a quoted field may hold a line's end
                lines = lines_of(io.BytesIO(block), number + 1)
                self._read_strictly(chain(lines, lines_of(stream, after + 1)), number)
                break
            if not self._read_plainly(block):
                self._read_strictly(lines_of(io.BytesIO(block), number + 1), number)
            number = after
        self._hand_over()

    def _read_plainly(self, block: bytes) -> bool:
        """Count the rows of a block, if all are plain."""
        if self.names in (SUMMARY, COUNTED) or not _is_text(block):
            return False
        try:
            from .plain import PlainRows
        except ImportError:  # the Python in the explorer's page has no numpy
            return False
        block = block if block.endswith(b"\n") else block + b"\n"
        rows = PlainRows.of(block, self.mark, self.width)
        pairs = None if rows is None else rows.pairs(*self.places)
        if rows is None or pairs is None:
            return False
        if self.window:
            try:
                pairs = pairs[self.window.admitted(rows.texts(self.time))]
            except InvalidWorkload:
                return False
        self.waiting.append(pairs)
        if sum(map(len, self.waiting)) > _MOST_WAITING:
            self._hand_over()
        return True

    def _hand_over(self) -> None:
        """Give to the tally what was read."""
        if self.waiting:
            from .plain import counted

            for pair in counted(self.waiting):
                self.tally.add(*pair)
            self.waiting.clear()

    def _read_strictly(self, lines: Iterable[str], number: int) -> None:
        last = [""]  # the line read last
        noted = (last.__setitem__(0, line) or line for line in lines)
        reader = csv.reader(noted, strict=True, delimiter=self.mark.decode())
        try:
            for row in reader:
                where = f"line {number + reader.line_num}"
                if len(row) == self.width:
                    self._add(row, where)
                elif "".join(row).strip():
                    raise InvalidWorkload(
                        f"{where}: a row must have {self.width} fields, not {len(row)}."
                        f"{cut_off(last[0], number + reader.line_num)}"
                    )
        except csv.Error as error:
            where = f"line {number + reader.line_num}"
            hint = cut_off(last[0], number + reader.line_num)
            raise InvalidWorkload(f"{where}: must be CSV ({error}).{hint}") from None

    def _add(self, row: Sequence[str], where: str) -> None:
        if self.window and not self.window.admits(row[self.time], where):
            return
        values = [row[place] for place in self.places]
        self.tally.add_row(self.names, values, from_text, where)


def _is_text(block: bytes) -> bool:
    try:
        return b"\0" not in block and (block.isascii() or bool(block.decode()))
    except UnicodeDecodeError:
        return False
