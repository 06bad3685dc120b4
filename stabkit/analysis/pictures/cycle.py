"""What the picture of a limit cycle shows, as plain data: cohorts that age, and what is evicted.

A *cohort* is the requests admitted in one step. It grows older by a stage per step, each of its
requests by a token, and evictions take requests from the youngest cohorts first. A saturated greedy
server is always full: after every fit the memories of all cohorts add up to the capacity. What a
cycle is made of is how that memory is shared: at the equilibrium by as many cohorts as there are
stages, in the worst cycle of one class by a single one.

Cohorts are shown one by one where at most 12 hold memory at a time, and else in bands of
consecutive ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...dynamics.trajectory import StateLike
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import whole_number
from ...records import Record, Series
from .run import Floats
from .stages import StageRecord, recorded

__all__ = ["CohortBand", "CyclePicture", "cycle_picture"]

_MOST_BANDS = 12  # that hold memory at a time
_MOST_STEPS = 2000
_PERIODS, _LONG_PERIOD = 2, 100  # of a longer one a single period is shown
_STEPS_OF_A_FIXED_POINT = 8
# Relative to the capacity: what is less is rounding, not a cohort.
_EMPTY = 1e-12


@dataclass(frozen=True, eq=False, repr=False)
class CohortBand(Record):
    """Cohorts admitted in consecutive steps, and what they hold while any of them is in service.

    * `first`, `last`: the steps in which the oldest and the youngest of them were admitted; below
      1, before the picture begins.
    * `start`: the first step of the picture in which the band holds memory, from 1.
    * `memory`, `requests` (ndarray): tokens and requests in steps start, start + 1, ..., after the
      fit.
    """

    first: int
    last: int
    start: int
    memory: Floats
    requests: Floats


@dataclass(frozen=True, eq=False, repr=False)
class CyclePicture(Series):
    """A limit cycle for two periods, or one if it is long, as far as it is shown: steps 1, 2, ...

    Attributes
    ----------
    name : str
    period : int
        Steps.
    capacity : float
        Tokens.
    bands : tuple of CohortBand
        Oldest first.
    demand : ndarray, shape (steps,)
        Tokens that the survivors need before the fit: above the capacity, the rest is evicted.
    admitted, evicted : ndarray, shape (steps,)
        Requests.

    Examples
    --------
    >>> from stabkit import Workload, cycle_picture
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> picture = cycle_picture(mix, [[0, 35]], 2, "the worst cycle")
    >>> picture.period, (picture.evicted > 0).tolist()
    (2, [False, True, False, True])
    """

    name: str
    period: int
    capacity: float
    bands: tuple[CohortBand, ...]
    demand: Floats
    admitted: Floats
    evicted: Floats

    @property
    def steps(self) -> int:
        """The number of steps shown."""
        return len(self.demand)

    @property
    def per_band(self) -> int:
        """The largest number of steps whose admissions one band holds; 1 if each is shown."""
        return max((band.last - band.first + 1 for band in self.bands), default=1)


def cycle_picture(
    mix: WorkloadLike, state: StateLike, period: int, name: str = "limit cycle"
) -> CyclePicture:
    """Return what a limit cycle is made of: the memory of every cohort, admissions, evictions.

    Parameters
    ----------
    mix : WorkloadLike
    state : counts [k][j]
        A state of the cycle, as `stabkit.simulate` takes it; Fractions are rounded to floats.
    period : int
        At least 1, in steps.
    name : str
        What the title calls the cycle.

    Returns
    -------
    CyclePicture
        Of two periods, and of one that is longer than 100 steps. Of 8 steps for period 1, which
        would show nothing else; of the first 2000 at most, and fewer for very long decode lengths.

    Raises
    ------
    InvalidArgument
        If `state` or `period` is outside its domain, or the mix has more than 4 10^6 stages.

    Notes
    -----
    The run is in floats: on a repelling cycle its rounding grows by the Floquet multipliers, once
    per period. That the state returns after `period` steps is not checked.

    Examples
    --------
    The worst cycle of (2,2): one cohort, of 46 2/3 requests and then of 35.

    >>> from stabkit import Workload
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> picture = cycle_picture(mix, [[0, 35]], 2)
    >>> [[round(float(r), 6) for r in band.requests] for band in picture.bands]
    [[46.666667, 35.0], [46.666667, 35.0]]
    >>> [float(band.memory.min()) for band in picture.bands] == [140, 140]
    True
    """
    mix = as_workload(mix)
    period = whole_number(period, "'period'")
    record = recorded(mix, _steps(period), state=state, shorten=True)
    return CyclePicture(
        name,
        period,
        record.capacity,
        _bands(record),
        record.demand[1:],
        record.admitted[1:],
        record.evicted[1:],
    )


def _steps(period: int) -> int:
    if period == 1:
        return _STEPS_OF_A_FIXED_POINT
    return min(period if period > _LONG_PERIOD else _PERIODS * period, _MOST_STEPS)


def _bands(record: StageRecord) -> tuple[CohortBand, ...]:
    """Group the cohorts that hold memory after step 0, in the order of their admission."""
    steps, stages = np.nonzero(record.held[1:] > _EMPTY * record.capacity)
    present = np.unique(steps + 1 - stages)
    at_a_time = np.bincount(steps).max(initial=0)
    size = 1 if at_a_time <= _MOST_BANDS else -(-int(at_a_time) // (_MOST_BANDS - 1))
    groups = [present[i : i + size] for i in range(0, len(present), size)]
    return tuple(_band(record, int(group[0]), int(group[-1])) for group in groups)


def _band(record: StageRecord, first: int, last: int) -> CohortBand:
    """Add up the cohorts of steps first, ..., last: those on that many diagonals."""
    length = record.held.shape[1]
    start, stop = max(first, 1), min(last + length, record.steps + 1)
    memory, requests = np.zeros(stop - start), np.zeros(stop - start)
    for row, step in enumerate(range(start, stop)):
        ages = slice(max(step - last, 0), min(step - first, length - 1) + 1)
        memory[row] = record.held[step, ages].sum()
        requests[row] = record.requests[step, ages].sum()
    held = np.flatnonzero(memory)
    alive = slice(int(held[0]), int(held[-1]) + 1)
    return CohortBand(first, last, start + alive.start, memory[alive], requests[alive])
