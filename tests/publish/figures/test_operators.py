"""Figures of threshold, margins, sizing, pooling and finite servers, against hand computations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, StepPatch

import stabkit
from stabkit import Workload, figure

# g = (s + 1, s + 2, (s + 3) / 2): stable iff s > 1, and at s = 0 both roots of
# 2 x^2 + 4 x + 3 have the modulus sqrt(3 / 2).
PAIR = Workload.from_classes([(5, 2), (5, 3)], capacity=1000)


def axes_of(result: Any) -> list[Axes]:
    drawn = figure(result)
    assert isinstance(drawn, Figure)
    return drawn.axes


def labels(axes: Axes) -> list[str]:
    return axes.get_legend_handles_labels()[1]


def spans(axes: Axes) -> list[tuple[float, float]]:
    """Return where areas that reach across the axes begin and end."""
    wide = [p for p in axes.patches if isinstance(p, Rectangle) and p.get_height() == 1]
    return [(p.get_x(), p.get_x() + p.get_width()) for p in wide]


def bars(axes: Axes) -> list[float]:
    return [p.get_width() for container in axes.containers for p in container]


def said(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_counts_and_stable_inputs_of_a_threshold() -> None:
    (axes,) = axes_of(stabkit.threshold(PAIR))
    (steps,) = (p for p in axes.patches if isinstance(p, StepPatch))
    assert steps.get_data().values.tolist() == [2, 0]
    assert steps.get_data().edges[:2] == pytest.approx([0, 1])
    assert spans(axes) == [(pytest.approx(1), steps.get_data().edges[-1])]
    assert "s* = 1" in labels(axes)
    (line,) = (line for line in axes.get_lines() if line.get_label() == "s* = 1")
    assert line.get_xdata() == pytest.approx([1, 1])


def test_stable_intervals_below_the_threshold_are_shaded_too() -> None:
    """R8: the inputs from .02328 to .03735, below s* = .26515."""
    found = stabkit.threshold(Workload.from_classes([(5, 3, 251), (5, 4, 149), (5, 5, 100)]))
    drawn = figure(found)
    assert isinstance(drawn, Figure)
    first, last = spans(drawn.axes[0])
    assert first == pytest.approx((0.02328, 0.03735), abs=1e-5)
    assert last[0] == pytest.approx(0.26515, abs=1e-5)
    assert drawn.get_suptitle().endswith("stable above s*, and in 1 interval below")


@pytest.mark.parametrize(
    ("classes", "along", "expected"),
    [
        ([(5, 4), (5, 6)], "common", "stable for no s"),
        ([(3, 1)], "common", "stable for every s"),
        ([(5, 2), (5, 3)], "shift", "stable above δ*"),
        ([(5, 2), (5, 3)], "scale", "stable above N*"),
    ],
)
def test_titles_of_thresholds(classes: Any, along: Any, expected: str) -> None:
    drawn = figure(stabkit.threshold(Workload.from_classes(classes), along))
    assert isinstance(drawn, Figure)
    assert drawn.get_suptitle().splitlines()[-1] == expected


def test_margins_end_where_they_do() -> None:
    """kappa < 3/2 (6 x^2 + 7 kappa x + 4 kappa); inputs above 1: a shift of -4, a factor of 1/5."""
    gain, shift, scale, below = axes_of(stabkit.margins(PAIR))
    for axes, (start, stop), written in (
        (gain, (None, 1.5), "1.5"),
        (shift, (-4, None), "-4"),
        (scale, (0.2, None), "0.2"),
    ):
        ((low, high),) = spans(axes)
        assert low == pytest.approx(axes.get_xlim()[0] if start is None else start)
        assert high == pytest.approx(axes.get_xlim()[1] if stop is None else stop)
        assert written in [tick.get_text() for tick in axes.get_xticklabels()]
    largest = stabkit.disturbance_margin(PAIR).largest
    assert largest is not None
    assert bars(below)[1] == pytest.approx(100 * float(largest.low))
    assert said(below)[1].startswith("every cohort, of its steady size: ")


def test_margins_of_an_unstable_mix_show_what_would_be_stable() -> None:
    """Of s = 1/2, with the same formulas: shifts above 1/2, factors above 2."""
    mix = Workload.from_classes([("1/2", 2), ("1/2", 3)])
    _, shift, scale, _ = axes_of(stabkit.margins(mix))
    assert spans(shift)[0][0] == pytest.approx(0.5)
    assert spans(scale)[0][0] == pytest.approx(2)


def test_sizing_has_a_bar_for_each_count() -> None:
    """B = 650, G(1) = 11 + ... + 15 = 65: a* = 10, 50 in service, of 11 to 15 tokens."""
    mix = Workload.from_classes([(10, 5)], capacity=650)
    counts, memory = axes_of(stabkit.sizing(mix, max_num_seqs=44))
    assert bars(counts) == pytest.approx([50, 650 / 15, 650 / 15, 43])
    assert labels(counts) == ["cap of 44 running requests"]
    assert counts.get_lines()[0].get_xdata() == pytest.approx([44, 44])
    assert bars(memory) == pytest.approx([100 * 11 / 15, 100 * 4 / 15])
    assert "26.7 %" in said(memory)[0]


def test_a_cap_that_ends_all_evictions_needs_no_watermark() -> None:
    mix = Workload.from_classes([(10, 5)], capacity=650)
    drawn = figure(stabkit.sizing(mix, max_num_seqs=43))
    assert isinstance(drawn, Figure)
    assert len(drawn.axes) == 1
    assert drawn.get_suptitle().endswith("never evicts under the cap")


def test_pooling_draws_what_arrangements_are_worth() -> None:
    """One pool is stable: a* = 5050 / 50.5 = 100 on each of two replicas."""
    mix = Workload.from_classes([(10, 3), (10, 5)], capacity=5050)
    (axes,) = axes_of(stabkit.pool(mix, 2))
    dedicated, pooled = bars(axes)
    assert pooled == pytest.approx(200)
    assert dedicated < pooled
    assert said(axes) == [
        f"dedicated: {stabkit.readable(dedicated)}\n  10:3 on 1: unstable\n  10:5 on 1: unstable",
        "one pool: 200\n  10:3 10:5 on 2: stable",
    ]


SERVER = Workload.from_classes([(40 + k % 7, k) for k in range(1, 41)], capacity=9_000)


def test_chance_falls_with_the_root_of_the_capacity() -> None:
    found = stabkit.finite_server(SERVER)
    noise, evictions, _ = axes_of(found)
    curve = noise.get_lines()[0]
    capacities, shares = (np.asarray(data, float) for data in curve.get_data())
    assert capacities.tolist() == [2250, 4500, 6750, 9000, 13500, 18000, 27000, 36000]
    assert found.admissions_cv is not None
    assert shares == pytest.approx(100 * found.admissions_cv * np.sqrt(9000 / capacities))
    across, evicting = (np.asarray(data, float) for data in evictions.get_lines()[0].get_data())
    assert found.evict_probability is not None
    assert evicting[across == 9000] == pytest.approx(100 * found.evict_probability)
    smaller = stabkit.finite_server(SERVER.with_capacity(4500)).evict_probability
    assert smaller is not None
    assert evicting[across == 4500] == pytest.approx(100 * smaller)


def test_what_was_measured_has_its_interval() -> None:
    found = stabkit.finite_server(PAIR, steps=400)
    assert found.simulated is not None
    measured = axes_of(found)[-1]
    run = found.simulated
    shares = (run.evict_probability, run.evicted_per_admission, run.throughput_ratio)
    assert bars(measured) == pytest.approx([100 * one.value for one in shares])
    ends = [np.asarray(line.get_xdata(), float) for line in measured.get_lines()]
    assert ends[-1] == pytest.approx([100 * shares[2].low, 100 * shares[2].high])


def test_a_server_that_never_evicts_shows_why() -> None:
    found = stabkit.finite_server(Workload.from_classes([(430, 1024)], capacity=560_000), 256)
    (axes,) = axes_of(found)
    assert bars(axes) == pytest.approx([560_000 * 1024 / (430 * 1024 + 1024 * 1025 / 2), 385, 256])
    drawn = figure(found)
    assert isinstance(drawn, Figure)
    assert drawn.get_suptitle().replace("\n", " ").endswith("nothing is ever evicted")


@pytest.mark.parametrize("classes", [[(7, 1)], [(5, 4)]])
def test_requests_that_are_all_alike_have_a_figure(classes: Any) -> None:
    assert axes_of(stabkit.finite_server(Workload.from_classes(classes, capacity=100)))
