"""What the figure of the renewal graph shows, as plain data.

The *renewal graph* has a node for each stage of the longest life, an edge j -> j + 1, and an edge
(l_k - 1) -> 0 for each class. Its period is the gcd g of the decode lengths, and its cyclic
classes, the stages mod g, are the cohorts that can fall in step.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...model.kernel import MemoryKernel
from ...model.workload import Workload

__all__ = ["GraphPicture", "ReturnEdge", "graph_picture"]


@dataclass(frozen=True)
class ReturnEdge:
    """An edge `stage` -> 0 of the renewal graph: requests that complete after `stage` + 1 steps,
    and their share of the admissions."""

    stage: int
    share: float


@dataclass(frozen=True)
class GraphPicture:
    """The renewal graph: `length` stages in a row, `returns` ascending, and its period g."""

    name: str
    length: int
    period: int
    returns: tuple[ReturnEdge, ...]


def graph_picture(workload: Workload) -> GraphPicture:
    """Return the renewal graph of `workload`: one return edge for each distinct decode length."""
    kernel = MemoryKernel.of(workload)
    returns = (ReturnEdge(n - 1, w / kernel.denominator) for n, w, _ in kernel)
    return GraphPicture(workload.name, kernel.length, workload.gcd, tuple(returns))
