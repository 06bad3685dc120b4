"""Means in balls: exact rational means, and the enclosures of double precision."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import acb, arb

from stabkit import Workload
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.circle.budget import Budget
from stabkit.spectrum.fluctuations import ball_mean as module
from stabkit.spectrum.fluctuations.ball_mean import ball_disc, ball_mean
from stabkit.spectrum.fluctuations.cohorts import freed_density, intensity_density
from stabkit.spectrum.fluctuations.joint_law import JointLaw
from stabkit.spectrum.fluctuations.observables import OBSERVABLES, density_of
from stabkit.spectrum.fluctuations.slack import slack_density
from stabkit.spectrum.fluctuations.trapezoid import enclosed_mean, zero_free_disc

pytestmark = pytest.mark.slow

MIXES = [
    [(10, 3), (10, 5)],
    [(9, 1), (1, 2), (4, 3)],
    [(300, 1, 1), (40, 2, 2), (0, 4, 1), (30, 9, 1)],
    [(40 + k % 7, k) for k in range(1, 25)],
]


@pytest.mark.parametrize("classes", MIXES)
def test_exact_means_are_within(classes: list[tuple[int, ...]]) -> None:
    mix = Workload.from_classes(classes)
    law, disc = JointLaw.of(mix), ball_disc(MemoryKernel.of(mix))
    assert disc is not None
    densities = [density_of(name, law) for name in OBSERVABLES]
    for density in (*densities, freed_density(law), intensity_density(law), slack_density(law)):
        found = ball_mean(density, disc)
        assert found is not None
        exact = density.exact_mean()
        assert found.low <= exact <= found.high
        assert found.high - found.low <= Fraction(1, 10**11) * max(1, abs(density.at_one()))


@pytest.mark.parametrize("longest", [300, 600])
def test_long_kernels_as_in_double_precision(longest: int) -> None:
    mix = Workload.from_classes([(200 + k % 11, k) for k in range(1, longest)])
    kernel, law = MemoryKernel.of(mix), JointLaw.of(mix)
    disc, other = ball_disc(kernel), zero_free_disc(kernel)
    assert disc is not None
    assert other is not None
    for name in ("admissions", "running"):
        found = ball_mean(density_of(name, law), disc)
        doubles = enclosed_mean(density_of(name, law), other)
        assert found is not None
        assert doubles is not None
        assert doubles.low < found.low < found.high < doubles.high


def test_the_disc_holds_no_zero_and_its_bound_is_one() -> None:
    """(3, 5) at s = 20: G of 21, 22, 23, 12, 12.5 by hand, and |G| at points of the circle."""
    disc = ball_disc(MemoryKernel.of(Workload.from_classes([(20, 3), (20, 5)])))
    assert disc is not None
    for k in range(1, 40):
        z = disc.radius * (acb(0, 1) * arb(k) / 40 * arb.pi()).exp()
        value = 21 + z * (22 + z * (23 + z * (12 + z * arb("12.5"))))
        assert abs(value) > disc.least_modulus


def test_an_unstable_mix_has_no_disc(monkeypatch: pytest.MonkeyPatch) -> None:
    """On either side of the threshold at 9.82, with the same work: enough for the stable one."""
    monkeypatch.setattr(module, "Budget", lambda: Budget(3 * 10**7))
    for inputs, stable in ((9, False), (10, True)):
        mix = Workload.from_classes([(inputs, 3), (inputs, 5)])
        assert (ball_disc(MemoryKernel.of(mix)) is not None) is stable


def test_what_takes_too_many_points_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    mix = Workload.from_classes([(10, 3), (10, 5)])
    disc = ball_disc(MemoryKernel.of(mix))
    assert disc is not None
    monkeypatch.setattr(module, "_MOST_POINTS", 64)
    assert ball_mean(density_of("admissions", JointLaw.of(mix)), disc) is None


def test_one_budget_is_for_all_radii(monkeypatch: pytest.MonkeyPatch) -> None:
    """No radius is small enough for an unstable mix; with no work left none is even tried."""
    made = [Budget(10**7), Budget(1)]
    monkeypatch.setattr(module, "Budget", made.pop)
    stable = MemoryKernel.of(Workload.from_classes([(20, 3), (20, 5)]))
    assert ball_disc(stable) is None
    assert ball_disc(MemoryKernel.of(Workload.from_classes([(5, 3), (5, 5)]))) is None
    assert not made
