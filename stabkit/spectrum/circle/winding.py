"""Zeros in a disc by a certified winding number, in double precision.

The number of zeros of P in |z| < 1 is the winding number of P(e^(i theta)) about 0, if P has no
zero on the circle. We follow h(theta) = e^(-i c theta) P(e^(i theta)) over the upper half circle.

*Arcs.* Let v approximate h at the centre of an arc of half-width w, and suppose that

    |v| > 1.01 ((error of v) + sup over the arc of |h - h(centre)|).

Then h stays in the disc around v of radius |v| / 1.01: it does not vanish on the arc, and its
argument stays within arcsin(1 / 1.01) < pi / 2 - 0.14 of that of v. Neighbouring arcs with centre
values v and v' have an end point in common, so that Arg(v' / v), the principal value, is the change
of argument from v over h at that point to v', and is at least 0.28 away from +-pi: rounding cannot
move it across the cut. Added up, the changes telescope. So if all arcs pass, the total change is
known exactly, although every single v is rounded; no sampled phase is trusted.

*The supremum* is bounded by Taylor's theorem: w |h'| + w^2/2 |h''| + w^3/6 sup |h'''| at the
samples of `CirclePolynomial.grid`; the few arcs that fail are bisected with Taylor models.

*End points.* At theta = pi the value of P is real, which fixes the argument there to a multiple of
pi once it is known to within pi / 2 - 0.14. At theta = 0 one starts from `PathStart`.

What double precision leaves open is returned as arcs, never guessed. Samples, Taylor models and
arcs are paid for from a `stabkit.spectrum.circle.budget.Budget` before they are computed; what it
does not reach is left open too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from .arcs import MARGIN, Arc, PathStart, joined
from .budget import Budget
from .fourier import UNIT_ROUNDOFF
from .sparse_polynomial import TAYLOR_ORDER, CirclePolynomial, Complexes, Floats, Integers

__all__ = ["ARC_WORK", "DOUBLES", "PhasePath", "evaluate", "follow_coefficients", "follow_phase"]

DOUBLES = "double precision"  # the stage, for the budget
ARC_WORK = 2  # units for the Taylor model of one arc, evaluated
_NARROWEST = 2.0**-45
_MOST_AT_ONCE = 2_000_000  # arcs that are held in memory, some 400 bytes each
_TRANSFORM_COST = 8  # Taylor models by transforms take about as long as 8 N direct terms


@dataclass
class PhasePath:
    """Centre values of certified arcs along the upper half circle, and the arcs left undecided.

    A piece is centred at theta = pi (2 sample + offset) / N; the two keys together are exact, which
    one float would not be. Of neighbouring samples in a row the first and the last are kept, and
    `ahead` holds the change of argument from the one to the other; it is NaN where the next piece
    is a neighbour. An undecided arc may be filled in later, by `fill`.
    """

    polynomial: CirclePolynomial
    start: PathStart
    samples: Integers
    offsets: Floats
    values: Complexes
    undecided: list[Arc] = field(default_factory=list)
    ahead: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.ahead = np.full(len(self.samples), np.nan)

    def add(
        self, samples: Integers, offsets: Floats, values: Complexes, ahead: Floats | None = None
    ) -> None:
        """Add certified pieces, in any order."""
        self.samples = np.concatenate([self.samples, samples])
        self.offsets = np.concatenate([self.offsets, offsets])
        self.values = np.concatenate([self.values, values])
        ahead = np.full(len(samples), np.nan) if ahead is None else ahead
        self.ahead = np.concatenate([self.ahead, ahead])

    def fill(self, arc: Arc, values: Sequence[complex]) -> None:
        """Replace the undecided `arc` by the values of h on certified sub-arcs, ascending."""
        self.undecided.remove(arc)
        centre = (arc.lo + arc.hi) / 2 * self.polynomial.size
        sample = round(centre / 2)
        count = len(values)
        self.add(
            np.full(count, sample), np.full(count, float(centre - 2 * sample)), np.array(values)
        )

    def half_turns(self) -> int | None:
        """Return (arg P(-1) - arg P at theta = 0+) / pi along the half circle; None if undecided.

        For a polynomial that is positive at theta = 0 this is the number of zeros in the disc.
        """
        if self.undecided:
            return None
        order = np.lexsort((self.offsets, self.samples))  # stable: fill keeps order
        directions = self.values[order] / np.abs(self.values[order])
        offset = float(np.angle(directions[0] * np.exp(-1j * self.start.argument)))
        if abs(offset) > math.pi - 1e-6:
            return None
        ahead = self.ahead[order[:-1]]
        near = np.angle(directions[1:] * np.conj(directions[:-1]))
        turned = float(np.sum(np.where(np.isnan(ahead), near, ahead)))
        at_end = self.start.argument + offset + turned + math.pi * self.polynomial.degree / 2
        # h(pi) is +- e^(-i c pi) and lies within pi / 2 of the last value: round to that multiple.
        return round(at_end / math.pi)


class _Pieces(NamedTuple):
    """Sub-arcs of the samples' arcs: centres theta_j + t d and half-widths w d, arrays alike."""

    samples: Integers
    offsets: Floats
    halves: Floats


