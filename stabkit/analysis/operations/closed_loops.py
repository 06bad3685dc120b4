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
A policy says itself which kernel is that of its loop, and its admissions must confirm it
(`stabkit.dynamics.policies.linearisation`): a policy of one's own is judged as these are.

*A kernel that falls, such as that of reservation, is never unstable*: where the r_m do not rise
with m, every root has |lambda| <= 1 (Enestroem-Kakeya), and on the circle are exactly the g-th
roots of unity but 1, g the gcd of the steps at which it falls: it is marginal if g > 1, stable if
g = 1. That reservation evicts nothing holds from starts whose reservations fit.

References
----------
docs/model.md, Policies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from sympy import Poly, Rational, Symbol

from ...dynamics.policies import NotLinear, Policy, policy_named
from ...dynamics.policies.linearisation import checked_loop
from ...errors import InvalidArgument, check_length
from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record
from ...spectrum.counting.counts import Counts, kernel_counts
from ...spectrum.counting.isolation import isolated_disc_counts
from ...spectrum.roots.dominant import kernel_modes
from ...spectrum.roots.roots import Root, isolated_roots, precision_of
from ...spectrum.roots.spectral_radius import spectral_radius

__all__ = [
    "ClosedLoop",
    "closed_loop",
    "closed_loop_kernel",
    "closed_loop_polynomial",
    "closed_loops",
]

_DIGITS = 30
_LONGEST_POLYNOMIAL = 20_000
_LONGEST_ISOLATED = 200  # terms of a kernel with negative parts: FLINT takes 0.2 s
_LAMBDA = Symbol("lambda")


@dataclass(frozen=True, repr=False)
class ClosedLoop(Record):
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

    Examples
    --------
    >>> from stabkit import Workload, closed_loop
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> closed_loop(mix, "greedy").verdict, closed_loop(mix, "damped:1/2").verdict
    ('unstable', 'stable')
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

    * `policy`: as `policy_named` reads it.

    Of L terms, or of one where the policy does not look at the memory; None where it is not linear
    near an equilibrium.

    >>> mix = Workload.from_classes([(5, 1), (5, 3)])
    >>> closed_loop_kernel(mix, "reservation").coefficients
    (14, 8, 8)
    """
    loop = checked_loop(mix, policy_named(policy, mix))
    return None if isinstance(loop, NotLinear) else loop


def closed_loop_polynomial(mix: WorkloadLike, policy: Policy | str) -> Poly:
    """Return the characteristic polynomial of a policy's closed loop.

    Parameters
    ----------
    mix : WorkloadLike
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
    mix = as_workload(mix)
    rule, length = policy_named(policy, mix), mix.longest_decode
    check_length(length, _LONGEST_POLYNOMIAL, "for a polynomial")
    kernel = closed_loop_kernel(mix, rule)
    if kernel is None:
        raise InvalidArgument(
            "'policy' must be linear near its equilibrium for a characteristic polynomial, "
            f"not {rule.name}."
        )
    kernel = _trimmed(kernel)
    coefficients = [Rational(n, kernel.denominator) for n in kernel.coefficients]
    return Poly(coefficients + [0] * (length - kernel.length), _LAMBDA, domain="QQ")


def closed_loop(mix: WorkloadLike, policy: Policy | str) -> ClosedLoop:
    """Return the verdict on a policy's eviction-free equilibrium, with exact counts.

    Parameters
    ----------
    mix : WorkloadLike
    policy : Policy or str
        As `policy_named` reads it; one of one's own is judged by the kernel that its `closed_loop`
        returns.

    Raises
    ------
    InvalidArgument
        If that kernel is not confirmed by the policy's own admissions.

    Returns
    -------
    ClosedLoop

    Examples
    --------
    >>> mix = Workload.from_classes([(5, 3), (5, 6)])
    >>> [closed_loop(mix, name).verdict for name in ("greedy", "damped:1/2", "reservation")]
    ['unstable', 'stable', 'marginal']
    """
    mix = as_workload(mix)
    return closed_loops(mix, [policy])[0]


def closed_loops(mix: Workload, policies: Sequence[Policy | str]) -> list[ClosedLoop]:
    """Return `closed_loop` of several policies; loops with the same kernel are judged once."""
    loops = [checked_loop(mix, policy_named(policy, mix)) for policy in policies]
    judged = {loop: _judged(loop, mix.longest_decode) for loop in dict.fromkeys(loops)}
    return [judged[loop] for loop in loops]


def _judged(loop: MemoryKernel | NotLinear, length: int) -> ClosedLoop:
    if isinstance(loop, NotLinear):
        return ClosedLoop.unknown(loop.reason)
    loop = _trimmed(loop)
    if loop.length == 1 < length:
        counts = Counts(length - 1, 0, 0, "feed-forward", True)
        reason = "below the equilibrium a constant rate is admitted, whatever the memory"
        return ClosedLoop("stable", counts, RealEnclosure(Fraction(0), Fraction(0)), (), reason)
    if min(*loop.shares, *loop.inputs) < 0:
        return _isolated(loop, length)
    counts = _counts(loop)
    modes = kernel_modes(loop, 2, _DIGITS)
    radius = spectral_radius(loop, modes, _DIGITS, counts.verdict)
    return ClosedLoop(counts.verdict, counts, radius, tuple(modes or ()), counts.reason)


def _trimmed(loop: MemoryKernel) -> MemoryKernel:
    """Return the kernel up to its last coefficient that is not 0, the modes of lambda = 0 left out.

    If g_(n-1) = t + n w is 0 for the longest n, then t + (m + 1) w for m < n - 1 is all that it
    adds: n - 1 stands in the place of n.
    """
    terms = {n: (w, t) for n, w, t in loop}
    while not loop.at(loop.length - 1):
        n = loop.length
        share, held = terms.pop(n)
        w, t = terms.get(n - 1, (0, 0))
        terms[n - 1] = w + share, t + held
        parts = [(n, *terms[n]) for n in sorted(terms) if any(terms[n])]
        lengths, shares, inputs = zip(*parts, strict=True)
        terms = {n: terms[n] for n in lengths}
        loop = MemoryKernel(loop.denominator, lengths, shares, inputs)
    return loop


def _counts(kernel: MemoryKernel) -> Counts:
    if any(kernel.shares):
        return kernel_counts(kernel)
    on = math.gcd(*kernel.decode_lengths) - 1
    reason = "Eneström-Kakeya: what is reserved falls with the stage, so that no mode grows."
    return Counts(kernel.length - 1 - on, on, 0, "enestrom-kakeya", True, reason=reason)


def _isolated(kernel: MemoryKernel, length: int) -> ClosedLoop:
    """Return the verdict on a kernel with negative parts, which other engines take to be none."""
    if kernel.length > _LONGEST_ISOLATED:
        reason = f"Kernels with negative parts are decided up to {_LONGEST_ISOLATED} terms."
        counts = Counts.unknown(reason, ((0.0, math.pi),))
        return ClosedLoop("undecided", counts, reason=reason)
    outside, on, inside = isolated_disc_counts(kernel.coefficients)  # zeros 1 / lambda
    reason = "Every root isolated in a ball that meets the unit circle only if the root does."
    counts = Counts(inside + length - kernel.length, on, outside, "flint", True, reason=reason)
    modes = isolated_roots(kernel, precision_of(_DIGITS))[:2]
    radius = spectral_radius(kernel, modes, _DIGITS, counts.verdict)
    return ClosedLoop(counts.verdict, counts, radius, tuple(modes), reason)
