"""The product form: L numbers describe the state of any number of classes.

R11: admissions split by the shares and evictions take equal fractions of all classes, so a state
x_k^(j) = p_k y_j (j < l_k) keeps that form for ever, and every state has it after L steps. y_j is
the *cohort* admitted j steps ago, in requests of all classes at its admission less what evictions
took from it. The state needs the memory sum_j g_j y_j, with the memory kernel g.

So a run is one growing array of cohorts; nothing is shifted. The sums over it are kept by
`stabkit.dynamics.accounts`, in O(L) per step for floats and O(1) for Fractions. Evictions take the
youngest cohorts first; those not yet used up form a stack, so that they cost O(1) amortised. What
completes is read off the array after many steps at once; so a cohort that is cut after one of its
decode lengths is noted with the size that it had.

A float server counts as exactly full where its memory is within 8 ulps of B: a dot product rounds
by about that much, so that the sign of a smaller difference is noise, and would admit or evict
some 1e-16 of the memory that exact arithmetic does not.

References
----------
docs/model.md, Model, R11.
"""

from __future__ import annotations

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..model.kernel import MemoryKernel
from ..model.workload import Workload
from .accounts import ExactAccount, FloatAccount
from .capacity import simulated_capacity
from .policies import GREEDY, MemoryView, Policy, in_floats
from .trajectory import State, StepBlock, zeros

__all__ = ["FULL_TO_ROUNDING", "ProductFormRun"]

# Relative to the capacity; see above. Shared by both float simulators.
FULL_TO_ROUNDING = 8 * sys.float_info.epsilon