def follow_phase(polynomial: CirclePolynomial, start: PathStart, budget: Budget) -> PhasePath:
    """Return the certified phase path of `polynomial` over the upper half of the unit circle.

    Parameters
    ----------
    polynomial : CirclePolynomial
    start : PathStart
        theta_start = 2 pi start.index / N and an argument of h there, known to within pi / 2, less
        a margin that rounding cannot use up; on [0, theta_start] there is no zero.
    budget : Budget

    Returns
    -------
    PhasePath
        With the arcs that double precision cannot decide, or that the budget does not reach.
    """
    path = PhasePath(polynomial, start, *_nothing())
    if not budget.affords(polynomial.grid_work, DOUBLES):
        path.undecided = [Arc(Fraction(2 * start.index, polynomial.size), Fraction(1))]
        return path
    failed = _sample(path)
    pieces = _halves(path, failed)
    if len(failed) * len(polynomial.exponents) > _TRANSFORM_COST * polynomial.size:
        pieces = _bisect(path, pieces, budget, by_transform=True)
    pieces = _bisect(path, pieces, budget, by_transform=False)
    path.undecided = joined(_arcs(path, pieces))
    return path


def follow_coefficients(coefficients: Sequence[int], start: PathStart, budget: Budget) -> PhasePath:
    """Return the certified phase path of sum b_m z^m, b_m integers of any size; b_0 is not 0."""
    largest = max(map(abs, coefficients))
    polynomial = CirclePolynomial(
        np.arange(len(coefficients)),
        np.array([c / largest for c in coefficients]),
        2 * UNIT_ROUNDOFF,
    )
    return follow_phase(polynomial, start, budget)


def _nothing() -> tuple[Integers, Floats, Complexes]:
    return np.zeros(0, dtype=np.int64), np.zeros(0), np.zeros(0, dtype=complex)


def _sample(path: PhasePath) -> Integers:
    """Add the samples that stand for their arcs to `path`; return those that do not."""
    width, index, failed = path.polynomial.half_width, 0, []
    for samples in path.polynomial.grid_blocks():
        bound = width * np.abs(samples.first) + width**2 / 2 * np.abs(samples.second)
        e0, e1, e2 = samples.errors
        fixed = e0 + width * e1 + width**2 / 2 * e2 + width**3 / 6 * samples.third_bound
        certified = np.abs(samples.values) > (bound + fixed) * MARGIN
        indices = np.arange(index, index + len(certified))
        index += len(certified)
        followed = indices >= path.start.index
        failed.append(indices[followed & ~certified])
        passed = followed & certified
        _add_runs(path, indices[passed], samples.values[passed])
    return np.concatenate(failed)


