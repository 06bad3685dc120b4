"""Means over the circle: residues by hand, the response in time, and the linear system."""

from __future__ import annotations

import random
from fractions import Fraction

import mpmath
import pytest
from flint import fmpq, fmpq_mat

from stabkit.spectrum.fluctuations.circle_mean import circle_mean


def zero_free(generator: random.Random, degree: int) -> list[int]:
    """A random integer polynomial without zeros in |z| <= 1: |g_0| is more than all others."""
    rest = [generator.randint(-9, 9) for _ in range(degree)]
    return [sum(map(abs, rest)) + generator.randint(1, 9), *rest]


@pytest.mark.parametrize(
    ("numerator", "kernel", "expected"),
    [
        ([1], [5], Fraction(1, 25)),
        ([3, 7, 9], [1], Fraction(3)),
        ([1], [2, -1], Fraction(1, 3)),  # sum of 4^-(k+1)
        ([0, 1], [2, 1], Fraction(-1, 3)),  # 2 cos theta: twice the sum of h_k h_(k+1)
        (
            [1],
            [6, 5, 1],
            Fraction(7, 120),
        ),  # 1 / ((2 + z)(3 + z)): h_k = (-1/2)^k / 2 - (-1/3)^k / 3
    ],
)
def test_by_hand(numerator: list[int], kernel: list[int], expected: Fraction) -> None:
    assert circle_mean(numerator, kernel) == expected


def test_equals_the_quadrature_of_mpmath() -> None:
    generator = random.Random(3)
    for _ in range(8):
        kernel = zero_free(generator, generator.randint(0, 6))
        numerator = [generator.randint(-9, 9) for _ in range(generator.randint(1, 9))]

        def f(theta: mpmath.mpf, g: list[int] = kernel, n: list[int] = numerator) -> mpmath.mpf:
            above = n[0] + 2 * sum(c * mpmath.cos(k * theta) for k, c in enumerate(n) if k)
            return above / abs(mpmath.polyval(g[::-1], mpmath.expj(theta))) ** 2

        with mpmath.workdps(20):
            points = [mpmath.pi * k / 8 for k in range(9)]
            brute = mpmath.quad(f, points) / mpmath.pi
            assert (
                abs(
                    brute
                    - mpmath.mpf(circle_mean(numerator, kernel).numerator)
                    / circle_mean(numerator, kernel).denominator
                )
                < 1e-12
            )


def test_solves_the_linear_system() -> None:
    """I = 2 y_0 / g_0, and the determinant of the system vanishes with 1 - lambda_i lambda_j."""
    generator = random.Random(4)
    for _ in range(30):
        kernel = zero_free(generator, generator.randint(1, 7))
        size = len(kernel)
        numerator = [generator.randint(-9, 9) for _ in range(size)]
        at = dict(enumerate(kernel))
        rows = [[at.get(i + k, 0) + at.get(i - k, 0) for i in range(size)] for k in range(size)]
        solution = fmpq_mat(size, size, [fmpq(x) for row in rows for x in row]).solve(
            fmpq_mat(size, 1, [fmpq(x) for x in numerator])
        )
        expected = 2 * solution[0, 0] / kernel[0]
        assert circle_mean(numerator, kernel) == Fraction(int(expected.p), int(expected.q))


@pytest.mark.parametrize("kernel", [[1, 1], [1, -2], [3, 7, 2], [2, 2, 2], [6, 1, -1, -6]])
def test_refuses_a_zero_in_the_closed_disc(kernel: list[int]) -> None:
    with pytest.raises(ArithmeticError, match="zero in the closed unit disc"):
        circle_mean([1], kernel)
