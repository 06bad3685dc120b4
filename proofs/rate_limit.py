"""Chapter 6, continued: a rate limit at the equilibrium."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sympy import Eq, Function, Ge, Implies, Le, symbols

from stabkit import (
    RateLimited,
    Workload,
    simulate,
)
from stabkit.theorems.claims import Claim, Every, Quantity
from stabkit.theorems.evidence import ExactFinite, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness

from .moments import (
    STEP,
    Moment,
    empty_start,
)
from .notation import B, k, n
from .objects import Run, full_start, mixes, scattered_start
from .policies import small_mixes
from .quantities import A_STAR, LONGEST, a_star, longest

__all__ = ["THEOREMS"]

_g0, _rest, _G, _x, _r = symbols("g_0 S G_1 x r")
_OPEN = Interval(0, open_low=True)
_evicted, _taken = symbols("e a_n")
_done, _share = Function("c"), Function("p")
_classes = symbols("K")


def _limited_steps(rng: random.Random) -> Iterator[Moment]:
    """Yield steps under rate limits at the equilibrium, below it and above it."""
    starts = (empty_start, full_start, scattered_start)
    for k_, mix in enumerate(mixes(rng)):
        longest_ = LONGEST.value(mix)
        policy = RateLimited.over_equilibrium(
            mix, Fraction(rng.choice((10, 20, 20, 20, 20, 22, 35)), 20)
        )
        run = Run(mix, starts[k_ % 3](mix, rng), 2 * longest_ + 1, policy)
        for step in sorted({max(1, longest_ - 1), longest_, 2 * longest_ - 1, 2 * longest_}):
            yield Moment(run, step)


def _class_of(moment: Moment, k_: int) -> Any:
    classes = moment.mix.classes
    return classes[k_ - 1].share if 1 <= k_ <= len(classes) else None


def _completed(moment: Moment, k_: int) -> Any:
    known = 1 <= k_ <= len(moment.mix.classes)
    return moment.run.trajectory.completed_by_class[moment.step][k_ - 1] if known else None


RATE_LIMITED = Theorem(
    label="rate-limited",
    title="A rate limit at the equilibrium",
    claim=Claim(
        objects=_limited_steps,
        quantities=(
            STEP,
            LONGEST,
            A_STAR,
            Quantity(
                _r,
                "the rate limit: what fits is admitted, but no more than $r$ requests per step",
                lambda moment: moment.run.policy.rate,
            ),
            Quantity(_taken, "the requests admitted in the step", Moment.admitted),
            Quantity(
                _evicted,
                "the requests evicted in the step",
                lambda moment: moment.run.trajectory.evicted[moment.step],
            ),
            Quantity(_classes, "the number of classes", lambda moment: len(moment.mix.classes)),
            Quantity(_done, r"the requests of class $k$ that complete in the step", _completed),
            Quantity(_share, r"the share of class $k$", _class_of),
        ),
        hypotheses=(Le(_r, a_star), Ge(n, longest)),
        conclusions=(
            Eq(_taken, _r),
            Eq(_evicted, 0),
            Implies(Ge(n, 2 * longest), Every(Eq(_done(k), _share(k) * _r), k, 1, _classes)),
        ),
    ),
    uses=("kernel",),
    code=("stabkit.RateLimited",),
    steps=(
        Step(
            "fits",
            r"No admission exceeds $r$, and evictions only take away. From step $L$ on the "
            r"survivors were admitted in the last $L - 1$ steps, all since the start, and need at "
            r"most $S r$ tokens, with $S = \sum_{m \ge 1} g_m = G(1) - g_0$. With $r = B / G(1) - "
            r"x$, $x \ge 0$, what is free is at least $B - S r \ge g_0 r$: greedy would admit $r$ "
            r"or more, so that exactly $r$ is admitted, and nothing is evicted.",
            Inequality(
                B - (_g0 + _rest - _g0) * (B / (_g0 + _rest) - _x) - _g0 * (B / (_g0 + _rest) - _x),
                {_x: Interval(0), _g0: _OPEN, _rest: Interval(0), B: Interval(0)},
                False,
            ),
        ),
        Step(
            "throughput",
            r"What was admitted from step $L$ on is never evicted, and completes $l_k \le L$ steps "
            r"later: $p_k r$ of class $k$ per step, which hold $r G(1) \le B$.",
            Inequality(B - (B / _G - _x) * _G, {_x: Interval(0), _G: _OPEN, B: _OPEN}, False),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Exact runs from empty at $r = a^*$: evictions and completions of the last 10 steps.",
            ExactFinite(
                "evictions, and completed requests over $r$",
                "15 mixes",
                small_mixes,
                lambda mix: _limited(mix),
                lambda mix: (0, 10),
            ),
        ),
    ),
    sharpness=(
        Witness(
            Le(_r, a_star),
            r"At $1.2\, a^*$, $s = 10$ and $l = 5$, the memory is full before long and less than "
            r"$a^*$ is completed.",
            ExactFinite(
                "whether the last 50 of 300 steps complete less than 99 % of $a^*$ on the mean",
                "one mix",
                lambda: [Workload.from_classes([(10, 5)], 650)],
                lambda mix: (
                    sum(
                        simulate(mix, 300, arithmetic="exact", policy=RateLimited(12)).completed[
                            -50:
                        ]
                    )
                    < 50 * 10 * Fraction(99, 100)
                ),
                lambda mix: True,
            ),
        ),
        Witness(
            Ge(n, longest),
            r"From a cohort that fills the memory and grows, the first step evicts.",
            ExactFinite(
                "whether the first step evicts",
                "one state",
                lambda: [Workload.from_classes([(2, 3)], 100)],
                lambda mix: bool(
                    simulate(
                        mix, 1, arithmetic="exact", state=[[0, 25, 0]], policy=RateLimited(1)
                    ).evicted[1]
                ),
                lambda mix: True,
            ),
        ),
    ),
    lesson=(
        r"If you know what the server can carry, do not let feedback find it out: admit that much "
        r"and no more. There is no loop left that could oscillate."
    ),
)


def _limited(mix: Workload) -> tuple[int, Fraction]:
    rate = RateLimited.over_equilibrium(mix)
    run = simulate(mix, 60, arithmetic="exact", policy=rate)
    late = sum(run.completed[-10:], Fraction(0)) / Fraction(rate.rate)
    return sum(1 for x in run.evicted[mix.longest_decode :] if x), late


THEOREMS = (RATE_LIMITED,)
