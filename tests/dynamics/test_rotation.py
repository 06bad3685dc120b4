"""Rotation numbers and frequencies against angles and frequencies that were put in."""

from __future__ import annotations

import math

import numpy as np
import pytest

from stabkit.dynamics.growth import disturbed_state
from stabkit.dynamics.product_form import ProductFormRun
from stabkit.dynamics.rotation import dominant_frequencies, rotation_number
from stabkit.errors import InvalidArgument
from stabkit.model.workload import Workload

MARGINAL = Workload.from_classes([(1, 2), (1, 3)])  # 2 lambda^2 + 3 lambda + 2
MODE = complex(-3, 7**0.5) / 4


@pytest.mark.slow
@pytest.mark.parametrize("size", [0.01, 0.1, 0.3])
def test_a_marginal_mode_turns_by_its_angle(size):
    found = rotation_number(MARGINAL, disturbed_state(MARGINAL, MODE, size), MODE)
    assert math.isclose(found.value, math.acos(-0.75) / (2 * math.pi), rel_tol=1e-9)
    mirrored = rotation_number(MARGINAL, disturbed_state(MARGINAL, MODE, size), MODE.conjugate())
    assert math.isclose(mirrored.value, -found.value, rel_tol=1e-9)


def test_two_ways_to_the_rotation_number():
    # Oracle: the largest peak of the power spectrum of a long run, a different functional.
    mix = Workload.from_classes([(5, 3), (5, 5)])
    mode = complex(-0.7574657346421894, 0.7326669816150952)
    run = ProductFormRun(mix)
    run.advance(20_000)
    found = rotation_number(mix, run.cohorts(), mode)
    block = run.advance(40_000)
    (peak, *_) = dominant_frequencies(block.admitted - block.evicted)
    assert abs(peak.cycles_per_step - found.value) < 1e-6
    assert found.difference < 1e-6


@pytest.mark.parametrize("frequency", [0.01, 0.123456, 0.4])
def test_a_single_frequency(frequency):
    series = 7 + np.cos(2 * math.pi * frequency * np.arange(5000) + 0.3)
    (found, *rest) = dominant_frequencies(series)
    assert not rest
    assert abs(found.cycles_per_step - frequency) < 0.02 / 5000  # a fiftieth of a bin
    assert found.share > 0.99
    assert math.isclose(found.period_steps, 1 / frequency, rel_tol=1e-3)


def test_a_constant_has_no_frequency():
    assert dominant_frequencies(np.full(100, 3.0)) == ()


def test_errors_name_the_argument():
    with pytest.raises(InvalidArgument, match=r"'eigenvalue' must not be real, not 0\.5"):
        rotation_number(MARGINAL, np.ones(3), 0.5)
    with pytest.raises(InvalidArgument, match=r"'steps' must be at least 4, not 3"):
        rotation_number(MARGINAL, np.ones(3), MODE, 3)
