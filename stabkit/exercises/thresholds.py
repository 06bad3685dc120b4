"""Exercises on stability thresholds; see `stabkit.exercises.roots`."""

from __future__ import annotations

import math
from fractions import Fraction
from random import Random

from ..model.kernel import MemoryKernel
from ..model.workload import Workload
from ..spectrum.counting.counts import unit_circle_counts
from ..spectrum.partition.threshold import threshold
from .draft import Draft, classes_prose, tex
from .drawing import border, chart

__all__ = ["THRESHOLD"]


def _lengths_prose(mix: Workload) -> str:
    """Return the decode lengths of two classes, with the share of the first, as prose."""
    first, second = mix.classes
    unit = "step" if first.decode_length == 1 else "steps"
    return (
        f"Outputs take {first.decode_length} {unit} (share $p = {tex(first.share)}$) or "
        f"{second.decode_length} steps"
    )


def _pair(first: int, second: int, s: int, share: Fraction) -> Workload:
    return Workload.from_classes([(s, first, share), (s, second, 1 - share)])


def _threshold(first: int, second: int, share: Fraction) -> Fraction | None:
    """Return the threshold if it is rational and above 0: if the mix is not stable anyhow."""
    found = threshold(_pair(first, second, 0, share)).threshold
    return None if found is None or not found.exact else found.exact


def _beside(rng: Random, border: Fraction) -> int:
    """Return an integer near the border but not on it, and at least 0."""
    below = math.ceil(border) - 1
    return rng.choice((max(0, below - rng.randint(0, 1)), math.floor(border) + rng.randint(1, 3)))


def _beyond(s: int, border: Fraction) -> int:
    """Return how far a chart should go to show a mix and the threshold."""
    return math.ceil(Fraction(3, 2) * max(Fraction(s), border)) + 2


def _two_and_three(rng: Random) -> Draft | None:
    parts = rng.randint(4, 12)
    share = Fraction(rng.randint(1, parts - 1), parts)
    found = _threshold(2, 3, share)
    if found is None:
        return None
    s = _beside(rng, found)
    mix = _pair(2, 3, s, share)
    verdict = unit_circle_counts(mix, "schur-cohn").verdict
    most = _beyond(s, found)
    borders = [border((0, 2, 1, 3), most, "$2 / (s + 3)$")]
    borders += [border((1, 2, 1, 3), most, "$(s + 2) / (s + 3)$", "mark")]
    return Draft(
        "two-and-three",
        mix,
        f"{_lengths_prose(mix)}; all prompts have $s$ tokens. Find the threshold $s^*$, the "
        "largest $s$ with a root on the unit circle, beyond which the equilibrium is stable, and "
        f"the verdict at $s = {s}$. ($a \\lambda^2 + b "
        r"\lambda + c$ with $a > 0$ has both roots inside of the unit circle if and only if $|c| < "
        "a$ and $|b| < a + c$.)",
        (("threshold", found), ("verdict", verdict)),
        (
            r"$F(\lambda) = (s + 1) \lambda^2 + (s + 2) \lambda + (1 - p)(s + 3)$.",
            r"$(1 - p)(s + 3) < s + 1$ is $s > \frac{2}{p} - 3 = " f"{tex(2 / share - 3)}$.",
            r"$s + 2 < s + 1 + (1 - p)(s + 3)$ is $s > \frac{1}{1 - p} - 3 = "
            f"{tex(1 / (1 - share) - 3)}$.",
            f"Both hold beyond $s^* = {tex(found)}$, and only there; at $s = {s}$ the mix is "
            f"{verdict}.",
        ),
        drawing=chart(s, share, most, borders),
    )


