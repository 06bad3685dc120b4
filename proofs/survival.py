"""Chapter 2: the survival polynomial, its roots, and its tie to the characteristic polynomial."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import Any

from sympy import Eq, Function, Ne, Poly, Rational, cyclotomic_poly, diff, divisors, rem, symbols

from stabkit import (
    Workload,
    characteristic_polynomial,
    common_input_form,
    survival_polynomial,
    synchrony,
    unit_circle_counts,
)
from stabkit.spectrum.counting.isolation import isolated_disc_counts
from stabkit.theorems.claims import Claim, Every, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Formal, Step, Theorem, Use, Witness, paper
from stabkit.theorems.textbook.algebra import Bezout, Linearity, TriangleEquality
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.zeros import EnestromKakeya, Hurwitz

from .notation import g, lam, length, m, n, p, s, z
from .objects import At, mixes, plain_mixes, points
from .quantities import (
    COMMON,
    COMMON_INPUT,
    GCD,
    KERNEL,
    LONGEST,
    SURVIVAL,
    classes_of,
    common,
    longest,
)

__all__ = ["THEOREMS"]

_A, _S, _d, _w, _X = symbols("A S d w X")
_F, _slope = symbols("F A'")
_beyond, _upon, _divides = symbols("N_> N_= divides")
_sigma, _N, _M = symbols("sigma N M")
_POSITIVE_SHARE = {p: Interval(0, open_low=True)}


def _term(weight: Any) -> Any:
    """What a class contributes to a polynomial, from its stage m."""
    return p * weight * lam ** (longest - 1 - m)


def _stages_of(at: At) -> Iterator[dict[Any, Any]]:
    for part in classes_of(at):
        yield from ({**part, m: m_} for m_ in range(part[length]))


R1 = Theorem(
    label="R1",
    title="The roots of the survival polynomial",
    claim=Claim(
        objects=mixes,
        quantities=(
            GCD,
            Quantity(
                _beyond,
                r"the number of roots of $A(\lambda) = \sum_m S_m \lambda^{L-1-m}$ with $|\lambda| "
                r"> 1$, $S_m = \sum_k p_k 1\{l_k > m\}$",
                lambda mix: _survival_counts(mix)[2],
            ),
            Quantity(
                _upon,
                "the number of its roots on the circle, with multiplicity",
                lambda mix: _survival_counts(mix)[1],
            ),
            Quantity(
                _divides,
                r"$\prod_{d \mid g, d > 1} \Phi_d$, with the cyclotomic polynomials $\Phi_d$, "
                r"whose roots are the $g$-th roots of unity other than 1, divides $A$",
                lambda mix: rem(_by_definition(mix), _cyclotomic_product(mix.gcd)).is_zero,
            ),
        ),
        hypotheses=(),
        conclusions=(Eq(_beyond, 0), Eq(_upon, g - 1), _divides),
    ),
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
                EnestromKakeya(
                    _A,
                    coefficient=_S,
                    following=_S + _d,
                    domains={_S: Interval(0, open_low=True), _d: Interval(0)},
                    high=1,
                )
            ),
        ),
        Step(
            "renewal",
            r"Let $z = 1/\lambda$ and $A_z(z) = \sum_m S_m z^m = z^{L-1} A(1 / z)$, which is $A$ "
            r"in the displays below. For one class, by induction on its decode length, $(1 - z) "
            r"\sum_{m < l} z^m = 1 - z^l$; summed with the shares, $(1 - z) A_z(z) = 1 - \sum_k "
            r"p_k z^{l_k}$.",
            Summation((1 - z) * z**m, m, 0, n, 1 - z ** (n + 1)),
        ),
        Step(
            "circle",
            r"On a root with $|z| = 1$ the mean $X = \sum_k p_k z^{l_k}$ is 1, which is $\sum_k "
            r"p_k$.",
            Identity(_X, 1, given=((1 - z) * _A - (1 - _X), _A)),
        ),
        Step(
            "equality",
            r"A mean of numbers on the circle that is 1 has only the number 1 in it.",
            Deduction(TriangleEquality(_X, z, length, p, _POSITIVE_SHARE)),
            uses=(Use("circle"),),
        ),
        Step(
            "common-power",
            r"So $z^g = 1$; and $z \ne 1$, for $A_z(1) = \mu > 0$.",
            Deduction(Bezout(z, length, g)),
            uses=(Use("equality"),),
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
            r"l_k$: it is $-\mu$, not 0, so that the root is simple. The roots of exact order "
            r"$d$ are those of $\Phi_d$.",
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
                plain_mixes,
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
    formal=Formal(
        "AliveRoots.v",
        ("alive_roots_outside", "alive_roots_count", "cyclotomic_dvd_survival"),
        "ff4428fbbb4c9bfb",
    ),
    lesson=(
        r"Think of one admission that is followed through its life: after $m$ steps a part $S_m$ "
        r"of it is still there. If prompts are so long that growth hardly matters, the server only "
        r"swaps requests that leave for new ones, and this curve decides how an admission wave is "
        r"smeared out. If all lives are multiples of $g$, the wave comes back every $g$ steps "
        r"without any smearing: those are the roots on the circle."
    ),
)


def _by_definition(mix: Workload) -> Poly:
    survival = [SURVIVAL.value(mix, m_) for m_ in range(LONGEST.value(mix))]
    return Poly([Rational(x) for x in survival], lam)


def _survival_counts(mix: Workload) -> tuple[int, int, int]:
    """Return the roots of A inside, on and outside of the circle: isolated exactly by FLINT."""
    whole = _by_definition(mix).clear_denoms(convert=True)[1]
    return isolated_disc_counts([int(c) for c in whole.all_coeffs()[::-1]])


def _cyclotomic_product(order: int) -> Poly:
    factors = (Poly(cyclotomic_poly(d, lam), lam) for d in divisors(order) if d > 1)
    return prod(factors, start=Poly(1, lam))


_all_positive = symbols("all_positive")
_ratio, _weighted = Function("r"), Function("S^sigma")


def _proportional(rng: random.Random) -> Iterator[At]:
    """Yield mixes whose inputs are the factors sigma_k, with a factor N."""
    for mix in mixes(rng):
        yield At(mix, Fraction(rng.choice((1, 2, 10, 1000)) * 7, 5))


def _load(mix: Workload) -> Fraction:
    return sum((c.share * c.input_length for c in mix.classes), Fraction(0))


def _scaled_kernel(drawn: At, m_: int) -> Fraction:
    alive = (c for c in drawn.mix.classes if m_ < c.decode_length)
    return sum((c.share * (c.input_length * drawn.point + m_ + 1) for c in alive), Fraction(0))


def _weighted_survival(mix: Workload, m_: int) -> Fraction:
    alive = (c for c in mix.classes if m_ < c.decode_length)
    return sum((c.share * c.input_length for c in alive), Fraction(0)) / _load(mix)


R1B = Theorem(
    label="R1b",
    title="Inputs that grow in proportion",
    claim=Claim(
        objects=_proportional,
        quantities=(
            Quantity(
                _N,
                r"a factor of all inputs, at least 1: $s_k = \sigma_k N$ with some $\sigma_k$",
                lambda drawn: drawn.point,
            ),
            Quantity(
                _all_positive,
                r"$s_k = \sigma_k N$ with $\sigma_k > 0$ for every class",
                lambda drawn: all(c.input_length > 0 for c in drawn.mix.classes),
            ),
            LONGEST,
            Quantity(
                _ratio,
                r"the coefficient $g_m$ of $F$ over $N \sum_k p_k \sigma_k$",
                lambda drawn, m_: _scaled_kernel(drawn, m_) / (drawn.point * _load(drawn.mix)),
            ),
            Quantity(
                _weighted,
                r"the survival function with the shares $p_k \sigma_k / \sum_j p_j \sigma_j$",
                lambda drawn, m_: _weighted_survival(drawn.mix, m_),
            ),
            Quantity(_M, r"the mean $\sum_k p_k \sigma_k$", lambda drawn: _load(drawn.mix)),
        ),
        hypotheses=(_all_positive,),
        conclusions=(
            Every(_ratio(m) >= _weighted(m), m, 0, longest - 1),
            Every(_ratio(m) <= _weighted(m) + longest / (_N * _M), m, 0, longest - 1),
        ),
    ),
    uses=("kernel", "R1"),
    code=("stabkit.survival_polynomial",),
    references=(paper("section 4"),),
    steps=(
        Step(
            "limit",
            r"With $M = \sum_k p_k \sigma_k$, class $k$ contributes to the coefficient $g_m / (N "
            r"M)$ its weight $p_k \sigma_k / M$ and a rest of order $1/N$; the leading one, $g_0 "
            r"/ (N M)$, tends to 1. Here $F$ is meant over $N M$, and $A$ is the polynomial with "
            r"the coefficients $S^{\sigma}_m$.",
            Deduction(
                Hurwitz(
                    _F,
                    _A,
                    parameter=_N,
                    coefficient=p * (_sigma * _N + m + 1) / (_N * _M),
                    tends_to=p * _sigma / _M,
                    leading=p * _sigma / _M,
                    domains={
                        p: Interval(0, open_low=True),
                        _sigma: Interval(0, open_low=True),
                        _M: Interval(0, open_low=True),
                    },
                )
            ),
        ),
        Step(
            "weights",
            r"The weights are positive, and they sum to 1: shares, as R1 has them. With $M$ for "
            r"the sum over the other classes alone,",
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
            _all_positive,
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
    claim=Claim(
        objects=points,
        quantities=(
            COMMON,
            COMMON_INPUT,
            LONGEST,
            Quantity(lam, "a number", lambda at: at.point),
            Quantity(
                _F,
                r"the characteristic polynomial $F(\lambda) = \sum_m g_m \lambda^{L-1-m}$",
                lambda at: _value(KERNEL, at, 0),
                summand=_term(s + m + 1),
                parts=_stages_of,
            ),
            Quantity(
                _A,
                r"the survival polynomial $A(\lambda) = \sum_m S_m \lambda^{L-1-m}$",
                lambda at: _value(SURVIVAL, at, 0),
                summand=_term(1),
                parts=_stages_of,
            ),
            Quantity(
                _slope,
                r"the derivative of $A$",
                lambda at: _value(SURVIVAL, at, 1),
                summand=diff(_term(1), lam),
                parts=_stages_of,
            ),
        ),
        hypotheses=(common, Ne(lam, 0)),
        conclusions=(Eq(_F, (s + longest) * _A - lam * _slope),),
    ),
    uses=("kernel",),
    code=("stabkit.common_input_form", "stabkit.characteristic_polynomial"),
    references=(paper("section 4"),),
    steps=(
        Step(
            "term",
            r"A class that survives stage $m$ contributes $x = p_k \lambda^{L-1-m}$ to $A$, "
            r"whatever its decode length. To $(s + L) A - \lambda A'$ it contributes $(s + L) x - "
            r"\lambda x' = p_k (s + m + 1) \lambda^{L-1-m}$, which is what it contributes to $F$.",
            Deduction(
                Linearity(
                    Eq(_F, (s + longest) * _A - lam * _slope),
                    {_F: _term(s + m + 1), _A: _term(1), _slope: diff(_term(1), lam)},
                )
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Both sides as the code computes them.",
            ExactFinite(
                r"$F$", "27 mixes", plain_mixes, characteristic_polynomial, common_input_form
            ),
        ),
    ),
    sharpness=(
        Witness(
            common,
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
    formal=Formal("CommonInput.v", ("common_input_form",), "7d9c05ca32df1e60"),
    lesson=(
        r"One line ties the dynamics to the law of the decode lengths: the characteristic "
        r"polynomial is the survival polynomial, pushed a little outwards. The push is $1/(s + "
        r"L)$: long prompts make it small, long answers do so too."
    ),
)


def _value(quantity: Quantity, at: At, order: int) -> Fraction:
    """Return the polynomial with these coefficients, or its derivative, at the point."""
    longest_ = LONGEST.value(at)
    powers = [(quantity.value(at, m_), longest_ - 1 - m_) for m_ in range(longest_)]
    if order:
        powers = [(c * n_, n_ - 1) for c, n_ in powers if n_]
    return sum((c * at.point**n_ for c, n_ in powers), Fraction(0))


def _with_input(survival: Poly, s_value: Rational, longest: int) -> Poly:
    scale = Poly(s_value + longest, lam)
    return scale * survival - Poly(lam, lam) * survival.diff(lam)


THEOREMS = (R1, R1B, R2)
