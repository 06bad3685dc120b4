"""Where a run ends up, and what it then completes: long-run means.

The run is of product form and goes on until its end is periodic (R11; period 1 is the equilibrium,
the only state that a step leaves as it is); the figures are then means over whole periods. Orbits
may also be quasi-periodic: after all its steps a run that has not repeated is cut into quarters,
and the mean over its second half is given if the last two quarters agree. These means weigh step t
of n in a quarter by sin^2(pi t / n), which silences the ends: a window that cuts a quasi-periodic
orbit in the middle of a turn is then off by the inverse cube of the number of turns, not by their
inverse. Otherwise nothing is known in the long run, and the record says so.

Throughput is counted in *completed tokens* per step, sum_k l_k c_k, over a* mu, its value at the
equilibrium: evictions starve long requests, so that the ratio of completed requests, to a*, may be
above 1 where tokens are lost.

References
----------
docs/model.md, Throughput, R6, R10, R12, Class mix.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import ArgumentTypeError, InvalidArgument, renamed, shown
from ..model.notation import WorkloadLike, as_workload
from ..model.numbers import is_listed, whole_number
from ..model.workload import Workload
from ..records import Record
from .capacity import equilibrium_admissions, simulated_capacity
from .policies import GREEDY, Policy, policy_named
from .product_form import ProductFormRun
from .recurrence import find_period, told_recurrence
from .trajectory import StepBlock

__all__ = ["LongRun", "long_run"]

# Repeating to 1e-9 of a*: means over a period are then right to 1e-6 where the distance to the
# orbit falls by a factor of 1 - 1e-3 or faster per period.
_RECURRENCE = 1e-9
# What the means over two quarters may differ by.
_AGREEMENT = 5e-4
# An oscillation without evictions that grows less than this from one quarter to the next, below
# 1e-8 per step in a run of full length, counts as marginal: its means are those of the equilibrium.
_STEADY = 1 + 1e-4


@dataclass(frozen=True, repr=False)
class LongRun(Record):
    """Long-run means of a simulated run; the figures are None where it was too short for them.

    Attributes
    ----------
    steps : int
        Steps simulated, measuring included.
    period : int or None
        Minimal period in steps, 1 at the equilibrium; None if the run did not repeat.
    throughput_ratio : float or None
        Completed tokens per step over a* mu.
    request_ratio : float or None
        Completed requests per step over a*.
    completed_shares : tuple of float, or None
        Completions of each class over all completions.
    wasted_token_fraction : float or None
        Decode steps lost to evictions over those plus the completed ones.
    evictions_per_step : float or None
        Requests; in units of a* where the workload has no capacity. Below 1e-9 a* it is 0: a run
        of that length does not tell evictions that get ever rarer, or rounding, from any that last.
    reason : str or None
        Why figures, or the period, are missing.
    utilisation : float or None
        Mean memory after the fit, over B: 1 for greedy admission.
    first_eviction : int or None
        The first step that evicts, from 1; None if no step did.

    Examples
    --------
    >>> from stabkit import Workload, long_run
    >>> found = long_run(Workload.from_classes([(2, 2)]))
    >>> found.period, found.throughput_ratio
    (2, 0.875)
    """

    steps: int
    period: int | None = None
    throughput_ratio: float | None = None
    request_ratio: float | None = None
    completed_shares: tuple[float, ...] | None = None
    wasted_token_fraction: float | None = None
    evictions_per_step: float | None = None
    reason: str | None = None
    utilisation: float | None = None
    first_eviction: int | None = None

    @classmethod
    def unknown(cls, reason: str, steps: int = 0) -> Self:
        """Return the record of a run of `steps` that shows no long-run mean, and the `reason`."""
        return cls(steps, reason=reason)


@dataclass(frozen=True)
class _RunSums:
    """Weighted sums over consecutive steps, and the largest deviation of an admission from a*."""

    weight: float
    completed: NDArray[Any]
    evicted: float
    wasted: float
    memory: float
    amplitude: float

    @classmethod
    def of(
        cls, block: StepBlock, run: ProductFormRun, equilibrium: float, weights: NDArray[Any]
    ) -> _RunSums:
        return cls(
            float(weights.sum()),
            run.by_class(weights @ block.finished),
            float(weights @ block.evicted),
            float(weights @ block.wasted),
            float(weights @ block.memory),
            float(np.abs(block.admitted - equilibrium).max()),
        )

    def __add__(self, other: _RunSums) -> _RunSums:
        return _RunSums(
            self.weight + other.weight,
            self.completed + other.completed,
            self.evicted + other.evicted,
            self.wasted + other.wasted,
            self.memory + other.memory,
            max(self.amplitude, other.amplitude),
        )


@renamed("0.4.0", start="state", work="work_limit")
def long_run(
    mix: WorkloadLike,
    state: NDArray[Any] | None = None,
    max_steps: int = 50_000,
    work_limit: int = 500_000_000,
    policy: str | Policy = GREEDY,
) -> LongRun:
    """Run an admission policy until its long-run means are known, or the budget is spent.

    Parameters
    ----------
    mix : WorkloadLike
    state : ndarray of float, shape (L,), optional
        Cohorts y_j, youngest first, in requests, such as `disturbed_state`; by default the memory
        is empty.
    max_steps : int
        Steps at most, at least 1 (measuring one period comes on top).
    work_limit : int
        Multiply-adds at most, L per step; 5 10^8 take some tenths of a second.
    policy : str or Policy
        As `stabkit.simulate` takes it.

    Returns
    -------
    LongRun

    Raises
    ------
    InvalidArgument
        If `state` has another shape or entries that are negative or not finite, or another argument
        is outside its domain.

    Notes
    -----
    A run repeats with period P if admissions less evictions do so, within 1e-9 a* or eight times
    the rounding of an admission, over the last max(L, 2 P) steps. An orbit that leaves a periodic
    one by less than that per period is not told from it: start at a distance, not at the
    equilibrium. A run without evictions that has not settled counts only if its oscillation does
    not grow: a growing one will evict.

    Examples
    --------
    One class ends on its worst cycle, with the ratio (2 s + l + 1) / (2 (s + l)) = 13/15 (R6):

    >>> run = long_run(Workload.from_classes([(10, 5)]))
    >>> run.period, round(run.throughput_ratio, 12)
    (5, 0.866666666667)
    """
    mix = as_workload(mix)
    rule, work_limit = policy_named(policy, mix), whole_number(work_limit, "'work_limit'")
    max_steps = whole_number(max_steps, "'max_steps'")
    length = mix.longest_decode
    limit, span = min(max_steps, work_limit // length), max(length, 256)
    if limit < 4 * span:
        reason = f"a run of {limit} steps is too short for decode lengths up to {length}"
        return LongRun.unknown(reason)
    run = ProductFormRun(mix, None if state is None else _checked(state, length), policy=rule)
    equilibrium, tolerance = float(equilibrium_admissions(mix)), told_recurrence(mix, _RECURRENCE)
    quarter, first = limit // (4 * span), None
    tallies, changes = [], np.empty(4 * quarter * span)
    window = np.sin(np.pi * (np.arange(quarter * span) + 0.5) / (quarter * span)) ** 2
    for part in range(4 * quarter):
        block = run.advance(span)
        if part >= 2 * quarter:
            weights = window[part % quarter * span :][:span]
            tallies.append(_RunSums.of(block, run, equilibrium, weights))
        before, steps = part * span, (part + 1) * span
        if first is None and block.evicted.any():
            first = before + 1 + int(np.flatnonzero(block.evicted)[0])
        changes[before:steps] = block.admitted - block.evicted
        period = find_period(changes[:steps], length, tolerance * equilibrium)
        if period is not None:
            return replace(_periodic(mix, run, period, steps), first_eviction=first)
    return replace(_unrepeated(mix, tallies, len(changes)), first_eviction=first)


def _periodic(mix: Workload, run: ProductFormRun, period: int, steps: int) -> LongRun:
    whole = run.advance(period)
    tally = _RunSums.of(whole, run, float(equilibrium_admissions(mix)), np.ones(period))
    return _record(mix, tally, steps + period, period=period)


def _unrepeated(mix: Workload, tallies: list[_RunSums], steps: int) -> LongRun:
    """Judge a run that never repeated by its last two quarters."""
    quarter = len(tallies) // 2
    third, fourth = _total(tallies[:quarter]), _total(tallies[quarter:])
    before, after = (_record(mix, tally, steps) for tally in (third, fourth))
    reason = None
    if not _agree(before, after):
        reason = f"the means over the last two quarters of {steps} steps differ"
    elif not third.evicted and not fourth.evicted and fourth.amplitude > _STEADY * third.amplitude:
        reason = f"after {steps} steps a growing oscillation has not reached evictions"
    if reason is not None:
        return LongRun.unknown(reason, steps)
    return _record(mix, third + fourth, steps, reason=f"no period found in {steps} steps")


def _total(tallies: list[_RunSums]) -> _RunSums:
    total = tallies[0]
    for tally in tallies[1:]:
        total = total + tally
    return total


def _agree(before: LongRun, after: LongRun) -> bool:
    if before.throughput_ratio is None or after.throughput_ratio is None:
        return False
    if before.request_ratio is None or after.request_ratio is None:
        return False
    return (
        abs(before.throughput_ratio - after.throughput_ratio) <= _AGREEMENT
        and abs(before.request_ratio - after.request_ratio) <= _AGREEMENT
    )


def _record(
    mix: Workload,
    tally: _RunSums,
    steps: int,
    *,
    period: int | None = None,
    reason: str | None = None,
) -> LongRun:
    lengths = np.array([c.decode_length for c in mix.classes], float)
    requests, tokens = float(tally.completed.sum()), float(tally.completed @ lengths)
    equilibrium = float(equilibrium_admissions(mix)) * tally.weight
    return LongRun(
        steps=steps,
        period=period,
        throughput_ratio=tokens / (equilibrium * float(mix.mean_decode_length)),
        request_ratio=requests / equilibrium,
        completed_shares=tuple((tally.completed / requests).tolist()) if requests else None,
        wasted_token_fraction=tally.wasted / (tally.wasted + tokens) if requests else None,
        evictions_per_step=_told_from_none(tally.evicted / tally.weight, mix),
        reason=reason,
        utilisation=tally.memory / (tally.weight * float(simulated_capacity(mix))),
    )


def _told_from_none(evicted: float, mix: Workload) -> float:
    return evicted if evicted > _RECURRENCE * float(equilibrium_admissions(mix)) else 0.0


def _checked(state: NDArray[Any], length: int) -> NDArray[Any]:
    try:
        cohorts = np.asarray(state)
    except ValueError:  # lists of different lengths
        cohorts = np.empty(0)
    if cohorts.shape != (length,) or cohorts.dtype.kind not in "fiu":
        kind = InvalidArgument if is_listed(state) else ArgumentTypeError
        raise kind(f"'state' must be {length} cohorts, not {shown(state)}.")
    if not (np.isfinite(cohorts).all() and (cohorts >= 0).all()):
        raise InvalidArgument(f"'state' must be finite and not negative, not {shown(state)}.")
    return cohorts.astype(float)
