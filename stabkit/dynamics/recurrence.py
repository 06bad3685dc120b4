"""The period of a series of floats, where its end repeats.

References
----------
docs/model.md, Model: a step either admits or evicts, so that the series of admissions less
evictions holds both, and its last L terms determine a state of product form: every cohort in it is
born among them, and evictions take the youngest first. If the series repeats over L steps, the
state does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.kernel import MemoryKernel
from ..model.workload import Workload
from .product_form import FULL_TO_ROUNDING

__all__ = ["find_period", "told_recurrence"]

# Single terms that a lag must reproduce before it is tested in full, and full tests at most.
_PREFILTER = 32
_CANDIDATES = 64
# A lag that repeats within this many tolerances, but not one, is the period of what the series is
# still converging to: a larger lag that happens to do better is not its period.
_APPROACHING = 1000


def find_period(series: NDArray[Any], window: int, tolerance: float) -> int | None:
    """Return the smallest lag at which the end of a series repeats.

    * `series`: ndarray of float, shape (steps,).
    * `window`: steps that must repeat at least; the test covers max(window, 2 P).
    * `tolerance`: largest |d_n - d_(n-P)| that counts as equal, in the units of the series; no
      smaller lag may come within 1000 times that.

    Returns the minimal period P, in steps. None if no lag up to a third of the series repeats, or
    the series is still approaching a smaller period.

    >>> find_period(np.array([7.0, 8, 9] + [3.0, 1, 2, 1] * 5), window=6, tolerance=1e-9)
    4
    """
    count = len(series)
    # Twice what may differ, so that rounding in the two bounds drops no lag.
    most, near = max(min(count // 3, count - window), 0), 2 * _APPROACHING * tolerance
    past, last = series[-1 - most : -1], series[-1:]
    lags = most - np.flatnonzero((past >= last - near) & (past <= last + near))[::-1]
    for back in range(1, min(_PREFILTER, count // 3) + 1):
        change = np.abs(series[count - back] - series[count - back - lags])
        lags = lags[change <= _APPROACHING * tolerance]
        if not lags.size:
            return None
    for lag in lags[:_CANDIDATES].tolist():
        change = _change(series, lag, max(window, 2 * lag))
        if change <= _APPROACHING * tolerance:
            return int(lag) if change <= tolerance else None
    return None


def _change(series: NDArray[Any], lag: int, span: int) -> float:
    """Return the largest change over `lag` steps in the last `span`; infinite beyond the start."""
    end = len(series)
    if span + lag > end:
        return float("inf")
    return float(np.abs(series[end - span :] - series[end - span - lag : end - lag]).max())


def told_recurrence(mix: Workload, least: float) -> float:
    """Return `least`, or the recurrence relative to a* that rounding in the memory can hide."""
    kernel = MemoryKernel.of(mix)
    return max(least, FULL_TO_ROUNDING * (kernel.total / kernel.first))
