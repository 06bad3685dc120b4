"""Run lengths, windows and fast paths: what a run is asked for, and figures to seven digits."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

from stabkit.dynamics import growth as growth_module
from stabkit.dynamics import long_run as long_run_module
from stabkit.dynamics import simulator as simulator_module
from stabkit.dynamics.growth import measure_growth
from stabkit.dynamics.long_run import long_run
from stabkit.dynamics.product_form import ProductFormRun
from stabkit.dynamics.simulator import simulate
from stabkit.errors import InvalidArgument
from stabkit.model.workload import Workload

MIX = Workload.from_classes([(10, 5), (10, 3)])


@pytest.fixture
def asked(monkeypatch):
    """The numbers of steps that runs are asked for."""
    counts = []
    advance = ProductFormRun.advance

    def recorded(self, count):
        counts.append(count)
        return advance(self, count)

    monkeypatch.setattr(ProductFormRun, "advance", recorded)
    return counts


@pytest.mark.parametrize(
    ("mode", "steps"),
    [
        # four turns, four decode lengths and 100: ceil(8 pi / angle) + 120
        (0.99 * cmath.exp(1j), 26 + 120),
        (cmath.exp(0.1j), 252 + 120),
        (cmath.exp(-0.1j), 252 + 120),
        (-0.9, 8 + 120),
        (
            0.9,
            math.ceil(8e6 * math.pi) + 120,
        ),  # a mode that does not turn: at most 10^6 steps a radian
        # and no further than from 1/1000 to 1/2: log 500 / log |mode|
        (math.exp(math.log(500) / 925.5) * cmath.exp(0.02j), 925),
        (math.exp(math.log(500) / 60.5) * cmath.exp(0.1j), 60),
        (math.exp(math.log(500) / 5000) * cmath.exp(0.1j), 252 + 120),
        (2.0, 8),
    ],
)
def test_runs_are_as_long_as_documented(asked, mode, steps, monkeypatch):
    monkeypatch.setattr(growth_module, "_WORK", steps * 5)
    monkeypatch.setattr(growth_module, "_measured", lambda *_: 1.0)
    monkeypatch.setattr(ProductFormRun, "advance", lambda _, count: asked.append(count) or Nothing)
    assert measure_growth(MIX, mode) == 1.0
    assert asked == [steps]
    monkeypatch.setattr(growth_module, "_WORK", steps * 5 - 1)
    assert measure_growth(MIX, mode) is None


class Nothing:
    """A block without steps."""

    evicted = np.zeros(0)
    admitted = np.zeros(0)


@pytest.mark.parametrize(
    ("modulus", "steps", "size"),
    [(0.9, 100, 0.5), (1.0, 100, 0.5), (1.05, 100, 0.5 * 1.05**-100), (1.2, 100, 1e-3)],
)
def test_growing_modes_start_as_small_as_lets_them_reach_a_half(monkeypatch, modulus, steps, size):
    sizes = []
    disturbed = growth_module.disturbed_state
    monkeypatch.setattr(
        growth_module,
        "disturbed_state",
        lambda mix, mode, size, level: sizes.append(size) or disturbed(mix, mode, size, level),
    )
    measure_growth(MIX, modulus * cmath.exp(1j), steps=steps)
    assert sizes == [pytest.approx(size, rel=1e-12)]


# An independent implementation, by its own window over 50 000 steps
def test_a_quasi_periodic_mean_to_seven_digits():
    run = long_run(Workload.from_classes([(5, 3), (5, 5)]))
    assert run.throughput_ratio == pytest.approx(0.9760868, abs=1e-6)
    assert run.request_ratio == pytest.approx(0.9760868, abs=1e-6)


@pytest.mark.parametrize("max_steps", [1024, 4100, 9000])
def test_the_last_quarters_have_windows_that_vanish_at_their_ends(monkeypatch, max_steps):
    """sin^2(pi (n + 1/2) / N) over the N steps of a quarter, of whole blocks of 256 steps."""
    seen = []
    of = long_run_module._RunSums.of
    monkeypatch.setattr(
        long_run_module._RunSums,
        "of",
        lambda block, run, equilibrium, weights: (
            seen.append(weights) or of(block, run, equilibrium, weights)
        ),
    )
    monkeypatch.setattr(long_run_module, "find_period", lambda *_: None)
    run = long_run(Workload.from_classes([(5, 3), (5, 5)]), max_steps=max_steps)
    count = max_steps // 1024 * 256
    assert run.steps == 4 * count
    n = np.arange(count)
    window = np.sin(np.pi * (n + 0.5) / count) ** 2
    assert np.concatenate(seen) == pytest.approx(np.tile(window, 2), abs=1e-12)
    assert window.sum() == pytest.approx(count / 2)


def test_a_start_of_product_form_takes_the_fast_path(monkeypatch):
    """Its cohorts are L numbers, not K L: 3 times 10 would be beyond the limit."""
    mix = Workload.from_classes([(0, 1), (0, 2), (0, 10)], capacity=100)
    alike = [[3.0] * c.decode_length for c in mix.classes]
    other = [[3.0], [3.0, 4.0], [3.0] * 10]
    monkeypatch.setattr(simulator_module, "LARGEST_RUN", 29)
    for arithmetic in ("float", "exact"):
        assert len(simulate(mix, 0, arithmetic, alike).admitted) == 1
        with pytest.raises(InvalidArgument, match="at most 29 classes times longest decode"):
            simulate(mix, 0, arithmetic, other)
    monkeypatch.setattr(simulator_module, "LARGEST_RUN", 30)
    assert len(simulate(mix, 0, "float", other).admitted) == 1


def test_runs_at_the_limit_of_what_they_may_keep(monkeypatch):
    mix = Workload.from_classes([(0, 2), (0, 3)], capacity=100)
    # two classes and eight columns a step, five stages: 10 (steps + 1) + 5 numbers
    monkeypatch.setattr(simulator_module, "LARGEST_RUN", 105)
    assert len(simulate(mix, 9).admitted) == 10
    with pytest.raises(InvalidArgument, match="'steps' must be below 10 for 2 classes"):
        simulate(mix, 10)
    monkeypatch.setattr(simulator_module, "LARGEST_RUN", 10)
    with pytest.raises(InvalidArgument, match="'steps' must be below 0"):
        simulate(mix, 0)
    monkeypatch.setattr(simulator_module, "LARGEST_RUN", 9)
    with pytest.raises(InvalidArgument, match="'mix' must have at most 4 stages"):
        simulate(mix, 0)
