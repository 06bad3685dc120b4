"""Exercises on admission policies; see `stabkit.exercises.roots`."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from ..dynamics.capacity import equilibrium_admissions
from ..dynamics.policies import Reservation
from ..model.workload import Workload
from ..spectrum.margins.gain import gain_margin
from .draft import (
    Draft,
    classes_prose,
    divided,
    kernel_of,
    memory_of,
    server,
    tex,
    tokens_held,
    tokens_reserved,
)

__all__ = ["POLICY"]


def _two(rng: Random) -> Workload:
    first, second = sorted(rng.sample(range(1, 8), 2))
    weight = rng.randint(1, 3)
    classes = [(rng.randint(0, 9), first, weight), (rng.randint(0, 9), second, 4 - weight)]
    return Workload.from_classes(classes, rng.randint(2, 20) * 100)


def _reservation(rng: Random) -> Draft:
    mix = _two(rng)
    held, reserved = tokens_held(mix), tokens_reserved(mix)
    best, kept = equilibrium_admissions(mix), Reservation().equilibrium(mix)
    return Draft(
        "reservation",
        mix,
        f"{server(mix)}. How many requests per step does it complete at the equilibrium of greedy "
        "admission, how many if it reserves $s_k + l_k$ tokens for each from the start, and what "
        "is the ratio of the two?",
        (("equilibrium", best), ("reservation", kept), ("ratio", kept / best)),
        (
            rf"$G(1) = \sum_k p_k (l_k s_k + l_k (l_k + 1) / 2) = {tex(held)}$, so that $a^* = "
            rf"{divided(memory_of(mix), held)}$.",
            rf"$\sum_k p_k l_k (s_k + l_k) = {tex(reserved)}$: reservation completes "
            rf"${divided(memory_of(mix), reserved)}$.",
            rf"The ratio is ${divided(held, reserved)}$.",
        ),
    )


def _headroom(rng: Random) -> Draft:
    s, length = rng.randint(0, 20), rng.randint(2, 8)
    mix = Workload.from_classes([(s, length)], rng.randint(4, 40) * 5 * (s + length))
    eta = Fraction(length - 1, s + length)
    cohort = (1 - eta) * memory_of(mix) / (s + 1)
    return Draft(
        "headroom",
        mix,
        f"{server(mix)}. It starts empty. Which fraction $\\eta$ of the memory must admissions "
        "leave free at least, so that nothing is ever evicted, and how many requests per step does "
        "it then complete?",
        (("headroom", eta), ("throughput", cohort / length)),
        (
            r"The first cohort fills $(1 - \eta) B$ with $s + 1$ tokens each and grows to $s + l$ "
            rf"each, which must fit into $B$: $\eta \ge \frac{{l - 1}}{{s + l}} = {tex(eta)}$.",
            rf"It has $(1 - \eta) B / (s + 1) = {tex(cohort)}$ requests and completes every "
            f"{length} steps: ${tex(cohort / length)}$ per step.",
        ),
    )


def _rate(rng: Random) -> Draft:
    mix = _two(rng)
    best, mean = equilibrium_admissions(mix), mix.mean_decode_length
    return Draft(
        "rate-limit",
        mix,
        f"{server(mix)}. Which is the largest constant rate of admissions per step that always "
        "fits, and how many requests are in service then?",
        (("rate", best), ("in service", best * mean)),
        (
            r"Admissions at the rate $r$ hold $r \, G(1)$ tokens in the long run, $G(1) = \sum_k "
            rf"p_k (l_k s_k + l_k (l_k + 1) / 2) = {tex(tokens_held(mix))}$: $r \le a^* = "
            rf"{divided(memory_of(mix), tokens_held(mix))}$.",
            rf"Each stays for $\mu = {tex(mean)}$ steps on average: $a^* \mu = {tex(best * mean)}$ "
            "are in service.",
        ),
    )


def _damped(rng: Random) -> Draft | None:
    mix = _two(rng)
    g = kernel_of(mix)
    sufficient = gain_margin(mix).sufficient
    if len(g) < 4 or sufficient is None or sufficient >= 1:
        return None
    kappa = Fraction(1, rng.randint(2, 6))
    used, proved = _in_use(g, kappa), kappa < sufficient
    return Draft(
        "damped",
        Workload.from_classes([(c.input_length, c.decode_length, c.share) for c in mix.classes]),
        f"A server has {classes_prose(mix)}, and admits the fraction $\\kappa$ of what would fit. "
        r"Below which $\kappa$ is this proved stable by $\kappa \sum_{m \ge 1} g_m < g_0$, with "
        rf"the memory kernel $g_m$? Does that cover $\kappa = {tex(kappa)}$, and which fraction of "
        "the memory is in use then?",
        (
            ("sufficient gain", sufficient),
            ("covered", "yes" if proved else "no"),
            ("memory in use", used),
        ),
        (
            rf"$g_0 = {tex(g[0])}$ and $\sum_{{m \ge 1}} g_m = {tex(sum(g[1:], Fraction(0)))}$: "
            rf"below the gain ${tex(sufficient)}$.",
            rf"$\kappa = {tex(kappa)}$ is {'below' if proved else 'not below'} it: "
            + ("it is stable." if proved else "this does not tell whether it is stable."),
            r"The equilibrium has $g_0 a = \kappa (B - (G(1) - g_0) a)$, so that $a \, G(1) / B = "
            rf"\kappa G(1) / (g_0 + \kappa (G(1) - g_0)) = {tex(used)}$.",
        ),
        (("gain", kappa),),
    )


def _in_use(g: list[Fraction], kappa: Fraction) -> Fraction:
    total = sum(g, Fraction(0))
    return kappa * total / (g[0] + kappa * (total - g[0]))


def _largest_gain(mix: Workload) -> Fraction | None:
    """Return the supremum of the stable gains, if it is rational and below 1."""
    found = gain_margin(mix).largest_stable
    return found.low if found is not None and found.low == found.high < 1 else None


def _gain_of_two(rng: Random) -> Draft | None:
    parts, s = rng.randint(2, 9), rng.randint(0, 12)
    weight = rng.randint(0, parts // 2)
    classes = [(rng.randint(0, 6), 1, weight)] if weight else []
    mix = Workload.from_classes([*classes, (s, 2, parts - weight)])
    gain, g = _largest_gain(mix), kernel_of(mix)
    if gain is None:
        return None
    used = _in_use(g, gain)
    return Draft(
        "gain-of-two-steps",
        mix,
        f"A server has {classes_prose(mix)}, and admits the fraction $\\kappa$ of what would fit. "
        "Below which gain $\\kappa$ is it stable, and which fraction of the memory is in use at "
        "that gain?",
        (("gain", gain), ("memory in use", used)),
        (
            rf"The loop has the polynomial $g_0 \lambda + \kappa g_1$ with $g_0 = {tex(g[0])}$ and "
            f"$g_1 = {tex(g[1])}$.",
            rf"Its root $-\kappa g_1 / g_0$ is inside of the unit circle if $\kappa < g_0 / g_1 = "
            f"{tex(gain)}$.",
            rf"In use is $\kappa G(1) / (g_0 + \kappa (G(1) - g_0)) = {tex(used)}$.",
        ),
    )


def _gain_of_three(rng: Random) -> Draft | None:
    parts, s = rng.randint(2, 9), rng.randint(0, 12)
    weight = rng.randint(0, parts - 1)
    classes = [(rng.randint(0, 9), rng.choice((1, 2)), weight)] if weight else []
    mix = Workload.from_classes([*classes, (s, 3, parts - weight)])
    gain, g = _largest_gain(mix), kernel_of(mix)
    if gain is None:
        return None
    used, difference = _in_use(g, gain), g[1] - g[2]
    second = (
        rf"is $\kappa < g_0 / (g_1 - g_2) = {tex(g[0] / difference)}$"
        if difference > 0
        else "always holds"
    )
    return Draft(
        "gain-of-three-steps",
        mix,
        f"A server has {classes_prose(mix)}, and admits the fraction $\\kappa$ of what would fit. "
        "Below which gain $\\kappa$ is it stable, and which fraction of the memory is in use at "
        r"that gain? ($a \lambda^2 + b \lambda + c$ with $a > 0$ has both roots inside of the "
        "unit circle if and only if $|c| < a$ and $|b| < a + c$.)",
        (("gain", gain), ("memory in use", used)),
        (
            rf"The loop has the polynomial $g_0 \lambda^2 + \kappa g_1 \lambda + \kappa g_2$ with "
            f"$g = ({', '.join(map(tex, g))})$.",
            rf"$\kappa g_2 < g_0$ is $\kappa < {tex(g[0] / g[2])}$, and $\kappa g_1 < g_0 + \kappa "
            f"g_2$ {second}.",
            rf"So it is stable below $\kappa = {tex(gain)}$.",
            rf"In use is $\kappa G(1) / (g_0 + \kappa (G(1) - g_0)) = {tex(used)}$.",
        ),
    )


POLICY = (_reservation, _headroom, _rate, _damped, _gain_of_two, _gain_of_three)
