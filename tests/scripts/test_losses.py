"""What limit cycles cost: tables, figure and page, against exact and against long simulations.

The oracle of a loss is the simulator alone: a state of R6 or R10 in docs/model.md, run exactly
over a period, which must return to it; its completions are compared with a* = B / G(1), summed here
term by term.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from losses.drawing import LINES, losses_figure
from losses.numbers import WORST_LIMIT, class_completions, synchronized_limit
from losses.tables import (
    completion_table,
    divisor_table,
    markdown_table,
    synchronized_table,
    worst_cycle_table,
)
from make_losses import page, wrapped
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from stabkit import (
    Workload,
    cycles,
    figure_bytes,
    percent,
    simulate,
    synchronized_loss,
    worst_cycle_loss,
)
from stabkit.publish.figures.style import house_style

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"
CAPACITY = 10_000

MORE_REQUESTS = Workload.from_classes([(1, 1, 4), (1, 6, 1)])
FEWER_TOKENS = Workload.from_classes([(0, 6, 8), (0, 10, 8), (0, 1, 7)])
R12 = Workload.from_classes([(0, 6, 2), (5, 1, 3)])
IN_STEP = Workload.from_classes([(5, 3), (5, 6)])
QUASI_PERIODIC = Workload.from_classes([(5, 3), (5, 5)])
MIXES = [MORE_REQUESTS, FEWER_TOKENS, R12, IN_STEP, QUASI_PERIODIC]


def cells(table: str) -> list[list[str]]:
    rows = [line.strip("| \n").split(" | ") for line in table.splitlines()]
    return [rows[0], *rows[2:]]


def memory_per_admission(mix: Workload) -> Fraction:
    """Return G(1), so that a* = B / G(1)."""
    return sum(
        (c.share * (c.input_length + m + 1) for c in mix.classes for m in range(c.decode_length)),
        Fraction(0),
    )


def simulated_loss(mix: Workload, state: Sequence[Sequence[Fraction]], period: int) -> Fraction:
    """Return the loss of completed tokens over one exact period, which must close."""
    run = simulate(mix, period, "exact", state)
    assert run.final_state == [list(row) for row in state]
    tokens = sum(run.completed_tokens[1:]) / period
    a = CAPACITY / memory_per_admission(mix)
    return 1 - tokens / (a * mix.mean_decode_length)


@pytest.mark.parametrize("decode", [2, 5, 10, 50])
@pytest.mark.parametrize("s", [0, 10, 1000])
def test_worst_loss_is_that_of_an_exact_run(s: int, decode: int) -> None:
    mix = Workload.from_classes([(s, decode)], capacity=CAPACITY)
    cohort = [Fraction(0)] * (decode - 1) + [Fraction(CAPACITY, s + decode)]
    loss = simulated_loss(mix, [cohort], decode)
    assert worst_cycle_loss(s, decode) == loss
    assert cells(worst_cycle_table([s], [decode]))[1] == [f"{s:,}", percent(loss), "50 %"]


def synchronised_state(mix: Workload, d: int) -> list[list[Fraction]]:
    """Return p_k a_sync requests in every stage -1 mod d (R10)."""
    held = sum(
        c.share * sum(c.input_length + (i + 1) * d for i in range(c.decode_length // d))
        for c in mix.classes
    )
    return [
        [CAPACITY / held * c.share * ((j + 1) % d == 0) for j in range(c.decode_length)]
        for c in mix.classes
    ]


@pytest.mark.parametrize("g", [2, 5, 10])
@pytest.mark.parametrize("s", [0, 10, 1000])
def test_synchronised_loss_is_that_of_an_exact_run(s: int, g: int) -> None:
    mix = Workload.from_classes([(s, 2 * g), (s, 3 * g)], capacity=CAPACITY)
    loss = simulated_loss(mix, synchronised_state(mix, g), g)
    assert cells(synchronized_table([s], [g]))[1] == [f"{s:,}", percent(loss), "27.8 %"]
    assert synchronized_loss(mix) == loss


@pytest.mark.parametrize("d", [2, 3, 6])
@pytest.mark.parametrize("s", [0, 6, 100])
def test_loss_of_fixed_lengths_in_step_by_a_divisor(s: int, d: int) -> None:
    mix = Workload.from_classes([(s, 12), (s, 18)], capacity=CAPACITY)
    loss = simulated_loss(mix, synchronised_state(mix, d), d)
    assert cells(divisor_table([s], [12, 18], [d]))[1][:2] == [f"{s}", percent(loss)]
    assert synchronized_loss(mix, d) == loss


def test_the_renormalised_mix_changes_its_verdict_at_the_threshold_of_2_and_3() -> None:
    # docs/model.md, R8: (2, 3) with equal shares is stable above s = 1, 6 before the division
    table = cells(divisor_table([0, 5, 6, 7, 100], [12, 18], [6]))
    verdicts = [row[-1] for row in table[1:]]
    assert verdicts == ["unstable", "unstable", "marginal", "stable", "stable"]


def test_losses_of_the_model_document() -> None:
    # docs/model.md, R10: its examples
    for classes, ratio in (
        ([(5, 2), (5, 4)], Fraction(43, 46)),
        ([(5, 3), (5, 6)], Fraction(8, 9)),
        ([(100, 4), (100, 6)], Fraction(1031, 1036)),
    ):
        assert 1 - synchronized_loss(Workload.from_classes(classes)) == ratio


def family(s: int, g: int) -> Fraction:
    return synchronized_loss(Workload.from_classes([(s, 2 * g), (s, 3 * g)]))


@pytest.mark.parametrize("loss", [worst_cycle_loss, family])
def test_losses_grow_with_the_lengths_and_fall_with_the_input(loss: Any) -> None:
    lengths, inputs = (2, 3, 5, 10, 100, 10**4), (0, 1, 10, 100, 10**4)
    for s in inputs:
        assert all(a < b for a, b in pairwise(loss(s, length) for length in lengths))
    for length in lengths:
        assert all(a > b for a, b in pairwise(loss(s, length) for s in inputs))


@pytest.mark.parametrize(
    ("loss", "limit"), [(worst_cycle_loss, WORST_LIMIT), (family, synchronized_limit([2, 3]))]
)
def test_limits_are_approached_from_below_and_at_the_rate_of_one_over_l(
    loss: Any, limit: Fraction
) -> None:
    gaps = [limit - loss(10, 10**power) for power in (6, 7, 8)]
    assert 0 < gaps[2] < Fraction(1, 10**6)
    for gap, next_gap in pairwise(gaps):
        assert float(gap / next_gap) == pytest.approx(10, rel=1e-3)
    assert loss(10**12, 10) < Fraction(1, 10**10)


def test_at_no_input_the_loss_is_its_limit_times_one_less_one_over_g() -> None:
    for g in (2, 3, 10, 1000):
        assert family(0, g) == synchronized_limit([2, 3]) * Fraction(g - 1, g)
    assert synchronized_limit([1]) == WORST_LIMIT
    assert synchronized_limit([1, 2]) < WORST_LIMIT


@pytest.mark.parametrize("mix", MIXES)
def test_completions_of_a_long_independent_run(mix: Workload) -> None:
    found = cycles(mix, max_steps=20_000)
    run = simulate(mix, 60_000)
    by_class = run.completed_by_class[20_000:].mean(axis=0)
    a = float(run.capacity / memory_per_admission(mix))
    shares = np.array([float(c.share) for c in mix.classes])
    lengths = np.array([c.decode_length for c in mix.classes])
    measured = by_class / (shares * a)
    assert [float(r) for r in class_completions(found)] == pytest.approx(measured, abs=1e-3)
    rows = cells(completion_table([found]))[1:]
    names = [f"({c.input_length}, {c.decode_length})" for c in mix.classes]
    assert [row[0] for row in rows] == names
    assert [float(row[3]) for row in rows] == pytest.approx(measured, abs=1e-3)
    tokens, requests = by_class @ lengths / (a * (shares @ lengths)), by_class.sum() / a
    assert [float(text) for text in rows[0][4:6]] == pytest.approx([tokens, requests], abs=1e-3)
    completed = [row[2] for row in rows]
    parts = 100 * by_class / by_class.sum()
    assert [float(text.removesuffix(" %")) for text in completed] == pytest.approx(parts, abs=0.15)


@pytest.mark.parametrize("mix", MIXES)
def test_completions_never_rise_with_the_decode_length(mix: Workload) -> None:
    ratios = class_completions(cycles(mix, max_steps=20_000))
    ordered = sorted(zip((c.decode_length for c in mix.classes), ratios, strict=True))
    for (_, shorter), (_, longer) in pairwise(ordered):
        assert longer <= shorter + 1e-9


def test_ratios_of_the_model_document() -> None:
    # docs/model.md, Class mix: the ratios are enclosed there, the completions measured
    tables = [cells(completion_table([cycles(mix)])) for mix in (MORE_REQUESTS, FEWER_TOKENS)]
    more, fewer = tables
    assert more[1][4:6] == ["1.0057", "1.0866"]
    assert fewer[1][4:6] == ["0.8901", "1.5354"]
    assert [row[3][:-1] for row in fewer[1:]] == ["0.757", "0.757", "3.313"]
    assert fewer[1][6] == "period 36, exact"


def test_cells_keep_their_columns() -> None:
    with_words = markdown_table([("a", "b"), ("c", "1")], left=1)
    assert with_words == "| a | b |\n| :--- | ---: |\n| c | 1 |\n"
    for table in (worst_cycle_table([0, 10], [2, 5]), completion_table([cycles(R12)])):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_the_page_is_what_its_script_writes() -> None:
    assert page() == (DOCS / "limit_cycles.md").read_text(encoding="utf-8")


def test_paragraphs_are_filled_and_nothing_else_is() -> None:
    table = f"| {'x' * 120} |"
    text = f"# Head\n\n{'word ' * 30}\nmore\n\n{table}\n\n```console\n$ a\n{'y ' * 60}\n\nb\n```\n"
    lines = wrapped(text).splitlines()
    assert table in lines
    assert "y " * 60 in lines
    assert max(len(line) for line in lines if line.startswith("word")) <= 100
    assert wrapped(wrapped(text)) == wrapped(text)


@pytest.fixture(scope="module")
def figure() -> Figure:
    return losses_figure([0, 10, 100, 1000, 10_000])


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
    assert width == pytest.approx(9 / 2.54)
    assert max(-box.x0, -box.y0, box.x1 - width, box.y1 - height) * figure.dpi <= 0.5
    assert min(text.get_fontsize() for text in texts) >= 6.5
    seen = [(text, box) for text, box in boxes if box.width and box.height]
    pairs = combinations(seen, 2)
    assert [(one, other) for (one, a), (other, b) in pairs if a.overlaps(b)] == []


def test_lines_are_the_losses_and_stay_below_the_limit(figure: Figure) -> None:
    losses = (worst_cycle_loss, family)
    limits = (WORST_LIMIT, synchronized_limit([2, 3]))
    for axes, loss, limit in zip(figure.axes, losses, limits, strict=True):
        *lines, last = axes.lines
        assert set(last.get_ydata()) == {100 * float(limit)}
        assert len(lines) == 5
        for s, line in zip([0, 10, 100, 1000, 10_000], lines, strict=True):
            x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
            assert (x[0], x[-1]) == (1, 10**5)
            assert np.all(y < 100 * float(limit))
            middle = len(x) // 2
            assert y[middle] == pytest.approx(100 * float(loss(s, int(x[middle]))))


def test_every_line_carries_its_name(figure: Figure) -> None:
    names = ["0", "10", "$10^2$", "$10^3$", "$10^4$"]
    for axes in figure.axes:
        labels = [t for t in axes.texts if t.get_text() in names]
        assert [t.get_text() for t in labels] == names
        for label, line in zip(labels, axes.lines, strict=False):
            x, y = label.get_position()
            there = np.interp(np.log(x), np.log(line.get_xdata()), line.get_ydata())
            assert there == pytest.approx(y)


def test_lines_differ_in_dashes_and_are_dark_enough_in_grey(figure: Figure) -> None:
    assert len({str(style["linestyle"]) for style in LINES}) == 5
    for axes in figure.axes:
        colours = [line.get_color() for line in axes.lines]
        assert colours[:-1] == [style["color"] for style in LINES]
        for line in axes.lines:
            assert np.dot(to_rgb(line.get_color()), [0.299, 0.587, 0.114]) < 0.65


@pytest.mark.parametrize("file_format", ["png", "svg", "pdf"])
def test_the_same_bytes_every_time(figure: Figure, file_format: str) -> None:
    again = losses_figure([0, 10, 100, 1000, 10_000])
    assert figure_bytes(figure, file_format) == figure_bytes(again, file_format)
