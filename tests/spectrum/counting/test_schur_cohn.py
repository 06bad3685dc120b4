"""The exact recursion against FLINT's certified isolation, singular steps included."""

from __future__ import annotations

import pytest
from flint import fmpz_poly
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit.spectrum.counting.isolation import isolated_disc_counts
from stabkit.spectrum.counting.schur_cohn import zeros_in_disc
from stabkit.spectrum.counting.self_reciprocal import circle_zeros, self_reciprocal_part

SMALL = st.lists(st.integers(-2, 2), min_size=2, max_size=12).filter(lambda c: c[0] and c[-1])


def exact_counts(coefficients: list[int]) -> tuple[int, int, int]:
    polynomial = fmpz_poly(coefficients)
    common = self_reciprocal_part(polynomial)
    on = circle_zeros(common)
    rest = [int(c) for c in (polynomial // common).coeffs()]
    inside = zeros_in_disc(rest) + (common.degree() - on) // 2
    return inside, on, len(coefficients) - 1 - on - inside


@given(SMALL)
@settings(max_examples=400, deadline=None)
def test_counts_of_small_integer_polynomials_equal_flints(coefficients: list[int]) -> None:
    # coefficients in -2 ... 2 make |a| = |c| in 40 % of the steps: the singular case
    assert exact_counts(coefficients) == isolated_disc_counts(coefficients)


@pytest.mark.parametrize(
    ("factors", "counts"),
    [
        # zeros by construction: 1/2 (inside), 2 (outside), +-i, 1, -1 (on the circle)
        ([[-1, 2], [-2, 1]], (1, 0, 1)),
        ([[-1, 2], [1, 0, 1]], (1, 2, 0)),
        ([[1, 0, 1]] * 3, (0, 6, 0)),
        ([[1, 1], [1, 1], [-1, 1], [-2, 1]], (0, 3, 1)),
        ([[-1, 2], [-2, 1], [-3, 1], [1, 0, 1]], (1, 2, 2)),
        # Cohn's multiplier z + 2 would meet the zero -1/2 of this singular polynomial
        ([[1, 2], [-3, 1], [-2, 3], [1, 4]], (3, 0, 1)),
    ],
)
def test_counts_of_products_with_known_zeros(
    factors: list[list[int]], counts: tuple[int, int, int]
) -> None:
    product = fmpz_poly([1])
    for factor in factors:
        product *= fmpz_poly(factor)
    assert exact_counts([int(c) for c in product.coeffs()]) == counts


def test_a_polynomial_with_a_reciprocal_pair_is_refused() -> None:
    with pytest.raises(ArithmeticError, match="in common with its reverse"):
        zeros_in_disc([2, -5, 2])  # (z - 2)(2 z - 1)


def test_zeros_on_the_circle_that_are_no_roots_of_unity() -> None:
    # 5 z^2 - 6 z + 5 has the zeros (3 +- 4 i) / 5
    polynomial = fmpz_poly([5, -6, 5]) ** 2 * fmpz_poly([1, -3, 1])
    assert circle_zeros(polynomial) == 4
