"""Dominant modes and spectral radius against the vectors, FLINT's isolation and identities."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, ctx, fmpz_poly

from stabkit import InvalidArgument, Workload, dominant_modes, roots, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle.kernel import zeros_within
from stabkit.spectrum.counting.isolation import root_balls
from stabkit.spectrum.roots.approximate import approximate_zeros
from stabkit.spectrum.roots.inclusion import _separation, proved_discs
from stabkit.spectrum.roots.spectral_radius import _bracket, spectral_radius


def test_spectral_radii_of_the_vectors(vector_mixes: list[tuple[dict[str, Any], Workload]]) -> None:
    for record, mix in vector_mixes:
        modes = dominant_modes(mix, 6, 50)
        if record["spectral_radius"] is None:
            assert modes == []
            continue
        with mpmath.workdps(60):
            # correct to all digits shown but the last
            expected = mpmath.mpf(record["spectral_radius"])
            assert abs(abs(modes[0].value) - expected) < mpmath.mpf("1e-38"), mix.name
            assert all(m.radius <= abs(m.value) * mpmath.mpf("1e-50") for m in modes)


def all_roots(kernel: MemoryKernel) -> list[complex]:
    """FLINT's certified isolation, an engine that shares nothing with the contour search."""
    with ctx.workprec(100):
        balls = root_balls(fmpz_poly(list(reversed(kernel.coefficients))))
    return [complex(float(b.real.mid()), float(b.imag.mid())) for b, m in balls for _ in range(m)]


def test_the_contour_search_misses_no_root_and_encloses_each() -> None:
    rng = np.random.default_rng(11)
    for _ in range(40):
        length = int(rng.integers(50, 110))
        classes = [(int(rng.integers(0, 200)), length, int(rng.integers(1, 9)))]
        for _ in range(int(rng.integers(1, 4))):
            weight = Fraction(int(rng.integers(1, 9)), int(rng.choice([1, 1, 1000])))
            classes.append((int(rng.integers(0, 200)), int(rng.integers(1, length)), weight))
        mix = Workload.from_classes(classes)
        modes = dominant_modes(mix, 6, 30)
        assert modes is not None, mix.name
        moduli = sorted((abs(z) for z in all_roots(MemoryKernel.of(mix))), reverse=True)[:6]
        assert [float(abs(m.value)) for m in modes] == pytest.approx(moduli, rel=1e-13)


def test_short_kernels_have_all_their_roots_with_the_right_sum_and_product() -> None:
    for classes in ([(5, 3), (5, 5)], [(0, 1, 3), (7, 12), ("1/3", 30)], [(2, 2)]):
        kernel = MemoryKernel.of(Workload.from_classes(classes))
        degree = kernel.length - 1
        modes = dominant_modes(Workload.from_classes(classes), degree, 40)
        assert modes is not None
        assert sum(m.multiplicity for m in modes) == degree
        g = kernel.coefficients
        with mpmath.workdps(60):
            total = mpmath.fsum(m.value for m in modes)
            product = mpmath.fprod(m.value for m in modes)
            assert abs(total + mpmath.mpf(g[1]) / g[0]) < mpmath.mpf("1e-37")
            expected = (-1) ** degree * mpmath.mpf(g[-1]) / g[0]
            assert abs(product - expected) < mpmath.mpf("1e-37") * max(1, abs(expected))


def test_a_double_root_is_reported_as_one() -> None:
    # by hand: g = (4, 4, 1), so that F = (2 l + 1)^2
    mix = Workload.from_classes([(2, 1, 1), ("9/2", 2, 2), (1, 3, 1)])
    (mode,) = dominant_modes(mix) or ()
    assert (mode.value, mode.multiplicity) == (-0.5, 2)


def test_synchronised_ring_is_resolved_by_balls() -> None:
    # R3: 99 modes within 1e-24 of the circle |l| = 1 + 1e-12; no double radius separates them
    modes = dominant_modes(Workload.from_classes([(10**12, 100), (10**12, 200)]), 6, 40)
    assert modes is not None
    with mpmath.workdps(50):
        moduli = [abs(m.value) for m in modes]
        assert moduli == sorted(moduli, reverse=True)
        growth = mpmath.mpf(1) / (10**12 + 200)  # 1 / (s + L)
        assert abs(moduli[0] - 1 - growth) < growth**2 * 200


@pytest.mark.parametrize(
    "classes",
    [
        [(10**9, 3000), (10**9, 6000)],  # 2 999 modes, all equal to 12 digits
        [(10**9, 1200), (10**9, 800)],
        [(10**12, 9000), (10**12, 8999)],
    ],
)
def test_rings_of_thousands_are_resolved_by_balls(classes: list) -> None:
    """No mode is larger than the first, by a winding number, and each disc holds a root."""
    mix = Workload.from_classes(classes)
    modes = dominant_modes(mix, 8, 50)
    assert modes is not None
    assert sum(m.multiplicity for m in modes) == 8
    kernel = MemoryKernel.of(mix)
    smallest = 1 / float(abs(modes[0].value))
    assert zeros_within(kernel, smallest * (1 - 1e-10)) == 0
    for mode in modes:
        assert mode.radius <= 1e-50 * abs(mode.value)
        with mpmath.workdps(80):  # a root, to the 50 digits: the sparse closed form vanishes
            z = 1 / mode.value
            terms = [c * z**m for m, c in kernel.closed_form.items()]
            slope = mpmath.fsum(m * t for m, t in zip(kernel.closed_form, terms, strict=True))
            assert abs(mpmath.fsum(terms) / slope) < mpmath.mpf("1e-50")


