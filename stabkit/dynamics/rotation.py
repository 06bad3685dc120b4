"""Rotation number and dominant frequencies of an orbit that does not repeat.

*Rotation number.* Project the state on a complex coordinate that the eviction-free step multiplies
by a root lambda of the characteristic polynomial,

    c = sum_j w_j (y_j - a*),    w_j = sum_(i <= j) lambda^(j-i) g_i / g_0

(w is the left eigenvector: w_(j+1) = lambda w_j + g_(j+1) / g_0, w_0 = 1, w_(L-1) = 0). Evictions
push c off that spiral. Where the orbit winds about the equilibrium in this plane, its rotation
number is the mean of arg(c_(n+1) / c_n) / (2 pi), in turns per step. It is rational on a periodic
orbit, and irrational on a quasi-periodic one.

The mean is a weighted Birkhoff average, with the weights exp(-1 / (t (1 - t))), 0 < t < 1: on a
smooth quasi-periodic orbit of Diophantine rotation it converges faster than any power of the number
of steps [DSSY]. Evictions make the orbit less smooth, and how far it got is *measured*: the average
over the first half and over the second must agree, and their difference is given beside the value.
That is evidence, not a bound.

*Frequencies.* Peaks of the power spectrum of the series of admissions less evictions under a Hann
window, each refined by the parabola through the logarithms of three bins.

References
----------
.. [DSSY] S. Das, Y. Saiki, E. Sander, J. A. Yorke, "Quantitative quasiperiodicity", Nonlinearity 30
   (2017) 4111-4140.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidArgument, shown
from ..model.kernel import MemoryKernel
from ..model.workload import Workload
from .capacity import equilibrium_admissions
from .product_form import ProductFormRun

__all__ = ["Frequency", "RotationNumber", "dominant_frequencies", "rotation_number"]

# What the averages over two halves may differ by, in turns per step, for a number to be given.
_AGREEMENT = 1e-5


@dataclass(frozen=True)
class RotationNumber:
    """Turns per step about the equilibrium, and how far two halves of the run differ in it."""

    value: float
    difference: float


@dataclass(frozen=True)
class Frequency:
    """A peak of the power spectrum.

    * `cycles_per_step`: between 0 and 1/2.
    * `share`: its share of the variance of the series, with its neighbouring bins.
    """

    cycles_per_step: float
    share: float

    @property
    def period_steps(self) -> float:
        """One over the frequency, in steps."""
        return 1 / self.cycles_per_step


def rotation_number(
    mix: Workload, cohorts: NDArray[Any], eigenvalue: complex, steps: int = 20_000
) -> RotationNumber | None:
    """Return the rotation number of the orbit of a state, in the plane of one mode.

    * `cohorts` (ndarray of float, shape (L,)): the state to start from, youngest first, in
      requests; transients should be gone.
    * `eigenvalue`: lambda, not real: an approximate root of the characteristic polynomial.
    * `steps`: at least 4; O(L) each.

    Returns None if the two halves differ by more than 10^-5 turns, or the orbit passes the
    equilibrium. Raises InvalidArgument if `eigenvalue` is real, or `steps` is below 4.

    Without evictions it is the angle of the mode:

    >>> from stabkit.dynamics.growth import disturbed_state
    >>> mix, mode = Workload.from_classes([(1, 2), (1, 3)]), complex(-3, 7**0.5) / 4
    >>> found = rotation_number(mix, disturbed_state(mix, mode, 0.1), mode)
    >>> math.isclose(found.value, cmath.phase(mode) / (2 * math.pi), rel_tol=1e-9)
    True
    """
    if not abs(complex(eigenvalue).imag) > 0:
        raise InvalidArgument(f"'eigenvalue' must not be real, not {shown(eigenvalue)}.")
    if steps < 4:
        raise InvalidArgument(f"'steps' must be at least 4, not {shown(steps)}.")
    projection = _left_eigenvector(mix, complex(eigenvalue))
    offset = projection.sum() * float(equilibrium_admissions(mix))
    run, points = ProductFormRun(mix, cohorts), np.empty(steps + 1, complex)
    for n in range(steps + 1):
        points[n] = projection @ run.cohorts() - offset
        run.advance(1)
    if not points.all():
        return None
    angle = cmath.phase(eigenvalue)  # increments are measured from the mode's own
    turns = (np.angle(points[1:] / points[:-1] * cmath.exp(-1j * angle)) + angle) / (2 * math.pi)
    first, second = (_birkhoff(half) for half in np.array_split(turns, 2))
    if abs(first - second) > _AGREEMENT:
        return None
    return RotationNumber(_birkhoff(turns), abs(first - second))


def dominant_frequencies(series: NDArray[Any], count: int = 4) -> tuple[Frequency, ...]:
    """Return the largest peaks of the power spectrum of a series, largest first.

    * `series` (ndarray of float, shape (steps,)): at least 16 terms, such as admissions less
      evictions.
    * `count`: peaks at most; those below a thousandth of the variance are left out.

    >>> n = np.arange(4000)
    >>> found = dominant_frequencies(3 * np.cos(0.7 * n) + np.cos(1.9 * n))
    >>> [(round(f.cycles_per_step * 2 * np.pi, 4), round(f.share, 2)) for f in found]
    [(0.7, 0.9), (1.9, 0.1)]
    """
    centred = np.asarray(series, float) - np.mean(series)
    power = np.abs(np.fft.rfft(centred * np.hanning(len(centred)))) ** 2
    power[:2] = 0  # the window leaks the mean into the first bins
    total, found = power.sum(), list[Frequency]()
    while len(found) < count and total:
        peak = int(np.argmax(power))
        low, high = max(peak - 2, 0), peak + 3  # the main lobe of the window
        share = float(power[low:high].sum() / total)
        if share < 1e-3:
            break
        found.append(Frequency((peak + _offset(power, peak)) / len(centred), share))
        power[low:high] = 0
    return tuple(found)


def _offset(power: NDArray[Any], peak: int) -> float:
    """Return where the parabola through three logarithms has its top, in bins from `peak`."""
    around = power[peak - 1 : peak + 2]
    if len(around) < 3 or not around.all():
        return 0.0
    left, middle, right = np.log(around)
    curvature = left - 2 * middle + right
    return float(0.5 * (left - right) / curvature) if curvature < 0 else 0.0


def _left_eigenvector(mix: Workload, eigenvalue: complex) -> NDArray[Any]:
    kernel = MemoryKernel.of(mix)
    weights, value = np.empty(kernel.length, complex), 0j
    for j, tokens in enumerate(kernel.coefficients):
        value = eigenvalue * value + tokens / kernel.first
        weights[j] = value
    weights[-1] = 0
    return weights


def _birkhoff(values: NDArray[Any]) -> float:
    t = (np.arange(len(values)) + 0.5) / len(values)
    weights = np.exp(-1 / (t * (1 - t)))
    return float(weights @ values / weights.sum())
