"""``stabkit analyze``: the verdict, why it holds, and what the simulator says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from .options import AsJson, Figure, Output, check_targets
from .terminal import emit, emit_rich, working

if TYPE_CHECKING:
    from ..analysis.records import Analysis
    from ..model.workload import Workload

__all__ = ["analyze"]

UNSTABLE = 3
UNDECIDED = 4


def analyze(
    mix: Mix = None,
    capacity: Capacity = None,
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
    as_json: AsJson = False,
    output: Output = None,
    figure: Figure = None,
    fail_if_unstable: Annotated[
        bool, typer.Option("--fail-if-unstable", help="Exit 3 if unstable or marginal.")
    ] = False,
    no_crosscheck: Annotated[
        bool, typer.Option("--no-crosscheck", help="Leave the simulation out.")
    ] = False,
) -> int:
    """Decide stability, with a proof and a simulation.

    \b
    Examples:
      stabkit analyze
      stabkit analyze 100:7 100:10 --capacity 10000
      stabkit analyze 5:3:1/2 5:5:1/2 --figure picture.png
      stabkit analyze trace.csv --json --output analysis.json
    """
    check_targets(output, figure)
    workload = read_mix(mix, capacity, input_column, output_column)
    with working("analysing the mix"):
        from ..analysis.analyze import analyze as analyze_workload

        analysis = analyze_workload(workload, crosscheck=not no_crosscheck)
        if figure is not None:
            _write_figure(analysis, workload, figure)
    _report(analysis, as_json, output)
    if analysis.verdict == "undecided":
        return UNDECIDED
    return UNSTABLE if fail_if_unstable and analysis.verdict != "stable" else 0


def _report(analysis: Analysis, as_json: bool, output: Path | None) -> None:
    if as_json:
        emit(json.dumps(analysis.to_dict(), indent=2, allow_nan=False) + "\n", output)
        return
    from ..publish.report import render

    emit_rich(lambda console: render(analysis, console), output)


def _write_figure(analysis: Analysis, workload: Workload, path: Path) -> None:
    from ..dynamics.simulator import simulate
    from ..publish.figures import analysis_figure, figure_bytes, figure_format
    from ..publish.files import write_whole
    from ..publish.pictures import mode_picture, run_picture, steps_to_show

    steps = steps_to_show(workload)
    run = None if steps is None else run_picture(workload, simulate(workload, steps))
    drawn = analysis_figure(mode_picture(analysis), run)
    write_whole(path, figure_bytes(drawn, figure_format(path)))
