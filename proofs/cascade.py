"""Chapter 3, continued: where the orbits of one decode length end.

The proof is that of `stabkit.dynamics.capture`, line by line. R6' comes first here: that every
orbit gets onto a necklace cycle is what makes the other two short.
"""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

from sympy import Eq, Lt, symbols

from stabkit import (
    Workload,
    cycles,
    necklace_cycles,
    simulate,
    steps_to_worst_cycle,
    synchrony,
)
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness, paper
from stabkit.theorems.textbook.algebra import Perron
from stabkit.theorems.textbook.deduction import Deduction

from .notation import B, c, j, length, s
from .quantities import CAPACITY, LENGTH, ONE_LENGTH, one_length
from .settling import (
    MEAN_INPUT,
    Settling,
    binary_necklaces,
    is_necklace,
    last_with_old,
    parts,
    plain_mix,
    returning,
    settling,
    throughput,
)

__all__ = ["THEOREMS"]

_x, _q, _U, _X, _d, _D, _Q, _e = symbols("x q U X d D Q e")
_n, _r, _a = symbols("n r a")
_OPEN = Interval(0, open_low=True)
_BIT = Interval(0, 1, closed=True)
_cohorts, _rate, _size, _necklaces, _found = symbols("m C q n_l n_c")
_on_cycle, _back = symbols("on_cycle back")


_COHORTS = Quantity(
    _cohorts,
    "the number of occupied stages in the long run",
    lambda drawn: len(parts(drawn)),
)


def _comes_round(drawn: Settling) -> bool:
    return drawn.last_round[0] == drawn.last_round[-1]


