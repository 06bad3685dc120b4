"""Make docs/capture.png: how long states of l = 2 and l = 3 take to the worst cycle, or for ever.

Both panels show states by their shares of the memory: the two stages of l = 2 on a line, the three
of l = 3 in a triangle, at whose corners one stage holds everything. The steps to the worst cycle
grow without bound towards the states that never get there. The steps are counted in floats, on a
grid; the captured states are exact, those of l = 3 up to 12 steps before the cycle.

Run: python scripts/make_capture.py (5 seconds). It gives the same bytes every time.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stabkit import Workload, capture_set, figure_bytes, necklace_cycles, readable, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

FIGURE = Path(__file__).parents[1] / "docs" / "capture.png"
INPUT_LENGTH = 1

FULL_TO_ROUNDING = 8 * sys.float_info.epsilon  # of the memory: what is less counts as no room
DEPTH = 12  # beyond it, the segments are closer to the equilibrium than its mark is wide
PIXELS = 900  # of the side of the triangle
LIGHTEST, DARKEST = 0.0, 0.9  # of the colours: lines and marks must be seen on all of them
MOST_STEPS = 20  # that are told apart
LIMIT = 200
CORNERS = np.array([(0.0, 0.0), (1.0, 0.0), (0.5, math.sqrt(3) / 2)])
OFFSETS = ((-2, -4), (2, -4), (0, 3))
PLACES: tuple[dict[str, Any], ...] = (
    {"ha": "left", "va": "top"},
    {"ha": "right", "va": "top"},
    {"ha": "center", "va": "bottom"},
)
CYCLE_MARK: dict[str, Any] = {
    "marker": "D",
    "s": 13,
    "facecolor": "#FFFFFF",
    "edgecolor": style.INK,
    "linewidth": 0.7,
    "zorder": 5,
}
SEGMENT: tuple[dict[str, Any], ...] = (  # on a white casing, to be seen on dark colours
    {"color": "#FFFFFF", "linewidth": 2.4},
    {"color": style.VERMILLION, "linewidth": 1.3},
)
EQUILIBRIUM_MARK = CYCLE_MARK | {"marker": "o", "s": 17}
Floats = NDArray[np.float64]


def memory_shares(s: int, states: Sequence[Sequence[Fraction]]) -> Floats:
    """Return the share of the memory that each stage holds, x_j (s + j + 1) / B, row by row."""
    tokens = [[x * (s + j + 1) for j, x in enumerate(state)] for state in states]
    return np.array([[x / sum(row) for x in row] for row in tokens], float)


def basin_steps(s: int, shares: Any, limit: int = LIMIT) -> Floats:
    """Return the steps to the worst cycle from many states at once, NaN beyond the limit.

    A row of `shares` is what each stage holds of the memory, youngest first, of sum 1. The step in
    tokens: stage j - 1 grows by (s + j + 1) / (s + j) on its way to stage j, and the memory is
    filled from the oldest stage down.
    """
    memory = np.array(shares, float)
    held = float(s) + np.arange(1, memory.shape[1] + 1)
    taken = np.full(len(memory), np.nan)
    waiting = np.arange(len(memory))
    for steps in range(limit + 1):
        arrived = np.count_nonzero(memory, axis=1) == 1
        taken[waiting[arrived]] = steps
        waiting, memory = waiting[~arrived], memory[~arrived]
        if not len(waiting):
            break
        memory = filled(memory[:, :-1] * (held[1:] / held[:-1]))
    return taken


def filled(aged: Floats) -> Floats:
    """Return the shares of stages 0, ..., l - 1 that the fit leaves of those of 1, ..., l - 1."""
    room = np.ones(len(aged))
    fitted = np.empty((len(aged), aged.shape[1] + 1))
    for stage in range(aged.shape[1], 0, -1):
        wanted = aged[:, stage - 1]
        fitted[:, stage] = np.where(wanted > room + FULL_TO_ROUNDING, room, wanted)
        room = room - fitted[:, stage]
        room[room < FULL_TO_ROUNDING] = 0
    fitted[:, 0] = room
    return fitted


def capture_figure(s: int) -> Figure:
    """Return the steps to the worst cycle over all states of l = 2 and 3, with the captured ones.

    References
    ----------
    docs/model.md, R6b.
    """
    line, triangle = (Workload.from_classes([(s, length)]) for length in (2, 3))
    with style.house_style():
        figure = style.new_figure(12.8)
        above, below = figure.subplots(2, 1, height_ratios=(1, 3.1))
        draw_line(above, line, s)
        draw_triangle(figure, below, triangle, s)
        return style.settled(figure)


def draw_line(axes: Axes, mix: Workload, s: int) -> None:
    """Draw the steps of l = 2; on the line of states they grow by one near the captured point."""
    captured = memory_shares(s, capture_set(mix, 0)[0].vertices).item(0)
    across = denser_at(captured)
    steps = basin_steps(s, np.stack((across, 1 - across), axis=1))
    axes.plot(across, steps, color=style.BLUE, linewidth=0.9, zorder=2)
    axes.axvline(captured, color=style.VERMILLION, linewidth=0.8, linestyle=(0, (3, 1.5)), zorder=1)
    axes.scatter([captured], [0], clip_on=False, **EQUILIBRIUM_MARK)
    text = f"equilibrium ({readable(captured, 3)}): never"
    axes.annotate(text, (captured, MOST_STEPS), (6, 0), textcoords="offset points", va="top")
    axes.set(xlim=(0, 1), ylim=(0, MOST_STEPS), yticks=range(0, MOST_STEPS + 1, 5))
    axes.set_xlabel("share of the memory held by stage 0")
    axes.set_ylabel("steps to the\nworst cycle")
    axes.set_title(f"l = 2, s = {s}: one captured state")


def denser_at(place: float) -> Floats:
    """Return values between 0 and 1 that come closer and closer to `place`."""
    near = np.geomspace(1e-9, 1, 1500)
    grid = np.concatenate((place - near, place + near, np.linspace(0, 1, 1500)))
    return np.unique(grid[(grid > 0) & (grid < 1)])


def draw_triangle(figure: Figure, axes: Axes, mix: Workload, s: int) -> None:
    """Draw the steps of l = 3 as colours, with the captured states over them."""
    image = draw_steps(axes, s)
    for piece in capture_set(mix, DEPTH):
        ends = memory_shares(s, piece.vertices) @ CORNERS
        if piece.dimension == 1:
            for order, stroke in enumerate(SEGMENT, start=2):
                axes.plot(*ends.T, zorder=order, clip_on=False, **stroke)
    best, captured = necklace_cycles(mix)[:2]
    for cycle, label, mark in (
        (captured, "level 1, period 3", CYCLE_MARK),
        (best, "equilibrium", EQUILIBRIUM_MARK),
    ):
        places = memory_shares(s, cycle.states) @ CORNERS
        axes.scatter(*places.T, label=label, clip_on=False, **mark)
    axes.plot([], [], **SEGMENT[1], label="captured by level 1")
    draw_frame(axes)
    axes.set_title(f"l = 3, s = {s}: captured segments", pad=14)
    place = axes.inset_axes((0.86, 0.46, 0.035, 0.38))
    bar = figure.colorbar(image, cax=place, extend="max", ticks=range(0, MOST_STEPS + 1, 5))
    bar.ax.set_title("steps to the\nworst cycle", fontsize=7.5, pad=8)
    style.legend_below(figure, axes, columns=3)


def draw_steps(axes: Axes, s: int) -> AxesImage:
    """Draw a raster of the triangle, a pixel for the state at its centre."""
    from matplotlib.patches import Polygon

    height = CORNERS[2, 1]
    across = (np.arange(PIXELS) + 0.5) / PIXELS
    rows = int(PIXELS * height)
    x, y = np.meshgrid(across, height * (np.arange(rows) + 0.5) / rows)
    last = y / height
    middle = x - last / 2
    shares = np.stack((1 - middle - last, middle, last), axis=-1)
    inside = (shares >= 0).all(axis=-1)
    steps = np.full(inside.shape, np.nan)
    steps[inside] = basin_steps(s, shares[inside])
    steps[inside & np.isnan(steps)] = LIMIT
    image = axes.imshow(
        steps,
        cmap=colours(),
        vmin=0,
        vmax=MOST_STEPS,
        extent=(0, 1, 0, height),
        origin="lower",
        interpolation="nearest",
    )
    image.set_clip_path(Polygon(CORNERS.tolist(), transform=axes.transData))
    return image


def colours() -> Colormap:
    """Return light to dark blue."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["YlGnBu"](np.linspace(LIGHTEST, DARKEST, 256)))


def draw_frame(axes: Axes) -> None:
    axes.set_aspect("equal")
    axes.set_axis_off()
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, CORNERS[2, 1] + 0.01))
    outline = np.concatenate([CORNERS, CORNERS[:1]]).T
    axes.plot(*outline, color=style.INK, linewidth=0.7, zorder=4, solid_joinstyle="miter")
    for stage, (place, offset, side) in enumerate(zip(CORNERS, OFFSETS, PLACES, strict=True)):
        axes.annotate(f"all in stage {stage}", place, offset, textcoords="offset points", **side)


def main() -> None:
    FIGURE.write_bytes(figure_bytes(capture_figure(INPUT_LENGTH), "png"))


if __name__ == "__main__":
    main()
