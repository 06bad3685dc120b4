"""Every column against the function of stabkit whose finding it is."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

import stabkit
from stabkit import SweepPlan, Workload
from stabkit.sweeps.results import results

MIXES = ["5:3 5:5", "10:3 10:5", "1:2 1:3", "100:4 100:6", "1:1"]


def found(given: dict[str, Any]) -> dict[str, list[Any]]:
    plan = SweepPlan.from_dict(given)
    columns = results(plan.compute, plan.cells, 0, len(plan))
    return {name: list(column) for name, column in columns.items()}


def test_radius_and_threshold_are_those_of_an_analysis() -> None:
    columns = found({"mixes": MIXES, "compute": ["radius", "threshold"]})
    for row, mix in enumerate(MIXES):
        expected = stabkit.analyze(mix, crosscheck=False)
        radius, line = expected.spectral_radius, expected.threshold
        assert (columns["spectral_radius"][row] is None) == (radius is None)
        if radius is not None:
            error = columns["spectral_radius_error"][row]
            assert abs(Decimal(columns["spectral_radius"][row]) - radius.value) <= error < 1e-9
        assert line is not None
        exact = None if line.input_length is None else float(Fraction(line.input_length))
        assert columns["threshold"][row] == exact
        ends = [
            (part["low_exact"], part["high_exact"]) for part in columns["stable_intervals"][row]
        ]
        assert ends == list(line.stable_intervals)


def test_a_finite_server() -> None:
    columns = found({"mixes": [{"mix": "10:3 10:5", "capacity": 10_000}], "compute": ["finite"]})
    server = stabkit.finite_server(Workload.from_classes([(10, 3), (10, 5)], capacity=10_000))
    for name in ("admissions_cv", "visible", "evict_probability", "evicted_per_step", "reason"):
        assert columns[name] == [getattr(server, name)]
    assert columns["fano_factor"][0] == pytest.approx(45.6861, abs=5e-5)


@pytest.mark.parametrize("mix", ["10:3 10:5", "10:3", "55:1:2 1:5:9/5"])
def test_the_figures_of_a_stable_server_are_doubles(mix: str) -> None:
    """Those of `finite_server` are fractions and enclosures where it has them."""
    given = {"mixes": [{"mix": mix, "capacity": 30_000}], "compute": ["finite"]}
    columns = found(given)
    server = stabkit.finite_server(
        Workload.from_classes([w.split(":") for w in mix.split()], 30_000)
    )
    fano, a_star = columns["fano_factor"][0], columns["admissions_per_step"][0]
    assert (type(a_star), a_star) == (float, float(server.admissions))
    if server.fano_factor is None:
        assert fano is None
    else:
        assert (type(fano), fano) == (
            float,
            pytest.approx(
                float(
                    server.fano_factor.low
                    if hasattr(server.fano_factor, "low")
                    else server.fano_factor
                ),
                rel=1e-12,
            ),
        )
    for name in ("admissions_cv", "evict_probability", "evicted_per_step"):
        assert type(columns[name][0]) in (float, type(None))
        assert columns[name][0] == getattr(server, name)


def test_what_one_word_refuses_stops_no_other_and_no_reason_is_lost() -> None:
    """Without a capacity there is no finite server, and the simulator takes one of its own."""
    columns = found({"mixes": ["5:3 5:5"], "compute": ["finite", "cross-check"]})
    with pytest.raises(ValueError, match="capacity") as refused:
        stabkit.finite_server("5:3 5:5")
    assert columns["reason"] == [str(refused.value)]
    run = stabkit.analyze("5:3 5:5").simulation
    assert run is not None
    assert (columns["agrees"], columns["growth_measured"]) == ([True], [run.growth_measured])
    unstable = {"mix": "5:3 5:5", "capacity": 900}
    (reason,) = found({"mixes": [unstable], "compute": ["finite", "cross-check"]})["reason"]
    assert "formulas are for stable mixes, and this one is unstable" in reason


def test_an_undecided_row_says_why() -> None:
    columns = found({"mixes": ["5:1000000000 5:999999999"], "compute": ["counts"]})
    assert (columns["verdict"], columns["inside"]) == (["undecided"], [None])
    assert columns["reason"] == [stabkit.unit_circle_counts("5:1000000000 5:999999999").reason]


def test_a_line_is_of_an_axis_that_is_no_capacity() -> None:
    """s is an input and the capacity: every row is a server of its own."""
    classes = [{"input_length": "s", "decode_length": n, "weight": 1} for n in (3, 5)]
    given = {"axis": {"s": [100, 200], "n": [9]}, "class": classes, "compute": ["threshold"]}
    classes.append({"input_length": 0, "decode_length": "n", "weight": 1})
    assert SweepPlan.from_dict(given).cells.line == "s"
    assert SweepPlan.from_dict(given | {"capacity": "s"}).cells.line is None


def test_a_cross_check() -> None:
    columns = found({"mixes": ["5:3 5:5", "10:5"], "compute": ["cross-check"]})
    for row, mix in enumerate(["5:3 5:5", "10:5"]):
        run = stabkit.analyze(mix).simulation
        assert run is not None
        for name in ("agrees", "growth_measured", "throughput_ratio", "from_empty_ratio"):
            assert columns[name][row] == pytest.approx(getattr(run, name), abs=1e-12), name


def test_another_policy_is_judged_by_its_own_loop() -> None:
    """Damped admission is stable for small gains, whatever the mix; greedy 10:5 is not."""
    axes = {"q": ["greedy", "damped:1/10", "headroom:1/2"]}
    given = {
        "axis": axes,
        "policy": "q",
        "class": [{"input_length": 10, "decode_length": 5}],
        "compute": ["counts", "radius", "cross-check"],
    }
    columns = found(given)
    assert columns["verdict"][:2] == ["unstable", "stable"]
    loop = stabkit.closed_loop("10:5", "damped:1/10")
    assert loop.spectral_radius is not None
    assert columns["spectral_radius"][1] == pytest.approx(float(loop.spectral_radius.low))
    assert columns["from_empty_ratio"][0] == pytest.approx(13 / 15)  # R6
    run = stabkit.compare_policies("10:5", ["damped:1/10"], steps=0).policies[0].from_empty
    assert columns["from_empty_ratio"][1] == run.throughput_ratio
    assert columns["growth_measured"][1] is None


def test_a_line_has_the_intervals_between_its_crossings() -> None:
    """(3,4,5), 251:149:100: stable on (.02328, .03735) and beyond .26515 (R8)."""
    weights = (251, 149, 100)
    classes = [
        {"input_length": "s", "decode_length": n, "weight": w}
        for n, w in zip((3, 4, 5), weights, strict=True)
    ]
    given = {"axis": {"s": {"from": 0, "to": 9}}, "class": classes, "compute": ["threshold"]}
    columns = found(given)
    assert columns["complete"] == [True]
    (intervals,) = columns["intervals"]
    stable = [(part["low"], part["high"]) for part in intervals if part["verdict"] == "stable"]
    (low, high), (last, none) = stable
    assert (low, high, last) == pytest.approx((0.02328, 0.03735, 0.26515), abs=5e-6)
    assert none is None
    for part in intervals:
        s = part["low"] + 1e-3 if part["high"] is None else (part["low"] + part["high"]) / 2
        mix = Workload.from_classes([(s, n, w) for n, w in zip((3, 4, 5), weights, strict=True)])
        assert stabkit.unit_circle_counts(mix).outside == part["unstable"]


def test_a_line_of_one_class_leaves_the_other_where_it_is() -> None:
    """5:2 and x:3 in equal shares: g = (x + 7, x + 9, x + 3) / 2, so that g_0 > g_2 always, and
    g_0 + g_2 > g_1 for x > -1: stable at every input."""
    classes = [
        {"input_length": 5, "decode_length": 2},
        {"input_length": "x", "decode_length": 3},
    ]
    given = {"axis": {"x": [0, 1]}, "class": classes, "compute": ["threshold"]}
    (intervals,) = found(given)["intervals"]
    assert [(part["low_exact"], part["verdict"]) for part in intervals] == [("0", "stable")]
    two = {"axis": {"x": [0], "s": [5, 6]}, "line": "x", "compute": ["threshold"]}
    both = found(two | {"class": [classes[0] | {"input_length": "s"}, classes[1]]})
    assert both["intervals"][0] == intervals
    assert len(both["intervals"]) == 2


def test_a_mix_that_is_none_leaves_its_reason_and_no_other_row() -> None:
    columns = found({"mixes": ["5:3 5:5", "5:0", "10:3 10:5"], "compute": ["counts"]})
    assert list(columns["verdict"]) == ["unstable", None, "stable"]
    assert "'decode_length' of class 1 must be a positive integer" in columns["reason"][1]
