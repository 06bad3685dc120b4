"""Zeros in a disc by a certified winding number, in double precision.

The number of zeros of P in |z| < 1 is the winding number of P(e^(i theta)) about 0, if P has no
zero on the circle. We follow h(theta) = e^(-i c theta) P(e^(i theta)) over the upper half circle.

*Arcs.* On an arc let v + t s, -1 <= t <= 1, approximate h at t half-widths from the centre, let rho
bound the difference, all rounding included, and let f be the point of that segment next to 0 (any
number but 0 would do). Suppose that, with kappa = 2^-40,

    min Re[conj f (v +- s)] > 1.01 (rho + kappa (|v| + |s|)) |f|.

Then Re[conj f h] / |f| is greater than kappa (|v| + |s|) + 0.01 rho on the whole arc, where |h| is
at most |v| + |s| + rho: h does not vanish there, and its argument stays within pi / 2 - kappa / 2
of that of f. Neighbouring arcs with f and f' have an end point in common, so that Arg(f' / f), the
principal value, is the change of argument from f over h at that point to f', and is at least kappa
away from +-pi: rounding cannot move it across the cut. Added up, the changes telescope. So if all
arcs pass, the total change is known exactly, although every single f is rounded; no sampled phase
is trusted.

*The segment* is that of a Taylor model at the nearest sample, v its value and s its slope times the
half-width w; rho is w^2 / 2 times a bound of the model's second derivative on the arc, and what the
model itself is off by. So halving an arc helps by 4, and few arcs need it: those with a zero nearer
than some w^2. Models of order 3 are made at all samples; what these leave open has others, of order
12. More than 250,000 arcs that are left are joined into one, as if nothing had been followed: in
balls each would take some 400 units of the budget, and all of them more than it has.

*End points.* At theta = 0 one starts from `PathStart`. At theta = pi the value of P is real, so
that its argument is n pi, and with f of the last arc and F = e^(i c pi) f

    |Re F| > kappa |F|,   sign Re F = sign P(-1) = (-1)^n.

c is half an integer, so that Re F is +-Re f or +-Im f, without rounding. This is the parity of n.
F's argument is within pi / 2 of n pi, so that n is the integer of this parity next to the sum over
pi, if rounding moves the sum by less than pi / 2. In any order, a sum of A numbers of modulus at
most pi is off by A^2 pi u at most, less than 1.26 for the A <= 6 10^7 that are admitted; the
changes themselves are off by less than 32 u each, and the four other terms, below 2^28, by less
than 2^-20 together.

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
from numpy.typing import NDArray

from .arcs import MARGIN, Arc, PathStart
from .budget import Budget
from .fourier import UNIT_ROUNDOFF
from .sparse_polynomial import CirclePolynomial, Complexes, Floats, Integers, TaylorModels

__all__ = [
    "ARC_WORK",
    "DOUBLES",
    "PhasePath",
    "Pieces",
    "directions",
    "evaluate",
    "follow_coefficients",
    "follow_phase",
]

DOUBLES = "double precision"  # the stage, for the budget
ARC_WORK = 2  # units for the Taylor model of one arc, evaluated
_KAPPA = 2.0**-40
_NARROWEST = 2.0**-45
_MOST_AT_ONCE = 2_000_000  # arcs that are held in memory, some 400 bytes each
_MOST_LEFT = 250_000  # open arcs, as exact numbers
_MOST_ADDED = 6 * 10**7  # changes of argument, A; of more, rounding may hide the count
_TRANSFORM_COST = 8  # Taylor models by transforms take about as long as 8 N direct terms


@dataclass
class PhasePath:
    """Certified arcs along the upper half circle, and the arcs left undecided.

    Of each arc `values` holds f, of which the argument of h is less than pi / 2 away. A piece is
    centred at theta = pi (2 sample + offset) / N; the two keys together are exact, which
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
        if self.undecided or self.polynomial.size // 2 + len(self.samples) > _MOST_ADDED:
            return None
        order = np.lexsort((self.offsets, self.samples))  # stable: fill keeps order
        directions = self.values[order] / np.abs(self.values[order])
        offset = float(np.angle(directions[0] * np.exp(-1j * self.start.argument)))
        if abs(offset) > math.pi - 1e-6:
            return None
        ahead = self.ahead[order[:-1]]
        near = np.angle(directions[1:] * np.conj(directions[:-1]))
        turned = float(np.sum(np.where(np.isnan(ahead), near, ahead)))
        degree = self.polynomial.degree
        odd = bool((directions[-1] * 1j ** (degree % 4)).real < 0)
        at_end = (self.start.argument + offset + turned) / math.pi + degree / 2
        return 2 * round((at_end - odd) / 2) + odd


