"""Chapter 8, continued: from the empty memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from typing import Any

from sympy import Eq, Equivalent, Function, Ge, Implies, Le, symbols

from stabkit import Trajectory, Workload, simulate, soft_start
from stabkit.theorems.claims import Claim, Every, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness

from .moments import STEP, Moment, empty_start
from .no_eviction import evicted_from, falling, kernel_terms
from .notation import B, i, n, z
from .objects import Run, full_start, mixes
from .quantities import A_STAR, CAPACITY, LONGEST, a_star, kernel_sum, longest, mix_of
from .reserves import evicted_so_far

__all__ = ["THEOREMS"]

_OPEN, _REAL = Interval(0, open_low=True), Interval(0)
_evicted, _taken, _from_empty = symbols("E a_n from_empty")
_delta, _slow, _lost, _admitted = symbols("delta R E a_w")
_last = symbols("w", integer=True)
_x, _y, _f, _G = symbols("x y f G_1")
_g0, _g1 = symbols("g_0 g_1")
_sums, _partial = Function("beta"), Function("b")
_MOST_SUMS = 40


@cache
def _sums_of(mix: Workload, count: int) -> tuple[Fraction, ...]:
    """Return the sums of h_0, ..., h_n, n < count, by long division of 1 by (1 - z) G."""
    g_ = kernel_terms(mix)
    found: list[Fraction] = []
    for n_ in range(count):
        held = sum((g_[j] * found[n_ - j] for j in range(1, min(n_ + 1, len(g_)))), Fraction(0))
        found.append((1 - held) / g_[0])
    return tuple(found)


def _sum_of(drawn: Any, n_: int) -> Fraction | None:
    return _sums_of(mix_of(drawn), _MOST_SUMS)[n_] if 0 <= n_ < _MOST_SUMS else None


def _relative_sum(drawn: Any, n_: int) -> Fraction | None:
    found = _sum_of(drawn, n_)
    return None if found is None else found * kernel_sum(drawn)


def _cold_steps(rng: random.Random) -> Iterator[Moment]:
    """Yield steps of runs from empty, up to the first eviction and beyond, and of some others."""
    for k, mix in enumerate((*falling(rng), *mixes(rng))):
        start = full_start(mix, rng) if k % 6 == 5 else empty_start(mix, rng)
        run = Run(mix, start, 12)
        first = next((n_ for n_, sum_ in enumerate(_sums_of(mix, 12)) if sum_ < 0), 11)
        yield from (Moment(run, step) for step in sorted({1, max(1, first - 1), first, 12}))


R20 = Theorem(
    label="R20",
    title="The first eviction from empty",
    claim=Claim(
        objects=_cold_steps,
        quantities=(
            STEP,
            CAPACITY,
            Quantity(
                _from_empty,
                "the start is empty",
                lambda moment: not any(map(any, moment.run.start)),
            ),
            Quantity(
                _sums,
                r"$\sum_{j \le i} h_j$, where $h_j$ are the coefficients of $1 / G(z)$",
                _sum_of,
            ),
            Quantity(_taken, "the requests admitted in step $n$", Moment.admitted),
            Quantity(_evicted, "the requests evicted up to step $n$", evicted_so_far),
        ),
        hypotheses=(_from_empty,),
        conclusions=(
            Equivalent(Eq(_evicted, 0), Every(Ge(_sums(i), 0), i, 0, n)),
            Implies(Eq(_evicted, 0), Eq(_taken, B * _sums(n))),
        ),
    ),
    uses=("kernel",),
    code=("stabkit.soft_start",),
    steps=(
        Step(
            "equation",
            r"While nothing is evicted every step fills the memory, $\sum_m g_m a_{n-m} = B$ for "
            r"$n \ge 0$ with $a_n = 0$ before: the series $f$ of the admissions, times $(1 - z) "
            r"G$, is $B$. With $G_1$ for $G(z)$",
            Identity(_f, B / ((1 - z) * _G), given=(_f * (1 - z) * _G - B,)),
        ),
        Step(
            "first-terms",
            r"Its first coefficients are $B h_0$ and $B (h_0 + h_1)$ with $h_0 = 1 / g_0$ and "
            r"$h_1 = - g_1 / g_0^2$: what fits, and what fits beside the first cohort.",
            Identity((B - _g1 * (B / _g0)) / _g0, B * (1 / _g0 - _g1 / _g0**2)),
        ),
        Step(
            "sign",
            r"A step evicts if and only if the survivors need more than $B$; with $x$ tokens more "
            r"the formal number of admissions is $(B - (B + x)) / g_0 < 0$.",
            Inequality(((B + _x) - B) / _g0, {B: _OPEN, _x: _OPEN, _g0: _OPEN}),
        ),
    ),
    checks=(
        Step(
            "code",
            "The code finds the same step.",
            ExactFinite(
                "the first negative sum, if it is among the first 40",
                "30 mixes with few rising ages",
                lambda: list(falling(random.Random(20))),
                lambda mix: soft_start(mix).first_eviction,
                lambda mix: next(
                    (n_ for n_, sum_ in enumerate(_sums_of(mix, _MOST_SUMS)) if sum_ < 0), None
                ),
            ),
        ),
    ),
    sharpness=(
        Witness(
            _from_empty,
            r"From a memory full of one stage a mix evicts at once that from empty never does.",
            ExactFinite(
                "whether a sum is negative, and whether a step evicts",
                "one mix",
                lambda: [Workload.from_classes([(2, 1, 7), (0, 2, 1), (0, 3, 3)], 1000)],
                lambda mix: (
                    min(_sums_of(mix, _MOST_SUMS)) < 0,
                    bool(evicted_from(mix, 2)),
                ),
                lambda mix: (False, True),
            ),
        ),
    ),
    lesson=(
        r"A server that fills its empty memory at once has all its requests in step, and what it "
        r"admits next is decided by the kernel alone. Without requests of one decode step there is "
        r"nothing that completes in the next step, and it evicts at once."
    ),
)


class _SlowStart:
    """At most `rate` requests per step for some steps, then greedy."""

    name = "slow-start"

    def __init__(self, rate: Fraction, steps: int) -> None:
        self.rate, self.left = rate, steps

    def admissions(self, memory: Any) -> Any:
        fits = memory.free / memory.per_request
        self.left -= 1
        return fits if self.left < 0 else min(fits, self.rate)


@dataclass(frozen=True)
class Slow:
    """A run from empty: (1 - delta) a* per step for some steps, then some greedy ones."""

    mix: Workload
    delta: Fraction
    slow: int
    greedy: int

    @cached_property
    def trajectory(self) -> Trajectory:
        """The exact trajectory."""
        policy = _SlowStart((1 - self.delta) * A_STAR.value(self), self.slow)
        steps = self.slow + self.greedy - 1
        return simulate(self.mix, steps, arithmetic="exact", policy=policy)


def _slow_starts(rng: random.Random) -> Iterator[Slow]:
    """Yield slow starts at the largest delta, around it, and others; some of them too short."""
    for k, mix in enumerate((*falling(rng), *mixes(rng))):
        least = mix.longest_decode - 1
        greedy = rng.choice((1, 3, 6, 14))
        sums = [kernel_sum(mix) * sum_ for sum_ in _sums_of(mix, _MOST_SUMS)[:greedy]]
        largest = 1 / (1 - min(Fraction(0), *sums))
        slow = (least, least, least + 2, max(0, least - 1))[k % 4]
        for delta in (largest, min(largest * Fraction(1001, 1000), Fraction(1)), Fraction(1, 3)):
            yield Slow(mix, delta, slow, greedy)


_UNHARMED = Every(Le(_delta * (1 - _partial(i)), 1), i, 0, _last)


def _computed_delta(mix: Workload) -> tuple[Fraction, Fraction] | None:
    delta = soft_start(mix).delta
    return None if delta is None else (delta.low, delta.high)


def _largest_delta(mix: Workload) -> Fraction:
    return 1 / (1 - kernel_sum(mix) * min(_sums_of(mix, _MOST_SUMS)))


R21 = Theorem(
    label="R21",
    title="Soft start",
    claim=Claim(
        objects=_slow_starts,
        quantities=(
            LONGEST,
            A_STAR,
            Quantity(_delta, r"a number with $0 \le \delta \le 1$", lambda drawn: drawn.delta),
            Quantity(
                _slow,
                r"the number of steps, from empty, that admit at most $(1 - \delta) a^*$ requests "
                r"each",
                lambda drawn: drawn.slow,
            ),
            Quantity(
                _last,
                r"the last of the greedy steps $0, 1, \dots, w$ that follow",
                lambda drawn: drawn.greedy - 1,
            ),
            Quantity(
                _partial,
                r"$G(1) \sum_{j \le i} h_j$, where $h_j$ are the coefficients of $1 / G(z)$",
                _relative_sum,
            ),
            Quantity(
                _lost,
                "the requests evicted in all these steps",
                lambda drawn: sum(drawn.trajectory.evicted, Fraction(0)),
            ),
            Quantity(
                _admitted,
                "the requests admitted in step $w$",
                lambda drawn: Fraction(drawn.trajectory.admitted[-1]),
            ),
        ),
        hypotheses=(Ge(_slow, longest - 1),),
        conclusions=(
            Equivalent(Eq(_lost, 0), _UNHARMED),
            Implies(Eq(_lost, 0), Eq(_admitted, a_star * (1 - _delta + _delta * _partial(_last)))),
        ),
    ),
    uses=("kernel", "R20"),
    code=("stabkit.soft_start",),
    steps=(
        Step(
            "room",
            r"$(1 - \delta) a^*$ requests of every age hold $(1 - \delta) B$ tokens, fewer ages "
            r"less: the slow steps evict nothing, and admit what they may.",
            Identity((1 - _delta) * (B / _G) * _G, B - _delta * B),
        ),
        Step(
            "shift",
            r"After $L - 1$ of them every request in memory was admitted at that rate. What greedy "
            r"admits beyond it, $x$, obeys the memory equation with $\delta B$ in place of $B$ and "
            r"nothing before: R20's equation. So $x_n = \delta a^* b_n$.",
            Identity(
                (1 - _delta) * a_star + _delta * a_star * _x,
                a_star * (1 - _delta + _delta * _x),
            ),
        ),
        Step(
            "sign",
            r"As in R20 the first negative number is the first eviction. With "
            r"$1 - \delta (1 - b) = y$ the step admits $a^* y$.",
            Identity(1 - _delta + _delta * (1 - (1 - _y) / _delta), _y),
        ),
        Step(
            "largest",
            r"If the least $b_n$ is $-x < 0$, that is $\delta \le 1 / (1 + x)$ for all of them, "
            r"for $1 - b_n \le 1 + x$.",
            Inequality(
                1 - 1 / (1 + _x) * (1 + _x - _y),
                {_x: _REAL, _y: _REAL},
                False,
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The code finds the largest $\delta$.",
            ExactFinite(
                r"$1 / (1 - \min b_n)$ over the first 40, at most 1",
                "mixes of two classes with stable equilibria",
                lambda: [
                    Workload.from_classes(classes)
                    for classes in ([(2, 2), (2, 3)], [(0, 6, 2), (5, 1, 3)], [(30, 2), (30, 5)])
                ],
                _computed_delta,
                lambda mix: (_largest_delta(mix),) * 2,
            ),
        ),
    ),
    sharpness=(
        Witness(
            Ge(_slow, longest - 1),
            r"One step less, and decode lengths 3 and 5 of input 10 evict at the largest $\delta$.",
            ExactFinite(
                "whether a step evicts after three and after four slow steps",
                "one mix",
                lambda: [Workload.from_classes([(10, 3), (10, 5)], 1000)],
                lambda mix: tuple(
                    bool(Slow(mix, _largest_delta(mix), slow, 30).trajectory.evicted.any())
                    for slow in (3, 4)
                ),
                lambda mix: (True, False),
            ),
        ),
    ),
    lesson=(
        r"What greedy does after a slow start is what it does from empty, on a smaller scale and "
        r"on a floor. The floor need only be as high as the deepest dip: for a real trace a few "
        r"per cent to a sixth of the equilibrium's rate, for as long as the longest decode."
    ),
)


THEOREMS = (R20, R21)
