"""Chapter 4, continued: where the modes cross, seen on the survival polynomial alone."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from math import lcm
from typing import Any

from flint import acb, arb, ctx, fmpq, fmpz_poly
from sympy import Eq, I, Le, Rational, symbols

from stabkit import Workload
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness
from stabkit.theorems.textbook.algebra import Linearity
from stabkit.theorems.textbook.deduction import Deduction

from .notation import m, s, z
from .objects import At
from .quantities import (
    COMMON,
    COMMON_INPUT,
    MARGINAL,
    UNSTABLE,
    common,
    counts,
    marginal,
    unstable,
)
from .thresholds import two_inputs

__all__ = ["THEOREMS"]

_beyond_minima, _beyond_maxima, _minima = symbols(r"N_{\min} N_{\max} M")
_dpsi, _dphi = symbols("psi' phi'", real=True)
_G, _A, _slope, _S, _T = symbols("G A A' S_m T")
_PRECISION = 400  # bits


@dataclass(frozen=True)
class Extremum:
    """A local extremum of |A| at the angles theta and -theta, or at pi alone."""

    is_minimum: bool
    angles: int
    input_length: arb | None  # s_theta; None where A vanishes: infinite

    def is_beyond(self, other: Fraction) -> bool:
        """Tell whether s_theta is beyond it, at so many bits; a crossing itself is not."""
        if self.input_length is None:
            return True
        with ctx.workprec(_PRECISION):
            return bool(self.input_length > fmpq(other.numerator, other.denominator))


def _autocorrelation(row: list[int], other: list[int]) -> fmpz_poly:
    """Return sum_{j, k} row_j other_k cos((j - k) theta) as a polynomial in x = cos(theta)."""
    terms = (
        fmpz_poly.chebyshev_t(abs(j - k)) * (a * b)
        for j, a in enumerate(row)
        for k, b in enumerate(other)
    )
    return sum(terms, fmpz_poly())


def _turning_points(square: fmpz_poly) -> list[tuple[arb, bool]]:
    """Return where it turns on -1 < x < 1, in falling order, and whether it vanishes there."""
    found: list[tuple[arb, bool]] = []
    for part, power in square.derivative().factor()[1]:
        pairs: Any = part.complex_roots()  # root and multiplicity
        balls = [acb(root) for root, _ in pairs] if power % 2 else []
        real = (ball.real for ball in balls if ball.imag == 0)
        found += [(x, not square % part) for x in real if abs(x) < 1]
    return sorted(found, key=lambda one: -float(one[0]))


@cache
def _extrema(mix: Workload) -> tuple[Extremum, ...]:
    """Return the extrema of |A(e^(i theta))| on 0 < theta <= pi, from real roots in cos(theta).

    At theta = 0 is a maximum, and minima and maxima alternate.
    """
    factor = lcm(*(c.share.denominator for c in mix.classes))
    alive = [
        int(sum(c.share * factor for c in mix.classes if c.decode_length > stage))
        for stage in range(mix.longest_decode)
    ]
    square = _autocorrelation(alive, alive)
    phase = _autocorrelation([stage * share for stage, share in enumerate(alive)], alive)
    with ctx.workprec(_PRECISION):
        found = [
            Extremum(k % 2 == 0, 2, None if vanishes else -1 - phase(x) / square(x))
            for k, (x, vanishes) in enumerate(_turning_points(square))
        ]
        at_pi = None if square(-1) == 0 else -1 - arb(phase(-1)) / square(-1)
    return (*found, Extremum(len(found) % 2 == 0, 1, at_pi))


def _number(is_minimum: bool, drawn: At) -> int:
    """Return at how many angles of the circle |A| has such an extremum with s_theta > s."""
    at = drawn.mix.classes[0].input_length
    return sum(
        one.angles
        for one in _extrema(drawn.mix)
        if one.is_minimum is is_minimum and one.is_beyond(at)
    )


def _number_of_minima(drawn: At) -> int:
    return sum(one.angles for one in _extrema(drawn.mix) if one.is_minimum)


_BEYOND = (
    r"the angles $-\pi < \theta \le \pi$ at which $|A(e^{i \theta})|$ has a local "
    r"%s and $s_\theta > s$, where $A(z) = \sum_m S_m z^m$, $s_\theta = -1 - "
    r"\operatorname{Re} (z A'(z) / A(z))$ at $z = e^{i \theta}$, and $s_\theta = \infty$ if $A(z) "
    r"= 0$"
)

EXTREMA = Theorem(
    label="extrema",
    title="Modes cross at the extrema of the survival polynomial",
    claim=Claim(
        objects=two_inputs,
        quantities=(
            COMMON,
            COMMON_INPUT,
            UNSTABLE,
            MARGINAL,
            Quantity(
                _beyond_minima, f"the number of {_BEYOND % 'minimum'}", partial(_number, True)
            ),
            Quantity(
                _beyond_maxima,
                r"the number of the angles at which $|A(e^{i \theta})|$ has a local maximum and "
                r"$s_\theta > s$",
                partial(_number, False),
            ),
            Quantity(
                _minima,
                r"the number of angles at which $|A(e^{i \theta})|$ has a local minimum",
                _number_of_minima,
            ),
        ),
        hypotheses=(common, Eq(marginal, 0)),
        conclusions=(
            Eq(unstable, _beyond_minima - _beyond_maxima),
            Le(unstable, _minima),
        ),
    ),
    uses=("kernel", "R1"),
    code=("stabkit.threshold", "stabkit.survival_polynomial"),
    steps=(
        Step(
            "logarithm",
            r"For a common input $G = (s + 1) A + z A'$, stage by stage: $G(z) = 0$ says $h(z) = "
            r"s$, where $h = -1 - z A' / A$.",
            Deduction(
                Linearity(
                    Eq(_G, (s + 1) * _A + z * _slope),
                    {
                        _G: _S * (s + m + 1) * z**m,
                        _A: _S * z**m,
                        _slope: _S * m * z ** (m - 1),
                    },
                )
            ),
        ),
        Step(
            "on-the-circle",
            r"Write $\psi$ and $\varphi$ for the real and the imaginary part of $\log A$ at $z = "
            r"e^{i \theta}$. Its derivative in $\theta$ is $i z A' / A$, so that $z A' / A = "
            r"\varphi' - i \psi'$ and $h = -1 - \varphi' + i \psi'$: where $|A|$ has an "
            r"extremum, $h$ is real and equal to $s_\theta$. It crosses the real axis upwards at "
            r"minima, downwards at maxima, and nowhere else.",
            Identity((_dpsi + I * _dphi) / I, _dphi - I * _dpsi),
        ),
        Step(
            "at-zeros",
            r"By R1 all zeros of $A$ in the closed disc are simple zeros $\omega$ on the circle. "
            r"There, at $z = \omega e^{i \tau}$, $T = \tan(\tau / 2)$, the pole of $h$ is $-z / "
            r"(z - \omega) = -\frac{1}{2} + \frac{i}{2 T}$: from below to above with $\tau$. On "
            r"a small arc inside the disc, of radius $\varepsilon$, it passes through the point "
            r"$(1 - \varepsilon) \omega$, where it is $1 / \varepsilon - 1$: upwards, beyond "
            r"every $s$.",
            Identity(
                -((1 + I * _T) / (1 - I * _T)) / ((1 + I * _T) / (1 - I * _T) - 1),
                -Rational(1, 2) + I / (2 * _T),
            ),
        ),
        Step(
            "winding",
            r"Inside that contour $h$ has no pole, and it takes the value $s$ as often as its "
            r"curve winds about $s$, by the argument principle: as often as it crosses the "
            r"half-line beyond $s$ upwards, less downwards. The zeros of $G$ in the disc are the "
            r"unstable modes. At $\theta = 0$, a maximum, $s_0 = -1 - A'(1) / A(1) < 0$ does not "
            r"count.",
            Inequality(_A + _slope, {_A: Interval(0, open_low=True), _slope: Interval(0)}),
        ),
    ),
    sharpness=(
        Witness(
            common,
            r"The lengths 2, 3, 4 with the weights 5:4:1 have $|A|$ falling on $[0, \pi]$, no "
            r"extremum with $s_\theta > 10$; with the inputs 0, 10, 0 two modes are unstable.",
            ExactFinite(
                "extrema beyond 10, and unstable modes",
                "two mixes",
                lambda: [((10, 10, 10), 0), ((0, 10, 0), 2)],
                lambda case: (_beyond_ten(case[0]), counts(_mix_of_inputs(case[0])).outside),
                lambda case: (0, case[1]),
            ),
        ),
    ),
    lesson=(
        r"From which input length on a mode is steady can be read off a single curve, "
        r"$|A(e^{i \theta})|$, the spectrum of the survival function. Every minimum is a rhythm "
        r"that the law of the lengths hardly damps, and $s_\theta$ the input that it needs; a "
        r"curve that falls from 0 to $\pi$ leaves one mode at most that can grow, whatever the "
        r"common input."
    ),
)


def _mix_of_inputs(inputs: tuple[int, ...]) -> Workload:
    rows = zip(inputs, (2, 3, 4), (5, 4, 1), strict=True)
    return Workload.from_classes(list(rows))


def _beyond_ten(inputs: tuple[int, ...]) -> int:
    mix = _mix_of_inputs(inputs)
    return sum(one.is_beyond(Fraction(10)) for one in _extrema(mix))


THEOREMS = (EXTREMA,)
