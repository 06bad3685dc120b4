"""What the figure of an analysis shows: the roots, and a run in which the dominant mode is seen.

The run starts at the equilibrium, disturbed along the dominant mode: its memory demand swings with
the period of that mode, and ever wider or less. It is as long as it takes to see that. A mode that
grows starts so small that evictions begin at about two thirds of the run; one that decays starts at
half of the equilibrium's admissions, where nothing is evicted yet, and is followed to a tenth of
that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_args

from ...dynamics.growth import disturbed_state
from ...dynamics.simulator import simulate
from ...errors import check_choice
from ...model.notation import WorkloadLike, as_workload
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record
from ..verdict.analysis import DominantMode
from ..verdict.analyze import mode_summary
from .roots import RootPicture, root_picture, roots_to_show, synchronized_to_show
from .run import RunPicture, run_picture, steps_to_show

__all__ = ["AnalysisPicture", "analysis_picture", "disturbed_run"]

_SMALLEST, _LARGEST = 0.02, 0.5  # of a*: the disturbance at the start
_GROWING = 2 / 3  # of the run
_DECAY = 0.1  # of the disturbance, at the end
_FEWEST_STEPS, _MOST_STEPS = 40, 20_000
_FEWEST_TURNS = 6  # of the mode
_FASTEST_DECAY = 1e-100  # a mode of smaller modulus is gone within one step


@dataclass(frozen=True, repr=False)
class AnalysisPicture(Record):
    """What the figure of an analysis shows.

    Attributes
    ----------
    roots : RootPicture
        All of them, or the dominant ones.
    run : RunPicture or None
        None where it is too long to simulate.
    mode : DominantMode or None
        What the run is disturbed by; None of a run from empty.

    Examples
    --------
    >>> from stabkit import Workload, analysis_picture
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> picture = analysis_picture(mix, "unstable")
    >>> picture.roots.mode_count, len(picture.run.demand)
    (4, 112)
    """

    roots: RootPicture
    run: RunPicture | None
    mode: DominantMode | None = None

    @property
    def name(self) -> str:
        """That of the workload."""
        return self.roots.name


def analysis_picture(mix: WorkloadLike, verdict: Verdict) -> AnalysisPicture:
    """Return the picture of a mix whose verdict is known.

    Parameters
    ----------
    mix : WorkloadLike
    verdict : {"stable", "unstable", "marginal", "undecided"}
        As `stabkit.analyze` finds it.

    Returns
    -------
    AnalysisPicture
        Its run is from empty where there is no mode, or none was resolved.

    Raises
    ------
    InvalidArgument
        If `mix` is no workload, or `verdict` no verdict.

    Examples
    --------
    >>> from stabkit import analysis_picture
    >>> picture = analysis_picture("5:3 5:5", "unstable")
    >>> len(picture.roots.points), round(picture.mode.doubling_steps, 2)
    (4, 13.22)
    """
    mix = as_workload(mix)
    check_choice(verdict, "'verdict'", get_args(Verdict))
    found = roots_to_show(mix)
    roots = root_picture(mix, found, verdict, synchronized_to_show(mix))
    mode = mode_summary(found[0]) if found else None
    if mode is None or mode.modulus <= _FASTEST_DECAY:
        return AnalysisPicture(roots, _from_empty(mix))
    return AnalysisPicture(roots, disturbed_run(mix, mode), mode)


def _from_empty(mix: Workload) -> RunPicture | None:
    steps = steps_to_show(mix)
    return None if steps is None else run_picture(mix, simulate(mix, steps))


def disturbed_run(mix: Workload, mode: DominantMode) -> RunPicture | None:
    """Return a run from the equilibrium, disturbed along the mode; None if that is too long."""
    steps = steps_to_show(mix, _steps(mode))
    if steps is None:
        return None
    cohorts = disturbed_state(mix, complex(mode.re, mode.im), _size(mode, steps))
    state = [float(c.share) * cohorts[: c.decode_length] for c in mix.classes]
    return run_picture(mix, simulate(mix, steps, state=state))


def _steps(mode: DominantMode) -> int:
    """Return how many steps show what becomes of the mode."""
    needed = _FEWEST_TURNS * (mode.period_steps or 1)
    if mode.doubling_steps is not None:
        needed = max(needed, mode.doubling_steps * math.log2(1 / _SMALLEST) / _GROWING)
    if mode.half_life_steps is not None:
        needed = max(needed, mode.half_life_steps * math.log2(1 / _DECAY))
    return math.ceil(min(max(needed, _FEWEST_STEPS), _MOST_STEPS))


def _size(mode: DominantMode, steps: int) -> float:
    """Return the disturbance of the start, relative to a*."""
    if mode.doubling_steps is None:
        return _LARGEST
    doublings = _GROWING * steps / mode.doubling_steps
    return min(max(math.pow(2, -doublings), _SMALLEST), _LARGEST)
