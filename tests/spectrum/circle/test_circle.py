"""Error bounds of samples and Taylor models on the circle, against ball arithmetic."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from flint import acb, arb, ctx, fmpq

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle.fourier import real_transform
from stabkit.spectrum.circle.kernel import circle_polynomial
from stabkit.spectrum.circle.sparse_polynomial import CirclePolynomial

MIXES = [
    [(5, 3), (5, 5)],
    [(1000, 97, 1), (1000, 200, 2)],
    [(10**12, 60), ("1/3", 61), (0, 1, "1e-9")],
]


def exact_h(
    kernel: MemoryKernel, radius: float, polynomial: CirclePolynomial, theta: Fraction, order: int
) -> acb:
    """The order-th theta-derivative of h at pi theta, scaled as the double coefficients are."""
    total = acb(0)
    largest = int(np.argmax(np.abs(polynomial.coefficients)))
    m, c = list(kernel.closed_form.items())[largest]
    ratio = arb(c) * arb(radius) ** m / arb(float(polynomial.coefficients[largest]))
    scale = arb(2) ** round(float(ratio.log().mid()) / math.log(2))  # a power of two, exactly
    for m, c in kernel.closed_form.items():
        frequency = Fraction(2 * m - polynomial.degree, 2)
        phase = frequency * theta % 2
        sine, cosine = arb.sin_cos_pi_fmpq(fmpq(phase.numerator, phase.denominator))
        weight = arb(c) * arb(radius) ** m / scale
        factor = acb(0, arb(fmpq(frequency.numerator, frequency.denominator))) ** order
        total += weight * factor * acb(cosine, sine)
    return total


@pytest.mark.parametrize("classes", MIXES)
@pytest.mark.parametrize("radius", [1.0, 0.97, 1.02])
def test_samples_are_within_their_errors(classes: list, radius: float) -> None:
    kernel = MemoryKernel.of(Workload.from_classes(classes))
    polynomial = circle_polynomial(kernel, radius)
    samples = polynomial.grid()
    with ctx.workprec(300):
        for j in np.linspace(0, polynomial.size // 2, 12).astype(int).tolist():
            theta = Fraction(2 * j, polynomial.size)
            for order, values in enumerate((samples.values, samples.first, samples.second)):
                exact = abs(exact_h(kernel, radius, polynomial, theta, order))
                difference = abs(exact - arb(float(abs(values[j]))))
                assert difference < arb(samples.errors[order]) + arb(1e-14) * exact


@pytest.mark.parametrize("classes", MIXES)
@pytest.mark.parametrize("radius", [1.0, 0.97, 1.02])
def test_taylor_models_are_within_their_error(classes: list, radius: float) -> None:
    kernel = MemoryKernel.of(Workload.from_classes(classes))
    polynomial = circle_polynomial(kernel, radius)
    indices = np.linspace(1, polynomial.size // 2, 6).astype(np.int64)
    models = polynomial.taylor(indices)
    with ctx.workprec(300):
        for row, j in enumerate(indices.tolist()):
            for offset in (-1.0, -0.375, 0.0, 0.5, 1.0):
                model = np.polyval(models.coefficients[row][::-1], offset)
                theta = (2 * j + Fraction(offset)) / polynomial.size
                exact = exact_h(kernel, radius, polynomial, theta, 0)
                assert abs(exact - acb(model.real, model.imag)) < models.error


LONG = MemoryKernel.of(Workload.from_classes([(3, 139_999, 2), ("1/3", 140_000)]))


@pytest.mark.parametrize("order", [0, 1, 2])
def test_folded_sums_are_within_their_sharper_error(order: int) -> None:
    """Few terms are folded into small transforms; one large one and ball arithmetic agree."""
    polynomial = circle_polynomial(LONG, 1.0)
    samples = polynomial.grid()
    values = (samples.values, samples.first, samples.second)[order]
    weights = polynomial.coefficients * polynomial.frequencies**order
    whole = np.zeros(polynomial.size)
    whole[polynomial.exponents] = weights
    plain, plain_error = real_transform(whole)
    assert polynomial._transform.points < polynomial.size
    assert len(values) == polynomial.size // 2 + 1 == len(plain)
    assert samples.errors[order] < plain_error
    assert float(np.max(np.abs(values - plain))) < samples.errors[order] + plain_error
    with ctx.workprec(300):
        for j in np.linspace(0, polynomial.size // 2, 9).astype(int).tolist():
            theta = Fraction(2 * j, polynomial.size)
            exact = abs(exact_h(LONG, 1.0, polynomial, theta, order))
            assert abs(exact - arb(float(abs(values[j])))) < arb(samples.errors[order])


def test_models_of_samples_are_those_asked_for() -> None:
    """Every sample once; of order 3 what one of order 12 begins with, and as near to h."""
    polynomial = circle_polynomial(LONG, 1.0)
    seen = np.zeros(polynomial.size // 2 + 1, dtype=int)
    with ctx.workprec(300):
        for indices, models in polynomial.models():
            seen[indices] += 1
            few = np.linspace(0, len(indices) - 1, 3).astype(int)
            whole = polynomial.taylor(indices[few])
            off = np.abs(models.coefficients[few] - whole.coefficients[:, :4])
            assert np.max(off) < 1e-11
            for row, j in zip(few.tolist(), indices[few].tolist(), strict=True):
                model = np.polyval(models.coefficients[row][::-1], 0.75)
                theta = (2 * j + Fraction(3, 4)) / polynomial.size
                exact = exact_h(LONG, 1.0, polynomial, theta, 0)
                assert abs(exact - acb(model.real, model.imag)) < models.error
    assert np.all(seen == 1)
    assert np.array_equal(polynomial.values(), polynomial.grid().values)
