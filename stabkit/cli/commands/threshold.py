"""``stabkit threshold``: for which input lengths, shares or gains a mix is steady."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ..mix import MixOptions
from ..options import Along, flag, line_of, option, refuse_beside
from ..present import Found, presented
from ..terminal import working

if TYPE_CHECKING:
    from ...model.symbolic import SymbolicWorkload
    from ...model.workload import Workload

__all__ = ["threshold"]

UNDECIDED = 4


@presented("threshold")
def threshold(
    context: typer.Context,
    source: MixOptions,
    along: Along = "common",
    digits: int | None = option(
        None,
        "D",
        "Digits of s* and s°, by default 20; of stable shares and gains (JSON: of all crossings).",
        min=1,
        max=1000,
    ),
    symbolic: bool = flag("--symbolic", "Print the criterion in s and p instead (L up to 5)."),
) -> Found:
    """Find all stable input lengths, shares or gains, exactly.

    The D-partition along the inputs: every stable interval, the threshold s*, the sufficient bound
    s° of the gcd theorem, and the variance law's estimate beside them. With slopes, it tells which
    class's prompts may grow. Along the share of the first class, or the gain of damped admission,
    every stable interval.

    \b
    Examples:
      stabkit threshold 5:3 5:5
      stabkit threshold 100:7 100:10 --digits 50
      stabkit threshold 3:7 8:9 --along shift
      stabkit threshold 3:7 8:9 --along 1,0
      stabkit threshold 10:3 10:5 --along share
      stabkit threshold 5:2 5:3 --symbolic
    """
    if symbolic:
        unused = ("capacity", "log", "along", "digits", "as_json", "figure")
        refuse_beside(context, "--symbolic", *unused)
        return Found(_criterion(source.read()))
    workload = source.read()
    with working("looking for crossings"):
        from ...spectrum.partition.threshold import threshold as threshold_of

        found = threshold_of(workload, line_of(along))
    return Found(
        found, {} if digits is None else {"digits": digits}, 0 if found.complete else UNDECIDED
    )


def _criterion(workload: Workload) -> str:
    with working("simplifying"):
        from ...model.symbolic import SymbolicWorkload
        from ...publish.text.criterion import criterion_text
        from ...spectrum.criterion.criterion import stability_criterion

        shape = SymbolicWorkload.shape_of(workload)
        return _legend(shape) + criterion_text(stability_criterion(shape))


def _legend(shape: SymbolicWorkload) -> str:
    """Say what the symbols stand for: only the decode lengths of the mix are used."""
    lines = [
        f"decode length {c.decode_length}: input {c.input_length}, share {c.share}"
        for c in shape.classes
    ]
    return "\n".join(lines) + "\n\n"
