"""Mixes of the same decode lengths, one in each row of two arrays.

With K decode lengths l_k and N rows of inputs s_k and weights w_k, all of them integers, the row's
kernel times the sum of its weights is

    g_m = sum_k w_k (s_k + m + 1) 1{m < l_k},  0 <= m < L,

L the longest decode length of positive weight. Its coefficients are positive integers. A row of
sum_k w_k (s_k + l_k + 1) < 2^52 is *narrow*: doubles hold these coefficients exactly, and those of
(1 - z)^2 G(z), of which that of z is the largest, less than twice the sum.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from numbers import Integral
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import ArgumentTypeError, InvalidArgument, shown
from ...model.kernel import MemoryKernel
from ...model.numbers import LARGEST_DECODE_LENGTH, LARGEST_INPUT_LENGTH
from ..circle.fourier import UNIT_ROUNDOFF
from ..circle.sparse_polynomial import Floats, Integers

__all__ = ["Mask", "Mixes", "scaled"]

Mask: TypeAlias = NDArray[np.bool_]

_LARGEST_NARROW = 2**52
_AT_ONCE = 2**15  # coefficients at a time


@dataclass(frozen=True)
class Mixes:
    """N mixes of the same K decode lengths.

    * `lengths` (int array of shape (K,)): ascending; equal ones stay apart.
    * `inputs`, `weights` (int array of shape (N, K)): tokens, and shares times any positive number;
      Python's integers where 64 bits are too few.
    """

    lengths: Integers
    inputs: NDArray[Any]
    weights: NDArray[Any]

    @classmethod
    def of(cls, lengths: ArrayLike, inputs: ArrayLike, weights: ArrayLike) -> Mixes:
        """Return the mixes of three arguments of any order of lengths.

        Raises InvalidArgument if they are no integers, of other shapes, or outside their domains.
        """
        steps = _whole(lengths, "lengths", 1, LARGEST_DECODE_LENGTH)
        shares = _whole(weights, "weights", 0)
        tokens = _whole(inputs, "inputs", 0, LARGEST_INPUT_LENGTH)
        if steps.ndim != 1 or not len(steps):
            raise InvalidArgument(f"'lengths' must be a row of numbers, not {shown(lengths)}.")
        if shares.shape == (0,):  # no rows, as a list
            shares = shares.reshape(0, len(steps))
        if shares.ndim != 2 or shares.shape[1] != len(steps):
            _refuse_shape("weights", f"N rows of {len(steps)} numbers", shares)
        if tokens.shape not in (shares.shape, shares.shape[:1]):
            wanted = "one number for each row of 'weights', or rows like those"
            _refuse_shape("inputs", wanted, tokens)
        if not np.all(np.any(shares > 0, axis=1)):
            raise InvalidArgument("'weights' must have a positive number in every row.")
        if tokens.ndim == 1:
            tokens = np.broadcast_to(tokens[:, None], shares.shape)
        order = np.argsort(steps, kind="stable")
        return cls(steps[order].astype(np.int64), tokens[:, order], shares[:, order])

    def __len__(self) -> int:
        return len(self.weights)

    @cached_property
    def longest(self) -> Integers:
        """L of every row."""
        present = self.weights > 0
        last = len(self.lengths) - 1 - np.argmax(present[:, ::-1], axis=1)
        return np.asarray(self.lengths[last])

    @cached_property
    def single(self) -> Mask:
        """Which rows have one decode length alone."""
        shorter = self.lengths < self.longest[:, None]
        return np.asarray(~np.any((self.weights > 0) & shorter, axis=1))

    @cached_property
    def certain(self) -> Mask:
        """Which rows have requests of one kind alone."""
        present = self.weights > 0
        first = np.argmax(present, axis=1)[:, None]
        unlike = self.inputs != np.take_along_axis(self.inputs, first, axis=1)
        return np.asarray(self.single & ~np.any(present & unlike, axis=1))

    @cached_property
    def narrow(self) -> Mask:
        """Which rows are narrow."""
        tokens = self.inputs.astype(float) + (self.lengths + 1)
        sizes = np.sum(np.minimum(self.weights, _LARGEST_NARROW).astype(float) * tokens, axis=1)
        return np.asarray(sizes * (1 + 4 * len(self.lengths) * UNIT_ROUNDOFF) < _LARGEST_NARROW)

    def only(self, rows: Integers) -> Mixes:
        """Return the mixes of some rows."""
        return Mixes(self.lengths, self.inputs[rows], self.weights[rows])

    def groups(self, rows: Integers, longest: int, power: int = 1) -> Iterator[Integers]:
        """Yield those of the rows of the same L up to `longest`, of few numbers, L^`power` each."""
        for length in np.unique(self.longest[rows]).tolist():
            if length <= longest:
                same, many = rows[self.longest[rows] == length], max(1, _AT_ONCE // length**power)
                yield from np.split(same, range(many, len(same), many))

    def coefficients(self, rows: Integers) -> Floats:
        """Return g_0, ..., g_(L-1) of narrow rows of the same L, a column for each."""
        weights = self.weights[rows].T.astype(float)
        totals = weights * self.inputs[rows].T.astype(float)
        shares, held = (_tails(each) for each in (weights, totals))
        stages = np.arange(self.longest[rows[0]])
        ahead = np.searchsorted(self.lengths, stages, side="right")
        kernels: Floats = shares[ahead] * (stages[:, None] + 1.0) + held[ahead]
        return kernels

    def closed_forms(self, rows: Integers) -> tuple[Integers, Floats]:
        """Return (1 - z)^2 G(z) of such rows: the exponents of its terms, a row of each."""
        weights = self.weights[rows].astype(float)
        totals = weights * self.inputs[rows].astype(float)
        lengths, first = np.unique(self.lengths, return_index=True)
        lengths = lengths[lengths <= self.longest[rows[0]]]
        shares, held = (np.add.reduceat(each, first, axis=1) for each in (weights, totals))
        shares, held = shares[:, : len(lengths)], held[:, : len(lengths)]
        terms = np.zeros((len(rows), int(lengths[-1]) + 2))
        terms[:, 0], terms[:, 1] = shares.sum(axis=1) + held.sum(axis=1), -held.sum(axis=1)
        terms[:, lengths] -= held + (lengths + 1) * shares
        terms[:, lengths + 1] += held + lengths * shares
        exponents = np.unique([0, 1, *lengths, *(lengths + 1)])
        return exponents, terms[:, exponents]

    def kernel(self, row: int) -> MemoryKernel:
        """Return the kernel of one row, exact."""
        merged: dict[int, tuple[int, int]] = {}
        columns = (array.tolist() for array in (self.lengths, self.weights[row], self.inputs[row]))
        for n, w, s in zip(*columns, strict=True):
            if w:
                share, held = merged.get(n, (0, 0))
                merged[n] = (share + w, held + w * s)
        shares, totals = zip(*merged.values(), strict=True)
        return MemoryKernel.of_totals(list(merged), shares, totals)


def scaled(rows: Floats, axis: int) -> Floats:
    """Return the numbers along an axis over a power of two, so that the largest is in [1/2, 1)."""
    _, exponents = np.frexp(np.max(np.abs(rows), axis=axis, keepdims=True))
    quotients: Floats = np.ldexp(rows, -exponents)
    return quotients


def _tails(terms: Floats) -> Floats:
    """Return the sums of the terms from each row on, which are exact for integers up to 2^53."""
    tails: Floats = np.cumsum(terms[::-1], axis=0)[::-1]
    return tails


def _whole(values: ArrayLike, name: str, least: int, most: int | None = None) -> NDArray[Any]:
    """Return an array of integers between `least` and `most`."""
    array = _integers(values)
    if array is None:
        raise ArgumentTypeError(f"{name!r} must be integers, not {shown(values)}.")
    if array.size and array.min() < least:
        raise InvalidArgument(f"{name!r} must be at least {least}, not {array.min()}.")
    if most and array.size and array.max() > most:
        raise InvalidArgument(f"{name!r} must be at most {most}, not {array.max()}.")
    return array.astype(np.int64 if np.all(array < 2**63) else object)


def _integers(values: ArrayLike) -> NDArray[Any] | None:
    """Return an array of integers, of Python's own unless numpy has a type for all of them."""
    try:
        array = np.asarray(values)
        if array.dtype.kind in "iu":
            return array
        array = np.asarray(values, dtype=object)  # of 2^63 and 1, too, numpy makes floats
    except ValueError:  # rows of different lengths
        return None
    numbers = array.ravel().tolist()
    if not all(isinstance(n, Integral) and not isinstance(n, bool) for n in numbers):
        return None
    return np.array([int(n) for n in numbers], dtype=object).reshape(array.shape)


def _refuse_shape(name: str, wanted: str, array: NDArray[Any]) -> None:
    raise InvalidArgument(f"{name!r} must be {wanted}, not an array of shape {array.shape}.")
