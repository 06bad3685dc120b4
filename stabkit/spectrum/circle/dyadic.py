"""Exact passages between Fractions and FLINT's numbers."""

from __future__ import annotations

from fractions import Fraction

from flint import arb, fmpq

__all__ = ["depth", "dyadic", "exact", "hull"]


def exact(value: Fraction) -> fmpq:
    """Return the same rational number."""
    return fmpq(value.numerator, value.denominator)


def dyadic(value: Fraction, bits: int) -> Fraction:
    """Return the multiple of 2^-`bits` next to `value`.

    >>> dyadic(Fraction(1, 3), 4)
    Fraction(5, 16)
    """
    return Fraction(round(value * 2**bits), 2**bits)


def depth(width: Fraction) -> int:
    """Return about how often 1 is halved down to `width`."""
    return max(0, width.denominator.bit_length() - width.numerator.bit_length())


def hull(low: Fraction, high: Fraction) -> arb:
    """Return a ball around [low, high]."""
    return arb(exact(low)).union(arb(exact(high)))
