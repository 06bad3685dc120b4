"""Damped admission: a fraction of what fits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from ...model.kernel import MemoryKernel
from ...model.workload import Workload
from ...records import Record
from ..capacity import simulated_capacity
from .policy import MemoryView, RationalParameters, parameter
from .registry import register_policy

__all__ = ["Damped"]


@register_policy
@dataclass(frozen=True, repr=False)
class Damped(Record, RationalParameters):
    """Admit a fraction of what fits.

    Parameters
    ----------
    gain : number
        kappa, 0 < kappa <= 1, any form of a rational; 1 is greedy.

    Notes
    -----
    At its equilibrium the memory holds the fraction kappa G(1) / (g_0 + kappa (G(1) - g_0)) of B.

    Examples
    --------
    >>> from stabkit import Damped, Workload, closed_loop
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> closed_loop(mix, Damped(1)).verdict, closed_loop(mix, Damped("1/2")).verdict
    ('unstable', 'stable')
    """

    gain: Any = parameter(
        Fraction(1, 2), lambda kappa: 0 < kappa <= 1, "above 0 and at most 1", r"\kappa"
    )
    name: ClassVar[str] = "damped"
    label: ClassVar[str] = "damped {gain}"

    def admissions(self, memory: MemoryView) -> Any:
        """Return kappa times the requests that fill the free memory."""
        return self.gain * memory.free / memory.per_request

    def equilibrium(self, mix: Workload) -> Fraction:
        """Return kappa B / (g_0 + kappa (G(1) - g_0)), in requests per step."""
        loop = self.closed_loop(mix)
        return Fraction(self.gain) * simulated_capacity(mix) * loop.denominator / loop.total

    def closed_loop(self, mix: Workload) -> MemoryKernel:
        """Return g_0, kappa g_1, ..., kappa g_(L-1): what is held later counts for less.

        g_0 a(n) = kappa (B - sum_(m >= 1) g_m a(n - m)).
        """
        return MemoryKernel.of(mix).damped(Fraction(self.gain))
