"""One dialect of JSON: what is the same has the same key and the same type in every command.

Exact numbers are text, ``"7/2"``, and measured ones numbers; a number that is known to lie in an
interval is ``{value, radius}``, in decimals, and an estimated mean ``{mean, interval_95}``; the
workload is ``workload``, with its first 64 classes. Every record opens with `schema`, the name and
number of the meaning of its keys, and `version`, stabkit's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from numbers import Complex, Real
from operator import attrgetter
from typing import Any

from ... import __version__
from ...analysis.verdict.analysis import (
    Enclosure,
    GcdTheoremSummary,
    ModeCounts,
    SynchronizedModeSummary,
    WorkloadSummary,
)
from ...model.enclosure import RealEnclosure
from ...model.numbers import decimal_text, rational_text
from ...model.workload import Workload
from ...spectrum.counting.counts import Counts
from ...spectrum.fluctuations.variance import Variance
from ...spectrum.margins.line import StableRange
from ...spectrum.synchrony.gcd_theorem import GcdTheorem
from ...spectrum.synchrony.modes import SynchronizedMode

__all__ = ["as_json", "chosen", "headed", "proved"]

_DIGITS = 20  # of a variance that is known to lie in an interval
_SHOWN_AS: dict[type, Callable[[Any], Any]] = {
    RealEnclosure: Enclosure.of,
    Workload: WorkloadSummary.of,
    Counts: ModeCounts.of,
    GcdTheorem: GcdTheoremSummary.of,
    SynchronizedMode: SynchronizedModeSummary.of,
    StableRange: lambda one: {"lower": one.low, "upper": one.high},
    Fraction: rational_text,
    Decimal: str,
}


def headed(schema: str, mix: Workload | None = None, **values: Any) -> dict[str, Any]:
    """Return a record with its head: schema, version, and the workload that it is about."""
    head: dict[str, Any] = {"schema": schema, "version": __version__}
    return head | ({} if mix is None else {"workload": as_json(mix)}) | values


def chosen(found: Any, names: str) -> dict[str, Any]:
    """Return attributes of a result as JSON types, each under its own name or as ``key=attribute``.

    >>> chosen(RealEnclosure(Fraction(1, 4), Fraction(3, 4)), "low most=high of=low.denominator")
    {'low': '1/4', 'most': '3/4', 'of': 4}
    """
    pairs = (name.partition("=") for name in names.split())
    return {key: as_json(attrgetter(source or key)(found)) for key, _, source in pairs}


def as_json(value: Any) -> Any:
    """Return a value in the dialect: a record as all its fields, whatever they hold.

    Arrays are lists, numbers that are not finite null, functions their names.

    >>> as_json(RealEnclosure(Fraction(1, 4), Fraction(3, 4)))
    {'value': '0.5', 'radius': '0.25'}
    """
    value = _SHOWN_AS.get(type(value), _same)(value)
    if isinstance(value, Complex) and not isinstance(value, (int, float)):  # mpmath has its own
        value = float(value) if isinstance(value, Real) else [float(value.real), float(value.imag)]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, Mapping):
        return {as_json(name): as_json(item) for name, item in value.items()}
    if type(value).__name__ == "Estimate":  # which is imported with numpy
        ends = None if math.isnan(value.low) else [value.low, value.high]
        return {"mean": as_json(value.value), "interval_95": ends}
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_json(getattr(value, f.name)) for f in fields(value) if f.compare}
    if value is None or isinstance(value, (str, int, float)):
        return value
    return str(getattr(value, "__name__", value))


def _same(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def proved(value: Variance | None) -> str | None:
    """Return a variance, exact or in the decimals that its enclosure proves."""
    if isinstance(value, RealEnclosure):
        return decimal_text(value.low, value.high, _DIGITS)
    return None if value is None else rational_text(value)
