"""The renewal graph as plain data.

It has a node for each stage of the longest life, an edge j -> j + 1, and an edge
(l_k - 1) -> 0 for each class. Its period is the gcd g of the decode lengths, and its cyclic
classes, the stages mod g, are the cohorts that can fall in step.
"""

from __future__ import annotations

from dataclasses import dataclass

from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...records import Record

__all__ = ["GraphPicture", "ReturnEdge", "graph_picture"]


@dataclass(frozen=True)
class ReturnEdge:
    """An edge `stage` -> 0 of the renewal graph: requests that complete after `stage` + 1 steps,
    and their share of the admissions."""

    stage: int
    share: float


@dataclass(frozen=True, repr=False)
class GraphPicture(Record):
    """The renewal graph: stages in a row, and edges back to the first.

    Attributes
    ----------
    name : str
        Of the workload.
    length, period : int
        The number L of stages, and g.
    returns : tuple of ReturnEdge
        Ascending.

    Examples
    --------
    >>> from stabkit import Workload, graph_picture
    >>> picture = graph_picture(Workload.from_classes([(100, 4), (100, 6)]))
    >>> picture.length, picture.period, [edge.stage for edge in picture.returns]
    (6, 2, [3, 5])
    """

    name: str
    length: int
    period: int
    returns: tuple[ReturnEdge, ...]


def graph_picture(workload: WorkloadLike) -> GraphPicture:
    """Return the renewal graph of `workload`: one return edge for each distinct decode length.

    Parameters
    ----------
    workload : WorkloadLike

    Returns
    -------
    GraphPicture

    Examples
    --------
    >>> from stabkit import Workload, figure, graph_picture
    >>> picture = graph_picture(Workload.from_classes([(100, 4), (100, 6)]))
    >>> picture.period
    2
    >>> len(figure(picture).axes)
    1
    """
    workload = as_workload(workload)
    kernel = MemoryKernel.of(workload)
    returns = (ReturnEdge(n - 1, w / kernel.denominator) for n, w, _ in kernel)
    return GraphPicture(workload.name, kernel.length, workload.gcd, tuple(returns))
