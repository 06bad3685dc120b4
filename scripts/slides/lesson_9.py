"""Lesson 9: few and random requests, and what the fluid's verdict is worth for them."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

import numpy as np

import stabkit

from .deck import TALL, WIDE, Cells, Deck

SIZES = (1, 5, 50)  # capacity, in admissions per step


def sized(prompt: int, admissions: int) -> stabkit.Workload:
    """Return outputs of 8 to 12 tokens, with the capacity for so many admissions per step."""
    held = sum(prompt * n + n * (n + 1) // 2 for n in range(8, 13)) // 5
    return stabkit.Workload.from_classes([(prompt, n) for n in range(8, 13)], admissions * held)


def long_outputs(capacity: int) -> stabkit.Workload:
    """Return outputs of 1 to 40 tokens with prompts of 40 to 46."""
    return stabkit.Workload.from_classes([(40 + n % 7, n) for n in range(1, 41)], capacity)


def whole(prompt: int, admissions: int, steps: int) -> stabkit.RequestRun:
    return stabkit.simulate_requests(sized(prompt, admissions), steps=steps, seed=3, table=False)


def swing(prompt: int, admissions: int) -> str:
    """Return deviation over mean of the requests in service, in percent."""
    seen = whole(prompt, admissions, 4000).series.running[200:]
    return f"{100 * float(np.std(seen) / np.mean(seen)):.1f} %"


def visible() -> Cells:
    """Return how much the admissions of a step vary: by the law, and in whole requests."""
    fano, rows = float(stabkit.fano_factor(sized(40, 1))), []
    for a in SIZES:
        run = whole(40, a, 4000).series
        net = (run.admitted - run.evicted)[200:]
        seen = float(np.std(net) / np.mean(net))
        rows.append((str(a), f"{100 * math.sqrt(fano / a):.0f} %", f"{100 * seen:.0f} %"))
    return tuple(rows)


@cache
def servers() -> list[stabkit.FiniteServer]:
    return [stabkit.finite_server(long_outputs(b), steps=4000) for b in (2000, 4000, 8000)]


def evictions() -> Cells:
    rows = []
    for one in servers():
        seen = one.simulated
        pair = (
            f"{100 * one.evict_probability:.1f} %",
            f"{100 * seen.evict_probability.value:.1f} %",
        )
        rows.append((f"{int(one.capacity):,}", f"{float(one.admissions):.2f}", *pair))
    return tuple(rows)


def watermarks() -> Cells:
    """Return evictions and tokens of runs with watermarks."""
    mix, rows = long_outputs(5000), []
    steady = float(stabkit.finite_server(mix).requests)
    for w in (0, 40, 80, 120):
        run = stabkit.simulate_requests(
            mix, steps=4000, seed=2, every=None, table=False, watermark_tokens=w
        )
        tokens = run.totals["completed_tokens"] / run.steps / steady
        rows.append((str(w), f"{run.totals['evicted']:,}", f"{100 * tokens:.1f} %"))
    return tuple(rows)


def numbers() -> dict[str, object]:
    small = stabkit.fano_factor(stabkit.Workload.from_classes([(9, 1), (1, 2)]))
    assert isinstance(small, Fraction)
    asked = stabkit.finite_server(long_outputs(5000), evictions=Fraction(1, 1000))
    slow = stabkit.analyze(sized(40, 5), crosscheck=False).dominant_modes[0]
    return {
        "fano": small,
        "y0": 3 * (1 + small),
        "wanted": 10 * small,
        "wide_fano": f"{float(stabkit.fano_factor(sized(40, 1))):.2f}",
        "visible_from": f"{10 * float(stabkit.fano_factor(sized(40, 1))):.0f}",
        "period": f"{slow.period_steps:.0f}",
        "stable_small": swing(40, 5),
        "stable_large": swing(40, 50),
        "unstable_small": swing(12, 5),
        "unstable_large": swing(12, 50),
        "further": f"{1 / float(asked.lundberg_exponent.low):.0f}",
        "mean": f"{float(asked.mix.mean_decode_length):.1f}",
        "tokens": asked.watermark.tokens,
        "price": f"{100 * float(asked.watermark.fraction):.0f}",
    }


TABLES = {
    "watermarks": watermarks,
    "visible": visible,
    "evictions": evictions,
}
FIGURES = {
    **{
        f"size_{a}": lambda a=a: stabkit.figure(whole(40, a, 300), size=WIDE, title="")
        for a in SIZES
    },
    "spectrum": lambda: stabkit.figure(stabkit.fluctuations(sized(40, 5)), size=TALL, title=""),
    "server_a": lambda: stabkit.figure(whole(19, 2, 300), size=WIDE, title=""),
    "server_b": lambda: stabkit.figure(whole(17, 2, 300), size=WIDE, title=""),
}
DECK = Deck(numbers, TABLES, FIGURES)
