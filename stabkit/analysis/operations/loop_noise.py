"""The Fano factor of the admissions under any linear policy.

The policy says which kernel its closed loop has: for m >= 1, c_m is a mixture of the memory used,
g_m, and of that reserved, r_m. Its two slopes follow from c_1 and c_(L-1), as in
`stabkit.dynamics.policies.linearisation`, and the noise from them
(`stabkit.spectrum.fluctuations.loops`).
"""

from __future__ import annotations

from fractions import Fraction

from ...dynamics.policies import Policy, policy_named
from ...errors import InvalidArgument, shown
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...spectrum.fluctuations.joint_law import JointLaw
from ...spectrum.fluctuations.loops import loop_density
from ...spectrum.fluctuations.variance import Variance, Variances
from .closed_loops import closed_loop, closed_loop_kernel

__all__ = ["policy_fano_factor"]


def policy_fano_factor(mix: WorkloadLike, policy: Policy | str) -> Variance:
    """Return the variance of the admissions per step over their mean, under a linear policy.

    Parameters
    ----------
    mix : WorkloadLike
        Of single requests.
    policy : Policy or str
        As `closed_loop` takes it. What it answers is read as a number of requests, whatever their
        inputs: "greedy" too, unlike the server of `fano_factor`, which fills its memory.

    Returns
    -------
    Fraction or RealEnclosure
        Dimensionless, in the limit of a large server that evicts nothing.

    Raises
    ------
    InvalidArgument
        If the loop is not linear, not proved stable, or no enclosure was found.
    InvalidWorkload
        If the inputs of `mix` are means.

    References
    ----------
    docs/model.md, R13, Policies.

    Examples
    --------
    >>> mix = "9:1 1:2"
    >>> policy_fano_factor(mix, "rate-limited:0.9")
    Fraction(0, 1)
    >>> policy_fano_factor(mix, "damped:1/2") < policy_fano_factor(mix, "greedy")
    True
    """
    mix = as_workload(mix)
    law, kernel = JointLaw.of(mix), MemoryKernel.of(mix)
    rule = policy_named(policy, mix)
    loop = closed_loop_kernel(mix, rule)
    verdict = closed_loop(mix, rule).verdict
    if loop is None or verdict != "stable":
        what = "not linear" if loop is None else verdict
        raise InvalidArgument(
            f"'policy' must have a stable linear loop for a Fano factor, not {shown(what)}."
        )
    way, density = Variances.of(loop), loop_density(law, loop.at(0), *_slopes(kernel, loop))
    found = way(density) if way.exact or min(density.kernel) >= 0 else None
    if found is None:
        raise InvalidArgument(
            "'policy' must have a loop that is short, or positive with modes away from the unit "
            f"circle, for a proof of its Fano factor, not that of {shown(rule.name)}."
        )
    return found


def _slopes(kernel: MemoryKernel, loop: MemoryKernel) -> tuple[Fraction, Fraction]:
    """Return the slopes of c_0, c_1, ... in the memory used and in that reserved."""
    length, reserved = kernel.length, kernel.reserved
    if length == 1:
        return Fraction(0), Fraction(0)
    both = loop.at(length - 1) / kernel.at(length - 1)
    if length == 2:
        return both, Fraction(0)
    used = (both * reserved.at(1) - loop.at(1)) / (reserved.at(1) - kernel.at(1))
    return used, both - used
