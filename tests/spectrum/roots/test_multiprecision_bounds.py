"""Error bounds of Horner's scheme in integers, and the discs made of them, against formulas."""

from __future__ import annotations

import math
from fractions import Fraction

import mpmath
import pytest

from stabkit.spectrum.roots.multiprecision import _Disc, _disjoint, _growth, _Part, _rational

COEFFICIENTS = [
    [3, -7, 11],
    [5, 0, 0, -2, 9],
    [3 + k * k % 7 for k in range(42)],
]


def exactly(x: mpmath.mpf) -> Fraction:
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent


@pytest.mark.parametrize("coefficients", COEFFICIENTS, ids=len)
@pytest.mark.parametrize("z", [0.7 + 0.1j, -0.9 + 0.9j, 1.2, 3.0 + 4.1j, 0.3j])
def test_errors_of_value_and_slope(coefficients: list[int], z: complex) -> None:
    """3 (n + 1) g^n and n times that, g = max(1, |t|), t = z / 2^e; the integers are in 2^-w."""
    n = len(coefficients) - 1
    at = _Part(coefficients).evaluate(mpmath.mpc(z))
    square = Fraction(at.x**2 + at.y**2, 4**at.width)
    with mpmath.workdps(60):
        growth = max(mpmath.mpf(1), mpmath.sqrt(mpmath.mpf(square.numerator) / square.denominator))
        formula = 3 * (n + 1) * growth**n
        assert formula <= at.value_error
        # the next even power, from 32 bits of g^2, and the next integer
        above = growth ** (n + n % 2) * (1 + n * mpmath.mpf(2) ** -31) + 1
        assert at.value_error <= 3 * (n + 1) * above
        if growth == 1:
            assert at.value_error == 3 * (n + 1)
    assert at.slope_error == n * at.value_error
    assert Fraction(1, 2) * Fraction(9, 10) <= square <= 2 * Fraction(11, 10)


def test_the_recursions_stay_below_their_bounds() -> None:
    """e_j < g e_(j-1) + 3, f_j < g f_(j-1) + 2 + e_(j-1), from e_0 = 1 and f_0 = 0."""
    for g in (Fraction(1), Fraction(11, 10), Fraction(3, 2)):
        e, f = Fraction(1), Fraction(0)
        for j in range(1, 40):
            e, f = g * e + 3, g * f + 2 + e
            assert e <= 3 * (j + 1) * g**j
            assert f <= 3 * j * (j + 1) * g**j


@pytest.mark.parametrize("n", [1, 2, 7, 40, 199])
def test_growth_is_rounded_up_and_not_far(n: int) -> None:
    width = 90
    for square in (1 << (width - 1), 1 << width):
        assert _growth(square, width, n) == 1
    for above in (Fraction(1, 2**40), Fraction(1, 3), Fraction(1)):
        square = int((1 + above) * 2**width)
        # max(1, |t|)^n <= |t|^(2 half), half = (n + 1) // 2
        power = Fraction(square, 2**width) ** ((n + 1) // 2)
        assert power <= _growth(square, width, n) <= power * (1 + Fraction(n, 2**31)) + 1
    assert _growth((1 << width) + 1, width, n) > 1


@pytest.mark.parametrize("coefficients", COEFFICIENTS, ids=len)
def test_the_disc_of_a_point_is_n_newton_steps_with_their_errors(coefficients: list[int]) -> None:
    n = len(coefficients) - 1
    part = _Part(coefficients)
    for z in (0.7 + 0.1j, -0.9 + 0.9j, 3.0 + 4.1j):
        at, disc = part.evaluate(mpmath.mpc(z)), part._inclusion_disc(mpmath.mpc(z))
        assert disc is not None
        value, slope = (math.isqrt(x**2 + y**2) for x, y in (at.value, at.slope))
        scale = Fraction(2) ** at.exponent
        formula = n * Fraction(value + at.value_error, slope + 1 - at.slope_error) * scale
        assert formula <= exactly(disc.radius) <= formula * (1 + Fraction(1, 10**6))
        centre = Fraction(at.x, 2**at.width) * scale
        assert exactly(disc.centre.real) == centre


@pytest.mark.parametrize(("slope", "found"), [(100, True), (42, True), (41, True), (40, False)])
def test_the_errors_of_value_and_slope_are_in_the_disc(
    slope: int, found: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """n (|A| + 1 + 5) / (|A'| - 40), in units of 2^e."""
    at = _Part([3, 0, -12]).evaluate(mpmath.mpc(2))
    stubbed = at._replace(value=(6, 8), slope=(0, slope), value_error=5, slope_error=40)
    monkeypatch.setattr(_Part, "evaluate", lambda *_: stubbed)
    disc = _Part([3, 0, -12])._inclusion_disc(mpmath.mpc(2))
    assert (disc is not None) == found
    if disc is not None:
        formula = Fraction(2 * (10 + 1 + 5), slope - 40) * 2**at.exponent
        assert formula <= exactly(disc.radius) <= formula * (1 + Fraction(1, 2**50))


def test_errors_decide_where_the_slope_is_small() -> None:
    """At a double zero of A' the slope is not told from 0, and at a zero the value is noise."""
    assert _Part([1, 0, -1])._inclusion_disc(mpmath.mpc(0, 2.0**-80)) is None
    part = _Part([3, 0, -12])  # zeros 2, -2
    at = part.evaluate(mpmath.mpc(2))
    assert at.is_noise()
    disc = part._inclusion_disc(mpmath.mpc(2))
    assert disc is not None
    # value 0: n (1 + error) / (slope - error), in units of 2^(e - w)
    slope = math.isqrt(at.slope[0] ** 2 + at.slope[1] ** 2)
    formula = Fraction(2 * (1 + at.value_error), slope - at.slope_error) * 2**at.exponent
    assert formula <= exactly(disc.radius) <= formula * (1 + Fraction(1, 10**6))


@pytest.mark.parametrize(("off", "noise"), [(0, True), (1, False)])
def test_noise_is_what_the_error_covers(off: int, noise: bool) -> None:
    at = _Part([3, 0, -12]).evaluate(mpmath.mpc(2))
    size = at.value_error + off
    assert at._replace(value=(size, 0)).is_noise() == noise
    assert at._replace(value=(0, -size)).is_noise() == noise


def test_discs_that_touch_are_not_disjoint() -> None:
    one, quarter = mpmath.mpc(1, 0), mpmath.mpf("0.25")
    for other, disjoint in (("1.5", False), ("1.500001", True), ("1.499999", False)):
        discs = [_Disc(one, quarter), _Disc(mpmath.mpc(other, 0), quarter)]
        assert _disjoint(discs) == disjoint
        upright = [_Disc(d.centre * 1j, d.radius) for d in discs]
        assert _disjoint(upright) == disjoint


@pytest.mark.parametrize("bits", [1, 10, 100])
@pytest.mark.parametrize(
    ("a", "b"), [(3, 1), (-3, 1), (7, -(10**20)), (10**20, 7), (4, 6), (-1, 5)]
)
def test_rational_zeros_are_within_a_unit(a: int, b: int, bits: int) -> None:
    disc = _rational([a, b], bits)
    zero, centre, radius = Fraction(-b, a), exactly(disc.centre.real), exactly(disc.radius)
    assert centre <= zero <= centre + radius
    assert radius <= abs(centre) / 2**bits
    assert (radius == 0) == (zero.denominator & (zero.denominator - 1) == 0)
