"""Exercises on limit cycles and on admission policies; see `stabkit.analysis.exercise_modes`."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from random import Random

from ..dynamics.necklaces import necklace_cycle, worst_cycle_loss
from ..dynamics.renormalization import renormalized, synchronized_loss
from ..dynamics.simulator import simulate
from ..model.workload import Workload
from .exercise_draft import Draft, classes_prose, kernel_of, tex

__all__ = ["CYCLE", "POLICY"]


def _total(mix: Workload) -> Fraction:
    """Return G(1): the token-steps of an admission over its life."""
    return sum(
        (
            c.share * (c.decode_length * c.input_length + _triangle(c.decode_length))
            for c in mix.classes
        ),
        Fraction(0),
    )


def _triangle(n: int) -> int:
    return n * (n + 1) // 2


def _one(rng: Random, least: int = 2, most: int = 8) -> Workload:
    s, length = rng.randint(0, 20), rng.randint(least, most)
    return Workload.from_classes([(s, length)], rng.randint(4, 40) * 5 * (s + length))


def _two(rng: Random) -> Workload:
    first, second = sorted(rng.sample(range(1, 8), 2))
    weight = rng.randint(1, 3)
    classes = [(rng.randint(0, 9), first, weight), (rng.randint(0, 9), second, 4 - weight)]
    return Workload.from_classes(classes, rng.randint(2, 20) * 100)


def _capacity(mix: Workload) -> Fraction:
    assert mix.capacity is not None
    return mix.capacity


def _worst(rng: Random) -> Draft:
    mix = _one(rng)
    (one,) = mix.classes
    s, length, capacity = one.input_length, one.decode_length, _capacity(mix)
    best, worst = capacity / _total(mix), capacity / (length * (s + length))
    loss = worst_cycle_loss(int(s), length)
    return Draft(
        "worst-cycle",
        "easy",
        mix,
        f"A server of $B = {tex(capacity)}$ tokens has {classes_prose(mix)}. How many requests per "
        "step does it complete at the equilibrium, how many on the worst cycle, and which share is "
        "lost?",
        (("equilibrium", best), ("worst cycle", worst), ("loss", loss)),
        (
            rf"$a^* = B / (l s + l (l + 1) / 2) = {tex(capacity)} / {tex(_total(mix))} = "
            f"{tex(best)}$.",
            f"One cohort of $B / (s + l)$ completes every $l$ steps: ${tex(worst)}$ per step.",
            rf"The loss is $\frac{{l - 1}}{{2 (s + l)}} = {tex(loss)}$.",
        ),
    )


def _necklace(rng: Random) -> Draft:
    mix = _one(rng, 3, 7)
    (one,) = mix.classes
    length = one.decode_length
    parts: list[int] = []
    while sum(parts) < length:
        parts.append(rng.randint(1, length - sum(parts)))
    if len(parts) in (1, length):  # the worst cycle, or the equilibrium
        parts = [length - 1, 1]
    cycle = necklace_cycle(mix, parts)
    square = sum(part * part for part in parts)
    shown = " + ".join(map(str, parts))
    return Draft(
        "necklace",
        "medium",
        mix,
        f"A server of $B = {tex(_capacity(mix))}$ tokens has {classes_prose(mix)}. What does the "
        f"limit cycle of the composition ${shown}$ complete per step, absolutely and relative to "
        "the equilibrium?",
        (("throughput", cycle.throughput), ("ratio", cycle.throughput_ratio)),
        (
            rf"$\sum d_i^2 = {square}$, and $c = B / (s l + (l^2 + \sum d_i^2) / 2) = "
            f"{tex(cycle.throughput)}$.",
            rf"The equilibrium is the composition of ones, with $\sum d_i^2 = l$: the ratio is "
            f"${tex(cycle.throughput_ratio)}$.",
        ),
        (("composition", tuple(parts)),),
    )


def _renormalised(rng: Random) -> Draft:
    g = rng.randint(2, 4)
    first, second = rng.choice(((1, 2), (1, 3), (2, 3)))
    mix = Workload.from_classes(
        [(g * rng.randint(0, 5), g * first), (g * rng.randint(0, 5), g * second)]
    )
    small, loss = renormalized(mix), synchronized_loss(mix)
    inputs = tuple(c.input_length for c in small.classes)
    return Draft(
        "renormalisation",
        "hard",
        mix,
        f"A server has {classes_prose(mix)}. Renormalise it by the gcd of its decode lengths: "
        "which inputs and decode lengths has the small mix, and which share of the throughput does "
        "the synchronised cycle lose?",
        (
            ("inputs", inputs),
            ("decode lengths", tuple(c.decode_length for c in small.classes)),
            ("loss", loss),
        ),
        (
            f"$g = {g}$. Divide by it: "
            + " and ".join(f"$({tex(c.input_length)}, {c.decode_length})$" for c in small.classes)
            + ".",
            r"The loss is $\frac{(g - 1) \mu}{2 g \sum_k p_k \sum_{i < l_k / g} (s_k + (i + 1) g)}$"
            rf" with $\mu = {tex(mix.mean_decode_length)}$: ${tex(loss)}$.",
        ),
    )


def _by_hand(rng: Random) -> Draft:
    s = rng.randint(1, 6)
    capacity = (2 * s + 3) * rng.randint(5, 20)
    mix = Workload.from_classes([(s, 2)], capacity)
    middle = capacity // (2 * s + 3)
    old = middle - rng.randint(1, 3)
    young = (capacity - (s + 2) * old) // (s + 1)
    run = simulate(mix, 3, arithmetic="integer", state=[[young, old]], record_states=True)
    assert run.states is not None
    states = [tuple(map(int, counts)) for (counts,) in run.states]
    return Draft(
        "by-hand",
        "medium",
        mix,
        f"A server of $B = {capacity}$ tokens has {classes_prose(mix)}; only whole requests are "
        f"admitted and evicted. {young} are in stage 0 and {old} in stage 1. What is the state "
        "after each of the next three steps?",
        tuple((f"after step {n}", state) for n, state in enumerate(states[1:], start=1)),
        tuple(
            f"Step {n}: {before[1]} finish, the other {before[0]} need ${s + 2} \\cdot {before[0]} "
            f"= {(s + 2) * before[0]}$ tokens. {_fit(capacity, s, before[0])} Now $[{now[0]}, "
            f"{now[1]}]$."
            for n, (before, now) in enumerate(pairwise(states), start=1)
        ),
        (("state", (young, old)),),
    )


def _fit(capacity: int, s: int, old: int) -> str:
    free = capacity - (s + 2) * old
    if free < 0:
        return f"Too many: {capacity // (s + 2)} stay, the others are evicted."
    return f"{free} are free: {free // (s + 1)} newcomers of {s + 1} tokens."


def _reservation(rng: Random) -> Draft:
    mix = _two(rng)
    capacity = _capacity(mix)
    held = sum(
        (c.share * c.decode_length * (c.input_length + c.decode_length) for c in mix.classes),
        Fraction(0),
    )
    best, kept = capacity / _total(mix), capacity / held
    return Draft(
        "reservation",
        "medium",
        mix,
        f"A server of $B = {tex(capacity)}$ tokens has {classes_prose(mix)}. How many requests per "
        "step does it complete at the equilibrium of greedy admission, and how many if it reserves "
        "$s_k + l_k$ tokens for each from the start?",
        (("equilibrium", best), ("reservation", kept), ("ratio", kept / best)),
        (
            rf"$G(1) = \sum_k p_k (l_k s_k + l_k (l_k + 1) / 2) = {tex(_total(mix))}$, so $a^* = "
            f"{tex(best)}$.",
            rf"$\sum_k p_k l_k (s_k + l_k) = {tex(held)}$: reservation completes ${tex(kept)}$, "
            f"the fraction ${tex(kept / best)}$.",
        ),
    )


def _headroom(rng: Random) -> Draft:
    mix = _one(rng)
    (one,) = mix.classes
    s, length, capacity = one.input_length, one.decode_length, _capacity(mix)
    eta = Fraction(length - 1) / (s + length)
    kept = (1 - eta) * capacity / (length * (s + 1))
    return Draft(
        "headroom",
        "easy",
        mix,
        f"A server of $B = {tex(capacity)}$ tokens has {classes_prose(mix)}. Which fraction of the "
        "memory must stay free of admissions so that, from empty, nothing is ever evicted, and how "
        "many requests per step does it then complete?",
        (("headroom", eta), ("throughput", kept)),
        (
            "A cohort that fills $(1 - \\eta) B$ with $s + 1$ tokens each grows to $s + l$ each: "
            rf"$\eta \ge \frac{{l - 1}}{{s + l}} = {tex(eta)}$.",
            rf"It completes $(1 - \eta) B / (l (s + 1)) = {tex(kept)}$ per step.",
        ),
    )


def _gain(rng: Random) -> Draft:
    mix = _two(rng)
    kernel = kernel_of(mix)
    rest = sum(kernel[1:], Fraction(0))
    sufficient = min(Fraction(1), kernel[0] / rest)
    kappa = Fraction(1, rng.randint(2, 4))
    total = sum(kernel, Fraction(0))
    used = kappa * total / (kernel[0] + kappa * (total - kernel[0]))
    return Draft(
        "damped",
        "medium",
        mix,
        f"A server has {classes_prose(mix)}. Below which gain does Rouché's theorem prove damped "
        rf"admission stable, and which fraction of the memory is used at the gain $\kappa = "
        f"{tex(kappa)}$?",
        (("sufficient gain", sufficient), ("memory in use", used)),
        (
            rf"$g_0 = {tex(kernel[0])}$ and $\sum_{{m \ge 1}} g_m = {tex(rest)}$: stable for "
            rf"$\kappa < {tex(kernel[0])} / {tex(rest)} = {tex(kernel[0] / rest)}$"
            + (", so for every gain up to 1." if kernel[0] > rest else "."),
            rf"In use: $\kappa G(1) / (g_0 + \kappa (G(1) - g_0)) = {tex(used)}$.",
        ),
        (("gain", kappa),),
    )


def _rate(rng: Random) -> Draft:
    mix = _two(rng)
    capacity = _capacity(mix)
    best = capacity / _total(mix)
    inside = best * mix.mean_decode_length
    return Draft(
        "rate-limit",
        "easy",
        mix,
        f"A server of $B = {tex(capacity)}$ tokens has {classes_prose(mix)}. Up to which rate of "
        "admissions per step does it never evict after its start, and how many requests are then "
        "in service?",
        (("rate", best), ("in service", inside)),
        (
            rf"$a^* = B / G(1) = {tex(capacity)} / {tex(_total(mix))} = {tex(best)}$.",
            rf"In service are $a^* \mu = {tex(best)} \cdot {tex(mix.mean_decode_length)} = "
            f"{tex(inside)}$.",
        ),
    )


CYCLE = (_worst, _necklace, _renormalised, _by_hand)
POLICY = (_reservation, _headroom, _gain, _rate)
