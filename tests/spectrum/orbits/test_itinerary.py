"""Itinerary maps against the homogeneous matrices, the simulator's Jacobian and R10."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from stabkit.dynamics.capacity import simulated_capacity
from stabkit.dynamics.necklaces import necklace_cycle, necklace_cycles
from stabkit.dynamics.orbits import followed
from stabkit.dynamics.renormalization import renormalized
from stabkit.errors import InvalidArgument
from stabkit.model.kernel import MemoryKernel
from stabkit.model.polynomials import characteristic_polynomial
from stabkit.model.workload import Workload
from stabkit.spectrum.orbits.itinerary import alive_stages, itinerary_multipliers, periodic_orbit
from stabkit.spectrum.orbits.poincare import floquet_multipliers

R12 = Workload.from_classes([(0, 6, 2), (5, 1, 3)])
R12_ITINERARY = [int(c) for c in "00000200000010000000200000020"]  # seen in a float run


def random_mix(rng, factor=1):
    entries = [
        (Fraction(rng.randint(0, 40), rng.randint(1, 3)), factor * n, rng.randint(1, 9))
        for n in rng.sample(range(1, 7), rng.randint(1, 3))
    ]
    return Workload.from_classes(entries)


# --- Orbits (oracles: the closed form of the necklaces; the simulator). ---


@pytest.mark.parametrize("seed", range(20))
def test_the_orbit_of_a_necklace_itinerary_is_its_closed_form(seed):
    rng = random.Random(seed)
    mix = random_mix(rng, rng.choice([2, 3, 4, 6]))
    for cycle in necklace_cycles(mix) if mix.gcd < 9 else [necklace_cycle(mix, (mix.gcd,))]:
        found = periodic_orbit(mix, cycle.itinerary, simulated_capacity(mix))
        assert found == cycle.states[0]


def test_the_orbit_of_r12_is_one_of_the_model():
    # Oracle: docs/model.md, R12: period 29, largest multiplier 0.559.
    first = periodic_orbit(R12, R12_ITINERARY, simulated_capacity(R12))
    run = followed(R12, first, 29)
    assert run.returns
    assert run.regular
    assert list(run.itinerary) == R12_ITINERARY
    assert len(set(run.states)) == 29  # the minimal period
    found = itinerary_multipliers(R12, R12_ITINERARY)
    assert found.verdict == "attracting"
    assert abs(float(abs(found.multipliers[0].value)) - 0.559) < 5e-4


def test_an_itinerary_that_the_model_does_not_follow():
    # The affine maps of A A E have a fixed point here, but not one of the model.
    first = periodic_orbit(R12, [0, 0, 1], simulated_capacity(R12))
    assert first is not None
    assert min(first) < 0 or not followed(R12, first, 3).returns


def test_a_multiplier_one_has_no_single_orbit():
    # (0,2),(0,1) of gcd 1 is stable; the marginal mode -1 of the reservation-like kernel (1, 1):
    # s = 0, l = 2, shares 1/2 each: g = (1, 1): lambda = -1, so that two steps fix a continuum.
    mix = Workload.from_classes([(0, 2), (0, 1)])
    assert MemoryKernel.of(mix).coefficients[0] == MemoryKernel.of(mix).coefficients[1]
    assert periodic_orbit(mix, [0, 0], simulated_capacity(mix)) is None
    assert itinerary_multipliers(mix, [0]).verdict == "neutral"


# --- Multipliers (oracles: F itself; the full matrices; the simulator's own Jacobian). ---


@pytest.mark.parametrize("seed", range(20))
def test_without_evictions_they_are_the_roots_of_f(seed):
    mix = random_mix(random.Random(seed))
    found = itinerary_multipliers(mix, [0]).coefficients
    expected = characteristic_polynomial(mix).clear_denoms()[1].primitive()[1].all_coeffs()
    assert [abs(a) for a in found] == [abs(int(a)) for a in expected]


@pytest.mark.parametrize("s", [0, 3, Fraction(7, 2)])
@pytest.mark.parametrize("length", range(2, 8))
def test_levels_agree_with_the_matrices_of_one_class(length, s):
    mix = Workload.from_classes([(s, length)])
    for level in range(1, length):
        cycle = necklace_cycle(mix, (level + 1,) + (1,) * (length - level - 1))
        found = itinerary_multipliers(mix, cycle.itinerary)
        other = floquet_multipliers(length, level, s)
        signs = {
            Fraction(a, b) for a, b in zip(found.coefficients, other.coefficients, strict=True) if b
        }
        assert len(signs) == 1
        assert (found.inside, found.outside) == (other.inside, other.outside)


@pytest.mark.parametrize("s", [0, 1, 5])
@pytest.mark.parametrize("length", range(1, 9))
def test_of_one_decode_length_only_the_worst_necklace_attracts(length, s):
    # The theorem of `necklaces`: m - 1 multipliers outside, l - m at 0, none elsewhere.
    mix = Workload.from_classes([(s, length)])
    for cycle in necklace_cycles(mix):
        found = itinerary_multipliers(mix, cycle.itinerary * (length // cycle.period))
        parts = len(cycle.composition)
        assert (found.inside, found.on_circle, found.outside) == (length - parts, 0, parts - 1)
        zeros = len(found.coefficients) - len(str_trim(found.coefficients))
        assert zeros == length - parts


def str_trim(coefficients):
    last = max(i for i, a in enumerate(coefficients) if a)
    return coefficients[: last + 1]


@pytest.mark.parametrize("seed", range(30))
def test_a_synchronised_cycle_has_the_roots_of_the_renormalised_mix(seed):
    rng = random.Random(seed)
    factor = rng.choice([2, 3, 4, 5])
    mix = random_mix(rng, factor)
    divisor = rng.choice([d for d in range(2, mix.gcd + 1) if mix.gcd % d == 0])
    cycle = necklace_cycle(mix, (divisor,) * (mix.gcd // divisor))
    found = str_trim(itinerary_multipliers(mix, cycle.itinerary).coefficients)
    reduced = MemoryKernel.of(renormalized(mix, divisor)).coefficients
    ratios = {Fraction(a, b) for a, b in zip(found, reduced, strict=True)}
    assert len(ratios) == 1


@pytest.mark.parametrize("mix", [R12, Workload.from_classes([(5, 7), (5, 11)])])
def test_the_jacobian_of_the_simulator(mix):
    # Exact runs from y + e d for a basis of directions d that leave the memory full.
    from stabkit.analysis.cycles.cycles import cycles

    orbit = cycles(mix).cycles[-1]
    first, length = orbit.cohorts[0], mix.longest_decode
    held = MemoryKernel.of(mix).coefficients
    alive = [j for j, y in enumerate(first) if y]
    small, last = Fraction(1, 10**9), alive[-1]
    jacobian = []
    for stage in alive[:-1]:
        start = list(first)
        start[stage] += small
        start[last] -= small * held[stage] / held[last]
        end = followed(mix, start, orbit.period)
        assert end.itinerary == orbit.itinerary
        jacobian.append([float((end.states[-1][j] - first[j]) / small) for j in alive[:-1]])
    measured = sorted(np.abs(np.linalg.eigvals(np.array(jacobian).T)), reverse=True)
    claimed = [
        float(abs(root.value))
        for root in orbit.multipliers.multipliers
        for _ in range(root.multiplicity)
    ]
    assert len(claimed) == length - 1
    assert np.allclose(measured, claimed[: len(measured)], atol=1e-9)


def test_alive_stages_by_hand():
    # A cohort lives on unless an eviction in an older stage has emptied it.
    assert alive_stages([0], 3) == (0, 1, 2)
    assert alive_stages([0, 1], 4) == (1, 3)
    assert alive_stages([0, 0, 1], 6) == (1, 2, 4, 5)


def test_errors_name_the_argument():
    for itinerary in [[], [6], [0, -1], [0.5]]:
        with pytest.raises(InvalidArgument, match=r"'itinerary' must be "):
            itinerary_multipliers(R12, itinerary)
    with pytest.raises(
        InvalidArgument, match=r"'itinerary' must be .*stages from 0 to 5, not '01'"
    ):
        itinerary_multipliers(R12, "01")
    with pytest.raises(InvalidArgument, match=r"'itinerary' must be shorter than"):
        periodic_orbit(Workload.from_classes([(0, 1000)]), [0] * 5, Fraction(1))
