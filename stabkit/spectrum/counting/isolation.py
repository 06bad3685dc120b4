"""Counts by certified root isolation in FLINT: the second, independent engine.

FLINT returns every root of an integer polynomial in a complex ball with its multiplicity. A ball
that does not meet the unit circle is counted; those that do are refined until exactly as many are
left as there are roots on the circle, a number that exact arithmetic knows beforehand (see
`stabkit.spectrum.counting.self_reciprocal`). Ball comparisons are three-valued: a ball around i is
neither inside nor outside nor on the circle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import acb, ctx, fmpz_poly

from .self_reciprocal import circle_zeros, self_reciprocal_part

__all__ = ["isolated_disc_counts", "root_balls"]

_FIRST_PRECISION = 64


def isolated_disc_counts(coefficients: Sequence[int]) -> tuple[int, int, int]:
    """Return the zeros of a polynomial with |z| < 1, = 1 and > 1, with multiplicity.

    * `coefficients`: ascending powers, neither end 0. The time grows fast: 0.2 s at degree 200,
      35 s at 1000.

    >>> isolated_disc_counts([-2, 5, -4, 5, -2])  # (z^2 + 1)(2 z - 1)(2 - z)
    (1, 2, 1)
    """
    polynomial = fmpz_poly(list(coefficients))
    on = circle_zeros(self_reciprocal_part(polynomial))
    precision = _FIRST_PRECISION
    while True:
        with ctx.workprec(precision):
            sides = [_side(ball) * multiplicity for ball, multiplicity in root_balls(polynomial)]
        inside = -sum(side for side in sides if side < 0)
        outside = sum(side for side in sides if side > 0)
        if inside + on + outside == len(coefficients) - 1:
            return inside, on, outside
        precision *= 2


def root_balls(polynomial: fmpz_poly) -> list[tuple[acb, int]]:
    """Return FLINT's isolating balls and multiplicities, to the working precision of `flint.ctx`.

    Real roots have an imaginary part of exactly 0, and conjugates are exact.
    """
    balls: Any = polynomial.complex_roots()  # python-flint's stub says list[acb]
    return [(ball, int(multiplicity)) for ball, multiplicity in balls]


def _side(ball: acb) -> int:
    if ball.abs_upper() < 1:
        return -1
    return 1 if ball.abs_lower() > 1 else 0
