"""``stabkit analyze``: the verdict, why it holds, and what the simulator says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InvalidArgument
from .mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from .options import AsJson, Figure, Output, check_targets
from .terminal import counting, emit, emit_rich, working

if TYPE_CHECKING:
    from ..analysis.verdict.records import Analysis, Bootstrap
    from ..model.workload import Workload

__all__ = ["analyze"]

UNSTABLE = 3
UNDECIDED = 4
_LONGEST_QUICK = 500_000  # decode steps


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
    bootstrap: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Resample a trace N times: its sampling error."),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", min=0, help="Seed of the resamples; by default 0."),
    ] = None,
) -> int:
    """Decide stability, with a proof and a simulation.

    \b
    Examples:
      stabkit analyze
      stabkit analyze 100:7 100:10 --capacity 10000
      stabkit analyze 5:3:1/2 5:5:1/2 --figure picture.png
      stabkit analyze trace.csv --json --output analysis.json
      stabkit analyze trace.csv --bootstrap 200
    """
    check_targets(output, figure, reads=mix or ())
    workload = read_mix(mix, capacity, input_column, output_column, merge=bootstrap is None)
    estimate = _bootstrap(workload, bootstrap, seed)
    if estimate is not None:
        workload = workload.merged()
    with working(_notice(workload)):
        from ..analysis.verdict.analyze import analyze as analyze_workload

        analysis = analyze_workload(workload, crosscheck=not no_crosscheck)
        if figure is not None:
            _write_figure(analysis, workload, figure)
    _report(replace(analysis, bootstrap=estimate), as_json, output)
    if analysis.verdict == "undecided":
        return UNDECIDED
    return UNSTABLE if fail_if_unstable and analysis.verdict != "stable" else 0


def _notice(workload: Workload) -> str:
    """Say what is being done, and how long that takes where it is more than seconds."""
    if workload.longest_decode <= _LONGEST_QUICK:
        return "analysing the mix"
    return "analysing the mix: up to millions of modes, up to a minute"


def _bootstrap(workload: Workload, resamples: int | None, seed: int | None) -> Bootstrap | None:
    if resamples is None:
        if seed is not None:
            raise InvalidArgument("'--seed' must go with '--bootstrap', not alone.")
        return None
    from ..analysis.verdict.bootstrap import bootstrap

    with counting("resampling the trace", resamples) as counted_map:
        return bootstrap(workload, resamples, seed or 0, map=counted_map)


def _report(analysis: Analysis, as_json: bool, output: Path | None) -> None:
    if as_json:
        emit(json.dumps(analysis.to_dict(), indent=2, allow_nan=False) + "\n", output)
        return
    from ..publish.text.analysis import render

    emit_rich(lambda console: render(analysis, console), output)


def _write_figure(analysis: Analysis, workload: Workload, path: Path) -> None:
    from ..analysis.pictures.roots import root_picture, roots_to_show, synchronized_to_show
    from ..analysis.pictures.run import run_picture, steps_to_show
    from ..dynamics.simulator import simulate
    from ..publish.figures.formats import figure_bytes, figure_format
    from ..publish.figures.run import analysis_figure
    from ..publish.files import write_whole

    steps = steps_to_show(workload)
    run = None if steps is None else run_picture(workload, simulate(workload, steps))
    synchronized = synchronized_to_show(workload)
    picture = root_picture(workload, roots_to_show(workload), analysis.verdict, synchronized)
    write_whole(path, figure_bytes(analysis_figure(picture, run), figure_format(path)))
