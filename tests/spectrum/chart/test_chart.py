"""Stability charts against counts at random points, formulas by hand, and a grid of numpy.roots."""

import math
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from random import Random
from typing import Any

import numpy as np
import pytest

from stabkit import InvalidArgument, Workload, unit_circle_counts
from stabkit.spectrum.chart.chart import StabilityChart, stability_chart
from stabkit.spectrum.chart.regions import stable_areas
from stabkit.spectrum.chart.rows import ChartRow, RowCrossing, RowInterval, linked_intervals
from stabkit.spectrum.counting.isolation import isolated_disc_counts

CHARTS: dict[str, tuple[tuple[int, ...], dict[str, Any]]] = {
    "2,3": ((2, 3), {"ranges": {"s": (0, 20)}}),
    "3,5": ((3, 5), {}),
    "7,10": ((7, 10), {}),
    "many terms": ((24, 25), {"fixed": {"kappa": "9/10"}}),
    "gcd 2": ((4, 6), {}),
    "gcd 3, longer first": ((6, 3), {"vary": ("p", "s")}),
    "s, kappa": ((3, 5), {"vary": ("s", "kappa"), "fixed": {"p": "2/5"}}),
    "kappa, s": ((4, 6), {"vary": ("kappa", "s")}),
    "p, kappa": ((7, 10), {"vary": ("p", "kappa"), "fixed": {"s": 20}}),
    "kappa, p, own inputs": ((3, 5), {"vary": ("kappa", "p"), "fixed": {"s": (2, 9)}}),
    "s, p, damped": ((2, 7), {"fixed": {"kappa": "3/4"}}),
    "simplex": ((5, 6, 7), {"fixed": {"s": 5}}),
    "simplex, own inputs, damped": ((9, 4, 6), {"fixed": {"s": (2, 5, 8), "kappa": "9/10"}}),
}
POINTS, LEVELS = 400, 50
NEAR = 1e-9


@cache
def chart_of(name: str) -> StabilityChart:
    lengths, options = CHARTS[name]
    return stability_chart(lengths, **options, rows=31)


def classes_at(chart: StabilityChart, x: Any, y: Any) -> tuple[list[tuple[Any, int, Any]], Any]:
    """The classes (s, l, p) and the gain at a point, from what the numbers mean."""
    plane = chart.plane
    lengths = plane.decode_lengths
    if len(lengths) == 3:
        return list(zip(plane.inputs, lengths, (x, y, 1 - x - y), strict=True)), plane.gain
    numbers = {"p": plane.share, "kappa": plane.gain} | dict(zip(plane.vary, (x, y), strict=True))
    inputs = (numbers["s"],) * 2 if "s" in numbers else plane.inputs
    shares = (numbers["p"], 1 - numbers["p"])
    return list(zip(inputs, lengths, shares, strict=True)), numbers["kappa"]


def terms_at(chart: StabilityChart, x: Any, y: Any) -> list[Any]:
    """The kernel from its definition: g_0 and kappa g_m."""
    classes, gain = classes_at(chart, x, y)
    longest = max(n for _, n, _ in classes)
    terms = [sum(p * (s + m + 1) for s, n, p in classes if m < n) for m in range(longest)]
    return [terms[0], *(gain * g for g in terms[1:])]


def count_at(chart: StabilityChart, x: Fraction, y: Fraction) -> int:
    """The unstable modes by FLINT's root isolation; by the default engine where the gain is 1."""
    terms = terms_at(chart, x, y)
    scale = math.lcm(*(Fraction(g).denominator for g in terms))
    within, on_circle, _ = isolated_disc_counts([int(g * scale) for g in terms])
    assert on_circle == 0
    classes, gain = classes_at(chart, x, y)
    if gain == 1:
        assert unit_circle_counts(Workload.from_classes(classes)).outside == within
    return within


