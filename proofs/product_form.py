"""Chapter 1, continued: many classes are one sequence of numbers."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

from sympy import Eq, Function, symbols

from stabkit import Workload, simulate
from stabkit.theorems.evidence import ExactFinite, Identity
from stabkit.theorems.records import Step, Theorem, Witness

from .notation import CAPACITY, CLASSES, m, p

__all__ = ["THEOREMS"]

_y, _fraction = symbols("y f")
_j = symbols("j", integer=True)
_p1, _p2, _s1, _s2 = symbols("p_1 p_2 s_1 s_2")

R11 = Theorem(
    label="R11",
    title="Product form",
    variables=(*CLASSES, *CAPACITY),
    hypotheses=("At least $L$ steps have been made.",),
    statement=(
        r"$x_k^{(j)} = p_k y_j$ for $j < l_k$: the dynamics, evictions included, is "
        r"$L$-dimensional whatever $K$; the memory in use is $\sum_j g_j y_j$; and classes of "
        r"equal decode length may be merged, with their mean input."
    ),
    formula=Eq(Function("x")(_j), p * Function("y")(_j)),
    uses=("kernel",),
    code=("stabkit.simulate", "stabkit.Workload"),
    steps=(
        Step(
            "eviction",
            r"After $L$ steps all requests were admitted since the start, and admissions split by "
            r"$p_k$. Execution moves all classes together. An eviction takes the same fraction "
            r"$f$ of every class in the marginal stage ($f = 1$ in the stages before it), so that "
            r"what remains is $p_k$ times $(1 - f) y_j$: the form lasts. Stage $j$ of class $k$ "
            r"then holds $(s_k + j + 1) p_k y_j$ tokens, its part of $g_j y_j$.",
            Identity(p * _y - _fraction * (p * _y), p * ((1 - _fraction) * _y)),
        ),
        Step(
            "merging",
            r"Two classes of equal decode length contribute to every $g_m$ what one class of "
            r"their joint share and mean input does.",
            Identity(
                _p1 * (_s1 + m + 1) + _p2 * (_s2 + m + 1),
                (_p1 + _p2) * ((_p1 * _s1 + _p2 * _s2) / (_p1 + _p2) + m + 1),
            ),
        ),
    ),
    checks=(
        Step(
            "merged-runs",
            r"Exact runs from empty with evictions: two classes of equal decode length, and "
            r"merged.",
            ExactFinite(
                "admissions and evictions",
                "27 mixes, 60 steps",
                lambda: product((0, 3, 10), (1, 2, 4), (1, 2, 5)),
                lambda case: _run([(case[0], 3, 1), (5, 3, case[2]), (2, case[1], 2)]),
                lambda case: _run(
                    [
                        (Fraction(case[0] + 5 * case[2], 1 + case[2]), 3, 1 + case[2]),
                        (2, case[1], 2),
                    ]
                ),
            ),
        ),
    ),
    sharpness=(
        Witness(
            "At least $L$ steps have been made.",
            r"A given start need not be of product form: two classes of equal shares, all "
            r"requests of one of them.",
            ExactFinite(
                r"whether $x_k^{(0)} = p_k y_0$ at the start",
                "one state",
                lambda: [Workload.from_classes([(2, 2), (5, 2)], 100)],
                lambda mix: len(set(_first_stages(mix, [[10, 0], [0, 0]]))) == 1,
                lambda mix: False,
            ),
        ),
    ),
    lesson=(
        r"However many kinds of requests there are, after a start-up of one longest life the "
        r"server remembers only its past admissions. A trace of ten thousand requests with a "
        r"hundred decode lengths is, for the dynamics, one sequence of numbers."
    ),
)


def _run(classes: list[tuple[object, int, int]]) -> tuple[list[Fraction], list[Fraction]]:
    run = simulate(Workload.from_classes(classes, 200), 60, arithmetic="exact")
    return list(run.admitted), list(run.evicted)


def _first_stages(mix: Workload, state: list[list[int]]) -> tuple[Fraction, ...]:
    run = simulate(mix, 1, arithmetic="exact", state=state, record_states=True)
    assert run.states is not None
    return tuple(stages[0] for stages in run.states[0])


THEOREMS = (R11,)
