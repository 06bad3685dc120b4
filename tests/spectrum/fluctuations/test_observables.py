"""Densities and variances of every observable: by brute force, and by the Lyapunov equation."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest

from stabkit import Workload
from stabkit.spectrum.fluctuations.density import Density
from stabkit.spectrum.fluctuations.joint_law import JointLaw
from stabkit.spectrum.fluctuations.observables import OBSERVABLES, density_of

Polynomial = dict[int, Fraction]


def added(observable: str, s: Fraction, length: int) -> Polynomial:
    """What one request adds to an observable, by the number of steps after its admission."""
    return {
        "admissions": {0: Fraction(1)},
        "running": {m: Fraction(1) for m in range(length)},
        "demand": {0: s + 1},
        "completions": {length: Fraction(1)},
        "tokens": {length: Fraction(length)},
    }[observable]


def at(polynomial: Polynomial, z: complex) -> complex:
    return sum((float(c) * z**m for m, c in polynomial.items()), 0j)


def brute_density(observable: str, mix: Workload, theta: float) -> float:
    """E|Q - (E Q / E X) X|^2 at one angle, request by request."""
    z = np.exp(1j * theta)
    requests = [
        (
            float(c.share),
            at(added(observable, c.input_length, c.decode_length), z),
            at({m: c.input_length + m + 1 for m in range(c.decode_length)}, z),
        )
        for c in mix.classes
    ]
    ratio = sum(p * q for p, q, _ in requests) / sum(p * x for p, _, x in requests)
    return float(sum(p * abs(q - ratio * x) ** 2 for p, q, x in requests))


@pytest.mark.parametrize("observable", OBSERVABLES)
def test_density_is_that_of_the_definition(observable: str) -> None:
    generator = random.Random(11)
    angles = np.array([0.0, 1e-3, 0.4, 1.7, 3.0, np.pi])
    for _ in range(15):
        mix = Workload.from_classes(
            (
                Fraction(generator.randint(0, 60), 2),
                generator.randint(1, 9),
                generator.randint(1, 5),
            )
            for _ in range(generator.randint(1, 6))
        )
        found = density_of(observable, JointLaw.of(mix))
        expected = [brute_density(observable, mix, theta) for theta in angles]
        np.testing.assert_allclose(found.at(angles), expected, rtol=1e-9, atol=1e-9)
        assert float(found.at_one()) == pytest.approx(expected[0], rel=1e-9, abs=1e-9)


def test_variances_are_those_of_the_lyapunov_equation(
    stable_mixes: list[Workload], lyapunov_variances: Callable[[Workload], dict[str, Fraction]]
) -> None:
    for mix in stable_mixes[::3]:
        law = JointLaw.of(mix)
        found = {name: density_of(name, law).exact_mean() for name in OBSERVABLES}
        assert found == lyapunov_variances(mix)


def test_window_dispersion_is_the_density_at_zero_of_both_flows(
    stable_mixes: list[Workload],
) -> None:
    """cv^2(M) by hand from M = S T + T (T + 1) / 2."""
    for mix in stable_mixes[:20]:
        times = [
            (
                c.share,
                c.input_length * c.decode_length
                + Fraction(c.decode_length * (c.decode_length + 1), 2),
            )
            for c in mix.classes
        ]
        mean = sum(p * m for p, m in times)
        dispersion = sum(p * (m / mean - 1) ** 2 for p, m in times)
        for flow in ("admissions", "completions"):
            assert density_of(flow, JointLaw.of(mix)).at_one() == dispersion


def test_a_numerator_of_lower_degree_than_the_kernel_and_of_higher() -> None:
    """f = |q|^2 N / |G|^2 with N = 1: means by the expansion of q / G in time."""
    for mean in ([1], [1, 2], [0, 0, 1, 3]):
        density = Density(1, [4, 1, 1], [1], mean, [0], [0], [])
        response, total = [], Fraction(0)
        for n in range(60):
            known = sum(g * response[n - m] for m, g in ((1, 1), (2, 1)) if n >= m)
            response.append((Fraction(mean[n] if n < len(mean) else 0) - known) / 4)
            total += response[-1] ** 2
        assert abs(density.exact_mean() - total) < Fraction(1, 10**15)
