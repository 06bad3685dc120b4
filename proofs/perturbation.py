"""Chapter 2, continued: where the roots go when the input is long but finite."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

import mpmath
from sympy import Eq, Function, I, Poly, Rational, diff, symbols

from stabkit import (
    Workload,
    characteristic_polynomial,
    roots,
    survival_polynomial,
    synchrony,
    unit_circle_counts,
)
from stabkit.theorems.evidence import (
    Deduction,
    ExactFinite,
    Identity,
    Inequality,
    Numeric,
    Summation,
)
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Variable, Witness, paper

from .model import _ONE_CLASS_FORM
from .notation import CLASSES, lam, length, m, n, p, s, z

__all__ = ["THEOREMS"]

_eps, _alpha, _t, _T, _d, _a = symbols("epsilon alpha t T d a")
_A1, _A2, _C, _Cp, _S = symbols("A_1 A_2 C E S")
_sigma, _P = symbols("sigma P")
_deg = symbols("D")
_mult = symbols("m", integer=True)
_OPEN = Interval(0, open_low=True)

_second = _alpha * (1 + _eps + (1 + _alpha * _A2 / (2 * _A1)) * _eps**2)
_shift = _alpha * _eps + (_alpha + _alpha**2 * _A2 / (2 * _A1)) * _eps**2
_taylor = _A1 * _shift + _A2 * _shift**2 / 2
_slope = _A1 + _A2 * _shift
_residual = Poly((_taylor - _eps * (_alpha + _shift) * _slope).expand(), _eps)
_bound = _deg * (2 * _a / _d + 1)  # >= 1 + T, T = (D - 1)(2 |alpha| / d + 1)
_tail = (_deg - 1) * (2 * _a / _d + 1)
_SMALL = {
    _eps: Interval(0, 1 / (2 * _bound)),
    _a: _OPEN,
    _d: _OPEN,
    _deg: Interval(1),
}

R3 = Theorem(
    label="R3",
    title="Perturbation of the roots",
    variables=(
        *CLASSES,
        Variable(r"\varepsilon", "$1 / (s + L)$", "positive"),
        Variable(r"\alpha", "a root of A, not 0", "complex"),
        Variable("d", "distance of the root from the other roots of A", "positive"),
        Variable("D", "degree of A, L - 1", "an integer, at least 1"),
    ),
    hypotheses=(
        "All classes have the same input length $s$.",
        r"The root $\alpha$ of $A$ is simple.",
    ),
    statement=(
        r"$F$ has a root $\lambda = \alpha (1 + \varepsilon + (1 + \tfrac{\alpha A''(\alpha)}{2 "
        r"A'(\alpha)}) \varepsilon^2 + O(\varepsilon^3))$. Explicitly: for $\varepsilon < "
        r"\varepsilon_0 = 1 / (2 D (2 |\alpha| / d + 1))$ exactly one root of $F$ lies in "
        r"$|\lambda - \alpha| < d / 2$, and it is within $|\alpha| \varepsilon^2 / \varepsilon_0$ "
        r"of $\alpha (1 + \varepsilon)$. A root of multiplicity $m$ stays a root of $F$ with "
        r"multiplicity $m - 1$, for every $s$."
    ),
    formula=Eq(lam, _second),
    uses=("R1", "R2"),
    code=("stabkit.roots",),
    references=(paper("section 4"),),
    steps=(
        Step(
            "factored",
            r"By R2 $F / \varepsilon^{-1}$ vanishes where $A = \varepsilon \lambda A'$. Let $A = "
            r"(\lambda - \alpha)^m C$ and $t = \lambda C' / C = \sum_j \lambda / (\lambda - "
            r"\alpha_j)$ over the other roots, and write $E$ for $C'$. Then $\varepsilon F$ is "
            r"$(\lambda - \alpha)^{m-1} C$ times the bracket: this is the statement on multiple "
            r"roots.",
            Identity(
                (lam - _alpha) ** _mult * _C
                - _eps
                * lam
                * (_mult * (lam - _alpha) ** (_mult - 1) * _C + (lam - _alpha) ** _mult * _Cp),
                (lam - _alpha) ** (_mult - 1)
                * _C
                * ((lam - _alpha) - _eps * (_mult * lam + (lam - _alpha) * (lam * _Cp / _C))),
            ),
        ),
        Step(
            "expansion",
            r"For a simple root the implicit function theorem applies to $\Phi = A(\lambda) - "
            r"\varepsilon \lambda A'(\lambda)$, whose derivative at $(\alpha, 0)$ is $A'(\alpha) "
            r"= A_1 \ne 0$.",
            Deduction(
                "implicit-function",
                {
                    "zero": Identity(_taylor.subs(_eps, 0), 0),
                    "derivative": Identity(
                        diff(_A1 * (lam - _alpha) - _eps * lam * _A1, lam).subs(_eps, 0), _A1
                    ),
                },
                r"There is an analytic branch $\lambda(\varepsilon)$, with $\lambda(0) = \alpha$ "
                r"and $\lambda'(0) = \alpha$.",
            ),
        ),
        Step(
            "first-order",
            r"In $\Phi$ along the branch stated the coefficient of $\varepsilon$ vanishes.",
            Identity(_residual.coeff_monomial(_eps), 0),
        ),
        Step(
            "second-order",
            r"With $A_2 = A''(\alpha)$ the coefficient of $\varepsilon^2$ vanishes too, for the "
            r"second-order term stated: with $\delta = \lambda - \alpha$ it is the one of $A_1 "
            r"\delta + A_2 \delta^2 / 2 - \varepsilon (\alpha + \delta) (A_1 + A_2 \delta)$.",
            Identity(_residual.coeff_monomial(_eps**2), 0),
        ),
        Step(
            "one-root",
            r"Where $|\lambda - \alpha| \le d / 2$, the other roots are at least $d / 2$ away and "
            r"$|\lambda| \le |\alpha| + d / 2$, so that $|t| \le T = (D - 1)(2 |\alpha| / d + "
            r"1)$. On $|\lambda - \alpha| = d / 2$ compare the bracket $f = (\lambda - \alpha) - "
            r"\varepsilon (\lambda + (\lambda - \alpha) t)$ with $h = \lambda - \alpha$.",
            Deduction(
                "rouche",
                {
                    "analytic": Inequality(_d - _d / 2, {_d: _OPEN}),
                    "domination": Inequality(
                        _d / 2 - _eps * (_a + _d / 2 + _d / 2 * _tail), _SMALL
                    ),
                },
                r"Exactly one zero of the bracket lies in the disc, and $C$ has none there.",
            ),
        ),
        Step(
            "where",
            r"There $\lambda (1 - \varepsilon / (1 - \varepsilon t)) = \alpha$, hence",
            Identity(
                (_alpha * (1 + _eps / (1 - _eps * (1 + _t))))
                - _eps * (_alpha * (1 + _eps / (1 - _eps * (1 + _t))))
                - _eps * _t * (_alpha * (1 + _eps / (1 - _eps * (1 + _t))) - _alpha),
                _alpha,
            ),
        ),
        Step(
            "remainder",
            r"so that the distance from $\alpha (1 + \varepsilon)$ is exactly",
            Identity(
                _alpha * (1 + _eps / (1 - _eps * (1 + _t))) - _alpha * (1 + _eps),
                _alpha * _eps**2 * (1 + _t) / (1 - _eps * (1 + _t)),
            ),
        ),
        Step(
            "remainder-bound",
            r"With $|1 + t| \le 1 + T \le D (2 |\alpha| / d + 1) = 1 / (2 \varepsilon_0)$ the "
            r"denominator is at least $1/2$ in modulus: the distance is at most $2 |\alpha| "
            r"\varepsilon^2 / (2 \varepsilon_0)$.",
            Inequality(1 - _eps * (1 + _tail) - Rational(1, 2), _SMALL),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The certified roots nearest to $\omega (1 + \varepsilon)$, $\omega = -1$, of "
            r"lengths 4 and 6, are within the explicit bound.",
            ExactFinite(
                r"whether $|\lambda - \alpha (1 + \varepsilon)| \le |\alpha| \varepsilon^2 / "
                r"\varepsilon_0$",
                r"$s = 100, 1000, 10^6$",
                lambda: [100, 1000, 10**6],
                lambda inputs: _within_bound(inputs),
                lambda inputs: True,
            ),
        ),
    ),
    sharpness=(
        Witness(
            r"The root $\alpha$ of $A$ is simple.",
            r"Lengths 2 and 3, $p = 3/4$: $A = (\lambda + 1/2)^2$, and $-1/2$ stays a root of $F$ "
            r"exactly, for every $s$: it does not move at all.",
            ExactFinite(
                r"$F(-1/2)$ for $F = (s + 3) A - \lambda A'$",
                r"$s = 0, 1, 100$",
                lambda: [0, 1, 100],
                lambda inputs: _value_at_half(inputs),
                lambda inputs: 0,
            ),
        ),
        Witness(
            "All classes have the same input length $s$.",
            r"With $s = (N, 0)$ the roots of $F$ do not tend to those of $A$ at all: for lengths "
            r"2 and 4, $A = (\lambda + 1)(\lambda^2 + 1/2)$ has the root $i / \sqrt 2$; $F / N$ "
            r"tends to $\lambda^2 (\lambda + 1) / 2$.",
            Identity(
                (((lam + 1) * (lam**2 + Rational(1, 2))).subs(lam, I * _S)).expand(),
                0,
                given=(2 * _S**2 - 1,),
            ),
        ),
    ),
    lesson=(
        r"A finite input pushes every root outwards along its own ray, by the same factor $1 + "
        r"1/(s + L)$. Roots that were well inside stay inside; roots on the circle, the "
        r"synchronised ones, end outside, and grow by a factor $e$ in $s + L$ steps."
    ),
)


def _within_bound(inputs: int) -> bool:
    """Check the explicit bound at omega = -1 for lengths (4, 6), in exact rationals."""
    mix = Workload.from_classes([(inputs, 4), (inputs, 6)])
    eps = Fraction(1, inputs + 6)
    distance = Fraction(1, 4)  # -1 is farther than that from the roots of l^4 + l^2 + 1/2
    smallest = 1 / (2 * 5 * (2 / distance + 1))
    real = [r for r in roots(mix, 40) if r.value.imag == 0 and r.value.real < -0.75]
    value = Fraction(mpmath.nstr(real[0].value.real, 35))
    return eps < smallest and abs(value + 1 + eps) <= eps**2 / smallest


def _value_at_half(inputs: int) -> Rational:
    survival = survival_polynomial(Workload.from_classes([(1, 2, 3), (1, 3, 1)]))
    half = -Rational(1, 2)
    value: Rational = (inputs + 3) * survival.eval(half) - half * survival.diff(lam).eval(half)
    return value


R3A = Theorem(
    label="R3a",
    title="Two classes: stable for all long inputs if and only if coprime",
    variables=(
        Variable("l_1, l_2", "decode lengths", "different integers, at least 1"),
        Variable("p", "share of the first class", "in (0, 1)"),
        Variable("s", "common input length", "large"),
    ),
    hypotheses=("Both classes have the same input length, and it is large.",),
    statement=(
        r"There is an $s_0$ such that the equilibrium is stable for every $s > s_0$ if and only if "
        r"$\gcd(l_1, l_2) = 1$. For $\gcd > 1$ it is unstable for every $s > s_0$."
    ),
    formula=Eq((s + m + 1) / (s + 1) - 1, m / (s + 1)),
    uses=("kernel", "R1", "R3"),
    code=("stabkit.unit_circle_counts", "stabkit.stability_criterion"),
    references=(paper("section 4, the two-class criterion"),),
    steps=(
        Step(
            "coprime",
            r"$F / (s + 1)$ tends to $A$: class by class, $p (s + m + 1) / (s + 1) - p = p m / (s "
            r"+ 1)$, and the leading coefficient is 1.",
            Deduction(
                "hurwitz",
                {
                    "convergence": Identity(p * (s + m + 1) / (s + 1) - p, p * m / (s + 1)),
                    "leading": Inequality((s + 1) / (s + 1), {s: Interval(0)}),
                },
                r"For $g = 1$ all roots of $A$ lie inside by R1, so all roots of $F$ do for large "
                r"$s$.",
            ),
        ),
        Step(
            "common-divisor",
            r"For $g > 1$ take $\omega \ne 1$ with $\omega^g = 1$, a simple root of $A$ by R1, "
            r"and $\varepsilon < \varepsilon_0$. By R3 its root of $F$ has $|\lambda| \ge 1 + "
            r"\varepsilon - \varepsilon^2 / \varepsilon_0 > 1$.",
            Inequality(1 + _eps - _eps**2 / _T - 1, {_eps: Interval(0, _T), _T: _OPEN}),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Verdicts at $s = 10^6$ for all pairs of lengths up to 9.",
            ExactFinite(
                "whether the verdict is stable",
                "36 pairs",
                lambda: [(a, b) for a in range(1, 10) for b in range(a + 1, 10)],
                lambda pair: (
                    unit_circle_counts(
                        Workload.from_classes([(10**6, pair[0]), (10**6, pair[1])])
                    ).verdict
                    == "stable"
                ),
                lambda pair: gcd(*pair) == 1,
            ),
        ),
    ),
    sharpness=(
        Witness(
            "Both classes have the same input length, and it is large.",
            r"Lengths 3 and 5 are coprime, but at $s = 5$ two modes are unstable.",
            ExactFinite(
                "unstable modes",
                r"$s = 5$",
                lambda: [Workload.from_classes([(5, 3), (5, 5)])],
                lambda mix: unit_circle_counts(mix).outside,
                lambda mix: 2,
            ),
        ),
    ),
    lesson=(
        r"With two kinds of requests and long prompts the whole question is one of number theory: "
        r"if the two decode lengths have a common divisor, there is a wave that both kinds "
        r"preserve, and the little push outwards makes it grow. If they are coprime there is none. "
        r"But how long is long? That is another theorem."
    ),
)

_form = _ONE_CLASS_FORM
_zeta = (1 - z**length) / (1 - z)

R3B = Theorem(
    label="R3b",
    title="Synchronised modes of any mix with long inputs",
    variables=(
        *CLASSES,
        Variable(r"\omega", "a g-th root of unity, not 1", "complex"),
        Variable(r"\sigma_k", r"$s_k = \sigma_k / \varepsilon$", "at least 0"),
    ),
    hypotheses=(
        r"The inputs grow in proportion, $s_k = \sigma_k / \varepsilon$, not all $\sigma_k = 0$.",
        r"The gcd $g$ of the decode lengths exceeds 1.",
    ),
    statement=(
        r"$G(\omega) = \mu / (\omega - 1)$ for all inputs. As all $s_k$ grow in proportion, a root "
        r"of $F$ near each $\omega$ has $|\lambda| = 1 + \mu / \sum_k p_k l_k (s_k + l_k) + "
        r"O(s^{-2})$: what one Newton step from $\omega$ gives."
    ),
    formula=Eq(Function("G")(z) * (z - 1), symbols("mu")),
    uses=("closed-form", "R1", "R1b"),
    code=("stabkit.synchrony",),
    steps=(
        Step(
            "value",
            r"In the closed form of one class put $z^l = 1$: $(1 - z)^2 G = l (z - 1)$, so that "
            r"$G(\omega) = \sum_k p_k l_k / (\omega - 1)$, whatever the inputs.",
            Identity(_form, length * (z - 1), given=(z**length - 1,)),
        ),
        Step(
            "slope",
            r"Differentiated there: $(1 - z)^2 z G' - 2 z (1 - z) G = z \tfrac{d}{dz}$ of the "
            r"closed form, so that $(1 - z)^2 \omega G'(\omega) = \sum_k p_k l_k [(s_k + l_k) "
            r"(\omega - 1) - (\omega + 1)]$.",
            Identity(
                z * diff(_form, z) + 2 * z * (1 - z) * (length / (z - 1)),
                length * ((s + length) * (z - 1) - (z + 1)),
                given=(z**length - 1,),
            ),
        ),
        Step(
            "newton",
            r"With $\mu = S$ and $P = \sum_k p_k l_k (s_k + l_k)$ one Newton step from $\omega$ "
            r"goes to $\omega (1 - G / (\omega G'))$, where $G / (\omega G')$ is $\mu / P$ up to "
            r"a relative error of order $\mu / P$.",
            Identity(
                (_S / (z - 1)) / ((_P * (z - 1) - _S * (z + 1)) / (1 - z) ** 2) - _S / _P,
                (_S / _P) * (_S * (z + 1) / (_P * (z - 1) - _S * (z + 1))),
            ),
        ),
        Step(
            "branch",
            r"Let $\Phi(z, \varepsilon) = \varepsilon G$ with $s_k = \sigma_k / \varepsilon$: the "
            r"sum of $p_k (\sigma_k + \varepsilon (m + 1)) z^m$. At $\varepsilon = 0$ it vanishes "
            r"at $\omega$, for $(1 - z) \sum_{m < l} z^m = 1 - z^l = 0$; and there $z (1 - z)$ "
            r"times the derivative of the sum is $-l$, so that $\partial_z \Phi = \sum_k p_k "
            r"\sigma_k l_k / (\omega (\omega - 1)) \ne 0$.",
            Deduction(
                "implicit-function",
                {
                    "zero": Summation((1 - z) * z**m, m, 0, n, 1 - z ** (n + 1)),
                    "derivative": Identity(
                        z * (1 - z) * diff(_zeta, z), -length, given=(z**length - 1,)
                    ),
                },
                r"An analytic branch $z(\varepsilon)$ leaves $\omega$.",
            ),
        ),
        Step(
            "first-order",
            r"$\partial_\varepsilon \Phi$ is the sum of $p_k (m + 1) z^m$, the derivative of $z "
            r"\sum_m z^m$: at $\omega$ it is $\mu / (\omega - 1)$.",
            Identity(diff(z * _zeta, z), length / (z - 1), given=(z**length - 1,)),
        ),
        Step(
            "modulus",
            r"So $z'(0) = -\omega \mu / M$ with $M = \sum_k p_k \sigma_k l_k$, and $|1/z| = 1 + "
            r"\varepsilon \mu / M + O(\varepsilon^2)$. The stated fraction has the same first "
            r"order: with $Q = \sum_k p_k l_k^2$ it is $\mu / (M / \varepsilon + Q)$, and",
            Identity(
                _eps * _S / _P - _S / (_P / _eps + _T),
                _eps**2 * _S * _T / (_P * (_P + _eps * _T)),
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The certified synchronised roots against the prediction; the tolerance is the "
            r"second order, $10 \mu^2 / P^2$, at the inputs used.",
            Numeric(
                r"$|\lambda| - 1$",
                "four mixes with inputs of about 10 000",
                lambda: [
                    Workload.from_classes([(10_000, 4), (20_000, 6)]),
                    Workload.from_classes([(15_000, 3, 2), (10_000, 9, 1)]),
                    Workload.from_classes([(10_000, 2), (12_000, 4), (9_000, 6)]),
                    Workload.from_classes([(10_000, 5), (50_000, 10)]),
                ],
                lambda mix: float(abs(synchrony(mix).modes[0].root.value)),
                lambda mix: synchrony(mix).modes[0].predicted_growth,
                1e-7,
            ),
        ),
    ),
    sharpness=(
        Witness(
            r"The inputs grow in proportion, $s_k = \sigma_k / \varepsilon$, not all $\sigma_k = "
            r"0$.",
            r"Without inputs, lengths 2: $F = \lambda + 2$ has the root $-2$, and the formula "
            r"says $1 + 2/4$.",
            ExactFinite(
                r"$-\lambda$ and $1 + \mu / \sum p l (s + l)$",
                r"$s = 0$, $l = 2$",
                lambda: [Workload.from_classes([(0, 2)])],
                lambda mix: (
                    characteristic_polynomial(mix).eval(-2),
                    1 + Rational(mix.mean_decode_length) / 4,
                ),
                lambda mix: (0, Rational(3, 2)),
            ),
        ),
        Witness(
            r"The gcd $g$ of the decode lengths exceeds 1.",
            r"Coprime lengths have no synchronised mode.",
            ExactFinite(
                "synchronised modes",
                "lengths 2 and 3",
                lambda: [Workload.from_classes([(100, 2), (100, 3)])],
                lambda mix: len(synchrony(mix).modes),
                lambda mix: 0,
            ),
        ),
    ),
    lesson=(
        r"Whatever the inputs, a wave in step with $g$ finds the same resistance, $\mu / (\omega - "
        r"1)$: growth while being served. How fast it grows depends on the memory that it has to "
        r"move, $\sum p l (s + l)$. A rule for the blackboard: growth per step is the number of "
        r"tokens that one admission decodes, over the token-steps that it reserves."
    ),
)

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
            r"Let $l_1 = g a$, $l_2 = g b$, $w = z^g$, so that $u = w^a$ and $v = w^b$. If $a = 2 "
            r"n + 1$ is odd there is no such $w$: $w^{a b} = u^b > 0$, but $w^{a b} = v^a = "
            r"-|v|^a$.",
            Identity((-1) ** (2 * n + 1), -1),
        ),
        Step(
            "even",
            r"If $a = 2 n$ is even, $b$ is odd, and the negative number $w = -|u|^{1/a}$ does it: "
            r"$w^a = |u|$, and $w^b = -|w|^b = v$ by the equation of the moduli. It is the only "
            r"one: $a$ and $b$ are coprime, so that $w^a$ and $w^b$ determine $w$.",
            Identity((-1) ** (2 * n), 1),
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


THEOREMS = (R3, R3A, R3B, R4)
