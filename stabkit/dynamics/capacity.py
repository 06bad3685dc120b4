"""The capacity of a simulated server, and the admissions of its eviction-free equilibrium.

A workload without a capacity gets B = G(1), which scales the fluid to a* = 1 request per step, in
every command. It may be less than the longest request needs: the fluid has parts of requests.

References
----------
docs/model.md, Equilibrium.
"""

from __future__ import annotations

from fractions import Fraction

from ..model.kernel import MemoryKernel
from ..model.workload import Workload

__all__ = ["Simulated", "equilibrium_admissions", "simulated_capacity"]


class Simulated:
    """A record of a workload that is simulated, whether or not a capacity is given."""

    mix: Workload

    @property
    def capacity(self) -> Fraction:
        """B in tokens, as `simulated_capacity` says."""
        return simulated_capacity(self.mix)

    @property
    def equilibrium_admissions(self) -> Fraction:
        """a*, in requests per step; 1 where the workload has no capacity."""
        return equilibrium_admissions(self.mix)


def simulated_capacity(mix: Workload) -> Fraction:
    """Return the capacity B in tokens; G(1), which makes a* = 1 request per step, if none is given.

    >>> simulated_capacity(Workload.from_classes([(5, 2)]))
    Fraction(13, 1)
    """
    if mix.capacity is not None:
        return mix.capacity
    kernel = MemoryKernel.of(mix)
    return Fraction(kernel.total, kernel.denominator)


def equilibrium_admissions(mix: Workload) -> Fraction:
    """Return a* = B / G(1), in requests per step; 1 where `mix` has no capacity.

    >>> equilibrium_admissions(Workload.from_classes([(5, 2)], capacity=130))
    Fraction(10, 1)
    """
    if mix.capacity is None:
        return Fraction(1)
    return mix.capacity / simulated_capacity(mix.with_capacity(None))
