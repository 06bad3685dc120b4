"""The annulus of all roots, and distances from the circle."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, pairwise

import mpmath
import numpy as np
import pytest

from stabkit import Root, Workload, roots
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.roots.location import circle_distance, root_annulus


def test_bounds_are_the_extreme_ratios_of_the_dense_kernel(
    random_mixes: Iterator[Workload],
) -> None:
    for mix in islice(random_mixes, 200):
        kernel = MemoryKernel.of(mix)
        ratios = [Fraction(b, a) for a, b in pairwise(kernel.coefficients)]
        expected = (min(ratios), max(ratios)) if ratios else None
        assert root_annulus(kernel) == expected


def test_all_roots_lie_in_the_annulus(random_mixes: Iterator[Workload]) -> None:
    for mix in islice(random_mixes, 40):
        kernel = MemoryKernel.of(mix)
        bounds = root_annulus(kernel)
        if bounds is not None:
            moduli = np.abs(np.roots([float(g) for g in kernel.coefficients]))
            assert float(bounds[0]) * (1 - 1e-6) <= moduli.min()
            assert moduli.max() <= float(bounds[1]) * (1 + 1e-6)


@pytest.mark.parametrize(("s", "length"), [(0, 64), (10, 5), (10**9, 2)])
def test_one_class_has_the_annulus_of_r5(s: int, length: int) -> None:
    kernel = MemoryKernel.of(Workload.from_classes([(s, length)]))
    assert root_annulus(kernel) == (
        Fraction(s + length, s + length - 1),
        Fraction(s + 2, s + 1),
    )


def test_distances_keep_their_digits() -> None:
    # L = 2: the root is -g_1 / g_0 = -(s + 2) / (s + 1)
    mix = Workload.from_classes([(10**12 - 1, 2)])
    assert circle_distance(roots(mix, digits=40)[0]) == pytest.approx(1e-12, rel=1e-15)


def test_a_disc_that_meets_the_circle_has_distance_zero() -> None:
    near = Root(mpmath.mpc("1.0000001"), mpmath.mpf("1e-6"))
    assert circle_distance(near) == 0
    assert circle_distance(Root(near.value, mpmath.mpf("1e-9"))) == pytest.approx(1e-7)
    assert circle_distance(roots(Workload.from_classes([(1, 2), (1, 3)]))[0]) == 0  # marginal
