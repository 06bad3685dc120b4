"""Stability charts as figures, text, JSON and CSV: nothing overlaps, is cut or is missing."""

import csv
import io
import json
from fractions import Fraction
from functools import cache
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.text import Text

from stabkit.publish.figures.chart import chart_figure
from stabkit.publish.figures.formats import figure_bytes
from stabkit.publish.figures.style import INK, VERMILLION, house_style
from stabkit.publish.text.chart import chart_csv, chart_record, chart_text
from stabkit.spectrum.chart.chart import StabilityChart, stability_chart

CHARTS: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "2,3": ((2, 3), {}),
    "3,5": ((3, 5), {}),
    "7,10": ((7, 10), {}),
    "gcd 2": ((4, 6), {}),
    "gcd 3": ((3, 6), {}),
    "one mode": ((1, 2), {}),
    "many curves": ((28, 29), {"rows": 7}),
    "far range": ((3, 5), {"ranges": {"s": (1000, 10**9), "p": ("1/3", "2/3")}}),
    "short range": ((3, 5), {"ranges": {"s": (10, 11), "p": ("1/3", "1/2")}}),
    "s, kappa": ((3, 5), {"vary": ("s", "kappa")}),
    "p, s": ((3, 5), {"vary": ("p", "s")}),
    "p, kappa": ((7, 10), {"vary": ("p", "kappa"), "fixed": {"s": 20}}),
    "simplex": ((5, 6, 7), {"fixed": {"s": 5}}),
    "simplex of long lengths": ((197, 2, 3), {"fixed": {"s": ("1/7", 10**6, 3)}, "rows": 2}),
    "simplex, own inputs": ((4, 6, 9), {"fixed": {"s": (5, 8, 2)}}),
}


@cache
def chart_of(name: str) -> StabilityChart:
    lengths, options = CHARTS[name]
    return stability_chart(lengths, **options)


@cache
def drawn(name: str) -> Figure:
    return chart_figure(chart_of(name))


def texts_of(figure: Figure) -> list[tuple[str, Any]]:
    """Every text that is drawn, with its box in pixels."""
    axes = figure.axes[0]
    with house_style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        found = [axes.title, *axes.texts, *figure.legends[0].get_texts()]
        for axis in (axes.xaxis, axes.yaxis) if axes.axison else ():
            low, high = axis.get_view_interval()
            ticks = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)
            found += [axis.label, *(label for tick, label in ticks if low <= tick <= high)]
        return [(t.get_text(), t.get_window_extent(renderer)) for t in found if t.get_text()]


@pytest.mark.slow
@pytest.mark.parametrize("name", CHARTS)
def test_no_text_overlaps_another_or_leaves_the_canvas(name: str) -> None:
    figure = drawn(name)
    width, height = figure.get_size_inches() * figure.dpi
    boxes = texts_of(figure)
    for text, box in boxes:
        assert min(box.x0, box.y0, width - box.x1, height - box.y1) >= -0.5, text
    for (first, box), (second, other) in combinations(boxes, 2):
        assert not box.overlaps(other), (first, second)


@pytest.mark.slow
@pytest.mark.parametrize("name", CHARTS)
def test_no_curve_runs_through_a_label(name: str) -> None:
    axes = drawn(name).axes[0]
    counts = [t for t in axes.texts if t.get_text().isdigit() and t.get_color() == INK]
    assert counts or chart_of(name).regions[0].clearance < 0.05
    curves = [line for line in axes.get_lines() if line.get_zorder() == 3]
    for text in counts:
        box = text.get_window_extent()
        for curve in curves:
            points = axes.transData.transform(np.stack(curve.get_data(), axis=1))
            dense = np.concatenate([points[:-1] + t * np.diff(points, axis=0) for t in (0, 0.5)])
            assert not ((dense >= box.min) & (dense <= box.max)).all(axis=1).any()


