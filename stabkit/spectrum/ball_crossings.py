"""Crossings of the unit circle on given arcs, isolated in ball arithmetic.

With a = (1 - z)^2 C and b = (1 - z)^2 U, sparse, both centred at frequency (L + 1) / 2, let

    v(theta) = Im[a conj b],   y(theta) = Re[a conj b],

the functions of `stabkit.spectrum.crossing` times |1 - z|^4. On an arc of half-width r around
theta_0, with Taylor coefficients v_i at theta_0, i < R, and the remainder

    e = r^R / R! (L + 1)^R sum |a_j| sum |b_k|

(the frequencies of a conj b are at most L + 1),

* |v_0| > sum_(i>=1) |v_i| r^i + e, or the same for y_0 > 0, excludes a crossing;
* |v_1| > sum_(i>=2) i |v_i| r^(i-1) + e R / r makes v strictly monotone: at most one zero. (The
  derivative's own Taylor remainder is r^(R-1) / (R-1)! (L + 1)^R sum |a_j| sum |b_k| = e R / r.)

Other arcs are halved. Neighbouring arcs on which v is monotone in the same sense make one *run*;
the exact signs of v at its ends tell whether it holds a zero. Zeros of U are zeros of v without a
crossing, which goes to infinity there: where U is a survival-like polynomial, with coefficients
that fall with m, they are known exactly (R1), the roots of unity of the order of the gcd.

References
----------
MODEL.md R1, R8.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, partial
from typing import NamedTuple

from flint import acb, acb_series, arb, ctx, fmpq

from .ball_arcs import scaled_derivatives
from .crossing import CircleCrossing
from .exact_crossings import rational_crossing
from .pencil import KernelPencil
from .spectral_radius import fraction_of
from .winding import Arc

__all__ = ["BallCrossings"]

_ORDER = 6
_NARROWEST = Fraction(1, 2**160)
_FIRST_BITS = 128
_MOST_BITS = 2048
_EVALUATIONS = 60  # on one arc, besides those that its depth takes
_PER_BIT = 4


class _Run(NamedTuple):
    """Neighbouring arcs on which v is strictly monotone: rising (1) or falling (-1)."""

    arc: Arc
    slope: int


@dataclass(frozen=True)
class BallCrossings:
    """The crossings of a pencil on arcs of the circle."""

    pencil: KernelPencil

    def on(self, arcs: list[Arc]) -> tuple[list[CircleCrossing], list[Arc]]:
        """Return the crossings with x >= 0 on disjoint `arcs`, and the arcs left undecided.

        Outside of the arcs there must be no crossing.
        """
        found, open_arcs = [], []
        for arc in arcs:
            runs, undecided = self._searched(arc)
            open_arcs += undecided
            for run in runs:
                zero = self._zero(run)
                if isinstance(zero, Arc):
                    open_arcs.append(zero)
                elif zero is not None:
                    found.append(zero)
        return found, open_arcs

    @cached_property
    def _terms(self) -> tuple[dict[int, int], dict[int, int]]:
        top = {self.pencil.length + 1: 0}  # both centred alike
        return top | self.pencil.constant.closed_form, top | self.pencil.slope.closed_form

    @cached_property
    def _size(self) -> int:
        """(L + 1)^R sum |a_j| sum |b_k|: a bound of the derivative of order R of a conj b."""
        above, below = (sum(map(abs, terms.values())) for terms in self._terms)
        size: int = (self.pencil.length + 1) ** _ORDER * above * below
        return size

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
            slope = self._slope(part)
            if slope:
                pieces.append(_Run(part, slope))
            elif slope is None:
                narrow = part.hi - part.lo < _NARROWEST
                if narrow or spent > _EVALUATIONS + _PER_BIT * _depth(part):
                    undecided.append(part)
                    continue
                middle = (part.lo + part.hi) / 2
                pending += [Arc(middle, part.hi), Arc(part.lo, middle)]
        return list(_runs(pieces)), undecided

    def _slope(self, arc: Arc) -> int | None:
        """Return 0 if the arc holds no crossing, +-1 if v is monotone, None if neither is shown."""
        precision = 64 + 2 * (_depth(arc) + 4 * self.pencil.length.bit_length())
        with ctx.workprec(precision):
            half = arb.pi() * _exact((arc.hi - arc.lo) / 2)
            series = self._series((arc.lo + arc.hi) / 2, _ORDER)
            rest = half**_ORDER * self._size / math.factorial(_ORDER)
            v, y = [q.imag for q in series], [q.real for q in series]
            for value, parts in ((abs(v[0]), v), (y[0], y)):
                if value > sum((abs(parts[i]) * half**i for i in range(1, _ORDER)), rest):
                    return 0
            bend = sum((i * abs(v[i]) * half ** (i - 1) for i in range(2, _ORDER)), arb(0))
            if abs(v[1]) > bend + rest * _ORDER / half:
                return 1 if v[1] > 0 else -1
            return None

    def _series(self, centre: Fraction, order: int) -> list[acb]:
        """Return the Taylor coefficients of a conj b in theta at theta = pi centre."""
        above, below = (
            [s * acb(0, "0.5") ** i / math.factorial(i) for i, s in enumerate(sums)]
            for sums in (scaled_derivatives(terms, order, centre) for terms in self._terms)
        )
        conjugate = [_conjugate(b) for b in below]
        product = acb_series(above, prec=order) * acb_series(conjugate, prec=order)
        return [product[i] for i in range(order)]

    def _zero(self, run: _Run) -> CircleCrossing | Arc | None:
        """Return the crossing in a run, None if it holds none, or its arc if that is open."""
        lo, hi = run.arc.lo, run.arc.hi
        if self._holds_pole(run.arc):
            return None
        if hi == 1:
            x = Fraction(-self.pencil.constant.at_minus_one(), self.pencil.slope.at_minus_one())
            return rational_crossing(x, run.slope) if x >= 0 else None
        ends = [self._sign_at(end) for end in (lo, hi)]
        if ends[0] * ends[1] > 0:
            return None
        if 0 in ends:
            at = lo if ends[0] == 0 else hi
            return None if self._is_right_of_zero(at) else run.arc
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
                value = self._product(arb(_exact(end))).imag
                if not value.contains(0):
                    return 1 if value > 0 else -1
            bits *= 2
        return 0

    def _is_right_of_zero(self, end: Fraction) -> bool:
        with ctx.workprec(_FIRST_BITS + 2 * _depth_of(end)):
            return bool(self._product(arb(_exact(end))).real > 0)

    def _positive(self, run: _Run) -> CircleCrossing | Arc | None:
        """Return the crossing at the run's zero if x > 0, the arc if x is not told from 0."""
        ball = partial(self._ball, run)
        bits = _FIRST_BITS // 2
        while (x := ball(bits)).contains(0):
            bits *= 2
            if bits > _MOST_BITS // 4 or not x.is_finite():
                return run.arc
        if x < 0:
            return None
        angle = float((run.arc.lo + run.arc.hi) / 2) * math.pi
        return CircleCrossing(angle, 2 * run.slope, None, ball, lambda: None)

    def _ball(self, run: _Run, bits: int) -> arb:
        """Return x = -Re[a conj b] / |b|^2 at the zero of v in the run."""
        precision = bits + 64
        while True:
            with ctx.workprec(2 * precision + 64):
                theta = self._refined(run, precision)
                above, below = self._values(theta)
                ball = -(above * _conjugate(below)).real / (below * _conjugate(below)).real
                small = ball.is_finite() and ball.rad() * arb(2) ** bits < 1 + abs(ball)
                if small or precision > bits + _MOST_BITS:
                    return ball
            precision *= 2

    def _refined(self, run: _Run, bits: int) -> arb:
        """Return theta / pi of the zero within 2^-bits: Newton's method guesses, signs prove."""
        width, low, high = Fraction(1, 2**bits), run.arc.lo, run.arc.hi
        guess = (low + high) / 2
        for _ in range(bits.bit_length()):
            before, guess = guess, self._newton(guess, bits)
            if not low < guess < high or abs(guess - before) < width:
                break
        ends = guess - width, guess + width
        signs = [self._sign_at(end) * run.slope for end in ends]
        if low < ends[0] and ends[1] < high and signs == [-1, 1]:
            return _hull(*ends)
        while high - low > width:
            middle = (low + high) / 2
            sign = self._sign_at(middle) * run.slope
            if sign == 0:
                break
            low, high = (middle, high) if sign < 0 else (low, middle)
        return _hull(low, high)

    def _newton(self, guess: Fraction, bits: int) -> Fraction:
        with ctx.workprec(2 * bits + 64):
            value, slope = (q.imag for q in self._series(guess, 2))
            step = value / slope / arb.pi()
            if not step.is_finite():
                return guess
            return _dyadic(guess - fraction_of(step.mid()), bits + 16)

    def _product(self, theta: arb) -> acb:
        above, below = self._values(theta)
        return above * _conjugate(below)

    def _values(self, theta: arb) -> tuple[acb, acb]:
        """Return a and b at the ball theta, in units of pi."""
        top = self.pencil.length + 1
        phases: dict[int, acb] = {}
        for m in self._terms[0].keys() | self._terms[1].keys():
            sine, cosine = (theta * (2 * m - top) / 2).sin_cos_pi()
            phases[m] = acb(cosine, sine)
        above, below = (
            sum((c * phases[m] for m, c in terms.items()), acb(0)) for terms in self._terms
        )
        return above, below


def _runs(pieces: list[_Run]) -> Iterator[_Run]:
    """Join pieces, ascending, that touch and on which v goes the same way."""
    current: _Run | None = None
    for piece in pieces:
        if current and current.arc.hi == piece.arc.lo and current.slope == piece.slope:
            current = _Run(Arc(current.arc.lo, piece.arc.hi), current.slope)
        else:
            if current:
                yield current
            current = piece
    if current:
        yield current


def _conjugate(value: acb) -> acb:
    return acb(value.real, -value.imag)


def _depth(arc: Arc) -> int:
    width = arc.hi - arc.lo
    return max(0, width.denominator.bit_length() - width.numerator.bit_length())


def _depth_of(point: Fraction) -> int:
    return point.denominator.bit_length()


def _dyadic(value: Fraction, bits: int) -> Fraction:
    return Fraction(round(value * 2**bits), 2**bits)


def _hull(low: Fraction, high: Fraction) -> arb:
    return arb(_exact(low)).union(arb(_exact(high)))


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
