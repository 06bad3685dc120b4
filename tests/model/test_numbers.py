"""Levels of intervals: what their doubles make of exact ones counts too."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import pytest

from stabkit.errors import ArgumentTypeError, InvalidArgument
from stabkit.model.numbers import check_level

BELOW_ONE = Fraction(2**60 - 1, 2**60)  # 1 as a double


@pytest.mark.parametrize(
    "level", [0, 1, -0.5, 1.5, math.nan, math.inf, BELOW_ONE, Fraction(1, 10**400), 10**400]
)
def test_levels_beyond_the_bounds_are_refused(level: Any) -> None:
    with pytest.raises(InvalidArgument, match="'level' must be a number between 0 and 1, not"):
        check_level(level)


@pytest.mark.parametrize("level", ["0.5", None, True, 0.5j])
def test_what_is_no_number_is_of_a_wrong_type(level: Any) -> None:
    with pytest.raises(ArgumentTypeError, match="'share' must be a number between 0 and 1, not"):
        check_level(level, "'share'")


def test_levels_between_are_taken() -> None:
    for level in (0.5, Fraction(1, 3), math.nextafter(1, 0), math.nextafter(0, 1)):
        check_level(level)
