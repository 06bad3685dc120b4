"""Lesson 7: admission policies and pooling."""

from __future__ import annotations

from fractions import Fraction

import stabkit

from .deck import TALL, WIDE, Cells, Deck

SERVER = stabkit.Workload.from_classes([(10, 5)], 650)
RATES = (80, 100, 105, 130)  # percent of the equilibrium's


def compared() -> Cells:
    rows = []
    for one in stabkit.compare_policies(SERVER, steps=0).policies:
        name = type(one.policy).__name__.removesuffix("Limited").lower()
        values = ", ".join(f"{float(Fraction(str(v))):g}" for v in one.parameters.values())
        run = one.from_empty
        rows.append(
            (
                f"{name} {values}".strip(),
                one.verdict or "no loop",
                f"{100 * run.throughput_ratio:.1f} %",
                f"{run.evictions_per_step:.1f}",
                f"{100 * run.utilisation:.0f} %",
            )
        )
    return tuple(rows)


def limited(percent: int) -> stabkit.Trajectory:
    rule = stabkit.RateLimited.over_equilibrium(SERVER, Fraction(percent, 100))
    return stabkit.simulate(SERVER, 80, policy=rule)


def pooled() -> stabkit.Pooling:
    classes = [(4, 8), (4, 16), (3, 5), (3, 15)]
    parts = [[0, 1], [2, 3]]
    return stabkit.pool(classes, 2, 500, "requests", partition=parts, steps=1000)


def numbers() -> dict[str, object]:
    steady = stabkit.analyze(SERVER).equilibrium.admissions_per_step
    gain = float(stabkit.gain_margin(SERVER).largest_stable.low)
    found, best = pooled(), stabkit.recommend(SERVER).proposals[0]
    apart, together = found.given.requests, found.pooled.requests
    return {
        "steady": steady,
        "reserved": Fraction(650, 75),
        "gain": stabkit.gain_margin(stabkit.Workload.from_classes([(4, 2)])).largest_stable.low,
        "gain_five": f"{gain:.3f}",
        "full": f"{100 * gain * 65 / (11 + gain * 54):.0f}",
        "kind": best.kind,
        "predictions": len(best.predictions),
        "apart": f"{1000 * apart:,.0f}",
        "together": f"{1000 * together:,.0f}",
        "more": f"{100 * (together / apart - 1):.1f}",
        "headroom": Fraction(5 - 1, 10 + 5),
    }


TABLES = {
    "compared": compared,
}
FIGURES = {
    "greedy": lambda: stabkit.figure(stabkit.simulate(SERVER, 80), size=WIDE, title=""),
    "locus": lambda: stabkit.figure(
        stabkit.root_locus(SERVER, along="gain"), size=(3.3, 3.1), title=""
    ),
    **{f"rate_{n}": lambda n=n: stabkit.figure(limited(n), size=WIDE, title="") for n in RATES},
    "sweep": lambda: stabkit.figure(stabkit.policy_picture(SERVER), size=TALL, title=""),
}
DECK = Deck(numbers, TABLES, FIGURES)
