"""Step counts, flags and draws that nothing else asserts."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from stabkit.analysis import facts as derivation
from stabkit.analysis.cycles.cycles import cycles
from stabkit.analysis.cycles.observed import _returning, observe
from stabkit.analysis.facts import derivation_facts
from stabkit.dynamics.necklaces import necklace_cycle
from stabkit.exercises.cycles import _necklace
from stabkit.model.workload import Workload


@pytest.mark.parametrize(("s", "length"), [(2, 2), (10, 5), (0, 7)])
def test_a_start_on_a_cycle_is_followed_for_one_period(s, length):
    """R6a: l steps; eight times as many are run, and the last return counts."""
    mix = Workload.from_classes([(s, length)], 100 * (s + length))
    worst = necklace_cycle(mix, [length])
    cohorts = [Fraction(y) for y in worst.states[0]]
    found = _returning(mix, cohorts)
    assert found is not None
    assert (len(found.itinerary), found.returns) == (length, True)
    observation = observe(mix, "given", cohorts, [], 100, 1000)
    assert (observation.period, observation.steps, observation.distance) == (length, length, 0.0)
    assert observation.reason == f"on an exact cycle of period {length} by step {length}, exactly"


def test_a_start_beside_a_cycle_returns_after_its_transient():
    mix = Workload.from_classes([(2, 2)], 140)
    found = _returning(mix, [Fraction(21), Fraction(19)])
    assert found is not None
    assert len(found.itinerary) == 2
    assert _returning(mix, [21.0, 19.0]) is None  # floats return nowhere exactly


def test_necklaces_that_are_drawn_are_no_levels():
    drawn = [_necklace(Random(seed)) for seed in range(300)]
    compositions = [dict(draft.given)["composition"] for draft in drawn if draft is not None]
    long_parts = [sum(part > 1 for part in parts) for parts in compositions]
    assert min(long_parts) == 2
    assert 3 in long_parts
    assert any(sum(part == 2 for part in parts) == 2 for parts in compositions)
    assert None in drawn


@pytest.mark.slow
def test_the_flag_of_all_roots_says_whether_they_are_all(monkeypatch):
    mix = Workload.from_classes([(5, 3), (5, 20)])
    facts = derivation_facts(mix)
    assert facts.all_roots
    assert sum(root.multiplicity for root in facts.roots) == 19
    monkeypatch.setattr(derivation, "_ALL_ROOTS", 20)
    assert derivation_facts(mix).all_roots
    monkeypatch.setattr(derivation, "_ALL_ROOTS", 19)
    some = derivation_facts(mix)
    assert not some.all_roots
    assert [r.value for r in some.roots] == pytest.approx([r.value for r in facts.roots[:12]])


def test_observations_count_the_steps_of_their_runs():
    for observation in cycles(Workload.from_classes([(10, 5)], 650)).observations:
        assert observation.period == 5
        assert f"by step {observation.steps}," in observation.reason
        assert observation.steps >= 5
