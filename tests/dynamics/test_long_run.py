"""Long-run means against closed forms and measured figures.

Exact ratios are R6's (2s + l + 1) / (2(s + l)) and R10's; the others are the reference figures of
docs/model.md, Policies, measured there by exact or independent simulation.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from stabkit.dynamics.growth import disturbed_state
from stabkit.dynamics.long_run import long_run
from stabkit.dynamics.recurrence import find_period
from stabkit.errors import InvalidArgument
from stabkit.model.kernel import MemoryKernel
from stabkit.model.workload import Workload

HALVES_5 = [(5, 3), (5, 5)]
BISTABLE = [(0, 6, 2), (5, 1, 3)]


def near(mix, size=0.01):
    roots = np.roots([float(c) for c in MemoryKernel.of(mix).coefficients])
    return disturbed_state(mix, complex(max(roots, key=abs)), size)


@pytest.mark.parametrize(("s", "l"), [(10, 5), (100, 20), (0, 2), (3, 7)])
@pytest.mark.parametrize("capacity", [None, 5000])
def test_one_class_ends_on_its_worst_cycle(s, l, capacity):  # noqa: E741
    mix = Workload.from_classes([(s, l)], capacity=capacity)
    expected = float(Fraction(2 * s + l + 1, 2 * (s + l)))  # R6
    for start in (None, near(mix)):
        run = long_run(mix, start)
        assert run.period == l
        assert run.throughput_ratio == pytest.approx(expected, abs=1e-9)
        assert run.request_ratio == pytest.approx(expected, abs=1e-9)
        assert run.reason is None


def synchronised_ratio(classes, g):
    """R10, exactly, for equal shares."""
    held = sum(Fraction(sum(s + m + 1 for m in range(n))) for s, n in classes)
    reduced = sum(Fraction(sum(s + (i + 1) * g for i in range(n // g))) for s, n in classes)
    return held / (g * reduced)


@pytest.mark.parametrize(
    ("classes", "g", "shown"),
    [
        ([(5, 2), (5, 4)], 2, 0.934783),
        ([(5, 3), (5, 6)], 3, 0.888889),
        ([(100, 4), (100, 6)], 2, 0.995174),
    ],
)
def test_common_divisor_ends_on_the_synchronised_cycle(classes, g, shown):
    mix = Workload.from_classes(classes)
    run = long_run(mix)
    assert run.period == g
    assert run.throughput_ratio == pytest.approx(float(synchronised_ratio(classes, g)), abs=1e-9)
    assert run.throughput_ratio == pytest.approx(shown, abs=1e-6)
    assert run.completed_shares == pytest.approx((0.5, 0.5), abs=1e-9)


def test_stable_mix_with_an_attracting_evicting_orbit():
    # R12: stable near the equilibrium; from empty the exact orbit has period 29.
    mix = Workload.from_classes(BISTABLE)
    settled = long_run(mix, near(mix))
    assert (settled.period, settled.evictions_per_step) == (1, 0)
    assert settled.throughput_ratio == pytest.approx(1, abs=1e-6)
    evicting = long_run(mix)
    assert evicting.period == 29
    assert evicting.evictions_per_step > 0
    # Its double (0,12,2/5), (10,2,3/5) completes .9473 from empty, R10 gives .9375.
    double = Workload.from_classes([(0, 12, 2), (10, 2, 3)])
    assert long_run(double).request_ratio == pytest.approx(0.9473, abs=5e-5)
    assert long_run(double, near(double)).request_ratio == pytest.approx(0.9375, abs=1e-6)


def test_quasi_periodic_mix():
    run = long_run(Workload.from_classes(HALVES_5))
    assert run.period is None
    assert run.throughput_ratio == pytest.approx(0.9761, abs=5e-4)
    assert run.request_ratio == pytest.approx(0.9761, abs=5e-4)
    assert run.reason.startswith("no period found")


@pytest.mark.parametrize("starts_empty", [True, False])
def test_evictions_change_the_class_mix(starts_empty):
    mix = Workload.from_classes([(1, 1, 4), (1, 6, 1)])
    run = long_run(mix, None if starts_empty else near(mix))
    assert run.request_ratio == pytest.approx(1.0866, abs=5e-5)
    assert run.throughput_ratio == pytest.approx(1.0057, abs=5e-5)
    mix = Workload.from_classes([(0, 6, 8), (0, 10, 8), (0, 1, 7)])
    run = long_run(mix, None if starts_empty else near(mix))
    assert run.request_ratio == pytest.approx(1.5354, abs=5e-5)
    assert run.throughput_ratio == pytest.approx(0.8901, abs=5e-5)
    by_class = [
        share * run.request_ratio / float(c.share)
        for share, c in zip(run.completed_shares, mix.classes, strict=True)
    ]
    assert by_class == pytest.approx([0.758, 0.758, 3.313], abs=5e-4)


def test_wasted_work_of_the_worst_cycle():
    # s = 0, l = 2, a* = 1, B = 3: 3 admitted, 1.5 evicted after one decode step, 1.5 completed
    # with two, every 2 steps. Wasted 1.5 of 1.5 + 3 decode steps.
    run = long_run(Workload.from_classes([(0, 2)]))
    assert run.evictions_per_step == pytest.approx(0.75)
    assert run.wasted_token_fraction == pytest.approx(1 / 3)
    assert run.throughput_ratio == pytest.approx(0.75)


def test_run_too_short_says_so():
    run = long_run(Workload.from_classes([(5, 10**6)]))
    assert (run.steps, run.period, run.throughput_ratio, run.completed_shares) == (0, *[None] * 3)
    assert "too short" in run.reason
    # (99,100) at s = 10^4 grows by about 1e-6 per step: from 1e-4 it meets no eviction for long.
    mix = Workload.from_classes([(10_000, 99), (10_000, 100)])
    run = long_run(mix, near(mix, 1e-4), max_steps=3000)
    assert run.throughput_ratio is None
    assert run.reason is not None


def test_marginal_mix_oscillates_for_ever():
    # R8: (2,3) at s = 1 is marginal, so that the mean is the equilibrium's.
    mix = Workload.from_classes([(1, 2), (1, 3)])
    run = long_run(mix, near(mix, 0.3))
    assert run.evictions_per_step == 0
    assert run.throughput_ratio == pytest.approx(1, abs=1e-4)


def test_single_step_requests():
    run = long_run(Workload.from_classes([(5, 1), (9, 1)]))
    assert (run.period, run.completed_shares) == (1, (0.5, 0.5))
    assert run.throughput_ratio == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    "start",
    ["empty", [1.0, 2.0], np.ones((5, 1)), -np.ones(5), np.full(5, np.nan), 1j * np.ones(5)],
)
def test_bad_start(start):
    with pytest.raises(InvalidArgument, match="'state' must be"):
        long_run(Workload.from_classes([(10, 5)]), start)


def test_lists_of_different_lengths_are_no_start():
    with pytest.raises(InvalidArgument, match="'state' must be 1 cohorts"):
        long_run(Workload.from_classes([(10, 1)]), [[1.0], [1.0, 2.0]])


@pytest.mark.parametrize("max_steps", [0, -1, 2.5])
def test_bad_budget(max_steps):
    with pytest.raises(InvalidArgument, match="'max_steps' must be a positive integer"):
        long_run(Workload.from_classes([(10, 5)]), max_steps=max_steps)


# --- Periods (oracle: the series is built with the period) ---


@pytest.mark.parametrize("period", [1, 2, 7, 40])
def test_period_of_a_periodic_series_after_a_transient(period):
    rng = np.random.default_rng(period)
    series = np.concatenate((rng.random(50), np.tile(rng.random(period), 200)))
    assert find_period(series, window=30, tolerance=1e-9) == period


def test_no_period():
    n = np.arange(3000)
    assert find_period(np.cos(n), window=10, tolerance=1e-9) is None
    assert find_period(np.random.default_rng(0).random(3000), 10, 1e-9) is None
    assert find_period(np.ones(5), window=10, tolerance=1e-9) is None


def test_the_whole_window_must_repeat():
    rng = np.random.default_rng(2)
    series = np.concatenate((rng.random(400), np.tile(rng.random(5), 12)))
    assert find_period(series, window=50, tolerance=1e-9) == 5
    assert find_period(series, window=100, tolerance=1e-9) is None


def test_a_series_that_still_approaches_its_period_has_none_yet():
    # A decaying oscillation of 1e-7 nearly repeats after 22 steps; its period is going to be 1.
    n = np.arange(2000)
    decaying = 1e-7 * 0.9999**n * np.cos(2 * np.pi * n / 22)
    assert find_period(1 + decaying, window=10, tolerance=1e-9) is None
    assert find_period(1 + 1e-3 * decaying, window=10, tolerance=1e-9) == 1
