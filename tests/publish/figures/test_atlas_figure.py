"""The figure and the texts of the atlas: every pair, whole texts, the same bytes every time."""

import csv
import json
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import rgb_to_hsv
from matplotlib.figure import Figure
from matplotlib.text import Text

from stabkit.analysis.atlas import LONGEST, atlas
from stabkit.publish.figures.atlas import atlas_figure
from stabkit.publish.figures.formats import FORMATS, figure_bytes
from stabkit.publish.figures.style import house_style
from stabkit.publish.text.atlas import COLUMNS, atlas_csv, atlas_record, atlas_text


@pytest.fixture(scope="module")
def figure() -> Figure:
    return atlas_figure(atlas())


def drawn(figure: Figure) -> Any:
    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    return renderer


@pytest.mark.slow
def test_nothing_leaves_the_canvas(figure: Figure) -> None:
    with house_style():
        box = figure.get_tightbbox(drawn(figure))
    width, height = figure.get_size_inches()
    assert width == pytest.approx(9 / 2.54)
    assert max(-box.x0, -box.y0, box.x1 - width, box.y1 - height) * figure.dpi <= 0.5


def test_no_two_texts_overlap_and_all_are_legible(figure: Figure) -> None:
    with house_style():
        renderer = drawn(figure)
        texts = [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]
        boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts]
    assert len(boxes) > 30
    assert min(text.get_fontsize() for text in texts) >= 6.5
    seen = [(text, box) for text, box in boxes if box.width and box.height]
    pairs = combinations(seen, 2)
    assert [(one, other) for (one, a), (other, b) in pairs if a.overlaps(b)] == []


def test_the_triangle_holds_every_threshold(figure: Figure) -> None:
    cells = figure.axes[0].images[0].get_array()
    assert cells is not None
    assert np.ma.count(cells) == len(atlas())
    for entry in atlas():
        shown = cells[entry.longer - 1, entry.shorter - 1]
        assert shown == max(float(entry.threshold), 1.0)
    assert cells.shape == (LONGEST, LONGEST)


def test_colours_keep_their_order_in_grey(figure: Figure) -> None:
    shades = figure.axes[0].images[0].get_cmap()(np.linspace(0, 1, 40))[:, :3]
    grey = shades @ [0.299, 0.587, 0.114]
    assert np.all(np.diff(grey) > 0)
    assert grey[-1] < 0.85  # white stands for no threshold
    assert np.all(rgb_to_hsv(shades)[:, 1] > 0.3)


def test_every_positive_threshold_has_a_mark(figure: Figure) -> None:
    panel = 1
    marks = [c for c in figure.axes[panel].collections if isinstance(c, PathCollection)]
    counts = [len(mark.get_offsets()) for mark in marks]
    assert counts == [1042, 58]
    shapes = {len(mark.get_paths()[0].vertices) for mark in marks}
    assert len(shapes) == 2
    low, high = figure.axes[panel].get_ylim()
    left, right = figure.axes[panel].get_xlim()
    for x, y in np.concatenate([np.asarray(mark.get_offsets()) for mark in marks]):
        assert left < x < right
        assert low < y < high


@pytest.mark.slow
def test_the_same_bytes_every_time(figure: Figure) -> None:
    again = atlas_figure(atlas())
    for file_format in FORMATS:
        assert figure_bytes(figure, file_format, 60) == figure_bytes(again, file_format, 60)


def test_csv_is_the_packaged_file_and_can_be_read_back() -> None:
    packaged = Path(__file__).parents[3] / "stabkit" / "analysis" / "packaged" / "atlas.csv"
    assert atlas_csv(atlas()).encode() == packaged.read_bytes()
    rows = list(csv.reader(atlas_csv(atlas()).splitlines()))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == 1102


def test_record_is_json_with_decimals_as_text() -> None:
    record = json.loads(json.dumps(atlas_record(atlas())))
    assert record["schema"] == "stabkit.atlas/3"
    assert (record["share"], record["longest"]) == ("1/2", 60)
    first = record["pairs"][2]
    assert (first["shorter_length"], first["longer_length"]) == (2, 3)
    assert first["threshold_value"] == "1"
    root = Decimal(first["sufficient_input_length"]) * 2 + 1
    assert abs(root * root - 10) < Decimal("1e-25")  # s = (10^(1/2) - 1) / 2
    assert first["stable_intervals"] == [["1", None]]
    assert len(record["pairs"]) == 1101


def test_text_is_short_and_names_the_extremes() -> None:
    lines = atlas_text(atlas()).splitlines()
    assert len(lines) < 30
    assert max(map(len, lines)) <= 80
    rows = [line.split() for line in lines]
    by_pair = {tuple(row[-5:-3]): row[-3:] for row in rows}
    assert by_pair["59,", "60"] == ["42,635.5", "42,635.503", "42,686"]
    assert by_pair["1,", "60"] == ["5,780.5108", "5,780.5266", "5,749.5"]
    assert by_pair["1,", "2"] == ["0", "0", "-"]
    assert by_pair["5,", "6"][-1] == "-"  # 33.715 is 17 % above 28.727
