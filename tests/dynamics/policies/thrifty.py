"""A policy of somebody else, in one file: linear, with two parameters."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from stabkit import (
    MemoryKernel,
    MemoryView,
    RationalParameters,
    Workload,
    parameter,
    register_policy,
)


@register_policy
@dataclass(frozen=True)
class Thrifty(RationalParameters):
    """Admit the fraction kappa of what fits into (1 - eta) B."""

    gain: Any = parameter(
        Fraction(1, 2), lambda kappa: 0 < kappa <= 1, "above 0 and at most 1", r"\kappa"
    )
    watermark: Any = parameter(
        Fraction(1, 10), lambda eta: 0 <= eta < 1, "at least 0 and below 1", r"\eta"
    )
    name: ClassVar[str] = "thrifty"
    label: ClassVar[str] = "thrifty {gain} {watermark:%}"
    remark: ClassVar[str] = "A thrifty server keeps some memory and takes its time."

    def admissions(self, memory: MemoryView) -> Any:
        """Return kappa times the requests that fill (1 - eta) B."""
        room = memory.free - self.watermark * memory.capacity
        return self.gain * room / memory.per_request if room > 0 else 0 * room

    def closed_loop(self, mix: Workload) -> MemoryKernel:
        """Return the kernel of damped admission: the watermark moves the equilibrium only."""
        return MemoryKernel.of(mix).damped(self.gain)
