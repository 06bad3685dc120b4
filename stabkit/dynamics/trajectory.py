"""What a run of the model leaves behind: one number per step and quantity, exactly or in floats.

Row 0 is the fitted initial state (evict or admit to capacity); row n is the n-th step after it. One
step executes the batch, so that the requests in their last stage complete, and then fits the
survivors into the memory: it either evicts or admits, never both (docs/model.md, Model).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..model.workload import Workload
from ..records import Series

__all__ = [
    "MOST_CLASS_COLUMNS",
    "Arithmetic",
    "StageCounts",
    "State",
    "StateLike",
    "StepBlock",
    "Trajectory",
    "zeros",
]

Arithmetic = Literal["exact", "float", "integer"]
State = list[list[Any]]
StageCounts: TypeAlias = Sequence[object] | NDArray[Any]  # by class, then by stage
StateLike: TypeAlias = Literal["equilibrium"] | StageCounts
MOST_CLASS_COLUMNS = 16


def zeros(shape: int | tuple[int, ...], zero: Any) -> NDArray[Any]:
    """Return an array filled with `zero`: of float64 if it is a float, else of Python objects."""
    return np.zeros(shape) if isinstance(zero, float) else np.full(shape, zero, object)


@dataclass(frozen=True)
class StepBlock:
    """Consecutive steps of a run, one row per step.

    * `admitted`, `evicted` (ndarray, shape (steps,)): requests, in total over the classes.
    * `memory` (ndarray, shape (steps,)): tokens that the fitted state needs in its next execution.
    * `wasted` (ndarray, shape (steps,)): decode steps that the evicted requests had done.
    * `finished` (ndarray, shape (steps, width)): what completed, in the coordinates of the run; its
      `by_class` turns it into requests.
    """

    admitted: NDArray[Any]
    evicted: NDArray[Any]
    memory: NDArray[Any]
    wasted: NDArray[Any]
    finished: NDArray[Any]

    @classmethod
    def empty(cls, steps: int, width: int, zero: Any) -> StepBlock:
        """Return a block filled with `zero`, whose type says the arithmetic."""
        admitted, evicted, memory, wasted = (zeros(steps, zero) for _ in range(4))
        return cls(admitted, evicted, memory, wasted, zeros((steps, width), zero))

    @classmethod
    def joined(cls, blocks: Sequence[StepBlock]) -> StepBlock:
        """Return the blocks one after the other."""
        return cls(
            np.concatenate([b.admitted for b in blocks]),
            np.concatenate([b.evicted for b in blocks]),
            np.concatenate([b.memory for b in blocks]),
            np.concatenate([b.wasted for b in blocks]),
            np.concatenate([b.finished for b in blocks]),
        )


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory(Series):
    """A simulated run. All arrays have steps + 1 rows; row 0 is the fitted initial state.

    The entries are floats (``arithmetic="float"``), Fractions in object arrays (``"exact"``) or
    Python integers in object arrays (``"integer"``; the memory is a Fraction there if an input
    length is not an integer).

    Attributes
    ----------
    admitted, evicted, completed : ndarray, shape (steps + 1,)
        Requests per step, in total over the classes.
    memory : ndarray, shape (steps + 1,)
        Tokens that the state needs in its next execution, after the fit.
    completed_by_class : ndarray, shape (steps + 1, K)
        Requests that complete, by class.
    completed_tokens : ndarray, shape (steps + 1,)
        sum_k l_k c_k: decode tokens of the requests that complete.
    wasted_tokens : ndarray, shape (steps + 1,)
        Decode steps done by the requests that this step evicts: j each at stage j.
    arithmetic : {"exact", "float", "integer"}
    policy : str
        Its name.
    parameters : dict of str to Fraction
        Those of the policy by name; a rate is in units of a*.
    capacity : Fraction
        Tokens; G(1), which makes a* = 1, where the workload has none.
    states : list of states, or None
        ``states[n][k][j]``: requests of class k in stage j after the n-th fit, where recorded.
    final_state : state
        ``final_state[k][j]``, after the last fit.
    mix : Workload
        What was run.

    Examples
    --------
    >>> from stabkit import Workload, simulate
    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> run = simulate(mix, 3, arithmetic="integer")
    >>> run.admitted.tolist(), run.evicted.tolist()
    ([46, 0, 46, 0], [0, 11, 0, 11])
    >>> run.completed.tolist(), run.steps
    ([0, 0, 35, 0], 3)
    """

    admitted: NDArray[Any]
    evicted: NDArray[Any]
    completed: NDArray[Any]
    memory: NDArray[Any]
    completed_by_class: NDArray[Any]
    completed_tokens: NDArray[Any]
    wasted_tokens: NDArray[Any]
    arithmetic: Arithmetic
    policy: str
    parameters: dict[str, Fraction] = field(repr=False)
    capacity: Fraction
    states: list[State] | None
    final_state: State
    mix: Workload

    def columns(self) -> dict[str, Any]:
        """Return the series by name, and what each class completes, of up to 16 classes."""
        by_class = enumerate(self.completed_by_class.T, start=1)
        few = self.completed_by_class.shape[1] <= MOST_CLASS_COLUMNS
        return {
            "step": np.arange(len(self.memory)),
            **super().columns(),
            **({f"completed_{k}": completed for k, completed in by_class} if few else {}),
        }

    @property
    def steps(self) -> int:
        """The number of steps after the initial fit."""
        return len(self.admitted) - 1