def random_points(chart: StabilityChart, seed: int) -> list[tuple[Fraction, Fraction]]:
    random = Random(seed)
    points = []
    for _ in range(LEVELS):
        y = chart.vertical.value(Fraction(random.randint(1, 9999), 10_000))
        for _ in range(POINTS // LEVELS):
            x = chart.horizontal.value(Fraction(random.randint(1, 9999), 10_000))
            points.append(((1 - y) * x if chart.plane.is_simplex else x, y))
    return points


@pytest.mark.slow
@pytest.mark.parametrize("name", CHARTS)
def test_labels_are_the_exact_counts_at_random_points(name: str) -> None:
    chart = chart_of(name)
    assert chart.complete
    near, unseen = 0, 0
    for x, y in random_points(chart, seed=7):
        if chart.distance_to_boundary(x, y) <= NEAR:
            near += 1
            continue
        expected = count_at(chart, x, y)
        assert chart.unstable_modes(x, y) == expected
        region = chart.region_at(x, y)
        if region is None:
            unseen += 1
        else:
            assert region.unstable == expected
    assert near <= 2
    assert unseen <= POINTS // 100


@pytest.mark.parametrize("name", CHARTS)
def test_label_points_have_their_label(name: str) -> None:
    chart = chart_of(name)
    for region in chart.regions:
        x, y = (Fraction(value) for value in region.label_point)
        assert region.clearance > 0
        assert count_at(chart, x, y) == region.unstable
        assert chart.region_at(x, y) == region
        assert region.verdict == ("unstable" if region.unstable else "stable")
    assert sum(region.area_share for region in chart.regions) == pytest.approx(1)


@pytest.mark.parametrize("name", CHARTS)
def test_no_curve_is_nearer_to_a_label_than_its_clearance(name: str) -> None:
    """But for half of the 8 * 0.005 that the points by which distances are measured are apart."""
    chart = chart_of(name)
    drawn = [np.stack(chart.frame.drawn(c.x, c.y)) for c in chart.boundaries]
    curves = np.concatenate(drawn, axis=1)
    for region in chart.regions:
        place = np.array(chart.frame.drawn(*region.label_point))
        clearance = region.clearance * chart.frame.size[1]
        assert clearance <= chart.frame.distance_to_sides(*place) + NEAR
        assert clearance <= np.hypot(*(curves - place[:, None])).min() + 0.02


@pytest.mark.parametrize("name", CHARTS)
def test_curves_have_a_mode_at_their_angle(name: str) -> None:
    chart = chart_of(name)
    longest = max(chart.plane.decode_lengths)
    for curve in chart.boundaries:
        assert (curve.theta == math.pi).all() == (curve.kind == "real")
        # at angles below pi / (L - 1) no kernel with nonnegative terms has a zero
        assert math.pi / (longest - 1) < curve.theta.min() <= curve.theta.max() <= math.pi
        for theta, x, y in list(zip(curve.theta, curve.x, curve.y, strict=True))[::7]:
            terms = np.array(terms_at(chart, x, y), dtype=float)
            value = np.sum(terms * np.exp(1j * theta * np.arange(len(terms))))
            assert abs(value) <= 1e-9 * terms.sum()


@pytest.mark.parametrize("name", CHARTS)
def test_curves_end_at_the_border_or_at_half_a_turn(name: str) -> None:
    # they are continuous in theta: one that ends elsewhere has a gap
    chart = chart_of(name)
    for curve in chart.boundaries:
        to_border = chart.frame.distance_to_sides(*chart.frame.drawn(curve.x, curve.y))
        for end in (0, -1):
            assert to_border[end] < 1e-3 or math.pi - curve.theta[end] < 2e-6


@pytest.mark.parametrize("name", CHARTS)
def test_every_crossing_of_a_row_is_on_a_curve(name: str) -> None:
    # the rows are exact and the curves are not: two routes to the same points
    chart = chart_of(name)
    drawn = [np.stack(chart.frame.drawn(c.x, c.y)) for c in chart.boundaries]
    curves = np.concatenate(drawn, axis=1)
    for row in chart.rows:
        for crossing in row.crossings:
            place = chart.frame.drawn(float(crossing), float(row.value))
            assert np.hypot(*(curves - np.array(place)[:, None])).min() < 0.006


def test_two_and_three_by_hand() -> None:
    # F = (s+1) l^2 + (s+2) l + (1-p)(s+3): a pair on the circle iff the outer coefficients agree,
    # p = 2/(s+3), at cos theta = -(s+2)/(2(s+1)), once s > 0; F(-1) = 0 iff p = (s+2)/(s+3)
    chart = chart_of("2,3")
    pair, real = chart.boundaries
    assert (pair.kind, real.kind) == ("pair", "real")
    assert pair.y == pytest.approx(2 / (pair.x + 3), abs=1e-9)
    assert np.cos(pair.theta) == pytest.approx(-(pair.x + 2) / (2 * (pair.x + 1)), abs=1e-9)
    assert real.y == pytest.approx((real.x + 2) / (real.x + 3), abs=1e-12)
    for curve, ends in ((pair, (2 / 3, 2 / 23)), (real, (2 / 3, 22 / 23))):
        order = np.argsort(curve.x)
        assert curve.x[order[[0, -1]]] == pytest.approx([0, 20], abs=1e-4)
        assert curve.y[order[[0, -1]]] == pytest.approx(ends, abs=1e-4)
        assert np.abs(np.diff(curve.x[order])).max() < 0.3
    areas = {region.unstable: region.area_share for region in chart.regions}
    below = math.log(23 / 3) / 20
    assert len(chart.regions) == 3
    assert areas == pytest.approx({0: 1 - 3 * below, 1: below, 2: 2 * below}, abs=2e-3)


def test_one_and_two_by_hand() -> None:
    # F = (s+1) l + (1-p)(s+2): unstable iff p < 1/(s+2)
    chart = stability_chart([1, 2], rows=9)
    (curve,) = chart.boundaries
    assert curve.kind == "real"
    assert curve.y == pytest.approx(1 / (curve.x + 2), abs=1e-12)
    assert sorted(region.unstable or 0 for region in chart.regions) == [0, 1]


def test_gcd_two_is_never_stable_until_damped() -> None:
    assert all(region.verdict == "unstable" for region in chart_of("gcd 2").regions)
    assert {region.verdict for region in chart_of("kappa, s").regions} == {"stable", "unstable"}


def grid_of(chart: StabilityChart, across: int, up: int) -> dict[tuple[int, int], int]:
    """Unstable modes by numpy.roots at the centres of the cells of a grid."""
    cells = {}
    for j in range(up):
        y = float(chart.vertical.at(np.array((j + 0.5) / up)))
        for i in range(across):
            x = float(chart.horizontal.at(np.array((i + 0.5) / across)))
            if not chart.plane.is_simplex or x + y < 1:
                cells[i, j] = int(np.sum(np.abs(np.roots(terms_at(chart, x, y))) > 1))
    return cells


def connected(cells: dict[tuple[int, int], int]) -> list[tuple[int, int]]:
    """Counts and sizes of the connected sets of cells with the same count."""
    left, found = dict(cells), []
    while left:
        start, count = left.popitem()
        stack, size = [start], 1
        while stack:
            i, j = stack.pop()
            for cell in ((i - 1, j), (i + 1, j), (i, j - 1), (i, j + 1)):
                if left.get(cell) == count:
                    del left[cell]
                    stack.append(cell)
                    size += 1
        found.append((count, size))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["3,5", "s, kappa", "p, kappa", "kappa, p, own inputs", "simplex", "s, p, damped"]
)
def test_regions_are_those_of_a_grid(name: str) -> None:
    chart = chart_of(name)
    cells = grid_of(chart, 72, 54)
    sizes = [(count, size / len(cells)) for count, size in connected(cells)]
    large = Counter(count for count, size in sizes if size > 0.02)
    assert Counter(r.unstable for r in chart.regions if r.area_share > 0.02) == large
    shares: Counter[int | None] = Counter()
    for region in chart.regions:
        shares[region.unstable] += region.area_share  # type: ignore[assignment]
    for count, number in Counter(cells.values()).items():
        assert shares[count] == pytest.approx(number / len(cells), abs=0.012)


