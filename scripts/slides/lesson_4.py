"""Lesson 4: the survival polynomial, the gcd, and the cohorts."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

import stabkit

from .beamer import number
from .deck import SQUARE, TALL, Cells, Deck

PAIR = (4, 6)


def mix(inputs: int, *decodes: int) -> stabkit.Workload:
    return stabkit.Workload.from_classes([(inputs, n) for n in decodes])


def near() -> list[list[float]]:
    """Return the equilibrium of 4 and 6, one request per step, with 2 % fewer in stage 1."""
    return [[0.5, 0.49, *[0.5] * 2], [0.5, 0.49, *[0.5] * 4]]


def larger(steps: int) -> str:
    """Return the share of all requests in the larger cohort, in percent."""
    run = stabkit.simulate(mix(20, *PAIR), steps, state=near(), record_states=True)
    even, odd = (sum(float(np.sum(x[k::2])) for x in run.states[-1]) for k in (0, 1))
    return f"{100 * max(even, odd) / (even + odd):.1f} %"


def takeover() -> Cells:
    return tuple((str(n), larger(n)) for n in (5, 50, 100, 200, 400))


def survival(*decodes: int) -> list[Fraction]:
    found = stabkit.survival_polynomial(mix(1, *decodes)).all_coeffs()
    return [Fraction(str(value)) for value in found]


def moduli() -> Cells:
    """Return how far the root -1 of A is from the circle as a root of F."""
    rows = []
    for s in (10, 100, 1000):
        mode = stabkit.synchrony(mix(s, *PAIR)).modes[0]
        certified = abs(complex(mode.root.value))
        rows.append((f"{s:,}", f"{1 + 1 / (s + 6):.6f}", f"{certified:.6f}"))
    return tuple(rows)


def verdicts() -> Cells:
    """Return the gcd and how many modes grow, with very long prompts."""
    rows = []
    for decodes in ((4, 6), (5, 6), (6, 9, 15), (4, 7), (8, 16, 24)):
        found = mix(10_000, *decodes)
        outside = stabkit.unit_circle_counts(found).outside
        rows.append((", ".join(map(str, decodes)), str(found.gcd), str(outside)))
    return tuple(rows)


def numbers() -> dict[str, object]:
    small = [Fraction(str(g)) for g in stabkit.memory_kernel(mix(3, 2, 4))]
    return {f"f{m}": value for m, value in enumerate(small)}


def survivors() -> Cells:
    """Return the survival function of the pair, step by step."""
    alive = ("both" if m < 4 else "the longer" for m in range(6))
    values = enumerate(survival(*PAIR))
    return tuple((str(m), who, f"${number(x)}$") for (m, x), who in zip(values, alive, strict=True))


def cohorts(steps: int) -> stabkit.SpaceTimePicture:
    return stabkit.space_time_picture(mix(20, *PAIR), near(), steps)


TABLES = {
    "verdicts": verdicts,
    "survivors": survivors,
    "moduli": moduli,
    "larger": takeover,
}
FIGURES = {
    **{
        f"graph_{a}{b}": lambda a=a, b=b: stabkit.figure(
            stabkit.graph_picture(mix(20, a, b)), size=SQUARE, title=""
        )
        for a, b in ((4, 6), (5, 6), (3, 6))
    },
    **{
        f"cohorts_{n}": lambda n=n: stabkit.figure(cohorts(n), size=TALL, title="")
        for n in (60, 200)
    },
}
DECK = Deck(numbers, TABLES, FIGURES)
