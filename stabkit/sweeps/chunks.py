"""Chunks: ranges of rows that take some seconds each, the same ones for the same plan always.

A sweep is resumed by the list of its parts, so that what a chunk is may depend on the plan alone,
and on no clock. What a row takes is therefore a formula, `stabkit.sweeps.measures`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

__all__ = ["Chunk", "chunked"]

_SECONDS = 2.0
_MOST_ROWS = 100_000


class Chunk(NamedTuple):
    """Rows from `start` up to `stop`, which is not among them, and about how long they take."""

    number: int
    start: int
    stop: int
    seconds: float


def chunked(blocks: Iterable[tuple[int, int]], seconds: Callable[[int], float]) -> Iterator[Chunk]:
    """Yield the chunks of rows that follow each other.

    * `blocks`: how many rows, and the longest decode length of each of them.
    * `seconds`: what a row takes, of its longest decode length.

    >>> blocks = [(3, 2), (2, 9)]
    >>> for chunk in chunked(blocks, lambda longest: longest / 4):
    ...     print(*chunk)
    0 0 3 1.5
    1 3 4 2.25
    2 4 5 2.25
    """
    number = start = stop = 0
    spent = 0.0
    for rows, longest in blocks:
        each = seconds(longest)
        while rows:
            if (spent and spent + each > _SECONDS) or stop - start == _MOST_ROWS:
                yield Chunk(number, start, stop, spent)
                number, start, spent = number + 1, stop, 0.0
            room = max(1, int((_SECONDS - spent) / each))
            taken = min(rows, room, start + _MOST_ROWS - stop)
            rows, stop, spent = rows - taken, stop + taken, spent + taken * each
    if stop > start:
        yield Chunk(number, start, stop, spent)
