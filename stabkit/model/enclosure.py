"""Proved enclosures of real numbers: intervals with exact end points, and their way out of FLINT.

A ball of FLINT's holds a dyadic centre and a dyadic radius; as Fractions both are exact, so that an
interval taken from a ball encloses whatever the ball did, whatever the working precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from flint import arb

__all__ = ["RealEnclosure", "bounds_of", "fraction_of"]


@dataclass(frozen=True)
class RealEnclosure:
    """The real interval [low, high], exact end points."""

    low: Fraction
    high: Fraction


def fraction_of(exact: arb) -> Fraction:
    """Return the dyadic number that an exact ball holds."""
    mantissa, exponent = exact.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


def bounds_of(ball: arb) -> tuple[Fraction, Fraction]:
    """Return the exact end points of a finite ball, whatever the working precision."""
    middle, radius = fraction_of(ball.mid()), fraction_of(ball.rad())
    return middle - radius, middle + radius
