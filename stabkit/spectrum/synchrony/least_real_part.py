"""The least real part of a quotient of polynomials on the unit circle: branch and bound in doubles.

Let n and q be the two polynomials times the same phase, as functions of the angle t from the centre
of an arc, and V0 = n(0) / q(0), V1 = (n'(0) - V0 q'(0)) / q(0), or any numbers near these. Then

    n(t) / q(t) = V0 + V1 t + (n(t) - (V0 + V1 t) q(t)) / q(t),

and the last numerator is of second order: on an arc of half-width w, with |q(t) - q(0)| <= swing,

    |n(t) - (V0 + V1 t) q(t)| <= sup |n'' - V0 q''| w^2 / 2 + |V1| w swing + rounding,
    |q(t)| >= |q(0)| - swing - rounding,

which bounds Re[n / q] from below by Re V0 - |Re V1| w less the quotient of the two. Arcs whose
bound exceeds the least value found, less a tolerance, are done; the others are halved. The error is
of second order, so that the number of arcs stays bounded next to the minimum.

The samples, Taylor models and error bounds are those of `CirclePolynomial`. What rounding leaves
open, or the call's budget of work does not reach, is returned as arcs. Both functions are symmetric
about the real axis: arcs run from 0 to pi.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from ..circle.arcs import Arc
from ..circle.budget import Budget
from ..circle.fourier import UNIT_ROUNDOFF
from ..circle.sparse_polynomial import (
    TAYLOR_ORDER,
    CirclePolynomial,
    Complexes,
    Floats,
    GridSamples,
    Integers,
)
from ..circle.winding import ARC_WORK, DOUBLES, Pieces, evaluate

__all__ = ["LOWEST", "ArcSearch"]

LOWEST = -(2.0**900)  # stands for "no bound"
_TOLERANCE = 1e-10  # of the quantity's size: how narrow an enclosure is sought
_NARROWEST = 2.0**-40
_MOST_SUBARCS = 2**16
_MOST_DIRECT_TERMS = 2**26


class _Bounds(NamedTuple):
    """V0 and V1 at arcs' centres, and bounds of Re[N / Q]: on the arcs from below, at the centres
    from above; `noise` is the part of the former that comes from rounding."""

    lower: Floats
    upper: Floats
    noise: Floats


class ArcSearch:
    """Branch and bound in double precision on the samples of two `CirclePolynomial`s.

    All values are those of the sought quantity less a; `shift` is what the quotient falls short by,
    and `size` one of the quantity's own, to which the tolerance is relative.
    """

    def __init__(
        self,
        above: Mapping[int, int],
        below: Mapping[int, int],
        shift: Fraction,
        size: Fraction,
        budget: Budget,
    ) -> None:
        exponents = sorted(below)
        largest, unit = max(map(abs, above.values())), max(below.values())
        columns = (
            [above.get(m, 0) / largest for m in exponents],
            [below[m] / unit for m in exponents],
        )
        self.numerator, self.denominator = (
            CirclePolynomial(np.array(exponents), np.array(column), 2 * UNIT_ROUNDOFF)
            for column in columns
        )
        self.shift, self.scale = shift, Fraction(largest, unit)
        self.tolerated = _double(size / self.scale)
        self.high = math.inf
        self.budget = budget
        self.finished: list[tuple[Floats, Pieces]] = []

    @property
    def size(self) -> int:
        """The number of samples on the whole circle."""
        return self.numerator.size

    def search_far(self, start: int, only_samples: bool = False) -> None:
        """Search from the arc of sample `start` to theta = pi: a grid first, models then."""
        whole = Pieces.whole(np.arange(start, self.size // 2 + 1))
        if not self.budget.affords(2 * self.numerator.grid_work, DOUBLES):
            self._give_up(whole)
            return
        left = self._left_open(self._on_grid(whole.samples), whole)
        if not only_samples:
            self._bisect(left.halved())

    def search_near(self, end: Fraction, least: Fraction) -> None:
        """Search from theta = 0 to pi `end`, knowing that the minimum is at most `least`."""
        self.high = _double((least - self.shift) / self.scale)
        self._bisect(Pieces.whole(np.arange(math.ceil(end * self.size / 2) + 1)))

    def least(self, known: Fraction) -> Fraction:
        """Return the least value found, or `known` if that is less."""
        if math.isinf(self.high):
            return known
        return min(known, self.shift + self.scale * Fraction(self.high))

    def open_count(self) -> int:
        """Return how many arcs may hold a value that is less by more than the tolerance."""
        least = self.high - self._tolerance()
        return sum(int(np.sum(bounds < least)) for bounds, _ in self.finished)

    def floor(self) -> Fraction:
        """Return a lower bound on the arcs that `open_arcs` leaves out by tolerance."""
        least = self.high - self._tolerance()
        bounds = (bounds[bounds >= least] for bounds, _ in self.finished)
        return self._quantity(min(float(np.min(part, initial=self.high)) for part in bounds))

    def near_count(self) -> int:
        """Return how many arcs may hold a lesser value, by however little."""
        return sum(int(np.sum(bounds < self.high)) for bounds, _ in self.finished)

    def open_arcs(self, by_tolerance: bool = False) -> list[tuple[Fraction, Arc]]:
        """Return the arcs that may hold a lesser value, each with a lower bound.

        `by_tolerance`: those that may do so by more than the tolerance.
        """
        size, least = self.size, self.high - (self._tolerance() if by_tolerance else 0.0)
        return [
            (self._quantity(bound), _exact_arc(size, *arc))
            for bounds, columns in self.finished
            for bound, *arc in zip(bounds.tolist(), *(c.tolist() for c in columns), strict=True)
            if bound < least
        ]

    def _quantity(self, bound: float) -> Fraction:
        """Return the quantity for a bound of the quotient, `LOWEST` where there is none."""
        if bound <= LOWEST:
            return Fraction(LOWEST)
        return max(Fraction(LOWEST), self.shift + self.scale * Fraction(bound))

    def _on_grid(self, indices: Integers) -> _Bounds:
        """Bound the quotient on the arcs of whole samples."""
        width = self.numerator.half_width
        above, below = self.numerator.grid(), self.denominator.grid()
        n, q = _derivatives(above, indices), _derivatives(below, indices)
        errors = [e[0] + width * e[1] + width**2 / 2 * e[2] for e in (above.errors, below.errors)]
        with np.errstate(all="ignore"):
            value = n[0] / q[0]
            third = above.third_bound + np.abs(value) * below.third_bound
            curve = np.abs(n[2] - value * q[2]) / 2 + width / 6 * third
            curve += 8 * UNIT_ROUNDOFF * (np.abs(n[2]) + np.abs(value * q[2]))
            bend = np.abs(q[2]) / 2 + width / 6 * below.third_bound
            swing = width * (np.abs(q[1]) + width * bend)
            return _bounded(n, q, width, curve, swing, errors)

    def _bisect(self, arcs: Pieces) -> None:
        """Halve the arcs, with Taylor models of their samples, until none is left open."""
        involved = np.unique(arcs.samples)
        if not len(involved):
            return
        transform = len(involved) * len(self.numerator.exponents) > _MOST_DIRECT_TERMS
        if not self.budget.affords(
            2 * self.numerator.taylor_work(len(involved), transform), DOUBLES
        ):
            self._give_up(arcs)
            return
        above = self.numerator.taylor(involved, transform)
        below = self.denominator.taylor(involved, transform)
        order = np.arange(TAYLOR_ORDER + 1)
        bends = order * (order - 1.0) / 2 * (1 + 1e-9)
        while len(arcs.samples):
            if not self.budget.affords(2 * ARC_WORK * len(arcs.samples), DOUBLES):
                self._give_up(arcs)
                return
            rows, halves = np.searchsorted(involved, arcs.samples), arcs.halves
            upper, lower = above.coefficients[rows], below.coefficients[rows]
            n, q = evaluate(upper, arcs.offsets), evaluate(lower, arcs.offsets)
            with np.errstate(all="ignore"):
                multiple = (n[0] / q[0])[:, None] * lower
                curve = np.abs(upper - multiple) @ bends
                curve += 8 * UNIT_ROUNDOFF * ((np.abs(upper) + np.abs(multiple)) @ bends)
                swing = halves * (np.abs(q[1]) + halves * (np.abs(lower) @ bends))
                errors = [model.error + halves * model.slope_error for model in (above, below)]
                found = _bounded(n, q, halves, curve, swing, errors)
            arcs = self._left_open(found, arcs).halved()

    def _give_up(self, arcs: Pieces) -> None:
        """Put arcs aside without a bound."""
        self.finished.append((np.full(len(arcs.samples), -math.inf), arcs))

    def _tolerance(self) -> float:
        return _TOLERANCE * (abs(self.high) + self.tolerated)

    def _left_open(self, found: _Bounds, arcs: Pieces) -> Pieces:
        """Put aside what is done and what is hopeless; return the arcs to be halved."""
        self.high = min(self.high, float(np.min(found.upper)))
        left = found.lower < self.high - self._tolerance()
        # halving helps as long as something other than rounding makes the bound what it is
        helps = found.upper - found.lower > 4 * found.noise
        left &= np.isfinite(found.noise) & helps & (arcs.halves > _NARROWEST)
        if np.sum(left) > _MOST_SUBARCS:
            left &= False
        self.finished.append((found.lower[~left], arcs.chosen(~left)))
        return arcs.chosen(left)


def _derivatives(samples: GridSamples, indices: Integers) -> list[Complexes]:
    """Return h, h' and h'' at the samples `indices`, times a phase common to the three."""
    return [samples.values[indices], 1j * samples.first[indices], -samples.second[indices]]


