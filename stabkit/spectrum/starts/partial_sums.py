"""The partial sums b_n of G(1) / G: in balls, exactly, and from where on they are known to be >= 0.

    b_n = G(1) sum_(i<=n) h_i,   1 / G = sum_i h_i z^i,   sum_n b_n z^n = G(1) / ((1 - z) G).   (1)

The denominators are integers, so that a series of balls needs one division, at any precision.

*Tail.* Let G have no zero in |z| <= r, r > 1, and |G| >= m there. The integral of
G(1) / ((1 - z) G z^(n+1)) over |z| = r, over 2 pi i, is the sum of the residues at 0 and at 1,
b_n - 1, and its modulus is at most

    |b_n - 1| <= G(1) r^(-n) / ((r - 1) m),                                                    (2)

because |1 - z| >= r - 1. So b_n -> 1, and b_n >= 0 from the first n on with r^n (r - 1) m >= G(1).

*Growing modes.* If G has a zero in |z| < 1, the b_n are not bounded below: were b_n >= -M for all
n, the coefficients of G(1) / ((1 - z) G) + M / (1 - z) were non-negative, and so the radius of
convergence, which is below 1, a singularity (Pringsheim); but G(z) > 0 for 0 < z < 1.

References
----------
docs/model.md, R20, R21. P. Flajolet, R. Sedgewick, *Analytic Combinatorics*, Cambridge 2009,
theorem IV.6 (Pringsheim).
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import arb, arb_series, ctx, fmpq, fmpq_series

from ...model.enclosure import RealEnclosure, bounds_of
from ...model.kernel import MemoryKernel
from ..fluctuations.trapezoid import LONGEST_SAMPLED, zero_free_disc

__all__ = ["PartialSums", "horizon"]

_PRECISIONS = (128, 512, 2048)
_WIDEST = 2.0**-60
_MOST_EXACT = 3_000_000  # squared number of sums times the bits of g_0: a tenth of a second


class PartialSums:
    """b_0, ..., b_(count-1) of a kernel: balls, and exact rationals where there are few.

    * `count`: at least 1.
    * `balls`: list of arb.

    >>> from stabkit import Workload
    >>> sums = PartialSums(MemoryKernel.of(Workload.from_classes([(1, 1), (1, 2)])), 3)
    >>> sums.first_negative(), sums.lowest()
    ((None, True), (1, RealEnclosure(low=Fraction(7, 16), high=Fraction(7, 16))))
    """

    def __init__(self, kernel: MemoryKernel, count: int) -> None:
        self._total = kernel.total
        self._differences = [b - a for a, b in pairwise((0, *kernel.leading(count), 0))]
        self._bits = kernel.first.bit_length()
        self.balls = self._enclosed(count)

    def first_negative(self) -> tuple[int | None, bool]:
        """Return the first n with b_n < 0, None if there is none, and whether that is proved."""
        for n, ball in enumerate(self.balls):
            if ball >= 0:
                continue
            if not ball < 0:
                value = self._narrowed([n])[0]
                if value.low >= 0:
                    continue
                if value.high >= 0:
                    return None, False
            return n, True
        return None, True

    def lowest(self) -> tuple[int, RealEnclosure]:
        """Return an n where b_n is the least of them, or as good as, and the least value."""
        bound = min(ball.upper() for ball in self.balls)
        places = [n for n, ball in enumerate(self.balls) if not ball > bound]
        values = self._narrowed(places)
        low, high = min(v.low for v in values), min(v.high for v in values)
        return places[[v.high for v in values].index(high)], RealEnclosure(low, high)

    def _narrowed(self, places: list[int]) -> list[RealEnclosure]:
        """Return b_n at these places, ascending: points where few numbers are before the last."""
        count = places[-1] + 1
        if count**2 * self._bits > _MOST_EXACT:
            return [RealEnclosure(*bounds_of(self.balls[n])) for n in places]
        exact = _quotient(fmpq_series, self._total, self._differences, count)
        values = [Fraction(int(exact[n].p), int(exact[n].q)) for n in places]
        return [RealEnclosure(value, value) for value in values]

    def _enclosed(self, count: int) -> list[arb]:
        """Raise the precision until the balls are narrow, beside their values and beside 1."""
        balls: list[arb] = []
        for precision in _PRECISIONS:
            with ctx.workprec(precision):
                quotient = _quotient(arb_series, self._total, self._differences, count)
                balls = [quotient[n] for n in range(count)]
                if all(ball.rad() <= _WIDEST * (1 + abs(ball.mid())) for ball in balls):
                    break
        return balls


def _quotient(ring: Any, numerator: int, denominator: list[int], count: int) -> Any:
    """Return so many terms of a quotient of polynomials, as a series over the ring."""
    terms, ctx.cap = ctx.cap, count
    try:
        return ring([numerator], prec=count) / ring(denominator[:count], prec=count)
    finally:
        ctx.cap = terms


def horizon(kernel: MemoryKernel) -> int | None:
    """Return an n from which on no b_n is negative, by (2); None where none is proved.

    * `kernel`: of length at least 3, of a stable mix.

    >>> from stabkit import Workload
    >>> horizon(MemoryKernel.of(Workload.from_classes([(20, 3), (20, 5)]))) < 500
    True
    """
    disc = zero_free_disc(kernel) if kernel.length <= LONGEST_SAMPLED else None
    if disc is None:
        return None
    needed = Fraction(kernel.total, kernel.denominator)
    needed /= (Fraction(disc.radius) - 1) * Fraction(disc.least_modulus)
    n = math.ceil(math.log(needed) / math.log(disc.radius)) + 1
    with ctx.workprec(128):
        proved = arb(disc.radius) ** n >= arb(fmpq(needed.numerator, needed.denominator))
    return n if proved else None