def test_curves_that_cross_pinch_a_region() -> None:
    # two curves cross: 0 below, 4 above, and 2 on the left and on the right are two regions
    chart = stability_chart([3, 5], ("p", "kappa"), {"s": 5}, rows=31)
    assert sorted(region.unstable or 0 for region in chart.regions) == [0, 2, 2, 4]


def row_of(counts: list[int], crossings: list[tuple[str, float]]) -> ChartRow:
    """A row on [0, 1] from the places and the angles of its crossings."""
    places = [Fraction(place) for place, _ in crossings]
    parts = zip([Fraction(0), *places], [*places, Fraction(1)], counts, strict=True)
    return ChartRow(
        Fraction(0),
        tuple(
            RowCrossing(x, x, (angle,), after - before)
            for x, (_, angle), (before, after) in zip(
                places, crossings, pairwise(counts), strict=True
            )
        ),
        tuple(RowInterval(low, high, n, "unstable" if n else "stable") for low, high, n in parts),
        True,
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        # two curves move far, but keep their angles: a steep strip without overlap
        (
            ([4, 2, 0], [(".1", 1.0), (".2", 2.0)]),
            ([4, 2, 0], [(".6", 1.1), (".7", 1.9)]),
            [(0, 0), (1, 1), (2, 2)],
        ),
        # they cross: what is between them now is another region, although it overlaps
        (
            ([4, 2, 0], [(".4", 1.0), (".6", 2.0)]),
            ([4, 2, 0], [(".45", 2.0), (".55", 1.0)]),
            [(0, 0), (2, 2)],
        ),
        # a pair of crossings begins: both sides of what it parts were one
        (([0], []), ([0, 2, 0], [(".4", 1.0), (".6", 1.1)]), [(0, 0), (0, 2)]),
        # a curve leaves the range on the left
        (([4, 2], [(".1", 1.0)]), ([2], []), [(1, 0)]),
        # the same counts by other curves, which change them the other way
        (
            ([0, 2, 4], [(".1", 1.0), (".2", 2.0)]),
            ([4, 2, 0], [(".8", 3.0), (".9", 2.9)]),
            [(2, 0)],
        ),
    ],
)
def test_links(one: Any, other: Any, expected: list[tuple[int, int]]) -> None:
    assert list(linked_intervals(row_of(*one), row_of(*other))) == expected
    assert sorted(linked_intervals(row_of(*other), row_of(*one))) == sorted(
        (j, i) for i, j in expected
    )


