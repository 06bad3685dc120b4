"""Thresholds as one finds them without a D-partition: doubling and bisection of the input length.

The count of unstable modes is taken some sixty times, by another solver's method. That answers to
eight digits where the count is monotone and right; it proves nothing about stability beyond, and
sees no other stable interval.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np

from benchmarks.mixes import Mix
from benchmarks.solvers import Solver
from stabkit import Workload, unit_circle_counts

__all__ = ["FLINT_BISECTION", "NUMPY_BISECTION"]

_HALVINGS = 28  # 2^-28 < 10^-8


def _threshold(count: Callable[[Mix], int | None], mix: Mix) -> float:
    high = Fraction(1)
    while count(_moved(mix, high)):
        high *= 2
    low = high / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if count(_moved(mix, middle)):
            low = middle
        else:
            high = middle
    return float(high)


def _moved(mix: Mix, s: Fraction) -> Mix:
    """Return the mix with the common input s; its number of unstable modes is not known."""
    classes = [(s, c.decode_length, c.share) for c in mix.workload.classes]
    return replace(mix, workload=Workload.from_classes(classes))


def _count_in_doubles(mix: Mix) -> int:
    return int(np.sum(np.abs(np.roots(np.array(mix.coefficients, dtype=float))) > 1))


def _count_by_isolation(mix: Mix) -> int | None:
    return unit_circle_counts(mix.workload, "flint").outside


NUMPY_BISECTION = Solver(
    "numpy.roots, bisection", partial(_threshold, _count_in_doubles), 479, "minutes", 199
)
FLINT_BISECTION = Solver(
    "FLINT, bisection", partial(_threshold, _count_by_isolation), 199, "minutes", 74
)
