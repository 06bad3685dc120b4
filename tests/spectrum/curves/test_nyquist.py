"""The Nyquist curve against direct sums, and its encirclements against a dense sample."""

import math
from collections.abc import Iterator
from itertools import islice

import numpy as np
import pytest

from stabkit import InvalidArgument, Workload, nyquist, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.curves.nyquist import NyquistCurve

CASES = {
    "unstable": [(5, 3), (5, 5)],
    "one class": [(10, 5)],
    "gcd 2": [(100, 4), (100, 6)],
    "gcd 6": [(33, 30, 7), (0, 48, 1), (10, 54, 1)],
    "all grow": [(0, 64)],
    "stable": [(10, 3), (10, 5)],
    "down at pi": [(1, 7, 2), (0, 4, 6)],
    "close to 0": [(1000, 97, 1), (1000, 200, 2)],
}


def direct(mix: Workload, theta: np.ndarray) -> np.ndarray:
    kernel = MemoryKernel.of(mix)
    g = np.array([c / kernel.total for c in kernel.coefficients])
    return np.exp(1j * np.outer(theta, np.arange(len(g)))) @ g


@pytest.mark.parametrize("classes", CASES.values(), ids=CASES)
@pytest.mark.parametrize("points", [None, 7])
def test_samples_are_the_sums(classes: list[tuple[int, ...]], points: int | None) -> None:
    mix = Workload.from_classes(classes)
    curve = nyquist(mix, points)
    some = slice(None, None, max(1, len(curve.theta) // 500))
    assert curve.values[some] == pytest.approx(direct(mix, curve.theta[some]), abs=1e-13)
    assert (curve.theta[0], curve.theta[-1]) == (0, pytest.approx(math.pi))
    assert np.all(np.diff(curve.theta) > 0)


def winding(mix: Workload) -> int:
    """Add up phase changes over a dense sample of the whole circle."""
    size = 1 << 18
    kernel = MemoryKernel.of(mix)
    g = [c / kernel.total for c in kernel.coefficients]
    values = np.fft.fft(g, size)  # theta runs backwards
    turned = np.sum(np.angle(np.roll(values, -1) / values)) / (2 * np.pi)
    return -round(turned)


def crossed(curve: NyquistCurve) -> int:
    return sum(c.turns * (1 if c.theta == math.pi else 2) for c in curve.crossings)


@pytest.mark.parametrize("classes", CASES.values(), ids=CASES)
def test_encirclements_are_the_winding_number(classes: list[tuple[int, ...]]) -> None:
    mix = Workload.from_classes(classes)
    curve = nyquist(mix)
    assert curve.encirclements == winding(mix) == crossed(curve)


def test_crossings_add_up_to_the_certified_count(random_mixes: Iterator[Workload]) -> None:
    for mix in islice(random_mixes, 60):
        counts = unit_circle_counts(mix)
        if counts.on_circle == 0:
            curve = nyquist(mix)
            assert crossed(curve) == curve.encirclements == counts.outside


def test_crossings_are_on_the_negative_real_axis() -> None:
    mix = Workload.from_classes(CASES["gcd 6"])
    curve = nyquist(mix)
    there = direct(mix, np.array([c.theta for c in curve.crossings]))
    assert np.abs(there.imag).max() < 1e-13
    assert there.real == pytest.approx([c.value for c in curve.crossings], abs=1e-13)
    assert np.all(there.real < 0)


def test_a_marginal_curve_passes_through_zero() -> None:
    curve = nyquist(Workload.from_classes([(100, 2, 102), (100, 3, 1)]))
    assert (curve.encirclements, curve.counts.on_circle) == (0, 1)
    assert np.abs(curve.values).min() < 1e-15


def test_a_kernel_of_one_term_is_a_point() -> None:
    curve = nyquist(Workload.from_classes([(3, 1)]))
    assert np.all(curve.values == 1)
    assert (curve.encirclements, curve.crossings) == (0, ())


@pytest.mark.parametrize("points", [0, -1, 1.5, True, 2**22 + 1])
def test_other_numbers_of_points_are_refused(points: object) -> None:
    with pytest.raises(InvalidArgument, match="'points' must be an integer from 1 to 4194304"):
        nyquist(Workload.from_classes([(5, 3)]), points)  # type: ignore[arg-type]


def test_long_kernels_are_refused() -> None:
    with pytest.raises(InvalidArgument, match="decode lengths up to 100000 for a Nyquist curve"):
        nyquist(Workload.from_classes([(5, 100_001)]))


def test_a_zero_at_minus_one_is_no_crossing() -> None:
    """G(-1) = 0: the sum of (s + 1 + m) (-1)^m is s + (n + 1) / 2 for odd n, -n / 2 for even.

    The computed value is some rounding beside 0, at times below it.
    """
    below = 0
    for s in range(30):
        for odd, even in ((3, 2), (3, 10), (11, 6), (31, 40), (61, 50)):
            mix = Workload.from_classes([(s, odd, even), (s, even, 2 * s + odd + 1)])
            assert MemoryKernel.of(mix).at_minus_one() == 0
            curve = nyquist(mix)
            below += curve.values[-1].real < 0
            assert all(c.theta < math.pi for c in curve.crossings)
    assert below > 10
