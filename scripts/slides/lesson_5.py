"""Lesson 5: coprime is not enough. Thresholds, charts and the variance law."""

from __future__ import annotations

from fractions import Fraction

import stabkit

from .deck import WIDE, Cells, Deck

SURPRISE = ((3, 251), (4, 149), (5, 100))  # output lengths and weights


def mix(*decodes: int, inputs: int = 0) -> stabkit.Workload:
    return stabkit.Workload.from_classes([(inputs, n) for n in decodes])


def border(*decodes: int) -> float:
    return float(stabkit.threshold(mix(*decodes)).threshold)


def growing() -> Cells:
    rows = []
    for s in (0, 1, 5, 9, 10, 20):
        found = stabkit.unit_circle_counts(mix(3, 5, inputs=s))
        rows.append((str(s), str(found.outside), found.verdict))
    return tuple(rows)


def pairs() -> Cells:
    listed = ((2, 3), (3, 5), (4, 7), (7, 10), (49, 50), (99, 100))
    return tuple((f"{a}, {b}", f"{border(a, b):,.1f}") for a, b in listed)


def law() -> Cells:
    """Return thresholds of n and n + 1 beside the law's first term and all four."""
    rows = []
    for n in (5, 10, 50, 149):
        found = stabkit.threshold(mix(n, n + 1))
        values = (float(found.threshold), found.law.estimate, found.law.expansion)
        rows.append((f"{n}, {n + 1}", *(f"{value:,.1f}" for value in values)))
    return tuple(rows)


def surprising() -> stabkit.Threshold:
    return stabkit.threshold(stabkit.Workload.from_classes([(0, n, w) for n, w in SURPRISE]))


def numbers() -> dict[str, object]:
    low, last = surprising().stable_intervals
    crossings = stabkit.threshold(mix(3, 5)).crossings
    return {
        "threshold": f"{border(3, 5):.4f}",
        "first_crossing": f"{float(crossings[0].value.low):.3f}",
        "hundred": f"{border(99, 100):,.0f}",
        "chart_low": Fraction(2, 10 + 3),
        "chart_high": Fraction(10 + 2, 10 + 3),
        "three_apart": f"{border(100, 103):,.0f}",
        "one_apart": f"{border(100, 101):,.0f}",
        "low": f"{float(low.low):.5f}",
        "high": f"{float(low.high):.5f}",
        "last": f"{float(last.low):.5f}",
    }


TABLES = {
    "pairs": pairs,
    "law": law,
    "growing": growing,
}
FIGURES = {
    "locus": lambda: stabkit.figure(
        stabkit.root_locus(mix(3, 5, inputs=5), along="common"), size=(3.3, 3.1), title=""
    ),
    **{
        f"chart_{a}{b}": lambda a=a, b=b: stabkit.figure(
            stabkit.stability_chart((a, b)), size=(3.2, 2.9), title=""
        )
        for a, b in ((2, 3), (3, 5))
    },
    "surprise": lambda: stabkit.figure(surprising(), size=WIDE, title=""),
}
DECK = Deck(numbers, TABLES, FIGURES)
