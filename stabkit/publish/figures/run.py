"""Figures over time and over stages: memory demand, evictions, kernel.

Drawn with matplotlib's object interface (no pyplot, no global state) in the house style.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...analysis.pictures.run import Floats, KernelPicture, RunPicture
from ..text.numbers import readable
from .style import BLUE, INK, VERMILLION, Axes, Drawing, drawn, legend_above

__all__ = ["draw_run", "kernel_figure", "label_tokens", "run_figure"]

_COLUMNS = 120  # that a long run is drawn in
_APART = 2  # single steps for each column are told apart still
_LONG_NUMBERS = 1000
_FAR = 1.5  # the distance of the capacity from the demand, over what that swings by
_MOST_STEPPED = 200  # stages that are drawn as steps; more of them make one line


@drawn(RunPicture, 8.4)
def run_figure(figure: Drawing, run: RunPicture) -> None:
    """Draw memory demand against capacity, above the evictions of each step.

    Of a long run every column stands for a few steps, and reaches from the least to the largest
    demand, and evictions, of any of them.
    """
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2.2, 1))
    draw_run(above, run, "demand")
    legend_above(above)
    above.set_xlabel("")
    _draw_evictions(below, run)
    below.set_ylabel("evicted\n(requests per step)")
    figure.align_ylabels()


def draw_run(axes: Axes, run: RunPicture, quantity: str, columns: int = _COLUMNS) -> None:
    """Draw memory demand against capacity, what is evicted above it.

    * `quantity`: goes before the unit.
    * `columns`: the most that steps are grouped in.
    """
    edges, least, most = _columns(run.demand, columns)
    if len(least) == len(run.demand):
        axes.plot(edges[:-1] + 0.5, run.demand, color=BLUE, linewidth=0.8, zorder=2)
    else:
        low, high = np.minimum([least, most], run.capacity)
        axes.stairs(high, edges, baseline=low, fill=True, color=BLUE)
        axes.stairs((low + high) / 2, edges, baseline=None, color=BLUE)  # where both are one
    above = np.maximum(most, run.capacity)
    axes.stairs(above, edges, baseline=run.capacity, fill=True, color=VERMILLION, zorder=3)
    if run.evicted.any():
        axes.scatter([], [], marker="s", color=VERMILLION, label="evicts")
    axes.plot([], [], color=BLUE, linewidth=1.5, label="demand")
    _show_capacity(axes, run)
    _label_steps(axes, len(run.demand), columns)
    label_tokens(axes, quantity, max(axes.get_ylim()))


def _show_capacity(axes: Axes, run: RunPicture) -> None:
    """Draw the capacity, unless it is so far above the demand that no swing would be seen."""
    low, high = run.demand.min(initial=run.capacity), run.demand.max(initial=0.0)
    if run.capacity - high > _FAR * (high - low) > 0:
        axes.plot([], [], " ", label="capacity: far above")
    else:
        low, high = min(low, run.capacity), max(high, run.capacity)
        axes.axhline(run.capacity, color=INK, linewidth=0.8, label="capacity", zorder=4)
    room = 0.06 * (high - low) or 0.02 * high
    axes.set(xlim=(0.5, max(len(run.demand), 1) + 0.5), ylim=(low - room, high + room))


def _columns(values: Floats, columns: int) -> tuple[Floats, Floats, Floats]:
    """Return the edges of at most so many columns of steps 1, 2, ..., and their extremes."""
    starts = np.arange(0, len(values), _per_column(len(values), columns))
    edges = np.append(starts, len(values)) + 0.5
    if not len(values):
        return edges, values, values
    return edges, np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)


def _per_column(count: int, columns: int) -> int:
    """Return 1 as long as single steps are told apart, and more than they would be beyond."""
    return 1 if count <= _APART * columns else -(-count // columns)


def _draw_evictions(axes: Axes, run: RunPicture) -> None:
    edges, _, most = _columns(run.evicted, _COLUMNS)
    axes.stairs(most, edges, fill=True, color=VERMILLION, linewidth=0.3)
    axes.set_ylim(0, 1.05 * run.evicted.max(initial=0.0) or 1.0)
    _label_steps(axes, len(run.evicted), _COLUMNS)


def _label_steps(axes: Axes, count: int, columns: int) -> None:
    size = _per_column(count, columns)
    nbins = 8 if columns >= _COLUMNS else 3 if count < _LONG_NUMBERS else 2
    room: dict[str, Any] = {"nbins": nbins, "min_n_ticks": min(nbins, 3) - 1}
    axes.locator_params(axis="x", integer=True, steps=[1, 2, 5, 10], **room)
    axes.set_xlabel("batch step" if size == 1 else f"step, {size:,} to a column")


def label_tokens(axes: Axes, quantity: str, largest: float) -> None:
    """Label the vertical axis in tokens, or in thousands of them and so on, to keep ticks short.

    * `quantity`: goes before the unit.
    * `largest`: tokens, of which the unit is chosen.
    """
    power = max(0, int(np.log10(max(largest, 1) / 10) / 3))
    unit = {0: "tokens", 1: "1,000 tokens", 2: "million tokens"}.get(power)
    unit = unit or f"$10^{{{3 * power}}}$ tokens"
    axes.yaxis.set_major_formatter(lambda value, _: readable(value / 1000**power, 6))
    axes.set_ylabel(f"{quantity} ({unit})" if quantity else unit)


@drawn(KernelPicture, 8.4)
def kernel_figure(figure: Drawing, picture: KernelPicture) -> None:
    """Draw the memory kernel above the survival function, as steps over the stages of a life."""
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.5, 1))
    _draw_steps(above, picture.kernel, VERMILLION)
    label_tokens(above, "memory kernel $g_m$", picture.kernel.max())
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
