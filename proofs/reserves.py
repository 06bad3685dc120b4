"""Chapter 6, continued: a watermark, memory that is kept free for growth."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sympy import And, Eq, Ge, Gt, Implies, Le, Or, symbols

from stabkit import (
    Headroom,
    Workload,
    simulate,
    worst_cycle_loss,
)
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Use, Witness

from .moments import (
    MEAN_INPUT,
    PRODUCT_FORM,
    STEP,
    Moment,
    Rows,
    empty_start,
    held_by,
    product_form,
)
from .notation import B, length, n, s
from .objects import Run, full_start, mixes, one_class, scattered_start
from .policies import MADE, MEMORY, TOKENS, lost, made, needs, tokens
from .quantities import CAPACITY, LENGTH, LONGEST, ONE_LENGTH, longest, one_length

__all__ = ["THEOREMS", "evicted_so_far", "first_evicted", "scaled"]

_x, _eta, _S = symbols("x eta S")
_least, _start, _evicted, _completed = symbols(r"s_{\min} M_0 E C")
_from_empty = symbols("from_empty")
_OPEN = Interval(0, open_low=True)


def _least_input(moment: Moment) -> Fraction:
    return min(Fraction(c.input_length) for c in moment.mix.classes)


def scaled(rows: Rows, factor: Fraction) -> Rows:
    """Return a state with all counts multiplied."""
    return tuple(tuple(x * factor for x in row) for row in rows)


def evicted_so_far(moment: Moment) -> Fraction:
    """Return the requests evicted from the start on, its own fit included."""
    return sum(moment.run.trajectory.evicted[: moment.step + 1], Fraction(0))


def _completed_lately(moment: Moment) -> Fraction | None:
    """Return the completions of the last l steps; None before there were so many."""
    steps = LENGTH.value(moment)
    if moment.step < steps:
        return None
    done = moment.run.trajectory.completed[moment.step - steps + 1 : moment.step + 1]
    return sum(done, Fraction(0))


_HEADROOM_COUNTEREXAMPLE = Moment(
    Run(
        Workload.from_classes([(0, 3), (6, 3)], 90),
        ((Fraction(60), Fraction(0), Fraction(0)), (Fraction(0),) * 3),
        12,
        Headroom(Fraction(1, 3)),
    ),
    12,
)


def _watermarks(rng: random.Random) -> Iterator[Moment]:
    """Yield runs with watermarks at the bounds, below and above, from starts of all kinds."""
    yield _HEADROOM_COUNTEREXAMPLE
    starts = (empty_start, full_start, scattered_start, full_start, scattered_start)
    for k_, mix in enumerate((*one_class(rng), *one_class(rng), *mixes(rng), *_two_inputs(rng))):
        steps = mix.classes[0].decode_length - 1
        probe = Moment(Run(mix, empty_start(mix, rng), 1), 1)
        inputs = (MEAN_INPUT.value(probe), _least_input(probe))
        bounds = [steps / (steps + 1 + x) for x in inputs]
        watermark = rng.choice((bounds[0], bounds[0], bounds[1], bounds[0] * Fraction(9, 10)))
        full = rng.choice((1 - watermark, 1 - watermark, (1 - watermark) / 2, Fraction(1)))
        start = scaled(starts[k_ % 5](mix, rng), full)
        run = Run(mix, start, 3 * (steps + 1) + 1, Headroom(watermark))
        yield from (Moment(run, step) for step in sorted({max(1, steps), run.steps}))


def _two_inputs(rng: random.Random) -> Iterator[Workload]:
    for _ in range(30):
        n_ = rng.randint(2, 5)
        classes = [(rng.choice((0, 1, 6, 20)), n_, rng.randint(1, 3)) for _ in range(2)]
        yield Workload.from_classes(classes, 1000)


HEADROOM = Theorem(
    label="headroom",
    title="A watermark",
    claim=Claim(
        objects=_watermarks,
        quantities=(
            STEP,
            CAPACITY,
            Quantity(_evicted, r"the requests evicted since the start", evicted_so_far),
            LONGEST,
            LENGTH,
            ONE_LENGTH,
            MEAN_INPUT,
            Quantity(_least, "the least input length, in tokens", _least_input),
            Quantity(
                _eta,
                r"the watermark: admitted is what fits into $(1 - \eta) B$, and evicted what is "
                r"above $B$",
                lambda moment: moment.run.policy.watermark,
            ),
            Quantity(
                _start,
                "the tokens in memory at the start",
                lambda moment: held_by(moment.mix, moment.run.start),
            ),
            PRODUCT_FORM,
            Quantity(
                _from_empty,
                "the start is empty",
                lambda moment: not any(map(any, moment.run.start)),
            ),
            Quantity(
                _completed, r"the requests completed in the last $l$ steps", _completed_lately
            ),
            MADE,
            TOKENS,
        ),
        hypotheses=(
            one_length,
            Ge(_eta, (length - 1) / (s + length)),
            Or(product_form, Ge(_eta, (length - 1) / (_least + length))),
            Le(_start, (1 - _eta) * B),
        ),
        conclusions=(
            Eq(_evicted, 0),
            Implies(And(Ge(n, longest), Gt(tokens, 0)), Eq(made, (1 - _eta) * B)),
            Implies(
                _from_empty,
                And(Eq(_completed, (1 - _eta) * B / (s + 1)), Le(_completed, B / (s + length))),
            ),
        ),
    ),
    uses=("greedy", "worst-cycle"),
    code=("stabkit.Headroom", "stabkit.closed_loop"),
    steps=(
        MEMORY,
        Step(
            "recurrence",
            r"Where it admits anything it admits $N = (1 - \eta) B - U$: greedy's recurrence with "
            r"another constant, and so greedy's characteristic polynomial. It does not stabilise.",
            Identity(
                made,
                (1 - _eta) * B,
                given=(
                    made - (needs + tokens + lost),
                    lost,
                    tokens - ((1 - _eta) * B - needs),
                ),
            ),
            uses=(Use("memory"),),
        ),
        Step(
            "no-eviction",
            r"While nothing is admitted a memory of $U$ tokens grows by one per request. Of "
            r"product form, it is that of one class with the mean input $s$: a request holds at "
            r"least $s + 1$ tokens at first, $s + l$ at last, so that the memory grows by the "
            r"factor $(s + l) / (s + 1)$ at most. In any other, by that of the least input. From "
            r"$U \le (1 - \eta) B$, above which nothing is admitted, it stays within $B$, with "
            r"$\eta = (l - 1)/(s + l) + x$ and $S = l$:",
            Inequality(
                B - (1 - ((_S - 1) / (s + _S) + _x)) * B * (s + _S) / (s + 1),
                {B: _OPEN, _x: Interval(0), s: Interval(0), _S: Interval(1)},
                False,
            ),
        ),
        Step(
            "throughput",
            r"From empty, a cohort of $(1 - \eta) B / (s + 1)$ fills the memory up to the "
            r"watermark, and the next comes when it completes, $l$ steps later. At equality that "
            r"is $B / (s + l)$: the worst cycle's.",
            Identity(
                (1 - (length - 1) / (s + length)) * B / (s + 1),
                B / (s + length),
            ),
        ),
        Step(
            "less-beyond",
            r"Beyond, it falls with $\eta$.",
            Inequality(
                B / (s + _S) - (1 - ((_S - 1) / (s + _S) + _x)) * B / (s + 1),
                {B: _OPEN, _x: _OPEN, s: Interval(0), _S: Interval(1)},
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Exact runs from empty at the bound: evictions, and completions of the last $l$ "
            r"steps, over those of the worst cycle as the code has it.",
            ExactFinite(
                "evictions, and completions",
                r"$s \in \{0, 3, 10\}$, $l = 2, \dots, 5$",
                lambda: [(a, n_) for a in (0, 3, 10) for n_ in range(2, 6)],
                lambda case: _watermarked(*case),
                lambda case: (0, 60 * (1 - worst_cycle_loss(*case))),
            ),
        ),
    ),
    sharpness=(
        Witness(
            Ge(_eta, (length - 1) / (s + length)),
            r"A watermark of 5 % does not do for $s = 10$, $l = 5$: evictions go on.",
            ExactFinite(
                "whether the last 50 of 200 steps evict",
                "one mix",
                lambda: [Workload.from_classes([(10, 5)], 650)],
                lambda mix: any(
                    simulate(mix, 200, arithmetic="exact", policy=Headroom("1/20")).evicted[-50:]
                ),
                lambda mix: True,
            ),
        ),
        Witness(
            Or(product_form, Ge(_eta, (length - 1) / (_least + length))),
            r"Inputs 0 and 6 in equal shares, $l = 3$, $B = 90$: $\eta = 1/3$ is the bound for the "
            r"mean input 3. But 60 requests of the input 0, alone in stage 0, fill $(1 - \eta) B$ "
            r"and grow to three times as much: 15 are evicted, twice.",
            ExactFinite(
                "evicted requests in two steps",
                "one start",
                lambda: [_HEADROOM_COUNTEREXAMPLE],
                lambda moment: [Fraction(x) for x in moment.run.trajectory.evicted[1:3]],
                lambda moment: [Fraction(15), Fraction(15)],
            ),
        ),
        Witness(
            Le(_start, (1 - _eta) * B),
            r"One class, $s = 2$, $l = 3$, $B = 100$ at $\eta = 2/5$: 25 requests in stage 1 fill "
            r"the memory, and grow.",
            ExactFinite(
                "evicted requests in the first step",
                "one start",
                lambda: [Workload.from_classes([(2, 3)], 100)],
                lambda mix: first_evicted(mix, Headroom(Fraction(2, 5))),
                lambda mix: Fraction(5),
            ),
        ),
    ),
    lesson=(
        r"A watermark is a reserve for the growth of what has been admitted. Large enough, it ends "
        r"the evictions; but the swings remain, and the throughput is that of the worst cycle. How "
        r"large depends on what is there at the start: a memory full of the shortest prompts grows "
        r"by a larger factor than the mix does on the mean."
    ),
)


def first_evicted(mix: Workload, policy: Any) -> Fraction:
    """Return the requests evicted in the first step from 25 in stage 1."""
    run = simulate(mix, 1, arithmetic="exact", state=[[0, 25, 0]], policy=policy)
    return Fraction(run.evicted[1])


def _watermarked(inputs: int, n_: int) -> tuple[int, Fraction]:
    """Completions of l steps over those of the equilibrium per step, times 60 / l."""
    mix = Workload.from_classes([(inputs, n_)])
    policy = Headroom(Fraction(n_ - 1, inputs + n_))
    run = simulate(mix, 6 * n_, arithmetic="exact", policy=policy)
    evictions = sum(1 for x in run.evicted if x)
    return evictions, 60 * sum(run.completed[-n_:], Fraction(0)) / n_


THEOREMS = (HEADROOM,)
