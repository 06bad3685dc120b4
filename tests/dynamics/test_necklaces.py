"""The necklace cycles against the simulator, brute force, OEIS and states derived by hand."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise, product
from math import gcd

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stabkit.dynamics.necklaces import (
    LONGEST_NECKLACE,
    necklace_cycle,
    necklace_cycles,
    worst_cycle_loss,
)
from stabkit.dynamics.simulator import simulate
from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.workload import Workload

# Oracle: OEIS A008965 (necklaces of compositions of n), a(1) ... a(16), oeis.org, 2026-11-25.
A008965 = [1, 2, 3, 5, 7, 13, 19, 35, 59, 107, 187, 351, 631, 1181, 2191, 4115]


def one_class(s, length, capacity=None):
    return Workload.from_classes([(s, length)], capacity)


def rotations(items):
    return [items[i:] + items[:i] for i in range(len(items))]


def compositions(n):
    """Every composition of n, from the 2^(n-1) ways to cut n beads."""
    for cuts in product([False, True], repeat=n - 1):
        ends = [0, *(i for i, cut in enumerate(cuts, start=1) if cut), n]
        yield tuple(b - a for a, b in pairwise(ends))


def beads(composition):
    return "".join("0" * (part - 1) + "1" for part in composition)


def by_class(mix, cohorts):
    return [[c.share * y for y in cohorts[: c.decode_length]] for c in mix.classes]


def assert_cycle_of_the_model(mix, cycle):
    """One period of the exact simulator: same states, first return at the end, same completions."""
    start = by_class(mix, cycle.states[0])
    run = simulate(mix, cycle.period, "exact", start, record_states=True)
    assert run.admitted[0] == run.evicted[0] == 0  # the memory is full at the start
    for state, expected in zip(run.states, [*cycle.states, cycle.states[0]], strict=True):
        assert state == by_class(mix, expected)
    assert all(state != run.states[0] for state in run.states[1:-1])
    assert sum(run.completed[1:]) == cycle.period * cycle.throughput


# --- Against the simulator (oracle: the model, carried out in exact arithmetic). ---


@pytest.mark.slow
@pytest.mark.parametrize("s", [0, 1, 5, 100])
@pytest.mark.parametrize("length", range(1, 11))
def test_every_necklace_is_a_cycle_of_the_model(length, s):
    mix = one_class(s, length)
    for cycle in necklace_cycles(mix):
        assert_cycle_of_the_model(mix, cycle)


@settings(max_examples=20, deadline=None)
@given(st.data(), st.integers(1, 6))
def test_rational_inputs_capacities_and_several_classes(data, length):
    # R11: classes of one decode length are one class at their mean input, evictions included.
    inputs = st.fractions(0, 9, max_denominator=4)
    entry = st.tuples(inputs, st.just(length), st.integers(1, 4))
    capacity = data.draw(st.none() | st.fractions(30, 200, max_denominator=3))
    mix = Workload.from_classes(data.draw(st.lists(entry, min_size=1, max_size=3)), capacity)
    assert_cycle_of_the_model(mix, data.draw(st.sampled_from(necklace_cycles(mix))))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 6))
def test_every_necklace_of_the_gcd_is_a_cycle_of_the_model(data, factor):
    rounds = st.integers(1, 4)
    entry = st.tuples(st.fractions(0, 9, max_denominator=3), rounds, st.integers(1, 5))
    classes = data.draw(st.lists(entry, min_size=1, max_size=4))
    mix = Workload.from_classes([(s, factor * n, w) for s, n, w in classes])
    assume(mix.gcd <= 12)
    cycles = necklace_cycles(mix)
    cycle = data.draw(st.sampled_from(cycles))
    assert_cycle_of_the_model(mix, cycle)
    assert cycles[0].throughput_ratio == 1 == max(c.throughput_ratio for c in cycles)
    assert cycles[-1].throughput_ratio == min(c.throughput_ratio for c in cycles)
    parts = cycle.composition
    assert necklace_cycle(mix, parts[1:] + parts[:1]) == cycle


@pytest.mark.parametrize("parts", [(2, 1, 1), (3, 1), (2, 2), (4,), (1, 1, 1, 1)])
def test_the_itinerary_is_that_of_the_model(parts):
    mix = Workload.from_classes([(3, 4, 2), (1, 8, 1), (0, 12, 1)])
    cycle = necklace_cycle(mix, parts)
    run = simulate(mix, cycle.period, "exact", by_class(mix, cycle.states[0]), record_states=True)
    for step, stage in enumerate(cycle.itinerary, start=1):
        assert (run.admitted[step] > 0) == (stage == 0)
        assert (run.evicted[step] > 0) == (stage > 0)
        assert run.states[step][2][stage] > 0
        assert not any(run.states[step][2][:stage])


# --- The necklaces (oracle: OEIS, its list for n = 6, the totient formula, brute force). ---


@pytest.mark.parametrize("length", range(1, 13))
def test_the_compositions_are_all_necklaces_once_in_order(length):
    found = [cycle.composition for cycle in necklace_cycles(one_class(1, length))]
    assert found == sorted({max(rotations(parts)) for parts in compositions(length)})
    assert len(found) == A008965[length - 1]


@pytest.mark.parametrize("n", range(1, LONGEST_NECKLACE + 1))
def test_the_oracle_counts_binary_necklaces(n):
    # sum over d | n of phi(d) 2^(n/d) is the sum over k < n of 2^gcd(k, n) (Burnside).
    assert sum(2 ** gcd(k, n) for k in range(n)) == n * (A008965[n - 1] + 1)


@pytest.mark.slow
def test_the_longest_decode_length_has_all_its_cycles():
    cycles = necklace_cycles(one_class(3, LONGEST_NECKLACE))
    assert len({cycle.composition for cycle in cycles}) == A008965[LONGEST_NECKLACE - 1]


def test_compositions_of_six():
    # Oracle: the list in OEIS A008965 ("for n=6 the 13 necklaces are"), read 2026-11-25; its
    # (2,1,2,1) and (2,2,1,1) are different necklaces, as are (3,1,2) and its mirror image (3,2,1).
    listed = "111111 21111 2121 2211 222 3111 312 321 33 411 42 51 6"
    found = ["".join(map(str, c.composition)) for c in necklace_cycles(one_class(0, 6))]
    assert found == listed.split()


@pytest.mark.parametrize("length", range(1, 11))
def test_the_period_is_that_of_the_binary_necklace(length):
    for cycle in necklace_cycles(one_class(2, length)):
        turned = [*rotations(beads(cycle.composition))[1:], beads(cycle.composition)]
        assert cycle.period == 1 + turned.index(beads(cycle.composition))
        assert length % cycle.period == 0
        assert len(cycle.states) == cycle.period


def test_different_necklaces_share_no_state():
    states = [state for c in necklace_cycles(one_class(1, 8)) for state in c.states]
    assert len(set(states)) == len(states) == 2**8 - 1  # one for every binary word but 0...0


# --- States derived by hand from docs/model.md, Model. ---


def test_two_stages_by_hand():
    # s = 2, l = 2, B = 140; a request holds 3 tokens, then 4. Equilibrium: 140 / 7 = 20 in both.
    # Worst: 35 in stage 1 (140 tokens) complete; 140 / 3 enter; a step on they need 4 each: 35 fit.
    level, worst = necklace_cycles(one_class(2, 2, 140))
    assert level.states == ((20, 20),)
    assert worst.states == ((0, 35), (Fraction(140, 3), 0))
    assert (level.throughput, worst.throughput) == (20, Fraction(35, 2))
    assert (level.throughput_ratio, worst.throughput_ratio) == (1, Fraction(7, 8))
    assert (level.period, worst.period) == (1, 2)


def test_three_stages_by_hand():
    # s = 0, l = 3, B = 42; a request holds 1, 2, then 3 tokens. Equilibrium: 42 / 6 = 7.
    # Level 1, from (0, 2c, c): 4c + 3c = 42, c = 6. The 6 complete, the 12 now need 36, so that 6
    # enter: (6, 0, 12). The 12 complete, the 6 need 12, 30 enter: (30, 6, 0). Nobody completes, 6
    # need 18, so 24 tokens remain for the 30, who need 60: 12 stay: (0, 12, 6), with 18 completed.
    # Worst: 14 in stage 2; 42 enter; 21 of them fit; 14 of them fit.
    level, middle, worst = necklace_cycles(one_class(0, 3, 42))
    assert level.states == ((7, 7, 7),)
    assert middle.states == ((0, 12, 6), (6, 0, 12), (30, 6, 0))
    assert worst.states == ((0, 0, 14), (42, 0, 0), (0, 21, 0))
    throughputs = [cycle.throughput for cycle in (level, middle, worst)]
    assert throughputs == [7, 6, Fraction(14, 3)]
    assert [c.composition for c in (level, middle, worst)] == [(1, 1, 1), (2, 1), (3,)]


# --- Formulas of R6 and R10 (oracle: docs/model.md, in a form other than the code's). ---


@pytest.mark.parametrize("s", [0, Fraction(1, 2), 7])
@pytest.mark.parametrize("length", range(1, 9))
def test_levels_are_the_cycles_of_r6(length, s):
    mix = one_class(s, length, 1000)
    levels = {cycle.level: cycle for cycle in necklace_cycles(mix) if cycle.level is not None}
    assert sorted(levels) == list(range(length))
    for i, cycle in levels.items():
        older = sum(s + j + 1 for j in range(i + 1, length))
        c = 1000 / Fraction((i + 1) * (s + i + 1) + older)
        assert cycle.throughput == c
        assert cycle.states[0] == (0,) * i + ((i + 1) * c,) + (c,) * (length - i - 1)
        assert cycle.is_equilibrium == (i == 0)


@pytest.mark.parametrize("s", [0, Fraction(1, 2), 7, 10**6])
@pytest.mark.parametrize("length", range(1, 11))
def test_the_worst_and_the_best_ratio(length, s):
    cycles = necklace_cycles(one_class(s, length))
    ratios = [cycle.throughput_ratio for cycle in cycles]
    worst = (2 * Fraction(s) + length + 1) / (2 * (s + length))
    assert ratios[0] == max(ratios) == 1
    assert ratios[-1] == min(ratios) == worst == 1 - worst_cycle_loss(s, length)
    assert ratios.count(1) == 1
    assert ratios.count(worst) == 1
    assert [c.is_equilibrium for c in cycles] == [True] + [False] * (len(cycles) - 1)
    assert ratios == [cycle.throughput for cycle in cycles]  # a* = 1 without a capacity


@pytest.mark.parametrize(("g", "length"), [(2, 6), (3, 6), (2, 8), (4, 8), (1, 5), (5, 5)])
def test_equal_parts_are_the_synchronised_cycle_of_r10(g, length):
    s, capacity = 5, 480
    found = {c.composition: c for c in necklace_cycles(one_class(s, length, capacity))}
    cycle = found[(g,) * (length // g)]
    reduced = one_class(Fraction(s, g), length // g, Fraction(capacity, g))
    level = necklace_cycles(reduced)[0].states[0]
    assert cycle.states[0] == tuple(x for size in level for x in (*[0] * (g - 1), size))
    assert cycle.period == g


@pytest.mark.parametrize("s", [0, 3, 1000])
def test_the_loss_increases_to_one_half(s):
    losses = [worst_cycle_loss(s, 10**n) for n in range(10)]
    assert losses == sorted(set(losses))
    assert losses[0] == 0
    assert 0 < Fraction(1, 2) - losses[-1] < Fraction(s + 1, 10**9)


# --- Broken on purpose: what is not of the pattern is not a cycle. ---


def returns(mix, state):
    return [state] in simulate(
        mix, mix.longest_decode, "exact", [state], record_states=True
    ).states[1:]


def test_only_the_distance_to_the_younger_cohort_works():
    # Cohorts in stages 2 and 3 of l = 4: parts 3, 1. With the distance to the older one: 1, 3.
    mix = one_class(1, 4)
    cycle = next(c for c in necklace_cycles(mix) if c.composition == (3, 1))
    assert returns(mix, list(cycle.states[0]))
    c = Fraction(14) / (1 * 4 + 3 * 5)  # B = G(1) = 2 + 3 + 4 + 5 fills the memory
    assert not returns(mix, [Fraction(0), Fraction(0), c, 3 * c])


@pytest.mark.parametrize("part", [2, 3, 4])
def test_perturbed_sizes_do_not_return(part):
    mix = one_class(1, 4)
    cycle = next(c for c in necklace_cycles(mix) if c.composition[0] == part)
    state = list(cycle.states[0])
    assert returns(mix, state)
    state[part - 1] *= Fraction(99, 100)
    assert not returns(mix, state)


def test_errors_name_the_argument():
    with pytest.raises(InvalidArgument, match=r"'mix' must have .* gcd up to 16 .* not 17"):
        necklace_cycles(one_class(1, 17))
    with pytest.raises(InvalidArgument, match=r"'mix' .* up to 32 for 65535 states .* not 48\."):
        necklace_cycles(Workload.from_classes([(1, 16), (1, 48)]))
    for parts in [(), (2, 2), (3, 0), (1.5, 1.5)]:
        with pytest.raises(InvalidArgument, match="'composition' must be "):
            necklace_cycle(one_class(1, 3), parts)
    with pytest.raises(InvalidWorkload, match=r"'mix' must be a Workload, .*, not 3\."):
        necklace_cycles(3)
    with pytest.raises(InvalidWorkload, match=r"'decode_length' .* positive integer, not 0\."):
        worst_cycle_loss(1, 0)
    with pytest.raises(InvalidWorkload, match=r"'input_length' .* between 0 and 10\^12"):
        worst_cycle_loss(-1, 2)
