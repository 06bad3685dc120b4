"""A run of whole requests as text for people and as JSON types.

JSON is of the schema ``stabkit.request-run/1``: a mean is ``{mean, interval_95}``, a table
``{header, lines}``, a time that has not come null.
"""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

from ...dynamics.requests.request_run import RequestRun, RequestSeries, RequestTable
from ..layout import paragraph, title
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed
from .numbers import amount, counted, finer_percent, interval, percent, readable
from .tables import plain_table

__all__ = ["SCHEMA", "request_run_record", "request_run_text"]

SCHEMA = "stabkit.request-run/1"
_DIGITS = 5
_PER_STEP = {
    "running": "running requests",
    "waiting": "waiting requests",
    "memory": "memory held (tokens)",
    "completed": "completed requests per step",
    "completed_tokens": "completed tokens per step",
    "prefilled": "prefilled tokens per step",
    "recomputed": "of these computed before",
    "evictions_per_completion": "evictions per completion",
}
_STEPS = (1.0, 0.0, 0.0)  # a clock that counts steps
_SHARES = {"evicting": "steps that evict", "wasted_share": "decode steps wasted"}


@RECORDS.writes(RequestRun)
def request_run_record(run: RequestRun) -> dict[str, Any]:
    """Return the run as JSON types, series and table included where they were kept."""
    return headed(
        SCHEMA,
        **chosen(run, "scheduler=scheduler.name capacity=scheduler.capacity"),
        options=_options(run),
        **chosen(run, "source seed steps time totals recomputed_seconds means"),
        series=_lines(run.series),
        table=_lines(run.requests),
    )


@TEXTS.writes(RequestRun)
def request_run_text(run: RequestRun) -> str:
    """Return the rules, the long-run means with their intervals, and what evictions cost."""
    options = ", ".join(f"{name} {_said(value)}" for name, value in _options(run).items())
    head = [
        title(f"{run.source}, {amount(readable(run.scheduler.capacity), 'token')}"),
        paragraph(f"scheduler {run.scheduler.name}{': ' if options else ''}{options}"),
        paragraph(f"{counted(run.steps, 'step')}{_duration(run)}, seed {run.seed}"),
    ]
    return "\n".join(["".join(head), _means(run), paragraph(_costs(run))])


def _said(value: Any) -> str:
    """Return an option; of a `step_time` its numbers, as a replay's option is given them."""
    return ",".join(map(_readable, value)) if isinstance(value, list) else f"{value}"


def _duration(run: RequestRun) -> str:
    timed = run.scheduler.step_time != _STEPS
    return f" in {amount(_readable(run.time), 'second')}" if timed else ""


def _means(run: RequestRun) -> str:
    rows = [("in the long run", "mean", "95 % interval")]
    for names, written, finer in (
        (_PER_STEP, _readable, readable),
        (_SHARES, percent, finer_percent),
    ):
        for name, label in names.items():
            mean = run.means[name]
            if not math.isnan(mean.low):
                ends = interval(mean.low, mean.high, written, finer)
                rows.append((label, written(mean.value), ends))
    return plain_table(rows) if rows[1:] else "The run is too short for long-run means.\n"


def _readable(value: float) -> str:
    return readable(value, _DIGITS)


def _costs(run: RequestRun) -> str:
    total = run.totals
    came = f"{counted(total['completed'], 'request')} completed"
    if not total["evicted"]:
        return f"{came}; nothing was evicted."
    seconds = amount(_readable(run.recomputed_seconds), "second") if run.recomputed_seconds else ""
    return (
        f"{came}, {counted(total['evicted'], 'eviction')}: "
        f"{counted(total['wasted'], 'decode step')} wasted, "
        f"{counted(total['recomputed'], 'token')} prefilled again{seconds and f', {seconds}'}."
    )


def _options(run: RequestRun) -> dict[str, Any]:
    """Return the options that are not as they are by default; the capacity stands apart."""
    given = {one.name: getattr(run.scheduler, one.name) for one in fields(run.scheduler)}
    defaults = {one.name: one.default for one in fields(run.scheduler)}
    defaults["step_time"] = _STEPS
    return {
        name: as_json(value)
        for name, value in given.items()
        if value != defaults[name] and name != "capacity"
    }


def _lines(record: RequestSeries | RequestTable | None) -> dict[str, Any] | None:
    if record is None:
        return None
    header = [one.name for one in fields(record)]
    columns = (as_json(getattr(record, name)) for name in header)
    return {"header": header, "lines": [list(line) for line in zip(*columns, strict=True)]}
