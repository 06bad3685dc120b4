"""Exact counts by the Schur-Cohn recursion over the integers, singular cases included.

For a real polynomial P of degree n with P(0) = c and leading coefficient a, let
P*(z) = z^n P(1/z) be the *reversed* polynomial; |P| = |P*| on the unit circle. Assume that P and P*
are coprime; then P has no zero on the circle, for such a zero would be one of P* too. Write N(P)
for the number of zeros in the open unit disc, with multiplicity.

*Regular step.* The Schur transform (a P - c P*) / z = T has degree at most n - 1 and leading
coefficient a^2 - c^2.

* |a| > |c|: on the circle |a P| > |c P*|, so by Rouche's theorem z T has as many zeros in the disc
  as P: N(P) = N(T) + 1.
* |a| < |c|: in the same way c P - a P* has as many zeros in the disc as P. It is -T* (reversed as a
  polynomial of degree n - 1), whose zeros in the disc are the reciprocals of those of T outside:
  N(P) = n - 1 - N(T).

In both cases T has degree n - 1 exactly, and T and T* are coprime again, because z T and T* are
combinations of P and P* with determinant +-(a^2 - c^2), not 0.

*Singular step* (Cohn). |a| = |c|, say c = u a with u = 1 or -1. As P is not a multiple of P*, there
is a least q >= 1 with p_(n-q) != u p_q, and q <= n / 2. Let b = (p_(n-q) - u p_q) / a, v = sign b
and k >= 2. The factor f = z^q + k v has its zeros at modulus k^(1/q) > 1, so R = f P has
N(R) = N(P); its end coefficients are a and c' = k v c, and as in the second case above
N(R) = N(c' R - a R*). In that polynomial the coefficients of z^(n+q), ..., z^(n+1) cancel by the
choice of q, that of z^n is u a^2 (k^2 - 1 + k |b|), and the constant one is a^2 (k^2 - 1). So it
has degree n and falls under the case |a| > |c|: every singular step is followed by a regular one,
and the recursion ends. It stays coprime to its reverse if R and R* are coprime, that is, if P and
f* = k v z^q + 1 are; every k that fails this takes a zero of P of its own, so the least good k >= 2
exists.

Everything is integer arithmetic; after each step the content (the gcd of the coefficients) is
divided out, which keeps the numbers as short as any fraction-free scheme can.

Zeros on the circle are split off first, see `stabkit.spectrum.counting.self_reciprocal`.

References
----------
A. Cohn, "Ueber die Anzahl der Wurzeln einer algebraischen Gleichung in einem Kreise", Math. Z. 14
(1922); M. Marden, *Geometry of Polynomials*, 2nd ed., AMS 1966, sections 42-45.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from flint import fmpz_poly

__all__ = ["SchurCohnStep", "SingularStep", "is_quick", "schur_cohn_steps", "zeros_in_disc"]

# Milliseconds: up to 40 terms of 100 bits; the numbers of the recursion grow with L.
_QUICK = 40**2 * 100


def is_quick(coefficients: Sequence[int]) -> bool:
    """Tell whether the exact recursion takes milliseconds for these coefficients."""
    bits = max(abs(c).bit_length() for c in coefficients)
    return len(coefficients) ** 2 * bits <= _QUICK


def zeros_in_disc(coefficients: Sequence[int]) -> int:
    """Return the number of zeros in |z| < 1 of a polynomial coprime to its reverse.

    * `coefficients`: ascending powers; the last one is not 0. P and P* must be coprime, so that
      there is no zero on the unit circle; divide out gcd(P, P*) first.

    Zeros in the open unit disc, with multiplicity. Raises ArithmeticError if P and P* turn out to
    have a common factor.

    >>> zeros_in_disc([-1, 2])  # 2 z - 1
    1
    >>> zeros_in_disc([2, 5, 2, 0, 0])  # a zero leading coefficient is refused
    Traceback (most recent call last):
    ...
    ValueError: the leading coefficient must not be 0
    """
    found, sign = 0, 1  # N(original) = found + sign * N(p) all along
    for step in schur_cohn_steps(coefficients):
        if step.expanding:
            found += sign
        else:
            found += sign * step.degree_after
            sign = -sign
    return found


@dataclass(frozen=True)
class SingularStep:
    """What comes before a regular step where |a| = |c|.

    * `coefficients`: of P, ascending, as the step before left it.
    * `power`, `constant`: q and k v of the factor z^q + k v.
    """

    coefficients: tuple[int, ...]
    power: int
    constant: int


@dataclass(frozen=True)
class SchurCohnStep:
    """One regular step: P of degree n to its Schur transform T of degree n - 1.

    * `coefficients`: of P, ascending, without common factor. After a singular step: of what that
      step made of P.
    * `singular`: the singular step that came before.
    """

    coefficients: tuple[int, ...]
    singular: SingularStep | None

    @property
    def expanding(self) -> bool:
        """Whether |a| > |c|, so that N(P) = N(T) + 1; otherwise N(P) = n - 1 - N(T)."""
        return abs(self.coefficients[-1]) > abs(self.coefficients[0])

    @property
    def degree_after(self) -> int:
        """n - 1."""
        return len(self.coefficients) - 2


def schur_cohn_steps(coefficients: Sequence[int]) -> Iterator[SchurCohnStep]:
    """Yield the regular steps of the recursion, down to degree 1; as `zeros_in_disc` takes them.

    >>> [step.coefficients for step in schur_cohn_steps([6, 7, 8])]
    [(6, 7, 8), (1, 2)]
    """
    p = list(coefficients)
    if not p or p[-1] == 0:
        raise ValueError("the leading coefficient must not be 0")
    while len(p) > 1:
        singular = None
        if abs(p[-1]) == abs(p[0]):
            singular, p = _singular_step(p)
        yield SchurCohnStep(tuple(p), singular)
        a, c = p[-1], p[0]
        p = _primitive([a * x - c * y for x, y in zip(p[1:], p[-2::-1], strict=True)])


def _singular_step(p: list[int]) -> tuple[SingularStep, list[int]]:
    n = len(p) - 1
    u = 1 if p[0] == p[-1] else -1
    q = next((j for j in range(1, n // 2 + 1) if p[n - j] != u * p[j]), None)
    if q is None:
        raise ArithmeticError("the polynomial has a factor in common with its reverse")
    v = 1 if (p[n - q] - u * p[q]) * p[-1] > 0 else -1
    k = next(k for k in count(2) if _coprime(p, [1] + [0] * (q - 1) + [k * v]))
    product = [k * v * x for x in p] + [0] * q
    for j, x in enumerate(p):
        product[j + q] += x
    a, c = product[-1], product[0]
    step = [c * x - a * y for x, y in zip(product, reversed(product), strict=True)]
    return SingularStep(tuple(p), q, k * v), _primitive(step[: n + 1])


def _coprime(p: list[int], q: list[int]) -> bool:
    return fmpz_poly(p).gcd(fmpz_poly(q)).degree() < 1


def _primitive(p: list[int]) -> list[int]:
    content = math.gcd(*p)
    return [x // content for x in p]
