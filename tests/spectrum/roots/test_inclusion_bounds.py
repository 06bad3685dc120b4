"""Inclusion discs: their size, their formula, and the conditions on both sides of each limit."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from flint import acb, acb_poly, arb, ctx, fmpz_poly

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.roots import inclusion as module
from stabkit.spectrum.roots.approximate import approximate_zeros
from stabkit.spectrum.roots.inclusion import (
    Point,
    ZeroDisc,
    _derivatives,
    _disc,
    _halley_point,
    _newton_ratio,
    _power_plan,
    _powers,
    _separation,
    _sharpened,
    proved_discs,
)

# the zeros of the first are as near as a double root's are after a change of 1e-8
MIXES = [
    [(2, 1, 1), (Fraction(9, 2) + Fraction(1, 10**8), 2, 2), (1, 3, 1)],
    [(5, 3), (5, 5)],
    [(1000, 9, 1), (1000, 20, 2)],
    [(0, 6, 2), (5, 1, 3), ("1/3", 30)],
]


def kernel_of(classes: Any) -> MemoryKernel:
    return MemoryKernel.of(Workload.from_classes(classes))


def dense(kernel: MemoryKernel, z: acb) -> tuple[acb, acb, acb]:
    """G and its first two derivatives, term by term."""
    g = kernel.coefficients
    return (
        sum((c * z**m for m, c in enumerate(g)), acb(0)),
        sum((c * m * z ** (m - 1) for m, c in enumerate(g) if m), acb(0)),
        sum((c * m * (m - 1) * z ** (m - 2) for m, c in enumerate(g) if m > 1), acb(0)),
    )


@pytest.mark.parametrize("bits", [20, 60, 100, 167])
@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_discs_are_as_small_as_is_asked(classes: Any, bits: int) -> None:
    kernel = kernel_of(classes)
    zeros = approximate_zeros(kernel)
    assert zeros is not None
    discs = proved_discs(kernel, zeros, None, bits)
    assert discs is not None
    with ctx.workprec(4 * bits + 200):
        for disc in discs:
            assert disc.radius < abs(disc.centre) * arb(2) ** -bits
            value, slope, _ = dense(kernel, disc.centre)
            # Newton's step is about the distance to the zero
            assert abs(value / slope) < (disc.radius + abs(disc.centre) * arb(2) ** -190) * 2


@pytest.mark.parametrize("off", [1e-9, -1e-9])
def test_larger_discs_are_not_returned(off: float, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = kernel_of(MIXES[1])
    zeros = approximate_zeros(kernel)
    assert zeros is not None
    centre = acb(3, 4)
    attempts: list[ZeroDisc] = []

    def of_a_size(*_: Any) -> list[ZeroDisc]:
        attempts.append(ZeroDisc(centre, 5 * arb(2) ** -60 * (1 + arb(off))))
        return attempts[-1:]

    monkeypatch.setattr(module, "_sharpened", of_a_size)
    discs = proved_discs(kernel, zeros, None, 60)
    assert (discs, len(attempts)) == ((None, 4) if off > 0 else (attempts, 1))


def test_each_pass_works_with_the_digits_that_it_can_win(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """45 bits of a double, tripled by each step of Halley's, and the guard bits."""
    kernel = kernel_of(MIXES[1])
    zeros = approximate_zeros(kernel)
    assert zeros is not None
    used: list[int] = []

    def recorded(kernel: MemoryKernel, points: list[acb]) -> Any:
        used.append(ctx.prec)
        return _derivatives(kernel, points)

    monkeypatch.setattr(module, "_derivatives", recorded)
    assert proved_discs(kernel, zeros, None, 1000) is not None
    goal, precision = (1000 + 9) // 2 + 2, 1000 + 32 + 6  # L = 5 has three bits
    guard = precision - goal
    assert used[:4] == [3 * 45 + guard, 9 * 45 + guard, precision, precision][: len(used[:4])]
    assert len(used) >= 3


POINTS = [acb("0.3", "0.4"), acb("-0.7", "0.2"), acb("1.3", "0.5"), acb(0, "0.9")]


