"""Limit cycles as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import compress, groupby
from typing import Any

import mpmath

from ...analysis.cycles.cycles import Cycles
from ...analysis.cycles.limit_cycle import LimitCycle, Observation
from ...model.workload import Workload
from ...spectrum.orbits.floquet import FloquetMultipliers
from ..layout import paragraph, title, wrapped
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed
from .numbers import counted, percent, readable
from .tables import plain_table

__all__ = ["SCHEMA", "cycles_record", "cycles_text", "multipliers_record"]

SCHEMA = "stabkit.cycles/3"
# What a run that ends on no known cycle does not have.
_OF_A_CYCLE = (
    "kind composition evictions_ratio wasted_token_fraction attracting reason word itinerary"
)
_DIGITS = 30
# States of a cycle in JSON: numbers at most, of which a class of decode length l_k has l_k a step.
_MOST_NUMBERS = 100_000
_SHOWN = 12  # cycles in the text, if not in full
_NOTE = "Tokens, requests: completed, of the equilibrium's; wasted: decode steps lost."
_LONGEST_WORD = 60
_MOST_SHARES = 6


@RECORDS.writes(Cycles)
def cycles_record(found: Cycles) -> dict[str, Any]:
    """Return the finding as JSON types: schema ``stabkit.cycles/3``.

    `states[n][k][j]` are requests of class k in stage j after the n-th fit, exact rationals; null
    where they are more than 100 000. `run` is the one from empty, or from the given state
    where there is one; `observations` are all runs.
    """
    observations = [_observation_record(found, seen) for seen in found.observations]
    reduced = found.renormalized
    return headed(
        SCHEMA,
        found.mix,
        gcd=found.mix.gcd,
        **chosen(found, "verdict complete"),
        cycles=[_cycle_record(found.mix, cycle) for cycle in found.cycles],
        run=observations[2 if len(observations) > 2 else 0],
        observations=observations,
        renormalized=None if reduced is None else cycles_record(reduced),
    )


def _cycle_record(mix: Workload, cycle: LimitCycle) -> dict[str, Any]:
    record = chosen(cycle, f"period throughput_ratio request_ratio completed_shares {_OF_A_CYCLE}")
    record["multipliers"] = cycle.multipliers and multipliers_record(cycle.multipliers)
    return record | {"states": _states(mix, cycle)}


def multipliers_record(found: FloquetMultipliers) -> dict[str, Any]:
    """Return the counts of multipliers, and the modulus of the largest."""
    return {
        **chosen(found, "inside on_circle outside"),
        "largest_modulus": _largest(found, _DIGITS),
    }


def _largest(found: FloquetMultipliers | None, digits: int) -> str | None:
    """Return the modulus of the largest multiplier; None if there is none at all."""
    if found is None or not found.multipliers:
        return None
    with mpmath.workdps(2 * _DIGITS):
        return str(mpmath.nstr(abs(found.multipliers[0].value), digits))


def _states(mix: Workload, cycle: LimitCycle) -> list[list[list[str]]] | None:
    stages = sum(c.decode_length for c in mix.classes)
    if cycle.cohorts is None or cycle.period * stages > _MOST_NUMBERS:
        return None
    return [
        [[as_json(c.share * y) for y in cohorts[: c.decode_length]] for c in mix.classes]
        for cohorts in cycle.cohorts
    ]


def _observation_record(found: Cycles, seen: Observation) -> dict[str, Any]:
    """Return a run's end: the fields of its cycle, where it has one, then what was measured."""
    cycle = seen.cycle
    record = {} if cycle is None else _cycle_record(found.mix, cycle)
    record.pop("states", None)
    return {
        **dict.fromkeys([*_OF_A_CYCLE.split(), "multipliers"]),
        "kind": "observed",
        **chosen(seen, "throughput_ratio request_ratio completed_shares"),
        **record,
        "cycle": None if cycle is None else found.cycles.index(cycle),
        "exact": cycle is not None,
        **chosen(seen, "start period steps max_period reason orbit_distance=distance"),
        "rotation_number": seen.rotation and seen.rotation.value,
        "rotation_difference": seen.rotation and seen.rotation.difference,
        "frequencies": [
            chosen(one, "cycles_per_step variance_share=share") for one in seen.frequencies
        ],
    }


@TEXTS.writes(Cycles)
def cycles_text(found: Cycles, full: bool = False) -> str:
    """Return the finding for a terminal: the cycles, where runs end, and the renormalised mix.

    * `full`: with every cycle, not the most telling alone.
    """
    lines = [line for text in _runs(found) for line in wrapped(text, "    ")]
    runs = "".join(f"{line}\n" for line in lines)
    head = title(found.mix.name)
    return f"{head}\n{_table(found, full)}\n{runs}{_renormalized(found)}"


