"""Chapter 4, continued: from which input length on a coprime mix is steady."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from sympy import And, Eq, Gt, Implies, Le, symbols

from stabkit import Crossing, Workload, threshold, unit_circle_counts
from stabkit.model.enclosure import RealEnclosure
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import Enclosed, ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness
from stabkit.theorems.textbook.algebra import Linearity
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.zeros import BoundaryCrossing

from .gcd import SUFFICIENT_INPUT, sufficient_input
from .notation import g, length, m, p, s, z
from .objects import At, common_mixes
from .quantities import (
    COMMON,
    COMMON_INPUT,
    GCD,
    LARGEST_CROSSING,
    LONGEST,
    MARGINAL,
    UNSTABLE,
    class_form,
    common,
    counts,
    largest_crossing,
    longest,
    marginal,
    partition,
    unstable,
    with_input,
)

__all__ = ["SECOND", "THEOREMS", "at_point", "mix_of_lengths", "second_input", "two_inputs"]

_OPEN = Interval(0, open_low=True)
_S, _T, _X = symbols("S S_T X")
_G, _A, _C, _W = symbols("G A C W")
second_input = symbols("t")
_all, _between, _other = symbols("N_x N_st N_t")

# Lengths, weights, and the digits that are known of the threshold.
_KNOWN: tuple[tuple[tuple[int, ...], tuple[int, ...], str], ...] = (
    ((2, 5), (1, 1), "6.9243440"),
    ((3, 5), (1, 1), "9.8229483"),
    ((4, 7), (1, 1), "29.594185"),
    ((7, 10), (1, 1), "117.43968"),
    ((5, 6, 7), (1, 1, 1), "11.695930"),
    ((99, 100), (1, 1), "199534.49"),
    ((128, 129), (1, 1), "429863.88"),
    ((97, 200), (1, 2), "1036505.97"),
)


def mix_of_lengths(
    lengths: tuple[int, ...], weights: tuple[int, ...], inputs: Fraction | int = 0
) -> Workload:
    """Return the mix of these decode lengths and weights, with one input length."""
    return Workload.from_classes([(inputs, n, w) for n, w in zip(lengths, weights, strict=True)])


def _value(lengths: tuple[int, ...], weights: tuple[int, ...]) -> RealEnclosure | None:
    found = threshold(mix_of_lengths(lengths, weights)).threshold
    return None if found is None else found.value


def _known_values() -> Iterator[Step]:
    for lengths, weights, digits in _KNOWN:
        known, unit = Fraction(digits), Fraction(1, 10 ** len(digits.split(".")[1]))
        name = ", ".join(map(str, lengths))
        shares = ", ".join(f"{w}/{sum(weights)}" for w in weights)
        yield Step(
            f"threshold-{'-'.join(map(str, lengths))}",
            f"Decode lengths {name} with shares {shares}.",
            Enclosed(
                r"$s^*$",
                lambda lengths=lengths, weights=weights: _value(lengths, weights),  # type: ignore[misc]
                known - unit,
                known + unit,
            ),
        )


def _input(drawn: At) -> Fraction:
    return Fraction(drawn.mix.classes[0].input_length)


def at_point(drawn: At) -> Workload:
    """Return the mix with the other input length."""
    return with_input(drawn.mix, drawn.point)


def two_inputs(rng: random.Random) -> Iterator[At]:
    """Yield mixes with two inputs: one of each interval between crossings, and their own."""
    for mix in common_mixes(rng):
        yield At(mix, _input(At(mix, Fraction(0))) + rng.choice((0, Fraction(1, 8), 7)))
        samples = [part.sample for part in partition(mix).intervals]
        low = rng.choice(samples)
        yield At(with_input(mix, low), rng.choice(samples))
        yield At(with_input(mix, low + Fraction(1, 16)), low)


def _number_between(drawn: At) -> int | None:
    found, (low, high) = partition(drawn), sorted((_input(drawn), drawn.point))
    sides = [_within(crossing, low, high) for crossing in found.crossings]
    return sum(map(bool, sides)) if found.complete and None not in sides else None


def _within(crossing: Crossing, low: Fraction, high: Fraction) -> bool | None:
    """Tell whether a crossing is in [low, high]; None where its enclosure does not tell."""
    value = crossing.value
    if low <= value.low and value.high <= high:
        return True
    return False if value.high < low or high < value.low else None


SECOND = Quantity(second_input, "another input length, in tokens", lambda drawn: drawn.point)

R8 = Theorem(
    label="R8",
    title="Exact threshold",
    claim=Claim(
        objects=two_inputs,
        quantities=(
            COMMON,
            COMMON_INPUT,
            SECOND,
            GCD,
            LONGEST,
            UNSTABLE,
            MARGINAL,
            Quantity(
                _other,
                "the number of unstable modes with the input $t$ in place of $s$",
                lambda drawn: counts(at_point(drawn)).outside,
            ),
            Quantity(
                _all,
                r"the number of crossings: the values $x \ge 0$ with $x = -C(z) / A(z)$ for some "
                r"$|z| = 1$, where $A(z) = \sum_m S_m z^m$ and $C(z) = \sum_m (m + 1) S_m z^m$",
                lambda drawn: len(partition(drawn).crossings),
            ),
            Quantity(
                _between,
                "the number of crossings from $s$ to $t$, both included",
                _number_between,
            ),
            LARGEST_CROSSING,
            replace(SUFFICIENT_INPUT, value=lambda drawn: SUFFICIENT_INPUT.value(drawn.mix)),
        ),
        hypotheses=(common,),
        conclusions=(
            Le(_all, longest - 1),
            Implies(Gt(marginal, 0), Gt(_between, 0)),
            Implies(Eq(_between, 0), Eq(unstable, _other)),
            Implies(Gt(s, largest_crossing), And(Eq(unstable, g - 1), Eq(marginal, 0))),
            Implies(Gt(_all, 0), Le(largest_crossing, sufficient_input)),
        ),
    ),
    uses=("kernel", "closed-form", "R1", "R7"),
    code=("stabkit.threshold", "stabkit.stability_criterion"),
    steps=(
        Step(
            "split",
            r"For a common input $G(z) = s A(z) + C(z)$: stage by stage, summed over $k$ and $m < "
            r"l_k$.",
            Deduction(
                Linearity(
                    Eq(_G, s * _A + _C),
                    {_G: p * (s + m + 1) * z**m, _A: p * z**m, _C: p * (m + 1) * z**m},
                )
            ),
        ),
        Step(
            "zeros-of-A",
            r"On the circle $A$ vanishes at the $g$-th roots of unity but 1, by R1. There $(1 - "
            r"z)^2 G(z) = \mu (z - 1)$ for every $s$, by the closed form, class by class: $G$ "
            r"does not vanish. So a mode is on the circle only where $A \ne 0$.",
            Identity(class_form(length), length * (z - 1), given=(z**length - 1,)),
        ),
        Step(
            "finitely-many",
            r"On the circle a crossing is a zero of $\operatorname{Im} (C \bar A) = \sum_{j, k} "
            r"(j + 1) S_j S_k \sin((j - k) \theta)$, $z = e^{i \theta}$. Its coefficient of "
            r"$\sin((L - 1) \theta)$, from $j = L - 1$, $k = 0$ and the other way round, is $(L - "
            r"1) S S_T$ with $S = S_0$ and $S_T = S_{L-1}$, positive for $L \ge 2$: it has at "
            r"most $2 (L - 1)$ zeros on the circle. Two of them are $\pm 1$, and the others are "
            r"pairs with one value of $s$. At $z = 1$ all terms of $G$ are positive: no crossing. "
            r"That leaves $L - 2$ pairs and $-1$.",
            Inequality(
                longest * _S * _T - 1 * _S * _T,
                {longest: Interval(2), _S: _OPEN, _T: _OPEN},
            ),
        ),
        Step(
            "constant-between",
            r"$G$ has the constant coefficient $g_0 = s + 1 > 0$, which is the leading one of "
            r"$F$, that is, of $G$ in powers of $1 / z$: the degree is $L - 1$ along the whole "
            r"line. Where $A(z) \ne 0$, $G(z) = 0$ says $s = -C(z) / A(z)$. So the number of "
            r"unstable modes is constant between crossings.",
            Deduction(
                BoundaryCrossing(
                    _G,
                    s,
                    leading=s + 1,
                    crossing=-_C / _A,
                    equation=s * _A + _C,
                    domains={s: Interval(0)},
                )
            ),
        ),
        Step(
            "sufficient",
            r"For a common input $E = s D$ in R7, $w = z^g$, whose condition is one on $s$ "
            r"alone, with $X = D$ and $W = w D'$: beyond $s^\circ$ exactly $g - 1$ modes are "
            r"unstable and none is marginal. No crossing is there, and the count is the same "
            r"down to the largest one.",
            Identity((s * _X + g * _W) / _X, s + g * _W / _X),
        ),
    ),
    checks=(
        Step(
            "exact-values",
            r"Crossings that are rational: (1, 2) at 0 and (2, 3) at 1, with equal shares.",
            ExactFinite(
                r"$s^*$",
                "two mixes",
                lambda: [((1, 2), Fraction(0)), ((2, 3), Fraction(1))],
                lambda case: _exact(case[0]),
                lambda case: case[1],
            ),
        ),
        *_known_values(),
    ),
    sharpness=(
        Witness(
            common,
            r"Inputs that grow in proportion need not make a coprime mix steady: (N, 2), (0, 3), "
            r"(N, 4) is unstable for all large $N$, for the lengths that weigh have the gcd 2.",
            ExactFinite(
                "verdict",
                r"$N = 10^2, 10^4, 10^6$",
                lambda: [10**2, 10**4, 10**6],
                lambda n: (
                    unit_circle_counts(
                        Workload.from_classes([(n, 2), (0, 3), (n, 4)]), "schur-cohn"
                    ).verdict
                ),
                lambda n: "unstable",
            ),
        ),
    ),
    lesson=(
        r"Coprime lengths are steady if prompts are long enough, and this is how long: turn the "
        r"input up from 0 and note every value at which a mode steps over the unit circle. All "
        r"that can be asked about a law of decode lengths and a common prompt is answered by a "
        r"finite list of numbers, each known to as many digits as one likes. For 3 and 5 steps the "
        r"last of them is 9.8229483 tokens; for 99 and 100 steps it is 199 534.49. Below the last "
        r"one every interval has a number of unstable modes of its own, and it can be 0: read the "
        r"list of stable intervals, not its last end alone."
    ),
)


def _exact(lengths: tuple[int, ...]) -> Fraction | None:
    found = threshold(mix_of_lengths(lengths, (1,) * len(lengths))).threshold
    return None if found is None else found.exact


THEOREMS = (R8,)