def test_polygons_cover_the_stable_intervals_and_part_where_the_region_does() -> None:
    rows = [
        row_of([0, 2], [(".2", 1.0)]),
        row_of([0, 2], [(".4", 1.1)]),
        row_of([0, 2], [(".4", 1.2)]),
        row_of([0, 2, 0, 2], [(".1", 2.0), (".2", 2.1), (".4", 1.2)]),
    ]
    rows = [replace(row, value=Fraction(height)) for height, row in enumerate(rows)]
    links = [list(linked_intervals(one, other)) for one, other in pairwise(rows)]
    found = [list(zip(*polygon, strict=True)) for polygon in stable_areas(rows, links)]
    assert sorted(found) == [
        [(0, 0), (0, 1), (0, 2), (0.4, 2), (0.4, 1), (0.2, 0)],
        [(0, 2), (0, 3), (0.1, 3), (0.4, 2)],
        [(0, 2), (0.2, 3), (0.4, 3), (0.4, 2)],
    ]


@pytest.mark.slow
def test_exchanged_numbers_and_classes_give_the_same_chart() -> None:
    ranges = {"s": (0, 50)}
    charts = [
        stability_chart([7, 10], ("s", "p"), ranges=ranges),
        stability_chart([10, 7], ("s", "p"), ranges=ranges),
        stability_chart([7, 10], ("p", "s"), ranges=ranges),
    ]
    areas = [
        {region.unstable: region.area_share for region in chart.regions if region.area_share > 1e-3}
        for chart in charts
    ]
    assert areas[1] == pytest.approx(areas[0], abs=3e-3)
    assert areas[2] == pytest.approx(areas[0], abs=3e-3)
    assert charts[0].unstable_modes(30, "1/3") == charts[1].unstable_modes(30, "2/3")
    assert charts[0].unstable_modes(30, "1/3") == charts[2].unstable_modes("1/3", 30)


def test_points_on_the_boundary_have_no_label() -> None:
    chart = chart_of("2,3")
    assert chart.unstable_modes(1, "1/2") is None  # 2/(s+3) = 1/2
    assert chart.region_at(1, "1/2") is None
    assert chart.distance_to_boundary(1, "1/2") == 0
    assert chart.distance_to_boundary(5, "1/2") == 4
    assert chart.distance_to_boundary(5, "7/10") == pytest.approx(14 / 3)  # (s+2)/(s+3) at s = 1/3
    assert chart.unstable_modes(10**9, "1/2") == 0  # beyond the range, within the domain


def test_the_rows_that_are_documented_are_the_default() -> None:
    charts = [stability_chart([2, 3], ranges={"s": (0, 20)}, **rows) for rows in ({}, {"rows": 61})]
    assert charts[0].rows == charts[1].rows


