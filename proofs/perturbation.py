"""Chapter 2, continued: where the roots go when the input is long but finite."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

import mpmath
from sympy import Eq, Expr, Function, I, Rational, diff, symbols

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
_value, _d1, _d2 = symbols("A_0 delta_1 delta_2")


def _phi(first: Expr, second: Expr) -> Expr:
    """A - epsilon lambda A' to second order around alpha, along delta_1 e + delta_2 e^2."""
    shift = first * _eps + second * _eps**2
    value = _A1 * shift + _A2 * shift**2 / 2
    return (value - _eps * (_alpha + shift) * (_A1 + _A2 * shift)).expand()


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
                    "zero": Identity(_value - _eps * _alpha * _A1, 0, given=(_value, _eps)),
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
            r"Let $\lambda - \alpha = \delta_1 \varepsilon + \delta_2 \varepsilon^2 + \dots$ in "
            r"$A_1 \delta + A_2 \delta^2 / 2 - \varepsilon (\alpha + \delta) (A_1 + A_2 \delta)$, "
            r"$A_2 = A''(\alpha)$. The coefficient of $\varepsilon$ vanishes for $\delta_1 = "
            r"\alpha$:",
            Identity(diff(_phi(_d1, _d2), _eps).subs(_eps, 0), _A1 * (_d1 - _alpha)),
        ),
        Step(
            "second-order",
            r"and that of $\varepsilon^2$, here twice, then vanishes for the $\delta_2$ stated.",
            Identity(
                diff(_phi(_alpha, _d2), _eps, 2).subs(_eps, 0),
                2 * _A1 * (_d2 - _alpha * (1 + _alpha * _A2 / (2 * _A1))),
            ),
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
    value, radius = _exact(real[0].value.real), _exact(real[0].radius)
    return eps < smallest and abs(value + 1 + eps) + radius <= eps**2 / smallest


def _exact(value: mpmath.mpf) -> Fraction:
    """Return a number of mpmath, which is dyadic, as the rational that it is."""
    sign, mantissa, exponent, _ = value._mpf_
    size: Fraction = int(mantissa) * Fraction(2) ** int(exponent)
    return -size if sign else size


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

THEOREMS = (R3, R3A, R3B)
