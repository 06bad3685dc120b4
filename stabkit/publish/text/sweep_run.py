"""Sweeps as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import printable
from ...sweeps.sweep_run import SweepRun
from ..layout import labelled, title
from ..rendering import RECORDS, TEXTS
from .dialect import chosen, headed
from .numbers import counted, readable

__all__ = ["SCHEMA", "sweep_run_record", "sweep_run_text"]

SCHEMA = "stabkit.sweep/1"
_SHOWN = 5


@RECORDS.writes(SweepRun)
def sweep_run_record(found: SweepRun) -> dict[str, Any]:
    """Return what a run of a sweep left: schema ``stabkit.sweep/1``."""
    return headed(
        SCHEMA,
        **chosen(found, "name=plan.name folder compute=plan.compute"),
        row_count=len(found.plan),
        **chosen(found, "column_names=columns chunks chunks_found=found chunks_written=written"),
        complete=found.complete,
        set_aside=[one._asdict() for one in found.set_aside],
        verdicts=found.verdicts if "counts" in found.plan.compute else None,
        seconds=found.seconds,
    )


@TEXTS.writes(SweepRun)
def sweep_run_text(found: SweepRun) -> str:
    """Return what a run of a sweep left, and where."""
    return title(found.plan.name) + labelled(_rows(found))


def _rows(found: SweepRun) -> Iterator[tuple[str, str]]:
    rows = counted(len(found.plan), "row")
    yield "rows", f"{rows} in {counted(found.chunks, 'chunk')}"
    missing = found.chunks - found.found - found.written
    now = f"{found.written:,} written in {readable(found.seconds, 3)} s"
    before = f", {found.found:,} found" if found.found else ""
    yield "parts", f"{now}{before}" + (f", {missing:,} missing" if missing else "")
    if "counts" in found.plan.compute:
        told = [f"{count:,} {verdict}" for verdict, count in found.verdicts.items() if count]
        refused = len(found.plan) - sum(found.verdicts.values())
        if refused and found.complete:
            told.append(f"{refused:,} without, see the column reason")
        yield "verdicts", ", ".join(told) or "none"
    yield "columns", ", ".join(found.columns)
    for one in found.set_aside[:_SHOWN]:
        rows = f"rows {one.first_row:,} to {one.last_row:,}"
        yield f"chunk {one.chunk} set aside", f"{rows}: {printable(one.reason)}"
    if len(found.set_aside) > _SHOWN:
        yield "", f"and {len(found.set_aside) - _SHOWN:,} more; --json has all"
    yield "folder", printable(found.folder)
