"""The trapezoidal rule: enclosures around exact means, and a formula for every bound.

True errors are far below the bounds; that a bound is not half of what was proved shows where it is
compared with its formula, evaluated apart from the code.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest

from stabkit import Workload, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle.fourier import UNIT_ROUNDOFF
from stabkit.spectrum.fluctuations import trapezoid
from stabkit.spectrum.fluctuations.joint_law import JointLaw
from stabkit.spectrum.fluctuations.observables import OBSERVABLES, density_of
from stabkit.spectrum.fluctuations.slack import slack_density
from stabkit.spectrum.fluctuations.trapezoid import (
    Disc,
    aliasing_bound,
    enclosed_mean,
    zero_free_disc,
)

PAIR = Workload.from_classes([(20, 3), (20, 5)])
SPREAD = Workload.from_classes((50 + 7 * k % 13, k, 1 + k % 5) for k in range(1, 31))


def found_disc(mix: Workload) -> Disc:
    disc = zero_free_disc(MemoryKernel.of(mix))
    assert disc is not None
    return disc


def stable_mixes() -> list[Workload]:
    generator = random.Random(5)
    mixes: list[Workload] = []
    while len(mixes) < 12:
        mix = Workload.from_classes(
            (generator.randint(0, 300), generator.randint(1, 12), generator.randint(1, 9))
            for _ in range(generator.randint(2, 8))
        )
        if mix.longest_decode > 2 and unit_circle_counts(mix).verdict == "stable":
            mixes.append(mix)
    return mixes


def test_enclosures_hold_the_exact_means() -> None:
    for mix in [PAIR, SPREAD, *stable_mixes()]:
        law, disc = JointLaw.of(mix), found_disc(mix)
        densities = [density_of(name, law) for name in OBSERVABLES]
        for density in [*densities, slack_density(law)]:
            exact, found = density.exact_mean(), enclosed_mean(density, disc)
            assert found is not None
            assert found.low < exact < found.high
            assert found.high - found.low < Fraction(1, 10**5) * max(exact, 1)


@pytest.mark.parametrize("points", [4, 16, 64])
def test_aliasing_is_below_its_bound(points: int) -> None:
    """With few points there is aliasing to see: T_n by mpmath, from the definition."""
    for mix in (PAIR, Workload.from_classes([(3, 1, 4), (10, 4), (0, 3, 2)])):
        law, disc = JointLaw.of(mix), found_disc(mix)
        density = density_of("admissions", law)
        angles = 2 * np.pi * np.arange(points) / points
        sampled = float(np.mean(density.at(angles)))
        error = abs(sampled - float(density.exact_mean()))
        assert error <= aliasing_bound(density, disc, points)


def test_the_aliasing_bound_is_its_formula() -> None:
    """2 N(r) / (m^2 (r^n - 1)), and the middle term, in mpmath; N(r) = E[X(r) X(1/r)]."""
    disc = Disc(1.03125, 0.37)
    for mix in (PAIR, SPREAD):
        for name in ("admissions", "running", "tokens"):
            found = aliasing_bound(density_of(name, JointLaw.of(mix)), disc, 128)
            expected = formula(name, mix, disc, 128)
            assert expected <= found <= expected * (1 + 1e-6)


def formula(name: str, mix: Workload, disc: Disc, points: int) -> Any:
    """The bound (1), from E[X(r) X(1/r)], E[X(x) Q(1/x)] and E Q(x), request by request."""

    def mean(value: Callable[[int, int], Any]) -> Any:
        return mpmath.fsum(
            mpmath.mpf(c.share.numerator) / c.share.denominator
            * value(int(c.input_length), c.decode_length)
            for c in mix.classes
        )  # fmt: skip

    def x(z: Any, s: int, n: int) -> Any:
        return mpmath.fsum((s + m + 1) * z**m for m in range(n))

    def q(z: Any, s: int, n: int) -> Any:
        if name == "running":
            return mpmath.fsum(z**m for m in range(n))
        return mpmath.mpf(1) if name == "admissions" else n * z**n

    def crossed(z: Any) -> Any:
        return mean(lambda s, n: q(z, s, n)) * mean(lambda s, n: x(z, s, n) * q(1 / z, s, n))

    with mpmath.workdps(30):
        r, m = mpmath.mpf(disc.radius), mpmath.mpf(disc.least_modulus)
        squares = mean(lambda s, n: x(r, s, n) * x(1 / r, s, n))
        cross = max(crossed(r), crossed(1 / r))
        both = mean(lambda s, n: q(r, s, n)) * mean(lambda s, n: q(1 / r, s, n))
        return 2 / (r**points - 1) * (2 * cross / m + both * squares / m**2)


def test_the_least_modulus_is_a_lower_bound_and_near() -> None:
    for mix in [PAIR, SPREAD, *stable_mixes()]:
        disc = found_disc(mix)
        kernel = MemoryKernel.of(mix)
        g = np.array([float(Fraction(c, kernel.denominator)) for c in kernel.coefficients])
        z = disc.radius * np.exp(1j * np.linspace(0, np.pi, 20001))
        least = np.min(np.abs(np.polynomial.polynomial.polyval(z, g)))
        assert 0.45 * least < disc.least_modulus <= least * (1 + 1e-9)
        zeros = np.abs(np.polynomial.polynomial.polyroots(g))
        assert 1 < disc.radius < np.min(zeros)


def test_the_minimum_between_samples_is_not_missed() -> None:
    """On a circle next to a zero the minimum is narrower than the spacing of a first grid."""
    for mix in (PAIR, SPREAD):
        kernel = MemoryKernel.of(mix)
        g = np.array([float(Fraction(c, kernel.denominator)) for c in kernel.coefficients])
        zeros = np.polynomial.polynomial.polyroots(g)
        nearest = zeros[np.argmin(np.abs(zeros))]
        radius = 0.9999 * abs(nearest)
        there = np.polynomial.polynomial.polyval(radius * nearest / abs(nearest), g)
        found = trapezoid._least_modulus(kernel, radius)
        assert found is not None
        assert 0.45 * abs(there) < found <= abs(there) * (1 + 1e-9)


@pytest.mark.parametrize("name", OBSERVABLES)
def test_sampled_values_are_within_their_bounds(name: str) -> None:
    density = density_of(name, JointLaw.of(SPREAD))
    points = 256
    samples = trapezoid._samples(density, points)
    assert samples is not None
    values, errors, sizes = samples
    for index in (0, 1, 2, 40, points // 2 - 1):
        with mpmath.workdps(40):
            true = exactly(name, 2 * mpmath.pi * (index + 1) / points)
            error = abs(true - mpmath.mpf(float(values[index])))
        assert error <= errors[index] + 32 * UNIT_ROUNDOFF * sizes[index]
        assert errors[index] < 1e-6 * max(1.0, float(sizes[index]))


def exactly(name: str, theta: Any) -> Any:
    """E|Q - (E Q / E X) X|^2 of SPREAD at one angle, to 40 digits."""
    z = mpmath.expj(theta)
    requests = []
    for c in SPREAD.classes:
        s, n, p = (
            int(c.input_length),
            c.decode_length,
            mpmath.mpf(c.share.numerator) / c.share.denominator,
        )
        x = mpmath.fsum((s + m + 1) * z**m for m in range(n))
        running = mpmath.fsum(z**m for m in range(n))
        q = {
            "admissions": 1,
            "running": running,
            "demand": s + 1,
            "completions": z**n,
            "tokens": n * z**n,
        }
        requests.append((p, q[name], x))
    ratio = sum(p * q for p, q, _ in requests) / sum(p * x for p, _, x in requests)
    return sum(p * abs(q - ratio * x) ** 2 for p, q, x in requests)


def test_the_error_bounds_are_their_formulas(monkeypatch: pytest.MonkeyPatch) -> None:
    """With transforms of known values and errors, the bound of every sample is the formula's.

    Each transform is given in error by 2^-20; then f must be off by at most the bound, whatever
    the phases of the errors, and by more than a fifth of it for the worst of them. (Near z = 1,
    where two terms of f cancel, their errors do so too.)
    """
    original = trapezoid._transform
    density = density_of("running", JointLaw.of(SPREAD))
    generator = np.random.default_rng(2)
    size, points = 2.0**-20, 128
    plain = trapezoid._samples(density, points)
    assert plain is not None

    def disturbed(weights: Any, count: int) -> tuple[Any, float]:
        values, _ = original(weights, count)
        phases = generator.uniform(0, 2 * np.pi, len(values))
        return values + size * np.exp(1j * phases), size

    monkeypatch.setattr(trapezoid, "_transform", disturbed)
    worst = np.zeros(points // 2)
    for _ in range(400):
        found = trapezoid._samples(density, points)
        assert found is not None
        values, errors, _ = found
        share = np.abs(values - plain[0]) / errors
        assert np.all(share <= 1 + 1e-6)
        worst = np.maximum(worst, share)
    assert np.min(worst[points // 4 :]) > 0.2


def test_too_long_a_rule_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    disc = found_disc(PAIR)
    monkeypatch.setattr(trapezoid, "_MOST_POINTS", 64)
    assert enclosed_mean(density_of("admissions", JointLaw.of(PAIR)), disc) is None
    assert zero_free_disc(MemoryKernel.of(SPREAD)) is None


def test_a_marginal_kernel_has_no_disc() -> None:
    assert zero_free_disc(MemoryKernel.of(Workload.from_classes([(1, 2), (1, 3)]))) is None
