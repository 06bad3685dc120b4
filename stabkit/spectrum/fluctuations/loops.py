"""Admissions under a linear policy: the same noise, through another loop.

A linear policy admits, while nothing is evicted, a - alpha (U - U*) - beta (R - R*) requests, where
U is the memory in use before the fit and R what is reserved, S + T tokens for every request in
service (`stabkit.dynamics.policies.linearisation`). What it answers is a number of requests: those
that come then do not matter to it, those in service do, by what they really hold. With

    Z(0) = c_0,   Z(m) = (a (S + m + 1) + b (S + T)) 1{T > m},  m >= 1,

a = c_0 alpha and b = c_0 beta, c_m = E Z(m) is the kernel of the closed loop, and the deviations of
the admissions obey

    sum_m c_m u_(n-m) = -zeta_n,   zeta_n the sum of Z(m) - c_m over the requests in service.

So they have the spectral density of R13 with Z in the place of Y: over their mean, E|Z|^2 / |E Z|^2
- 1 for Z(z) = sum_m Z(m) z^m. (Greedy by count, Z(0) = g_0, is not greedy by fit, Z(0) = S + 1,
whose memory is full whatever came: that is R13 itself.)

*The coefficients.* Let W be Z with W(0) = u = (a + b) S + b T + a in the place of c_0, so that
W(m) = u + a m. With n = T - k,

    sum_m W(m) W(m + k) = n u^2 + a u n (T - 1) + a^2 n (n - 1)(2 T + k - 1) / 6,

and the first step makes up for itself: N_0 = E[...] + c_0^2 - E u^2 and, for k >= 1,
N_k = E[...] + E[(c_0 - u) W(k)], everything on T > k.

References
----------
docs/model.md, R13, Policies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from .density import Density
from .joint_law import JointLaw

__all__ = ["loop_density"]

Polynomial: TypeAlias = dict[tuple[int, int], Fraction]  # in S and T, by their powers


def loop_density(law: JointLaw, first: Fraction, used: Fraction, reserved: Fraction) -> Density:
    """Return the spectral density of the admissions, over their mean, under a linear policy.

    * `first`, `used`, `reserved`: c_0, a and b.

    A policy that does not look at the memory admits evenly.

    >>> from stabkit import Workload
    >>> law = JointLaw.of(Workload.from_classes([(5, 1), (5, 3)]))
    >>> loop_density(law, Fraction(1), Fraction(0), Fraction(0)).exact_mean()
    Fraction(0, 1)
    """
    u: Polynomial = {(1, 0): used + reserved, (0, 1): reserved, (0, 0): used}
    expected = _Expectation(law)
    kernel = [expected(_sum(u, {(0, 0): used * k}), k) for k in range(law.length)]
    sums = [
        expected(_products(u, used, k), k) - expected(_product(u, _sum(u, {(0, 0): used * k})), k)
        for k in range(law.length)
    ]
    sums = [n + first * c for n, c in zip(sums, kernel, strict=True)]
    kernel[0], sums[0] = first, sums[0] + first * (first - kernel[0])
    scale = math.lcm(*(c.denominator for c in (*kernel, *sums)))
    return Density(
        scale,
        _integers(kernel, scale),
        _integers(sums, scale),
        [scale],
        [scale],
        _integers(kernel, scale),
        [],
    )


def _products(u: Polynomial, a: Fraction, k: int) -> Polynomial:
    """Return sum_m W(m) W(m + k)."""
    n = {(0, 1): Fraction(1), (0, 0): Fraction(-k)}
    steps = {(0, 1): a, (0, 0): -a}
    less = {(0, 1): Fraction(1), (0, 0): Fraction(-k - 1)}
    rest = {(0, 1): a**2 / 3, (0, 0): a**2 * (k - 1) / 6}
    return _product(n, _sum(_product(u, _sum(u, steps)), _product(less, rest)))


def _product(x: Polynomial, y: Polynomial) -> Polynomial:
    found: Polynomial = {}
    for (i, j), c in x.items():
        for (k, m), d in y.items():
            found[i + k, j + m] = found.get((i + k, j + m), Fraction(0)) + c * d
    return found


def _sum(x: Polynomial, y: Polynomial) -> Polynomial:
    return {
        powers: x.get(powers, Fraction(0)) + y.get(powers, Fraction(0)) for powers in {**x, **y}
    }


def _integers(terms: Sequence[Fraction], scale: int) -> list[int]:
    return [int(term * scale) for term in terms]


class _Expectation:
    """E[p(S, T) 1{T > k}] of polynomials p."""

    def __init__(self, law: JointLaw) -> None:
        self._scale = law.denominator
        self._tails = {(i, j): law.tails(i, j) for i in range(3) for j in range(4 - i)}

    def __call__(self, polynomial: Polynomial, k: int) -> Fraction:
        terms = (c * self._tails[powers][k] for powers, c in polynomial.items() if c)
        return sum(terms, Fraction(0)) / self._scale
