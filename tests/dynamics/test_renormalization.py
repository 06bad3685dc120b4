"""R10: exact equality of states, the ratio and the loss, and what was measured elsewhere."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from stabkit.dynamics.capacity import simulated_capacity
from stabkit.dynamics.necklaces import necklace_cycle
from stabkit.dynamics.orbits import followed
from stabkit.dynamics.renormalization import renormalized, synchronized_loss, unrenormalized
from stabkit.dynamics.simulator import simulate
from stabkit.errors import InvalidArgument
from stabkit.model.workload import Workload


def random_mix(rng):
    factor = rng.choice([2, 3, 4, 6])
    entries = [
        (Fraction(rng.randint(0, 30), rng.randint(1, 3)), factor * n, rng.randint(1, 9))
        for n in rng.sample(range(1, 5), rng.randint(1, 3))
    ]
    return Workload.from_classes(entries, 10_000)


@pytest.mark.parametrize("seed", range(30))
def test_synchronised_states_evolve_as_the_renormalised_mix(seed):
    # From a random state, far from any equilibrium: evictions in both, exactly equal states.
    rng = random.Random(seed)
    mix = random_mix(rng)
    divisor = rng.choice([d for d in range(2, mix.gcd + 1) if mix.gcd % d == 0])
    reduced = renormalized(mix, divisor)
    cohorts = [Fraction(rng.randint(0, 300)) for _ in range(reduced.longest_decode)]
    small = followed(reduced, cohorts, 12)
    start = unrenormalized(small.states[0], mix.longest_decode, divisor)
    large = followed(mix, start, 12 * divisor)
    watched = large.states[::divisor]
    expected = [unrenormalized(s, mix.longest_decode, divisor) for s in small.states]
    assert list(watched) == expected
    if reduced.longest_decode > 1:
        assert any(small.itinerary) or small.block.admitted.all()


def test_some_of_those_states_evict_in_the_renormalised_mix():
    rng, evicting = random.Random(1), 0
    for _ in range(30):
        reduced = renormalized(random_mix(rng))
        cohorts = [Fraction(rng.randint(0, 300)) for _ in range(reduced.longest_decode)]
        evicting += any(followed(reduced, cohorts, 12).itinerary)
    assert evicting >= 5


@pytest.mark.parametrize("seed", range(30))
def test_ratio_and_loss_are_what_a_period_completes(seed):
    mix = random_mix(random.Random(seed))
    factor = mix.gcd
    cycle = necklace_cycle(mix, (factor,))
    start = [[c.share * y for y in cycle.states[0][: c.decode_length]] for c in mix.classes]
    run = simulate(mix, factor, "exact", start)
    level = simulate(mix, factor, "exact", "equilibrium")
    completed = sum(run.completed[1:])
    held = sum(
        c.share * sum(c.input_length + (i + 1) * factor for i in range(c.decode_length // factor))
        for c in mix.classes
    )
    assert completed == mix.capacity / held  # a_sync requests in g steps
    for kept in (
        completed / sum(level.completed[1:]),
        sum(run.completed_tokens[1:]) / sum(level.completed_tokens[1:]),
    ):
        assert kept == cycle.throughput_ratio == 1 - synchronized_loss(mix)


@pytest.mark.parametrize(
    ("classes", "measured"),
    [([(5, 2), (5, 4)], 0.934783), ([(5, 3), (5, 6)], 0.888889), ([(100, 4), (100, 6)], 0.995174)],
)
def test_the_ratios_measured_in_model_md(classes, measured):
    assert abs(float(1 - synchronized_loss(Workload.from_classes(classes))) - measured) < 5e-7


def test_one_class_is_the_worst_cycle():
    for s, length in [(0, 2), (3, 5), (10, 12)]:
        loss = synchronized_loss(Workload.from_classes([(s, length)]))
        assert loss == Fraction(length - 1, 2 * (s + length))


def test_renormalising_twice_is_renormalising_once():
    mix = Workload.from_classes([(5, 12, 2), (1, 18, 3)], 600)
    assert renormalized(renormalized(mix, 2), 3).classes == renormalized(mix, 6).classes
    assert renormalized(mix, 6).capacity == 100
    assert renormalized(mix, 1).classes == mix.classes


def test_off_the_residue_class_it_does_not_hold():
    # A state of both residues mod 2 is not watched by the renormalised mix: drop the hypothesis.
    mix = Workload.from_classes([(5, 4)], 260)
    equal = [Fraction(260, 30)] * 4
    after = followed(mix, equal, 2).states[-1]
    assert after != unrenormalized([after[1], after[3]], 4, 2)


def test_errors_name_the_argument():
    mix = Workload.from_classes([(5, 4), (5, 6)])
    for wrong in (0, 3, 4, 1.0):
        with pytest.raises(InvalidArgument, match="'divisor' must "):
            renormalized(mix, wrong)
    with pytest.raises(InvalidArgument, match=r"'cohorts' must be 3 numbers, not 2"):
        unrenormalized([Fraction(1)] * 2, 6, 2)
    for cohorts, number in (([Fraction(1)] * 4, 4), ([], 0)):
        with pytest.raises(InvalidArgument, match=rf"'cohorts' must be 3 numbers, not {number}"):
            unrenormalized(cohorts, 6, 2)
    assert simulated_capacity(renormalized(mix)) != simulated_capacity(mix) / 2
