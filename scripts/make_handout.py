"""Make docs/handout.html: the two-class explorer as one file that works without a network.

Run: python scripts/make_handout.py (a minute or two on two cores). It gives the same file every
time.

The page computes nothing. For every pair of decode lengths 1 <= l1 <= l2 <= 8, every share p of the
first class and every common input length s of the grid it holds what stabkit found:

* exact counts of modes inside, on and outside the unit circle (`stabkit.unit_circle_counts`);
* all modes in the closed upper half plane, rounded from certified discs (`stabkit.roots`);
* the threshold s* and all intervals of constant counts (`stabkit.threshold`), which must agree with
  the counts at every s of the grid;
* the synchronised modes, predicted and found (`stabkit.synchrony`);
* the first steps of a run from an empty memory in exact arithmetic (`stabkit.simulate`), and the
  long-run mean of a run in floats.

What the fields of the data are called is said at `cell` and `record`; scripts/handout/handout.js
reads them.
"""

from __future__ import annotations

import json
import math
from concurrent.futures import ProcessPoolExecutor
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from pathlib import Path
from string import Template
from typing import Any

import mpmath

import stabkit
from stabkit import percent, readable, run_picture, synchronized_loss

SOURCES = Path(__file__).with_name("handout")
SHARED = Path(stabkit.__file__).parent / "explorer" / "sources"  # with the explorer
PAGE = Path(__file__).parents[1] / "docs" / "handout.html"

LONGEST = 8
PAIRS = tuple((a, b) for b in range(1, LONGEST + 1) for a in range(1, b + 1))
SHARES = tuple(Fraction(k, 10) for k in range(1, 10))
INPUTS = (*range(13), 15, 20, 25, 30, 40, 50, 60, 80, 100, 150, 200, 300)

STEPS = 72  # of the run that is drawn
LONG_RUN = 16_384  # steps at most of the run that is measured
PLACES, MODULUS_PLACES, RADIUS_PLACES = 4, 5, 8
_DIGITS = 30
_THRESHOLD_DIGITS = 10

# One character per step of a run: 60 levels of free memory, then 30 of what is evicted.
ROOM, EXCESS = 60, 30
CODE = "".join(map(chr, (c for c in range(33, 127) if chr(c) not in '"&<\\')))
# Keeps exact halves away from the border between two levels, whatever the last bit of a float.
_TIE = 1e-6

METHODS = ("schur-cohn", "enestrom-kakeya", "winding", "flint", "certificate", "none")
Pair = tuple[int, int]


def mix_of(pair: Pair, share: Fraction | None, s: int) -> stabkit.Workload:
    """Return the mix; one class where the two lengths are equal, for then the share is nothing."""
    if share is None:
        return stabkit.Workload.from_classes([(s, pair[0])])
    return stabkit.Workload.from_classes([(s, pair[0], share), (s, pair[1], 1 - share)])


def shares_of(pair: Pair) -> tuple[Fraction | None, ...]:
    return SHARES if pair[0] < pair[1] else (None,)


def proved(value: Any, radius: Any, places: int) -> int:
    """Return the number in units of 10^-places, where its enclosure leaves no doubt about it.

    Halves are rounded up, and so is what is less than _TIE of a unit below one: some modes are
    rational numbers that end on a half, which no precision would tell.
    """
    with mpmath.workprec(256):
        shift = mpmath.mpf(1) / 2 + _TIE
        units = [(value + sign * radius) * mpmath.mpf(10) ** places + shift for sign in (-1, 1)]
        low, high = map(mpmath.floor, units)
    if low != high:
        raise ArithmeticError(f"{value} is not known to {places} places")
    return int(low)


def modes(roots: list[stabkit.Root]) -> list[list[int]]:
    """Return [x, y, modulus] of the roots with y >= 0, largest modulus first, in whole units."""
    found = []
    for root in roots:
        if root.value.imag >= 0:
            with mpmath.workprec(256):
                modulus = abs(root.value)
            x, y = (proved(v, root.radius, PLACES) for v in (root.value.real, root.value.imag))
            found += [[x, y, proved(modulus, root.radius, MODULUS_PLACES)]] * root.multiplicity
    return found


