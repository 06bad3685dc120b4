"""Chapter 1, continued: stability is a matter of the roots; the step as a matrix, in two forms."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

from sympy import Eq, Equivalent, Poly, Rational, symbols

from stabkit import (
    Workload,
    state_matrix,
    unit_circle_counts,
)
from stabkit.spectrum.counting.isolation import isolated_disc_counts
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Summation
from stabkit.theorems.records import Step, Theorem, Use, paper
from stabkit.theorems.textbook.algebra import DeterminantLemma, Linearity, LinearRecurrence
from stabkit.theorems.textbook.deduction import Deduction

from .model import few_classes, few_stages, points_of_few, stage_count
from .moments import (
    determinant,
    dies_out,
    stage_map,
)
from .notation import B, j, lam, length, m, n, p, s, z
from .quantities import KERNEL, LONGEST, class_form, classes_of, longest

__all__ = ["THEOREMS"]

_deviation = symbols("d")
_total = symbols("G_1")
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
        objects=few_stages,
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
                "the number of roots of $F$ on the circle",
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
            r"Near the equilibrium, $a^* = B / G_1$ with $G_1 = G(1)$, nothing is evicted. Term "
            r"by term, $g_m$ times the deviation $d_{n-m} = a_{n-m} - a^*$ is the difference of "
            r"two equations with the same right side: the deviations solve the homogeneous "
            r"recurrence, whose characteristic polynomial is $F$. After $L$ steps the stage "
            r"counts are $p_k a_{n-j}$.",
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
                few_classes,
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


_g0, _chi, _fed_back = symbols("g_0 chi R")
_size = symbols("N", integer=True)

_CHARACTERISTIC = (
    LONGEST,
    Quantity(lam, "any number", lambda at: at.point),
    Quantity(_size, r"the number $\sum_k l_k$ of stage counts", lambda at: stage_count(at.mix)),
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
        objects=points_of_few,
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
                r"the matrix",
                "52 mixes of up to three classes",
                few_classes,
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
        objects=points_of_few,
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
                r"the tokens that this matrix admits from $p_k$ requests in every stage of class "
                r"$k$; if they are $g_0$, this state is an eigenvector of the eigenvalue 1",
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
            r"The survivors grow by one token each. With $z = 1/\lambda$ and $n = l_k - 1$ that "
            r"adds up to",
            Summation(z**m, m, 1, n, (z - z ** (n + 1)) / (1 - z)),
        ),
        Step(
            "determinant",
            r"Now $r_{k,j} = -1/g_0$ for $j < l_k - 1$ and $(s_k + l_k)/g_0$ for $j = l_k - 1$. "
            r"So class $k$ contributes $p_k$ times $(s_k + 1) + \sum_{m=1}^{l_k-1} z^m - (s_k + "
            r"l_k) z^{l_k}$ to $g_0 (1 - r (\lambda - S)^{-1} p)$, which is $(1 - z)$ times its "
            r"part of $G(z)$, by the closed form.",
            Identity((1 - z) * _balance_form, class_form(length)),
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
                r"the matrix",
                "52 mixes of up to three classes",
                few_classes,
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
                few_classes,
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

THEOREMS = (LINEAR_STABILITY, STATE_SPACE, TOKEN_BALANCE)
