"""Greedy admission: fill the memory, the model's own rule."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from ...model.kernel import MemoryKernel
from ...model.workload import Workload
from ...records import Record
from ..capacity import equilibrium_admissions
from .policy import MemoryView
from .registry import register_policy

__all__ = ["GREEDY", "Greedy"]


@register_policy
@dataclass(frozen=True, repr=False)
class Greedy(Record):
    """Fill the memory: admit (B - used) / sum p_k (s_k + 1) requests, the model's own rule.

    Examples
    --------
    >>> from stabkit import Greedy, Workload, simulate
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> float(simulate(mix, 1, policy=Greedy()).memory[0])  # all that fits
    140.0
    """

    name: ClassVar[str] = "greedy"

    @property
    def scheduler_options(self) -> dict[str, Any]:
        """None: it is what `stabkit.simulate_requests` does."""
        return {}

    def admissions(self, memory: MemoryView) -> Any:
        """Return the requests that fill the free memory."""
        return memory.free / memory.per_request

    def equilibrium(self, mix: Workload) -> Fraction:
        """Return a* = B / G(1), in requests per step."""
        return equilibrium_admissions(mix)

    def closed_loop(self, mix: Workload) -> MemoryKernel:
        """Return the memory kernel itself: sum_m g_m a(n - m) = B."""
        return MemoryKernel.of(mix)


GREEDY = Greedy()
