"""Batched winding numbers: against the integer recursion and FLINT, and up to where they end."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit import Workload, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.batched.mixes import Mixes, scaled
from stabkit.spectrum.batched.winding import zeros_by_winding
from stabkit.spectrum.circle.kernel import zeros_within


def found(mixes: Mixes, error: float = 0.0) -> list[int]:
    rows = np.arange(len(mixes))
    exponents, terms = mixes.closed_forms(rows)
    return zeros_by_winding(exponents, scaled(terms, axis=1), np.ones(len(rows)), error).tolist()


CLASSES = st.lists(
    st.tuples(st.integers(0, 400), st.integers(2, 90), st.integers(1, 40)), min_size=1, max_size=5
)


@given(CLASSES)
@settings(max_examples=100, deadline=None)
def test_the_recursion_over_the_integers_agrees(classes: list[tuple[int, int, int]]) -> None:
    inputs, lengths, weights = zip(*classes, strict=True)
    (counted,) = found(Mixes.of(lengths, [inputs], [weights]))
    exact = unit_circle_counts(Workload.from_classes(classes), "schur-cohn")
    assert counted == (-1 if exact.on_circle else exact.outside)


def test_rows_of_a_batch_do_not_meet() -> None:
    """Rows that pass at once, that need halves of arcs, and that stay open, side by side."""
    inputs = np.array([0, 1, 5, 40, 1000, 3])
    weights = np.array([[1, 1], [1, 1], [3, 1], [1, 9], [1, 1], [5, 3]])
    mixes = Mixes.of([2, 3], inputs, weights)
    alone = [found(Mixes.of([2, 3], inputs[[k]], weights[[k]])) for k in range(6)]
    assert [[n] for n in found(mixes)] == alone
    assert found(mixes)[:3] == [2, -1, 0]  # s* = 1 at equal shares (docs/model.md, R8)


@pytest.mark.parametrize(("tenths", "decided"), [(7, True), (11, False)])
def test_errors_of_coefficients_count_as_much_as_they_can_do(tenths: int, decided: bool) -> None:
    """g = (41, 40): H = 41 - 42 z - 39 z^2 + 40 z^3 is 4 at -1, where errors add up to 162 e."""
    terms = np.array([[41.0, -42.0, -39.0, 40.0]]) / 64
    counted = zeros_by_winding(np.arange(4), terms, np.ones(1), tenths / 10 * 4 / 162)
    assert counted.tolist() == [0 if decided else -1]


@pytest.mark.parametrize("bits", [10, 20, 30])
def test_zeros_next_to_the_circle(bits: int) -> None:
    """(14, 31) and (14, 60): a mode is at -1 where the shares are equal, by FLINT beside it.

    The sum of (15 + m) (-1)^m over m < 31 is 15 + 15, over m < 60 it is -30: G(-1) = 0.
    """
    weights = np.array([[2**bits + step, 2**bits - step] for step in (-1, 0, 1)])
    mixes = [Workload.from_classes([(14, 31, p), (14, 60, q)]) for p, q in weights.tolist()]
    below, at, above = (unit_circle_counts(mix, "flint") for mix in mixes)
    assert at.on_circle == 1
    assert abs(below.outside - above.outside) == 1
    counted = found(Mixes.of([31, 60], np.full(3, 14), weights))
    assert counted == [below.outside, -1, above.outside]


@pytest.mark.parametrize("radius", [0.97, 1.0, 1.02])
def test_other_circles(radius: float) -> None:
    """Against the winding number of one kernel."""
    classes = [(60, 20, 1), (60, 33, 2)]
    kernel = MemoryKernel.of(Workload.from_classes(classes))
    exponents, terms = Mixes.of([20, 33], [60], [[1, 2]]).closed_forms(np.arange(1))
    exact = [
        Fraction(c) * Fraction(radius) ** int(m) for c, m in zip(terms[0], exponents, strict=True)
    ]
    row = scaled(np.array([[float(x) for x in exact]]), axis=1)
    counted = zeros_by_winding(exponents, row, np.array([radius]), 2.0**-53)
    assert counted.tolist() == [zeros_within(kernel, radius)]
