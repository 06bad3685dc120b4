"""Figures: the format they claim, the same bytes every time, every mark, nothing cut off."""

from collections.abc import Callable
from fractions import Fraction
from functools import cache
from io import BytesIO
from itertools import combinations, product
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Circle, StepPatch
from matplotlib.text import Text
from PIL import Image

from stabkit import (
    Workload,
    figure,
    finite_server,
    margins,
    nyquist,
    pool,
    root_locus,
    simulate,
    sizing,
    threshold,
    unit_circle_counts,
)
from stabkit.analysis.pictures.analysis import AnalysisPicture, analysis_picture
from stabkit.analysis.pictures.graph import graph_picture
from stabkit.analysis.pictures.roots import (
    RootPicture,
    RootPoint,
    SynchronizedMark,
    root_picture,
    roots_to_show,
    synchronized_to_show,
)
from stabkit.analysis.pictures.run import RunPicture, kernel_picture, run_picture
from stabkit.errors import OutputError
from stabkit.publish.figures.analysis import analysis_figure
from stabkit.publish.figures.formats import figure_bytes, figure_format
from stabkit.publish.figures.graph import renewal_graph_figure
from stabkit.publish.figures.locus import locus_figure
from stabkit.publish.figures.nyquist import nyquist_figure, nyquist_title
from stabkit.publish.figures.roots import root_figure, root_title
from stabkit.publish.figures.run import (
    kernel_figure,
    run_figure,
)
from stabkit.publish.figures.style import COHORT_COLOURS, house_style, new_figure, settled

pytestmark = pytest.mark.slow

MIXES = {
    "unstable": [(5, 3), (5, 5)],
    "marginal": [(100, 2, 102), (100, 3, 1)],
    "one class": [(10, 5)],
    "gcd 2": [(100, 4), (100, 6)],
    "gcd 3": [(5, 3), (5, 6)],
    "gcd 6": [(33, 30, 7), (0, 48, 1), (10, 54, 1)],
    "many roots": [(1000, 97, 1), (1000, 200, 2)],
    "no modes": [(3, 1)],
    "all grow": [(0, 64)],
    "many classes": [(5, n, n) for n in range(30, 90)],
}


def workload(name: str) -> Workload:
    if name == "azure":
        return Workload.named("azure-conv-2023")
    return Workload.from_classes(MIXES[name], capacity=100_000)


def few(mix: Workload, most: int) -> Workload:
    """Return the mix of the first classes."""
    parts = [(c.input_length, c.decode_length, c.share) for c in mix.classes[:most]]
    return Workload.from_classes(parts, mix.capacity, mix.name)


def smaller(mix: Workload) -> Workload:
    """Return the mix with a tenth of its memory, which is run request by request."""
    return mix.with_capacity(Fraction(mix.capacity or 0) / 10)


@cache
def roots_of(name: str) -> RootPicture:
    mix = workload(name)
    verdict = unit_circle_counts(mix).verdict
    return root_picture(mix, roots_to_show(mix), verdict, synchronized_to_show(mix))


def run_of(name: str, steps: int = 120) -> Any:
    mix = workload(name)
    return run_picture(mix, simulate(mix, steps))


def locus_of(name: str) -> Any:
    return root_locus(workload(name), "kappa", points=5)


FIGURES: dict[str, Callable[[str], Figure]] = {
    "roots": lambda name: root_figure(roots_of(name)),
    "analysis": lambda name: analysis_figure(AnalysisPicture(roots_of(name), run_of(name))),
    "roots alone": lambda name: analysis_figure(AnalysisPicture(roots_of(name), None)),
    "run": lambda name: run_figure(run_of(name)),
    "kernel": lambda name: kernel_figure(kernel_picture(workload(name))),
    "graph": lambda name: renewal_graph_figure(graph_picture(workload(name))),
    "nyquist": lambda name: nyquist_figure(nyquist(workload(name))),
    "locus": lambda name: locus_figure(locus_of(name)),
    "threshold": lambda name: figure(threshold(few(workload(name), 200))),
    "margins": lambda name: figure(margins(few(workload(name), 200))),
    "sizing": lambda name: figure(sizing(workload(name), max_num_seqs=300)),
    "pool": lambda name: figure(pool(few(workload(name), 5), 4)),
    "finite": lambda name: figure(finite_server(smaller(workload(name)), steps=100)),
}


