"""A budget of counted work: what symbolic simplification may cost, the same on every machine.

Symbolic work can disappear into one call for minutes, so that checks between steps do not keep a
promise of seconds. So every step is paid for *before* it is done, at a price that its operands
tell, and what the budget does not cover is not begun. The unit is one product of two terms of
polynomials, about a microsecond:

* a product of polynomials costs the product of their numbers of terms, which is what it does, and
  as much again for every eight unknowns, as exponents are added one by one;
* expanding an expression costs a bound of the number of terms on the way, times one more than a
  bound of the degree (sympy's polynomials are dense);
* the factors of a polynomial of T terms, V unknowns and degrees that sum to D cost
  T V^2 + T^2 + D^2 / 4, which follows sympy's times up to 39 unknowns and 3000 terms, and
  2 w^4 for coefficients of w words, as it looks for a prime beyond them.

Long coefficients make every term more than one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from sympy import Expr, Rational
from sympy.polys.rings import PolyElement

__all__ = ["OutOfWork", "Work"]

_HUGE = 2**62
_LARGEST_BINOMIAL = 60
_WORD = 64  # bits of a coefficient that count as one term


class OutOfWork(Exception):
    """The next step costs more than is left."""


@dataclass
class Work:
    """How many term products are left.

    >>> from sympy import QQ, ring
    >>> _, x, y = ring("x, y", QQ)
    >>> work = Work(7)
    >>> work.product(x + 1, x + y), work.left
    (x**2 + x*y + x + y, 3)
    """

    left: int = _HUGE

    def spend(self, cost: int) -> None:
        """Pay for a step.

        Raises OutOfWork if it costs more than is left, which is then kept.
        """
        if cost > self.left:
            raise OutOfWork
        self.left -= cost

    def product(self, *factors: PolyElement) -> PolyElement:
        """Return the product of one polynomial or more."""
        result, *rest = factors
        for factor in rest:
            self.spend(_terms(result) * _terms(factor) * (1 + result.ring.ngens // 8))
            result *= factor
        return result

    def power(self, base: PolyElement, exponent: int) -> PolyElement:
        """Return ``base**exponent``, of an exponent >= 0."""
        return self.product(base.ring.one, *[base] * exponent)

    def factored(self, polynomial: PolyElement) -> tuple[Any, list[tuple[PolyElement, int]]]:
        """Return the content and the irreducible factors with their multiplicities."""
        degree = sum(max(0, degree) for degree in polynomial.degrees())
        terms = _terms(polynomial)
        prime = 2 * max(map(_words, polynomial.coeffs()), default=0) ** 4
        self.spend(terms * (polynomial.ring.ngens**2 + terms) + degree**2 // 4 + prime)
        content, factors = polynomial.factor_list()
        return content, factors

    def expand(self, expression: Expr) -> None:
        """Pay for making a polynomial of an expression."""
        terms, degree = _expanded(expression)
        self.spend(terms * (1 + degree))


def _terms(polynomial: PolyElement) -> int:
    """Return the number of terms, a long coefficient counting as several."""
    return sum(1 + _words(c) for c in polynomial.coeffs())


def _words(coefficient: Any) -> int:
    sizes = (int(part).bit_length() for part in (coefficient.numerator, coefficient.denominator))
    return sum(sizes) // _WORD


def _expanded(expression: Expr) -> tuple[int, int]:
    """Return bounds of the terms and of the degree of an expression when it is multiplied out.

    (t terms)^n has at most as many terms as there are monomials of degree n in t unknowns, and so
    has its reciprocal below the line.
    """
    if not expression.args:
        return 1, int(not expression.is_number)
    terms, degrees = zip(*map(_expanded, expression.args), strict=True)
    if expression.is_Mul:
        return min(_HUGE, math.prod(terms)), sum(degrees)
    if expression.is_Pow and isinstance(expression.exp, Rational):
        exponent = math.ceil(abs(expression.exp))
        return _monomials(terms[0], exponent), degrees[0] * exponent
    return sum(terms), max(degrees)


def _monomials(unknowns: int, degree: int) -> int:
    if min(unknowns - 1, degree) > _LARGEST_BINOMIAL:
        return _HUGE
    return min(_HUGE, math.comb(unknowns + degree - 1, degree))
