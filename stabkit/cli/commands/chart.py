"""``stabkit chart``: where in a plane of two numbers a mix of decode lengths is stable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ...errors import InvalidArgument, shown
from ..options import target_option
from ..present import Found, presented
from ..terminal import emit, working

__all__ = ["chart"]


@presented("chart", table=True)
def chart(
    lengths: Annotated[
        list[str],
        typer.Argument(metavar="L1 L2 [L3]", help="Two or three decode lengths, in steps."),
    ],
    vary: Annotated[
        str | None,
        typer.Option(
            metavar="X,Y",
            help="Horizontal and vertical number: two of common (input length s), share (p, of L1) "
            "and gain (κ, of damped admission); by default common,share. With L3: the shares of L1 "
            "and L2.",
        ),
    ] = None,
    input_length: Annotated[
        str | None,
        typer.Option(
            "--input",
            metavar="S",
            help="Input length in tokens where it does not vary; S1,S2[,S3]: one for each length.",
        ),
    ] = None,
    share: Annotated[
        str | None,
        typer.Option(metavar="P", help="Share of L1 where it does not vary; by default 1/2."),
    ] = None,
    gain: Annotated[
        str | None,
        typer.Option(metavar="K", help="Admission gain where it does not vary; by default 1."),
    ] = None,
    ranges: Annotated[
        list[str] | None,
        typer.Option(
            "--range", metavar="X=LOW:HIGH", help="Range of a number that varies; may be repeated."
        ),
    ] = None,
    rows: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Rows to partition exactly; by default 61, or 25 for long lengths."
        ),
    ] = None,
    table: Annotated[
        Path | None,
        target_option("--csv", help="Write boundary points, row intervals and regions."),
    ] = None,
) -> Found:
    """Draw the stability chart of two or three decode lengths.

    The plane of three lengths is that of their shares. Every region with its exact number of
    unstable modes, and the curves between them. The CSV has one row per boundary point, row
    interval or region, told apart by its first column.

    \b
    Examples:
      stabkit chart 2 3 --figure chart.pdf --csv chart.csv
      stabkit chart 3 5 --vary share,gain --input 5 --figure gain.png
      stabkit chart 7 10 --range common=0:200 --range share=1/10:9/10 --json
      stabkit chart 5 6 7 --input 5 --figure simplex.svg
    """
    fixed = {"s": _inputs(input_length), "p": share, "kappa": gain}
    with working("partitioning the plane"):
        from ...publish.rendering import TABLES
        from ...spectrum.chart.chart import stability_chart

        found = stability_chart(
            lengths,
            None if vary is None else vary.split(","),
            {name: value for name, value in fixed.items() if value is not None},
            _ranges(ranges),
            rows,
        )
    if table is not None:
        emit(TABLES(found), table)
    return Found(found)


def _inputs(text: str | None) -> str | list[str] | None:
    return text.split(",") if text is not None and "," in text else text


def _ranges(texts: list[str] | None) -> dict[str, tuple[Any, Any]]:
    ranges: dict[str, tuple[Any, Any]] = {}
    for text in texts or ():
        name, equals, ends = text.partition("=")
        low, colon, high = ends.partition(":")
        if not (equals and colon) or name in ranges:
            raise InvalidArgument(
                f"'--range' must be NUMBER=LOW:HIGH, once for each number, not {shown(text)}."
            )
        ranges[name] = (low, high)
    return ranges