def beyond_canvas(figure: Figure) -> float:
    """Return by how many pixels anything that is drawn, text above all, leaves the canvas."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with house_style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        box = figure.get_tightbbox(renderer)  # in inches
    width, height = figure.get_size_inches()
    return float(max(-box.x0, -box.y0, box.x1 - width, box.y1 - height) * figure.dpi)


def overlapping_texts(figure: Figure) -> list[tuple[str, str]]:
    """Return pairs of labels, titles and legend entries that overlap where they were drawn."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with house_style():
        renderer = FigureCanvasAgg(figure).get_renderer()
        texts = [figure.get_suptitle() and figure._suptitle]
        for axes in figure.axes:
            texts += [axes.title, axes.xaxis.label, axes.yaxis.label]
            texts += axes.get_legend().get_texts() if axes.get_legend() else []
        for legend in figure.legends:
            texts += legend.get_texts()
        boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts if t and t.get_text()]
    return [
        (first, second)
        for (first, box), (second, other) in combinations(boxes, 2)
        if box.overlaps(other)
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    # a locus of L = 1000 takes a minute
    [pair for pair in product(FIGURES, [*MIXES, "azure"]) if pair != ("locus", "azure")],
)
def test_figures_of_all_mixes_show_every_text_whole_and_legible(kind: str, name: str) -> None:
    figure = FIGURES[kind](name)
    assert figure.get_size_inches()[0] == pytest.approx(9 / 2.54)
    assert beyond_canvas(figure) <= 0.5
    assert overlapping_texts(figure) == []
    texts = [text for text in figure.findobj(Text) if text.get_text()]
    assert min(text.get_fontsize() for text in texts) >= 6.5


def test_settings_of_the_user_change_nothing() -> None:
    import matplotlib as mpl

    plain = figure_bytes(FIGURES["roots"]("gcd 3"), "png")
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "lines.linewidth": 9}):
        assert figure_bytes(FIGURES["roots"]("gcd 3"), "png") == plain
        assert mpl.rcParams["font.size"] == 30


