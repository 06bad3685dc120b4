"""Figure of a stability chart: the stable region shaded, every region labelled with its count.

Boundary curves are drawn by theta, solid where a complex pair is on the circle and dashed where a
mode is at -1. Labels stand where their region has room for them; a region without room has none.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ...analysis.pictures.run import Floats
from ...spectrum.chart.chart import StabilityChart
from ..text.chart import axis_label, chart_title
from ..text.numbers import readable
from .style import GREY, INK, SHADE, SMALL, VERMILLION, Axes, Drawing, drawn, legend_below, settled

if TYPE_CHECKING:
    from matplotlib.text import Text
    from matplotlib.transforms import Bbox

__all__ = ["chart_figure"]

_CURVES: dict[str, tuple[str, str, Any]] = {
    "pair": ("complex pair at $e^{±iθ}$", INK, "-"),
    "real": ("real mode at −1 (θ = π)", VERMILLION, (0, (4, 1.6))),
}
_LABEL, _STABLE_LABEL = 8.0, 8.5
_ROOM = 0.5  # points between a label and what is next to it
_GRID = "#D0D0D0"
_FEW_CURVES, _THINNEST = 16, 0.35
_MOST_TICKS, _MOST_FIVES = 11, 1_500
_LONGEST_TICK = 1e6
_POINTS = "offset points"
# At the corners all of the first, of the second and of the third class: right, top and left.
_CORNER_OFFSETS = ((0, -13), (0, 3), (0, -13))
_CORNER_PLACES: tuple[dict[str, Any], ...] = (
    {"ha": "right", "va": "top"},
    {"ha": "center", "va": "bottom"},
    {"ha": "left", "va": "top"},
)
# Shares of the first class are read at the bottom, of the second right, of the third left.
_TICK_OFFSETS = ((0, -3), (3, 0), (-3, 0))
_TICK_PLACES: tuple[dict[str, Any], ...] = (
    {"ha": "center", "va": "top"},
    {"ha": "left", "va": "center"},
    {"ha": "right", "va": "center"},
)


@drawn(StabilityChart, lambda chart: 10.4 if chart.plane.is_simplex else 8.0, chart_title)
def chart_figure(figure: Drawing, chart: StabilityChart) -> None:
    """Draw the chart as a rectangle, or as an equilateral triangle for three decode lengths.

    The numbers are the exact counts of unstable modes. The shaded area joins the exact ends of the
    stable intervals of the rows by straight lines, the curves are those of theta in double
    precision; a picture does not tell them apart.
    """
    axes = figure.subplots()
    if chart.plane.is_simplex:
        _draw_triangle(axes, chart)
    else:
        _draw_rectangle(axes, chart)
    _draw_stable(axes, chart)
    _draw_curves(axes, chart)
    labels = _draw_labels(axes, chart)
    legend_below(figure, axes, columns=3)
    settled(figure)
    _drop_crowded(figure, axes, chart, labels)


def _draw_rectangle(axes: Axes, chart: StabilityChart) -> None:
    names: tuple[Literal["x", "y"], ...] = ("x", "y")
    for axis, name in zip((chart.horizontal, chart.vertical), names, strict=True):
        low, high = float(axis.low), float(axis.high)
        if axis.logarithmic:
            ticks, minor = _decades(low, high)
            side, rescale = (
                (axes.xaxis, axes.set_xscale) if name == "x" else (axes.yaxis, axes.set_yscale)
            )
            rescale("function", functions=(np.log1p, np.expm1))
            side.set_ticks(ticks, labels=_tick_labels(ticks))
            side.set_ticks(minor, minor=True)
        else:
            axes.locator_params(axis=name, steps=[1, 2, 5, 10])
        axes.set(**{f"{name}lim": (low, high), f"{name}label": axis_label(chart, axis)})
    axes.spines[["top", "right"]].set_visible(True)


def _decades(low: float, high: float) -> tuple[list[float], list[float]]:
    """Return major ticks at 0, 1, 10, ..., or 0, 1, 2, 5, ... if there is room, and minor ones."""
    all_of_them = [k * 10.0**n for n in range(13) for k in range(1, 10)]
    minor = [tick for tick in [0.0, *all_of_them] if low <= tick <= high]
    leading = "125" if high <= _MOST_FIVES * (1 + low) else "1"
    major = [tick for tick in minor if not tick or f"{tick:.0f}"[0] in leading]
    return major[:: -(-len(major) // _MOST_TICKS)], minor


def _tick_labels(ticks: list[float]) -> list[str]:
    """Return numbers, or powers of ten where numbers are too long."""
    if ticks[-1] < _LONGEST_TICK:
        return [readable(tick) for tick in ticks]
    return [f"$10^{{{round(math.log10(tick))}}}$" if tick > 1 else f"{tick:.0f}" for tick in ticks]


def _draw_triangle(axes: Axes, chart: StabilityChart) -> None:
    """Draw the sides, lines of equal shares at fifths, and the name of each corner."""
    axes.set_aspect("equal")
    axes.set_axis_off()
    corners = np.array([(1, 0), (0.5, math.sqrt(3) / 2), (0, 0)])
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, corners[1, 1] + 0.01))
    grid: dict[str, Any] = {"color": _GRID, "linewidth": 0.4, "zorder": 0.5}
    for k in range(3):
        corner, following, before = corners[k], corners[(k + 1) % 3], corners[k - 1]
        for fifths in range(1, 5):
            share = fifths / 5
            ends = [other + share * (corner - other) for other in (before, following)]
            axes.plot(*np.transpose(ends), **grid)
            text: dict[str, Any] = {"fontsize": SMALL, "color": GREY, "textcoords": _POINTS}
            axes.annotate(f"{share:g}", ends[0], _TICK_OFFSETS[k], **_TICK_PLACES[k], **text)
    outline = np.concatenate([corners, corners[:1]]).T
    axes.plot(*outline, color=INK, linewidth=0.7, zorder=4, solid_joinstyle="miter")
    for place, n, offset, style in zip(
        corners, chart.plane.decode_lengths, _CORNER_OFFSETS, _CORNER_PLACES, strict=True
    ):
        axes.annotate(f"all of length {n}", place, offset, textcoords=_POINTS, **style)


def _shown(chart: StabilityChart, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return coordinates of the axes."""
    if chart.plane.is_simplex:
        across, up = chart.frame.drawn(x, y)
        return across, up
    return x, y


