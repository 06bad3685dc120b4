"""Chapter 1, continued: many classes are one sequence of numbers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import product
from typing import Any

from sympy import Eq, Function, Ge, symbols

from stabkit import Trajectory, Workload, simulate
from stabkit.theorems.claims import Claim, Every, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity
from stabkit.theorems.records import Step, Theorem, Witness

from .moments import HELD, STEP, Moment, held, moments
from .notation import j, k, m, n, p
from .quantities import KERNEL, LONGEST, longest

__all__ = ["THEOREMS"]

_fraction, _one = symbols("f y")
_p1, _p2, _s1, _s2 = symbols("p_1 p_2 s_1 s_2")
_classes, _by_stages, _in, _out, _in_merged, _out_merged = symbols("K Y a e a' e'")
_x, _p, _l, _y = Function("x"), Function("p"), Function("l"), Function("y")


def _of_class(read: Callable[..., Any]) -> Callable[..., Any]:
    """Return a quantity of class k, undecided where there is no such class."""

    def value(moment: Moment, k_: int, *stage: int) -> Any:
        classes, state = moment.mix.classes, moment.state()
        known = 1 <= k_ <= len(classes)
        return read(classes[k_ - 1], state[k_ - 1], *stage) if known else None

    return value


def _stage(moment: Moment, j_: int) -> Fraction:
    """Return y_j: the requests in a stage, over the shares of the classes that have it."""
    rows = zip(moment.mix.classes, moment.state(), strict=True)
    found = [(row[j_], c.share) for c, row in rows if 0 <= j_ < c.decode_length]
    return sum((x for x, _ in found), Fraction(0)) / sum((w for _, w in found), Fraction(0))


def _merged(mix: Workload) -> dict[int, list[int]]:
    """Return the classes of each decode length, in their order."""
    found: dict[int, list[int]] = {}
    for k_, c in enumerate(mix.classes):
        found.setdefault(c.decode_length, []).append(k_)
    return found


def _next(moment: Moment, merge: bool) -> Trajectory:
    """Run one step on, with all classes or with those of equal decode length as one."""
    mix, state = moment.mix, moment.state()
    if merge:
        groups = _merged(mix)
        state = [
            [sum((state[k_][j_] for k_ in group), Fraction(0)) for j_ in range(length_)]
            for length_, group in groups.items()
        ]
        mix = Workload.from_classes(
            [(_mean_input(mix, group), n_, _share(mix, group)) for n_, group in groups.items()],
            mix.capacity,
        )
    return simulate(mix, 1, arithmetic="exact", state=state, policy=moment.run.policy)


def _share(mix: Workload, group: list[int]) -> Fraction:
    return sum((mix.classes[k_].share for k_ in group), Fraction(0))


def _mean_input(mix: Workload, group: list[int]) -> Fraction:
    held_ = sum(mix.classes[k_].share * mix.classes[k_].input_length for k_ in group)
    return Fraction(held_) / _share(mix, group)


def _moments(rng: random.Random) -> Iterator[Moment]:
    found = moments(rng, ("greedy", "greedy", "damped:1/2"))
    return (one for k_, one in enumerate(found) if k_ % 2 or one.step == one.longest - 1)


R11 = Theorem(
    label="R11",
    title="Product form",
    claim=Claim(
        objects=_moments,
        quantities=(
            STEP,
            LONGEST,
            HELD,
            Quantity(_classes, "the number of classes", lambda moment: len(moment.mix.classes)),
            Quantity(
                _x,
                r"the requests of class $k$ in stage $j$",
                _of_class(lambda c, row, j_: row[j_] if 0 <= j_ < len(row) else 0),
            ),
            Quantity(_p, r"the share of class $k$", _of_class(lambda c, row: c.share)),
            Quantity(_l, r"the decode length of class $k$", _of_class(lambda c, row: len(row))),
            Quantity(
                _y,
                r"the requests in stage $j$ over the shares of the classes with $l_k > j$",
                _stage,
            ),
            Quantity(
                _by_stages,
                r"$\sum_{j < L} g_j y_j$ with the memory kernel $g_j$",
                lambda moment: sum(
                    KERNEL.value(moment, j_) * _stage(moment, j_)
                    for j_ in range(LONGEST.value(moment))
                ),
            ),
            Quantity(
                _in,
                "the requests admitted in the next step",
                lambda moment: _next(moment, False).admitted[1],
            ),
            Quantity(
                _out,
                "the requests evicted in the next step",
                lambda moment: _next(moment, False).evicted[1],
            ),
            Quantity(
                _in_merged,
                r"the requests admitted in the next step if classes of equal decode length are one "
                r"class, with their mean input",
                lambda moment: _next(moment, True).admitted[1],
            ),
            Quantity(
                _out_merged,
                "the requests evicted in the next step in that case",
                lambda moment: _next(moment, True).evicted[1],
            ),
        ),
        hypotheses=(Ge(n, longest),),
        conclusions=(
            Every(Every(Eq(_x(k, j), _p(k) * _y(j)), j, 0, _l(k) - 1), k, 1, _classes),
            Eq(held, _by_stages),
            Eq(_in_merged, _in),
            Eq(_out_merged, _out),
        ),
    ),
    uses=("kernel",),
    code=("stabkit.simulate", "stabkit.Workload"),
    steps=(
        Step(
            "eviction",
            r"After $L$ steps all requests have been admitted since the start, split by $p_k$. "
            r"Execution moves all classes together. An eviction takes the same fraction $f$ of "
            r"every class in the marginal stage ($f = 1$ in the stages before it), so that what "
            r"remains is $p_k$ times $(1 - f) y_j$: the form lasts, and the dynamics, evictions "
            r"included, is $L$-dimensional whatever $K$. Stage $j$ of class $k$ then holds $(s_k "
            r"+ j + 1) p_k y_j$ tokens, its part of $g_j y_j$.",
            Identity(p * _one - _fraction * (p * _one), p * ((1 - _fraction) * _one)),
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
            Ge(n, longest),
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


def _run(classes: list[tuple[Any, int, int]]) -> tuple[list[Fraction], list[Fraction]]:
    run = simulate(Workload.from_classes(classes, 200), 60, arithmetic="exact")
    return list(run.admitted), list(run.evicted)


def _first_stages(mix: Workload, state: list[list[int]]) -> tuple[Fraction, ...]:
    run = simulate(mix, 1, arithmetic="exact", state=state, record_states=True)
    assert run.states is not None
    return tuple(stages[0] for stages in run.states[0])


THEOREMS = (R11,)
