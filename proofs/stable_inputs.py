"""Chapter 4, continued: is there a stable input below the threshold?"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import gcd
from typing import Any

from sympy import And, Eq, Equivalent, Gt, Implies, Le, symbols

from stabkit import Threshold, Workload, threshold, unit_circle_counts
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import Enclosed, ExactFinite, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Formal, Step, Theorem, Witness
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.zeros import Cubic, Hurwitz

from .notation import g, s
from .objects import At
from .quantities import (
    COMMON,
    COMMON_INPUT,
    GCD,
    KINDS,
    LARGEST_CROSSING,
    LONGEST,
    STABLE,
    common,
    counts,
    kinds,
    largest_crossing,
    longest,
    partition,
    stable,
    with_input,
)
from .thresholds import SECOND, at_point, mix_of_lengths, second_input, two_inputs

__all__ = ["SEARCHED", "THEOREMS"]

_S, _X, _d = symbols("S X d")
_G, _A, _N = symbols("G A N")
_S1, _S2, _S3, _stable_t = symbols("S_1 S_2 S_3 stable_t")
_OPEN = Interval(0, open_low=True)


SEARCHED = 2_770  # mixes of two lengths that `scripts/search_stable_inputs.py` has decided

# Lengths, weights, and inputs in each of the intervals around their stable ones.
_COUNTEREXAMPLES: tuple[tuple[tuple[int, ...], tuple[int, ...], tuple[str, ...]], ...] = (
    ((4, 5, 6, 11, 12, 23), (326, 345, 139, 58, 113, 19), ("1", "2", "3")),
    ((3, 4, 5), (251, 149, 100), ("0.01", "0.03", "0.1", "0.3")),
    ((3, 4, 5, 9), (26, 20, 11, 2), ("0.05", "0.2", "0.3", "0.5")),
)
# Ends of stable intervals, to a unit of the last digit, by (lengths, weights) and which crossing.
_ENDS: tuple[tuple[int, tuple[str, ...]], ...] = (
    (1, (".02328", ".03735", ".26515")),
    (2, (".10378", ".23607", ".42580")),
)


def _counterexamples() -> Iterator[At]:
    for lengths, weights, inputs in _COUNTEREXAMPLES:
        for text in inputs:
            yield At(mix_of_lengths(lengths, weights, Fraction(text)), Fraction(text))


def _below_and_beyond(rng: random.Random) -> Iterator[At]:
    """Yield mixes with inputs in every interval between crossings, and those that are known."""
    yield from _counterexamples()
    yield from two_inputs(rng)


def _ends() -> Iterator[Step]:
    for which, ends in _ENDS:
        lengths, weights, _ = _COUNTEREXAMPLES[which]
        listed = ", ".join(map(str, lengths))
        for k, digits in enumerate(ends):
            value, unit = Fraction(f"0{digits}"), Fraction(1, 10**5)
            yield Step(
                f"end-{k + 1}-of-{'-'.join(map(str, lengths))}",
                f"End {k + 1} of the stable intervals of the lengths {listed}.",
                Enclosed(
                    "this end",
                    lambda lengths=lengths, weights=weights, k=k: (  # type: ignore[misc]
                        partition(mix_of_lengths(lengths, weights)).crossings[k].value
                    ),
                    value - unit,
                    value + unit,
                ),
            )


_STABLE_ONLY_BEYOND = Implies(stable, Gt(s, largest_crossing))

NOT_BELOW = Theorem(
    label="stable-inputs",
    title="No stable input below the threshold (refuted)",
    claim=Claim(
        objects=_below_and_beyond,
        quantities=(COMMON, COMMON_INPUT, GCD, STABLE, LARGEST_CROSSING),
        hypotheses=(common, Eq(g, 1)),
        conclusions=(_STABLE_ONLY_BEYOND,),
    ),
    uses=("R3a", "R8", "R9"),
    code=("stabkit.threshold",),
    steps=(
        Step(
            "counts",
            r"Three mixes with a stable input below an unstable one, the weights in this order. "
            r"Lengths (4, 5, 6, 11, 12, 23), 326:345:139:58:113:19, at $s = 1, 2, 3$; (3, 4, 5), "
            r"251:149:100, at .01, .03, .1, .3; (3, 4, 5, 9), 26:20:11:2, at .05, .2, .3, .5.",
            ExactFinite(
                "unstable modes, and modes on the circle",
                "these eleven inputs",
                lambda: list(
                    zip(_counterexamples(), (0, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0), strict=True)
                ),
                lambda case: (counts(case[0]).outside, counts(case[0]).on_circle),
                lambda case: (case[1], 0),
            ),
        ),
        Step(
            "continuity",
            r"Why such mixes must exist. R9 has a mix of gcd 3 that is stable at $s = 0$ and, by "
            r"R3, unstable at some $s_1$, without modes on the circle. Let a share $1/N$ of the "
            r"requests have the length 1: the coefficients $S$ of $F$ become $(1 - 1/N) S + X / "
            r"N$, with some $X$, and the roots move as little as one likes: for large $N$ both "
            r"verdicts stay. Below, $G$ is the new polynomial and $A$ the old one.",
            Deduction(
                Hurwitz(
                    _G,
                    _A,
                    parameter=_N,
                    coefficient=(1 - 1 / _N) * _S + _X / _N,
                    tends_to=_S,
                    leading=_S,
                    domains={_S: _OPEN},
                )
            ),
        ),
        Step(
            "coprime-now",
            r"But the gcd of the lengths is 1 now, so that R8 makes the mix stable beyond some "
            r"$s^* > s_1$: a second stable interval.",
            ExactFinite(
                "gcd(1, 3 n)",
                r"$n = 1, \dots, 99$",
                lambda: range(1, 100),
                lambda n: gcd(1, 3 * n),
                lambda n: 1,
            ),
        ),
    ),
    checks=tuple(_ends()),
    refutation=(
        "This was an open question and a conjecture of the project: all coprime pairs up to 9 with "
        "five shares and 98 029 random coprime mixes of two to five lengths up to 24 had a single "
        "stable interval, although the number of unstable modes rose somewhere with $s$ in 1825 of "
        "them. It is false. A stable mix of gcd 3 showed where to look, and a search found the "
        "three mixes below."
    ),
    formal=Formal(
        "StableInputs.v", ("six_mix_refutes", "stable_inputs_refuted"), "a41f55f72290fe51"
    ),
    lesson=(
        r"One would like to say: longer prompts never hurt. It is false, for the number of growing "
        r"modes and for the verdict too: there is a mix that is stable with one token of prompt, "
        r"unstable with two, and stable from three on. Random mixes hardly show it; a "
        r"reason does. Ask for the list of stable intervals, always."
    ),
)


def _short(rng: random.Random) -> Iterator[At]:
    """Yield pairs of inputs for lengths up to 4, at the ends of the criterion, and others."""
    for lengths in (one for size in (1, 2, 3, 4) for one in combinations((1, 2, 3, 4), size)):
        for _ in range(8):
            weights = tuple(rng.choice((1, 1, 2, 3, 7)) for _ in lengths)
            mix = mix_of_lengths(lengths, weights)
            ends = [part.sample for part in partition(mix).intervals]
            low = rng.choice((*ends, Fraction(rng.randint(0, 24), 4)))
            step = Fraction(rng.randint(-4, 12), 4)
            yield At(with_input(mix, low), max(Fraction(0), low + step))
    for quarter in range(12, 32):
        yield At(mix_of_lengths((2, 3), (7, 1), Fraction(quarter, 4)), Fraction(8))
    yield At(mix_of_lengths((2, 3), (1, 1), 1), Fraction(1))
    yield At(Workload.from_classes([(0, 3), (9, 2)]), Fraction(1))
    yield from two_inputs(rng)


def _survival_at(stage: int) -> Any:
    return lambda drawn: sum(
        (c.share for c in drawn.mix.classes if c.decode_length > stage), Fraction(0)
    )


_COEFFICIENTS = (s + 1, _S1 * (s + 2), _S2 * (s + 3), _S3 * (s + 4))
_a0, _a1, _a2, _a3 = _COEFFICIENTS
_RELATIONS = (
    _a0 - _a3,
    _a0 + _a2 - _a1 - _a3,
    _a0**2 - _a3**2 - _a0 * _a2 + _a1 * _a3,
)
_AT_T = [relation.subs(s, s + _d) for relation in _RELATIONS]
_FIRST = {_S3: Interval(0, (s + 1) / (s + 4)), _d: Interval(0), s: Interval(0)}
_SHARE = Interval(0, 1, closed=True)

SHORT = Theorem(
    label="stable-inputs-short",
    title="Lengths up to 4: longer prompts never hurt",
    claim=Claim(
        objects=_short,
        quantities=(
            COMMON,
            LONGEST,
            COMMON_INPUT,
            SECOND,
            STABLE,
            Quantity(
                _stable_t,
                "the equilibrium with the input $t$ is stable",
                lambda drawn: counts(at_point(drawn)).verdict == "stable",
            ),
            Quantity(_S1, "the share of the decode lengths above 1", _survival_at(1)),
            Quantity(_S2, "the share of the decode lengths above 2", _survival_at(2)),
            Quantity(_S3, "the share of the decode lengths above 3", _survival_at(3)),
        ),
        hypotheses=(common, Le(longest, 4), Le(s, second_input)),
        conclusions=(
            Equivalent(
                stable,
                And(
                    Gt(_a0, _a3),
                    Gt(_a0 + _a2, _a1 + _a3),
                    Gt(_a0**2 - _a3**2, _a0 * _a2 - _a1 * _a3),
                ),
            ),
            Implies(stable, _stable_t),
        ),
    ),
    uses=("kernel",),
    code=("stabkit.threshold", "stabkit.stability_criterion"),
    steps=(
        Step(
            "criterion",
            r"$G(z) = (s + 1) + S_1 (s + 2) z + S_2 (s + 3) z^2 + S_3 (s + 4) z^3$. For the "
            r"lengths 2 and 3, where $S_1 = 1$, $S_3 = 0$ and $p = 1 - S_2$ is the share of the "
            r"shorter one, this says $\frac{2}{s + 3} < p < \frac{s + 2}{s + 3}$.",
            Deduction(
                Cubic(
                    stable,
                    _G,
                    coefficients=_COEFFICIENTS,
                    domains={s: Interval(0)} | dict.fromkeys((_S1, _S2, _S3), Interval(0)),
                )
            ),
        ),
        Step(
            "first-bound",
            r"If the first relation holds at $s$, it holds at $t = s + d$, $d \ge 0$:",
            Inequality(_AT_T[0], _FIRST),
        ),
        Step(
            "second-bound",
            r"and so does the second, as $S_2 \le 1$:",
            Inequality(
                _AT_T[1],
                {_S1: Interval(0, (_a0 + _a2 - _a3) / (s + 2)), _S2: _SHARE, **_FIRST},
            ),
        ),
        Step(
            "third-bound",
            r"and the third, as $S_1 \le 1$: over $(s + 1) (s + 3)$ its difference rises.",
            Inequality(
                _AT_T[2],
                {
                    _S2: Interval(0, (_a0**2 - _a3**2 + _a1 * _a3) / (_a0 * (s + 3))),
                    _S1: _SHARE,
                    **_FIRST,
                },
            ),
        ),
    ),
    sharpness=(
        Witness(
            Le(longest, 4),
            r"Lengths (3, 4, 5) with the weights 251:149:100 are stable at .03 and unstable at .1.",
            ExactFinite(
                "unstable modes",
                r"$s = .03$ and $.1$",
                lambda: [("0.03", 0), ("0.1", 2)],
                lambda case: (
                    unit_circle_counts(
                        mix_of_lengths((3, 4, 5), (251, 149, 100), Fraction(case[0])), "schur-cohn"
                    ).outside
                ),
                lambda case: case[1],
            ),
        ),
    ),
    lesson=(
        r"With at most four steps there are at most three modes, and everything can be done by "
        r"hand: two inequalities linear in $s$, and one quadratic one that goes on holding too. So "
        r"coprime lengths up to 4 have exactly one stable interval of inputs, and it reaches to "
        r"infinity. With five it is false."
    ),
)


def _two_lengths(rng: random.Random) -> Iterator[At]:
    """Yield coprime pairs, and other mixes, with an input in every interval."""
    for mix in _coprime_pairs(7):
        for part in partition(mix).intervals:
            yield At(with_input(mix, part.sample), part.sample)
    yield from _counterexamples()
    yield from two_inputs(rng)


OPEN = Theorem(
    label="stable-inputs-open",
    title="No stable input below the threshold, for two lengths",
    claim=Claim(
        objects=_two_lengths,
        quantities=(
            COMMON,
            COMMON_INPUT,
            GCD,
            KINDS,
            STABLE,
            LARGEST_CROSSING,
        ),
        hypotheses=(common, Eq(g, 1), Eq(kinds, 2)),
        conclusions=(_STABLE_ONLY_BEYOND,),
    ),
    uses=("R8", "stable-inputs-short"),
    code=("stabkit.threshold",),
    steps=(
        Step(
            "search",
            r"Exact partitions of the line of inputs: a single interval is stable, and it is the "
            r"last.",
            ExactFinite(
                "whether exactly one interval is stable",
                "all coprime pairs up to 9 with five shares",
                lambda: list(_coprime_pairs(9)),
                lambda mix: _only_the_last(threshold(mix)),
                lambda mix: True,
            ),
        ),
    ),
    sharpness=(
        Witness(
            Eq(kinds, 2),
            r"Three lengths up to 5 have two stable intervals: (3, 4, 5), 251:149:100.",
            ExactFinite(
                "number of stable intervals",
                "one mix",
                lambda: [mix_of_lengths((3, 4, 5), (251, 149, 100))],
                lambda mix: len(threshold(mix).stable_intervals),
                lambda mix: 2,
            ),
        ),
        Witness(
            Eq(g, 1),
            r"(2, 4) has no stable input at all, and no threshold.",
            ExactFinite(
                "number of stable intervals",
                "one mix",
                lambda: [mix_of_lengths((2, 4), (1, 1))],
                lambda mix: len(threshold(mix).stable_intervals),
                lambda mix: 0,
            ),
        ),
    ),
    conjecture=(
        f"Searched: {SEARCHED:,} mixes of two lengths; none has a second stable interval. For "
        "$L \\le 4$ it is proved, however many lengths there are. For three lengths it is false."
    ).replace(",", " ", 1),
    lesson=(
        r"With two lengths only, nobody has seen longer prompts hurt. There is no proof either, "
        r"and random mixes hardly show anything against the general statement, which is false."
    ),
)


def _coprime_pairs(most: int) -> Iterator[Workload]:
    for a, b in combinations(range(1, most + 1), 2):
        if gcd(a, b) == 1:
            for weights in ((1, 1), (1, 2), (2, 1), (1, 9), (9, 1)):
                yield mix_of_lengths((a, b), weights)


def _only_the_last(found: Threshold) -> bool:
    stable_parts = found.stable_intervals
    return found.complete and len(stable_parts) == 1 and stable_parts[0].high is None


THEOREMS = (NOT_BELOW, SHORT, OPEN)