def _bounded(
    n: Sequence[Complexes],
    q: Sequence[Complexes],
    half: Floats | float,
    curve: Floats,
    swing: Floats,
    errors: Sequence[Floats | float],
) -> _Bounds:
    """Return the bounds of the module's introduction.

    `curve` bounds sup |n'' - V0 q''| / 2; the errors bound n and q as they are over the whole arc.
    Complex operations have relative errors of at most 8 u, and there are fewer than 8 on any path.
    """
    (n_error, q_error), value = errors, n[0] / q[0]
    slope = (n[1] - value * q[1]) / q[0]
    sizes = np.abs(n[0]) + np.abs(value * q[0])
    sizes += half * (np.abs(n[1]) + np.abs(value * q[1]) + np.abs(slope * q[0]))
    noise = n_error + (np.abs(value) + half * np.abs(slope)) * q_error + 64 * UNIT_ROUNDOFF * sizes
    residual = (half**2 * curve + np.abs(slope) * half * swing) * (1 + 1e-9)
    least = np.abs(q[0]) * (1 - 1e-14) - swing * (1 + 1e-9) - q_error
    rounding = 8 * UNIT_ROUNDOFF * (np.abs(value) + half * np.abs(slope))
    reach = half * np.abs(slope.real) + (residual + noise) / least * (1 + 1e-9) + rounding
    at_centre = np.abs(q[0]) * (1 - 1e-14) - q_error
    upper = value.real + noise / at_centre * (1 + 1e-9) + rounding
    good, centre_good = least > 0, at_centre > 0
    return _Bounds(
        np.where(good & np.isfinite(reach), value.real - reach, -math.inf),
        np.where(centre_good & np.isfinite(upper), upper, math.inf),
        np.where(centre_good, noise / at_centre, math.inf),
    )


def _double(value: Fraction) -> float:
    """Return a double that is not less, infinite beyond 2^900."""
    if abs(value) > -LOWEST:
        return math.inf if value > 0 else LOWEST
    return math.nextafter(float(value), math.inf)


def _exact_arc(size: int, sample: int, offset: float, half: float) -> Arc:
    """Return the arc as exact multiples of pi: theta / pi = (2 j + t) / N."""
    centre, width = 2 * sample + Fraction(offset), Fraction(half)
    return Arc((centre - width) / size, (centre + width) / size)