R6_PRIME = Theorem(
    label="R6′",
    title="Every orbit gets onto a necklace cycle, in finitely many steps",
    claim=Claim(
        objects=settling,
        quantities=(
            ONE_LENGTH,
            LENGTH,
            MEAN_INPUT,
            CAPACITY,
            Quantity(
                _back, "in the long run the state is the same again after $l$ steps", _comes_round
            ),
            Quantity(
                _on_cycle,
                "in the long run, when the oldest cohort is in stage $l - 1$, every cohort is $C$ "
                "times the number of stages back to the next younger one, cyclically",
                is_necklace,
            ),
            Quantity(_rate, "the completed requests per step in the long run", throughput),
            Quantity(
                _Q,
                r"the sum $\sum_i d_i^2$, the cohorts being $d_i$ stages behind the next younger",
                lambda drawn: sum(part**2 for part in parts(drawn)),
            ),
            Quantity(
                _found,
                "the number of necklaces of compositions of $l$ whose state is on a limit cycle "
                "with a period that divides $l$",
                lambda drawn: returning(drawn.mix),
            ),
            Quantity(
                _necklaces,
                "the number of binary necklaces of $l$ beads, less the empty one",
                lambda drawn: binary_necklaces(drawn.mix.longest_decode),
            ),
        ),
        hypotheses=(one_length,),
        conclusions=(
            _on_cycle,
            _back,
            Eq(_rate, B / (s * length + (length**2 + _Q) / 2)),
            Eq(_found, _necklaces),
        ),
    ),
    uses=("balance", "R6", "R11"),
    code=("stabkit.necklace_cycles", "stabkit.necklace_cycle"),
    references=(paper("section 5, on limit cycles"),),
    steps=(
        Step(
            "cycle",
            r"Let $c$ be the requests for each stage of distance; in the end they are $C$. Let "
            r"the oldest cohort, $d$ times $c$ requests, complete: the other $(l - d) c$ requests "
            r"grow, in this step and in the $d - 1$ steps until the next cohort is in stage $l - "
            r"1$, where nothing completes. The newcomers pay for all of it: of the $(s + l) d c$ "
            r"tokens that are freed $(s + l) d c - d (l - d) c$ are left to them after the last "
            r"of these $d$ steps, in stage $d - 1$. They are $d c$ requests of $s + d$ tokens, "
            r"$d$ stages back (cyclically) from the oldest: the pattern again, rotated.",
            Identity((s + length) * _d * c - _d * (length - _d) * c, (s + _d) * _d * c),
        ),
        Step(
            "size",
            r"The memory is full. Let $D$ be the sum of the first distances $d_i$. After cohorts "
            r"of $D c$ requests in all, with $Q = \sum d_i^2$, taken from the oldest on, they "
            r"hold $(s + l) D - (D^2 - Q) / 2$ times $c$: a further cohort of $d$ stands in "
            r"stage $l - 1 - D$ and adds $d (s + l - D)$,",
            Identity(
                (s + length) * (_D + _d)
                - ((_D + _d) ** 2 - (_Q + _d**2)) / 2
                - ((s + length) * _D - (_D**2 - _Q) / 2),
                _d * (s + length - _D),
            ),
        ),
        Step(
            "throughput",
            r"and at $D = l$ that is the denominator of $c$; $l c$ requests complete in $l$ "
            r"steps, so that $C = c$.",
            Identity(
                (s + length) * length - (length**2 - _Q) / 2,
                s * length + (length**2 + _Q) / 2,
            ),
        ),
        Step(
            "cascade",
            r"Now take any orbit. The memory is full after every step. If stage $l - 1$ is empty, "
            r"nothing completes and each of the $X$ requests needs one token more: $B + X > B$, "
            r"and the step evicts. So a step admits only if it completes a cohort.",
            Inequality((B + _X) - B, {B: _OPEN, _X: _OPEN}),
        ),
        Step(
            "rotation",
            r"Count the occupied stages, $m$. Let $e$ be 1 if stage $l - 1$ is one of them, and 0 "
            r"if not, and $n$ the number of the others, so that $m = n + e$. Execution moves "
            r"these $n$ on by one. Then $r \ge 0$ of them are evicted whole, and $a$, 1 or 0, "
            r"says whether stage 0 is filled: by the line before, $a \le e$. So $m$ becomes $n - "
            r"r + a$, which is no more than $m$.",
            Inequality(
                (_n + _e) - (_n - _r + _a),
                {_a: Interval(0, _e, closed=True), _e: _BIT, _n: Interval(0), _r: Interval(0)},
                False,
            ),
        ),
        Step(
            "while-it-stays",
            r"If $m$ stays, $r + (e - a) = 0$: nothing is evicted whole, and stage 0 is filled "
            r"exactly if a cohort completed. The set of occupied stages rotates by one, by an "
            r"admission in place of the cohort that completes, or by an eviction that cuts the "
            r"youngest cohort and leaves it.",
            Identity((_n + _e) - (_n - _r + _a), _r + (_e - _a)),
        ),
        Step(
            "admission-backwards",
            r"As long as $m$ stays, a step can be solved backwards. An admission $q$, with $U$ "
            r"the tokens before of the $X$ requests that survive: $(s + l) x_{l-1} + U = B$ "
            r"before and $(s + 1) q + U + X = B$ after.",
            Identity(
                _x,
                ((s + 1) * _q + _X) / (s + length),
                given=((s + length) * _x + _U - B, (s + 1) * _q + _U + _X - B),
            ),
        ),
        Step(
            "eviction-backwards",
            r"An eviction that leaves $q$ in stage $j$: $(s + j) x_{j-1} + U = B$ before and $(s "
            r"+ j + 1) q + U + X = B$ after.",
            Identity(
                _x,
                ((s + j + 1) * _q + _X) / (s + j),
                given=((s + j) * _x + _U - B, (s + j + 1) * _q + _U + _X - B),
            ),
        ),
        Step(
            "contraction",
            r"So one step back replaces one cohort by a combination of all $m$ of them with "
            r"positive coefficients. In $l$ steps each of the $m$ cohorts is replaced at least "
            r"once (all complete in turn), so that $R^{-1}$, $l$ steps back, is a matrix with "
            r"positive entries; it keeps the memory full, and maps the face $F_S$ of the states "
            r"that occupy the stages $S$ into itself. By step (1) it keeps the cohorts $d$, as "
            r"large as their distances.",
            Deduction(
                Perron(
                    symbols("R^{-1}"),
                    entry=((s + 1) * _q + _X) / (s + length),
                    image=((s + length) * _d - _d * (length - _d)) / (s + _d),
                    vector=_d,
                    domains={_q: _OPEN, _X: _OPEN, length: Interval(1), s: Interval(0)},
                ),
                r"So the images $R^{-n} F_S$ shrink to one point: the state of the necklace cycle "
                r"that occupies $S$, which $R$ fixes. $m$ falls at most $l - 1$ times; from then "
                r"on the state lies in $R^{-n} F_S$ for all $n$, and is that point.",
            ),
        ),
    ),
    checks=(
        Step(
            "occupied-stages",
            r"The occupied stages of exact runs.",
            ExactFinite(
                r"whether $m$ never grows, and the occupied stages rotate where it stays",
                r"40 exact steps from 40 random states with empty stages, $l = 2, \dots, 6$",
                lambda: [(seed, n) for seed in range(8) for n in range(2, 7)],
                lambda case: _rotates(*case),
                lambda case: True,
            ),
        ),
        Step(
            "cycles",
            r"The cycles of the code for every necklace: an exact run returns to the first state "
            r"after the period.",
            ExactFinite(
                "whether the run returns after the period, and not before",
                r"all necklaces, $s \in \{0, 3\}$, $l \le 6$",
                lambda: [(a, n) for a in (0, 3) for n in range(2, 7)],
                lambda case: _all_return(*case),
                lambda case: True,
            ),
        ),
    ),
    sharpness=(
        Witness(
            one_length,
            r"Two decode lengths can have a limit cycle that is no necklace: $(0, 6)$, $(5, 1)$ "
            r"with shares 2/5 and 3/5 have the gcd 1, hence only the equilibrium among the "
            r"necklaces, and yet an exact orbit of period 29 with four evictions, on which a run "
            r"from empty ends.",
            ExactFinite(
                "periods of the necklaces; period and evictions of the exact orbit observed",
                "one mix",
                lambda: [cycles(Workload.from_classes([(0, 6, 2), (5, 1, 3)]))],
                lambda found: (
                    [cycle.period for cycle in necklace_cycles(found.mix)],
                    found.cycles[-1].period,
                    found.cycles[-1].word.count("E"),
                ),
                lambda found: ([1], 29, 4),
            ),
        ),
    ),
    lesson=(
        r"Write down where the cohorts sit, as beads on a ring of $l$ stages: the picture only "
        r"rotates, or it loses a bead. So in the end the beads are fixed, and with them all sizes. "
        r"All that a server of one kind of requests can do in the long run is listed by the "
        r"necklaces of $l$ beads."
    ),
)


