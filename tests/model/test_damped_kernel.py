"""The damped loop as a kernel: against its polynomial, expanded by sympy."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest
from sympy import Poly, Rational, Symbol, expand

from stabkit import Workload
from stabkit.errors import InvalidArgument
from stabkit.model.kernel import MemoryKernel
from stabkit.model.polynomials import memory_kernel
from stabkit.spectrum.roots.roots import isolated_roots, precision_of

GAINS = [Fraction(1), Fraction(1, 2), Fraction(17, 40), Fraction(1, 10**6)]


@pytest.mark.slow
@pytest.mark.parametrize("gain", GAINS)
def test_kernel_and_closed_form_are_those_of_the_expanded_polynomial(
    random_mixes: Iterator[Workload], gain: Fraction
) -> None:
    z, kappa = Symbol("z"), Rational(gain.numerator, gain.denominator)
    for mix in islice(random_mixes, 20):
        first, *rest = memory_kernel(mix)  # g_0 + kappa sum_{m >= 1} g_m z^m, by sympy
        expected = [first, *(kappa * g for g in rest)]
        damped = MemoryKernel.of(mix).damped(gain)
        scale = damped.denominator
        assert [Rational(g, scale) for g in damped.coefficients] == expected
        closed = sum(Rational(c, scale) * z**m for m, c in damped.closed_form.items())
        generating = sum(g * z**m for m, g in enumerate(expected))
        assert expand((1 - z) ** 2 * generating - closed) == 0


def test_gain_one_is_the_greedy_loop() -> None:
    kernel = MemoryKernel.of(Workload.from_classes([(5, 3), (7, 5)]))
    assert kernel.damped(Fraction(1)) is kernel


def test_at_gain_zero_all_roots_are_at_zero() -> None:
    # |lambda|^(L-1) g_0 <= kappa G(1) max(1, |lambda|)^(L-2): roots vanish like kappa^(1/(L-1))
    kernel = MemoryKernel.of(Workload.from_classes([(5, 2), (7, 4)]))
    gain = Fraction(1, 10**12)
    found = isolated_roots(kernel.damped(gain), precision_of(15))
    bound = (float(gain) * kernel.total / kernel.first) ** (1 / 3)
    assert 0 < max(abs(complex(root.value)) for root in found) <= bound < 1e-3


@pytest.mark.parametrize("gain", GAINS)
def test_roots_are_those_of_numpy(gain: Fraction) -> None:
    mix = Workload.from_classes([(5, 3), (7, 5)])
    x = Symbol("lambda")
    first, *rest = memory_kernel(mix)
    scaled = [first, *(Rational(gain.numerator, gain.denominator) * g for g in rest)]
    expected = np.roots([float(c) for c in Poly(scaled, x).all_coeffs()])
    found = isolated_roots(MemoryKernel.of(mix).damped(gain), precision_of(15))
    values = np.array([complex(root.value) for root in found])
    assert np.sort_complex(values) == pytest.approx(np.sort_complex(expected), rel=1e-9)


@pytest.mark.parametrize("gain", [Fraction(0), Fraction(-1), Fraction(3, 2)])
def test_other_gains_are_refused(gain: Fraction) -> None:
    kernel = MemoryKernel.of(Workload.from_classes([(5, 3)]))
    with pytest.raises(InvalidArgument, match="'gain' must be positive and at most 1, not"):
        kernel.damped(gain)
