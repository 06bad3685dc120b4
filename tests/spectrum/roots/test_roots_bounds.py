"""Radii of roots, made of balls and of discs of zeros: formulas, and both sides of the limits."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import pytest
from flint import acb, arb, ctx

from stabkit.spectrum.roots import roots as module
from stabkit.spectrum.roots.inclusion import ZeroDisc
from stabkit.spectrum.roots.location import circle_distance
from stabkit.spectrum.roots.roots import Root, polynomial_roots, precision_of, roots_of_discs


def exactly(x: mpmath.mpf) -> Fraction:
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent


@pytest.mark.parametrize("digits", [1, 15, 50, 1000])
def test_bits_of_digits_have_four_to_spare(digits: int) -> None:
    bits = precision_of(digits)
    assert Fraction(16) * 10**digits <= 2**bits < Fraction(32) * 10**digits


@pytest.mark.parametrize(("width", "height"), [(3e-20, 4e-20), (1e-30, 0.0), (0.0, 1e-12)])
def test_the_radius_of_a_ball_reaches_its_corners(
    width: float, height: float, is_just_above: Callable[..., bool]
) -> None:
    root = module._root(acb(arb(2, width), arb(3, height)), 2)
    with ctx.workprec(100):
        balls = arb(2, width).rad(), arb(3, height).rad()
        formula = (balls[0] ** 2 + balls[1] ** 2).sqrt()
        assert is_just_above(exactly(root.radius), formula)
    assert (root.value, root.multiplicity) == (mpmath.mpc(2, 3), 2)


@pytest.mark.parametrize(("off", "precisions"), [(-1e-6, 1), (1e-6, 2)])
def test_balls_are_refined_until_they_are_as_small_as_asked(
    off: float, precisions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """|radius| <= 2^-bits |z|, the radius that of the disc around a rectangular ball."""
    used: list[int] = []
    radius = 5 * 2.0**-40 / math.sqrt(2) * (1 + off)

    def of_a_size(_: Any) -> list[tuple[acb, int]]:
        used.append(ctx.prec)
        r = radius if len(used) == 1 else 0.0
        return [(acb(arb(3, r), arb(4, r)), 1), (acb(arb(3, r), arb(-4, r)), 1)]

    monkeypatch.setattr(module, "root_balls", of_a_size)
    found = polynomial_roots([1, -6, 25], 40)
    assert used == [56, 112][:precisions]
    assert [root.value for root in found] == [mpmath.mpc(3, 4), mpmath.mpc(3, -4)]


@pytest.mark.parametrize("size", [0.25, 0.75, 4.0])
def test_reciprocals_of_real_discs(size: float, is_just_above: Callable[..., bool]) -> None:
    """1 / (c -+ r), whose distance from 1 / c is r / (c (c - r)) at most."""
    radius = 2.0**-30
    (root,) = roots_of_discs([ZeroDisc(acb(-size), arb(radius))], 60)
    assert root.value.imag == 0
    with ctx.workprec(200):
        middle = exactly(root.value.real)
        low, high = (-1 / (Fraction(size) + d * Fraction(radius)) for d in (-1, 1))
        distance = max(abs(low - middle), abs(high - middle))
        assert is_just_above(exactly(root.radius), distance, 0, 1e-4)


def test_reciprocals_of_complex_discs_hold_the_disc() -> None:
    radius, centre = Fraction(1, 2**20), complex(0.6, 0.7)
    upper, lower = roots_of_discs([ZeroDisc(acb(0.6, 0.7), arb(2.0**-20))], 60)
    assert upper.value.imag > 0
    assert lower.value.real == upper.value.real
    assert exactly(lower.value.imag) == -exactly(upper.value.imag)
    with mpmath.workdps(40):
        farthest = max(
            abs(1 / mpmath.conj(centre + mpmath.mpf(2) ** -20 * mpmath.expj(k)) - upper.value)
            for k in range(60)
        )
        assert farthest <= upper.radius <= 2.3 * farthest  # a square of a square
    assert exactly(upper.radius) > radius


@pytest.mark.parametrize("off", [1e-9, -1e-9, 0.0])
def test_a_disc_that_meets_the_circle_is_at_no_distance(off: float) -> None:
    with mpmath.workdps(40):
        radius = mpmath.mpf(2) ** -20
        for side in (1, -1):
            value = mpmath.mpc(0, 1 + side * radius * (1 + mpmath.mpf(off)))
            distance = circle_distance(Root(value, radius))
            assert (distance != 0) == (off > 0)
            if distance:
                assert distance == pytest.approx(side * 2.0**-20, rel=1e-8)


def test_a_real_root_of_few_places_is_exact_if_it_is_one() -> None:
    (half,) = polynomial_roots([2, 1], 60)
    assert (half.value, half.radius) == (-0.5, 0)
    # 1 / 3 is none, and 1 + 2^-70 is not 1
    (third,) = polynomial_roots([3, -1], 60)
    assert third.radius > 0
    (near,) = polynomial_roots([2**70, -(2**70) - 1], 60)
    assert near.radius > 0 or exactly(near.value.real) == 1 + Fraction(1, 2**70)
