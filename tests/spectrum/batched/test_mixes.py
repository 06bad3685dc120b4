"""Rows as doubles hold them: the kernel and its closed form, against exact integers."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit.spectrum.batched.mixes import Mixes

CLASSES = st.lists(
    st.tuples(st.integers(0, 10**12), st.integers(1, 30), st.integers(1, 10**6)),
    min_size=1,
    max_size=4,
)


def times(mixes: Mixes) -> int:
    """The factor between the row and its kernel, which has no common divisor."""
    kernel = mixes.kernel(0)
    return int(mixes.weights[0].sum()) // kernel.denominator


@given(CLASSES)
@settings(max_examples=200)
def test_narrow_rows_are_exact(classes: list[tuple[int, int, int]]) -> None:
    inputs, lengths, weights = zip(*classes, strict=True)
    mixes = Mixes.of(lengths, [inputs], [weights])
    size = sum(w * (s + n + 1) for s, n, w in classes)
    if abs(size - 2**52) > 2**10:
        assert mixes.narrow.tolist() == [size < 2**52]
    if mixes.narrow[0]:
        kernel, factor = mixes.kernel(0), times(mixes)
        coefficients = mixes.coefficients(np.arange(1))[:, 0]
        assert [int(g) for g in coefficients] == [factor * g for g in kernel.coefficients]
        exponents, terms = mixes.closed_forms(np.arange(1))
        closed = {m: int(c) for m, c in zip(exponents.tolist(), terms[0], strict=True) if c}
        assert closed == {m: factor * c for m, c in kernel.closed_form.items()}


def test_the_widest_narrow_row_is_exact() -> None:
    """(s, 1) and (s, 2) of odd sums next to 2^52: the coefficient of z is next to 2^53."""
    mixes = Mixes.of([1, 2], [[2**39 - 3, 0]], [[2**13 - 1, 1]])
    assert mixes.narrow[0]
    exponents, terms = mixes.closed_forms(np.arange(1))
    exact = {m: times(mixes) * c for m, c in mixes.kernel(0).closed_form.items()}
    assert {m: int(c) for m, c in zip(exponents.tolist(), terms[0], strict=True) if c} == exact


def test_absent_and_repeated_lengths() -> None:
    mixes = Mixes.of([4, 2, 4, 9], [[1, 5, 7, 3]], [[1, 2, 3, 0]])
    assert mixes.longest.tolist() == [4]
    # stages 0 and 1 have all: 2 (5 + m + 1) + (1 + m + 1) + 3 (7 + m + 1)
    assert mixes.coefficients(np.arange(1))[:, 0].tolist() == [38, 44, 34, 38]
