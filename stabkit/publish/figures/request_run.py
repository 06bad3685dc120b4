"""Figure of a run of whole requests: memory against capacity, running requests, evictions."""

from __future__ import annotations

import numpy as np

from ...dynamics.requests.request_run import RequestRun
from ...errors import InvalidArgument
from .style import BLUE, INK, SKY, VERMILLION, Drawing, drawn, legend_above

__all__ = ["request_run_figure"]


@drawn(RequestRun, 9.4)
def request_run_figure(figure: Drawing, run: RequestRun) -> None:
    """Draw memory held, running requests and evictions over the time of the clock."""
    series = run.series
    if series is None:
        raise InvalidArgument("'result' must be a run that kept its series, not one without.")
    memory, running, evicted = figure.subplots(3, 1, sharex=True, height_ratios=(1.4, 1.4, 1))
    memory.plot(series.time, series.memory, color=SKY, label="held")
    memory.axhline(
        float(run.scheduler.capacity), color=INK, linewidth=0.8, dashes=(4, 2), label="capacity"
    )
    memory.set_ylabel("memory\n(tokens)")
    legend_above(memory)
    running.plot(series.time, series.running, color=BLUE)
    running.set_ylabel("running\n(requests)")
    width = max(0.25, min(1.5, 110 / len(series)))
    hit = np.flatnonzero(series.evicted)
    evicted.vlines(series.time[hit], 0, series.evicted[hit], color=VERMILLION, linewidth=width)
    evicted.set_ylim(0, 1.05 * series.evicted.max(initial=0) or 1.0)
    evicted.set_ylabel("evicted\n(requests)")
    timed = run.scheduler.step_time != (1.0, 0.0, 0.0)
    evicted.set_xlabel("time (s)" if timed else "batch step")
    figure.align_ylabels()
