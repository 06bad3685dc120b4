"""The mpmath engine against FLINT's isolation, Vieta's formulas and polynomials solved by hand."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from fractions import Fraction

import mpmath
import pytest
from flint import acb, arb, ctx, fmpz_poly

from stabkit import InvalidArgument, Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.counting.isolation import root_balls
from stabkit.spectrum.roots.multiprecision import (
    _disjoint,
    _Part,
    _quotient_above,
    _real,
    multiprecision_roots,
)

pytestmark = pytest.mark.slow

Roots = list[tuple[mpmath.mpc, mpmath.mpf, int]]


def exact(x: mpmath.mpf) -> Fraction:
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent


def exact_ball(x: mpmath.mpf) -> arb:
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * arb(int(mantissa)) * arb(2) ** exponent


def product(*factors: list[int]) -> list[int]:
    """Multiply polynomials with descending coefficients, by FLINT."""
    whole = fmpz_poly([1])
    for factor in factors:
        whole *= fmpz_poly(factor[::-1])
    return [int(c) for c in whole.coeffs()][::-1]


def assert_as_promised(roots: Roots, coefficients: list[int], digits: int) -> None:
    """Check all that the docstring says except that the roots are where the discs are."""
    assert sum(m for _, _, m in roots) == len(coefficients) - 1
    centres = [(exact(z.real), exact(z.imag)) for z, _, _ in roots]
    squares = [x * x + y * y for x, y in centres]
    for (_, radius, _), square in zip(roots, squares, strict=True):
        # radius <= 10^-digits (|value| - radius) <= 10^-digits |root|
        assert (exact(radius) * (10**digits + 1)) ** 2 <= square
    for i, j in itertools.combinations(range(len(roots)), 2):
        gap = sum((a - b) ** 2 for a, b in zip(centres[i], centres[j], strict=True))
        assert gap > (exact(roots[i][1]) + exact(roots[j][1])) ** 2
    records = {
        (x, y, exact(r), m) for (x, y), (_, r, m) in zip(centres, roots, strict=True) if y != 0
    }
    assert {(x, -y, r, m) for x, y, r, m in records} == records
    for before, after in itertools.pairwise(squares):
        assert before >= after * (1 - Fraction(1, 2**64))


def assert_flint_agrees(roots: Roots, coefficients: list[int], digits: int, slack: int = 4) -> None:
    """Each disc meets exactly one of FLINT's balls, with the same multiplicity and reality."""
    with ctx.workprec(slack * digits + 200):
        balls = root_balls(fmpz_poly(coefficients[::-1]))
        assert len(balls) == len(roots)
        for value, radius, multiplicity in roots:
            centre = acb(exact_ball(value.real), exact_ball(value.imag))
            met = [b for b in balls if not abs(b[0] - centre) > exact_ball(radius)]
            assert len(met) == 1
            assert met[0][1] == multiplicity
            assert (met[0][0].imag == 0) == (value.imag == 0)
            balls.remove(met[0])


def assert_vieta(roots: Roots, coefficients: list[int]) -> None:
    """Compare sum and product with the coefficients, within what the radii allow."""
    with mpmath.workdps(400):
        total = mpmath.fsum(m * z for z, _, m in roots)
        allowed = mpmath.fsum(m * r for _, r, m in roots)
        assert abs(total + mpmath.mpf(coefficients[1]) / coefficients[0]) <= allowed + 1e-300
        found = mpmath.fprod(z**m for z, _, m in roots)
        expected = (-1) ** (len(coefficients) - 1) * mpmath.mpf(coefficients[-1]) / coefficients[0]
        relative = mpmath.fsum(2 * m * r / abs(z) for z, r, m in roots)
        assert abs(found - expected) <= abs(expected) * (relative + 1e-300)


def test_kernels_disc_by_disc(random_mixes: Iterator[Workload]) -> None:
    for mix in itertools.islice(random_mixes, 60):
        coefficients = list(MemoryKernel.of(mix).coefficients)
        roots = multiprecision_roots(coefficients, 30)
        assert_as_promised(roots, coefficients, 30)
        assert_flint_agrees(roots, coefficients, 30)
        if roots:
            assert_vieta(roots, coefficients)


def test_a_kernel_of_degree_199() -> None:
    mix = Workload.from_classes([(1000, 97, 1), (1000, 200, 2)])
    coefficients = list(MemoryKernel.of(mix).coefficients)
    roots = multiprecision_roots(coefficients, 50)
    assert_as_promised(roots, coefficients, 50)
    assert_flint_agrees(roots, coefficients, 50)
    assert_vieta(roots, coefficients)
    assert sum(exact(z.real) ** 2 + exact(z.imag) ** 2 > 1 for z, _, _ in roots) == 62


