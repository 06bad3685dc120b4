"""``stabkit cycle``: the limit cycles of a mix, exactly, and which of them runs end on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from .options import AsJson, Figure, Output, check_targets
from .simulate import read_state
from .terminal import emit, working

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

    from ..analysis.cycles.cycles import Cycles
    from ..analysis.cycles.limit_cycle import LimitCycle
    from ..model.workload import Workload

__all__ = ["cycle"]

_LONGEST_NAME = 50  # that fits over a figure


def cycle(
    mix: Mix = None,
    capacity: Capacity = None,
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
    state: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="A further start: the request counts [class][stage] of a JSON file.",
        ),
    ] = None,
    max_period: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            max=100_000,
            help="Longest period looked for in runs, in steps; by default 2000, or 2 L.",
        ),
    ] = None,
    as_json: AsJson = False,
    output: Output = None,
    figure: Figure = None,
) -> int:
    """Find the limit cycles, exactly, and which of them runs end on.

    One cycle for every necklace of the gcd of the decode lengths, the equilibrium and the
    synchronised cycle among them, and those that runs from empty and from near the equilibrium
    end on: exact throughput, Floquet multipliers, and whether they attract. The figure shows two
    periods of the cycle that the run from empty (or from the given state) ends on; without one, the
    first 200 steps in space and time.

    \b
    Examples:
      stabkit cycle 10:5
      stabkit cycle 0:6:2 5:1:3
      stabkit cycle 5:3 5:6 --figure cycle.png
    """
    check_targets(output, figure, reads=[*(mix or ()), state])
    workload = read_mix(mix, capacity, input_column, output_column)
    start = None if state is None else read_state(Path(state))
    with working("looking for cycles"):
        from ..analysis.cycles.cycles import cycles
        from ..publish.text.cycles import cycles_record, cycles_text

        found = cycles(workload, start, max_period)
        text = (
            json.dumps(cycles_record(found), indent=2, allow_nan=False) + "\n"
            if as_json
            else cycles_text(found)
        )
        if figure is not None:
            _write_figure(found, figure)
    emit(text, output)
    return 0


def _write_figure(found: Cycles, path: Path) -> None:
    """Draw the cycle that the last start ends on, or, without one, a run in space and time."""
    from ..publish.figures.formats import figure_bytes, figure_format
    from ..publish.files import write_whole

    seen = found.observations[2 if len(found.observations) > 2 else 0].cycle
    figure = _of_cycle(found.mix, seen) if seen is not None else _of_run(found.mix)
    write_whole(path, figure_bytes(figure, figure_format(path)))


def _of_cycle(mix: Workload, seen: LimitCycle) -> Drawing:
    from ..analysis.pictures.cycle import cycle_picture
    from ..publish.figures.cycle import cycle_figure

    if seen.cohorts is None:
        return _of_run(mix)
    first = seen.cohorts[0]
    state = [[c.share * y for y in first[: c.decode_length]] for c in mix.classes]
    return cycle_figure(cycle_picture(mix, state, seen.period, mix.name[:_LONGEST_NAME]))


def _of_run(mix: Workload) -> Drawing:
    from ..analysis.pictures.space_time import space_time_picture
    from ..publish.figures.space_time import space_time_figure

    return space_time_figure(space_time_picture(mix))
