"""Chapter 3, continued: where the orbits of one decode length end.

The proof is that of `stabkit.dynamics.capture`, line by line. R6' comes first here: that every
orbit gets onto a necklace cycle is what makes the other two short.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import pairwise
from math import gcd
from typing import Any

from sympy import Eq, Implies, Lt, symbols

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
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness, paper
from stabkit.theorems.textbook.algebra import Perron
from stabkit.theorems.textbook.deduction import Deduction

from .notation import B, c, j, length, s
from .objects import Run, one_class, scattered_start
from .quantities import CAPACITY, LENGTH, ONE_LENGTH, one_length

__all__ = ["THEOREMS"]

_x, _q, _U, _X, _d, _D, _Q, _y, _e = symbols("x q U X d D Q y e")
_n, _m, _r, _a = symbols("n m r a")
_OPEN = Interval(0, open_low=True)
_BIT = Interval(0, 1, closed=True)
_cohorts, _rate, _size, _necklaces, _found = symbols("m C q n_l n_c")
_dim, _stray, _rest, _on_cycle, _back = symbols("dim e_0 m_l on_cycle back")
_SETTLED = 160  # steps after which these runs are on a cycle


@dataclass(frozen=True)
class Settling:
    """An exact run of a mix, and what it has become after so many steps."""

    run: Run

    @property
    def mix(self) -> Workload:
        """The mix of the run."""
        return self.run.mix

    @cached_property
    def states(self) -> list[tuple[Fraction, ...]]:
        """The requests in each stage, over all classes, at every step."""
        assert self.run.trajectory.states is not None
        return [_stages(state) for state in self.run.trajectory.states]

    @cached_property
    def last_round(self) -> list[tuple[Fraction, ...]]:
        """The states of the last l steps, and the one before."""
        return self.states[-self.mix.longest_decode - 1 :]


def _stages(state: Any) -> tuple[Fraction, ...]:
    longest = max(len(row) for row in state)
    return tuple(
        sum((row[j_] for row in state if j_ < len(row)), Fraction(0)) for j_ in range(longest)
    )


def _settling(rng: random.Random) -> Iterator[Settling]:
    """Yield runs from empty, from a full memory with empty stages, and from the equilibrium."""
    for mix in one_class(rng):
        if mix.longest_decode > 5:
            continue
        empty = tuple(tuple(Fraction(0) for _ in range(c.decode_length)) for c in mix.classes)
        level = tuple(tuple(c.share for _ in range(c.decode_length)) for c in mix.classes)
        for start in (empty, level, scattered_start(mix, rng), scattered_start(mix, rng)):
            yield Settling(Run(mix, start, _SETTLED))


def _mean_input(drawn: Settling) -> Fraction:
    return sum((c.share * c.input_length for c in drawn.mix.classes), Fraction(0))


def _last_with_old(drawn: Settling) -> tuple[Fraction, ...]:
    """Return the last state whose oldest cohort is in the last stage."""
    return next(state for state in reversed(drawn.last_round) if state[-1])


def _parts(drawn: Settling) -> list[int]:
    """Return the stages from each cohort back to the next younger one, cyclically, oldest first."""
    occupied = [j_ for j_, x in enumerate(_last_with_old(drawn)) if x][::-1]
    below = [*occupied[1:], occupied[0] - drawn.mix.longest_decode]
    return [here - next_ for here, next_ in zip(occupied, below, strict=True)]


def _is_necklace(drawn: Settling) -> bool:
    """Whether every cohort is the throughput times its part."""
    sizes = [x for x in _last_with_old(drawn)[::-1] if x]
    rate = _throughput(drawn)
    return sizes == [rate * part for part in _parts(drawn)]


def _throughput(drawn: Settling) -> Fraction:
    n = drawn.mix.longest_decode
    found: Fraction = sum(drawn.run.trajectory.completed[-n:], Fraction(0)) / n
    return found


@cache
def _returning(mix: Workload) -> int:
    """Return the number of necklace states that an exact run comes back to."""
    mean = sum((c.share * c.input_length for c in mix.classes), Fraction(0))
    n = mix.longest_decode
    assert mix.capacity is not None
    return len({_canonical(parts) for parts in _compositions(n) if _comes_back(mix, mean, parts)})


def _comes_back(mix: Workload, mean: Fraction, parts: tuple[int, ...]) -> bool:
    n = sum(parts)
    scale = mix.capacity / (mean * n + Fraction(n * n + sum(d * d for d in parts), 2))
    stages, place = [Fraction(0)] * n, n - 1
    for part in parts:
        stages[place] = scale * part
        place -= part
    start = [[c.share * x for x in stages] for c in mix.classes]
    run = simulate(mix, n, arithmetic="exact", state=start, record_states=True)
    assert run.states is not None
    return bool(run.states[0] == run.states[n])


def _compositions(n: int) -> Iterator[tuple[int, ...]]:
    if n == 0:
        yield ()
    for first in range(1, n + 1):
        yield from ((first, *rest) for rest in _compositions(n - first))


def _canonical(parts: tuple[int, ...]) -> tuple[int, ...]:
    return min(parts[k:] + parts[:k] for k in range(len(parts)))


def _binary_necklaces(n: int) -> int:
    """Return the number of binary necklaces of n beads, less the empty one (Burnside)."""
    found: int = sum(2 ** gcd(k, n) for k in range(n)) // n - 1
    return found


_MEAN_INPUT = Quantity(s, "the mean input length, in tokens", _mean_input)
_COHORTS = Quantity(
    _cohorts,
    "the number of occupied stages in the long run",
    lambda drawn: len(_parts(drawn)),
)


def _comes_round(drawn: Settling) -> bool:
    return drawn.last_round[0] == drawn.last_round[-1]


R6_PRIME = Theorem(
    label="R6′",
    title="Every orbit gets onto a necklace cycle, in finitely many steps",
    claim=Claim(
        objects=_settling,
        quantities=(
            ONE_LENGTH,
            LENGTH,
            _MEAN_INPUT,
            CAPACITY,
            Quantity(
                _back, "in the long run the state is the same again after $l$ steps", _comes_round
            ),
            Quantity(
                _on_cycle,
                "in the long run, when the oldest cohort is in stage $l - 1$, every cohort is $C$ "
                "times the number of stages back to the next younger one, cyclically",
                _is_necklace,
            ),
            Quantity(_rate, "the completed requests per step in the long run", _throughput),
            Quantity(
                _Q,
                r"the sum $\sum_i d_i^2$ of the squares of these numbers of stages",
                lambda drawn: sum(part**2 for part in _parts(drawn)),
            ),
            Quantity(
                _found,
                "the number of necklaces of compositions of $l$ whose state is on a limit cycle "
                "with a period that divides $l$",
                lambda drawn: _returning(drawn.mix),
            ),
            Quantity(
                _necklaces,
                "the number of binary necklaces of $l$ beads, less the empty one",
                lambda drawn: _binary_necklaces(drawn.mix.longest_decode),
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
            r"that occupy the stages $S$ into itself.",
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


R6B = Theorem(
    label="R6b",
    title="The worst cycle is reached in finite time",
    claim=Claim(
        objects=_settling,
        quantities=(
            ONE_LENGTH,
            LENGTH,
            _MEAN_INPUT,
            CAPACITY,
            _COHORTS,
            Quantity(
                _size,
                "the number of requests that are in stage $l - 1$ when any are, in the long run",
                lambda drawn: _last_with_old(drawn)[-1],
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
            Lt(_cohorts, 2),
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
    mix = _mix(rng.randint(0, 4), n)
    start = [Fraction(rng.randint(1, 97), 7) for _ in range(n)]
    steps: int | None = steps_to_worst_cycle(mix, start, limit=2000)
    return steps


def _near_worst(rng: random.Random) -> Iterator[Settling]:
    """Yield starts with one large cohort and a few strays, more and less than the bound."""
    for mix in one_class(rng):
        n = mix.longest_decode
        if not 2 <= n <= 5:
            continue
        for _ in range(3):
            rows = [[Fraction(0)] * c.decode_length for c in mix.classes]
            share = Fraction(rng.randint(1, 9), rng.choice((8, 20, 100)) * 70)
            for row in rows:
                row[rng.randrange(len(row))] += Fraction(1)
                row[rng.randrange(len(row))] += share
            held = sum(
                (c.input_length + j_ + 1) * x
                for c, row in zip(mix.classes, rows, strict=True)
                for j_, x in enumerate(row)
            )
            start = tuple(tuple(x * mix.capacity / held for x in row) for row in rows)
            yield Settling(Run(mix, start, n))


def _main_cohort(drawn: Settling) -> Fraction:
    return max(drawn.states[0])


def _strays(drawn: Settling) -> Fraction:
    return sum(drawn.states[0], Fraction(0)) - max(drawn.states[0])


@cache
def _capture_dimension(n: int) -> int:
    pieces = capture_set(_mix(1, n), n + 1)
    return max((piece.dimension for piece in pieces), default=n - 2)


R6A = Theorem(
    label="R6a",
    title="The worst cycle attracts almost everything",
    claim=Claim(
        objects=_near_worst,
        quantities=(
            ONE_LENGTH,
            LENGTH,
            _MEAN_INPUT,
            Quantity(
                _dim,
                "the largest dimension of a part of the exact-capture set, of the states that "
                "never get to the worst cycle, up to a depth",
                lambda drawn: _capture_dimension(drawn.mix.longest_decode),
            ),
            Quantity(_y, "the largest cohort of a start with full memory", _main_cohort),
            Quantity(_stray, "all other requests of that start", _strays),
            Quantity(
                _rest,
                "the number of occupied stages after $l$ steps from there",
                lambda drawn: sum(1 for x in drawn.states[drawn.mix.longest_decode] if x),
            ),
        ),
        hypotheses=(one_length,),
        conclusions=(
            Eq(_dim, length - 2),
            Implies(Lt(_stray, _y / (s + length)), Eq(_rest, 1)),
        ),
    ),
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
                    s: Interval(0),
                    length: Interval(1),
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
            r"such states are null in $F_S$.) With unequal inputs a cohort of the start is a "
            r"vector, one number for each class: it is copied as a whole, and a cut keeps its "
            r"direction, so that the same holds with vectors, and after $l$ steps, when all "
            r"cohorts have the shares of the mix, with numbers.",
            Inequality(
                (_n + _e - 1) - (_n - _r + _a - 1),
                {_a: Interval(0, _e, closed=True), _e: _BIT, _n: Interval(0), _r: Interval(0)},
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
            one_length,
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
