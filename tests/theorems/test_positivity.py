"""Positivity certificates: only what is positive gets one."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import symbols

from stabkit.theorems.positivity import Interval, is_positive

s, ell, p, x = symbols("s l p x")


def test_ends_of_domains():
    assert is_positive(s + 1, {s: Interval(0)})
    assert not is_positive(s, {s: Interval(0)})
    assert is_positive(s, {s: Interval(0)}, strict=False)
    assert is_positive(s, {s: Interval(0, open_low=True)})
    assert is_positive(p * (1 - p), {p: Interval(0, 1)})
    assert not is_positive(1 - 2 * p, {p: Interval(0, 1)})
    assert is_positive(1 - 2 * p, {p: Interval(0, Fraction(1, 2))})


def test_domains_that_depend_on_each_other():
    # ell > i >= 0 makes ell - i positive.
    i = symbols("i")
    assert is_positive(ell - i, {ell: Interval(i + 1), i: Interval(0)})
    assert not is_positive(ell - i - 2, {ell: Interval(i + 1), i: Interval(0)})


def test_a_parameter_without_a_domain_is_refused():
    assert not is_positive(1 + x**2, {})
    assert not is_positive(s + x, {s: Interval(0)})


def test_negative_denominators():
    assert is_positive(-1 / (-1 - s), {s: Interval(0)})
    assert not is_positive(1 / (-1 - s), {s: Interval(0)})


def test_no_certificate_is_no_claim():
    # (s - 1)^2 + 1 is positive; its coefficients do not show it.
    assert not is_positive((s - 1) ** 2 + 1, {s: Interval(0)})


@given(
    st.lists(st.integers(-4, 6), min_size=1, max_size=4),
    st.integers(-2, 3),
    st.fractions(0, 50, max_denominator=7),
)
def test_what_is_certified_is_positive(coefficients, low, above):
    polynomial = sum((c * x**k for k, c in enumerate(coefficients)), start=0 * x)
    if is_positive(polynomial, {x: Interval(low)}):
        assert sum(c * (low + above) ** k for k, c in enumerate(coefficients)) > 0


@pytest.mark.parametrize("strict", [True, False])
def test_zero(strict):
    assert is_positive(0 * s, {s: Interval(0)}, strict) is not strict
