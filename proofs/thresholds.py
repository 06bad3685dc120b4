"""Chapter 4, continued: from which input length on a coprime mix is steady."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from math import gcd

from sympy import Eq, Function, diff, symbols

from stabkit import Threshold, Workload, threshold, unit_circle_counts
from stabkit.spectrum.spectral_radius import RealEnclosure
from stabkit.theorems.evidence import Deduction, Enclosure, ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Variable, Witness

from .model import _ONE_CLASS_FORM
from .notation import g, length, m, s, z

__all__ = ["THEOREMS"]

_OPEN = Interval(0, open_low=True)
_S, _T, _d, _X, _Y, _q = symbols("S S_T d X Y q")
_A, _C, _A1, _w = symbols("A C A_1 w")
_COMMON = "All classes have one input length s."
_LENGTHS = (
    Variable("l_k", "decode length of class k, in steps", "an integer, at least 1"),
    Variable("p_k", "share of class k in the admissions", "rational, positive, with sum 1"),
    Variable("s", "input length of all classes, in tokens", "real, at least 0"),
)

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


def _mix(
    lengths: tuple[int, ...], weights: tuple[int, ...], inputs: Fraction | int = 0
) -> Workload:
    return Workload.from_classes([(inputs, n, w) for n, w in zip(lengths, weights, strict=True)])


def _value(lengths: tuple[int, ...], weights: tuple[int, ...]) -> RealEnclosure | None:
    found = threshold(_mix(lengths, weights)).threshold
    return None if found is None else found.value


def _known_values() -> Iterator[Step]:
    for lengths, weights, digits in _KNOWN:
        known, unit = Fraction(digits), Fraction(1, 10 ** len(digits.split(".")[1]))
        name = ", ".join(map(str, lengths))
        shares = ", ".join(f"{w}/{sum(weights)}" for w in weights)
        yield Step(
            f"threshold-{'-'.join(map(str, lengths))}",
            f"Decode lengths {name} with shares {shares}.",
            Enclosure(
                rf"$s^* = {digits}$ to a unit of the last digit",
                lambda lengths=lengths, weights=weights: _value(lengths, weights),  # type: ignore[misc]
                known - unit,
                known + unit,
            ),
        )


def _small() -> Iterator[Workload]:
    for a, b in combinations(range(1, 8), 2):
        for weights in ((1, 1), (1, 4), (3, 1)):
            yield _mix((a, b), weights)
    yield _mix((2, 3, 7), (1, 2, 3))
    yield _mix((4, 6, 9), (2, 2, 1))


def _samples(found: Threshold) -> Iterator[tuple[Fraction, int | None]]:
    """Yield a rational input inside each interval, and the number that the interval claims."""
    for part in found.intervals:
        low = Fraction(0) if part.low is None else part.low.value.high
        if part.high is None:
            yield low + 1, part.unstable
        else:
            yield (low + part.high.value.low) / 2, part.unstable


R8 = Theorem(
    label="R8",
    title="Exact threshold",
    variables=(*_LENGTHS, Variable("g", "gcd of the decode lengths", "an integer, at least 1")),
    hypotheses=(_COMMON,),
    statement=(
        r"$G(z) = s A(z) + C(z)$ with $A(z) = \sum_m S_m z^m$ and $C(z) = \sum_m (m + 1) S_m z^m$. "
        r"Modes are on the unit circle only at the crossings, the values $s \ge 0$ with $s = -C(z) "
        r"/ A(z)$ for some $|z| = 1$; there are at most $L - 1$ of them, and between them the "
        r"number of unstable modes does not change. For $g = 1$ let $s^*$ be the largest crossing: "
        r"the mix is stable for every $s > s^*$ (for every $s \ge 0$ if there is none), and $s^* "
        r"\le s^\circ$ of R7. For $g > 1$ it is unstable for all large $s$."
    ),
    formula=Eq(s, -Function("C")(z) / Function("A")(z)),
    uses=("kernel", "closed-form", "R1", "R3", "R7"),
    code=("stabkit.threshold", "stabkit.stability_criterion"),
    steps=(
        Step(
            "split",
            r"For a common input $g_m = (s + m + 1) S_m$, and $C$ is the derivative of $z A(z)$: "
            r"term by term",
            Identity((s + m + 1) * z**m * _S, s * z**m * _S + diff(z * z**m * _S, z)),
        ),
        Step(
            "crossing",
            r"Where $A(z) \ne 0$, $G(z) = 0$ means that $s$ is $-C(z) / A(z)$, which then is real "
            r"and not negative.",
            Identity(s, -_C / _A, given=(s * _A + _C,)),
        ),
        Step(
            "zeros-of-A",
            r"On the circle $A$ vanishes at the $g$-th roots of unity but 1, by R1. There $(1 - "
            r"z)^2 G(z) = \mu (z - 1)$ for every $s$, by the closed form, class by class: $G$ "
            r"does not vanish.",
            Identity(_ONE_CLASS_FORM, length * (z - 1), given=(z**length - 1,)),
        ),
        Step(
            "finitely-many",
            r"On the circle a crossing is a zero of $\operatorname{Im} (C \bar A) = \sum_{j, k} "
            r"(j + 1) S_j S_k \sin((j - k) \theta)$. Its coefficient of $\sin((L - 1) \theta)$, "
            r"from $j = L - 1$, $k = 0$ and the other way round, is $(L - 1) S_0 S_{L-1}$, "
            r"positive for $L \ge 2$: it has at most $2 (L - 1)$ zeros on the circle. Two of them "
            r"are $\pm 1$, and the others are pairs with one value of $s$. At $z = 1$ all terms "
            r"of $G$ are positive: no crossing. That leaves $L - 2$ pairs and $-1$.",
            Inequality(
                length * _S * _T - 1 * _S * _T,
                {length: Interval(1, open_low=True), _S: _OPEN, _T: _OPEN},
            ),
        ),
        Step(
            "constant-between",
            r"$F$ has the leading coefficient $g_0 = s + 1 > 0$ for all $s \ge 0$: the degree is "
            r"$L - 1$ along the whole line.",
            Deduction(
                "intervals-of-constancy",
                {
                    "degree": Inequality(s + 1, {s: Interval(0)}),
                    "crossing": Identity(s, -_C / _A, given=(s * _A + _C,)),
                },
                r"Between two neighbouring crossings the number of unstable modes is constant.",
            ),
        ),
        Step(
            "large-inputs",
            r"As $s \to \infty$, $F / (s + 1)$ tends to $A$, whose leading coefficient is $S_0 = "
            r"1$.",
            Deduction(
                "hurwitz",
                {
                    "convergence": Identity((s + m + 1) * _S / (s + 1) - _S, m * _S / (s + 1)),
                    "leading": Inequality(_S, {_S: Interval(1)}),
                },
                r"For $g = 1$ the limit has all roots inside, by R1: beyond the last crossing no "
                r"mode is unstable, and none marginal. For $g > 1$, R3 has $g - 1$ unstable modes "
                r"for all large $s$.",
            ),
        ),
        Step(
            "sufficient",
            r"For a common input $E = s D$ in R7, whose condition is one on $s$ alone. For $g = "
            r"1$ it says that beyond $s^\circ$ no mode is unstable or marginal: no crossing.",
            Identity((s * _X + g * _w * _Y) / _X, s + g * _w * _Y / _X),
        ),
        Step(
            "quadratic",
            r"An example to do by hand is (2, 3) with share $p$ of the shorter length: $G = (s + "
            r"1) + (s + 2) z + q (s + 3) z^2$ with $q = 1 - p$. By Schur-Cohn it has no zero in "
            r"$|z| \le 1$ if and only if $q (s + 3) < s + 1$ and $G(-1) > 0$: $\frac{2}{s + 3} < "
            r"p < \frac{s + 2}{s + 3}$.",
            Identity((s + 1) - (s + 2) * 1 + _q * (s + 3), (s + 3) * (_q - 1 / (s + 3))),
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
        Step(
            "two-and-three",
            r"The criterion for (2, 3) and exact counts.",
            ExactFinite(
                "whether it is stable",
                r"$s = 0, 1/2, \dots, 5$, $p = 1/12, \dots, 11/12$",
                lambda: [
                    (Fraction(a, 2), Fraction(b, 12)) for a in range(11) for b in range(1, 12)
                ],
                lambda case: _two_and_three(*case) == "stable",
                lambda case: 2 / (case[0] + 3) < case[1] < (case[0] + 2) / (case[0] + 3),
            ),
        ),
        Step(
            "another-engine",
            r"Between the crossings of the code, counts at rational inputs by Schur-Cohn.",
            ExactFinite(
                "unstable modes in every interval",
                "all pairs up to 7 with three shares, and two triples",
                _small,
                lambda mix: [
                    unit_circle_counts(_with_input(mix, value), "schur-cohn").outside
                    for value, _ in _samples(threshold(mix))
                ],
                lambda mix: [unstable for _, unstable in _samples(threshold(mix))],
            ),
        ),
        Step(
            "bounds",
            r"The number of crossings is at most $L - 1$ (with $L = 1$ for none).",
            ExactFinite(
                "whether it is",
                "the same mixes",
                _small,
                lambda mix: len(threshold(mix).crossings) <= mix.longest_decode - 1,
                lambda mix: True,
            ),
        ),
    ),
    sharpness=(
        Witness(
            _COMMON,
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
        r"last of them is 9.8229483 tokens; for 99 and 100 steps it is 199 534.49."
    ),
)


def _exact(lengths: tuple[int, ...]) -> Fraction | None:
    found = threshold(_mix(lengths, (1,) * len(lengths))).threshold
    return None if found is None else found.exact


def _two_and_three(inputs: Fraction, share: Fraction) -> str:
    mix = Workload.from_classes([(inputs, 2, share), (inputs, 3, 1 - share)])
    return str(unit_circle_counts(mix, "schur-cohn").verdict)


def _with_input(mix: Workload, inputs: Fraction) -> Workload:
    return Workload.from_classes([(inputs, c.decode_length, c.share) for c in mix.classes])


NOT_BELOW = Theorem(
    label="stable-inputs",
    title="No stable input below the threshold",
    variables=_LENGTHS,
    hypotheses=(_COMMON, "The decode lengths are coprime."),
    statement=(
        r"There is no stable $s$ below $s^*$: the stable inputs are exactly those beyond the "
        r"largest crossing. (The number of unstable modes itself can rise with $s$ before it "
        r"falls.)"
    ),
    formula=Eq(Function("N")(s), 0),
    uses=("R8",),
    code=("stabkit.threshold",),
    steps=(
        Step(
            "two-and-three",
            r"For (2, 3) it follows from R8's criterion: both of its bounds let more shares in as "
            r"$s$ grows, as $(s + 2) / (s + 3)$ rises and $2 / (s + 3)$ falls.",
            Identity(
                diff((s + 2) / (s + 3), s) - diff(2 / (s + 3), s),
                1 / (s + 3) ** 2 + 2 / (s + 3) ** 2,
            ),
        ),
        Step(
            "search",
            r"Exact partitions of the line of inputs: a single interval is stable, and it is the "
            r"last.",
            ExactFinite(
                "whether exactly one interval is stable",
                "all coprime pairs up to 9 with five shares, 60 random mixes up to length 16",
                lambda: [*_coprime_pairs(), *_random_mixes()],
                lambda mix: _only_the_last(threshold(mix)),
                lambda mix: True,
            ),
        ),
    ),
    checks=(),
    sharpness=(
        Witness(
            "The decode lengths are coprime.",
            r"With the gcd 3 a mix can be stable at $s = 0$, where nothing is beyond: see R9. At "
            r"the other end (2, 4) has no stable input at all.",
            ExactFinite(
                "number of stable intervals",
                "one mix",
                lambda: [_mix((2, 4), (1, 1))],
                lambda mix: len(threshold(mix).stable_intervals),
                lambda mix: 0,
            ),
        ),
    ),
    conjecture=(
        "Searched: all coprime pairs up to 9 with five shares and 98 029 random coprime mixes of "
        "two to five lengths up to 24, by exact partitions. None has a second stable interval, "
        "although the number of unstable modes rises somewhere with s in 1825 of them."
    ),
    lesson=(
        r"One would like to say: longer prompts never hurt. For the verdict this seems to be true, "
        r"and nobody has a proof; for the number of growing modes it is false."
    ),
)


def _coprime_pairs() -> Iterator[Workload]:
    for a, b in combinations(range(1, 10), 2):
        if gcd(a, b) == 1:
            for weights in ((1, 1), (1, 2), (2, 1), (1, 9), (9, 1)):
                yield _mix((a, b), weights)


def _random_mixes() -> Iterator[Workload]:
    rng = random.Random(8)
    found = 0
    while found < 60:
        lengths = tuple(rng.sample(range(1, 17), rng.randint(2, 5)))
        if gcd(*lengths) == 1:
            found += 1
            yield _mix(lengths, tuple(rng.randint(1, 20) for _ in lengths))


def _only_the_last(found: Threshold) -> bool:
    stable = found.stable_intervals
    return found.complete and len(stable) == 1 and stable[0].high is None


THEOREMS = (R8, NOT_BELOW)
