"""Stability charts: where in a plane of two numbers a mix is stable, and how unstable elsewhere.

The plane is that of two of input length s, share p and admission gain kappa for two decode lengths,
or the simplex of the shares for three. It is divided by the curves on which a mode is on the unit
circle (D-partition): curves of complex pairs, parameterised by the angle theta in (0, pi), and the
singular line theta = pi. The other singular line, theta = 0, is empty: G(1) > 0.

Rows of the plane are partitioned exactly (`chart_rows`), what they show is joined to regions
(`chart_regions`), and the curves that are drawn come from the angles (`chart_boundaries`). The
number of unstable modes at a point is exact, from the D-partition of the row through the point.

References
----------
docs/model.md, Boundaries, R8.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ...errors import InvalidArgument, shown
from ...model.numbers import NumberLike, whole_number
from ...records import Record
from ..circle.sparse_polynomial import Floats
from ..counting.counts import kernel_counts
from .boundaries import BoundaryCurve, boundary_curves
from .plane import Axis, ChartFrame, ChartPlane
from .regions import ChartRegion, chart_regions, stable_areas
from .request import chart_frame, read_plane
from .rows import ChartRow, chart_row, chart_rows, linked_intervals

__all__ = ["StabilityChart", "stability_chart"]

_ROWS, _FEW_ROWS = 61, 25
_MANY_TERMS = 128
_MOST_ROWS = 1_001


@dataclass(frozen=True, eq=False, repr=False)
class StabilityChart(Record):
    """A plane of two numbers of a mix, divided by the number of unstable modes.

    Attributes
    ----------
    frame : ChartFrame
        What varies, over which ranges, and what rests.
    rows : tuple of ChartRow
        By ascending y: crossings and intervals with exact counts.
    regions : tuple of ChartRegion
        The largest first.
    places : tuple of tuple of int
        For each interval of each row, the position of its region in `regions`.
    boundaries : tuple of BoundaryCurve
        Curves by theta, cut to the ranges; first those of pairs, then those of a mode at -1.

    Examples
    --------
    >>> from stabkit import stability_chart
    >>> chart = stability_chart((3, 5), rows=9)
    >>> chart.unstable_modes(5, "1/2"), chart.unstable_modes(20, "1/2"), chart.complete
    (2, 0, True)
    """

    frame: ChartFrame
    rows: tuple[ChartRow, ...]
    regions: tuple[ChartRegion, ...]
    places: tuple[tuple[int, ...], ...]
    boundaries: tuple[BoundaryCurve, ...]

    def __repr__(self) -> str:
        return (
            f"StabilityChart(decode_lengths={self.plane.decode_lengths}, vary={self.plane.vary}, "
            f"regions={len(self.regions)}, rows={len(self.rows)}, complete={self.complete})"
        )

    @property
    def plane(self) -> ChartPlane:
        """What varies and what rests."""
        return self.frame.plane

    @property
    def horizontal(self) -> Axis:
        """The number x with its range and scale."""
        return self.frame.horizontal

    @property
    def vertical(self) -> Axis:
        """The number y with its range and scale."""
        return self.frame.vertical

    @property
    def complete(self) -> bool:
        """Whether every crossing of every row is proved to be listed."""
        return all(row.complete for row in self.rows)

    @property
    def links(self) -> tuple[tuple[tuple[int, int], ...], ...]:
        """Which intervals of each row and of the next one are linked, by position."""
        return tuple(tuple(linked_intervals(*two)) for two in pairwise(self.rows))

    @property
    def stable_areas(self) -> list[tuple[Floats, Floats]]:
        """Polygons that cover the stable intervals of the rows, as arrays of x and y."""
        return stable_areas(self.rows, self.links)

    def unstable_modes(self, x: NumberLike, y: NumberLike) -> int | None:
        """Return the exact number of unstable modes at a point of the domain.

        Parameters
        ----------
        x, y : number
            Values of the horizontal and the vertical number, exact; in the domain, not
            necessarily in the ranges of the chart.

        Returns
        -------
        int or None
            None on the boundary (within 2^-100, relatively), and where undecided.

        Raises
        ------
        InvalidArgument
            If the point is not in the domain.

        Examples
        --------
        >>> chart = stability_chart([2, 3], rows=5)
        >>> chart.unstable_modes(5, "1/2"), chart.unstable_modes(1, "1/2")  # 2/(s+3) = 1/2 at 1
        (0, None)
        """
        across, up = self.plane.point(x, y)
        row = chart_row(self.plane, None, up)
        position = row.at(across)
        if position is None:
            return None
        if not row.complete:
            counts = kernel_counts(self.plane.kernel(across, up))
            return None if counts.on_circle else counts.outside
        return row.intervals[position].unstable

    def distance_to_boundary(self, x: NumberLike, y: NumberLike) -> float:
        """Return the distance of the point (`x`, `y`) from the nearest crossing of its row.

        In units of x; it is 0 within the enclosure of a crossing, infinite if the row has none.
        """
        across, up = self.plane.point(x, y)
        crossings = chart_row(self.plane, None, up).crossings
        gaps = (max(c.low - across, across - c.high, Fraction(0)) for c in crossings)
        return float(min(gaps, default=float("inf")))

    def region_at(self, x: NumberLike, y: NumberLike) -> ChartRegion | None:
        """Return the region of the point (`x`, `y`).

        None on the boundary, and between rows that both miss it.

        Raises
        ------
        InvalidArgument
            If the point is not in the domain, or outside of the ranges.
        """
        across, up = self.plane.point(x, y)
        for axis, value in ((self.horizontal, across), (self.vertical, up)):
            if not axis.low <= value <= axis.high:
                raise InvalidArgument(
                    f"'{axis.number}' must be within the chart, from {axis.low} to {axis.high}, "
                    f"not {shown(value)}."
                )
        row = chart_row(self.plane, self.horizontal, up)
        position = row.at(across)
        if position is None:
            return None
        for n in self._beside(up):
            for i, j in linked_intervals(row, self.rows[n]):
                if i == position:
                    return self.regions[self.places[n][j]]
        return None

    def _beside(self, y: Fraction) -> list[int]:
        """Return the rows next to y, the nearer first."""
        above = sum(row.value <= y for row in self.rows)
        beside = [n for n in (above - 1, above) if 0 <= n < len(self.rows)]
        return sorted(beside, key=lambda n: abs(self.rows[n].value - y))


def stability_chart(
    decode_lengths: Sequence[NumberLike],
    vary: Sequence[str] | None = None,
    fixed: Mapping[str, object] | None = None,
    ranges: Mapping[str, Sequence[object]] | None = None,
    rows: int | None = None,
) -> StabilityChart:
    """Return the stability chart of two or three decode lengths.

    Parameters
    ----------
    decode_lengths : sequence of int
        Two or three different ones, from 1 to 500 steps.
    vary : (str, str), optional
        Horizontal and vertical number: two of ``"common"`` (common input length s in tokens),
        ``"share"`` (p, of the first class) and ``"gain"`` (kappa, of damped admission); by default
        the first two. For three lengths it is always ``("p1", "p2")``, the shares of the first two.
        The symbols ``"s"``, ``"p"`` and ``"kappa"`` are read as well, here and below.
    fixed : mapping, optional
        Values of the numbers that rest, exact: ``"share"`` (default 1/2), ``"gain"`` (default 1,
        the greedy loop), and ``"common"``, without default: one number, or one for each class.
    ranges : mapping, optional
        ``{number: (low, high)}``, exact. By default share and gain from 0 to 1, and inputs
        from 0 to where little happens any more. The simplex is always drawn whole.
    rows : int, optional
        How many rows to partition at least, 2 to 1,001; more are where neighbours differ, up to
        three times as many or 48. By default 61, or 25 if a decode length is above 128.

    Returns
    -------
    StabilityChart

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain.

    Examples
    --------
    For decode lengths 2 and 3 the mix is stable iff 2/(s+3) < p < (s+2)/(s+3).

    >>> chart = stability_chart([2, 3], ranges={"s": (0, 20)}, rows=9)
    >>> sorted((region.unstable, region.verdict) for region in chart.regions)
    [(0, 'stable'), (1, 'unstable'), (2, 'unstable')]
    """
    plane = read_plane(decode_lengths, vary, fixed)
    if rows is None:
        rows = _ROWS if max(plane.decode_lengths) <= _MANY_TERMS else _FEW_ROWS
    rows = whole_number(rows, "'rows'", 2, _MOST_ROWS)
    frame = chart_frame(plane, ranges)
    partitioned = chart_rows(frame, rows)
    angles = {angle for row in partitioned for c in row.crossings for angle in c.angles}
    curves = boundary_curves(frame, angles)
    regions, places = chart_regions(frame, partitioned, curves)
    return StabilityChart(frame, partitioned, regions, places, curves)
