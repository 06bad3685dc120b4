"""Means of spectral densities over the circle in ball arithmetic alone, where numpy is missing.

The trapezoidal rule and its aliasing bound (1) are those of `trapezoid`, with their proofs; here
every number is a ball, which carries its own error.

*The disc.* Of the radii r with log r = 4 / L, 2 / L, 1 / L, ... the first is taken for which
`stabkit.spectrum.circle.ball_path` certifies that G has no zero in |z| <= r. On the arcs of the
circle |G| is at least |v| - sup |h - h(centre)|, whose minimum bounds |G| on the disc from below,
as 1 / G is analytic there.

*The samples.* With z_k the n-th roots of unity, of two real sequences x and y one transform serves
both: if w_k is that of x + i y, then those of x and y are (w_k + conj w_(n-k)) / 2 and
(w_k - conj w_(n-k)) / 2 i.

References
----------
docs/model.md, R13.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, repeat
from operator import mul

from flint import acb, arb, ctx

from ...model.enclosure import RealEnclosure, bounds_of
from ...model.kernel import MemoryKernel
from ..circle.arcs import PathStart
from ..circle.ball_path import LONGEST_BALL_PATH, follow_balls, samples_for
from ..circle.budget import Budget
from .density import Density

__all__ = ["BallDisc", "ball_disc", "ball_mean"]

_PRECISION = 128
_RADII = 16
_MOST_SAMPLES, _MOST_POINTS = 2**17, 2**18
_ALIASING = arb(10) ** -12  # of f(1) / n, one of the n terms


@dataclass(frozen=True)
class BallDisc:
    """A disc |z| <= radius, radius > 1, without zeros of G, and a lower bound of |G| on it."""

    radius: arb
    least_modulus: arb

    def mean(self, density: Density) -> RealEnclosure | None:
        """Return `ball_mean` of a density of this kernel."""
        return ball_mean(density, self)


def ball_disc(kernel: MemoryKernel) -> BallDisc | None:
    """Return a disc that is proved to hold no zero of G, or None where no radius is small enough.

    One budget of work is for all radii; where it ends there is no disc either.

    * `kernel`: of length at least 3 and without negative coefficients, of a stable mix.

    >>> from stabkit import Workload
    >>> disc = ball_disc(MemoryKernel.of(Workload.from_classes([(20, 3), (20, 5)])))
    >>> disc.radius > 1 and disc.radius < 1.0433  # the nearest zero is at 1.04330
    True
    """
    if kernel.length > LONGEST_BALL_PATH:
        return None
    coefficients, size = kernel.coefficients, samples_for(kernel.length - 1)
    budget = Budget()
    with ctx.workprec(_PRECISION):
        for k in range(_RADII):
            radius = (arb(4) / (kernel.length * 2**k)).exp()
            weights = dict(enumerate(map(mul, coefficients, _powers(radius, kernel.length))))
            samples = max(size, min(2**k * size, _MOST_SAMPLES))
            path = follow_balls(weights, PathStart(0, 0.0), budget, samples)
            if path.least_modulus is not None and path.half_turns() == 0:
                return BallDisc(radius, path.least_modulus / kernel.denominator)
    return None


def ball_mean(density: Density, disc: BallDisc) -> RealEnclosure | None:
    """Return an enclosure of the mean of a density over the circle.

    * `disc`: as `ball_disc` returns it for the kernel of the density.

    Returns None where aliasing would need more than 2^18 points, or G is not told from 0 at one.

    >>> from stabkit import Workload
    >>> from .joint_law import JointLaw
    >>> from .observables import density_of
    >>> mix = Workload.from_classes([(20, 3), (20, 5)])
    >>> density = density_of("admissions", JointLaw.of(mix))
    >>> found = ball_mean(density, ball_disc(MemoryKernel.of(mix)))
    >>> found.low < density.exact_mean() < found.high
    True
    """
    with ctx.workprec(_PRECISION):
        points = 1 << (2 * density.degree + 1).bit_length()
        scale = arb(float(abs(density.at_one())) or 1.0)
        bound = _aliasing(density, disc)
        while not bound / (disc.radius**points - 1) < _ALIASING * scale / points:
            points *= 2
            if points > _MOST_POINTS:
                return None
        mean = _sampled_sum(density, points) / (points * density.scale)
        if not mean.is_finite():
            return None
        aliasing = bound / (disc.radius**points - 1)
        low, high = bounds_of(mean + aliasing * arb(0, 1))
    return RealEnclosure(low, high)


def _powers(radius: arb, count: int) -> list[arb]:
    return list(accumulate(repeat(radius, count - 1), mul, initial=arb(1)))


def _aliasing(density: Density, disc: BallDisc) -> arb:
    """Return the bound (1), times r^n - 1."""
    powers = _powers(disc.radius, density.degree + 1)
    inverse = _powers(1 / disc.radius, density.degree + 1)

    def size(terms: Sequence[int], at: list[arb]) -> arb:
        return sum((abs(t) * x for t, x in zip(terms, at, strict=False)), arb(0)) / density.scale

    behind = [0, *density.behind]
    out, back = size(density.mean, powers), size(density.mean, inverse)
    cross = (out * (size(density.ahead, powers) + size(behind, inverse))).max(
        back * (size(density.ahead, inverse) + size(behind, powers))
    )
    squares = size(density.sums, powers) + size(density.sums, inverse)
    m = disc.least_modulus
    return 2 * (2 * cross / m + out * back * squares / m**2)


def _sampled_sum(density: Density, points: int) -> arb:
    """Return the sum of f over the roots of unity, times the scale of the density."""
    half = points // 2
    both = acb.dft(_paired(_dense(density.kernel, points), _dense(density.mean, points)))
    powers = acb.dft(_paired(_even(density.power, points), _even(density.sums, points)))
    cross = acb.dft(_wrapped(density.ahead, density.behind, points))
    total = arb(0)
    for k in range(half + 1):
        one, other = both[k], both[-k].conjugate()
        g, q = (one + other) / 2, (one - other) / acb(0, 2)
        ratio = q / g
        value = powers[k].real - 2 * (ratio * cross[k]).real + abs(ratio) ** 2 * powers[k].imag
        total += value if k in (0, half) else 2 * value
    return total


def _paired(real: list[int], imaginary: list[int]) -> list[acb]:
    return [acb(x, y) for x, y in zip(real, imaginary, strict=True)]


def _dense(terms: Sequence[int], points: int) -> list[int]:
    return [*terms, *[0] * (points - len(terms))]


def _even(terms: Sequence[int], points: int) -> list[int]:
    """Return t_0, t_1, ..., 0, ..., 0, ..., t_1: the terms of both signs of the exponent."""
    return _wrapped(terms, terms[1:], points)


def _wrapped(ahead: Sequence[int], behind: Sequence[int], points: int) -> list[int]:
    """Return the terms of z^0, z^1, ..., and at the end those of ..., z^(-2), z^(-1)."""
    zeros = points - len(ahead) - len(behind)
    return [*ahead, *[0] * zeros, *reversed(behind)]
