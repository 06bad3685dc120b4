"""Plans of sweeps as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...sweeps.sweep_plan import SweepPlan
from ..layout import labelled, title
from ..rendering import RECORDS, TEXTS
from .dialect import headed
from .numbers import counted, readable

__all__ = ["SCHEMA", "sweep_plan_record", "sweep_plan_text"]

SCHEMA = "stabkit.sweep-plan/1"


@RECORDS.writes(SweepPlan)
def sweep_plan_record(found: SweepPlan) -> dict[str, Any]:
    """Return a plan and what comes of it: schema ``stabkit.sweep-plan/1``."""
    chunks, seconds = found.work()
    return headed(
        SCHEMA,
        plan=found.given,
        key=found.key(),
        row_count=len(found),
        chunks=chunks,
        seconds=seconds,
        column_meanings=found.columns,
    )


@TEXTS.writes(SweepPlan)
def sweep_plan_text(found: SweepPlan) -> str:
    """Return what a plan will compute, column by column."""
    return title(found.name) + labelled(_rows(found))


def _rows(found: SweepPlan) -> Iterator[tuple[str, str]]:
    chunks, seconds = found.work()
    work = f"about {readable(seconds, 2)} s of one core, by formula"
    yield "rows", f"{counted(len(found), 'row')} in {counted(chunks, 'chunk')}, {work}"
    if found.cells.line is not None:
        yield "", f"each a line along the axis {found.cells.line}"
    yield from found.columns.items()
