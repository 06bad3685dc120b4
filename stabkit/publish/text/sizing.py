"""Sizing as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_FLOOR
from fractions import Fraction
from typing import Any

from ...analysis.operations.sizing import Sizing
from ...analysis.verdict.analysis import DominantMode
from ...errors import printable
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed
from .numbers import amount, percent, percent_above, readable, rounded

__all__ = ["SCHEMA", "sizing_record", "sizing_text"]

SCHEMA = "stabkit.sizing/2"
_LABEL = 30


@TEXTS.writes(Sizing)
def sizing_text(found: Sizing) -> str:
    """Return the answers, one to a line."""
    head = f"{printable(found.mix.name)}, {amount(readable(found.mix.capacity or 0), 'token')}"
    if found.blocks is not None:
        head += f" in {amount(readable(found.blocks.count), 'block')} of {found.blocks.block_size}"
    lines = [head, ""]
    lines += [f"{label:<{_LABEL}}{answer}" for label, answer in _answers(found)]
    return "\n".join([*lines, ""])


def _answers(found: Sizing) -> Iterator[tuple[str, str]]:
    yield "verdict", found.verdict
    rate = amount(rounded(found.admissions, ROUND_FLOOR), "request")
    yield "rate to admit (a*)", f"{rate} per step"
    if found.step_seconds is not None:
        rate = amount(rounded(found.admissions / found.step_seconds, ROUND_FLOOR), "request")
        tokens = amount(readable(float(found.requests / found.step_seconds)), "token")
        yield "", f"{rate} per second"
        yield "output at the steady state", f"{tokens} per second"
    yield "requests in service", f"{readable(float(found.requests))} at the steady state"
    if found.worst_cycle is not None:
        yield "", f"{readable(float(found.worst_cycle))} in the worst cycle"
    yield "", f"{readable(float(found.reserved))} with a reservation for life"
    if found.always is not None:
        fit = "fits" if found.always == 1 else "fit"
        yield "", f"{readable(found.always)} {fit} whatever happens"
    else:
        yield "", "not known how many fit whatever happens: inputs are means"
    if found.blocks is not None:
        in_tokens = found.blocks.requests_in_tokens
        cost = percent(1 - found.requests / in_tokens)
        yield "if memory came in tokens", f"{readable(float(in_tokens))} at the steady state"
        yield "", f"{cost} fewer in blocks: what rounding up costs"
    if found.watermark is not None:
        enough = percent_above(found.watermark)
        yield (
            "watermark without evictions",
            f"{enough} (from a start within the rest of the memory)",
        )
    else:
        yield "watermark without evictions", "of several classes: see policy --recommend"
    if found.mode is not None:
        yield from _mode(found.mode, found.step_seconds)


def _mode(mode: DominantMode, seconds: Fraction | None) -> Iterator[tuple[str, str]]:
    if mode.period_steps is not None:
        yield "dominant swing, period", _steps(mode.period_steps, seconds)
    if mode.doubling_steps is not None:
        yield "  it doubles every", _steps(mode.doubling_steps, seconds)
    if mode.half_life_steps is not None:
        yield "  it halves every", _steps(mode.half_life_steps, seconds)


def _steps(steps: float, seconds: Fraction | None) -> str:
    text = amount(readable(steps, 4), "step")
    return text if seconds is None else f"{text} = {readable(steps * float(seconds), 4)} s"


@RECORDS.writes(Sizing)
def sizing_record(found: Sizing) -> dict[str, Any]:
    """Return the answers as JSON types: schema ``stabkit.sizing/2``; exact numbers as strings."""
    blocks, mode = found.blocks, found.mode
    steady = {
        "admissions_per_step": as_json(found.admissions),
        "requests_in_service": as_json(found.requests),
    }
    return headed(
        SCHEMA,
        found.mix,
        verdict=found.verdict,
        **steady,
        requests_reserved=as_json(found.reserved),
        requests_always=found.always,
        requests_worst_cycle=as_json(found.worst_cycle),
        watermark=as_json(found.watermark),
        blocks=blocks
        and chosen(blocks, "block_size count requests_in_tokens")
        | steady
        | {"verdict": found.verdict},
        dominant_mode=mode and chosen(mode, "modulus period_steps doubling_steps half_life_steps"),
        step_seconds=as_json(found.step_seconds),
    )