@pytest.mark.parametrize(
    ("name", "labels"),
    # counted by hand in the charts' grids of numpy.roots (tests/spectrum/chart/test_chart.py)
    [
        ("2,3", ["0", "1", "2"]),
        ("3,5", ["0", "2", "4"]),
        ("gcd 3", ["2", "5"]),  # the sliver of 3 has no room
        ("one mode", ["0", "1"]),
        ("s, kappa", ["0", "2", "4"]),
        ("simplex", ["2", "4", "4", "5", "6"]),
        ("short range", ["0", "2"]),
    ],
)
def test_regions_are_labelled(name: str, labels: list[str]) -> None:
    texts = [t.get_text() for t in drawn(name).axes[0].texts]
    assert sorted(text for text in texts if text.isdigit()) == labels


def legend_of(name: str) -> list[str]:
    return [text.get_text() for legend in drawn(name).legends for text in legend.get_texts()]


def test_legend_names_what_is_drawn_and_nothing_else() -> None:
    stable, pair, real = legend_of("2,3")
    assert (stable, real) == ("stable", "real mode at −1 (θ = π)")
    assert pair.startswith("complex pair")
    assert legend_of("3,5") == [stable, pair]
    assert legend_of("gcd 3") == [pair, real]
    assert legend_of("gcd 2") == [pair]


def test_kinds_of_curves_differ_in_dashes_and_colour() -> None:
    lines = [line for line in drawn("2,3").axes[0].get_lines() if line.get_zorder() == 3]
    assert [(line.get_linestyle(), line.get_color()) for line in lines] == [
        ("-", INK),
        ("--", VERMILLION),
    ]


def area_of(name: str, figure: Figure) -> float:
    """The shaded share of the picture, by shoelace over its polygons, in picture coordinates."""
    (patch,) = [p for p in figure.axes[0].patches if isinstance(p, PathPatch)]
    chart, total = chart_of(name), 0.0
    path = patch.get_path()
    path.should_simplify = False
    for polygon in path.to_polygons():
        x, y = polygon.T
        if not chart.plane.is_simplex:
            x, y = chart.horizontal.place(x), chart.vertical.place(y)
        total += abs(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) / 2
    return total / (3**0.5 / 4 if chart.plane.is_simplex else 1)


@pytest.mark.parametrize("name", ["2,3", "3,5", "7,10", "s, kappa", "p, s", "simplex, own inputs"])
def test_the_stable_area_is_shaded(name: str) -> None:
    stable = sum(r.area_share for r in chart_of(name).regions if r.verdict == "stable")
    assert area_of(name, drawn(name)) == pytest.approx(stable, abs=5e-3)


@pytest.mark.parametrize("name", ["2,3", "7,10", "p, s", "p, kappa", "simplex, own inputs"])
def test_exactly_the_stable_points_are_shaded(name: str) -> None:
    chart, random = chart_of(name), Random(3)
    (patch,) = [p for p in drawn(name).axes[0].patches if isinstance(p, PathPatch)]
    seen = set()
    for _ in range(60):
        y = chart.vertical.value(Fraction(random.randint(10, 990), 1000))
        for _ in range(5):
            x = chart.horizontal.value(Fraction(random.randint(10, 990), 1000))
            x = (1 - y) * x if chart.plane.is_simplex else x
            place = chart.frame.drawn(float(x), float(y)) if chart.plane.is_simplex else (x, y)
            step = (chart.horizontal.high - chart.horizontal.low) / 200
            if chart.distance_to_boundary(x, y) > step:
                stable = chart.unstable_modes(x, y) == 0
                assert patch.get_path().contains_point([float(v) for v in place]) == stable
                seen.add(stable)
    assert seen == {True, False}


def test_corners_of_the_triangle_are_named() -> None:
    axes = drawn("simplex").axes[0]
    places = {t.get_text(): t.xy for t in axes.texts if t.get_text().startswith("all")}
    assert places["all of length 5"] == pytest.approx((1, 0))
    assert places["all of length 6"] == pytest.approx((0.5, 3**0.5 / 2))
    assert places["all of length 7"] == pytest.approx((0, 0))


