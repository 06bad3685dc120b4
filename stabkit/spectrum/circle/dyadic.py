"""Exact passages between Fractions and FLINT's numbers."""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq

__all__ = ["dyadic", "exact"]


def exact(value: Fraction) -> fmpq:
    """Return the same rational number."""
    return fmpq(value.numerator, value.denominator)


def dyadic(value: Fraction, bits: int) -> Fraction:
    """Return the multiple of 2^-`bits` next to `value`.

    >>> dyadic(Fraction(1, 3), 4)
    Fraction(5, 16)
    """
    return Fraction(round(value * 2**bits), 2**bits)
