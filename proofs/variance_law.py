"""Chapter 4, continued: the threshold of lengths that lie close together."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sympy import (
    Abs,
    Derivative,
    Eq,
    Ge,
    I,
    Le,
    Rational,
    Subs,
    Symbol,
    diff,
    exp,
    factorial,
    pi,
    symbols,
    sympify,
)

from stabkit import Crossing, Workload, threshold
from stabkit.model.enclosure import RealEnclosure
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import Enclosed, Identity, Inequality, Numeric
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Use, Witness
from stabkit.theorems.textbook.algebra import Bezout, TriangleEquality
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.limits import ImplicitFunction

from .notation import n, p, s, z
from .quantities import partition

__all__ = ["THEOREMS"]

_OPEN = Interval(0, open_low=True)
_mu, _sigma, _eps, _t, _theta = symbols("mu sigma epsilon t theta")
_k3, _k4, _k5 = symbols("kappa_3 kappa_4 kappa_5")
_k = symbols("k")
_A, _A1, _C, _psi, _phi = symbols("A A_1 C psi phi")
_x, _y, _Y, _c, _f, _M2, _X = symbols("x y Y c f M_2 X")
_ON_CIRCLE = (_x**2 + _y**2 - 1,)
_s1, _gap, _d, _n0, _rest = symbols("s_1 delta d n_0 c_X")
_skew, _variance, _offset = symbols("m_3 V n")
_PI = Symbol(r"\pi")
_LATE = Ge(_offset, _n0)
_SPAN = Eq(_d, 1)

# log E exp(i t (T - mu) / sigma) up to t^5; then log phi at the crossing, by powers of epsilon.
_LOG = -(_t**2) / 2 - I * _k3 * _t**3 / 6 + _k4 * _t**4 / 24 + I * _k5 * _t**5 / 120
_ETA = _k3 * _eps**3 / 6 + _Y * _eps**4
_FIFTH = -_k3 / (12 * pi) + I * _k5 / 120
_AT_CROSSING = -(_eps**2) / 2 + (_k4 / 24 + I * _Y) * _eps**4 + _FIFTH * _eps**5
_NUMERATOR = (1 - _eps**2 / 2) * (1 + I * _eps**2 / (2 * pi)) - _k3 * _eps**3 / (4 * pi)
_DENOMINATOR = Rational(1, 2) - (_k4 / 24 + I * _Y + Rational(1, 8)) * _eps**2 - _FIFTH * _eps**3
_EXPANSION = (
    _mu**3 / (2 * pi**2 * _sigma**2) + _mu * (_k4 - 3) / 6 - Rational(1, 2) - 5 * _sigma * _k3 / 3
)
_STATED = _EXPANSION.subs({pi: _PI, _k3: _skew / _sigma}).subs(_sigma**2, _variance)

# pi lies between these: Archimedes' polygons, carried on.
_BETWEEN = (Fraction(31415926535897932, 10**16), Fraction(31415926535897933, 10**16))


def _taylor(expression: Any, order: int) -> Any:
    """Return the coefficient of epsilon^order, as a derivative that the check carries out."""
    derivative = Derivative(expression, (_eps, order))
    return Subs(derivative, _eps, 0) / factorial(order)


def _mix(lengths: tuple[int, ...], weights: tuple[int, ...]) -> Workload:
    return Workload.from_classes([(0, n, w) for n, w in zip(lengths, weights, strict=True)])


def _moments(mix: Workload) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Return mean, variance, third central moment and excess kurtosis of the decode length."""
    mean = mix.mean_decode_length

    def moment(order: int) -> Fraction:
        terms = (c.share * (c.decode_length - mean) ** order for c in mix.classes)
        return sum(terms, Fraction(0))

    return mean, moment(2), moment(3), moment(4) / moment(2) ** 2 - 3


def _law(mix: Workload, terms: int) -> tuple[Fraction, Fraction]:
    """Return bounds of the law's first term, or of all four."""
    mean, variance, third, excess = _moments(mix)
    later = Fraction(0)
    if terms > 1:
        later = mean * (excess - 3) / 6 - Fraction(1, 2) - Fraction(5, 3) * third / variance
    low, high = (mean**3 / (2 * bound**2 * variance) + later for bound in reversed(_BETWEEN))
    return low, high


def _excess(mix: Workload) -> RealEnclosure | None:
    """Return the threshold less the law of four terms."""
    found = threshold(mix).threshold
    if found is None:
        return None
    low, high = _law(mix, 4)
    return RealEnclosure(found.value.low - high, found.value.high - low)


