"""A root on the unit circle along a pencil of kernels: where it is, and which way it goes.

Let G = C + x U (`stabkit.spectrum.partition.pencil`) and X(theta) = -C(z) / U(z) at z = e^(i
theta). G has the zero z iff x = X(theta), which has to be real: with

    V(theta) = Im[C conj U],   Y(theta) = Re[C conj U]

the crossings with x >= 0 are the theta in (0, pi] with V = 0, Y <= 0 and U != 0, at
x = -Y / |U|^2.

*Direction.* The zeros of G in the disc are those of U in the disc and those that the argument
principle adds: as often as the closed curve X(theta), 0 <= theta <= 2 pi, goes around x, counted
from infinity if U has zeros on the circle. When x passes a point of the real axis from left to
right, that number changes by the signed number of passages of the curve there: +1 for each one
downwards (Im X from + to -) and -1 for each one upwards. As Im X = -V / |U|^2, V from - to + adds a
zero in the disc, an unstable mode; at theta in (0, pi) the mirror image at 2 pi - theta does the
same. A zero of V without a change of sign changes nothing, and a zero at pi counts once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

from flint import arb

__all__ = ["COARSE_BITS", "CircleCrossing"]

COARSE_BITS = 20  # the precision at which most crossings are told apart


@dataclass(frozen=True)
class CircleCrossing:
    """An angle at which some kernel of a pencil has a zero on the circle.

    * `angle`: theta in (0, pi].
    * `change`: what it adds to the number of unstable modes as x rises past it: +-2, +-1 at theta =
      pi, or 0; None where the sign of V before theta = pi is not known.
    * `exact`: x, where it is known to be rational.
    * `ball`: ``ball(bits)`` returns x as a ball whose radius is about 2^-bits, absolutely or
      relatively; it may raise `stabkit.spectrum.circle.budget.BudgetSpent`.
    * `irrational`: returns `minimal_polynomial` where x is irrational; None where that is not
      computed.

    Both functions can be pickled, so that a threshold can.
    """

    angle: float
    change: int | None
    exact: Fraction | None
    ball: Callable[[int], arb] = field(repr=False, compare=False)
    irrational: Callable[[], tuple[int, ...]] | None = field(
        default=None, repr=False, compare=False
    )

    def minimal_polynomial(self) -> tuple[int, ...] | None:
        """Return the coefficients, ascending, of x's minimal polynomial over the integers."""
        if self.exact is not None:
            return -self.exact.numerator, self.exact.denominator
        return None if self.irrational is None else self.irrational()
