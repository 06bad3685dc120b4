"""A replay as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Any

from ...analysis.operations.replay import ObservedRun, Replay, Swing
from ..layout import labelled, paragraph, title
from ..rendering import RECORDS, TEXTS
from .dialect import chosen, headed
from .numbers import amount, counted, percent, readable
from .tables import plain_table

__all__ = ["SCHEMA", "replay_record", "replay_text"]

SCHEMA = "stabkit.replay/1"
_NAMES = {
    "running": "running requests",
    "waiting": "waiting requests",
    "memory": "memory in use",
    "preemptions": "preemptions so far",
    "prefilled": "tokens prefilled so far",
    "completed": "requests completed so far",
}
_COMPARED = {
    "running, mean": "running.mean",
    "running, standard deviation": "running.sd",
    "period (steps)": "running.period",
    "makespan (s)": "makespan_seconds",
    "preemptions": "preemptions",
}


@TEXTS.writes(Replay)
def replay_text(found: Replay) -> str:
    """Return what the replay did, and beside it what was observed."""
    memory = amount(readable(found.scheduler.capacity), "token")
    head = f"{found.trace}, {counted(found.requests, 'request')}, by the rules of "
    parts = [title(f"{head}{found.scheduler.name} in {memory}"), labelled(_answers(found))]
    if found.observed is not None:
        parts += [_beside(found, found.observed), _samples(found.observed)]
    return "\n".join(parts)


def _answers(found: Replay) -> Iterator[tuple[str, str]]:
    yield "steps", readable(found.steps)
    if found.at_once:
        yield "arrivals", "all at the start; a column arrival_s would tell them, in seconds"
    if found.makespan_seconds is not None:
        yield "makespan", f"{readable(found.makespan_seconds, 5)} s"
    if found.step_time is not None:
        a, b, c = (readable(part, 4) for part in found.step_time)
        source = ", fitted to the run" if found.fitted else ""
        yield "step time", f"{a} + {b} prefilled + {c} running seconds{source}"
    yield "preemptions", readable(found.preemptions)
    yield "tokens prefilled again", readable(found.recomputed_tokens)
    yield "running requests", f"{readable(found.running.mean, 4)} on the mean"
    yield "", f"{readable(found.running.sd, 4)} standard deviation"
    if found.running.period is not None:
        yield "  they swing with period", _period(found.running)


def _period(swing: Swing) -> str:
    if swing.period is None or swing.autocorrelation is None:
        return "none"
    height = readable(swing.autocorrelation, 2)
    return f"{amount(readable(swing.period, 4), 'step')} (autocorrelation {height})"


def _beside(found: Replay, observed: ObservedRun) -> str:
    rows = (
        (name, *(_shown(attrgetter(of)(one)) for one in (found, observed)))
        for name, of in _COMPARED.items()
    )
    return plain_table([("", "replayed", "observed"), *rows])


def _shown(value: float | None) -> str:
    return "-" if value is None else readable(value, 5)


def _samples(observed: ObservedRun) -> str:
    how = "generated tokens" if observed.clock == "tokens" else "seconds"
    head = f"{counted(len(observed.rows), 'sample')}, compared at equal {how}:"
    rows = [("", "correlation", "equal at", "largest difference")]
    for name, one in observed.compared.items():
        r = "-" if one.correlation is None else f"{one.correlation:.4f}"
        rows.append((_NAMES[name], r, percent(one.equal), readable(one.largest_difference, 4)))
    return paragraph(head) + plain_table(rows)


@RECORDS.writes(Replay)
def replay_record(found: Replay) -> dict[str, Any]:
    """Return the replay as JSON types: schema ``stabkit.replay/1``."""
    return headed(
        SCHEMA,
        **chosen(found, "trace requests scheduler=scheduler.name capacity=scheduler.capacity"),
        **chosen(found, "steps makespan_seconds step_time step_time_fitted=fitted"),
        **chosen(found, "preemptions recomputed_tokens"),
        running=_swing_record(found.running),
        observed=None if found.observed is None else _observed_record(found.observed),
    )


def _swing_record(swing: Swing) -> dict[str, Any]:
    return chosen(swing, "mean sd period_steps=period autocorrelation")


def _observed_record(observed: ObservedRun) -> dict[str, Any]:
    return {
        "clock": observed.clock,
        "samples": len(observed.rows),
        "correlation": observed.compared["running"].correlation,
        **_swing_record(observed.running),
        **chosen(observed, "makespan_seconds preemptions"),
        "compared": {
            name: chosen(one, "correlation equal largest_difference")
            for name, one in observed.compared.items()
        },
    }
