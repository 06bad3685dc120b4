"""The closed forms for whole requests against the rule carried out one request at a time.

Oracle: docs/model.md, Integer counts, literally.
"""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabkit.dynamics.whole_requests import largest_remainder, levelled


def one_at_a_time(counts, held, excess):
    left = list(counts)
    while excess > 0 and any(left):
        fullest = left.index(max(left))  # ties: the class named first
        left[fullest] -= 1
        excess -= held[fullest]
    return left


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), min_size=1, max_size=6),
    st.fractions(min_value=Fraction(1, 4), max_value=900, max_denominator=4),
)
def test_levelling_is_eviction_one_at_a_time(classes, excess):
    counts, held = [list(column) for column in zip(*classes, strict=True)]
    assert levelled(counts, held, excess) == one_at_a_time(counts, held, excess)


def test_levelling_of_huge_counts():
    # 3 10^18 requests of one token, leave 10^18 - 1 each: three tokens freed in class order.
    assert levelled([10**18] * 3, [1, 1, 1], 3) == [10**18 - 1] * 3
    assert levelled([10**18] * 3, [1, 1, 1], 4) == [10**18 - 2, 10**18 - 1, 10**18 - 1]


@given(
    st.fractions(min_value=0, max_value=1000),
    st.lists(st.integers(1, 9), min_size=1, max_size=6),
)
def test_split_is_whole_and_near_the_quotas(admissions, weights):
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    split = largest_remainder(admissions, shares)
    assert sum(split) == math.floor(admissions)
    assert all(abs(n - p * admissions) < 1 for n, p in zip(split, shares, strict=True))


@pytest.mark.parametrize(
    ("admissions", "weights", "expected"),
    [
        (Fraction(5), (1, 1), [3, 2]),  # a tie goes to the class named first
        (Fraction(5), (1, 1, 1), [2, 2, 1]),
        (Fraction(1), (1, 3), [0, 1]),  # remainders 1/4 and 3/4
        (Fraction(9, 10), (1, 3), [0, 0]),  # floor(a) = 0
        (Fraction(15, 8), (1, 2, 1), [0, 1, 0]),  # remainders of p_k a: 15/32, 15/16, 15/32
    ],
)
def test_largest_remainder_by_hand(admissions, weights, expected):
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    assert largest_remainder(admissions, shares) == expected
