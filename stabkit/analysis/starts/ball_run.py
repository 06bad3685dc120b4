"""The model from a state of product form, exact at first and in balls then.

The unit of requests is a*, so that the capacity is G(1), an integer like the kernel once both are
multiplied by its denominator. After any fit the memory is full, and by the balance law the
survivors then need, beyond the capacity,

    excess = sum_(m < L-1) (g_(m+1) - g_m) y_m - g_(L-1) y_(L-1):

admission of -excess / g_0, or eviction, from the youngest cohort on. The differences cancel
nothing that a ball would have to add up: for a kernel that hardly grows, balls hardly do.

*Decisions.* A ball that holds 0 has no sign, unless it is exactly 0: then nothing is decided, the
run stops, and is made anew from its last exact state with longer balls. The numerators of exact
states grow with every step, so that these are the first ones only; where a step neither admits
nor evicts, or uses up a cohort exactly, later than that, it stays undecided.

References
----------
docs/model.md, Model, R11, R22.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from operator import mul
from typing import Any

from flint import arb, ctx, fmpq

from ...model.kernel import MemoryKernel

__all__ = ["BallRun", "Unresolved", "run_until"]

_EXACT_STEPS = 64
_EXACT_NUMBERS = 20_000  # of these steps, L each
_FIRST_PRECISION = 192
# Steps times L times the cost of a precision: 20 seconds.
_MOST_WORK = 20_000_000
_BITS_OF_WORK = 400  # that cost as much as the rest of an operation
_WIDE = arb(2) ** -30  # over a*; a cohort in a wider ball is not known


class Unresolved(ArithmeticError):
    """What a step does, or where it leads, is not decided; the message says which step, and why."""


class BallRun:
    """A run from a state of product form, of which every decision is proved.

    * `cohorts` (sequence of L Fractions): youngest first, over a*; fitted to the capacity at once.
    * `step`: the number of that state.
    * `cohorts` (list of L numbers): y_0, ..., y_(L-1) over a*: fmpq, after `to_balls` arb; what is
      empty is exactly 0.
    * `evicting`: the steps that evicted, the first fit included.

    >>> from stabkit import Workload
    >>> run = BallRun(MemoryKernel.of(Workload.from_classes([(2, 2)])), [Fraction(0), Fraction(1)])
    >>> run.cohorts, run.advance(), run.advance(), run.cohorts, run.evicting
    ([1, 1], None, None, [1, 1], [])
    """

    def __init__(self, kernel: MemoryKernel, cohorts: Sequence[Fraction], step: int = 0) -> None:
        self._tokens = kernel.coefficients
        self._growth: list[Any] = [
            b - a for a, b in zip(self._tokens, (*self._tokens[1:], 0), strict=True)
        ]
        self.cohorts: list[Any] = [fmpq(y.numerator, y.denominator) for y in cohorts]
        self.step = step
        self.evicting: list[int] = []
        self._fit(sum(map(mul, self.cohorts, self._tokens), fmpq(0)) - kernel.total)

    def copied(self) -> BallRun:
        """Return a run that goes on from here by itself."""
        other = object.__new__(BallRun)
        other.__dict__.update(self.__dict__)
        other.cohorts, other.evicting = list(self.cohorts), list(self.evicting)
        return other

    def to_balls(self) -> None:
        """Go on in balls, at the working precision of FLINT."""
        self._growth = [arb(g) for g in self._growth]
        self.cohorts = [arb(y) for y in self.cohorts]

    def advance(self) -> None:
        """Run one step.

        Raises Unresolved if its decision is not proved at this precision.
        """
        excess = sum(map(mul, self.cohorts, self._growth), self.cohorts[0] * 0)
        self.step += 1
        self.cohorts = [excess * 0, *self.cohorts[:-1]]
        self._fit(excess)
        if isinstance(excess, arb) and not excess.rad() < _WIDE * self._tokens[0]:
            raise Unresolved(f"step {self.step} is lost in the rounding of all before it")

    def _fit(self, excess: Any) -> None:
        if excess <= 0:
            self.cohorts[0] -= excess / self._tokens[0]
        elif excess > 0:
            self.evicting.append(self.step)
            self._evict(excess)
        else:
            raise Unresolved(self._tie)

    def _evict(self, excess: Any) -> None:
        for stage, cohort in enumerate(self.cohorts):
            left = cohort * self._tokens[stage] - excess
            if left > 0:
                self.cohorts[stage] = left / self._tokens[stage]
                return
            if not left <= 0:
                raise Unresolved(self._tie)
            self.cohorts[stage] = cohort * 0
            excess = -left

    @property
    def _tie(self) -> str:
        return f"step {self.step} may admit, evict, or use up a cohort exactly"


def run_until(start: BallRun, arrived: Callable[[BallRun], bool], limit: int) -> BallRun | None:
    """Return the run at the first step that has `arrived`, at most `limit`; None if none has.

    * `start`: exact; it is advanced itself.
    * `arrived` (function of a BallRun): whether what is looked for is proved of its state.

    Raises Unresolved if a step was not decided within the budget.

    >>> from stabkit import Workload
    >>> run = BallRun(MemoryKernel.of(Workload.from_classes([(9, 1), (9, 2)])), [Fraction(0)] * 2)
    >>> near = run_until(run, lambda run: abs(run.cohorts[0] - 1) < fmpq(1, 1000), 99)
    >>> near.step  # (11/20)^12 < 1/1000
    11
    """
    length = len(start.cohorts)
    exact_steps = min(_EXACT_STEPS, _EXACT_NUMBERS // length)
    for _ in range(exact_steps):
        if arrived(start):
            return start
        if start.step >= limit:
            return None
        start.advance()
    precision, work = _FIRST_PRECISION, 0.0
    while True:
        run = start.copied()
        with ctx.workprec(precision):
            run.to_balls()
            try:
                while not arrived(run):
                    if run.step >= limit:
                        return None
                    work += length * (1 + precision / _BITS_OF_WORK)
                    run.advance()
                return run
            except Unresolved as failure:
                if work > _MOST_WORK:
                    raise Unresolved(f"{failure}, even in balls of {precision} bits") from failure
        precision *= 2
