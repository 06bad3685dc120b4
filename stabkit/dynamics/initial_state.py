"""Initial states that come in: read, checked, and recognised where they are of product form.

A state is ``counts[k][j]``, the requests of class k in stage j, 0 <= j < l_k. It is of product form
if counts[k][j] = p_k y_j for some cohorts y (R11): exactly so, or in floats up to their rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from ..errors import ArgumentTypeError, InvalidArgument, shown
from ..model.numbers import LARGEST_CAPACITY, exact_rational, rational_argument
from ..model.workload import Workload
from .capacity import equilibrium_admissions
from .product_form import FULL_TO_ROUNDING
from .trajectory import Arithmetic, State

__all__ = ["cohorts_of", "read_counts", "whole_equilibrium"]


def whole_equilibrium(mix: Workload) -> State:
    """Return floor(p_k a*) whole requests for every class and stage: the equilibrium or less."""
    admissions = equilibrium_admissions(mix)
    return [[int(c.share * admissions)] * c.decode_length for c in mix.classes]


def read_counts(state: Any, mix: Workload, arithmetic: Arithmetic) -> State:
    """Return the counts that `state` denotes, in the given arithmetic.

    * `state` (sequence of K sequences of l_k numbers): lists, tuples or numpy arrays; counts from 0
      to 10^18, which no capacity can exceed. Every number may take any of the forms of
      `exact_rational`; whole for ``"integer"``.
    * `arithmetic`: {"float", "exact", "integer"}.

    Raises InvalidArgument if the shape is wrong, or a count is not a number of that kind.
    """
    rows = _sequence(state, len(mix.classes), "'state'", "lists of counts, one per class")
    return [
        _read_row(
            _sequence(row, c.decode_length, f"'state' of class {k}", "counts, one per stage"),
            arithmetic,
            k,
        )
        for k, (row, c) in enumerate(zip(rows, mix.classes, strict=True), start=1)
    ]


def cohorts_of(counts: State, mix: Workload, arithmetic: Arithmetic) -> list[Any] | None:
    """Return the cohorts y with counts[k][j] = p_k y_j, or None if there are none."""
    longest = max(range(len(counts)), key=lambda k: len(counts[k]))
    exact = arithmetic == "exact"
    shares = [c.share if exact else float(c.share) for c in mix.classes]
    cohorts = [count / shares[longest] for count in counts[longest]]
    rounding = 0 if exact else FULL_TO_ROUNDING
    for share, row in zip(shares, counts, strict=True):
        for count, cohort in zip(row, cohorts, strict=False):  # a class uses its first stages only
            if abs(count - share * cohort) > rounding * count:
                return None
    return cohorts


def _sequence(value: Any, length: int, name: str, what: str) -> Sequence[Any]:
    items = value.tolist() if isinstance(value, np.ndarray) else value
    if isinstance(items, (str, bytes)) or not isinstance(items, Sequence):
        raise ArgumentTypeError(f"{name} must be {length} {what}, not {shown(value)}.")
    if len(items) != length:
        raise InvalidArgument(f"{name} must be {length} {what}, not {len(items)}.")
    return items


def _read_row(row: Sequence[Any], arithmetic: Arithmetic, k: int) -> list[Any]:
    # millions of them, most often
    if arithmetic == "float" and all(type(n) is float and 0 <= n <= LARGEST_CAPACITY for n in row):
        return list(row)
    return [_read_count(count, arithmetic, k, j) for j, count in enumerate(row)]


def _read_count(value: Any, arithmetic: Arithmetic, k: int, j: int) -> Any:
    name = f"'state' of class {k} in stage {j}"
    count = _number(value, name)
    if not 0 <= count <= LARGEST_CAPACITY:
        raise InvalidArgument(f"{name} must be between 0 and 10^18 requests, not {shown(value)}.")
    if arithmetic == "float":
        return float(count)
    number = count if isinstance(count, Fraction) else exact_rational(count, name)
    if arithmetic == "exact":
        return number
    if number.denominator != 1:
        raise InvalidArgument(f"{name} must be a whole number of requests, not {shown(value)}.")
    return number.numerator


def _number(value: Any, name: str) -> Fraction | float:
    """Return a float as it is, unless it is not finite, and anything else as a Fraction."""
    if isinstance(value, float) and abs(value) <= LARGEST_CAPACITY:
        return value
    return rational_argument(value, name)
