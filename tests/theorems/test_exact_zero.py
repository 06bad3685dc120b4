"""The zero test: what it proves, and what it must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sympy import Derivative, I, Matrix, Rational, Subs, exp, sqrt, symbols

from stabkit.theorems.exact_zero import Generators, vanishes

ell, n = symbols("l n", integer=True)
z, w, x = symbols("z w x")


@pytest.mark.parametrize(
    "zero",
    [
        (1 - z**ell) * (1 + z**ell) - (1 - z ** (2 * ell)),
        z ** (n + 1) / z - z**n,
        (z * w) ** ell - z**ell * w**ell,
        (z**2) ** ell - (z**ell) ** 2,
        (1 + I * x) ** 2 / (1 + x**2) - (1 + I * x) / (1 - I * x),
        (-1) ** (2 * ell) - 1,
        z ** (ell * n) * z - z ** (ell * n + 1),
    ],
)
def test_shown_to_be_zero(zero):
    assert vanishes(zero)


@pytest.mark.parametrize(
    "nonzero",
    [
        z**ell - z,
        (1 - z**ell) - (1 - z),
        (-1) ** ell - 1,
        x - Rational(1, 10**30),
        z ** (ell + 1) - z**ell,
    ],
)
def test_not_shown(nonzero):
    assert not vanishes(nonzero)


def test_branches_are_refused():
    # (z^2)^x is not z^(2 x) for all complex z unless x is an integer.
    assert not vanishes((z**2) ** x - z ** (2 * x))
    with pytest.raises(ValueError, match="must be an integer"):
        Generators().rational(z**x)


def test_functions_are_not_simplified_away():
    assert not vanishes(exp(2 * x) - exp(x) ** 2 + z)
    assert not vanishes(sqrt(x**2) - x)


def test_relations():
    # On w^ell = 1 the geometric sum of w is zero, but for w = 1: (1 - w) times it is.
    assert vanishes((1 - w) * (1 - w**ell), given=[w**ell - 1])
    assert not vanishes(1 - w, given=[w**ell - 1])
    assert not vanishes(x, given=[x**2])


def test_a_matrix_entry_by_entry():
    assert vanishes(Matrix([[z - z, z**ell * z - z ** (ell + 1)]]))
    assert not vanishes(Matrix([[0, z]]))


@given(st.lists(st.integers(-5, 5), min_size=1, max_size=5), st.integers(-3, 3))
def test_against_evaluation(coefficients, shift):
    def polynomial(at):
        return sum(coefficient * at**k for k, coefficient in enumerate(coefficients))

    # A polynomial of degree 4 is zero if it vanishes at five points.
    values = [polynomial(t + shift) - polynomial(t) for t in range(5)]
    assert vanishes(polynomial(x + shift) - polynomial(x)) == (not any(values))


def test_derivatives_are_carried_out():
    x, a = symbols("x a")
    curvature = Subs(Derivative(exp(-a * x**2 / 2), (x, 2)), x, 0)
    assert vanishes(curvature + a)
    assert not vanishes(curvature - a)