def pace(mix: stabkit.Workload, verdict: str, roots: list[stabkit.Root]) -> tuple[str, str]:
    """Return the spectral radius, and the steps in which the dominant mode doubles or halves."""
    if not roots:
        return "", ""
    if verdict == "marginal":
        return "1", ""
    with mpmath.workprec(256):
        units = proved(abs(roots[0].value), roots[0].radius, RADIUS_PLACES)
    dominant = stabkit.root_picture(mix, roots[:1], verdict).points[0]
    rate = math.log1p(dominant.distance)
    radius = f"{Decimal(units).scaleb(-RADIUS_PLACES):f}"
    return radius, readable(math.log(2) / abs(rate), 4)


def drawn_run(mix: stabkit.Workload, s: int) -> str:
    """Return the memory demand of each step from an empty memory, one character a step.

    Free memory is in units of 1/59 of the capacity B. What is evicted is in units of
    1/30 of B / (s + 1), more than which the demand cannot exceed B: each of the at most B / (s + 1)
    requests in service grows by one token.
    """
    picture = run_picture(mix, stabkit.simulate(mix, STEPS, "exact"))
    text = []
    for demand, evicted in zip(picture.demand, picture.evicted, strict=True):
        part = demand / picture.capacity - 1
        if evicted:
            level = math.floor(part * (s + 1) * EXCESS + 0.5 + _TIE)
            text.append(CODE[ROOM + min(max(level, 1), EXCESS) - 1])
        else:
            text.append(CODE[math.floor(max(-part, 0) * (ROOM - 1) + 0.5 + _TIE)])
    return "".join(text)


def measured(mix: stabkit.Workload) -> list[int] | None:
    """Return where a run from an empty memory ends, as `cell` says."""
    found = stabkit.long_run(mix, max_steps=LONG_RUN)
    if found.throughput_ratio is None or found.evictions_per_step is None:
        return None
    return [round(1000 * found.throughput_ratio), int(found.evictions_per_step > 0)]


def synchronised(mix: stabkit.Workload, roots: list[stabkit.Root]) -> list[Any]:
    """Return the predicted modulus, the place of each mode in `modes`, and the loss in step.

    Places are those of the roots that exp(2 pi i k / g), k = 1, ..., g / 2, have moved to; -1 where
    no path was certified.
    """
    upper = [root for root in roots if root.value.imag >= 0]
    found = stabkit.synchrony(mix, _DIGITS).modes
    half = [mode for mode in found if 2 * mode.index <= mode.order]
    places = [
        next((k for k, root in enumerate(upper) if mode.root and meet(root, mode.root)), -1)
        for mode in half
    ]
    growth = f"{found[0].predicted_growth:.{MODULUS_PLACES}f}"
    return [growth, places, percent(synchronized_loss(mix))]


def meet(root: stabkit.Root, other: stabkit.Root) -> bool:
    """Tell whether two discs, which hold one root each, are of one root."""
    return bool(abs(root.value - other.value) <= 2 * (root.radius + other.radius))


def cell(pair: Pair, share: Fraction | None, s: int) -> list[Any]:
    """Return one point of the grid.

    [inside, on, outside, method, modes, spectral radius, pace, long run, run], and for gcd > 1 also
    [predicted modulus, places, loss in step]. `method` is a place in METHODS; the long run is
    [thousandths of the steady state's tokens, 1 if it keeps evicting, else 0], as measured in
    LONG_RUN steps at most, or null where these were too few to tell.
    """
    mix = mix_of(pair, share, s)
    counts, roots = stabkit.unit_circle_counts(mix), stabkit.roots(mix, _DIGITS)
    return [
        counts.inside,
        counts.on_circle,
        counts.outside,
        METHODS.index(counts.method),
        " ".join(",".join(map(str, mode)) for mode in modes(roots)),
        *pace(mix, counts.verdict, roots),
        measured(mix),
        drawn_run(mix, s),
        *(synchronised(mix, roots) if mix.gcd > 1 else ()),
    ]


