"""D-partition along a line: where the number of unstable modes changes, and what it is between.

Along a pencil of kernels (`stabkit.spectrum.pencil`) a root enters or leaves the unit disc only
through the circle. All crossings are found (`exact_crossings` for short kernels, `axis_arcs` and
`ball_crossings` for long ones); between two neighbouring ones the numbers of roots inside and
outside are constant, and exact counts at one rational point, the *sample*, tell them. Two proofs
meet there: the counts must change by what the directions of the crossings add up to
(`stabkit.spectrum.crossing`), and it is an error in stabkit if they do not.

Crossings that no precision tried tells apart are reported as one, whose enclosure covers them; that
is no claim that they coincide. Where some arc of the circle stays undecided the partition is not
*complete*: there may be crossings besides those listed.

References
----------
MODEL.md R8; Yu. I. Neimark, "Stability of linear systems", Leningrad 1949 (D-partition).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from .axis_arcs import axis_arcs
from .ball_crossings import BallCrossings
from .counts import Counts, kernel_counts
from .crossing import CircleCrossing, bounds_of
from .exact_crossings import LONGEST_ALGEBRAIC, exact_crossings
from .pencil import KernelPencil
from .spectral_radius import RealEnclosure

__all__ = ["CountInterval", "Crossing", "DPartition", "d_partition"]

_BITS = 128
_MOST_BITS = 1024


@dataclass(frozen=True)
class Crossing:
    """A value of the number at which modes are on the unit circle.

    Attributes
    ----------
    value : RealEnclosure
        Proved; relative width at most 2^-100, but for crossings that were not told apart.
    exact : Fraction or None
        The value, where it is known to be rational.
    angles : tuple of float
        The arguments in (0, pi] of the modes on the circle, in radians, ascending.
    change : int or None
        What passing the value upwards adds to the number of unstable modes: exact counts on both
        sides. None where one of these is undecided.
    """

    value: RealEnclosure
    exact: Fraction | None
    angles: tuple[float, ...]
    change: int | None
    _sources: tuple[CircleCrossing, ...] = field(repr=False, compare=False)
    _pencil: KernelPencil = field(repr=False, compare=False)

    def __float__(self) -> float:
        """Return the value, rounded."""
        return float((self.value.low + self.value.high) / 2)

    def enclosure(self, digits: int) -> RealEnclosure:
        """Return the value within 10^-digits, absolutely or relatively."""
        if self.exact is not None:
            return RealEnclosure(self.exact, self.exact)
        bits = math.ceil(3.33 * digits) + 8
        return _numbers(self._pencil, _position(self._sources, bits))

    def minimal_polynomial(self) -> tuple[int, ...] | None:
        """Return integers a_0, ..., a_n of x's minimal polynomial; None where it is not computed.

        It is computed for kernels of at most 24 terms, along an input length or its factor.
        """
        if self._pencil.scale != "affine" or self._pencil.origin:
            return None
        return self._sources[0].minimal_polynomial()


@dataclass(frozen=True)
class CountInterval:
    """An open interval between two neighbouring crossings, on which the counts are constant.

    Attributes
    ----------
    low, high : Crossing or None
        None stands for the end of the domain, which belongs to the interval if it is 0 inputs.
    sample : Fraction
        The value at which the counts were taken.
    counts : Counts
        Exact and proved; or undecided, with the reason.
    """

    low: Crossing | None
    high: Crossing | None
    sample: Fraction
    counts: Counts

    @property
    def unstable(self) -> int | None:
        """The number of unstable modes."""
        return self.counts.outside

    @property
    def verdict(self) -> Literal["stable", "unstable", "marginal", "undecided"]:
        """The verdict on the whole interval."""
        return self.counts.verdict

    def __contains__(self, value: Fraction) -> bool:
        """Tell whether a value is in the interval; it must not be within an end's enclosure."""
        above = self.low is None or value > self.low.value.high
        return above and (self.high is None or value < self.high.value.low)


@dataclass(frozen=True)
class DPartition:
    """The crossings along a line, ascending, and the intervals between them.

    `complete` tells whether every crossing is proved to be among these.
    """

    crossings: tuple[Crossing, ...]
    intervals: tuple[CountInterval, ...]
    complete: bool

    @property
    def stable_intervals(self) -> tuple[CountInterval, ...]:
        """The intervals of stability, ascending."""
        return tuple(part for part in self.intervals if part.verdict == "stable")


