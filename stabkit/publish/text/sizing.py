"""Sizing as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ...analysis.operations.running_cap import RunningCap
from ...analysis.operations.sizing import Sizing
from ...analysis.verdict.analysis import DominantMode
from ..layout import labelled, title
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed
from .finite_words import cap_record, capped
from .numbers import amount, percent, percent_above, readable, steady_rate

__all__ = ["SCHEMA", "sizing_record", "sizing_text"]

SCHEMA = "stabkit.sizing/3"
_NO_WATERMARK = {  # of several classes, by whether the mix is stable
    True: "several classes: stabkit finite has one for a rate of evictions",
    False: "several classes: not known; stabkit policy --recommend tries what else there is",
}
Rows = Iterator[tuple[str, str]]


@TEXTS.writes(Sizing)
def sizing_text(found: Sizing) -> str:
    """Return the answers, one to a line."""
    head = f"{found.mix.name}, {amount(readable(found.mix.capacity or 0), 'token')}"
    if found.blocks is not None:
        head += f" in {amount(readable(found.blocks.count), 'block')} of {found.blocks.block_size}"
    return f"{title(head)}\n{labelled(_answers(found))}"


def _answers(found: Sizing) -> Rows:
    if found.cap is not None and found.cap.never_evicts:
        yield from _never_filled(found, found.cap)
        return
    if found.cap is not None:
        yield from capped(found.cap)
        yield "verdict without the cap" if found.cap.binds else "verdict", found.verdict
    else:
        yield "verdict", found.verdict
    yield "rate to admit (a*)", f"{_rate(found.admissions)} per step"
    yield from _per_second("at the steady state", found.admissions, found)
    yield "requests in service", f"{readable(float(found.requests))} at the steady state"
    if found.worst_cycle is not None:
        yield "", f"{readable(float(found.worst_cycle))} at the end of the worst cycle"
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
        yield "watermark without evictions", _NO_WATERMARK[found.verdict == "stable"]
    if found.mode is not None:
        yield from _mode(found, found.mode)


def _never_filled(found: Sizing, cap: RunningCap) -> Rows:
    """Yield the answers where memory never limits: so many requests run, whatever it holds."""
    yield "verdict of the fluid", found.verdict
    yield from capped(cap)
    yield "requests in service", f"{readable(float(cap.running))} under the cap"
    yield "", f"{readable(float(found.requests))} at the steady state without it"
    served = found.admissions * cap.memory_share
    yield "rate under the cap", f"{_rate(served)} per step"
    yield from _per_second("under the cap", served, found)
    yield "memory in use", f"{percent(cap.memory_share)} on the mean"


def _per_second(where: str, admissions: Fraction, found: Sizing) -> Rows:
    if found.step_seconds is not None:
        tokens = float(admissions * found.mix.mean_decode_length / found.step_seconds)
        yield "", f"{_rate(admissions / found.step_seconds)} per second"
        yield f"output {where}", f"{amount(readable(tokens), 'token')} per second"


def _rate(admissions: Fraction) -> str:
    return amount(steady_rate(admissions), "request")


def _mode(found: Sizing, mode: DominantMode) -> Rows:
    seconds = found.step_seconds
    if mode.period_steps is not None:
        yield "dominant swing, period", f"{_steps(mode.period_steps, seconds)}{_grown(found)}"
    if mode.doubling_steps is not None:
        yield "  it doubles every", _steps(mode.doubling_steps, seconds)
    if mode.half_life_steps is not None:
        yield "  it halves every", _steps(mode.half_life_steps, seconds)


def _grown(found: Sizing) -> str:
    """Say what becomes of the swing where that is known: the worst cycle of one decode length."""
    if found.worst_cycle is None:
        return ""
    cycle = _steps(found.mix.longest_decode, found.step_seconds)
    return f", then {cycle} in the worst cycle"


def _steps(steps: float, seconds: Fraction | None) -> str:
    text = amount(readable(steps, 4), "step")
    return text if seconds is None else f"{text} = {readable(steps * float(seconds), 4)} s"


@RECORDS.writes(Sizing)
def sizing_record(found: Sizing) -> dict[str, Any]:
    """Return the answers as JSON types: schema ``stabkit.sizing/3``; exact numbers as strings."""
    blocks, mode = found.blocks, found.mode
    steady = chosen(found, "admissions_per_step=admissions requests_in_service=requests")
    bounds = "requests_reserved=reserved requests_always=always requests_worst_cycle=worst_cycle"
    return headed(
        SCHEMA,
        found.mix,
        verdict=found.verdict,
        **steady,
        **chosen(found, f"{bounds} watermark_fraction=watermark"),
        blocks=blocks
        and chosen(blocks, "block_size count requests_in_tokens")
        | steady
        | {"verdict": found.verdict},
        dominant_mode=mode and chosen(mode, "modulus period_steps doubling_steps half_life_steps"),
        step_seconds=as_json(found.step_seconds),
        cap=cap_record(found.cap),
    )