@pytest.mark.parametrize(("file_format", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_figures_open_as_their_format(file_format: str, start: bytes) -> None:
    assert figure_bytes(FIGURES["roots"]("unstable"), file_format).startswith(start)


def test_svg_is_well_formed_and_undated() -> None:
    text = figure_bytes(FIGURES["roots"]("unstable"), "svg")
    assert ElementTree.fromstring(text).tag.endswith("svg")
    assert b"<dc:date>" not in text


def test_png_has_300_dots_per_inch() -> None:
    image = Image.open(BytesIO(figure_bytes(FIGURES["roots"]("unstable"), "png")))
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert image.width == pytest.approx(9 / 2.54 * 300, abs=1)


def labels(figure: Figure) -> set[str]:
    found = {text.get_text() for legend in figure.legends for text in legend.get_texts()}
    for axes in figure.axes:
        if axes.get_legend() is not None:
            found |= {text.get_text() for text in axes.get_legend().get_texts()}
    return found


def test_every_kind_of_root_has_a_mark_of_its_own() -> None:
    point = RootPoint(1.02j, 0.02, 1e-20, 1)
    picture = RootPicture(
        "unstable",
        4,
        (point, RootPoint(-1, 0.0, 1e-20, 2), RootPoint(0.5, -0.5, 1e-20, 1)),
        (-0.5, 0.1),
        (SynchronizedMark(1j, point),),
    )
    figure = root_figure(picture)
    expected = {"decays (1)", "stays (2)", "grows (1)", "ω, joined to its root", "bounds of |λ|"}
    assert labels(figure) == expected
    marks = [c for c in figure.axes[0].collections if isinstance(c, PathCollection)]
    shapes = {tuple(map(tuple, np.round(c.get_paths()[0].vertices, 3))) for c in marks}
    assert len(shapes) == 4
    assert len({tuple(c.get_facecolor()[0]) for c in marks if len(c.get_facecolor())}) == 3


def discs(figure: Figure, radius: float) -> int:
    circles = (p for p in figure.axes[0].patches if isinstance(p, Circle))
    return sum(circle.get_radius() == radius for circle in circles)


def test_inclusion_discs_are_drawn_to_scale_where_they_are_seen() -> None:
    def picture(radius: float) -> RootPicture:
        return RootPicture("stable", 1, (RootPoint(0.5, -0.5, radius, 1),), (-0.6, -0.4))

    large, small = root_figure(picture(0.125)), root_figure(picture(3e-21))
    assert (discs(large, 0.125), discs(small, 3e-21)) == (1, 0)
    assert "10^{-20}" in small.get_suptitle()
    assert "proved" not in large.get_suptitle()


def test_annulus_is_drawn() -> None:
    figure = FIGURES["roots"]("one class")  # R5: from 15/14 to 12/11
    radii = [p.get_radius() for p in figure.axes[0].patches if isinstance(p, Circle)]
    assert pytest.approx(15 / 14) in radii
    assert pytest.approx(12 / 11) in radii


def test_many_roots_are_shown_by_their_distance_too() -> None:
    assert len(FIGURES["roots"]("one class").axes) == 1
    plane, distance = FIGURES["roots"]("many roots").axes
    assert (plane.get_aspect(), distance.get_yscale()) == (1, "symlog")
    drawn = sum(len(c.get_offsets()) for c in distance.collections)
    assert drawn == 199


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unstable", "unstable: all 4 modes"),
        ("no modes", "stable: no mode to swing"),
        ("azure", "stable: all 999 modes"),
    ],
)
def test_titles_of_roots(name: str, expected: str) -> None:
    assert root_title(roots_of(name)) == expected


def test_titles_say_what_is_missing() -> None:
    points = (RootPoint(0.5, -0.5, 0.0, 1),)
    assert root_title(RootPicture("stable", 9, points, None)) == "stable: 1 of 9 modes"
    assert root_title(RootPicture("stable", 9, (), None)) == "stable: 9 modes, none resolved"
    assert root_title(RootPicture("stable", 1, points, None)) == "stable: the only mode"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unstable", "encircles 0 twice: 2 modes grow"),
        ("gcd 2", "encircles 0 once: 1 mode grows"),
        ("one class", "encircles 0 4 times: 4 modes grow"),
        ("no modes", "does not encircle 0: no mode grows"),
        ("marginal", "passes through 0 once; does not encircle 0: no mode grows"),
    ],
)
def test_titles_of_nyquist_curves(name: str, expected: str) -> None:
    assert nyquist_title(nyquist(workload(name))) == expected


def test_locus_marks_start_end_and_crossings() -> None:
    figure = FIGURES["locus"]("one class")
    assert labels(figure) == {"start", "end", "crosses"}
    assert "0 → 2 at 0.62487,  2 → 4 at 0.80035" in figure.axes[1].get_xlabel()


def test_cohorts_are_coloured_and_numbered() -> None:
    axes = FIGURES["graph"]("gcd 3").axes[0]
    nodes = [line for line in axes.get_lines() if line.get_marker() == "o"]
    assert [node.get_color() for node in nodes] == 2 * list(COHORT_COLOURS[:3])
    inside = [t.get_text() for t in axes.texts if t.get_va() == "center_baseline"]
    assert inside == ["0", "1", "2", "0", "1", "2"]


