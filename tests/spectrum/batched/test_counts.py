"""Batched counts: against the exact engines row by row, and on cases derived by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit import InvalidArgument, Workload, batched_counts, unit_circle_counts

Row = tuple[int, int, int]


def rows(lengths: Any, inputs: Any, weights: Any) -> list[Row]:
    found = batched_counts(lengths, inputs, weights)
    columns = (found.inside, found.on_circle, found.outside)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def one_by_one(lengths: list[int], inputs: list[Any], weights: list[list[int]]) -> list[Row]:
    """By the exact recursion over the integers."""
    counted = []
    for tokens, shares in zip(inputs, weights, strict=True):
        of_class = tokens if isinstance(tokens, list) else [tokens] * len(lengths)
        classes = [c for c in zip(of_class, lengths, shares, strict=True) if c[2]]
        found = unit_circle_counts(Workload.from_classes(classes), "schur-cohn")
        counted.append((found.inside, found.on_circle, found.outside))
    return counted


@st.composite
def batches(draw: st.DrawFn) -> tuple[list[int], list[Any], list[list[int]]]:
    """Any order, equal lengths, absent classes, a common input or one for each class."""
    lengths = draw(st.lists(st.integers(1, 45), min_size=1, max_size=5))
    weights = st.lists(st.integers(0, 9), min_size=len(lengths), max_size=len(lengths))
    tokens = st.one_of(st.integers(0, 60), st.integers(0, 10**12))
    if draw(st.booleans()):
        tokens = st.lists(tokens, min_size=len(lengths), max_size=len(lengths))
    pairs = st.tuples(tokens, weights.filter(any))
    found = draw(st.lists(pairs, min_size=1, max_size=8))
    return lengths, [s for s, _ in found], [w for _, w in found]


@pytest.mark.slow
@given(batches())
@settings(max_examples=150)
def test_every_row_is_that_of_the_exact_recursion(batch: Any) -> None:
    assert rows(*batch) == one_by_one(*batch)


@pytest.mark.parametrize(
    ("lengths", "tokens", "shares", "counts"),
    [
        ([1], 3, [1], (0, 0, 0)),  # no mode
        ([7], 0, [2], (0, 0, 6)),  # one length: all outside (docs/model.md, R5)
        ([7, 7], [0, 5], [2, 1], (0, 0, 6)),
        ([2, 3], 1, [1, 1], (0, 2, 0)),  # marginal at s = 1 (R8)
        ([3, 2], 2, [1, 1], (2, 0, 0)),  # in any order
        ([3, 5, 9], 5, [1, 1, 0], (2, 0, 2)),  # the longest is absent
        ([1, 2], [0, 5], [1, 1], (0, 1, 0)),  # g = (7/2, 7/2): the mode is -1
        ([2, 4, 6], 10**6, [1, 1, 1], (4, 0, 1)),  # gcd 2, long inputs: the mode next to -1 (R3)
        ([97, 200], 1000, [1, 2], (137, 0, 62)),  # of the benchmarks, by four programs
        ([5, 1], 10**12, [1, 1], (4, 0, 0)),  # gcd 1, long inputs (R3)
    ],
)
def test_known_cases(lengths: list[int], tokens: Any, shares: list[int], counts: Row) -> None:
    assert rows(lengths, [tokens], [shares]) == [counts]


@pytest.mark.parametrize("inputs", [2, 3])
def test_shares_next_to_the_border_are_told_apart(inputs: int) -> None:
    """(2, 3) is stable iff 2 / (s + 3) < p < (s + 2) / (s + 3), p the share of 2 (R8)."""
    whole = 2**49  # the rows stay narrow
    borders = [whole * k // (inputs + 3) for k in (2, inputs + 2)]
    shares = [border + step for border in borders for step in range(-3, 4)]
    found = batched_counts([2, 3], [inputs] * len(shares), [[p, whole - p] for p in shares])
    scaled = [p * (inputs + 3) for p in shares]
    assert found.stable.tolist() == [2 * whole < p < (inputs + 2) * whole for p in scaled]


def test_what_doubles_leave_open_is_counted_exactly() -> None:
    found = batched_counts([2, 3], [1, 2, 2], [[1, 1], [1, 1], [2**52, 2**52]])
    assert found.exact.tolist() == [True, False, True]  # marginal, stable, not exact in doubles
    assert found.decided.all()


def test_beyond_the_exact_engines_a_row_is_undecided() -> None:
    """L = 17 million: 16 million is the limit of `unit_circle_counts`; R5 needs none."""
    found = batched_counts([17_000_000, 2], [1, 1], [[1, 3], [1, 0]])
    assert found.decided.tolist() == [False, True]
    assert (found.inside[0], found.on_circle[0], found.outside[0]) == (-1, -1, -1)
    assert found.outside[1] == 17_000_000 - 1


def test_inputs_up_to_any_size_and_of_any_integer_type() -> None:
    expected = rows([3, 5], [10, 20], [[1, 1], [2, 3]])
    for kind in (np.int8, np.uint16, np.uint64, object):
        weights = np.array([[1, 1], [2, 3]], dtype=kind)
        assert rows(np.array([3, 5], kind), np.array([10, 20], kind), weights) == expected
    assert rows([3, 5], [10, 20], [[2**80, 2**80], [2 * 3**40, 3**41]]) == expected


@pytest.mark.parametrize(
    ("weights", "sizes"),
    [
        ([[2**63, 1]], [2**63, 1]),  # numpy makes floats of it
        ([[np.uint64(2**63), np.int64(1)]], [2**63, 1]),
        ([[np.int64(1), 2**70]], [1, 2**70]),
        (np.array([[np.int8(1), np.uint64(2**63)]], object), [1, 2**63]),
    ],
)
def test_integers_of_which_numpy_makes_none(weights: Any, sizes: list[int]) -> None:
    assert rows([2, 3], [1], weights) == one_by_one([2, 3], [1], [sizes])


def test_no_mix_no_count() -> None:
    found = batched_counts([2, 3], np.zeros(0, int), np.zeros((0, 2), int))
    assert list(found) == list(batched_counts([2, 3], [], [])) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([2, 0], [1], [[1, 1]]), "'lengths' must be at least 1, not 0."),
        (([2, 3], [-1], [[1, 1]]), "'inputs' must be at least 0, not -1."),
        (([2, 3], [10**13], [[1, 1]]), "'inputs' must be at most 1000000000000, not"),
        (([2, 3], [1], [[1, -1]]), "'weights' must be at least 0, not -1."),
        (([2, 3], [1], [[0, 0]]), "'weights' must have a positive number in every row."),
        (([2, 3], [1.5], [[1, 1]]), "'inputs' must be integers, not"),
        (([2, 3], ["1"], [[1, 1]]), "'inputs' must be integers, not"),
        (([2, 3], [1], [[True, 0.5]]), "'weights' must be integers, not"),
        (([2, 3], [1], [[True, 2**70]]), "'weights' must be integers, not"),
        (([2, 3], [1], [[2**63, 1.0]]), "'weights' must be integers, not"),
        (([2, 3], [1, 2], [[1, 1], [1]]), "'weights' must be integers, not"),
        (([], [], []), "'lengths' must be a row of numbers, not"),
        (([2, 3], [1, 2], [[1, 1]]), "'inputs' must be one number for each row of 'weights', or"),
        (([2, 3], [1], [[1, 1, 1]]), "'weights' must be N rows of 2 numbers, not"),
        (([[2, 3]], [1], [[1, 1]]), "'lengths' must be a row of numbers, not"),
    ],
)
def test_what_is_no_batch_is_refused(arguments: Any, message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        batched_counts(*arguments)
