"""Rows of a stability chart: the exact D-partition of one horizontal line after another.

A row has at most one crossing for each angle theta: (1) of `chart_plane` has one solution x for
given y and z. So along a boundary curve that meets both of two neighbouring rows the angle tells
which crossing of the one continues which of the other: two crossings are taken for the *same curve*
if each is the other's nearest by angle, of those that change the count alike. Two intervals of
neighbouring rows are *linked*, belong to one region, if they have the same number of unstable modes
and

* their lower ends, or their upper ends, are on the same curve; or
* they overlap, except where the lower end of each is on the curve of the other's upper end: then
  these two curves have crossed, and the region between them was pinched off.

For long kernels the directions of the crossings tell most counts, from exact counts at both ends of
the row and wherever it is stable (`stabkit.spectrum.partition.d_partition`).

Every row is a call of its own, with a budget of work of its own; what that does not reach is one
undecided interval. Rows are inserted where neighbours differ, down to a picture's resolution. What
begins and ends between two rows is not seen: the regions are those of the rows, the counts are
exact everywhere.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise

import numpy as np

from ...model.verdict import Verdict
from ..partition.d_partition import d_partition
from ..partition.exact_crossings import LONGEST_ALGEBRAIC
from .plane import DOMAINS, Axis, ChartFrame, ChartPlane

__all__ = ["ChartRow", "RowCrossing", "RowInterval", "chart_row", "chart_rows", "linked_intervals"]

_FINEST = 32  # rows between two of the first ones
_MOST_TIMES = 3  # as many rows as there are at first
_ENOUGH = 48
_FARTHEST = 0.06  # of the width: how far a crossing may move from row to row


@dataclass(frozen=True)
class RowCrossing:
    """Where a row meets the boundary.

    * `low`, `high`: proved bounds of x; relative distance at most 2^-100, but for crossings not
      told apart.
    * `angles`: the arguments in (0, pi] of the modes on the circle, radians, ascending.
    * `change`: what it adds to the number of unstable modes as x rises; None where that is not
      known.
    """

    low: Fraction
    high: Fraction
    angles: tuple[float, ...]
    change: int | None

    def __float__(self) -> float:
        """Return x, rounded."""
        return float((self.low + self.high) / 2)


@dataclass(frozen=True)
class RowInterval:
    """A part of a row between the enclosures of crossings, within the range of the chart.

    * `unstable`: the exact number of unstable modes; None where undecided.
    """

    low: Fraction
    high: Fraction
    unstable: int | None
    verdict: Verdict


@dataclass(frozen=True)
class ChartRow:
    """The D-partition of the line of fixed y.

    * `value`: y.
    * `crossings`, `intervals`: both ascending, and within the range of the chart.
    * `complete`: whether every crossing is proved to be among these.
    """

    value: Fraction
    crossings: tuple[RowCrossing, ...]
    intervals: tuple[RowInterval, ...]
    complete: bool

    @property
    def counts(self) -> tuple[int | None, ...]:
        """The number of unstable modes on each interval."""
        return tuple(interval.unstable for interval in self.intervals)

    def at(self, x: Fraction) -> int | None:
        """Return the position of the interval that holds x; None if x is at a crossing."""
        if any(c.low <= x <= c.high for c in self.crossings):
            return None
        parts = enumerate(self.intervals)
        return next((i for i, part in parts if part.low <= x <= part.high), None)


def chart_row(plane: ChartPlane, axis: Axis | None, y: Fraction) -> ChartRow:
    """Return the row at y within the range of the horizontal `axis`; None: the whole domain."""
    if axis is None:
        least, _, largest, _ = DOMAINS[plane.vary[0]]
        axis = Axis(plane.vary[0], least, largest)
    return _within(_whole_row(plane, y), axis)


@lru_cache(maxsize=256)
def _whole_row(plane: ChartPlane, y: Fraction) -> ChartRow:
    pencil, factor = plane.row(y)
    found = d_partition(pencil, every_sample=pencil.length <= LONGEST_ALGEBRAIC)
    end = factor if pencil.scale == "odds" else DOMAINS[plane.vary[0]][2]
    crossings = tuple(
        RowCrossing(factor * c.value.low, factor * c.value.high, c.angles, c.change)
        for c in found.crossings
    )
    intervals = tuple(
        RowInterval(
            Fraction(0) if part.low is None else factor * part.low.value.high,
            end if part.high is None else factor * part.high.value.low,
            part.unstable,
            part.verdict,
        )
        for part in found.intervals
    )
    return ChartRow(y, crossings, intervals, found.complete)


def _within(row: ChartRow, axis: Axis) -> ChartRow:
    low, high = axis.low, axis.high
    parts = (
        RowInterval(max(i.low, low), min(i.high, high), i.unstable, i.verdict)
        for i in row.intervals
    )
    return ChartRow(
        row.value,
        tuple(c for c in row.crossings if c.high >= low and c.low <= high),
        tuple(part for part in parts if part.low < part.high),
        row.complete,
    )


def chart_rows(frame: ChartFrame, count: int) -> tuple[ChartRow, ...]:
    """Return `count` rows at equal distances in the picture, and more where neighbours differ."""

    def row_at(place: Fraction) -> ChartRow:
        return chart_row(frame.plane, frame.horizontal, frame.vertical.value(place))

    rows = {Fraction(i, count - 1): row_at(Fraction(i, count - 1)) for i in range(count)}
    narrowest = Fraction(1, _FINEST * (count - 1))
    while True:
        gaps = [
            (low, high)
            for low, high in pairwise(sorted(rows))
            if high - low > narrowest and not _is_smooth(rows[low], rows[high], frame.horizontal)
        ]
        room = max(_MOST_TIMES * count, _ENOUGH) - len(rows)
        if not gaps or room <= 0:
            return tuple(rows[place] for place in sorted(rows))
        gaps.sort(key=lambda gap: gap[0] - gap[1])
        for low, high in gaps[:room]:
            rows[(low + high) / 2] = row_at((low + high) / 2)


def _is_smooth(one: ChartRow, other: ChartRow, axis: Axis) -> bool:
    """Tell whether two neighbours have the same structure, and crossings at similar places."""
    count = len(one.crossings)
    if one.counts != other.counts or len(other.crossings) != count:
        return False
    if _same_curves(one, other) != {k: k for k in range(count)}:
        return False
    moves = (
        abs(axis.place(float(a)) - axis.place(float(b)))
        for a, b in zip(one.crossings, other.crossings, strict=True)
    )
    return bool(max(moves, default=0.0) <= _FARTHEST)


def linked_intervals(one: ChartRow, other: ChartRow) -> Iterator[tuple[int, int]]:
    """Yield the pairs of linked intervals, by position, of two neighbouring rows."""
    curves = _same_curves(one, other)
    here, there = _ends(one), _ends(other)
    for i, (lower, upper) in enumerate(here):
        before, after = curves.get(lower), curves.get(upper)
        for j, (low, high) in enumerate(there):
            if one.intervals[i].unstable != other.intervals[j].unstable:
                continue
            same = (before is not None and before == low) or (after is not None and after == high)
            crossed = before is not None and before == high and after is not None and after == low
            if same or (_overlap(one.intervals[i], other.intervals[j]) and not crossed):
                yield i, j


def _same_curves(one: ChartRow, other: ChartRow) -> dict[int, int]:
    """Return the positions of the crossings of one that are continued in the other."""
    if not (one.crossings and other.crossings):
        return {}
    here, there = (np.array([c.angles[0] for c in row.crossings]) for row in (one, other))
    apart = np.abs(here[:, None] - there)
    unlike = [[a.change != b.change for b in other.crossings] for a in one.crossings]
    apart[np.array(unlike)] = np.inf
    ahead, back = apart.argmin(axis=1).tolist(), apart.argmin(axis=0).tolist()
    return {k: n for k, n in enumerate(ahead) if back[n] == k and apart[k, n] < np.inf}


def _ends(row: ChartRow) -> list[tuple[int, int]]:
    """Return for each interval the positions of the crossings at its ends.

    -1 and the number of crossings stand for the ends of the range.
    """
    places = [crossing.high for crossing in row.crossings]
    below = (bisect_right(places, part.low) for part in row.intervals)
    return [(n - 1, n) for n in below]


def _overlap(one: RowInterval, other: RowInterval) -> bool:
    return max(one.low, other.low) < min(one.high, other.high)