def _all_return(inputs: int, n: int) -> bool:
    mix = plain_mix(inputs, n)
    for cycle in necklace_cycles(mix):
        run = simulate(
            mix,
            cycle.period,
            arithmetic="exact",
            state=[list(cycle.states[0])],
            record_states=True,
        )
        assert run.states is not None
        seen = [run.states[0] == state for state in run.states[1:]]
        if seen != [False] * (cycle.period - 1) + [True]:
            return False
    return True


def _rotates(seed: int, n: int) -> bool:
    rng = random.Random(seed)
    mix = plain_mix(rng.randint(0, 4), n)
    start = [[Fraction(rng.randint(0, 9) * rng.randint(0, 1)) for _ in range(n)]]
    run = simulate(mix, 40, arithmetic="exact", state=start, record_states=True)
    assert run.states is not None
    occupied = [{j for j, x in enumerate(state[0]) if x} for state in run.states]
    return all(
        len(after) < len(before) or after == {(j + 1) % n for j in before}
        for before, after in pairwise(occupied)
    )


R6B = Theorem(
    label="R6b",
    title="The worst cycle is reached in finite time",
    claim=Claim(
        objects=settling,
        quantities=(
            ONE_LENGTH,
            LENGTH,
            MEAN_INPUT,
            CAPACITY,
            _COHORTS,
            Quantity(
                _size,
                "the number of requests that are in stage $l - 1$ when any are, in the long run",
                lambda drawn: last_with_old(drawn)[-1],
            ),
        ),
        hypotheses=(one_length, Lt(_cohorts, 2)),
        conclusions=(Eq(_size, B / (s + length)), Eq(_cohorts, 1)),
    ),
    uses=("R6′",),
    code=("stabkit.steps_to_worst_cycle",),
    references=(paper("section 5, on limit cycles"),),
    steps=(
        Step(
            "one-cohort",
            r"By R6′ the orbit is on a necklace cycle in finite time, and that cycle has one "
            r"cohort, $m = 1$, $d = l$: $c l$ requests with $c = B / (s l + l^2)$, which fill the "
            r"memory when they complete.",
            Identity(length * (B / (s * length + (length**2 + length**2) / 2)), B / (s + length)),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Steps to the worst cycle, exact, from random starts: finite.",
            ExactFinite(
                "whether the worst cycle is reached",
                r"20 starts, $l = 2, \dots, 5$",
                lambda: [(seed, n) for seed in range(5) for n in range(2, 6)],
                lambda case: _steps(*case) is not None,
                lambda case: True,
            ),
        ),
    ),
    sharpness=(
        Witness(
            Lt(_cohorts, 2),
            r"The equilibrium itself keeps all its cohorts.",
            ExactFinite(
                "whether the worst cycle is reached within 1000 steps",
                r"$s = 2$, $l = 3$",
                lambda: [(2, 3)],
                lambda case: (
                    steps_to_worst_cycle(
                        plain_mix(*case), [Fraction(60 * 5, 12)] * 3, max_steps=1000
                    )
                    is not None
                ),
                lambda case: False,
            ),
        ),
        Witness(
            one_length,
            r"Coprime lengths above the threshold come to rest instead: $(10, 3)$, $(10, 5)$ have "
            r"no synchronised mode at all.",
            ExactFinite(
                "synchronised modes",
                "one mix",
                lambda: [Workload.from_classes([(10, 3), (10, 5)])],
                lambda mix: len(synchrony(mix).modes),
                lambda mix: 0,
            ),
        ),
    ),
    lesson=(
        r"Most attracting cycles are approached for ever and never reached. Here evictions are a "
        r"knife: they cut a cohort off completely, and when the last rival is gone the worst cycle "
        r"is there to the last digit."
    ),
)


def _steps(seed: int, n: int) -> int | None:
    rng = random.Random(seed)
    mix = plain_mix(rng.randint(0, 4), n)
    start = [Fraction(rng.randint(1, 97), 7) for _ in range(n)]
    steps: int | None = steps_to_worst_cycle(mix, start, max_steps=2000)
    return steps


THEOREMS = (R6_PRIME, R6B)