@pytest.mark.parametrize("z", POINTS, ids=str)
@pytest.mark.parametrize("classes", MIXES, ids=str)
def test_newtons_ratio_and_halleys_point_are_those_of_the_dense_kernel(
    classes: Any, z: acb
) -> None:
    kernel = kernel_of(classes)
    with ctx.workprec(300):
        z = z.mid()
        (sums,) = _derivatives(kernel, [z])
        value, slope, bend = dense(kernel, z)
        ratio = _newton_ratio(z, sums)
        assert ratio.overlaps(value / (z * slope))
        assert abs(ratio - value / (z * slope)) < arb(2) ** -200
        step = value / slope
        halley = z - step / (1 - step * bend / (2 * slope))
        assert abs(_halley_point(z, sums, ratio) - halley) < arb(2) ** -200 * abs(halley)


def test_a_dense_kernel_in_fewer_powers() -> None:
    """101 terms and more: each power of z is the product of two; the oracle is Horner's rule."""
    kernel = kernel_of([(k % 7, 200 + 2 * k, k + 1) for k in range(1, 100)])
    terms = kernel.closed_form
    assert len(terms) > max(100, max(terms) / 4)
    derivatives = [
        dict(terms),
        {m: m * c for m, c in terms.items()},
        {m: m * (m - 1) * c for m, c in terms.items()},
    ]
    with ctx.workprec(300):
        points = [z.mid() for z in POINTS]
        for z, sums in zip(points, _derivatives(kernel, points), strict=True):
            for found, coefficients in zip(sums, derivatives, strict=True):
                polynomial = fmpz_poly([coefficients.get(m, 0) for m in range(max(terms) + 1)])
                with ctx.workprec(2000):
                    exact = acb_poly(polynomial)(z)
                assert found.overlaps(exact)
                size = sum(abs(c) * abs(z) ** m for m, c in coefficients.items())
                assert abs(found - exact) < size * arb(2) ** -260


def test_powers_of_a_plan_are_powers() -> None:
    exponents = [0, 1, 2, 5, 6, 1000, 1001, 4097, 10**6, 10**6 + 3]
    with ctx.workprec(200):
        z = acb("0.6", "0.8").mid()
        for power, exponent in zip(_powers(z, _power_plan(exponents)), exponents, strict=True):
            assert power.overlaps(z**exponent)
            assert abs(power - z**exponent) < arb(2) ** -150


# --- separation ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("points", "apart"),
    [
        ([1, Fraction(15, 16)], Fraction(1, 16)),
        ([1j, 1.125j], Fraction(1, 9)),  # and their conjugates are further
        ([1j, 2j, 2.0625j], Fraction(1, 33)),
        ([0.75 + 1j / 16384], None),  # twice the imaginary part, over the modulus
        ([-1, 1], 1),  # nothing is nearer than sin(pi / 16)
    ],
)
def test_separation_is_the_least_distance_less_its_rounding(
    points: list[complex], apart: Any
) -> None:
    z = np.array([complex(point) for point in points])
    if apart is None:
        apart = Fraction(2, 16384) / Fraction(abs(z[0]))
    elif apart == 1:
        apart = Fraction(math.sin(math.pi / 16))
    off = apart - Fraction(2) ** -48 - Fraction(_separation(z, z.imag == 0))
    assert abs(off) < Fraction(2) ** -50


def points_at(*points: complex, step: float = 0.0) -> list[Point]:
    return [Point(acb(z.real, z.imag), acb(step)) for z in map(complex, points)]


@pytest.mark.parametrize(("apart", "told"), [(2.0**-40, False), (2.0**-40 * 1.01, True)])
def test_points_are_told_apart_from_some_distance_on(apart: float, told: bool) -> None:
    points = points_at(1, 1 + apart / (1 - apart))
    discs = _sharpened(kernel_of(MIXES[1]), points, np.array([True, True]), None)
    assert (discs is not None) == told