def test_modes_of_traces_are_among_all_roots() -> None:
    mix = Workload.named("vllm-rtx4090")
    modes = dominant_modes(mix, 40, 30)
    assert modes is not None
    for mode, root in zip(modes, roots(mix, 30), strict=False):
        with mpmath.workdps(40):
            assert abs(mode.value - root.value) <= mode.radius + root.radius


def test_discs_that_do_not_account_for_all_zeros_prove_nothing() -> None:
    """A zero twice, a real one off the axis, one outside the radius: no discs."""
    kernel = MemoryKernel.of(Workload.from_classes([(1000, 97, 1), (1000, 200, 2)]))
    zeros = approximate_zeros(kernel)
    assert zeros is not None
    assert proved_discs(kernel, zeros, None, 100) is not None
    twice = zeros.copy()
    twice[3] = twice[7]
    assert proved_discs(kernel, twice, None, 100) is None
    (real,) = np.flatnonzero(zeros.imag == 0)
    off_axis = zeros.copy()
    off_axis[real] += 1e-9j
    assert proved_discs(kernel, off_axis, None, 100) is None
    assert proved_discs(kernel, zeros, float(np.max(np.abs(zeros))), 100) is None


def test_separation_is_a_lower_bound() -> None:
    rng = np.random.default_rng(5)
    for _ in range(300):
        points = np.exp(rng.normal(0, 0.5, 9) + 1j * np.pi * rng.random(9))
        points[:2] = points[:2].real
        if rng.random() < 0.5:
            points[4] = points[3] * (1 + 10.0 ** rng.uniform(-9, -1) * np.exp(1j * rng.random()))
        everything = np.concatenate([points, np.conj(points[points.imag != 0])])
        apart = np.abs(everything[:, None] - everything)
        apart /= np.maximum(np.abs(everything)[:, None], np.abs(everything))
        np.fill_diagonal(apart, np.inf)
        assert _separation(points, points.imag == 0) <= np.min(apart)


@pytest.mark.slow
def test_spectral_radius_is_bracketed_by_winding_numbers(random_mixes: Iterator[Workload]) -> None:
    for mix in itertools.islice(random_mixes, 30):
        kernel = MemoryKernel.of(mix)
        if kernel.length < 3:
            continue
        counts = unit_circle_counts(mix)
        sharp = spectral_radius(kernel, dominant_modes(mix), 50, counts.verdict)
        wide = _bracket(kernel)
        assert sharp is not None
        assert wide is not None
        assert wide.low <= sharp.low <= sharp.high <= wide.high


def test_spectral_radius_of_special_cases() -> None:
    huge = MemoryKernel.of(Workload.from_classes([(3, 10**9)]))
    annulus = spectral_radius(huge, None, 50, "unstable")
    assert annulus is not None
    assert (annulus.low, annulus.high) == (Fraction(10**9 + 3, 10**9 + 2), Fraction(5, 4))
    marginal = MemoryKernel.of(Workload.from_classes([(1, 2), (1, 3)]))
    exact = spectral_radius(marginal, None, 50, "marginal")
    assert exact is not None
    assert exact.low == exact.high == 1
    assert (
        spectral_radius(MemoryKernel.of(Workload.from_classes([(1, 1)])), [], 50, "stable") is None
    )


@pytest.mark.parametrize("radius", [0.9, 0.99, 1.0, 1.01, 1.1])
def test_zeros_within_any_radius(radius: float, random_mixes: Iterator[Workload]) -> None:
    for mix in itertools.islice(random_mixes, 25):
        kernel = MemoryKernel.of(mix)
        if kernel.length < 3 or kernel.length > 40:
            continue
        with ctx.workprec(200):
            zeros = root_balls(fmpz_poly(list(kernel.coefficients)))
            inside = sum(m for ball, m in zeros if ball.abs_upper() < arb(radius))
            outside = sum(m for ball, m in zeros if ball.abs_lower() > arb(radius))
        found = zeros_within(kernel, radius)
        assert found is None or (found, kernel.length - 1 - found) == (inside, outside)
        assert (found is None) <= (inside + outside < kernel.length - 1)


@pytest.mark.parametrize("share", ["9.594e-320", "1e-300", "1e-30"])
def test_shares_that_no_double_can_hold(share: str) -> None:
    kernel = MemoryKernel.of(Workload.from_classes([(0, 1, 1), (3, 2, 1), (0, 60, share)]))
    with ctx.workprec(3000):
        zeros = root_balls(fmpz_poly(list(kernel.coefficients)))
        moduli = [float(abs(ball).mid()) for ball, m in zeros for _ in range(m)]
    for radius in [r * f for r in sorted(moduli)[:20:3] for f in (0.999, 1.001)]:
        found = zeros_within(kernel, radius)
        assert found in (None, sum(modulus < radius for modulus in moduli))


@pytest.mark.parametrize(("count", "digits"), [(0, 50), (6, 0), (1.5, 50), (6, True), (6, 10**6)])
def test_bad_arguments(count: Any, digits: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"'(count|digits)' must be an? (positive )?integer"):
        dominant_modes(Workload.from_classes([(5, 3)]), count, digits)


@pytest.mark.parametrize(
    "classes", [[(5, 60), (7, 41)], [(90, 97, 1), (10, 200, 2)], [(3, 9, 2), (1, 70)]]
)
def test_a_bracket_found_by_samples_is_proved(
    classes: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = MemoryKernel.of(Workload.from_classes(classes))
    largest = max(map(abs, all_roots(kernel)))
    monkeypatch.setattr("stabkit.spectrum.roots.spectral_radius._LONGEST_BISECTED", 0)
    found = _bracket(kernel)
    assert found is not None
    assert found.low <= Fraction(largest * (1 + 1e-13))
    assert Fraction(largest * (1 - 1e-13)) <= found.high
    assert found.high - found.low < Fraction(10, kernel.length)
