"""Figure of a replay: running requests, observed and replayed, above the preemptions."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...analysis.operations.replay import Replay
from .style import BLUE, VERMILLION, Axes, Drawing, drawn, legend_above

__all__ = ["replay_figure"]

_DASHES = (0, (3, 1.5))


@drawn(Replay, 8.4)
def replay_figure(figure: Drawing, found: Replay) -> None:
    """Draw the running requests and the preemptions so far, along the steps of the replay."""
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2.2, 1))
    _draw_running(above, found)
    legend_above(above)
    below.plot(np.cumsum(found.series.evicted), color=VERMILLION, linewidth=1.0)
    if found.observed is not None and "preemptions" in found.observed.compared:
        counted = found.observed.compared["preemptions"].observed
        below.plot(found.observed.rows, counted, color=BLUE, linestyle=_DASHES)
    below.set(xlabel="step", ylabel="preemptions\nso far", ylim=(0, None))
    figure.align_ylabels()


def _draw_running(axes: Axes, found: Replay) -> None:
    """Draw the running requests, along the steps of the replay."""
    axes.plot(found.series.running, color=VERMILLION, linewidth=0.9, label="replayed")
    if found.observed is not None:
        seen = found.observed.compared["running"].observed
        style: dict[str, Any] = {"color": BLUE, "linewidth": 0.9, "linestyle": _DASHES}
        axes.plot(found.observed.rows, seen, label="observed", **style)
    axes.set(xlim=(0, len(found.series)), ylim=(0, None), ylabel="running requests")