@pytest.mark.parametrize(
    ("size", "seen"), [(1.01e-290, True), (0.99e-290, False), (0.99e290, True), (1.01e290, False)]
)
def test_sizes_beyond_doubles_are_left(size: float, seen: bool) -> None:
    discs = _sharpened(kernel_of(MIXES[1]), points_at(size), np.array([True]), None)
    assert (discs is not None) == seen


def test_points_on_the_axis_are_those_expected_there() -> None:
    kernel = kernel_of(MIXES[1])
    for points, real, seen in [
        (points_at(-1, 1j), [True, False], True),
        (points_at(-1, 1j), [False, True], False),
        (points_at(-1, -2), [True, False], False),
    ]:
        assert (_sharpened(kernel, points, np.array(real), None) is not None) == seen


# --- one disc --------------------------------------------------------------------------------

DEGREE = 10
SEPARATION = 0.5


def disc_of(step: float, radius: float | None = None, z: complex = 1) -> ZeroDisc | None:
    (point,) = points_at(z, step=step)
    return _disc(DEGREE, point, SEPARATION, radius)


@pytest.mark.parametrize(("part", "found"), [(1 - 1e-9, True), (1 + 1e-9, False)])
def test_a_step_is_small_against_the_separation(part: float, found: bool) -> None:
    limit = SEPARATION / 4 / DEGREE  # n |s| < d |z| / 4
    assert (disc_of(part * limit) is not None) == found
    assert (disc_of(2 * part * limit, z=2) is not None) == found


def test_a_disc_stays_within_the_radius_that_is_counted() -> None:
    step, found = -0.01, []  # the zero is at 1.01, and further out the others may be
    for part in (-1.0, 0.09, 0.5, 0.999, 1.0, 1.001, 1.2, 1.5, 2.0, 3.0, 6.0):
        radius = 1 + part * DEGREE * abs(step)
        disc = disc_of(step, radius)
        if disc is not None:
            assert abs(disc.centre) + disc.radius < radius
            assert part > 1  # n |s| < R - |z|
        found.append(disc is not None)
    assert found == sorted(found)
    assert found[-1]


@pytest.mark.parametrize(
    ("radius", "clear"),
    [(None, 3 * SEPARATION / 4), (1.25, 0.25), (10.0, 3 * SEPARATION / 4), (1.0625, 0.0625)],
)
def test_the_radius_is_that_of_the_sum_over_the_others(
    radius: float | None, clear: float, is_just_above: Callable[..., bool]
) -> None:
    """s^2 (n - 1) / delta, for a real step in both directions: sqrt(2) times that."""
    step = 2.0**-30
    disc = disc_of(step, radius)
    assert disc is not None
    with ctx.workprec(200):
        formula = arb(2).sqrt() * arb(step) ** 2 * (DEGREE - 1) / arb(clear)
        on_axis = arb(step) ** 2 * (DEGREE - 1) / arb(clear)
    assert abs(disc.centre - (1 - arb(step))) < 1e-15
    assert disc.is_real
    assert is_just_above(disc.radius, on_axis, 0, 1e-5)
    off_axis = disc_of(step, None if radius is None else radius, z=1 + 2.0**-200 * 1j)
    assert off_axis is not None
    assert not off_axis.is_real
    assert is_just_above(off_axis.radius, formula, 0, 1e-5)


def test_balls_hold_their_discs() -> None:
    disc = ZeroDisc(acb(3, 4), arb(2))
    ball = disc.ball()
    assert (ball.real.mid(), ball.imag.mid()) == (3, 4)
    assert 2 <= ball.real.rad() < 2.001
    assert 2 <= ball.imag.rad() < 2.001
    flat = ZeroDisc(acb(3), arb(2)).ball()
    assert flat.imag == 0
    assert 2 <= flat.real.rad() < 2.001


def test_zeros_that_are_not_finite_or_lead_nowhere_prove_nothing() -> None:
    kernel = kernel_of(MIXES[1])
    zeros = approximate_zeros(kernel)
    assert zeros is not None
    for wrong in (math.nan, math.inf):
        assert proved_discs(kernel, np.array([*zeros[:-1], wrong]), None, 60) is None
