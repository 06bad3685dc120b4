"""Zeros on the unit circle, exactly: no precision decides them, a greatest common divisor does.

Let P be an integer polynomial with P(0) != 0, P*(z) = z^n P(1/z), and C = gcd(P, P*). A zero of P
on the circle, being the reciprocal of its conjugate, is a zero of P* of the same multiplicity; so C
holds all zeros of P on the circle with their full multiplicities, and P / C has none. The other
zeros of C come in pairs (z, 1/z) with equal multiplicities, because C is self-reciprocal up to
sign. Hence, with `on` the number of zeros of C on the circle,

    zeros of C inside = zeros of C outside = (deg C - on) / 2.

To count them, split C into squarefree parts. In a part, remove the factors z - 1 and z + 1; what is
left is self-reciprocal of even degree 2 m, hence z^m T(z + 1/z), and its zeros on the circle are
the pairs e^(+-i theta) with T(2 cos theta) = 0: twice the number of zeros of T in (-2, 2), which
Sturm's theorem gives.
"""

from __future__ import annotations

from flint import fmpz_poly

__all__ = ["circle_zeros", "self_reciprocal_part"]


def self_reciprocal_part(polynomial: fmpz_poly) -> fmpz_poly:
    """Return gcd(P, P*), which holds all zeros of P on the unit circle; P(0) must not be 0.

    Examples
    --------
    >>> self_reciprocal_part(fmpz_poly([1, 2]) * fmpz_poly([1, 0, 1]))
    x^2 + 1
    """
    return polynomial.gcd(fmpz_poly(polynomial.coeffs()[::-1]))


def circle_zeros(polynomial: fmpz_poly) -> int:
    """Return the number of zeros, with multiplicity, on |z| = 1 of a self-reciprocal polynomial.

    Examples
    --------
    >>> circle_zeros(fmpz_poly([1, 0, 1]) ** 3 * fmpz_poly([2, 5, 2]) * fmpz_poly([1, -1]))
    7
    """
    _, parts = polynomial.factor_squarefree()
    return sum(int(multiplicity) * _simple_circle_zeros(part) for part, multiplicity in parts)


def _simple_circle_zeros(part: fmpz_poly) -> int:
    found = 0
    for root in (1, -1):
        if part(root) == 0:
            part //= fmpz_poly([-root, 1])
            found += 1
    return found + 2 * _zeros_between_minus_two_and_two(_joukowski_quotient(part))


def _joukowski_quotient(part: fmpz_poly) -> list[int]:
    """Return T, ascending, with part = z^m T(z + 1/z) for a self-reciprocal part of degree 2 m.

    z^j + z^-j = V_j(z + 1/z) with V_0 = 2, V_1 = x, V_(j+1) = x V_j - V_(j-1).
    """
    coefficients = [int(c) for c in part.coeffs()]
    m = len(coefficients) // 2
    result = fmpz_poly([coefficients[m]])
    x, previous, current = fmpz_poly([0, 1]), fmpz_poly([2]), fmpz_poly([0, 1])
    for j in range(1, m + 1):
        result += coefficients[m + j] * current
        previous, current = current, x * current - previous
    return [int(c) for c in result.coeffs()]


def _zeros_between_minus_two_and_two(ascending: list[int]) -> int:
    if len(ascending) < 2:
        return 0
    from sympy import Poly, Symbol

    # Poly.count_roots is Sturm's theorem; the end points are no zeros, for +-1 were removed.
    return int(Poly(ascending[::-1], Symbol("x")).count_roots(-2, 2))
