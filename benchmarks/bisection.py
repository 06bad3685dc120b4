"""Thresholds as one finds them without a D-partition: doubling and bisection of the input length.

The count of unstable modes is taken some sixty times, by another solver's method. That answers to
eight digits where the count is monotone and right; it proves nothing about stability beyond, and
sees no other stable interval.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial

import numpy as np

from benchmarks.mixes import Mix
from benchmarks.solvers import Solver
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.counting.isolation import isolated_disc_counts

__all__ = ["FLINT_BISECTION", "NUMPY_BISECTION"]

_HALVINGS = 28  # 2^-28 < 10^-8


def _threshold(count: Callable[[Sequence[int]], int], mix: Mix) -> float:
    high = Fraction(1)
    while count(_coefficients(mix, high)):
        high *= 2
    low = high / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if count(_coefficients(mix, middle)):
            low = middle
        else:
            high = middle
    return float(high)


def _coefficients(mix: Mix, s: Fraction) -> Sequence[int]:
    """Return the integer coefficients of the characteristic polynomial at the common input s."""
    a, b = s.numerator, s.denominator
    kernel = mix.kernel
    shares = tuple(b * w for w in kernel.shares)
    inputs = tuple(a * w for w in kernel.shares)
    moved: MemoryKernel = replace(
        kernel, denominator=b * kernel.denominator, shares=shares, inputs=inputs
    )
    return moved.coefficients


def _count_in_doubles(coefficients: Sequence[int]) -> int:
    return int(np.sum(np.abs(np.roots(np.array(coefficients, dtype=float))) > 1))


def _count_by_isolation(coefficients: Sequence[int]) -> int:
    return isolated_disc_counts(coefficients)[0]


NUMPY_BISECTION = Solver(
    "numpy.roots, bisection", partial(_threshold, _count_in_doubles), 479, "minutes", 199
)
FLINT_BISECTION = Solver(
    "FLINT, bisection", partial(_threshold, _count_by_isolation), 199, "minutes", 74
)
