"""Figures: modes against the unit circle, memory demand against the capacity.

Drawn with matplotlib's object interface (no pyplot, no global state), in the colour-blind safe
palette of Okabe and Ito, told apart in grey by shape and lightness too. Files carry no dates, so
that the same result gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import OutputError, shown
from .pictures import ModePicture, RunPicture

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "analysis_figure",
    "comparison_figure",
    "figure_bytes",
    "figure_format",
    "trajectory_figure",
]

FORMATS = ("png", "svg", "pdf")
_BLUE, _SKY, _VERMILLION, _GREY = "#0072B2", "#56B4E9", "#D55E00", "#5A5A5A"
_STYLE: dict[Any, Any] = {
    "font.size": 9.0,
    "axes.titlesize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    "svg.hashsalt": "stabkit",
    "pdf.fonttype": 42,
}
_DOTS_PER_INCH = 200
_CM = 1 / 2.54
_CLOSE_TOGETHER = 0.3
_LEGEND_ROOM = 20  # points between axes and title
_NO_DATE: dict[str, dict[str, None]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}


def figure_format(path: str | Path) -> str:
    """Return the format that the suffix of `path` asks for: ``"png"``, ``"svg"`` or ``"pdf"``.

    Raises
    ------
    OutputError
        If the suffix is another one.
    """
    suffix = Path(path).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise OutputError(f"'--figure' must end in .png, .svg or .pdf, not {shown(str(path))}.")
    return suffix


def figure_bytes(figure: Figure, file_format: str) -> bytes:
    """Return `figure` as the bytes of a file; the same figure gives the same bytes."""
    import matplotlib as mpl

    buffer = io.BytesIO()
    with mpl.rc_context(_STYLE):
        figure.savefig(
            buffer, format=file_format, dpi=_DOTS_PER_INCH, metadata=_NO_DATE.get(file_format)
        )
    return buffer.getvalue()


def analysis_figure(modes: ModePicture, run: RunPicture | None) -> Figure:
    """Return the modes in the unit circle beside the memory demand of a run from empty.

    Parameters
    ----------
    modes : ModePicture
        Dominant modes; drawn against the circle |λ| = 1.
    run : RunPicture or None
        None where the run was too long to simulate; the modes are then drawn alone.
    """
    return comparison_figure([("", modes, run)])


def comparison_figure(cases: Sequence[tuple[str, ModePicture, RunPicture | None]]) -> Figure:
    """Return one row per case (title, modes, run), as `analysis_figure` draws one."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(17 * _CM, 7.5 * _CM * len(cases)), layout="constrained")
        rows = figure.subfigures(len(cases), 1, squeeze=False)[:, 0]
        for row, (title, modes, run) in zip(rows, cases, strict=True):
            if title:
                row.suptitle(title, fontsize=10.5, fontweight="bold", x=0.01, ha="left")
            if run is None:
                _draw_modes(row.subplots(), modes)
                continue
            left, right = row.subplots(1, 2, width_ratios=(1, 1.55))
            _draw_modes(left, modes)
            _draw_run(right, run, "a full server, started empty")
    return figure


