"""docs/capture.png: steps as exact runs take them, and every piece in its place and legible."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from make_capture import basin_steps, capture_figure, memory_shares
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from stabkit import Workload, basin_sample, figure_bytes, steps_to_worst_cycle
from stabkit.publish.figures.style import VERMILLION, house_style

INPUT_LENGTH = 1


def one_class(length: int, s: int) -> Workload:
    return Workload.from_classes([(s, length)])


@pytest.mark.parametrize("s", [0, 1, 5])
@pytest.mark.parametrize("length", [1, 2, 3, 5, 8])
def test_floats_count_the_steps_of_exact_runs(length: int, s: int) -> None:
    mix = one_class(length, s)
    sample = basin_sample(mix, 15, seed=4)
    many = basin_steps(s, memory_shares(s, sample.starts))
    for start, steps, alike in zip(sample.starts, sample.steps, many.tolist(), strict=True):
        assert steps == alike == steps_to_worst_cycle(mix, start, "float")


def test_a_memory_that_is_full_up_to_rounding_is_full() -> None:
    # Stage 1 fills the memory exactly a step later: (s + 2)/(s + 3) of it, the rest in stage 0.
    for s in range(100):
        full = Fraction(s + 2, s + 3)
        assert basin_steps(s, [[float(1 - full), float(full), 0.0]]).tolist() == [1]


def test_the_equilibrium_is_captured() -> None:
    # that of l = 2, s = 2 holds 3 of 7 tokens in stage 0; 0.45: 11 steps, by an exact run
    mix = Workload.from_classes([(2, 2)], capacity=100)
    near = steps_to_worst_cycle(mix, [Fraction(45, 3), Fraction(55, 4)])
    assert near == 11
    found = basin_steps(2, [[0.0, 1.0], [0.45, 0.55], [3 / 7, 4 / 7]], limit=100)
    assert found[:2].tolist() == [0, near]
    assert np.isnan(found[2])


@pytest.fixture(scope="module")
def figure() -> Figure:
    return capture_figure(INPUT_LENGTH)


def drawn(figure: Figure) -> Any:
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    return renderer


def test_nothing_leaves_the_canvas_and_no_texts_overlap(figure: Figure) -> None:
    with house_style():
        renderer = drawn(figure)
        box = figure.get_tightbbox(renderer)
        texts = [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]
        boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts]
    width, height = figure.get_size_inches()
    assert max(-box.x0, -box.y0, box.x1 - width, box.y1 - height) * figure.dpi <= 0.5
    assert min(text.get_fontsize() for text in texts) >= 6.5
    seen = [(text, box) for text, box in boxes if box.width and box.height]
    pairs = combinations(seen, 2)
    assert [(one, other) for (one, a), (other, b) in pairs if a.overlaps(b)] == []


def test_the_segments_are_where_the_states_wait_longest(figure: Figure) -> None:
    axes = figure.axes[1]
    (image,) = axes.images
    steps = np.asarray(image.get_array())
    lines = [
        np.asarray(line.get_xydata(), float)
        for line in axes.lines
        if line.get_color() == VERMILLION and len(line.get_xdata())
    ]
    assert len(lines) == 12
    rows, columns = steps.shape
    inside = np.nanmedian(steps)
    for ends in lines[:6]:
        x, y = ends.mean(axis=0)
        pixel = steps[int(y / (np.sqrt(3) / 2) * rows), int(x * columns)]
        assert pixel > 2 * inside


def test_every_cycle_state_has_a_mark(figure: Figure) -> None:
    marks = [c for c in figure.axes[1].collections if isinstance(c, PathCollection)]
    assert [len(mark.get_offsets()) for mark in marks] == [3, 1]


def test_the_captured_state_of_the_line(figure: Figure) -> None:
    axes = figure.axes[0]
    (mark,) = [c for c in axes.collections if isinstance(c, PathCollection)]
    # s = 1: 2 of 5 tokens are in stage 0 at the equilibrium.
    assert np.asarray(mark.get_offsets())[0, 0] == pytest.approx(2 / 5)
    curve = axes.lines[0]
    x, y = np.asarray(curve.get_xdata(), float), np.asarray(curve.get_ydata(), float)
    assert abs(x[np.nanargmax(y)] - 2 / 5) < 1e-6


@pytest.mark.slow
def test_the_same_bytes_every_time(figure: Figure) -> None:
    assert figure_bytes(figure, "png") == figure_bytes(capture_figure(INPUT_LENGTH), "png")