class ProductFormRun:
    """A run of the model from a state of product form; call `advance` as often as needed.

    * `mix`: of longest decode length L; memory O(L) and time O(L) per step, O(1) if exact.
    * `cohorts` (sequence of L numbers): y_0, ..., y_(L-1) >= 0, youngest first, in requests; by
      default the memory is empty. They are not checked, and fitted to the capacity at once.
    * `exact`: compute in Fractions instead of floats; the cohorts must be Fractions then.
    * `start`: one row: the initial fit. The coordinates `finished` are the cohorts that reach each
      of the distinct decode lengths.

    >>> run = ProductFormRun(Workload.from_classes([(2, 2)], capacity=60), exact=True)
    >>> [str(a) for a in run.advance(4).admitted]
    ['0', '20', '0', '20']
    >>> run.state()
    [[Fraction(20, 1), Fraction(0, 1)]]
    """

    def __init__(
        self,
        mix: Workload,
        cohorts: Sequence[Any] | NDArray[Any] | None = None,
        exact: bool = False,
        policy: Policy = GREEDY,
    ) -> None:
        kernel = MemoryKernel.of(mix)
        self._mix, self._length, self._exact = mix, kernel.length, exact
        # single floats are read and written faster through a view of the memory
        self._items: Any = np.asarray if exact else memoryview
        self._policy = policy if exact else in_floats(policy)
        self._number: Any = Fraction if exact else float
        self._dtype = object if exact else float
        self._capacity = self._number(simulated_capacity(mix))
        self._slack = 0 if exact else FULL_TO_ROUNDING * self._capacity
        self._account = ExactAccount(kernel) if exact else FloatAccount(kernel)
        self._lengths = kernel.decode_lengths
        self._weights = self._account.weights
        first = self._account.weights(0)
        self._view = MemoryView(self._capacity, first.tokens, first.lifetime, self._reserved)
        self._finishing = kernel.length - np.array(kernel.decode_lengths)
        self._history = zeros(kernel.length, self._number(0))
        if cohorts is not None:
            self._history[:] = cohorts[::-1]
        self._now = kernel.length - 1
        self._live = [int(i) for i in np.flatnonzero(self._history)]
        self._cuts: list[tuple[int, int, Any]] = []
        self.start = StepBlock.empty(1, len(self._lengths), self._number(0))
        there = self._history[-1]  # a start may have requests in stage 0
        self._fit(self.start, self._now, [self._account.started(self._history)])
        if not self.start.evicted[0]:
            self._history[-1] = there + self.start.admitted[0]

    def advance(self, steps: int) -> StepBlock:
        """Run `steps` more steps and return them."""
        block = StepBlock.empty(steps, len(self._lengths), self._number(0))
        self._make_room(steps)
        self._fit(block, self._length, self._account.executed(self._history, steps))
        block.finished[:] = self._history[self._finishing + np.arange(steps)[:, None]]
        self._restore(block.finished)
        self._now = self._length - 1 + steps
        return block

    def by_class(self, finished: NDArray[Any]) -> NDArray[Any]:
        """Return requests of each class (last axis: K) from finished cohorts (last axis)."""
        columns, shares = self._classes
        requests: NDArray[Any] = finished.take(columns, axis=-1) * shares
        return requests

    @cached_property
    def _classes(self) -> tuple[list[int], NDArray[Any]]:
        """The column of `finished` that each class is in, and its share."""
        position = {length: i for i, length in enumerate(self._lengths)}
        columns = [position[c.decode_length] for c in self._mix.classes]
        return columns, np.array([self._number(c.share) for c in self._mix.classes], self._dtype)

    def cohorts(self) -> NDArray[Any]:
        """Return y_0, ..., y_(L-1), youngest first, in requests."""
        youngest_last = self._history[self._now + 1 - self._length : self._now + 1]
        return youngest_last[::-1].copy()

    def state(self) -> State:
        """Return the requests of class k in stage j as lists [k][j]: p_k y_j."""
        y = self.cohorts()
        zero = self._number(0)
        return [
            [share * size if size else zero for size in y[: c.decode_length].tolist()]
            for c in self._mix.classes
            for share in [self._number(c.share)]
        ]

    def _make_room(self, steps: int) -> None:
        """Drop the cohorts that have completed and append room for new ones."""
        gone = self._now + 1 - self._length
        self._history = np.concatenate(
            (self._history[gone : self._now + 1], zeros(steps, self._number(0)))
        )
        self._live = [i - gone for i in self._live if i >= gone]
        self._now = self._length - 1

    def _fit(self, block: StepBlock, first: int, uses: Iterable[Any]) -> None:
        """Admit up to the capacity, or evict down to it, in every step from index `first` on.

        `uses` says what the survivors of a step need, one step after the other.
        """
        capacity, slack, per_request = self._capacity, self._slack, self._view.per_request
        greedy, exact, append = self._policy == GREEDY, self._exact, self._live.append
        columns = (self._history, block.admitted, block.memory, block.evicted, block.wasted)
        cohorts, admitted, memory, evicted, wasted = map(self._items, columns)
        for row, used in enumerate(uses):
            memory[row] = used
            free = capacity - used
            if free > slack:
                now = first + row
                size = free / per_request if greedy else self._admissions(now, used)
                cohorts[now] = admitted[row] = size
                append(now)
                if exact:
                    self._account.changed(0, size)
            elif free < -slack:
                freed, evicted[row], wasted[row] = self._evict(cohorts, first + row, -free)
                memory[row] = used - freed
        block.memory[:] += block.admitted * per_request

    def _admissions(self, now: int, used: Any) -> Any:
        self._view.used, self._now = used, now
        return self._policy.admissions(self._view)

    def _reserved(self) -> Any:
        """Return what the survivors need at most: sum p_k (s_k + l_k) over those of each stage."""
        return self._account.reserved(self._history[self._now + 1 - self._length : self._now + 1])

    def _evict(self, cohorts: Any, now: int, excess: Any) -> tuple[Any, Any, Any]:
        """Free `excess` tokens; return the tokens freed, the requests and their decode steps."""
        live, weights, shortest, exact = self._live, self._weights, self._lengths[0], self._exact
        freed = evicted = wasted = 0
        while live and freed < excess:
            cohort = live[-1]
            stage, size = now - cohort, cohorts[cohort]
            tokens, requests, _ = weights(stage)
            lost = (excess - freed) / tokens
            if lost > size:
                lost = size
            freed += lost * tokens
            evicted += lost * requests
            wasted += lost * requests * stage
            cohorts[cohort] = size - lost
            if stage >= shortest:
                self._cuts.append((cohort, stage, size))
            if exact:
                self._account.changed(stage, -lost)
            if lost < size:
                break
            live.pop()
        return freed, evicted, wasted

    def _restore(self, finished: NDArray[Any]) -> None:
        """Give `finished` the sizes of before the evictions that came after a completion.

        A cohort that is cut in stage j had completed all decode lengths up to j with the size
        that it had before; those up to the stage of its last cut are restored already.
        """
        restored: dict[int, int] = {}
        for cohort, stage, size in self._cuts:
            birth = cohort - self._length
            first = bisect_left(self._lengths, restored.get(cohort, -birth))
            for column in range(first, bisect_right(self._lengths, stage)):
                finished[birth + self._lengths[column], column] = size
            restored[cohort] = stage + 1
        self._cuts.clear()
