"""Chapter 4: finite inputs. What the gcd proves, and under which condition."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from functools import cache

from sympy import Eq, Equivalent, Gt, Implies, Rational, diff, symbols

from stabkit import GcdTheorem, Workload, gcd_theorem, unit_circle_counts
from stabkit.model.enclosure import RealEnclosure
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Use, Witness
from stabkit.theorems.textbook.algebra import Bezout, Linearity, TriangleEquality
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.schema import DISC, Zeros
from stabkit.theorems.textbook.zeros import ArgumentPrinciple, EnestromKakeya

from .notation import g, length, m, n, p, s, z
from .objects import common_mixes
from .quantities import (
    COMMON,
    COMMON_INPUT,
    GCD,
    MARGINAL,
    STABLE,
    UNSTABLE,
    class_form,
    common,
    marginal,
    stable,
    unstable,
)

__all__ = ["SUFFICIENT_INPUT", "THEOREMS", "sufficient_input"]

_w, _x, _y, _h = symbols("w x y h")
_S, _d, _X = symbols("S d X")
_D, _E, _W, _G, _Q = symbols("D E W G Q")
_least, sufficient_input = symbols(r"R_{\min} s^{\circ}")
_OPEN = Interval(0, open_low=True)
_ON_CIRCLE = (_x**2 + _y**2 - 1,)
_share = (1 - _w**n) / (1 - _w)  # one class of D
_CONDITION = Gt(_least, -(g + 1) / 2)
_AT_UNITY = {_w: z**g}


@cache
def _theorem(mix: Workload) -> GcdTheorem:
    return gcd_theorem(mix)


def _least_real_part(mix: Workload) -> RealEnclosure | None:
    """Return R_min from the certified margin, which is R_min + (g + 1) / 2."""
    margin, half = _theorem(mix).margin, Fraction(mix.gcd + 1, 2)
    return None if margin is None else RealEnclosure(margin.low - half, margin.high - half)


def _sufficient(mix: Workload) -> RealEnclosure | None:
    """Return s°: the margin of a mix without input is -s°."""
    bare = Workload.from_classes([(0, c.decode_length, c.share) for c in mix.classes])
    margin = _theorem(bare).margin
    return None if margin is None else RealEnclosure(-margin.high, -margin.low)


SUFFICIENT_INPUT = Quantity(
    sufficient_input,
    r"$-(g + 1)/2 - g \min_{|w| = 1} \operatorname{Re} (w D'(w) / D(w))$, in tokens, where $l_k = "
    r"g n_k$ and $D(w) = \sum_k p_k \frac{1 - w^{n_k}}{1 - w}$",
    lambda drawn: _sufficient(drawn),
)


def _about_the_condition(rng: random.Random) -> Iterator[Workload]:
    """Yield mixes of all kinds, and (1, 2), (2, 4), (3, 6) on both sides of their s°."""
    yield from common_mixes(rng)
    for factor in (1, 2, 3):
        for inputs in (Fraction(19, 10), 2, Fraction(21, 10), Fraction(11, 2), 6, 7):
            lengths = (factor, 2 * factor)
            weights = (1, 3)
            yield Workload.from_classes(
                [(inputs, x, w) for x, w in zip(lengths, weights, strict=True)]
            )


R7 = Theorem(
    label="R7",
    title="Gcd theorem",
    claim=Claim(
        objects=_about_the_condition,
        quantities=(
            GCD,
            Quantity(
                _least,
                r"the least value of $\operatorname{Re} [(E(w) + g w D'(w)) / D(w)]$ on $|w| = 1$, "
                r"in tokens, where $l_k = g n_k$, $D(w) = \sum_k p_k \frac{1 - w^{n_k}}{1 - w}$ and"
                r" $E(w) = \sum_k p_k s_k \frac{1 - w^{n_k}}{1 - w}$",
                _least_real_part,
            ),
            UNSTABLE,
            MARGINAL,
            STABLE,
            COMMON,
            COMMON_INPUT,
            SUFFICIENT_INPUT,
        ),
        hypotheses=(_CONDITION,),
        conclusions=(
            Eq(unstable, g - 1),
            Eq(marginal, 0),
            Equivalent(stable, Eq(g, 1)),
            Implies(common, Gt(s, sufficient_input)),
        ),
    ),
    uses=("closed-form", "R1", "R3b"),
    code=("stabkit.gcd_theorem", "stabkit.threshold"),
    steps=(
        Step(
            "factorisation",
            r"Let $w = z^g$. Then $(1 - z) G(z) = D(w) (1 - w) Q(z)$ with $Q = \frac{1}{1 - z} + "
            r"\frac{E}{D} - g \frac{w}{1 - w} + g w \frac{D'}{D}$. Both sides are sums over the "
            r"classes, by the closed form of $G$ on the left; $W$ is $w D'$.",
            Deduction(
                Linearity(
                    Eq(
                        (1 - z) * _G,
                        (1 - z**g) * (_D / (1 - z) + _E + g * _W) - g * z**g * _D,
                    ),
                    {
                        _G: p * class_form(g * n) / (1 - z) ** 2,
                        _D: p * _share.subs(_AT_UNITY),
                        _E: p * s * _share.subs(_AT_UNITY),
                        _W: p * (_w * diff(_share, _w)).subs(_AT_UNITY),
                    },
                )
            ),
        ),
        Step(
            "no-zero-of-D-inside",
            r"The coefficients of $D$, $P(T' > m)$ for $T' = T / g$, are positive and fall, by "
            r"some $d \ge 0$ to $S$: no zero of $D$ has $|w| < 1$.",
            Deduction(
                EnestromKakeya(
                    _D,
                    coefficient=_S + _d,
                    following=_S,
                    domains={_S: _OPEN, _d: Interval(0)},
                    low=1,
                )
            ),
        ),
        Step(
            "zero-of-D",
            r"On a zero of $D$ with $|w| = 1$ the mean $X = \sum_k p_k w^{n_k}$ is 1, for $(1 - w) "
            r"D(w) = 1 - X$.",
            Identity(_X, 1, given=((1 - _w) * _D - (1 - _X), _D)),
        ),
        Step(
            "equality",
            r"Then every $w^{n_k} = 1$.",
            Deduction(TriangleEquality(_X, _w, n, p, {p: _OPEN})),
            uses=(Use("zero-of-D"),),
        ),
        Step(
            "coprime",
            r"The $n_k$ have the gcd 1, so that $w = 1$; but $D(1) = \mu / g > 0$. So $D$ has no "
            r"zero in $|w| \le 1$.",
            Deduction(Bezout(_w, n, 1)),
            uses=(Use("equality"),),
        ),
        Step(
            "half",
            r"On the circle, $z = x + i y \ne 1$ with real $x$ and $y$, $\operatorname{Re} "
            r"\frac{1}{1 - z} = \frac{1}{2}$,",
            Identity((1 - _x) / ((1 - _x) ** 2 + _y**2), Rational(1, 2), given=_ON_CIRCLE),
        ),
        Step(
            "half-of-w",
            r"and $\operatorname{Re} \frac{-w}{1 - w} = 1 - \operatorname{Re} \frac{1}{1 - w} = "
            r"\frac{1}{2}$. So $\operatorname{Re} Q = \frac{1 + g}{2} + \operatorname{Re} [(E + g "
            r"w D') / D]$.",
            Identity(-_w / (1 - _w), 1 - 1 / (1 - _w)),
        ),
        Step(
            "poles-cancel",
            r"At $z = 1$: $\frac{1}{1 - z} - g \frac{w}{1 - w} = \frac{R(z) - g z^g}{1 - z^g}$ "
            r"with $R = \sum_{m < g} z^m$, for",
            Summation((1 - z) * z**m, m, 0, n, 1 - z ** (n + 1)),
        ),
        Step(
            "residue",
            r"and the numerator vanishes there: $R(1) = g$. So $Q$ is regular at 1. With $\omega "
            r"= e^{2 \pi i / g}$, $z = \omega^k \zeta$, $1 \le k < g$, also $w = \zeta^g$, and "
            r"the same identity in $\zeta$ says $-g \frac{w}{1 - w} = \frac{1}{\zeta - 1}$ plus "
            r"a regular function: near these $g - 1$ points $Q = \frac{1}{\zeta - 1} + r$ with "
            r"$r$ analytic.",
            Summation(1, m, 0, n, n + 1),
        ),
        Step(
            "outward-arcs",
            r"For $\zeta = x + i y$, $\operatorname{Re} \frac{1}{\zeta - 1} + \frac{1}{2}$ is $h "
            r"= (|\zeta|^2 - 1) / (2 |\zeta - 1|^2)$: zero on the circle, so that "
            r"$\operatorname{Re} r = \frac{1}{2} + \operatorname{Re} Q$ at the pole, in the limit, "
            r"and $h \ge 0$ outside. On a small outward arc $\operatorname{Re} Q$ is as near as "
            r"one likes to at least $\frac{g + 1}{2} + R_{\min} + h$.",
            Identity(
                (_x - 1) / ((_x - 1) ** 2 + _y**2) + Rational(1, 2),
                (_x**2 + _y**2 - 1) / (2 * ((_x - 1) ** 2 + _y**2)),
            ),
        ),
        Step(
            "count",
            r"On the unit circle with these arcs, $Q$ is analytic but for the $g - 1$ simple "
            r"poles inside the contour, and its real part is positive. So it has $g - 1$ zeros "
            r"inside; none is on the circle or between it and an arc, where the real part is "
            r"positive: all lie in $|z| < 1$.",
            Deduction(
                ArgumentPrinciple(
                    _Q,
                    poles=g - 1,
                    real_part=(g + 1) / 2 + _least,
                    on_arcs=(g + 1) / 2 + _least + _h,
                    domains={_least: Interval(-(g + 1) / 2, open_low=True), _h: Interval(0)},
                )
            ),
        ),
        Step(
            "at-unity",
            r"Off the $g$-th roots of unity the zeros of $G$ in the closed disc are those of $Q$, "
            r"for $D (1 - w) \ne 0$. At a root of unity other than 1, $(1 - z) G = -\mu \ne 0$ "
            r"(class by class, $(1 - z)^2 G = l (z - 1)$), and $G(1) > 0$.",
            Identity(class_form(length), length * (z - 1), given=(z**length - 1,)),
        ),
        Step(
            "modes",
            r"A zero $z$ of $G$ is the mode $1 / z$: the unstable modes are as many as the zeros "
            r"of $Q$.",
            Identity(
                unstable,
                g - 1,
                given=(unstable - Zeros(_Q, DISC), Zeros(_Q, DISC) - (g - 1)),
            ),
            uses=(Use("count"),),
        ),
        Step(
            "common-input",
            r"For a common input $E = s D$, and the condition is one on $s$ alone.",
            Identity((s * _D + g * _W) / _D, s + g * _W / _D),
        ),
    ),
    sharpness=(
        Witness(
            _CONDITION,
            r"Lengths 3 and 5 with inputs 5 are coprime and have two unstable modes; the "
            r"condition fails.",
            ExactFinite(
                "whether it applies, and the unstable modes",
                "one mix",
                lambda: [Workload.from_classes([(5, 3), (5, 5)])],
                lambda mix: (gcd_theorem(mix).applies, unit_circle_counts(mix).outside),
                lambda mix: (False, 2),
            ),
        ),
    ),
    lesson=(
        r"How long must prompts be for number theory to decide? The gcd theorem answers with one "
        r"number, to be computed from the law of the decode lengths alone: above $s^\circ$ the "
        r"unstable modes are exactly the $g - 1$ synchronised ones. Below it nothing is said, and "
        r"coprime lengths may well be unstable."
    ),
)


THEOREMS = (R7,)
