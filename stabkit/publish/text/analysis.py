"""The text report: the verdict and what it means, why, the numbers, and the checks.

By default it is what fits on a screen; in full it has every figure of the analysis. A figure that
the analysis leaves out is left out. Names come from users and files: control characters in them are
replaced, so that no name can move or clear a terminal.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...analysis.verdict.analysis import Analysis, DominantMode, WorkloadSummary
from ...analysis.verdict.lengths import QUANTILES, LengthSummary
from ...errors import printable
from ...model.request_classes import RequestClass
from ..layout import heading, labelled, paragraph, styled, wrapped
from ..rendering import RECORDS, TEXTS
from .analysis_rows import Rows, bootstrap_rows, crosscheck_rows, number_rows, reason_rows
from .certificates import start_rows
from .numbers import counted, percent, readable
from .tables import plain_table
from .verdict import disagreement, local_only, meaning

__all__ = ["analysis_text"]

_LABEL = 20
_CLASSES_SHOWN = 8
_LARGEST_SHOWN = 3
_IDEALISATION = (
    "The model: a saturated queue, admissions in fixed shares, time counted in batch steps, and "
    "stable in the local sense (small disturbances). It says nothing about latency."
)
_SHORT = "Model: a saturated queue, fixed shares, batch steps; no latency. More: --full."


@RECORDS.writes(Analysis)
def analysis_record(analysis: Analysis) -> dict[str, Any]:
    """Return the finding as JSON types: schema ``stabkit.analysis/1``."""
    return analysis.to_dict()


@TEXTS.writes(Analysis)
def analysis_text(analysis: Analysis, full: bool = False) -> str:
    """Return the report of `analysis`; in full with all its figures."""
    return "".join(_parts(analysis, full))


def _parts(analysis: Analysis, full: bool) -> Iterator[str]:
    yield from _opening(analysis)
    yield _section("Why", reason_rows(analysis, full))
    if analysis.dominant_modes:
        yield f"\n{_modes(analysis, full)}"
    yield _section("Numbers", number_rows(analysis, full))
    yield from _classes(analysis.workload, full)
    if analysis.simulation is not None:
        rows = crosscheck_rows(analysis.simulation, analysis.workload, analysis.empty_start, full)
        yield _section("Cross-check by simulation", rows)
    if analysis.certified_start is not None:
        yield _section("Where the run from a start ends", start_rows(analysis.certified_start))
    if analysis.bootstrap is not None:
        yield _section("Sampling error by bootstrap", bootstrap_rows(analysis.bootstrap))
    yield f"\n{_styled(_IDEALISATION if full else _SHORT, 'dim')}"


def _opening(analysis: Analysis) -> Iterator[str]:
    warning = disagreement(analysis)
    if warning is not None:
        yield f"{_styled(warning, 'alarm')}\n"
    count = counted(analysis.workload.class_count, "class", "classes")
    if analysis.workload.request_count is not None:
        count = f"{counted(analysis.workload.request_count, 'request')} in {count}"
    name = printable(analysis.workload.name)
    head = name if name.endswith(f" ({count})") else f"{name}  ({count})"
    yield f"{_styled(head, 'dim')}\n"
    yield paragraph(f"{analysis.verdict.capitalize()}. {meaning(analysis)}")
    caveat = local_only(analysis)
    if caveat is not None:
        yield _styled(caveat, "warning")


def _section(title: str, rows: Rows) -> str:
    return f"\n{heading(title)}\n{labelled(rows, '  ', _LABEL)}"


def _styled(text: str, style: str) -> str:
    return "".join(f"{styled(line, style)}\n" for line in wrapped(text))


def _modes(analysis: Analysis, full: bool) -> str:
    modes = _one_of_each_pair(analysis.dominant_modes)
    shown = modes if full else modes[:1]
    heads = ("dominant mode λ", "factor |λ|", "period (steps)", "pace (steps)")
    return plain_table([heads, *map(_mode_cells, shown)], "  ", "<>>>")


def _one_of_each_pair(modes: tuple[DominantMode, ...]) -> list[DominantMode]:
    known = {(m.re, m.im) for m in modes}
    return [m for m in modes if m.im >= 0 or (m.re, -m.im) not in known]


def _mode_cells(mode: DominantMode) -> tuple[str, str, str, str]:
    root = f"{mode.re: .6f}" + (f" ± {abs(mode.im):.6f} i" if mode.im else "")
    period = "no swing" if mode.period_steps is None else readable(mode.period_steps)
    if mode.doubling_steps is not None:
        pace = f"doubles in {readable(mode.doubling_steps, 4)}"
    elif mode.half_life_steps is not None:
        pace = f"halves in {readable(mode.half_life_steps, 4)}"
    else:
        pace = "stays"
    return root, f"{mode.modulus:.9f}", period, pace


def _classes(mix: WorkloadSummary, full: bool) -> Iterator[str]:
    """Yield the classes; of many the largest shares, and quantiles of the lengths."""
    heads = ("input (tokens)", "decode (steps)", "share of admissions")
    if mix.lengths is not None:
        yield f"\n{_quantiles(mix.lengths)}"
        if full:
            yield f"\n  the largest of {mix.class_count:,} classes\n"
            yield plain_table([heads, *map(_class_cells, mix.lengths.largest)], "  ", ">>>")
        else:
            largest = "; ".join(map(_class_words, mix.lengths.largest[:_LARGEST_SHOWN]))
            yield labelled([("largest classes", largest)], "  ", _LABEL)
    elif full:
        shown = mix.classes[:_CLASSES_SHOWN]
        yield "\n" + plain_table([heads, *map(_class_cells, shown)], "  ", ">>>")
        if mix.class_count > len(shown):
            yield f"  and {mix.class_count - len(shown):,} more\n"


def _quantiles(lengths: LengthSummary) -> str:
    rows = [(f"{'share of requests':<{_LABEL}}", *(percent(level) for level in QUANTILES))]
    for label, values in (("input (tokens)", lengths.inputs), ("decode (steps)", lengths.decodes)):
        if values is not None:
            rows.append((label, *(f"≤ {readable(value)}" for value in values)))
    return plain_table(rows, "  ", "<>>>>>")


def _class_words(one: RequestClass) -> str:
    return f"{readable(one.input_length, 4)}:{one.decode_length} ({percent(one.share)})"


def _class_cells(entry: RequestClass) -> tuple[str, str, str]:
    return readable(entry.input_length), readable(entry.decode_length), percent(entry.share)
