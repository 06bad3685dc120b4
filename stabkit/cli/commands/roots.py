"""``stabkit roots``: the roots of the characteristic polynomial, or its equation in symbols."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from ...errors import InvalidArgument
from ..mix import MixOptions
from ..options import flag, option, refuse_beside
from ..present import Found, presented
from ..terminal import working

if TYPE_CHECKING:
    from ...model.workload import Workload
    from ...spectrum.roots.roots import Roots

__all__ = ["roots"]

LONGEST_EQUATION = 64


@presented("roots", full=True)
def roots(
    context: typer.Context,
    source: MixOptions,
    top: int | None = option(None, "N", "Only the N roots of largest modulus.", min=1),
    digits: int = option(20, "D", "Digits of every root."),
    method: str = option("auto", "auto|mpmath", "mpmath: the independent second engine."),
    symbolic: bool = flag("--symbolic", "Print the characteristic equation in λ, s, p."),
) -> Found:
    """Print all roots to any number of digits, with proved radii.

    \b
    Examples:
      stabkit roots 5:3 5:5 --digits 50
      stabkit roots azure-conv-2023 --top 6
      stabkit roots 5:2 5:3 --symbolic
      stabkit roots 33:30 10:54 --figure roots.svg
    """
    if symbolic:
        unused = ("capacity", "log", "top", "digits", "method", "full", "as_json", "figure")
        refuse_beside(context, "--symbolic", *unused)
        return Found(_equation(source.read()))
    workload = source.read()
    with working("finding the roots"):
        found = _found(workload, top, digits, method)
    return Found(found, {"digits": digits})


def _found(workload: Workload, top: int | None, digits: int, method: Any) -> Roots:
    from ...spectrum.roots.dominant import dominant_modes
    from ...spectrum.roots.roots import Roots
    from ...spectrum.roots.roots import roots as all_roots

    if top is None or method != "auto":
        return Roots(workload, all_roots(workload, digits, method)[:top])
    found = dominant_modes(workload, top, digits)
    if found is None:
        raise InvalidArgument(
            f"'--top' must be smaller for this mix: no proof succeeded, not {top}."
        )
    return Roots(workload, found)


def _equation(workload: Workload) -> str:
    from ...model.polynomials import factored_kernel
    from ...model.symbolic import SymbolicWorkload
    from ...publish.text.roots import equation_text

    if workload.longest_decode > LONGEST_EQUATION:
        raise InvalidArgument(
            f"'--symbolic' must go with decode lengths up to {LONGEST_EQUATION}, "
            f"not {workload.longest_decode}."
        )
    return equation_text(factored_kernel(SymbolicWorkload.shape_of(workload))) + "\n"
