"""One dialect of JSON: what is the same has the same key and the same type in every command.

Exact numbers are text, ``"7/2"``; a number that is known to lie in an interval is ``{value,
radius}``, in decimals; the workload is ``workload``, with its first 64 classes. Every record opens
with `schema`, the name and number of the meaning of its keys, and `version`, stabkit's.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ... import __version__
from ...analysis.verdict.analysis import (
    Enclosure,
    GcdTheoremSummary,
    ModeCounts,
    SynchronizedModeSummary,
    WorkloadSummary,
)
from ...model.enclosure import RealEnclosure
from ...model.numbers import rational_text
from ...model.workload import Workload
from ...spectrum.counting.counts import Counts
from ...spectrum.margins.line import StableRange
from ...spectrum.synchrony.gcd_theorem import GcdTheorem
from ...spectrum.synchrony.modes import SynchronizedMode

if TYPE_CHECKING:
    from ...dynamics.requests import Estimate

__all__ = ["as_json", "chosen", "estimate", "headed"]

_SHOWN_AS: dict[type, Callable[[Any], Any]] = {
    RealEnclosure: Enclosure.of,
    Workload: WorkloadSummary.of,
    Counts: ModeCounts.of,
    GcdTheorem: GcdTheoremSummary.of,
    SynchronizedMode: SynchronizedModeSummary.of,
}


def headed(schema: str, mix: Workload | None = None, **values: Any) -> dict[str, Any]:
    """Return a record with its head: schema, version, and the workload that it is about."""
    head: dict[str, Any] = {"schema": schema, "version": __version__}
    return head | ({} if mix is None else {"workload": as_json(mix)}) | values


def chosen(found: Any, names: str) -> dict[str, Any]:
    """Return those attributes of a result, under their own names, as JSON types."""
    return {name: as_json(getattr(found, name)) for name in names.split()}


def as_json(value: Any) -> Any:
    """Return a value in the dialect: a record as all its fields, whatever they hold.

    Examples
    --------
    >>> as_json(RealEnclosure(Fraction(1, 4), Fraction(3, 4)))
    {'value': '0.5', 'radius': '0.25'}
    """
    value = _SHOWN_AS.get(type(value), lambda same: same)(value)
    if isinstance(value, StableRange):
        return {"lower": as_json(value.low), "upper": as_json(value.high)}
    if isinstance(value, Fraction):
        return rational_text(value)
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name)) for f in fields(value) if f.compare}
    return value


def estimate(found: Estimate) -> dict[str, Any]:
    """Return a mean with its 95 % interval; null where there is none."""
    ends = None if math.isnan(found.low) else [found.low, found.high]
    return {"mean": None if math.isnan(found.value) else found.value, "interval_95": ends}
