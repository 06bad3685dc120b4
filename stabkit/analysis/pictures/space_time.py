"""The space-time picture of a run: how full every stage is in every step, as plain data.

The *filling* of stage j in step n is the memory that the stage holds over what it holds at the
equilibrium, g_j a*. At the equilibrium it is 1 everywhere; for a state of product form it is
y_j / a*, the size of the cohort admitted j steps ago, so that a cohort is a diagonal of one value
until evictions take from it. A run that falls in step turns from 1 everywhere into a few diagonals
far above 1 with nothing between them.

A picture has at most 800 columns and 300 rows. Longer runs and lives show *means*, of the fillings
of consecutive steps and of the memory of consecutive stages: nothing is left out, but what is
finer than a mean is not seen.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...dynamics.trajectory import Arithmetic, StateLike, Trajectory
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import whole_number
from ...model.workload import Workload
from ...records import Record
from .run import Floats
from .stages import StageRecord, record_of, recorded

__all__ = ["SpaceTimePicture", "space_time_picture"]

_MOST_COLUMNS = 800
_MOST_ROWS = 300


@dataclass(frozen=True, eq=False, repr=False)
class SpaceTimePicture(Record):
    """How full the stages are in the steps 0 (the fitted start), 1, 2, ... of a run.

    Attributes
    ----------
    name : str
        Of the workload.
    steps, length : int
        The number of steps after the start, and of stages, L.
    filling : ndarray, shape (rows, columns)
        Memory over that of the equilibrium, dimensionless; stage 0 first.
    per_column, per_row : int
        How many steps and stages an entry is the mean of; the last ones may be of fewer.
    evicted : ndarray, shape (columns,)
        Requests per step, the mean of the steps of a column.
    fullest : tuple of two floats
        The share of the memory that the fullest stage holds, in step 0 and in the last one.

    Examples
    --------
    >>> from stabkit import Workload, space_time_picture
    >>> picture = space_time_picture(Workload.from_classes([(2, 3)]), steps=20)
    >>> picture.steps, picture.length, picture.filling.shape
    (20, 3, (3, 21))
    """

    name: str
    steps: int
    length: int
    filling: Floats
    per_column: int
    per_row: int
    evicted: Floats
    fullest: tuple[float, float]


def space_time_picture(
    mix: WorkloadLike,
    run: Trajectory | StateLike | None = None,
    steps: int = 200,
    arithmetic: Arithmetic = "float",
) -> SpaceTimePicture:
    """Return how full every stage is in every step of a run.

    Parameters
    ----------
    mix : WorkloadLike
    run : Trajectory, or a start
        A run with recorded states, or a start as `stabkit.simulate` takes it: None for empty,
        "equilibrium", or counts [k][j].
    steps : int
        How many steps to run, or to show of a Trajectory.
    arithmetic : {"float", "exact", "integer"}
        Of the run; a Trajectory has its own.

    Returns
    -------
    SpaceTimePicture

    Raises
    ------
    InvalidArgument
        If the run has not recorded its states, an argument is outside its domain, or there are
        more than 4 10^6 numbers to record.

    Examples
    --------
    From empty, all memory goes to one cohort, which completes after 2 steps:

    >>> mix = Workload.from_classes([(5, 2)])
    >>> picture = space_time_picture(mix, steps=3)
    >>> picture.filling.round(3).tolist()
    [[2.167, 0.0, 2.167, 0.0], [0.0, 1.857, 0.0, 1.857]]
    """
    mix = as_workload(mix)
    steps = whole_number(steps, "'steps'", 0)
    if isinstance(run, Trajectory):
        record = record_of(mix, run)
        count = min(steps, record.steps)
    else:
        record = recorded(mix, steps, arithmetic, run)
        count = steps
    return _picture(mix, record, count)


def _picture(mix: Workload, record: StageRecord, steps: int) -> SpaceTimePicture:
    held = record.held[: steps + 1]
    length = held.shape[1]
    per_column, per_row = -(-(steps + 1) // _MOST_COLUMNS), -(-length // _MOST_ROWS)
    starts = np.arange(0, length, per_row)
    by_row = np.add.reduceat(held, starts, axis=1) / np.add.reduceat(record.equilibrium, starts)
    total = held.sum(axis=1)
    fullest = [float(held[n].max() / total[n]) if total[n] else 0.0 for n in (0, steps)]
    return SpaceTimePicture(
        mix.name,
        steps,
        length,
        _means(by_row, per_column).T,
        per_column,
        per_row,
        _means(record.evicted[: steps + 1, None], per_column)[:, 0],
        (fullest[0], fullest[1]),
    )


def _means(values: Floats, size: int) -> Floats:
    """Return the means of `size` consecutive rows; of what is left, in the last one."""
    starts = np.arange(0, len(values), size)
    counts = np.minimum(size, len(values) - starts)
    means: Floats = np.add.reduceat(values, starts, axis=0) / counts[:, None]
    return means
