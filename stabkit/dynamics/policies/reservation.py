"""Reservation: a request is admitted where its whole life fits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from ...model.kernel import MemoryKernel
from ...model.workload import Workload
from ...records import Record
from ..capacity import simulated_capacity
from .policy import MemoryView
from .registry import register_policy

__all__ = ["Reservation"]


@register_policy
@dataclass(frozen=True, repr=False)
class Reservation(Record):
    """Hold s_k + l_k tokens for every request from its admission on.

    Notes
    -----
    Nothing is ever evicted from a start whose reservations fit into B, such as the empty one: their
    sum stays within B, and no request ever holds more than its own. From a start whose
    reservations do not fit it admits nothing until they do, and may evict meanwhile: of s = 2,
    l = 3 and B = 100, 25 requests in stage 1 need 125 tokens in the next step, and 5 are evicted.

    Examples
    --------
    >>> from stabkit import Reservation, Workload, simulate
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> run = simulate(mix, 50, policy=Reservation())
    >>> float(max(run.memory)), float(max(run.evicted))
    (140.0, 0.0)
    """

    name: ClassVar[str] = "reservation"
    remark: ClassVar[str] = (
        "From empty, as from any start whose reservations fit, reservation never evicts; what "
        "it costs is the memory that it keeps unused."
    )

    @property
    def scheduler_options(self) -> dict[str, Any]:
        """The reservation of `stabkit.simulate_requests`, of each request's own length."""
        return {"reserve": "true-length"}

    def admissions(self, memory: MemoryView) -> Any:
        """Return the requests whose whole lives fit beside those of the survivors."""
        room = memory.capacity - memory.reserved
        return room / memory.lifetime_per_request if room > 0 else 0 * room

    def equilibrium(self, mix: Workload) -> Fraction:
        """Return B / sum p_k l_k (s_k + l_k), in requests per step."""
        loop = self.closed_loop(mix)
        return simulated_capacity(mix) * loop.denominator / loop.total

    def closed_loop(self, mix: Workload) -> MemoryKernel:
        """Return r_m = sum_k p_k (s_k + l_k) 1{m < l_k}: sum_m r_m a(n - m) = B."""
        return MemoryKernel.of(mix).reserved
