"""Floquet multipliers: where the eigenvalues of a periodic orbit lie, counted exactly.

The multipliers of an orbit are the eigenvalues of its Poincare map, taken on perturbations that
leave the memory full. All inside the unit circle: the orbit attracts. Some outside: it repels.

References
----------
G. Floquet, Annales scientifiques de l'Ecole normale superieure 12 (1883) 47-88.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from flint import fmpz_poly

from ...model.numbers import whole_number
from ...records import Record
from ..counting.counts import exact_disc_counts
from ..roots.roots import LARGEST_DIGITS, Root, polynomial_roots, precision_of

__all__ = ["FloquetMultipliers", "multipliers_of"]


@dataclass(frozen=True, repr=False)
class FloquetMultipliers(Record):
    """The Floquet multipliers of a periodic orbit over one period, and where they lie.

    Attributes
    ----------
    coefficients : tuple of int
        Their polynomial without common factor, descending powers; its degree is their number.
    multipliers : tuple of Root
        Disjoint discs, |value| descending, of which each holds exactly one; multiplicities add up
        to the degree. The multiplier 0 is exact.
    inside, on_circle, outside : int
        Exact counts with multiplicity, adding up to the degree.

    Examples
    --------
    >>> from stabkit import floquet_multipliers
    >>> equilibrium, worst = (floquet_multipliers(4, level, 5) for level in (0, 3))
    >>> equilibrium.outside, worst.inside
    (3, 3)
    >>> equilibrium.verdict, worst.verdict
    ('repelling', 'attracting')
    """

    coefficients: tuple[int, ...]
    multipliers: tuple[Root, ...]
    inside: int
    on_circle: int
    outside: int

    @property
    def verdict(self) -> Literal["attracting", "repelling", "neutral"]:
        """What the counts prove of the orbit in a neighbourhood of it.

        "attracting": all multipliers are inside, and nearby states converge to the orbit.
        "repelling": some multiplier is outside, and almost all nearby states move away, not
        necessarily all (`inside` counts the directions of those that do not). "neutral": none
        outside, some on the circle; the linear part decides nothing.
        """
        if self.outside:
            return "repelling"
        return "neutral" if self.on_circle else "attracting"


def multipliers_of(polynomial: fmpz_poly, digits: int) -> FloquetMultipliers:
    """Return the record of the zeros of a polynomial over the integers, not 0.

    The counts come from the Schur-Cohn recursion and the self-reciprocal part, the discs, of radius
    at most 10^-digits |zero|, from FLINT's isolation.

    Raises InvalidArgument if `digits` is not an integer from 1 to 100 000.
    """
    digits = whole_number(digits, "'digits'", 1, LARGEST_DIGITS)
    primitive = polynomial // polynomial.content()
    inside, on, outside = _circle_counts(primitive)
    coefficients = tuple(int(c) for c in reversed(primitive.coeffs()))
    found = polynomial_roots(coefficients, precision_of(digits)) if primitive.degree() else []
    return FloquetMultipliers(coefficients, tuple(found), inside, on, outside)


def _circle_counts(polynomial: fmpz_poly) -> tuple[int, int, int]:
    """Return the zeros inside, on and outside the unit circle, with multiplicity, exactly."""
    ascending = [int(c) for c in polynomial.coeffs()]
    zeros = next(power for power, c in enumerate(ascending) if c)
    within, on = exact_disc_counts(fmpz_poly(ascending[zeros:]))
    return zeros + within, on, polynomial.degree() - on - zeros - within