def test_the_first_row_is_at_the_end_of_the_axis_or_beside_it() -> None:
    ends = [stability_chart([2, 3], vary=vary).rows[0].value for vary in (("p", "s"), ("s", "p"))]
    assert ends == [0, Fraction(1, 1000)]  # s = 0 is in the domain, p = 0 is not


def test_long_lengths_have_a_logarithmic_chart() -> None:
    chart = stability_chart([40, 41], ranges={"p": ("2/5", "3/5")}, rows=3)
    assert chart.horizontal.logarithmic
    label = {r.unstable: r.label_point for r in chart.regions}[0]
    assert (
        unit_circle_counts(
            Workload.from_classes([(label[0], 40, label[1]), (label[0], 41, 1 - label[1])])
        ).verdict
        == "stable"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"decode_lengths": [3]}, "'decode_lengths' must be two or three different integers"),
        ({"decode_lengths": [3, 3]}, "from 1 to 500, not '3 3'"),
        ({"decode_lengths": [3, 1001]}, "'decode_lengths' must be two or three"),
        ({"decode_lengths": "35"}, "'decode_lengths' must be two or three"),
        ({"vary": ("s", "q")}, "'vary' must be two of 'common', 'share' and 'gain', not 's', 'q'"),
        ({"vary": ("s", "s")}, "'vary' must be two of"),
        ({"vary": "s"}, "'vary' must be two of 'common', 'share' and 'gain', not 's'"),
        ({"vary": ()}, "'vary' must be two of 'common', 'share' and 'gain', not nothing"),
        ({"vary": ("p", "kappa")}, "'common' must be an input length where share and gain vary"),
        ({"fixed": {"s": 5}}, "'common' must be left out where it varies, not 5"),
        ({"fixed": {"q": 5}}, "'fixed' must hold 'gain' here, not 'q'"),
        ({"fixed": {"kappa": 0}}, "'gain' must be positive and at most 1, not 0"),
        ({"fixed": {"kappa": "x"}}, "'gain' must be a finite rational number, not 'x'"),
        (
            {"vary": ("s", "kappa"), "fixed": {"p": 1}},
            "'share' must be between 0 and 1, both excluded, not 1",
        ),
        (
            {"vary": ("p", "kappa"), "fixed": {"s": (1, 2, 3)}},
            "'common' must be one number or one for each of 2 classes, not 3",
        ),
        (
            {"vary": ("p", "kappa"), "fixed": {"s": -1}},
            "'common' must be between 0 and 10\\^12 tokens, not -1",
        ),
        ({"decode_lengths": [3, 4, 5]}, "'common' must be an input length where the shares vary"),
        (
            {"decode_lengths": [3, 4, 5], "vary": ("s", "p")},
            "'vary' must be 'p1' and 'p2' for three decode lengths",
        ),
        (
            {"decode_lengths": [3, 4, 5], "fixed": {"s": 1}, "ranges": {"p1": (0, 1)}},
            "'ranges' must be left out for three decode lengths",
        ),
        ({"ranges": {"kappa": (0, 1)}}, "'ranges' must hold 'common' or 'share' here, not 'gain'"),
        (
            {"ranges": {"p": (0, 2)}},
            "'ranges' of 'share' must be 0 <= low < high <= 1, not 0 and 2",
        ),
        ({"ranges": {"s": (5, 5)}}, "'ranges' of 'common' must be 0 <= low < high <= 10\\^12"),
        ({"ranges": {"s": 5}}, "'ranges' of 'common' must be \\(low, high\\), not 5"),
        ({"rows": 1}, "'rows' must be an integer from 2 to 1001, not 1"),
        ({"rows": True}, "'rows' must be an integer from 2 to 1001, not True"),
    ],
)
def test_bad_arguments(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        stability_chart(**({"decode_lengths": [3, 5]} | arguments))


@pytest.mark.parametrize(("x", "y"), [(-1, "1/2"), (1, 0), (1, 1), ("x", "1/2")])
def test_points_outside_of_the_domain(x: Any, y: Any) -> None:
    with pytest.raises(InvalidArgument, match="must be"):
        chart_of("2,3").unstable_modes(x, y)


def test_points_outside_of_the_chart() -> None:
    with pytest.raises(InvalidArgument, match="'s' must be within the chart, from 0 to 20, not 21"):
        chart_of("2,3").region_at(21, "1/2")
    with pytest.raises(InvalidArgument, match="'p1' and 'p2' must be in the domain of the chart"):
        chart_of("simplex").region_at("1/2", "1/2")
