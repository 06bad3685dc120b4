"""D-partition along a line: where the number of unstable modes changes, and what it is between.

Along a pencil of kernels (`stabkit.spectrum.partition.pencil`) a root enters or leaves the unit
disc only through the circle. All crossings are found (`exact_crossings` for short kernels,
`axis_arcs` and `ball_crossings` for long ones); between two neighbouring ones the numbers of roots
inside and outside are constant, and exact counts at one rational point, the *sample*, tell them.
Two proofs meet there: the counts must change by what the directions of the crossings add up to
(`stabkit.spectrum.partition.crossing`), and it is an error in stabkit if they do not.

Crossings that no precision tried tells apart are reported as one, whose enclosure covers them; that
is no claim that they coincide. Where some arc of the circle stays undecided the partition is not
*complete*: there may be crossings besides those listed. All stages, and the counts at the samples,
spend from one budget of work; a partition that it does not reach is one undecided interval.

References
----------
docs/model.md, R8; Yu. I. Neimark, "Stability of linear systems", Leningrad 1949 (D-partition).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property, cmp_to_key
from itertools import pairwise

from ...model.enclosure import RealEnclosure, bounds_of
from ...model.verdict import Verdict
from ...records import Record
from ..circle.budget import Budget, BudgetSpent
from ..counting.counts import Counts, kernel_counts
from .crossing import COARSE_BITS, CircleCrossing
from .exact_crossings import LONGEST_ALGEBRAIC, exact_crossings
from .pencil import KernelPencil

__all__ = ["CountInterval", "Crossing", "DPartition", "d_partition"]

_FLOAT_DIGITS = 17
_DIGITS = 30
_BITS_PER_DIGIT = 3.33
_MOST_BITS = 1024
_MOST_COUNTED = 750_000  # terms over all samples: some three seconds
_WIDE = 256  # bits of a coefficient, up to which the digits do not matter
_UNRESOLVED = "A root on or next to the circle was not resolved on an arc of 2^-160."
_LONGEST_FALLBACK = 100  # algebraic numbers of that degree take a second


@dataclass(frozen=True, repr=False)
class Crossing(Record):
    """A value of the number at which modes are on the unit circle.

    Attributes
    ----------
    exact : Fraction or None
        The value, where it is known to be rational.
    angles : tuple of float
        The arguments in (0, pi] of the modes on the circle, in radians, ascending.
    change : int or None
        What passing the value upwards adds to the number of unstable modes: exact counts on both
        sides. None where one of these is undecided.

    Examples
    --------
    >>> from stabkit import Workload, threshold
    >>> crossing = threshold(Workload.from_classes([(0, 2), (0, 3)])).crossings[-1]
    >>> crossing.value.low, crossing.value.high, crossing.change
    (Fraction(1, 1), Fraction(1, 1), -2)
    """

    exact: Fraction | None
    angles: tuple[float, ...]
    change: int | None
    _sources: tuple[CircleCrossing, ...] = field(repr=False, compare=False)
    _pencil: KernelPencil = field(repr=False, compare=False)
    _budget: Budget = field(repr=False, compare=False)

    def __repr__(self) -> str:
        value = self.exact if self.exact is not None else f"{float(self):.12g}"
        return f"Crossing({value}, change={self.change}, angles={self.angles})"

    @cached_property
    def value(self) -> RealEnclosure:
        """The value, proved, as `enclosure` gives it for 30 digits."""
        return self.enclosure(_DIGITS)

    def __float__(self) -> float:
        """Return the value, rounded."""
        value = self.enclosure(_FLOAT_DIGITS)
        return float((value.low + value.high) / 2)

    def enclosure(self, digits: int) -> RealEnclosure:
        """Return the value within 10^-digits, absolutely or relatively.

        The enclosure is wider for crossings that were not told apart: it covers them. It is so too
        where the budget of work ends before; every call has one of its own.
        """
        self._budget.renew()
        hull = _numbers(self._pencil, _position(self._sources, COARSE_BITS))  # known already
        bits = math.ceil(_BITS_PER_DIGIT * digits) + 2
        try:
            while True:
                hull = _numbers(self._pencil, _position(self._sources, bits))
                allowed = max(Fraction(1), abs(hull.high)) / 10**digits
                if hull.high - hull.low <= allowed or len(self._sources) > 1:
                    return hull
                bits *= 2
        except BudgetSpent:
            return hull

    def minimal_polynomial(self) -> tuple[int, ...] | None:
        """Return integers a_0, ..., a_n of its minimal polynomial; None where it is not computed.

        It is computed for kernels of at most 24 terms.
        """
        found = {source.minimal_polynomial() for source in self._sources}
        of_position = found.pop() if len(found) == 1 else None
        return None if of_position is None else self._pencil.polynomial_of_number(of_position)


@dataclass(frozen=True, repr=False)
class CountInterval(Record):
    """An open interval between two neighbouring crossings, on which the counts are constant.

    Attributes
    ----------
    low, high : Crossing or None
        None stands for the end of the domain, which belongs to the interval if it is 0 inputs or
        the gain 1.
    sample : Fraction
        A value in the interval, of small denominator.
    unstable : int or None
        The number of unstable modes; None where undecided.
    verdict : {"stable", "unstable", "marginal", "undecided"}
        On the whole interval.
    counts : Counts or None
        The exact counts at the sample; None where only the directions of the crossings, from
        another sample on, tell the number.

    Examples
    --------
    >>> from stabkit import Workload, threshold
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> [(interval.unstable, interval.verdict) for interval in threshold(mix).intervals]
    [(4, 'unstable'), (2, 'unstable'), (0, 'stable')]
    """

    low: Crossing | None
    high: Crossing | None
    sample: Fraction
    unstable: int | None
    verdict: Verdict
    counts: Counts | None
    _pencil: KernelPencil = field(repr=False, compare=False)

    def __contains__(self, value: Fraction) -> bool:
        """Tell whether a value is in the interval; it must not be within an end's enclosure."""
        above = self.low is None or value > self.low.value.high
        below = self.high is None or value < self.high.value.low
        return above and below and self._pencil.holds(value)


