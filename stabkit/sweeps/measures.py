"""What a sweep can find of a mix: the columns, how they are computed, about how long it takes.

Counts and spectral radii of greedy admission are found in arrays, many mixes at once; what else is
asked for, and those under another policy or of inputs that are no integers, mix by mix. A mix that
is refused, because its capacity does not hold every request, say, has nulls there, and the reason.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np

from ..analysis.operations.closed_loops import closed_loop
from ..analysis.operations.finite import finite_server
from ..analysis.verdict.analysis import ThresholdSummary
from ..analysis.verdict.analyze import endpoint, mode_summary, threshold_summary
from ..analysis.verdict.crosscheck import cross_check
from ..dynamics.long_run import long_run
from ..errors import StabkitError
from ..model.kernel import MemoryKernel
from ..model.workload import Workload
from ..spectrum.batched.counts import batched_counts
from ..spectrum.batched.radii import batched_radii
from ..spectrum.counting.counts import unit_circle_counts
from ..spectrum.partition.d_partition import CountInterval
from ..spectrum.partition.threshold import threshold
from ..spectrum.roots.dominant import kernel_modes
from ..spectrum.roots.spectral_radius import spectral_radius
from .cells import GREEDY, Cell, Cells

__all__ = ["MEASURES", "Column", "Measure", "columns_of", "measured"]

_DIGITS = 20
_REMEMBERED = 4096
Values = dict[str, Any]


@dataclass(frozen=True)
class Column:
    """One column of the parts.

    Attributes
    ----------
    kind : str
        "integer", "real", "truth", "text", "intervals" or "counted intervals".
    meaning : str
        With its unit, and when it is null.
    """

    kind: str
    meaning: str


@dataclass(frozen=True)
class Measure:
    """One word of ``compute``.

    Attributes
    ----------
    columns : mapping of str to Column
    seconds : callable
        About what a row takes on one core, of its longest decode length.
    find : callable
        The values of one mix.
    """

    columns: Mapping[str, Column]
    seconds: Callable[[int], float]
    find: Callable[[Cell], Values]


def columns_of(compute: Iterable[str], cells: Cells) -> dict[str, Column]:
    """Return all columns of results, in their order."""
    words = compute if cells.line is None else ["line"]
    columns = {name: c for word in words for name, c in _MEASURE[word].columns.items()}
    return {**columns, "reason": _REASON}


def measured(compute: Sequence[str], cells: Cells, start: int, stop: int) -> dict[str, list[Any]]:
    """Return the results of rows from `start` up to `stop`, by column; None where there is none."""
    found: dict[str, list[Any]] = {
        name: [None] * (stop - start) for name in columns_of(compute, cells)
    }
    wanted: dict[int, list[str]] = defaultdict(list)
    for word in compute if cells.line is None else ["line"]:
        left: Iterable[int] = range(start, stop)
        if word in _AT_ONCE and not cells.has_policies:
            left = _AT_ONCE[word](cells, start, stop, found)
        for row in left:
            wanted[row].append(word)
    for row, words in wanted.items():
        try:
            cell = cells.cell(row)
            for word in words:
                for name, value in _MEASURE[word].find(cell).items():
                    found[name][row - start] = value
        except StabkitError as failure:
            found["reason"][row - start] = str(failure)
    return found


def _counted(cells: Cells, start: int, stop: int, found: dict[str, list[Any]]) -> list[int]:
    """Fill in the counts of mixes that can be counted together; return the rows that are left."""
    inside, on_circle, outside = counts = np.full((3, stop - start), -1)
    for batch in cells.batches(start, stop):
        given = batched_counts(batch.lengths, batch.inputs, batch.weights)
        counts[:, batch.rows] = given.inside, given.on_circle, given.outside
    verdicts = np.where(outside > 0, "unstable", np.where(on_circle > 0, "marginal", "stable"))
    left = np.flatnonzero(outside < 0)
    columns = (verdicts, np.ones(stop - start, bool), inside, on_circle, outside)
    for name, column in zip(_COUNTS, columns, strict=True):
        found[name] = column.tolist()
        for row in left:
            found[name][row] = None
    return [start + int(row) for row in left]


def _radii(cells: Cells, start: int, stop: int, found: dict[str, list[Any]]) -> list[int]:
    """Fill in the spectral radii of mixes that can be taken together; return the rows left."""
    values, errors = radii = np.full((2, stop - start), np.nan)
    for batch in cells.batches(start, stop):
        given = batched_radii(batch.lengths, batch.inputs, batch.weights)
        radii[:, batch.rows] = given.values, given.errors
    values[values == 0] = np.nan  # L = 1: there is no mode
    left = np.flatnonzero(np.isnan(values))
    for name, column in zip(_RADIUS, (values, errors), strict=True):
        found[name] = column.tolist()
        for row in left:
            found[name][row] = None
    return [start + int(row) for row in left]


def _counts(cell: Cell) -> Values:
    if cell.policy == GREEDY:
        counts = unit_circle_counts(cell.mix)
        verdict: str | None = counts.verdict
    else:
        loop = closed_loop(cell.mix, cell.policy)
        verdict = loop.verdict
        if loop.counts is None:
            return {"verdict": verdict, "reason": loop.reason}
        counts = loop.counts
    found = verdict, counts.certified, counts.inside, counts.on_circle, counts.outside
    return dict(zip(_COUNTS, found, strict=True))


def _radius(cell: Cell) -> Values:
    if cell.policy != GREEDY:
        radius = closed_loop(cell.mix, cell.policy).spectral_radius
    else:
        kernel = MemoryKernel.of(cell.mix)
        modes = kernel_modes(kernel, 2, _DIGITS) if kernel.length > 1 else []
        radius = spectral_radius(kernel, modes, _DIGITS, unit_circle_counts(cell.mix).verdict)
    if radius is None:
        return {}
    value = float((radius.low + radius.high) / 2)
    error = max(radius.high - Fraction(value), Fraction(value) - radius.low)
    return dict(zip(_RADIUS, (value, math.nextafter(float(error), math.inf)), strict=True))


def _threshold(cell: Cell) -> Values:
    found = _common_line(tuple((c.decode_length, c.share) for c in cell.mix.classes))
    if found is None:
        return {"reason": "the thresholds were not found within the bounds of stabkit.analyze"}
    return {
        "threshold": _real(found.input_length),
        "sufficient_input_length": _real(found.sufficient_input_length),
        "stable_intervals": [_ends(low, high) for low, high in found.stable_intervals],
    }


@lru_cache(_REMEMBERED)
def _common_line(lengths: tuple[tuple[int, Fraction], ...]) -> ThresholdSummary | None:
    """Return the thresholds of a common input, of which the own inputs are no part."""
    return threshold_summary(Workload.from_classes([(0, n, share) for n, share in lengths]))


def _along_the_line(cell: Cell) -> Values:
    found = threshold(cell.mix, cell.along)
    return {
        "threshold": None if found.threshold is None else float(found.threshold),
        "intervals": [_interval(part) for part in found.intervals],
        "complete": found.complete,
        "reason": found.reason or None,
    }


def _interval(part: CountInterval) -> Values:
    low, high = (None if end is None else endpoint(end) for end in (part.low, part.high))
    return {**_ends(low or "0", high), "unstable": part.unstable, "verdict": part.verdict}


def _ends(low: str, high: str | None) -> Values:
    """Return the ends in doubles and as they are proved: a fraction, or a decimal's own digits."""
    return {"low": _real(low), "high": _real(high), "low_exact": low, "high_exact": high}