def crossing_text(crossing: stabkit.Crossing) -> list[Any]:
    """Return [value, low, high]: the number to ten digits, and bounds rounded outwards.

    The bounds are null for a value that is known exactly.
    """
    if crossing.exact is not None:
        return [str(crossing.exact), None, None]
    value = crossing.enclosure(_THRESHOLD_DIGITS + 4)
    if (value.high - value.low) * 10 ** (_THRESHOLD_DIGITS + 1) > abs(value.low):
        raise ArithmeticError(f"a crossing near {float(value.low)} is not known well enough")
    middle = decimal((value.low + value.high) / 2, ROUND_HALF_EVEN, _THRESHOLD_DIGITS)
    low, high = decimal(value.low, ROUND_FLOOR, 9), decimal(value.high, ROUND_CEILING, 9)
    return [f"{middle}", readable(low, 9), readable(high, 9)]


def decimal(value: Fraction, rounding: str, digits: int) -> Decimal:
    context = Context(prec=digits, rounding=rounding)
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def record(job: tuple[Pair, Fraction | None]) -> dict[str, Any]:
    """Return all that the page shows of a pair at a share.

    `intervals` are [low, high, unstable modes], ends as places in `crossings`, null for the end of
    the line; `star` is the place of s*, null if there is none; `finite` says whether all large s
    are stable; `at` gives for every s of the grid the place of its interval, or -1 - k on the
    crossing k.
    """
    pair, share = job
    found = stabkit.threshold(mix_of(pair, share, 0))
    if not found.complete:
        raise ArithmeticError(f"the threshold of {pair} at {share} is not resolved")
    cells = [cell(pair, share, s) for s in INPUTS]
    places = [place(s, found) for s in INPUTS]
    for s, where, (_, on, outside, *_) in zip(INPUTS, places, cells, strict=True):
        if (on > 0) != (where < 0) or (on == 0 and outside != found.intervals[where].unstable):
            raise ArithmeticError(f"{pair} at {share}, s = {s}: counts and threshold disagree")

    def number(crossing: stabkit.Crossing | None) -> int | None:
        return None if crossing is None else found.crossings.index(crossing)

    return {
        "crossings": [crossing_text(crossing) for crossing in found.crossings],
        "intervals": [
            [number(part.low), number(part.high), part.unstable] for part in found.intervals
        ],
        "star": number(found.threshold),
        "finite": found.is_finite,
        "at": places,
        "cells": cells,
    }


def place(s: int, found: stabkit.Threshold) -> int:
    """Return the place of the interval that s is in, or -1 - k where s is the crossing k."""
    exact = [crossing.exact for crossing in found.crossings]
    if s in exact:
        return -1 - exact.index(Fraction(s))
    return next(k for k, part in enumerate(found.intervals) if Fraction(s) in part)


def head() -> dict[str, Any]:
    """Return what all records share."""
    return {
        "version": stabkit.__version__,
        "inputs": INPUTS,
        "shares": [str(share) for share in SHARES],
        "longest": LONGEST,
        "code": CODE,
        "room": ROOM,
        "excess": EXCESS,
        "methods": METHODS,
        "longRun": LONG_RUN,
    }


def data_text(records: dict[str, list[dict[str, Any]]]) -> str:
    """Return the data as JSON with a line for every record."""

    def dumped(value: Any) -> str:
        return json.dumps(value, separators=(",", ":"), ensure_ascii=True)

    pairs = (
        f'"{name}":[\n' + ",\n".join(map(dumped, found)) + "]" for name, found in records.items()
    )
    return f'{{"head":{dumped(head())},\n"pairs":{{\n' + ",\n".join(pairs) + "}}"


def page(data: str) -> str:
    """Return the page around the data: template, style and script become one file."""
    return Template(source("template.html")).substitute(
        style=source("house.css", SHARED) + source("handout.css"),
        script=source("drawing.js", SHARED) + source("handout.js"),
        data=data,
        version=stabkit.__version__,
        longest=LONGEST,
        last_input=len(INPUTS) - 1,
        last_share=len(SHARES) - 1,
    )


def source(name: str, room: Path = SOURCES) -> str:
    return (room / name).read_text(encoding="utf-8")


def main() -> None:
    jobs = [(pair, share) for pair in PAIRS for share in shares_of(pair)]
    with ProcessPoolExecutor() as pool:
        found = list(pool.map(record, jobs))
    records: dict[str, list[dict[str, Any]]] = {}
    for (pair, _), values in zip(jobs, found, strict=True):
        records.setdefault("{},{}".format(*pair), []).append(values)
    PAGE.write_text(page(data_text(records)), encoding="utf-8")


if __name__ == "__main__":
    main()
