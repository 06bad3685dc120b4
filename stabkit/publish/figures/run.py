"""Figures over time and over stages: memory demand, evictions, kernel.

Drawn with matplotlib's object interface (no pyplot, no global state) in the house style.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ...analysis.pictures.roots import RootPicture
from ...analysis.pictures.run import Floats, KernelPicture, RunPicture
from .roots import draw_roots, in_plane, root_title
from .style import (
    BLUE,
    INK,
    SKY,
    VERMILLION,
    house_style,
    legend_above,
    legend_under,
    new_figure,
    settled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "analysis_figure",
    "comparison_figure",
    "kernel_figure",
    "trajectory_figure",
]

_ROW = 6.8  # centimetres
_MOST_STEPPED = 200  # stages that are drawn as steps; more of them make one line


def analysis_figure(roots: RootPicture, run: RunPicture | None) -> Figure:
    """Return the roots against the unit circle beside the memory demand of a run from empty.

    Parameters
    ----------
    roots : RootPicture
        All roots, or the dominant ones.
    run : RunPicture or None
        None where the run was too long to simulate; the roots are then drawn alone.
    """
    return comparison_figure([("", roots, run)])


def comparison_figure(cases: Sequence[tuple[str, RootPicture, RunPicture | None]]) -> Figure:
    """Return one row per case (title, roots, run), as `analysis_figure` draws one."""
    with house_style():
        figure = new_figure(_ROW * len(cases))
        rows = figure.subfigures(len(cases), 1, squeeze=False)[:, 0]
        for row, (title, roots, run) in zip(rows, cases, strict=True):
            if title:
                row.suptitle(title, fontsize=8.5, fontweight="bold", x=0.01, ha="left")
            panels = row.subplots(1, 1 if run is None else 2, squeeze=False)[0]
            draw_roots(panels[0], roots)
            panels[0].set_title(root_title(roots).replace(": ", "\n"))
            if run is not None:
                _draw_run(panels[1], run, "")
                panels[1].set_title("memory demand,\nstarted empty")
            for axes in panels:
                axes.set_box_aspect(1 if in_plane(roots) else None)
                legend_under(axes)
        return settled(figure)


def trajectory_figure(run: RunPicture) -> Figure:
    """Return memory demand against capacity, above the evictions of each step."""
    with house_style():
        figure = new_figure(8.0)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2.2, 1))
        _draw_run(above, run, "demand")
        legend_above(above)
        above.set_xlabel("")
        steps, width = _steps_and_width(run)
        below.vlines(steps, 0, run.evicted, color=VERMILLION, linewidth=width)
        below.set_ylim(0, 1.05 * run.evicted.max(initial=0.0) or 1.0)
        below.set_ylabel("evicted\n(requests per step)")
        below.set_xlabel("batch step")
        figure.align_ylabels()
        return settled(figure)


def _draw_run(axes: Axes, run: RunPicture, quantity: str) -> None:
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


def kernel_figure(picture: KernelPicture) -> Figure:
    """Return the memory kernel above the survival function, as steps over the stages of a life."""
    with house_style():
        figure = new_figure(8.0)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.5, 1))
        _draw_steps(above, picture.kernel, VERMILLION)
        _label_tokens(above, "memory kernel $g_m$", picture.kernel.max())
        _draw_steps(below, picture.survival, BLUE)
        below.set_ylabel("still in service\n$P(T > m)$")
        below.set(xlim=(0, len(picture.kernel)), yticks=(0, 0.5, 1))
        below.locator_params(axis="x", integer=True)
        below.set_xlabel("stage m (decode steps done)")
        figure.align_ylabels()
        return settled(figure)


def _draw_steps(axes: Axes, values: Floats, colour: str) -> None:
    edges = np.arange(len(values) + 1)
    axes.stairs(values, edges, fill=True, color=colour, alpha=0.25, linewidth=0)
    axes.stairs(values, edges, color=colour, linewidth=1.0, baseline=None, zorder=3)
    if len(values) <= _MOST_STEPPED:
        axes.vlines(
            edges[1:-1], 0, np.minimum(values[:-1], values[1:]), color="white", linewidth=0.4
        )
    axes.set_ylim(0, 1.06 * values.max())
