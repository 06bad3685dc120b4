"""``stabkit simulate``: run the model step by step; CSV or JSON out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from ..errors import InvalidArgument, StabkitError, shown
from .mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from .options import AsJson, Figure, Output, check_targets
from .terminal import emit, working

if TYPE_CHECKING:
    from ..dynamics.trajectory import Arithmetic, Trajectory
    from ..model.workload import Workload

__all__ = ["simulate"]

_STATE = "'--state' must be a JSON file of counts [class][stage] or 'equilibrium'"


def simulate(
    mix: Mix = None,
    capacity: Capacity = None,
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
    steps: Annotated[str, typer.Option(metavar="N", help="Batch steps to run.")] = "1000",
    arithmetic: Annotated[
        str,
        typer.Option(
            metavar="exact|float|integer", help="Exact rationals, doubles, or whole requests."
        ),
    ] = "float",
    policy: Annotated[str, typer.Option(metavar="NAME", help="Admission policy.")] = "greedy",
    state: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Start from the request counts [class][stage] of a JSON file, or from "
            "'equilibrium'; by default empty.",
        ),
    ] = None,
    as_json: AsJson = False,
    output: Output = None,
    figure: Figure = None,
) -> int:
    """Run the model step by step; CSV or JSON out.

    A row per batch step: requests admitted, evicted and completed, the memory in tokens, and the
    tokens of the completed requests. Step 0 is the fitted initial state.

    \b
    Examples:
      stabkit simulate 5:3 5:5 --capacity 1000 --steps 200
      stabkit simulate 2:2 --capacity 140 --arithmetic integer --steps 20
      stabkit simulate azure-code-2023 --steps 5000 --output run.csv --figure run.png
    """
    from ..model.numbers import exact_integer

    check_targets(output, figure)
    workload = read_mix(mix, capacity, input_column, output_column)
    count = exact_integer(steps, "'--steps'")
    start = "equilibrium" if state == "equilibrium" else state and read_state(Path(state))
    with working("simulating"):
        from ..dynamics.simulator import simulate as run

        trajectory = run(workload, count, cast("Arithmetic", arithmetic), start, policy)
        text = _text(workload, trajectory, as_json)
        if figure is not None:
            _write_figure(workload, trajectory, figure)
    emit(text, output)
    return 0


def read_state(path: Path) -> list[list[Any]]:
    """Return the request counts ``[class][stage]`` of a JSON file, every number exact.

    Raises
    ------
    InvalidArgument
        If the file cannot be read or does not hold a list of lists of numbers.
    """
    from ..model.files import read_json_file

    try:
        state = read_json_file(path)
    except StabkitError as failure:
        raise InvalidArgument(f"{_STATE}; {failure}") from failure
    if not isinstance(state, list) or not all(isinstance(stages, list) for stages in state):
        raise InvalidArgument(f"{_STATE}, not {shown(str(path))}.")
    return [_counts(stages, k) for k, stages in enumerate(state, start=1)]


def _counts(stages: list[Any], position: int) -> list[Any]:
    from ..model.numbers import exact_rational

    name = f"a count of class {position} in '--state'"
    try:
        return [exact_rational(count, name) for count in stages]
    except StabkitError as failure:
        raise InvalidArgument(str(failure)) from failure


def _text(workload: Workload, trajectory: Trajectory, as_json: bool) -> str:
    from ..publish.trajectories import trajectory_csv, trajectory_record

    if not as_json:
        return trajectory_csv(trajectory)
    return json.dumps(trajectory_record(workload, trajectory), indent=2, allow_nan=False) + "\n"


def _write_figure(workload: Workload, trajectory: Trajectory, path: Path) -> None:
    from ..publish.figures import figure_bytes, figure_format, trajectory_figure
    from ..publish.files import write_whole
    from ..publish.pictures import run_picture

    drawn = trajectory_figure(run_picture(workload, trajectory))
    write_whole(path, figure_bytes(drawn, figure_format(path)))
