"""Error bounds of samples and Taylor models against their formulas in ball arithmetic.

The polynomials are made up so that the terms of a bound are of about the same size: the relative
error of the coefficients, the rounding and, next to nothing elsewhere, the Taylor remainder.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from flint import acb, arb, ctx, fmpq

from stabkit.spectrum.circle import fourier
from stabkit.spectrum.circle.fourier import PHASE_ERROR, UNIT_ROUNDOFF, transform_error
from stabkit.spectrum.circle.sparse_polynomial import (
    TAYLOR_ORDER,
    CirclePolynomial,
    TaylorModels,
)

UNIT = arb(2) ** -53
SLACK = 1e-9  # of every bound, for its own rounding
FLOOR = 1e-300  # of underflow
ROOM = {"slack": 0.99 * SLACK, "room": 0.02 * SLACK}

POLYNOMIALS = {
    "exact coefficients": ([0, 3, 4, 11], [1.0, -0.5, 0.25, -0.7], 0.0),
    "two roundings": ([0, 1, 40, 41], [0.3, -1.0, 0.9, 0.125], 2 * UNIT_ROUNDOFF),
    "coarse": ([0, 7, 30, 100, 255], [1.0, 1.0, -0.5, 0.3, -1.0], 1e-12),
    "coarsest": ([0, 2, 9], [1.0, 0.5, -0.25], 1e-7),
    "constant": ([0], [0.75], 3 * UNIT_ROUNDOFF),
}


@pytest.fixture(params=POLYNOMIALS.values(), ids=POLYNOMIALS)
def polynomial(request: pytest.FixtureRequest) -> CirclePolynomial:
    exponents, coefficients, error = request.param
    return CirclePolynomial(np.array(exponents), np.array(coefficients), error)


def weights(polynomial: CirclePolynomial, factor: Callable[[arb], arb]) -> list[arb]:
    """b_m factor(m - c), exactly."""
    return [
        arb(float(b)) * factor(arb(m) - arb(polynomial.degree) / 2)
        for m, b in zip(polynomial.exponents.tolist(), polynomial.coefficients, strict=True)
    ]


def norm(values: Sequence[arb]) -> arb:
    return sum((value**2 for value in values), arb(0)).sqrt()


def total(values: Sequence[arb]) -> arb:
    return sum((abs(value) for value in values), arb(0))


def transform_bound(size: int, values: Sequence[arb]) -> arb:
    factor = arb(transform_error(size.bit_length() - 1))
    return factor * arb(size).sqrt() * norm(values)


@pytest.mark.parametrize("degree", [0, 1, 2, 3, 4, 7, 8, 63, 64, 1000])
def test_there_are_four_samples_for_a_term(degree: int) -> None:
    size = CirclePolynomial(np.array([0, degree]), np.ones(2), 0.0).size
    assert size & (size - 1) == 0
    assert size >= 4 * (degree + 1) > size / 2


@pytest.mark.parametrize("degree", [0, 3, 1000, 10**6])
def test_arcs_are_not_narrower_than_half_their_distance(
    degree: int, is_just_above: Callable[..., bool]
) -> None:
    polynomial = CirclePolynomial(np.array([0, degree]), np.ones(2), 0.0)
    with ctx.workprec(200):
        assert is_just_above(polynomial.half_width, arb.pi() / polynomial.size, 4e-16, 8e-16)


def test_bends_are_those_of_the_coefficients(is_just_above: Callable[..., bool]) -> None:
    rows = np.zeros((13, TAYLOR_ORDER + 1), dtype=complex)
    np.fill_diagonal(rows, 3 - 4j)
    bends = TaylorModels(rows, 0.0, 0.0).bends
    assert (bends[0], bends[1]) == (0, 0)
    formulas = [arb(5 * i * (i - 1)) for i in range(2, 13)]
    assert is_just_above(bends[2:], formulas, **ROOM)
    rows[2, 5] = 7j
    assert TaylorModels(rows, 0.0, 0.0).bends[2] == pytest.approx(10 + 140)


def test_errors_of_samples(
    polynomial: CirclePolynomial, is_just_above: Callable[..., bool]
) -> None:
    samples = polynomial.grid()
    with ctx.workprec(200):
        for order, error in enumerate(samples.errors):
            scaled = weights(polynomial, lambda f, k=order: f**k)
            relative = arb(polynomial.coefficient_error) + (order + 1) * UNIT
            formula = transform_bound(polynomial.size, scaled) + relative * total(scaled)
            assert is_just_above(error, formula, **ROOM) or total(scaled) == 0


def test_errors_of_folded_samples(is_just_above: Callable[..., bool], monkeypatch: Any) -> None:
    """Terms of equal residues are added in size; k of them make k + 1 roundings and a phase."""
    monkeypatch.setattr(fourier, "_POINTS", 16)
    monkeypatch.setattr(fourier, "_LEAST_FOLDS", 4)
    exponents = np.array([0, 7, 39, 40])  # of which 7 and 39 are equal modulo 32
    polynomial = CirclePolynomial(exponents, np.array([0.5, -1.0, 0.25, 0.75]), 1e-15)
    assert (polynomial.size, polynomial._transform.points) == (256, 32)
    with ctx.workprec(200):
        for order, error in enumerate(polynomial.grid().errors):
            scaled = weights(polynomial, lambda f, k=order: f**k)
            first, second, third, fourth = map(abs, scaled)
            formula = transform_bound(32, [first, second + third, fourth])
            relative = arb(polynomial.coefficient_error) + (order + 1) * UNIT
            formula += (relative + (32 + 3) * UNIT) * total(scaled)
            assert is_just_above(error, formula, **ROOM)


def test_the_third_derivative(
    polynomial: CirclePolynomial, is_just_above: Callable[..., bool]
) -> None:
    with ctx.workprec(200):
        formula = total(weights(polynomial, lambda f: f**3))
        formula *= 1 + arb(polynomial.coefficient_error)
        formula += arb(FLOOR)
    if polynomial.degree:
        assert is_just_above(polynomial.grid().third_bound, formula, **ROOM)
    else:
        assert polynomial.grid().third_bound == FLOOR


def test_what_underflows_is_in_the_bounds() -> None:
    nothing = CirclePolynomial(np.array([0, 2, 6]), np.zeros(3), 1e-12)
    assert nothing.grid().errors == pytest.approx((3e-300, 18e-300, 108e-300), rel=1e-12, abs=0)
    assert nothing.grid().third_bound == FLOOR
    for by_transform in (False, True):
        models = nothing.taylor(np.array([0, 1]), by_transform)
        assert (models.error, models.slope_error) == (FLOOR, FLOOR)
    constant = CirclePolynomial(np.array([0]), np.zeros(1), 0.0)
    assert constant.grid().errors == (FLOOR, FLOOR, FLOOR)


def model_sizes(polynomial: CirclePolynomial) -> list[list[arb]]:
    """The b_m ((m - c) d)^i / i!, i = 0, ..., 13, d = pi / N."""
    step = arb.pi() / polynomial.size
    return [
        weights(polynomial, lambda f, i=i: (f * step) ** i / math.factorial(i)) for i in range(14)
    ]


@pytest.mark.parametrize("by_transform", [False, True])
def test_errors_of_taylor_models(
    polynomial: CirclePolynomial, by_transform: bool, is_just_above: Callable[..., bool]
) -> None:
    models = polynomial.taylor(np.array([0, 1]), by_transform)
    assert TAYLOR_ORDER == 12
    with ctx.workprec(200):
        rows = model_sizes(polynomial)
        sizes = [total(row) for row in rows]
        summed = sum(sizes[:-1], arb(0))
        if by_transform:
            summing = (32 * UNIT if polynomial.degree else 0) * summed  # of the centring phase
            summing += sum((transform_bound(polynomial.size, row) for row in rows[:-1]), arb(0))
        else:
            summing = ((4 + 2 * len(polynomial.exponents)) * UNIT + 32 * UNIT) * summed
        relative = arb(polynomial.coefficient_error) + 52 * UNIT + 28 * 4 * UNIT
        error = summing + relative * sum(sizes, arb(0)) + sizes[-1]
        slope = 28 * 4 * UNIT * sum((i * size for i, size in enumerate(sizes)), arb(0))
        assert is_just_above(models.error, error, **ROOM)
        assert is_just_above(models.slope_error, slope + arb(FLOOR), 0, 1.01e-9)
        if polynomial.degree:
            assert is_just_above(models.slope_error, slope, **ROOM)


def test_the_remainder_counts_as_much_as_rounding() -> None:
    """Else the formulas above would not see it."""
    polynomial = CirclePolynomial(np.array([0, 255]), np.array([1.0, -1.0]), 0.0)
    with ctx.workprec(200):
        assert total(model_sizes(polynomial)[13]) > UNIT


def test_phases_are_in_error_by_what_the_comment_says() -> None:
    """Four units in the last place, of 1 at most, of cosine and sine each; pi rounded twice."""
    units = 4 * 2 * math.sqrt(2) + 2 * math.pi
    assert units * UNIT_ROUNDOFF <= PHASE_ERROR <= 2 * units * UNIT_ROUNDOFF


def test_phases_of_large_numerators_are_reduced_exactly() -> None:
    polynomial = CirclePolynomial(np.array([0, 2**20 + 1]), np.ones(2), 0.0)
    indices = np.array([0, 1, 77, polynomial.size // 4 + 3, polynomial.size // 2])
    phases = polynomial.phases(indices)
    with ctx.workprec(100):
        for j, phase in zip(indices.tolist(), phases, strict=True):
            turns = fmpq(-polynomial.degree * j, polynomial.size)  # theta_j / pi times -c
            sine, cosine = arb.sin_cos_pi_fmpq(turns)
            assert abs(acb(cosine, sine) - acb(phase.real, phase.imag)) < arb(PHASE_ERROR)


def test_direct_and_transformed_models_are_alike(polynomial: CirclePolynomial) -> None:
    indices = np.arange(polynomial.size // 2 + 1)
    one, other = (polynomial.taylor(indices, by) for by in (False, True))
    assert np.abs(one.coefficients - other.coefficients).max() <= one.error + other.error


def test_blocks_of_direct_sums_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    polynomial = CirclePolynomial(np.array([0, 1, 5]), np.array([1.0, 0.5, -0.25]), 0.0)
    indices = np.arange(polynomial.size // 2 + 1)
    whole = polynomial.taylor(indices).coefficients
    monkeypatch.setattr(CirclePolynomial, "_chunks", lambda _, i: np.array_split(i, 4))
    assert np.abs(polynomial.taylor(indices).coefficients - whole).max() < 1e-15
    assert isinstance(polynomial.taylor(indices), TaylorModels)
