"""Figures of the renewal graph and its cohorts: a wheel of stages, or a compressed line of them.

The wheel has a node for every stage, clockwise, and an arrow from every last stage back to 0.
Cohorts (stages mod g) have a colour and a number, so that neither a grey print nor a colour-blind
reader loses them. Long lives are compressed to the stages at which requests return, with the number
of steps between them; where these are many too, each is a stem as high as the share that returns.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np

from ...analysis.pictures.graph import GraphPicture
from ..text.numbers import counted, percent
from .style import COHORT_COLOURS, GREY, INK, SMALL, VERMILLION, Axes, Drawing, drawn

__all__ = ["renewal_graph_figure"]

_LONGEST_WHEEL = 40
_MOST_RETURNS = 5  # return edges that are drawn one by one on a line
_MOST_LEVEL = 12  # stages of a wheel whose shares are written level; beyond, along the spokes
_LIGHT = "#FFFFFF"

Place = tuple[float, float]


def _is_wheel(picture: GraphPicture) -> bool:
    return 1 < picture.length <= _LONGEST_WHEEL


@drawn(
    GraphPicture,
    lambda picture: 10.4 if _is_wheel(picture) else 6.0,
    lambda picture: _title(picture),
)
def renewal_graph_figure(figure: Drawing, picture: GraphPicture) -> None:
    """Draw the renewal graph with its cohorts."""
    if _is_wheel(picture):
        _draw_wheel(figure.subplots(), picture)
    elif len(picture.returns) <= _MOST_RETURNS:
        _draw_line(figure.subplots(), picture)
    else:
        _draw_stems(figure.subplots(), picture)


def _title(picture: GraphPicture) -> str:
    edges = counted(len(picture.returns), "return edge")
    stages = counted(picture.length, "stage")
    if picture.period == 1:
        return f"{stages}, {edges}: period 1, no cohorts"
    return f"{stages}, {edges}: period {picture.period:,}, so {picture.period:,} cohorts"


def _colour(cohort: int, period: int) -> str:
    return _LIGHT if period == 1 else COHORT_COLOURS[cohort % len(COHORT_COLOURS)]


def _ink(colour: str) -> str:
    """Return the colour of type that is read on `colour`."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return INK if 0.3 * red + 0.59 * green + 0.11 * blue > 115 else _LIGHT


def _arrow(axes: Axes, start: Place, end: Place, bend: float, **style: Any) -> None:
    from matplotlib.patches import FancyArrowPatch

    usual: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 6, "linewidth": 0.8}
    usual |= {"shrinkA": 5, "shrinkB": 5, "connectionstyle": f"arc3,rad={bend}"}
    axes.add_patch(FancyArrowPatch(start, end, **usual | style))


def _draw_node(axes: Axes, place: Place, cohort: int, period: int, text: str) -> None:
    colour = _colour(cohort, period)
    style: dict[str, Any] = {"markersize": 10, "markeredgecolor": INK, "markeredgewidth": 0.6}
    axes.plot(*place, "o", color=colour, zorder=3, clip_on=False, **style)
    centred: dict[str, Any] = {"ha": "center", "va": "center_baseline", "zorder": 4}
    axes.text(*place, text, fontsize=SMALL, color=_ink(colour), **centred)


def _draw_wheel(axes: Axes, picture: GraphPicture) -> None:
    """Draw every stage; inside a node the number of its cohort or, without cohorts, its own."""
    length, period = picture.length, picture.period
    angles = math.pi / 2 - 2 * math.pi * np.arange(length) / length
    places = [(math.cos(angle), math.sin(angle)) for angle in angles]
    for start, end in pairwise(places):
        _arrow(axes, start, end, -math.tan(math.pi / (2 * length)), color=GREY)
    for edge in picture.returns:
        _draw_return(axes, places[edge.stage], places[0], 0.18)
        _write_outside(axes, 1.24, angles[edge.stage], percent(edge.share), length > _MOST_LEVEL)
    for stage, (place, angle) in enumerate(zip(places, angles, strict=True)):
        text = f"{stage % period if period > 1 else stage}"
        _draw_node(axes, place, stage % period, period, text)
        if period > 1:
            at = 1.13 * math.cos(angle), 1.13 * math.sin(angle)
            axes.text(*at, f"{stage}", ha="center", va="center", fontsize=SMALL, color=GREY)
    axes.set(xlim=(-1.56, 1.56), ylim=(-1.56, 1.56), aspect="equal")
    cohorts = f"in a node its cohort, stage mod {period}; beside it the stage\n"
    _note(
        axes, f"{cohorts if period > 1 else ''}back to stage 0: completions, with their share (%)"
    )


