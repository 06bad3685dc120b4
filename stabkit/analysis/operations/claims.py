"""Claims: what a recommendation says, each checkable by itself.

A claim names a workload, a policy and one quantity of theirs. `measured` finds the quantity,
whatever the claim says, and `holds` compares: nothing is recommended whose claims do not hold.
Long-run means are those of `long_run` with its own budget, as in every other report.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from ...dynamics.capacity import equilibrium_admissions
from ...dynamics.long_run import LongRun, long_run
from ...dynamics.policies import GREEDY, Policy, RateLimited
from ...dynamics.product_form import ProductFormRun
from ...model.workload import Workload
from .closed_loops import closed_loop

__all__ = [
    "TOLERANCE",
    "Claim",
    "holds",
    "long_means",
    "measured",
    "rate_limit",
    "token_throughput",
]

# Long-run means of orbits without a period are right to about 5e-4 (see `long_run`).
TOLERANCE = 1e-3
_START_UP = 100  # longest decode lengths that a start-up is given

ClaimedQuantity = Literal["verdict", "throughput", "evictions", "throughput after start-up"]


@dataclass(frozen=True)
class Claim:
    """One statement about a workload under a policy.

    Attributes
    ----------
    mix : Workload
    policy : Policy
    quantity : str
        "verdict" of the policy's closed loop; "throughput", completed tokens per step in the long
        run from empty; "evictions" per step in the long run from empty; "throughput after
        start-up": of greedy admission, after `policy` has filled the memory. A workload without a
        capacity has that of `simulated_capacity`.
    relation : {"is", "is not", "about", "at least"}
    value : str or float
        A verdict, or a number; throughputs and evictions are over those of the greedy equilibrium
        of the workload asked about, a* mu tokens and a* requests per step.
    scale : Fraction
        That a* mu, or a*, in the memory of `mix`.
    """

    mix: Workload
    policy: Policy
    quantity: ClaimedQuantity
    relation: Literal["is", "is not", "about", "at least"]
    value: str | float
    scale: Fraction = Fraction(1)


def holds(claim: Claim) -> bool:
    """Return whether the claim is true."""
    found = measured(claim)
    if isinstance(claim.value, str):
        return (found == claim.value) is (claim.relation == "is")
    if not isinstance(found, float):
        return False
    if claim.quantity == "evictions" and claim.value == 0:
        return found == 0  # none is none, without a tolerance
    if claim.relation == "at least":
        return found >= claim.value - TOLERANCE
    return abs(found - claim.value) <= TOLERANCE


def measured(claim: Claim) -> str | float | None:
    """Return the quantity that a claim is about; None where it is not known."""
    if claim.quantity == "verdict":
        return closed_loop(claim.mix, claim.policy).verdict
    if claim.quantity == "throughput after start-up":
        return _after_start_up(claim)
    run = long_means(claim.mix, claim.policy)
    if claim.quantity == "evictions":
        evicted = run.evictions_per_step
        return None if evicted is None else evicted / float(claim.scale)
    found = token_throughput(claim.mix, claim.policy)
    return None if found is None else found / float(claim.scale)


def long_means(mix: Workload, policy: Policy = GREEDY) -> LongRun:
    """Return the long-run means from empty; the policy is one that can be hashed."""
    rule: Any = policy
    return _long_means(mix, rule)


@lru_cache(maxsize=256)  # every claim of a proposal asks for a run that the idea has made
def _long_means(mix: Workload, policy: Any) -> LongRun:
    return long_run(mix, policy=policy)


def token_throughput(mix: Workload, policy: Policy) -> float | None:
    """Return completed tokens per step in the long run from empty."""
    ratio = long_means(mix, policy).throughput_ratio
    return None if ratio is None else ratio * _equilibrium_tokens(mix)


def _equilibrium_tokens(mix: Workload) -> float:
    return float(equilibrium_admissions(mix) * mix.mean_decode_length)


def _after_start_up(claim: Claim) -> float | None:
    start = ProductFormRun(claim.mix, policy=claim.policy)
    for _ in range(_START_UP):
        start.advance(claim.mix.longest_decode)
    ratio = long_run(claim.mix, start.cohorts(), policy=GREEDY).throughput_ratio
    if ratio is None or not math.isfinite(ratio):
        return None
    return ratio * _equilibrium_tokens(claim.mix) / float(claim.scale)


def rate_limit(mix: Workload, factor: Fraction = Fraction(1)) -> RateLimited:
    """Return the rate limit `factor` a*."""
    return RateLimited(factor * equilibrium_admissions(mix))