def _draw_stable(axes: Axes, chart: StabilityChart) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    polygons = [np.stack(_shown(chart, *polygon), axis=1) for polygon in chart.stable_areas]
    if polygons:
        path = Path.make_compound_path(*(Path(polygon) for polygon in polygons))
        style: dict[str, Any] = {"facecolor": SHADE, "edgecolor": SHADE, "linewidth": 0.3}
        axes.add_patch(PathPatch(path, zorder=0, **style))
        axes.scatter([], [], marker="s", color=SHADE, label="stable", linewidth=0)


def _draw_curves(axes: Axes, chart: StabilityChart) -> None:
    named = set()
    width = min(1.0, max(_THINNEST, _FEW_CURVES / max(1, len(chart.boundaries))))
    for curve in chart.boundaries:
        label, colour, dashes = _CURVES[curve.kind]
        axes.plot(
            *_shown(chart, curve.x, curve.y),
            color=colour,
            linestyle=dashes,
            linewidth=width,
            label=None if curve.kind in named else label,
            zorder=3,
        )
        named.add(curve.kind)


def _draw_labels(axes: Axes, chart: StabilityChart) -> list[Text]:
    labels = []
    for region in chart.regions:
        x, y = _shown(chart, *(np.array([value]) for value in region.label_point))
        text = "?" if region.unstable is None else f"{region.unstable}"
        style: dict[str, Any] = {"ha": "center", "va": "center_baseline", "color": INK, "zorder": 5}
        style |= {"fontsize": _LABEL, "fontweight": "normal"}
        if region.verdict == "stable":
            style |= {"fontsize": _STABLE_LABEL, "fontweight": "bold"}
        labels.append(axes.text(x[0], y[0], text, **style))
    return labels


def _drop_crowded(figure: Drawing, axes: Axes, chart: StabilityChart, labels: list[Text]) -> None:
    """Take away the labels that a curve, the frame or another label comes too near to."""
    points = np.concatenate(
        [np.stack(_shown(chart, *_frame(chart)), axis=1)]
        + [np.stack(_shown(chart, curve.x, curve.y), axis=1) for curve in chart.boundaries]
    )
    drawn = axes.transData.transform(points)
    room = _ROOM * figure.dpi / 72
    kept: list[Bbox] = []
    for label in labels:  # those of the largest regions first
        for size in (label.get_fontsize(), SMALL):
            label.set_fontsize(size)
            box = label.get_window_extent().padded(room)
            within = (drawn >= box.min).all(axis=1) & (drawn <= box.max).all(axis=1)
            if not (within.any() or any(box.overlaps(other) for other in kept)):
                kept.append(box)
                break
        else:
            label.remove()


def _frame(chart: StabilityChart) -> tuple[Floats, Floats]:
    """Return points all along the border of the picture."""
    along, zero, one = np.linspace(0, 1, 801), np.zeros(801), np.ones(801)
    x, y = np.concatenate([along, along, zero, one]), np.concatenate([zero, one, along, along])
    if chart.plane.is_simplex:
        x, y = np.concatenate([along, along, zero]), np.concatenate([zero, 1 - along, along])
    return chart.horizontal.at(x), chart.vertical.at(y)
