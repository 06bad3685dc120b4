"""The two densities of cohorts: against direct sums over the classes on a grid, and by hand."""

from __future__ import annotations

import numpy as np
import pytest

from stabkit import Workload, fano_factor
from stabkit.spectrum.fluctuations.cohorts import freed_density, freed_square, intensity_density
from stabkit.spectrum.fluctuations.joint_law import JointLaw

MIXES = (
    [(3, 2, 1), (40, 7, 2), (11, 5, 3), (11, 8, 2)],
    [(20, 3), (20, 5)],
    [(5, 1, 2), (9, 1), (7, 2)],
    [(30, 4), (31, 6), (200, 11), (2, 3, 4)],
)


def by_direct_sums(classes: list[tuple[int, ...]], count: int = 2**13) -> tuple[float, float]:
    """Average both densities over angles, every expectation a sum over the classes."""
    weights = np.array([c[2] if len(c) > 2 else 1 for c in classes], dtype=float)
    theta = 2 * np.pi * (np.arange(count) + 0.5) / count
    z = np.exp(1j * theta)
    x, freed, ends = [], [], []
    for s, t, *_ in classes:
        x.append(sum((s + m + 1) * z**m for m in range(t)))
        freed.append((s + t + 1) * z**t)
        ends.append(z**t)
    p = (weights / weights.sum())[:, None]
    xs, us, phis = np.array(x), np.array(freed), np.array(ends)
    mean, power = (p * xs).sum(0), (p * abs(xs) ** 2).sum(0)
    intensity = abs((p * phis).sum(0)) ** 2 * (power / abs(mean) ** 2 - 1)
    ratio = (p * us).sum(0) / mean
    residual = (p * abs(us - ratio * xs) ** 2).sum(0)
    return float(intensity.mean()), float(residual.mean())


@pytest.mark.parametrize("classes", MIXES)
def test_means_are_those_of_direct_sums(classes: list[tuple[int, ...]]) -> None:
    law = JointLaw.of(Workload.from_classes(classes))
    intensity, freed = by_direct_sums(classes)
    assert float(intensity_density(law).exact_mean()) == pytest.approx(intensity, rel=1e-9)
    assert float(freed_density(law).exact_mean()) == pytest.approx(freed, rel=1e-9)


def test_by_hand() -> None:
    """All requests take one step: completions follow the admissions one step later."""
    mix = Workload.from_classes([(5, 1), (9, 1, 3)])
    law = JointLaw.of(mix)
    assert intensity_density(law).exact_mean() == fano_factor(mix)
    # S + 1 is 6 or 10; freed S + 2 is 7 or 11, less 10/9 times the memory 6 or 10 that it took
    residual = (7 - 6 * 10 / 9) ** 2 / 4 + (11 - 10 * 10 / 9) ** 2 * 3 / 4
    assert float(freed_density(law).exact_mean()) == pytest.approx(residual, rel=1e-12)
    assert freed_square(law) == law.denominator * (49 + 3 * 121) / 4


def test_spread_lengths_average_the_intensity_out() -> None:
    """The intensity varies less where the same mean length is spread over more steps."""

    def varies(width: int) -> float:
        classes = [(600, 10 + k) for k in range(-width, width + 1)]
        return float(intensity_density(JointLaw.of(Workload.from_classes(classes))).exact_mean())

    assert varies(2) > 2 * varies(3) > 3 * varies(4) > 0
