"""Chapter 3, continued: the worst cycle attracts almost everything."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from sympy import Eq, Implies, Lt, symbols

from stabkit import (
    Workload,
    capture_set,
    unit_circle_counts,
)
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness, paper

from .notation import B, j, length, s
from .objects import Run, one_class
from .quantities import LENGTH, ONE_LENGTH, capacity_of, one_length
from .settling import (
    MEAN_INPUT,
    Settling,
    plain_mix,
)

__all__ = ["THEOREMS"]


_y, _e = symbols("y e")
_n, _m, _r, _a = symbols("n m r a")
_OPEN = Interval(0, open_low=True)
_BIT = Interval(0, 1, closed=True)
_dim, _stray, _rest = symbols("d e_0 m_l")


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
            start = tuple(tuple(x * capacity_of(mix) / held for x in row) for row in rows)
            yield Settling(Run(mix, start, n))


def _main_cohort(drawn: Settling) -> Fraction:
    return max(drawn.states[0])


def _strays(drawn: Settling) -> Fraction:
    return sum(drawn.states[0], Fraction(0)) - max(drawn.states[0])


@cache
def _capture_dimension(n: int) -> int:
    pieces = capture_set(plain_mix(1, n), n + 1)
    return max((piece.dimension for piece in pieces), default=n - 2)


R6A = Theorem(
    label="R6a",
    title="The worst cycle attracts almost everything",
    claim=Claim(
        objects=_near_worst,
        quantities=(
            ONE_LENGTH,
            LENGTH,
            MEAN_INPUT,
            Quantity(
                _dim,
                "the largest dimension of a part of the exact-capture set, of the states that "
                "never get to the worst cycle, up to a depth",
                lambda drawn: _capture_dimension(drawn.mix.longest_decode),
            ),
            Quantity(_y, "the largest cohort of a start with full memory", _main_cohort),
            Quantity(_stray, "the requests of that start outside of its largest cohort", _strays),
            Quantity(
                _rest,
                "the number of occupied stages after $l$ steps from that start",
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
            r"Let $F_S$ be the states that occupy the stages $S$, $|S| = m$, and fill the "
            r"memory: dimension $m - 1$. On each piece of it that has this dimension a step is "
            r"affine, into some $F_{S'}$ with $m' = m - r - (e - a)$ cohorts, where $r$ are "
            r"evicted whole, $e$ complete and $a$ are admitted (R6′). All but one of these are "
            r"copies of different cohorts of $S$, and the one that was admitted or cut makes the "
            r"memory full. There are $m' - 1 \le m - 1$ copies, which vary freely on $F_S$: the "
            r"step maps the piece onto an open part of $F_{S'}$. (A cohort that is evicted to "
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
                    piece.dimension
                    for piece in capture_set(plain_mix(1, n), 4 if n == 6 else n + 2)
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
                lambda case: len(capture_set(plain_mix(2, case[0]), 6)),
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


THEOREMS = (R6A,)
