"""A finite server as text for people and as JSON types."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...analysis.operations.finite import FiniteServer, Watermark
from ...analysis.verdict.analysis import Equilibrium
from ..layout import labelled, title
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed, proved
from .finite_words import cap_record, capped, rate, visibility
from .numbers import amount, counted, finer_percent, interval, percent, readable, steady_rate

if TYPE_CHECKING:
    from ...analysis.operations.finite_runs import SimulatedServer
    from ...dynamics.requests.batches import Estimate

__all__ = ["SCHEMA", "finite_record", "finite_text"]

SCHEMA = "stabkit.finite/1"
_SMALL = 2  # admissions per step: the law of small servers
_FEW_LIVES = 20  # of a run whose intervals are too narrow
Rows = Iterator[tuple[str, str]]


@TEXTS.writes(FiniteServer)
def finite_text(found: FiniteServer) -> str:
    """Return the answers, one to a line, those of a simulation below."""
    head = f"{found.mix.name}, {amount(readable(found.capacity), 'token')}"
    text = f"{title(head)}\n{labelled(_answers(found))}"
    if found.simulated is None:
        return text
    run = found.simulated
    lives = f"{readable(run.lives, 2)} times the longest decode"
    simulated = f"Simulated: whole requests, {counted(run.steps, 'step')}, {lives}"
    return f"{text}\n{title(simulated)}\n{labelled(_measured(run))}"


def _answers(found: FiniteServer) -> Rows:
    yield "verdict of the fluid", found.verdict
    yield (
        "steady state (a*)",
        f"{amount(steady_rate(found.admissions), 'admission')} per step, "
        f"{amount(readable(float(found.requests)), 'request')} in service",
    )
    if found.cap is not None:
        yield from capped(found.cap)
    if found.never_evicts:
        return
    if found.cap is None or not found.cap.binds:
        yield "what one sees of it", visibility(found.verdict, found.admissions_cv, found.visible)
    yield "evictions", _evictions(found)
    if found.evicted_per_step == 0:
        return
    if found.watermark is not None:
        yield ("watermark", _watermark(found, found.watermark))
    known = found.evicted_per_step is not None
    if known and found.lundberg_exponent is not None and found.admissions <= _SMALL:
        tokens = amount(readable(1 / float(found.lundberg_exponent.low), 4), "token")
        yield "", f"a further {tokens} divide them by e (Lundberg exponent, R17)"
    fit = counted(found.always, "request")
    yield "fit whatever happens", f"{fit}: a cap on running requests of so many ends all evictions"


def _evictions(found: FiniteServer) -> str:
    if found.evict_probability is None or found.evicted_per_step is None:
        return f"no formula: {found.reason}"
    if found.reason is not None:
        return f"none, ever: {found.reason}"
    per_admission = rate(found.evicted_per_step / float(found.admissions))
    return (
        f"{rate(found.evict_probability)} of the steps evict, {per_admission} of the admissions "
        f"are evicted, {readable(found.evicted_per_step, 3)} requests per step (R16, within 15 %)"
    )


def _watermark(server: FiniteServer, found: Watermark) -> str:
    target = f"for {readable(found.target)} evicted requests per step"
    if found.tokens is None or found.fraction is None:
        why = "no formula either" if found.reason == server.reason else f"none: {found.reason}"
        return f"{target}: {why}"
    tokens = amount(readable(found.tokens), "token")
    share = percent(found.fraction)
    return f"{target}: {tokens}, {share} of the memory and of the throughput"


def _measured(run: SimulatedServer) -> Rows:
    yield "steps that evict", _share(run.evict_probability)
    yield "evicted requests", f"{_number(run.evicted_per_step)} per step"
    yield "  of the admissions", _share(run.evicted_per_admission)
    yield "tokens", f"{_share(run.throughput_ratio)} of the steady state's"
    yield "requests in service", _number(run.requests_in_service)
    yield "Fano factor", f"{_number(run.fano_factor)} of admissions less evictions"
    if run.lives < _FEW_LIVES:
        yield "caution", "so short a run makes the intervals too narrow: see --steps"


def _share(value: Estimate) -> str:
    if math.isnan(value.low):
        return f"{rate(value.value)}, without an interval"
    ends = interval(max(0.0, value.low), value.high, rate, finer_percent)
    return _with_ends(rate(value.value), ends)


def _number(value: Estimate) -> str:
    if math.isnan(value.low):
        return f"{readable(value.value, 4)}, without an interval"
    ends = interval(max(0.0, value.low), value.high, _four_digits)
    return _with_ends(_four_digits(value.value), ends)


def _four_digits(value: float) -> str:
    return readable(value, 4)


def _with_ends(shown: str, ends: str) -> str:
    """Return a value with its interval, where that is more than the value itself."""
    return shown if ends == shown else f"{shown} (95 %: {ends})"


@RECORDS.writes(FiniteServer)
def finite_record(found: FiniteServer) -> dict[str, Any]:
    """Return the answers as JSON types: schema ``stabkit.finite/1``; exact numbers as strings."""
    return headed(
        SCHEMA,
        found.mix,
        **chosen(
            found, "verdict mean_slack mean_admissions window_dispersion admissions_cv visible"
        ),
        equilibrium=as_json(
            Equilibrium(found.admissions, found.requests, token_throughput=found.requests)
        ),
        fano_factor=proved(found.fano_factor),
        requests_always=found.always,
        cap=cap_record(found.cap),
        **chosen(found, "max_num_seqs never_evicts evict_probability evicted_per_step reason"),
        **chosen(found, "lundberg_exponent watermark simulated"),
    )
