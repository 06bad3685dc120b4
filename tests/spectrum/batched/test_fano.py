"""Batched Fano factors: against exact rationals, and the closed forms of two short mixes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit import InvalidWorkload, Workload, batched_fano_factors, fano_factor
from stabkit.model.enclosure import RealEnclosure
from stabkit.spectrum.batched.fano import _defects

CLASSES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(1, 12), st.integers(1, 9)), min_size=1, max_size=4
)


def factor(classes: list[tuple[int, int, int]]) -> Fraction | RealEnclosure | None:
    try:
        return fano_factor(Workload.from_classes(classes))
    except InvalidWorkload:  # not stable
        return None


@given(CLASSES)
@settings(max_examples=150)
def test_exact_factors_are_within_the_error(classes: list[tuple[int, int, int]]) -> None:
    inputs, lengths, weights = zip(*classes, strict=True)
    found = batched_fano_factors(lengths, [inputs], [weights])
    value, error = found.values[0], found.errors[0]
    exact = factor(classes)
    if exact is None:
        assert np.isnan(value)
    elif not np.isnan(value):
        low, high = (exact.low, exact.high) if isinstance(exact, RealEnclosure) else (exact, exact)
        assert Fraction(value) - Fraction(error) <= high
        assert low <= Fraction(value) + Fraction(error)


def test_closed_forms() -> None:
    """docs/model.md, R13: (1, 2) and (2, 3), a common input s and the share p of the shorter."""
    s, p = 20, Fraction(3, 5)
    shorter = p * (1 - p) * (s + 2) ** 2 / ((p * (s + 2) - 1) * (2 * s + 3 - p * (s + 2)))
    longer = p * (1 - p) * (s + 3) ** 2 * (2 * s + 4 - p * (s + 3))
    longer /= (p * (s + 3) - 2) * (s + 2 - p * (s + 3)) * (3 * s + 6 - p * (s + 3))
    for lengths, exact in (([1, 2], shorter), ([2, 3], longer)):
        found = batched_fano_factors(lengths, [s], [[3, 2]])
        assert abs(Fraction(found.values[0]) - exact) <= Fraction(found.errors[0]) < 1e-12


def test_towards_the_border_values_and_errors_grow() -> None:
    """(2, 3) at equal shares: s* = 1 (R8). The pole is that of the closed form."""
    steps = 10 ** np.arange(2, 9)
    found = batched_fano_factors([2, 3], [1] * 7, np.stack([steps + 1, steps], axis=1))
    for step, value, error in zip(steps.tolist(), found.values, found.errors, strict=True):
        p = Fraction(step + 1, 2 * step + 1)
        exact = p * (1 - p) * 16 * (6 - 4 * p) / ((4 * p - 2) * (3 - 4 * p) * (9 - 4 * p))
        assert abs(Fraction(value) - exact) <= Fraction(error) <= exact / 10**6


def test_one_kind_of_request_has_none() -> None:
    found = batched_fano_factors([4, 4, 9], [[3, 3, 0], [3, 5, 0]], [[1, 2, 0], [1, 1, 0]])
    assert (found.values[0], found.errors[0]) == (0, 0)
    assert np.isnan(found.values[1])  # two kinds, and one decode length: unstable (R5)
    assert fano_factor(Workload.from_classes([(3, 4)])) == 0  # unstable, too


def test_rows_without_a_factor_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = "stabkit.spectrum.batched.counts.kernel_counts"
    monkeypatch.setattr(counts, lambda *_: pytest.fail("not asked"))
    weights = [[1, 0, 1, 0], [1, 0, 0, 1], [2**52, 1, 0, 0], [1, 1, 0, 0]]
    found = batched_fano_factors([2, 3, 65, 2000], [5] * 4, weights)
    assert np.isnan(found.values).tolist() == [True, True, True, False]


def test_what_is_too_long_or_too_wide_is_left_open() -> None:
    found = batched_fano_factors([1, 80], [10**6] * 2, [[10**4, 1], [2**50, 2**50]])
    assert np.isnan(found.values).all()


def test_a_matrix_that_looks_singular_costs_no_other_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """(2, 3), weights 1: the first entry is 2 g_0 = 4 (s + 1), and that of s = 4 is refused."""
    inverse = np.linalg.inv

    def refusing(matrices: np.ndarray) -> np.ndarray:
        if np.any(matrices[:, 0, 0] == 20):
            raise np.linalg.LinAlgError
        return inverse(matrices)

    monkeypatch.setattr(np.linalg, "inv", refusing)
    found = batched_fano_factors([2, 3], range(2, 7), np.ones((5, 2), int))
    assert np.isnan(found.values).tolist() == [False, False, True, False, False]


def test_the_defects_bound_their_own_rounding() -> None:
    """By hand, for rounding by r: |I - R A| + r (|R| |A| + I), with R = I, A = I + I/4 below."""
    matrix = np.eye(3) + np.eye(3, k=-1) / 4
    found = _defects(np.eye(3)[None], matrix[None], 1 / 8)[0]
    assert found == pytest.approx([2 / 8, 1 / 4 + 1 / 32 + 2 / 8, 1 / 4 + 1 / 32 + 2 / 8])