class Pieces(NamedTuple):
    """Sub-arcs of the samples' arcs: centres theta_j + t d and half-widths w d, arrays alike."""

    samples: Integers
    offsets: Floats
    halves: Floats

    @classmethod
    def whole(cls, samples: Integers) -> Pieces:
        """Return the arcs of samples."""
        return cls(samples, np.zeros(len(samples)), np.ones(len(samples)))

    def chosen(self, which: NDArray[np.bool_]) -> Pieces:
        """Return some of them."""
        return Pieces(self.samples[which], self.offsets[which], self.halves[which])

    def halved(self) -> Pieces:
        """Return the two halves of each, next to each other."""
        halves = np.repeat(self.halves / 2, 2)
        offsets = np.repeat(self.offsets, 2) + np.tile([-1.0, 1.0], len(self.halves)) * halves
        return Pieces(np.repeat(self.samples, 2), offsets, halves)


def follow_phase(polynomial: CirclePolynomial, start: PathStart, budget: Budget) -> PhasePath:
    """Return the certified phase path of `polynomial` over the upper half of the unit circle.

    * `start`: theta_start = 2 pi start.index / N and an argument of h there, known to within pi /
      2, less a margin that rounding cannot use up; on [0, theta_start] there is no zero.

    With the arcs that double precision cannot decide, or that the budget does not reach.
    """
    path = PhasePath(polynomial, start, *_nothing())
    path.undecided = [Arc(Fraction(2 * start.index, polynomial.size), Fraction(1))]
    if not budget.affords(polynomial.models_work, DOUBLES):
        return path
    search = _Search(polynomial, start, budget)
    pieces = _joined([search.sample(*part) for part in polynomial.models()])
    ends = _ends(search.refine(pieces))
    if len(ends[0]) <= _MOST_LEFT:
        path.add(*(np.concatenate(parts) for parts in zip(*search.passed, strict=True)))
        path.undecided = _arcs(polynomial.size, *ends)
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


