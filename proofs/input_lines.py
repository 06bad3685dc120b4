"""Chapter 4, continued: which class's prompts may grow? Lines through the inputs of a mix."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from sympy import And, Eq, Gt, Implies, symbols

from stabkit import Crossing, Threshold, Workload, threshold, unit_circle_counts
from stabkit.model.enclosure import RealEnclosure
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness
from stabkit.theorems.textbook.algebra import Linearity
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.zeros import BoundaryCrossing, Hurwitz

from .notation import g, length, m, p, z
from .objects import mixes
from .quantities import GCD, MARGINAL, UNSTABLE, class_form, counts, marginal, unstable

__all__ = ["THEOREMS", "Place"]

_OPEN = Interval(0, open_low=True)
_growing, _last = symbols("growing x^*")
_x, _y, _sigma, _c, _mu, _M = symbols("x y sigma c mu M")
_G, _U, _C, _F, _A = symbols("G U C F A")
_between, _other = symbols("N_xy N_y")


@dataclass(frozen=True)
class Place:
    """A mix at one place of a line of inputs, and another place."""

    base: Workload
    line: tuple[tuple[Fraction, Fraction], ...]
    at: Fraction
    other: Fraction

    @property
    def mix(self) -> Workload:
        """The mix at the first place."""
        return _moved(self.base, self.line, self.at)


def _moved(base: Workload, line: tuple[tuple[Fraction, Fraction], ...], at: Fraction) -> Workload:
    pairs = zip(base.classes, line, strict=True)
    return Workload.from_classes(
        [(slope * at + offset, c.decode_length, c.share) for c, (slope, offset) in pairs]
    )


@cache
def _partition(base: Workload, line: tuple[tuple[Fraction, Fraction], ...]) -> Threshold:
    return threshold(base, line)


def _places(rng: random.Random) -> Iterator[Place]:
    """Yield places in the intervals between crossings, on lines of positive slopes and others."""
    for mix in mixes(rng):
        slopes = [rng.choice((0, 1, 1, 1, 2, 5)) for _ in mix.classes]
        slopes[0] = slopes[0] or 1
        line = tuple((Fraction(slope), Fraction(rng.randint(0, 9))) for slope in slopes)
        samples = [part.sample for part in _partition(mix, line).intervals]
        yield Place(mix, line, rng.choice(samples), rng.choice(samples))
        yield Place(mix, line, samples[-1] + 1, samples[-1])
        yield Place(mix, line, Fraction(rng.randint(0, 9)), rng.choice(samples))


def _of(drawn: Place) -> Threshold:
    return _partition(drawn.base, drawn.line)


def _number_between(drawn: Place) -> int | None:
    found, (low, high) = _of(drawn), sorted((drawn.at, drawn.other))
    sides = [_within(crossing, low, high) for crossing in found.crossings]
    return sum(map(bool, sides)) if found.complete and None not in sides else None


def _within(crossing: Crossing, low: Fraction, high: Fraction) -> bool | None:
    value = crossing.value
    if low <= value.low and value.high <= high:
        return True
    return False if value.high < low or high < value.low else None


def _largest(drawn: Place) -> RealEnclosure | Fraction | None:
    found = _of(drawn)
    if not found.complete:
        return None
    if not found.crossings:
        return found.low - 1
    last = found.crossings[-1]
    value: RealEnclosure | Fraction = last.value if last.exact is None else last.exact
    return value


LINES = Theorem(
    label="input-lines",
    title="Input lines",
    claim=Claim(
        objects=_places,
        quantities=(
            Quantity(
                _growing,
                r"$s_k = \sigma_k x + c_k \ge 0$ with $\sigma_k > 0$ and some $c_k$ for every "
                r"class",
                lambda drawn: all(slope > 0 for slope, _ in drawn.line),
            ),
            Quantity(_x, "the place on the line", lambda drawn: drawn.at),
            GCD,
            UNSTABLE,
            MARGINAL,
            Quantity(
                _other,
                "the number of unstable modes at another place $y$",
                lambda drawn: counts(_moved(drawn.base, drawn.line, drawn.other)).outside,
            ),
            Quantity(
                _between,
                r"the number of crossings from $x$ to $y$, both included: places with a mode on "
                r"the unit circle",
                _number_between,
            ),
            Quantity(
                _last,
                r"the largest crossing of the line; where there is none, 1 below its least place",
                _largest,
            ),
        ),
        hypotheses=(_growing,),
        conclusions=(
            Implies(Gt(marginal, 0), Gt(_between, 0)),
            Implies(Eq(_between, 0), Eq(unstable, _other)),
            Implies(Gt(_x, _last), And(Eq(unstable, g - 1), Eq(marginal, 0))),
        ),
    ),
    uses=("kernel", "closed-form", "R1", "R1b", "R3b"),
    code=("stabkit.threshold",),
    steps=(
        Step(
            "split",
            r"$G = C + x U$ with $U(z) = \sum_k p_k \sigma_k \sum_{m < l_k} z^m$, and $C$ the "
            r"kernel of the inputs $c_k$: stage by stage.",
            Deduction(
                Linearity(
                    Eq(_G, _C + _x * _U),
                    {
                        _G: p * (_sigma * _x + _c + m + 1) * z**m,
                        _U: p * _sigma * z**m,
                        _C: p * (_c + m + 1) * z**m,
                    },
                )
            ),
        ),
        Step(
            "zeros-of-U",
            r"By R1 for the weights $p_k \sigma_k$, $U$ vanishes on the circle at the $g$-th roots "
            r"of unity but 1. There $(1 - z)^2 G(z) = \mu (z - 1)$ for every $x$, by the closed "
            r"form, class by class: $G$ does not vanish. So no mode stays on the circle.",
            Identity(class_form(length), length * (z - 1), given=(z**length - 1,)),
        ),
        Step(
            "constant-between",
            r"$g_0 = \sum_k p_k (s_k + 1) > 0$ is the leading coefficient of $F$, that is, of $G$ "
            r"in powers of $1 / z$, all along the line. Where $U(z) \ne 0$, $G(z) = 0$ says $x = "
            r"-C(z) / U(z)$. So the number of unstable modes is constant between crossings.",
            Deduction(
                BoundaryCrossing(
                    _G,
                    _x,
                    leading=_sigma * _x + _c + 1,
                    crossing=-_C / _U,
                    equation=_x * _U + _C,
                    domains={_x: Interval(0), _sigma: _OPEN, _c: Interval(0)},
                )
            ),
        ),
        Step(
            "limit",
            r"As $x$ grows, $F / (x M)$ with $M = \sum_k p_k \sigma_k$ tends to the survival "
            r"polynomial of the weights $p_k \sigma_k / M$ (R1b, with offsets): its roots are "
            r"inside, but for the $g$-th roots of unity other than 1, which are simple (R1).",
            Deduction(
                Hurwitz(
                    _F,
                    _A,
                    parameter=_x,
                    coefficient=p * (_sigma * _x + _c + m + 1) / (_x * _M),
                    tends_to=p * _sigma / _M,
                    leading=p * _sigma / _M,
                    domains={p: _OPEN, _sigma: _OPEN, _M: _OPEN},
                )
            ),
        ),
        Step(
            "outwards",
            r"Near such a root $\omega$, $U'(\omega) = \omega^{-1} \sum_k p_k \sigma_k l_k / "
            r"(\omega - 1)$ and $G(\omega) = \mu / (\omega - 1)$, as in R3b: the zero of $G$ is "
            r"at $\omega - G / (x U') = \omega (1 - \mu / (x \sum_k p_k \sigma_k l_k))$ up to "
            r"$O(1 / x^2)$, in the disc, with $z = \omega$ and $M = \sum_k p_k \sigma_k l_k$ in "
            r"the display below. So for large $x$ exactly $g - 1$ modes are unstable, and down to "
            r"the last crossing.",
            Identity(
                z - (_mu / (z - 1)) / (_x * _M / (z * (z - 1))),
                z * (1 - _mu / (_x * _M)),
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Whose prompts may change? Classes (5, 2) and (5, 3) in equal shares: with $x$ more "
            r"tokens for the first $2 g = (12 + x, 14 + x, 8)$, stable for $x > -4$; for the "
            r"second $2 g = (12 + x, 14 + x, 8 + x)$, stable for every $x \ge -5$.",
            ExactFinite(
                "crossings",
                "both lines",
                lambda: [(1, 0), (0, 1)],
                lambda slopes: [
                    c.exact
                    for c in threshold(Workload.from_classes([(5, 2), (5, 3)]), slopes).crossings
                ],
                lambda slopes: [Fraction(-4)] if slopes == (1, 0) else [],
            ),
        ),
    ),
    sharpness=(
        Witness(
            _growing,
            r"Where some inputs stay, the limit decides nothing: (x, 2), (0, 3) in equal shares is "
            r"stable for large $x$, with (x, 4) besides it is not, and with the shares 2/3 and 1/3 "
            r"a mode stays at $-1$ for every $x$.",
            ExactFinite(
                "verdicts",
                r"$x = 10, 10^3, 10^6$",
                lambda: [10, 10**3, 10**6],
                lambda x: [
                    unit_circle_counts(Workload.from_classes(classes), "schur-cohn").verdict
                    for classes in (
                        [(x, 2), (0, 3)],
                        [(x, 2), (0, 3), (x, 4)],
                        [(x, 2, 2), (0, 3, 1)],
                    )
                ],
                lambda x: ["stable", "unstable", "marginal"],
            ),
        ),
    ),
    lesson=(
        r"Longer prompts steady a coprime mix, if all of them grow. Whose prompts? One class alone "
        r"may grow for ever and help, or hurt, or leave a mode where it is: then the lengths of "
        r"the growing classes set the beat, and their gcd can be larger. So ask along the line in "
        r"question. The list of crossings is finite, the count beyond the last one is exact, and "
        r"only if every input grows does the gcd tell it beforehand."
    ),
)

THEOREMS = (LINES,)
