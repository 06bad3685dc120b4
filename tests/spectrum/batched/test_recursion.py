"""The recursion in doubles: its bounds hold at the corners of the errors, and are met there."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from stabkit.spectrum.batched.recursion import schur_transforms, zeros_by_recursion

U = Fraction(1, 2**53)


def exact_transform(q: list[Fraction], expanding: bool) -> list[Fraction]:
    """(a x - c y) over the larger end, in rationals."""
    larger = q[-1] if expanding else q[0]
    return [(q[-1] * x - q[0] * y) / larger for x, y in zip(q[1:], q[-2::-1], strict=True)]


def corner(p: np.ndarray, e: np.ndarray, signs: np.ndarray) -> list[Fraction]:
    return [Fraction(x) + int(s) * Fraction(d) for x, d, s in zip(p, e, signs, strict=True)]


@pytest.mark.parametrize("expanding", [True, False])
def test_no_corner_is_outside_the_bounds_and_one_comes_close(expanding: bool) -> None:
    rng = np.random.default_rng(5)
    closest = 0.0
    for _ in range(60):
        p = rng.uniform(-1, 1, 4)
        p[0 if expanding else -1] *= 0.6 * abs(
            p[-1 if expanding else 0] / p[0 if expanding else -1]
        )
        e = rng.uniform(0, 1e-6, 4)
        t, bound = schur_transforms(p[:, None], e[:, None], np.array([expanding]))
        for signs in np.array(np.meshgrid(*[[-1, 1]] * 4)).reshape(4, -1).T:
            found = exact_transform(corner(p, e, signs), expanding)
            errors = [abs(Fraction(x) - y) for x, y in zip(t[:, 0], found, strict=True)]
            ratios = [float(x / Fraction(y)) for x, y in zip(errors, bound[:, 0], strict=True)]
            assert max(ratios) <= 1
            closest = max(closest, *ratios)
    assert closest > 0.999


def test_the_rounding_of_a_step_is_within_its_bound_and_a_third_of_it_is_met() -> None:
    rng = np.random.default_rng(6)
    p = rng.uniform(0.5, 1, (3, 4000))
    p[-1] += 0.5
    t, bound = schur_transforms(p, np.zeros_like(p), np.ones(p.shape[1], bool))
    ratios = [
        float(abs(Fraction(x) - y) / Fraction(d))
        for column in range(p.shape[1])
        for x, y, d in zip(
            t[:, column],
            exact_transform([Fraction(x) for x in p[:, column]], expanding=True),
            bound[:, column],
            strict=True,
        )
    ]
    assert 1 / 3 < max(ratios) <= 1


@pytest.mark.parametrize("gap", [1e-9, 1e-12, 1e-14])
def test_ends_that_errors_may_swap_are_left_open(gap: float) -> None:
    """z (1 + gap) + 1 has its zero in the disc; not if both ends may be off by half the gap."""
    p = np.array([[1.0], [1.0 + gap]])
    assert zeros_by_recursion(p, np.full((2, 1), 0.49 * gap)).tolist() == [1]
    assert zeros_by_recursion(p, np.full((2, 1), 0.51 * gap)).tolist() == [-1]


def test_products_of_known_factors() -> None:
    """Zeros at 3 / 10, two of modulus sqrt(2 / 5), 2 and -7: any of them."""
    factors = [[-0.3, 1], [0.4, 1, 1], [-2, 1], [7, 1]]
    inside = [1, 2, 0, 0]
    for chosen in range(1, 16):
        picked = [k for k in range(4) if chosen >> k & 1]
        p = np.array([1.0])
        for k in picked:
            p = np.convolve(p, factors[k])
        p /= np.abs(p).max()
        found = zeros_by_recursion(p[:, None], np.full((len(p), 1), 1e-15))
        assert found.tolist() == [sum(inside[k] for k in picked)]


def test_numbers_that_underflow() -> None:
    """z + 2^-1000 has a zero next to 0; of z^2 + z + 1 times 2^-1000 nothing is left to tell."""
    p = np.array([[2.0**-1000, 1.0, 2.0**-1060], [2.0**-1000] * 3]).T
    assert zeros_by_recursion(p, np.zeros_like(p)).tolist() == [1, -1]


def test_errors_that_underflow_before_a_division_are_covered() -> None:
    """|b| - e_b is next to 2^-1040, as is what of e_o + k e_b is lost."""
    p = np.array(
        [
            -9.8607907e-315,
            4.325455165868817e-88,
            1.8840703734450093e-286,
            3.4720986953364565e-150,
            -4.2168791772922093e-81,
            -5.934729841099874e-67,
            8.691694759794e-311,
        ]
    )
    e = np.array(
        [
            0.0,
            1.0070985103651921e-97,
            2.7416832358649253e-297,
            3.0838431322668005e-165,
            9.588073174409622e-94,
            4.421718300208356e-75,
            2.53e-321,
        ]
    )
    t, bound = schur_transforms(p[:, None], e[:, None], np.array([True]))
    for signs in np.array(np.meshgrid(*[[-1, 1]] * 7)).reshape(7, -1).T:
        found = exact_transform(corner(p, e, signs), expanding=True)
        for x, y, most in zip(t[:, 0], found, bound[:, 0], strict=True):
            assert abs(Fraction(x) - y) <= Fraction(most)


def test_longest_chain_of_steps() -> None:
    """sum (z / 2)^m over 200 terms has all its zeros at |z| = 2."""
    p = 0.5 ** np.arange(200)
    assert zeros_by_recursion(p[:, None], np.zeros((200, 1))).tolist() == [0]
