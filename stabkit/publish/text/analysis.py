"""The text report: the verdict and what it means, why, the numbers, and the checks.

Names come from users and files: they are shown as plain text, never as markup, and control
characters are replaced, so that no name can colour, move or clear a terminal.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ...analysis.verdict.analysis import Analysis, ClassSummary, DominantMode
from ...errors import printable
from ..rendering import RECORDS, REPORTS
from .analysis_rows import bootstrap_rows, crosscheck_rows, number_rows, reason_rows
from .certificates import start_rows
from .numbers import counted, percent, readable
from .verdict import disagreement, local_only, meaning

__all__ = ["render"]

_WIDEST = 100
_CLASSES_SHOWN = 8
_COLOURS = {"stable": "green", "unstable": "red", "marginal": "yellow", "undecided": "yellow"}
_IDEALISATION = (
    "The model: a saturated queue, admissions in fixed shares, time counted in batch steps, and "
    "stable in the local sense (small disturbances). It says nothing about latency."
)


@RECORDS.writes(Analysis)
def analysis_record(analysis: Analysis) -> dict[str, Any]:
    """Return the finding as JSON types: schema ``stabkit.analysis/1``."""
    return analysis.to_dict()


@REPORTS.writes(Analysis)
def render(analysis: Analysis, console: Console) -> None:
    """Print the report of `analysis` on `console`, at most 100 columns wide.

    Parameters
    ----------
    analysis : Analysis
        The finding, as `stabkit.analyze` returns it.
    console : rich.console.Console
        Where to print; its width and its use of colour are respected.

    Notes
    -----
    Nothing is computed and nothing is added: a figure that the analysis leaves out is left out.
    """
    width = min(console.width, _WIDEST)
    for part in _parts(analysis):
        console.print(part, width=width, highlight=False)


def _parts(analysis: Analysis) -> Iterable[RenderableType]:
    yield from _opening(analysis)
    yield _heading("Why")
    yield _grid(reason_rows(analysis))
    if analysis.dominant_modes:
        yield _modes(analysis)
    yield _heading("Numbers")
    yield _grid(number_rows(analysis))
    yield _classes(analysis)
    if analysis.simulation is not None:
        yield _heading("Cross-check by simulation")
        rows = crosscheck_rows(analysis.simulation, analysis.workload, analysis.empty_start)
        yield _grid(rows)
    if analysis.certified_start is not None:
        yield _heading("Where the run from a start ends")
        yield _grid(start_rows(analysis.certified_start))
    if analysis.bootstrap is not None:
        yield _heading("Sampling error by bootstrap")
        yield _grid(bootstrap_rows(analysis.bootstrap))
    yield Text()
    yield Text(_IDEALISATION, style="dim")


def _opening(analysis: Analysis) -> Iterable[RenderableType]:
    warning = disagreement(analysis)
    if warning is not None:
        yield Text(warning, style="bold red")
        yield Text()
    count = counted(analysis.workload.class_count, "class", "classes")
    yield Text(f"{printable(analysis.workload.name)}  ({count})", style="dim")
    yield Text()
    colour = f"bold {_COLOURS[analysis.verdict]}"
    yield Text.assemble((f"{analysis.verdict.capitalize()}. ", colour), meaning(analysis))
    caveat = local_only(analysis)
    if caveat is not None:
        yield Text(caveat, style="bold yellow")


def _heading(title: str) -> RenderableType:
    return Padding(Text(title, style="bold"), (1, 0, 0, 0))


def _grid(rows: Iterable[tuple[str, str]]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, min_width=20)
    grid.add_column(overflow="fold")
    for label, value in rows:
        grid.add_row(Text(label, style="dim"), Text(printable(value)))
    return Padding(grid, (0, 0, 0, 2))


def _modes(analysis: Analysis) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    table.add_column("dominant mode λ")
    for title in ("factor |λ|", "period (steps)", "pace (steps)"):
        table.add_column(title, justify="right")
    for mode in _one_of_each_pair(analysis.dominant_modes):
        table.add_row(*_mode_cells(mode))
    return Padding(table, (1, 0, 0, 2))


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


def _classes(analysis: Analysis) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    for title in ("input (tokens)", "decode (steps)", "share of admissions"):
        table.add_column(title, justify="right")
    for entry in analysis.workload.classes[:_CLASSES_SHOWN]:
        table.add_row(*_class_cells(entry))
    hidden = analysis.workload.class_count - len(analysis.workload.classes[:_CLASSES_SHOWN])
    if hidden:
        table.add_row(f"and {hidden} more", "", "")
    return Padding(table, (1, 0, 0, 2))


def _class_cells(entry: ClassSummary) -> tuple[str, str, str]:
    return readable(entry.input_length), readable(entry.decode_length), percent(entry.share)
