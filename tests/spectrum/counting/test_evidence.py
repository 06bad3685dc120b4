"""The evidence of a winding number: against FLINT's isolation, hand computation, dense sampling."""

from __future__ import annotations

import numpy as np
import pytest

from stabkit import Workload, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.counting.evidence import circle_evidence
from stabkit.spectrum.counting.schur_cohn import schur_cohn_steps


def kernel_of(classes):
    return MemoryKernel.of(Workload.from_classes(classes))


def test_the_least_modulus_of_a_quadratic():
    """By hand: |6 + 3.5 w + 4 w^2|^2 = 16.25 + 70 x + 96 x^2, x = cos theta, over 13.5^2.

    Its minimum is at x = -70/192, where it is 16.25 - 70^2 / (4 96).
    """
    found = circle_evidence(kernel_of([(5, 1), (5, 3)]))
    least = (16.25 - 70**2 / 384) ** 0.5 / 13.5
    assert found.least[0] <= least <= found.least[1]
    assert found.angle == pytest.approx(np.arccos(-70 / 192), abs=0.05)


def test_a_modulus_below_the_rounding_has_no_bounds():
    """Nearly 1 + z + ... + z^29, over 30: its zeros are on the circle but for parts in 10^12."""
    assert circle_evidence(kernel_of([(10**12, 30, 999983), (0, 31, 1)])).least is None


@pytest.mark.parametrize(
    "classes",
    [
        [(100, 13), (100, 17)],
        [(1000, 39), (1000, 40)],
        [(3, 20), (80, 33)],
        [(2, 12), (7, 30), (40, 61)],
    ],
)
def test_the_argument_ends_at_the_number_of_zeros(classes):
    kernel = kernel_of(classes)
    found = circle_evidence(kernel)
    counts = unit_circle_counts(Workload.from_classes(classes), "flint")
    assert found.zeros == counts.outside
    assert found.path[0] == (0.0, 0.0)
    assert found.path[-1] == (1.0, counts.outside)
    angles = [angle for angle, _ in found.path]
    assert angles == sorted(angles)
    values = np.array([float(c) for c in kernel.coefficients])
    sampled = np.abs(np.fft.rfft(values / values.sum(), 2**22))
    assert found.least[0] <= sampled.min()
    assert found.least[1] * 0.9999 <= sampled.min() <= found.least[1] * 1.0001


@pytest.mark.parametrize("classes", [[(100, 13), (100, 17)], [(2, 12), (7, 30), (40, 61)]])
def test_the_argument_is_that_of_the_polynomial(classes):
    """At every angle the path and the sum itself agree modulo 2 pi."""
    kernel = kernel_of(classes)
    for angle, argument in circle_evidence(kernel).path:
        value = sum(c * np.exp(1j * np.pi * angle * m) for m, c in enumerate(kernel.coefficients))
        turned = value * np.exp(-1j * np.pi * argument)
        assert abs(np.angle(turned)) < 1e-9


def test_zeros_on_the_circle_are_split_off():
    """docs/model.md: (1,2), (1,3) is marginal, 2 G = 4 + 6 z + 4 z^2, x = z + 1/z = -3/2."""
    found = circle_evidence(kernel_of([(1, 2), (1, 3)]))
    assert found.common == (2, 3, 2)
    [part] = found.factors
    assert (part.chain[0], part.zeros, found.zeros) == ((3, 2), 2, 0)


def test_a_singular_step_says_what_it_multiplied_by():
    """By hand, P = 2 + 3 z + z^2 + 2 z^3: u = 1, q = 1, b = (1 - 3) / 2 < 0, so f = z - 2."""
    first = next(schur_cohn_steps([2, 3, 1, 2]))
    singular = first.singular
    assert (singular.coefficients, singular.power, singular.constant) == ((2, 3, 1, 2), 1, -2)
