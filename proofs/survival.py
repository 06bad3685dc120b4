"""Chapter 2: the survival polynomial, its roots, and its tie to the characteristic polynomial."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd, prod

from sympy import Eq, Function, Poly, Rational, Sum, cyclotomic_poly, diff, divisors, symbols

from stabkit import (
    Workload,
    characteristic_polynomial,
    common_input_form,
    survival_polynomial,
    synchrony,
    unit_circle_counts,
)
from stabkit.theorems.evidence import Deduction, ExactFinite, Identity, Inequality, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Variable, Witness, paper

from .notation import CLASSES, g, i, j, lam, length, m, n, p, s, z

__all__ = ["THEOREMS"]

_A, _S, _d, _w, _X = symbols("A S d w X")
_re, _im = symbols("x y")
_sigma, _N, _M = symbols("sigma N M")
_L = symbols("L", integer=True)
_POSITIVE_SHARE = {p: Interval(0, open_low=True)}


def _mixes() -> Iterator[Workload]:
    for lengths in ((1,), (4,), (6,), (2, 3), (2, 4), (4, 6), (3, 5), (6, 9), (4, 6, 10)):
        for weights in ((1, 1, 1), (1, 2, 5), (7, 3, 1)):
            yield Workload.from_classes([(5, n, w) for n, w in zip(lengths, weights, strict=False)])


R1 = Theorem(
    label="R1",
    title="The roots of the survival polynomial",
    variables=CLASSES[1:],
    hypotheses=("All shares are positive.",),
    statement=(
        r"Every root of $A(\lambda) = \sum_m S_m \lambda^{L-1-m}$, $S_m = \sum_k p_k 1\{l_k > "
        r"m\}$, has $|\lambda| \le 1$. Those on the circle are the $g$-th roots of unity other "
        r"than 1, $g$ the gcd of the decode lengths, each of them simple. So $\prod_{d \mid g, d > "
        r"1} \Phi_d$ divides $A$, and the cofactor has all its roots inside."
    ),
    formula=Eq((1 - z) * Sum(z**m, (m, 0, length - 1)), 1 - z**length),
    code=("stabkit.survival_polynomial", "stabkit.synchrony"),
    references=(paper("section 4"),),
    steps=(
        Step(
            "disc",
            r"The survival function falls: $S_m - S_{m+1} = d$ is the share of the requests that "
            r"end in stage $m$. Read as a polynomial in $\lambda$, whose leading coefficient is "
            r"$S_0 = 1$, the coefficients rise with the power, and the last one, the share of the "
            r"longest classes, is positive.",
            Deduction(
                "enestrom-kakeya",
                {
                    "positive": Inequality(
                        _S + _d, {_S: Interval(0, open_low=True), _d: Interval(0)}
                    ),
                    "low": Inequality(_S, {_S: Interval(0, open_low=True)}),
                    "high": Inequality((_S + _d) - _S, {_S: Interval(0), _d: Interval(0)}, False),
                },
                r"With $\alpha = 0$ and $\beta = 1$: all roots have $|\lambda| \le 1$.",
            ),
        ),
        Step(
            "renewal",
            r"Let $z = 1/\lambda$. For one class, by induction on its decode length, $(1 - z) "
            r"\sum_{m < l} z^m = 1 - z^l$; summed with the shares, $(1 - z) A_z(z) = 1 - \sum_k "
            r"p_k z^{l_k}$.",
            Summation((1 - z) * z**m, m, 0, n, 1 - z ** (n + 1)),
        ),
        Step(
            "circle",
            r"On a root with $|z| = 1$ the mean $X = \sum_k p_k z^{l_k}$ is 1, which is $\sum_k "
            r"p_k$.",
            Deduction(
                "triangle-equality",
                {
                    "non-negative": Inequality(p, _POSITIVE_SHARE),
                    "equality": Identity(_X, 1, given=((1 - z) * _A - (1 - _X), _A)),
                },
                r"Every $z^{l_k} = 1$.",
            ),
        ),
        Step(
            "common-power",
            r"In coordinates $z^{l_k} = x + i y$ with $x = 1$ and $x^2 + y^2 = 1$, hence $y = 0$.",
            Deduction(
                "bezout",
                {
                    "powers": Identity(
                        (_re - 1) ** 2 + _im**2, 0, given=(_re - 1, _re**2 + _im**2 - 1)
                    )
                },
                r"$z^g = 1$; and $z \ne 1$, for $A_z(1) = \mu > 0$.",
            ),
        ),
        Step(
            "converse",
            r"Conversely let $w = \omega^g = 1$, $\omega \ne 1$, and $l_k = g n$. Then "
            r"$\omega^{l_k} - 1 = w^n - 1 = (w - 1) \sum_{m < n} w^m = 0$, so that $(1 - \omega) "
            r"A_z(\omega) = 1 - \sum_k p_k = 0$.",
            Summation((_w - 1) * _w**m, m, 0, n, _w ** (n + 1) - 1),
        ),
        Step(
            "simple",
            r"There $z$ times the derivative of $1 - \sum_k p_k z^{l_k}$ is the sum of $-p_k "
            r"l_k$: it is $-\mu$, not 0, so that the root is simple. The roots of exact order $d$ "
            r"are those of $\Phi_d$.",
            Identity(z * diff(-p * z**length, z), -p * length, given=(z**length - 1,)),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The survival polynomial of the code, and the cyclotomic factors times the cofactor.",
            ExactFinite(
                r"$A$",
                "27 mixes",
                _mixes,
                survival_polynomial,
                lambda mix: (
                    synchrony(mix).cofactor
                    * prod(
                        (Poly(cyclotomic_poly(d, lam), lam) for d in divisors(mix.gcd) if d > 1),
                        start=Poly(1, lam),
                    )
                ),
            ),
        ),
    ),
    sharpness=(
        Witness(
            "All shares are positive.",
            r"Lengths 2 and 3 are coprime; but if length 3 has share 0, $A = \lambda^2 + \lambda$ "
            r"(kept at $L = 3$) has the root $-1$.",
            ExactFinite(
                r"$A(-1)$ and $\gcd(2, 3)$",
                "the shares 1 and 0",
                lambda: [(1, 0)],
                lambda shares: (_value_at_minus_one(shares), gcd(2, 3)),
                lambda shares: (0, 1),
            ),
        ),
    ),
    lesson=(
        r"Think of one admission that is followed through its life: after $m$ steps a part $S_m$ "
        r"of it is still there. If prompts are so long that growth hardly matters, the server only "
        r"swaps requests that leave for new ones, and this curve decides how an admission wave is "
        r"smeared out. If all lives are multiples of $g$, the wave comes back every $g$ steps "
        r"without any smearing: those are the roots on the circle."
    ),
)


def _value_at_minus_one(shares: tuple[int, int]) -> int:
    """A(-1) for lengths 2 and 3, from the survival function."""
    survival = [sum(w for w, n in zip(shares, (2, 3), strict=True) if n > m) for m in range(3)]
    return sum(value * (-1) ** (2 - m) for m, value in enumerate(survival))


R1B = Theorem(
    label="R1b",
    title="Inputs that grow in proportion",
    variables=(
        *CLASSES,
        Variable(r"\sigma_k", r"$s_k = \sigma_k N$", "rational, positive"),
    ),
    hypotheses=(r"Every $\sigma_k$ is positive.",),
    statement=(
        r"As $N \to \infty$ with $s_k = \sigma_k N$, $F / (N \sum_k p_k \sigma_k)$ tends to the "
        r"memory-weighted survival polynomial, with $p_k \sigma_k / \sum_j p_j \sigma_j$ in place "
        r"of $p_k$; R1 holds for it. The roots of $F$ tend to its roots."
    ),
    formula=Eq(p * (_sigma * _N + m + 1) / (_N * _M), p * _sigma / _M + p * (m + 1) / (_N * _M)),
    uses=("kernel", "R1"),
    code=("stabkit.survival_polynomial",),
    references=(paper("section 4"),),
    steps=(
        Step(
            "limit",
            r"With $M = \sum_k p_k \sigma_k$, class $k$ contributes to the coefficient $g_m / (N "
            r"M)$ its weight $p_k \sigma_k / M$ and a rest of order $1/N$; the leading one, $g_0 "
            r"/ (N M)$, tends to 1.",
            Deduction(
                "hurwitz",
                {
                    "convergence": Identity(
                        p * (_sigma * _N + m + 1) / (_N * _M) - p * _sigma / _M,
                        p * (m + 1) / (_N * _M),
                    ),
                    "leading": Inequality(
                        p * _sigma / _M,
                        {
                            p: Interval(0, open_low=True),
                            _sigma: Interval(0, open_low=True),
                            _M: Interval(0, open_low=True),
                        },
                    ),
                },
                r"The roots of $F$ tend to those of the limit.",
            ),
        ),
        Step(
            "weights",
            r"The weights are positive, and they sum to 1: shares, as R1 has them.",
            Inequality(
                p * _sigma / (p * _sigma + _M),
                {
                    p: Interval(0, open_low=True),
                    _sigma: Interval(0, open_low=True),
                    _M: Interval(0),
                },
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The memory-weighted polynomial of the code, and the plain one with these shares.",
            ExactFinite(
                "two polynomials",
                "9 mixes",
                lambda: [(a, b) for a in (1, 2, 7) for b in (1, 3, 5)],
                lambda case: survival_polynomial(
                    Workload.from_classes([(case[0], 2, 1), (case[1], 3, 2)]), "memory"
                ),
                lambda case: survival_polynomial(
                    Workload.from_classes([(9, 2, case[0]), (9, 3, 2 * case[1])])
                ),
            ),
        ),
    ),
    sharpness=(
        Witness(
            r"Every $\sigma_k$ is positive.",
            r"Classes $(N, 2)$ and $(0, 3)$ in equal shares: the limit $\lambda (\lambda + 1)$ "
            r"has the root $-1$, yet $2 F = (N + 2) \lambda^2 + (N + 4) \lambda + 3$ is stable "
            r"for every $N > 1$.",
            ExactFinite(
                "verdict",
                r"$N = 2, 10, 1000, 10^9$",
                lambda: [2, 10, 1000, 10**9],
                lambda big: unit_circle_counts(Workload.from_classes([(big, 2), (0, 3)])).verdict,
                lambda big: "stable",
            ),
        ),
    ),
    lesson=(
        r"If long prompts go with short answers, the classes do not count by their number but by "
        r"the memory that they hold. It is the memory that comes back, not the request."
    ),
)

R2 = Theorem(
    label="R2",
    title="Common input length",
    variables=CLASSES,
    hypotheses=("All classes have the same input length $s$.",),
    statement=(
        r"$F(\lambda) = (s + L) A(\lambda) - \lambda A'(\lambda)$, for any number of classes."
    ),
    formula=Eq(
        Function("F")(lam),
        (s + _L) * Function("A")(lam) - lam * Function("A")(lam).diff(lam),
    ),
    uses=("kernel",),
    code=("stabkit.common_input_form", "stabkit.characteristic_polynomial"),
    references=(paper("section 4"),),
    steps=(
        Step(
            "term",
            r"A class that survives stage $m$ contributes $x = p_k \lambda^{L-1-m}$ to $A$, "
            r"whatever its decode length. To $(s + L) A - \lambda A'$ it contributes $(s + L) x - "
            r"\lambda x' = p_k (s + m + 1) \lambda^{L-1-m}$, which is what it contributes to $F$. "
            r"Sum over $k$ and $m < l_k$.",
            Identity(
                (s + _L) * p * lam ** (_L - 1 - m) - lam * diff(p * lam ** (_L - 1 - m), lam),
                p * (s + m + 1) * lam ** (_L - 1 - m),
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Both sides as the code computes them.",
            ExactFinite(r"$F$", "27 mixes", _mixes, characteristic_polynomial, common_input_form),
        ),
    ),
    sharpness=(
        Witness(
            "All classes have the same input length $s$.",
            r"Inputs 5 and 7: the identity fails even with the mean input, 6, for $s$.",
            ExactFinite(
                r"whether the two sides are equal",
                "classes (5, 1) and (7, 3)",
                lambda: [Workload.from_classes([(5, 1), (7, 3)])],
                lambda mix: (
                    characteristic_polynomial(mix)
                    == _with_input(survival_polynomial(mix), Rational(6), 3)
                ),
                lambda mix: False,
            ),
        ),
    ),
    lesson=(
        r"One line ties the dynamics to the law of the decode lengths: the characteristic "
        r"polynomial is the survival polynomial, pushed a little outwards. The push is $1/(s + "
        r"L)$: long prompts make it small, long answers do so too."
    ),
)


def _with_input(survival: Poly, s_value: Rational, longest: int) -> Poly:
    scale = Poly(s_value + longest, lam)
    return scale * survival - Poly(lam, lam) * survival.diff(lam)


RENEWAL_GRAPH = Theorem(
    label="renewal-graph",
    title="Synchrony as the period of a graph",
    variables=CLASSES[:3],
    hypotheses=(),
    statement=(
        r"The renewal graph has the stages $0, \dots, L - 1$ as nodes, edges $j \to j + 1$, and "
        r"$l_k - 1 \to 0$ for every class. It is strongly connected, and its period is $g$. Its "
        r"cyclic classes, the stages modulo $g$, are the synchronised cohorts; $\varphi(d)$ of the "
        r"synchronised modes have exact order $d$, for each $d \mid g$, $d > 1$."
    ),
    formula=Eq(Function("period")(length), g),
    uses=("R1",),
    code=("stabkit.synchrony",),
    steps=(
        Step(
            "period",
            r"From stage $j$ to stage $i$ there is a walk to the last stage, to 0, and on to $i$, "
            r"of $(L - 1 - j) + 1 + i$ edges, at least one. A simple cycle leaves the chain "
            r"exactly once, at some $l_k - 1$: it has $l_k - 1$ edges of the chain and one back.",
            Deduction(
                "frobenius-period",
                {
                    "connected": Inequality(
                        (_L - 1 - j) + 1 + i, {_L: Interval(j + 1), i: Interval(0)}
                    ),
                    "cycles": Summation(1, m, 0, n, n + 1),
                },
                r"The period is the gcd of the $l_k$.",
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The period that networkx finds from the edges, the numbers of modes by order, and "
            r"the totients.",
            ExactFinite(
                "period and numbers of modes",
                "27 mixes",
                _mixes,
                lambda mix: (synchrony(mix).period, _orders(mix)),
                lambda mix: (mix.gcd, [_totient(d) for d in divisors(mix.gcd) if d > 1]),
            ),
        ),
    ),
    lesson=(
        r"A request walks along the chain of stages and jumps back to the start when it completes. "
        r"If all loops have a common divisor $g$, a walker's stage modulo $g$ is fixed by the "
        r"clock: requests fall into $g$ cohorts that never mix."
    ),
)


def _orders(mix: Workload) -> list[int]:
    found = [mode.order for mode in synchrony(mix).modes]
    return [found.count(d) for d in divisors(mix.gcd) if d > 1]


def _totient(d: int) -> int:
    return sum(1 for k in range(1, d + 1) if gcd(k, d) == 1)


THEOREMS = (R1, R1B, R2, RENEWAL_GRAPH)
