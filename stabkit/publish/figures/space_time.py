"""Figure of a run in space and time: stages up, steps across, colour as full as the stage is.

The scale of a filling f is f / (1 + f): the equilibrium, 1, in the middle, empty at one end, and
twice and half as full equally far from the middle. It is the same in every figure, so that figures
compare, and darkens steadily, so that a grey print says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...analysis.pictures.space_time import SpaceTimePicture
from ..text.numbers import counted, percent, readable
from .style import BLUE, SKY, VERMILLION, Axes, Drawing, drawn

if TYPE_CHECKING:
    from matplotlib.colors import Colormap, Normalize

__all__ = ["space_time_figure"]

_DARKEST = "#001A2B"  # BLUE, darkened
_TICKS = (0.0, 0.5, 1.0, 2.0, 5.0, 20.0)
_END = 1e6  # of the scale: f / (1 + f) is 1 to the eye


@drawn(
    SpaceTimePicture,
    lambda picture: 9.4 if _evicts(picture) else 8.0,
    lambda picture: _title(picture),
)
def space_time_figure(figure: Drawing, picture: SpaceTimePicture) -> None:
    """Draw how full every stage is in every step, above the evictions."""
    evicts = _evicts(picture)
    panels = figure.subplots(2, 1, sharex=True, height_ratios=(3.2, 1)) if evicts else None
    above = figure.subplots() if panels is None else panels[0]
    _draw_filling(figure, above, picture)
    if panels is not None:
        _draw_evictions(panels[1], picture)
    lowest = above if panels is None else panels[1]
    lowest.set_xlabel(f"batch step{_means(picture)}")
    figure.align_ylabels()


def _evicts(picture: SpaceTimePicture) -> bool:
    return bool(np.any(picture.evicted > 0))


def _title(picture: SpaceTimePicture) -> str:
    first, last = (percent(round(share, 3)) for share in picture.fullest)
    steps = counted(picture.steps, "step")
    return f"memory in the fullest stage:\n{first} at first, {last} after {steps}"


def _means(picture: SpaceTimePicture) -> str:
    """Say on a line of its own what is averaged, if anything is."""
    sizes = ((picture.per_column, "step"), (picture.per_row, "stage"))
    averaged = [counted(size, what) for size, what in sizes if size > 1]
    return f"\nevery point is the mean of {' and '.join(averaged)}" if averaged else ""


def _draw_filling(figure: Drawing, axes: Axes, picture: SpaceTimePicture) -> None:
    image = axes.imshow(
        picture.filling,
        cmap=_colours(),
        norm=_scale(),
        origin="lower",
        extent=(-0.5, picture.steps + 0.5, -0.5, picture.length - 0.5),
        aspect="auto",
        interpolation="nearest",
    )
    axes.spines[["top", "right"]].set_visible(True)
    axes.locator_params(integer=True, nbins=7, steps=[1, 2, 5, 10])
    axes.set_ylabel("stage (decode steps done)")
    bar = figure.colorbar(image, ax=axes, fraction=0.05, pad=0.02)
    bar.set_ticks(list(_TICKS), labels=[readable(tick) for tick in _TICKS])
    bar.ax.minorticks_off()
    bar.set_label("memory over equilibrium")


def _colours() -> Colormap:
    """Return white to SKY at the equilibrium, through BLUE to nearly black."""
    from matplotlib.colors import LinearSegmentedColormap

    stops: Any = [(0, "#FFFFFF"), (0.5, SKY), (0.75, BLUE), (1, _DARKEST)]
    return LinearSegmentedColormap.from_list("filling", stops)


def _scale() -> Normalize:
    from matplotlib.colors import FuncNorm

    return FuncNorm((lambda f: f / (1 + f), lambda u: u / (1 - u)), 0.0, _END)


def _draw_evictions(axes: Axes, picture: SpaceTimePicture) -> None:
    edges = np.arange(len(picture.evicted) + 1) * picture.per_column - 0.5
    edges[-1] = picture.steps + 0.5
    axes.stairs(picture.evicted, edges, fill=True, color=VERMILLION, linewidth=0.4)
    axes.set_ylim(0, 1.08 * picture.evicted.max())
    axes.locator_params(axis="y", nbins=4)
    axes.set_ylabel("evicted\n(requests)")
