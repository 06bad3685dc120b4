"""Crossings of the unit circle as algebraic numbers, for short kernels.

With c = cos theta, C(z) conj U(z) at z = e^(i theta) is P(c) + i sin(theta) f(c), where for
C(z) U(1/z) = sum_j r_j z^j

    P = r_0 + sum_(j>=1) (r_j + r_(-j)) T_j(c),    f = sum_(j>=1) (r_j - r_(-j)) U_(j-1)(c)

(Chebyshev polynomials of both kinds), and |U(z)|^2 = q(c) in the same way. So the crossings in
(0, pi) are the zeros of f in (-1, 1) at which q != 0, and x = -P(c) / q(c) is an algebraic number.
FLINT factors f over the integers and isolates its real zeros with a proof; the signs of f between
them are found at rational points; the minimal polynomial of x is a factor of the resultant

    Res_c(phi(c), P(c) + x q(c)),

phi the irreducible factor of f that has the zero c. It is a power of that minimal polynomial,
because the conjugates of x are its values at the other zeros of phi. Common factors of C and U are
divided out first: they move no root.

References
----------
docs/model.md, R8; `stabkit.spectrum.partition.crossing` for the directions.
"""

from __future__ import annotations

import copyreg
import math
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from flint import Ordering, arb, ctx, fmpq_poly, fmpz_mpoly_ctx, fmpz_poly

from ...model.enclosure import bounds_of
from ..circle.budget import Budget
from ..circle.dyadic import exact, hull
from .crossing import CircleCrossing
from .pencil import KernelPencil

__all__ = ["LONGEST_ALGEBRAIC", "exact_crossings", "rational_crossing"]

LONGEST_ALGEBRAIC = 24  # kernel terms; beyond, isolation costs more than the search on the circle
_ISOLATING_BITS = 64


class _Zero(NamedTuple):
    """Real zero number `rank` of the irreducible polynomial `factor`, alone in [low, high]."""

    factor: fmpz_poly
    rank: int
    low: Fraction
    high: Fraction


def exact_crossings(pencil: KernelPencil, budget: Budget) -> list[CircleCrossing] | None:
    """Return all crossings with x >= 0; None if V vanishes identically.

    Their work is charged by the length and the digits of the kernels: factors of f and their zeros
    take some 4 L^3 units for each word, as measured up to L = 100.

    Raises BudgetSpent if that is more than what is left.

    R8: two lengths 2 and 3 with equal shares cross at s = 1, by a pair on the circle.

    >>> from stabkit import Workload
    >>> from stabkit.spectrum.partition.pencil import kernel_pencil
    >>> pencil = kernel_pencil(Workload.from_classes([(0, 2), (0, 3)]), "common")
    >>> [(c.exact, c.change) for c in exact_crossings(pencil, Budget())]
    [(Fraction(1, 1), -2)]
    """
    constant, slope = (fmpz_poly(list(k.coefficients)) for k in (pencil.constant, pencil.slope))
    words = 1 + sum(pencil.constant.coefficients).bit_length() // 64
    budget.charge(4 * pencil.length**3 * words, "algebraic numbers")
    common = constant.gcd(slope)
    constant, slope = constant // common, slope // common
    size = max(constant.degree(), slope.degree()) + 1
    if slope.is_zero() or size == 1:
        return []
    even, odd = _chebyshev(_correlation(constant, slope, size))
    square, _ = _chebyshev(_correlation(slope, slope, size))
    if odd.is_zero():
        return None
    zeros = _zeros(odd)
    signs = _signs(odd, zeros)
    found = []
    for zero, after, before in zip(zeros, signs[:-1], signs[1:], strict=True):  # theta falls with c
        if square.gcd(zero.factor).degree() == 0:
            crossing = _crossing(zero, even, square, after - before)
            if _is_positive(crossing) or crossing.exact == 0:
                found.append(crossing)
    return found + _at_minus_one(constant, slope, signs[0])


def _correlation(one: fmpz_poly, other: fmpz_poly, size: int) -> list[int]:
    """Return r_j of one(z) other(1/z) for j = -(size - 1) ... size - 1."""
    reverse = fmpz_poly([other[size - 1 - m] for m in range(size)])
    product = one * reverse
    return [int(product[k]) for k in range(2 * size - 1)]


def _chebyshev(correlation: list[int]) -> tuple[fmpz_poly, fmpz_poly]:
    """Return P and f of the module's introduction."""
    middle = len(correlation) // 2
    even, odd = fmpz_poly([correlation[middle]]), fmpz_poly([])
    for j in range(1, middle + 1):
        ahead, behind = correlation[middle + j], correlation[middle - j]
        even += (ahead + behind) * fmpz_poly.chebyshev_t(j)
        odd += (ahead - behind) * fmpz_poly.chebyshev_u(j - 1)
    return even, odd


def _zeros(polynomial: fmpz_poly) -> list[_Zero]:
    """Return the different zeros in (-1, 1), ascending, in disjoint intervals."""
    factors = [f for f, _ in polynomial.factor()[1] if f(1) != 0 and f(-1) != 0]
    bits = _ISOLATING_BITS
    while True:
        zeros = [zero for factor in factors for zero in _isolated(factor, bits)]
        zeros.sort(key=lambda zero: zero.low)
        apart = all(a.high < b.low for a, b in pairwise(zeros))
        if apart and not any(z.low <= end <= z.high for z in zeros for end in (-1, 1)):
            return [zero for zero in zeros if zero.low > -1 and zero.high < 1]
        bits *= 2


