"""One dialect of JSON: what is the same has the same key and the same type in every command.

Exact numbers are text, ``"7/2"``; a number that is known to lie in an interval is ``{value,
radius}``, in decimals; the workload is ``workload``, with its first 64 classes. Every record opens
with `schema`, the name and number of the meaning of its keys, and `version`, stabkit's.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ... import __version__
from ...analysis.verdict.analysis import Enclosure, WorkloadSummary
from ...model.codec import encode
from ...model.enclosure import RealEnclosure
from ...model.numbers import rational_text
from ...model.workload import Workload

__all__ = ["PART", "enclosure", "exact", "headed", "part", "workload"]

PART = "stabkit.part/1"


def headed(schema: str, mix: Workload | None = None, **fields: Any) -> dict[str, Any]:
    """Return a record with its head: schema, version, and the workload that it is about."""
    head: dict[str, Any] = {"schema": schema, "version": __version__}
    return head | ({} if mix is None else {"workload": workload(mix)}) | fields


def part(kind: str, **fields: Any) -> dict[str, Any]:
    """Return a part of a result, whose class is `kind`, as a record of its own."""
    return headed(PART, kind=kind, **fields)


def workload(mix: Workload) -> dict[str, Any]:
    """Return the workload as every command shows it."""
    summary: dict[str, Any] = encode(WorkloadSummary.of(mix))
    return summary


def enclosure(interval: RealEnclosure | None) -> dict[str, Any] | None:
    """Return an interval as its middle, to 40 digits, and a radius that covers it."""
    return None if interval is None else encode(Enclosure.of(interval))


def exact(value: Fraction | int | None) -> str | None:
    """Return an exact number as text."""
    return None if value is None else rational_text(value)
