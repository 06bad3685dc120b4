"""Periodic orbits: searched for in floats, and checked in exact arithmetic.

After its first fit a greedy server is always full, and a state of product form has L cohorts y_j
(R11). Each step ends in one of L ways: with the *marginal stage* j, where the stages below j are
empty, stage j holds what fits, and the stages above are the survivors. j = 0 is an admission; at an
eviction j is the oldest stage that loses requests. The marginal stages of consecutive steps are the
*itinerary* of an orbit; A for j = 0 and E for j > 0 make it a word. Given its itinerary, an orbit
obeys affine maps (`stabkit.spectrum.orbits.itinerary`); a periodic one is then the solution of a
linear system. This module, which knows no such system, runs the model:

* *Search* (`PeriodSearch`). A run in floats, until the admissions less evictions of its end repeat
  (`recurrence`). Cycle detection by Brent's two pointers would need states that repeat to the last
  bit, which rounding does not grant.
* *Check* (`followed`). A run in Fractions from a given state, with the itinerary that it really
  has. If the state returns, the orbit is periodic: a proof by exact computation.

*Regular orbits.* A step is on a *switching surface* if it neither admits nor evicts, or if an
eviction uses up its marginal stage exactly. An orbit without such a step is regular. Then all
states near enough follow the same itinerary, also those with some requests where the orbit has
none: a stage that is empty on the orbit was emptied by an eviction in or above it, with something
to spare, or skipped by one. So the step is affine around the orbit, and the multipliers of its
linear part decide whether it attracts.

References
----------
docs/model.md, Model, R11, R12. R. P. Brent, "An improved Monte Carlo factorization algorithm", BIT
20 (1980) 176-184, for the search that is not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.workload import Workload
from .capacity import equilibrium_admissions
from .initial_state import cohorts_of, read_counts
from .product_form import ProductFormRun
from .recurrence import find_period, told_recurrence
from .stage_run import StageRun
from .trajectory import Arithmetic, StepBlock

__all__ = ["Candidate", "Followed", "PeriodSearch", "followed", "settled_cohorts"]

# Admissions that repeat to 1e-6 of a* make a candidate. It need not be sharper: what is reported
# is the exact orbit of its itinerary, which the end of the run must then be close to.
_RECURRENCE = 1e-6
_MOST_EXACT_STAGES = 2000


@dataclass(frozen=True)
class Followed:
    """What an exact run from a given state of product form did.

    * `states` (tuple of steps + 1 tuples of L Fractions): cohorts after the fit, youngest first,
      the first state included.
    * `itinerary` (tuple of `steps` ints): marginal stages.
    * `regular`: whether no step is on a switching surface.
    * `block`: admissions, evictions and completions of the steps.
    * `completed` (tuple of K Fractions): requests of each class that the steps complete.
    """

    states: tuple[tuple[Fraction, ...], ...]
    itinerary: tuple[int, ...]
    regular: bool
    block: StepBlock
    completed: tuple[Fraction, ...]

    @property
    def returns(self) -> bool:
        """Whether the last state is the first one."""
        return self.states[0] == self.states[-1]


def followed(mix: Workload, cohorts: Sequence[Fraction], steps: int) -> Followed:
    """Run the model from a state of product form and return its states and itinerary.

    * `cohorts` (sequence of L Fractions): y_0, ..., y_(L-1) >= 0 in requests, youngest first. They
      are fitted to the capacity at once; not checked.
    * `steps`: at least 1. Time and memory O(steps L).

    The worst cycle of s = 2, l = 2: 140/3 requests are admitted, and 35 of them remain:

    >>> from fractions import Fraction
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> run = followed(mix, [Fraction(0), Fraction(35)], 2)
    >>> run.itinerary, run.returns, run.regular
    ((0, 1), True, True)
    """
    run = ProductFormRun(mix, cohorts, exact=True)
    states, itinerary, blocks, regular = [tuple(run.cohorts().tolist())], [], [], True
    for _ in range(steps):
        block = run.advance(1)
        after = tuple(run.cohorts().tolist())
        stage, inside = _marginal_stage(states[-1], after, block)
        states.append(after)
        itinerary.append(stage)
        blocks.append(block)
        regular = regular and inside
    whole = StepBlock.joined(blocks)
    completed = tuple(run.by_class(whole.finished).sum(axis=0).tolist())
    return Followed(tuple(states), tuple(itinerary), regular, whole, completed)


def _marginal_stage(
    before: Sequence[Any], after: Sequence[Any], step: StepBlock
) -> tuple[int, bool]:
    """Return the marginal stage, and whether the step is off all switching surfaces."""
    if step.admitted[0]:
        return 0, True
    if not step.evicted[0]:
        return 0, False
    aged = (0, *before[:-1])
    stage = max(j for j, (old, new) in enumerate(zip(aged, after, strict=True)) if new < old)
    return stage, bool(after[stage])


def settled_cohorts(mix: Workload, state: Any) -> list[Any]:
    """Return the cohorts of a state, run on for L steps if it is not of product form (R11).

    * `state` (counts [k][j]): as for `simulate`.

    Youngest first, in requests: Fractions, or floats where the state has more than 2000 stages.
    Raises InvalidArgument if `state` is not one.

    >>> mix = Workload.from_classes([(0, 2), (0, 1)], capacity=8)
    >>> settled_cohorts(mix, [[1, 1], [2]])
    [Fraction(5, 1), Fraction(3, 1)]
    """
    small = sum(c.decode_length for c in mix.classes) <= _MOST_EXACT_STAGES
    arithmetic: Arithmetic = "exact" if small else "float"
    counts = read_counts(state, mix, arithmetic)
    cohorts = cohorts_of(counts, mix, arithmetic)
    if cohorts is not None:
        return cohorts
    run = StageRun(mix, counts, arithmetic)
    run.advance(mix.longest_decode)
    longest = max(mix.classes, key=lambda c: c.decode_length)
    share: Any = longest.share if small else float(longest.share)
    return [count / share for count in run.state()[mix.classes.index(longest)]]


@dataclass(frozen=True)
class Candidate:
    """The end of a run in floats that repeats.

    * `period`: in steps.
    * `steps`: simulated so far.
    * `cohorts` (ndarray of float, shape (L,)): the state that it has reached, youngest first, in
      requests.
    """

    period: int
    steps: int
    cohorts: NDArray[Any]

    def itinerary(self, mix: Workload) -> tuple[int, ...]:
        """Return the marginal stages of the next period; time O(P L), memory O(P + L)."""
        run, found = ProductFormRun(mix, self.cohorts), []
        before = tuple(run.cohorts().tolist())
        for _ in range(self.period):
            block = run.advance(1)
            after = tuple(run.cohorts().tolist())
            found.append(_marginal_stage(before, after, block)[0])
            before = after
        return tuple(found)


class PeriodSearch:
    """A run in floats that looks for its period; iterate over it for candidates.

    * `start` (ndarray of float, shape (L,)): cohorts, youngest first, in requests; by default the
      memory is empty.
    * `max_period`: longest period looked for, in steps.
    * `max_steps`: steps before it gives up.
    * `steps`: simulated so far.

    R12: from empty to period 29, though the equilibrium is stable:

    >>> mix = Workload.from_classes([(0, 6, 2), (5, 1, 3)])
    >>> next(iter(PeriodSearch(mix, None, 100, 10_000))).period
    29
    """

    def __init__(
        self, mix: Workload, start: NDArray[Any] | None, max_period: int, max_steps: int
    ) -> None:
        self._mix, self._max_period, self._max_steps = mix, max_period, max_steps
        self._run = ProductFormRun(mix, start)
        self._tolerance = told_recurrence(mix, _RECURRENCE) * float(equilibrium_admissions(mix))
        self.steps = 0

    def __iter__(self) -> Iterator[Candidate]:
        length = self._mix.longest_decode
        kept = max(3 * self._max_period, length + self._max_period) + 64
        changes = np.empty(0)
        while self.steps < self._max_steps:
            count = min(max(length, 256, self.steps // 8), self._max_steps - self.steps)
            block = self._run.advance(count)
            self.steps += count
            changes = np.concatenate((changes, block.admitted - block.evicted))[-kept:]
            period = find_period(changes, length, self._tolerance)
            if period is not None and period <= self._max_period:
                yield Candidate(period, self.steps, self._run.cohorts())

    def cohorts(self) -> NDArray[Any]:
        """Return the state that the run has reached, youngest first."""
        return self._run.cohorts()
