"""What a sweep finds mix by mix: the values of the columns of `stabkit.sweeps.measures`."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ..analysis.operations.closed_loops import closed_loop
from ..analysis.operations.finite import finite_server
from ..analysis.verdict.analysis import ThresholdSummary
from ..analysis.verdict.analyze import endpoint, mode_summary, threshold_summary
from ..analysis.verdict.crosscheck import cross_check
from ..dynamics.long_run import long_run
from ..model.enclosure import RealEnclosure
from ..model.kernel import MemoryKernel
from ..model.workload import Workload
from ..spectrum.counting.counts import unit_circle_counts
from ..spectrum.partition.d_partition import CountInterval
from ..spectrum.partition.threshold import threshold
from ..spectrum.roots.dominant import kernel_modes
from ..spectrum.roots.spectral_radius import spectral_radius
from .cells import GREEDY_NAME, Cell
from .measures import COUNTS, FINITE, NEAR, RADIUS

__all__ = ["FIND"]

_DIGITS = 20
_A_STAR = "admissions_per_step"
_REMEMBERED = 4096
Values = dict[str, Any]


def _counts(cell: Cell) -> Values:
    if cell.policy == GREEDY_NAME:
        counts = unit_circle_counts(cell.mix)
    else:
        loop = closed_loop(cell.mix, cell.policy)
        if loop.counts is None:
            return {"verdict": loop.verdict, "reason": loop.reason}
        counts = loop.counts
    found: Values = {name: getattr(counts, name) for name in COUNTS}
    return found | {"reason": counts.reason if counts.inside is None else None}


def _radius(cell: Cell) -> Values:
    if cell.policy != GREEDY_NAME:
        loop = closed_loop(cell.mix, cell.policy)
        if loop.counts is None:
            return {"reason": loop.reason}
        radius = loop.spectral_radius
    else:
        kernel = MemoryKernel.of(cell.mix)
        modes = kernel_modes(kernel, 2, _DIGITS) if kernel.length > 1 else []
        radius = spectral_radius(kernel, modes, _DIGITS, unit_circle_counts(cell.mix).verdict)
    if radius is None:
        return {}
    value = float((radius.low + radius.high) / 2)
    error = max(radius.high - Fraction(value), Fraction(value) - radius.low)
    return dict(zip(RADIUS, (value, math.nextafter(float(error), math.inf)), strict=True))


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
        "reason": found.reason,
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
    found: Values = {name: getattr(server, name) for name in FINITE if name != _A_STAR}
    numbers = {name: _double(value) for name, value in found.items() if name != "visible"}
    return found | numbers | {_A_STAR: float(server.admissions), "reason": server.reason}


def _double(value: Fraction | RealEnclosure | float | None) -> float | None:
    if value is None:
        return None
    return float(value.low if isinstance(value, RealEnclosure) else value)


def _cross_check(cell: Cell) -> Values:
    empty = long_run(cell.mix, policy=cell.policy)
    found: Values = {
        "from_empty_ratio": empty.throughput_ratio,
        "from_empty_evictions_per_step": empty.evictions_per_step,
    }
    reason = empty.reason if empty.throughput_ratio is None else None
    if cell.policy != GREEDY_NAME:
        return found | {"reason": reason}
    kernel = MemoryKernel.of(cell.mix)
    modes = kernel_modes(kernel, 1, 2 * _DIGITS) if kernel.length > 1 else []
    verdict = unit_circle_counts(cell.mix).verdict
    near = cross_check(cell.mix, verdict, [mode_summary(mode) for mode in modes or []], empty)
    found |= {name: getattr(near, name) for name in NEAR}
    return found | {"reason": near.reason or reason}


FIND = {
    "counts": _counts,
    "radius": _radius,
    "threshold": _threshold,
    "line": _along_the_line,
    "finite": _finite,
    "cross-check": _cross_check,
}