def d_partition(pencil: KernelPencil) -> DPartition:
    """Return the D-partition of a pencil over its whole domain.

    Raises
    ------
    ArithmeticError
        If the directions of the crossings contradict the exact counts: a bug.

    Examples
    --------
    >>> from stabkit import Workload
    >>> from stabkit.spectrum.pencil import kernel_pencil
    >>> found = d_partition(kernel_pencil(Workload.from_classes([(0, 3), (0, 5)]), "common"))
    >>> [round(float(c), 7) for c in found.crossings], [i.unstable for i in found.intervals]
    ([0.6304149, 9.8229483], [4, 2, 0])
    """
    sources, complete = _circle_crossings(pencil)
    groups = _told_apart(sources)
    gaps = list(_gaps([_position(group, _BITS) for group in groups], pencil))
    counts = [None if gap is None else kernel_counts(pencil.at(gap)) for gap in gaps]
    crossings = [
        _crossing(pencil, group, before, after)
        for group, (before, after) in zip(groups, pairwise(counts), strict=True)
    ]
    ends = [None, *crossings, None]
    intervals = [
        CountInterval(low, high, pencil.number(gap) or Fraction(0), count)
        for (low, high), gap, count in zip(pairwise(ends), gaps, counts, strict=True)
        if gap is not None and count is not None
    ]
    if pencil.scale == "reciprocal":
        crossings = crossings[::-1]
        intervals = [CountInterval(i.high, i.low, i.sample, i.counts) for i in reversed(intervals)]
    return DPartition(tuple(crossings), tuple(intervals), complete)


def _circle_crossings(pencil: KernelPencil) -> tuple[list[CircleCrossing], bool]:
    """Return the crossings in any order, and whether they are proved to be all."""
    if pencil.length == 1 or not any(pencil.slope.coefficients):
        return [], True
    if pencil.length <= LONGEST_ALGEBRAIC:
        exact = exact_crossings(pencil)
        found, complete = exact or [], exact is not None
    else:
        found, open_arcs = BallCrossings(pencil).on(axis_arcs(pencil))
        complete = not open_arcs
    if pencil.scale != "affine":  # x = 0 is outside of the domain
        found = [crossing for crossing in found if crossing.exact != 0]
    return found, complete


def _told_apart(sources: list[CircleCrossing]) -> list[tuple[CircleCrossing, ...]]:
    """Return the crossings by ascending x; those that no precision tells apart together."""
    groups: list[tuple[CircleCrossing, ...]] = []
    for source in sorted(sources, key=lambda c: _position((c,), _BITS).low):
        if groups and not _is_below(groups[-1], source):
            groups[-1] = (*groups[-1], source)
        else:
            groups.append((source,))
    return groups


def _is_below(group: tuple[CircleCrossing, ...], source: CircleCrossing) -> bool:
    if any(source.exact is not None and source.exact == other.exact for other in group):
        return False
    bits = _BITS
    while bits <= _MOST_BITS:
        if _position(group, bits).high < _position((source,), bits).low:
            return True
        bits *= 2
    return False


def _position(sources: Sequence[CircleCrossing], bits: int) -> RealEnclosure:
    """Return the hull of the positions x."""
    ends = [bounds_of(c.ball(bits)) if c.exact is None else (c.exact,) * 2 for c in sources]
    return RealEnclosure(min(low for low, _ in ends), max(high for _, high in ends))


def _gaps(ends: list[RealEnclosure], pencil: KernelPencil) -> Iterator[Fraction | None]:
    """Return a simple rational x between neighbours; None before a crossing at x = 0."""
    closed = pencil.scale == "affine"
    if not ends:
        yield Fraction(0) if closed else Fraction(1)
        return
    if closed:
        yield Fraction(0) if ends[0].low > 0 else None
    else:
        yield simplest_between(Fraction(0), ends[0].low)
    for below, above in pairwise(ends):
        yield simplest_between(below.high, above.low)
    yield Fraction(math.floor(ends[-1].high) + 1)


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction of least denominator in the open interval 0 <= low < x < high.

    Examples
    --------
    >>> simplest_between(Fraction(3, 10), Fraction(2, 5))
    Fraction(1, 3)
    """
    whole = math.floor(low)
    if whole + 1 < high:
        return Fraction(whole + 1)
    if low == whole:
        return whole + Fraction(1, math.floor(1 / (high - whole)) + 1)
    return whole + 1 / simplest_between(1 / (high - whole), 1 / (low - whole))


def _crossing(
    pencil: KernelPencil,
    sources: tuple[CircleCrossing, ...],
    before: Counts | None,
    after: Counts | None,
) -> Crossing:
    changes = [c.change for c in sources if c.change is not None]
    change = sum(changes) if len(changes) == len(sources) else None
    counted = None
    if before and after and before.outside is not None and after.outside is not None:
        counted = after.outside - before.outside
        if change is not None and change != counted:
            raise ArithmeticError("the directions of the crossings contradict the exact counts")
    total = change if counted is None else counted
    if pencil.scale == "reciprocal" and total is not None:
        total = -total
    return Crossing(
        _numbers(pencil, _position(sources, _BITS)),
        None if sources[0].exact is None else pencil.number(sources[0].exact),
        tuple(sorted(c.angle for c in sources)),
        total,
        sources,
        pencil,
    )


def _numbers(pencil: KernelPencil, position: RealEnclosure) -> RealEnclosure:
    """Return the numbers that an enclosure of x stands for."""
    ends = sorted(pencil.number(x) or Fraction(0) for x in (position.low, position.high))
    return RealEnclosure(*ends)