def test_figures_have_the_width_and_type_of_the_house() -> None:
    for name in ("2,3", "7,10", "simplex"):
        figure = drawn(name)
        assert figure.get_size_inches()[0] == pytest.approx(9 / 2.54)
        sizes = [t.get_fontsize() for t in figure.findobj(Text) if t.get_text()]
        assert min(sizes) >= 6.5


@pytest.mark.slow
def test_the_same_chart_gives_the_same_bytes() -> None:
    again = chart_figure(stability_chart(*CHARTS["2,3"][:1]))
    written = {name: figure_bytes(drawn("2,3"), name) for name in ("svg", "png", "pdf")}
    for name, first in reversed(written.items()):  # writing one does not change another
        assert figure_bytes(again, name) == first


def test_csv_holds_curves_rows_and_regions() -> None:
    chart = chart_of("2,3")
    rows = list(csv.DictReader(io.StringIO(chart_csv(chart))))
    assert list(rows[0]) == [
        *("record", "number", "theta", "s", "p", "s_to", "unstable", "verdict", "area_share")
    ]
    points = [row for row in rows if row["record"] == "boundary"]
    assert {row["number"] for row in points} == {"1", "2"}
    for row in points:
        s, p = float(row["s"]), float(row["p"])
        expected = 2 / (s + 3) if row["number"] == "1" else (s + 2) / (s + 3)
        assert p == pytest.approx(expected, abs=1e-9)
        assert (row["unstable"], row["verdict"], row["s_to"]) == ("", "", "")
    regions = [row for row in rows if row["record"] == "region"]
    assert [(row["unstable"], row["verdict"]) for row in regions] == [
        ("0", "stable"),
        ("2", "unstable"),
        ("1", "unstable"),
    ]
    intervals = [row for row in rows if row["record"] == "interval"]
    assert len(intervals) == sum(len(row.intervals) for row in chart.rows)
    for row in intervals:
        assert row["unstable"] == regions[int(row["number"]) - 1]["unstable"]
        middle, p = (float(row["s"]) + float(row["s_to"])) / 2, float(row["p"])
        outside = 2 * (p < 2 / (middle + 3)) + (p > (middle + 2) / (middle + 3))
        assert row["unstable"] == f"{outside}"


def test_record_is_json_and_complete() -> None:
    chart = chart_of("simplex, own inputs")
    record = json.loads(json.dumps(chart_record(chart), allow_nan=False))
    assert record["schema"] == "stabkit.chart/3"
    assert record["decode_lengths"] == [4, 6, 9]
    assert record["fixed"] == [
        {"name": "common", "values": ["5", "8", "2"]},
        {"name": "gain", "values": ["1"]},
    ]
    ends = {"low": "0", "high": "1", "logarithmic": False}
    assert record["axes"] == [{"name": name, **ends} for name in ("p1", "p2")]
    assert len(record["rows"]) == len(chart.rows)
    assert len(record["boundaries"]) == len(chart.boundaries)
    for row in record["rows"]:
        for part in row["row_intervals"]:
            assert record["regions"][part["region"]]["unstable"] == part["unstable"]
    assert {
        len(curve[key]) for curve in record["boundaries"][:1] for key in ("angles", "curve")
    } == {len(chart.boundaries[0].theta)}


def test_text_names_ranges_regions_and_boundary() -> None:
    text = chart_text(chart_of("2,3"))
    assert "input length s (tokens): 0 to 20" in text
    assert "share p of length 2: 0 to 1" in text
    lines = [line.split() for line in text.splitlines()]
    table = [line[:2] for line in lines if line[1:2] in (["stable"], ["unstable"])]
    assert table == [["0", "stable"], ["2", "unstable"], ["1", "unstable"]]
    assert "1 curve with a complex pair" in text
    assert "none with a mode at 1 (θ = 0)" in text
    assert "logarithmic" in chart_text(chart_of("7,10"))
    assert "κ" not in text


def test_text_lists_the_largest_regions() -> None:
    chart = chart_of("many curves")
    text = chart_text(chart)
    count = len(chart.regions)
    assert ("smaller region" in text) == (count > 24)