@pytest.mark.parametrize("digits", [1, 15, 50, 200])
def test_radii_keep_what_digits_asks(digits: int) -> None:
    rng = random.Random(digits)
    for degree in (1, 2, 3, 8, 21):
        coefficients = [rng.choice([-3, 7, 11]) for _ in range(degree + 1)]
        roots = multiprecision_roots(coefficients, digits)
        assert_as_promised(roots, coefficients, digits)
        assert_flint_agrees(roots, coefficients, digits)


def test_multiple_roots() -> None:
    ((half, radius, multiplicity),) = multiprecision_roots([4, 4, 1], 20)
    assert (half, radius, multiplicity) == (-0.5, 0, 2)
    omega = [1, 1, 1]
    coefficients = product(omega, omega, omega, [1, -2])
    roots = multiprecision_roots(coefficients, 40)
    assert [(z.imag > 0, m) for z, _, m in roots] == [(False, 1), (True, 3), (False, 3)]
    assert (roots[0][0], roots[0][1]) == (2, 0)
    assert_as_promised(roots, coefficients, 40)
    assert_flint_agrees(roots, coefficients, 40)


def test_content_sign_and_constants() -> None:
    ((third, _, multiplicity),) = multiprecision_roots(product([-6], [3, -1], [3, -1]), 20)
    assert multiplicity == 2
    assert abs(exact(third.real) - Fraction(1, 3)) < Fraction(1, 10**20)
    assert multiprecision_roots([-7], 20) == []


def test_roots_one_and_one_plus_a_tiny_number() -> None:
    tiny = 2**200
    coefficients = product([1, -1], [tiny, -tiny - 1])
    roots = multiprecision_roots(coefficients, 15)
    assert_as_promised(roots, coefficients, 15)
    for (value, radius, _), root in zip(roots, (1 + Fraction(1, tiny), 1), strict=True):
        assert value.imag == 0
        assert abs(exact(value.real) - root) <= exact(radius)


def test_close_roots_of_different_parts() -> None:
    # double roots +-i; simple ones 2^-200 and about 2^-201 from them
    n = 2**200
    coefficients = product([1, 0, 1], [1, 0, 1], [n**2, 0, (n + 1) ** 2], [n, 0, n + 1])
    roots = multiprecision_roots(coefficients, 15)
    assert_as_promised(roots, coefficients, 15)
    assert_flint_agrees(roots, coefficients, 15, slack=100)


def test_nearly_real_pair_is_not_taken_for_real() -> None:
    # (x - 1)^2 + 2^-300
    coefficients = [2**300, -(2**301), 2**300 + 1]
    roots = multiprecision_roots(coefficients, 15)
    assert_as_promised(roots, coefficients, 15)
    for (value, radius, _), sign in zip(roots, (1, -1), strict=True):
        assert value.imag != 0
        off = (exact(value.real) - 1) ** 2 + (exact(value.imag) - sign * Fraction(1, 2**150)) ** 2
        assert off <= exact(radius) ** 2


@pytest.mark.parametrize("decades", [3, 40, 400])
def test_wide_moduli(decades: int) -> None:
    # the last one is beyond the range of doubles
    spread = 10**decades
    factors = [[1, -spread], [spread**2, 0, 3], [spread, 1, 5 * spread], [1, 0, 0, spread**3]]
    coefficients = product(*factors)
    roots = multiprecision_roots(coefficients, 25)
    assert_as_promised(roots, coefficients, 25)
    assert_flint_agrees(roots, coefficients, 25, slack=20 + 2 * decades)


def test_wilkinson_and_roots_of_unity() -> None:
    wilkinson = product(*([1, -k] for k in range(1, 41)))
    roots = multiprecision_roots(wilkinson, 20)
    assert [round(exact(z.real)) for z, _, _ in roots] == list(range(40, 0, -1))
    assert all(abs(exact(z.real) - round(exact(z.real))) <= exact(r) for z, r, _ in roots)
    assert all(z.imag == 0 for z, _, _ in roots)
    unity = [1] + [0] * 63 + [-1]
    roots = multiprecision_roots(unity, 20)
    assert_as_promised(roots, unity, 20)
    assert_flint_agrees(roots, unity, 20)
    assert [z for z, _, _ in roots if z.imag == 0] in ([1, -1], [-1, 1])


