"""Lesson 3: two kinds of requests, their roots, and the unit circle."""

from __future__ import annotations

from fractions import Fraction

import stabkit

from .beamer import number
from .deck import SQUARE, WIDE, Cells, Deck

PROMPTS = (0, 5, 9, 10, 30)
LONG = (5, 50, 500)


def mix(inputs: int, first: int = 3, second: int = 5) -> stabkit.Workload:
    return stabkit.Workload.from_classes([(inputs, first), (inputs, second)])


def kernel(workload: stabkit.Workload) -> list[Fraction]:
    return [Fraction(str(g)) for g in stabkit.memory_kernel(workload)]


def counts() -> Cells:
    """Return modes inside, on and outside, by prompt length."""
    rows = []
    for s in PROMPTS:
        found = stabkit.unit_circle_counts(mix(s))
        sides = (found.inside, found.on_circle, found.outside)
        rows.append((str(s), *map(str, sides), found.verdict))
    return tuple(rows)


def synchronised() -> Cells:
    """Return the moduli of the modes near the third roots of unity, predicted and certified."""
    rows = []
    for s in LONG:
        mode = stabkit.synchrony(mix(s, 3, 6)).modes[0]
        certified = abs(complex(mode.root.value))
        rows.append((str(s), f"{mode.predicted_growth:.4f}", f"{certified:.4f}"))
    return tuple(rows)


def numbers() -> dict[str, object]:
    mode = stabkit.analyze(mix(5), crosscheck=False).dominant_modes[0]
    values = kernel(mix(5))
    return {
        **{f"g{m}": value for m, value in enumerate(values)},
        "modulus": f"{mode.modulus:.4f}",
        "doubling": f"{mode.doubling_steps:.0f}",
        "period": f"{mode.period_steps:.1f}",
        "outside": stabkit.unit_circle_counts(mix(5)).outside,
        "inside": stabkit.unit_circle_counts(mix(5)).inside,
    }


def kernel_rows() -> Cells:
    """Return the kernel of lengths 3 and 5 with prompts of 5, as it is built up."""
    rows = []
    for m, value in enumerate(kernel(mix(5))):
        alive = "both" if m < 3 else "the longer"
        share = "1" if m < 3 else r"$\frac12$"
        rows.append((str(m), alive, share, str(5 + m + 1), f"${number(value)}$"))
    return tuple(rows)


def roots_of(workload: stabkit.Workload, marks: bool = False) -> stabkit.RootPicture:
    found = stabkit.unit_circle_counts(workload)
    modes = stabkit.synchrony(workload).modes if marks else ()
    near = [(m.limit, m.root and complex(m.root.value)) for m in modes]
    return stabkit.root_picture(workload, stabkit.roots(workload, 20), found.verdict, near)


TABLES = {
    "synchronised": synchronised,
    "kernel_rows": kernel_rows,
    "counts": counts,
}
FIGURES = {
    **{
        f"roots_{s}": lambda s=s: stabkit.figure(roots_of(mix(s)), size=SQUARE, title="")
        for s in PROMPTS
    },
    **{
        f"third_{s}": lambda s=s: stabkit.figure(
            roots_of(mix(s, 3, 6), True), size=SQUARE, title=""
        )
        for s in LONG
    },
    **{
        f"run_{s}": lambda s=s: stabkit.figure(stabkit.simulate(mix(s), 100), size=WIDE, title="")
        for s in (5, 30)
    },
    "locus": lambda: stabkit.figure(
        stabkit.root_locus(mix(5), along="common"), size=(3.3, 3.1), title=""
    ),
}
DECK = Deck(numbers, TABLES, FIGURES)
