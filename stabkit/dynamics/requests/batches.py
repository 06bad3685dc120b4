"""Long-run means with confidence intervals, from one run: batch means.

The rows of a run are cut into m = 20 batches of equal length, after the first tenth, which is left
out as start-up. Batches that are long beside the correlation time have nearly independent, nearly
normal means Y_1, ..., Y_m, so that

    mean(Y) ± t sqrt( sum (Y_i - mean(Y))² / (m (m - 1)) ),    t = 2.093, the .975 quantile
                                                              of Student's t with 19 degrees

covers the long-run mean with probability 95 % in the limit of long runs (Law & Kelton, Simulation
Modeling and Analysis, 9.5.3). The same for a smooth function f of several means, by the jackknife:
Y_i there are the pseudo-values m f(all) - (m - 1) f(all but batch i), which for a mean are the
batch means themselves, and for a ratio of means its standard interval.

Runs of unknown length keep 10,240 sums at most: those of neighbours are added when there are more.
*Not checked*: whether the run was long enough, or stationary. An interval of a run that is shorter
than some hundred correlation times is too narrow.

References
----------
B. Schmeiser, "Batch size effects in the analysis of simulation output", Operations Research 30,
1982: 10 to 30 batches are enough. R. G. Miller, "The jackknife: a review", Biometrika 61, 1974.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...records import Record

__all__ = ["Batches", "Estimate"]

_BATCHES = 20
_STUDENT = 2.093024054408263  # .975 quantile, 19 degrees of freedom
_MOST_SUMS = 10_240


@dataclass(frozen=True, repr=False)
class Estimate(Record):
    """A long-run mean with its 95 % confidence interval.

    Attributes
    ----------
    value : float
    low, high : float
        The interval; both nan where the run was too short for one.

    Examples
    --------
    >>> from stabkit import Workload, compare_policies
    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> found = compare_policies(mix, ["greedy"], steps=500).policies[0].whole.throughput
    >>> found.low < found.value < found.high < 1
    True
    """

    value: float
    low: float
    high: float


class Batches:
    """Sums over consecutive rows, from which long-run means are estimated.

    * `width`: numbers in a row.

    >>> batches = Batches(1)
    >>> batches.add(np.arange(100.0)[:, None] % 2)
    >>> batches.estimate(lambda means: means[0])
    Estimate(value=0.5, low=0.5, high=0.5)
    """

    def __init__(self, width: int) -> None:
        self._rows = 1  # in each sum
        self._sums = np.empty((0, width))
        self._open, self._filled = np.zeros(width), 0  # the sum that is not full, and its rows

    def add(self, rows: NDArray[Any]) -> None:
        """Take in rows, in their order."""
        first = min(len(rows), self._rows - self._filled)
        self._open = self._open + rows[:first].sum(axis=0)
        self._filled += first
        if self._filled < self._rows:
            return
        rest = rows[first:]
        whole = len(rest) // self._rows
        cut = whole * self._rows
        sums = rest[:cut].reshape(whole, self._rows, len(self._open)).sum(axis=1)
        self._sums = np.concatenate([self._sums, self._open[None], sums])
        self._open, self._filled = rest[cut:].sum(axis=0), len(rest) - cut
        while len(self._sums) > _MOST_SUMS:
            self._double()

    def _double(self) -> None:
        paired = len(self._sums) // 2 * 2
        for left in self._sums[paired:]:
            self._open, self._filled = self._open + left, self._filled + self._rows
        self._sums = self._sums[:paired].reshape(-1, 2, self._sums.shape[1]).sum(axis=1)
        self._rows *= 2

    def means(self) -> NDArray[Any]:
        """Return the means of the batches, shape (20, width); fewer than 20 rows: none."""
        kept = len(self._sums) - len(self._sums) // 10
        size = kept // _BATCHES
        used = self._sums[len(self._sums) - size * _BATCHES :]
        shape = (_BATCHES if size else 0, max(size, 1), used.shape[1])
        means: NDArray[Any] = used.reshape(shape).mean(axis=1) / self._rows
        return means

    def estimate(self, function: Callable[[NDArray[Any]], Any]) -> Estimate:
        """Estimate a smooth function of the long-run means.

        * `function`: of an array of the means of a row.
        """
        means = self.means()
        if not len(means):
            return Estimate(math.nan, math.nan, math.nan)
        total, m = means.sum(axis=0), _BATCHES
        with np.errstate(divide="ignore", invalid="ignore"):
            value = float(function(total / m))
            without = np.array([function((total - one) / (m - 1)) for one in means], float)
            half = _STUDENT * (m - 1) / math.sqrt(m) * float(without.std(ddof=1))
        return Estimate(value, value - half, value + half)
