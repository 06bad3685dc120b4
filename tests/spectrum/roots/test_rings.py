"""Zeros of nearly equal moduli: against all roots, which are complete by their number alone."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from stabkit import Workload, dominant_modes, roots
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle import kernel as circle_module
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.circle.kernel import circle_polynomial, zeros_within
from stabkit.spectrum.roots.approximate import approximate_zeros
from stabkit.spectrum.roots.rings import separated_zeros, synchronized_starts

# 29 synchronised modes of growth 10^-6, a real one and pairs, whose moduli differ by some 10^-20
FLAT = Workload.from_classes([(10**6, 30), (10**6, 60)])


def by_modulus(kernel: MemoryKernel) -> np.ndarray:
    zeros = approximate_zeros(kernel)
    assert zeros is not None
    return zeros[np.argsort(np.abs(zeros))]


def test_moduli_beyond_doubles_are_told_apart() -> None:
    kernel = MemoryKernel.of(FLAT)
    with mpmath.workdps(40):
        moduli = [abs(root.value) for root in roots(FLAT, 40)]
        assert 0 < moduli[0] - moduli[6] < mpmath.mpf(2) ** -53
        found = separated_zeros(kernel, by_modulus(kernel)[:200], 2, 4)
        assert found is not None
        zeros, radius = found
        beyond = [m for m in moduli if m * radius.numerator > radius.denominator]
        assert len(beyond) == sum(2 if z.imag else 1 for z in zeros) >= 2
    assert zeros_within(kernel, radius) == len(beyond)


@pytest.mark.parametrize("count", [1, 2, 6])
def test_the_dominant_modes_of_a_flat_ring(count: int) -> None:
    found = dominant_modes(FLAT, count, 30)
    assert found is not None
    assert len(found) == count
    for mode, root in zip(found, roots(FLAT, 30), strict=False):
        assert abs(mode.value - root.value) <= mode.radius + root.radius


def test_a_rational_radius_is_a_double_where_there_is_one() -> None:
    kernel = MemoryKernel.of(Workload.from_classes([(1000, 97, 1), (1000, 200, 2)]))
    for radius in (1.0, 0.999, 1.01):
        assert zeros_within(kernel, Fraction(radius)) == zeros_within(kernel, radius)
        one, other = circle_polynomial(kernel, radius), circle_polynomial(kernel, Fraction(radius))
        ratios = one.coefficients / other.coefficients
        spread = one.coefficient_error + other.coefficient_error
        assert np.ptp(ratios) <= 2 * spread * np.max(np.abs(ratios))


def test_arcs_are_decided_in_balls_or_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """2^-80 to the left and to the right of the modulus of the zero that is nearest to 0."""
    kernel = MemoryKernel.of(FLAT)
    largest = roots(FLAT, 60)[0]
    with mpmath.workdps(60):
        modulus = 1 / abs(largest.value)
        scaled = Fraction(int(mpmath.floor(modulus * mpmath.mpf(2) ** 80)), 2**80)
    assert zeros_within(kernel, scaled) == 0
    assert zeros_within(kernel, scaled + Fraction(1, 2**80)) == 1
    monkeypatch.setattr(
        circle_module, "Budget", lambda work=10**8: Budget(work if work > 10**7 else 0)
    )
    assert zeros_within(kernel, scaled) is None


@pytest.mark.parametrize("classes", [[(10**4, 4), (10**4, 8)], [(9000, 15), (8000, 20, 3)]])
def test_seeds_are_next_to_the_modes_that_they_stand_for(classes: list) -> None:
    """R3b: off by the square of the growth, some 10^-4."""
    mix = Workload.from_classes(classes)
    zeros = np.array([1 / complex(root.value) for root in roots(mix, 20)])
    seeds = synchronized_starts(MemoryKernel.of(mix))
    assert len(seeds) == 2
    for seed in seeds:
        assert abs(seed) < 1
        assert np.min(np.abs(zeros - seed)) < 1e-5 / 16
    assert np.min(np.abs(zeros - seeds[-1] / abs(seeds[-1]))) > 2e-5


def test_coprime_lengths_have_no_seeds() -> None:
    assert not len(synchronized_starts(MemoryKernel.of(Workload.from_classes([(7, 30), (7, 61)]))))
