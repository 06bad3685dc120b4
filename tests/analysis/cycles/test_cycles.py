"""Limit cycles: planted ones must be found exactly, and none where there is none."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from stabkit.analysis.cycles.cycles import cycles
from stabkit.dynamics.capacity import simulated_capacity
from stabkit.dynamics.necklaces import necklace_cycle
from stabkit.dynamics.orbits import followed
from stabkit.dynamics.renormalization import renormalized
from stabkit.dynamics.simulator import simulate
from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.workload import Workload
from stabkit.spectrum.counting.counts import unit_circle_counts


def by_class(mix, cohorts):
    return [[c.share * y for y in cohorts[: c.decode_length]] for c in mix.classes]


def assert_orbit_of_the_model(mix, cycle):
    """The exact simulator returns after the period, and no earlier, along the itinerary."""
    start = by_class(mix, cycle.cohorts[0])
    run = simulate(mix, cycle.period, "exact", start, record_states=True)
    assert run.states[-1] == start
    assert all(state != start for state in run.states[1:-1])
    assert "".join("A" if a else "E" for a in run.admitted[1:]) == cycle.word
    level = simulate(mix, cycle.period, "exact", "equilibrium")
    assert sum(run.completed_tokens[1:]) / sum(level.completed_tokens[1:]) == cycle.throughput_ratio
    assert sum(run.completed[1:]) / sum(level.completed[1:]) == cycle.request_ratio
    assert sum(run.evicted[1:]) / sum(level.completed[1:]) == cycle.evictions_ratio
    wasted, completed = sum(run.wasted_tokens[1:]), sum(run.completed_tokens[1:])
    assert wasted / (wasted + completed) == cycle.wasted_token_fraction


# --- 200 planted cases: 80 of one decode length, 80 synchronised ones, 40 of R12. ---


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(80))
def test_planted_of_one_decode_length(seed):
    # R6a: from empty to the worst cycle, of period l and ratio (2 s + l + 1) / (2 (s + l)).
    rng = random.Random(seed)
    length, s = rng.randint(2, 12), Fraction(rng.randint(0, 60), rng.randint(1, 4))
    mix = Workload.from_classes([(s, length)], 100 * rng.randint(1, 50))
    found = cycles(mix)
    for seen in found.observations:
        assert seen.period == length
        assert seen.cycle.composition == (length,)
        assert seen.cycle.attracting
        assert seen.cycle.throughput_ratio == (2 * s + length + 1) / (2 * (s + length))
    assert not any(cycle.attracting for cycle in found.cycles if len(cycle.composition) > 1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(80))
def test_planted_synchronised(seed):
    # R10: where the renormalised mix is stable, states near the synchronised cycle go to it.
    rng = random.Random(seed)
    while True:
        factor = rng.choice([2, 3, 4])
        lengths = rng.sample(range(1, 5), 2)
        entries = [(rng.randint(0, 40), factor * n, rng.randint(1, 5)) for n in lengths]
        mix = Workload.from_classes(entries, 100_000)
        if unit_circle_counts(renormalized(mix)).verdict == "stable":
            break
    planted = necklace_cycle(mix, (mix.gcd,))
    noise = [1 + Fraction(rng.randint(-100, 100), 10**6) for _ in planted.states[0]]
    start = [y * n for y, n in zip(planted.states[0], noise, strict=True)]
    seen = cycles(mix, by_class(mix, start)).observations[2]
    assert seen.start == "given"
    assert seen.period == mix.gcd
    assert seen.cycle.cohorts == planted.states
    assert seen.cycle.attracting
    assert seen.distance < 1e-5


@pytest.mark.parametrize("seed", range(40))
def test_planted_r12(seed):
    # Any capacity, classes split (R11), or lifted to a gcd of d (R10): period 29 d.
    rng = random.Random(seed)
    d = rng.choice([1, 1, 2, 3])
    weight = rng.randint(1, 5)
    spread = rng.randint(0, 5)  # two inputs of the mean 5: one class (R11)
    entries = [(0, 6 * d, 4 * weight)]
    entries += [((5 - spread) * d, d, 3 * weight), ((5 + spread) * d, d, 3 * weight)]
    mix = Workload.from_classes(entries, rng.choice([None, Fraction(rng.randint(100, 10**6), 7)]))
    found = cycles(mix)
    seen = found.observations[0]
    assert seen.period == 29 * d
    assert abs(float(abs(seen.cycle.multipliers.multipliers[0].value)) - 0.559) < 5e-4
    assert seen.cycle.attracting
    assert_orbit_of_the_model(mix, seen.cycle)
    assert found.observations[1].period == d  # and near the equilibrium it is another one
    if d == 1:
        assert found.verdict == "stable"
        assert [c.kind for c in found.cycles] == ["level", "observed"]
    else:
        assert seen.cycle.kind == "synchronized"
    if d == 2:
        assert abs(float(seen.cycle.request_ratio) - 0.9473) < 5e-5  # docs/model.md, R12


# --- None, where there is none. ---


@pytest.mark.slow
def test_a_quasi_periodic_orbit_has_no_cycle_up_to_2000():
    # docs/model.md, R8: two unstable modes, about 0.976 of the throughput. That no period is found
    # is measured: docs/limit_cycles.md.
    found = cycles(Workload.from_classes([(5, 3), (5, 5)]))
    for seen in found.observations:
        assert seen.cycle is None
        assert seen.period is None
        assert seen.max_period == 2000
        assert abs(seen.throughput_ratio - 0.9761) < 5e-4
        assert abs(seen.rotation.value - 0.38508922) < 1e-7
        assert abs(seen.frequencies[0].cycles_per_step - seen.rotation.value) < 1e-5
    assert [cycle.kind for cycle in found.cycles] == ["level"]


@pytest.mark.slow
def test_a_marginal_mode_turns_for_ever():
    # 2 lambda^2 + 3 lambda + 2: cos of the angle is -3/4, no rational multiple of pi.
    found = cycles(Workload.from_classes([(1, 2), (1, 3)]))
    assert found.verdict == "marginal"
    assert found.cycles[0].attracting is None
    assert all(seen.cycle is None and seen.period is None for seen in found.observations)


def test_a_continuum_of_cycles_is_not_pinned():
    # g = (1, 1): lambda = -1, so that every start ends on a cycle of period 2 of its own.
    mix = Workload.from_classes([(0, 2), (0, 1)], 100)
    seen = cycles(mix, [[30, 20], [30]]).observations[2]
    assert seen.period == 2
    assert seen.cycle.attracting is None
    assert_orbit_of_the_model(mix, seen.cycle)
    empty = cycles(mix).observations[0]
    assert empty.cycle is None or empty.cycle.attracting is None


# --- Given states, exactly. ---


@pytest.mark.parametrize("parts", [(2, 1, 1), (3, 1), (2, 2), (4,)])
def test_a_given_state_of_a_repelling_cycle_stays_on_it(parts):
    mix = Workload.from_classes([(3, 4)], 1000)
    planted = necklace_cycle(mix, parts)
    seen = cycles(mix, by_class(mix, planted.states[0])).observations[2]
    assert seen.cycle.composition == parts
    assert seen.distance == 0
    assert seen.cycle.attracting == (parts == (4,))


def test_a_state_that_is_not_of_product_form():
    mix = Workload.from_classes([(0, 6, 2), (5, 1, 3)], 1000)
    seen = cycles(mix, [[10, 0, 0, 40, 0, 3], [100]]).observations[2]
    assert seen.period in (1, 29)
    assert seen.cycle is not None


# --- Every listed cycle is one; the recursion; what does not fit. ---


@pytest.mark.parametrize(
    "classes",
    [[(2, 4)], [(5, 3), (5, 6)], [(0, 12, 2), (10, 2, 3)], [(5, 7), (5, 11)], [(10, 9), (10, 10)]],
)
def test_every_listed_cycle_is_one_of_the_model(classes):
    mix = Workload.from_classes(classes)
    for cycle in cycles(mix).cycles:
        assert_orbit_of_the_model(mix, cycle)


@pytest.mark.parametrize(("classes", "turns", "period"), [([7, 11], 8, 29), ([9, 10], 6, 55)])
def test_mode_locking(classes, turns, period):
    # Oracle: the rotation number, measured, is the rational with that denominator.
    import numpy as np

    from stabkit.dynamics.rotation import rotation_number
    from stabkit.spectrum.roots.dominant import dominant_modes

    s = 5 if classes == [7, 11] else 10
    mix = Workload.from_classes([(s, n) for n in classes])
    seen = cycles(mix).observations[0]
    assert seen.period == period
    mode = complex(dominant_modes(mix, 1)[0].value)
    state = np.array([float(y) for y in seen.cycle.cohorts[0]])
    assert abs(rotation_number(mix, state, mode).value - turns / period) < 1e-12


def test_renormalised_recursively():
    found = cycles(Workload.from_classes([(0, 12, 2), (10, 2, 3)]))
    assert found.renormalized.verdict == "stable"
    assert [seen.period for seen in found.renormalized.observations] == [29, 1]
    assert [c.period for c in found.cycles if c.kind == "synchronized"] == [2, 58]
    assert cycles(Workload.from_classes([(5, 4)])).renormalized is None
    assert cycles(Workload.from_classes([(5, 4), (5, 5)])).renormalized is None


def test_a_large_gcd_lists_levels_and_equal_parts():
    found = cycles(Workload.from_classes([(10, 24)]))
    assert not found.complete
    levels = [c.composition for c in found.cycles if c.kind == "level"]
    assert len(levels) == 24
    equal = {c.composition[0] for c in found.cycles if len(set(c.composition)) == 1}
    assert equal == {1, 2, 3, 4, 6, 8, 12, 24}


@pytest.mark.slow
def test_a_period_beyond_the_limit_is_not_reported():
    seen = cycles(Workload.from_classes([(5, 7), (5, 11)]), max_period=28).observations[0]
    assert seen.period is None
    assert "no cycle of period <= 28" in seen.reason


def test_orbits_scale_with_the_capacity():
    small, large = (
        cycles(Workload.from_classes([(0, 6, 2), (5, 1, 3)], b)).cycles[-1] for b in (100, 300)
    )
    assert {tuple(3 * y for y in s) for s in small.cohorts} == set(large.cohorts)
    assert simulated_capacity(Workload.from_classes([(0, 6, 2), (5, 1, 3)], 100)) == 100


def test_errors_name_the_argument():
    mix = Workload.from_classes([(5, 3)])
    for wrong in (0, 10**6, 2.0):
        with pytest.raises(InvalidArgument, match=r"'max_period' must be an integer from 1 to"):
            cycles(mix, max_period=wrong)
    with pytest.raises(InvalidArgument, match=r"'max_steps' must be a positive integer, not 0"):
        cycles(mix, max_steps=0)
    with pytest.raises(InvalidArgument, match=r"'state' must be 1 lists of counts"):
        cycles(mix, state=[[1, 2, 3], [1]])
    with pytest.raises(InvalidWorkload, match=r"'mix' must be a Workload"):
        cycles(3)


def test_a_step_on_a_switching_surface_is_not_regular():
    # One class, s = 0, l = 2, B = 4 from (0, 2): a cycle that evicts exactly, but regular; with a
    # capacity that the survivors fill exactly, the step neither admits nor evicts.
    mix = Workload.from_classes([(0, 3)], 6)
    run = followed(mix, [Fraction(3), Fraction(0), Fraction(1)], 1)
    assert run.regular is False
    assert run.block.admitted[0] == run.block.evicted[0] == 0
