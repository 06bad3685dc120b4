"""The figure of the capture set: on the canvas, legible, and every piece in its place."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.text import Text

from stabkit import Workload
from stabkit.errors import InvalidArgument
from stabkit.publish.figures.capture import capture_figure
from stabkit.publish.figures.formats import figure_bytes
from stabkit.publish.figures.style import VERMILLION, house_style

MIXES = [Workload.from_classes([(1, length)]) for length in (2, 3)]


@pytest.fixture(scope="module")
def figure() -> Figure:
    return capture_figure(*MIXES)


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


def test_the_same_bytes_every_time(figure: Figure) -> None:
    assert figure_bytes(figure, "png") == figure_bytes(capture_figure(*MIXES), "png")


def test_other_lengths_are_refused() -> None:
    with pytest.raises(InvalidArgument, match=r"'line' must have the one decode length 2, not \[3"):
        capture_figure(MIXES[1], MIXES[1])
    with pytest.raises(InvalidArgument, match=r"'triangle' must have .* length 3, not \[2"):
        capture_figure(MIXES[0], MIXES[0])
