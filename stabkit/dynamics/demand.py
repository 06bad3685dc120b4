"""The memory demand of a run from the empty memory, by the standard library alone.

In product form (R11) the state is the cohorts y_0, ..., y_(L-1), youngest first, and needs
sum_j g_j y_j tokens, with the memory kernel g, of a capacity B = sum_j g_j, so that a* = 1. A step
moves every cohort one stage on; then either what is free is admitted, free / g_0 requests, or the
youngest cohorts are evicted until the rest fits.

It is for a page that shows some hundred steps where numpy may not be at hand; `simulate` is for
everything else. The two agree: tests/dynamics/test_demand.py.

References
----------
docs/model.md, Model, R11.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator

from ..model.kernel import MemoryKernel
from ..model.workload import Workload

__all__ = ["memory_demand"]

_FULL = 1 + 8 * sys.float_info.epsilon  # of the capacity: what a sum of floats does not tell from 1


def memory_demand(mix: Workload, steps: int) -> Iterator[tuple[float, bool]]:
    """Yield the demand of steps 1, 2, ... over the capacity, and whether the step evicts.

    The demand is what the survivors of the step need, before anything is admitted or evicted.

    One kind of request, of two steps: every second step all of the memory is free again.

    >>> from stabkit import Workload
    >>> mix = Workload.from_classes([(2, 2)])
    >>> [(round(part, 3), evicts) for part, evicts in memory_demand(mix, 3)]
    [(1.333, True), (0.0, False), (1.333, True)]
    """
    kernel = MemoryKernel.of(mix)
    weights = [n / kernel.total for n in kernel.coefficients]
    cohorts = deque([0.0] * kernel.length, maxlen=kernel.length)
    _fit(cohorts, weights, 1.0)
    for _ in range(steps):
        cohorts.appendleft(0.0)
        part = sum(size * weight for size, weight in zip(cohorts, weights, strict=True))
        yield part, part > _FULL
        _fit(cohorts, weights, 1 - part)


def _fit(cohorts: deque[float], weights: list[float], free: float) -> None:
    """Admit what is free, or evict the youngest cohorts until nothing is missing."""
    if free >= 0:
        cohorts[0] += free / weights[0]
        return
    for stage, weight in enumerate(weights):
        lost = min(cohorts[stage], -free / weight)
        cohorts[stage] -= lost
        free += lost * weight
        if free >= 0:
            return
