"""Chapter 5: mixes that march in step, and the cycles that this makes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product, zip_longest

from sympy import Eq, Implies, Lt, Rational, symbols

from stabkit import (
    Workload,
    renormalized,
    simulate,
    synchronized_loss,
    worst_cycle_loss,
)
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness, paper
from stabkit.theorems.textbook.algebra import LinearRecurrence
from stabkit.theorems.textbook.deduction import Deduction

from .notation import B, g, i, m, n, s
from .quantities import GCD, MEAN, capacity_of, mean, stable

__all__ = ["THEOREMS"]

_d, _V, _X, _U, _q, _j, _e, _l = symbols("d V X U q j e l")
_dev, _a = symbols("delta a")
_OPEN = Interval(0, open_low=True)
_divides, _in_step, _rounds_agree, _joins, _loss, _memory = symbols(
    "divides in_step rounds_agree joins Delta M_d"
)


@dataclass(frozen=True)
class March:
    """A mix, a number d, and a state: cohorts in stages -1 mod d, and one stray request or none."""

    mix: Workload
    d: int
    cohorts: tuple[Fraction, ...]
    stray: Fraction

    @property
    def start(self) -> list[list[Fraction]]:
        """The state, with the stray in the last stage but one of the longest class."""
        state = _state(self.mix, list(self.cohorts), self.d)
        if self.stray:
            max(state, key=len)[-2] += self.stray
        return state


def _marches(rng: random.Random) -> Iterator[March]:
    """Yield states in step, some that evict at once, some with a stray, some of no divisor."""
    for seed in range(24):
        for d in (1, 2, 3):
            mix, cohorts = _random_mix(seed, d)
            yield March(mix, d, tuple(cohorts), Fraction(0))
    for seed in range(6):
        mix, cohorts = _random_mix(seed, 2)
        yield March(mix, 2, tuple(cohorts), Fraction(rng.randint(1, 9)))
    for lengths in ((3, 4), (2, 3), (4, 5)):
        mix = Workload.from_classes([(2, n_) for n_ in lengths], 100)
        yield March(mix, 2, (Fraction(6), Fraction(rng.randint(0, 3))), Fraction(0))


def _is_renormalised(march: March) -> bool | None:
    """Whether the states after every d steps are those of the renormalised mix; 8 rounds."""
    if any(c.decode_length % march.d for c in march.mix.classes):
        return _only_last_stages(march)
    watched, spread = _two_runs(march)
    return watched == spread


def _only_last_stages(march: March) -> bool:
    """Whether all requests are in stages -1 mod d after d steps."""
    run = simulate(march.mix, march.d, arithmetic="exact", state=march.start, record_states=True)
    assert run.states is not None
    d = march.d
    return all(j % d == d - 1 for row in run.states[-1] for j, x in enumerate(row) if x)


def _memory_of_cycle(march: March) -> Fraction:
    return sum(
        (
            c.share * (c.input_length + (r + 1) * march.d)
            for c in march.mix.classes
            for r in range(c.decode_length // march.d)
        ),
        Fraction(0),
    )


def _measured_loss(march: March) -> Fraction | None:
    if any(c.decode_length % march.d for c in march.mix.classes):
        return None
    return 1 - _measured(march.mix, march.d)


def _comes_into_step(march: March) -> bool | None:
    """Whether a state near the cycle, a thousandth out of step, is in step after L steps."""
    if any(c.decode_length % march.d for c in march.mix.classes):
        return None
    mix, d = march.mix, march.d
    ones = [Fraction(1)] * (mix.longest_decode // d)
    start = _state(mix, [capacity_of(mix) / _held(mix, ones, d)] * len(ones), d)
    near = [[x * Fraction(999, 1000) for x in row] for row in start]
    near[0][0] += sum((x for row in start for x in row), Fraction(0)) / (
        1000 * (mix.longest_decode + 400)
    )
    run = simulate(mix, mix.longest_decode, arithmetic="exact", state=near, record_states=True)
    assert run.states is not None
    stages = {j % d for row in run.states[-1] for j, x in enumerate(row) if x}
    return len(stages) == 1


R10 = Theorem(
    label="R10",
    title="Renormalisation",
    claim=Claim(
        objects=_marches,
        quantities=(
            Quantity(_d, "a number of steps", lambda march: march.d),
            GCD,
            MEAN,
            Quantity(
                _divides,
                "$d$ divides all decode lengths",
                lambda march: not any(c.decode_length % march.d for c in march.mix.classes),
            ),
            Quantity(
                _in_step,
                "all requests are in stages $-1$ mod $d$ at first",
                lambda march: march.stray == 0 or march.d == 1,
            ),
            Quantity(
                _rounds_agree,
                "after every $d$ steps, evictions included, the state is what a step makes of it "
                "in the renormalised mix, with inputs $s_k / d$, decode lengths $l_k / d$, the "
                "same shares and capacity $B / d$",
                _is_renormalised,
            ),
            Quantity(
                _memory,
                r"the memory $\sum_k p_k \sum_{i < l_k / d} (s_k + (i + 1) d)$ that an admission "
                "in every round holds",
                _memory_of_cycle,
            ),
            Quantity(
                _loss,
                "the share of the equilibrium's throughput, in requests and tokens alike, that is "
                "lost on the limit cycle of period $d$ which is the renormalised mix's equilibrium",
                _measured_loss,
            ),
            Quantity(
                _joins,
                "a state near that cycle, with a few requests out of step, is in step after $L$ "
                "steps",
                _comes_into_step,
            ),
        ),
        hypotheses=(_divides, _in_step),
        conclusions=(
            _rounds_agree,
            Eq(_loss, (_d - 1) * mean / (2 * _d * _memory)),
            Lt(_loss, Rational(1, 2)),
            Implies(Eq(_d, g), _joins),
        ),
    ),
    uses=("balance", "kernel", "R11"),
    code=("stabkit.renormalized", "stabkit.synchronized_loss"),
    references=(paper("section 5, on limit cycles"),),
    steps=(
        Step(
            "tokens",
            r"A request in stage $(i + 1) d - 1$ holds $s + (i + 1) d$ tokens, $d$ times what one "
            r"in stage $i$ holds in the renormalised mix.",
            Identity(s + (i + 1) * _d, _d * (s / _d + i + 1)),
        ),
        Step(
            "admit-once",
            r"In the first of the $d$ steps requests complete, the same as in the renormalised "
            r"step, and in no other. From then on each step that leaves the memory full is "
            r"followed by one that evicts: the $X$ requests in service need $X$ tokens more, and "
            r"nothing is freed. So there is one admission, or none.",
            Inequality((B + _X) - B, {B: _OPEN, _X: _OPEN}),
        ),
        Step(
            "old-ones-fit",
            r"Let $U$ be what the $X$ old survivors need in the last step, when they are in "
            r"stages $-1$ mod $d$ again, and let $U \le B$, $V = B - U$. With $j$ steps to go "
            r"they need $U - j X \le B$: they are never evicted, for the newcomers are younger.",
            Inequality(
                (_U + _V) - (_U - _j * _X),
                {_U: Interval(0), _V: Interval(0), _j: Interval(0), _X: Interval(0)},
                False,
            ),
        ),
        Step(
            "enough-newcomers",
            r"In the first step, with $j = d - 1$ to go, $(V + (d - 1) X) / (s + 1)$ newcomers "
            r"fit ($s$ the mean input); in the end at most $V / (s + d)$ of them will. That is "
            r"not more, so that the evictions of the steps between leave exactly these.",
            Inequality(
                (_V + (_d - 1) * _X) / (s + 1) - _V / (s + _d),
                {_V: Interval(0), _d: Interval(1), _X: Interval(0), s: Interval(0)},
                False,
            ),
        ),
        Step(
            "newcomers",
            r"So the newcomers end as $q$ requests with $(s + d) q + U = B$: the admission of the "
            r"renormalised step, whose survivors need $U / d$.",
            Identity(
                _q,
                (B / _d - _U / _d) / (s / _d + 1),
                given=((s + _d) * _q + _U - B,),
            ),
        ),
        Step(
            "evictions",
            r"If $U = B + V$ with $V > 0$, the old ones alone do not fit in the end: all "
            r"newcomers are evicted, and the old ones cut, youngest first, until they fit. Cuts "
            r"in the steps before go no further than the last one, as what fits at the end fitted "
            r"before: cut to $X' \le X$ requests that need $B$ in the end, they need $B - j X'$ "
            r"with $j$ steps to go. By the first line that is the eviction of the renormalised "
            r"step.",
            Inequality(
                B - (B - _j * _X), {B: Interval(0), _j: Interval(0), _X: Interval(0)}, False
            ),
        ),
        Step(
            "memory-of-the-cycle",
            r"The equilibrium of the renormalised mix admits $a$ every $d$ steps, with $a \sum_k "
            r"p_k \sum_{i < n_k} (s_k + (i + 1) d) = B$, $n_k = l_k / d$. For one class the inner "
            r"sum is, with $n = n_k - 1$,",
            Summation(s + (i + 1) * _d, i, 0, n, (n + 1) * s + _d * (n + 1) * (n + 2) / 2),
        ),
        Step(
            "memory-of-the-equilibrium",
            r"and at the equilibrium of the mix itself, $a^* \sum_k p_k \sum_{m < l_k} (s_k + m + "
            r"1) = B$, with $n = l_k - 1$,",
            Summation(s + m + 1, m, 0, n, (n + 1) * s + (n + 1) * (n + 2) / 2),
        ),
        Step(
            "loss",
            r"The cycle completes $a / d$ requests per step, $p_k a / d$ of class $k$. So $1 - a "
            r"/ (d a^*)$ is a quotient whose numerator, $d$ times the first sum less the second "
            r"with $l = d n$ terms, is for each class $(d - 1) l / 2$: $(d - 1) \mu / 2$ on the "
            r"mean.",
            Identity(
                _d * (n * s + _d * n * (n + 1) / 2) - (_d * n * s + _d * n * (_d * n + 1) / 2),
                (_d - 1) * (_d * n) / 2,
            ),
        ),
        Step(
            "below-half",
            r"It is below $\frac{1}{2}$, as the denominator $2 d$ times the first sum exceeds "
            r"twice the numerator, $2 (d - 1) l / 2$, class by class.",
            Inequality(
                _d * (n * s + _d * n * (n + 1) / 2) - (_d - 1) * (_d * n) / 2 * 2,
                {n: Interval(1), _d: Interval(1), s: Interval(0)},
            ),
        ),
        Step(
            "one-class",
            r"For one class and $d = l$ it is the loss of the worst cycle.",
            Identity((_l - 1) * _l / (2 * _l * (s + _l)), (_l - 1) / (2 * (s + _l))),
        ),
        Step(
            "strays",
            r"Let $d = g$ and take a state near the cycle, with a few requests out of step. In "
            r"the steps 2 to $g$ of a round at most $e$ of these complete, and free at most $(s + "
            r"l) e$ tokens ($s + l$ the largest), fewer than the $X$ others gain: still an "
            r"eviction, of newcomers only. So nothing is admitted out of step, and after $L$ "
            r"steps all are in step.",
            Inequality(
                (B + _X - (s + _l) * _e) - B,
                {
                    _e: Interval(0, _X / (s + _l)),
                    _X: _OPEN,
                    B: _OPEN,
                    s: Interval(0),
                    _l: Interval(1),
                },
            ),
        ),
        Step(
            "multipliers",
            r"From then on the deviation $\delta$ from the cycle obeys the renormalised mix, "
            r"near its equilibrium: the convolution of its kernel, with the weights $a$.",
            Deduction(
                LinearRecurrence(stable, symbols("F_d"), weight=_a, deviation=_dev, rest=B / _a),
                r"So over $g$ steps the Floquet multipliers, but zeros, are the roots of the "
                r"renormalised characteristic polynomial $F_d$: the cycle attracts all nearby "
                r"states if the renormalised mix is stable.",
            ),
        ),
    ),
    checks=(
        Step(
            "losses",
            r"Exact runs of ten rounds from the cycle's own state.",
            ExactFinite(
                "throughput over the equilibrium's",
                "four mixes",
                lambda: [
                    [(5, 2), (5, 4)],
                    [(5, 3), (5, 6)],
                    [(100, 4), (100, 6)],
                    [(0, 12), (10, 6)],
                ],
                lambda classes: 1 - synchronized_loss(Workload.from_classes(classes)),
                lambda classes: _at_gcd(Workload.from_classes(classes, 1000)),
            ),
        ),
        Step(
            "worst",
            r"One class, $d = l$.",
            ExactFinite(
                "loss",
                r"$s = 0, 5$, $l = 2, \dots, 8$",
                lambda: list(product((0, 5), range(2, 9))),
                lambda case: synchronized_loss(Workload.from_classes([case])),
                lambda case: worst_cycle_loss(*case),
            ),
        ),
    ),
    sharpness=(
        Witness(
            _divides,
            r"Lengths 3 and 4: two steps after all requests are in odd stages, some are in even "
            r"ones.",
            ExactFinite(
                "whether the odd stages alone are occupied after two steps",
                "one state",
                lambda: [Workload.from_classes([(2, 3), (2, 4)], 100)],
                lambda mix: _only_odd(mix, [[0, 6, 0], [0, 6, 0, 2]]),
                lambda mix: False,
            ),
        ),
        Witness(
            _in_step,
            r"The equilibrium fills all stages and loses nothing, although (5, 3), (5, 6) has a "
            r"synchronised cycle that loses a ninth.",
            ExactFinite(
                "whether a run from the equilibrium loses anything in 12 steps",
                "one mix",
                lambda: [Workload.from_classes([(5, 3), (5, 6)])],
                lambda mix: _from_equilibrium(mix) != 12,
                lambda mix: False,
            ),
        ),
    ),
    lesson=(
        r"Where all output lengths are even, every second step may be one in which nothing "
        r"happens. Look at the server only every other step: you see the same kind of server, half "
        r"as deep. What is a steady state to that observer is a cycle to everybody else, and it "
        r"has a price, the tokens that are reserved for nobody while the cohorts grow."
    ),
)


def _random_mix(seed: int, d: int) -> tuple[Workload, list[Fraction]]:
    rng = random.Random(100 * d + seed)
    rounds = rng.sample(range(1, 5), 2)
    mix = Workload.from_classes(
        [(rng.randint(0, 6), d * r, rng.randint(1, 3)) for r in rounds], 60 * d
    )
    cohorts = [Fraction(rng.randint(0, 12)) for _ in range(max(rounds) - 1)]
    cohorts.append(Fraction(rng.randint(1, 12)))
    full = 60 * d / _held(mix, cohorts, d)  # the first fit must not admit, out of step
    return mix, [y * full * rng.choice((Fraction(1), Fraction(3, 2))) for y in cohorts]


def _held(mix: Workload, cohorts: list[Fraction], d: int) -> Fraction:
    """Return the tokens of the cohorts in stages -1 mod d."""
    return sum(
        (
            c.share * y * (c.input_length + (r + 1) * d)
            for c in mix.classes
            for r, y in enumerate(cohorts[: c.decode_length // d])
        ),
        Fraction(0),
    )


def _state(mix: Workload, cohorts: list[Fraction], d: int) -> list[list[Fraction]]:
    """Return the cohorts in stages -1 mod d, split by the shares."""
    return [
        [
            c.share * cohorts[stage // d] if stage % d == d - 1 else Fraction(0)
            for stage in range(c.decode_length)
        ]
        for c in mix.classes
    ]


def _over_shares(mix: Workload, state: Sequence[Sequence[Fraction]]) -> list[list[Fraction]]:
    pairs = zip(mix.classes, state, strict=True)
    return [[x / c.share for x in stages] for c, stages in pairs]


def _two_runs(march: March) -> tuple[list[list[list[Fraction]]], list[list[list[Fraction]]]]:
    """Return the states after every d steps, and what the renormalised mix says of them."""
    mix, d = march.mix, march.d
    small = renormalized(mix, d)
    run = simulate(mix, 8 * d, arithmetic="exact", state=march.start, record_states=True)
    other = simulate(
        small,
        8,
        arithmetic="exact",
        state=_state(small, list(march.cohorts), 1),
        record_states=True,
    )
    assert run.states is not None
    assert other.states is not None
    watched = [[list(stages) for stages in state] for state in run.states[::d]]
    spread = [
        _state(
            mix, [max(y) for y in zip_longest(*_over_shares(mix, state), fillvalue=Fraction(0))], d
        )
        for state in other.states
    ]
    return watched, spread


def _measured(mix: Workload, d: int) -> Fraction:
    """Return the throughput of an exact run of ten rounds from the state of the cycle."""
    ones = [Fraction(1)] * (mix.longest_decode // d)
    start = _state(mix, [capacity_of(mix) / _held(mix, ones, d)] * len(ones), d)
    run = simulate(mix, 10 * d, arithmetic="exact", state=start)
    per_step = sum(run.completed[1:], Fraction(0)) / (10 * d)
    needed = sum(
        (
            c.share * (c.input_length + stage + 1)
            for c in mix.classes
            for stage in range(c.decode_length)
        ),
        Fraction(0),
    )
    return per_step * needed / capacity_of(mix)


def _at_gcd(mix: Workload) -> Fraction:
    return _measured(mix, mix.gcd)


def _only_odd(mix: Workload, state: list[list[int]]) -> bool:
    run = simulate(mix, 2, arithmetic="exact", state=state, record_states=True)
    assert run.states is not None
    return all(j % 2 for row in run.states[-1] for j, x in enumerate(row) if x)


def _from_equilibrium(mix: Workload) -> Fraction:
    """Return the requests that complete in 12 steps from the equilibrium of one per step."""
    state = [[c.share] * c.decode_length for c in mix.classes]
    run = simulate(mix, 12, arithmetic="exact", state=state)
    return sum(run.completed[1:], Fraction(0))


THEOREMS = (R10,)
