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
    ZeroFreeDisc,
    aliasing_bound,
    enclosed_mean,
    zero_free_disc,
)

PAIR = Workload.from_classes([(20, 3), (20, 5)])
SPREAD = Workload.from_classes((50 + 7 * k % 13, k, 1 + k % 5) for k in range(1, 31))


def found_disc(mix: Workload) -> ZeroFreeDisc:
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
    disc = ZeroFreeDisc(1.03125, 0.37)
    for mix in (PAIR, SPREAD):
        for name in ("admissions", "running", "tokens"):
            found = aliasing_bound(density_of(name, JointLaw.of(mix)), disc, 128)
            expected = formula(name, mix, disc, 128)
            assert expected <= found <= expected * (1 + 1e-6)


def formula(name: str, mix: Workload, disc: ZeroFreeDisc, points: int) -> Any:
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


def product(x: Any, y: Any) -> Any:
    """The product of two arrays of values, each with its error."""
    return x[0] * y[0], np.abs(x[0]) * y[1] + np.abs(y[0]) * x[1] + x[1] * y[1]


def quotient(x: Any, y: Any) -> Any:
    value = x[0] / y[0]
    return value, (x[1] + np.abs(value) * y[1]) / (np.abs(y[0]) - y[1])


def test_the_error_bounds_are_their_formulas(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rules, for products and for quotients, put together; transforms with large errors."""
    original, seen = trapezoid._transform, []

    def recorded(weights: Any, count: int) -> tuple[Any, float]:
        seen.append((original(weights, count)[0][1:], 2.0 ** -(20 + len(seen))))
        return original(weights, count)[0], seen[-1][1]

    monkeypatch.setattr(trapezoid, "_transform", recorded)
    for name in OBSERVABLES:
        seen.clear()
        found = trapezoid._samples(density_of(name, JointLaw.of(SPREAD)), 128)
        assert found is not None
        p, v, u, q, ahead, behind = seen
        chord = np.abs(1 - np.exp(2j * np.pi * np.arange(1, 65) / 128)) ** 2
        n = v[0].real / chord, v[1] / chord
        c = ahead[0] + behind[0].conj(), ahead[1] + behind[1]
        ratio = quotient(q, u)
        crossed = product(ratio, c)
        last = product(product(ratio, (ratio[0].conj(), ratio[1])), n)
        values = p[0].real - 2 * crossed[0].real + last[0].real
        np.testing.assert_allclose(found[0], values, rtol=1e-9, atol=1e-9 * np.max(found[2]))
        np.testing.assert_allclose(found[1], p[1] + 2 * crossed[1] + last[1], rtol=1e-9)
        sizes = np.abs(p[0].real) + 2 * np.abs(crossed[0]) + np.abs(last[0])
        np.testing.assert_allclose(found[2], sizes, rtol=1e-9)


def test_the_lower_bound_of_the_minimum_is_its_formula() -> None:
    """(2) in mpmath, on the first grid of which it is more than half of the least sample."""
    mix, radius = PAIR, 1.03125
    kernel = MemoryKernel.of(mix)
    with mpmath.workdps(30):
        weights = [
            mpmath.mpf(c) / kernel.denominator * mpmath.mpf(radius) ** m
            for m, c in enumerate(kernel.coefficients)
        ]
        curvature = sum(m**2 * w for m, w in enumerate(weights))
        points, expected = 16, mpmath.mpf(-1)
        while True:
            points *= 2
            step = mpmath.pi / points
            turns = [mpmath.expj(2 * step * k) for k in range(points // 2 + 1)]
            samples = [abs(sum(w * z**m for m, w in enumerate(weights))) for z in turns]
            slopes = [abs(sum(m * w * z**m for m, w in enumerate(weights))) for z in turns]
            pairs = zip(samples, slopes, strict=True)
            expected = min(x - step * y for x, y in pairs) - step**2 / 2 * curvature
            if expected > min(samples) / 2:
                break
        found = trapezoid._least_modulus(kernel, radius)
        assert found is not None
        assert expected * (1 - mpmath.mpf(10) ** -6) <= found <= expected


def test_too_long_a_rule_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    disc = found_disc(PAIR)
    monkeypatch.setattr(trapezoid, "_MOST_POINTS", 64)
    assert enclosed_mean(density_of("admissions", JointLaw.of(PAIR)), disc) is None
    assert zero_free_disc(MemoryKernel.of(SPREAD)) is None


def test_a_marginal_kernel_has_no_disc() -> None:
    assert zero_free_disc(MemoryKernel.of(Workload.from_classes([(1, 2), (1, 3)]))) is None
