"""A ball around a periodic orbit from which every run converges to the orbit, proved.

Let the states y^(0), y^(1), ... of a regular orbit and its marginal stages j_0, j_1, ... be given,
both periodic. While a run follows the itinerary from a state y^(0) + d, its deviations are linear
in d (`itinerary`): after n steps R_n d, where R_0 = 1, and with x = R_(n-1) shifted by a stage

    row m of R_n = 0 (m < j),    x_m (m > j),    -sum_(i > j) g_i x_i / g_j   (m = j).

*The itinerary is followed* in step n if the marginal stage ends with y_j > 0 and, in an eviction,
with less than the x_j that it held: in an admission there is room then, and in an eviction the
stages above j fit, and do not with all of stage j. On the orbit both gaps are positive. If every
cohort deviates by less than r at first, y_j changes by less than r ||row j of R_n||_1, and
y_j - x_j likewise: so the next step is followed, too, as long as r is at most every quotient of a
gap and its norm. If after some periods ||R_n||_inf <= 1/2, all deviations are less than r/2 there:
by induction the run follows the itinerary for ever, and its deviations tend to 0. []

The orbit is exact. R_n is in balls, whose precision is raised until the norm is at most 1/2.

References
----------
docs/model.md, R11, R12, R22.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from ...model.enclosure import fraction_of
from ...model.kernel import MemoryKernel
from ...model.workload import Workload

__all__ = ["OrbitBasin", "orbit_basin"]

_PRECISIONS = (256, 1024, 4096)
# Multiply-adds: steps times L^2 at most. Seconds.
_MOST_WORK = 4_000_000
_WIDE = arb(2) ** -20  # a row of balls that is no better than this says nothing
_HALF = arb(1) / 2

Row = dict[int, Any]  # of a matrix, without its zeros


class _TooWide(ArithmeticError):
    """Balls of this precision are too wide."""


@dataclass(frozen=True)
class OrbitBasin:
    """A ball in which every state, of product form and after a fit, converges to an orbit.

    * `radius`: in requests: a state whose L cohorts are each nearer than this to those of the
      orbit's first state follows its itinerary for ever, and converges to it.
    * `periods`: after so many, deviations are at most half as large.
    """

    radius: Fraction
    periods: int


def orbit_basin(
    mix: Workload, itinerary: Sequence[int], states: Sequence[Sequence[Fraction]]
) -> OrbitBasin | None:
    """Return a ball around the first state of a regular periodic orbit, all of which converges.

    * `itinerary` (sequence of N ints): the marginal stages of one period.
    * `states` (sequence of N sequences of L Fractions): the cohorts before each of these steps, in
      requests, as an exact run has them.

    Returns None where deviations do not halve within 4 10^6 multiply-adds, at most L^2 a step.

    The worst cycle of s = 2, l = 2 at B = 140. In every second step 140/3 requests are admitted,
    of which 35 are left in the next: whatever deviates is gone after one period.

    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> states = [(Fraction(0), Fraction(35)), (Fraction(140, 3), Fraction(0))]
    >>> basin = orbit_basin(mix, [0, 1], states)
    >>> basin.periods, round(float(basin.radius), 12)
    (1, 8.75)
    """
    for precision in _PRECISIONS:
        with ctx.workprec(precision), suppress(_TooWide):
            return _halving(MemoryKernel.of(mix).coefficients, itinerary, states)
    return None


def _halving(
    kernel: Sequence[int], itinerary: Sequence[int], states: Sequence[Sequence[Fraction]]
) -> OrbitBasin | None:
    length, period = len(kernel), len(itinerary)
    rows: list[Row] = [{i: arb(1)} for i in range(length)]
    radius, work, n = arb("inf"), 0, 0
    while work < _MOST_WORK:
        stage, before, after = itinerary[n % period], states[n % period], states[(n + 1) % period]
        new = _stepped(kernel, rows, stage)
        work += sum(map(len, rows))
        if any(not entry.rad() < _WIDE for entry in new[stage].values()):
            raise _TooWide
        margins = [(after[stage], new[stage])]
        if stage > 0:
            margins.append((before[stage - 1] - after[stage], _less(new[stage], rows[stage - 1])))
        for gap, row in margins:
            size = _upper(row)
            if size > 0:
                quotient = arb(fmpq(gap.numerator, gap.denominator)) / size
                radius = min(radius, quotient.lower())
        rows, n = new, n + 1
        if n % period == 0 and all(_upper(row) <= _HALF for row in rows):
            return OrbitBasin(fraction_of(radius), n // period)
    return None


def _stepped(kernel: Sequence[int], rows: Sequence[Row], stage: int) -> list[Row]:
    """Return the rows after one more step with this marginal stage."""
    cut: Row = {}
    for tokens, row in zip(kernel[stage + 1 :], rows[stage:], strict=False):
        for k, entry in row.items():
            cut[k] = cut.get(k, 0) - tokens * entry
    marginal = {k: entry / kernel[stage] for k, entry in cut.items()}
    return [*({} for _ in range(stage)), marginal, *rows[stage:-1]]


def _less(first: Row, second: Row) -> Row:
    return {k: first.get(k, arb(0)) - second.get(k, 0) for k in first | second}


def _upper(row: Row) -> Any:
    """Return an exact bound of the 1-norm of a row."""
    return sum(map(abs, row.values()), arb(0)).upper()