@dataclass(frozen=True)
class DPartition:
    """The crossings along a line, ascending, and the intervals between them.

    `complete` tells whether every crossing is proved to be among these, and `reason` why not, or
    why some interval is undecided.
    """

    crossings: tuple[Crossing, ...]
    intervals: tuple[CountInterval, ...]
    complete: bool
    reason: str = ""

    @property
    def stable_intervals(self) -> tuple[CountInterval, ...]:
        """The intervals of stability, ascending."""
        return tuple(part for part in self.intervals if part.verdict == "stable")


def d_partition(
    pencil: KernelPencil, every_sample: bool = True, budget: Budget | None = None
) -> DPartition:
    """Return the D-partition of a pencil over its whole domain.

    * `every_sample`: whether to count at the sample of every interval, as long as that is quick;
      otherwise only at those of the first, the last and all stable ones, and of those whose number
      the directions do not tell.
    * `budget`: of the whole call; None for a call of its own.

    Raises ArithmeticError if the directions of the crossings contradict the exact counts: a bug.

    >>> from stabkit import Workload
    >>> from stabkit.spectrum.partition.pencil import kernel_pencil
    >>> found = d_partition(kernel_pencil(Workload.from_classes([(0, 3), (0, 5)]), "common"))
    >>> [round(float(c), 7) for c in found.crossings], [i.unstable for i in found.intervals]
    ([0.6304149, 9.8229483], [4, 2, 0])
    """
    budget = budget or Budget()
    try:
        return _partition(pencil, every_sample, budget)
    except BudgetSpent:
        (x,) = _gaps([], pencil)
        number = pencil.number(x or Fraction(0)) or Fraction(0)
        whole = CountInterval(
            low=None,
            high=None,
            sample=number,
            unstable=None,
            verdict="undecided",
            counts=None,
            _pencil=pencil,
        )
        return DPartition((), (whole,), False, budget.reason)


