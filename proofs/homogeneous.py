"""Chapter 3: one decode length. All modes grow; what comes instead of the equilibrium."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from sympy import Eq, Function, Ge, Implies, Matrix, Poly, Rational, symbols

from stabkit import (
    Workload,
    level_state,
    poincare_matrix,
    simulate,
    unit_circle_counts,
)
from stabkit.spectrum.counting.isolation import isolated_disc_counts
from stabkit.theorems.claims import Claim, Every, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Formal, Step, Theorem, Witness, paper
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.zeros import EnestromKakeya

from .moments import MEAN_INPUT, PRODUCT_FORM, filled, product_form
from .notation import B, c, i, j, k, lam, length, s
from .objects import Run, one_class
from .quantities import (
    A_STAR,
    CAPACITY,
    KERNEL,
    LENGTH,
    LONGEST,
    ONE_LENGTH,
    UNSTABLE,
    a_star,
    one_length,
    unstable,
)

__all__ = ["THEOREMS"]

_F, _left = symbols("F d")
_within, _beyond = Function("N_<"), Function("N_>")


@cache
def _counts_at(mix: Workload, radius: Fraction) -> tuple[int, int, int]:
    """Return the roots of F in, on and beyond a circle about 0: isolated exactly by FLINT."""
    top = LONGEST.value(mix) - 1
    scaled = [
        Rational(KERNEL.value(mix, m_) * Fraction(radius) ** (top - m_)) for m_ in range(top + 1)
    ]
    whole = Poly(scaled, lam).clear_denoms(convert=True)[1]
    return isolated_disc_counts([int(x) for x in whole.all_coeffs()[::-1]])


R5 = Theorem(
    label="R5",
    title="One decode length: every mode is unstable",
    claim=Claim(
        objects=one_class,
        quantities=(
            ONE_LENGTH,
            LENGTH,
            MEAN_INPUT,
            UNSTABLE,
            Quantity(
                _within,
                r"the number of roots of $F(\lambda) = \sum_m g_m \lambda^{L-1-m}$ with "
                r"$|\lambda| < r$",
                lambda mix, r: _counts_at(mix, r)[0] if r > 0 else None,
            ),
            Quantity(
                _beyond,
                r"the number of roots of $F$ with $|\lambda| > r$",
                lambda mix, r: _counts_at(mix, r)[2] if r > 0 else None,
            ),
        ),
        hypotheses=(one_length, Ge(length, 2)),
        conclusions=(
            Eq(_within((s + length) / (s + length - 1)), 0),
            Eq(_beyond((s + 2) / (s + 1)), 0),
            Eq(unstable, length - 1),
        ),
    ),
    uses=("kernel", "R11"),
    code=("stabkit.roots", "stabkit.unit_circle_counts"),
    references=(paper("section 5"),),
    steps=(
        Step(
            "annulus",
            r"By R11 the classes merge into one, with the mean input $s$. The coefficient of "
            r"$\lambda^k$ is $a_k = s + l - k = s + d + 1$ with $d = l - 1 - k$. The ratios $a_k / "
            r"a_{k+1}$, $k < l - 1$, rise with $k$, from $\alpha = (s + l) / (s + l - 1)$ to "
            r"$\beta = (s + 2) / (s + 1)$.",
            Deduction(
                EnestromKakeya(
                    _F,
                    coefficient=s + _left + 1,
                    following=s + _left,
                    domains={length: Interval(_left + 1), _left: Interval(1), s: Interval(0)},
                    low=(s + length) / (s + length - 1),
                    high=(s + 2) / (s + 1),
                )
            ),
        ),
        Step(
            "outside",
            r"The inner radius exceeds 1.",
            Inequality((s + length) / (s + length - 1) - 1, {s: Interval(0), length: Interval(2)}),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Exact counts: all modes outside.",
            ExactFinite(
                "unstable modes",
                r"$s \in \{0, 1, 50\}$, $l = 2, \dots, 12$",
                lambda: [(a, n) for a in (0, 1, 50) for n in range(2, 13)],
                lambda case: (
                    unit_circle_counts(Workload.from_classes([case]), method="schur-cohn").outside
                ),
                lambda case: case[1] - 1,
            ),
        ),
    ),
    sharpness=(
        Witness(
            one_length,
            r"Two lengths can be stable: $(10, 3)$ and $(10, 5)$ in equal shares.",
            ExactFinite(
                "unstable modes",
                "one mix",
                lambda: [Workload.from_classes([(10, 3), (10, 5)])],
                lambda mix: unit_circle_counts(mix).outside,
                lambda mix: 0,
            ),
        ),
    ),
    formal=Formal("Annulus.v", ("annulus", "every_mode_unstable"), "e3be069ae5d4aa69"),
    lesson=(
        r"If all requests are alike, the server can never be steady. A surplus of admissions is "
        r"paid back only when these requests complete, all at once, and by then each of them holds "
        r"more than when it came: the correction overshoots, every time by a factor."
    ),
)

_requests = Function("x")
_evictions, _admissions, _completed = symbols("E A C")


@dataclass(frozen=True)
class Level:
    """A run, a level i of its decode length, and a number of requests."""

    run: Run
    level: int
    unit: Fraction

    @property
    def mix(self) -> Workload:
        """The mix of the run."""
        return self.run.mix


def _levels(rng: random.Random) -> Iterator[Level]:
    """Yield runs from the level states, from others, and from such that are not of product form."""
    for mix in one_class(rng):
        longest = LONGEST.value(mix)
        for level in {rng.randrange(longest), longest - 1 if rng.random() < 0.5 else 0}:
            shape = _level_shape(longest, level)
            if rng.random() < 0.25:
                shape[rng.randrange(longest)] += 1
            rows = [[c_.share * x for x in shape[: c_.decode_length]] for c_ in mix.classes]
            yield _level_run(mix, rows, level, shape)
    for s_, n_ in ((4, 2), (6, 3), (20, 4)):
        for level in range(n_):
            mix, shape = Workload.from_classes([(0, n_), (s_, n_)], 600), _level_shape(n_, level)
            yield _level_run(mix, [[Fraction(0)] * n_, list(shape)], level, shape)


def _level_shape(stages: int, level: int) -> list[Fraction]:
    return [Fraction(x) for x in [0] * level + [level + 1] + [1] * (stages - level - 1)]


def _level_run(
    mix: Workload, rows: list[list[Fraction]], level: int, shape: list[Fraction]
) -> Level:
    """Return the run from a full memory in proportion, and what a 1 of the shape became."""
    start = filled(mix, rows)
    unit = _requests_in(start) / _requests_in(rows)
    return Level(Run(mix, start, len(shape)), level, unit)


def _requests_in(rows: Any) -> Fraction:
    return sum((x for row in rows for x in row), Fraction(0))


def _stage_count(drawn: Level, n: int, j: int) -> Fraction | None:
    """Return the requests in stage j after n steps, over all classes; None beyond the run."""
    states = drawn.run.trajectory.states
    assert states is not None
    if not 0 <= n < len(states):
        return None
    return sum((row[j] for row in states[n] if 0 <= j < len(row)), Fraction(0))


_units = (i + 1) * (s + i + 1) + (length - i - 1) * (s + (length + i + 2) / 2)

R6 = Theorem(
    label="R6",
    title="Level cycles",
    claim=Claim(
        objects=_levels,
        quantities=(
            ONE_LENGTH,
            LENGTH,
            MEAN_INPUT,
            CAPACITY,
            A_STAR,
            PRODUCT_FORM,
            Quantity(i, r"the level, an integer with $0 \le i < l$", lambda drawn: drawn.level),
            Quantity(_requests, "the requests in stage $j$ after $n$ steps", _stage_count),
            Quantity(c, "a number of requests", lambda drawn: drawn.unit),
            Quantity(
                _admissions,
                r"the number of steps among the first $l$ that admit",
                lambda drawn: sum(1 for x in drawn.run.trajectory.admitted[1:] if x),
            ),
            Quantity(
                _evictions,
                r"the number of steps among the first $l$ that evict",
                lambda drawn: sum(1 for x in drawn.run.trajectory.evicted[1:] if x),
            ),
            Quantity(
                _completed,
                r"the requests completed in the first $l$ steps",
                lambda drawn: sum(drawn.run.trajectory.completed[1:], Fraction(0)),
            ),
        ),
        hypotheses=(
            one_length,
            product_form,
            Every(Eq(_requests(0, j), 0), j, 0, i - 1),
            Eq(_requests(0, i), (i + 1) * c),
            Every(Eq(_requests(0, j), c), j, i + 1, length - 1),
        ),
        conclusions=(
            Eq(c, B / _units),
            Every(Eq(_requests(length, j), _requests(0, j)), j, 0, length - 1),
            Eq(_admissions, length - i),
            Eq(_evictions, i),
            Eq(_completed, length * c),
            Implies(Eq(i, 0), Eq(c, a_star)),
            Implies(Eq(i, length - 1), Eq(length * c, B / (s + length))),
        ),
    ),
    uses=("balance",),
    code=("stabkit.poincare_matrix", "stabkit.level_state", "stabkit.necklace_cycle"),
    references=(paper("section 5"),),
    steps=(
        Step(
            "size",
            r"The state is $c (0, \dots, 0, i + 1, 1, \dots, 1)$ with $i$ zeros, and the memory is "
            r"full: $c = B / ((i + 1)(s + i + 1) + \sum_{j > i} (s + j + 1))$, with the sum in "
            r"closed form (here from stage 0 on; the one from $i + 1$ is a difference of two),",
            Summation(s + j + 1, j, 0, k, (k + 1) * (s + (k + 2) / 2)),
        ),
        Step(
            "small-completes",
            r"While a cohort of $c$ is the oldest, it frees $(s + l) c$, and the other $l - 1$ "
            r"units of $c$ grow: what is admitted fills $(s + l) c - (l - 1) c = (s + 1) c$. So "
            r"the newcomers are $c$ again, and the pattern moves on, $l - i - 1$ times.",
            Identity((s + length) * c - (length - 1) * c, (s + 1) * c),
        ),
        Step(
            "large-completes",
            r"Then the cohort of $(i + 1) c$ completes, and the other $l - i - 1$ units grow. In "
            r"units of $c$ the admission is",
            Identity(
                (s + length) * (i + 1) - (length - i - 1),
                (i + 1) * (s + 1) + i * length,
            ),
        ),
        Step(
            "evictions",
            r"The stages above are empty now: in each of the next $i$ steps nothing completes, "
            r"the $l - i - 1$ other units of $c$ grow by a token each, and the youngest cohort, "
            r"$q_j$ requests in stage $j$, pays for it: its tokens $(s + j + 1) q_j$ fall by $(l "
            r"- i - 1) c$ in every step, from $(s + 1) q_0 = [(i + 1)(s + 1) + i l] c$ on. After "
            r"$k$ steps the sum of the changes is",
            Summation(
                -(length - i - 1) * c,
                j,
                1,
                k,
                ((i + 1) * (s + 1) + i * length - k * (length - i - 1)) * c
                - ((i + 1) * (s + 1) + i * length) * c,
            ),
        ),
        Step(
            "return",
            r"After $i$ evictions it is $(s + i + 1) q_i = (i + 1)(s + i + 1) c$: $q_i = (i + 1) "
            r"c$, in stage $i$, below $l - i - 1$ cohorts of $c$. That is the state at the start: "
            r"it is fixed by the Poincaré matrix $P^{(i)}$ of $l - i$ admissions and $i$ "
            r"evictions. In $l$ steps all $l$ units of $c$ complete: $c$ per step. At $i = 0$, "
            r"$c_0 = B / G(1) = a^*$; at $i = l - 1$ the state is one cohort of $l c = B / (s + "
            r"l)$.",
            Identity(
                ((i + 1) * (s + 1) + i * length - i * (length - i - 1)) * c,
                (i + 1) * (s + i + 1) * c,
            ),
        ),
        Step(
            "real-evictions",
            r"Each $q_j$ is positive and the youngest cohort alone is cut: with $j \le i \le l - "
            r"1$ the tokens that are left to it are at least those at $j = i$.",
            Inequality(
                (i + 1) * (s + 1) + i * length - j * (length - i - 1),
                {
                    length: Interval(i + 1),
                    i: Interval(j),
                    j: Interval(0),
                    s: Interval(0),
                },
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The Poincaré matrix of the code times the state, at symbolic $s$.",
            ExactFinite(
                r"$P^{(i)} v$ for the state $v$",
                r"$l = 2, \dots, 5$, all levels",
                lambda: [(n, level) for n in range(2, 6) for level in range(n)],
                lambda case: _returned(*case),
                lambda case: _level(*case),
            ),
        ),
    ),
    sharpness=(
        Witness(
            one_length,
            r"With lengths 3 and 5 (inputs 5, $B = 3050$) a single cohort of both does not return "
            r"after 5 steps.",
            ExactFinite(
                r"whether the state returns",
                "one state, 5 steps",
                lambda: [Workload.from_classes([(5, 3), (5, 5)], 3050)],
                lambda mix: _returns(mix),
                lambda mix: False,
            ),
        ),
    ),
    lesson=(
        r"Between the steady state and the worst case there is a ladder. On level $i$ a big cohort "
        r"is as large as $i + 1$ ordinary ones; when it completes, the server admits too much, and "
        r"takes $i$ steps of evictions to get back to where it was."
    ),
)


def _returned(n: int, level: int) -> Matrix:
    return (poincare_matrix(n, level) * Matrix(level_state(n, level))).applyfunc(
        lambda entry: entry.simplify()
    )


def _level(n: int, level: int) -> Matrix:
    return Matrix(level_state(n, level)).applyfunc(lambda entry: entry.simplify())


def _returns(mix: Workload) -> bool:
    start = [[0, 0, Fraction(100)], [0, 0, Fraction(100), 0, 0]]
    run = simulate(mix, 5, arithmetic="exact", state=start, record_states=True)
    assert run.states is not None
    return bool(run.states[0] == run.states[5])


THEOREMS = (R5, R6)
