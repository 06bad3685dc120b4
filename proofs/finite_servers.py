"""Chapter 7: what whole, random requests add to the fluid of a stable mix, where they are many."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from sympy import Eq, Equivalent, Ge, Implies, Le, Or, symbols

from stabkit import RequestClass, Workload, fano_factor, fluctuations
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Formal, Step, Theorem, Witness

from .notation import p, s, z
from .quantities import A_STAR, COMMON_INPUT, KERNEL, STABLE, a_star, kernel, stable
from .request_noise import (
    FANO,
    FIRST,
    admissions_variance,
    alike,
    fano,
    first,
    memory_time,
    noise_of,
    noisy_mixes,
    stable_mixes,
)

__all__ = ["THEOREMS"]

_OPEN = Interval(0, open_low=True)
_x1, _x1h, _x2, _x2h = symbols(r"X_1 \tilde{X}_1 X_2 \tilde{X}_2")
_G, _Gh, _Y, _Yh, _N, _Q, _X = symbols(r"G \tilde{G} Y \tilde{Y} N Q X")
_g0, _y, _h, _y1, _y2, _q = symbols("g_0 y h y_1 y_2 q")
_short = symbols("l_1", integer=True)

_STABLE_OR_ALIKE = Or(stable, alike)
_ALIKE = Quantity(
    alike,
    "all requests have one input and one decode length",
    lambda mix: len({(c.input_length, c.decode_length) for c in mix.classes}) == 1,
)


_BELOW_ZERO = ExactFinite(
    "whether $V$ is negative, which no variance is",
    "(5, 3), (5, 5) and (0, 4), (0, 6), in equal shares, both unstable",
    lambda: [Workload.from_classes([(s, k), (s, k + 2)]) for s, k in ((5, 3), (0, 4))],
    lambda mix: admissions_variance(mix) < 0,
    lambda mix: True,
)

R13 = Theorem(
    label="R13",
    title="Fano factor",
    claim=Claim(
        objects=noisy_mixes,
        quantities=(FANO, FIRST, KERNEL, STABLE, _ALIKE),
        hypotheses=(_STABLE_OR_ALIKE,),
        conclusions=(
            Eq(fano, 2 * first / kernel(0) - 1),
            Ge(fano, 0),
            Implies(alike, Eq(fano, 0)),
        ),
    ),
    uses=("kernel",),
    code=("stabkit.fano_factor", "stabkit.fluctuations"),
    steps=(
        Step(
            "noise",
            r"Write $X_k = \sum_m (s_k + m + 1) z^m$, $m < l_k$, for the memory of a request of "
            r"class $k$, and $\tilde X_k$, $\tilde G$, $\tilde Y$ for what is at $1/z$, the "
            r"conjugate on the circle. Per admission noise of covariance $\operatorname{diag}(p) "
            r"- p p^{\mathsf T}$ puts into the memory the density $E|X|^2 - |E X|^2$, of two "
            r"classes $p (1 - p) |X_1 - X_2|^2$. It is never negative, and 0 where all requests "
            r"are alike.",
            Identity(
                p * _x1 * _x1h
                + (1 - p) * _x2 * _x2h
                - (p * _x1 + (1 - p) * _x2) * (p * _x1h + (1 - p) * _x2h),
                p * (1 - p) * (_x1 - _x2) * (_x1h - _x2h),
            ),
        ),
        Step(
            "balance",
            r"The memory stays full: $\sum_m g_m u_{n-m}$ is minus that noise, for the "
            r"deviations $u$ of the admissions. $1/G$ has summable coefficients, as $G$ has no "
            r"zero in $|z| \le 1$ for a stable mix; dividing by $G$, the density of $u$ is, with "
            r"$N = E|X|^2$,",
            Identity((_N - _G * _Gh) / (_G * _Gh), _N / (_G * _Gh) - 1),
        ),
        Step(
            "halves",
            r"and $V$ is its mean over the circle. The equations for $y$ say $N = G \tilde Y + "
            r"\tilde G Y$, so that",
            Identity(
                _N / (_G * _Gh),
                _Y / _G + _Yh / _Gh,
                given=(_N - _G * _Yh - _Gh * _Y,),
            ),
        ),
        Step(
            "mean",
            r"$Y / G$ is analytic in the closed disc: its mean over the circle is its value at "
            r"0, $y_0 / g_0$, for with polynomials $y$ and $h$, $Y = y_0 + z y$ and $G = g_0 + z "
            r"h$, the rest is a multiple of $z$. The mirror image has the same mean.",
            Identity(
                (first + z * _y) / (_g0 + z * _h) - first / _g0,
                z * (_y * _g0 - first * _h) / (_g0 * (_g0 + z * _h)),
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The exact Fano factor of the code, by the recursion of Jury and Åström.",
            ExactFinite(
                "$V$",
                "the stable mixes that the claim is tried on",
                lambda: stable_mixes(random.Random(1)),
                fano_factor,
                admissions_variance,
            ),
        ),
    ),
    sharpness=(
        Witness(
            _STABLE_OR_ALIKE,
            r"Where the mix is unstable the equation has a solution all the same, and it is no "
            r"variance.",
            _BELOW_ZERO,
        ),
    ),
    formal=Formal(
        "FanoSystem.v",
        ("fano_system", "stable_fano_system"),
        "a0a6230475645374",
        part="that the linear equations of a stable mix have exactly one solution",
    ),
    lesson=(
        r"The fluid admits the same number in every step. A server of whole requests cannot: it "
        r"does not know which request comes next, and a long one takes the room of many short "
        r"ones. $V$ says how much that shakes the admissions: their variance is $V a^*$, where "
        r"independent arrivals would have $a^*$. That the random requests of a large server "
        r"follow this linear system is a limit theorem; the record is about the system."
    ),
)


def _close_pairs(rng: random.Random) -> Iterator[Workload]:
    """Yield mixes of (1, 2) and of (2, 3), with one input length."""
    for _ in range(80):
        inputs = Fraction(rng.randint(0, 40), rng.choice((1, 1, 2)))
        n_, share = rng.choice((1, 2)), Fraction(rng.randint(1, 19), 20)
        yield Workload.from_classes([(inputs, n_, share), (inputs, n_ + 1, 1 - share)], 1000)


def _product(shorter: RequestClass) -> Fraction:
    return shorter.share * (shorter.input_length + shorter.decode_length + 1)


def _equations(*pairs: tuple[object, object]) -> tuple[object, ...]:
    return tuple(left - right for left, right in pairs)  # type: ignore[operator]


_v, _w = s + 2, s + 3
_x = symbols("x")


def _one_two(x: Any) -> Any:
    return p * (1 - p) * _v**2 / ((x - 1) * (2 * s + 3 - x))


def _two_three(x: Any) -> Any:
    return p * (1 - p) * _w**2 * (2 * s + 4 - x) / ((x - 2) * (s + 2 - x) * (3 * s + 6 - x))


TWO_LENGTHS = Theorem(
    label="fano-two-lengths",
    title="Fano factor of two adjacent lengths",
    claim=Claim(
        objects=_close_pairs,
        quantities=(
            FANO,
            STABLE,
            COMMON_INPUT,
            Quantity(
                _short,
                "the shorter one of two decode lengths $l_1$ and $l_1 + 1$",
                lambda mix: min(c.decode_length for c in mix.classes),
            ),
            Quantity(
                p,
                "the share of the shorter one",
                lambda mix: min(mix.classes, key=lambda c: c.decode_length).share,
            ),
            Quantity(
                _x,
                "$p (s + l_1 + 1)$",
                lambda mix: _product(min(mix.classes, key=lambda c: c.decode_length)),
            ),
        ),
        hypotheses=(stable,),
        conclusions=(
            Implies(Eq(_short, 1), Eq(fano, _one_two(_x))),
            Implies(Eq(_short, 2), Eq(fano, _two_three(_x))),
        ),
    ),
    uses=("R13",),
    code=("stabkit.fano_factor",),
    steps=(
        Step(
            "one-two",
            r"For (1, 2) $g = (s + 1, (1 - p)(s + 2))$, and from the two equations of R13 $V$ "
            r"follows:",
            Identity(
                2 * first / (s + 1) - 1,
                _one_two(p * _v),
                given=_equations(
                    (
                        2 * ((s + 1) * first + (1 - p) * _v * _y1),
                        (s + 1) ** 2 + (1 - p) * _v**2,
                    ),
                    (
                        (1 - p) * _v * first + (s + 1) * _y1,
                        (1 - p) * (s + 1) * _v,
                    ),
                ),
            ),
        ),
        Step(
            "two-three",
            r"For (2, 3) $g = (s + 1, s + 2, (1 - p)(s + 3))$, and from the three equations it "
            r"follows:",
            Identity(
                2 * first / (s + 1) - 1,
                _two_three(p * _w),
                given=_equations(
                    (
                        2 * ((s + 1) * first + _v * _y1 + (1 - p) * _w * _y2),
                        (s + 1) ** 2 + _v**2 + (1 - p) * _w**2,
                    ),
                    (
                        _v * first + (s + 1 + (1 - p) * _w) * _y1 + _v * _y2,
                        (s + 1) * _v + (1 - p) * _v * _w,
                    ),
                    (
                        (1 - p) * _w * first + (s + 1) * _y2,
                        (1 - p) * (s + 1) * _w,
                    ),
                ),
            ),
        ),
    ),
    sharpness=(
        Witness(
            stable,
            r"At the boundary of stability the equations have no solution: the variance has "
            r"grown beyond all bounds.",
            ExactFinite(
                r"whether $V$ exists",
                "(1, 2) at $s = 0$ and (2, 3) at $s = 1$, in equal shares: marginal",
                lambda: [Workload.from_classes([(k - 1, k), (k - 1, k + 1)]) for k in (1, 2)],
                lambda mix: _exists(mix),
                lambda mix: False,
            ),
        ),
    ),
    lesson=(
        r"The formula holds the criterion: (2, 3) is stable for $2 < p (s + 3) < s + 2$, and "
        r"these are the first two factors below the line. As a mix comes near its boundary, chance "
        r"shakes it more and more: the noise is a warning that comes before the instability."
    ),
)


def _exists(mix: Workload) -> bool:
    try:
        admissions_variance(mix)
    except ZeroDivisionError:
        return False
    return True


_window, _tokens, _M2, _M, _T, _T2, _TM = symbols("d d_T E_{MM} E_M E_T E_{TT} E_{TM}")


def _mean(mix: Workload, steps: int, held: int) -> Fraction:
    """Return E T^steps M^held."""
    return sum(
        (c.share * c.decode_length**steps * memory_time(c) ** held for c in mix.classes),
        Fraction(0),
    )


def _completing(mix: Workload, tokens: bool) -> Fraction:
    last = {(k, c.decode_length - 1): c.decode_length for k, c in enumerate(mix.classes)}
    return noise_of(mix).long_run(lambda at: (last[at] if tokens else 1) if at in last else 0)


R14 = Theorem(
    label="R14",
    title="Index of dispersion",
    claim=Claim(
        objects=noisy_mixes,
        quantities=(
            Quantity(
                _window,
                "the sum over all lags of the autocovariances of the completed requests of a step, "
                "per $a^*$, in the linear system of R13: the variance of their number in a long "
                "window, per step and $a^*$",
                lambda mix: _completing(mix, tokens=False),
            ),
            Quantity(
                _tokens,
                "the sum over all lags of the autocovariances of the completed decode tokens of a "
                "step, per $a^*$",
                lambda mix: _completing(mix, tokens=True),
            ),
            Quantity(
                _M,
                r"$E M$ for the memory-time $M = \sum_{m < T} (S + m + 1)$ of a request",
                lambda mix: _mean(mix, 0, 1),
            ),
            Quantity(_M2, "$E M^2$", lambda mix: _mean(mix, 0, 2)),
            Quantity(_T, r"$\mu = E T$", lambda mix: _mean(mix, 1, 0)),
            Quantity(_T2, "$E T^2$", lambda mix: _mean(mix, 2, 0)),
            Quantity(_TM, "$E T M$", lambda mix: _mean(mix, 1, 1)),
            STABLE,
        ),
        hypotheses=(stable,),
        conclusions=(
            Eq(_window, _M2 / _M**2 - 1),
            Eq(_tokens, _T2 - 2 * _T * _TM / _M + _T**2 * _M2 / _M**2),
        ),
    ),
    uses=("R13",),
    code=("stabkit.fluctuations",),
    steps=(
        Step(
            "own",
            r"Let an admission add $Q(z)$ to some observable. Its own deviation is $Q - E Q$; by "
            r"the balance of R13 the deviation $X - E X$ of its memory $X$ is taken from later "
            r"admissions, $-(X - E X) / E X$, which add $E Q$ each. Together, with $q = E Q$ and "
            r"$G = E X$,",
            Identity(_Q - _q - _q * (_X - _G) / _G, _Q - _q / _G * _X),
        ),
        Step(
            "requests",
            r"At $z = 1$, where $X = M$, completions have $Q = 1$. Requests are independent: the "
            r"density there is the mean square $E (M / E M - 1)^2 = E M^2 / (E M)^2 - 1$.",
            Identity(1 - 2 * _M / _M + _M2 / _M**2, _M2 / _M**2 - 1),
        ),
        Step(
            "tokens",
            r"Decode tokens have $Q = T$; the density, $E (T - \mu M / E M)^2$, is multiplied out.",
            Identity(
                _T2 - 2 * (_T / _M) * _TM + (_T / _M) ** 2 * _M2,
                _T2 - 2 * _T * _TM / _M + _T**2 * _M2 / _M**2,
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The index, and the exact variances of three observables, against the Lyapunov "
            r"equation.",
            ExactFinite(
                "the index and the variances of admissions, requests in service and completions",
                "the stable mixes that the claim is tried on",
                lambda: stable_mixes(random.Random(3)),
                lambda mix: _reported(mix),
                lambda mix: _by_lyapunov(mix),
            ),
        ),
    ),
    sharpness=(
        Witness(
            stable,
            r"An unstable mix has the number $E M^2 / (E M)^2 - 1$, too, but no window over which "
            r"it would be a variance.",
            _BELOW_ZERO,
        ),
    ),
    lesson=(
        r"Count what leaves a full server over an hour. Its memory did a fixed number of "
        r"token-steps, and every request took its memory-time out of that, as a lamp takes its "
        r"hours: the count of a renewal process. So what counts is how much requests differ in the "
        r"memory they use, and the dynamics does not matter at all."
    ),
)


def _reported(mix: Workload) -> tuple[object, ...]:
    found = fluctuations(mix)
    names = ("admissions", "running", "completions")
    return (found.window_dispersion, *map(found.variance, names))


def _by_lyapunov(mix: Workload) -> tuple[Fraction, ...]:
    last = {(k, c.decode_length - 1) for k, c in enumerate(mix.classes)}
    noise = noise_of(mix)
    return (
        _completing(mix, tokens=False),
        noise.variance(lambda at: at[1] == 0),
        noise.variance(lambda at: 1),
        noise.variance(lambda at: at in last),
    )


_cv2, _var = symbols("c^2 v")

R15 = Theorem(
    label="R15",
    title="When the fluid is visible",
    claim=Claim(
        objects=lambda rng: (mix for mix in noisy_mixes(rng) if mix.capacity is not None),
        quantities=(
            FANO,
            A_STAR,
            Quantity(
                _cv2,
                "the squared coefficient of variation of the admissions of a step in the linear "
                "system of R13, by definition the variance over the squared mean",
                lambda mix: admissions_variance(mix) * _rate(mix) / _rate(mix) ** 2,
            ),
            STABLE,
        ),
        hypotheses=(stable,),
        conclusions=(
            Eq(_cv2, fano / a_star),
            Equivalent(Ge(a_star, 10 * fano), Le(_cv2, Fraction(1, 10))),
        ),
    ),
    uses=("R13", "balance"),
    code=("stabkit.fano_factor", "stabkit.finite_server"),
    steps=(
        Step(
            "definition",
            r"The mean is $a^*$, and the variance $v = V a^*$.",
            Identity(_var / a_star**2, fano / a_star, given=(_var - fano * a_star,)),
        ),
    ),
    sharpness=(
        Witness(
            stable,
            r"Where the mix is unstable there is nothing to see: $V$ is no variance.",
            _BELOW_ZERO,
        ),
    ),
    lesson=(
        r"From ten times $V$ admissions per step on, the standard deviation is less than a third "
        r"of the mean, and the steady state is what one sees. That 10 is a convention, and the "
        r"formula behind it is not. Below $V$ a run is mostly chance: whoever looks at one for "
        r"stability reads tea leaves."
    ),
)


def _rate(mix: Workload) -> Fraction:
    held = sum((c.share * memory_time(c) for c in mix.classes), Fraction(0))
    return Fraction(mix.capacity or 0) / held


THEOREMS = (R13, TWO_LENGTHS, R14, R15)
