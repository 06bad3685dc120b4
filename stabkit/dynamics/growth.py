"""How fast a small disturbance of the equilibrium grows, measured by simulation.

While nothing is evicted the dynamics is linear, whatever the size of the deviation. Along a mode
lambda of the characteristic polynomial the admissions are

    a_n = a* (1 + size Re(c lambda^n)),        hence  y_j = a* (1 + size Re(c lambda^(-j)))

for the cohorts admitted j steps ago. The deviation d_n = a_n - a* of a complex pair obeys, at every
lag h, the recurrence

    d_(n + 2h) = t d_(n + h) - q d_n,    t = 2 Re lambda^h,  q = |lambda|^(2h),

so that least squares for (t, q) over a run before its first eviction measure the growth per step
|lambda| = q^(1/(2h)); a real mode needs d_(n + h) = r d_n only. A lag with |sin(h arg lambda)| near
1 keeps the two columns independent where the mode turns slowly. The mode that was put in chooses
the start and the lag; what is measured is the simulator's.

References
----------
docs/model.md, Stability.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from numbers import Complex, Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidArgument, shown
from ..model.kernel import MemoryKernel
from ..model.workload import Workload
from .capacity import equilibrium_admissions
from .policies import GREEDY, Policy
from .policies.linearisation import level_admissions
from .product_form import FULL_TO_ROUNDING, ProductFormRun

__all__ = ["Growth", "disturbed_state", "growth_per_step", "measure_growth"]

# A run stops growing at half the equilibrium, where admissions are still far from 0.
_LARGEST_SIZE = 0.5
# Rounding excites the other modes, which may grow about as fast: what it is to the disturbance at
# the start, it remains. From here to the largest size is a factor of 500: at least 9 steps, since
# |lambda| <= 2.
_SMALLEST_SIZE = 1e-3
# What a measured growth per step must be certain to, and the multiply-adds it may cost.
_LARGEST_UNCERTAINTY = 1e-7
_WORK = 400_000_000


@dataclass(frozen=True)
class Growth:
    """A measured growth.

    * `per_step`: the factor by which the disturbance grows per step, dimensionless.
    * `uncertainty`: standard error of `per_step`, from the residuals of the least squares.
    * `steps`: how many steps of the run were used.
    """

    per_step: float
    uncertainty: float
    steps: int


def growth_per_step(
    admitted: NDArray[Any],
    equilibrium: float,
    real_mode: bool,
    lag: int = 1,
    rounding: float = 0.0,
) -> Growth | None:
    """Fit the growth per step of a single mode to a run before any eviction.

    * `admitted` (ndarray of float, shape (steps,)): admissions of consecutive steps, in requests.
    * `equilibrium`: a*, in requests per step.
    * `real_mode`: whether one real mode is present; otherwise a complex pair.
    * `lag`: h >= 1, in steps.
    * `rounding`: what an admission is rounded by, in requests: residuals are not trusted to be
      smaller.

    None if there are fewer than 2 equations more than unknowns, the deviation is zero, or the best
    recurrence is not that of a mode (q <= 0).

    Minimises |d_(n+2h) - t d_(n+h) + q d_n|^2 over n. The standard error counts what rounding and
    other modes leave over; it does not know a disturbance that repeats.

    >>> d = np.array([1.1**n * math.cos(0.7 * n) for n in range(20)])
    >>> round(growth_per_step(5 + d, 5, real_mode=False).per_step, 12)
    1.1
    """
    order = 1 if real_mode else 2
    deviation = np.asarray(admitted, float) - float(equilibrium)
    equations = len(deviation) - order * lag
    if equations < order + 2 or not deviation.any():
        return None
    columns = np.stack([deviation[i * lag : i * lag + equations] for i in range(order)], axis=1)
    target = deviation[order * lag :]
    weights, _, rank, _ = np.linalg.lstsq(columns, target)
    determinant = abs(weights[0]) if real_mode else -weights[0]
    if rank < order or not determinant > 0:
        return None
    residual = target - columns @ weights
    variance = max((residual @ residual) / (equations - order), rounding**2)
    error = math.sqrt(variance * np.linalg.inv(columns.T @ columns)[0, 0])
    per_step = float(determinant ** (1 / (order * lag)))
    return Growth(per_step, per_step * error / (determinant * order * lag), len(deviation))


def disturbed_state(
    mix: Workload, eigenvalue: complex, size: float = 0.01, level: float | None = None
) -> NDArray[Any]:
    """Return cohorts at the equilibrium plus a disturbance along one mode.

    * `eigenvalue`: lambda, a root of the characteristic polynomial; not 0 and finite. It is not
      checked to be a root: for another number the state is not full, and the run starts with a fit.
    * `size`: largest relative deviation from the level, 0 < size <= 1.
    * `level`: admissions per step of the equilibrium that is disturbed; a* by default.

    They are y_j = a* (1 + size Re(lambda^(-j)) / max_i |lambda^(-i)|), youngest first, in requests,
    shape (L,): a start for `ProductFormRun` and `long_run`. Raises InvalidArgument if `eigenvalue`
    or `size` is outside its domain.

    lambda = -7/6 is the mode of (s, l) = (5, 2), so that the memory stays at its capacity 13:

    >>> y = disturbed_state(Workload.from_classes([(5, 2)]), -7 / 6, size=0.5)
    >>> round(float(6 * y[0] + 7 * y[1]), 12)
    13.0
    """
    mode = _mode(eigenvalue)
    if not isinstance(size, (int, float)) or not 0 < size <= 1:
        raise InvalidArgument(f"'size' must be above 0 and at most 1, not {shown(size)}.")
    stages = np.arange(mix.longest_decode)
    logarithms = -stages * math.log(abs(mode))
    wave = np.exp(logarithms - logarithms.max()) * np.cos(stages * cmath.phase(mode))
    mean = float(equilibrium_admissions(mix)) if level is None else level
    cohorts: NDArray[Any] = mean * (1 + size * wave)
    return cohorts


def measure_growth(
    mix: Workload,
    eigenvalue: complex,
    size: float | None = None,
    steps: int | None = None,
    policy: Policy = GREEDY,
) -> float | None:
    """Measure the growth per step of one mode in a simulated run.

    * `eigenvalue`: lambda, the mode to disturb; its modulus is what should be measured.
    * `size`: largest relative deviation at the start, 0 < size <= 1. By default 1/2 for a decaying
      mode, and for a growing one as much less as lets it reach 1/2 at the end of the run.
    * `steps`: at least 1; by default about four turns of the mode and four decode lengths, and at
      most what takes a growing mode from 1e-3 to 1/2.
    * `policy`: one that keeps a level; `eigenvalue` is a root of the polynomial of its closed loop.

    None where the run cannot tell it: the first eviction comes too early for the fit; the deviation
    never rises to 10^4 times what rounding does to an admission, about 2^-49 G(1)/g_0 of a* (a fast
    decaying mode has died out of the young cohorts); the standard error exceeds 1e-7; or the run
    would take more than 4 10^8 multiply-adds. Raises InvalidArgument if `eigenvalue`, `size` or
    `steps` is outside its domain, or `policy` keeps no level.

    Rounding excites all modes. A mode that is not the dominant one is measured only until that one
    has outgrown it; the standard error shows that.

    >>> mix = Workload.from_classes([(10, 5)])
    >>> mode = max(np.roots([11, 12, 13, 14, 15]), key=abs)
    >>> math.isclose(measure_growth(mix, mode), abs(mode), rel_tol=1e-10)
    True
    """
    mode = _mode(eigenvalue)
    if steps is not None and (not isinstance(steps, Integral) or steps < 1):
        raise InvalidArgument(f"'steps' must be a positive integer, not {shown(steps)}.")
    count = _run_length(mix.longest_decode, mode) if steps is None else int(steps)
    if count * mix.longest_decode > _WORK:
        return None
    if size is None:
        size = _LARGEST_SIZE * math.exp(min(0.0, -count * math.log(abs(mode))))
        size = max(size, _SMALLEST_SIZE)
    level = float(level_admissions(mix, policy))
    start = disturbed_state(mix, mode, size, level)
    start[0] = 0  # the first fit admits it: every policy by its own rule
    run = ProductFormRun(mix, start, policy=policy)
    block = run.advance(count)
    evicting = np.flatnonzero(block.evicted)
    admitted = block.admitted[: evicting[0] if evicting.size else count]
    return _measured(mix, admitted, mode, level)


def _measured(
    mix: Workload, admitted: NDArray[Any], mode: complex, equilibrium: float
) -> float | None:
    kernel = MemoryKernel.of(mix)
    rounding = FULL_TO_ROUNDING * (kernel.total / kernel.first) * equilibrium
    if not admitted.size or np.abs(admitted - equilibrium).max() < 1e4 * rounding:
        return None
    real = abs(mode.imag) <= 1e-12 * abs(mode)
    lag = 1 if real else _lag(cmath.phase(mode), len(admitted) // 4)
    growth = growth_per_step(admitted, equilibrium, real, lag, rounding)
    if growth is None or growth.uncertainty > _LARGEST_UNCERTAINTY:
        return None
    return growth.per_step


def _run_length(longest_decode: int, mode: complex) -> int:
    """Return four turns of the mode and four decode lengths, but not past the eviction."""
    turns = 4 * 2 * math.pi / max(abs(cmath.phase(mode)), 1e-6)
    wanted = math.ceil(turns) + 4 * longest_decode + 100
    rate = math.log(abs(mode))
    if rate <= 0:
        return wanted
    return min(wanted, int(math.log(_LARGEST_SIZE / _SMALLEST_SIZE) / rate))


def _lag(angle: float, longest: int) -> int:
    """Return the first lag h with |sin(h angle)| >= 1/2, or the best up to `longest`."""
    lags = np.arange(1, max(longest, 1) + 1)
    independence = np.abs(np.sin(lags * angle))
    good = np.flatnonzero(independence >= 0.5)
    return int(lags[good[0] if good.size else independence.argmax()])


def _mode(eigenvalue: Any) -> complex:
    valid = isinstance(eigenvalue, Complex) and not isinstance(eigenvalue, bool)
    mode = complex(eigenvalue) if valid else complex("nan")
    if not cmath.isfinite(mode) or mode == 0:
        raise InvalidArgument(
            f"'eigenvalue' must be a finite complex number other than 0, not {shown(eigenvalue)}."
        )
    return mode
