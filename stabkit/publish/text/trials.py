"""Settings of a server on whole requests, as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ...analysis.operations.trials import Trial, Trials
from ...dynamics.requests import Estimate
from ..layout import wrapped
from .dialect import chosen
from .numbers import interval, percent, readable
from .tables import plain_table

__all__ = ["trials_lines", "trials_record"]

# What engines call the settings.
_ENGINES = {
    "max-num-seqs": (
        "vLLM: --max-num-seqs, SGLang: --max-running-requests, TensorRT-LLM: max_batch_size"
    ),
    "rate": "no engine has such a setting: limit the rate in front of the server",
    "watermark": "vLLM: watermark, SGLang: a larger --schedule-conservativeness",
    "reservation": (
        "TensorRT-LLM: capacity_scheduler_policy GUARANTEED_NO_EVICT, which reserves for max_tokens"
    ),
}


def trials_lines(found: Trials) -> Iterator[str]:
    """Yield what whole requests say, and what to do."""
    if found.now is None:
        yield from wrapped(f"Whole requests were not simulated: {found.reason}.")
        return
    yield from wrapped(
        f"Whole requests in random order, {found.steps:,} steps from the empty memory, tokens over "
        "the steady state's, with 95 % intervals:"
    )
    heads = ("", "tokens", "more than now", "evicted per step")
    table = plain_table([heads, *map(_row, (found.now, *found.tried))])
    yield from ["", *table.splitlines(), ""]
    yield from wrapped(_advice(found.best))


def _row(one: Trial) -> tuple[str, ...]:
    gain = "" if one.setting == "none" else _interval(one.gain)
    evicted = readable(max(0.0, one.evicted_per_step.value), 3)
    return _named(one.setting, one.value), _interval(one.throughput), gain, evicted


def _interval(of: Estimate) -> str:
    return f"{interval(of.low, of.high, _points, _points)} %"


def _points(share: float, digits: int = 1) -> str:
    text = f"{100 * share:.{digits}f}"
    return text if text.strip("-0.") else text.lstrip("-")


def _named(setting: str, value: Fraction) -> str:
    return {
        "none": "leave it alone",
        "rate": f"admit {readable(float(value), 4)} per step",
        "max-num-seqs": f"run {int(value):,} at most",
        "watermark": f"keep {percent(value)} free",
        "reservation": "reserve for life",
    }[setting]


def _advice(best: Trial | None) -> str:
    if best is None:
        return (
            "Change nothing: no setting that was tried completes more tokens than leaving the "
            "server alone, beyond chance."
        )
    return (
        f"Recommended: {_named(best.setting, best.value)} ({_ENGINES[best.setting]}). On other "
        f"requests it completed {_interval(best.gain)} of the steady state's tokens more than "
        "leaving the server alone."
    )


def trials_record(found: Trials) -> dict[str, Any]:
    """Return the trials as JSON types."""
    return {
        **chosen(found, "steps reason"),
        "now": None if found.now is None else _trial(found.now),
        "tried": [_trial(one) for one in found.tried],
        "confirmed": None if found.best is None else _trial(found.best),
    }


def _trial(one: Trial) -> dict[str, Any]:
    names = "throughput_ratio=throughput gain_over_unchanged=gain evicted_per_step"
    return chosen(one, f"setting value {names}")
