"""Crossings of the unit circle on given arcs, isolated in ball arithmetic.

With a = (1 - z)^2 C and b = (1 - z)^2 U, sparse, both centred at frequency (L + 1) / 2, let

    v(theta) = Im[a conj b],   y(theta) = Re[a conj b],

the functions of `stabkit.spectrum.partition.crossing` times |1 - z|^4. On an arc of half-width r
around theta_0, with Taylor coefficients v_i at theta_0, i < R, and the remainder

    e = r^R / R! (L + 1)^R sum |a_j| sum |b_k|

(the frequencies of a conj b are at most L + 1),

* |v_0| > sum_(i>=1) |v_i| r^i + e, or the same for y_0 > 0, excludes a crossing;
* |v_1| > sum_(i>=2) i |v_i| r^(i-1) + e R / r makes v strictly monotone: at most one zero. (The
  derivative's own Taylor remainder is r^(R-1) / (R-1)! (L + 1)^R sum |a_j| sum |b_k| = e R / r.)

Other arcs are halved. Neighbouring arcs on which v is monotone in the same sense make one *run*;
the exact signs of v at its ends tell whether it holds a zero. Zeros of U are zeros of v without a
crossing, which goes to infinity there: where U is a survival-like polynomial, with coefficients
that fall with m, they are known exactly (R1), the roots of unity of the order of the gcd.

Every evaluation, of the search and of what refines the crossings that it found, is paid from the
budget of the call.

References
----------
docs/model.md, R1, R8.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import NamedTuple

from flint import acb, acb_series, arb, arb_mat, ctx

from ...model.enclosure import fraction_of
from ..circle.arcs import Arc
from ..circle.budget import Budget, BudgetSpent
from ..circle.dyadic import depth, dyadic, exact, hull
from ..counting.counts import kernel_counts
from .crossing import COARSE_BITS, CircleCrossing
from .exact_crossings import rational_crossing
from .pencil import KernelPencil

__all__ = ["BallCrossings"]

_ORDER = 4
_NARROWEST = Fraction(1, 2**160)
_FIRST_BITS = 128
_STRIDE = 32
_MOST_BITS = 2048
_TERMS_AT_ONCE = 8  # FLINT's product of matrices takes so many in the time of one sum in Python
_EVALUATIONS = 60  # on one arc, besides those that its depth takes
_PER_BIT = 4


class _Run(NamedTuple):
    """Neighbouring arcs on which v is strictly monotone: rising (1) or falling (-1).

    `ends` holds the signs of v at the two ends, 0 where they are not known.
    """

    arc: Arc
    slope: int
    ends: tuple[int, int]


class _Free(NamedTuple):
    """An arc that holds no crossing with x >= 0."""

    arc: Arc


class _Open(NamedTuple):
    """An arc on which it is not told whether there is a crossing."""

    arc: Arc


class _AtZero(NamedTuple):
    """A run whose crossing has an x that is not told from 0."""

    run: _Run


@dataclass
class _SlopedZero:
    """A zero of v alone in [low, high], in units of pi, and the sign of its slope there."""

    low: Fraction
    high: Fraction
    slope: int


class _Remembered(dict[int, arb]):
    """A function of the precision, called once for each; a pickle holds the function alone."""

    def __init__(self, function: Callable[[int], arb]) -> None:
        self._function = function

    def __missing__(self, bits: int) -> arb:
        return self.setdefault(bits, self._function(bits))

    def __call__(self, bits: int) -> arb:
        return self[bits]

    def __reduce__(self) -> tuple[type[_Remembered], tuple[Callable[[int], arb]]]:
        return type(self), (self._function,)


@dataclass(frozen=True)
class BallCrossings:
    """The crossings of a pencil on arcs of the circle."""

    pencil: KernelPencil
    budget: Budget

    def __reduce__(self) -> tuple[type[BallCrossings], tuple[KernelPencil, Budget]]:
        return type(self), (self.pencil, self.budget)  # no weights, which are balls

    def on(self, arcs: list[Arc]) -> tuple[list[CircleCrossing], list[Arc]]:
        """Return the crossings with x >= 0 on disjoint `arcs`, and the arcs left undecided.

        Outside of the arcs there must be no crossing. The arcs that the budget does not reach are
        undecided.
        """
        found, open_arcs, at_zero = [], [], []
        for arc in arcs:
            try:
                runs, undecided = self._searched(arc)
                zeros = [self._zero(run) for run in runs]
            except BudgetSpent:
                open_arcs.append(arc)
                continue
            open_arcs += undecided
            for run, zero in zip(runs, zeros, strict=True):
                match zero:
                    case CircleCrossing() as crossing:
                        found.append(crossing)
                    case _Open(part):
                        open_arcs.append(part)
                    case _AtZero():
                        at_zero.append(run)
        if at_zero and self._are_at_zero(len(at_zero)):
            found += [_at_zero(run) for run in at_zero]
        else:
            open_arcs += [run.arc for run in at_zero]
        return found, open_arcs

    def _are_at_zero(self, pairs: int) -> bool:
        """Tell whether x = 0 exactly at as many zeros of v: those of C on the circle are counted.

        A zero of C there is a crossing at x = 0, and every crossing is on one of the arcs.
        """
        if not self.pencil.is_closed:
            return False
        kernel = self.pencil.at(Fraction(0))
        on_circle = kernel_counts(kernel, self.budget).on_circle
        return on_circle == 2 * pairs + (kernel.at_minus_one() == 0)

    @cached_property
    def _terms(self) -> tuple[dict[int, int], dict[int, int]]:
        """The coefficients of a and of b."""
        return self.pencil.constant.closed_form, self.pencil.slope.closed_form

    @cached_property
    def _exponents(self) -> list[int]:
        return sorted(self._terms[0].keys() | self._terms[1].keys())

    def _weights(self, order: int) -> arb_mat:
        """Return b_m (2 m - L - 1)^i, exactly: rows i < order for a, then for b; columns m."""
        if order not in self._known_weights:
            top = self.pencil.length + 1
            rows = [
                [arb(terms.get(m, 0) * (2 * m - top) ** i) for m in self._exponents]
                for terms in self._terms
                for i in range(order)
            ]
            self._known_weights[order] = arb_mat(rows)
        return self._known_weights[order]

    @cached_property
    def _known_weights(self) -> dict[int, arb_mat]:
        return {}

    @cached_property
    def _size(self) -> int:
        """(L + 1)^R sum |a_j| sum |b_k|: a bound of the derivative of order R of a conj b."""
        above, below = (sum(map(abs, terms.values())) for terms in self._terms)
        size: int = (self.pencil.length + 1) ** _ORDER * above * below
        return size

    @property
    def _lost_bits(self) -> int:
        """Bits that cancellation in the factors (1 - z)^2 may take; too few only cost time."""
        return 4 * self.pencil.length.bit_length()

    @cached_property
    def _pole_order(self) -> int | None:
        """g such that U has exactly the g-th roots of unity but 1 on the circle, if known."""
        if any(self.pencil.slope.shares):
            return None
        return math.gcd(*(n for n, _, t in self.pencil.slope if t))

    def _searched(self, arc: Arc) -> tuple[list[_Run], list[Arc]]:
        pending, pieces, undecided, spent = [arc], [], [], 0
        while pending:
            part = pending.pop()
            spent += 1
            seen = self._examined(part)
            if isinstance(seen, _Run):
                pieces.append(seen)
            elif isinstance(seen, _Open):
                narrow = part.hi - part.lo < _NARROWEST
                if narrow or spent > _EVALUATIONS + _PER_BIT * depth(part.hi - part.lo):
                    undecided.append(part)
                    continue
                middle = (part.lo + part.hi) / 2
                pending += [Arc(middle, part.hi), Arc(part.lo, middle)]
        return list(_runs(pieces)), undecided

    def _examined(self, arc: Arc) -> _Run | _Free | _Open:
        """Return a run if v is monotone, and otherwise whether a crossing is excluded."""
        precision = 64 + depth(arc.hi - arc.lo) + self._lost_bits
        with ctx.workprec(precision):
            half = arb.pi() * exact((arc.hi - arc.lo) / 2)
            series = self._series((arc.lo + arc.hi) / 2, _ORDER)
            rest = half**_ORDER * self._size / math.factorial(_ORDER)
            v, y = [q.imag for q in series], [q.real for q in series]
            for value, parts in ((abs(v[0]), v), (y[0], y)):
                if value > sum((abs(parts[i]) * half**i for i in range(1, _ORDER)), rest):
                    return _Free(arc)
            bend = sum((i * abs(v[i]) * half ** (i - 1) for i in range(2, _ORDER)), arb(0))
            if not abs(v[1]) > bend + rest * _ORDER / half:
                return self._examined_at_pi(arc) if arc.hi == 1 else _Open(arc)
            ends = (
                sum((v[i] * end**i for i in range(_ORDER)), arb(0, rest.upper()))
                for end in (-half, half)
            )
            low, high = (int(end > 0) - int(end < 0) for end in ends)
            return _Run(arc, 1 if v[1] > 0 else -1, (low, high))

    def _examined_at_pi(self, arc: Arc) -> _Run | _Open:
        """Return a run if v^(3) has one sign on an arc that ends at pi, and v'(pi) not the other.

        v is odd about pi, so that v(pi) = v''(pi) = 0: then v'' has one sign on the arc, v' is
        monotone there and does not change its sign either.
        """
        with ctx.workprec(64 + 3 * depth(arc.hi - arc.lo) + self._lost_bits):
            width = arb.pi() * exact(arc.hi - arc.lo)
            v = [q.imag for q in self._series(Fraction(1), 6)]
            parts = (i * (i - 1) * (i - 2) * abs(v[i]) * width ** (i - 3) for i in (4, 5))
            bound = self._size * (self.pencil.length + 1) ** (6 - _ORDER)
            if not 6 * abs(v[3]) > sum(parts, bound * width**3 / 6):
                return _Open(arc)
            slope = 1 if v[3] > 0 else -1
        return _Run(arc, slope, (-slope, 0)) if self._slope_at_pi in (0, slope) else _Open(arc)

    @cached_property
    def _slope_at_pi(self) -> int:
        """The sign of V'(pi), exactly: V' = C_1 U - C U_1, C_1 = sum m c_m z^m, at z = -1."""
        (c, c1), (u, u1) = (
            (sum(row[::2]) - sum(row[1::2]), sum(m * g * (-1) ** m for m, g in enumerate(row)))
            for row in (self.pencil.constant.coefficients, self.pencil.slope.coefficients)
        )
        slope: int = c1 * u - c * u1
        return (slope > 0) - (slope < 0)

    def _series(self, centre: Fraction, order: int) -> list[acb]:
        """Return the Taylor coefficients of a conj b in theta at theta = pi centre."""
        above, below = self._derivatives(arb(exact(centre)), order)
        conjugate = [_conjugate(b) for b in below]
        product = acb_series(above, prec=order) * acb_series(conjugate, prec=order)
        return [product[i] for i in range(order)]

    def _derivatives(self, theta: arb, order: int) -> tuple[list[acb], list[acb]]:
        """Return the Taylor coefficients of a and of b at pi times the ball `theta`."""
        self.budget.spend(8 + len(self._exponents) // _TERMS_AT_ONCE, order, ctx.prec)
        phases = _phases(theta, self._exponents, self.pencil.length + 1)
        sums = self._weights(order) * arb_mat([[phase.real, phase.imag] for phase in phases])
        terms = [
            acb(sums[row, 0], sums[row, 1]) * acb(0, "0.5") ** i / math.factorial(i)
            for row, i in enumerate([*range(order)] * 2)
        ]
        return terms[:order], terms[order:]

    def _zero(self, run: _Run) -> CircleCrossing | _Free | _Open | _AtZero:
        """Return what the run holds: a crossing, none, or one of which that or x is open."""
        lo, hi = run.arc.lo, run.arc.hi
        if self._holds_pole(run.arc):
            return _Free(run.arc)
        if hi == 1:
            x = Fraction(-self.pencil.constant.at_minus_one(), self.pencil.slope.at_minus_one())
            return rational_crossing(x, run.slope) if x >= 0 else _Free(run.arc)
        ends = [known or self._sign_at(end) for known, end in zip(run.ends, (lo, hi), strict=True)]
        if ends[0] * ends[1] > 0:
            return _Free(run.arc)
        if 0 in ends:
            at = lo if ends[0] == 0 else hi
            return _Free(run.arc) if self._is_right_of_zero(at) else _Open(run.arc)
        return self._positive(run)

    def _holds_pole(self, arc: Arc) -> bool:
        """Tell whether U has a known zero on the arc; by monotonicity it is v's only zero there."""
        g = self._pole_order
        if g is None:
            return arc.hi == 1 and self.pencil.slope.at_minus_one() == 0
        first = max(1, math.ceil(arc.lo * g / 2))
        return first < g and Fraction(2 * first, g) <= arc.hi

    def _sign_at(self, end: Fraction) -> int:
        """Return the sign of v; 0 if it is not told from 0."""
        bits = _FIRST_BITS + 2 * _depth_of(end)
        while bits <= _MOST_BITS + 2 * _depth_of(end):
            with ctx.workprec(bits):
                value = self._product(arb(exact(end))).imag
                if not value.contains(0):
                    return 1 if value > 0 else -1
            bits *= 2
        return 0

    def _is_right_of_zero(self, end: Fraction) -> bool:
        with ctx.workprec(_FIRST_BITS + 2 * _depth_of(end)):
            return bool(self._product(arb(exact(end))).real > 0)

    def _positive(self, run: _Run) -> CircleCrossing | _Free | _Open | _AtZero:
        """Return the crossing at the run's zero if x > 0."""
        ball = _Remembered(partial(self._ball, _SlopedZero(run.arc.lo, run.arc.hi, run.slope)))
        bits = COARSE_BITS
        while (x := ball(bits)).contains(0):
            bits *= 2
            if not x.is_finite():
                return _Open(run.arc)
            if bits > _MOST_BITS // 4:
                return _AtZero(run)
        if x < 0:
            return _Free(run.arc)
        angle = float((run.arc.lo + run.arc.hi) / 2) * math.pi
        return CircleCrossing(angle, 2 * run.slope, None, ball)

    def _ball(self, zero: _SlopedZero, bits: int) -> arb:
        """Return x = -Re[a conj b] / |b|^2 at the zero of v."""
        precision = bits + 64
        while True:
            with ctx.workprec(precision + 64 + self._lost_bits):
                (above,), (below,) = self._derivatives(hull(zero.low, zero.high), 1)
                ball = -(above * _conjugate(below)).real / (below * _conjugate(below)).real
                small = ball.is_finite() and ball.rad() * arb(2) ** bits < 1 + abs(ball)
                if small or precision > bits + _MOST_BITS:
                    return ball
            self._refine(zero, precision)
            precision *= 2

    def _refine(self, zero: _SlopedZero, bits: int) -> None:
        """Narrow the zero to 2^-bits of pi: Newton's method guesses, signs of v prove."""
        width, guess = Fraction(1, 2**bits), (zero.low + zero.high) / 2
        bend = 4 * (self.pencil.length + 1)  # about pi v'' / v': a step is followed by its square's
        for _ in range(bits.bit_length()):
            before, guess = guess, self._newton(guess, bits)
            if bend * (guess - before) ** 2 < width or not zero.low < guess < zero.high:
                break
        ends = guess - width, guess + width
        inside = zero.low < ends[0] and ends[1] < zero.high
        if inside and [self._sign_at(end) * zero.slope for end in ends] == [-1, 1]:
            zero.low, zero.high = ends
        while zero.high - zero.low > 2 * width:
            middle = (zero.low + zero.high) / 2
            sign = self._sign_at(middle) * zero.slope
            if sign == 0:
                break
            zero.low, zero.high = (middle, zero.high) if sign < 0 else (zero.low, middle)

    def _newton(self, guess: Fraction, bits: int) -> Fraction:
        with ctx.workprec(2 * bits + 64):
            value, slope = (q.imag for q in self._series(guess, 2))
            step = value / slope / arb.pi()
            if not step.is_finite():
                return guess
            return dyadic(guess - fraction_of(step.mid()), bits + 16)

    def _product(self, theta: arb) -> acb:
        (above,), (below,) = self._derivatives(theta, 1)
        return above * _conjugate(below)


