"""``stabkit locus``: where the roots go as the input, a share or the admission gain changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, cast

import typer

from ..mix import Source
from ..present import Found, presented
from ..terminal import counting

if TYPE_CHECKING:
    from ...spectrum.partition.family import Along

__all__ = ["locus"]


@presented("locus")
def locus(
    source: Source,
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
) -> Found:
    """Follow all roots along one parameter, with exact counts.

    A row per value: the spectral radius and the number of unstable modes; then the brackets in
    which that number changes. Values may be fractions such as 1/3.

    \b
    Examples:
      stabkit locus 5:3 5:5 --along s --from 0 --to 20 --figure locus.png
      stabkit locus 10:5 --along kappa
      stabkit locus 5:2 5:3 --along p --from 1/100 --to 1/2 --points 50 --json
    """
    workload = source.read()
    with counting("following the roots", points) as counted:
        from ...spectrum.curves.locus import root_locus

        return Found(root_locus(workload, cast("Along", along), low, high, points, map=counted))
