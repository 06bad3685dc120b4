"""Soft starts as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any

from ...spectrum.starts.soft_start import SoftStart
from ..layout import labelled, title
from ..rendering import RECORDS, TEXTS
from .dialect import chosen, headed
from .numbers import amount, counted, percent, percent_above, readable, rounded

__all__ = ["SCHEMA", "soft_start_record", "soft_start_text"]

SCHEMA = "stabkit.soft-start/1"
Rows = Iterator[tuple[str, str]]


@TEXTS.writes(SoftStart)
def soft_start_text(found: SoftStart) -> str:
    """Return the recipe: how many requests to admit per step, and for how long."""
    capacity = found.mix.capacity
    size = "" if capacity is None else f", {amount(readable(capacity), 'token')}"
    return f"{title(found.mix.name + size)}\n{labelled(_answers(found))}"


def _answers(found: SoftStart) -> Rows:
    yield "verdict", found.verdict
    yield "greedy from empty", _cold(found)
    yield from _recipe(found)
    yield "proof", found.reason


def _cold(found: SoftStart) -> str:
    if found.evicts is None:
        return "not decided"
    if not found.evicts:
        return "never evicts"
    if found.first_eviction is None:
        return "evicts (R20), at a step that was not reached"
    return f"evicts, at step {found.first_eviction:,} for the first time (R20)"


def _recipe(found: SoftStart) -> Rows:
    if found.delta is None:
        yield "soft start", "not decided"
        return
    if not found.delta.high:
        yield "soft start", "none: below a* it ends in evictions, however slow; see stabkit policy"
        return
    if found.delta.low == 1:
        yield "soft start", "not needed"
    else:
        least = percent_above(1 - found.delta.low)
        yield (
            "soft start",
            f"for {counted(found.steps, 'step')} admit at least {least} of a* per step, and at "
            "most a*; then what fits: the fluid never evicts (R21)",
        )
        if found.admissions is not None and found.equilibrium is not None:
            least = rounded(found.admissions, ROUND_CEILING, 4)
            most = rounded(found.equilibrium, ROUND_FLOOR, 4)
            yield "  in requests", f"{least} to {most} per step"
    if found.mix.longest_decode == 1:
        yield "whole requests", "never evicted: every one takes a single step"
    elif found.mix.capacity is not None and found.verdict == "stable":
        yield "whole requests", _whole(found)


def _whole(found: SoftStart) -> str:
    if found.whole is None:
        return "no rate is known at which 95 % of the starts evict nothing: see stabkit finite"
    if found.whole == 1:
        return "95 % of the starts evict nothing without it (an estimate, R13)"
    rate = f"{percent(1 - found.whole)} of a*"
    if found.equilibrium is not None:
        each = readable((1 - found.whole) * float(found.equilibrium), 4)
        rate += f", {amount(each, 'request')} per step,"
    return f"{rate} for as long: 95 % of the starts evict nothing (an estimate, R13)"


@RECORDS.writes(SoftStart)
def soft_start_record(found: SoftStart) -> dict[str, Any]:
    """Return the recipe as JSON types: schema ``stabkit.soft-start/1``."""
    names = "verdict evicts first_eviction delta tightest slow_steps=steps"
    rates = "least_admissions_per_step=admissions most_admissions_per_step=equilibrium"
    return headed(SCHEMA, found.mix, **chosen(found, f"{names} {rates} whole_delta=whole reason"))
