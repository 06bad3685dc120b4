"""The product form: L numbers describe the state of any number of classes.

R11: admissions split by the shares and evictions take equal fractions of all classes, so a state
x_k^(j) = p_k y_j (j < l_k) keeps that form for ever, and every state has it after L steps. y_j is
the *cohort* admitted j steps ago, in requests of all classes at its admission less what evictions
took from it. The state needs the memory sum_j g_j y_j, with the memory kernel g.

So a run is one growing array of cohorts; nothing is shifted. The sums over it are kept by
`stabkit.dynamics.accounts`, in O(L) per step for floats and O(1) for Fractions. Evictions take the
youngest cohorts first; those not yet used up form a stack, so that they cost O(1) amortised.

A float server counts as exactly full where its memory is within 8 ulps of B: a dot product rounds
by about that much, so that the sign of a smaller difference is noise, and would admit or evict
some 1e-16 of the memory that exact arithmetic does not.

References
----------
docs/model.md, Model, R11.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
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

    Parameters
    ----------
    mix : Workload
        Of longest decode length L; memory O(L) and time O(L) per step, O(1) if exact.
    cohorts : sequence of L numbers, optional
        y_0, ..., y_(L-1) >= 0, youngest first, in requests; by default the memory is empty. They
        are not checked, and fitted to the capacity at once.
    exact : bool
        Compute in Fractions instead of floats; the cohorts must be Fractions then.
    policy : Policy

    Attributes
    ----------
    start : StepBlock
        One row: the initial fit. The coordinates `finished` are the cohorts that reach each of
        the distinct decode lengths.

    Examples
    --------
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
        self._mix, self._length = mix, kernel.length
        self._policy = policy if exact else in_floats(policy)
        self._number: Any = Fraction if exact else float
        self._dtype = object if exact else float
        self._capacity = self._number(simulated_capacity(mix))
        self._slack = 0 if exact else FULL_TO_ROUNDING * self._capacity
        self._account = ExactAccount(kernel) if exact else FloatAccount(kernel)
        self._lengths = kernel.decode_lengths
        first = self._account.weights(0)
        self._view = MemoryView(self._capacity, first.tokens, first.lifetime, self._reserved)
        self._finishing = kernel.length - np.array(kernel.decode_lengths)
        self._history = zeros(kernel.length, self._number(0))
        if cohorts is not None:
            self._history[:] = cohorts[::-1]
        self._now = kernel.length - 1
        self._live = [int(i) for i in np.flatnonzero(self._history)]
        self.start = StepBlock.empty(1, len(self._lengths), self._number(0))
        self._fit(self.start, 0, self._account.started(self._history))

    def advance(self, steps: int) -> StepBlock:
        """Run `steps` more steps and return them."""
        block = StepBlock.empty(steps, len(self._lengths), self._number(0))
        self._make_room(steps)
        for row, finished in enumerate(block.finished):
            self._now += 1
            state = self._history[self._now - self._length : self._now]
            state.take(self._finishing, out=finished, mode="clip")
            self._fit(block, row, self._account.executed(state[1:], finished))
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

    def _fit(self, block: StepBlock, row: int, used: Any) -> None:
        """Admit up to the capacity, or evict down to it; `used` is what the survivors need."""
        free = self._capacity - used
        if free > self._slack:
            self._view.used = used
            admitted = self._policy.admissions(self._view)
            block.admitted[row] = admitted
            block.memory[row] = used + admitted * self._view.per_request
            there = self._history.item(self._now)  # a start may have requests in stage 0
            if admitted and not there:
                self._live.append(self._now)
            self._history[self._now] = there + admitted
            self._account.changed(0, admitted)
        elif free < -self._slack:
            freed, block.evicted[row], block.wasted[row] = self._evict(-free)
            block.memory[row] = used - freed
        else:
            block.memory[row] = used

    def _reserved(self) -> Any:
        """Return what the survivors need at most: sum p_k (s_k + l_k) over those of each stage."""
        return self._account.reserved(self._history[self._now + 1 - self._length : self._now + 1])

    def _evict(self, excess: Any) -> tuple[Any, Any, Any]:
        """Free `excess` tokens; return the tokens freed, the requests and their decode steps."""
        freed = evicted = wasted = self._number(0)
        while self._live and freed < excess:
            cohort = self._live[-1]
            stage, size = self._now - cohort, self._history.item(cohort)
            weights = self._account.weights(stage)
            lost = min(size, (excess - freed) / weights.tokens)
            freed += lost * weights.tokens
            evicted += lost * weights.requests
            wasted += lost * weights.requests * stage
            self._history[cohort] = size - lost
            self._account.changed(stage, -lost)
            if lost < size:
                break
            self._live.pop()
        return freed, evicted, wasted
