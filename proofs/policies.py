"""Chapter 6: admission policies, their closed loops, and what they complete."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from sympy import Eq, Function, Sum, symbols

from stabkit import (
    Damped,
    RateLimited,
    Workload,
    characteristic_polynomial,
    closed_loop,
    closed_loop_polynomial,
    simulate,
)
from stabkit.theorems.evidence import Deduction, ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Variable, Witness, paper

from .notation import CAPACITY, CLASSES, B, lam, m

__all__ = ["THEOREMS", "small_mixes"]

_kappa, _g0, _rest, _G, _a, _u, _x, _y, _A, _X = symbols("kappa g_0 R G_1 a U x y A X")
_r, _eta, _d, _S, _P, _M = symbols("r eta d S P mu")
_L = symbols("L", integer=True)
_OPEN = Interval(0, open_low=True)
_GAIN = {_kappa: Interval(0, 1)}


def small_mixes() -> Iterator[Workload]:
    """Yield 15 mixes of one to three classes, gcd 1, 2 and 3."""
    for lengths, inputs in product(((2,), (2, 3), (2, 4), (3, 5), (3, 6, 9)), (0, 4, 20)):
        yield Workload.from_classes([(inputs + i, n_, i + 1) for i, n_ in enumerate(lengths)], 1000)


GREEDY = Theorem(
    label="greedy",
    title="Greedy admission",
    variables=(*CLASSES, *CAPACITY),
    hypotheses=("Nothing is evicted.",),
    statement=(
        r"Greedy admission has the characteristic polynomial $F(\lambda) = \sum_m g_m "
        r"\lambda^{L-1-m}$ and the equilibrium $a^* = B / G(1)$."
    ),
    formula=Eq(symbols("a^*") * _G, B),
    uses=("kernel",),
    code=("stabkit.closed_loop", "stabkit.closed_loop_polynomial"),
    references=(paper("section 3"),),
    steps=(
        Step(
            "balance",
            r"Greedy admits $a = (B - U) / g_0$, $U = \sum_{m \ge 1} g_m a_{n-m}$ being what the "
            r"survivors need: that is the convolution of the kernel.",
            Identity(_g0 * _a + _u, B, given=(_g0 * _a - (B - _u),)),
        ),
    ),
    checks=(
        Step(
            "code",
            r"The closed loop of the code and the characteristic polynomial.",
            ExactFinite(
                r"$F$",
                "15 mixes",
                small_mixes,
                lambda mix: closed_loop_polynomial(mix, "greedy").monic(),
                lambda mix: characteristic_polynomial(mix).monic(),
            ),
        ),
    ),
    sharpness=(
        Witness(
            "Nothing is evicted.",
            r"On the worst cycle of $s = 2$, $l = 2$, $B = 140$ half of the steps evict, and $3 "
            r"a_n + 4 a_{n-1}$ is not 140.",
            ExactFinite(
                "whether a run of 40 steps from empty never evicts",
                "one mix",
                lambda: [Workload.from_classes([(2, 2)], 140)],
                lambda mix: not any(simulate(mix, 40, arithmetic="exact").evicted),
                lambda mix: False,
            ),
        ),
    ),
    lesson=(
        r"Filling the memory is what every server does by default. It is feedback with a delay: "
        r"the past admissions, weighted by what they hold today, decide the next one."
    ),
)

DAMPED = Theorem(
    label="damped",
    title="Damped admission",
    variables=(*CLASSES, *CAPACITY, Variable(r"\kappa", "gain", "0 < gain <= 1")),
    hypotheses=("Nothing is evicted.", r"$\kappa \sum_{m \ge 1} g_m < g_0$."),
    statement=(
        r"Admitting $\kappa$ times what fits has the characteristic polynomial $g_0 \lambda^{L-1} "
        r"+ \kappa \sum_{m \ge 1} g_m \lambda^{L-1-m}$. Its equilibrium uses the fraction $\kappa "
        r"G(1) / (g_0 + \kappa (G(1) - g_0))$ of the memory. If $\kappa \sum_{m \ge 1} g_m < g_0$ "
        r"it is stable."
    ),
    formula=Eq(
        Function("F_kappa")(lam),
        _g0 * lam ** (_L - 1)
        + _kappa * Sum(Function("g")(m) * lam ** (_L - 1 - m), (m, 1, _L - 1)),
    ),
    uses=("kernel",),
    code=("stabkit.Damped", "stabkit.closed_loop", "stabkit.gain_margin"),
    steps=(
        Step(
            "balance",
            r"It admits $a = \kappa (B - U) / g_0$: $g_0 a + \kappa U = \kappa B$, linear in the "
            r"past admissions, and deviations obey it with the right side 0.",
            Identity(_g0 * _a + _kappa * _u, _kappa * B, given=(_g0 * _a - _kappa * (B - _u),)),
        ),
        Step(
            "equilibrium",
            r"Constant admissions have $U = (G(1) - g_0) a$; then $a = \kappa B / (g_0 + \kappa "
            r"(G(1) - g_0))$,",
            Identity(
                _a,
                _kappa * B / (_g0 + _kappa * (_G - _g0)),
                given=(_g0 * _a + _kappa * (_G - _g0) * _a - _kappa * B,),
            ),
        ),
        Step(
            "utilisation",
            r"which hold $G(1) a$ tokens of $B$.",
            Identity(
                _G * _a / B,
                _kappa * _G / (_g0 + _kappa * (_G - _g0)),
                given=(_g0 * _a + _kappa * (_G - _g0) * _a - _kappa * B,),
            ),
        ),
        Step(
            "stable",
            r"In $z = 1 / \lambda$ the polynomial is $f(z) = g_0 + \kappa \sum_{m \ge 1} g_m "
            r"z^m$. On $|z| = 1$ it differs from the constant $h = g_0 > 0$ by at most $\kappa "
            r"R$, $R = \sum_{m \ge 1} g_m$.",
            Deduction(
                "rouche",
                {
                    "analytic": Inequality(_g0, {_g0: _OPEN}),
                    "domination": Inequality(
                        _g0 - _kappa * _rest,
                        {_kappa: Interval(0, _g0 / _rest), _g0: _OPEN},
                    ),
                },
                r"$f$ has no zero in the closed disc, as the constant $g_0$ has none: all modes "
                r"lie inside.",
            ),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Verdicts of the code at 9/10 of the sufficient gain.",
            ExactFinite(
                "verdict",
                "15 mixes",
                small_mixes,
                lambda mix: closed_loop(mix, Damped(_sufficient(mix) * Fraction(9, 10))).verdict,
                lambda mix: "stable",
            ),
        ),
    ),
    sharpness=(
        Witness(
            r"$\kappa \sum_{m \ge 1} g_m < g_0$.",
            r"For one class with $l = 2$ equality is the border: $(s + 1) \lambda + \kappa (s + "
            r"2)$ has the root $-1$ there.",
            ExactFinite(
                "verdict at equality",
                r"$s = 0, 5$",
                lambda: [0, 5],
                lambda a: (
                    closed_loop(
                        Workload.from_classes([(a, 2)]), Damped(Fraction(a + 1, a + 2))
                    ).verdict
                ),
                lambda a: "marginal",
            ),
        ),
        Witness(
            "Nothing is evicted.",
            r"From a full old cohort the damped loop evicts too: $s = 2$, $l = 3$, all in stage 1.",
            ExactFinite(
                "whether the first step evicts",
                "one state",
                lambda: [Workload.from_classes([(2, 3)], 100)],
                lambda mix: bool(
                    simulate(
                        mix, 1, arithmetic="exact", state=[[0, 25, 0]], policy=Damped("1/2")
                    ).evicted[1]
                ),
                lambda mix: True,
            ),
        ),
    ),
    lesson=(
        r"To be cautious is to take a fraction of what is free. The loop calms down, but at a "
        r"price: in its steady state a part of the memory is always free, for it never takes all."
    ),
)


def _sufficient(mix: Workload) -> Fraction:
    kernel = [Fraction(int(c.p), int(c.q)) for c in characteristic_polynomial(mix).all_coeffs()]
    return min(Fraction(1), kernel[0] / sum(kernel[1:], Fraction(0)))


RATE_LIMITED = Theorem(
    label="rate-limited",
    title="A rate limit at the equilibrium",
    variables=(*CLASSES, *CAPACITY, Variable("r", "requests per step at most", "positive")),
    hypotheses=(r"$r \le a^* = B / G(1)$.", "At least $L$ steps have been made since the start."),
    statement=(
        r"After the start-up the rate limit $\min(\text{greedy}, r)$ admits $r$ in every step and "
        r"never evicts: feed-forward, with throughput $r$."
    ),
    formula=Eq(_r * _G, B),
    uses=("kernel",),
    code=("stabkit.RateLimited",),
    steps=(
        Step(
            "fits",
            r"Let no admission in the last $L$ steps have exceeded $r$, nothing being evicted "
            r"since. The survivors need $\sum_{m \ge 1} g_m a_{n-m} \le (G(1) - g_0) r$, and with "
            r"$r = B / G(1) - x$, $x \ge 0$, what is free is at least $B - (G(1) - g_0) r \ge g_0 "
            r"r$: greedy would admit $r$ or more, so that exactly $r$ is admitted, and nothing is "
            r"evicted. The empty memory satisfies this at once.",
            Inequality(
                B - (_g0 + _rest - _g0) * (B / (_g0 + _rest) - _x) - _g0 * (B / (_g0 + _rest) - _x),
                {_x: Interval(0), _g0: _OPEN, _rest: Interval(0), B: Interval(0)},
                False,
            ),
        ),
        Step(
            "throughput",
            r"Constant admissions of $r$ complete $p_k r$ of class $k$ per step after $l_k$ "
            r"steps; they hold $r G(1) \le B$.",
            Inequality(B - (B / _G - _x) * _G, {_x: Interval(0), _G: _OPEN, B: _OPEN}, False),
        ),
    ),
    checks=(
        Step(
            "code",
            r"Exact runs from empty at $r = a^*$: evictions and completions of the last 10 steps.",
            ExactFinite(
                "evictions, and completed requests over $r$",
                "15 mixes",
                small_mixes,
                lambda mix: _limited(mix),
                lambda mix: (0, 10),
            ),
        ),
    ),
    sharpness=(
        Witness(
            r"$r \le a^* = B / G(1)$.",
            r"At $1.2\, a^*$, $s = 10$ and $l = 5$, the memory is full before long and less than "
            r"$a^*$ is completed.",
            ExactFinite(
                "whether the last 50 of 300 steps complete less than 99 % of $a^*$ on the mean",
                "one mix",
                lambda: [Workload.from_classes([(10, 5)], 650)],
                lambda mix: (
                    sum(
                        simulate(mix, 300, arithmetic="exact", policy=RateLimited(12)).completed[
                            -50:
                        ]
                    )
                    < 50 * 10 * Fraction(99, 100)
                ),
                lambda mix: True,
            ),
        ),
        Witness(
            "At least $L$ steps have been made since the start.",
            r"From a cohort that fills the memory and grows, the first step evicts.",
            ExactFinite(
                "whether the first step evicts",
                "one state",
                lambda: [Workload.from_classes([(2, 3)], 100)],
                lambda mix: bool(
                    simulate(
                        mix, 1, arithmetic="exact", state=[[0, 25, 0]], policy=RateLimited(1)
                    ).evicted[1]
                ),
                lambda mix: True,
            ),
        ),
    ),
    lesson=(
        r"If you know what the server can carry, do not let feedback find it out: admit that much "
        r"and no more. There is no loop left that could oscillate."
    ),
)


def _limited(mix: Workload) -> tuple[int, Fraction]:
    rate = RateLimited.over_equilibrium(mix)
    run = simulate(mix, 60, arithmetic="exact", policy=rate)
    late = sum(run.completed[-10:], Fraction(0)) / Fraction(rate.rate)
    return sum(1 for x in run.evicted[mix.longest_decode :] if x), late


THEOREMS = (GREEDY, DAMPED, RATE_LIMITED)