def _one_and_two(rng: Random) -> Draft | None:
    parts = rng.randint(5, 24)
    share = Fraction(rng.randint(1, (parts - 1) // 2), parts)
    found = _threshold(1, 2, share)
    if found is None:
        return None
    s = _beside(rng, found)
    mix = _pair(1, 2, s, share)
    verdict = unit_circle_counts(mix, "schur-cohn").verdict
    most = _beyond(s, found)
    return Draft(
        "one-and-two",
        mix,
        f"{_lengths_prose(mix)}; all prompts have $s$ tokens. Find the threshold $s^*$, the $s$ "
        "with the root on the unit circle, beyond which the equilibrium is stable, and the verdict "
        f"at $s = {s}$.",
        (("threshold", found), ("verdict", verdict)),
        (
            r"$F(\lambda) = (s + 1) \lambda + (1 - p)(s + 2)$ has the root $-(1 - p) "
            r"\frac{s + 2}{s + 1}$.",
            r"It is inside of the unit circle if $(1 - p)(s + 2) < s + 1$, that is $s > "
            rf"\frac{{1}}{{p}} - 2 = {tex(found)}$.",
            f"At $s = {s}$ the mix is {verdict}.",
        ),
        drawing=chart(s, share, most, [border((0, 1, 1, 2), most, "$1 / (s + 2)$")]),
    )


def _minus_one(rng: Random) -> Draft | None:
    lengths = sorted(rng.sample(range(1, 10), 3))
    odd = [n % 2 == 1 for n in lengths]
    if all(odd) or not any(odd):
        return None
    weights = [rng.randint(1, 4) for _ in lengths]
    value, slope = _at_minus_one(0, lengths, weights)
    border = -value / slope
    if border <= 0:
        return None
    s = _beside(rng, border)
    mix = Workload.from_classes([(s, n, w) for n, w in zip(lengths, weights, strict=True)])
    value += slope * s
    joined = " + ".join(
        f"p_{k} (s + {(n + 1) // 2})" if n % 2 else f"-{n // 2} p_{k}".replace("-1 ", "-")
        for k, n in enumerate(lengths, 1)
    ).replace("+ -", "- ")
    return Draft(
        "minus-one",
        mix,
        f"A server has {classes_prose(mix)}. Compute $G(-1)$ for $G(z) = \\sum_m g_m z^m$, with "
        "the memory kernel $g_m$. Is that a proof that a mode is below $-1$? At which common input "
        "would one be at $-1$?",
        (("G(-1)", value), ("proof", "yes" if value < 0 else "no"), ("input", border)),
        (
            r"$\sum_{m < l} (-1)^m (s + m + 1)$ is $-\frac{l}{2}$ for an even $l$, and "
            r"$s + \frac{l + 1}{2}$ for an odd one.",
            f"$G(-1) = {joined} = {tex(value)}$.",
            "Below 0: as $G(0) > 0$, $G$ has a zero between $-1$ and 0, whose inverse is a root of "
            "$F$: unstable."
            if value < 0
            else "Above 0: this proves nothing, for a mode may still be outside elsewhere.",
            rf"As a function of $s$ it has the slope {_odd_shares(odd)} $= {tex(slope)}$, and is 0 "
            rf"at the input $s - G(-1) / {tex(slope)} = {tex(border)}$.",
        ),
    )


def _at_minus_one(s: int, lengths: list[int], weights: list[int]) -> tuple[Fraction, Fraction]:
    """Return G(-1) at a common input, and what a token more adds to it."""
    here, next_ = (
        MemoryKernel.of(
            Workload.from_classes([(t, n, w) for n, w in zip(lengths, weights, strict=True)])
        )
        for t in (s, s + 1)
    )
    value = Fraction(here.at_minus_one(), here.denominator)
    return value, Fraction(next_.at_minus_one(), next_.denominator) - value


def _odd_shares(odd: list[bool]) -> str:
    return "$" + " + ".join(f"p_{k}" for k, yes in enumerate(odd, 1) if yes) + "$"


def _variance_law(rng: Random) -> Draft | None:
    n, parts = rng.randint(4, 11), rng.randint(2, 9)
    share = Fraction(rng.randint(1, parts - 1), parts)
    mix = _pair(n, n + 1, 0, share)
    line = threshold(mix)
    if line.threshold is None:
        return None
    mean = mix.mean_decode_length
    variance = share * (1 - share)
    if 100 * variance > mean**2:
        return None  # the law is for sigma / mu <= 0.1
    ratio, border = mean**3 / variance, float(line.threshold)
    estimate = float(ratio) / (2 * math.pi**2)
    off = 100 * (estimate / border - 1)
    return Draft(
        "variance-law",
        mix,
        f"{_lengths_prose(mix)}: one narrow hump, $\\sigma / \\mu \\le 0.1$. There the first term "
        "of the variance law estimates the threshold, the common input beyond which the "
        r"equilibrium is stable, as $c / (2 \pi^2)$ tokens. Compute $\mu$, $\sigma^2$ and $c = "
        r"\mu^3 / \sigma^2$.",
        (("mean", mean), ("variance", variance), ("c", ratio)),
        (
            rf"$\mu = {n + 1} - p = {tex(mean)}$, as $p$ of the requests take a step less than "
            f"{n + 1}.",
            rf"$\sigma^2 = p (1 - p) = {tex(variance)}$.",
            rf"$c = {tex(ratio)}$, so that the law says {estimate:.1f} tokens. It is no bound: the "
            f"threshold itself is {border:.1f}, and the law {abs(off):.1f} % too "
            f"{'high' if off > 0 else 'low'}.",
        ),
    )


THRESHOLD = (_two_and_three, _one_and_two, _minus_one, _variance_law)
