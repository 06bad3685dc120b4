"""Chapter 2, continued: where two roots of the survival polynomial meet."""

from __future__ import annotations

from sympy import Eq, diff, symbols

from stabkit import Workload, survival_polynomial
from stabkit.theorems.evidence import Deduction, ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Variable, Witness, paper

from .notation import lam, m, n, p

__all__ = ["THEOREMS"]

_OPEN = Interval(0, open_low=True)
_l1, _l2, _q, _u, _v = symbols("l_1 l_2 q u v")
_X, _Y, _Pp, _Qq = symbols("X Y P_1 Q_1")
_w = symbols("w")

R4 = Theorem(
    label="R4",
    title="Multiple roots for two classes",
    variables=(
        Variable("l_1 < l_2", "decode lengths", "integers, at least 1"),
        Variable("p", "share of the first class; q = 1 - p", "in (0, 1)"),
    ),
    hypotheses=("There are two classes.",),
    statement=(
        r"Exactly one $p$ solves $p^{l_2} (l_2 - l_1)^{l_2 - l_1} l_1^{l_1} = q^{l_1} l_2^{l_2}$. "
        r"$A$ has a multiple root only for this $p$, and then if and only if $l_1 / g$ is even, $g "
        r"= \gcd(l_1, l_2)$: the multiple roots are double, and they are the $g$-th roots of one "
        r"negative number. One of them is real if and only if $g$ is odd."
    ),
    formula=Eq(p**_l2 * (_l2 - _l1) ** (_l2 - _l1) * _l1**_l1, (1 - p) ** _l1 * _l2**_l2),
    uses=("R1",),
    code=("stabkit.survival_polynomial",),
    references=(paper("section 4"),),
    steps=(
        Step(
            "double",
            r"Let $z = 1 / \lambda$, $u = z^{l_1}$, $v = z^{l_2}$. By R1's identity a multiple "
            r"root is one of $1 - p u - q v$ and of $z$ times its derivative, $-p l_1 u - q l_2 "
            r"v$: two linear equations, which give $u$",
            Identity(
                _u,
                _l2 / (p * (_l2 - _l1)),
                given=(1 - p * _u - _q * _v, p * _l1 * _u + _q * _l2 * _v),
            ),
        ),
        Step(
            "second-power",
            r"and $v$, so $u > 0 > v$.",
            Identity(
                _v,
                -_l1 / (_q * (_l2 - _l1)),
                given=(1 - p * _u - _q * _v, p * _l1 * _u + _q * _l2 * _v),
            ),
        ),
        Step(
            "not-triple",
            r"There $z^2$ times the second derivative, $-p l_1 (l_1 - 1) u - q l_2 (l_2 - 1) v$, "
            r"is $l_1 l_2 \ne 0$: no root is triple.",
            Identity(
                -p * _l1 * (_l1 - 1) * (_l2 / (p * (_l2 - _l1)))
                - _q * _l2 * (_l2 - 1) * (-_l1 / (_q * (_l2 - _l1))),
                _l1 * _l2,
            ),
        ),
        Step(
            "share",
            r"Both $u^{l_2}$ and $v^{l_1}$ are $z^{l_1 l_2}$. Their moduli are equal: that is the "
            r"equation for $p$. Write $X = (l_2 - l_1)^{l_2 - l_1} l_1^{l_1}$ and $Y = "
            r"l_2^{l_2}$; the difference $p^{l_2} X - q^{l_1} Y$ has the derivative $l_2 p^{l_2 - "
            r"1} X + l_1 q^{l_1 - 1} Y$, positive, the value $-Y$ at $p = 0$ and $X$ at $p = 1$.",
            Deduction(
                "monotone",
                {
                    "monotone": Inequality(
                        _l2 * _Pp * _X + _l1 * _Qq * _Y,
                        {
                            _Pp: _OPEN,
                            _Qq: _OPEN,
                            _X: _OPEN,
                            _Y: _OPEN,
                            _l2: Interval(_l1 + 1),
                            _l1: Interval(1),
                        },
                    ),
                    "below": Inequality(_Y, {_Y: _OPEN}),
                    "above": Inequality(_X, {_X: _OPEN}),
                },
                r"Exactly one $p$ in $(0, 1)$.",
            ),
        ),
        Step(
            "derivative",
            r"The derivative, as used.",
            Identity(
                diff(p**n * _X - (1 - p) ** m * _Y, p),
                n * p ** (n - 1) * _X + m * (1 - p) ** (m - 1) * _Y,
            ),
        ),
        Step(
            "odd",
            r"Let $l_1 = g a$, $l_2 = g b$, $y = z^g$, so that $u = y^a$ and $v = y^b$. If $a = 2 "
            r"n + 1$ is odd there is no such $y$: $y^{a b} = u^b > 0$, but $y^{a b} = v^a < 0$, "
            r"by, with $w = |v|$,",
            Identity((-_w) ** (2 * n + 1), -(_w ** (2 * n + 1))),
        ),
        Step(
            "even",
            r"If $a = 2 n$ is even, $b$ is odd, and the negative number $y = -w$, $w = u^{1/a}$, "
            r"does it: $y^a = w^a = u$, and $y^b = -w^b = v$ by the equation of the moduli. It is "
            r"the only one: $a$ and $b$ are coprime, so that $y^a$ and $y^b$ determine $y$.",
            Identity((-_w) ** (2 * n), _w ** (2 * n)),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Lengths and shares that solve the equation, and the square-free part of $A$.",
            ExactFinite(
                "degree of gcd(A, A')",
                "(2, 3) with p = 3/4 and (4, 6) with p = 3/4: one double root, a pair of them",
                lambda: [((2, 3), 1), ((4, 6), 2)],
                lambda case: _repeated(case[0], (3, 1)),
                lambda case: case[1],
            ),
        ),
        Step(
            "elsewhere",
            r"No multiple root at other shares.",
            ExactFinite(
                "degree of gcd(A, A')",
                "all pairs up to 8, 6 shares, but those above",
                lambda: [
                    ((a, b), w)
                    for a in range(1, 8)
                    for b in range(a + 1, 9)
                    for w in ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (4, 1))
                    if not (w == (3, 1) and (a, b) in ((2, 3), (4, 6)))
                ],
                lambda case: _repeated(*case),
                lambda case: 0,
            ),
        ),
    ),
    sharpness=(
        Witness(
            "There are two classes.",
            r"Three classes of lengths 1, 2, 3 have a double root for a whole curve of shares: $A "
            r"= (\lambda + c)^2$ has $S_1 = 2 c$, $S_2 = c^2$, decreasing for $c < 1/2$.",
            ExactFinite(
                "degree of gcd(A, A')",
                "c = 1/3, 1/4",
                lambda: [(3, 5, 1), (8, 7, 1)],
                lambda weights: _repeated((1, 2, 3), weights),
                lambda weights: 1,
            ),
        ),
    ),
    lesson=(
        r"Where two roots of $A$ meet, the first-order formula breaks down. For two classes that "
        r"happens at one share only, and the test case of textbooks is $(2, 3)$ with three "
        r"quarters of short requests, $A = (\lambda + 1/2)^2$. Root finders that promise digits "
        r"must be tried on it."
    ),
)


def _repeated(lengths: tuple[int, ...], weights: tuple[int, ...]) -> int:
    classes = [(1, n, w) for n, w in zip(lengths, weights, strict=True)]
    survival = survival_polynomial(Workload.from_classes(classes))
    return int(survival.gcd(survival.diff(lam)).degree())


THEOREMS = (R4,)
