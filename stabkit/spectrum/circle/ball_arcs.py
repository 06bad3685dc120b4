"""Arcs that double precision leaves open, decided in ball arithmetic at rising precision.

The test of `stabkit.spectrum.circle.winding` is made with exact integer coefficients and a segment
that is a point: on an arc of half-width w around theta = pi f,

    |h(theta)| > 1.01 (sum_{i<R} w^i / i! |h^(i)(theta)| + w^R / R! sum |b_m| |m - c|^R)

certifies the arc (Taylor): the argument of h stays within arcsin(1 / 1.01) < pi / 2 - 0.14 of that
at the centre. f is a dyadic rational, so every phase (m - c) f is reduced modulo 2 exactly before
sine and cosine are taken; all values are Arb balls, whose inclusion is rigorous.

An arc that fails is halved. Next to a cluster of fewer than R zeros at distance delta from the
circle arcs of width about delta are needed, hence about log2(1 / delta) halvings. A larger cluster
needs a larger R, and next to n zeros arcs must be some n times as short as their distance: an arc
that takes more evaluations than R / 6 single zeros would is tried again with R doubled.

*A single zero* needs no halvings but Newton's method, which doubles the digits. Suppose that

    h(theta + t) = h'(theta) (t - x - i y + e(t)),   |e(t)| <= |t| / 8,   |x| <= |y| / 8

for all real t that lead into the arc. Then e(t) - x is at most (|t| + |y|) / 8 <= |t - i y| / 5, so
that the argument of h differs from that of h'(theta) (t - i y) by less than 0.21. The latter turns
from that of -h'(theta) by half a turn, past that of -i y h'(theta), as t rises. So two values
are certified for the arc, as above: where t < 0 the argument of h is within pi / 4 + 0.21
< pi / 2 - 0.14 of that of h'(theta) (-1 - i sign y), and of h'(theta) (1 - i sign y) where t > 0.

With S a bound of |h''| between theta and the points of the arc, |e(t)| <= t^2 S / (2 |h'(theta)|).
Newton's method leads to a theta with |x| much less than |y|, unless the zero is nearer to the
circle than can be told: then halving the arc would not tell it either.

No precision decides a zero that lies on the circle: `bits` limits the depth, and the caller must
look for such zeros exactly (`stabkit.spectrum.counting.self_reciprocal`). Every evaluation is paid
from a `stabkit.spectrum.circle.budget.Budget`; when that is spent the arcs that are left stay
undecided.

References
----------
F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic", IEEE Trans.
Computers 66 (2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import count
from math import factorial
from typing import TypeAlias

from flint import acb, arb, ctx, fmpq

from ...model.enclosure import fraction_of
from .arcs import MARGIN, Arc, ArcPath
from .budget import Budget, BudgetSpent
from .dyadic import depth, dyadic, exact

__all__ = ["direction", "resolve_arcs", "scaled_derivatives"]

BallTerms: TypeAlias = Mapping[int, int] | Mapping[int, arb]

_GUARD_BITS = 64
_ORDER = 6
# What an arc may cost before the order is doubled; a single zero takes 2 to 4 for every halving.
_EVALUATIONS = 200
_EVALUATIONS_PER_BIT = 16  # for the first order, and in proportion
_NEWTON_STEPS = 20  # besides those that the digits take


def resolve_arcs(
    path: ArcPath, terms: BallTerms, bits: int, budget: Budget, orders: int = 1
) -> None:
    """Fill in the undecided arcs of `path` that a resolution of 2^-`bits` radians decides.

    * `path`: of the polynomial sum b_m z^m, up to a positive factor.
    * `terms` (mapping of exponent to coefficient): that polynomial: integers, or balls of more
      digits than will be needed.
    * `bits`: arcs are halved down to this width.
    * `budget`: of all evaluations; once it is spent nothing more is decided.
    * `orders`: how many orders R = 6, 12, 24, ... are tried.
    """
    for arc in list(path.undecided):
        for attempt in range(orders):
            try:
                values = _certify(arc, terms, bits, _ORDER << attempt, budget)
            except BudgetSpent:
                return
            if values is not None:
                path.fill(arc, values)
                break


def _certify(
    arc: Arc, terms: BallTerms, bits: int, order: int, budget: Budget
) -> list[complex] | None:
    """Return the directions of h on certified sub-arcs, ascending; None beyond `bits` or budget."""
    degree = max(terms)
    remainder = sum(abs(b) * abs(2 * m - degree) ** order for m, b in terms.items())
    directions: list[complex] = []
    pending = [arc]
    deepest = 0
    for evaluations in count():
        part = pending[-1]
        deepest = max(deepest, depth(part.hi - part.lo))
        most = _EVALUATIONS + _EVALUATIONS_PER_BIT * deepest * order // _ORDER
        if deepest > bits or evaluations > most:
            return None
        found = _directions(terms, order, remainder, part, bits, budget)
        if found is None:
            middle = (part.lo + part.hi) / 2
            pending[-1:] = [Arc(middle, part.hi), Arc(part.lo, middle)]
            continue
        if not found:
            return None
        directions += found
        pending.pop()
        if not pending:
            break
    return directions


def _directions(
    terms: BallTerms, order: int, remainder: int, arc: Arc, bits: int, budget: Budget
) -> list[complex] | None:
    """Return directions of h that certify the arc, none if no halving will; None to halve it.

    The precision is doubled until rounding is not what makes the test fail.
    """
    precision = _GUARD_BITS + 2 * (depth(arc.hi - arc.lo) + max(terms).bit_length())
    while True:
        budget.spend(len(terms), order, precision)
        with ctx.workprec(precision):
            sums = scaled_derivatives(terms, order, (arc.lo + arc.hi) / 2)
            quarter = arb(exact((arc.hi - arc.lo) / 4)) * arb.pi()
            reach = quarter**order * remainder / factorial(order)
            for i in range(1, order):
                reach += quarter**i * sums[i].abs_upper() / factorial(i)
            if sums[0].abs_lower() > arb(MARGIN) * reach:
                return [direction(sums[0])]
            if 64 * acb(sums[0].real.rad(), sums[0].imag.rad()).abs_upper() < reach:
                return _past_zero(terms, sums, remainder, arc, bits, budget)
        precision *= 2


def direction(value: acb) -> complex:
    """Return value / |value|, rounded; `value` is a ball without 0."""
    unit = value / value.abs_lower()
    return complex(float(unit.real.mid()), float(unit.imag.mid()))


def _past_zero(
    terms: BallTerms, sums: list[acb], remainder: int, arc: Arc, bits: int, budget: Budget
) -> list[complex] | None:
    """Return what `_directions` does, for an arc next to a single zero; None if it is not that.

    `sums` are the derivatives at the arc's centre. theta is kept within two widths of the arc's
    centre, so that |t| <= 5 half-widths. With d = 4 half-widths the bound S holds there.
    """
    half = arb(exact((arc.hi - arc.lo) / 2)) * arb.pi()
    spread, order = 2 * half, len(sums)  # d / 2, as sums[i] = 2^i h^(i)
    bend = spread ** (order - 2) * remainder / factorial(order - 2)
    for i in range(2, order):
        bend += spread ** (i - 2) * sums[i].abs_upper() / factorial(i - 2)
    least = sums[1].abs_lower() - spread * bend
    # t^2 S / (2 |h'|) = t^2 bend / (4 |sums[1]|), at most |t| / 8 if 2 |t| bend <= |sums[1]|
    if not 10 * half * bend < least:
        return None
    theta, precision = (arc.lo + arc.hi) / 2, ctx.prec
    for _ in range(_NEWTON_STEPS + bits.bit_length()):
        budget.spend(len(terms), 2, precision)
        with ctx.workprec(precision):
            value, slope = scaled_derivatives(terms, 2, theta)
            step = acb(0, 2) * value / slope  # the zero is about there: x + i y
            x, y = step.real, step.imag
            if 8 * x.abs_upper() < y.abs_lower():
                return _passing(acb(0, 1) * slope, bool(y > 0), theta, arc)
            if step.abs_upper() < arb(2) ** -bits:
                return []
            if not 16 * acb(x.rad(), y.rad()).abs_upper() < step.abs_upper():
                precision *= 2
                continue
            scale = depth(fraction_of(step.abs_upper()))
            theta = dyadic(theta + fraction_of((x / arb.pi()).mid()), 2 * scale + _GUARD_BITS)
            if abs(theta - (arc.lo + arc.hi) / 2) > 2 * (arc.hi - arc.lo):
                return None
        precision = max(precision, _GUARD_BITS + 3 * scale + 2 * max(terms).bit_length())
    return None


def _passing(slope: acb, above: bool, theta: Fraction, arc: Arc) -> list[complex]:
    """Return directions of h before and after theta, as far as the arc reaches there."""
    side = -1 if above else 1
    before, after = (direction(slope * acb(sign, side)) for sign in (-1, 1))
    return ([before] if arc.lo < theta else []) + ([after] if theta < arc.hi else [])


def scaled_derivatives(terms: BallTerms, order: int, centre: Fraction) -> list[acb]:
    """Return 2^i h^(i)(pi centre) for i < order, each up to a factor of modulus 1."""
    degree = max(terms)
    sums = [acb(0)] * order
    over, turn = 2 * centre.denominator, 4 * centre.denominator
    for m, b in terms.items():
        doubled = 2 * m - degree
        phase = fmpq(doubled * centre.numerator % turn, over)  # modulo 2
        sine, cosine = arb.sin_cos_pi_fmpq(phase)
        term = b * acb(cosine, sine)
        for i in range(order):
            sums[i] += term
            term *= doubled
    return sums
