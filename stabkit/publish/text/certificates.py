"""What is proved of a start, as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from typing import Any

from ...analysis.starts.certificates import ConvergentStart, EvictingStart, UndecidedStart
from ...analysis.verdict.analysis import CertifiedStart
from ..layout import paragraph
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, headed
from .numbers import counted, rounded

__all__ = ["start_rows"]

_PART = "stabkit.part/2"
_FROM = {"empty": "empty", "equilibrium": "the steady state", "given": "the given state"}


@RECORDS.writes(ConvergentStart, EvictingStart, UndecidedStart)
def _record(found: ConvergentStart | EvictingStart | UndecidedStart) -> dict[str, Any]:
    return headed(_PART, kind=type(found).__name__, certified_start=as_json(found.summary))


@TEXTS.writes(ConvergentStart, EvictingStart, UndecidedStart)
def _text(found: ConvergentStart | EvictingStart | UndecidedStart) -> str:
    return "".join(paragraph(f"{label}: {text}") for label, text in start_rows(found.summary))


def start_rows(found: CertifiedStart) -> Iterator[tuple[str, str]]:
    """Yield where the run from a start ends, and what proves it."""
    label = f"from {_FROM[found.start]}"
    if found.kind == "undecided":
        yield label, f"undecided: {found.reason}"
        return
    if found.kind == "convergent":
        yield label, f"{_evictions(found)}, then convergence to the steady state"
        goal, effect = "the steady state", "evicts nothing any more and converges (R22)"
    else:
        evicting, period = counted(found.evictions_per_period or 0, "step"), found.period
        yield label, f"evictions for ever, in {evicting} of every {period:,}"
        goal, effect = "that cycle", "converges to it (R22)"
    near = rounded(Fraction(found.deviation or 0), ROUND_CEILING, 3)
    allowed = rounded(Fraction(found.allowed_deviation or 0), ROUND_FLOOR, 3)
    yield (
        "proof",
        f"at step {found.step:,} all cohorts are within {near} a* of {goal}; what is within "
        f"{allowed} a* {effect}",
    )


def _evictions(found: CertifiedStart) -> str:
    if not found.evicting_steps:
        return "no eviction"
    if found.evicting_steps == 1:
        return f"step {found.last_eviction:,} alone evicts"
    return f"{found.evicting_steps:,} steps evict, the last of them step {found.last_eviction:,}"