def _over_law(mix: Workload) -> RealEnclosure | None:
    """Return the threshold over the law's first term."""
    found = threshold(mix).threshold
    if found is None:
        return None
    low, high = _law(mix, 1)
    return RealEnclosure(found.value.low / high, found.value.high / low)


def _close_lengths() -> Iterator[Step]:
    for lengths, weights in (
        ((24, 25), (1, 1)),
        ((99, 100), (1, 1)),
        ((99, 100), (1, 4)),
        ((198, 199, 201), (2, 5, 1)),
    ):
        name = ", ".join(map(str, lengths))
        yield Step(
            f"close-{'-'.join(map(str, (*lengths, *weights)))}",
            f"Lengths {name} with the weights {', '.join(map(str, weights))}.",
            Enclosed(
                "the threshold less the four terms of the law, in tokens,",
                lambda lengths=lengths, weights=weights: _excess(_mix(lengths, weights)),  # type: ignore[misc]
                Fraction(-1, 10),
                Fraction(1, 10),
            ),
        )


# Laws of X, from 0 on: their values and weights.
_LAWS: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...] = (
    ((0, 1), (1, 1)),
    ((0, 1), (1, 4)),
    ((0, 1), (9, 1)),
    ((0, 1, 2), (1, 1, 1)),
    ((0, 1, 3), (2, 5, 1)),
    ((0, 2, 3), (1, 1, 1)),
    ((0, 3), (1, 1)),
    ((0, 2, 4), (1, 1, 2)),
)


def _shifted_laws(rng: random.Random) -> Iterator[Workload]:
    """Yield T = n + X for laws of X and offsets n, from too small ones to a hundred and more."""
    for values, weights in _LAWS:
        for factor in (0, 1, 3, 8, 9, 13, 20, 30):
            first = max(1, factor * values[-1] + rng.randint(0, 2))
            yield _mix(tuple(first + x for x in values), weights)
    yield _mix((97, 200), (1, 2))


def _lengths(mix: Workload) -> list[int]:
    return sorted({c.decode_length for c in mix.classes})


def _range(mix: Workload) -> int:
    return _lengths(mix)[-1] - _lengths(mix)[0]


def _nearest(mix: Workload) -> Crossing | None:
    """Return the crossing whose mode is at the angle nearest to 2 pi / mu, None if none is."""
    angle = 2 * math.pi / float(mix.mean_decode_length)
    crossings = partition(mix).crossings
    return min(crossings, key=lambda c: min(abs(x - angle) for x in c.angles), default=None)


def _value_of(crossing: Crossing | None) -> RealEnclosure | None:
    return None if crossing is None else crossing.value


def _beyond_it(mix: Workload) -> RealEnclosure | Fraction | None:
    """Return the largest crossing less that one; exactly 0 if it is the same."""
    one = _nearest(mix)
    if one is None:
        return None
    last = partition(mix).crossings[-1]
    if one is last:
        return Fraction(0)
    return RealEnclosure(last.value.low - one.value.high, last.value.high - one.value.low)


def _span(mix: Workload) -> int:
    return math.gcd(*(x - _lengths(mix)[0] for x in _lengths(mix)))


