"""Mixes in which no state evicts, and a sharp bound on what a step can evict in the others.

Let the memory be full in product form, x_k^(j) = p_k y_j with y_j >= 0 and sum_j g_j y_j = B (R11).
The step moves every y_(m-1) to stage m, where the survivors need sum_(1<=m<L) g_m y_(m-1) tokens.

*No start evicts.* If g_m <= g_(m-1) for all 1 <= m < L, that is at most sum g_(m-1) y_(m-1) <= B.
If g_m > g_(m-1) for one m, a memory full of stage m - 1 needs B g_m / g_(m-1) > B, and evicts. So
*no state of product form evicts iff the kernel never rises*, E[(S + m) 1{T = m}] >= P(T > m): what
completes at the age m frees at least what the others grow. All of 1, ..., L are decode lengths
then. For one input length s it is a lower bound on the hazard, P(T = m | T >= m) >= 1 / (s + m + 1)
for 1 <= m < L; a geometric law of decode lengths meets it iff its mean is at most s + 2.

*How much.* By the same inequality a step from product form evicts at most

    B max_(1<=m<L) (g_m / g_(m-1) - 1)^+                                                       (1)

tokens, counted as the evicted would need them next, and a memory full of one stage does.

*Where they end.* (1 - z) G = g_0 - sum_(1<=m<L) (g_(m-1) - g_m) z^m - g_(L-1) z^L. If the kernel
never rises, the numbers taken away are non-negative and add up to g_0. So a zero with |z| <= 1 has
z^m = 1 wherever g_m < g_(m-1), and z^L = 1: with d the gcd of those ages and of L, the zeros there
are the d-th roots of unity, each simple, and all but z = 1 are zeros of G. Hence the equilibrium is
stable if d = 1, and marginal with d - 1 modes on the circle if not. A run without evictions is
linear, so that for d = 1 every start of product form reaches the equilibrium, and for d > 1 some do
not. Every start at all is of product form after L steps, so that this holds of all starts, but for
evictions in the first L steps.

References
----------
docs/model.md, R11, R19.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.workload import Workload
from ...records import Record

__all__ = ["NoEviction", "never_evicts"]


@dataclass(frozen=True, repr=False)
class NoEviction(Record):
    """Whether a state can evict, and how much: of states of product form, as all are in the end.

    Attributes
    ----------
    mix : Workload
    certain : bool
        No state of product form ever evicts: the kernel never rises.
    rising : tuple of (int, int)
        The ages m with g_m > g_(m-1), 1 <= m < L, as runs (first, last), ascending; a memory full
        of requests that have made m - 1 steps evicts.
    ages_gcd : int
        That of L and of the ages with g_m < g_(m-1).
    worst_age : int or None
        The age of the largest g_m / g_(m-1); None where no state evicts.
    largest_eviction : Fraction
        The most that a step can evict, as a fraction of the capacity; 0 where none does.

    Examples
    --------
    >>> from stabkit import Workload, never_evicts
    >>> never_evicts(Workload.from_classes([(5, 3), (5, 5)])).largest_eviction
    Fraction(1, 6)
    >>> never_evicts(Workload.from_classes([(0, 1), (0, 2)])).certain
    True
    """

    mix: Workload
    certain: bool
    rising: tuple[tuple[int, int], ...]
    ages_gcd: int
    worst_age: int | None
    largest_eviction: Fraction

    @property
    def attracts_every_start(self) -> bool:
        """Whether this proves that every start reaches the equilibrium."""
        return self.certain and self.ages_gcd == 1

    @property
    def largest_tokens(self) -> Fraction | None:
        """The most tokens that a step can evict, as they are needed next; None without capacity."""
        return None if self.mix.capacity is None else self.largest_eviction * self.mix.capacity


def never_evicts(mix: WorkloadLike) -> NoEviction:
    """Return whether no start evicts, whatever is in memory, and else how much a step can evict.

    Parameters
    ----------
    mix : WorkloadLike
        Of any length; its capacity plays no role but for `NoEviction.largest_tokens`.

    Returns
    -------
    NoEviction
        Exact.

    Raises
    ------
    InvalidWorkload
        If `mix` is no Workload.

    Notes
    -----
    Both are about states of product form, x_k^(j) = p_k y_j: the empty memory is one, and L steps
    after any start every state is. In other states even such a mix may evict.

    No state evicts iff g_m <= g_(m-1) for 1 <= m < L; else a step evicts at most
    B max (g_m / g_(m-1) - 1) tokens, which is attained. Between two decode lengths the kernel
    rises, the fastest in the first step, so that a few numbers per decode length decide.

    References
    ----------
    docs/model.md, R19.

    Examples
    --------
    >>> never_evicts(Workload.from_classes([(1, 1), (1, 2)])).attracts_every_start
    True
    >>> found = never_evicts(Workload.from_classes([(5, 1), (5, 3)], capacity=700))
    >>> found.rising, found.largest_eviction, found.largest_tokens
    (((2, 2),), Fraction(1, 7), Fraction(100, 1))
    """
    mix = as_workload(mix)
    kernel = MemoryKernel.of(mix)
    rising: list[tuple[int, int]] = []
    falls, worst_age, largest = kernel.length, None, Fraction(0)
    for first, last, before, after in _changes(kernel):
        if after > before:
            rising.append((first, last))
            if (growth := Fraction(after, before) - 1) > largest:
                worst_age, largest = first, growth
        elif after < before:
            falls = math.gcd(falls, first)
    return NoEviction(mix, not rising, _joined(rising), falls, worst_age, largest)


def _changes(kernel: MemoryKernel) -> Iterator[tuple[int, int, int, int]]:
    """Yield runs of ages, first to last, in which the kernel goes one way, with D g_(first-1), D g.

    Within a run of several ages it rises by D P(T > m) a step, by the largest factor in the first.
    """
    before = 0
    for start, stop, share, held in kernel.plateaus():
        if start:
            yield start, start, before, held + (start + 1) * share
        if stop - start > 1:
            yield start + 1, stop - 1, held + (start + 1) * share, held + (start + 2) * share
        before = held + stop * share


def _joined(runs: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined and joined[-1][1] == first - 1:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return tuple(joined)
