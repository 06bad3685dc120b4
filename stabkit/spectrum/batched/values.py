"""Numbers of many mixes, each with a proved bound of its error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from ...records import Series
from ..circle.fourier import UNIT_ROUNDOFF
from ..circle.sparse_polynomial import Floats

__all__ = ["BatchedValues"]


@dataclass(frozen=True, eq=False, repr=False)
class BatchedValues(Series):
    """A number for each of many mixes, and how far it may be from the exact one.

    Attributes
    ----------
    values : float array of shape (N,)
        NaN where nothing is proved.
    errors : float array of shape (N,)
        |value - exact number| is at most this, by a proof; NaN beside NaN.

    Examples
    --------
    >>> from stabkit import batched_radii
    >>> found = batched_radii([1, 2], [1, 5], [[1, 1]] * 2)  # the modes are -3/4 and -7/12
    >>> bool(abs(found.values[0] - 3 / 4) <= found.errors[0] < 1e-14)
    True
    """

    values: Floats
    errors: Floats

    @classmethod
    def between(cls, low: Floats, high: Floats) -> Self:
        """Return the middles of intervals from `low` to `high`, not negative, of exact numbers."""
        values = low / 2 + high / 2
        errors = ((high - low) / 2 + 2 * UNIT_ROUNDOFF * high) * (1 + 4 * UNIT_ROUNDOFF)
        errors = np.where(np.isfinite(errors), errors, np.nan)
        return cls(np.where(np.isnan(errors), np.nan, values), errors)
