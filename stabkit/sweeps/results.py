"""The results of a range of rows.

Counts and spectral radii of greedy admission are found in arrays, many mixes at once; what else is
asked for, and those under another policy or of inputs that are no integers, mix by mix. A mix that
is refused, because its capacity does not hold every request, say, has nulls there, and the reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import StabkitError
from ..spectrum.batched.counts import batched_counts
from ..spectrum.batched.radii import batched_radii
from .measures import COUNTS, RADIUS, columns_of
from .sweep_plan import Cells

__all__ = ["results"]

Results: TypeAlias = dict[str, Any]  # by column, a list or an array


def results(compute: Sequence[str], cells: Cells, start: int, stop: int) -> Results:
    """Return the results of rows from `start` up to `stop`, by column; None where there is none."""
    found: Results = {name: [None] * (stop - start) for name in columns_of(compute, cells.line)}
    wanted: dict[int, list[str]] = defaultdict(list)
    for word in compute if cells.line is None else ["line"]:
        left: Iterable[int] = range(stop - start)
        if word in _AT_ONCE and not cells.has_policies:
            left = _AT_ONCE[word](cells, start, stop, found)
        for place in left:
            wanted[place].append(word)
    for place, words in wanted.items():
        _find(words, cells, start + place, place, found)
    return found


def _find(words: Iterable[str], cells: Cells, row: int, place: int, found: Results) -> None:
    """Fill in the results of one row; what one word refuses stops no other."""
    from .by_row import FIND  # and with it much that counts do not need

    reasons: dict[str, None] = {}
    for word in words:
        try:
            values = FIND[word](cells.cell(row))
        except StabkitError as failure:
            values = {"reason": str(failure)}
        if reason := values.pop("reason", None):
            reasons[reason] = None
        for name, value in values.items():
            found[name][place] = value
    found["reason"][place] = "; ".join(reasons) or None


def _counted(cells: Cells, start: int, stop: int, found: Results) -> list[int]:
    """Fill in the counts of mixes that can be counted together; return the places left."""
    names = ("inside", "on_circle", "outside")
    _, on_circle, outside = counts = np.full((3, stop - start), -1)
    for batch in cells.batches(start, stop):
        given = batched_counts(batch.lengths, batch.inputs, batch.weights)
        counts[:, batch.rows] = [getattr(given, name) for name in names]
    verdicts = np.where(outside > 0, "unstable", np.where(on_circle > 0, "marginal", "stable"))
    columns = (verdicts.astype(object), np.full(stop - start, True), *counts)
    return _fill(found, dict(zip(COUNTS, columns, strict=True)), outside < 0)


def _radii(cells: Cells, start: int, stop: int, found: Results) -> list[int]:
    """Fill in the spectral radii of mixes that can be taken together; return the places left."""
    values, errors = radii = np.full((2, stop - start), np.nan)
    for batch in cells.batches(start, stop):
        given = batched_radii(batch.lengths, batch.inputs, batch.weights)
        radii[:, batch.rows] = given.values, given.errors
    left = np.isnan(values) | (values == 0)  # 0: L = 1, and there is no mode
    return _fill(found, dict(zip(RADIUS, (values, errors), strict=True)), left)


def _fill(found: Results, columns: dict[str, NDArray[Any]], left: NDArray[np.bool_]) -> list[int]:
    """Put columns among the results, as lists with None where rows are left, if there are any."""
    places: list[int] = np.flatnonzero(left).tolist()
    for name, column in columns.items():
        found[name] = column.tolist() if places else column
        for place in places:
            found[name][place] = None
    return places


_AT_ONCE = {"counts": _counted, "radius": _radii}
