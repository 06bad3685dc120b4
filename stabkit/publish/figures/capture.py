"""Figure of the basin of the worst cycle and of the exact-capture set, for l = 2 and l = 3.

Both panels show states by their shares of the memory: the two stages of l = 2 on a line, the three
of l = 3 in a triangle, at whose corners one stage holds everything. The steps to the worst cycle
grow without bound towards the states that never get there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ...analysis.pictures.run import Floats
from ...dynamics.basins import basin_steps, memory_shares
from ...dynamics.capture import capture_set, mean_input
from ...dynamics.necklaces import necklace_cycles
from ...errors import InvalidArgument, shown
from ...model.workload import Workload
from ..text.numbers import readable
from .style import BLUE, INK, VERMILLION, house_style, legend_below, new_figure, settled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.image import AxesImage

    from .style import Drawing

__all__ = ["capture_figure"]

_DEPTH = 12  # beyond it, the segments are closer to the equilibrium than its mark is wide
_PIXELS = 900  # of the side of the triangle
_LIGHTEST, _DARKEST = 0.0, 0.9  # of the colours: lines and marks must be seen on all of them
_MOST_STEPS = 20  # that are told apart
_LIMIT = 200
_CORNERS = np.array([(0.0, 0.0), (1.0, 0.0), (0.5, math.sqrt(3) / 2)])
_OFFSETS = ((-2, -4), (2, -4), (0, 3))
_PLACES: tuple[dict[str, Any], ...] = (
    {"ha": "left", "va": "top"},
    {"ha": "right", "va": "top"},
    {"ha": "center", "va": "bottom"},
)
_CYCLE_MARK: dict[str, Any] = {
    "marker": "D",
    "s": 13,
    "facecolor": "#FFFFFF",
    "edgecolor": INK,
    "linewidth": 0.7,
    "zorder": 5,
}
_SEGMENT: tuple[dict[str, Any], ...] = (  # on a white casing, to be seen on dark colours
    {"color": "#FFFFFF", "linewidth": 2.4},
    {"color": VERMILLION, "linewidth": 1.3},
)
_EQUILIBRIUM_MARK = _CYCLE_MARK | {"marker": "o", "s": 17}


def capture_figure(line: Workload, triangle: Workload) -> Drawing:
    """Return the steps to the worst cycle over all states, with the captured ones.

    Parameters
    ----------
    line, triangle : Workload
        Of the one decode length 2, and 3.

    Raises
    ------
    InvalidArgument
        If the decode lengths are others.

    Notes
    -----
    The steps are counted in floats, on a grid; the captured states are exact, those of l = 3 up to
    12 steps before the cycle.
    """
    for name, mix, length in (("line", line, 2), ("triangle", triangle, 3)):
        if {c.decode_length for c in mix.classes} != {length}:
            raise InvalidArgument(
                f"'{name}' must have the one decode length {length}, "
                f"not {shown(sorted({c.decode_length for c in mix.classes}))}."
            )
    with house_style():
        figure = new_figure(12.8)
        above, below = figure.subplots(2, 1, height_ratios=(1, 3.1))
        _draw_line(above, line)
        _draw_triangle(figure, below, triangle)
        return settled(figure)


def _draw_line(axes: Axes, mix: Workload) -> None:
    """Draw the steps of l = 2; on the line of states they grow by one near the captured point."""
    captured = memory_shares(mix, capture_set(mix, 0)[0].vertices).item(0)
    across = _denser_at(captured)
    steps = basin_steps(mix, np.stack((across, 1 - across), axis=1), limit=_LIMIT)
    axes.plot(across, steps, color=BLUE, linewidth=0.9, zorder=2)
    axes.axvline(captured, color=VERMILLION, linewidth=0.8, linestyle=(0, (3, 1.5)), zorder=1)
    axes.scatter([captured], [0], clip_on=False, **_EQUILIBRIUM_MARK)
    text = f"equilibrium ({readable(captured, 3)}): never"
    axes.annotate(text, (captured, _MOST_STEPS), (6, 0), textcoords="offset points", va="top")
    axes.set(xlim=(0, 1), ylim=(0, _MOST_STEPS), yticks=range(0, _MOST_STEPS + 1, 5))
    axes.set_xlabel("share of the memory held by stage 0")
    axes.set_ylabel("steps to the\nworst cycle")
    axes.set_title(f"l = 2, s = {readable(mean_input(mix))}: one captured state")


def _denser_at(place: float) -> Floats:
    """Return values between 0 and 1 that come closer and closer to `place`."""
    near = np.geomspace(1e-9, 1, 1500)
    grid = np.concatenate((place - near, place + near, np.linspace(0, 1, 1500)))
    values: Floats = np.unique(grid[(grid > 0) & (grid < 1)])
    return values


def _draw_triangle(figure: Drawing, axes: Axes, mix: Workload) -> None:
    """Draw the steps of l = 3 as colours, with the captured states over them."""
    image = _draw_steps(axes, mix)
    for piece in capture_set(mix, _DEPTH):
        ends = memory_shares(mix, piece.vertices) @ _CORNERS
        if piece.dimension == 1:
            for order, style in enumerate(_SEGMENT, start=2):
                axes.plot(*ends.T, zorder=order, clip_on=False, **style)
    best, captured = necklace_cycles(mix)[:2]
    for cycle, label, style in (
        (captured, "level 1, period 3", _CYCLE_MARK),
        (best, "equilibrium", _EQUILIBRIUM_MARK),
    ):
        places = memory_shares(mix, cycle.states) @ _CORNERS
        axes.scatter(*places.T, label=label, clip_on=False, **style)
    axes.plot([], [], **_SEGMENT[1], label="captured by level 1")
    _draw_frame(axes)
    axes.set_title(f"l = 3, s = {readable(mean_input(mix))}: captured segments", pad=14)
    place = axes.inset_axes((0.86, 0.46, 0.035, 0.38))
    bar = figure.colorbar(image, cax=place, extend="max", ticks=range(0, _MOST_STEPS + 1, 5))
    bar.ax.set_title("steps to the\nworst cycle", fontsize=7.5, pad=8)
    legend_below(figure, axes, columns=3)


def _draw_steps(axes: Axes, mix: Workload) -> AxesImage:
    """Draw a raster of the triangle, a pixel for the state at its centre."""
    from matplotlib.patches import Polygon

    height = _CORNERS[2, 1]
    across = (np.arange(_PIXELS) + 0.5) / _PIXELS
    rows = int(_PIXELS * height)
    x, y = np.meshgrid(across, height * (np.arange(rows) + 0.5) / rows)
    last = y / height
    middle = x - last / 2
    shares = np.stack((1 - middle - last, middle, last), axis=-1)
    inside = (shares >= 0).all(axis=-1)
    steps = np.full(inside.shape, np.nan)
    steps[inside] = basin_steps(mix, shares[inside], limit=_LIMIT)
    steps[inside & np.isnan(steps)] = _LIMIT
    image = axes.imshow(
        steps,
        cmap=_colours(),
        vmin=0,
        vmax=_MOST_STEPS,
        extent=(0, 1, 0, height),
        origin="lower",
        interpolation="nearest",
    )
    image.set_clip_path(Polygon(_CORNERS.tolist(), transform=axes.transData))
    return image


def _colours() -> Colormap:
    """Return light to dark blue."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["YlGnBu"](np.linspace(_LIGHTEST, _DARKEST, 256)))


def _draw_frame(axes: Axes) -> None:
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, _CORNERS[2, 1] + 0.01))
    outline = np.concatenate([_CORNERS, _CORNERS[:1]]).T
    axes.plot(*outline, color=INK, linewidth=0.7, zorder=4, solid_joinstyle="miter")
    for stage, (place, offset, style) in enumerate(zip(_CORNERS, _OFFSETS, _PLACES, strict=True)):
        axes.annotate(f"all in stage {stage}", place, offset, textcoords="offset points", **style)
