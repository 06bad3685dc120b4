"""The soft start of whole requests: how much slower chance makes it, in the Gaussian approximation.

Greedy steps of the fluid after a start of (1 - delta) a* admit a_n = a* (1 - delta + delta b_n).
In a large server of whole requests the admissions swing around that, in the end with variance V a*,
V the Fano factor (R13), and a step evicts where fewer than none would be admitted. *Approximation*:
they are Gaussian with that variance from the first greedy step on, so that

    P(an eviction in the L greedy steps 0, ..., L - 1)
        <~ sum_(n<L) Phi(-sqrt(a* / V) (1 - delta + delta b_n)),                               (1)

a union bound. As long as delta <= delta* every argument is at most 0, where Phi is convex, so that
the delta for which (1) is at most 5 % are an interval. None is given where 0 is not in it: chance
evicts in the steady state too, and a slow start took a fiftieth off that where it was tried.

What is neglected: that the noise of the first greedy steps is smaller than V a*; the slack, and
that admissions are whole; evictions within the slow start, whose memory is far from full. Measured
with `stabkit.simulate_requests` on five mixes, a* from 20 to 2000, the Azure conversation trace
among them (a* = 60): where (1) promises 5 %, 0 to 2 % of up to 150 starts evict; at delta* itself
1 to 74 %, and all 16 of the trace.

References
----------
docs/model.md, R13, R21.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from ...errors import InvalidWorkload
from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.workload import Workload
from ..fluctuations.evictions import whole_requests
from ..fluctuations.fano import fano_factor
from .partial_sums import PartialSums

__all__ = ["whole_delta"]

_RISK = 0.05
_HALVINGS = 50


def whole_delta(mix: Workload, largest: float) -> float | None:
    """Return the largest delta for which (1) is at most 5 %.

    * `mix`: a stable one with a capacity.
    * `largest`: delta* of the fluid.

    Returns None where even a start at a* evicts more often, or the Fano factor is not known.

    >>> mix = Workload.from_classes([(2, 2), (2, 3)], capacity=5000)
    >>> round(whole_delta(mix, 18 / 37), 2)
    0.41
    """
    try:
        fano = fano_factor(whole_requests(mix))
    except InvalidWorkload:
        return None
    kernel = MemoryKernel.of(mix)
    assert mix.capacity is not None
    admissions = float(kernel.admissions(mix.capacity))
    variance = float(fano.high if isinstance(fano, RealEnclosure) else fano)
    if not variance:
        return largest
    sums = [float(ball.mid()) for ball in PartialSums(kernel, kernel.length).balls]
    return _largest(sums, math.sqrt(admissions / variance), largest)


def _largest(sums: Sequence[float], scale: float, top: float) -> float | None:
    """Return the end of the interval in which (1), convex, is at most 5 %; None if 0 is not."""

    def risk(delta: float) -> float:
        return sum(math.erfc(scale * (1 - delta + delta * b) / math.sqrt(2)) / 2 for b in sums)

    if risk(0.0) > _RISK:
        return None
    if risk(top) <= _RISK:
        return top
    low = 0.0
    for _ in range(_HALVINGS):
        middle = (low + top) / 2
        low, top = (middle, top) if risk(middle) <= _RISK else (low, middle)
    return low
