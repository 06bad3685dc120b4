"""What a sweep asks of its mixes, whether they are on a grid or in a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..model.workload import Workload

__all__ = ["GREEDY", "Batch", "Cell", "Cells"]

GREEDY = "greedy"


class Cell(NamedTuple):
    """One mix, its admission policy, and the line of inputs through it, as `threshold` takes it."""

    mix: Workload
    policy: str = GREEDY
    along: Any = "common"


class Batch(NamedTuple):
    """Mixes of the same decode lengths: which rows, and the arguments of `batched_counts`."""

    rows: NDArray[np.int64]
    lengths: list[int]
    inputs: ArrayLike
    weights: ArrayLike


class Cells(Protocol):
    """Mixes by row, from 0 on."""

    @property
    def count(self) -> int:
        """The number of rows."""

    @property
    def has_policies(self) -> bool:
        """Whether there is another policy than greedy."""

    @property
    def line(self) -> str | None:
        """The axis of inputs along which every row is a line; None where a row is a mix."""

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield all rows in blocks: how many, and the longest decode length of each of them."""

    def part(self, start: int, stop: int) -> Cells:
        """Return what is needed for those rows, with their numbers."""

    def cell(self, row: int) -> Cell:
        """Return one mix, exactly; InvalidWorkload if what stands there is none."""

    def coordinates(self, start: int, stop: int) -> dict[str, Any]:
        """Return columns that tell the rows apart."""

    def batches(self, start: int, stop: int) -> Iterator[Batch]:
        """Yield rows that can be counted together, numbered from `start`."""
