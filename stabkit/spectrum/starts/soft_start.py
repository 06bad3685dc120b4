"""Cold starts: when greedy first evicts from empty, and how slow a start never does.

*From empty.* While nothing is evicted the admissions a_0, a_1, ... of the greedy rule solve
sum_m g_m a_(n-m) = B with a_n = 0 for n < 0, so that sum_n a_n z^n = B / ((1 - z) G):

    a_n = a* b_n,   b_n = G(1) sum_(i<=n) h_i,   1 / G = sum_i h_i z^i.                        (1)

Step n evicts iff the survivors need more than B, that is iff the a_n of (1) is negative; so the
first negative one is the first eviction, and if there is none nothing is evicted ever. As
b_1 = G(1) (g_0 - g_1) / g_0^2, step 1 evicts unless E[(S + 1) 1{T = 1}] >= P(T > 1): a mix without
requests of one step evicts at once.

*Soft start.* Admit (1 - delta) a* per step for L - 1 steps, 0 <= delta <= 1, then greedily. The
start holds at most (1 - delta) B. Let n count the greedy steps from 0 on. Before them all
a_n = (1 - delta) a*, and u_n = a_n - (1 - delta) a* solves sum_m g_m u_(n-m) = delta B with u_n = 0
for n < 0, so that as in (1)

    a_n = a* (1 - delta + delta b_n).                                                          (2)

That is non-negative for all n iff delta (1 - b_n) <= 1 for all n: nothing is ever evicted iff

    delta <= delta* = 1 / (1 - min_n b_n),   any delta <= 1 if min_n b_n >= 0.                 (3)

More steps at that rate change nothing. At equality the step of the least b_n admits nothing.

*What decides.* Stable: the b_n are non-negative from a proved n on (`partial_sums`), so that
finitely many give (3). Unstable: they are unbounded below, so that greedy evicts from empty, and
delta* = 0: however slow the start, if it stops short of a*, it ends in an eviction. Marginal: they
may come ever closer to a minimum that they do not have, and nothing is proved but a first eviction
that is met. In a mix of which no state evicts (R19), marginal or not, delta* = 1.

References
----------
docs/model.md, R19, R20, R21.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record
from ..counting.counts import kernel_counts
from .no_eviction import never_evicts
from .partial_sums import PartialSums, horizon
from .whole_requests import whole_delta

__all__ = ["SoftStart", "soft_start"]

_MOST_SUMS = 2**18  # some seconds
_FIRST_SUMS = 64
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, repr=False)
class SoftStart(Record):
    """How to start from the empty memory without an eviction.

    Attributes
    ----------
    mix : Workload
    verdict : {"stable", "unstable", "marginal", "undecided"}
        Of the equilibrium.
    evicts : bool or None
        Whether greedy ever evicts from empty; None where that is not decided.
    first_eviction : int or None
        The first step that does, counted like the rows of `stabkit.simulate`: row 0 fills the empty
        memory. None where it is not known, or there is none.
    delta : RealEnclosure or None
        delta*, dimensionless: after L - 1 steps of (1 - delta) a* admissions greedy never evicts if
        delta <= `delta.low`, and does if delta > `delta.high`, delta <= 1. A point where it is
        known exactly; None where it is not decided.
    tightest : int or None
        The greedy step, from 0, that admits least; None where `delta` is, or it is 0 or 1.
    reason : str
        What proves this, or what is not decided.
    whole : float or None
        The delta with which whole requests evict in no more than 5 % of the starts: an estimate by
        `whole_requests`. None without a capacity, for a mix that is not stable, where chance evicts
        in more than 5 % of the starts at a* itself, and where single requests are not known.

    Examples
    --------
    >>> from stabkit import Workload, soft_start
    >>> found = soft_start(Workload.from_classes([(2, 2), (2, 3)], capacity=2000))
    >>> found.evicts, found.first_eviction
    (True, 1)
    """

    mix: Workload
    verdict: Verdict
    evicts: bool | None = None
    first_eviction: int | None = None
    delta: RealEnclosure | None = None
    tightest: int | None = None
    reason: str = ""
    whole: float | None = None

    @property
    def equilibrium(self) -> Fraction | None:
        """a* = B / G(1) requests per step; None without a capacity."""
        if self.mix.capacity is None:
            return None
        return MemoryKernel.of(self.mix).admissions(self.mix.capacity)

    @property
    def steps(self) -> int:
        """How long the start is slow: L - 1 steps."""
        return self.mix.longest_decode - 1

    @property
    def admissions(self) -> Fraction | None:
        """(1 - `delta.low`) a*, the slowest start needed, in requests per step.

        None without a capacity, or where `delta` is.
        """
        if self.delta is None or self.equilibrium is None:
            return None
        return (1 - self.delta.low) * self.equilibrium


def soft_start(mix: WorkloadLike) -> SoftStart:
    """Return how greedy fares from the empty memory, and the slow start that spares evictions.

    Parameters
    ----------
    mix : WorkloadLike
        Its capacity plays no role but for `SoftStart.admissions` and `SoftStart.whole`.

    Returns
    -------
    SoftStart
        About the fluid, and proved, but for `SoftStart.whole`.

    Raises
    ------
    InvalidWorkload
        If `mix` is no Workload.

    Notes
    -----
    From empty greedy admits a* b_n in step n until the first negative b_n = G(1) sum_(i<=n) h_i,
    and evicts then. After L - 1 steps, or more, of (1 - delta) a* it never evicts iff
    delta <= 1 / (1 - min b_n), or min b_n >= 0. A start between that rate and a* is safe too.

    At most 262,144 partial sums are computed, in balls; the least one exactly where it is cheap.

    References
    ----------
    docs/model.md, R20, R21.

    Examples
    --------
    >>> found = soft_start(Workload.from_classes([(2, 2), (2, 3)], capacity=703))
    >>> found.first_eviction, found.steps, found.delta.low == found.delta.high == Fraction(18, 37)
    (1, 2, True)
    >>> found.equilibrium, found.admissions
    (Fraction(74, 1), Fraction(38, 1))
    """
    mix = as_workload(mix)
    kernel = MemoryKernel.of(mix)
    verdict = kernel_counts(kernel).verdict
    found = _found(mix, kernel, verdict)
    if found.delta is None or mix.capacity is None or verdict != "stable":
        return found
    return replace(found, whole=whole_delta(mix, float(found.delta.low)))


def _found(mix: Workload, kernel: MemoryKernel, verdict: Verdict) -> SoftStart:
    if never_evicts(mix).certain:
        reason = "The kernel never rises, so that no state evicts (R19)."
        return SoftStart(mix, verdict, evicts=False, delta=RealEnclosure(_ONE, _ONE), reason=reason)
    if verdict == "stable":
        last = horizon(kernel)
        if last is not None and last <= _MOST_SUMS:
            return _of_stable(mix, PartialSums(kernel, last))
    return _of_others(mix, verdict, kernel)


def _of_stable(mix: Workload, sums: PartialSums) -> SoftStart:
    """Return the finding from sums after which none is negative."""
    first, decided = sums.first_negative()
    tightest, least = sums.lowest()
    low, high = (1 / (1 - min(end, _ZERO)) for end in (least.low, least.high))
    evicts = (first is not None) if decided else None
    count = f"{len(sums.balls):,} partial sums" if len(sums.balls) > 1 else "partial sum"
    reason = f"The first {count} of 1/G (G: the memory kernel), and no later one is negative."
    return SoftStart(
        mix,
        "stable",
        evicts,
        first,
        RealEnclosure(low, high),
        tightest if low < 1 else None,
        reason,
    )


def _of_others(mix: Workload, verdict: Verdict, kernel: MemoryKernel) -> SoftStart:
    """Search for the first eviction; what is known besides follows from growing modes."""
    count, first, decided = _FIRST_SUMS, None, True
    while first is None and decided and count <= _MOST_SUMS:
        first, decided = PartialSums(kernel, count).first_negative()
        count *= 8
    if verdict == "unstable":
        zero = RealEnclosure(_ZERO, _ZERO)
        reason = "A growing mode takes every slower start to evictions."
        return SoftStart(mix, verdict, True, first, zero, reason=reason)
    reason = f"The equilibrium is {verdict}: the least partial sum of 1/G is not known to exist."
    if verdict == "stable":
        reason = "A mode is too close to the unit circle for a bound on the later partial sums."
    return SoftStart(mix, verdict, True if first is not None else None, first, reason=reason)
