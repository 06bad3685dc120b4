"""Figure of a limit cycle: the memory shared by cohorts as they age, and who comes and goes.

Above, a column per step: the memory after the fit, oldest cohorts below, each in the colour that it
keeps while it ages. The dotted line is what the survivors need before the fit. Where it is below
the capacity, the room above it goes to the new cohort; where it is above, what is hatched there is
evicted. Below, the admissions of each step in the colour of their cohort, and the evictions.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...analysis.pictures.cycle import CohortBand, CyclePicture
from ...analysis.pictures.run import Floats
from ..text.numbers import counted, percent
from .run import label_tokens
from .style import INK, VERMILLION, Axes, Drawing, drawn

__all__ = ["EVICTED", "cycle_figure"]

# Cohorts in turn: those of COHORT_COLOURS that differ in lightness from the next one and are not
# taken for what is evicted.
_COLOURS = ("#56B4E9", "#0072B2", "#BBBBBB", "#009E73", "#F0E442")
EVICTED: dict[str, Any] = {"facecolor": VERMILLION, "edgecolor": "white", "hatch": "////"}
_DEMAND: dict[str, Any] = {"color": INK, "linewidth": 0.9, "linestyle": (0, (1.2, 1.2))}
_FEW_STEPS = 80  # whose columns are parted by white lines; of more, the cohorts are
_THINNEST = 0.6  # points
_ROUNDING = 1e-9  # evictions so much smaller than admissions are rounding


@drawn(
    CyclePicture,
    lambda picture: 10.6 if _evicts(picture) else 9.2,
    lambda picture: _statement(picture, _evicts(picture)),
)
def cycle_figure(figure: Drawing, picture: CyclePicture) -> None:
    """Draw the memory by cohort over two periods, above admissions and evictions.

    Admissions and evictions have scales of their own; a cycle without evictions has no panel for
    them. A dashed line ends the first period; period 1 has none.
    """
    evicts = _evicts(picture)
    ratios = (2.8, 0.8, 0.8) if evicts else (2.8, 0.8)
    panels = figure.subplots(len(ratios), 1, sharex=True, height_ratios=ratios)
    _draw_memory(panels[0], picture)
    _draw_bars(panels[1], picture.admitted, _admission_colours(picture), "admitted")
    if evicts:
        _draw_bars(panels[2], picture.evicted, VERMILLION, "evicted")
    panels[-1].locator_params(axis="x", nbins=9, integer=True, steps=[1, 2, 5, 10])
    panels[-1].set_xlabel("batch step")
    _mark_period(panels, picture)
    _explain(figure, picture, evicts)
    figure.align_ylabels()


def _evicts(picture: CyclePicture) -> bool:
    return bool(picture.evicted.max() > _ROUNDING * picture.admitted.max())


def _statement(picture: CyclePicture, evicts: bool) -> str:
    """Say what one period evicts of what it admits."""
    steps = counted(picture.period, "step")
    if picture.steps < picture.period:
        return f"the first {picture.steps:,} of a period of {steps}"
    if not evicts:
        return f"period of {steps}, nothing evicted"
    period = slice(picture.period)
    lost = float(picture.evicted[period].sum() / picture.admitted[period].sum())
    return f"period of {steps}, {percent(lost)} of the admissions evicted"


def _colour(number: int) -> str:
    return _COLOURS[number % len(_COLOURS)]


def _edges(start: int, count: int) -> Any:
    return np.arange(start, start + count + 1) - 0.5


def _draw_memory(axes: Axes, picture: CyclePicture) -> None:
    """Stack the bands, oldest first, each on what the older ones hold."""
    base = np.zeros(picture.steps)
    for number, band in enumerate(picture.bands):
        at = slice(band.start - 1, band.start - 1 + len(band.memory))
        top = base[at] + band.memory
        _fill(axes, picture, band, (base[at].copy(), top), _colour(number))
        base[at] = top
    edges = _edges(1, picture.steps)
    excess = np.where(picture.evicted > 0, picture.demand, picture.capacity)
    for n in np.flatnonzero(picture.evicted > 0):
        column: dict[str, Any] = {"baseline": picture.capacity, "fill": True, "zorder": 4.5}
        axes.stairs(excess[n : n + 1], edges[n : n + 2], linewidth=0, **column, **EVICTED)
    few = picture.steps <= _FEW_STEPS
    if few:
        axes.stairs(picture.demand, edges, baseline=None, color="white", linewidth=1.8, zorder=4)
    line = _DEMAND if few else _DEMAND | {"linewidth": 0.5}
    axes.stairs(picture.demand, edges, baseline=None, zorder=5, **line)
    axes.axhline(picture.capacity, color=INK, linewidth=1.0, zorder=6)
    room = 0.01 * picture.steps
    axes.set(xlim=(0.5 - room, picture.steps + 0.5 + room), ylim=(0, 1.06 * excess.max()))
    label_tokens(axes, "memory", excess.max())


def _fill(
    axes: Axes, picture: CyclePicture, band: CohortBand, sides: tuple[Any, Any], colour: str
) -> None:
    low, high = sides
    style: dict[str, Any] = {"fill": True, "facecolor": colour, "edgecolor": "white"}
    style["linewidth"] = 0.5 if picture.steps <= _FEW_STEPS else 0.4
    axes.stairs(high, _edges(band.start, len(high)), baseline=low, **style)


def _admission_colours(picture: CyclePicture) -> list[str]:
    colours = [_colour(0)] * picture.steps
    for number, band in enumerate(picture.bands):
        for step in range(max(band.first, 1), band.last + 1):
            colours[step - 1] = _colour(number)
    return colours


def _draw_bars(axes: Axes, requests: Floats, colour: Any, name: str) -> None:
    """Draw a bar per step, which is no thinner than a line."""
    steps = np.arange(1, len(requests) + 1)
    width = 0.8 if len(requests) <= _FEW_STEPS else 1.0
    line = 0.0 if len(requests) <= _FEW_STEPS else _THINNEST
    shown = requests > 0
    colours = np.array(colour)[shown] if isinstance(colour, list) else colour
    axes.bar(steps[shown], requests[shown], width, color=colours, edgecolor=colours, linewidth=line)
    axes.set_ylim(0, 1.1 * requests.max() or 1.0)
    axes.locator_params(axis="y", nbins=3)
    axes.set_ylabel(f"{name}\n(requests)")


def _mark_period(panels: Sequence[Axes], picture: CyclePicture) -> None:
    if 1 < picture.period < picture.steps:
        for axes in panels:
            style: dict[str, Any] = {"linewidth": 0.8, "linestyle": (0, (5, 2)), "zorder": 0.5}
            if axes is panels[0]:
                style["zorder"] = 7
            axes.axvline(picture.period + 0.5, color=INK, **style)


def _explain(figure: Drawing, picture: CyclePicture, evicts: bool) -> None:
    """Put a legend at the foot, the colours of cohorts as one entry."""
    from matplotlib.legend_handler import HandlerTuple
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    shown = _COLOURS[: min(len(picture.bands), len(_COLOURS))]
    cohorts = "cohorts" if picture.per_band == 1 else "bands of cohorts"
    entries: list[tuple[Any, str]] = [
        (tuple(Patch(color=colour) for colour in shown), cohorts),
        (Line2D([], [], **_DEMAND), "demand before the fit"),
        (Line2D([], [], color=INK), "capacity"),
    ]
    if evicts:
        entries.insert(1, (Patch(linewidth=0, **EVICTED), "evicted"))
    handles, labels = zip(*entries, strict=True)
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=2,
        handler_map={tuple: HandlerTuple(ndivide=None, pad=0)},
        handlelength=2.2,
        handletextpad=0.5,
        columnspacing=1.5,
    )