def _isolated(factor: fmpz_poly, bits: int) -> list[_Zero]:
    if factor.degree() == 1:
        zero = Fraction(-int(factor[0]), int(factor[1]))
        return [_Zero(factor, 0, zero, zero)]
    with ctx.workprec(bits):
        roots: Any = factor.complex_roots()  # python-flint's stub says list[acb]
    # FLINT gives a real root an imaginary part of exactly 0.
    ends = sorted(bounds_of(z.real) for z, _ in roots if z.imag == 0)
    return [_Zero(factor, i, low, high) for i, (low, high) in enumerate(ends)]


def _signs(polynomial: fmpz_poly, zeros: list[_Zero]) -> list[int]:
    """Return the signs of the polynomial between -1, the zeros and 1."""
    ends = [Fraction(-1), *(end for z in zeros for end in (z.low, z.high)), Fraction(1)]
    points = [(low + high) / 2 for low, high in zip(ends[::2], ends[1::2], strict=True)]
    values = [polynomial(exact(c)) for c in points]
    return [1 if value > 0 else -1 for value in values]


def _crossing(zero: _Zero, even: fmpz_poly, square: fmpz_poly, change: int) -> CircleCrossing:
    ball = partial(_ball, zero, even, square)
    middle = float((zero.low + zero.high) / 2)
    return CircleCrossing(
        math.acos(middle),
        change,
        _rational(zero.factor, even, square),
        ball,
        partial(_minimal_polynomial, zero.factor, even, square, ball),
    )


def _is_positive(crossing: CircleCrossing) -> bool:
    """Tell whether x > 0, exactly: an irrational x is not 0, and some precision tells."""
    if crossing.exact is not None:
        return crossing.exact > 0
    bits = _ISOLATING_BITS
    while (ball := crossing.ball(bits)).contains(0):
        bits *= 2
    return bool(ball > 0)


def _rational(factor: fmpz_poly, even: fmpz_poly, square: fmpz_poly) -> Fraction | None:
    """Return x = -P(c) / q(c) if it is rational: if P and q are proportional modulo the factor."""
    above, below = (fmpq_poly(part) % fmpq_poly(factor) for part in (even, square))
    leading = below.degree()
    ratio = -above[leading] / below[leading]
    return Fraction(int(ratio.p), int(ratio.q)) if (above + ratio * below).is_zero() else None


def _ball(zero: _Zero, even: fmpz_poly, square: fmpz_poly, bits: int) -> arb:
    """Return -P(c) / q(c) as a ball, c isolated at rising precision."""
    precision = _ISOLATING_BITS
    while True:
        with ctx.workprec(2 * precision):
            cosine = hull(zero.low, zero.high)
            ball = -even(cosine) / square(cosine)
            if ball.is_finite() and ball.rad() * arb(2) ** bits < 1 + abs(ball):
                return ball
        precision = max(2 * precision, bits + _ISOLATING_BITS)
        zero = _isolated(zero.factor, precision)[zero.rank]


def _minimal_polynomial(
    factor: fmpz_poly, even: fmpz_poly, square: fmpz_poly, ball: Callable[[int], arb]
) -> tuple[int, ...]:
    """Return the factor of the resultant that vanishes at x; balls tell which one it is."""
    ring = fmpz_mpoly_ctx.get(("c", "x"), Ordering.lex)
    x = ring.gens()[1]
    phi, above, below = (
        ring.from_dict({(i, 0): a for i, a in enumerate(part.coeffs()) if a})
        for part in (factor, even, square)
    )
    terms = phi.resultant(above + x * below, "c").to_dict()
    degree = max(power for _, power in terms)
    resultant = fmpz_poly([terms.get((0, power), 0) for power in range(degree + 1)])
    candidates = [f for f, _ in resultant.factor()[1]]
    bits = _ISOLATING_BITS
    while len(candidates) > 1:
        with ctx.workprec(2 * bits):
            candidates = [f for f in candidates if f(ball(bits)).contains(0)]
        bits *= 2
    return tuple(int(a) for a in candidates[0].coeffs())


def _at_minus_one(constant: fmpz_poly, slope: fmpz_poly, before: int) -> list[CircleCrossing]:
    """Return the crossing at theta = pi, if any with x >= 0; `before` is V's sign next to it."""
    below = int(slope(-1))
    if below == 0:
        return []
    x = Fraction(-int(constant(-1)), below)
    return [rational_crossing(x, -before)] if x >= 0 else []


def rational_crossing(x: Fraction, change: int | None, angle: float = math.pi) -> CircleCrossing:
    """Return the crossing at a rational x; at theta = pi all are."""
    return CircleCrossing(angle, change, x, partial(_point, x))


def _point(x: Fraction, bits: int) -> arb:
    return arb(exact(x))


def _pickled(polynomial: fmpz_poly) -> tuple[type[fmpz_poly], tuple[list[int]]]:
    return fmpz_poly, ([int(a) for a in polynomial.coeffs()],)


copyreg.pickle(fmpz_poly, _pickled)  # python-flint pickles numbers only