def _table(found: Cycles, full: bool) -> str:
    heads = ("no.", "cycle", "period", "tokens", "requests", "wasted", "multiplier", "attracts")
    numbered = list(enumerate(found.cycles, start=1))
    shown = numbered if full or len(numbered) <= _SHOWN else _most_telling(numbered)
    left = len(numbered) - len(shown)
    more = paragraph(f"({counted(left, 'cycle')} more; --full shows all)") if left else ""
    some = "" if found.complete else paragraph("(not all necklaces: the gcd is above 10)")
    rows = [_row(number, cycle) for number, cycle in shown]
    told = [any(cells) for cells in zip(*rows, strict=True)]
    table = plain_table([list(compress(row, told)) for row in (heads, *rows)])
    return table + more + some + paragraph(_NOTE)


def _row(number: int, cycle: LimitCycle) -> tuple[str, ...]:
    wasted = cycle.wasted_token_fraction
    return (
        f"{number}",
        _name(cycle),
        readable(cycle.period),
        percent(cycle.throughput_ratio),
        percent(cycle.request_ratio),
        "" if wasted is None else percent(wasted),
        _largest(cycle.multipliers, 6) or "",
        {True: "yes", False: "no", None: "undecided"}[cycle.attracting],
    )


def _most_telling(numbered: Sequence[tuple[int, LimitCycle]]) -> list[tuple[int, LimitCycle]]:
    """Return the cycles that may attract, and of the others those that are no mere necklace."""
    may = [pair for pair in numbered if pair[1].attracting is not False]
    others = [pair for pair in numbered if pair not in may and pair[1].kind != "necklace"]
    return sorted([*may, *others][:_SHOWN], key=lambda pair: pair[0])


def _name(cycle: LimitCycle) -> str:
    """Return what a cycle is called: its kind, and its parts with repeats counted."""
    kind = {"synchronized": "synchronised"}.get(cycle.kind, cycle.kind)
    if cycle.composition is None:
        return kind
    runs = ((part, sum(1 for _ in same)) for part, same in groupby(cycle.composition))
    parts = " ".join(f"{part}×{count}" if count > 1 else f"{part}" for part, count in runs)
    if cycle.period == 1:
        return "equilibrium"
    level = f" {cycle.composition[0] - 1}" if cycle.kind == "level" else ""
    return f"{kind}{level} ({parts})"


def _runs(found: Cycles) -> Iterator[str]:
    for seen in found.observations:
        head = f"From {_START[seen.start]}:"
        if seen.cycle is None:
            yield f"{head} {seen.reason}"
            yield from _measured(seen)
            continue
        number, step = found.cycles.index(seen.cycle) + 1, readable(seen.steps)
        near = f"within {seen.distance:.1e} a*" if seen.distance else "exactly"
        yield f"{head} on cycle {number} by step {step}, {near}"
        if seen.cycle.period > 1:
            yield from _details(found.mix, seen.cycle)


def _measured(seen: Observation) -> Iterator[str]:
    if seen.throughput_ratio is not None and seen.request_ratio is not None:
        tokens, requests = percent(seen.throughput_ratio), percent(seen.request_ratio)
        yield f"  in the long run {tokens} of the equilibrium's tokens, {requests} of requests"
    if seen.rotation is not None:
        turns, halves = f"{seen.rotation.value:.9f}", f"{seen.rotation.difference:.0e}"
        yield f"  rotation number {turns} turns per step (two halves differ by {halves})"
    if seen.frequencies:
        listed = ", ".join(f"{f.cycles_per_step:.6f}" for f in seen.frequencies)
        yield f"  frequencies {listed} cycles per step"


def _details(mix: Workload, cycle: LimitCycle) -> Iterator[str]:
    """Yield the itinerary as letters, and the completed shares where evictions change them."""
    if cycle.word is not None:
        evictions = cycle.word.count("E")
        word = f"{cycle.word} (A admits, E evicts)"
        if len(cycle.word) > _LONGEST_WORD:
            admits = counted(cycle.period - evictions, "step")
            word = f"in each period {admits} without evictions, {evictions} with them"
        yield f"  {word}"
    shares = tuple(c.share for c in mix.classes)
    if cycle.completed_shares != shares and len(shares) <= _MOST_SHARES:
        pairs = zip(mix.classes, cycle.completed_shares, strict=True)
        listed = ", ".join(
            f"{readable(c.input_length)}:{c.decode_length} {percent(share)} "
            f"(of admissions {percent(c.share)})"
            for c, share in pairs
        )
        yield f"  of completions {listed}"


_START = {"empty": "empty", "near equilibrium": "near the equilibrium", "given": "the given state"}


def _renormalized(found: Cycles) -> str:
    if found.renormalized is None:
        return ""
    mix, factor = found.renormalized.mix, found.mix.gcd
    shown = ", ".join(
        f"{readable(c.input_length)}:{c.decode_length} ({percent(c.share)})"
        for c in mix.classes[:6]
    )
    more = f" and {len(mix.classes) - 6} more" if len(mix.classes) > 6 else ""
    verdict = found.renormalized.verdict
    return paragraph(f"In step, every {factor} steps, it is the mix {shown}{more}: {verdict}.")
