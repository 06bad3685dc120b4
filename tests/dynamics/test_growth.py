"""Growth measured by simulation against the roots of the characteristic polynomial.

Oracle: numpy.roots of the kernel, highest power first: F(x) = sum g_m x^(L-1-m) (docs/model.md,
Stability). The simulator never sees the polynomial.
"""

from __future__ import annotations

import cmath

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit.dynamics.growth import disturbed_state, growth_per_step, measure_growth
from stabkit.dynamics.product_form import ProductFormRun
from stabkit.errors import InvalidArgument
from stabkit.model.kernel import MemoryKernel
from stabkit.model.workload import Workload


def dominant(mix):
    roots = np.roots([float(c) for c in MemoryKernel.of(mix).coefficients])
    return complex(max(roots, key=abs))


CLASSES = st.lists(
    st.tuples(st.integers(0, 300), st.integers(1, 40), st.integers(1, 9)), min_size=1, max_size=4
).filter(lambda classes: max(length for _, length, _ in classes) > 1)


@settings(max_examples=60, deadline=None)
@given(CLASSES)
def test_growth_is_the_modulus_of_the_dominant_root(classes):
    mix = Workload.from_classes(classes, capacity=10_000)
    mode = dominant(mix)
    assert measure_growth(mix, mode) == pytest.approx(abs(mode), abs=1e-7)


@pytest.mark.parametrize(
    "classes",
    [
        [(0, 2)],  # lambda = -2, the largest of all
        [(1, 2), (1, 3)],  # marginal (R8): |lambda| = 1
        [(5, 3), (5, 5)],
        [(0, 6, 2), (5, 1, 3)],
        [(1000, 99), (1000, 100)],  # four turns of a slow mode
        [(0, 300), (0, 250)],  # the rounding of an admission is largest for s = 0
    ],
)
def test_growth_of_particular_mixes(classes):
    mix = Workload.from_classes(classes)
    mode = dominant(mix)
    assert measure_growth(mix, mode) == pytest.approx(abs(mode), abs=1e-8)


def test_growth_of_a_given_size_and_length():
    mix = Workload.from_classes([(10, 5)])
    mode = dominant(mix)
    measured = measure_growth(mix, mode, size=1e-4, steps=60)
    assert measured == pytest.approx(abs(mode), abs=1e-7)


def test_growth_is_none_where_the_run_cannot_tell():
    mix = Workload.from_classes([(10, 5)])
    mode = dominant(mix)
    assert measure_growth(mix, mode, size=1.0, steps=3) is None  # too few steps
    assert measure_growth(mix, mode, size=1e-15, steps=3) is None
    # A mode of modulus 0.01 has died out of the young cohorts: 0.01^20 of the disturbance is left.
    assert measure_growth(Workload.from_classes([(5, 20)]), 0.01j, steps=5, size=1e-9) is None
    assert measure_growth(Workload.from_classes([(5, 10**5)]), 1.00001, steps=10**6) is None


def test_disturbed_state_is_full_and_evolves_along_the_mode():
    # a_n = a* (1 + size Re lambda^n) for n = 1, 2, ...: docs/model.md, Stability.
    mix = Workload.from_classes([(10, 5)], capacity=650)
    mode = dominant(mix)
    y = disturbed_state(mix, mode, size=0.1)
    kernel = np.array(MemoryKernel.of(mix).coefficients, float)
    assert y @ kernel == pytest.approx(650, rel=1e-14)
    block = ProductFormRun(mix, y).advance(10)
    n = np.arange(1, 11)
    expected = 10 * (1 + 0.1 * (mode**n).real)
    assert block.admitted == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("mode", [0.5 + 0.1j, 1.5 - 1j, -0.3])
def test_disturbance_of_a_long_workload_does_not_overflow(mode):
    y = disturbed_state(Workload.from_classes([(3, 20_000)]), mode, size=0.5)
    assert np.isfinite(y).all()
    assert np.abs(y - 1).max() <= 0.5


@pytest.mark.parametrize(("modulus", "lag"), [(1.1, 1), (0.9, 3), (1.0, 2)])
def test_fit_recovers_a_synthetic_mode(modulus, lag):
    # Oracle: the sequence is generated from the modulus.
    n = np.arange(40)
    pair = 7 + 0.01 * modulus**n * np.cos(0.6 * n + 0.2)
    assert growth_per_step(pair, 7, False, lag).per_step == pytest.approx(modulus, abs=1e-10)
    real = 7 + 0.01 * (-modulus) ** n
    assert growth_per_step(real, 7, True).per_step == pytest.approx(modulus, abs=1e-11)


def test_fit_refuses_what_is_not_a_mode():
    assert growth_per_step(np.full(20, 7.0), 7, False) is None
    assert growth_per_step(np.array([8.0, 7.0, 6.0]), 7, False) is None
    assert growth_per_step(np.array([8.0, 7.5, 7.25, 7.125, 7.0625, 7.03125]), 7, False) is None


def test_uncertainty_covers_noise():
    rng = np.random.default_rng(1)
    n = np.arange(400)
    noisy = 5 + 0.1 * 0.999**n * np.cos(0.9 * n) + 1e-6 * rng.standard_normal(400)
    fit = growth_per_step(noisy, 5, False)
    assert 0 < abs(fit.per_step - 0.999) < 5 * fit.uncertainty < 1e-4


@pytest.mark.parametrize("eigenvalue", [0, float("nan"), cmath.inf, "1.1", None, True])
def test_bad_eigenvalue(eigenvalue):
    with pytest.raises(InvalidArgument, match="'eigenvalue' must be a finite complex number"):
        measure_growth(Workload.from_classes([(5, 3)]), eigenvalue)


@pytest.mark.parametrize("size", [0, -0.1, 1.5, float("nan"), "small"])
def test_bad_size(size):
    with pytest.raises(InvalidArgument, match="'size' must be above 0 and at most 1"):
        disturbed_state(Workload.from_classes([(5, 3)]), 1.1, size)


@pytest.mark.parametrize("steps", [0, -3, 2.5])
def test_bad_steps(steps):
    with pytest.raises(InvalidArgument, match="'steps' must be a positive integer"):
        measure_growth(Workload.from_classes([(5, 3)]), 1.1j, steps=steps)