def _at_zero(run: _Run) -> CircleCrossing:
    angle = float((run.arc.lo + run.arc.hi) / 2) * math.pi
    return rational_crossing(Fraction(0), 2 * run.slope, angle)


def _runs(pieces: list[_Run]) -> Iterator[_Run]:
    """Join pieces, ascending, that touch and on which v goes the same way."""
    current: _Run | None = None
    for piece in pieces:
        if current and current.arc.hi == piece.arc.lo and current.slope == piece.slope:
            joined = Arc(current.arc.lo, piece.arc.hi)
            current = _Run(joined, current.slope, (current.ends[0], piece.ends[1]))
        else:
            if current:
                yield current
            current = piece
    if current:
        yield current


def _phases(theta: arb, exponents: list[int], top: int) -> list[acb]:
    """Return e^(i pi theta (m - top / 2)), each the product of two that are computed directly.

    Longer chains of products are no good: every complex product of balls may lose half a bit.
    """
    giants = {m // _STRIDE for m in exponents}
    babies = {m % _STRIDE for m in exponents}
    coarse = {q: _unit(theta * (2 * _STRIDE * q - top) / 2) for q in giants}
    fine = {r: _unit(theta * r) for r in babies}
    return [coarse[m // _STRIDE] * fine[m % _STRIDE] for m in exponents]


def _unit(turns: arb) -> acb:
    sine, cosine = turns.sin_cos_pi()
    return acb(cosine, sine)


def _conjugate(value: acb) -> acb:
    return acb(value.real, -value.imag)


def _depth_of(point: Fraction) -> int:
    return point.denominator.bit_length()
