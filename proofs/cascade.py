"""Chapter 3, continued: where the orbits of one decode length end.

The proof is that of `stabkit.dynamics.capture`, line by line. R6' comes first here: that every
orbit gets onto a necklace cycle is what makes the other two short.
"""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

from sympy import Eq, Function, symbols

from stabkit import (
    Workload,
    capture_set,
    cycles,
    necklace_cycles,
    simulate,
    steps_to_worst_cycle,
    synchrony,
    unit_circle_counts,
)
from stabkit.theorems.evidence import Deduction, ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Variable, Witness, paper

from .notation import CAPACITY, ONE_CLASS, B, c, j, length, s

__all__ = ["THEOREMS"]

_x, _q, _U, _X, _d, _D, _Q, _y, _e = symbols("x q U X d D Q y e")
_n, _m, _r, _a = symbols("n m r a")
_OPEN = Interval(0, open_low=True)
_ONE = "All classes have one decode length."

R6_PRIME = Theorem(
    label="R6′",
    title="Every orbit gets onto a necklace cycle, in finitely many steps",
    variables=(
        *ONE_CLASS,
        *CAPACITY,
        Variable("d_1, ..., d_m", "a composition of l, up to rotation: a necklace", "at least 1"),
    ),
    hypotheses=(_ONE,),
    statement=(
        r"To every necklace of compositions $d_1 + \dots + d_m = l$ there is exactly one limit "
        r"cycle: when the oldest cohort is in stage $l - 1$, every cohort is $c$ times the number "
        r"of stages back to the next younger one, cyclically, $c = B / (s l + (l^2 + \sum d_i^2) / "
        r"2)$, which is also the throughput per step. Every orbit is on one of these cycles, "
        r"exactly, after finitely many steps. So there are no other limit cycles, and all minimal "
        r"periods divide $l$."
    ),
    formula=Eq(c, B / (s * length + (length**2 + Function("Q")(_d)) / 2)),
    uses=("balance", "R6", "R11"),
    code=("stabkit.necklace_cycles", "stabkit.necklace_cycle"),
    references=(paper("section 5, on limit cycles"),),
    steps=(
        Step(
            "cycle",
            r"Let the oldest cohort, $d c$, complete: the other $(l - d) c$ requests grow, in "
            r"this step and in the $d - 1$ steps until the next cohort is in stage $l - 1$, where "
            r"nothing completes. The newcomers pay for all of it: of the $(s + l) d c$ tokens "
            r"that are freed $(s + l) d c - d (l - d) c$ are left to them after the last of these "
            r"$d$ steps, in stage $d - 1$. They are $d c$ requests of $s + d$ tokens, $d$ stages "
            r"back (cyclically) from the oldest: the pattern again, rotated.",
            Identity((s + length) * _d * c - _d * (length - _d) * c, (s + _d) * _d * c),
        ),
        Step(
            "size",
            r"The memory is full. After cohorts of $D c$ requests in all, with $Q = \sum d_i^2$, "
            r"taken from the oldest on, they hold $(s + l) D - (D^2 - Q) / 2$ times $c$: a "
            r"further cohort of $d$ stands in stage $l - 1 - D$ and adds $d (s + l - D)$,",
            Identity(
                (s + length) * (_D + _d)
                - ((_D + _d) ** 2 - (_Q + _d**2)) / 2
                - ((s + length) * _D - (_D**2 - _Q) / 2),
                _d * (s + length - _D),
            ),
        ),
        Step(
            "throughput",
            r"and at $D = l$ that is the denominator of $c$; $l c$ requests complete in $l$ steps.",
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
                {_a: Interval(0, _e), _e: Interval(0), _n: Interval(0), _r: Interval(0)},
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
            r"that occupy the stages $S$ into itself.",
            Deduction(
                "perron",
                {
                    "positive": Inequality(
                        ((s + 1) * _q + _X) / (s + length),
                        {_q: _OPEN, _X: _OPEN, length: Interval(1), s: Interval(0)},
                    ),
                    "eigenvector": Identity(
                        ((s + length) * _d - _d * (length - _d)) / (s + _d), _d
                    ),
                },
                r"The images $R^{-n} F_S$ shrink to one point: the state of the necklace cycle "
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
        Step(
            "orbits",
            r"Exact runs from random states end on a state of one of the cycles.",
            ExactFinite(
                "whether the run is on a cycle of the list within 400 steps",
                r"30 random rational starts, $l = 3, 4$",
                lambda: [(seed, n) for seed in range(15) for n in (3, 4)],
                lambda case: _lands(*case),
                lambda case: True,
            ),
        ),
    ),
    sharpness=(
        Witness(
            _ONE,
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


def _mix(inputs: int, n: int) -> Workload:
    return Workload.from_classes([(inputs, n)], 60 * (inputs + n))


def _all_return(inputs: int, n: int) -> bool:
    mix = _mix(inputs, n)
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
    mix = _mix(rng.randint(0, 4), n)
    start = [[Fraction(rng.randint(0, 9) * rng.randint(0, 1)) for _ in range(n)]]
    run = simulate(mix, 40, arithmetic="exact", state=start, record_states=True)
    assert run.states is not None
    occupied = [{j for j, x in enumerate(state[0]) if x} for state in run.states]
    return all(
        len(after) < len(before) or after == {(j + 1) % n for j in before}
        for before, after in pairwise(occupied)
    )


def _lands(seed: int, n: int) -> bool:
    rng = random.Random(seed)
    mix = _mix(rng.randint(0, 4), n)
    known = {state for cycle in necklace_cycles(mix) for state in cycle.states}
    start = [[Fraction(rng.randint(0, 30)) for _ in range(n)]]
    run = simulate(mix, 400, arithmetic="exact", state=start, record_states=True)
    assert run.states is not None
    return tuple(run.states[-1][0]) in known


R6B = Theorem(
    label="R6b",
    title="The worst cycle is reached in finite time",
    variables=(*ONE_CLASS, *CAPACITY),
    hypotheses=(_ONE, "The orbit is not captured: it keeps no two cohorts for ever."),
    statement=(
        r"The orbit is on the worst cycle, exactly, after finitely many steps: it does not only "
        r"converge to it."
    ),
    formula=Eq(_y, B / (s + length)),
    uses=("R6′",),
    code=("stabkit.steps_to_worst_cycle",),
    references=(paper("section 5, on limit cycles"),),
    steps=(
        Step(
            "one-cohort",
            r"By R6′ it is on a necklace cycle in finite time, and that cycle has one cohort, $m "
            r"= 1$, $d = l$: $c l$ requests with $c = B / (s l + l^2)$, which fill the memory "
            r"when they complete.",
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
            "The orbit is not captured: it keeps no two cohorts for ever.",
            r"The equilibrium itself keeps all its cohorts.",
            ExactFinite(
                "whether the worst cycle is reached within 1000 steps",
                r"$s = 2$, $l = 3$",
                lambda: [(2, 3)],
                lambda case: (
                    steps_to_worst_cycle(_mix(*case), [Fraction(60 * 5, 12)] * 3, limit=1000)
                    is not None
                ),
                lambda case: False,
            ),
        ),
        Witness(
            _ONE,
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
    mix = _mix(rng.randint(0, 4), n)
    start = [Fraction(rng.randint(1, 97), 7) for _ in range(n)]
    steps: int | None = steps_to_worst_cycle(mix, start, limit=2000)
    return steps


R6A = Theorem(
    label="R6a",
    title="The worst cycle attracts almost everything",
    variables=(*ONE_CLASS, *CAPACITY),
    hypotheses=(_ONE,),
    statement=(
        r"From all states but a Lebesgue-null set, the exact-capture set, the orbit ends on the "
        r"worst cycle; the worst cycle is asymptotically stable."
    ),
    formula=Eq((s + j + 2) * _y + 0 * _e, B + _y - (s + length) * _e),
    uses=("R6′", "R6b"),
    code=("stabkit.capture_set", "stabkit.basin_sample"),
    references=(paper("section 5, on limit cycles"),),
    steps=(
        Step(
            "local",
            r"Near the worst cycle there are the main cohort $y$ in stage $j$ and few others. An "
            r"older cohort $e$ that completes frees $(s + l) e$; the main cohort alone grows by "
            r"$y$. With $(s + l) e + (s + j + 1) y = B$ before, it needs $B + y - (s + l) e$ "
            r"after,",
            Identity(
                (s + j + 2) * _y,
                B + _y - (s + length) * _e,
                given=((s + length) * _e + (s + j + 1) * _y - B,),
            ),
        ),
        Step(
            "nothing-admitted",
            r"which is more than $B$ as long as $e < y / (s + l)$: nothing is admitted, and the "
            r"small cohorts, old or young, are gone after at most $l$ steps. What is left is one "
            r"cohort: the worst cycle.",
            Inequality(
                (B + _y - (s + length) * _e) - B,
                {
                    _e: Interval(0, _y / (s + length)),
                    _y: _OPEN,
                    B: _OPEN,
                },
            ),
        ),
        Step(
            "onto",
            r"Let $F_S$ be the states that occupy the stages $S$, $|S| = m$, and fill the memory: "
            r"dimension $m - 1$. On each piece of it that has this dimension a step is affine, "
            r"into some $F_{S'}$ with $m' = m - r - (e - a)$ cohorts (R6′). All but one of these "
            r"are copies of different cohorts of $S$, and the one that was admitted or cut makes "
            r"the memory full. There are $m' - 1 \le m - 1$ copies, which vary freely on $F_S$: "
            r"the step maps the piece onto an open part of $F_{S'}$. (A cohort that is evicted to "
            r"exactly 0, or a memory that is full without an admission, is one more equation: "
            r"such states are null in $F_S$.)",
            Inequality(
                (_n + _e - 1) - (_n - _r + _a - 1),
                {_a: Interval(0, _e), _e: Interval(0), _n: Interval(0), _r: Interval(0)},
                False,
            ),
        ),
        Step(
            "null",
            r"So the states of $F_S$ that a step takes to a null set of $F_{S'}$ are null. By R6′ "
            r"a captured orbit is, from some step on, the one point of its $F_S$ that is on a "
            r"cycle, with $m \ge 2$: of dimension 0 in a face of dimension $m - 1 > 0$. "
            r"Backwards, step by step, the captured states are a countable union of null sets. "
            r"(The first fit, of a state that does not fill the memory, is a step of this kind, "
            r"too.)",
            Inequality(_m - 1, {_m: Interval(2)}),
        ),
    ),
    checks=(
        Step(
            "dimension",
            r"The pieces of the exact-capture set have dimension at most $l - 2$, one less than "
            r"the states with full memory.",
            ExactFinite(
                "the largest dimension of a piece of the exact-capture set",
                r"$l = 2, \dots, 6$, depth $l + 2$ (4 for $l = 6$), $s = 1$",
                lambda: [2, 3, 4, 5, 6],
                lambda n: max(
                    piece.dimension for piece in capture_set(_mix(1, n), 4 if n == 6 else n + 2)
                ),
                lambda n: n - 2,
            ),
        ),
        Step(
            "pieces",
            r"Number of pieces of the code up to a depth $n \ge l$, and $\binom{n + l - 2}{l - "
            r"2}$: for $l \ge 3$ the set is not a finite union of pieces.",
            ExactFinite(
                "pieces at depth 6",
                r"$l = 3, 4, 5$",
                lambda: [(3, 7), (4, 28), (5, 84)],
                lambda case: len(capture_set(_mix(2, case[0]), 6)),
                lambda case: case[1],
            ),
        ),
    ),
    sharpness=(
        Witness(
            _ONE,
            r"With two decode lengths a stable equilibrium attracts a whole neighbourhood, which "
            r"is no null set: $(10, 3)$, $(10, 5)$.",
            ExactFinite(
                "verdict",
                "one mix",
                lambda: [Workload.from_classes([(10, 3), (10, 5)])],
                lambda mix: unit_circle_counts(mix, "schur-cohn").verdict,
                lambda mix: "stable",
            ),
        ),
    ),
    lesson=(
        r"The equilibrium and the middle cycles exist, exactly, and nobody will ever see them: "
        r"they are reached from a set of states without volume. What a server of one kind of "
        r"requests shows is the worst of all its cycles."
    ),
)


THEOREMS = (R6_PRIME, R6B, R6A)
