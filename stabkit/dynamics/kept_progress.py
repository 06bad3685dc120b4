"""The fluid where an evicted request keeps its tokens, by the rule of vLLM.

The step is that of the model, with two differences: the requests that are evicted are the latest
admitted, and they wait at the head of the queue, in the order of their admission, to come back in
the stage they had reached. Their s + j tokens are prefilled again then. (SGLang keeps tokens too,
but chooses others and puts them at the end of the queue: not this fluid.)

A cohort keeps the proportions of its classes: each stage m takes out the classes of decode length
m, and an eviction takes the same part of each. So a run is a list of *parcels* (m, x): the
survivors, in stage m, of x requests admitted together; their next execution needs x g_m tokens, and
they are x w_m requests, of which x (w_m - w_{m+1}) complete at its end.

**Kept progress loses no decode steps.** Let n steps be executed from empty, A_n requests be
admitted by then, and x be in progress or waiting with progress. Then

    a* n <= A_n <= a* n + B / min_m g_m,    a* = B / G(1).

*Proof.* The queue never ends, so that every step leaves the memory full: n steps hold n B tokens.
A parcel is executed once in each stage, however often it is evicted: the parcels that started hold
at most A_n G(1) in all, and those that ended hold (A_n - x) G(1). New requests are admitted only
when none waits with progress, and then all x are in memory, x min_m g_m <= B; until the next are
admitted x does not grow. ∎

So every mix completes a* requests per step in the long run, whatever cycle it runs in: what
evictions cost is prefill. This is of the fluid; whole requests leave some memory free.

**Two steps.** For one class of l = 2 from empty, let y_i B / (s + 1) be the requests in stage 0
after the i-th step that admits new ones. Then y_0 = 1 and y_{i+1} = 1 - beta y_i + [beta y_i > 1]
with beta = (s + 2) / (s + 1): the negative beta-transformation (Ito and Sadahiro 2009). The step
after the i-th evicts iff beta y_i > 1, and then (y_i - 1 / beta) B / (s + 1) requests.
*Proof.* From x_0, x_1 with (s + 1) x_0 + (s + 2) x_1 = B, stage 0 comes to need (s + 2) x_0. If
that is at most B, all that is free is filled with new requests. If it is more, what does not fit,
e = x_0 - B / (s + 2) <= B / ((s + 1) (s + 2)), waits in stage 1; the rest completes in a step that
admits e first, which fits, then new requests. ∎
Evictions never end where s is whole: a run that ends them moves away from the fixed point
(s + 1) / (2 s + 3) by the factor beta > 1 per step, for ever, unless it is there; but all y_i are
fractions over a power of s + 1, which has no factor in common with 2 s + 3.

References
----------
docs/kept_progress.md. S. Ito, T. Sadahiro, "Beta-expansions with negative bases", Integers 9, 2009.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from typing import Any, Literal, get_args

from ..errors import check_choice
from ..model.kernel import MemoryKernel
from ..model.notation import WorkloadLike, as_workload
from ..model.numbers import whole_number
from ..model.workload import Workload
from ..records import Record
from .capacity import equilibrium_admissions, simulated_capacity
from .product_form import FULL_TO_ROUNDING

__all__ = ["KeptProgress", "KeptStep", "kept_progress", "kept_steps"]

_Arithmetic = Literal["float", "exact"]


@dataclass(frozen=True)
class KeptStep:
    """One step, in requests and tokens.

    * `admitted`, `evicted`, `completed`: new requests, evictions and completions.
    * `recomputed`: tokens prefilled again for requests that come back.
    """

    admitted: Any
    evicted: Any
    completed: Any
    recomputed: Any


@dataclass(frozen=True, repr=False)
class KeptProgress(Record):
    """Long-run means of the fluid with kept progress; measured on a run from empty.

    Attributes
    ----------
    mix : Workload
    steps : int
        Steps that were measured, after as many that were not.
    request_ratio : float
        Completed requests per step over a*; 1 by the theorem of this module, but for the ends.
    evictions_per_completion : float
        Evicted requests per completed one; a request may be evicted several times.
    recomputed_tokens_per_completion : float
        Tokens prefilled again per completed request: the cost, at the server's seconds per token.

    Examples
    --------
    >>> from stabkit import Workload, kept_progress
    >>> found = kept_progress(Workload.from_classes([(2, 2)]), 500)
    >>> round(found.request_ratio, 2), found.recomputed_tokens_per_completion > 0
    (1.0, True)
    """

    mix: Workload
    steps: int
    request_ratio: float
    evictions_per_completion: float
    recomputed_tokens_per_completion: float


def kept_progress(mix: WorkloadLike, steps: int = 20_000) -> KeptProgress:
    """Return what evictions cost in the fluid whose evicted requests keep their progress.

    Parameters
    ----------
    mix : WorkloadLike
    steps : int
        Steps to measure, at least 1; as many run before, from empty.

    Returns
    -------
    KeptProgress

    Raises
    ------
    InvalidArgument
        If `steps` is not a positive integer.

    Examples
    --------
    One class evicts for ever, and loses nothing but prefill:

    >>> cost = kept_progress(Workload.from_classes([(10, 5)]), steps=5000)
    >>> round(cost.request_ratio, 2), round(cost.evictions_per_completion, 2)
    (1.0, 0.16)
    """
    mix = as_workload(mix)
    steps = whole_number(steps, "'steps'", 1)
    run = kept_steps(mix)
    for _ in islice(run, steps):
        pass
    measured = list(islice(run, steps))
    completed = sum(step.completed for step in measured)
    return KeptProgress(
        mix,
        steps,
        completed / (steps * float(equilibrium_admissions(mix))),
        sum(step.evicted for step in measured) / completed,
        sum(step.recomputed for step in measured) / completed,
    )


def kept_steps(mix: Workload, arithmetic: _Arithmetic = "float") -> Iterator[KeptStep]:
    """Yield the steps of a run from empty, for ever; the first only admits.

    * `mix`: without a capacity, the fluid is scaled so that a* = 1 request per step.
    * `arithmetic` ({"float", "exact"}): float64 or Fractions.

    Raises InvalidArgument if `arithmetic` is neither.

    For l = 2 and s = 1, beta is 3/2 and y runs through 1, 1/2, 1/4, 5/8, 1/16, ...

    >>> run = kept_steps(Workload.from_classes([(1, 2)], capacity=6), "exact")
    >>> [str(step.admitted / 3) for step in islice(run, 7)]
    ['1', '0', '1/2', '1/4', '5/8', '1/16', '29/32']
    """
    check_choice(arithmetic, "'arithmetic'", get_args(_Arithmetic))
    return _Parcels(mix, float if arithmetic == "float" else Fraction).steps()


class _Parcels:
    """Parcels in the order of their admission, and those that wait with progress."""

    def __init__(self, mix: Workload, number: Any) -> None:
        kernel = MemoryKernel.of(mix)
        self._tokens = [number(Fraction(g, kernel.denominator)) for g in kernel.coefficients]
        self._alive = [number(Fraction(w, kernel.denominator)) for w in (*kernel.survival, 0)]
        self._capacity = number(simulated_capacity(mix))
        self._slack = FULL_TO_ROUNDING * self._capacity if number is float else 0
        self._zero = number(0)
        self._running: list[tuple[int, Any]] = []
        self._waiting: deque[tuple[int, Any]] = deque()

    def steps(self) -> Iterator[KeptStep]:
        while True:
            completed = self._execute()
            free = self._capacity - sum(x * self._tokens[m] for m, x in self._running)
            evicted = recomputed = admitted = self._zero
            if free < -self._slack:
                evicted = self._evict(-free)
            elif free > self._slack:
                free, recomputed = self._bring_back(free)
                admitted = self._admit(free)
            yield KeptStep(admitted, evicted, completed, recomputed)

    def _execute(self) -> Any:
        """Move every parcel to its next stage; return the requests that complete."""
        alive = self._alive
        completed = sum((x * (alive[m] - alive[m + 1]) for m, x in self._running), self._zero)
        self._running = [(m + 1, x) for m, x in self._running if m + 1 < len(self._tokens)]
        return completed

    def _evict(self, excess: Any) -> Any:
        """Free `excess` tokens, the latest admitted first; return the requests evicted."""
        evicted = self._zero
        while excess > self._slack:
            m, x = self._running.pop()
            out = min(x, excess / self._tokens[m])
            if out < x:
                self._running.append((m, x - out))
            self._waiting.appendleft((m, out))
            excess -= out * self._tokens[m]
            evicted += out * self._alive[m]
        return evicted

    def _bring_back(self, free: Any) -> tuple[Any, Any]:
        """Take back what waits, from the head; return what stays free and is prefilled again."""
        recomputed = self._zero
        while self._waiting and free > self._slack:
            m, x = self._waiting.popleft()
            back = min(x, free / self._tokens[m])
            if back < x:
                self._waiting.appendleft((m, x - back))
            self._running.append((m, back))
            free -= back * self._tokens[m]
            recomputed += back * (self._tokens[m] - self._alive[m])
        return free, recomputed

    def _admit(self, free: Any) -> Any:
        """Fill what is free with new requests and return their number."""
        if free <= self._slack:
            return self._zero
        admitted = free / self._tokens[0]
        self._running.append((0, admitted))
        return admitted