@pytest.mark.parametrize(
    ("name", "nodes"), [("unstable", 5), ("gcd 6", 4), ("no modes", 2), ("many classes", 0)]
)
def test_long_lives_are_compressed(name: str, nodes: int) -> None:
    axes = FIGURES["graph"](name).axes[0]  # the node and the loop of a mix of one stage are two
    assert sum(line.get_marker() == "o" for line in axes.get_lines()) == nodes
    texts = {text.get_text() for text in axes.texts}
    if name == "gcd 6":
        assert {"+29", "+18", "+6", "77.8 %", "11.1 %"} <= texts
    if name == "many classes":
        assert "60 return edges to stage 0" in texts


def test_a_run_without_steps_can_be_drawn() -> None:
    assert beyond_canvas(run_figure(run_of("unstable", 0))) <= 0.5


def test_cases_stand_above_one_another() -> None:
    pictures = (
        AnalysisPicture(roots_of("unstable"), run_of("unstable")),
        AnalysisPicture(roots_of("gcd 2"), None),
    )
    with house_style():
        figure = new_figure(13.6)
        for axes, picture in zip(figure.subplots(2), pictures, strict=True):
            analysis_figure(picture, axes).suptitle("title")
        settled(figure)
    assert len(figure.axes) == 3
    assert beyond_canvas(figure) <= 0.5


def test_long_runs_are_drawn_in_columns_from_least_to_most() -> None:
    run = run_of("unstable", 1000)
    above, below = run_figure(run).axes
    band, _, evicting = (p for p in above.patches if isinstance(p, StepPatch))
    high, edges, low = band.get_data()
    assert edges.tolist() == [0.5, *np.arange(9, 1000, 9) + 0.5, 1000.5]
    for column, start in enumerate(range(0, 1000, 9)):
        demand = run.demand[start : start + 9]
        assert low[column] == min(demand.min(), run.capacity)
        assert high[column] == min(demand.max(), run.capacity)
        assert evicting.get_data().values[column] == max(demand.max(), run.capacity)
    assert above.get_ylim()[0] < run.demand.min()
    assert below.get_xlabel() == "step, 9 to a column"


def test_short_runs_show_every_step() -> None:
    run = run_of("unstable", 120)
    above, below = run_figure(run).axes
    assert above.get_lines()[0].get_ydata() == pytest.approx(run.demand)
    assert below.get_xlabel() == "batch step"


def test_a_capacity_far_above_a_small_swing_leaves_no_empty_band() -> None:
    run = RunPicture(1000.0, np.array([10.0, 11.0, 10.5] * 4), np.zeros(12))
    (above, _), named = run_figure(run).axes, "capacity: far above"
    assert above.get_ylim()[1] < 12
    assert named in above.get_legend_handles_labels()[1]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unstable", "unstable: a small swing doubles every 13.22 steps"),
        ("marginal", "marginal: a swing stays as it is"),
        ("no modes", "stable"),
    ],
)
def test_titles_of_analyses_say_what_becomes_of_a_swing(name: str, expected: str) -> None:
    mix = workload(name)
    figure = analysis_figure(analysis_picture(mix, unit_circle_counts(mix).verdict))
    assert figure.get_suptitle().splitlines()[1:] == [expected]


def test_periods_stand_where_the_curve_has_them() -> None:
    """s = 5, l = (3, 5) in equal shares: G(1) = 30.5."""
    linear = FIGURES["nyquist"]("unstable").axes[0]
    marks = {text.get_text(): text.xy for text in linear.texts if text.get_text()}
    assert {"8", "16"} <= set(marks)
    for period in ("8", "16"):
        z = np.exp(2j * np.pi / int(period))
        expected = np.polyval([5, 4.5, 8, 7, 6], z) / 30.5
        assert complex(*marks[period]) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("name", ["figure", "figure.jpg", "figure.png.gz", ".png"])
def test_unknown_suffixes_are_refused(name: str) -> None:
    with pytest.raises(OutputError, match=r"must end in \.png, \.svg or \.pdf"):
        figure_format(name)


@pytest.mark.parametrize(
    ("name", "expected"), [("a.png", "png"), ("a.SVG", "svg"), ("b/c.pdf", "pdf")]
)
def test_known_suffixes_are_read(name: str, expected: str) -> None:
    assert figure_format(name) == expected
