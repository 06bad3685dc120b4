"""The winding number in ball arithmetic alone: a second engine, and the one where numpy is missing.

The test of `stabkit.spectrum.circle.ball_arcs` is made at all samples theta_j = 2 pi j / N,
0 <= j <= N / 2, at once, each for the arc of half-width pi / N around it. The sums that it takes,

    sum_m b_m (m - c)^i e^(i m theta_j),   i < R,   c = degree / 2,

are discrete Fourier transforms, whose values Arb encloses, so that no fact about a floating-point
library is assumed. Arcs that fail stay undecided, for `resolve_arcs` to bisect. R derivatives at
N >= 4 (degree + 1) leave a few of them next to each zero that is nearer to the circle than about
1 / degree.

The path starts as `stabkit.spectrum.circle.kernel` proves, by moments that are exact here.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from flint import acb, arb, ctx

from ...model.kernel import MemoryKernel
from .arcs import MARGIN, Arc, PathStart, joined
from .ball_arcs import direction
from .budget import Budget

__all__ = ["LONGEST_BALL_PATH", "BallPath", "follow_balls", "kernel_ball_path", "samples_for"]

LONGEST_BALL_PATH = 20_000  # terms: seconds, and some hundred MB
_BALLS = "ball arithmetic"
_ORDER = 6
_PRECISION = 128  # what needs more is left to `resolve_arcs`
_TRANSFORM_WORK = 2  # units of the budget for each of N log2(N)
_START_SHARE = Fraction(9, 10)  # of the proved range: room for its square root


@dataclass
class BallPath:
    """The directions of h on certified arcs, by the lower ends of these, and what is undecided.

    `least_modulus` bounds |h| on all arcs from below; it is None where one was undecided.
    """

    degree: int
    start: PathStart
    directions: dict[Fraction, list[complex]]
    undecided: list[Arc]
    least_modulus: arb | None = None

    def fill(self, arc: Arc, values: Sequence[complex]) -> None:
        """Replace the undecided `arc` by the values of h on certified sub-arcs, ascending."""
        self.undecided.remove(arc)
        self.directions[arc.lo] = list(values)

    def half_turns(self) -> int | None:
        """Return (arg P(-1) - arg P at theta = 0+) / pi along the half circle; None if undecided.

        The first direction is within pi / 2 less a margin of the start's argument, neighbours are
        within pi less two of them, and h(pi) is +- e^(-i c pi).
        """
        if self.undecided:
            return None
        path = [v for _, values in sorted(self.directions.items()) for v in values]
        path.insert(0, cmath.rect(1, self.start.argument))
        turned = math.fsum(cmath.phase(after / before) for before, after in pairwise(path))
        return round((self.start.argument + turned) / math.pi + self.degree / 2)


def samples_for(degree: int) -> int:
    """Return N, the least power of two >= 4 (degree + 1)."""
    return 1 << (4 * (degree + 1) - 1).bit_length()


def kernel_ball_path(kernel: MemoryKernel, budget: Budget) -> BallPath:
    """Return the certified path of H(z) = (1 - z)^2 G(z) on the upper half of the unit circle.

    * `kernel`: of 3 to `LONGEST_BALL_PATH` terms.

    >>> from stabkit import Workload
    >>> from .ball_arcs import resolve_arcs
    >>> kernel = MemoryKernel.of(Workload.from_classes([(5, 3), (5, 5)]))
    >>> path = kernel_ball_path(kernel, Budget())
    >>> resolve_arcs(path, kernel.closed_form, 128, Budget())
    >>> path.half_turns()
    2
    """
    terms = kernel.closed_form
    return follow_balls(terms, _start(kernel, samples_for(max(terms))), budget)


def _start(kernel: MemoryKernel, size: int) -> PathStart:
    """Return the start within 9/10 of sqrt(2 / V), and the argument of h there.

    That of G is M theta, of 1 - e^(i theta) it is (theta - pi) / 2.
    """
    weights = kernel.coefficients
    total = sum(weights)
    mean = Fraction(sum(m * g for m, g in enumerate(weights)), total)
    moment = Fraction(sum(m * m * g for m, g in enumerate(weights)), total) - mean**2
    reach = math.sqrt(2 * _START_SHARE**2 / moment) * size / (2 * math.pi)
    index = max(1, min(int(reach), size // 2 - 1))
    theta = 2 * math.pi * index / size
    return PathStart(index, (float(mean) - (kernel.length + 1) / 2 + 1) * theta - math.pi)


def follow_balls(
    terms: Mapping[int, int] | Mapping[int, arb],
    start: PathStart,
    budget: Budget,
    size: int | None = None,
) -> BallPath:
    """Return the certified path of sum b_m z^m over the upper half of the unit circle.

    * `terms` (mapping of exponent to coefficient): integers or balls.
    * `start`: its index counts samples; on the arc before it is no zero.
    * `budget`: what it does not reach is undecided.
    * `size`: the number N of samples on the full circle, a power of two of at least `samples_for`
      (degree), which it is by default.
    """
    degree = max(terms)
    size = size or samples_for(degree)
    path = BallPath(degree, start, {}, [Arc(Fraction(2 * start.index, size), Fraction(1))])
    if not budget.affords(_ORDER * _TRANSFORM_WORK * size * size.bit_length(), _BALLS):
        return path
    with ctx.workprec(_PRECISION):
        values, reaches = _samples(terms, degree, size)
        failed = []
        least = arb.pos_inf()
        for j in range(start.index, size // 2 + 1):
            low, high = max(2 * j - 1, 2 * start.index), min(2 * j + 1, size)
            arc = Arc(Fraction(low, size), Fraction(high, size))
            if abs(values[j]) > MARGIN * reaches[j]:
                centring = cmath.rect(1, -math.pi * (degree * j % (2 * size)) / size)
                least = least.min(abs(values[j]) - reaches[j])
                path.directions[arc.lo] = [direction(values[j]).conjugate() * centring]
            else:
                failed.append(arc)
    path.undecided = joined(failed)
    path.least_modulus = None if failed else least
    return path


def _samples(
    terms: Mapping[int, int] | Mapping[int, arb], degree: int, size: int
) -> tuple[list[acb], list[arb]]:
    """Return the conjugate of P at every theta_j, and a bound of |h - h(theta_j)| on its arc."""
    quarter = arb.pi() / (2 * size)  # for 2^i (m - c)^i, which are integers
    remainder = sum(abs(b) * abs(2 * m - degree) ** _ORDER for m, b in terms.items())
    values: list[acb] = []
    reaches = [quarter**_ORDER * remainder / math.factorial(_ORDER)] * (size // 2 + 1)
    for i in range(_ORDER):
        dense = [acb(0)] * size
        for m, b in terms.items():
            dense[m] = acb(b * (2 * m - degree) ** i)
        sums = acb.dft(dense)[: size // 2 + 1]
        if i:
            factor = quarter**i / math.factorial(i)
            reaches = [r + factor * abs(s) for r, s in zip(reaches, sums, strict=True)]
        else:
            values = sums
    return values, reaches
