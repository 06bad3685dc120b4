"""Figure of the cycle that a run ends on; without one, of the run in space and time."""

from __future__ import annotations

from typing import Any

from ...analysis.cycles.cycles import Cycles
from ...analysis.pictures.cycle import cycle_picture
from ...analysis.pictures.space_time import space_time_picture
from ...model.workload import Workload
from ..rendering import FIGURES
from .cycle import cycle_figure
from .space_time import space_time_figure
from .style import Drawing

__all__ = ["cycles_figure"]

_LIVES, _FEWEST, _MOST = 12, 40, 200


@FIGURES.writes(Cycles)
def cycles_figure(found: Cycles, **frame: Any) -> Drawing:
    """Return the cycle that the last start ends on, or the first steps, 200 at most.

    * `frame`: as `stabkit.figure` takes it: `ax`, `size`, `title`.
    """
    mix, seen = found.mix, found.observations[2 if len(found.observations) > 2 else 0].cycle
    if seen is None or seen.cohorts is None:
        return space_time_figure(space_time_picture(mix, steps=_steps(mix)), **frame)
    first = seen.cohorts[0]
    state = [[c.share * y for y in first[: c.decode_length]] for c in mix.classes]
    return cycle_figure(cycle_picture(mix, state, seen.period, mix.name), **frame)


def _steps(mix: Workload) -> int:
    """Return how many steps a run in space and time shows: a dozen lives, few enough to tell."""
    return max(_FEWEST, min(_LIVES * mix.longest_decode, _MOST))
