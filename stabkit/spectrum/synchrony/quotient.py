"""The quotient on the unit circle that R7 speaks of, as sparse and as dense polynomials.

With g the gcd of the decode lengths, T' = T / g and w = z^g on the circle, R7 compares with 0 the
*margin*

    min over |w| = 1 of  Re[(E(w) + g w D'(w)) / D(w)] + (g + 1) / 2,

where D(w) = sum_m P(T' > m) w^m and E(w) = sum_m E[S 1{T' > m}] w^m. Neither is sparse, but
(1 - w) D and (1 - w) E are, and Re[w / (1 - w)] = -1/2 on the circle. Writing a for E[S],

    N(w) = -E[(S - a + T) w^T'],    Q(w) = 1 - E[w^T'] = (1 - w) D(w),
    (E + g w D') / D = a + N / Q + g w / (1 - w),

so that for w != 1 the quantity is a + 1/2 + Re[N / Q]: K + 1 terms above and below. (For a common
input N = -E[T w^T'].) Next to w = 1, where N / Q has a pole that g w / (1 - w) cancels, the dense
polynomials E - a D + g w D' and D lose nothing; there the quantity is a + (g + 1) / 2 plus the real
part of their quotient. D has no zero in |w| <= 1 (Eneström-Kakeya; see R7's proof).

References
----------
docs/model.md, R7.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from ...model.kernel import MemoryKernel

__all__ = ["RenewalQuotient"]


@dataclass(frozen=True)
class RenewalQuotient:
    """Re[(E + g w D') / D] + (g + 1) / 2 on the unit circle, for one memory kernel."""

    kernel: MemoryKernel

    @cached_property
    def gcd(self) -> int:
        """The gcd g of the decode lengths."""
        return math.gcd(*self.kernel.decode_lengths)

    @cached_property
    def length(self) -> int:
        """L' = L / g."""
        return self.kernel.length // self.gcd

    @cached_property
    def mean_input(self) -> Fraction:
        """The mean input length a of an admission."""
        return Fraction(sum(self.kernel.inputs), self.kernel.denominator)

    @cached_property
    def terms(self) -> tuple[dict[int, int], dict[int, int]]:
        """N and Q as {exponent: integer}, both multiplied by the same positive integer."""
        scale, held = self.kernel.denominator, sum(self.kernel.inputs)
        above, below = {}, {0: scale * scale}
        for n, share, t in self.kernel:
            above[n // self.gcd] = -(t * scale - held * share + n * share * scale)
            below[n // self.gcd] = -share * scale
        return above, below

    @cached_property
    def dense_terms(self) -> tuple[list[int], list[int]]:
        """The coefficients of E - a D + g w D' and D, multiplied by the same positive integer."""
        scale, held = self.kernel.denominator, sum(self.kernel.inputs)
        share, excess, start = scale, 0, 0
        above, below = [], []
        for n, w, t in self.kernel:
            stop = n // self.gcd
            stages = range(start, stop)
            above += [excess + self.gcd * m * share * scale for m in stages]
            below += [share * scale] * len(stages)
            share, excess, start = share - w, excess - (t * scale - held * w), stop
        return above, below

    @property
    def is_constant(self) -> bool:
        """Whether E - a D + g w D' = 0, so that the quantity is a + (g + 1) / 2 all around.

        Its coefficient of w^m grows with m while the share stays, so there is a step at every m.
        """
        return self.length == len(self.kernel.decode_lengths) and not any(self.dense_terms[0])

    @property
    def at_minus_one(self) -> Fraction:
        """The quantity at w = -1, exactly: it is often the minimum, and then its sign is known."""
        above, below = (sum(-c if m % 2 else c for m, c in part.items()) for part in self.terms)
        return self.mean_input + Fraction(1, 2) + Fraction(above, below)
