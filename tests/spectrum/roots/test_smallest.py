"""Where the search for the smallest zeros begins, beside the eigenvalues of a companion matrix."""

from __future__ import annotations

import numpy as np
import pytest

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle.kernel import circle_polynomial
from stabkit.spectrum.circle.sparse_polynomial import Complexes
from stabkit.spectrum.roots.smallest import LogDerivative, _starts_on_circle

KERNELS = {
    name: MemoryKernel.of(Workload.from_classes(classes))
    for name, classes in {
        "gcd 15": [(100, 30), (100, 45)],
        "gcd 20": [(3, 20, 1), (50, 40, 2)],
        "gcd 12, long inputs": [(1000, 60, 1), (900, 84, 3)],
        "short": [(5, 3), (5, 5)],
        "many lengths": [(7 + n % 5, n, 1 + n % 3) for n in range(1, 61)],
    }.items()
}


def zeros(kernel: MemoryKernel) -> Complexes:
    """Those of the closed upper half plane, from the smallest on."""
    found = np.roots([float(g) for g in kernel.coefficients[::-1]])
    upper = found[found.imag >= 0]
    return np.asarray(upper[np.argsort(np.abs(upper))])


@pytest.mark.parametrize("name", ["gcd 15", "gcd 20", "gcd 12, long inputs", "short"])
def test_every_zero_within_a_samples_spacing_of_the_circle_has_a_start(name: str) -> None:
    kernel = KERNELS[name]
    spacing = 2 * np.pi / circle_polynomial(kernel, 1.0).size
    expected = zeros(kernel)
    near = expected[np.abs(np.abs(expected) - 1) < spacing]
    starts = _starts_on_circle(kernel, 1.0, 1000)
    apart = np.abs(starts[:, None] - near)
    assert len(near) > 1
    assert len(starts) <= len(expected)
    assert np.all(np.min(apart, axis=0) < spacing)


@pytest.mark.parametrize("name", ["gcd 15", "gcd 12, long inputs"])
def test_starts_that_lead_deepest_go_first(name: str) -> None:
    """With a common divisor some zeros lie inside: they are led to before the others."""
    kernel = KERNELS[name]
    spacing = 2 * np.pi / circle_polynomial(kernel, 1.0).size
    expected = zeros(kernel)
    inside = expected[np.abs(expected) < 1]
    first = _starts_on_circle(kernel, 1.0, len(inside))
    assert 1 < len(inside) < len(expected)
    assert np.all(np.min(np.abs(first[:, None] - inside), axis=0) < spacing)


@pytest.mark.parametrize("name", KERNELS)
def test_the_logarithmic_derivative_by_the_definition(name: str) -> None:
    kernel = KERNELS[name]
    rng = np.random.default_rng(5)
    z = rng.uniform(0.5, 1.2, 50) * np.exp(1j * rng.uniform(0.1, 6.2, 50))
    m = np.arange(kernel.length)
    terms = np.array([float(g) for g in kernel.coefficients]) * z[:, None] ** m
    assert LogDerivative(kernel)(z) == pytest.approx((terms @ m) / terms.sum(axis=1), rel=1e-9)
