"""Closed loops: what a policy's characteristic polynomial says of its equilibrium.

While nothing is evicted and a policy admits by the same linear rule, the admissions obey a
recurrence, and the policy has a characteristic polynomial:

================ ==========================================================
greedy, headroom sum_m g_m lambda^(L-1-m)
damped           g_0 lambda^(L-1) + kappa sum_(m>=1) g_m lambda^(L-1-m)
reservation      sum_m r_m lambda^(L-1-m), r_m = sum_k p_k (s_k + l_k) 1{m < l_k}
rate-limited     lambda^(L-1) for r < a*: it does not look at the memory
================ ==========================================================

A rate limit r >= a* switches between two rules at its equilibrium, or right above it, and has none.

*Reservation is never unstable*: the r_m do not rise with m, so that every root has |lambda| <= 1
(Enestroem-Kakeya), and on the circle are exactly the g-th roots of unity but 1: it is marginal if
g > 1, stable if g = 1. That it evicts nothing holds from starts whose reservations fit.

References
----------
docs/model.md, Policies.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from sympy import Poly, Rational, Symbol

from ...dynamics.capacity import equilibrium_admissions
from ...dynamics.policies import (
    Damped,
    Greedy,
    Headroom,
    Policy,
    RateLimited,
    Reservation,
    policy_named,
)
from ...errors import InvalidArgument
from ...model.closed_loop import damped_kernel, reservation_kernel
from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.verdict import Verdict
from ...model.workload import Workload, check_workload
from ...spectrum.counting.counts import Counts, kernel_counts
from ...spectrum.roots.dominant import kernel_modes
from ...spectrum.roots.roots import Root
from ...spectrum.roots.spectral_radius import spectral_radius

__all__ = ["ClosedLoop", "closed_loop", "closed_loop_kernel", "closed_loop_polynomial"]

_DIGITS = 30
_LONGEST_POLYNOMIAL = 20_000
_LAMBDA = Symbol("lambda")


@dataclass(frozen=True)
class ClosedLoop:
    """The verdict on a policy's equilibrium; None throughout where its loop is not linear.

    Attributes
    ----------
    verdict : {"stable", "unstable", "marginal", "undecided"} or None
    counts : Counts or None
    spectral_radius : RealEnclosure or None
        max |lambda|; None where nothing is proved.
    modes : tuple of Root
        The dominant modes, a pair or one; empty where they were not resolved.
    reason : str
    """

    verdict: Verdict | None = None
    counts: Counts | None = None
    spectral_radius: RealEnclosure | None = None
    modes: tuple[Root, ...] = ()
    reason: str = ""

    @classmethod
    def unknown(cls, reason: str) -> Self:
        """Return the closed loop on which there is no verdict."""
        return cls(reason=reason)


def closed_loop_kernel(mix: Workload, policy: Policy | str) -> MemoryKernel | None:
    """Return the kernel whose polynomial is that of the closed loop, up to a factor.

    Parameters
    ----------
    mix : Workload
    policy : Policy or str
        As `policy_named` reads it.

    Returns
    -------
    MemoryKernel or None
        None for a rate limit, and for policies of others.

    Examples
    --------
    >>> mix = Workload.from_classes([(5, 1), (5, 3)])
    >>> closed_loop_kernel(mix, "reservation").coefficients
    (14, 8, 8)
    """
    kernel, rule = MemoryKernel.of(mix), policy_named(policy, mix)
    if isinstance(rule, (Greedy, Headroom)):
        return kernel
    if isinstance(rule, Damped):
        return damped_kernel(kernel, rule.gain)
    return reservation_kernel(kernel) if isinstance(rule, Reservation) else None


def closed_loop_polynomial(mix: Workload, policy: Policy | str) -> Poly:
    """Return the characteristic polynomial of a policy's closed loop.

    Parameters
    ----------
    mix : Workload
        Of longest decode length up to 20 000.
    policy : Policy or str
        As `policy_named` reads it.

    Returns
    -------
    sympy.Poly
        In lambda over QQ, of degree L - 1, with the leading coefficient g_0, r_0 or 1.

    Raises
    ------
    InvalidArgument
        If the closed loop is not linear, or L is beyond that.

    Examples
    --------
    >>> mix = Workload.from_classes([(5, 1), (5, 3)])
    >>> closed_loop_polynomial(mix, "damped:1/2")
    Poly(6*lambda**2 + 7/4*lambda + 2, lambda, domain='QQ')
    """
    rule, length = policy_named(policy, check_workload(mix)), mix.longest_decode
    if length > _LONGEST_POLYNOMIAL:
        raise InvalidArgument(
            f"'mix' must have decode lengths up to {_LONGEST_POLYNOMIAL} for a polynomial, "
            f"not {length}."
        )
    if _feeds_forward(mix, rule):
        return Poly(_LAMBDA ** (length - 1), _LAMBDA, domain="QQ")
    kernel = closed_loop_kernel(mix, rule)
    if kernel is None:
        raise InvalidArgument(
            "'policy' must be linear near its equilibrium for a characteristic polynomial, "
            f"not {rule.name}."
        )
    coefficients = [Rational(n, kernel.denominator) for n in kernel.coefficients]
    return Poly(coefficients, _LAMBDA, domain="QQ")


def closed_loop(mix: Workload, policy: Policy | str) -> ClosedLoop:
    """Return the verdict on a policy's eviction-free equilibrium, with exact counts.

    Parameters
    ----------
    mix : Workload
    policy : Policy or str
        As `policy_named` reads it.

    Returns
    -------
    ClosedLoop

    Examples
    --------
    >>> mix = Workload.from_classes([(5, 3), (5, 6)])
    >>> [closed_loop(mix, name).verdict for name in ("greedy", "damped:1/2", "reservation")]
    ['unstable', 'stable', 'marginal']
    """
    rule = policy_named(policy, mix)
    if _feeds_forward(mix, rule):
        counts = Counts(mix.longest_decode - 1, 0, 0, "feed-forward", True)
        zero = RealEnclosure(Fraction(0), Fraction(0))
        radius = zero if mix.longest_decode > 1 else None
        reason = "below the equilibrium a constant rate is admitted, whatever the memory"
        return ClosedLoop("stable", counts, radius, reason=reason)
    kernel = closed_loop_kernel(mix, rule)
    if kernel is None:
        return ClosedLoop.unknown("not known to be linear near an equilibrium")
    counts = _reserved(mix) if isinstance(rule, Reservation) else kernel_counts(kernel)
    modes = kernel_modes(kernel, 2, _DIGITS) if kernel.length > 1 else []
    radius = spectral_radius(kernel, modes, _DIGITS, counts.verdict)
    return ClosedLoop(counts.verdict, counts, radius, tuple(modes or ()), counts.reason)


def _feeds_forward(mix: Workload, rule: Policy) -> bool:
    return isinstance(rule, RateLimited) and rule.rate < equilibrium_admissions(mix)


def _reserved(mix: Workload) -> Counts:
    on = mix.gcd - 1
    reason = "Eneström-Kakeya: what is reserved falls with the stage, so that no mode grows."
    return Counts(mix.longest_decode - 1 - on, on, 0, "enestrom-kakeya", True, reason=reason)
