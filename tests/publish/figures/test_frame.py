"""The frame of every figure: it names its mix, and has the size, dots and title asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from matplotlib.figure import Figure
from PIL import Image

import stabkit
from stabkit.errors import InvalidArgument
from stabkit.publish.figures.formats import figure_bytes
from stabkit.publish.figures.frame import dots_per_inch, figure_size

pytestmark = pytest.mark.slow

NAME = "$50 a_month"
MIX = stabkit.Workload.from_classes([(5, 3), (5, 6)], capacity=1000, name=NAME)
STABLE = stabkit.Workload.from_classes([(20, 3), (20, 5)], capacity=5000, name=NAME)
WHOLE = [[0, 0, 0, 0, 0, 9], [0, 0, 1]]

RESULTS: dict[str, Callable[[], Any]] = {
    "Analysis": lambda: stabkit.analyze(MIX, crosscheck=False),
    "AnalysisPicture": lambda: stabkit.analysis_picture(STABLE, "stable"),
    "CyclePicture": lambda: stabkit.cycle_picture(MIX, WHOLE[::-1], 6, NAME),
    "Cycles": lambda: stabkit.cycles(MIX),
    "FiniteServer": lambda: stabkit.finite_server(MIX),
    "Fluctuations": lambda: stabkit.fluctuations(STABLE),
    "KernelPicture": lambda: stabkit.kernel_picture(MIX),
    "Margins": lambda: stabkit.margins(MIX),
    "NyquistCurve": lambda: stabkit.nyquist(MIX),
    "PolicyComparison": lambda: stabkit.compare_policies(MIX, ["greedy"], steps=0),
    "PolicySweep": lambda: stabkit.policy_sweep(MIX, "gain", [1]),
    "Pooling": lambda: stabkit.pool(MIX, 2),
    "RequestRun": lambda: stabkit.simulate_requests(MIX, steps=40),
    "Root": lambda: stabkit.roots(MIX),
    "RootLocus": lambda: stabkit.root_locus(MIX, points=3),
    "Sizing": lambda: stabkit.sizing(MIX),
    "SpaceTimePicture": lambda: stabkit.space_time_picture(MIX, steps=20),
    "Synchrony": lambda: stabkit.synchrony(MIX),
    "Threshold": lambda: stabkit.threshold(MIX),
    "Trajectory": lambda: stabkit.simulate(MIX, 20),
    "Workload": lambda: MIX,
}


@cache
def result(kind: str) -> Any:
    return RESULTS[kind]()


def texts(svg: bytes) -> list[str]:
    """Return what is written in an SVG file, as text."""
    root = ElementTree.fromstring(svg)
    return ["".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")]


def drawn(kind: str, **frame: Any) -> Figure:
    made = stabkit.figure(result(kind), **frame)
    assert isinstance(made, Figure)
    return made


@pytest.mark.parametrize("kind", RESULTS)
def test_a_title_replaces_the_name_and_nothing_else(kind: str) -> None:
    named, titled = (texts(figure_bytes(drawn(kind, title=t), "svg")) for t in (None, "Two rows"))
    bare = texts(figure_bytes(drawn(kind, title=""), "svg"))
    assert NAME in named
    assert [text for text in named if text != NAME] == bare
    assert [text for text in titled if text != "Two rows"] == bare


@pytest.mark.parametrize("kind", RESULTS)
def test_the_same_call_gives_the_same_bytes(kind: str) -> None:
    figure, again = drawn(kind), drawn(kind)
    written = {name: figure_bytes(figure, name, 60) for name in ("svg", "png", "pdf")}
    for name, first in reversed(written.items()):  # writing one does not change another
        assert figure_bytes(again, name, 60) == first
        assert b"CreationDate" not in first
        assert b"dc:date" not in first


@pytest.mark.parametrize(
    ("size", "inches"),
    [("slide", (6.4, 3.6)), ("3.4x2.5", (3.4, 2.5)), ((5, 4), (5, 4)), ("6×3", (6, 3))],
)
def test_sizes_and_dots_are_those_of_the_picture(size: Any, inches: tuple[float, float]) -> None:
    image = Image.open(BytesIO(figure_bytes(drawn("Threshold", size=size), "png", 50)))
    # A pixel less where matplotlib rounds the inches down, as its lowest version does.
    assert image.size == pytest.approx([50 * side for side in inches], abs=1)
    assert image.info["dpi"] == pytest.approx((50, 50), abs=0.1)


def test_column_and_page_keep_the_height_of_the_kind() -> None:
    own = drawn("NyquistCurve").get_size_inches()
    assert drawn("NyquistCurve", size="column").get_size_inches() == pytest.approx(own)
    assert drawn("NyquistCurve", size="page").get_size_inches() == pytest.approx([7.2, own[1]])


def test_the_ground_is_white_for_dark_pages() -> None:
    image = Image.open(BytesIO(figure_bytes(drawn("Root"), "png", 50))).convert("RGBA")
    corners = [(0, 0), (image.width - 1, 0), (0, image.height - 1)]
    assert {image.getpixel(corner) for corner in corners} == {(255, 255, 255, 255)}


@pytest.mark.parametrize("title", [None, "long " * 200, "W" * 900])
def test_long_names_and_titles_stay_on_the_canvas(title: str | None) -> None:
    mix = stabkit.Workload.from_classes([(5, 3)], capacity=100, name="W" * 300)
    figure = stabkit.figure(stabkit.threshold(mix), title=title)
    assert isinstance(figure, Figure)
    written = figure._suptitle  # type: ignore[attr-defined]
    box = written.get_window_extent()
    assert box.x0 >= 0
    assert box.x1 <= figure.bbox.width
    assert "…" in written.get_text()
    assert len(written.get_text().splitlines()) == (2 if title is None else 4)


@pytest.mark.parametrize("text", ["$x_", "$x_$", "a $ b", r"\$x", "$$"])
def test_dollars_open_no_formula(text: str) -> None:
    assert text in texts(figure_bytes(drawn("Threshold", title=text), "svg"))


def test_what_is_not_printable_is_not_drawn() -> None:
    assert "a?[31m" in texts(figure_bytes(drawn("Threshold", title="a\x1b[31m"), "svg"))


@pytest.mark.parametrize(
    "size",
    ["", "3", "3x", "x3", "3x3x3", "0x3", "1.4x3", "51x3", "nanx3", "infx3", 3, (3,), ("a", 1)],
)
def test_other_sizes_are_refused(size: Any) -> None:
    with pytest.raises(InvalidArgument, match="'size' must be width x height in inches"):
        figure_size(size)


def test_what_has_no_room_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="'size' must leave room for what the figure shows"):
        drawn("Margins", size="1.5x1.5")
    whole = Figure(layout="constrained")
    with pytest.raises(InvalidArgument, match="'size' must be left out with 'ax'"):
        stabkit.figure(result("Threshold"), whole.subplots(), size="slide")
    with pytest.raises(InvalidArgument, match="'title' must be a text"):
        stabkit.figure(result("Threshold"), title=3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("dpi", "inches", "message"),
    [
        (19, (1, 1), "an integer from 20 to 2400, not 19"),
        (2401, (1, 1), "an integer from 20 to 2400"),
        (1001, (10, 10), "at most 1000 for a figure so large, not 1001"),
    ],
)
def test_other_dots_are_refused(dpi: Any, inches: tuple[float, float], message: str) -> None:
    with pytest.raises(InvalidArgument, match=f"'dpi' must be {message}"):
        dots_per_inch(dpi, inches)