def _draw_return(axes: Axes, start: Place, origin: Place, bend: float) -> None:
    """Draw an arrow back to stage 0; from stage 0 itself, a loop."""
    from matplotlib.transforms import offset_copy

    if start == origin:
        above = offset_copy(axes.transData, axes.get_figure(root=True), y=8, units="points")
        style: dict[str, Any] = {"markersize": 12, "markeredgecolor": VERMILLION}
        style["markeredgewidth"] = 1.0
        axes.plot(*origin, "o", color="none", transform=above, zorder=2, clip_on=False, **style)
    else:
        _arrow(axes, start, origin, bend, color=VERMILLION, linewidth=1.0, zorder=2)


def _write_outside(axes: Axes, radius: float, angle: float, text: str, along: bool) -> None:
    """Write a share outside the wheel, level or along its spoke, always read from the left."""
    across, up = math.cos(angle), math.sin(angle)
    style: dict[str, Any] = {"fontsize": SMALL, "color": VERMILLION}
    if along:
        left = across < -1e-9
        turned = math.degrees(angle) + (180 if left else 0)
        style |= {"rotation": turned, "rotation_mode": "anchor", "va": "center"}
        style["ha"] = "right" if left else "left"
    else:
        style |= {"ha": "center", "va": "center"}
        radius += 0.08
    axes.text(radius * across, radius * up, text, **style)


def _draw_line(axes: Axes, picture: GraphPicture) -> None:
    """Draw stage 0 and the last stage of every class in a row, not to scale."""
    stages = sorted({0, *(edge.stage for edge in picture.returns)})
    across = np.linspace(0, 1, len(stages)) if len(stages) > 1 else [0.5]
    places = dict(zip(stages, across, strict=True))
    centred: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": SMALL}
    for before, after in pairwise(stages):
        _arrow(axes, (places[before], 0), (places[after], 0), 0, color=GREY)
        middle = (places[before] + places[after]) / 2
        axes.text(middle, -0.08, f"+{after - before:,}", color=GREY, **centred)
    for edge in picture.returns:
        _draw_return(axes, (places[edge.stage], 0), (places[0], 0), 0.5)
        share = percent(edge.share)
        axes.text(places[edge.stage], -0.36, share, color=VERMILLION, **centred)
    for stage in stages:
        cohort = stage % picture.period
        text = f"{cohort}" if picture.period > 1 else ""
        _draw_node(axes, (places[stage], 0), cohort, picture.period, text)
        axes.text(places[stage], -0.22, f"{stage:,}", **centred)
    axes.set(xlim=(-0.12, 1.12), ylim=(-0.5, 0.5))
    cohorts = f"in a node its cohort, stage mod {picture.period}; " if picture.period > 1 else ""
    _note(
        axes,
        f"{cohorts}below it the stage and the share (%)\nthat completes there;"
        " between nodes the steps (not to scale)",
    )


def _note(axes: Axes, text: str) -> None:
    """Replace the axes by a note under the drawing."""
    axes.set(xticks=(), yticks=())
    axes.spines[:].set_visible(False)
    axes.set_xlabel(text, fontsize=SMALL, color=GREY)


def _draw_stems(axes: Axes, picture: GraphPicture) -> None:
    """Draw the line of stages to scale, with a stem for each return edge."""
    stages = np.array([edge.stage for edge in picture.returns])
    shares = 100 * np.array([edge.share for edge in picture.returns])
    axes.vlines(stages, 0, shares, color=VERMILLION, linewidth=0.6 if len(stages) > 60 else 1.2)
    top = shares.max()
    axes.annotate(
        f"{counted(len(stages), 'return edge')} to stage 0",
        (0, 1.12 * top),
        xytext=(stages[-1], 1.12 * top),
        va="center",
        ha="right",
        fontsize=7.0,
        arrowprops={"arrowstyle": "-|>", "color": VERMILLION, "mutation_scale": 8},
    )
    axes.set(xlim=(-0.02 * stages[-1], 1.02 * stages[-1]), ylim=(0, 1.25 * top))
    axes.set_xlabel("last stage l − 1 of a request")
    axes.set_ylabel("share of admissions (%)")
