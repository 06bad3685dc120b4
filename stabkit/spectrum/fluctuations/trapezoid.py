"""Means of spectral densities over the unit circle by the trapezoidal rule, its errors bounded.

Let f = P - 2 Re(q C / G) + |q|^2 N / |G|^2 be a density (`density`), T_n its mean over the n-th
roots of unity, n = 2^t beyond its degrees, and I its mean over the circle.

*Aliasing.* T_n - I is the sum of the Fourier coefficients of f at the multiples of n but 0. P has
none there. Let G have no zero in |z| <= r, r > 1. Then the other two terms are analytic in the
annulus 1/r <= |z| <= r but for z = 0, and by Cauchy's estimate on its two circles a coefficient of
index k is at most r^(-|k|) times the maximum of the modulus there. That of a polynomial is at most
its value at r with the moduli of its coefficients, written q(r), C(r), N(r); those of |G(z)| and
|G(1/z)| are at least the minimum m of |G| on |z| = r, which is that on the disc, as 1 / G is
analytic there. So

    |T_n - I| <= 2 / (r^n - 1) (2 max(q(r) C(r), q(1/r) C(1/r)) / m + q(r) q(1/r) N(r) / m^2).  (1)

For the admissions the middle term of f is the constant -2, which has no aliasing, and the bound is
2 N(r) / (m^2 (r^n - 1)) alone.

*The minimum* is bounded below by samples: with w_j = g_j r^j and |theta - theta_k| <= h,

    |G(r e^(i theta))| >= |G_k| - h |G'_k| - (h^2 / 2) sum_j j^2 w_j,                         (2)

derivatives by theta (Taylor's formula, the remainder bounded by its coefficients).

*The sum.* q / G and N are computed from differences, (1 - z) q over (1 - z) G and |1 - z|^2 N over
|1 - z|^2, whose coefficients are exact integers before anything is rounded: the differences are as
large as the memory of a request where the sums are as large as its memory-time, so that the
transforms lose little. Where they would, at z = 1, f is taken exactly. Every transform carries a
bound of its error (`stabkit.spectrum.circle.fourier`); with x = x' + e, |e| <= e_x, for each,

    |x y - x' y'| <= |x'| e_y + |y'| e_x + e_x e_y,
    |x / y - x' / y'| <= (e_x + |x' / y'| e_y) / (|y'| - e_y).

References
----------
docs/model.md, R13. L. N. Trefethen, J. A. C. Weideman, "The exponentially convergent trapezoidal
rule", SIAM Review 56 (2014).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ..circle.fourier import UNIT_ROUNDOFF, real_transform
from ..circle.kernel import zeros_within
from ..circle.sparse_polynomial import Complexes, Floats
from ..roots.smallest import radius_bracket
from .density import Density

__all__ = ["LONGEST_SAMPLED", "ZeroFreeDisc", "aliasing_bound", "enclosed_mean", "zero_free_disc"]

_SHARE = 0.6  # of the way, in log r, from the circle to the nearest zero
_RETREATS = 4
LONGEST_SAMPLED = 2**20
_MOST_POINTS = 4 * LONGEST_SAMPLED
_ALIASING = 1e-12  # of f(1) / n, one of the n terms: below the rounding of most kernels
_SLACK = 1 + 1e-9  # covers the rounding of a bound, a few L u
_LARGEST_EXPONENT = 600.0


@dataclass(frozen=True)
class ZeroFreeDisc:
    """A disc |z| <= radius, radius > 1, without zeros of G, and a lower bound of |G| on it."""

    radius: float
    least_modulus: float

    def mean(self, density: Density) -> RealEnclosure | None:
        """Return `enclosed_mean` of a density of this kernel."""
        return enclosed_mean(density, self)


def zero_free_disc(kernel: MemoryKernel) -> ZeroFreeDisc | None:
    """Return a disc that is proved to hold no zero of G, or None where doubles find none.

    * `kernel`: of length at least 3 and without negative coefficients, of a stable mix.

    The modulus of the nearest zero is only guessed; a certified winding number proves the disc.
    The bound on |G| is in tokens: of the true kernel.

    >>> from stabkit import Workload
    >>> disc = zero_free_disc(MemoryKernel.of(Workload.from_classes([(20, 3), (20, 5)])))
    >>> 1 < disc.radius < 1.0433 and disc.least_modulus > 0  # the nearest zero is at 1.04330
    True
    """
    guess, _, _ = radius_bracket(kernel, 1, 0)
    for retreat in range(_RETREATS):
        radius = math.exp(min(_SHARE * guess / 4**retreat, _LARGEST_EXPONENT / kernel.length))
        if radius > 1 and zeros_within(kernel, radius) == 0:
            least = _least_modulus(kernel, radius)
            if least is not None:
                return ZeroFreeDisc(radius, least)
    return None


def _least_modulus(kernel: MemoryKernel, radius: float) -> float | None:
    """Return a lower bound of |G| on the circle by (2), at least half of its least sample."""
    stages = np.arange(kernel.length, dtype=float)
    weights = _weights(kernel.coefficients, kernel.denominator) * radius**stages
    bound = float(np.sum(stages**2 * weights)) * _SLACK
    points = 1 << (4 * kernel.length - 1).bit_length()
    while points <= _MOST_POINTS:
        step = math.pi / points * _SLACK
        values, error = _transform(weights, points)
        slopes, slope_error = _transform(stages * weights, points)
        samples = np.abs(values) - error
        least = np.min(samples - step * (np.abs(slopes) + slope_error)) - step**2 / 2 * bound
        if least > np.min(samples) / 2:
            return float(least) / _SLACK
        points *= 2
    return None


def aliasing_bound(density: Density, disc: ZeroFreeDisc, points: int) -> float:
    """Return the bound (1)."""
    r, m = disc.radius, disc.least_modulus
    parts = (density.mean, density.ahead, [0, *density.behind], density.sums)
    mean, ahead, behind, sums = (_weights(part, density.scale) for part in parts)
    out, back = (_majorant(mean, x) for x in (r, 1 / r))
    cross = max(
        _majorant(mean, x) * (_majorant(ahead, x) + _majorant(behind, 1 / x)) for x in (r, 1 / r)
    )
    squares = _majorant(sums, r) + _majorant(sums, 1 / r) - abs(float(sums[0]))
    decay = math.expm1(min(points * math.log(r), _LARGEST_EXPONENT))
    return 2 * (2 * cross / m + out * back * squares / m**2) / decay * _SLACK


def _majorant(terms: Floats, radius: float) -> float:
    """Return sum_k |t_k| radius^k."""
    return float(np.sum(np.abs(terms) * radius ** np.arange(len(terms))))


def enclosed_mean(density: Density, disc: ZeroFreeDisc) -> RealEnclosure | None:
    """Return an enclosure of the mean of a density over the circle.

    * `disc`: as `zero_free_disc` returns it for the kernel of the density.

    Returns None where aliasing would need more than 4 million points, or doubles cannot tell the
    kernel from 0.

    >>> from stabkit import Workload
    >>> from .joint_law import JointLaw
    >>> from .observables import density_of
    >>> mix = Workload.from_classes([(20, 3), (20, 5)])
    >>> density = density_of("admissions", JointLaw.of(mix))
    >>> found = enclosed_mean(density, zero_free_disc(MemoryKernel.of(mix)))
    >>> found.low < density.exact_mean() < found.high < found.low + Fraction(1, 10**8)
    True
    """
    points = 1 << (2 * density.degree + 1).bit_length()
    at_one = float(density.at_one())
    scale = abs(at_one) or 1.0
    while (aliasing := aliasing_bound(density, disc, points)) > _ALIASING * scale / points:
        points *= 2
        if points > _MOST_POINTS:
            return None
    sampled = _sampled_mean(density, at_one, points)
    if sampled is None:
        return None
    mean, rounding = sampled
    error = Fraction(aliasing) + Fraction(rounding)
    return RealEnclosure(Fraction(mean) - error, Fraction(mean) + error)


def _sampled_mean(density: Density, at_one: float, points: int) -> tuple[float, float] | None:
    """Return T_n and a bound of its rounding error."""
    found = _samples(density, points)
    if found is None:
        return None
    values, errors, sizes = found
    weights = np.full(len(values), 2.0)
    weights[-1] = 1.0  # z = -1 is its own mirror image
    mean = math.fsum([*(weights * values), at_one]) / points
    rounding = 32 * UNIT_ROUNDOFF * (math.fsum(weights * sizes) + abs(at_one))
    return mean, (math.fsum(weights * errors) + rounding) / points * _SLACK


def _samples(density: Density, points: int) -> tuple[Floats, Floats, Floats] | None:
    """Return f at the roots of unity of 0 < theta <= pi, error bounds, and sums of moduli."""
    scale = density.scale
    p, p_error = _symmetric(density.power, scale, points)
    v, v_error = _symmetric(_second_differences(density.sums), scale, points)
    u, u_error = _transform(_weights(_differences(density.kernel), scale), points)
    q, q_error = _transform(_weights(_differences(density.mean), scale), points)
    ahead, ahead_error = _transform(_weights(density.ahead, scale), points)
    behind, behind_error = _transform(_weights([0, *density.behind], scale), points)
    size = np.abs(u[1:])
    if not np.min(size) > 2 * u_error:
        return None
    c, c_error = ahead[1:] + behind[1:].conj(), ahead_error + behind_error
    ratio = q[1:] / u[1:]
    ratio_error = (q_error + np.abs(ratio) * u_error) / (size - u_error)
    chord = 4 * np.sin(math.pi / points * np.arange(1, points // 2 + 1)) ** 2
    n, n_error = v[1:] / chord, v_error / chord
    modulus = np.abs(ratio)
    values = p[1:] - 2 * (ratio * c).real + modulus**2 * n
    errors = (
        p_error
        + 2 * (modulus * c_error + ratio_error * (np.abs(c) + c_error))
        + modulus**2 * n_error
        + (2 * modulus + ratio_error) * ratio_error * (np.abs(n) + n_error)
    )
    return values, errors, np.abs(p[1:]) + 2 * modulus * np.abs(c) + modulus**2 * np.abs(n)


def _differences(terms: Sequence[int]) -> list[int]:
    """Return the coefficients of (1 - z) times a polynomial."""
    return [b - a for a, b in zip([0, *terms], [*terms, 0], strict=True)]


def _second_differences(sums: Sequence[int]) -> list[int]:
    """Return those of z^0, z^1, ... of |1 - z|^2 (N_0 + sum_k N_k (z^k + z^(-k)))."""
    n = [sums[1] if len(sums) > 1 else 0, *sums, 0, 0]
    return [2 * n[k + 1] - n[k] - n[k + 2] for k in range(len(sums) + 1)]


def _weights(terms: Sequence[int], scale: int) -> Floats:
    return np.array([term / scale for term in terms])  # rounded correctly


def _symmetric(terms: Sequence[int], scale: int, points: int) -> tuple[Floats, float]:
    """Return t_0 + 2 sum_k t_k cos k theta, and a bound of the error of each."""
    weights = 2 * _weights(terms, scale)
    weights[0] /= 2
    values, error = _transform(weights, points)
    return values.real, error


def _transform(weights: Floats, points: int) -> tuple[Complexes, float]:
    """Return the values at the roots of unity, and a bound of the error of each.

    The transform's own, and that of weights in error by at most 8 + 8 log2 n units of roundoff
    (a division, a power of r to within some ulps, a product).
    """
    padded = np.zeros(points)
    padded[: len(weights)] = weights
    values, error = real_transform(padded)
    units = 8 + 8 * math.log2(points)
    rounding = units * UNIT_ROUNDOFF * float(np.sum(np.abs(weights))) + sys.float_info.min
    return values, (error + rounding) * _SLACK
