"""The frames of an animation, as plain data: how much of the memory every stage holds.

A frame shows one step: how much of the memory every stage holds after the fit, what the step has
just admitted into stage 0, and, on top of what is left of them, what it has evicted. Cohorts march
to the right, a stage per step. A frame per step as long as that makes at most 150 frames; of longer
runs every n-th step, with an n that has no divisor in common with the decode lengths: else a
synchronised run would seem to stand still, as a wheel does in a film. More than 40 stages are added
up in bars of equally many, the last one perhaps of fewer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...dynamics.policies import Policy
from ...dynamics.trajectory import Arithmetic, StateLike
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import whole_number
from ...model.workload import Workload
from ...records import Record
from .run import Floats
from .stages import StageRecord, recorded

__all__ = ["AnimationPicture", "animation_picture", "steps_to_animate"]

_MOST_FRAMES = 150
_MOST_BARS = 40
_LIVES = 3  # of the longest requests, at least, unless the user says how many steps
_SECONDS, _SLOWEST, _FASTEST = 15, 4, 10  # how long it takes; frames per second


@dataclass(frozen=True, eq=False, repr=False)
class AnimationPicture(Record):
    """What the frames of an animation show.

    Attributes
    ----------
    steps : ndarray of int, shape (frames,)
        The step that each frame shows.
    edges : ndarray of int, shape (bars + 1,)
        The first stage of every bar, and L.
    equilibrium : ndarray, shape (bars,)
        Per cent of the capacity that each bar holds at the equilibrium.
    surviving, entering, lost : ndarray, shape (frames, bars)
        Per cent of the capacity: held after the fit by requests that were there before, by those
        that the step admitted, and evicted by the fit.
    admitted, evicted : ndarray, shape (run + 1,)
        Requests, of all steps of the run, also of those between the frames.

    Examples
    --------
    >>> from stabkit import Workload, animation_picture
    >>> film = animation_picture(Workload.from_classes([(2, 3)]), 12)
    >>> len(film.admitted), film.stride
    (13, 1)
    """

    steps: Any
    edges: Any
    equilibrium: Floats
    surviving: Floats
    entering: Floats
    lost: Floats
    admitted: Floats
    evicted: Floats

    @property
    def stride(self) -> int:
        """How many steps lie between two frames."""
        return int(self.steps[1] - self.steps[0]) if len(self.steps) > 1 else 1

    @property
    def rate(self) -> int:
        """Frames per second."""
        return min(max(len(self.steps) // _SECONDS, _SLOWEST), _FASTEST)


def steps_to_animate(mix: Workload) -> int:
    """Return how many steps an animation shows by itself: 149, or 3 L if that is more."""
    return max(_MOST_FRAMES - 1, _LIVES * mix.longest_decode)


def animation_picture(
    mix: WorkloadLike,
    steps: int | None = None,
    arithmetic: Arithmetic = "float",
    state: StateLike | None = None,
    policy: str | Policy = "greedy",
) -> AnimationPicture:
    """Run the model, as `stabkit.simulate` does, and return the frames of its animation.

    Parameters
    ----------
    mix : WorkloadLike
    steps : int, optional
        At least 0; by default `steps_to_animate`.
    arithmetic, state, policy
        As `stabkit.simulate` takes them.

    Returns
    -------
    AnimationPicture

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain, or there are more than 4 10^6 numbers to record.

    Examples
    --------
    Whole requests on the worst cycle: 11 of 46 are evicted in stage 1, 11 (2 + 2) tokens of 140.

    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> picture = animation_picture(mix, 2, "integer", [[0, 35]])
    >>> picture.admitted.tolist(), picture.evicted.tolist()
    ([0.0, 46.0, 0.0], [0.0, 0.0, 11.0])
    >>> picture.lost[2].tolist() == [0, 100 * 44 / 140]
    True
    """
    mix = as_workload(mix)
    count = steps_to_animate(mix) if steps is None else whole_number(steps, "'steps'", 0)
    record = recorded(mix, count, arithmetic, state, policy)
    chosen = np.arange(0, count + 1, _stride(count, mix.gcd))
    length = mix.longest_decode
    edges = np.append(np.arange(0, length, -(-length // _MOST_BARS)), length)
    surviving, entering, lost = (_bars(record, part[chosen], edges) for part in _parts(record))
    return AnimationPicture(
        chosen,
        edges,
        _bars(record, record.equilibrium[None], edges)[0],
        surviving,
        entering,
        lost,
        record.admitted,
        record.evicted,
    )


def _parts(record: StageRecord) -> tuple[Floats, Floats, Floats]:
    """Return what survives, what has just been admitted into stage 0, and what is lost."""
    entering = np.zeros_like(record.held)
    entering[1:, 0] = record.held[1:, 0]
    return record.held - entering, entering, record.lost


def _bars(record: StageRecord, tokens: Floats, edges: Any) -> Floats:
    added: Floats = np.add.reduceat(tokens, edges[:-1], axis=1)
    return 100 * added / record.capacity


def _stride(steps: int, period: int) -> int:
    """Return the least n with at most 150 frames and no divisor in common with the gcd."""
    stride = -(-(steps + 1) // _MOST_FRAMES)
    while math.gcd(stride, period) > 1:
        stride += 1
    return stride
