"""Limit cycles and runs in space and time: the data against exact runs, the figures whole."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text

from stabkit import InvalidArgument, Workload, necklace_cycle, necklace_cycles, simulate
from stabkit.analysis.pictures.cycle import CyclePicture, cycle_picture
from stabkit.analysis.pictures.space_time import SpaceTimePicture, space_time_picture
from stabkit.analysis.pictures.stages import record_of, recorded
from stabkit.dynamics.initial_state import equilibrium_admissions
from stabkit.publish.figures.cycle import _COLOURS, cycle_figure
from stabkit.publish.figures.space_time import _colours, _scale, space_time_figure
from stabkit.publish.figures.style import VERMILLION, house_style

pytestmark = pytest.mark.slow

TWO = Workload.from_classes([(2, 2)], capacity=140)
EIGHT = Workload.from_classes([(5, 8)], capacity=10_000)
FOUR = Workload.from_classes([(0, 4)])
GCD_THREE = Workload.from_classes([(5, 3), (5, 6)], capacity=2000)
UNLIKE = Workload.from_classes([(0, 4), (30, 8, 2)], capacity=5000)
LONG = Workload.from_classes([(100, 200)], capacity=10**6)
R12 = Workload.from_classes([(0, 6, "2/5"), (5, 1, "3/5")])
NOT_IN_PROPORTION = [[20, 0, 0], [0, 0, 30, 0, 0]]


def counts(mix: Workload, cohorts: Sequence[Fraction]) -> list[list[Fraction]]:
    return [[c.share * y for y in cohorts[: c.decode_length]] for c in mix.classes]


def necklaces(mix: Workload) -> list[tuple[Workload, list[list[Fraction]], int]]:
    return [(mix, counts(mix, c.states[0]), c.period) for c in necklace_cycles(mix)]


CYCLES = [cycle for mix in (TWO, FOUR, GCD_THREE, UNLIKE) for cycle in necklaces(mix)]


@cache
def picture_of(name: str) -> CyclePicture:
    if name == "R12":  # docs/model.md: from empty it settles on an attracting cycle of period 29
        return cycle_picture(R12, simulate(R12, 20_000).final_state, 29, name)
    mixes = {"two": TWO, "eight": EIGHT, "gcd 3": GCD_THREE, "long": LONG, "unlike": UNLIKE}
    mix, parts = mixes[name.split(",")[0]], name.split(",")[1:]
    cycle = necklace_cycle(mix, [int(part) for part in parts] or [mix.gcd])
    return cycle_picture(mix, counts(mix, cycle.states[0]), cycle.period, f"cycle {name[:20]}")


NAMES = ["two", "eight", "gcd 3", "R12", "unlike", "eight,4,2,1,1", "long"]
FIXED_POINTS = ["eight,1,1,1,1,1,1,1,1", "long," + ",".join(["1"] * 200)]
BANDS = "long," + ",".join(["3"] * 30 + ["110"])


def stacked(picture: CyclePicture) -> Any:
    """Return bands over steps, in tokens."""
    table = np.zeros((len(picture.bands), picture.steps))
    for row, band in zip(table, picture.bands, strict=True):
        row[band.start - 1 : band.start - 1 + len(band.memory)] = band.memory
    return table


@pytest.mark.parametrize(("mix", "state", "period"), CYCLES)
def test_admissions_and_evictions_are_those_of_an_exact_run(
    mix: Workload, state: Any, period: int
) -> None:
    picture = cycle_picture(mix, state, period)
    run = simulate(mix, picture.steps, "exact", state)
    scale = float(equilibrium_admissions(mix))
    for shown, exact in ((picture.admitted, run.admitted), (picture.evicted, run.evicted)):
        assert shown == pytest.approx(exact[1:].astype(float), rel=1e-10, abs=1e-10 * scale)
    assert picture.steps == (2 * period if period > 1 else 8)


@pytest.mark.parametrize(("mix", "state", "period"), CYCLES)
def test_cohorts_fill_the_memory_and_return(mix: Workload, state: Any, period: int) -> None:
    picture = cycle_picture(mix, state, period)
    memory = stacked(picture)
    assert memory.sum(axis=0) == pytest.approx(picture.capacity, rel=1e-12)
    columns = np.sort(memory, axis=0)[::-1]  # largest first: cohorts by size, whatever their names
    repeats = picture.steps - period
    tolerance = 1e-9 * picture.capacity
    assert columns[:, period:] == pytest.approx(columns[:, :repeats], abs=tolerance)
    for flow in (picture.demand, picture.admitted, picture.evicted):
        assert flow[period:] == pytest.approx(flow[:repeats], abs=tolerance)


@pytest.mark.parametrize("name", [*NAMES, *FIXED_POINTS[:1]])
def test_a_cohort_never_grows(name: str) -> None:
    picture = picture_of(name)
    assert picture.per_band == 1
    for band in picture.bands:
        assert band.first == band.last
        assert np.all(np.diff(band.requests) <= 1e-9 * band.requests[0])
        if band.first >= 1:
            assert band.start == band.first
            assert band.requests[0] == pytest.approx(picture.admitted[band.first - 1])


def test_r12_returns_after_29_steps_with_evictions() -> None:
    picture = picture_of("R12")
    assert picture.steps == 58
    assert picture.evicted[:29] == pytest.approx(picture.evicted[29:], abs=1e-9)
    # the itinerary of the exact orbit, which a test of stabkit.cycles finds: 4 evictions
    assert np.count_nonzero(picture.evicted[:29] > 1e-9) == 4


def test_demand_is_what_the_survivors_need() -> None:
    mix, state, period = CYCLES[-1]
    run = simulate(mix, 2 * period, "exact", state, record_states=True)
    expected = [
        float(
            sum(
                (c.input_length + j + 2) * count
                for c, stages in zip(mix.classes, before, strict=True)
                for j, count in enumerate(stages[:-1])
            )
        )
        for before in (run.states or [])[:-1]
    ]
    assert cycle_picture(mix, state, period).demand == pytest.approx(np.array(expected))


@pytest.mark.parametrize("name", [FIXED_POINTS[1], BANDS])
def test_many_cohorts_share_at_most_twelve_bands(name: str) -> None:
    picture = picture_of(name)
    memory = stacked(picture)
    assert picture.per_band > 1
    assert np.count_nonzero(memory, axis=0).max() <= 12
    assert memory.sum(axis=0) == pytest.approx(1e6, rel=1e-12)
    ranges = [(band.first, band.last) for band in picture.bands]
    assert all(last < first for (_, last), (first, _) in pairwise(ranges))
    admitting = np.flatnonzero(picture.admitted > 1e-6) + 1
    assert all(any(first <= n <= last for first, last in ranges) for n in admitting)


def test_long_periods_are_cut_short() -> None:
    picture = cycle_picture(TWO, [[20, 20]], 1500)
    assert (picture.steps, picture.period) == (1500, 1500)
    assert cycle_picture(TWO, [[20, 20]], 5000).steps == 2000
    assert [cycle_picture(TWO, [[20, 20]], n).steps for n in (100, 101)] == [200, 101]


def test_a_part_of_a_period_without_admissions_can_be_drawn() -> None:
    mix = Workload.from_classes([(5, 10_000)], capacity=200_000)
    state = [[0] * 5 + [20_000] + [0] * 9_994]
    picture = cycle_picture(mix, state, 10_000)
    assert (picture.steps, picture.admitted.max(), len(picture.bands)) == (399, 0, 1)
    title = cycle_figure(picture).get_suptitle()
    assert title.endswith("the first 399 of a period of 10,000 steps")


@pytest.mark.parametrize("period", [0, -1, 1.5, "2", True])
def test_periods_are_positive_integers(period: Any) -> None:
    with pytest.raises(InvalidArgument, match="'period' must be a positive integer, not "):
        cycle_picture(TWO, [[20, 20]], period)


@pytest.mark.parametrize("state", [None, "equilibrium", NOT_IN_PROPORTION])
def test_floats_are_recorded_as_exact_states_are(state: Any) -> None:
    mix = Workload.from_classes([(5, 3), (7, 5)], capacity=1000)
    exact = record_of(mix, simulate(mix, 40, "exact", state, record_states=True))
    floats = recorded(mix, 40, "float", state)
    for name in ("equilibrium", "requests", "held", "needed", "admitted", "evicted", "lost"):
        assert getattr(floats, name) == pytest.approx(getattr(exact, name), rel=1e-9, abs=1e-7)
    assert floats.capacity == exact.capacity == 1000


def test_what_is_lost_is_what_was_evicted() -> None:
    mix = Workload.from_classes([(4, 9)], capacity=3000)  # one class: tokens tell requests
    record = recorded(mix, 300)
    requests = record.lost / (5 + np.arange(9))
    assert requests.sum(axis=1) == pytest.approx(record.evicted, rel=1e-9, abs=1e-9)
    assert record.evicted.sum() > 100


def test_records_have_a_bound() -> None:
    with pytest.raises(InvalidArgument, match="'steps' must be an integer from 0 to 39999, not"):
        recorded(Workload.from_classes([(0, 100)]), 40_000)
    with pytest.raises(InvalidArgument, match="at most 4000000 stages for a record"):
        recorded(Workload.from_classes([(0, 4_000_001)]), 0)
    with pytest.raises(InvalidArgument, match=r"'steps' must be an integer (from|of at least) 0"):
        recorded(TWO, -1, shorten=True)
    assert recorded(Workload.from_classes([(0, 10**5)]), 400, shorten=True).steps == 39


# In space and time


def test_the_equilibrium_is_1_everywhere() -> None:
    picture = space_time_picture(UNLIKE, "equilibrium", 20)
    assert picture.filling == pytest.approx(1.0, rel=1e-12)
    assert picture.filling.shape == (8, 21)
    assert not picture.evicted.any()


def test_filling_is_the_cohort_over_the_equilibrium() -> None:
    run = simulate(UNLIKE, 60, "exact", record_states=True)
    picture = space_time_picture(UNLIKE, run, 60)
    longest, share = 1, UNLIKE.classes[1].share
    level = equilibrium_admissions(UNLIKE)
    for n, state in enumerate(run.states or []):
        cohorts = [float(count / share / level) for count in state[longest]]
        assert picture.filling[:, n] == pytest.approx(cohorts, rel=1e-12, abs=1e-12)
    assert picture.evicted == pytest.approx(run.evicted.astype(float))


def test_long_runs_and_lives_are_means_of_everything() -> None:
    mix = Workload.from_classes([(50, 601)], capacity=10**6)
    picture = space_time_picture(mix, steps=1701)
    record = recorded(mix, 1701)
    assert (picture.per_column, picture.per_row) == (3, 3)
    assert picture.filling.shape == (201, 568)
    rows, columns = slice(30, 33), slice(300, 303)
    expected = record.held[columns, rows].sum() / (3 * record.equilibrium[rows].sum())
    assert picture.filling[10, 100] == pytest.approx(expected)
    alone = record.held[1701, 600] / record.equilibrium[600]  # what is left: one step, one stage
    assert picture.filling[-1, -1] == pytest.approx(alone)
    assert picture.filling[:, -1].sum() > 0
    assert picture.evicted[-1] == pytest.approx(record.evicted[1701])
    assert picture.evicted[100] == pytest.approx(record.evicted[columns].mean())


def test_the_fullest_stage_of_a_collapse() -> None:
    # 10 and 8 beside 10.34 at the equilibrium: whole requests fall in step (R6a)
    mix = Workload.from_classes([(10, 8)], capacity=1200)
    first, last = space_time_picture(mix, "equilibrium", 119, "integer").fullest
    assert first == pytest.approx(18 / 119.9, rel=0.02)
    assert last == 1


def test_a_run_without_states_has_no_picture() -> None:
    with pytest.raises(InvalidArgument, match="'run' must have recorded its states"):
        space_time_picture(TWO, simulate(TWO, 5))


def test_colours_darken_and_are_even_about_the_equilibrium() -> None:
    scale = _scale()
    fillings = np.array([0.0, 0.1, 0.5, 1.0, 2.0, 10.0, 50.0])
    places = np.asarray(scale(fillings))
    assert places[3] == pytest.approx(0.5, abs=1e-5)
    assert places[2] + places[4] == pytest.approx(1, abs=1e-5)
    grey = _colours()(np.linspace(0, 1, 50))[:, :3] @ [0.299, 0.587, 0.114]
    assert np.all(np.diff(grey) < 0)


# The figures

SPACES: dict[str, Callable[[], SpaceTimePicture]] = {
    "short": lambda: space_time_picture(TWO, steps=10),
    "one stage": lambda: space_time_picture(Workload.from_classes([(3, 1)]), steps=10),
    "start only": lambda: space_time_picture(TWO, steps=0),
    "level": lambda: space_time_picture(UNLIKE, "equilibrium", 30),
    "whole": lambda: space_time_picture(EIGHT, "equilibrium", 120, "integer"),
    "means": lambda: space_time_picture(Workload.from_classes([(50, 601)]), steps=2000),
}


def figure_of(name: str) -> Figure:
    if name in SPACES:
        return space_time_figure(SPACES[name]())
    return cycle_figure(picture_of(name))


FIGURES = [*NAMES, *FIXED_POINTS, BANDS, *SPACES]


@pytest.mark.parametrize("name", FIGURES, ids=lambda name: name[:14])
def test_figures_show_every_text_whole(name: str) -> None:
    figure = figure_of(name)
    with house_style():
        renderer: Any = FigureCanvasAgg(figure).get_renderer()
        figure.draw(renderer)
        box = figure.get_tightbbox(renderer)
        unseen = beyond_limits(figure)
        texts = [t for t in figure.findobj(Text) if t.get_text() and t.get_visible()]
        texts = [t for t in texts if t not in unseen]
        boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in texts]
    width, height = figure.get_size_inches()
    assert width == pytest.approx(9 / 2.54)
    assert max(-box.x0, -box.y0, box.x1 - width, box.y1 - height) * figure.dpi <= 0.5
    assert min(text.get_fontsize() for text in texts) >= 6.5
    seen = [(text, b) for text, b in boxes if b.width and b.height]
    pairs = combinations(seen, 2)
    assert [(one, other) for (one, a), (other, b) in pairs if a.overlaps(b)] == []


def beyond_limits(figure: Figure) -> list[Text]:
    """Return the labels of ticks outside the limits, which keep a place but are not drawn."""
    found = []
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                if not low <= tick.get_loc() <= high:
                    found += [tick.label1, tick.label2]
    return found


def test_bars_are_the_admissions_and_evictions() -> None:
    picture = picture_of("gcd 3")
    _, admitted, evicted = figure_of("gcd 3").axes
    for axes, flow in ((admitted, picture.admitted), (evicted, picture.evicted)):
        bars = {round(p.get_x() + p.get_width() / 2): p.get_height() for p in axes.patches}
        assert bars == {n: pytest.approx(r) for n, r in enumerate(flow, start=1) if r > 0}
    assert {p.get_facecolor()[:3] for p in evicted.patches} == {to_rgb(VERMILLION)}


def test_a_cycle_without_evictions_has_no_panel_for_them() -> None:
    assert len(figure_of(FIXED_POINTS[0]).axes) == 2
    assert len(figure_of("level").axes) == 2  # with the bar of colours


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # docs/model.md, R6: c = B/(s + l) = 35 of 46 2/3 admitted complete: a quarter is evicted
        ("two", "period of 2 steps, 25 % of the admissions evicted"),
        (FIXED_POINTS[0], "period of 1 step, nothing evicted"),
    ],
)
def test_titles_say_what_a_period_evicts(name: str, expected: str) -> None:
    title = figure_of(name).get_suptitle().split("\n")
    assert title[1] == expected
    assert title[0].startswith("cycle ")


def test_neighbouring_cohorts_differ_in_grey() -> None:
    grey = np.array([to_rgb(colour) for colour in _COLOURS]) @ [0.299, 0.587, 0.114]
    assert np.abs(grey - np.roll(grey, 1)).min() > 0.15
    assert VERMILLION not in _COLOURS
