"""Chapter 7, continued: what a watermark does to the evictions of a small server."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from flint import arb, ctx, fmpq
from sympy import (
    Abs,
    And,
    Derivative,
    Equivalent,
    Ge,
    Gt,
    Implies,
    Le,
    Lt,
    Subs,
    diff,
    exp,
    symbols,
)

from stabkit import Workload
from stabkit.model.enclosure import RealEnclosure, bounds_of
from stabkit.spectrum.fluctuations.lundberg import lundberg_exponent
from stabkit.spectrum.fluctuations.memory_walk import MemoryWalk
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality, Numeric
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness

from .objects import mixes
from .quantities import A_STAR, MEAN, a_star, capacity_of, kernel_sum, mean

__all__ = ["THEOREMS"]

_OPEN = Interval(0, open_low=True)
_R, _S, _T, _e, _es, _root = symbols("R S T e E_S rooted")


def _surplus(mix: Workload, r: arb) -> arb:
    """Return f(r) = 1 - E e^(-r (S + T)) - r mu."""
    total = arb(1)
    for c in mix.classes:
        share, size = _ball(c.share), _ball(c.input_length + c.decode_length)
        total -= share * ((-r * size).exp() + r * c.decode_length)
    return total


def _ball(x: Fraction) -> arb:
    return arb(fmpq(x.numerator, x.denominator))


@cache
def _positive_point(mix: Workload) -> int | None:
    """Return the first k with f(2^-k / mu) > 0; None where f is negative down to 2^-60 / mu."""
    with ctx.workprec(400):
        for k in range(1, 61):
            if _surplus(mix, 1 / _ball(mix.mean_decode_length) / 2**k) > 0:
                return k
    return None


@cache
def _exponent(mix: Workload) -> RealEnclosure | None:
    """Return the root between that point and four times 1 / mu, by bisection in balls."""
    k = _positive_point(mix)
    if k is None:
        return None
    with ctx.workprec(400):
        unit = 1 / _ball(mix.mean_decode_length)
        low, high = unit / 2**k, 4 * unit
        for _ in range(120):
            middle = ((low + high) / 2).mid()
            low, high = (middle, high) if _surplus(mix, middle) > 0 else (low, middle)
        return RealEnclosure(bounds_of(low)[0], bounds_of(high)[1])


def _mean_input(mix: Workload) -> Fraction:
    return sum((c.share * c.input_length for c in mix.classes), Fraction(0))


_LUNDBERG = 1 - exp(-_R * (_S + _T)) - _R * _T

R17 = Theorem(
    label="R17",
    title="Lundberg exponent",
    claim=Claim(
        objects=mixes,
        quantities=(
            Quantity(
                _root,
                r"the equation $1 - E e^{-R (S + T)} = R \mu$ has a root $R > 0$",
                lambda mix: _positive_point(mix) is not None,
            ),
            Quantity(
                _R,
                r"the root of $1 - E e^{-R (S + T)} = R \mu$ at which the difference of the two "
                r"sides changes its sign, per token",
                _exponent,
            ),
            Quantity(
                _es,
                "$E S$, the mean input length",
                lambda mix: _mean_input(mix),
            ),
            MEAN,
        ),
        hypotheses=(),
        conclusions=(
            Equivalent(_root, Gt(_es, 0)),
            Implies(_root, And(Gt(_R, 0), Lt(_R, 1 / mean))),
        ),
    ),
    code=("stabkit.finite_server",),
    steps=(
        Step(
            "slope",
            r"Let $f(R) = 1 - E e^{-R (S + T)} - R \mu$, a mean over requests. $f(0) = 0$, and the "
            r"slope there is $E S$: of one request it is",
            Identity(Subs(Derivative(_LUNDBERG, _R), _R, 0), _S),
        ),
        Step(
            "curvature",
            r"The second derivative is $f'' = -E (S + T)^2 e^{-R (S + T)}$.",
            Identity(diff(_LUNDBERG, _R, 2), -((_S + _T) ** 2) * exp(-_R * (_S + _T))),
        ),
        Step(
            "concave",
            r"It is negative, as $T \ge 1$: $f$ is strictly concave. So if $E S = 0$, then $f < 0$ "
            r"beyond 0; if $E S > 0$, it is positive next to 0. With $e = e^{-R (S + T)}$,",
            Inequality(
                (_S + _T) ** 2 * _e,
                {_S: Interval(0), _T: Interval(1), _e: _OPEN},
            ),
        ),
        Step(
            "end",
            r"At $R = 1 / \mu$ it is negative, and a strictly concave function has no third zero: "
            r"between 0 and $1 / \mu$ there is exactly one, and none beyond. (With "
            r"the mean $e$ of the exponentials, $1 - e - R \mu$ is $-e$ at $R = 1 / \mu$.)",
            Identity((1 - _e - _R * mean).subs(_R, 1 / mean), -_e),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The enclosure of the code, by Newton's method.",
            ExactFinite(
                "whether it meets the one by bisection",
                "the mixes that the claim is tried on",
                lambda: list(mixes(random.Random(5))),
                lambda mix: _meets(mix),
                lambda mix: True,
            ),
        ),
    ),
    lesson=(
        r"Between two completions a small server fills by one token per running request and step. "
        r"That is the ruin problem of an insurer, run backwards, and Lundberg's exponent answers "
        r"it: every $1 / R$ tokens of reserve divide the risk by $e$, and $1 / R$ is more than a "
        r"mean output. Without prompts there is no such exponent."
    ),
)


def _meets(mix: Workload) -> bool:
    one, other = lundberg_exponent(mix), _exponent(mix)
    if one is None or other is None:
        return one is other
    return one.low <= other.high and other.low <= one.high


@dataclass(frozen=True)
class Watermarked:
    """A small server with a watermark of so many tokens."""

    mix: Workload
    watermark: int

    @property
    def walked(self) -> Fraction:
        """The evictions per step of the walk."""
        walk = MemoryWalk(self.mix)
        return Fraction(walk.evictions(float(capacity_of(self.mix)), self.watermark).per_step)

    @property
    def law(self) -> Fraction:
        """Its Cramér-Lundberg approximation."""
        rows = [(float(c.input_length), c.decode_length, float(c.share)) for c in self.mix.classes]
        mu = sum(p * t for _, t, p in rows)
        root = _exponent(self.mix)
        assert root is not None
        r = float(root.low)
        a = MemoryWalk(self.mix).admissions(float(capacity_of(self.mix)) - self.watermark)
        tilted = sum(p * (s + t) * math.exp(-r * (s + t)) for s, t, p in rows)
        y, inputs = r * a * mu, sum(p * s for s, _, p in rows)
        constant = a * mu / inputs * (1 - tilted / mu) * (y / math.expm1(y)) ** 2
        return Fraction(constant * math.exp(-r * self.watermark))

    @property
    def rate(self) -> Fraction:
        """a*."""
        return capacity_of(self.mix) / kernel_sum(self.mix)


def _at(classes: list[tuple[int, int, int]], a: Fraction, watermark: int) -> Watermarked:
    """Return a server of about a admissions per step."""
    held = kernel_sum(Workload.from_classes(classes))
    return Watermarked(Workload.from_classes(classes, round(a * held)), watermark)


_LONG = [(400 + 90 * (k % 7), k, 1) for k in range(1, 41)]
_GEOMETRIC = [(300 + 7 * k % 401, k, round(1e6 * 0.95**k)) for k in range(1, 120)]
_SMALL, _LARGE = Fraction(3, 10), Fraction(7, 2)
_SHORT_PROMPTS = _at([(20, k, 1) for k in range(1, 81)], _SMALL, 41)
_TOO_LARGE = _at(_LONG, _LARGE, 21)


def _watermarked() -> list[Watermarked]:
    """Return small servers of long prompts, watermarks up to four mean outputs."""
    return [
        _at(classes, a, watermark)
        for classes in (_LONG, _GEOMETRIC)
        for a in (_SMALL / 2, _SMALL)
        for watermark in (0, 20, 80)
    ]


def _misses(server: Watermarked, what: str) -> ExactFinite:
    return ExactFinite(
        "whether the walk is more than 5 % away from the formula",
        what,
        lambda: [server],
        lambda x: abs(x.walked - x.law) > x.law / 20,
        lambda x: True,
    )


_walk, _law = symbols("E_w E_f")
_FEW, _PROMPTS = Le(a_star, Fraction(31, 100)), Ge(_es, 5 * mean)

WATERMARK = Theorem(
    label="watermark",
    title="Watermark of a small server",
    claim=Claim(
        objects=lambda rng: (*_watermarked(), _SHORT_PROMPTS, _TOO_LARGE),
        quantities=(
            Quantity(
                _walk,
                "the evictions per step of the walk of the free memory with a watermark $w$, in "
                "double precision",
                lambda x: x.walked,
            ),
            Quantity(
                _law,
                r"$\frac{a \mu}{E S} (1 - E[W e^{-R W}] / \mu) (y / (e^y - 1))^2 e^{-R w}$ with "
                r"$a = (B - w - r) / m$ for the mean slack $r$ and the mean memory-time $m$ of a "
                r"request, $W = S + T$, $y = R a \mu$ and the exponent $R$ of R17",
                lambda x: x.law,
            ),
            A_STAR,
            Quantity(_es, "$E S$, the mean input length", lambda x: _mean_input(x.mix)),
            MEAN,
        ),
        hypotheses=(_FEW, _PROMPTS),
        conclusions=(Le(Abs(_walk - _law), _law / 20),),
        least=8,
    ),
    uses=("R16", "R17"),
    code=("stabkit.finite_server",),
    steps=(
        Step(
            "walk",
            r"No proof: between completions, which are rare, the walk is a dual risk process, and "
            r"the constant is that of Cramér and Lundberg for a walk in whole steps.",
            Numeric(
                "evictions per step of the walk over the formula, against 1",
                "two mixes, two capacities, three watermarks; the error that is claimed",
                _watermarked,
                lambda x: float(x.walked / x.law),
                lambda x: 1.0,
                0.05,
            ),
        ),
    ),
    sharpness=(
        Witness(
            _FEW,
            r"With more admissions per step several completions fall into one step.",
            _misses(_TOO_LARGE, "a mix of long prompts at 3.5 admissions per step"),
        ),
        Witness(
            _PROMPTS,
            r"Short prompts free little, and so a completion does not lead to a refill.",
            _misses(_SHORT_PROMPTS, "prompts of 20 tokens, mean output 40.5"),
        ),
    ),
    lesson=(
        r"In a small server every further mean output of watermark divides the evictions by about "
        r"$e$ if prompts are much longer than outputs. In a larger one the first of them do less."
    ),
)

THEOREMS = (R17, WATERMARK)
