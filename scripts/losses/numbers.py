"""What limit cycles cost: the loss of throughput, its limits, and what each class completes.

*Worst cycle.* One decode length l, input s: the cohorts have merged into one, and the server loses
(l - 1) / (2 (s + l)) of the equilibrium's throughput (R6). At a fixed s that grows with l to 1/2,
which it never reaches; at a fixed l it falls to 0 as s grows: what a request brings along weighs
more and more than what it gathers on the way.

*Synchronised cycle.* Decode lengths g n_1, ..., g n_K: the same with g steps between cohorts (R10).
At a fixed s the loss grows with g, to

    E[n] / E[n (n + 1)] <= 1/2,

for the loss is (g - 1) E[n] / (2 E[n (s + g (n + 1) / 2)]) (R10, with l_k = g n_k), which at s = 0
is 1 - 1/g of it. The limit is 1/2 for n = 1 alone, the worst cycle.

*Completion shares.* Evictions take equal fractions of all classes in a stage, so that in the long
run class k completes, per step,

    p_k (a - sum_(j < l_k) e_j),

where a requests are admitted and e_j evicted per unit of share at the stages j. Hence completions
over p_k a* *never rise with the decode length*, and two classes differ in them only if evictions
reach a stage that the shorter one does not have. Then requests and tokens tell different stories:
more requests than at the equilibrium may complete, as they are the short ones.

References
----------
docs/model.md, R6, R10, R11 and Class mix.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from stabkit import (
    Cycles,
    InvalidArgument,
    Workload,
    renormalized,
    synchronized_loss,
    unit_circle_counts,
    worst_cycle_loss,
)

__all__ = [
    "WORST_LIMIT",
    "LongRunRatios",
    "class_completions",
    "divisor_losses",
    "long_run_ratios",
    "synchronized_limit",
    "synchronized_losses",
    "worst_cycle_losses",
]

WORST_LIMIT = Fraction(1, 2)  # of R6's loss, for l to infinity


def worst_cycle_losses(s: int, decodes: Sequence[int]) -> list[Fraction]:
    """Return the worst cycle's loss at the input s for each decode length (R6)."""
    return [worst_cycle_loss(s, length) for length in decodes]


def synchronized_losses(s: int, factors: Sequence[int], numbers: Sequence[int]) -> list[Fraction]:
    """Return the synchronised cycle's loss at the input s and decode lengths g n_k for each g."""
    mixes = (Workload.from_classes([(s, g * n) for n in numbers]) for g in factors)
    return [synchronized_loss(mix) for mix in mixes]


def synchronized_limit(numbers: Sequence[int]) -> Fraction:
    """Return the limit of the synchronised loss for g to infinity: E[n] / E[n (n + 1)].

    Parameters
    ----------
    numbers : sequence of int
        n_k >= 1: decode lengths g n_k, in equal shares.

    References
    ----------
    docs/model.md, R10; the module's docstring.

    Examples
    --------
    >>> synchronized_limit([2, 3]), synchronized_limit([1])
    (Fraction(5, 18), Fraction(1, 2))
    """
    return Fraction(sum(numbers), sum(n * (n + 1) for n in numbers))


def divisor_losses(mix: Workload, divisors: Sequence[int]) -> tuple[list[Fraction], str]:
    """Return the loss in step by each divisor, and the verdict on the mix over its gcd (R10)."""
    losses = [synchronized_loss(mix, d) for d in divisors]
    return losses, unit_circle_counts(renormalized(mix)).verdict


def class_completions(found: Cycles) -> tuple[Fraction | float, ...]:
    """Return completions over p_k a* of the run from empty, for each class.

    Parameters
    ----------
    found : Cycles
        As `stabkit.cycles` returns it.

    Returns
    -------
    tuple of K Fractions or floats
        Dimensionless; Fractions where the run ends on an exact cycle, else long-run means.

    Raises
    ------
    InvalidArgument
        If the run has neither.

    References
    ----------
    docs/model.md, Class mix.

    Examples
    --------
    >>> from stabkit import cycles
    >>> mix = Workload.from_classes([(0, 6, 8), (0, 10, 8), (0, 1, 7)])
    >>> [f"{float(ratio):.3f}" for ratio in class_completions(cycles(mix))]
    ['0.758', '0.758', '3.313']
    """
    ratios, shares = long_run_ratios(found), (c.share for c in found.mix.classes)
    return tuple(
        ratios.requests * done / share
        for done, share in zip(ratios.completed_shares, shares, strict=True)
    )


class LongRunRatios(NamedTuple):
    """Tokens and requests completed per step, over the equilibrium's, and each class's share."""

    tokens: Fraction | float
    requests: Fraction | float
    completed_shares: tuple[Fraction | float, ...]


def long_run_ratios(found: Cycles) -> LongRunRatios:
    """Return what the run from empty completes; exact where it ends on an exact cycle."""
    seen = found.observations[0]
    if seen.cycle is not None:
        cycle = seen.cycle
        return LongRunRatios(cycle.throughput_ratio, cycle.request_ratio, cycle.completed_shares)
    tokens, requests, shares = seen.throughput_ratio, seen.request_ratio, seen.completed_shares
    if tokens is None or requests is None or shares is None:
        raise InvalidArgument("'found' must have long-run means of the run from empty, not None.")
    return LongRunRatios(tokens, requests, shares)
