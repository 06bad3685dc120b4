"""Chapter 6, continued: policies that keep memory free, a watermark and reservation."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import cache
from typing import Any

from sympy import And, Eq, Ge, Gt, Implies, Le, Or, Poly, Rational, symbols

from stabkit import (
    Headroom,
    Reservation,
    Workload,
    closed_loop_polynomial,
    simulate,
    worst_cycle_loss,
)
from stabkit.spectrum.isolation import isolated_disc_counts
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Use, Witness, paper

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
from .notation import B, g, j, lam, length, m, n, p, s
from .objects import Run, full_start, mixes, one_class, scattered_start
from .policies import MADE, MEMORY, TOKENS, lost, made, needs, small_mixes, tokens
from .quantities import CAPACITY, GCD, LENGTH, LONGEST, ONE_LENGTH, longest, one_length

__all__ = ["THEOREMS"]

_g0, _x, _eta, _S, _rest = symbols("g_0 x eta S R")
_least, _start, _evicted, _completed = symbols("s_min M_0 E C")
_from_empty = symbols("from_empty")
_OPEN = Interval(0, open_low=True)


def _least_input(moment: Moment) -> Fraction:
    return min(Fraction(c.input_length) for c in moment.mix.classes)


def _scaled(rows: Rows, factor: Fraction) -> Rows:
    return tuple(tuple(x * factor for x in row) for row in rows)


def _evicted_so_far(moment: Moment) -> Fraction:
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
        start = _scaled(starts[k_ % 5](mix, rng), full)
        run = Run(mix, start, 3 * (steps + 1) + 1, Headroom(watermark))
        yield from (Moment(run, step) for step in sorted({max(1, steps), run.steps}))


def _two_inputs(rng: random.Random) -> Iterator[Workload]:
    for _ in range(30):
        n_ = rng.randint(2, 5)
        classes = [(rng.choice((0, 1, 6, 20)), n_, rng.randint(1, 3)) for _ in range(2)]
        yield Workload.from_classes(classes, 1000)


_SHARED = (
    STEP,
    CAPACITY,
    Quantity(_evicted, r"the requests evicted since the start", _evicted_so_far),
)

HEADROOM = Theorem(
    label="headroom",
    title="A watermark",
    claim=Claim(
        objects=_watermarks,
        quantities=(
            *_SHARED,
            LONGEST,
            LENGTH,
            ONE_LENGTH,
            MEAN_INPUT,
            Quantity(_least, "the least input length, in tokens", _least_input),
            Quantity(
                _eta,
                r"the watermark: what fits into $(1 - \eta) B$ is admitted, evicted is above $B$",
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
            r"$\eta = (l - 1)/(s + l) + x$:",
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
                lambda mix: _first_evicted(mix, Headroom(Fraction(2, 5))),
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


def _first_evicted(mix: Workload, policy: Any) -> Fraction:
    run = simulate(mix, 1, arithmetic="exact", state=[[0, 25, 0]], policy=policy)
    return Fraction(run.evicted[1])


def _watermarked(inputs: int, n_: int) -> tuple[int, Fraction]:
    """Completions of l steps over those of the equilibrium per step, times 60 / l."""
    mix = Workload.from_classes([(inputs, n_)])
    policy = Headroom(Fraction(n_ - 1, inputs + n_))
    run = simulate(mix, 6 * n_, arithmetic="exact", policy=policy)
    evictions = sum(1 for x in run.evicted if x)
    return evictions, 60 * sum(run.completed[-n_:], Fraction(0)) / n_


_reserved, _made, _at_rest, _held = symbols("R_0 Q a_r P")
_beyond, _upon, _one_class = symbols("N_>r N_=r one_class")


def _by_lives(mix: Workload, state: Any) -> Fraction:
    """Return what the requests of a state hold at most, by definition."""
    return sum(
        (
            (c.input_length + c.decode_length) * sum(row, Fraction(0))
            for c, row in zip(mix.classes, state, strict=True)
        ),
        Fraction(0),
    )


def _life_weight(mix: Workload, m_: int) -> Fraction:
    alive = (c for c in mix.classes if m_ < c.decode_length)
    return sum((c.share * (c.input_length + c.decode_length) for c in alive), Fraction(0))


def _rate_at_rest(moment: Moment) -> Fraction:
    """Return what is admitted in a step from p_k y in every stage, all of B being reserved."""
    mix = moment.mix
    rest = [[c.share] * c.decode_length for c in mix.classes]
    scale = Fraction(mix.capacity or 0) / _by_lives(mix, rest)
    state = [[x * scale for x in row] for row in rest]
    run = simulate(mix, 1, arithmetic="exact", state=state, policy=Reservation())
    return Fraction(run.admitted[1])


@cache
def _life_counts(mix: Workload) -> tuple[int, int, int]:
    """Return the roots inside, on and outside of the circle: isolated exactly by FLINT."""
    weights = [Rational(_life_weight(mix, m_)) for m_ in range(LONGEST.value(mix))]
    whole = Poly(weights, lam).clear_denoms(convert=True)[1]
    return isolated_disc_counts([int(c) for c in whole.all_coeffs()[::-1]])


_RESERVATION_COUNTEREXAMPLE = Moment(
    Run(
        Workload.from_classes([(2, 3)], 100),
        ((Fraction(0), Fraction(25), Fraction(0)),),
        6,
        Reservation(),
    ),
    6,
)


def _reservations(rng: random.Random) -> Iterator[Moment]:
    """Yield runs from starts whose reservations fit, just fit, or do not."""
    yield _RESERVATION_COUNTEREXAMPLE
    starts: tuple[Callable[[Workload, random.Random], Rows], ...]
    starts = (empty_start, full_start, scattered_start)
    for k_, mix in enumerate(mixes(rng)):
        start = starts[k_ % 3](mix, rng)
        whole = _by_lives(mix, start)
        if whole and k_ % 5:
            start = _scaled(start, Fraction(mix.capacity or 0) / whole / rng.choice((1, 1, 2)))
        longest_ = LONGEST.value(mix)
        run = Run(mix, start, 2 * longest_, Reservation())
        for step in sorted({max(1, longest_ - 1), longest_, 2 * longest_}):
            yield Moment(run, step)


RESERVATION = Theorem(
    label="reservation",
    title="Reservation is never unstable",
    claim=Claim(
        objects=_reservations,
        quantities=(
            *_SHARED,
            LONGEST,
            GCD,
            LENGTH,
            Quantity(
                _reserved,
                r"what the requests of the start hold at most in their lives, $s_k + l_k$ tokens "
                r"each",
                lambda moment: _by_lives(moment.mix, moment.run.start),
            ),
            Quantity(
                _made,
                r"$\sum_{m=0}^{L-1} r_m a_{n-m}$ with $r_m = \sum_k p_k (s_k + l_k) 1\{m < l_k\}$, "
                r"what the admissions of the last $L$ steps reserve",
                lambda moment: sum(
                    _life_weight(moment.mix, m_) * moment.admitted(m_)
                    for m_ in range(moment.longest)
                ),
            ),
            Quantity(
                _beyond,
                r"the number of roots of the characteristic polynomial $\sum_k p_k (s_k + l_k) "
                r"\sum_{m < l_k} \lambda^{L-1-m}$ with $|\lambda| > 1$",
                lambda moment: _life_counts(moment.mix)[2],
            ),
            Quantity(
                _upon,
                r"the number of those on the circle, which are the $g$-th roots of unity other "
                r"than 1",
                lambda moment: _life_counts(moment.mix)[1],
            ),
            Quantity(_at_rest, "the admissions per step at the equilibrium", _rate_at_rest),
            Quantity(
                _held,
                r"$\sum_k p_k l_k (s_k + l_k)$",
                lambda moment: sum(
                    c.share * c.decode_length * (c.input_length + c.decode_length)
                    for c in moment.mix.classes
                ),
            ),
            Quantity(
                _one_class,
                "there is one class",
                lambda moment: len(moment.mix.classes) == 1,
            ),
            Quantity(
                s,
                "the input length of the first class",
                lambda moment: moment.mix.classes[0].input_length,
            ),
        ),
        hypotheses=(Le(_reserved, B),),
        conclusions=(
            Eq(_evicted, 0),
            Implies(Ge(n, longest), Eq(_made, B)),
            Eq(_beyond, 0),
            Eq(_upon, g - 1),
            Eq(_at_rest, B / _held),
            Implies(_one_class, Eq(_at_rest, B / (length * (s + length)))),
        ),
    ),
    uses=("R1", "worst-cycle"),
    code=("stabkit.Reservation", "stabkit.closed_loop"),
    references=(paper("section 6"),),
    steps=(
        Step(
            "no-eviction",
            r"A request holds $s_k + l_k$ tokens from its admission on, and in stage $j$ it needs "
            r"no more than it reserved, for $j \le l - 1$: while the reservations fit, nothing is "
            r"evicted, and what is admitted makes them fill $B$.",
            Inequality((s + _S) - (s + j + 1), {_S: Interval(j + 1)}, False),
        ),
        Step(
            "weights",
            r"So the admissions of the last $L$ steps reserve $B$. The polynomial of this "
            r"recurrence is $P = \sum_k p_k (s_k + l_k)$ times a survival polynomial with the "
            r"shares $p_k (s_k + l_k) / P$, all positive: R1 applies as it stands, and $g$ is that "
            r"of all decode lengths.",
            Inequality(
                p * (s + _S) / (p * (s + _S) + _rest),
                {p: _OPEN, s: Interval(0), _S: Interval(1), _rest: Interval(0)},
            ),
        ),
        Step(
            "equilibrium",
            r"A constant admission $a$ reserves $a \sum_k p_k (s_k + l_k) l_k$: class by class a "
            r"constant over $l_k$ steps.",
            Summation(s + length, m, 0, n, (n + 1) * (s + length)),
        ),
        Step(
            "one-class",
            r"For one class $B / (l (s + l))$ is the worst cycle's throughput.",
            Identity(
                (B / (length * (s + length))) / (B / (length * (s + (length + 1) / 2))),
                (2 * s + length + 1) / (2 * (s + length)),
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Exact counts of the code's polynomial by isolation of its roots.",
            ExactFinite(
                "modes outside and on the circle",
                "15 mixes",
                small_mixes,
                lambda mix: _counted(mix),
                lambda mix: (0, mix.gcd - 1),
            ),
        ),
        Step(
            "at-rest",
            r"The equilibrium of the code.",
            ExactFinite(
                r"$a_r$",
                "15 mixes",
                small_mixes,
                lambda mix: Reservation().equilibrium(mix),
                lambda mix: _rate_at_rest(Moment(Run(mix, (), 0), 0)),
            ),
        ),
    ),
    sharpness=(
        Witness(
            Le(_reserved, B),
            r"For $s = 2$, $l = 3$, $B = 100$ the 25 requests of the start [0, 25, 0] fill the "
            r"memory, but they will need 125 tokens: 5 are evicted at once.",
            ExactFinite(
                "evicted requests in the first step",
                "one start",
                lambda: [Workload.from_classes([(2, 3)], 100)],
                lambda mix: _first_evicted(mix, Reservation()),
                lambda mix: Fraction(5),
            ),
        ),
    ),
    lesson=(
        r"If every request brings its own future with it, growth is no surprise any more. The "
        r"price is the memory that waits unused: as much as the worst cycle wastes. The promise "
        r"starts with the first request that was admitted so: what is in memory before has none."
    ),
)


def _counted(mix: Workload) -> tuple[int | None, int | None]:
    polynomial = closed_loop_polynomial(mix, "reservation").clear_denoms(convert=True)[1]
    _, on, outside = isolated_disc_counts([int(c) for c in polynomial.all_coeffs()[::-1]])
    return outside, on


THEOREMS = (HEADROOM, RESERVATION)
