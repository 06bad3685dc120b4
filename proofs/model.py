"""Chapter 1: the model. Balance law, memory kernel, closed form, state spaces, product form.

Everything here is linear in the classes: a sum over k of p_k times something that knows one class
only. An identity for one class with free s, l and p therefore holds for any number of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product

from sympy import Eq, Function, Poly, Rational, Sum, symbols

from stabkit import (
    Workload,
    characteristic_polynomial,
    closed_form,
    generating_function,
    memory_kernel,
    simulate,
    state_matrix,
)
from stabkit.theorems.evidence import Deduction, ExactFinite, Identity, Summation
from stabkit.theorems.records import Step, Theorem, Witness, paper

from .notation import CAPACITY, CLASSES, B, c, lam, length, m, n, p, s, z

__all__ = ["THEOREMS"]

_x, _y, _total, _fraction = symbols("x y G_1 f")
_a, _held, _survivors = symbols("a U X")
_j = symbols("j", integer=True)


def _small_mixes() -> Iterator[Workload]:
    """Mixes of one to three classes, some of equal decode lengths, with unequal inputs."""
    for lengths in ((1,), (4,), (2, 3), (2, 4), (3, 3), (1, 4, 2)):
        for inputs in product((0, Rational(7, 2), 10), repeat=len(lengths)):
            shares = range(1, len(lengths) + 1)
            yield Workload.from_classes(list(zip(inputs, lengths, shares, strict=True)), 1000)


BALANCE = Theorem(
    label="balance",
    title="Balance law",
    variables=(*CLASSES, *CAPACITY),
    hypotheses=("The memory is full before a step and after it, and nothing is evicted.",),
    statement=(
        r"The tokens that are admitted are those that the completed requests held, less one token "
        r"of growth for every survivor: $\sum_k (s_k + 1) x_k^{(0)\prime} = \sum_k (s_k + l_k) "
        r"x_k^{(l_k - 1)} - \sum_k \sum_{j < l_k - 1} x_k^{(j)}$."
    ),
    formula=Eq((s + 1) * _a, (s + length) * c - _survivors),
    code=("stabkit.simulate",),
    references=(paper("section 3"),),
    steps=(
        Step(
            "survivor",
            r"A survivor in stage $j$ held $s + j + 1$ tokens and needs $s + j + 2$ next: one "
            r"more.",
            Identity((s + _j + 2) * _x, (s + _j + 1) * _x + _x),
        ),
        Step(
            "balance",
            r"Let the survivors hold $U$ tokens before the step, and let there be $X$ of them; "
            r"let $c$ requests complete and $a$ newcomers take their place. Before, $U + (s + l) "
            r"c = B$: a request that completes was in stage $l - 1$. After, $U + X + (s + 1) a = "
            r"B$: a newcomer is in stage $0$. With several classes, each of these terms is a sum "
            r"over them.",
            Identity(
                (s + 1) * _a,
                (s + length) * c - _survivors,
                given=(
                    _held + (s + length) * c - B,
                    _held + _survivors + (s + 1) * _a - B,
                ),
            ),
        ),
    ),
    checks=(
        Step(
            "simulator",
            r"Tokens admitted by the exact simulator, and the right side of the law.",
            ExactFinite(
                "the two sides of the balance law",
                "every step without eviction of 40 steps from empty of 52 mixes",
                _small_mixes,
                lambda mix: [left for left, _ in _balance(mix)],
                lambda mix: [right for _, right in _balance(mix)],
            ),
        ),
    ),
    sharpness=(
        Witness(
            "The memory is full before a step and after it, and nothing is evicted.",
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


def _balance(mix: Workload) -> Iterator[tuple[Fraction, Fraction]]:
    run = simulate(mix, 40, arithmetic="exact", record_states=True)
    assert run.states is not None
    held = sum(c.share * (c.input_length + 1) for c in mix.classes)
    for step in range(1, 41):
        if run.evicted[step] or run.memory[step - 1] != mix.capacity:
            continue
        before = list(zip(mix.classes, run.states[step - 1], strict=True))
        freed = sum((c.input_length + c.decode_length) * x[-1] for c, x in before)
        grown = sum(sum(x[:-1]) for _, x in before)
        yield run.admitted[step] * held, freed - grown


KERNEL = Theorem(
    label="kernel",
    title="Memory kernel and characteristic equation",
    variables=(*CLASSES, *CAPACITY),
    hypotheses=("Nothing is evicted, and every step fills the memory.",),
    statement=(
        r"The admissions obey $\sum_{m=0}^{L-1} g_m a_{n-m} = B$ with the memory kernel $g_m = "
        r"\sum_k p_k (s_k + m + 1) 1\{m < l_k\}$. The equilibrium is $a^* = B / G(1)$ with $G(1) = "
        r"\sum_k p_k l_k (s_k + (l_k + 1)/2)$, and deviations from it die out if and only if all "
        r"roots of $F(\lambda) = \sum_m g_m \lambda^{L-1-m}$ lie in $|\lambda| < 1$."
    ),
    formula=Eq(Sum(Function("g")(m) * Function("a")(n - m), (m, 0, symbols("L") - 1)), B),
    uses=("balance",),
    code=(
        "stabkit.memory_kernel",
        "stabkit.generating_function",
        "stabkit.characteristic_polynomial",
    ),
    references=(paper("section 3"),),
    steps=(
        Step(
            "total",
            r"Without evictions the requests of class $k$ in stage $m$ were admitted $m$ steps "
            r"ago, $x_k^{(m)} = p_k a_{n-m}$. They hold $(s_k + m + 1) p_k a_{n-m}$ tokens: class "
            r"$k$ contributes $p_k (s_k + m + 1)$ to $g_m$ as long as $m < l_k$. What one "
            r"admission of a class holds over its life is the class's part of $G(1)$, and a "
            r"constant admission $a^*$ holds $a^* G(1) = B$.",
            Summation(s + m + 1, m, 0, n, ((n + 1) * (s + (n + 2) / 2)).expand()),
        ),
        Step(
            "stability",
            r"Term by term, $g_m$ times the deviation $d_{n-m} = a_{n-m} - a^*$ is the difference "
            r"of two equations with the same right side: the deviations solve the homogeneous "
            r"recurrence, whose characteristic polynomial is $F$.",
            Deduction(
                "linear-stability",
                {"recurrence": Identity(_y * (_x + B / _total) - _y * (B / _total), _y * _x)},
                r"The equilibrium attracts nearby states if and only if every root of $F$ has "
                r"modulus below 1.",
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
                memory_kernel,
                lambda mix: [
                    sum(
                        Rational(c.share) * (Rational(c.input_length) + stage + 1)
                        for c in mix.classes
                        if stage < c.decode_length
                    )
                    for stage in range(mix.longest_decode)
                ],
            ),
        ),
    ),
    sharpness=(
        Witness(
            "Nothing is evicted, and every step fills the memory.",
            r"On the worst cycle of one class, $s = 2$, $l = 2$, $B = 140$, the sum is not $B$: "
            r"after an eviction the newcomers of one step before are not all there.",
            ExactFinite(
                r"whether $g_0 a_n + g_1 a_{n-1} = B$ all along an evicting run",
                "one mix, 20 steps",
                lambda: [Workload.from_classes([(2, 2)], 140)],
                lambda mix: all(
                    3 * now + 4 * before == 140
                    for before, now in _pairs(simulate(mix, 20, arithmetic="exact").admitted)
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


def _pairs(values: list[Fraction]) -> Iterator[tuple[Fraction, Fraction]]:
    return pairwise(values)


_ONE_CLASS_FORM = (s + 1) - s * z - (s + length + 1) * z**length + (s + length) * z ** (length + 1)

CLOSED_FORM = Theorem(
    label="closed-form",
    title="Sparse closed form",
    variables=CLASSES,
    hypotheses=(),
    statement=(
        r"$(1 - z)^2 G(z) = \sum_k p_k [(s_k + 1) - s_k z - (s_k + l_k + 1) z^{l_k} + (s_k + l_k) "
        r"z^{l_k + 1}]$: at most $2K + 2$ terms, whatever the decode lengths."
    ),
    formula=Eq((1 - z) ** 2 * Sum((s + m + 1) * z**m, (m, 0, length - 1)), _ONE_CLASS_FORM),
    uses=("kernel",),
    code=("stabkit.closed_form",),
    references=(paper("section 3"),),
    steps=(
        Step(
            "one-class",
            r"Induction on the decode length; the sum over the classes is linear.",
            Summation(
                (1 - z) ** 2 * (s + m + 1) * z**m,
                m,
                0,
                n,
                _ONE_CLASS_FORM.subs(length, n + 1),
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

_matrix_terms = -(s + (m - 1) + 2) * p * lam ** (-m)

STATE_SPACE = Theorem(
    label="state-space",
    title="The eviction-free step as a matrix",
    variables=CLASSES,
    hypotheses=("Nothing is evicted, and every step fills the memory.",),
    statement=(
        r"On the $N = \sum_k l_k$ stage counts the eviction-free step is affine; the "
        r"characteristic polynomial of its linear part is $\lambda^{N - L + 1} F(\lambda) / g_0$."
    ),
    formula=Eq(
        symbols("g_0") * symbols("chi"),
        lam ** (symbols("N") - symbols("L") + 1) * Function("F")(lam),
    ),
    uses=("kernel",),
    code=("stabkit.state_matrix", "stabkit.state_characteristic_polynomial"),
    references=(paper("section 3"),),
    steps=(
        Step(
            "resolvent",
            r"The linear part is a shift $S$ within each class plus the rank-one matrix $p\, r$ "
            r"that fills the stages 0, $r_{k,j} = -(s_k + j + 2) / g_0$ for $j < l_k - 1$. The "
            r"shift is nilpotent, $\det(\lambda - S) = \lambda^N$, and $(\lambda - S)^{-1} p$ has "
            r"the entries $p_k \lambda^{-j-1}$.",
            Identity(lam * (p * lam ** (-_j - 1)) - p * lam ** (-(_j - 1) - 1), 0),
        ),
        Step(
            "determinant",
            r"By the determinant lemma $\det(\lambda - S - p\,r) = \lambda^N (1 - r (\lambda - "
            r"S)^{-1} p)$. With $m = j + 1$, class $k$ contributes $p_k (s_k + m + 1) "
            r"\lambda^{-m}$ to $-g_0\, r (\lambda - S)^{-1} p$, for $1 \le m < l_k$: its part of "
            r"$g_m \lambda^{-m}$.",
            Deduction(
                "determinant-lemma",
                {
                    "resolvent": Identity(
                        lam * (p * lam ** (-_j - 1)) - p * lam ** (-(_j - 1) - 1), 0
                    ),
                    "product": Identity(-_matrix_terms, p * (s + m + 1) * lam ** (-m)),
                },
                r"The characteristic polynomial is $\lambda^N \sum_{m=0}^{L-1} g_m \lambda^{-m} / "
                r"g_0 = \lambda^{N-L+1} F(\lambda) / g_0$.",
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The characteristic polynomial of stabkit's matrix, by sympy's division-free "
            r"algorithm, times $g_0$.",
            ExactFinite(
                r"$g_0 \det(\lambda - M)$ and $\lambda^{N-L+1} F$",
                "52 mixes of up to three classes",
                _small_mixes,
                lambda mix: (
                    state_matrix(mix).charpoly(lam).as_expr() * memory_kernel(mix)[0]
                ).as_poly(lam),
                lambda mix: Poly(
                    lam ** (_stages(mix) - mix.longest_decode + 1)
                    * characteristic_polynomial(mix).as_expr(),
                    lam,
                ),
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


def _stages(mix: Workload) -> int:
    return sum(c.decode_length for c in mix.classes)


_balance_form = (s + 1) * 1 - (s + length) * z**length + (z - z**length) / (1 - z)

TOKEN_BALANCE = Theorem(
    label="token-balance",
    title="The token-balance form",
    variables=CLASSES,
    hypotheses=("Nothing is evicted, and the memory is full before every step and after it.",),
    statement=(
        r"The balance law makes the step linear; its characteristic polynomial is $\lambda^{N - L} "
        r"(\lambda - 1) F(\lambda) / g_0$, and the eigenvector of the eigenvalue $1$ is the "
        r"equilibrium, $p_k$ in every stage of class $k$."
    ),
    formula=Eq(
        symbols("g_0") * symbols("chi"),
        lam ** (symbols("N") - symbols("L")) * (lam - 1) * Function("F")(lam),
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
            Identity((1 - z) * _balance_form, _ONE_CLASS_FORM),
        ),
        Step(
            "equilibrium",
            r"$p_k$ in every stage is fixed: what completes, $p_k (s_k + l_k)$, less the growth, "
            r"$p_k (l_k - 1)$, is $p_k (s_k + 1)$, what is admitted.",
            Identity(p * (s + length) - p * (length - 1), p * (s + 1)),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The characteristic polynomial of stabkit's matrix, by sympy, times $g_0$.",
            ExactFinite(
                r"$g_0 \det(\lambda - M)$ and $\lambda^{N-L} (\lambda - 1) F$",
                "52 mixes of up to three classes",
                _small_mixes,
                lambda mix: (
                    state_matrix(mix, "token-balance").charpoly(lam).as_expr()
                    * memory_kernel(mix)[0]
                ).as_poly(lam),
                lambda mix: Poly(
                    lam ** (_stages(mix) - mix.longest_decode)
                    * (lam - 1)
                    * characteristic_polynomial(mix).as_expr(),
                    lam,
                ),
            ),
        ),
    ),
    lesson=(
        r"Conservation of tokens is visible in the spectrum: one zero of the affine matrix becomes "
        r"the eigenvalue 1. It is not a mode of instability, but the direction in which the "
        r"equilibrium itself would move if the memory were larger."
    ),
)

THEOREMS = (BALANCE, KERNEL, CLOSED_FORM, STATE_SPACE, TOKEN_BALANCE)
