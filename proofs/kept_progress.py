"""Chapter 6, continued: evicted requests that keep their tokens."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from sympy import Eq, Gt, Implies, Le, symbols

from stabkit import Workload
from stabkit.dynamics.kept_progress import KeptStep, kept_steps
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem

from .notation import B, n, s
from .objects import mixes
from .quantities import A_STAR, CAPACITY, a_star

__all__ = ["THEOREMS"]

_OPEN = Interval(0, open_low=True)
_admitted, _least, _G, _x, _r = symbols(r"A_n g_{\min} G_1 x r")
_y, _next, _beta, _evicted = symbols("y y^+ beta e")


@dataclass(frozen=True)
class Kept:
    """The first n steps from empty of the fluid with kept progress."""

    mix: Workload
    n: int

    @property
    def steps(self) -> list[KeptStep]:
        return list(islice(kept_steps(self.mix, "exact"), self.n + 1))

    @property
    def admitted(self) -> Fraction:
        return sum((step.admitted for step in self.steps), Fraction(0))


def _runs(rng: random.Random) -> Iterator[Kept]:
    for k, mix in enumerate(mixes(rng)):
        yield Kept(mix, (0, 1, 2, 7, 16)[k % 5])


def _memory(mix: Workload, m: int) -> Fraction:
    alive = (c for c in mix.classes if c.decode_length > m)
    return sum((c.share * (c.input_length + m + 1) for c in alive), Fraction(0))


def _least_memory(run: Kept) -> Fraction:
    return min(_memory(run.mix, m) for m in range(run.mix.longest_decode))


THROUGHPUT = Theorem(
    label="kept-progress",
    title="Kept progress loses no decode steps",
    claim=Claim(
        objects=_runs,
        quantities=(
            Quantity(
                n,
                "the steps executed from empty where an evicted request, the latest admitted "
                "first, waits at the head of the queue and returns in the stage it had reached",
                lambda run: run.n,
            ),
            Quantity(
                _admitted,
                "the requests admitted for the first time in these steps",
                lambda run: run.admitted,
            ),
            CAPACITY,
            A_STAR,
            Quantity(_least, r"$\min_m g_m$", _least_memory),
        ),
        hypotheses=(),
        conclusions=(
            Le(a_star * n, _admitted),
            Le(_admitted, a_star * n + B / _least),
        ),
    ),
    uses=("kernel",),
    code=("stabkit.kept_progress",),
    steps=(
        Step(
            "at-least",
            r"The queue never ends and the fluid fills the memory in every step: $n$ steps hold "
            r"$n B$ tokens. A request is executed once in each of its stages, however often it "
            r"is evicted, so that what was admitted together holds at most $G(1)$ for each "
            r"request: $A_n G(1) = n B + r$ with $r \ge 0$.",
            Inequality(
                (n * B + _r) / _G - n * B / _G,
                {_r: Interval(0), _G: _OPEN, n: Interval(0), B: _OPEN},
                False,
            ),
        ),
        Step(
            "at-most",
            r"Let $x$ of them not have ended. The others held $G(1)$ each: $(A_n - x) G(1) \le n "
            r"B$. New requests are admitted only when none waits with progress; then all $x$ are "
            r"in memory, where each needs $\min_m g_m$ or more, and until new ones are admitted "
            r"$x$ does not grow: $x \le B / \min_m g_m$.",
            Inequality(
                n * B / _G + B / _least - ((n * B - _r) / _G + (B / _least - _x)),
                {
                    _r: Interval(0),
                    _x: Interval(0),
                    _G: _OPEN,
                    _least: _OPEN,
                    n: Interval(0),
                    B: _OPEN,
                },
                False,
            ),
        ),
    ),
    lesson=(
        r"Whether an eviction costs throughput or only prefill is decided by what becomes of the "
        r"tokens. If they are kept, any cycle completes what the equilibrium would."
    ),
)


@dataclass(frozen=True)
class Pair:
    """One class of two decode steps, in front of its i-th admission from empty."""

    mix: Workload
    i: int

    @property
    def _rows(self) -> Iterator[KeptStep]:
        return kept_steps(self.mix, "exact")

    @property
    def unit(self) -> Fraction:
        return Fraction(self.mix.capacity or 0) / (self.mix.classes[0].input_length + 1)

    def _from_admission(self) -> tuple[Fraction, Fraction, Fraction]:
        """Return y_i, y_{i+1} and what is evicted in between, over B / (s + 1)."""
        rows, seen = self._rows, -1
        current = evicted = Fraction(0)
        for row in rows:
            if row.evicted:
                evicted = row.evicted / self.unit
                continue
            seen += 1
            if seen == self.i + 1:
                return current, row.admitted / self.unit, evicted
            current, evicted = row.admitted / self.unit, Fraction(0)
        raise AssertionError("runs have no end")

    @property
    def now(self) -> Fraction:
        return self._from_admission()[0]

    @property
    def next(self) -> Fraction:
        return self._from_admission()[1]

    @property
    def evicted(self) -> Fraction:
        return self._from_admission()[2]


def _pairs(rng: random.Random) -> Iterator[Pair]:
    for s_ in (0, 1, 2, 9, Fraction(1, 2), Fraction(22, 7), 400):
        for i in range(12):
            yield Pair(Workload.from_classes([(s_, 2)], 1000), i)
    for _ in range(40):
        s_ = Fraction(rng.randint(0, 40), rng.randint(1, 6))
        yield Pair(Workload.from_classes([(s_, 2)], 1000), rng.randint(0, 20))


TWO_STEPS = Theorem(
    label="kept-progress-two-steps",
    title="Two decode steps with kept progress: a negative beta-transformation",
    claim=Claim(
        objects=_pairs,
        quantities=(
            Quantity(
                s,
                r"the input length of one class of two decode steps",
                lambda d: d.mix.classes[0].input_length,
            ),
            Quantity(
                _y,
                r"what a step without evictions leaves in stage 0, over $B / (s + 1)$, from "
                r"empty and with kept progress",
                lambda d: d.now,
            ),
            Quantity(
                _next, "what the next such step leaves there, over $B / (s + 1)$", lambda d: d.next
            ),
            Quantity(
                _evicted,
                r"what is evicted between these two steps, over $B / (s + 1)$",
                lambda d: d.evicted,
            ),
            Quantity(
                _beta,
                r"$(s + 2) / (s + 1)$",
                lambda d: (d.mix.classes[0].input_length + 2) / (d.mix.classes[0].input_length + 1),
            ),
        ),
        hypotheses=(),
        conclusions=(
            Implies(Le(_beta * _y, 1), Eq(_next, 1 - _beta * _y)),
            Implies(Le(_beta * _y, 1), Eq(_evicted, 0)),
            Implies(Gt(_beta * _y, 1), Eq(_next, 2 - _beta * _y)),
            Implies(Gt(_beta * _y, 1), Eq(_evicted, _y - 1 / _beta)),
        ),
    ),
    uses=("kept-progress",),
    code=("stabkit.kept_progress",),
    steps=(
        Step(
            "room",
            r"Of $x_0$ requests in stage 0 and $x_1$ in stage 1, with $(s + 1) x_0 + (s + 2) x_1 "
            r"= B$, the first come to need $(s + 2) x_0 = \beta y B$ tokens. If that is at most "
            r"$B$, new requests fill the rest: $(B - \beta y B) / (s + 1)$ of them.",
            Identity(
                (B - (s + 2) * (_y * B / (s + 1))) / (s + 1) / (B / (s + 1)),
                1 - (s + 2) / (s + 1) * _y,
            ),
        ),
        Step(
            "eviction",
            r"If it is more, $B / (s + 2)$ stay and fill the memory, and $e = x_0 - B / (s + 2)$ "
            r"wait in stage 1. They fit after the next step, when the others have completed: "
            r"$x_0 \le B / (s + 1)$ makes $(s + 2) e \le B / (s + 1)$.",
            Inequality(
                B / (s + 1) - (s + 2) * (B / (s + 1) - _x - B / (s + 2)),
                {_x: Interval(0), s: Interval(0), B: _OPEN},
                False,
            ),
        ),
        Step(
            "back",
            r"Then new requests fill what the returned ones leave: $(B - (s + 2) e) / (s + 1)$.",
            Identity(
                (B - (s + 2) * (_y * B / (s + 1) - B / (s + 2))) / (s + 1) / (B / (s + 1)),
                2 - (s + 2) / (s + 1) * _y,
            ),
        ),
    ),
    checks=(
        Step(
            "never-at-rest",
            r"For whole $s$ the fixed point $(s + 1) / (2 s + 3)$ is never reached: $y$ is a "
            r"fraction over a power of $s + 1$. So evictions never end, for a run that ended "
            r"them would leave the fixed point by the factor $\beta > 1$ in every step.",
            ExactFinite(
                r"whether one of the first 20 values is $(s + 1) / (2 s + 3)$",
                "seven inputs",
                lambda: [Workload.from_classes([(k, 2)], 100) for k in range(7)],
                lambda mix: any(
                    Pair(mix, i).now
                    == Fraction(
                        int(mix.classes[0].input_length) + 1,
                        2 * int(mix.classes[0].input_length) + 3,
                    )
                    for i in range(20)
                ),
                lambda mix: False,
            ),
        ),
    ),
    lesson=(
        r"A server that forgets nothing need not come to rest, or even to a cycle: two decode "
        r"steps are enough for a map that pushes all orbits apart."
    ),
)

THEOREMS = (THROUGHPUT, TWO_STEPS)