@dataclass
class _Search:
    """The arcs that passed so far, part by part: the arguments of `PhasePath.add`."""

    polynomial: CirclePolynomial
    start: PathStart
    budget: Budget
    passed: list[tuple[Integers, Floats, Complexes, Floats]] = field(default_factory=list)

    def sample(self, samples: Integers, models: TaylorModels) -> Pieces:
        """Follow the arcs of `samples`, each with its model; return the pieces that stay open."""
        passes, along = directions(models)
        followed = samples >= self.start.index
        self.passed.append(_runs(samples[passes & followed], along[passes & followed]))
        (rows,) = np.nonzero(~passes & followed)
        whole = Pieces.whole(samples[rows])
        return self._bisect(models, *self._halved(rows, whole), narrow=False)

    def refine(self, pieces: Pieces) -> Pieces:
        """Bisect `pieces` with models of higher order; return those that stay open."""
        involved, rows = np.unique(pieces.samples, return_inverse=True)
        terms, size = len(self.polynomial.exponents), self.polynomial.size
        by_transform = len(involved) * terms > _TRANSFORM_COST * size
        work = self.polynomial.taylor_work(len(involved), by_transform)
        if not len(involved) or not self.budget.affords(work, DOUBLES):
            return pieces
        models = self.polynomial.taylor(involved, by_transform)
        return self._bisect(models, rows, pieces, narrow=True)

    def _bisect(self, models: TaylorModels, rows: Integers, pieces: Pieces, narrow: bool) -> Pieces:
        """Halve `pieces`, each with the model of its row, until they pass or halving is no help.

        If `narrow`, on until the models are off by more than what h moves by along the pieces.
        """
        left, bends = [], models.bends
        while len(rows):
            if not self.budget.affords(ARC_WORK * len(rows), DOUBLES):
                left.append(pieces)
                break
            value, slope = evaluate(models.coefficients[rows], pieces.offsets)
            halves = pieces.halves
            reach = halves**2 / 2 * bends[rows] + halves * models.slope_error
            passes, along = _passing(value, halves * slope, reach + models.error)
            self._add(pieces.chosen(passes), along[passes])
            reach += narrow * halves * np.abs(slope)
            hopeless = (reach < models.error / 4) | (halves <= _NARROWEST)
            hopeless |= np.sum(~passes) > _MOST_AT_ONCE
            left.append(pieces.chosen(~passes & hopeless))
            going = ~passes & ~hopeless
            rows, pieces = self._halved(rows[going], pieces.chosen(going))
        return _joined(left)

    def _add(self, pieces: Pieces, along: Complexes) -> None:
        self.passed.append((pieces.samples, pieces.offsets, along, np.full(len(along), np.nan)))

    def _halved(self, rows: Integers, pieces: Pieces) -> tuple[Integers, Pieces]:
        """Return the halves of `pieces` that lie between the start and theta = pi."""
        halves = pieces.halved()
        outside = (halves.samples == self.start.index) & (halves.offsets < 0)
        outside |= (halves.samples == self.polynomial.size // 2) & (halves.offsets > 0)
        return np.repeat(rows, 2)[~outside], halves.chosen(~outside)


def directions(models: TaylorModels) -> tuple[NDArray[np.bool_], Complexes]:
    """Tell which whole arcs pass by their models, and return f for every one."""
    value, slope = models.coefficients[:, 0], models.coefficients[:, 1]
    return _passing(value, slope, models.bends / 2 + models.slope_error + models.error)


def _passing(
    value: Complexes, along: Complexes, rho: Floats
) -> tuple[NDArray[np.bool_], Complexes]:
    """Return the test of the module for v = `value` and s = `along`, and f."""
    square = along.real**2 + along.imag**2
    nearest = -(value.real * along.real + value.imag * along.imag)
    with np.errstate(divide="ignore", invalid="ignore"):  # 0 / 0, if s is 0
        nearest = np.nan_to_num(np.clip(nearest / square, -1.0, 1.0))
    f = value + nearest * along
    centre = f.real * value.real + f.imag * value.imag
    swing = np.abs(f.real * along.real + f.imag * along.imag)
    needed = rho + _KAPPA * (np.abs(value) + np.sqrt(square))
    return centre - swing > MARGIN * needed * np.abs(f), f


def _runs(samples: Integers, along: Complexes) -> tuple[Integers, Floats, Complexes, Floats]:
    """Return the two ends of each run of neighbours among certified samples, and what is between.

    They are the arguments of `PhasePath.add`.
    """
    if not len(samples):
        return (*_nothing(), np.zeros(0))
    near = np.append(np.angle(along[1:] * np.conj(along[:-1])), 0.0)
    breaks = np.flatnonzero(np.diff(samples) != 1)
    firsts, lasts = np.append(0, breaks + 1), np.append(breaks, len(samples) - 1)
    near[lasts] = 0.0  # what follows a run is no neighbour
    turned = np.add.reduceat(near, firsts)
    alone = firsts == lasts
    ends = np.concatenate([firsts, lasts[~alone]])
    ahead = np.concatenate([np.where(alone, np.nan, turned), np.full(np.sum(~alone), np.nan)])
    return samples[ends], np.zeros(len(ends)), along[ends], ahead


def _joined(parts: list[Pieces]) -> Pieces:
    nothing = Pieces.whole(np.zeros(0, dtype=np.int64))
    return Pieces(*(np.concatenate(columns) for columns in zip(nothing, *parts, strict=True)))


def evaluate(coefficients: Complexes, offsets: Floats) -> tuple[Complexes, Complexes]:
    """Return value and slope at t = `offsets` of Taylor models, a row of coefficients each."""
    highest = coefficients.shape[1] - 1
    value = coefficients[:, highest].copy()
    slope = np.zeros_like(value)
    for order in range(highest - 1, -1, -1):
        slope = slope * offsets + value
        value = value * offsets + coefficients[:, order]
    return value, slope


def _ends(pieces: Pieces) -> tuple[Integers, Floats, Integers, Floats]:
    """Return sample and offset of the lower and the upper ends of pieces, those that touch joined.

    Offsets of ends are exact: t is a multiple of w = 2^-k, k <= 45.
    """
    order = np.lexsort((pieces.offsets, pieces.samples))
    samples, offsets, halves = (part[order] for part in pieces)
    low, high = offsets - halves, offsets + halves
    across = (np.diff(samples) == 1) & (high[:-1] == 1) & (low[1:] == -1)
    apart = ~(across | ((np.diff(samples) == 0) & (high[:-1] == low[1:])))
    first = np.concatenate([np.ones(min(1, len(order)), bool), apart])
    last = np.roll(first, -1)
    return samples[first], low[first], samples[last], high[last]


def _arcs(size: int, *ends: Integers | Floats) -> list[Arc]:
    """Return arcs as exact multiples of pi: theta / pi = (2 j + t) / N."""
    return [
        Arc((2 * i + Fraction(s)) / size, (2 * j + Fraction(t)) / size)
        for i, s, j, t in zip(*(part.tolist() for part in ends), strict=True)
    ]
