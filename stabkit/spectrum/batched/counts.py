"""How many modes of each of many mixes are inside, on and outside the unit circle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...records import Series
from ..circle.sparse_polynomial import Integers
from ..counting.counts import kernel_counts
from .mixes import Mixes

__all__ = ["BatchedCounts", "batched_counts"]

Mask: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, repr=False)
class BatchedCounts(Series):
    """Modes relative to the unit circle, a row for each mix.

    Attributes
    ----------
    inside, on_circle, outside : int array of shape (N,)
        Exact, with multiplicity, adding up to L - 1 of the row; -1 where undecided.
    exact : bool array of shape (N,)
        Whether the exact engines were asked, because doubles left the row open.

    Examples
    --------
    >>> from stabkit import batched_counts
    >>> found = batched_counts([2, 3], [0, 1, 2], [[1, 1]] * 3)
    >>> [(row["on_circle"].item(), row["outside"].item()) for row in found]
    [(0, 2), (2, 0), (0, 0)]
    """

    inside: Integers
    on_circle: Integers
    outside: Integers
    exact: Mask

    @property
    def decided(self) -> Mask:
        """Which rows have counts."""
        return np.asarray(self.outside >= 0)

    @property
    def stable(self) -> Mask:
        """Which rows are proved stable."""
        return (self.outside == 0) & (self.on_circle == 0)


def batched_counts(lengths: ArrayLike, inputs: ArrayLike, weights: ArrayLike) -> BatchedCounts:
    """Count the modes inside, on and outside the unit circle, for many mixes at once.

    Parameters
    ----------
    lengths : array of int, shape (K,)
        Decode lengths in steps, at least 1, in any order; the same for all mixes.
    inputs : array of int, shape (N,) or (N, K)
        Input lengths in tokens, at least 0: one for each mix, or one for each class.
    weights : array of int, shape (N, K)
        Shares times any positive number. A class of weight 0 is absent, and L is the longest
        decode length that is not.

    Returns
    -------
    BatchedCounts
        What `unit_circle_counts` finds for every row; beyond its reach a row is undecided.

    Raises
    ------
    InvalidArgument
        If an argument has other numbers or another shape.

    Examples
    --------
    >>> import numpy as np
    >>> inputs, weights = np.arange(5, 15), np.ones((10, 2), int)
    >>> batched_counts([3, 5], inputs, weights).outside.tolist()  # s* = 9.82
    [2, 2, 2, 2, 2, 0, 0, 0, 0, 0]
    """
    mixes = Mixes.of(lengths, inputs, weights)
    counts = np.full((3, len(mixes)), -1)
    for row in range(len(mixes)):
        found = kernel_counts(mixes.kernel(row))
        if found.inside is not None:
            counts[:, row] = found.inside, found.on_circle, found.outside
    return BatchedCounts(counts[0], counts[1], counts[2], np.ones(len(mixes), bool))
