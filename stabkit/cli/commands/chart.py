"""``stabkit chart``: where in a plane of two numbers a mix of decode lengths is stable."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ...errors import InvalidArgument, shown
from ..options import deprecated, option, target_option
from ..present import Found, presented
from ..terminal import working

__all__ = ["chart"]


@presented("chart", table=True)
def chart(
    lengths: Annotated[
        list[str],
        typer.Argument(metavar="L1 L2 [L3]", help="Two or three decode lengths, in steps."),
    ],
    vary: str | None = option(
        None,
        "X,Y",
        "Horizontal and vertical number: two of common (input length s), share (p, of L1) and gain "
        "(κ, of damped admission); by default common,share. With L3: the shares of L1 and L2.",
    ),
    input_length: str | None = option(
        None,
        "S",
        "Input length in tokens where it does not vary; S1,S2[,S3]: one for each length.",
        "--input",
    ),
    share: str | None = option(None, "P", "Share of L1 where it does not vary; by default 1/2."),
    gain: str | None = option(None, "K", "Admission gain where it does not vary; by default 1."),
    ranges: list[str] | None = option(
        None, "X=LOW:HIGH", "Range of a number that varies; may be repeated.", "--range"
    ),
    rows: int | None = option(
        None, "N", "Rows to partition exactly; by default 61, or 25 for long lengths."
    ),
    table: Annotated[
        Path | None, target_option("--csv", **deprecated("--csv", "--output FILE.csv", "0.4.0"))
    ] = None,
) -> Found:
    """Draw the stability chart of two or three decode lengths.

    The plane of three lengths is that of their shares. Every region with its exact number of
    unstable modes, and the curves between them. The CSV has one row per boundary point, row
    interval or region, told apart by its first column.

    \b
    Examples:
      stabkit chart 2 3 --figure chart.pdf --output chart.csv
      stabkit chart 3 5 --vary share,gain --input 5 --figure gain.png
      stabkit chart 7 10 --range common=0:200 --range share=1/10:9/10 --json
      stabkit chart 5 6 7 --input 5 --figure simplex.svg
    """
    fixed = {"common": _inputs(input_length), "share": share, "gain": gain}
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
    return Found(found, beside={} if table is None else {table: TABLES(found)})


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
