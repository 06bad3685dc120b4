"""``stabkit roots``: the roots of the characteristic polynomial, or its equation in symbols."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .mix import Capacity, InputColumn, Mix, OutputColumn, read_mix
from .options import AsJson, Output, check_targets
from .terminal import emit, working

if TYPE_CHECKING:
    from ..model.workload import Workload
    from ..spectrum.roots import Root

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
) -> int:
    """Print all roots to any number of digits, each with a proved radius.

    \b
    Examples:
      stabkit roots 5:3 5:5 --digits 50
      stabkit roots azure-conv-2023 --top 6
      stabkit roots 5:2 5:3 --symbolic
    """
    check_targets(output, None)
    workload = read_mix(mix, capacity, input_column, output_column)
    if symbolic:
        emit(_equation(workload), output)
        return 0
    with working("finding the roots"):
        found = _found(workload, top, digits, method)
    _print(workload, found, digits, as_json, output)
    return 0


def _print(
    workload: Workload, found: list[Root], digits: int, as_json: bool, output: Path | None
) -> None:
    from ..publish.roots import roots_record, roots_text

    if as_json:
        emit(json.dumps(roots_record(workload, found, digits), indent=2) + "\n", output)
    else:
        emit(roots_text(found, digits), output)


def _found(workload: Workload, top: int | None, digits: int, method: str) -> list[Root]:
    from ..errors import InvalidArgument
    from ..spectrum.dominant import dominant_modes
    from ..spectrum.roots import roots as all_roots

    if top is None or method != "auto":
        return all_roots(workload, digits, method)[:top]
    found = dominant_modes(workload, top, digits)
    if found is None:
        raise InvalidArgument(
            f"'--top' must be smaller for this mix: no proof succeeded, not {top}."
        )
    return found


def _equation(workload: Workload) -> str:
    from ..errors import InvalidArgument
    from ..model.polynomials import characteristic_polynomial
    from ..model.symbolic import SymbolicWorkload
    from ..publish.roots import equation_text

    if workload.longest_decode > LONGEST_EQUATION:
        raise InvalidArgument(
            f"'--symbolic' must go with decode lengths up to {LONGEST_EQUATION}, "
            f"not {workload.longest_decode}."
        )
    return equation_text(characteristic_polynomial(SymbolicWorkload.shape_of(workload))) + "\n"
