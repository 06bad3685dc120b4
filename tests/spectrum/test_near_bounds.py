"""Inputs that come within a factor of two of bounds that are proved: these are not loose.

docs/evidence.md says how near one comes to the others, which are worst cases of rounding.
"""

from __future__ import annotations

from math import comb

import mpmath
import pytest

import stabkit_check
from stabkit import Workload, roots
from stabkit.spectrum.roots.multiprecision import _Part


@pytest.mark.parametrize("s", [0, 1, 7, 1000])
def test_the_annulus_of_one_length_is_a_circle_for_two_steps(s: int) -> None:
    """R5: (s + l) / (s + l - 1) <= |lambda| <= (s + 2) / (s + 1), for l = 2 the same."""
    (root,) = roots(Workload.from_classes([(s, 2)]), 40)
    with mpmath.workdps(60):
        assert abs(abs(root.value) - mpmath.mpf(s + 2) / (s + 1)) <= root.radius


@pytest.mark.parametrize("n", [2, 5, 12])
def test_n_newton_steps_are_the_distance_to_a_zero_of_multiplicity_n(n: int) -> None:
    """Of (z + 1)^n at -1 + d: n |A / A'| = |d|."""
    part = _Part([comb(n, k) for k in range(n + 1)])
    for d in (0.1, 0.25 + 0.5j, 3.0):
        disc = part._inclusion_disc(mpmath.mpc(-1 + d))
        assert disc is not None
        assert abs(d) <= disc.radius * (1 + 1e-9) <= abs(d) * (1 + 1e-6)


def test_roots_of_unity_of_the_checker_are_wrong_by_half_of_what_is_allowed() -> None:
    """Rounding down alone makes an error of 1 unit; 2 are proved."""
    worst = 0
    with mpmath.workdps(80):
        for p in range(40, 90):
            for k, (x, y) in enumerate(stabkit_check.turns(p, 40)):
                exact = mpmath.expjpi(mpmath.mpf(2) / 2**k) * 2**p
                worst = max(worst, abs(exact.real - x), abs(exact.imag - y))
    assert 0.99 < worst < 2
