"""Mixes one by one and in arrays, as a grid and a list of mixes give them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..model.workload import Workload

__all__ = ["GREEDY_NAME", "Batch", "Cell"]

GREEDY_NAME = "greedy"


class Cell(NamedTuple):
    """One mix, its admission policy, and the line of inputs through it, as `threshold` takes it."""

    mix: Workload
    policy: str = GREEDY_NAME
    along: Any = "common"


class Batch(NamedTuple):
    """Mixes of the same decode lengths: which rows, and the arguments of `batched_counts`."""

    rows: NDArray[np.int64]
    lengths: list[int]
    inputs: ArrayLike
    weights: ArrayLike
