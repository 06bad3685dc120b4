"""Rate limits: greedy admission, with no more than a number of requests per step."""

from __future__ import annotations

from dataclasses import MISSING, dataclass
from fractions import Fraction
from typing import Any, ClassVar

from ...model.kernel import MemoryKernel
from ...model.numbers import NumberLike, rational_argument
from ...model.workload import Workload
from ...records import Record
from ..capacity import equilibrium_admissions
from .policy import MemoryView, NotLinear, RationalParameters, parameter
from .registry import register_policy

__all__ = ["RateLimited"]

LARGEST_RATE = 10**18  # the largest capacity: no server admits more in a step


@register_policy
@dataclass(frozen=True, repr=False)
class RateLimited(Record, RationalParameters):
    """Fill the memory, but with no more than a number of requests per step.

    Parameters
    ----------
    rate : number
        0 < r <= 10^18, in requests per step.

    Notes
    -----
    With r <= a* it never evicts from step L on, whatever the start: all that is left was admitted
    at r per step at most, so that the memory is within sum_m g_m r = r G(1) <= B.

    Examples
    --------
    >>> from stabkit import RateLimited, Workload, simulate
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> run = simulate(mix, 50, policy=RateLimited(20))
    >>> float(max(run.admitted)), float(max(run.evicted))
    (20.0, 0.0)
    """

    rate: Any = parameter(
        MISSING,
        lambda r: 0 < r <= LARGEST_RATE,
        "positive and at most 10^18 per step",
        "r",
        lambda _: [Fraction(k, 20) for k in range(10, 31)],
    )
    name: ClassVar[str] = "rate-limited"
    label: ClassVar[str] = "rate {rate_over_equilibrium} a*"
    remark: ClassVar[str] = "A rate limit needs a*, which must be estimated from the mix."

    @classmethod
    def over_equilibrium(cls, mix: Workload, ratio: NumberLike = 1) -> RateLimited:
        """Return the policy of rate `ratio` a* on `mix`; the ratio in any form of a rational.

        Examples
        --------
        >>> RateLimited.over_equilibrium(Workload.from_classes([(5, 2)], capacity=130), "1.05").rate
        Fraction(21, 2)
        """
        return cls(rational_argument(ratio, "'ratio'") * equilibrium_admissions(mix))

    def parameters(self, mix: Workload) -> dict[str, Fraction]:
        """Return the rate in units of a*."""
        return {"rate_over_equilibrium": Fraction(self.rate) / equilibrium_admissions(mix)}

    @property
    def scheduler_options(self) -> dict[str, Any]:
        """The rate of `stabkit.simulate_requests`."""
        return {"rate": self.rate}

    def admissions(self, memory: MemoryView) -> Any:
        """Return the requests that fill the free memory, r at most."""
        return min(memory.free / memory.per_request, self.rate)

    def equilibrium(self, mix: Workload) -> Fraction:
        """Return min(r, a*), in requests per step."""
        return min(Fraction(self.rate), equilibrium_admissions(mix))

    def closed_loop(self, mix: Workload) -> MemoryKernel | NotLinear:
        """Return the kernel 1, of a(n) = r, for r < a*: it does not look at the memory.

        A rate r >= a* switches between two rules at its equilibrium, or right above it.
        """
        if self.rate < equilibrium_admissions(mix):
            return MemoryKernel(1, (1,), (1,), (0,))
        return NotLinear()
