"""Bars that lie one below the other, each under what it is and how long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from .style import SKY, Axes

__all__ = ["Bar", "draw_bars"]

_THICKNESS = 0.4  # of the distance between two bars; the rest is for the text
_ROOM = 1.08


@dataclass(frozen=True)
class Bar:
    """One bar.

    * `text`: what it is, with its value.
    * `style`: of its face and edge.
    """

    text: str
    length: float
    style: dict[str, Any] = field(default_factory=lambda: {"facecolor": SKY})


def draw_bars(axes: Axes, bars: Sequence[Bar], unit: str, reach: float = 0.0) -> None:
    """Draw bars from 0, the first on top.

    * `unit`: of all lengths, with what they are.
    * `reach`: the scale goes so far at least.
    """
    from matplotlib.patheffects import withStroke

    place: dict[str, Any] = {"va": "bottom", "textcoords": "offset points", "zorder": 4}
    place["path_effects"] = [withStroke(linewidth=2.0, foreground="white")]
    for row, bar in enumerate(bars):
        axes.barh(row, bar.length, _THICKNESS, align="edge", **bar.style)
        axes.annotate(bar.text, (0, row), (1.5, 1.5), **place)
    longest = max([reach, *(bar.length for bar in bars)])
    axes.set(xlim=(0, _ROOM * longest or 1.0), ylim=(len(bars) - 1 + _THICKNESS + 0.1, -0.6))
    axes.spines["left"].set_visible(False)
    axes.set(yticks=(), xlabel=unit)
    axes.locator_params(axis="x", nbins=6)
