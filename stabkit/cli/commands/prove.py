"""``stabkit prove``: checks the records of the theory by computer algebra."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import InvalidArgument
from ..completion import complete_theorem
from ..present import Found, presented
from ..terminal import counting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...theorems.checked import CheckedTheorem

__all__ = ["FAILED", "prove"]

FAILED = 1


@presented("checked", latex=True, full=True)
def prove(
    labels: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="LABEL",
            help="Theorems, by label or title, such as r7; all by default.",
            autocompletion=complete_theorem,
        ),
    ] = None,
) -> Found:
    """Check the theorems behind stabkit, step by step.

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
    from ...theorems.registry import theorems
    from ...theorems.runner import prove as checked
    from ...theorems.runner import selected

    records = theorems()
    if not records:
        raise InvalidArgument("'LABEL' must name an installed record; none is installed.")
    total = len(selected(records, labels or ()))
    with counting("checking theorems", total) as counted:
        found = checked(records, labels or (), counted)
    return Found(
        found,
        {"detailed": bool(labels)},
        FAILED if any(_is_wrong(one) for one in found) else 0,
        latex=partial(_article, found),
    )


def _is_wrong(one: CheckedTheorem) -> bool:
    return one.status == "failed" or (one.status == "refuted" and one.theorem.refutation is None)


def _article(found: Sequence[CheckedTheorem]) -> str:
    from ...publish.theory.article import theory_tex

    return theory_tex(found)
