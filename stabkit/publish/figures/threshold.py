"""Figure of a threshold: the number of growing modes along one number, stable intervals shaded.

Crossings that are far from one another are brought together by a logarithmic scale.
"""

from __future__ import annotations

import math
from decimal import ROUND_CEILING
from typing import Any

import numpy as np

from ...analysis.pictures.run import Floats
from ...model.enclosure import RealEnclosure
from ...spectrum.partition.d_partition import CountInterval
from ...spectrum.partition.threshold import Threshold
from ..text.along import ALONG
from ..text.numbers import counted, readable, rounded
from .locus import PARAMETERS
from .style import BLUE, GREY, INK, SHADE, VERMILLION, Axes, Drawing, drawn, legend_below

__all__ = ["threshold_figure"]

_BEYOND = 1.25  # of what is marked: the scale goes so far
_WIDE = 30.0  # the largest of these over the smallest, from which on the scale is logarithmic
_FEW = 4  # labelled ticks of the vertical axis


@drawn(Threshold, 6.4, lambda found: _finding(found))
def threshold_figure(figure: Drawing, found: Threshold) -> None:
    """Draw the counts between all crossings, with s*, s° and what leads there from every start.

    Counts are exact. Where the partition is not complete, nothing is claimed and nothing drawn.
    """
    axes = figure.subplots()
    marks = list(_marks(found)) if found.complete else []
    low = float(found.low)
    places = [*map(float, found.crossings), *(value for _, value, _, _ in marks)]
    high = _end(low, places) if found.high is None else float(found.high)
    axes.set_xlim(low, high)
    if found.complete:
        _draw_counts(axes, found, high)
    for label, value, colour, dashes in marks:
        axes.axvline(value, color=colour, linestyle=dashes, linewidth=1.0, label=label, zorder=3)
    _scale(axes, places)
    axes.set_xlabel(PARAMETERS[found.along])
    axes.set_ylabel("growing modes")
    legend_below(figure, axes, columns=2)


def _finding(found: Threshold) -> str:
    if not found.complete:
        return "undecided: not all crossings are known"
    symbol, stable = ALONG[found.along].symbol, len(found.stable_intervals)
    if not stable:
        return f"stable for no {symbol}"
    if not found.crossings:
        return f"stable for every {symbol}"
    if found.high is not None:
        return f"stable in {counted(stable, 'interval')} of {symbol}"
    if not found.is_finite:
        return f"stable in {counted(stable, 'interval')}, and for no larger {symbol}"
    below = f", and in {counted(stable - 1, 'interval')} below" if stable > 1 else ""
    return f"stable above {symbol}*{below}"


def _marks(found: Threshold) -> Any:
    """Yield label, place and style of what is told on the line."""
    symbol = ALONG[found.along].symbol
    if found.threshold is not None:
        value = found.threshold.value
        yield f"{symbol}* = {_raised(value)}", float(value.high), INK, "-"
    claim = "stable" if found.gcd == 1 else f"{counted(found.gcd - 1, 'mode')} beyond"
    for name, bound, colour, dashes in (
        (f"{symbol}° = {{}} ({claim}, R7)", found.sufficient, VERMILLION, (0, (4, 1.6))),
        ("from every start: {} (R23)", found.every_start, GREY, (0, (1, 1.5))),
    ):
        if bound is not None and bound.high > found.low:
            yield name.format(_raised(bound)), float(bound.high), colour, dashes


def _raised(value: RealEnclosure) -> str:
    """Return digits that are not less: what holds above the value holds above them."""
    return rounded(value.high, ROUND_CEILING)


def _end(low: float, places: list[float]) -> float:
    return low + (_BEYOND * (max(places) - low) if places and max(places) > low else 1.0)


def _draw_counts(axes: Axes, found: Threshold, high: float) -> None:
    """Draw the counts as steps, and shade where they are none."""
    edges = np.array([_low(part, found) for part in found.intervals] + [high])
    counts: Floats = np.array(
        [np.nan if part.unstable is None else part.unstable for part in found.intervals], float
    )
    axes.stairs(counts, edges, baseline=None, color=BLUE, linewidth=1.4, zorder=4)
    for part in found.stable_intervals:
        end = high if part.high is None else float(part.high)
        axes.axvspan(_low(part, found), end, color=SHADE, linewidth=0, zorder=0)
    if found.stable_intervals:
        axes.scatter([], [], marker="s", color=SHADE, label="stable")
    most = max(np.nanmax(counts, initial=0.0), 1.0)
    axes.set_ylim(-0.06 * most, 1.1 * most)
    axes.locator_params(axis="y", nbins=_FEW, integer=True)


def _low(part: CountInterval, found: Threshold) -> float:
    return float(found.low if part.low is None else part.low)


def _scale(axes: Axes, places: list[float]) -> None:
    """Make the scale logarithmic on both sides of 0 if places are far from one another."""
    sizes = [abs(value) for value in places if value]
    if sizes and max(sizes) > _WIDE * min(sizes):
        from matplotlib.ticker import NullLocator

        axes.set_xscale("symlog", linthresh=10.0 ** math.floor(math.log10(min(sizes))))
        axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(lambda value, _: readable(float(value)))
