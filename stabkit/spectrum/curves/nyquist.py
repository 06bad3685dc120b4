"""The Nyquist curve: G on the unit circle, and how often it goes around 0.

By the argument principle the closed curve theta -> G(e^(i theta)), 0 <= theta <= 2 pi, encircles 0
counter-clockwise as often as G has zeros in |z| < 1, and that is the number of unstable modes,
lambda = 1 / z. The curve is here *normalised* by G(1) = sum g_m, so that it starts at 1, which is
also its farthest point from 0. Its second half is the mirror image of the first.

The number of encirclements is never read off the samples: it is the exact count of
`unit_circle_counts`. The samples are for the eye. They come from one real fast Fourier transform of
the kernel; near theta = 0, where the curve runs fastest (|dG / d theta| is largest there, and the
main lobe is about 2 pi / L wide), from direct sums on a finer grid.

*By hand.* The curve goes around 0 as often as it crosses the negative real axis downwards minus as
often as it does so upwards. Crossings are listed for that check; a mirrored one counts the same.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ...errors import check_length
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import whole_number
from ...model.workload import Workload
from ...records import Series
from ..circle.sparse_polynomial import Complexes, Floats
from ..counting.counts import Counts, unit_circle_counts

__all__ = ["AxisCrossing", "NyquistCurve", "nyquist"]

LONGEST_CURVE = 100_000
_MOST_POINTS = 2**22
_PER_TURN = 32  # samples while z^L goes around once, at least 4: a chord of 11 degrees
_FINE_TURNS = 4  # the stretch from theta = 0 on that is sampled this much more finely:
_FINER = 8
_FEWEST = 2**9
_USUAL = 2**16
_REFINED = 64  # crossings refined beyond the samples: the largest, and all that pass close to 0
_NEWTON_STEPS = 6
_TERMS_AT_ONCE = 2**21


@dataclass(frozen=True)
class AxisCrossing:
    """A crossing of the negative real axis, 0 < theta <= pi, in double precision.

    * `theta`: in radians; the swing that goes with it has a period of 2 pi / theta steps.
    * `value`: G(e^(i theta)) / G(1), negative.
    * `turns` ({1, -1}): what the crossing adds to the encirclements: 1 downwards
      (counter-clockwise), -1 upwards. A crossing at theta < pi has a mirror image that adds as much
      again.
    """

    theta: float
    value: float
    turns: Literal[1, -1]


@dataclass(frozen=True, eq=False, repr=False)
class NyquistCurve(Series):
    """The curve G(e^(i theta)) / G(1) over the upper half circle, and what it encircles.

    Attributes
    ----------
    mix : Workload
    length : int
        L, the number of terms of the memory kernel.
    theta : float array
        Ascending from 0 to pi; the other half of the curve is the mirror image.
    values : complex array
        Of the same shape, starting at 1.
    counts : Counts
        The certified counts; None counts where undecided.
    crossings : tuple of AxisCrossing
        Of the negative real axis, ascending in theta, as far as the samples tell them; where the
        curve passes through 0, or so near it that rounding hides the side, there is none.

    Examples
    --------
    >>> from stabkit import Workload, nyquist
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> curve = nyquist(mix)
    >>> curve.encirclements, curve.counts.outside
    (2, 2)
    """

    mix: Workload
    length: int
    theta: Floats
    values: Complexes
    counts: Counts
    crossings: tuple[AxisCrossing, ...]

    @property
    def name(self) -> str:
        """The name of the mix."""
        return self.mix.name

    def columns(self) -> dict[str, Any]:
        """Return the angles and the two parts of the curve."""
        return {"theta": self.theta, "real": self.values.real, "imaginary": self.values.imag}

    @property
    def encirclements(self) -> int | None:
        """How often the whole curve encircles 0, exactly; None if undecided.

        Zeros on the circle itself, through which the curve passes, are not counted.
        """
        return self.counts.outside


def nyquist(mix: WorkloadLike, points: int | None = None) -> NyquistCurve:
    """Return the Nyquist curve of the memory kernel with its certified encirclements of 0.

    Parameters
    ----------
    mix : WorkloadLike
        With L at most 100 000.
    points : int, optional
        Samples of the half circle, at least; by default enough for a smooth drawing.

    Returns
    -------
    NyquistCurve

    Raises
    ------
    InvalidArgument
        If L is beyond the bound, or `points` is not an integer from 1 to 4,194,304.

    Examples
    --------
    >>> curve = nyquist(Workload.from_classes([(5, 3), (5, 5)]))
    >>> curve.encirclements, len(curve.crossings)
    (2, 1)
    >>> complex(curve.values[0]), bool(np.all(np.abs(curve.values) <= 1 + 1e-12))
    ((1+0j), True)
    """
    mix = as_workload(mix)
    if points is not None:
        points = whole_number(points, "'points'", 1, _MOST_POINTS)
    kernel = MemoryKernel.of(mix)
    check_length(kernel.length, LONGEST_CURVE, "for a Nyquist curve")
    total = kernel.total
    weights = np.array([g / total for g in kernel.coefficients])
    theta, values = _samples(weights, points or _usual_points(kernel.length))
    return NyquistCurve(
        mix,
        kernel.length,
        theta,
        values,
        unit_circle_counts(mix),
        _crossings(weights, theta, values),
    )


def _usual_points(length: int) -> int:
    return max(_FEWEST, min(_PER_TURN * length // 2, max(_USUAL, 2 * length)))


def _samples(weights: Floats, points: int) -> tuple[Floats, Complexes]:
    """Return angles 0 ... pi and sums of weights_m e^(i m theta) there."""
    half = 1 << (max(points, len(weights)) - 1).bit_length()
    theta = np.pi / half * np.arange(half + 1)
    values = np.conj(np.fft.rfft(weights, 2 * half))
    stop = min(half, max(1, math.ceil(2 * half * _FINE_TURNS / len(weights))))
    fine = theta[stop] / (stop * _FINER) * np.arange(stop * _FINER)
    angles = np.concatenate([fine, theta[stop:]])
    values = np.concatenate([_direct(weights, fine)[0], values[stop:]])
    values[0], values[-1] = 1, values[-1].real
    return angles, values


def _direct(weights: Floats, theta: Floats) -> tuple[Complexes, Complexes]:
    """Return the sums of weights_m e^(i m theta) and their derivatives by theta."""
    stages = np.arange(len(weights))
    columns = np.stack([weights, stages * weights], axis=1)
    rows = max(1, _TERMS_AT_ONCE // len(weights))
    parts = [
        np.exp(1j * np.outer(theta[start : start + rows], stages)) @ columns
        for start in range(0, len(theta), rows)
    ]
    sums = np.concatenate([*parts, np.zeros((0, 2), dtype=complex)])
    return sums[:, 0], 1j * sums[:, 1]


def _crossings(weights: Floats, theta: Floats, values: Complexes) -> tuple[AxisCrossing, ...]:
    height, across = values.imag, values.real
    before = np.flatnonzero(height[:-1] * height[1:] < 0)
    share = height[before] / (height[before] - height[before + 1])
    angles = theta[before] + share * (theta[before + 1] - theta[before])
    sizes = across[before] + share * (across[before + 1] - across[before])
    near_zero = np.abs(sizes) < np.abs(values[before + 1] - values[before])
    exactly = np.union1d(np.argsort(sizes, kind="stable")[:_REFINED], np.flatnonzero(near_zero))
    angles[exactly], sizes[exactly] = _refined(weights, theta, before[exactly], angles[exactly])
    # The sum of L terms that add up to 1, each with an angle of at most pi L, rounded.
    rounding = 4 * len(weights) * sys.float_info.epsilon
    found = [
        AxisCrossing(float(t), float(x), 1 if height[j] > 0 else -1)
        for t, x, j in zip(angles, sizes, before, strict=True)
        if x < -rounding
    ]
    if across[-1] < -rounding:  # at theta = pi the curve meets its mirror image, and crosses
        found.append(AxisCrossing(math.pi, float(across[-1]), 1 if height[-2] > 0 else -1))
    return tuple(found)


def _refined(
    weights: Floats, theta: Floats, before: NDArray[np.intp], angles: Floats
) -> tuple[Floats, Floats]:
    """Return the crossings of the real axis by Newton's method, kept between their samples."""
    low, high = theta[before], theta[before + 1]
    for _ in range(_NEWTON_STEPS):
        value, slope = _direct(weights, angles)
        with np.errstate(divide="ignore", invalid="ignore"):
            target = angles - value.imag / slope.imag
        angles = np.where((target > low) & (target < high), target, angles)
    return angles, _direct(weights, angles)[0].real
