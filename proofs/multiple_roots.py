"""Chapter 2, continued: where two roots of the survival polynomial meet."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from itertools import combinations

from sympy import And, Eq, Gt, Implies, Poly, Rational, discriminant, symbols

from stabkit import Workload, survival_polynomial
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Formal, Step, Theorem, Witness, paper
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.limits import Monotone

from .notation import g, lam, n, p
from .objects import mixes
from .quantities import GCD, KINDS, SURVIVAL, kinds

__all__ = ["THEOREMS"]

_OPEN = Interval(0, open_low=True)
_l1, _l2 = symbols("l_1 l_2", integer=True)
_q, _u, _v, _w = symbols("q u v w")
_X, _Y, _Pp, _Qq = symbols("X Y P_1 Q_1")
_solutions, _multiple, _distinct, _highest, _real, _parity, _g2, _c = symbols(
    "N_p N_A d h r a_2 g_2 c"
)
_EQUATION = Eq(p**_l2 * (_l2 - _l1) ** (_l2 - _l1) * _l1**_l1, (1 - p) ** _l1 * _l2**_l2)


def _pairs(rng: random.Random) -> Iterator[Workload]:
    """Yield all pairs up to 7 with random shares, multiples of (2, 3) with p = 3/4, and others."""
    for a, b in combinations(range(1, 8), 2):
        yield _pair(a, b, Fraction(rng.randint(1, 11), 12))
    for factor in (1, 2, 3, 4):
        yield _pair(2 * factor, 3 * factor, Fraction(3, 4))
        yield _pair(2 * factor, 3 * factor, Fraction(2, 3))
    yield Workload.from_classes([(1, 1, 3), (1, 2, 5), (1, 3, 1)])
    yield from mixes(rng)


def _pair(a: int, b: int, share: Fraction) -> Workload:
    return Workload.from_classes([(1, a, share), (1, b, 1 - share)])


def _shortest(mix: Workload) -> int:
    return int(min(c.decode_length for c in mix.classes))


def _share(mix: Workload) -> Fraction:
    short = (c.share for c in mix.classes if c.decode_length == _shortest(mix))
    return sum(short, Fraction(0))


def _in_the_unit_interval(whole: Poly) -> int:
    """Return the number of different real roots in (0, 1), by Sturm sequences."""
    ends = sum(1 for end in (0, 1) if whole.eval(end) == 0)
    return int(whole.count_roots(0, 1)) - ends


@cache
def _number_of_solutions(a: int, b: int) -> int:
    left, right = _EQUATION.args
    return _in_the_unit_interval(Poly((left - right).subs({_l1: a, _l2: b}), p))


@cache
def _number_of_shares(a: int, b: int) -> int:
    """Return for how many p in (0, 1) A has a multiple root: the zeros of its discriminant."""
    survival = [1] * a + [1 - p] * (b - a)
    if b == 2:  # of degree 1
        return 0
    whole = sum(x * lam ** (b - 1 - k) for k, x in enumerate(survival))
    return _in_the_unit_interval(Poly(discriminant(whole, lam), p))


def _multiple_factors(mix: Workload) -> list[tuple[Poly, int]]:
    survival = [SURVIVAL.value(mix, k) for k in range(mix.longest_decode)]
    whole = Poly([Rational(x) for x in survival], lam)
    return [(factor, times) for factor, times in whole.sqf_list()[1] if times > 1]


def _number_of_multiple(mix: Workload) -> int:
    return sum(int(factor.degree()) for factor, _ in _multiple_factors(mix))


def _common_power(mix: Workload) -> Fraction | None:
    """Return c if the multiple roots are those of lambda^g + c, and no others."""
    for factor, _ in _multiple_factors(mix):
        rest = factor.monic() - Poly(lam**mix.gcd, lam)
        if rest.degree() <= 0:
            constant = rest.eval(0)
            return Fraction(int(constant.p), int(constant.q))
    return None


R4 = Theorem(
    label="R4",
    title="Multiple roots for two classes",
    claim=Claim(
        objects=_pairs,
        quantities=(
            KINDS,
            GCD,
            Quantity(_l1, "the shorter decode length", _shortest),
            Quantity(_l2, "the longer decode length", lambda mix: mix.longest_decode),
            Quantity(p, "the share of the shorter one", _share),
            Quantity(
                _solutions,
                r"the number of $p$ in $(0, 1)$ with $p^{l_2} (l_2 - l_1)^{l_2 - l_1} l_1^{l_1} = "
                r"(1 - p)^{l_1} l_2^{l_2}$",
                lambda mix: _number_of_solutions(_shortest(mix), mix.longest_decode),
            ),
            Quantity(
                _multiple,
                r"the number of $p$ in $(0, 1)$ for which $A$ has a multiple root",
                lambda mix: _number_of_shares(_shortest(mix), mix.longest_decode),
            ),
            Quantity(
                _distinct, "the number of different multiple roots of $A$", _number_of_multiple
            ),
            Quantity(
                _highest,
                "the highest multiplicity of a multiple root",
                lambda mix: max((times for _, times in _multiple_factors(mix)), default=0),
            ),
            Quantity(
                _real,
                "the number of different real multiple roots",
                lambda mix: sum(int(f.count_roots()) for f, _ in _multiple_factors(mix)),
            ),
            Quantity(_parity, "$l_1 / g$ modulo 2", lambda mix: (_shortest(mix) // mix.gcd) % 2),
            Quantity(_g2, "$g$ modulo 2", lambda mix: mix.gcd % 2),
            Quantity(
                _c,
                r"the number for which the multiple roots are those of $\lambda^g + c$",
                _common_power,
            ),
        ),
        hypotheses=(Eq(kinds, 2),),
        conclusions=(
            Eq(_solutions, 1),
            Eq(_multiple, 1 - _parity),
            Implies(
                Gt(_distinct, 0),
                And(
                    _EQUATION,
                    Eq(_distinct, g),
                    Eq(_highest, 2),
                    Eq(_real, _g2),
                    Gt(_c, 0),
                    Eq(_c ** (_l1 / g) * _l2, p * (_l2 - _l1)),
                ),
            ),
            Implies(And(_EQUATION, Eq(_parity, 0)), Gt(_distinct, 0)),
        ),
    ),
    uses=("R1",),
    code=("stabkit.survival_polynomial",),
    references=(paper("section 4"),),
    steps=(
        Step(
            "double",
            r"Let $z = 1 / \lambda$, $u = z^{l_1}$, $v = z^{l_2}$ and $q = 1 - p$. By R1's "
            r"identity a multiple root is one of $1 - p u - q v$ and of $z$ times its "
            r"derivative, $-p l_1 u - q l_2 v$: two linear equations, which give $u$",
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
            r"Both $u^{l_2}$ and $v^{l_1}$ are $z^{l_1 l_2}$. Their moduli are equal: that is "
            r"the equation for $p$. Write $X = (l_2 - l_1)^{l_2 - l_1} l_1^{l_1}$ and $Y = "
            r"l_2^{l_2}$; the difference $p^{l_2} X - q^{l_1} Y$ rises from $-Y$ at $p = 0$ to "
            r"$X$ at $p = 1$: exactly one $p$ in $(0, 1)$. Below, $P_1 = p^{l_2 - 1}$ and $Q_1 = "
            r"q^{l_1 - 1}$.",
            Deduction(
                Monotone(
                    p**_l2 * _X - (1 - p) ** _l1 * _Y,
                    p,
                    ends=(0, 1),
                    derivative=_l2 * p ** (_l2 - 1) * _X + _l1 * (1 - p) ** (_l1 - 1) * _Y,
                    at_low=-_Y,
                    at_high=_X,
                    domains={
                        _Pp: _OPEN,
                        _Qq: _OPEN,
                        _X: _OPEN,
                        _Y: _OPEN,
                        _l2: Interval(_l1 + 1),
                        _l1: Interval(1),
                    },
                    named={p ** (_l2 - 1): _Pp, (1 - p) ** (_l1 - 1): _Qq},
                )
            ),
        ),
        Step(
            "odd",
            r"Let $a = l_1 / g$, $b = l_2 / g$, $y = z^g$, so that $u = y^a$ and $v = y^b$. If "
            r"$a = 2 n + 1$ is odd there is no such $y$: $y^{a b} = u^b > 0$, but $y^{a b} = v^a "
            r"< 0$, by, with $w = |v|$,",
            Identity((-_w) ** (2 * n + 1), -(_w ** (2 * n + 1))),
        ),
        Step(
            "even",
            r"If $a = 2 n$ is even, $b$ is odd, and the negative number $y = -w$, $w = u^{1/a}$, "
            r"does it: $y^a = w^a = u$, and $y^b = -w^b = v$ by the equation of the moduli. It is "
            r"the only one: $a$ and $b$ are coprime, so that $y^a$ and $y^b$ determine $y$. The "
            r"$g$ roots $\lambda$ are those of $\lambda^g = 1 / y = -c$, with $c^a = 1 / u = p "
            r"(l_2 - l_1) / l_2$; one of them is real if and only if $g$ is odd.",
            Identity((-_w) ** (2 * n), _w ** (2 * n)),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The square-free part of the $A$ of the code.",
            ExactFinite(
                "the degree of the gcd of $A$ and $A'$",
                "(2, 3) and (4, 6) with $p = 3/4$: one double root, a pair of them",
                lambda: [((2, 3), 1), ((4, 6), 2)],
                lambda case: _repeated(case[0], (3, 1)),
                lambda case: case[1],
            ),
        ),
    ),
    sharpness=(
        Witness(
            Eq(kinds, 2),
            r"Three classes of lengths 1, 2, 3 have a double root for a whole curve of shares: $A "
            r"= (\lambda + c)^2$ has $S_1 = 2 c$, $S_2 = c^2$, decreasing for $c < 1/2$.",
            ExactFinite(
                "the degree of the gcd of $A$ and $A'$",
                "$c = 1/3, 1/4$",
                lambda: [(3, 5, 1), (8, 7, 1)],
                lambda weights: _repeated((1, 2, 3), weights),
                lambda weights: 1,
            ),
        ),
    ),
    formal=Formal(
        "DoubleRoot.v",
        (
            "critical_share_exists",
            "critical_share_unique",
            "multiple_root_shares",
            "multiple_root_criterion",
            "double_roots",
            "double_roots_number",
            "multiple_is_double",
            "double_roots_real",
        ),
        "c9e9d21541dc4456",
    ),
    lesson=(
        r"Where two roots of $A$ meet, the simple first-order formula breaks down. For two classes "
        r"that happens at one share only, and the test case of textbooks is $(2, 3)$ with three "
        r"quarters of short requests, $A = (\lambda + 1/2)^2$. Twice as long, $(4, 6)$ has $A = "
        r"(\lambda + 1)(\lambda^2 + 1/2)^2$: a pair of double roots, none of them real. Root "
        r"finders that promise digits must be tried on them."
    ),
)


def _repeated(lengths: tuple[int, ...], weights: tuple[int, ...]) -> int:
    classes = [(1, n_, w) for n_, w in zip(lengths, weights, strict=True)]
    survival = survival_polynomial(Workload.from_classes(classes))
    return int(survival.gcd(survival.diff(lam)).degree())


THEOREMS = (R4,)
