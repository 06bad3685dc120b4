"""Mixes of the same decode lengths, one in each row of two arrays.

With K decode lengths l_k and N rows of inputs s_k and weights w_k, all of them integers, the row's
kernel times the sum of its weights is

    g_m = sum_k w_k (s_k + m + 1) 1{m < l_k},  0 <= m < L,

L the longest decode length of positive weight. Its coefficients are positive integers. A row of
sum_k w_k (s_k + l_k) < 2^53 is *narrow*: doubles hold its coefficients exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import ArgumentTypeError, InvalidArgument, shown
from ...model.kernel import MemoryKernel
from ..circle.sparse_polynomial import Integers

__all__ = ["Mixes"]

_LARGEST = 2.0**53


@dataclass(frozen=True)
class Mixes:
    """N mixes of the same K decode lengths.

    Attributes
    ----------
    lengths : int array of shape (K,)
        Ascending; equal ones stay apart.
    inputs, weights : int array of shape (N, K)
        Tokens, and shares times any positive number; Python's integers where 64 bits are too few.
    """

    lengths: Integers
    inputs: NDArray[Any]
    weights: NDArray[Any]

    @classmethod
    def of(cls, lengths: ArrayLike, inputs: ArrayLike, weights: ArrayLike) -> Mixes:
        """Return the mixes of three arguments of any order of lengths.

        Raises
        ------
        InvalidArgument
            If they are no integers, of other shapes, or outside their domains.
        """
        steps = _whole(lengths, "lengths", least=1)
        shares = _whole(weights, "weights", least=0)
        tokens = _whole(inputs, "inputs", least=0)
        if steps.ndim != 1 or not len(steps):
            raise InvalidArgument(f"'lengths' must be a row of numbers, not {shown(lengths)}.")
        if shares.ndim != 2 or shares.shape[1] != len(steps):
            _refuse_shape("weights", f"N rows of {len(steps)} numbers", shares)
        if tokens.shape not in (shares.shape, shares.shape[:1]):
            _refuse_shape("inputs", f"{len(shares)} numbers, or rows like 'weights'", tokens)
        if not np.all(np.any(shares > 0, axis=1)):
            raise InvalidArgument("'weights' must have a positive number in every row.")
        if tokens.ndim == 1:
            tokens = np.broadcast_to(tokens[:, None], shares.shape)
        order = np.argsort(steps, kind="stable")
        return cls(steps[order].astype(np.int64), tokens[:, order], shares[:, order])

    def __len__(self) -> int:
        return len(self.weights)

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


def _whole(values: ArrayLike, name: str, least: int) -> NDArray[Any]:
    """Return an array of integers of at least `least`."""
    array = np.asarray(values)
    if array.dtype.kind == "u":
        array = array.astype(np.int64 if np.all(array < 2**63) else object)
    plain = array.dtype.kind == "O" and all(isinstance(n, int) for n in array.ravel())
    if array.dtype.kind != "i" and not plain:
        raise ArgumentTypeError(f"{name!r} must be integers, not {shown(values)}.")
    if array.size and array.min() < least:
        raise InvalidArgument(f"{name!r} must be at least {least}, not {array.min()}.")
    return array


def _refuse_shape(name: str, wanted: str, array: NDArray[Any]) -> None:
    raise InvalidArgument(f"{name!r} must be {wanted}, not an array of shape {array.shape}.")