VARIANCE_LAW = Theorem(
    label="variance-law",
    title="Variance law",
    claim=Claim(
        objects=_shifted_laws,
        quantities=(
            Quantity(
                _offset,
                "the least value of the decode length $T = n + X$ in a mix with one input length, "
                "where the law of the bounded integer $X$ is fixed and $n$ grows",
                lambda mix: _lengths(mix)[0],
            ),
            Quantity(
                _n0,
                "a number that depends on the law of $X$ alone; for the laws that are tried, 8 "
                "times its range",
                lambda mix: 8 * _range(mix),
            ),
            Quantity(_d, "the gcd of the differences of the values of $X$", _span),
            Quantity(_mu, "the mean of $T$, in steps", lambda mix: _moments(mix)[0]),
            Quantity(
                _variance, r"the variance $\sigma^2 > 0$ of $T$", lambda mix: _moments(mix)[1]
            ),
            Quantity(
                _skew,
                r"the third central moment of $T$ over the variance, $\sigma \kappa_3$",
                lambda mix: _moments(mix)[2] / _moments(mix)[1],
            ),
            Quantity(_k4, "the excess kurtosis of $T$", lambda mix: _moments(mix)[3]),
            Quantity(
                _PI, "half the length of the unit circle", lambda mix: RealEnclosure(*_BETWEEN)
            ),
            Quantity(
                _s1,
                r"the crossing, in the sense of R8, whose mode is at the angle nearest to $2 \pi / "
                r"\mu$, in tokens",
                lambda mix: _value_of(_nearest(mix)),
            ),
            Quantity(_gap, "$s^* - s_1$, with the largest crossing $s^*$", _beyond_it),
            Quantity(
                _rest,
                "a number that depends on the law of $X$ alone; for the laws that are tried, twice "
                "its range over its least probability",
                lambda mix: 2 * _range(mix) / min(c.share for c in mix.classes),
            ),
        ),
        hypotheses=(_LATE, _SPAN),
        conclusions=(
            Le(Abs(_s1 - _STATED), _rest / _mu),
            Ge(_gap, 0),
            Le(_gap, _s1 / 10),
        ),
    ),
    uses=("R7", "R8"),
    code=("stabkit.threshold", "stabkit.VarianceLaw"),
    steps=(
        Step(
            "equation",
            r"Let $\varphi = E z^T$ and $\psi = E T z^T = z \varphi'$ on $z = e^{i \theta}$. Then "
            r"$(1 - z) A = 1 - \varphi$, its derivative times $z$ is $(1 - z) z A' - z A = "
            r"-\psi$, and $C = A + z A'$. So at a crossing, $s A + C = 0$, also $s + \frac{1}{1 - "
            r"z} = \frac{\psi}{1 - \varphi}$.",
            Identity(
                s + 1 / (1 - z),
                _psi / (1 - _phi),
                given=(
                    s * _A + _C,
                    _C - _A - _A1,
                    (1 - z) * _A - (1 - _phi),
                    (1 - z) * _A1 - z * _A + _psi,
                ),
            ),
        ),
        Step(
            "half",
            r"As $\operatorname{Re} \frac{1}{1 - z} = \frac{1}{2}$ by R7's line, this is $s + "
            r"\frac{1}{2} = \operatorname{Re} \frac{\psi}{1 - \varphi}$ and $\operatorname{Im} "
            r"\frac{\psi}{1 - \varphi} = \operatorname{Im} \frac{1}{1 - z} = \frac{1}{2} \cot "
            r"\frac{\theta}{2}$: with $z = x + i y$, $x$ and $y$ real, and $\cot(\theta / 2) = "
            r"(1 + x) / y$,",
            Identity(_y / ((1 - _x) ** 2 + _y**2), (1 + _x) / (2 * _y), given=_ON_CIRCLE),
        ),
        Step(
            "from-above",
            r"Since $|\psi| \le \mu$ and $|1 - \varphi| \ge 1 - |\varphi|$, every crossing has $s "
            r"+ \frac{1}{2} \le \mu / (1 - |\varphi|)$: with $|\psi| = \mu - x$, $f = |\varphi|$ "
            r"and $|1 - \varphi| = (1 - f) + y$,",
            Inequality(
                _mu / (1 - _f) - (_mu - _x) / ((1 - _f) + _y),
                {
                    _x: Interval(0, _mu),
                    _mu: _OPEN,
                    _f: Interval(0, 1),
                    _y: Interval(0),
                },
                False,
            ),
        ),
        Step(
            "modulus",
            r"$|\varphi(\theta)|$ is the modulus of $\chi(t) = E e^{i t (T - \mu) / \sigma}$ at "
            r"$t = \sigma \theta$, and $\log \chi = -\frac{t^2}{2} - \frac{i \kappa_3 t^3}{6} + "
            r"\frac{\kappa_4 t^4}{24} + O(t^5)$ has the real part $-\frac{t^2}{2} + O(t^4)$: near "
            r"0, $1 - |\varphi| = \frac{t^2}{2} (1 + O(t^2))$, by the second derivative",
            Identity(Subs(Derivative(1 - exp(-(_t**2) / 2 + _k4 * _t**4 / 24), (_t, 2)), _t, 0), 1),
        ),
        Step(
            "aligned",
            r"For $0 < \theta \le \pi$, $|\varphi| < 1$: otherwise, with a value $x_0$ of $X$, "
            r"the mean of $z^{x - x_0}$ has the modulus 1, and turned so that it is 1 it makes "
            r"every $z^{x - x'}$ equal to 1 (below, $X$ is this mean and $n$ is $x - x'$):",
            Deduction(TriangleEquality(_X, z, n, p, {p: _OPEN})),
        ),
        Step(
            "span",
            r"and as the differences are coprime, $z = 1$. So $(1 - |\varphi|) / \theta^2$, whose "
            r"law does not depend on $n$, is continuous and positive on $[0, \pi]$: at least some "
            r"$c > 0$.",
            Deduction(Bezout(z, n, 1)),
            uses=(Use("aligned"),),
        ),
        Step(
            "angles",
            r"Suppose $s^* \ge (1 + \tau) \mu^3 / (2 \pi^2 \sigma^2)$ for a $\tau > 0$ and "
            r"infinitely many $n$. From $s + \frac{1}{2} \le \mu / (c \theta^2)$ the angles have "
            r"bounded $v = \mu \theta$; pass to a limit of $v$. If it is no multiple of $2 \pi$, "
            r"$|1 - \varphi|$ tends to $|1 - e^{i v}| > 0$ and $s = O(\mu)$: a contradiction. If "
            r"it is $2 \pi k$, $k \ge 1$, then $t \sim 2 \pi k \sigma / \mu$, and the bound is, "
            r"to leading order, $1 / k^2$ of the law: a contradiction.",
            Identity(
                _mu / (_t**2 / 2),
                _mu**3 / (2 * pi**2 * _sigma**2) / _k**2,
                given=(_t * _mu - 2 * pi * _k * _sigma,),
            ),
        ),
        Step(
            "small-angles",
            r"If it is 0: with $M_2 = E T^2$, up to relative errors of the order $\mu \theta$, "
            r"$\psi = \mu + i \theta M_2$ and $1 - \bar\varphi = i \theta \mu + \theta^2 M_2 / "
            r"2$. The real part of the product is, up to higher orders, $-\theta^2 \mu M_2 / 2 < "
            r"0$, so that $s < 0$: no crossing. (The product is that plus an imaginary multiple "
            r"of $\theta$ and of $\theta^3$.) Hence $\limsup s^* / s_1 \le 1$.",
            Identity(
                (_mu + I * _theta * _M2) * (I * _theta * _mu + _theta**2 * _M2 / 2),
                -(_theta**2) * _mu * _M2 / 2 + I * (_theta * _mu**2 + _theta**3 * _M2**2 / 2),
            ),
        ),
        Step(
            "phase",
            r"There is such a crossing: let $\varepsilon = 2 \pi \sigma / \mu$ and $\mu \theta = "
            r"2 \pi + \eta$ with $\eta = \frac{\kappa_3}{6} \varepsilon^3 + Y \varepsilon^4$, $Y$ "
            r"to be found. Then $t = \varepsilon (1 + \frac{\eta}{2 \pi})$, and in $\log \varphi "
            r"= i \eta + \log \chi(t)$ the third power cancels. Up to the fourth,",
            Identity(
                I * _ETA + (_LOG - I * _k5 * _t**5 / 120).subs(_t, _eps),
                _AT_CROSSING - _FIFTH * _eps**5,
            ),
        ),
        Step(
            "fifth-power",
            r"and the coefficient of the fifth comes from $-\frac{t^2}{2}$, with $t = \varepsilon "
            r"(1 + \frac{\kappa_3}{12 \pi} \varepsilon^3 + \dots)$, and from the last term of "
            r"$\log \chi$, $\frac{i \kappa_5 t^5}{120}$:",
            Identity(
                _taylor(
                    -((_eps + _k3 / (12 * pi) * _eps**4) ** 2) / 2 + I * _k5 * _eps**5 / 120, 5
                ),
                _FIFTH,
            ),
        ),
        Step(
            "denominator",
            r"So $(1 - \varphi) / \varepsilon^2 = \frac{1}{2} - (\frac{\kappa_4}{24} + i Y + "
            r"\frac{1}{8}) \varepsilon^2 + O(\varepsilon^3)$:",
            Identity(_taylor(1 - exp(_AT_CROSSING), 4), -(_k4 / 24 + I * _Y + Rational(1, 8))),
        ),
        Step(
            "denominator-next",
            r"and the coefficient of $\varepsilon^3$ is",
            Identity(_taylor(1 - exp(_AT_CROSSING), 5), _k3 / (12 * pi) - I * _k5 / 120),
        ),
        Step(
            "numerator",
            r"$\psi = -i \varphi'(\theta)$ is $\mu \varphi (1 - \frac{i \varepsilon}{2 \pi} (\log "
            r"\chi)'(t))$, and $(\log \chi)' = -t - \frac{i \kappa_3}{2} t^2 + O(t^3)$: $\psi / "
            r"\mu = (1 - \frac{\varepsilon^2}{2})(1 + \frac{i \varepsilon^2}{2 \pi}) - "
            r"\frac{\kappa_3}{4 \pi} \varepsilon^3 + O(\varepsilon^4)$, for the third coefficient "
            r"is",
            Identity(
                _taylor(
                    exp(_AT_CROSSING) * (1 - I * _eps / (2 * pi) * diff(_LOG, _t).subs(_t, _eps)),
                    3,
                ),
                -_k3 / (4 * pi),
            ),
        ),
        Step(
            "quotient",
            r"Hence $\varepsilon^2 \psi / (\mu (1 - \varphi)) = 2 + a \varepsilon^2 + b "
            r"\varepsilon^3 + O(\varepsilon^4)$, where $a$ and $b$ are found likewise: $a$ is",
            Identity(_taylor(_NUMERATOR / _DENOMINATOR, 2), (_k4 - 3) / 6 + I * (1 / pi + 4 * _Y)),
        ),
        Step(
            "quotient-next",
            r"and $b$, whose real part is $-\frac{5 \kappa_3}{6 \pi}$, is",
            Identity(_taylor(_NUMERATOR / _DENOMINATOR, 3), -5 * _k3 / (6 * pi) + I * _k5 / 30),
        ),
        Step(
            "crossing",
            r"The condition on the imaginary part, over $\mu$, is $\frac{1}{\pi} + 4 Y = "
            r"\frac{1}{2 \mu} \cot \frac{\theta}{2} = \frac{1}{2 \pi}$ at $\varepsilon = 0$. Both "
            r"sides are analytic in $Y$ and $\varepsilon$ (with $\varepsilon c$ for what is of "
            r"higher order): there is a solution $Y = -\frac{1}{8 \pi} + O(\varepsilon)$, real: a "
            r"crossing. There $s + \frac{1}{2} = \frac{\mu}{\varepsilon^2} (2 + \frac{\kappa_4 - "
            r"3}{6} \varepsilon^2 - \frac{5 \kappa_3}{6 \pi} \varepsilon^3 + O(\varepsilon^4))$, "
            r"and the rest is $O(\mu \varepsilon^2) = O(1 / \mu)$.",
            Deduction(
                ImplicitFunction(
                    (1 / pi + 4 * _Y) - 1 / (2 * pi) - _eps * _c,
                    _Y,
                    _eps,
                    start=-1 / (8 * pi),
                    derivative=sympify(4),
                )
            ),
        ),
        Step(
            "expansion",
            r"With $\varepsilon \mu = 2 \pi \sigma$ that is $s_1$. And $s^* \ge s_1$, for $s^*$ "
            r"is the largest crossing.",
            Identity(
                (_mu / _eps**2 * (2 + (_k4 - 3) / 6 * _eps**2 - 5 * _k3 / (6 * pi) * _eps**3)).subs(
                    _eps, 2 * pi * _sigma / _mu
                ),
                _EXPANSION + Rational(1, 2),
            ),
        ),
    ),
    checks=(
        *_close_lengths(),
        Step(
            "code",
            r"The first term as the code gives it, in double precision.",
            Numeric(
                "relative difference",
                "four mixes; a few roundings",
                lambda: [_mix((n, n + 1), (1, w)) for n in (5, 99) for w in (1, 3)],
                lambda mix: _estimate(mix) / float(_law(mix, 1)[0]),
                lambda mix: 1.0,
                1e-14,
            ),
        ),
    ),
    sharpness=(
        Witness(
            _LATE,
            r"Two lengths far apart are no smooth law: for (97, 200) with shares 1/3 and 2/3 the "
            r"law says 98 tokens, and the threshold is a million.",
            Enclosed(
                "the threshold over the first term of the law",
                lambda: _over_law(_mix((97, 200), (1, 2))),
                Fraction(10_000),
            ),
        ),
        Witness(
            _SPAN,
            r"Lengths that differ by $d$ nearly keep the rhythm $d$, too. (100, 103): near $2 \pi "
            r"/ 3$ there is an angle three times closer to a common phase, and the threshold is "
            r"$d^2 = 9$ times the law.",
            Enclosed(
                "the threshold over the first term of the law",
                lambda: _over_law(_mix((100, 103), (1, 1))),
                Fraction(89, 10),
                Fraction(9),
            ),
        ),
    ),
    lesson=(
        r"Take a coin that says 99 or 100 steps. The lengths are coprime, and yet everybody "
        r"marches nearly in step: it takes prompts of 200 000 tokens to calm such a server. What "
        r"calms it is spread, and the law says how much: the threshold falls with the square of "
        r"$\sigma / \mu$. Coprimality alone says little at practical prompt lengths."
    ),
)


def _estimate(mix: Workload) -> float:
    law = threshold(mix).law
    return float("nan") if law is None else law.estimate


THEOREMS = (VARIANCE_LAW,)
