"""Exercises on limit cycles and on runs by hand; see `stabkit.exercises.roots`."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from random import Random

from ..dynamics.capacity import equilibrium_admissions
from ..dynamics.necklaces import necklace_cycle, worst_cycle_loss
from ..dynamics.renormalization import renormalized, synchronized_loss
from ..dynamics.simulator import simulate
from ..model.workload import Workload
from .draft import Draft, classes_prose, divided, memory_of, server, tex, tokens_held
from .drawing import counts_of_stages, course

__all__ = ["CYCLE"]


def _one(rng: Random, least: int, most: int) -> Workload:
    s, length = rng.randint(0, 20), rng.randint(least, most)
    return Workload.from_classes([(s, length)], rng.randint(4, 40) * 5 * (s + length))


def _worst(rng: Random) -> Draft:
    mix = _one(rng, 2, 8)
    (one,) = mix.classes
    s, length = int(one.input_length), one.decode_length
    best = equilibrium_admissions(mix)
    worst, loss = necklace_cycle(mix, [length]).throughput, worst_cycle_loss(s, length)
    return Draft(
        "worst-cycle",
        mix,
        f"{server(mix)}. How many requests per step does it complete at the equilibrium, how many "
        "on the worst cycle, and which share is lost?",
        (("equilibrium", best), ("worst cycle", worst), ("loss", loss)),
        (
            rf"$a^* = B / (l s + l (l + 1) / 2) = "
            f"{divided(memory_of(mix), tokens_held(mix))}$.",
            f"One cohort of $B / (s + l) = {tex(memory_of(mix) / (s + length))}$ completes every "
            f"{length} steps: ${tex(worst)}$ per step.",
            rf"The loss is $1 - {tex(worst)} / {tex(best)} = \frac{{l - 1}}{{2 (s + l)}} = "
            f"{tex(loss)}$.",
        ),
    )


def _level(rng: Random) -> Draft:
    s, length = rng.randint(0, 9), rng.randint(3, 8)
    level, scale = rng.randint(1, length - 2), rng.randint(2, 30)
    weight = (level + 1) * (s + level + 1) + sum(s + j + 1 for j in range(level + 1, length))
    mix = Workload.from_classes([(s, length)], weight * scale)
    cycle = necklace_cycle(mix, [level + 1] + [1] * (length - level - 1))
    held = [f"{level + 1} \\cdot {s + level + 1}"]
    held += [str(s + j + 1) for j in range(level + 1, length)]
    return Draft(
        "level",
        mix,
        f"{server(mix)}. On the limit cycle of level $i = {level}$ the stages hold "
        r"$c \cdot (0, \dots, 0, i + 1, 1, \dots, 1)$ requests, with $i$ zeros, when the memory is "
        "full and the oldest cohort is about to complete. Find this state. How many requests per "
        "step does the cycle complete?",
        (("state", cycle.states[0]), ("throughput", cycle.throughput)),
        (
            f"With the tokens of each stage, the memory is full if $c ({' + '.join(held)}) = "
            f"{weight} c = {weight * scale}$: $c = {tex(cycle.throughput)}$.",
            f"The state is $({', '.join(map(tex, cycle.states[0]))})$. In $l$ steps all that is in "
            f"it completes, $l c$ requests: ${tex(cycle.throughput)}$ per step.",
        ),
        (("level", level),),
        counts_of_stages(equilibrium_admissions(mix), cycle.states[0]),
    )


def _necklace(rng: Random) -> Draft | None:
    mix = _one(rng, 4, 8)
    length = mix.longest_decode
    parts: list[int] = []
    while sum(parts) < length:
        parts.append(rng.randint(1, length - sum(parts)))
    if sum(part > 1 for part in parts) < 2:  # a level
        return None
    cycle = necklace_cycle(mix, parts)
    squares = " + ".join(f"{part}^2" for part in parts)
    total = sum(part * part for part in parts)
    worth = length * mix.classes[0].input_length + Fraction(length**2 + total, 2)
    return Draft(
        "necklace",
        mix,
        f"{server(mix)}. How many requests per step does the limit cycle of the composition "
        f"${' + '.join(map(str, parts))}$ complete, and what is that relative to the equilibrium?",
        (("throughput", cycle.throughput), ("ratio", cycle.throughput_ratio)),
        (
            rf"$\sum d_i^2 = {squares} = {total}$.",
            rf"$c = B / (s l + (l^2 + \sum d_i^2) / 2) = "
            f"{divided(memory_of(mix), worth)}$ per step.",
            rf"The equilibrium is the composition of ones, with $\sum d_i^2 = l$ and "
            rf"$a^* = {divided(memory_of(mix), tokens_held(mix))}$: the ratio is "
            f"${tex(cycle.throughput_ratio)}$.",
        ),
        (("composition", tuple(parts)),),
        counts_of_stages(equilibrium_admissions(mix), cycle.states[0]),
    )


def _renormalised(rng: Random) -> Draft:
    first, second = rng.choice(((1, 2), (1, 3), (2, 3)))
    g, parts = rng.randint(2, 4), rng.randint(2, 4)
    weight = rng.randint(1, parts - 1)
    mix = Workload.from_classes(
        [
            (g * rng.randint(0, 5), g * first, weight),
            (g * rng.randint(0, 5), g * second, parts - weight),
        ]
    )
    small, loss = renormalized(mix), synchronized_loss(mix)
    rounds = tokens_held(small) * g
    return Draft(
        "renormalisation",
        mix,
        f"A server has {classes_prose(mix)}. Renormalise it by the gcd of its decode lengths: "
        "which inputs and decode lengths has the small mix, and which share of the throughput does "
        "the synchronised cycle lose?",
        (
            ("inputs", tuple(c.input_length for c in small.classes)),
            ("decode lengths", tuple(c.decode_length for c in small.classes)),
            ("loss", loss),
        ),
        (
            f"The gcd is $g = {g}$. Divided by it, the classes have $(s, l) =$ "
            + " and ".join(f"$({tex(c.input_length)}, {c.decode_length})$" for c in small.classes)
            + ".",
            rf"At the equilibrium an admission per step holds $G(1) = {tex(tokens_held(mix))}$ "
            "tokens.",
            rf"In step, an admission every $g$ steps holds $\sum_k p_k \sum_{{i < l_k / g}} (s_k + "
            rf"(i + 1) g) = {tex(rounds)}$ tokens just before it completes.",
            rf"The ratio of the throughputs is $G(1)$ over $g$ times that, ${tex(1 - loss)}$, and "
            f"the loss ${tex(loss)}$.",
        ),
    )


def _by_hand(rng: Random) -> Draft | None:
    s = rng.randint(1, 6)
    capacity = (2 * s + 3) * rng.randint(5, 20) + rng.randint(0, s)
    middle = capacity // (2 * s + 3)
    old = rng.randint(middle // 2, middle - 1)
    young = (capacity - (s + 2) * old) // (s + 1)
    mix = Workload.from_classes([(s, 2)], capacity)
    run = simulate(mix, 3, arithmetic="integer", state=[[young, old]], record_states=True)
    assert run.states is not None
    states = [tuple(map(int, counts)) for (counts,) in run.states]
    if not (any(run.evicted) and sum(admitted > 0 for admitted in run.admitted) > 1):
        return None
    return Draft(
        "by-hand",
        mix,
        f"{server(mix)}; only whole requests are admitted and evicted. Now {young} are in stage 0 "
        f"and {old} in stage 1. What is the state after each of the next three steps?",
        tuple((f"after step {n}", state) for n, state in enumerate(states[1:], start=1)),
        tuple(
            f"Step {n}: {before[1]} complete, the other {before[0]} need ${s + 2} \\cdot "
            f"{before[0]} = {(s + 2) * before[0]}$ tokens. {_fit(capacity, s, before[0])} Now "
            f"$({now[0]}, {now[1]})$."
            for n, (before, now) in enumerate(pairwise(states), start=1)
        ),
        (("state", (young, old)),),
        course(list(zip(*states, strict=True)), ("stage 0", "stage 1")),
    )


def _fit(capacity: int, s: int, old: int) -> str:
    free = capacity - (s + 2) * old
    if free < 0:
        kept = capacity // (s + 2)
        return f"Too many: {kept} stay, {old - kept} are evicted, nobody is admitted."
    return f"{free} are free: {free // (s + 1)} newcomers of {s + 1} tokens."


CYCLE = (_worst, _level, _necklace, _renormalised, _by_hand)