def test_evaluation_errs_by_less_than_its_bound() -> None:
    rng = random.Random(7)
    for _ in range(60):
        n = rng.randint(2, 30)
        a = [rng.choice([-1, 1]) * rng.randint(1, 2 ** rng.randint(1, 90)) for _ in range(n + 1)]
        part = _Part(a)
        modulus = math.exp(rng.uniform(-6, 6))
        z = mpmath.mpc(modulus * math.cos(n), modulus * math.sin(n))
        at = part.evaluate(z)
        assert 0.49 < (at.x**2 + at.y**2) / 4**at.width < 2.01
        shifts = [at.exponent * (n - i) for i in range(n + 1)]
        scale = at.width - max(c.bit_length() + s for c, s in zip(a, shifts, strict=True))
        t = Fraction(at.x, 2**at.width), Fraction(at.y, 2**at.width)
        value, slope = (Fraction(0), Fraction(0)), (Fraction(0), Fraction(0))
        for c, s in zip(a, shifts, strict=True):
            slope = (
                slope[0] * t[0] - slope[1] * t[1] + value[0],
                slope[0] * t[1] + slope[1] * t[0] + value[1],
            )
            value = (
                value[0] * t[0] - value[1] * t[1] + c * Fraction(2) ** (s + scale),
                value[0] * t[1] + value[1] * t[0],
            )
        for got, true, error in (
            (at.value, value, at.value_error),
            (at.slope, slope, at.slope_error),
        ):
            assert sum((g - u) ** 2 for g, u in zip(got, true, strict=True)) < error**2


def test_a_cluster_of_mignotte() -> None:
    # x^30 = 2 (10^10 x - 1)^2 has two roots about 10^-160 from 10^-10
    coefficients = [1] + [0] * 27 + [-2 * 10**20, 4 * 10**10, -2]
    roots = multiprecision_roots(coefficients, 20)
    assert_as_promised(roots, coefficients, 20)
    assert_flint_agrees(roots, coefficients, 20, slack=40)


def test_inclusion_disc_holds_a_root_even_from_afar() -> None:
    # |A / A'| alone would be about 98 / 3 and reach no root
    part = _Part([1, -6, 11, -6])
    disc = part._inclusion_disc(mpmath.mpc(100))
    assert disc is not None
    assert 97 <= disc.radius < 99


def test_as_many_small_discs_as_roots_prove_nothing_unless_disjoint() -> None:
    part = _Part([1, -6, 11, -6])
    for points, proved in (((1, 2, 3), True), ((1, 1, 3), False), ((1, 2), False)):
        part.points = [mpmath.mpc(z) for z in points]
        assert (part._proved(40) is not None) == proved


def test_radii_are_rounded_upwards() -> None:
    rng = random.Random(3)
    for _ in range(200):
        p, q = (rng.randint(1, 2 ** rng.randint(1, 300)) for _ in range(2))
        above = exact(_quotient_above(p, q, -5)) * 32
        assert Fraction(p, q) <= above <= Fraction(p, q) * (1 + Fraction(1, 2**51))


def test_touching_discs_are_not_disjoint() -> None:
    disc = type(_Part([3, -1]).discs(10)[0])
    one, two = disc(mpmath.mpc(0, 1), _real(1, 0)), disc(mpmath.mpc(0, -1), _real(1, 0))
    assert not _disjoint([one, two])
    assert _disjoint([one, two._replace(radius=_real(2**60 - 1, -60))])
    assert not _disjoint([one, one])
    # the disc between the two in the order of the real parts meets neither
    small, apart, wide = (
        disc(mpmath.mpc(*z), _real(r, 0)) for z, r in (((0, 0), 1), ((5, 90), 1), ((8, 0), 9))
    )
    assert _disjoint([small, apart])
    assert not _disjoint([small, apart, wide])


def test_the_context_of_mpmath_stays_as_it_was() -> None:
    before = mpmath.mp.prec, mpmath.iv.prec
    coefficients = [3, 1, 4, 1, 5, 9]
    low = multiprecision_roots(coefficients, 60)
    assert (mpmath.mp.prec, mpmath.iv.prec) == before
    with mpmath.workprec(1000):
        high = multiprecision_roots(coefficients, 60)
    assert [(exact(z.real), exact(z.imag)) for z, _, _ in low] == [
        (exact(z.real), exact(z.imag)) for z, _, _ in high
    ]


def test_arguments() -> None:
    with pytest.raises(InvalidArgument, match="'coefficients' must begin and end with other than"):
        multiprecision_roots([1, 2, 0], 10)
    with pytest.raises(InvalidArgument, match="'coefficients' must begin and end with other than"):
        multiprecision_roots([], 10)
    with pytest.raises(InvalidArgument, match=r"'coefficients' must be integers, not 0\.5"):
        multiprecision_roots([1, 0.5], 10)  # type: ignore[list-item]
    with pytest.raises(InvalidArgument, match="'digits' must be a positive integer, not 0"):
        multiprecision_roots([1, 2], 0)
