"""Figures: every format opens as what it says, and the same data give the same bytes."""

from io import BytesIO
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from stabkit.analysis.records import Analysis
from stabkit.dynamics.simulator import simulate
from stabkit.errors import OutputError
from stabkit.model.workload import Workload
from stabkit.publish.figures import (
    analysis_figure,
    figure_bytes,
    figure_format,
    trajectory_figure,
)
from stabkit.publish.pictures import mode_picture, run_picture, steps_to_show


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


@pytest.mark.parametrize(("file_format", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_figures_open_as_their_format(
    unstable: Analysis, mix: Workload, file_format: str, start: bytes
) -> None:
    run = run_picture(mix, simulate(mix, 30))
    for figure in (analysis_figure(mode_picture(unstable), run), trajectory_figure(run)):
        assert figure_bytes(figure, file_format).startswith(start)


def test_svg_is_well_formed_and_undated(unstable: Analysis) -> None:
    text = figure_bytes(analysis_figure(mode_picture(unstable), None), "svg")
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert b"<dc:date>" not in text


@pytest.mark.parametrize("file_format", ["png", "svg", "pdf"])
def test_the_same_data_give_the_same_bytes(
    unstable: Analysis, mix: Workload, file_format: str
) -> None:
    def drawn() -> bytes:
        run = run_picture(mix, simulate(mix, 30))
        return figure_bytes(analysis_figure(mode_picture(unstable), run), file_format)

    assert drawn() == drawn()


def test_png_has_200_dots_per_inch(unstable: Analysis) -> None:
    image = Image.open(BytesIO(figure_bytes(analysis_figure(mode_picture(unstable), None), "png")))
    assert image.info["dpi"] == pytest.approx((200, 200), abs=0.1)


def test_modes_are_sorted_by_their_fate(unstable: Analysis) -> None:
    picture = mode_picture(unstable)
    assert picture.growing == (complex(-0.525, 0.909), complex(-0.525, -0.909))
    assert picture.decaying == (0.25,)
    assert picture.mode_count == 5


def test_a_run_without_steps_can_be_drawn(mix: Workload) -> None:
    assert figure_bytes(trajectory_figure(run_picture(mix, simulate(mix, 0))), "png")


def test_runs_too_long_to_simulate_are_left_out() -> None:
    assert steps_to_show(Workload.from_classes([(5, 10)])) == 400
    assert steps_to_show(Workload.from_classes([(5, 10**9)])) is None


@pytest.mark.parametrize("name", ["figure", "figure.jpg", "figure.png.gz", ".png"])
def test_unknown_suffixes_are_refused(name: str) -> None:
    with pytest.raises(OutputError, match=r"must end in \.png, \.svg or \.pdf"):
        figure_format(name)


@pytest.mark.parametrize(
    ("name", "expected"), [("a.png", "png"), ("a.SVG", "svg"), ("b/c.pdf", "pdf")]
)
def test_known_suffixes_are_read(name: str, expected: str) -> None:
    assert figure_format(name) == expected
