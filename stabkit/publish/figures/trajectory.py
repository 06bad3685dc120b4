"""Figure of a run: memory demand against capacity, above the evictions."""

from __future__ import annotations

from typing import Any

from ...analysis.pictures.run import run_picture
from ...dynamics.trajectory import Trajectory
from ..rendering import FIGURES
from .run import run_figure
from .style import Drawing

__all__ = ["trajectory_figure"]


@FIGURES.writes(Trajectory)
def trajectory_figure(run: Trajectory, **frame: Any) -> Drawing:
    """Return the memory demand and the evictions of a run; in its `frame`."""
    return run_figure(run_picture(run.mix, run), **frame)
