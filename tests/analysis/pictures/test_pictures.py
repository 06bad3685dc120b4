"""The data of the figures, against what they are drawn from."""

import math

import numpy as np
import pytest

from stabkit import InvalidArgument, Workload, roots, unit_circle_counts
from stabkit.analysis.pictures.analysis import analysis_picture
from stabkit.analysis.pictures.graph import graph_picture
from stabkit.analysis.pictures.roots import root_picture, roots_to_show, synchronized_to_show
from stabkit.analysis.pictures.run import kernel_picture, run_picture, steps_to_show
from stabkit.dynamics.simulator import LARGEST_RUN, simulate
from stabkit.model.examples import examples


@pytest.fixture(scope="module")
def mix() -> Workload:
    return Workload.from_classes([(5, 3), (7, 5)], capacity=1000)


@pytest.mark.parametrize("state", [None, "equilibrium", [[20, 0, 0], [0, 0, 30, 0, 0]]])
@pytest.mark.parametrize("arithmetic", ["float", "exact", "integer"])
def test_demand_is_what_the_surviving_requests_need(
    mix: Workload, arithmetic: str, state: object
) -> None:
    run = simulate(mix, 40, arithmetic, state, record_states=True)
    assert run.states is not None
    expected = [
        sum(
            (c.input_length + j + 2) * count
            for c, stages in zip(mix.classes, before, strict=True)
            for j, count in enumerate(stages[:-1])
        )
        for before in run.states[:-1]
    ]
    picture = run_picture(mix, run)
    assert picture.demand == pytest.approx(np.array(expected, dtype=float), rel=1e-9)
    assert (picture.evicted > 0).tolist() == [
        d > 1000 for d in np.array(expected, dtype=float) - 1e-9
    ]


def test_runs_too_long_to_simulate_are_left_out() -> None:
    assert steps_to_show(Workload.from_classes([(5, 10)])) == 400
    assert steps_to_show(Workload.from_classes([(5, 10**9)])) is None
    assert steps_to_show(Workload.from_classes([(5, 2), (5, LARGEST_RUN)])) is None


def test_every_packaged_run_can_be_simulated() -> None:
    for example in examples():
        workload = Workload.named(example.name)
        steps = steps_to_show(workload)
        assert steps is not None
        assert steps >= workload.longest_decode
        simulate(workload, steps)


def test_all_roots_and_their_annulus(mix: Workload) -> None:
    found = roots(mix, 20)
    picture = root_picture(mix, found, "stable")
    assert [point.value for point in picture.points] == [complex(r.value) for r in found]
    assert picture.complete
    assert picture.largest_radius == pytest.approx(max(float(r.radius) for r in found))
    low, high = picture.annulus or (math.nan, math.nan)
    assert all(low <= point.distance <= high for point in picture.points)
    assert not root_picture(mix, found[:2], "stable").complete


def test_roots_on_the_circle_have_distance_zero() -> None:
    marginal = Workload.from_classes([(1, 2), (1, 3)])
    picture = root_picture(marginal, roots_to_show(marginal), "marginal")
    on_circle = sum(p.multiplicity for p in picture.points if p.distance == 0)
    assert on_circle == unit_circle_counts(marginal).on_circle == 2


def test_synchronised_marks_are_tied_to_their_roots() -> None:
    mix = Workload.from_classes([(100, 4), (100, 6)])
    picture = root_picture(mix, roots_to_show(mix), "unstable", synchronized_to_show(mix))
    (mark,) = picture.synchronized
    assert mark.limit == pytest.approx(-1)
    assert mark.root in picture.points
    assert mark.root is not None
    assert mark.root.distance > 0
    assert picture.tied


def test_a_root_that_is_not_shown_is_not_replaced_by_another() -> None:
    mix = Workload.from_classes([(100, 4), (100, 6)])
    found = roots_to_show(mix)
    picture = root_picture(mix, found[1:], "unstable", [(-1 + 0j, complex(found[0].value))])
    assert picture.synchronized[0].root is None
    assert not picture.tied


def test_long_kernels_show_their_dominant_roots() -> None:
    mix = Workload.from_classes([(1000, 2500), (1000, 2501)])
    found = roots_to_show(mix)
    assert 0 < len(found) < 2500
    assert not root_picture(mix, found, "unstable").complete


