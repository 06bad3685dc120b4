"""What a sweep asks of its mixes, whether they are on a grid or in a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol

from numpy.typing import NDArray

from ..model.workload import Workload

__all__ = ["GREEDY", "Batch", "Block", "Cell", "Cells"]

GREEDY = "greedy"


class Cell(NamedTuple):
    """One mix, its admission policy, and the line of inputs through it, as `threshold` takes it."""

    mix: Workload
    policy: str = GREEDY
    along: Any = "common"


class Block(NamedTuple):
    """Rows that follow each other, and the longest decode length of each of them."""

    rows: int
    longest: int


class Batch(NamedTuple):
    """Mixes of the same decode lengths: which rows, and the arguments of `batched_counts`."""

    rows: slice | list[int]
    lengths: list[int]
    inputs: NDArray[Any]
    weights: NDArray[Any]


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

    def blocks(self) -> Iterator[Block]:
        """Yield all rows in blocks of about the same work."""

    def part(self, start: int, stop: int) -> Cells:
        """Return what is needed for those rows, with their numbers."""

    def cell(self, row: int) -> Cell:
        """Return one mix, exactly."""

    def coordinates(self, start: int, stop: int) -> dict[str, Any]:
        """Return columns that tell the rows apart."""

    def batches(self, start: int, stop: int) -> Iterator[Batch]:
        """Yield rows that can be counted together, numbered from `start`."""
