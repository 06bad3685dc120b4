"""Figure of a run: memory demand against capacity, above the evictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...analysis.pictures.run import run_picture
from ...dynamics.trajectory import Trajectory
from ..rendering import FIGURES
from .run import run_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .style import Drawing

__all__ = ["trajectory_figure"]


@FIGURES.writes(Trajectory)
def trajectory_figure(run: Trajectory, ax: Axes | None = None) -> Drawing:
    """Return the memory demand and the evictions of a run; `ax` as in `stabkit.figure`."""
    return run_figure(run_picture(run.mix, run), ax)
