"""A policy's parameter against the throughput, as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_FLOOR
from fractions import Fraction
from typing import Any

from ...analysis.operations.sweep import PolicySweep
from ...analysis.pictures.policies import PolicyPanel
from ...dynamics.long_run import LongRun
from ...model.verdict import Verdict
from ..layout import paragraph
from ..rendering import RECORDS, TEXTS
from .comparison import COLUMNS, VERDICTS, head, ratio_text, run_cells, run_figures
from .dialect import as_json, chosen, headed
from .numbers import readable, rounded
from .tables import plain_table, thinned

__all__ = ["SCHEMA", "parameter_label", "sweep_record", "sweep_text"]

SCHEMA = "stabkit.policy-sweep/3"


@RECORDS.writes(PolicySweep)
def sweep_record(found: PolicySweep) -> dict[str, Any]:
    """Return a sweep as JSON types: schema ``stabkit.policy-sweep/3``.

    Every point has the verdict and the figures of `policies_record`, from the empty memory.
    """
    return headed(
        SCHEMA,
        found.mix,
        **chosen(found, "admissions_per_step=equilibrium_admissions parameter unit stable_below"),
        points=[
            {"value": as_json(value), "verdict": verdict, **run_figures(found, run)}
            for value, verdict, run in _points(found)
        ],
    )


def _points(found: PolicySweep) -> list[tuple[Fraction, Verdict | None, LongRun]]:
    return list(zip(found.values, found.verdicts, found.runs, strict=True))


def parameter_label(found: PolicySweep | PolicyPanel) -> str:
    """Return the parameter with its unit."""
    return " / ".join(filter(None, (found.parameter, found.unit)))


@TEXTS.writes(PolicySweep)
def sweep_text(found: PolicySweep, full: bool = False) -> str:
    """Return a sweep as a table with its units: throughput against the parameter."""
    rows: list[tuple[str, ...]] = [
        (parameter_label(found), "verdict", "tokens", "requests", "evicted", "memory", "first")
    ]
    points, note = thinned(_points(found), full)
    for value, verdict, run in points:
        *ratios, first = run_cells(found, run)
        cells = (readable(float(value)), verdict or "-", *ratios, ratio_text(run.utilisation))
        rows.append((*cells, first))
    explained = [*head(found), paragraph(f"{COLUMNS} {VERDICTS}")]
    return "\n".join([*explained, plain_table(rows) + note, *map(paragraph, _notes(found))])


def _notes(found: PolicySweep) -> Iterator[str]:
    """Yield where the stable gains end, and why figures are not known."""
    if found.stable_below is not None:
        yield f"The stable gains end at {rounded(found.stable_below.low, ROUND_FLOOR)}."
    reasons = {run.reason for run in found.runs if run.throughput_ratio is None}
    yield from (f"?: {reason}." for reason in sorted(filter(None, reasons)))
