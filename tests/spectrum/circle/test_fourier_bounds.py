"""The error bound of the fast Fourier transform against its formula in ball arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from stabkit.spectrum.circle.fourier import UNIT_ROUNDOFF, real_transform, transform_error

UNIT = arb(2) ** -53


def transform_factor(levels: int) -> arb:
    """The module's formula, t eta / (1 - t eta) with mu = 16 u."""
    mu, gamma = 16 * UNIT, 4 * UNIT / (1 - 4 * UNIT)
    eta = mu + gamma * (arb(2).sqrt() + mu)
    return levels * eta / (1 - levels * eta)


def test_the_unit_roundoff_is_that_of_doubles() -> None:
    assert np.finfo(float).eps / 2 == UNIT_ROUNDOFF


@pytest.mark.parametrize("levels", range(1, 27))
def test_the_factor_is_the_formula_and_a_slack(
    levels: int, is_just_above: Callable[..., bool]
) -> None:
    with ctx.workprec(200):
        formula = transform_factor(levels)
    assert is_just_above(transform_error(levels), formula, 0.99e-12, 0.02e-12)


def test_one_level_is_half_of_two_nearly() -> None:
    assert transform_error(0) == 0


@pytest.mark.parametrize("size", [2, 8, 256, 4096, 2**15])
@pytest.mark.parametrize("scale", [1.0, 1e-200, 1e200])
def test_the_bound_is_the_factor_times_the_norm(
    size: int, scale: float, is_just_above: Callable[..., bool], exact: Any
) -> None:
    x = scale * np.random.default_rng(size).standard_normal(size)
    _, bound = real_transform(x)
    with ctx.workprec(200):
        norm = sum((exact(value) ** 2 for value in x.tolist()), arb(0)).sqrt()
        formula = arb(size).sqrt() * norm * exact(transform_error(size.bit_length() - 1))
    # the sum of squares is in error by less than 2 N u; the factor 1 + 4 N u has twice that
    rounding = 4 * size * UNIT_ROUNDOFF
    few = 8 * UNIT_ROUNDOFF
    assert is_just_above(bound, formula, 0.99 * rounding - few, 0.02 * rounding + 2 * few)


def test_zeros_are_transformed_without_error() -> None:
    values, bound = real_transform(np.zeros(8))
    assert bound == 0
    assert not values.any()
