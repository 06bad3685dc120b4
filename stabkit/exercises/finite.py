"""Exercises on small servers of whole requests, counted exactly; see `stabkit.exercises.roots`."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from math import comb
from random import Random

from ..model.workload import Workload
from .draft import Draft, server, tex

__all__ = ["FINITE"]


def _one_or_two(rng: Random, capacity: int, s: int, parts: int) -> Workload:
    """Return outputs of 1 and 2 tokens with a common prompt; the longer has an odd share."""
    longer = rng.randint(1, parts - 1)
    return Workload.from_classes([(s, 1, parts - longer), (s, 2, longer)], capacity)


def _binomial(n: int, share: Fraction) -> list[Fraction]:
    """Return the law of how many of n requests are of the longer kind."""
    return [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]


def _overshoot(rng: Random) -> Draft | None:
    s, n, parts = rng.randint(1, 9), rng.randint(2, 4), rng.randint(2, 5)
    capacity = rng.randint(n * (s + 1), n * (s + 2) - 1)
    mix = _one_or_two(rng, capacity, s, parts)
    share = mix.classes[1].share
    law = _binomial(n, share)
    over = {k: k * (s + 2) - capacity for k in range(n + 1) if k * (s + 2) > capacity}
    chance = sum((law[k] for k in over), Fraction(0))
    excess = sum((law[k] * more for k, more in over.items()), Fraction(0))
    least, chances = min(over), [law[k] for k in over]
    return Draft(
        "overshoot",
        mix,
        f"{server(mix)}. It holds {n} requests, drawn independently, all of them in stage 0. With "
        "which probability does the next step evict, and by how many tokens does the memory that "
        "is needed then exceed the capacity on the mean (0 where it does not)?",
        (("probability", chance), ("mean overshoot", excess)),
        (
            f"Requests of one step complete. $K$ of the {n} are longer and need {s + 2} tokens "
            f"each, too many if ${s + 2} K > {capacity}$, that is $K \\ge {least}$.",
            rf"$K$ is binomial with ${n}$ trials and $p = {tex(share)}$: $P(K \ge {least}) = "
            f"{tex(chance)}$.",
            rf"The mean of $({s + 2} K - {capacity})^+$ is ${_products(over.values(), chances)} = "
            f"{tex(excess)}$ tokens.",
        ),
        (("running", n),),
    )


def _products(first: Iterable[int], second: Iterable[Fraction | int]) -> str:
    r"""Return a sum of products as LaTeX."""
    return " + ".join(rf"{a} \cdot {tex(b)}" for a, b in zip(first, second, strict=True))


def _safe_load(rng: Random) -> Draft | None:
    s, parts, n = rng.randint(1, 9), rng.randint(3, 6), rng.randint(3, 5)
    capacity = rng.randint(n * (s + 1), n * (s + 2) - 1)
    mix = _one_or_two(rng, capacity, s, parts)
    share = mix.classes[1].share
    always, most = capacity // (s + 2), capacity // (s + 1)
    risk = Fraction(1, rng.choice((2, 4, 5, 10)))
    risks = {m: _evicts(m, share, always) for m in range(always + 1, most + 1)}
    if not risks:
        return None
    load = max([always, *(m for m, chance in risks.items() if chance <= risk)])
    return Draft(
        "safe-load",
        mix,
        f"{server(mix)}. It is empty, and admits newcomers, drawn independently, in one step only. "
        "How many may it admit so that the next step evicts under no circumstances? And how many "
        f"so that it evicts with a probability of at most ${tex(risk)}$?",
        (("safe for certain", always), ("safe load", load)),
        (
            f"If all are of two steps they need {s + 2} tokens each: ${capacity} / {s + 2}$, "
            f"rounded down, is {always}. Newcomers need {s + 1} each, so that {most} fit at most.",
            f"The next step evicts if more than {always} of them are of two steps. With the share "
            rf"$p = {tex(share)}$ of these: "
            + "; ".join(
                rf"for {m} newcomers $P(K > {always}) = {tex(chance)}$"
                for m, chance in risks.items()
            )
            + f". So {load}.",
        ),
        (("risk", risk),),
    )


def _evicts(n: int, share: Fraction, fit: int) -> Fraction:
    return sum(_binomial(n, share)[fit + 1 :], Fraction(0))


def _cohort(capacity: int, s: int, length: int) -> list[int]:
    """Return how many of a cohort that comes into an empty memory are left in each step."""
    return [capacity // (s + j) for j in range(1, length + 1)]


def _alone(capacity: int, s: int, length: int) -> bool:
    """Tell whether nobody joins the cohort: a step that evicts nobody leaves too little room."""
    calm = [
        capacity - now * (s + j)
        for j, (before, now) in enumerate(pairwise(_cohort(capacity, s, length)), 2)
        if before == now
    ]
    return all(free < s + 1 for free in calm)


def _watermark(rng: Random) -> Draft | None:
    s, length = rng.randint(1, 12), rng.randint(2, 5)
    capacity = (s + length) * rng.randint(4, 20) + rng.randint(0, s + length - 1)
    mix = Workload.from_classes([(s, length)], capacity)
    kept = capacity // (s + length)
    admitted = capacity // (s + 1)
    mark = capacity - (kept + 1) * (s + 1) + 1
    if admitted == kept or not _alone(capacity, s, length):
        return None
    return Draft(
        "watermark",
        mix,
        f"{server(mix)}; requests are whole. It is empty and admits as many newcomers as fit. How "
        "many are evicted until the cohort completes? Which is the smallest whole number $w$ of "
        "tokens that it must keep free when it admits, so that nobody is? Which share of the "
        "memory is that?",
        (("evicted", admitted - kept), ("watermark", mark), ("share", Fraction(mark, capacity))),
        (
            f"{capacity} tokens have room for {admitted} newcomers of {s + 1}, and for {kept} in "
            f"the last step, of {s + length} each: {admitted - kept} are evicted.",
            f"{kept} newcomers must fit into ${capacity} - w$, and {kept + 1} must not: "
            rf"${capacity} - w < {kept + 1} \cdot {s + 1} = {(kept + 1) * (s + 1)}$, so that "
            f"$w = {mark}$.",
            rf"That is ${tex(Fraction(mark, capacity))}$ of the memory.",
        ),
    )


def _whole_cycle(rng: Random) -> Draft | None:
    s, length = rng.randint(1, 9), rng.randint(2, 4)
    capacity = (s + length) * rng.randint(3, 15) + rng.randint(0, s)
    mix = Workload.from_classes([(s, length)], capacity)
    fits = _cohort(capacity, s, length)
    if fits[0] == fits[-1] or not _alone(capacity, s, length):
        return None
    lost = [before - after for before, after in pairwise(fits)]
    written, wasted = sum(fits), sum(out * age for age, out in enumerate(lost, 1))
    room = (f"{n} of {s + j}" for j, n in enumerate(fits, 1))
    return Draft(
        "whole-cycle",
        mix,
        f"{server(mix)}; requests are whole. A single cohort is admitted when the memory is empty, "
        "and evicted requests start again. How many does it have in each step of its life? Which "
        "fraction of the tokens that are written in a round is lost?",
        (("cohort", tuple(fits)), ("lost", Fraction(wasted, written))),
        (
            f"In step $j$ of its life each holds ${s} + j$ tokens, and {capacity} tokens have room "
            f"for {', '.join(room)}.",
            f"All who are there write one token in every step: {' + '.join(map(str, fits))} = "
            f"{written}.",
            "Who is evicted after $j$ steps has lost $j$ tokens: "
            f"${_products(lost, range(1, length))} = {wasted}$. "
            rf"That is ${tex(Fraction(wasted, written))}$ of them.",
        ),
    )


FINITE = (_overshoot, _safe_load, _watermark, _whole_cycle)
