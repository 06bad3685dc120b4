"""A stability chart as text for people, as JSON types, and as a table of comma-separated values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from ...model.numbers import rational_text
from ...spectrum.chart.chart import StabilityChart
from ...spectrum.chart.plane import CALLED, Axis, ChartPlane
from ...spectrum.chart.regions import ChartRegion
from ...spectrum.chart.rows import ChartRow
from ..layout import title, wrapped
from ..rendering import RECORDS, TABLES, TEXTS
from .dialect import as_json, chosen, headed
from .numbers import counted, percent, readable
from .tables import csv_text, plain_table

__all__ = ["SCHEMA", "axis_label", "chart_csv", "chart_record", "chart_text", "chart_title"]

SCHEMA = "stabkit.chart/3"
_DIGITS = 6
_LISTED = 24


def axis_label(chart: StabilityChart, axis: Axis) -> str:
    """Return what varies along an axis, with its unit."""
    return {
        "s": "input length s (tokens)",
        "p": f"share p of length {chart.plane.decode_lengths[0]}",
        "kappa": "gain κ of damped admission",
        "p1": f"share p1 of length {chart.plane.decode_lengths[0]}",
        "p2": f"share p2 of length {chart.plane.decode_lengths[1]}",
    }[axis.number]


def chart_title(chart: StabilityChart) -> str:
    """Return what the chart shows, and on a second line what rests."""
    plane = chart.plane
    *others, last = plane.decode_lengths
    title = f"number of unstable modes, decode lengths {', '.join(map(str, others))} and {last}"
    rest = []
    if "s" not in plane.vary:
        inputs = plane.inputs if len(set(plane.inputs)) > 1 else plane.inputs[:1]
        rest.append("s = " + ", ".join(map(rational_text, inputs)))
    if "p" not in plane.vary and not plane.is_simplex:
        rest.append(f"p = {plane.share}")
    if "kappa" not in plane.vary and plane.gain != 1:
        rest.append(f"κ = {plane.gain}")
    return f"{title}\n{';  '.join(rest)}" if rest else title


@TEXTS.writes(StabilityChart)
def chart_text(chart: StabilityChart) -> str:
    """Return the ranges, the regions with their exact counts, and the boundary curves."""
    x, y = chart.horizontal, chart.vertical
    lines = [title(chart_title(chart).replace("\n", ", ")).rstrip()]
    lines += [*wrapped(_range_text(chart, x)), *wrapped(_range_text(chart, y))]
    if not chart.complete:
        lines += wrapped("Some rows may have crossings not found; counts there are exact.")
    shown = chart.regions[:_LISTED]
    samples = (f"sample {axis.number}" for axis in (x, y))
    heads = ("unstable modes", "verdict", "of the picture", *samples)
    lines += ["", plain_table([heads, *map(_region_row, shown)]).rstrip()]
    if len(chart.regions) > len(shown):
        hidden = len(chart.regions) - len(shown)
        lines.append(f"and {counted(hidden, 'smaller region')}")
    pairs = sum(curve.kind == "pair" for curve in chart.boundaries)
    real = len(chart.boundaries) - pairs
    lines += [
        "",
        *wrapped(
            f"Boundary: {counted(pairs, 'curve')} with a complex pair on the circle (0 < θ < π), "
            f"{real} with a mode at -1 (θ = π); none with a mode at 1 (θ = 0), as G(1) > 0. "
            f"From {counted(len(chart.rows), 'row')} of fixed {y.number}, each partitioned exactly."
        ),
    ]
    return "\n".join(lines) + "\n"


def _range_text(chart: StabilityChart, axis: Axis) -> str:
    ends = f"{readable(axis.low)} to {readable(axis.high)}"
    return f"{axis_label(chart, axis)}: {ends}{', logarithmic' if axis.logarithmic else ''}"


def _region_row(region: ChartRegion) -> tuple[str, ...]:
    count = "undecided" if region.unstable is None else f"{region.unstable}"
    point = (readable(value, _DIGITS) for value in region.label_point)
    return (count, region.verdict, percent(region.area_share), *point)


def _row_record(row: ChartRow, places: tuple[int, ...]) -> dict[str, Any]:
    return {
        "value": as_json(row.value),
        "row_crossings": [
            {"position": float(c), **chosen(c, "angles change")} for c in row.crossings
        ],
        "row_intervals": [
            {
                "low": float(part.low),
                "high": float(part.high),
                "unstable": part.unstable,
                "region": region,
            }
            for part, region in zip(row.intervals, places, strict=True)
        ],
    }


@RECORDS.writes(StabilityChart)
def chart_record(chart: StabilityChart) -> dict[str, Any]:
    """Return the chart as JSON types: schema ``stabkit.chart/3``.

    `area_share` is of the area of the picture, whose axes may be logarithmic. Numbers that rest,
    the ends of axes and rows are exact rationals as text; crossings, ends of intervals and points
    of curves are floats. `region` is the position in `regions`.
    """
    plane = chart.plane
    return headed(
        SCHEMA,
        decode_lengths=list(plane.decode_lengths),
        fixed=_fixed(plane),
        axes=[
            chosen(axis, "name low high logarithmic") for axis in (chart.horizontal, chart.vertical)
        ],
        complete=chart.complete,
        regions=[
            chosen(region, "unstable verdict label_point area_share") for region in chart.regions
        ],
        rows=[_row_record(*pair) for pair in zip(chart.rows, chart.places, strict=True)],
        boundaries=[
            {
                **chosen(curve, "kind angles=theta"),
                "curve": as_json(list(zip(curve.x, curve.y, strict=True))),
            }
            for curve in chart.boundaries
        ],
    )


def _fixed(plane: ChartPlane) -> list[dict[str, Any]]:
    rest = {"s": plane.inputs, "kappa": (plane.gain,)}
    if not plane.is_simplex:
        rest["p"] = (plane.share,)
    return [
        {"name": CALLED[number], "values": as_json(values)}
        for number, values in rest.items()
        if number not in plane.vary
    ]


@TABLES.writes(StabilityChart)
def chart_csv(chart: StabilityChart) -> str:
    """Return one table of three kinds of records, told apart by the first column.

    ============ ==========================================================================
    column       what it holds
    ============ ==========================================================================
    record       ``boundary``: a point of a curve; ``interval``: a part of a row;
                 ``region``: a region, at its label point
    number       of the curve, or of the region (also that of an interval), from 1
    theta        boundary: the angle of the mode on the circle, radians
    x, y         the two numbers, under their own names; for an interval the lower end
    x_to         interval: the upper end
    unstable     interval, region: the exact number of unstable modes; empty if undecided
    verdict      interval, region
    area_share   region: of the area of the picture
    ============ ==========================================================================

    Fields that a record does not have are empty. Lines end with a line feed.
    """
    return csv_text(_csv_rows(chart))


def _csv_rows(chart: StabilityChart) -> Iterator[tuple[Any, ...]]:
    x, y = chart.horizontal.number, chart.vertical.number
    yield "record", "number", "theta", x, y, f"{x}_to", "unstable", "verdict", "area_share"
    for number, curve in enumerate(chart.boundaries, start=1):
        for theta, across, up in zip(curve.theta, curve.x, curve.y, strict=True):
            yield "boundary", number, *map(_number, (theta, across, up)), *[""] * 4
    for row, places in zip(chart.rows, chart.places, strict=True):
        for part, region in zip(row.intervals, places, strict=True):
            ends = (float(part.low), float(row.value), float(part.high))
            count = (_count(part.unstable), part.verdict, "")
            yield "interval", region + 1, "", *map(_number, ends), *count
    for number, found in enumerate(chart.regions, start=1):
        point = map(_number, found.label_point)
        count = (_count(found.unstable), found.verdict, _number(found.area_share))
        yield "region", number, "", *point, "", *count


def _number(value: float) -> str:
    return repr(float(value)) if math.isfinite(value) else ""


def _count(count: int | None) -> str:
    return "" if count is None else f"{count}"
