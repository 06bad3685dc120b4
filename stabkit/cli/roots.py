"""``stabkit roots``: the roots of the characteristic polynomial, or its equation in symbols."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InvalidArgument
from .mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from .options import AsJson, Figure, Output, check_targets
from .terminal import emit, working

if TYPE_CHECKING:
    from ..model.workload import Workload
    from ..spectrum.roots.roots import Root

__all__ = ["roots"]

LONGEST_EQUATION = 64


def roots(
    mix: Mix = None,
    capacity: Capacity = None,
    input_column: InputColumn = None,
    output_column: OutputColumn = None,
    top: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="Only the N roots of largest modulus.")
    ] = None,
    digits: Annotated[int, typer.Option(metavar="D", help="Digits of every root.")] = 20,
    method: Annotated[
        str, typer.Option(help="'auto', or 'mpmath': the independent second engine.")
    ] = "auto",
    symbolic: Annotated[
        bool, typer.Option("--symbolic", help="Print the characteristic equation in λ, s, p.")
    ] = False,
    as_json: AsJson = False,
    output: Output = None,
    figure: Figure = None,
) -> int:
    """Print all roots to any number of digits, each with a proved radius.

    \b
    Examples:
      stabkit roots 5:3 5:5 --digits 50
      stabkit roots azure-conv-2023 --top 6
      stabkit roots 5:2 5:3 --symbolic
      stabkit roots 33:30 10:54 --figure roots.svg
    """
    check_targets(output, figure, reads=mix or ())
    workload = read_mix(mix, capacity, input_column, output_column)
    if symbolic:
        if figure is not None:
            raise InvalidArgument("'--figure' must go without '--symbolic': symbols have no roots.")
        emit(_equation(workload), output)
        return 0
    with working("finding the roots"):
        found = _found(workload, top, digits, method)
        if figure is not None:
            _write_figure(workload, found, figure)
    _print(workload, found, digits, as_json, output)
    return 0


def _print(
    workload: Workload, found: list[Root], digits: int, as_json: bool, output: Path | None
) -> None:
    from ..publish.text.roots import roots_record, roots_text

    if as_json:
        emit(json.dumps(roots_record(workload, found, digits), indent=2) + "\n", output)
    else:
        emit(roots_text(found, digits), output)


def _write_figure(workload: Workload, found: list[Root], path: Path) -> None:
    from ..analysis.pictures.roots import root_picture, synchronized_to_show
    from ..publish.figures.formats import figure_bytes, figure_format
    from ..publish.figures.roots import root_figure
    from ..publish.files import write_whole
    from ..spectrum.counting.counts import unit_circle_counts

    verdict = unit_circle_counts(workload).verdict
    picture = root_picture(workload, found, verdict, synchronized_to_show(workload))
    write_whole(path, figure_bytes(root_figure(picture), figure_format(path)))


def _found(workload: Workload, top: int | None, digits: int, method: str) -> list[Root]:
    from ..spectrum.roots.dominant import dominant_modes
    from ..spectrum.roots.roots import roots as all_roots

    if top is None or method != "auto":
        return all_roots(workload, digits, method)[:top]
    found = dominant_modes(workload, top, digits)
    if found is None:
        raise InvalidArgument(
            f"'--top' must be smaller for this mix: no proof succeeded, not {top}."
        )
    return found


def _equation(workload: Workload) -> str:
    from ..model.polynomials import characteristic_polynomial
    from ..model.symbolic import SymbolicWorkload
    from ..publish.text.roots import equation_text

    if workload.longest_decode > LONGEST_EQUATION:
        raise InvalidArgument(
            f"'--symbolic' must go with decode lengths up to {LONGEST_EQUATION}, "
            f"not {workload.longest_decode}."
        )
    return equation_text(characteristic_polynomial(SymbolicWorkload.shape_of(workload))) + "\n"
