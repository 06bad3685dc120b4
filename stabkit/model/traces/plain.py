"""Plain rows of a table, a block of them at once: no quotes, digits in the two fields that count.

Nearly all rows of nearly all logs are plain. They are read by numpy, in passes over the bytes of a
block and over its rows. A block that holds any other row is left to the strict reader, which names
what is wrong, so that the two never disagree.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["PlainRows", "counted"]

_MOST_DIGITS = 9  # two numbers are one of 18 digits
_NEXT = 10**_MOST_DIGITS


class PlainRows(NamedTuple):
    """The rows of a block, and where each field begins and ends, row by row.

    >>> rows = PlainRows.of(b"a,7,12\\nb,30,5\\n", b",", 3)
    >>> list(counted([rows.pairs(1, 2)]))
    [(7, 12, 1), (30, 5, 1)]
    >>> rows.texts(0), rows.pairs(0, 1), PlainRows.of(b"a,7\\n", b",", 3)
    (['a', 'b'], None, None)
    """

    block: bytes
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    @classmethod
    def of(cls, block: bytes, mark: bytes, width: int) -> PlainRows | None:
        """Return the rows of a block of whole lines; None if one has not `width` plain fields."""
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        if b"\r" in block or b'"' in block:
            return None
        data = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero((data == ord(mark)) | (data == ord("\n")))
        last = np.arange(1, len(ends) + 1) % width == 0
        if len(ends) % width or ((data[ends] == ord("\n")) != last).any():
            return None
        starts = np.concatenate(([0], ends[:-1] + 1))
        return cls(block, starts.reshape(-1, width), ends.reshape(-1, width))

    def pairs(self, first: int, second: int) -> NDArray[np.int64] | None:
        """Return the numbers in two columns as one, for `counted`; None if one is not in digits."""
        above, below = self._numbers(first), self._numbers(second)
        if above is None or below is None:
            return None
        pairs: NDArray[np.int64] = above * _NEXT + below
        return pairs

    def texts(self, column: int) -> list[str]:
        """Return the texts of a column."""
        places = zip(self.starts[:, column].tolist(), self.ends[:, column].tolist(), strict=True)
        return [self.block[start:end].decode() for start, end in places]

    def _numbers(self, column: int) -> NDArray[np.int64] | None:
        starts, ends = self.starts[:, column], self.ends[:, column]
        lengths = ends - starts
        longest = int(lengths.max())
        if longest > _MOST_DIGITS or not lengths.all():
            return None
        data, value = np.frombuffer(self.block, np.uint8), np.zeros(len(starts), np.int64)
        for place in range(longest):
            digits = data[ends - 1 - place] - np.uint8(ord("0"))  # others are above 9
            digits[lengths <= place] = 0
            if digits.max() > 9:
                return None
            value += digits * np.int64(10**place)
        return value


def counted(pairs: Sequence[NDArray[np.int64]]) -> Iterator[tuple[int, int, int]]:
    """Yield the two numbers of each distinct pair, and how often it is there."""
    distinct, counts = np.unique(np.concatenate(pairs), return_counts=True)
    for pair, count in zip(distinct.tolist(), counts.tolist(), strict=True):
        yield *divmod(pair, _NEXT), count
