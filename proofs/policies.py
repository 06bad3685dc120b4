"""Chapter 6: admission policies, their closed loops, and what they complete.

While nothing is evicted, a linear policy makes a recurrence of the admissions; its characteristic
polynomial is read off the coefficients, as that of the kernel is.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product
from typing import Any

from sympy import Eq, Function, Ge, Implies, Lt, Poly, Rational, symbols

from stabkit import (
    Damped,
    Greedy,
    Workload,
    characteristic_polynomial,
    closed_loop,
    closed_loop_polynomial,
    simulate,
)
from stabkit.spectrum.counting.isolation import isolated_disc_counts
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Use, Witness, paper
from stabkit.theorems.textbook.algebra import Linearity
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.zeros import Rouche

from .moments import (
    STEP,
    Moment,
    admitted,
    count,
    empty_start,
    evicted_tokens,
    moments,
    near_start,
    stages_of,
)
from .notation import B, m, n, p, s, z
from .objects import Run, full_start, mixes, scattered_start
from .quantities import CAPACITY, KERNEL, LONGEST, kernel_sum, longest

__all__ = [
    "MADE",
    "MEMORY",
    "THEOREMS",
    "TOKENS",
    "lost",
    "made",
    "needs",
    "small_mixes",
    "tokens",
]

_kappa, _g0, _rest, _G = symbols("kappa g_0 S G_1")
_first = symbols("d")
made, lost, needs, tokens = symbols("W V U N")
_OPEN = Interval(0, open_low=True)


def small_mixes() -> Iterator[Workload]:
    """Yield 15 mixes of one to three classes, gcd 1, 2 and 3."""
    for lengths, inputs in product(((2,), (2, 3), (2, 4), (3, 5), (3, 6, 9)), (0, 4, 20)):
        yield Workload.from_classes([(inputs + i, n_, i + 1) for i, n_ in enumerate(lengths)], 1000)


@dataclass(frozen=True)
class Paced(Moment):
    """A step of a run, and a constant rate of admissions."""

    rate: Fraction = Fraction(1)


def _stages(moment: Moment) -> Iterator[dict[Any, Any]]:
    """Yield the stages after the step; d is 1 for the newcomers, else 0."""
    return ({**part, _first: int(part[m] == 0)} for part in stages_of(moment))


def _over_stages(moment: Moment, term: Any) -> Fraction:
    return sum((term(part) for part in _stages(moment)), Fraction(0))


_WEIGHT = p * (s + m + 1)
_TERMS = {
    made: _WEIGHT * admitted,
    needs: (1 - _first) * (s + m + 1) * count,
    tokens: _first * _WEIGHT * admitted,
    lost: (1 - _first) * (s + m + 1) * (p * admitted - count),
}
MADE = Quantity(
    made,
    r"the convolution $\sum_{m=0}^{L-1} g_m a_{n-m}$ of the admissions with the memory kernel",
    lambda moment: sum(
        KERNEL.value(moment, m_) * moment.admitted(m_) for m_ in range(moment.longest)
    ),
    summand=_TERMS[made],
    parts=_stages,
)
NEEDS = Quantity(
    needs,
    r"the tokens that the survivors of the step need",
    lambda moment: _over_stages(
        moment, lambda part: (1 - part[_first]) * (part[s] + part[m] + 1) * part[count]
    ),
    summand=_TERMS[needs],
    parts=_stages,
)
TOKENS = Quantity(
    tokens,
    r"the tokens that are admitted, $g_0 a_n$ with $g_0 = \sum_k p_k (s_k + 1)$",
    lambda moment: KERNEL.value(moment, 0) * moment.admitted(),
    summand=_TERMS[tokens],
    parts=_stages,
)
LOST = Quantity(
    lost,
    r"the tokens that would be held by the requests which were admitted in the last $L$ steps and "
    r"have been evicted, $\sum_k \sum_{m < l_k} (s_k + m + 1) (p_k a_{n-m} - x_k^{(m)})$",
    evicted_tokens,
    summand=_TERMS[lost],
    parts=_stages,
)
MEMORY = Step(
    "memory",
    r"What the survivors need, $U$, what is admitted, $N$, and what the evicted would hold, $V$, "
    r"is what all admissions of the last $L$ steps would hold: $W = U + N + V$, stage by stage, "
    r"with $d = 1$ for newcomers and $d = 0$ for others.",
    Deduction(Linearity(Eq(made, needs + tokens + lost), _TERMS)),
)

_at_rest, _first_at_rest, _a = symbols("R N^* a")
_AT_REST = {_at_rest: _WEIGHT * _a, _first_at_rest: _first * _WEIGHT * _a}
_PACE = (
    Quantity(_a, "a constant number of admissions per step", lambda moment: moment.rate),
    Quantity(
        _G,
        r"$G(1) = \sum_m g_m$",
        kernel_sum,
        summand=_WEIGHT,
        parts=_stages,
    ),
    Quantity(
        _at_rest,
        r"the tokens in memory with $p_k a$ requests in every stage of class $k$",
        lambda moment: _over_stages(
            moment, lambda part: part[p] * moment.rate * (part[s] + part[m] + 1)
        ),
        summand=_AT_REST[_at_rest],
        parts=_stages,
    ),
)
_TOTAL = Step(
    "constant-admissions",
    r"Constant admissions hold $a$ times what one admission holds over its life.",
    Deduction(Linearity(Eq(_at_rest, _a * _G), {_at_rest: _AT_REST[_at_rest], _G: _WEIGHT})),
)


def _greedy_steps(rng: random.Random) -> Iterator[Paced]:
    for one in moments(rng, ("greedy", "greedy", "damped:1/2")):
        if one.step >= one.longest - 1:
            rate = Fraction(one.mix.capacity or 0) / kernel_sum(one)
            yield Paced(one.run, one.step, rate * Fraction(rng.choice((10, 10, 9)), 10))


GREEDY = Theorem(
    label="greedy",
    title="Greedy admission",
    claim=Claim(
        objects=_greedy_steps,
        quantities=(STEP, LONGEST, CAPACITY, NEEDS, TOKENS, LOST, MADE, *_PACE),
        hypotheses=(Ge(n, longest), Eq(lost, 0), Eq(tokens, B - needs), Eq(_at_rest, B)),
        conclusions=(Eq(made, B), Eq(_a * _G, B)),
    ),
    uses=("kernel",),
    code=("stabkit.closed_loop", "stabkit.closed_loop_polynomial"),
    references=(paper("section 3"),),
    steps=(
        MEMORY,
        Step(
            "recurrence",
            r"Greedy admits what fits, $N = B - U$: that is the convolution of the kernel, and the "
            r"characteristic polynomial is $F(\lambda) = \sum_m g_m \lambda^{L-1-m}$.",
            Identity(made, B, given=(made - (needs + tokens + lost), lost, tokens - (B - needs))),
            uses=(Use("memory"),),
        ),
        _TOTAL,
        Step(
            "equilibrium",
            r"If they fill the memory, greedy goes on with them: $a = a^* = B / G(1)$.",
            Identity(_a * _G, B, given=(_at_rest - _a * _G, _at_rest - B)),
            uses=(Use("constant-admissions"),),
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
        Step(
            "at-rest",
            r"The equilibrium of the code, and a step of the simulator from there.",
            ExactFinite(
                r"$a^*$",
                "15 mixes",
                small_mixes,
                lambda mix: Greedy().equilibrium(mix),
                lambda mix: simulate(mix, 1, arithmetic="exact", state="equilibrium").admitted[1],
            ),
        ),
    ),
    sharpness=(
        Witness(
            Eq(lost, 0),
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

_unsettled = symbols(r"N_{\ge}")
_OTHER_GAIN = Fraction(1, 2)


def _damped_steps(rng: random.Random) -> Iterator[Paced]:
    """Yield steps under damped admission: gains at the bound, above it and below it, and greedy."""
    starts = (empty_start, full_start, near_start, scattered_start)
    for k_, mix in enumerate(mixes(rng)):
        first, total = KERNEL.value(mix, 0), kernel_sum(mix)
        bound = first / (total - first) if total > first else Fraction(1)
        gain = min(Fraction(1), bound * Fraction(rng.choice((9, 10, 10, 12)), 10))
        rule: Any = Damped(gain)
        if k_ % 8 == 2:  # greedy instead, from where nothing is evicted
            gain, rule = _OTHER_GAIN, Greedy()
        run = Run(mix, starts[k_ % 4](mix, rng), 2 * LONGEST.value(mix) + 2, rule)
        rate = gain * Fraction(mix.capacity or 0) / (first + gain * (total - first))
        for step in sorted({max(LONGEST.value(mix) - 1, 1), LONGEST.value(mix), run.steps}):
            yield Paced(run, step, rate * Fraction(rng.choice((10, 10, 10, 9)), 10))


def _gain(moment: Moment) -> Fraction:
    return Fraction(getattr(moment.run.policy, "gain", _OTHER_GAIN))


@cache
def _unstable_at(mix: Workload, gain: Fraction) -> int:
    """Return the roots on the circle and outside of it: isolated exactly by FLINT."""
    kernel = [Rational(KERNEL.value(mix, m_)) for m_ in range(LONGEST.value(mix))]
    scaled = [kernel[0], *(Rational(gain) * x for x in kernel[1:])]
    whole = Poly(scaled, z).clear_denoms(convert=True)[1]
    return sum(isolated_disc_counts([int(c) for c in whole.all_coeffs()[::-1]])[1:])


_used = _kappa * _G / (_g0 + _kappa * (_G - _g0))

DAMPED = Theorem(
    label="damped",
    title="Damped admission",
    claim=Claim(
        objects=_damped_steps,
        quantities=(
            STEP,
            LONGEST,
            CAPACITY,
            NEEDS,
            TOKENS,
            LOST,
            MADE,
            *_PACE,
            Quantity(_kappa, r"the gain, $0 < \kappa \le 1$", _gain),
            Quantity(
                _g0,
                r"$\sum_k p_k (s_k + 1)$",
                lambda moment: KERNEL.value(moment, 0),
                summand=_first * _WEIGHT,
                parts=_stages,
            ),
            Quantity(
                _first_at_rest,
                r"the tokens of the newcomers where $a$ are admitted in every step, $g_0 a$",
                lambda moment: KERNEL.value(moment, 0) * moment.rate,
                summand=_AT_REST[_first_at_rest],
                parts=_stages,
            ),
            Quantity(
                _unsettled,
                r"the number of roots of the characteristic polynomial $g_0 \lambda^{L-1} + "
                r"\kappa \sum_{m \ge 1} g_m \lambda^{L-1-m}$ with $|\lambda| \ge 1$",
                lambda moment: _unstable_at(moment.mix, _gain(moment)),
            ),
        ),
        hypotheses=(
            Ge(n, longest),
            Eq(lost, 0),
            Eq(tokens, _kappa * (B - needs)),
            Eq(_first_at_rest, _kappa * (B - (_at_rest - _first_at_rest))),
        ),
        conclusions=(
            Eq(tokens + _kappa * (made - tokens), _kappa * B),
            Eq(_a, _kappa * B / (_g0 + _kappa * (_G - _g0))),
            Eq(_at_rest / B, _used),
            Implies(Lt(_kappa * (_G - _g0), _g0), Eq(_unsettled, 0)),
        ),
    ),
    uses=("kernel",),
    code=("stabkit.Damped", "stabkit.closed_loop", "stabkit.gain_margin"),
    steps=(
        MEMORY,
        Step(
            "recurrence",
            r"Damped admission takes $\kappa$ times what fits, $N = \kappa (B - U)$. So $g_0 a_n + "
            r"\kappa \sum_{m \ge 1} g_m a_{n-m} = \kappa B$, linear in the past admissions; "
            r"deviations obey it with the right side 0.",
            Identity(
                tokens + _kappa * (made - tokens),
                _kappa * B,
                given=(
                    made - (needs + tokens + lost),
                    lost,
                    tokens - _kappa * (B - needs),
                ),
            ),
            uses=(Use("memory"),),
        ),
        _TOTAL,
        Step(
            "newcomers",
            r"The newcomers among them hold $g_0 a$.",
            Deduction(
                Linearity(
                    Eq(_first_at_rest, _a * _g0),
                    {_first_at_rest: _AT_REST[_first_at_rest], _g0: _first * _WEIGHT},
                )
            ),
        ),
        Step(
            "equilibrium",
            r"Constant admissions have $U = R - N^* = (G(1) - g_0) a$,",
            Identity(
                _a,
                _kappa * B / (_g0 + _kappa * (_G - _g0)),
                given=(
                    _at_rest - _a * _G,
                    _first_at_rest - _a * _g0,
                    _first_at_rest - _kappa * (B - (_at_rest - _first_at_rest)),
                ),
            ),
            uses=(Use("constant-admissions"), Use("newcomers")),
        ),
        Step(
            "utilisation",
            r"and hold $G(1) a$ tokens of $B$.",
            Identity(
                _at_rest / B,
                _used,
                given=(
                    _at_rest - _a * _G,
                    _first_at_rest - _a * _g0,
                    _first_at_rest - _kappa * (B - (_at_rest - _first_at_rest)),
                ),
            ),
            uses=(Use("constant-admissions"), Use("newcomers")),
        ),
        Step(
            "stable",
            r"In $z = 1 / \lambda$ the polynomial is $f(z) = g_0 + \kappa \sum_{m \ge 1} g_m "
            r"z^m$. On $|z| = 1$ it differs from the constant $g_0 > 0$ by at most $\kappa S$, $S "
            r"= \sum_{m \ge 1} g_m$; so it has no zero in the closed disc, as $g_0$ has none.",
            Deduction(
                Rouche(
                    Function("f")(z),
                    _g0,
                    bound=_kappa * _rest,
                    floor=_g0,
                    domains={_kappa: Interval(0, _g0 / _rest), _g0: _OPEN, _rest: _OPEN},
                )
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
            Eq(lost, 0),
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


THEOREMS = (GREEDY, DAMPED)
