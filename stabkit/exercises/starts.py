"""Exercises on where a start ends: evictions from empty, soft starts, servers in step."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from random import Random

from ..dynamics.renormalization import renormalized, synchronized_loss
from ..model.workload import Workload
from ..spectrum.counting.counts import unit_circle_counts
from ..spectrum.starts.no_eviction import never_evicts
from ..spectrum.starts.soft_start import soft_start
from .draft import Draft, classes_prose, kernel_of, server, terms, tex, tokens_held

__all__ = ["STARTS"]

_LONGEST_RUN = 6  # steps from empty, by hand


def _two(rng: Random, first: int, second: int, most: int) -> Workload:
    parts = rng.randint(2, 6)
    weight = rng.randint(1, parts - 1)
    return Workload.from_classes(
        [(rng.randint(0, most), first, weight), (rng.randint(0, most), second, parts - weight)]
    )


def _listed(values: list[Fraction]) -> str:
    return ", ".join(map(tex, values))


def _no_start(rng: Random) -> Draft | None:
    mix = _two(rng, rng.randint(1, 2), 3, 12)
    g = kernel_of(mix)
    certain = never_evicts(mix).certain
    rise = max(b - a for a, b in pairwise(g))
    if rise == 0:
        return None
    worst = next(m for m, (a, b) in enumerate(pairwise(g), 1) if b - a == rise)
    evicted = max(Fraction(0), g[worst] / g[worst - 1] - 1)
    return Draft(
        "no-start",
        mix,
        f"A server has {classes_prose(mix)}. Compute its memory kernel. Is there any start from "
        "which it evicts, if every cohort has its share of each class? If so, a memory that is "
        "full of a single cohort evicts in the next step: which fraction of the memory more does "
        f"it need if that cohort came {worst - 1} {_steps(worst - 1)} ago? (0 if not more.)",
        (("kernel", tuple(g)), ("some start evicts", _yes(not certain)), ("excess", evicted)),
        (
            rf"$g_m = \sum_k p_k (s_k + m + 1)$ over the classes with $l_k > m$: ${_listed(g)}$.",
            r"Some start evicts if and only if the kernel rises (R19): where it does not, what "
            "completes frees at least what the others grow by. "
            f"Here it {'never rises' if certain else 'rises'}.",
            rf"A full cohort of that age needs ${tex(g[worst])}$ in place of "
            rf"${tex(g[worst - 1])}$ tokens in the next step: "
            + (f"${tex(evicted)}$ of the memory more." if evicted else "no more than there is."),
        ),
        (("age", worst - 1),),
    )


def _steps(count: int) -> str:
    return "step" if count == 1 else "steps"


def _yes(found: bool) -> str:
    return "yes" if found else "no"


def _admitted(g: list[Fraction], capacity: Fraction) -> list[Fraction]:
    """Return what greedy admits from empty, up to the first negative number."""
    found: list[Fraction] = []
    while len(found) < _LONGEST_RUN and (not found or found[-1] >= 0):
        held = sum((x * a for x, a in zip(g[1:], reversed(found), strict=False)), Fraction(0))
        found.append((capacity - held) / g[0])
    return found


def _first_eviction(rng: Random) -> Draft | None:
    mix = _two(rng, 1, rng.randint(2, 3), 9)
    g = kernel_of(mix)
    common = g[0].denominator * g[1].denominator
    capacity = g[0] * common * rng.randint(2, 12)
    mix = Workload.from_classes(mix.classes, capacity)
    found = _admitted(g, capacity)
    if found[-1] >= 0 or len(found) > _LONGEST_RUN - 1 or capacity.denominator != 1:
        return None
    *fit, last = found
    step = len(fit)
    return Draft(
        "first-eviction",
        mix,
        f"{server(mix)}, and starts empty. How many requests does greedy admission let in, in "
        "step 0, in step 1 and so on, until a step evicts? Which step is that?",
        (("admitted", tuple(fit)), ("first eviction in step", step)),
        (
            rf"The kernel is ${_listed(g)}$, and the memory is full of $g_0 a_n + g_1 a_{{n-1}} + "
            rf"\dots = {tex(capacity)}$ tokens as long as nothing is evicted.",
            *(
                rf"$g_0 a_{n} = {_left(capacity, g, fit[:n])}$: $a_{n} = {tex(a)}$."
                for n, a in enumerate(fit)
            ),
            rf"Then ${_left(capacity, g, fit)} = {tex(last * g[0])}$ is negative: step {step} "
            "needs more than there is, and evicts (R20).",
        ),
    )


def _left(capacity: Fraction, g: list[Fraction], before: list[Fraction]) -> str:
    """Return the capacity less what the admissions before hold, as LaTeX."""
    held = zip(g[1:], reversed(before), strict=False)
    return tex(capacity) + "".join(rf" - {tex(x)} \cdot {tex(a)}" for x, a in held)


def _soft_start(rng: Random) -> Draft | None:
    mix = _two(rng, 2, 3, 12)
    if unit_circle_counts(mix, "schur-cohn").verdict != "stable":
        return None
    found, g = soft_start(mix), kernel_of(mix)
    total = tokens_held(mix)
    sums = [a for a in _admitted(g, total) if a >= 0]
    if found.first_eviction is None or found.delta is None or found.delta.low != found.delta.high:
        return None
    delta = Fraction(found.delta.low)
    least = 1 - 1 / delta
    listed = _admitted(g, total)
    if least not in listed:
        return None
    return Draft(
        "soft-start",
        mix,
        f"A server has {classes_prose(mix)}; its equilibrium is stable. It starts empty and admits "
        r"$(1 - \delta) a^*$ per step for two steps, $a^*$ the rate of the equilibrium, then "
        r"greedily. From empty greedy would admit $a^* b_n$ in step $n$, with "
        r"$\sum_m g_m b_{n-m} = G(1)$. Compute $b_0$ and $b_1$, and the largest $\delta \le 1$ "
        r"with which nothing is ever evicted, if $b_1$ is the least of all $b_n$: "
        r"$1 / (1 - b_1)$ (R21).",
        (("b", tuple(listed[:2])), ("delta", delta)),
        (
            rf"The kernel is ${_listed(g)}$, with the sum $G(1) = {tex(total)}$.",
            rf"$b_0 = G(1) / g_0 = {tex(sums[0])}$, and $b_1 = (G(1) - g_1 b_0) / g_0 = "
            rf"{tex(listed[1])}$: negative, so that greedy evicts in step 1.",
            rf"$\delta = 1 / (1 - b_1) = {tex(delta)}$.",
        ),
    )


def _in_step(rng: Random) -> Draft:
    g, parts = rng.randint(2, 4), rng.randint(2, 5)
    weight = rng.randint(1, parts - 1)
    inputs = [g * rng.randint(0, 4), g * rng.randint(0, 4)]
    mix = Workload.from_classes([(inputs[0], g, weight), (inputs[1], 2 * g, parts - weight)])
    small = renormalized(mix)
    first, last = kernel_of(small)
    root = -last / first
    verdict = unit_circle_counts(small, "schur-cohn").verdict
    ratio = 1 - synchronized_loss(mix)
    return Draft(
        "in-step",
        mix,
        f"A server has {classes_prose(mix)}. It starts with all requests in stages divisible by "
        f"{g}. Seen every {g} steps it is a smaller server (R10): find the root of its "
        "characteristic polynomial. Does its equilibrium attract starts in step that are near it? "
        f"Seen in every step this is a cycle of {g} steps: which fraction of the throughput of "
        "the equilibrium does it complete?",
        (("root", root), ("attracts", _yes(verdict == "stable")), ("ratio", ratio)),
        (
            f"Inputs and outputs divided by {g}: "
            + " and ".join(f"$({tex(c.input_length)}, {c.decode_length})$" for c in small.classes)
            + rf". So $F(\lambda) = {terms([first, last])}$, with the root ${tex(root)}$.",
            f"Its modulus is {'below' if -root < 1 else 'above' if -root > 1 else 'exactly'} 1: "
            + ("the equilibrium attracts." if verdict == "stable" else "it does not attract."),
            rf"The equilibrium holds $G(1) = {tex(tokens_held(mix))}$ token-steps per admission, "
            rf"the cycle {g} times ${tex(tokens_held(small) * g)}$ just before it completes: the "
            f"ratio is ${tex(ratio)}$.",
        ),
    )


STARTS = (_no_start, _first_eviction, _soft_start, _in_step)
