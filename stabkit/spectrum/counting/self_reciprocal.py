"""Zeros on the unit circle, exactly: no precision decides them, a greatest common divisor does.

Let P be an integer polynomial with P(0) != 0, P*(z) = z^n P(1/z), and C = gcd(P, P*). A zero of P
on the circle, being the reciprocal of its conjugate, is a zero of P* of the same multiplicity; so C
holds all zeros of P on the circle with their full multiplicities, and P / C has none. The other
zeros of C come in pairs (z, 1/z) with equal multiplicities, because C is self-reciprocal up to
sign. Hence, with `on` the number of zeros of C on the circle,

    zeros of C inside = zeros of C outside = (deg C - on) / 2.

To count them, split C into squarefree parts. In a part, remove the factors z - 1 and z + 1; what is
left is self-reciprocal of even degree 2 m, hence z^m T(z + 1/z), and its zeros on the circle are
the pairs e^(+-i theta) with T(2 cos theta) = 0: twice the number of zeros of T in (-2, 2). Sturm's
theorem gives it: T, T' and then every remainder's negative, each divided by the content, make a
chain whose number of changes of sign, at -2 less that at 2, is that of the zeros between.

*Work.* Modulo a prime that divides no end coefficient of P the degree d of the gcd is at least that
of C, so that d = 0 proves C = 1. Otherwise the coefficients of C have at most d + log2 |P| bits
(Mignotte: they are at most 2^d times the Mahler measure, which for a divisor is at most that of P,
hence at most the Euclidean norm |P|), the modular algorithm multiplies them by P's leading one, and
needs a prime for each 62 of the bits. A gcd modulo a prime takes O(n log^2 n) operations, measured
at n log2(n)^2 / 2 units, and at half of it where FLINT does all of them. Sturm's chain is paid for
step by step, by the words of its numbers.

References
----------
J. von zur Gathen and J. Gerhard, *Modern Computer Algebra*, 3rd ed., Cambridge 2013, chapters 4
and 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from flint import fmpq_poly, fmpz_poly, nmod_poly

from ..circle.budget import Budget

__all__ = ["EXACT", "CircleFactor", "circle_factors", "circle_zeros", "self_reciprocal_part"]

EXACT = "exact arithmetic"  # the stage, for the budget
_PRIME = 2**61 - 1
_WORD = 62


@dataclass(frozen=True)
class CircleFactor:
    """A squarefree part of a self-reciprocal polynomial, and how its zeros on |z| = 1 are counted.

    * `coefficients`: ascending.
    * `real`: which of 1 and -1 are zeros.
    * `chain`: Sturm's, each polynomial in x = z + 1/z ascending; the first is what is left without
      the real zeros.
    """

    multiplicity: int
    coefficients: tuple[int, ...]
    real: tuple[int, ...]
    chain: tuple[tuple[int, ...], ...]

    @property
    def pairs(self) -> int:
        """Pairs of conjugate zeros on the circle: zeros in (-2, 2) of the first in the chain."""
        return self.changes_at(-2) - self.changes_at(2)

    @property
    def zeros(self) -> int:
        """Zeros on the circle, each once."""
        return len(self.real) + 2 * self.pairs

    def signs_at(self, x: int) -> tuple[int, ...]:
        """Return the signs of the chain at an integer, without the zeros."""
        values = (fmpz_poly(list(link))(x) for link in self.chain)
        return tuple(1 if value > 0 else -1 for value in values if value != 0)

    def changes_at(self, x: int) -> int:
        """Return the number of changes of sign in the chain at an integer."""
        return sum(one != other for one, other in pairwise(self.signs_at(x)))


def self_reciprocal_part(polynomial: fmpz_poly, budget: Budget | None = None) -> fmpz_poly:
    """Return gcd(P, P*), which holds all zeros of P on the unit circle; P(0) must not be 0.

    Raises BudgetSpent if there is a `budget` and it does not reach.

    >>> self_reciprocal_part(fmpz_poly([1, 2]) * fmpz_poly([1, 0, 1]))
    x^2 + 1
    """
    reverse = fmpz_poly(polynomial.coeffs()[::-1])
    if budget is not None:
        work, size = _gcd_work(polynomial), _bits(polynomial)
        budget.charge(work + len(polynomial) * size // _WORD, EXACT)
        degree = _common_degree(polynomial, reverse)
        if degree == 0:
            return fmpz_poly([1])
        size = 2 * size + len(polynomial).bit_length()  # of |P| times the leading coefficient
        budget.charge(work // 2 * (1 + (degree + size) // _WORD), EXACT)
    return polynomial.gcd(reverse)


def _common_degree(one: fmpz_poly, reverse: fmpz_poly) -> int:
    """Return a bound of the degree of the gcd of a polynomial and its reverse, by a prime."""
    if one[0] % _PRIME == 0 or reverse[0] % _PRIME == 0:
        return int(one.degree())
    return int(nmod_poly(one, _PRIME).gcd(nmod_poly(reverse, _PRIME)).degree())


def _gcd_work(polynomial: fmpz_poly) -> int:
    """Return what a gcd modulo a prime costs."""
    return len(polynomial) * len(polynomial).bit_length() ** 2 // 2


def _bits(polynomial: fmpz_poly) -> int:
    return max(int(c).bit_length() for c in polynomial.coeffs())


def circle_zeros(polynomial: fmpz_poly, budget: Budget | None = None) -> int:
    """Return the number of zeros, with multiplicity, on |z| = 1 of a self-reciprocal polynomial.

    Raises BudgetSpent if there is a `budget` and it does not reach.

    >>> circle_zeros(fmpz_poly([1, 0, 1]) ** 3 * fmpz_poly([2, 5, 2]) * fmpz_poly([1, -1]))
    7
    """
    return sum(factor.multiplicity * factor.zeros for factor in circle_factors(polynomial, budget))


def circle_factors(polynomial: fmpz_poly, budget: Budget | None = None) -> Iterator[CircleFactor]:
    """Yield the squarefree parts of a self-reciprocal polynomial, their zeros on |z| = 1 counted.

    Raises BudgetSpent if there is a `budget` and it does not reach.

    The zeros of 2 z^2 + 3 z + 2 are at x = z + 1/z = -3/2, between -2 and 2.

    >>> [part] = circle_factors(fmpz_poly([2, 3, 2]))
    >>> part.chain, part.signs_at(-2), part.signs_at(2), part.zeros
    (((3, 2), (2,)), (-1, 1), (1, 1), 2)
    """
    if budget is not None:
        primes = 1 + (polynomial.degree() + 2 * _bits(polynomial)) // _WORD
        budget.charge(2 * primes * _gcd_work(polynomial), EXACT)
    _, parts = polynomial.factor_squarefree()
    for part, multiplicity in parts:
        yield _circle_factor(part, int(multiplicity), budget)


def _circle_factor(part: fmpz_poly, multiplicity: int, budget: Budget | None) -> CircleFactor:
    real = tuple(root for root in (1, -1) if part(root) == 0)
    rest = part
    for root in real:
        rest //= fmpz_poly([-root, 1])
    if budget is not None:
        half = rest.degree() // 2
        budget.charge(half * half * (64 + half) // 64, EXACT)
    chain = tuple(_integers(link) for link in _sturm_chain(_joukowski_quotient(rest), budget))
    return CircleFactor(multiplicity, _integers(part), real, chain)


def _integers(polynomial: fmpz_poly) -> tuple[int, ...]:
    return tuple(int(c) for c in polynomial.coeffs())


def _joukowski_quotient(part: fmpz_poly) -> fmpz_poly:
    """Return T with part = z^m T(z + 1/z) for a self-reciprocal part of degree 2 m.

    z^j + z^-j = V_j(z + 1/z) with V_0 = 2, V_1 = x, V_(j+1) = x V_j - V_(j-1).
    """
    coefficients = [int(c) for c in part.coeffs()]
    m = len(coefficients) // 2
    result = fmpz_poly([coefficients[m]])
    x, previous, current = fmpz_poly([0, 1]), fmpz_poly([2]), fmpz_poly([0, 1])
    for j in range(1, m + 1):
        result += coefficients[m + j] * current
        previous, current = current, x * current - previous
    return result


def _sturm_chain(squarefree: fmpz_poly, budget: Budget | None) -> Iterator[fmpz_poly]:
    """Yield T, T' and the negative remainders, without their contents."""
    current, following = squarefree, squarefree.derivative()
    while len(following):
        yield current
        if budget is not None:
            words = 1 + max(_bits(current), _bits(following)) // _WORD
            budget.charge(2 * len(current) * (1 + words * words // 32), EXACT)
        rest = (fmpq_poly(current) % fmpq_poly(following)).numer()
        current, following = following, -rest // (rest.content() or 1)
    yield current