def _partition(pencil: KernelPencil, every_sample: bool, budget: Budget) -> DPartition:
    sources, complete = _circle_crossings(pencil, budget)
    groups = _told_apart(sources)
    gaps = list(_gaps(groups, pencil))
    counts, unstable = _counted(pencil, groups, gaps, every_sample, complete, budget)
    crossings = []
    for group, (before, after) in zip(groups, pairwise(unstable), strict=True):
        change = None if before is None or after is None else after - before
        change = _change(group) if change is None else change
        crossings.append(_crossing(pencil, group, change, budget))
    ends = [None, *crossings, None]
    known = (c.on_circle for c in counts if c is not None and c.on_circle is not None)
    permanent = next(known, None)
    intervals = [
        CountInterval(low, high, pencil.number(x) or Fraction(0), n, verdict, count, pencil)
        for (low, high), x, n, count in zip(pairwise(ends), gaps, unstable, counts, strict=True)
        for verdict in [count.verdict if count and count.certified else _verdict(n, permanent)]
        if x is not None
    ]
    if pencil.scale == "reciprocal":
        crossings = crossings[::-1]
        intervals = [replace(i, low=i.high, high=i.low) for i in reversed(intervals)]
    reason = budget.reason or ("" if complete else _UNRESOLVED)
    return DPartition(tuple(crossings), tuple(intervals), complete, reason)


def _counted(
    pencil: KernelPencil,
    groups: list[tuple[CircleCrossing, ...]],
    gaps: list[Fraction | None],
    every_sample: bool,
    complete: bool,
    budget: Budget,
) -> tuple[list[Counts | None], list[int | None]]:
    """Return the counts at the samples and the numbers of unstable modes, proved twice.

    Where crossings may be missing, directions tell nothing: every sample is counted as long as that
    is quick, and otherwise the first and the last one.
    """
    # shares of very different size bring zeros as near to the circle as their digits tell
    digits = 1 + sum(pencil.constant.coefficients).bit_length() // _WIDE
    quick = len(gaps) * pencil.length * digits**2 <= _MOST_COUNTED
    every_sample = every_sample and quick
    counts: list[Counts | None] = [None] * len(gaps)
    unstable: list[int | None] = [None] * len(gaps)
    for i in reversed(range(len(gaps))):
        x = gaps[i]
        change = None if i == len(groups) else _change(groups[i])
        above = None if i == len(groups) else unstable[i + 1]
        told = None if change is None or above is None or not complete else above - change
        unstable[i] = told
        if x is None or not (every_sample or not told or i == 0):
            continue
        if not (quick or complete or i in (0, len(groups))):
            continue
        counts[i] = found = kernel_counts(pencil.at(x), budget)
        if found.outside is None:
            continue
        if told is not None and found.outside != told:
            raise ArithmeticError("the directions of the crossings contradict the exact counts")
        unstable[i] = found.outside
    return counts, unstable


def _change(group: tuple[CircleCrossing, ...]) -> int | None:
    """Return what the directions of crossings at the same x add up to; None where unknown."""
    changes = [crossing.change for crossing in group]
    return None if None in changes else sum(change for change in changes if change)


def _verdict(unstable: int | None, on_circle: int | None) -> Verdict:
    """Return the verdict of an interval: modes on the circle there are on it for every x."""
    if unstable is not None and unstable > 0:
        return "unstable"
    if unstable is None or on_circle is None:
        return "undecided"
    return "marginal" if on_circle else "stable"