def _add_runs(path: PhasePath, samples: Integers, values: Complexes) -> None:
    """Add certified samples of P, ascending: of each run of neighbours the two ends.

    From one sample to the next the argument of h turns by that of P less c times their distance.
    """
    if not len(samples):
        return
    step = path.polynomial.phases(np.array([1]))
    near = np.append(np.angle(values[1:] * np.conj(values[:-1]) * step), 0.0)
    breaks = np.flatnonzero(np.diff(samples) != 1)
    firsts, lasts = np.append(0, breaks + 1), np.append(breaks, len(samples) - 1)
    near[lasts] = 0.0  # what follows a run is no neighbour
    turned = np.add.reduceat(near, firsts)
    alone = firsts == lasts
    ends = np.concatenate([firsts, lasts[~alone]])
    ahead = np.concatenate([np.where(alone, np.nan, turned), np.full(np.sum(~alone), np.nan)])
    path.add(
        samples[ends],
        np.zeros(len(ends)),
        values[ends] * path.polynomial.phases(samples[ends]),
        ahead,
    )


def _halves(path: PhasePath, failed: Integers) -> _Pieces:
    """Return the half arcs of the samples `failed` that lie between the start and theta = pi."""
    samples, offsets = np.repeat(failed, 2), np.tile([-0.5, 0.5], len(failed))
    before = (samples == path.start.index) & (offsets < 0)
    beyond = (samples == path.polynomial.size // 2) & (offsets > 0)
    keep = ~(before | beyond)
    return _Pieces(samples[keep], offsets[keep], np.full(int(np.sum(keep)), 0.5))


def _bisect(path: PhasePath, pieces: _Pieces, budget: Budget, by_transform: bool) -> _Pieces:
    """Bisect `pieces` with Taylor models; add what passes to `path`, return what is hopeless."""
    involved, rows = np.unique(pieces.samples, return_inverse=True)
    work = path.polynomial.taylor_work(len(involved), by_transform)
    if not len(involved) or not budget.affords(work, DOUBLES):
        return pieces
    models = path.polynomial.taylor(involved, by_transform)
    bends, left = models.bends, []
    offsets, halves = pieces.offsets, pieces.halves
    while len(rows):
        if not budget.affords(ARC_WORK * len(rows), DOUBLES):
            left.append(_Pieces(involved[rows], offsets, halves))
            break
        value, slope = evaluate(models.coefficients[rows], offsets)
        reach = halves * (np.abs(slope) + models.slope_error) + halves**2 / 2 * bends[rows]
        passed = np.abs(value) > (reach + models.error) * MARGIN
        path.add(involved[rows[passed]], offsets[passed], value[passed])
        hopeless = ~passed & ((reach < models.error / 4) | (halves <= _NARROWEST))
        if np.sum(~passed) > _MOST_AT_ONCE:
            hopeless = ~passed
        left.append(_Pieces(involved[rows[hopeless]], offsets[hopeless], halves[hopeless]))
        going = ~passed & ~hopeless
        rows, halves = np.repeat(rows[going], 2), np.repeat(halves[going] / 2, 2)
        signs = np.tile([-1.0, 1.0], len(rows) // 2)
        offsets = np.repeat(offsets[going], 2) + signs * halves
    return _Pieces(*(np.concatenate(parts) for parts in zip(*left, strict=True)))


def evaluate(coefficients: Complexes, offsets: Floats) -> tuple[Complexes, Complexes]:
    """Return value and slope at t = `offsets` of Taylor models, a row of coefficients each."""
    value = coefficients[:, TAYLOR_ORDER].copy()
    slope = np.zeros_like(value)
    for order in range(TAYLOR_ORDER - 1, -1, -1):
        slope = slope * offsets + value
        value = value * offsets + coefficients[:, order]
    return value, slope


def _arcs(path: PhasePath, pieces: _Pieces) -> list[Arc]:
    """Return the pieces as exact multiples of pi: theta / pi = (2 j + t) / N."""
    size = path.polynomial.size
    return [
        Arc((2 * j + Fraction(t) - Fraction(w)) / size, (2 * j + Fraction(t) + Fraction(w)) / size)
        for j, t, w in zip(*(part.tolist() for part in pieces), strict=True)
    ]
