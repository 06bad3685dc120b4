"""``stabkit prove``: checks the records of the theory by computer algebra."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import InvalidArgument
from .options import AsJson, Output, check_targets
from .terminal import counting, emit, emit_latex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..theorems.runner import CheckedTheorem

__all__ = ["FAILED", "prove"]

FAILED = 1


def prove(
    labels: Annotated[
        list[str] | None,
        typer.Argument(metavar="LABEL", help="Theorems, such as R7; all by default."),
    ] = None,
    as_json: AsJson = False,
    tex: Annotated[
        bool,
        typer.Option("--tex", help="Write a LaTeX article: theorems, proofs, status (or a .pdf)."),
    ] = False,
    output: Output = None,
) -> int:
    """Check the theorems behind stabkit, step by step, and print what is proved.

    Every claim is decided on many objects, and every step of every proof is checked by computer
    algebra: identities with all parameters free, inequalities with a positivity certificate,
    textbook theorems with their obligations, exact grids, certified enclosures. Exit status 1 if
    a step fails or a claim that is not known to be false is refuted.

    \b
    Examples:
      stabkit prove
      stabkit prove R7 R9
      stabkit prove --tex --output theory.pdf
    """
    if as_json and tex:
        raise InvalidArgument("'--tex' must be given without '--json', not with it.")
    if output is not None and output.suffix == ".pdf" and not tex:
        raise InvalidArgument("'--output' to a .pdf file must be given with '--tex'.")
    check_targets(output)
    from ..theorems.registry import theorems
    from ..theorems.runner import prove as checked
    from ..theorems.runner import selected

    records = theorems()
    if not records:
        raise InvalidArgument("'LABEL' must name an installed record; none is installed.")
    total = len(selected(records, labels or ()))
    with counting("checking theorems", total) as counted:
        found = checked(records, labels or (), counted)
    write = emit_latex if tex else emit
    write(_written(found, as_json, tex, bool(labels)), output)
    return FAILED if any(_is_wrong(one) for one in found) else 0


def _is_wrong(one: CheckedTheorem) -> bool:
    return one.status == "failed" or (one.status == "refuted" and one.theorem.refutation is None)


def _written(found: Sequence[CheckedTheorem], as_json: bool, tex: bool, detailed: bool) -> str:
    if tex:
        from ..publish.theory.article import theory_tex

        return theory_tex(found)
    from ..publish.text.theorems import theorems_record, theorems_text

    if as_json:
        return json.dumps(theorems_record(found), indent=2, allow_nan=False) + "\n"
    return theorems_text(found, detailed)
