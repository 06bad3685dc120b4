"""Figure of the cycle that a run ends on; without one, of the run in space and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...analysis.cycles.cycles import Cycles
from ...analysis.pictures.cycle import cycle_picture
from ...analysis.pictures.space_time import space_time_picture
from ..rendering import FIGURES
from .cycle import cycle_figure
from .space_time import space_time_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .style import Drawing

__all__ = ["cycles_figure"]

_LONGEST_NAME = 50  # that fits over a figure


@FIGURES.writes(Cycles)
def cycles_figure(found: Cycles, ax: Axes | None = None) -> Drawing:
    """Return two periods of the cycle that the last start ends on, or the first 200 steps.

    Parameters
    ----------
    found : Cycles
        As `stabkit.cycles` returns it.
    ax : matplotlib.axes.Axes, optional
        As in `stabkit.figure`.
    """
    mix, seen = found.mix, found.observations[2 if len(found.observations) > 2 else 0].cycle
    if seen is None or seen.cohorts is None:
        return space_time_figure(space_time_picture(mix), ax)
    first = seen.cohorts[0]
    state = [[c.share * y for y in first[: c.decode_length]] for c in mix.classes]
    return cycle_figure(cycle_picture(mix, state, seen.period, mix.name[:_LONGEST_NAME]), ax)
