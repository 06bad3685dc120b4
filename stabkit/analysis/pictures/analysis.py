"""What the figure of an analysis shows: roots and a run from empty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from ...dynamics.simulator import simulate
from ...errors import check_choice
from ...model.notation import WorkloadLike, as_workload
from ...model.verdict import Verdict
from ...records import Record
from .roots import RootPicture, root_picture, roots_to_show, synchronized_to_show
from .run import RunPicture, run_picture, steps_to_show

__all__ = ["AnalysisPicture", "analysis_picture"]


@dataclass(frozen=True, repr=False)
class AnalysisPicture(Record):
    """What the figure of an analysis shows.

    Attributes
    ----------
    roots : RootPicture
        All of them, or the dominant ones.
    run : RunPicture or None
        From empty; None where it is too long to simulate.

    Examples
    --------
    >>> from stabkit import Workload, analysis_picture
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> picture = analysis_picture(mix, "unstable")
    >>> picture.roots.mode_count, len(picture.run.demand)
    (4, 200)
    """

    roots: RootPicture
    run: RunPicture | None


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

    Raises
    ------
    InvalidArgument
        If `mix` is no workload, or `verdict` no verdict.

    Examples
    --------
    >>> from stabkit import analysis_picture
    >>> picture = analysis_picture("5:3 5:5", "unstable")
    >>> len(picture.roots.points)
    4
    """
    mix = as_workload(mix)
    check_choice(verdict, "'verdict'", get_args(Verdict))
    steps = steps_to_show(mix)
    roots = root_picture(mix, roots_to_show(mix), verdict, synchronized_to_show(mix))
    return AnalysisPicture(roots, None if steps is None else run_picture(mix, simulate(mix, steps)))