def test_a_mix_without_modes_has_no_annulus() -> None:
    picture = root_picture(Workload.from_classes([(3, 1)]), [], "stable")
    assert (picture.mode_count, picture.annulus, picture.complete) == (0, None, True)


def test_kernel_and_survival_function() -> None:
    picture = kernel_picture(Workload.from_classes([(5, 1), (5, 3)]))
    assert picture.kernel.tolist() == [6, 3.5, 4]
    assert picture.survival.tolist() == [1, 0.5, 0.5]


def test_long_kernels_have_no_picture() -> None:
    with pytest.raises(InvalidArgument, match="decode lengths up to 10\\^6 for a picture"):
        kernel_picture(Workload.from_classes([(5, 10**6 + 1)]))


def test_graph_has_one_return_edge_for_each_decode_length() -> None:
    picture = graph_picture(Workload.from_classes([(5, 6), (9, 4), (1, 6)]))
    assert [(e.stage, e.share) for e in picture.returns] == [(3, 1 / 3), (5, 2 / 3)]
    assert (picture.length, picture.period) == (6, 2)
    assert all((edge.stage + 1) % picture.period == 0 for edge in picture.returns)


def growth(demand: np.ndarray) -> float:
    """Return sqrt(q) of d_(n+2) = t d_(n+1) - q d_n + c, fitted: |lambda| of the one pair in it."""
    swing = demand - demand.mean()
    columns = np.stack([swing[1:-1], -swing[:-2], np.ones(len(swing) - 2)], axis=1)
    return float(np.sqrt(np.linalg.lstsq(columns, swing[2:])[0][1]))


@pytest.mark.parametrize(("inputs", "verdict"), [(5, "unstable"), (10, "stable")])
def test_the_run_of_an_analysis_swings_as_the_dominant_mode_does(inputs: int, verdict: str) -> None:
    picture = analysis_picture(Workload.from_classes([(inputs, 3), (inputs, 5)]), verdict)
    kernel = [inputs + 1, inputs + 2, inputs + 3, (inputs + 4) / 2, (inputs + 5) / 2]
    radius = np.abs(np.roots(kernel)).max()
    run = picture.run
    assert run is not None
    calm = run.demand[: np.flatnonzero(run.evicted)[0]] if run.evicted.any() else run.demand
    assert growth(calm) == pytest.approx(radius, abs=1e-9)
    assert (radius > 1) == (verdict == "unstable") == run.evicted.any()


def test_a_mode_that_grows_is_seen_to_grow_and_one_that_decays_to_decay() -> None:
    grown = analysis_picture(Workload.from_classes([(256, 1024)]), "unstable").run
    assert grown is not None
    first, last = (np.ptp(part) for part in (grown.demand[:200], grown.demand[-200:]))
    assert last > 20 * first
    assert 0.5 < np.flatnonzero(grown.evicted)[0] / len(grown.demand) < 0.9
    decayed = analysis_picture(Workload.from_classes([(10, 3), (10, 5)]), "stable").run
    assert decayed is not None
    assert np.ptp(decayed.demand[-20:]) == pytest.approx(
        0.1 * np.ptp(decayed.demand[:20]), rel=0.05
    )


def test_a_mode_that_hardly_grows_starts_large_enough_to_be_seen() -> None:
    """(2, 3) below R8's s* = 1: the pair's modulus squared is (s + 3) / (2 s + 2)."""
    mix = Workload.from_classes([("0.99999", 2), ("0.99999", 3)])
    picture = analysis_picture(mix, "unstable")
    assert picture.mode is not None
    assert picture.mode.modulus == pytest.approx(math.sqrt(3.99999 / 3.99998), abs=1e-12)
    assert picture.run is not None
    assert len(picture.run.demand) == 20_000
    assert np.ptp(picture.run.demand[:20]) > 0.5 * 2 * 0.99999


def test_without_a_mode_the_run_is_from_empty() -> None:
    picture = analysis_picture(Workload.from_classes([(7, 1)], capacity=80), "stable")
    assert picture.mode is None
    assert picture.run is not None
    assert (picture.run.demand == 0).all()  # all of it completes in every step
