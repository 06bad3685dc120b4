"""The data of the figures, against what they are drawn from."""

import math

import numpy as np
import pytest

from stabkit import InvalidArgument, Workload, roots, unit_circle_counts
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
