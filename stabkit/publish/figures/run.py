"""Figures over time and over stages: memory demand, evictions, kernel.

Drawn with matplotlib's object interface (no pyplot, no global state) in the house style.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...analysis.pictures.run import Floats, KernelPicture, RunPicture
from .style import BLUE, INK, SKY, VERMILLION, drawn, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .style import Drawing

__all__ = ["draw_run", "kernel_figure", "run_figure"]

_MOST_STEPPED = 200  # stages that are drawn as steps; more of them make one line


@drawn(RunPicture, 8.0)
def run_figure(figure: Drawing, run: RunPicture) -> None:
    """Draw memory demand against capacity, above the evictions of each step."""
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2.2, 1))
    draw_run(above, run, "demand")
    legend_above(above)
    above.set_xlabel("")
    steps, width = _steps_and_width(run)
    below.vlines(steps, 0, run.evicted, color=VERMILLION, linewidth=width)
    below.set_ylim(0, 1.05 * run.evicted.max(initial=0.0) or 1.0)
    below.set_ylabel("evicted\n(requests per step)")
    below.set_xlabel("batch step")
    figure.align_ylabels()


def draw_run(axes: Axes, run: RunPicture, quantity: str) -> None:
    """Draw memory demand against capacity; `quantity` goes before the unit."""
    steps, width = _steps_and_width(run)
    for side, colour, label in (
        (np.minimum(run.demand, run.capacity), SKY, "admits"),
        (np.maximum(run.demand, run.capacity), VERMILLION, "evicts"),
    ):
        axes.vlines(steps, run.capacity, side, color=colour, linewidth=width)
        axes.plot([], [], color=colour, linewidth=2.0, label=label)
    axes.axhline(run.capacity, color=INK, linewidth=0.8, label="capacity")
    low, high = run.demand.min(initial=run.capacity), run.demand.max(initial=run.capacity)
    room = 0.06 * max(high - low, 0.02 * high)
    axes.set(xlim=(0, len(run.demand) + 1), ylim=(low - room, high + room))
    axes.locator_params(axis="x", nbins=4, integer=True)
    axes.set_xlabel("batch step")
    _label_tokens(axes, quantity, high)


def _label_tokens(axes: Axes, quantity: str, largest: float) -> None:
    """Label the vertical axis in tokens, or in thousands of them and so on, to keep ticks short."""
    power = max(0, int(np.log10(max(largest, 1) / 10) / 3))
    unit = {0: "tokens", 1: "1,000 tokens", 2: "million tokens"}.get(power)
    unit = unit or f"$10^{{{3 * power}}}$ tokens"
    axes.yaxis.set_major_formatter(lambda value, _: f"{value / 1000**power:.6g}")
    axes.set_ylabel(f"{quantity} ({unit})" if quantity else unit)


def _steps_and_width(run: RunPicture) -> tuple[range, float]:
    count = len(run.demand)
    return range(1, count + 1), max(0.25, min(1.5, 110 / max(count, 1)))


@drawn(KernelPicture, 8.0)
def kernel_figure(figure: Drawing, picture: KernelPicture) -> None:
    """Draw the memory kernel above the survival function, as steps over the stages of a life."""
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.5, 1))
    _draw_steps(above, picture.kernel, VERMILLION)
    _label_tokens(above, "memory kernel $g_m$", picture.kernel.max())
    _draw_steps(below, picture.survival, BLUE)
    below.set_ylabel("still in service\n$P(T > m)$")
    below.set(xlim=(0, len(picture.kernel)), yticks=(0, 0.5, 1))
    below.locator_params(axis="x", integer=True)
    below.set_xlabel("stage m (decode steps done)")
    figure.align_ylabels()


def _draw_steps(axes: Axes, values: Floats, colour: str) -> None:
    edges = np.arange(len(values) + 1)
    axes.stairs(values, edges, fill=True, color=colour, alpha=0.25, linewidth=0)
    axes.stairs(values, edges, color=colour, linewidth=1.0, baseline=None, zorder=3)
    if len(values) <= _MOST_STEPPED:
        axes.vlines(
            edges[1:-1], 0, np.minimum(values[:-1], values[1:]), color="white", linewidth=0.4
        )
    axes.set_ylim(0, 1.06 * values.max())
