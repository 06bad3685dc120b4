"""How many modes of each of many mixes are inside, on and outside the unit circle.

Four stages, each for the rows that the one before left open:

1. one decode length: every mode is outside (Enestrom-Kakeya, R5);
2. up to L = 30, the Schur-Cohn recursion in doubles (`recursion`);
3. up to L = 1,024, winding numbers in doubles (`winding`);
4. the exact engines (`stabkit.spectrum.counting`), a row at a time.

References
----------
docs/model.md, Stability, R5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...records import Series
from ..circle.sparse_polynomial import Integers
from ..counting.counts import kernel_counts
from .mixes import Mask, Mixes, scaled
from .recursion import zeros_by_recursion
from .winding import zeros_by_winding

__all__ = ["BatchedCounts", "batched_counts", "mixes_counts"]

_LONGEST_RECURSION = 30  # beyond, its bounds leave most rows open
_LONGEST_WINDING = 1_024  # beyond, the winding number of a row alone is as fast
_OPEN = -1


@dataclass(frozen=True, eq=False, repr=False)
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
        return np.asarray(self.outside >= 0, dtype=bool)

    @property
    def stable(self) -> Mask:
        """Which rows are proved stable."""
        return np.asarray((self.outside == 0) & (self.on_circle == 0), dtype=bool)


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
        The counts that `unit_circle_counts` finds for every row. A certificate without counts is
        not kept: such a row is undecided, like those beyond its reach.

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
    return mixes_counts(Mixes.of(lengths, inputs, weights))


def mixes_counts(mixes: Mixes) -> BatchedCounts:
    """Return `batched_counts` of arrays that are read."""
    within = np.full(len(mixes), _OPEN)
    on_circle = np.zeros(len(mixes), np.int64)
    within[mixes.single] = mixes.longest[mixes.single] - 1
    for rows in mixes.groups(np.flatnonzero(~mixes.single & mixes.narrow), _LONGEST_WINDING):
        within[rows] = _zeros_within(mixes, rows)
    exact = within == _OPEN
    for row in np.flatnonzero(exact).tolist():
        found = kernel_counts(mixes.kernel(row))
        if found.outside is not None and found.on_circle is not None:
            within[row], on_circle[row] = found.outside, found.on_circle
    inside = np.where(within == _OPEN, _OPEN, mixes.longest - 1 - on_circle - within)
    return BatchedCounts(inside, np.where(within == _OPEN, _OPEN, on_circle), within, exact)


def _zeros_within(mixes: Mixes, rows: Integers) -> Integers:
    """Return the zeros of G in the disc, by the recursion and then by winding numbers."""
    longest = int(mixes.longest[rows[0]])
    within = np.full(len(rows), _OPEN)
    if longest <= _LONGEST_RECURSION:
        kernels = mixes.coefficients(rows)
        within = zeros_by_recursion(scaled(kernels, axis=0), np.zeros_like(kernels))
    left = np.flatnonzero(within == _OPEN)
    if len(left) and longest > 2:
        exponents, terms = mixes.closed_forms(rows[left])
        within[left] = zeros_by_winding(exponents, scaled(terms, axis=1))
    return within
