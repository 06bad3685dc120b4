"""A policy's parameter against the throughput, as text for people and as JSON types."""

from __future__ import annotations

from typing import Any

from ...analysis.operations.sweep import PolicySweep
from ...analysis.pictures.policies import PolicyPanel
from ..layout import paragraph
from ..rendering import RECORDS, TEXTS
from .comparison import COLUMNS, head, ratio_text, run_cells, run_figures
from .dialect import as_json, chosen, headed
from .numbers import readable
from .tables import plain_table, thinned

__all__ = ["SCHEMA", "parameter_label", "sweep_record", "sweep_text"]

SCHEMA = "stabkit.policy-sweep/3"


@RECORDS.writes(PolicySweep)
def sweep_record(found: PolicySweep) -> dict[str, Any]:
    """Return a sweep as JSON types: schema ``stabkit.policy-sweep/3``.

    Every point has the figures of `policies_record`, from the empty memory.
    """
    return headed(
        SCHEMA,
        found.mix,
        **chosen(found, "admissions_per_step=equilibrium_admissions parameter"),
        points=[
            {"value": as_json(value), **run_figures(found, run)}
            for value, run in zip(found.values, found.runs, strict=True)
        ],
    )


def parameter_label(found: PolicySweep | PolicyPanel) -> str:
    """Return the parameter with its unit."""
    return " / ".join(filter(None, (found.parameter, found.unit)))


@TEXTS.writes(PolicySweep)
def sweep_text(found: PolicySweep, full: bool = False) -> str:
    """Return a sweep as a table with its units: throughput against the parameter."""
    rows: list[tuple[str, ...]] = [
        (parameter_label(found), "tokens", "requests", "evicted", "memory", "first")
    ]
    points, note = thinned(list(zip(found.values, found.runs, strict=True)), full)
    for value, run in points:
        tokens, requests, evicted, first = run_cells(found, run)
        rows.append(
            (readable(float(value)), tokens, requests, evicted, ratio_text(run.utilisation), first)
        )
    reasons = {run.reason for run in found.runs if run.throughput_ratio is None}
    notes = [paragraph(f"?: {reason}.") for reason in sorted(filter(None, reasons))]
    return "\n".join([*head(found), paragraph(COLUMNS), plain_table(rows) + note, *notes])