def trajectory_figure(run: RunPicture) -> Figure:
    """Return memory demand against capacity, above the evictions of each step."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(17 * _CM, 10 * _CM), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=(2.2, 1))
        _draw_run(above, run)
        above.set_xlabel("")
        steps, width = _steps_and_width(run)
        below.vlines(steps, 0, run.evicted, color=_VERMILLION, linewidth=width)
        below.set_ylim(0, max(1.05 * run.evicted.max(initial=0.0), 1e-9))
        below.set_ylabel("evicted\n(requests per step)")
        below.set_xlabel("batch step")
        figure.align_ylabels()
    return figure


def _draw_modes(axes: Axes, modes: ModePicture) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((0, 0), 1, facecolor="#F2F2F2", edgecolor=_GREY, linewidth=1.1))
    for points, colour, marker, label in (
        (modes.decaying, _BLUE, "o", "decays"),
        (modes.staying, "black", "D", "stays"),
        (modes.growing, _VERMILLION, "X", "grows"),
    ):
        if points:
            across, up = [p.real for p in points], [p.imag for p in points]
            dots = axes.scatter(across, up, s=34, c=colour, marker=marker, label=label, zorder=3)
            dots.set(edgecolor="white", linewidth=0.5)
    points = (*modes.decaying, *modes.staying, *modes.growing)
    axes.set_xlabel("Re λ")
    axes.set_ylabel("Im λ", labelpad=0)
    _frame_modes(axes, np.array(points))
    axes.set_title(_mode_title(modes, len(points)), pad=_LEGEND_ROOM)
    if points:
        _legend_above(axes)


def _frame_modes(axes: Axes, points: NDArray[np.complex128]) -> None:
    """Show the whole circle, or a close-up (axes unequal) where the points lie close together."""
    if points.size and max(np.ptp(points.real), np.ptp(points.imag)) < _CLOSE_TOGETHER:
        right = max(points.real.max(), 1.0) if points.real.min() > 0 else points.real.max()
        margin = 0.15 * max(np.ptp([*points.real, right]), 1e-9)
        axes.set_xlim(points.real.min() - margin, right + margin)
        axes.set_ylim(*(1.25 * max(abs(points.imag).max(), 1e-9) * np.array([-1, 1])))
        axes.ticklabel_format(useOffset=False, style="plain")
        axes.locator_params(axis="x", nbins=3)
        axes.set_xlabel("Re λ (close-up)")
        return
    reach = 1.15 * max(1.0, abs(points).max(initial=0.0))
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")


def _mode_title(modes: ModePicture, drawn: int) -> str:
    if not modes.mode_count:
        return f"{modes.verdict}: no mode to swing"
    if modes.mode_count == drawn == 1:
        return f"{modes.verdict}: the only mode"
    which = "all" if drawn == modes.mode_count else f"{drawn} dominant of"
    return f"{modes.verdict}: {which} {modes.mode_count} modes"


def _draw_run(axes: Axes, run: RunPicture, title: str = "") -> None:
    steps, width = _steps_and_width(run)
    for side, colour, label in (
        (np.minimum(run.demand, run.capacity), _SKY, "free: admits"),
        (np.maximum(run.demand, run.capacity), _VERMILLION, "short: evicts"),
    ):
        axes.vlines(steps, run.capacity, side, color=colour, linewidth=width, label=label)
    axes.axhline(run.capacity, color="black", linewidth=1.0, label="capacity")
    low, high = run.demand.min(initial=run.capacity), run.demand.max(initial=run.capacity)
    room = 0.06 * max(high - low, 0.02 * high)
    axes.set(xlim=(0, len(run.demand) + 1), ylim=(low - room, high + room))
    axes.set_xlabel("batch step")
    axes.set_ylabel("memory demand (tokens)")
    axes.yaxis.set_major_formatter(lambda value, _: _tokens(value))
    axes.set_title(title, pad=_LEGEND_ROOM)
    for handle in _legend_above(axes).legend_handles:
        handle.set_linewidth(2.0)


def _tokens(value: float) -> str:
    if not 1000 <= abs(value) < 1e9:
        return f"{value:.6g}"
    return f"{value:,.0f}"


def _steps_and_width(run: RunPicture) -> tuple[range, float]:
    count = len(run.demand)
    return range(1, count + 1), max(0.3, min(2.0, 180 / max(count, 1)))


def _legend_above(axes: Axes) -> Any:
    return axes.legend(
        loc="lower center",
        bbox_to_anchor=(0.5, 1.0),
        ncols=3,
        borderaxespad=0.2,
        handlelength=1.2,
        handletextpad=0.4,
        columnspacing=1.2,
    )