def _real(text: str | None) -> float | None:
    return None if text is None else float(Fraction(text))


def _finite(cell: Cell) -> Values:
    server = finite_server(cell.mix)
    v = server.fano_factor
    return {
        "admissions_per_step": float(server.admissions),
        "fano_factor": None if v is None else float(v if isinstance(v, Fraction) else v.low),
        **{name: getattr(server, name) for name in _FINITE if hasattr(server, name)},
        "reason": server.reason,
    }


def _cross_check(cell: Cell) -> Values:
    empty = long_run(cell.mix, policy=cell.policy)
    found: Values = {
        "from_empty_ratio": empty.throughput_ratio,
        "from_empty_evictions_per_step": empty.evictions_per_step,
        "reason": empty.reason if empty.throughput_ratio is None else None,
    }
    if cell.policy != GREEDY:
        return found
    kernel = MemoryKernel.of(cell.mix)
    modes = kernel_modes(kernel, 1, 2 * _DIGITS) if kernel.length > 1 else []
    verdict = unit_circle_counts(cell.mix).verdict
    near = cross_check(cell.mix, verdict, [mode_summary(mode) for mode in modes or []], empty)
    return found | {name: getattr(near, name) for name in (*_NEAR, "reason")}


_REASON = Column("text", "Why figures of this row are null; null where nothing is to be said.")
_COUNTS = {
    "verdict": Column(
        "text", "stable, unstable, marginal or undecided; null where the closed loop is not linear."
    ),
    "certified": Column("truth", "Whether the verdict is proved."),
    "inside": Column("integer", "Modes inside the unit circle; null where they are not counted."),
    "on_circle": Column("integer", "Modes on it; null with inside."),
    "outside": Column("integer", "Unstable modes; null with inside."),
}
_RADIUS = {
    "spectral_radius": Column(
        "real", "max |λ|, a factor per step; null at L = 1, and where nothing is proved."
    ),
    "spectral_radius_error": Column("real", "|value - max |λ|| is at most this, proved."),
}
_THRESHOLD = {
    "threshold": Column("real", "s*, in tokens; null if there is none or it is infinite."),
    "sufficient_input_length": Column("real", "s°, in tokens; null where it was not found."),
    "stable_intervals": Column("intervals", "All stable common inputs, in tokens."),
}
_LINE = {
    "threshold": _THRESHOLD["threshold"],
    "intervals": Column("counted intervals", "The line between its crossings, in tokens."),
    "complete": Column("truth", "Whether all crossings are proved to be found."),
}
_FINITE = {
    "admissions_per_step": Column("real", "a*, in requests per step."),
    "fano_factor": Column("real", "V, dimensionless; null unless it is stable."),
    "admissions_cv": Column("real", "Coefficient of variation; null unless it is stable."),
    "visible": Column("truth", "Whether the verdict is seen through the noise (R15)."),
    "evict_probability": Column("real", "Of a step to evict (R16); null outside its domain."),
    "evicted_per_step": Column("real", "Requests per step (R16); null outside its domain."),
}
_NEAR = {
    "agrees": Column("truth", "Whether the simulator agrees; null where nothing is compared."),
    "growth_predicted": Column("real", "Factor per step: the spectral radius."),
    "growth_measured": Column("real", "Factor per step, fitted; null where it cannot be."),
    "throughput_ratio": Column("real", "Tokens over a* μ, from near the equilibrium."),
    "request_ratio": Column("real", "Completed requests over a*, in the same run."),
    "wasted_token_fraction": Column("real", "Decode steps lost to evictions, in the same run."),
    "evictions_per_step": Column("real", "Requests per step, in the same run."),
}
_CROSS_CHECK = _NEAR | {
    "from_empty_ratio": Column("real", "Tokens over a* μ, from the empty memory."),
    "from_empty_evictions_per_step": Column("real", "Requests per step, in that run."),
}
# Seconds were measured on a core of 2.5 GHz; they size the chunks, and promise nothing.
MEASURES = {
    "counts": Measure(_COUNTS, lambda longest: 2e-6 + 1e-6 * longest, _counts),
    "radius": Measure(_RADIUS, lambda longest: 1e-5 * longest if longest <= 64 else 1e-2, _radius),
    "threshold": Measure(_THRESHOLD, lambda longest: 1e-2 + 2e-4 * longest, _threshold),
    "finite": Measure(_FINITE, lambda longest: 5e-4 + 2e-6 * longest, _finite),
    "cross-check": Measure(_CROSS_CHECK, lambda longest: 0.2 + 1e-4 * longest, _cross_check),
}
_AT_ONCE = {"counts": _counted, "radius": _radii}
_MEASURE = MEASURES | {
    "line": Measure(_LINE, MEASURES["threshold"].seconds, _along_the_line),
}
