"""Lesson 2: the equation of one kind of request, and why its equilibrium never holds."""

from __future__ import annotations

import math
from fractions import Fraction

import stabkit

from .deck import PANELS, SQUARE, TALL, Cells, Deck

CHAT = (5, 6)  # prompt and output of the running example


def one(inputs: int, decode: int, capacity: int | None = None) -> stabkit.Workload:
    return stabkit.Workload.from_classes([(inputs, decode)], capacity)


def annulus(inputs: int, decode: int) -> tuple[Fraction, Fraction]:
    """Return the bounds of all moduli (R5)."""
    return Fraction(inputs + decode, inputs + decode - 1), Fraction(inputs + 2, inputs + 1)


def doubling(modulus: Fraction) -> str:
    return f"{math.log(2) / math.log(modulus):.0f}"


def speeds() -> Cells:
    """Return how fast swings grow, for three prompts."""
    rows = []
    for s in (5, 50, 500):
        low, high = annulus(s, CHAT[1])
        rows.append((str(s), f"${float(low):.4f}$", f"${float(high):.4f}$", doubling(low)))
    return tuple(rows)


def losses() -> Cells:
    """Return the worst cycle's loss in percent, by output and prompt length."""
    return tuple(
        (str(n), *(f"{100 * float(stabkit.worst_cycle_loss(s, n)):.0f} %" for s in (0, 20, 100)))
        for n in (2, 10, 100, 1000)
    )


def numbers() -> dict[str, object]:
    low, high = annulus(*CHAT)
    cycle = stabkit.necklace_cycle(one(*CHAT, 1100), [CHAT[1]])
    return {
        "low": low,
        "high": high,
        "outside": stabkit.unit_circle_counts(one(*CHAT)).outside,
        "loss": stabkit.worst_cycle_loss(*CHAT),
        "loss_percent": f"{100 * float(stabkit.worst_cycle_loss(*CHAT)):.0f}",
        "steady": stabkit.analyze(one(*CHAT, 1100)).equilibrium.admissions_per_step,
        "cohort": cycle.states[0][-1],
        "worst": cycle.throughput,
    }


def roots_of(decode: int) -> stabkit.RootPicture:
    mix = one(CHAT[0], decode)
    return stabkit.root_picture(mix, stabkit.roots(mix, 20), "unstable")


def cohorts(steps: int) -> stabkit.SpaceTimePicture:
    start = [[20, 20, 20, 18, 20, 20]]  # the equilibrium, but for one cohort
    return stabkit.space_time_picture(one(2, 6, 660), start, steps)


def worst() -> stabkit.CyclePicture:
    mix = one(*CHAT, 1100)
    cycle = stabkit.necklace_cycle(mix, [CHAT[1]])
    return stabkit.cycle_picture(mix, [list(cycle.states[0])], cycle.period, "the worst cycle")


TABLES = {
    "losses": losses,
    "speeds": speeds,
}
FIGURES = {
    **{
        f"roots_{n}": lambda n=n: stabkit.figure(roots_of(n), size=SQUARE, title="")
        for n in (2, 4, 6, 12)
    },
    **{
        f"cohorts_{n}": lambda n=n: stabkit.figure(cohorts(n), size=TALL, title="")
        for n in (30, 60, 120)
    },
    "worst": lambda: stabkit.figure(worst(), size=PANELS, title=""),
}
DECK = Deck(numbers, TABLES, FIGURES)
