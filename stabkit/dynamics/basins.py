"""Basins of one decode length, sampled: how many steps a start takes to the worst cycle.

By the theorem of `stabkit.dynamics.capture` every start gets onto a necklace cycle in finitely many
steps, and all but a null set onto the worst one: as soon as a single cohort is left. How many steps
that takes is counted here, exactly, from given and from random starts.

References
----------
docs/model.md, R6a, R6b, R11.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from statistics import median
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import check_choice, renamed
from ..model.notation import WorkloadLike, as_workload
from ..model.numbers import whole_number
from ..model.workload import Workload
from ..records import Record
from .capacity import simulated_capacity
from .capture import ModelSteps, Point, one_decode_length
from .initial_state import read_counts
from .product_form import ProductFormRun

__all__ = ["BasinSample", "basin_sample", "steps_to_worst_cycle"]

_MOST_STARTS = 1_000_000
_GRAINS = 10**6  # random starts have memory shares that are multiples of its inverse


@renamed("0.4.0", limit="max_steps")
def steps_to_worst_cycle(
    mix: WorkloadLike,
    state: Sequence[object] | NDArray[Any],
    arithmetic: Literal["exact", "float"] = "exact",
    max_steps: int = 10_000,
) -> int | None:
    """Return how many steps a start takes until it is on the worst cycle.

    Parameters
    ----------
    mix : WorkloadLike
        Of one decode length l.
    state : sequence of l counts
        The start in requests, youngest stage first, of all classes together; it is fitted to the
        capacity at once, which is not counted as a step.
    arithmetic : {"exact", "float"}
        Rationals, or doubles, which are faster and round.
    max_steps : int
        Steps before it gives up, at least 0.

    Returns
    -------
    int or None
        The steps until a single cohort is left, which fills the memory, and stays alone: the
        states of the worst cycle are the corners of H. None if that takes more than `max_steps`
        steps; for a captured state it would take for ever.

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain.

    Notes
    -----
    Floats follow the rounding rule of the simulator: within 8 ulps of B the memory is full. Near
    the capture set they say little: rounding leads away from it.

    Examples
    --------
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> steps_to_worst_cycle(mix, [21, 19]), steps_to_worst_cycle(mix, [20, 20])
    (11, None)
    """
    mix = as_workload(mix)
    length = one_decode_length(mix)
    check_choice(arithmetic, "'arithmetic'", ("exact", "float"))
    max_steps = whole_number(max_steps, "'max_steps'", 0)
    whole = Workload.from_classes([(mix.mean_input_length, length)], simulated_capacity(mix))
    (cohorts,) = read_counts([state], whole, arithmetic)
    run = ProductFormRun(whole, cohorts, exact=arithmetic == "exact")
    for steps in range(int(max_steps) + 1):
        if np.count_nonzero(run.cohorts()) == 1:
            return steps
        run.advance(1)
    return None


@dataclass(frozen=True, repr=False)
class BasinSample(Record):
    """Random starts, and the steps that each of them took to the worst cycle.

    Attributes
    ----------
    starts : tuple of tuples of l Fractions
        States of H, in requests.
    steps : tuple of int or None
        None where `max_steps` was not enough.

    Examples
    --------
    >>> from stabkit import Workload, basin_sample
    >>> found = basin_sample(Workload.from_classes([(2, 2)]), starts=5, seed=0)
    >>> len(found.steps), found.median <= found.longest
    (5, True)
    """

    starts: tuple[Point, ...]
    steps: tuple[int | None, ...]

    @property
    def median(self) -> float:
        """The median of the steps; a start that did not arrive counts as infinity."""
        return float(median(self._times()))

    @property
    def longest(self) -> float:
        """The most steps; infinity if a start did not arrive."""
        return max(self._times())

    def _times(self) -> list[float]:
        return [float("inf") if steps is None else float(steps) for steps in self.steps]


@renamed("0.4.0", limit="max_steps")
def basin_sample(mix: WorkloadLike, starts: int, seed: int, max_steps: int = 10_000) -> BasinSample:
    """Run random starts in exact arithmetic and count their steps to the worst cycle.

    Parameters
    ----------
    mix : WorkloadLike
        Of one decode length.
    starts : int
        From 1 to 10^6: rational points of H, uniform up to a millionth of the memory.
    seed : int
        The same seed gives the same starts.
    max_steps : int
        Steps of each before it gives up.

    Returns
    -------
    BasinSample

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain.

    Examples
    --------
    >>> sample = basin_sample(Workload.from_classes([(0, 3)]), starts=20, seed=1)
    >>> None in sample.steps, len(sample.starts)
    (False, 20)
    """
    mix = as_workload(mix)
    length = one_decode_length(mix)
    starts = whole_number(starts, "'starts'", 1, _MOST_STARTS)
    max_steps = whole_number(max_steps, "'max_steps'", 0)
    source, model = random.Random(whole_number(seed, "'seed'", 0)), ModelSteps.of(mix)
    points = []
    for _ in range(int(starts)):
        cuts = sorted(source.randint(0, _GRAINS) for _ in range(length - 1))
        grains = pairwise([0, *cuts, _GRAINS])
        shares = [Fraction(b - a, _GRAINS) * model.capacity for a, b in grains]
        points.append(tuple(share / model.held(j) for j, share in enumerate(shares)))
    taken = tuple(steps_to_worst_cycle(mix, point, "exact", max_steps) for point in points)
    return BasinSample(tuple(points), taken)
