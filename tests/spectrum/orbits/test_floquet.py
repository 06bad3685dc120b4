"""Multipliers of polynomials with zeros by construction."""

from __future__ import annotations

import pytest
from flint import fmpz_poly

from stabkit.spectrum.orbits.floquet import multipliers_of


@pytest.mark.parametrize(
    ("factors", "counts"),
    [
        ([[2, -5, 2]], (1, 0, 1)),  # 1/2 and 2
        ([[2, -5, 2], [2, -5, 2], [1, 0, 1], [-1, 3]], (3, 2, 2)),  # +-i and 1/3 too
        ([[0, 0, 1], [3, 10, 3], [5, 1], [1, 1]], (3, 1, 2)),  # 0 twice, -1/3 and -3, -5, -1
    ],
)
def test_pairs_off_the_circle_are_one_inside_and_one_outside(
    factors: list[list[int]], counts: tuple[int, int, int]
) -> None:
    polynomial = fmpz_poly([1])
    for factor in factors:
        polynomial *= fmpz_poly(factor)
    found = multipliers_of(polynomial, 20)
    assert (found.inside, found.on_circle, found.outside) == counts
    assert found.verdict == "repelling"
