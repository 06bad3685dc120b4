"""``stabkit locus``: where the roots go as the input, a share or the admission gain changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from .mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from .options import AsJson, Figure, Output, check_targets
from .terminal import emit, working

if TYPE_CHECKING:
    from ..spectrum.curves.locus import RootLocus
    from ..spectrum.partition.family import Along

__all__ = ["locus"]


def locus(
    mix: Mix = None,
    capacity: Capacity = None,
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
    along: Annotated[
        str,
        typer.Option(
            metavar="s|p|kappa",
            help="Mean input length, share of the first class, or gain of damped admission.",
        ),
    ] = "s",
    low: Annotated[
        str | None, typer.Option("--from", metavar="LOW", help="First value.", show_default=False)
    ] = None,
    high: Annotated[
        str | None, typer.Option("--to", metavar="HIGH", help="Last value.", show_default=False)
    ] = None,
    points: Annotated[int, typer.Option(metavar="N", help="How many values.")] = 41,
    as_json: AsJson = False,
    output: Output = None,
    figure: Figure = None,
) -> int:
    """Follow all roots along one parameter, with exact counts.

    A row per value: the spectral radius and the number of unstable modes; then the brackets in
    which that number changes. Values may be fractions such as 1/3.

    \b
    Examples:
      stabkit locus 5:3 5:5 --along s --from 0 --to 20 --figure locus.png
      stabkit locus 10:5 --along kappa
      stabkit locus 5:2 5:3 --along p --from 1/100 --to 1/2 --points 50 --json
    """
    check_targets(output, figure, reads=mix or ())
    workload = read_mix(mix, capacity, input_column, output_column)
    with working("following the roots"):
        from ..spectrum.curves.locus import root_locus

        found = root_locus(workload, cast("Along", along), low, high, points)
        if figure is not None:
            _write_figure(found, figure)
    _print(found, as_json, output)
    return 0


def _print(found: RootLocus, as_json: bool, output: Path | None) -> None:
    from ..publish.text.locus import locus_record, locus_text

    if as_json:
        emit(json.dumps(locus_record(found), indent=2, allow_nan=False) + "\n", output)
    else:
        emit(locus_text(found), output)


def _write_figure(found: RootLocus, path: Path) -> None:
    from ..publish.figures.formats import figure_bytes, figure_format
    from ..publish.figures.locus import locus_figure
    from ..publish.files import write_whole

    write_whole(path, figure_bytes(locus_figure(found), figure_format(path)))
