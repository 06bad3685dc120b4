"""The model for any state: a count of requests for every class and stage.

It serves the starts that are not of product form, and whole requests. As in `product_form`, a run
is a growing array of cohorts, here with one entry per class: row n holds what is left of the
requests admitted in step n, and stage j of every class is the row of j steps ago. A class is
cleared from a row when it completes there. Nothing is shifted, and evictions pop the youngest rows.

Exact arithmetic updates the memory: of N requests that need M tokens, c_k complete, and the
survivors need M + N - sum_k c_k (s_k + l_k + 1) in their next execution. Floats recompute it in
every step, O(K L), so that rounding does not add up.

What a fluid and whole requests do differently is a `Rounding`: how an admission splits over the
classes, and what a stage keeps when it must free memory.

References
----------
docs/model.md, Model.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ..model.workload import Workload
from .capacity import simulated_capacity
from .policies import GREEDY, MemoryView, Policy, in_floats
from .product_form import FULL_TO_ROUNDING
from .trajectory import Arithmetic, State, StepBlock, zeros
from .whole_requests import largest_remainder, levelled

__all__ = ["StageRun"]


class Rounding(Protocol):
    """How requests divide."""

    def split(self, admissions: Any, shares: NDArray[Any]) -> NDArray[Any]:
        """Return the requests admitted of each class."""

    def thinned(self, counts: NDArray[Any], held: NDArray[Any], excess: Any) -> NDArray[Any]:
        """Return what a stage keeps of `counts`, of `held` tokens each, to free `excess` > 0.

        The stage keeps nothing where it holds less than that.
        """


class _Fluid:
    def split(self, admissions: Any, shares: NDArray[Any]) -> NDArray[Any]:
        admitted: NDArray[Any] = shares * admissions
        return admitted

    def thinned(self, counts: NDArray[Any], held: NDArray[Any], excess: Any) -> NDArray[Any]:
        total = counts @ held
        if not total:
            return counts
        kept: NDArray[Any] = counts * (max(total - excess, 0) / total)
        return kept


class _Whole:
    def split(self, admissions: Any, shares: NDArray[Any]) -> NDArray[Any]:
        return np.array(largest_remainder(admissions, shares.tolist()), object)

    def thinned(self, counts: NDArray[Any], held: NDArray[Any], excess: Any) -> NDArray[Any]:
        return np.array(levelled(counts.tolist(), held.tolist(), excess), object)


class StageRun:
    """A run of the model from any state; call `advance` as often as needed.

    * `counts`: ``counts[k][j]`` >= 0, in requests and in the arithmetic of the run; not checked,
      and fitted to the capacity at once.
    * `start`: one row: the initial fit. The coordinates `finished` are the classes.
    """

    def __init__(
        self,
        mix: Workload,
        counts: State,
        arithmetic: Arithmetic = "float",
        policy: Policy = GREEDY,
    ) -> None:
        self._length = mix.longest_decode
        self._policy = in_floats(policy) if arithmetic == "float" else policy
        self._rounding: Rounding = _Whole() if arithmetic == "integer" else _Fluid()
        self._zero: Any = {"float": 0.0, "exact": Fraction(0), "integer": 0}[arithmetic]
        self._rounds = arithmetic == "float"
        number: Any = float if self._rounds else _as_integer
        dtype = float if self._rounds else object
        self._capacity = number(simulated_capacity(mix))
        self._slack = FULL_TO_ROUNDING * self._capacity if self._rounds else 0
        self._lengths = np.array([c.decode_length for c in mix.classes])
        self._classes = np.arange(len(self._lengths))
        self._inputs = np.array([number(c.input_length) for c in mix.classes], dtype)
        self._shares = np.array([number(c.share) for c in mix.classes], dtype)
        per_request = sum((c.share * (c.input_length + 1) for c in mix.classes), Fraction(0))
        self._lifetimes = self._inputs + np.array(
            [number(c.decode_length) for c in mix.classes], dtype
        )
        self._view = MemoryView(
            self._capacity,
            float(per_request) if self._rounds else per_request,
            self._lifetimes @ self._shares,
            self._reserved,
        )
        self._load(counts)
        self.start = StepBlock.empty(1, len(counts), self._zero)
        self._fit(self.start, 0)

    def advance(self, steps: int) -> StepBlock:
        """Run `steps` more steps and return them."""
        block = StepBlock.empty(steps, len(self._classes), self._zero)
        self._make_room(steps)
        for row in range(steps):
            self._now += 1
            done = self._now - self._lengths, self._classes
            block.finished[row] = self._history[done]
            self._history[done] = self._zero
            self._grow(block.finished[row])
            self._fit(block, row)
        return block

    def by_class(self, finished: NDArray[Any]) -> NDArray[Any]:
        """Return `finished`, which counts by class already."""
        return finished

    def state(self) -> State:
        """Return the requests of class k in stage j as lists [k][j]."""
        youngest_first = self._history[self._now + 1 - self._length : self._now + 1][::-1]
        return [youngest_first[:length, k].tolist() for k, length in enumerate(self._lengths)]

    def _load(self, counts: State) -> None:
        """Set the rows, the requests and the memory of a state that is yet to be fitted."""
        self._history = zeros((self._length, len(counts)), self._zero)
        for k, row in enumerate(counts):
            self._history[self._length - len(row) :, k] = row[::-1]
        self._now = self._length - 1
        self._live = [int(i) for i in np.flatnonzero(self._history.any(axis=1))]
        if self._rounds:
            self._held = np.arange(self._length, 0.0, -1)[:, None] + self._inputs
        self._requests = self._history.sum()
        self._memory: Any = self._zero
        for i in self._live:
            self._memory += self._history[i] @ (self._inputs + (self._length - i))

    def _make_room(self, steps: int) -> None:
        """Drop the rows that have completed and append room for new ones."""
        gone = self._now + 1 - self._length
        room = zeros((steps, len(self._classes)), self._zero)
        self._history = np.concatenate((self._history[gone : self._now + 1], room))
        self._live = [i - gone for i in self._live if i >= gone]
        self._now = self._length - 1

    def _grow(self, completed: NDArray[Any]) -> None:
        """Set the memory to what the survivors of a step need in their next execution."""
        if self._rounds:
            window = self._history[self._now + 1 - self._length : self._now + 1]
            self._memory = (window * self._held).sum()
            return
        freed = completed @ (self._inputs + self._lengths.astype(object) + 1)
        self._memory += self._requests - freed
        self._requests -= completed.sum()

    def _fit(self, block: StepBlock, row: int) -> None:
        """Admit up to the capacity, or evict down to it."""
        free = self._capacity - self._memory
        if free > self._slack:
            self._admit(block, row)
        elif free < -self._slack:
            self._evict(block, row, -free)
        self._requests += block.admitted[row] - block.evicted[row]
        block.memory[row] = self._memory

    def _admit(self, block: StepBlock, row: int) -> None:
        self._view.used = self._memory
        admissions = self._policy.admissions(self._view)
        split = self._rounding.split(admissions, self._shares)
        block.admitted[row] = split.sum()
        if not block.admitted[row]:
            return
        if not self._history[self._now].any():  # a start may have requests in stage 0
            self._live.append(self._now)
        self._history[self._now] += split
        self._memory += split @ (self._inputs + 1)

    def _reserved(self) -> Any:
        """Return what the survivors need at most: s_k + l_k tokens each."""
        window = self._history[self._now + 1 - self._length : self._now + 1]
        return window.sum(axis=0) @ self._lifetimes

    def _evict(self, block: StepBlock, row: int, excess: Any) -> None:
        while self._live and excess > 0:
            cohort = self._live[-1]
            stage, counts = self._now - cohort, self._history[cohort]
            held = self._inputs + (stage + 1)
            lost = counts - self._rounding.thinned(counts, held, excess)
            self._history[cohort] = counts - lost
            self._memory -= lost @ held
            excess -= lost @ held
            block.evicted[row] += lost.sum()
            block.wasted[row] += lost.sum() * stage
            if self._history[cohort].any():
                return
            self._live.pop()


def _as_integer(number: Fraction) -> Fraction | int:
    """Return an integral Fraction as the int it is: integer arithmetic is the faster one."""
    return number.numerator if number.denominator == 1 else number
