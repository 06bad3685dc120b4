"""Chapter 2, continued: where the roots go when the input is long but finite."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from math import gcd

import mpmath
from sympy import (
    Eq,
    Equivalent,
    Ge,
    Gt,
    I,
    Implies,
    Le,
    Lt,
    Rational,
    Symbol,
    diff,
    symbols,
)

from stabkit import Workload, roots, unit_circle_counts
from stabkit.model.enclosure import RealEnclosure
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness, paper
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.zeros import BoundaryCrossing, Hurwitz, Rouche

from .notation import g, lam, m, p, s
from .objects import common_mixes
from .quantities import (
    COMMON,
    COMMON_INPUT,
    GCD,
    KINDS,
    LARGEST_CROSSING,
    STABLE,
    UNSTABLE,
    common,
    kinds,
    largest_crossing,
    partition,
    stable,
    unstable,
    with_input,
)
from .root_balls import (
    SurvivalRoot,
    distance_to_zeros,
    enclosed,
    isolation,
    kernel_values,
    moved,
    multiplicity,
    number_near,
    survival_roots,
)

__all__ = ["THEOREMS"]

_eps, _alpha, _beta, _t, _t0 = symbols("varepsilon alpha beta t t_0")
_a, _deg, _rho, _times = symbols("a D rho m")
_mult = symbols("m", integer=True)
_held, _near, _r1, _r2 = symbols("M_F N_d r_1 r_2")
_F, _A, _C, _Cp, _G = symbols("F A C E G")
_bracket, _tangent = symbols("f h")
_OPEN = Interval(0, open_low=True)

_bound = _deg * (_rho + 1)  # 1 / (2 epsilon_0); at least |m + t|
_SMALL = {
    _eps: Interval(0, 1 / (2 * _bound)),
    _rho: Interval(0),
    _deg: Interval(_times),
    _times: Interval(1),
}
_SMALL_ENOUGH = Lt(_eps, 1 / (2 * _bound))
_moved = _alpha * (1 - _eps * _t) / (1 - _eps * (_times + _t))  # what a root near alpha solves


def _epsilon(root: SurvivalRoot) -> Fraction:
    inputs = Fraction(root.mix.classes[0].input_length)
    return 1 / (inputs + int(root.mix.longest_decode))


def _distance(root: SurvivalRoot, order: int) -> RealEnclosure | None:
    return distance_to_zeros(kernel_values(root.mix)[::-1], moved(root, _epsilon(root), order))


R3 = Theorem(
    label="R3",
    title="Perturbation of the roots",
    claim=Claim(
        objects=survival_roots,
        quantities=(
            COMMON,
            Quantity(_eps, r"$1 / (s + L)$", _epsilon),
            Quantity(
                _deg,
                "the degree of the survival polynomial $A$, $L - 1$, at least 1",
                lambda root: root.mix.longest_decode - 1,
            ),
            Quantity(
                _times,
                r"the multiplicity of a root $\alpha$ of $A$",
                lambda root: root.multiplicity,
            ),
            Quantity(_a, r"the modulus $|\alpha|$", lambda root: enclosed(abs(root.ball))),
            Quantity(
                _rho,
                r"$2 |\alpha| / d$, where $d$ is the distance of $\alpha$ from the other roots of "
                r"$A$; 0 where there is none, as for $D = 1$",
                isolation,
            ),
            Quantity(
                _held, r"the multiplicity of $\alpha$ as a root of $F$, 0 for none", multiplicity
            ),
            Quantity(
                _near,
                r"the number of roots of $F$ in $|\lambda - \alpha| < d / 2$, with multiplicity; "
                r"of all roots where there is no other root of $A$",
                number_near,
            ),
            Quantity(
                _r1,
                r"the distance of $\alpha (1 + m \varepsilon)$ from the nearest root of $F$",
                lambda root: _distance(root, 1),
            ),
            Quantity(
                _r2,
                r"the distance, for a simple root, of $\alpha (1 + \varepsilon + (1 + \tfrac{"
                r"\alpha A''(\alpha)}{2 A'(\alpha)}) \varepsilon^2)$ from the nearest root of $F$",
                lambda root: _distance(root, 2),
            ),
        ),
        hypotheses=(common, _SMALL_ENOUGH),
        conclusions=(
            Eq(_held, _times - 1),
            Eq(_near, _times),
            Le(_r1, 2 * _times * _a * _bound * _eps**2),
            Implies(Eq(_times, 1), Le(_r2, 3 * _a * _bound**2 * _eps**3)),
        ),
    ),
    uses=("R1", "R2"),
    code=("stabkit.roots",),
    references=(paper("section 4"),),
    steps=(
        Step(
            "factored",
            r"By R2 $\varepsilon F = A - \varepsilon \lambda A'$. Let $A = (\lambda - \alpha)^m "
            r"C$ and $t = \lambda C' / C = \sum_j \lambda / (\lambda - \alpha_j)$ over the other "
            r"roots, and write $E$ for $C'$. Then $\varepsilon F$ is $(\lambda - \alpha)^{m-1} C$ "
            r"times a bracket, which is $-\varepsilon m \alpha \ne 0$ at $\alpha$: $\alpha$ stays "
            r"a root, with multiplicity $m - 1$, for every $s$.",
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
            "one-root",
            r"Where $|\lambda - \alpha| \le d / 2$, the other roots are at least $d / 2$ away and "
            r"$|\lambda| \le |\alpha| + d / 2$, so that $|t| \le (D - m)(\rho + 1)$. On the "
            r"circle compare the bracket, $f = (\lambda - \alpha) - \varepsilon (m \lambda + "
            r"(\lambda - \alpha) t)$, with $h = \lambda - \alpha$, both over $d / 2$. The bracket "
            r"has one zero in the disc, and $C$ has none there. (For $D = m$ any $d$ will do.)",
            Deduction(
                Rouche(
                    _bracket,
                    _tangent,
                    bound=_eps * (_times * (_rho + 1) + (_deg - _times) * (_rho + 1)),
                    floor=Rational(1),
                    domains=_SMALL,
                    region=Symbol(r"|{\lambda} - \alpha| < d / 2"),
                )
            ),
        ),
        Step(
            "where",
            r"At that zero $\lambda (1 - \varepsilon (m + t)) = \alpha (1 - \varepsilon t)$, so "
            r"that the bracket vanishes:",
            Identity((_moved - _alpha) - _eps * (_times * _moved + (_moved - _alpha) * _t), 0),
        ),
        Step(
            "remainder",
            r"and the distance from $\alpha (1 + m \varepsilon)$ is exactly the modulus of",
            Identity(
                _moved - _alpha * (1 + _times * _eps),
                _alpha * _eps**2 * _times * (_times + _t) / (1 - _eps * (_times + _t)),
            ),
        ),
        Step(
            "denominator",
            r"With $|m + t| \le m + (D - m)(\rho + 1) \le D (\rho + 1)$ the denominator is at "
            r"least $1/2$ in modulus, and the bound follows.",
            Inequality(1 - _eps * _bound - Rational(1, 2), _SMALL),
        ),
        Step(
            "second-order",
            r"For a simple root let $t_0$ be $t$ at $\alpha$. Then $\lambda - \alpha (1 + "
            r"\varepsilon + (1 + t_0) \varepsilon^2)$ is",
            Identity(
                _moved.subs(_times, 1) - _alpha * (1 + _eps + (1 + _t0) * _eps**2),
                _alpha * _eps**2 * ((_t - _t0) + _eps * (1 + _t) ** 2 / (1 - _eps * (1 + _t))),
            ),
        ),
        Step(
            "bend",
            r"$t_0 = \alpha A'' / (2 A')$ at $\alpha$, for there $A = (\lambda - \alpha) C$ has "
            r"$A' = C$ and $A'' = 2 C'$, by two derivatives of $(\lambda - \alpha) "
            r"(C + E (\lambda - \alpha))$.",
            Identity(
                diff((lam - _alpha) * (_C + _Cp * (lam - _alpha)), lam, 2).subs(lam, _alpha),
                2 * _Cp,
            ),
        ),
        Step(
            "difference",
            r"Root by root, with $\beta$ for $\alpha_j$,",
            Identity(
                lam / (lam - _beta) - _alpha / (_alpha - _beta),
                _beta * (_alpha - lam) / ((lam - _beta) * (_alpha - _beta)),
            ),
        ),
        Step(
            "third-order",
            r"where $|\beta| \le |\alpha| + \delta$ with $\delta = |\alpha - \beta| \ge d$, "
            r"$|\lambda - \beta| \ge \delta / 2$ and $|\lambda - \alpha| \le 2 |\alpha| "
            r"\varepsilon$: at most $4 |\alpha| \varepsilon (|\alpha| + d) / d^2 = \varepsilon "
            r"(\rho^2 + 2 \rho)$. There are $D - 1$ of these, and with $q = D (\rho + 1)$ the "
            r"other term is at most $2 \varepsilon q^2$: together less than $3 \varepsilon q^2$.",
            Inequality(
                3 * _bound**2 - (2 * _bound**2 + (_deg - 1) * (_rho**2 + 2 * _rho)),
                {_rho: Interval(0), _deg: Interval(1)},
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The real roots that the code certifies for the lengths 2 and 3, $p = 3/4$: $-1/2$, "
            r"and one within the bound of $-1/2 (1 + 2 \varepsilon)$, where $\varepsilon < 1/4$.",
            ExactFinite(
                "whether they are",
                r"$s = 100, 1000, 10^6$",
                lambda: [100, 1000, 10**6],
                lambda inputs: _near_double(inputs),
                lambda inputs: True,
            ),
        ),
    ),
    sharpness=(
        Witness(
            _SMALL_ENOUGH,
            r"Lengths 1 and 2, equal shares, no input: $\varepsilon = 1/2$, $D = 1$, $\rho = 0$: "
            r"the bound of the hypothesis itself. $F = \lambda + 1$, and its root is $2 |\alpha| "
            r"\varepsilon^2 = 1/4$ from $\alpha (1 + \varepsilon) = -3/4$: equality.",
            ExactFinite(
                r"$F(-1)$, $F = (s + 2) A - \lambda A'$",
                r"$A = \lambda + 1/2$, $s = 0$",
                lambda: [Rational(-1)],
                lambda at: 2 * (at + Rational(1, 2)) - at,
                lambda at: 0,
            ),
        ),
        Witness(
            common,
            r"With $s = (N, 0)$ the roots of $F$ do not tend to those of $A$ at all: for lengths "
            r"2 and 4, $A = (\lambda + 1)(\lambda^2 + 1/2)$ has the root $i t$ with $t = 1 / "
            r"\sqrt{2}$; $F / N$ tends to $\lambda^2 (\lambda + 1) / 2$.",
            Identity(
                (((lam + 1) * (lam**2 + Rational(1, 2))).subs(lam, I * _t)).expand(),
                0,
                given=(2 * _t**2 - 1,),
            ),
        ),
    ),
    lesson=(
        r"A finite input pushes every root outwards along its own ray, by the same factor $1 + "
        r"1/(s + L)$; of $m$ roots that coincide, one moves, $m$ times as far, and the others "
        r"stay. Roots that were well inside stay inside; roots on the circle, the synchronised "
        r"ones, end outside, and grow by a factor $e$ in $s + L$ steps."
    ),
)


def _near_double(inputs: int) -> bool:
    """Check both roots of lengths (2, 3), p = 3/4, in exact rationals."""
    found = roots(Workload.from_classes([(inputs, 2, 3), (inputs, 3, 1)]), 40)
    eps = Fraction(1, inputs + 3)
    low, high = sorted((_exact(r.value.real), _exact(r.radius)) for r in found)
    moved_by = abs(low[0] + Fraction(1, 2) * (1 + 2 * eps)) + low[1]
    return moved_by <= 4 * eps**2 and abs(high[0] + Fraction(1, 2)) <= high[1]


def _exact(value: mpmath.mpf) -> Fraction:
    """Return a number of mpmath, which is dyadic, as the rational that it is."""
    sign, mantissa, exponent, _ = value._mpf_
    size: Fraction = int(mantissa) * Fraction(2) ** int(exponent)
    return -size if sign else size


def _pairs(rng: random.Random) -> Iterator[Workload]:
    """Yield mixes of all kinds with inputs below and above the largest crossing."""
    for mix in common_mixes(rng):
        yield mix
        yield with_input(mix, rng.choice(partition(mix).intervals).sample)
    yield Workload.from_classes([(12, 3), (0, 5)])
    yield Workload.from_classes([(60, 4), (0, 5)])


R3A = Theorem(
    label="R3a",
    title="Two classes: stable for all long inputs if and only if coprime",
    claim=Claim(
        objects=_pairs,
        quantities=(
            COMMON,
            KINDS,
            COMMON_INPUT,
            LARGEST_CROSSING,
            GCD,
            STABLE,
            UNSTABLE,
        ),
        hypotheses=(common, Eq(kinds, 2), Gt(s, largest_crossing)),
        conclusions=(Equivalent(stable, Eq(g, 1)), Ge(unstable, g - 1)),
    ),
    uses=("kernel", "R1", "R3"),
    code=("stabkit.unit_circle_counts", "stabkit.stability_criterion"),
    references=(paper("section 4, the two-class criterion"),),
    steps=(
        Step(
            "coprime",
            r"$F / (s + 1)$ tends to $A$ as $s \to \infty$, class by class, and the leading "
            r"coefficient is 1. For $g = 1$ all roots of $A$ lie inside by R1, so all roots of $F$ "
            r"do for large $s$.",
            Deduction(
                Hurwitz(
                    _F,
                    _A,
                    parameter=s,
                    coefficient=p * (s + m + 1) / (s + 1),
                    tends_to=p,
                    leading=p,
                    domains={p: _OPEN},
                )
            ),
        ),
        Step(
            "common-divisor",
            r"Let $D$ and $\rho$ be as in R3. For $g > 1$ take $\omega \ne 1$ with $\omega^g = "
            r"1$, a simple root of $A$ by R1, and $\varepsilon < \varepsilon_0 = 1 / (2 D (\rho "
            r"+ 1))$. By R3 its root of $F$ has $|\lambda| \ge 1 + \varepsilon - \varepsilon^2 / "
            r"\varepsilon_0 > 1$, with $t = \varepsilon_0$ below, and these $g - 1$ roots differ.",
            Inequality(1 + _eps - _eps**2 / _t - 1, {_eps: Interval(0, _t), _t: _OPEN}),
        ),
        Step(
            "beyond-the-last",
            r"By R2 $F = s A + C$ with $C = L A - \lambda A'$, and its leading coefficient is "
            r"$g_0 = s + 1$; it is called $G$ below. The number of modes in the disc, and with it "
            r"that of unstable ones, changes only where a mode is on the circle, $s = -C / A$. So "
            r"what holds for large $s$ holds beyond the largest such input.",
            Deduction(
                BoundaryCrossing(
                    _G,
                    s,
                    leading=s + 1,
                    crossing=-_C / _A,
                    equation=s * _A + _C,
                    domains={s: Interval(0)},
                )
            ),
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
            Gt(s, largest_crossing),
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


THEOREMS = (R3, R3A)
