"""Batched spectral radii: inside the enclosures of FLINT's isolation, and on closed forms."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import acb, arb, fmpz_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit import Workload, batched_radii
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.batched.values import BatchedValues

CLASSES = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 14), st.integers(1, 9)), min_size=1, max_size=4
)


def isolated_radius(mix: Workload) -> Any:
    """The largest modulus of a ball that FLINT isolates."""
    roots = fmpz_poly(list(MemoryKernel.of(mix).coefficients)[::-1]).complex_roots()
    return max((abs(acb(root)) for root, _ in roots), key=lambda ball: float(ball.mid()))


@given(CLASSES)
@settings(max_examples=100)
def test_isolated_roots_are_within_the_error(classes: list[tuple[int, int, int]]) -> None:
    inputs, lengths, weights = zip(*classes, strict=True)
    found = batched_radii(lengths, [inputs], [weights])
    value, error = found.values[0], found.errors[0]
    if max(lengths) == 1:
        assert (value, error) == (0, 0)
    else:
        distance = abs(isolated_radius(Workload.from_classes(classes)) - arb(float(value)))
        assert not distance > arb(float(error))
        assert error <= 1e-9 * value


def test_two_steps_are_a_quotient() -> None:
    """L = 2: the mode is -g_1 / g_0 = -(s + 2) p / (s + 1)."""
    inputs = np.arange(50)
    found = batched_radii([1, 2], inputs, [[2, 3]] * 50)
    for s, value, error in zip(inputs.tolist(), found.values, found.errors, strict=True):
        exact = Fraction(3 * (s + 2), 5 * (s + 1))
        assert abs(Fraction(value) - exact) <= Fraction(error) < 1e-14


def test_a_double_root_goes_to_the_exact_engines() -> None:
    """(2, 3), 3/4 of length 2: A = (lambda + 1/2)^2, and F has two roots next to it (R3, R4)."""
    (value,), (error,) = (
        getattr(batched_radii([2, 3], [10**12], [[3, 1]]), name) for name in ("values", "errors")
    )
    assert value == pytest.approx(0.5, rel=1e-5)
    assert error <= 1e-9


def test_long_and_wide_rows() -> None:
    """Beyond L = 64 and beyond 2^53: R5's annulus and the marginal mode are known."""
    found = batched_radii([2, 3, 90], [1, 10], [[2**60, 2**60, 0], [0, 0, 1]])
    assert found.values[0] == 1
    assert 1 + 1 / 99 <= found.values[1] <= 1 + 1 / 11


def test_simple_roots_need_no_exact_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("stabkit.spectrum.batched.radii.kernel_counts")
    found = batched_radii([3, 8], np.arange(40), [[2, 3]] * 40)
    assert np.all(found.errors < 1e-12)


def test_marginal_rows_are_within_their_errors_of_one() -> None:
    found = batched_radii([2, 3], [1] * 3, [[1, 1]] * 3)
    assert np.all(np.abs(found.values - 1) <= found.errors)
    assert np.all(found.errors < 1e-13)


def test_intervals() -> None:
    found = BatchedValues.between(np.array([1.0, 0.0]), np.array([2.0, math.inf]))
    assert (found.values[0], found.errors[0]) == pytest.approx((1.5, 0.5))
    assert np.isnan([found.values[1], found.errors[1]]).all()


def test_both_ends_of_an_interval_are_within_the_error() -> None:
    """Exactly, for doubles whose middle and whose width are rounded."""
    rng = np.random.default_rng(1)
    high = rng.uniform(1, 2, 2_000)
    low = high * rng.uniform(0, 0.5, 2_000)
    found = BatchedValues.between(low, high)
    ends = zip(
        *(map(Fraction, a.tolist()) for a in (low, high, found.values, found.errors)), strict=True
    )
    assert all(value - error <= a < b <= value + error for a, b, value, error in ends)
