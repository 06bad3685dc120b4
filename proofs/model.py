"""Chapter 1: the model. Balance law, memory kernel, stability, closed form, state spaces.

Everything here is linear in the classes: a sum over k of p_k times something that knows one class
only. An identity for one class with free s, l and p therefore holds for any number of them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from typing import Any

from sympy import Eq, Equivalent, Ge, Poly, Rational, symbols

from stabkit import (
    Workload,
    closed_form,
    generating_function,
    memory_kernel,
    simulate,
    state_matrix,
    unit_circle_counts,
)
from stabkit.spectrum.isolation import isolated_disc_counts
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Summation
from stabkit.theorems.records import Step, Theorem, Use, Witness, paper
from stabkit.theorems.textbook.algebra import DeterminantLemma, Linearity, LinearRecurrence
from stabkit.theorems.textbook.deduction import Deduction

from .moments import (
    HELD,
    STEP,
    Moment,
    admitted,
    count,
    determinant,
    dies_out,
    evicted_tokens,
    held,
    moments,
    stage_map,
    stages_of,
)
from .notation import B, j, lam, length, m, n, p, s, z
from .objects import At, mixes, points
from .quantities import CAPACITY, KERNEL, LONGEST, classes_of, kernel_sum, longest

__all__ = ["THEOREMS"]

_deviation, _last = symbols("d e")
_before, _needs, _tokens, _freed, _growth = symbols("M U N C X")


def _small_mixes() -> Iterator[Workload]:
    """Mixes of one to three classes, some of equal decode lengths, with unequal inputs."""
    for lengths in ((1,), (4,), (2, 3), (2, 4), (3, 3), (1, 4, 2)):
        for inputs in product((0, Rational(7, 2), 10), repeat=len(lengths)):
            shares = range(1, len(lengths) + 1)
            yield Workload.from_classes(list(zip(inputs, lengths, shares, strict=True)), 1000)


def _few_stages(rng: random.Random) -> Iterator[Workload]:
    return (mix for mix in mixes(rng) if _stages(mix) <= 12)


def _points_of_few(rng: random.Random) -> Iterator[At]:
    return (at for at in points(rng) if _stages(at.mix) <= 12)


def _stages(mix: Workload) -> int:
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
            r"completes and frees them; else ($e = 0$) it survives and needs one more. Sum over "
            r"classes and stages.",
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
            r"What a request of one class holds over its first $n + 1$ stages, by induction; so "
            r"that $l (s + (l + 1) / 2)$ is the sum over $m < l$ of its increments.",
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
                _small_mixes,
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

_dies_out, _F = symbols("dies_out F")
_beyond, _upon = symbols("N_> N_=")


def _kernel_counts(mix: Workload) -> tuple[int, int, int]:
    """Return the roots of F inside, on and outside of the circle: isolated exactly by FLINT."""
    kernel = [KERNEL.value(mix, m_) for m_ in range(LONGEST.value(mix))]
    scale = Poly([Rational(x) for x in kernel], lam).clear_denoms(convert=True)[1]
    return isolated_disc_counts([int(c) for c in scale.all_coeffs()[::-1]])


LINEAR_STABILITY = Theorem(
    label="linear-stability",
    title="Stability is a matter of the roots",
    claim=Claim(
        objects=_few_stages,
        quantities=(
            Quantity(
                _dies_out,
                r"small deviations of the stage counts from the equilibrium, $p_k a^*$ in every "
                r"stage of class $k$, die out",
                dies_out,
            ),
            Quantity(
                _beyond,
                r"the number of roots of the characteristic polynomial $F(\lambda) = \sum_m g_m "
                r"\lambda^{L-1-m}$ with $|\lambda| > 1$",
                lambda mix: _kernel_counts(mix)[2],
            ),
            Quantity(
                _upon,
                "the number of those on the circle",
                lambda mix: _kernel_counts(mix)[1],
            ),
        ),
        hypotheses=(),
        conclusions=(Equivalent(_dies_out, Eq(_beyond + _upon, 0)),),
    ),
    uses=("kernel",),
    code=("stabkit.characteristic_polynomial", "stabkit.unit_circle_counts"),
    references=(paper("section 3"),),
    steps=(
        Step(
            "stability",
            r"Near the equilibrium nothing is evicted. Term by term, $g_m$ times the deviation "
            r"$d_{n-m} = a_{n-m} - a^*$ is the difference of two equations with the same right "
            r"side: the deviations solve the homogeneous recurrence, whose characteristic "
            r"polynomial is $F$. After $L$ steps the stage counts are $p_k a_{n-j}$.",
            Deduction(
                LinearRecurrence(
                    _dies_out,
                    _F,
                    weight=p * (s + m + 1),
                    deviation=_deviation,
                    rest=B / _total,
                )
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The verdict of the code, and the Lyapunov equation of the simulator's own step.",
            ExactFinite(
                "whether the equilibrium is stable",
                "52 mixes of up to three classes",
                _small_mixes,
                lambda mix: unit_circle_counts(mix).verdict == "stable",
                dies_out,
            ),
        ),
    ),
    lesson=(
        r"A server is steady if it forgets. Whether it does is written in $L - 1$ numbers, the "
        r"roots of one polynomial: inside of the unit circle a disturbance fades, outside of it it "
        r"grows from step to step, on the circle it stays."
    ),
)


def _class_form(stages: Any) -> Any:
    """What (1 - z)^2 times the first stages of one class add up to."""
    return (s + 1) - s * z - (s + stages + 1) * z**stages + (s + stages) * z ** (stages + 1)


_G, _sparse = symbols("G H")


def _stages_at(at: At) -> Iterator[dict[Any, Any]]:
    for part in classes_of(at):
        for m_ in range(part[length]):
            yield {s: part[s], p: part[p], m: m_, _last: int(m_ == 0)}


CLOSED_FORM = Theorem(
    label="closed-form",
    title="Sparse closed form",
    claim=Claim(
        objects=_points_of_few,
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
                summand=p * (_class_form(m + 1) - _class_form(m)),
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
            r"For one class, by induction on its decode length; so that its bracket is the sum "
            r"over $m < l$ of its increments.",
            Summation((1 - z) ** 2 * (s + m + 1) * z**m, m, 0, n, _class_form(n + 1)),
        ),
        Step(
            "all-classes",
            r"The increments are what $(1 - z)^2 G(z)$ sums.",
            Deduction(
                Linearity(
                    Eq((1 - z) ** 2 * _G, _sparse),
                    {
                        _G: p * (s + m + 1) * z**m,
                        _sparse: p * (_class_form(m + 1) - _class_form(m)),
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
                _small_mixes,
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


_g0, _chi, _fed_back = symbols("g_0 chi R")
_size = symbols("N", integer=True)

_CHARACTERISTIC = (
    LONGEST,
    Quantity(lam, "any number", lambda at: at.point),
    Quantity(_size, r"the number $\sum_k l_k$ of stage counts", lambda at: _stages(at.mix)),
    Quantity(
        _g0,
        r"$\sum_k p_k (s_k + 1)$",
        lambda at: KERNEL.value(at, 0),
        summand=p * (s + 1),
        parts=classes_of,
    ),
    Quantity(
        _F,
        r"the characteristic polynomial $F(\lambda) = \sum_m g_m \lambda^{L-1-m}$",
        lambda at: sum(
            KERNEL.value(at, m_) * at.point ** (LONGEST.value(at) - 1 - m_)
            for m_ in range(LONGEST.value(at))
        ),
    ),
)
_SHIFTED = p * lam ** (-j - 1)
_RESOLVENT = Identity(lam * _SHIFTED - _SHIFTED.subs(j, j - 1), 0)

STATE_SPACE = Theorem(
    label="state-space",
    title="The eviction-free step as a matrix",
    claim=Claim(
        objects=_points_of_few,
        quantities=(
            *_CHARACTERISTIC,
            Quantity(
                _chi,
                r"the characteristic polynomial at $\lambda$ of the linear part of the step on "
                r"the stage counts, where nothing is evicted and the memory is filled",
                lambda at: determinant(stage_map(at.mix), at.point),
            ),
        ),
        hypotheses=(),
        conclusions=(Eq(_g0 * _chi, lam ** (_size - longest + 1) * _F),),
    ),
    uses=("kernel",),
    code=("stabkit.state_matrix", "stabkit.state_characteristic_polynomial"),
    references=(paper("section 3"),),
    steps=(
        Step(
            "determinant",
            r"The linear part is a shift $S$ within each class plus the rank-one matrix $p\, r$ "
            r"that fills the stages 0, $r_{k,j} = -(s_k + j + 2) / g_0$ for $j < l_k - 1$. The "
            r"shift is nilpotent, $\det(\lambda - S) = \lambda^N$, and $(\lambda - S)^{-1} p$ has "
            r"the entries $p_k \lambda^{-j-1}$. By the determinant lemma $\chi = \lambda^N (1 - "
            r"R)$, where $R$ sums $r_{k,j} p_k \lambda^{-j-1}$.",
            Deduction(
                DeterminantLemma(
                    _chi,
                    determinant=lam**_size,
                    product=_fed_back,
                    term=-p * (s + j + 2) * lam ** (-j - 1) / _g0,
                    factors=(-(s + j + 2) / _g0, _SHIFTED),
                    resolvent=_RESOLVENT,
                )
            ),
        ),
        Step(
            "kernel",
            r"With $m = j + 1$, class $k$ contributes $p_k (s_k + m + 1) \lambda^{-m}$ to $-g_0 "
            r"R$, for $1 \le m < l_k$: its part of $g_m \lambda^{-m}$, so that $\lambda^{1-L} F = "
            r"g_0 - g_0 R$.",
            Identity(
                _g0 * _chi,
                lam ** (_size - longest + 1) * _F,
                given=(
                    _chi - lam**_size * (1 - _fed_back),
                    lam ** (1 - longest) * _F - _g0 * (1 - _fed_back),
                ),
            ),
            uses=(Use("determinant"),),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The matrix of stabkit, and the linear part of the simulator's own step.",
            ExactFinite(
                r"$M$",
                "52 mixes of up to three classes",
                _small_mixes,
                lambda mix: [
                    [Fraction(int(x.p), int(x.q)) for x in row]
                    for row in state_matrix(mix).tolist()
                ],
                lambda mix: [list(row) for row in stage_map(mix)],
            ),
        ),
    ),
    lesson=(
        r"Engineers think of the batch as a vector: how many requests of each kind have done how "
        r"many steps. The recurrence for the admissions and the matrix on that vector say the "
        r"same: the matrix has the roots of $F$ and otherwise zeros, which stand for what the "
        r"future does not depend on."
    ),
)

_balance_form = (s + 1) - (s + length) * z**length + (z - z**length) / (1 - z)
_at_rest = symbols("E")
_FROM_REST = p * (s + length) - p * (length - 1)


@cache
def _token_balance(mix: Workload) -> tuple[tuple[Fraction, ...], ...]:
    """Return the matrix that admits the tokens completed less the growth, by definition."""
    first = KERNEL.value(mix, 0)
    freed = [
        Fraction(c.input_length + c.decode_length if j_ + 1 == c.decode_length else -1) / first
        for c in mix.classes
        for j_ in range(c.decode_length)
    ]
    rows, place = [], 0
    for c in mix.classes:
        rows.append(tuple(c.share * x for x in freed))
        rows += [
            tuple(Fraction(int(i == place + j_)) for i in range(len(freed)))
            for j_ in range(c.decode_length - 1)
        ]
        place += c.decode_length
    return tuple(rows)


def _from_rest(mix: Workload) -> Fraction:
    """Return the tokens that the token-balance matrix admits from p_k in every stage."""
    rest = [c.share for c in mix.classes for _ in range(c.decode_length)]
    image = [sum(a * x for a, x in zip(row, rest, strict=True)) for row in _token_balance(mix)]
    starts = [sum(c.decode_length for c in mix.classes[:k]) for k in range(len(mix.classes))]
    return sum(
        ((c.input_length + 1) * image[at] for c, at in zip(mix.classes, starts, strict=True)),
        Fraction(0),
    )


TOKEN_BALANCE = Theorem(
    label="token-balance",
    title="The token-balance form",
    claim=Claim(
        objects=_points_of_few,
        quantities=(
            *_CHARACTERISTIC,
            Quantity(
                _chi,
                r"the characteristic polynomial at $\lambda$ of the matrix that shifts the stages "
                r"and, by the balance law, admits the tokens of the completed requests less the "
                r"growth of the survivors",
                lambda at: determinant(_token_balance(at.mix), at.point),
            ),
            Quantity(
                _at_rest,
                r"the tokens that it admits from $p_k$ requests in every stage of class $k$; if "
                r"they are $g_0$, this state is an eigenvector of the eigenvalue 1",
                lambda at: _from_rest(at.mix),
                summand=_FROM_REST,
                parts=classes_of,
            ),
        ),
        hypotheses=(),
        conclusions=(
            Eq(_g0 * _chi, lam ** (_size - longest) * (lam - 1) * _F),
            Eq(_at_rest, _g0),
        ),
    ),
    uses=("balance", "closed-form", "state-space"),
    code=("stabkit.state_matrix", "stabkit.state_characteristic_polynomial"),
    references=(paper("section 3"),),
    steps=(
        Step(
            "geometric",
            r"The growth of the survivors, one token each, with $z = 1/\lambda$.",
            Summation(z**m, m, 1, n, (z - z ** (n + 1)) / (1 - z)),
        ),
        Step(
            "determinant",
            r"Now $r_{k,j} = -1/g_0$ for $j < l_k - 1$ and $(s_k + l_k)/g_0$ for $j = l_k - 1$. "
            r"So class $k$ contributes $p_k$ times $(s_k + 1) + \sum_{m=1}^{l_k-1} z^m - (s_k + "
            r"l_k) z^{l_k}$ to $g_0 (1 - r (\lambda - S)^{-1} p)$, which is $(1 - z)$ times its "
            r"part of $G(z)$, by the closed form.",
            Identity((1 - z) * _balance_form, _class_form(length)),
        ),
        Step(
            "equilibrium",
            r"$p_k$ in every stage is fixed: what completes, $p_k (s_k + l_k)$, less the growth, "
            r"$p_k (l_k - 1)$, is $p_k (s_k + 1)$, what is admitted.",
            Deduction(Linearity(Eq(_at_rest, _g0), {_at_rest: _FROM_REST, _g0: p * (s + 1)})),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The matrix of stabkit and the definition.",
            ExactFinite(
                r"$M$",
                "52 mixes of up to three classes",
                _small_mixes,
                lambda mix: [
                    [Fraction(int(x.p), int(x.q)) for x in row]
                    for row in state_matrix(mix, "token-balance").tolist()
                ],
                lambda mix: [list(row) for row in _token_balance(mix)],
            ),
        ),
        Step(
            "on-full-memory",
            r"Before the balance law is used, the step admits $B$ less what the survivors need. "
            r"The first row of the token-balance matrix less that of the simulator's own step, "
            r"times $g_0 / p_1$, gives the tokens in memory: on full memories, the constant $B$.",
            ExactFinite(
                r"what a request in stage $j$ counts for",
                "52 mixes of up to three classes",
                _small_mixes,
                lambda mix: [
                    (x - y) * KERNEL.value(mix, 0) / mix.classes[0].share
                    for x, y in zip(_token_balance(mix)[0], stage_map(mix)[0], strict=True)
                ],
                lambda mix: [
                    Fraction(c.input_length + j_ + 1)
                    for c in mix.classes
                    for j_ in range(c.decode_length)
                ],
            ),
        ),
    ),
    lesson=(
        r"Conservation of tokens is visible in the spectrum: one zero of the affine matrix becomes "
        r"the eigenvalue 1. It is not a mode of instability, but the direction in which the "
        r"equilibrium itself would move if the memory were larger."
    ),
)

THEOREMS = (BALANCE, KERNEL_THEOREM, LINEAR_STABILITY, CLOSED_FORM, STATE_SPACE, TOKEN_BALANCE)
