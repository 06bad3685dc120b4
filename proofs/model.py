"""Chapter 1: the model. Balance law, memory kernel, closed form.

Everything here is linear in the classes: a sum over k of p_k times something that knows one class
only. An identity for one class with free s, l and p therefore holds for any number of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product
from typing import Any

from sympy import Eq, Ge, Poly, Rational, symbols

from stabkit import (
    Workload,
    closed_form,
    generating_function,
    memory_kernel,
    simulate,
)
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Summation
from stabkit.theorems.records import Step, Theorem, Use, Witness, paper
from stabkit.theorems.textbook.algebra import Linearity
from stabkit.theorems.textbook.deduction import Deduction

from .moments import (
    HELD,
    STEP,
    Moment,
    admitted,
    count,
    evicted_tokens,
    held,
    moments,
    stages_of,
)
from .notation import B, j, length, m, n, p, s, z
from .objects import At, mixes, points
from .quantities import CAPACITY, KERNEL, LONGEST, class_form, classes_of, kernel_sum, longest

__all__ = ["THEOREMS", "few_classes", "few_stages", "points_of_few", "stage_count"]

_last = symbols("e")
_before, _needs, _tokens, _freed, _growth = symbols("M U N C X")


def few_classes() -> Iterator[Workload]:
    """Mixes of one to three classes, some of equal decode lengths, with unequal inputs."""
    for lengths in ((1,), (4,), (2, 3), (2, 4), (3, 3), (1, 4, 2)):
        for inputs in product((0, Rational(7, 2), 10), repeat=len(lengths)):
            shares = range(1, len(lengths) + 1)
            yield Workload.from_classes(list(zip(inputs, lengths, shares, strict=True)), 1000)


def few_stages(rng: random.Random) -> Iterator[Workload]:
    """Yield mixes of all kinds with at most twelve stages in all."""
    return (mix for mix in mixes(rng) if stage_count(mix) <= 12)


def points_of_few(rng: random.Random) -> Iterator[At]:
    """Yield them with two rational points each."""
    return (at for at in points(rng) if stage_count(at.mix) <= 12)


def stage_count(mix: Workload) -> int:
    """Return the sum of the decode lengths."""
    return sum(c.decode_length for c in mix.classes)


def _executed(moment: Moment) -> Iterator[dict[Any, Any]]:
    """Yield the stages before the step; e is 1 for the last stage of a class, else 0."""
    for c, row in zip(moment.mix.classes, moment.state(1), strict=True):
        for j_, x in enumerate(row):
            yield {s: c.input_length, j: j_, count: x, _last: int(j_ + 1 == len(row))}


def _of_stages(moment: Moment, term: Any) -> Fraction:
    return sum((term(part) for part in _executed(moment)), Fraction(0))


def _admitting(rng: random.Random) -> Iterator[Moment]:
    return moments(rng, ("greedy", "damped:1/2", "greedy", "damped:9/10"))


BALANCE = Theorem(
    label="balance",
    title="Balance law",
    claim=Claim(
        objects=_admitting,
        quantities=(
            CAPACITY,
            Quantity(
                _before,
                r"the tokens in memory before a step, $\sum_k \sum_{j < l_k} (s_k + j + 1) "
                r"x_k^{(j)}$",
                lambda moment: moment.run.trajectory.memory[moment.step - 1],
                summand=(s + j + 1) * count,
                parts=_executed,
            ),
            Quantity(
                _needs,
                r"the tokens that the survivors of the step need next, $\sum_k \sum_{j < l_k - 1} "
                r"(s_k + j + 2) x_k^{(j)}$",
                lambda moment: _of_stages(
                    moment, lambda x: (1 - x[_last]) * (x[s] + x[j] + 2) * x[count]
                ),
                summand=(1 - _last) * (s + j + 2) * count,
                parts=_executed,
            ),
            Quantity(
                _tokens,
                r"the tokens that are admitted, $\sum_k (s_k + 1)$ times the newcomers of class "
                r"$k$",
                lambda moment: sum(
                    (c.input_length + 1) * row[0]
                    for c, row in zip(moment.mix.classes, moment.state(), strict=True)
                ),
            ),
            Quantity(
                _freed,
                r"the tokens that the completed requests held, $\sum_k (s_k + l_k) x_k^{(l_k - "
                r"1)}$",
                lambda moment: sum(
                    (c.input_length + c.decode_length) * Fraction(completed)
                    for c, completed in zip(
                        moment.mix.classes,
                        moment.run.trajectory.completed_by_class[moment.step],
                        strict=True,
                    )
                ),
                summand=_last * (s + j + 1) * count,
                parts=_executed,
            ),
            Quantity(
                _growth,
                r"the number of survivors, which grow by one token each",
                lambda moment: _of_stages(moment, lambda x: (1 - x[_last]) * x[count]),
                summand=(1 - _last) * count,
                parts=_executed,
            ),
        ),
        hypotheses=(Eq(_before, B), Eq(_needs + _tokens, B)),
        conclusions=(Eq(_tokens, _freed - _growth),),
    ),
    code=("stabkit.simulate",),
    references=(paper("section 3"),),
    steps=(
        Step(
            "survivors",
            r"A request in stage $j$ held $s_k + j + 1$ tokens. In the last stage ($e = 1$) it "
            r"completes and frees them; else ($e = 0$) it survives and needs one more.",
            Deduction(
                Linearity(
                    Eq(_needs, _before - _freed + _growth),
                    {
                        _needs: (1 - _last) * (s + j + 2) * count,
                        _before: (s + j + 1) * count,
                        _freed: _last * (s + j + 1) * count,
                        _growth: (1 - _last) * count,
                    },
                )
            ),
        ),
        Step(
            "balance",
            r"The memory is full before the step and after it: what the survivors need and what is "
            r"admitted fill it, so that nothing is evicted.",
            Identity(
                _tokens,
                _freed - _growth,
                given=(
                    _needs - (_before - _freed + _growth),
                    _before - B,
                    _needs + _tokens - B,
                ),
            ),
            uses=(Use("survivors"),),
        ),
    ),
    sharpness=(
        Witness(
            Eq(_before, B),
            r"From the empty memory the first step admits $B$ tokens while nothing completes.",
            ExactFinite(
                "admitted tokens in the first step, from empty",
                "one mix",
                lambda: [Workload.from_classes([(5, 3)], 60)],
                lambda mix: simulate(mix, 1, arithmetic="exact").admitted[0] * 6,
                lambda mix: mix.capacity,
            ),
        ),
    ),
    lesson=(
        r"A serving batch is a bathtub whose water rises by itself. Every running request gains "
        r"one token per step; only completions let water out, and admissions pour it back in. In "
        r"the steady state the three balance; the question of this theory is whether they stay so."
    ),
)

_made, _lost, _total, _in_lengths = symbols("W V G_1 T")


def _lifetime(stages: Any) -> Any:
    """What one request holds over its first stages, in token-steps."""
    return stages * (s + (stages + 1) / 2)


def _early_and_late(rng: random.Random) -> Iterator[Moment]:
    """Steps with all that came before, L steps and more from the start."""
    return (x for x in moments(rng, ("greedy", "greedy", "damped:1/2")) if x.step >= x.longest - 1)


KERNEL_THEOREM = Theorem(
    label="kernel",
    title="Memory kernel",
    claim=Claim(
        objects=_early_and_late,
        quantities=(
            STEP,
            LONGEST,
            CAPACITY,
            HELD,
            Quantity(
                _lost,
                r"the tokens that would be held by the requests which were admitted in the last "
                r"$L$ steps and have been evicted, $\sum_k \sum_{m < l_k} (s_k + m + 1) (p_k "
                r"a_{n-m} - x_k^{(m)})$",
                evicted_tokens,
                summand=(s + m + 1) * (p * admitted - count),
                parts=stages_of,
            ),
            Quantity(
                _made,
                r"the convolution $\sum_{m=0}^{L-1} g_m a_{n-m}$ of the admissions $a_n$ per step "
                r"with the memory kernel $g_m = \sum_k p_k (s_k + m + 1) 1\{m < l_k\}$",
                lambda moment: sum(
                    KERNEL.value(moment, m_) * moment.admitted(m_)
                    for m_ in range(LONGEST.value(moment))
                ),
                summand=p * (s + m + 1) * admitted,
                parts=stages_of,
            ),
            Quantity(
                _total,
                r"$G(1) = \sum_m g_m$, what one admission holds over its life",
                kernel_sum,
                summand=p * (s + m + 1),
                parts=stages_of,
            ),
            Quantity(
                _in_lengths,
                r"$\sum_k p_k l_k (s_k + (l_k + 1) / 2)$",
                lambda moment: sum(
                    part[p] * _lifetime(Fraction(part[length])).subs(s, part[s])
                    for part in classes_of(moment)
                ),
                summand=p * (_lifetime(m + 1) - _lifetime(m)),
                parts=stages_of,
            ),
        ),
        hypotheses=(Ge(n, longest), Eq(_lost, 0), Eq(held, B)),
        conclusions=(Eq(_made, B), Eq(_total, _in_lengths)),
    ),
    code=(
        "stabkit.memory_kernel",
        "stabkit.generating_function",
        "stabkit.characteristic_polynomial",
    ),
    references=(paper("section 3"),),
    steps=(
        Step(
            "held",
            r"The requests of class $k$ in stage $m$ are those of the $p_k a_{n-m}$ admitted $m$ "
            r"steps ago that have not been evicted, and each holds $s_k + m + 1$ tokens. Class $k$ "
            r"contributes $p_k (s_k + m + 1)$ to $g_m$ as long as $m < l_k$.",
            Deduction(
                Linearity(
                    Eq(held, _made - _lost),
                    {
                        held: (s + m + 1) * count,
                        _made: p * (s + m + 1) * admitted,
                        _lost: (s + m + 1) * (p * admitted - count),
                    },
                )
            ),
        ),
        Step(
            "convolution",
            r"Nothing has been evicted, and the memory is full.",
            Identity(_made, B, given=(held - (_made - _lost), _lost, held - B)),
            uses=(Use("held"),),
        ),
        Step(
            "lifetime",
            r"For one class $l (s + (l + 1) / 2)$ is the sum of its increments over $m < l$. For "
            r"what a request holds over its first $n + 1$ stages, whatever $n$, is, by induction,",
            Summation(s + m + 1, m, 0, n, _lifetime(n + 1)),
        ),
        Step(
            "total",
            r"The increments are what $G(1)$ sums.",
            Deduction(
                Linearity(
                    Eq(_total, _in_lengths),
                    {
                        _total: p * (s + m + 1),
                        _in_lengths: p * (_lifetime(m + 1) - _lifetime(m)),
                    },
                )
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The kernel that stabkit computes, and the definition.",
            ExactFinite(
                r"$g_0, \dots, g_{L-1}$",
                "52 mixes of up to three classes",
                few_classes,
                lambda mix: [Fraction(int(c.p), int(c.q)) for c in memory_kernel(mix)],
                lambda mix: [KERNEL.value(mix, m_) for m_ in range(mix.longest_decode)],
            ),
        ),
    ),
    sharpness=(
        Witness(
            Eq(_lost, 0),
            r"On the worst cycle of one class, $s = 2$, $l = 2$, $B = 140$, the sum is not $B$: "
            r"after an eviction the newcomers of one step before are not all there.",
            ExactFinite(
                r"whether $g_0 a_n + g_1 a_{n-1} = B$ all along an evicting run",
                "one mix, 20 steps",
                lambda: [Workload.from_classes([(2, 2)], 140)],
                lambda mix: all(
                    3 * now + 4 * before == 140
                    for before, now in pairwise(simulate(mix, 20, arithmetic="exact").admitted)
                ),
                lambda mix: False,
            ),
        ),
    ),
    lesson=(
        r"The memory kernel is the server's memory of its own decisions: $g_m$ tokens are held "
        r"today for every request admitted $m$ steps ago. Since a request only grows, old "
        r"admissions weigh more than new ones, and that is the seed of the instability: the server "
        r"corrects a surplus late and with too little."
    ),
)


_G, _sparse = symbols("G H")


def _stages_at(at: At) -> Iterator[dict[Any, Any]]:
    for part in classes_of(at):
        for m_ in range(part[length]):
            yield {s: part[s], p: part[p], m: m_, _last: int(m_ == 0)}


CLOSED_FORM = Theorem(
    label="closed-form",
    title="Sparse closed form",
    claim=Claim(
        objects=points_of_few,
        quantities=(
            Quantity(z, "any number", lambda at: at.point),
            Quantity(
                _G,
                r"the generating function $G(z) = \sum_m g_m z^m$ of the memory kernel",
                lambda at: sum(
                    KERNEL.value(at, m_) * at.point**m_ for m_ in range(LONGEST.value(at))
                ),
                summand=p * (s + m + 1) * z**m,
                parts=_stages_at,
            ),
            Quantity(
                _sparse,
                r"$\sum_k p_k [(s_k + 1) - s_k z - (s_k + l_k + 1) z^{l_k} + (s_k + l_k) z^{l_k + "
                r"1}]$, at most $2K + 2$ terms, whatever the decode lengths",
                lambda at: sum(_sparse_terms(part, at.point) for part in classes_of(at)),
                summand=p * (class_form(m + 1) - class_form(m)),
                parts=_stages_at,
            ),
        ),
        hypotheses=(),
        conclusions=(Eq((1 - z) ** 2 * _G, _sparse),),
    ),
    uses=("kernel",),
    code=("stabkit.closed_form",),
    references=(paper("section 3"),),
    steps=(
        Step(
            "one-class",
            r"For one class the bracket is the sum of its increments over $m < l$, for, by "
            r"induction on the decode length $n + 1$,",
            Summation((1 - z) ** 2 * (s + m + 1) * z**m, m, 0, n, class_form(n + 1)),
        ),
        Step(
            "all-classes",
            r"The increments are what $(1 - z)^2 G(z)$ sums.",
            Deduction(
                Linearity(
                    Eq((1 - z) ** 2 * _G, _sparse),
                    {
                        _G: p * (s + m + 1) * z**m,
                        _sparse: p * (class_form(m + 1) - class_form(m)),
                    },
                )
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"stabkit's closed form against $(1 - z)^2$ times the generating function.",
            ExactFinite(
                r"$(1 - z)^2 G(z)$",
                "52 mixes of up to three classes",
                few_classes,
                lambda mix: Poly(closed_form(mix), z),
                lambda mix: Poly((1 - z) ** 2, z) * generating_function(mix).as_expr().as_poly(z),
            ),
        ),
    ),
    lesson=(
        r"A request of a million decode steps has a kernel of a million numbers, but a formula of "
        r"four terms. That is what lets a computer evaluate the characteristic equation of a real "
        r"trace at a point in microseconds."
    ),
)


def _sparse_terms(part: dict[Any, Any], at: Fraction) -> Fraction:
    s_, l_ = Fraction(part[s]), part[length]
    bracket: Fraction = s_ + 1 - s_ * at - (s_ + l_ + 1) * at**l_ + (s_ + l_) * at ** (l_ + 1)
    return Fraction(part[p]) * bracket


THEOREMS = (BALANCE, KERNEL_THEOREM, CLOSED_FORM)