def _circle_crossings(pencil: KernelPencil, budget: Budget) -> tuple[list[CircleCrossing], bool]:
    """Return the crossings in any order, and whether they are proved to be all."""
    if pencil.length == 1 or not any(pencil.slope.coefficients):
        return [], True
    if pencil.length <= LONGEST_ALGEBRAIC:
        exact = exact_crossings(pencil, budget)
        found, complete = exact or [], exact is not None
    else:
        from .axis_arcs import axis_arcs
        from .ball_crossings import BallCrossings

        found, open_arcs = BallCrossings(pencil, budget).on(axis_arcs(pencil, budget))
        complete = not open_arcs
        if open_arcs and pencil.length <= _LONGEST_FALLBACK:  # say, a double zero of V
            exact = exact_crossings(pencil, budget)
            found, complete = (exact, True) if exact is not None else (found, False)
    if not pencil.is_closed:  # x = 0 is outside of the domain
        found = [crossing for crossing in found if crossing.exact != 0]
    return found, complete


def _told_apart(sources: list[CircleCrossing]) -> list[tuple[CircleCrossing, ...]]:
    """Return the crossings by ascending x; those that no precision tells apart together."""
    groups: list[tuple[CircleCrossing, ...]] = []
    for source in sorted(sources, key=cmp_to_key(_order)):
        if groups and _order(groups[-1][-1], source) == 0:
            groups[-1] = (*groups[-1], source)
        else:
            groups.append((source,))
    return groups


def _order(one: CircleCrossing, other: CircleCrossing) -> int:
    """Return -1 or 1 as x of `one` is below or above that of the other; 0 if not told apart."""
    bits = COARSE_BITS
    same = one.exact is not None and one.exact == other.exact
    while bits <= _MOST_BITS and not same:
        (low, high), (other_low, other_high) = _bounds(one, bits), _bounds(other, bits)
        if high < other_low:
            return -1
        if other_high < low:
            return 1
        bits *= 2
    return 0


def _position(sources: Sequence[CircleCrossing], bits: int) -> RealEnclosure:
    """Return the hull of the positions x; above 0, unless x is exactly that."""
    ends = [_bounds(source, bits) for source in sources]
    return RealEnclosure(min(low for low, _ in ends), max(high for _, high in ends))


def _bounds(source: CircleCrossing, bits: int) -> tuple[Fraction, Fraction]:
    if source.exact is not None:
        return source.exact, source.exact
    while (ends := bounds_of(source.ball(bits)))[0] <= 0:
        bits *= 2
    return ends


def _gaps(
    groups: list[tuple[CircleCrossing, ...]], pencil: KernelPencil
) -> Iterator[Fraction | None]:
    """Return a simple rational x between neighbours; None before a crossing at x = 0."""
    closed = pencil.is_closed
    if not groups:
        yield Fraction(0) if closed else Fraction(1)
        return
    least = _position(groups[0], COARSE_BITS).low
    if closed:
        yield Fraction(0) if least > 0 else None
    else:
        yield simplest_between(Fraction(0), least)
    for below, above in pairwise(groups):
        yield simplest_between(*_gap(below, above))
    yield Fraction(math.floor(_position(groups[-1], COARSE_BITS).high) + 1)


def _gap(
    below: tuple[CircleCrossing, ...], above: tuple[CircleCrossing, ...]
) -> tuple[Fraction, Fraction]:
    """Return the ends of an interval between crossings that are told apart."""
    bits = COARSE_BITS
    while (low := _position(below, bits).high) >= (high := _position(above, bits).low):
        bits *= 2
    return low, high


def simplest_between(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction of least denominator in the open interval 0 <= low < x < high.

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
    change: int | None,
    budget: Budget,
) -> Crossing:
    if pencil.scale == "reciprocal" and change is not None:
        change = -change
    exact = sources[0].exact if len({source.exact for source in sources}) == 1 else None
    return Crossing(
        None if exact is None else pencil.number(exact),
        tuple(sorted(c.angle for c in sources)),
        change,
        sources,
        pencil,
        budget,
    )


def _numbers(pencil: KernelPencil, position: RealEnclosure) -> RealEnclosure:
    """Return the numbers that an enclosure of x stands for."""
    ends = sorted(pencil.number(x) or Fraction(0) for x in (position.low, position.high))
    return RealEnclosure(*ends)
