"""The capture set against exact runs of the simulator, counting, and cases derived by hand."""

from __future__ import annotations

import random
from collections import Counter
from fractions import Fraction
from functools import cache
from itertools import combinations, combinations_with_replacement, pairwise
from math import comb

import numpy as np
import pytest

from stabkit.dynamics.basins import basin_sample, steps_to_worst_cycle
from stabkit.dynamics.capture import MOST_PIECES, capture_set
from stabkit.dynamics.necklaces import necklace_cycles
from stabkit.dynamics.orbits import followed
from stabkit.dynamics.product_form import ProductFormRun
from stabkit.dynamics.simulator import simulate
from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.workload import Workload

DEPTHS = {2: 4, 3: 9, 4: 8, 5: 7, 6: 7}
CASES = [(length, s) for length in DEPTHS for s in (0, 1, 5)]


@cache
def one_class(length, s, capacity=None):
    return Workload.from_classes([(s, length)], capacity)


@cache
def pieces_of(length, s):
    return capture_set(one_class(length, s), DEPTHS[length])


def chosen(length, s, number, seed=0):
    pieces = pieces_of(length, s)
    return random.Random(seed).sample(pieces, min(number, len(pieces)))


def inside(piece, source):
    """A random rational point inside a piece: positive weights on all vertices."""
    weights = [Fraction(source.randint(1, 99)) for _ in piece.vertices]
    total = sum(weights)
    columns = zip(*piece.vertices, strict=True)
    return [sum(w * x for w, x in zip(weights, column, strict=True)) / total for column in columns]


def states_of(mix):
    return {cycle.composition: cycle.states for cycle in necklace_cycles(mix)}


def tokens(state, s):
    return sum((s + j + 1) * x for j, x in enumerate(state))


# --- Oracle: the model, carried out by `simulate` in exact arithmetic. ---


@pytest.mark.slow
@pytest.mark.parametrize(("length", "s"), CASES)
def test_the_simulator_lands_on_the_cycle_by_the_word(length, s):
    mix, source, targets = one_class(length, s), random.Random(7), states_of(one_class(length, s))
    for piece in chosen(length, s, 60):
        start = inside(piece, source)
        run = simulate(mix, len(piece.word), "exact", [start], record_states=True)
        assert run.admitted[0] == run.evicted[0] == 0  # the start is full
        rows = [tuple(state[0]) for state in run.states]
        assert rows[-1] in targets[piece.cycle]
        assert not any(row in states for row in rows[:-1] for states in targets.values())
        for step, letter in enumerate(piece.word, start=1):
            assert (run.admitted[step] > 0, run.evicted[step] > 0) == (letter == 0, letter > 0)
            assert next(j for j, x in enumerate(rows[step]) if x) == letter


@pytest.mark.parametrize(("length", "s"), CASES)
def test_vertices_and_faces_land_as_well(length, s):
    mix, targets = one_class(length, s), states_of(one_class(length, s))
    for piece in chosen(length, s, 25, seed=1):
        for vertex in piece.vertices:
            assert min(vertex) >= 0
            run = simulate(mix, len(piece.word), "exact", [list(vertex)])
            assert tuple(run.final_state[0]) in targets[piece.cycle]


@pytest.mark.parametrize(("length", "s"), CASES)
def test_inside_a_piece_no_step_is_a_tie(length, s):
    for piece in (p for p in chosen(length, s, 25, seed=2) if p.word):
        run = followed(one_class(length, s), piece.centre, len(piece.word))
        assert run.itinerary == piece.word
        assert run.regular


@pytest.mark.slow
@pytest.mark.parametrize(("length", "s"), CASES)
def test_states_beside_a_piece_are_not_captured(length, s):
    mix, source = one_class(length, s), random.Random(3)
    for piece in chosen(length, s, 12, seed=3):
        state = inside(piece, source)
        random_one = basin_sample(mix, 1, seed=source.randint(0, 10**6)).starts[0]
        beside = [x + (y - x) / 1000 for x, y in zip(state, random_one, strict=True)]
        assert tokens(beside, s) == tokens(state, s)
        assert steps_to_worst_cycle(mix, state, max_steps=60) is None
        assert steps_to_worst_cycle(mix, beside) is not None


def test_a_vertex_moved_by_a_millionth_is_missed():
    mix = one_class(3, 1, 45)
    low, high = pieces_of(3, 1)[1].vertices
    target = states_of(one_class(3, 1))[(2, 1)]
    middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
    assert tuple(simulate(one_class(3, 1), 1, "exact", [middle]).final_state[0]) in target
    middle[1] += Fraction(1, 10**6)
    assert steps_to_worst_cycle(mix, middle) is not None


# --- Completeness: no captured state is outside the pieces. ---


@pytest.mark.parametrize(
    ("length", "s", "grain"),
    [(2, 0, 30), (3, 0, 42), (3, 1, 27), (4, 0, 12), (4, 0, 13), (5, 0, 16)],
)
@pytest.mark.slow
def test_all_states_of_a_grid_land_and_the_captured_ones_are_in_a_piece(length, s, grain):
    # Oracle: brute force. States whose memory shares are multiples of 1 / grain, with ties and
    # empty stages among them, end exactly on a necklace cycle, and only ever lose cohorts.
    mix, depth = one_class(length, s), DEPTHS[length]
    composition = {q: c.composition for c in necklace_cycles(mix) for q in c.states}
    found = 0
    for start in grid(length, s, grain):
        states = until_on_a_cycle(mix, start, composition)
        cohorts = [sum(map(bool, state)) for state in states]
        assert cohorts == sorted(cohorts, reverse=True)
        cycle = composition[states[-1]]
        assert len(cycle) == cohorts[-1]
        if len(cycle) > 1:
            found += 1
            assert len(states) - 1 <= depth
            assert any(
                after_letters(start, piece.word, s) == after_letters(piece.centre, piece.word, s)
                for piece in pieces_of(length, s)
                if piece.cycle == cycle
            )
    assert found  # the grains are chosen so that some of them are captured


def grid(length, s, grain):
    total = tokens([1] * length, s)
    for cuts in combinations(range(grain + length - 1), length - 1):
        ends = [-1, *cuts, grain + length - 1]
        shares = [Fraction(b - a - 1, grain) for a, b in pairwise(ends)]
        yield tuple(share * total / (s + j + 1) for j, share in enumerate(shares))


def until_on_a_cycle(mix, start, composition):
    run, states = ProductFormRun(mix, start, exact=True), [start]
    while states[-1] not in composition:
        assert len(states) < 200
        run.advance(1)
        states.append(tuple(run.cohorts().tolist()))
    return states


def after_letters(state, word, s):
    """Where the letters of a word take a state of H; None if it cannot follow them."""
    total = tokens([1] * len(state), s)
    for letter in word:
        aged = (0, *state[:-1])
        older = aged[letter + 1 :]
        held = sum((s + letter + i + 1) * x for i, x in enumerate(older, start=1))
        fits = (total - held) / (s + letter + 1)
        if fits < 0 or (letter and fits > aged[letter]):
            return None
        state = (*[Fraction(0)] * letter, fits, *older)
    return state


@pytest.mark.slow
@pytest.mark.parametrize("s", [0, 2])
@pytest.mark.parametrize("length", [3, 4, 5])
def test_boundaries_of_basins_are_pieces(length, s):
    # Oracle: bisection. Between two states that arrive in different phases there is a state that
    # does not arrive. Once its orbit has two cohorts left, its word must be that of a piece.
    mix, source, depth = one_class(length, s), random.Random(length), 9
    words = {whole_word(mix, p, depth) for p in capture_set(mix, depth) if len(p.cycle) == 2}
    found = set()
    for _ in range(8):
        ends = basin_sample(mix, 2, source.randint(0, 10**6)).starts
        runs = [followed(mix, end, depth) for end in bisected(mix, *ends)]
        if len(runs) == 2 and all(sum(map(bool, run.states[-1])) == 2 for run in runs):
            assert runs[0].itinerary == runs[1].itinerary
            assert runs[0].itinerary in words
            found.add(runs[0].itinerary)
    assert len(found) >= 2


def phase(mix, state):
    run = simulate(mix, steps_to_worst_cycle(mix, state), "exact", [list(state)])
    (stage,) = [j for j, x in enumerate(run.final_state[0]) if x]
    return (stage - run.steps) % mix.longest_decode


def bisected(mix, low, high):
    """Return two states 2^-40 of the way apart, on both sides of a boundary; or none."""
    first = phase(mix, low)
    if first == phase(mix, high):
        return ()
    for _ in range(40):
        middle = tuple((a + b) / 2 for a, b in zip(low, high, strict=True))
        low, high = (middle, high) if phase(mix, middle) == first else (low, middle)
    return low, high


# --- Counting (oracle: multisets of loss times, by brute force and by binomials). ---


@pytest.mark.slow
@pytest.mark.parametrize(("length", "s"), CASES)
def test_one_piece_for_every_multiset_of_loss_times(length, s):
    depth = DEPTHS[length]
    pieces = pieces_of(length, s)
    words = {word_of_losses(losses, length, depth): d for d, losses in loss_times(length, depth)}
    assert len(pieces) == comb(depth + length - 2, length - 2) == len(words)
    assert words == {
        whole_word(one_class(length, s), piece, depth): length - len(piece.cycle)
        for piece in pieces
    }


def loss_times(length, depth):
    for d in range(length - 1):
        for losses in combinations_with_replacement(range(1, depth + 1), d):
            yield d, losses


def word_of_losses(losses, length, depth):
    """The letters from full support on: rotate, and drop as many of the youngest as are lost."""
    occupied, word = set(range(length)), []
    for step in range(1, depth + 1):
        youngest_first = sorted((j + 1) % length for j in occupied)
        kept = youngest_first[losses.count(step) :]
        word.append(kept[0])
        occupied = set(kept)
    return tuple(word)


def whole_word(mix, piece, depth):
    return followed(mix, piece.centre, depth).itinerary


@pytest.mark.parametrize(("length", "s"), CASES)
def test_dimension_is_cohorts_inside_less_cohorts_of_the_cycle(length, s):
    for piece in pieces_of(length, s):
        assert piece.dimension == sum(map(bool, piece.centre)) - len(piece.cycle) <= length - 2
        # Oracle: numpy's rank, in floats.
        edges = np.array(piece.vertices, float)[1:] - np.array(piece.vertices[0], float)
        rank = np.linalg.matrix_rank(edges, tol=1e-9) if len(edges) else 0
        assert rank <= piece.dimension  # small pieces may look flat in floats
        assert all(tokens(v, s) == tokens([1] * length, s) for v in piece.vertices)
    short = [p for p in pieces_of(length, s) if len(p.word) <= 2]
    for piece in short:
        edges = np.array(piece.vertices, float)[1:] - np.array(piece.vertices[0], float)
        assert (np.linalg.matrix_rank(edges) if len(edges) else 0) == piece.dimension


@pytest.mark.parametrize(("length", "depth"), [(3, 30), (4, 14), (5, 9), (6, 7)])
def test_pieces_and_roots_are_binomial_in_number(length, depth):
    pieces = capture_set(one_class(length, 2), depth)
    assert len(pieces) == len(set(pieces)) == comb(depth + length - 2, length - 2)
    roots = sum(bool(piece.word and piece.word[0]) for piece in pieces)
    assert roots == comb(depth + length - 3, length - 3)
    by_dimension = Counter(piece.dimension for piece in pieces)
    assert by_dimension == {d: comb(depth + d - 1, d) for d in range(length - 1)}


@pytest.mark.parametrize("length", [2, 3, 4, 5])
def test_a_larger_depth_contains_a_smaller_one(length):
    before = set(capture_set(one_class(length, 1), length))
    for depth in range(length + 1, length + 4):
        level = set(capture_set(one_class(length, 1), depth))
        assert before <= level
        before = level


@pytest.mark.parametrize("length", [2, 3, 4, 5, 6])
def test_depth_0_is_the_cycles_and_each_later_one_contains_them(length):
    mix = one_class(length, 1)
    states = {state for cycle in necklace_cycles(mix)[:-1] for state in cycle.states}
    assert {piece.vertices for piece in capture_set(mix, 0)} == {(state,) for state in states}


# --- By hand. ---


def test_two_stages_capture_one_state():
    # s = 2, l = 2, B = 140: the equilibrium is 20 in both stages.
    for depth in (0, 1, 50, 10**9):
        (piece,) = capture_set(one_class(2, 2, 140), depth)
        assert (piece.word, piece.dimension, piece.cycle) == ((), 0, (1, 1))
        assert piece.vertices == ((20, 20),)


def test_three_stages_by_hand():
    # s = 0, B = 42; the cycle (2, 1) is (0, 12, 6), (6, 0, 12), (30, 6, 0). Before an eviction
    # down to (0, 12, 6): 6 in stage 1, and 12 + e, x in stages 0 and 2 with e + 3 x = 18, so that
    # from (30, 6, 0) to (12, 6, 6). An admission before a state q: (q_1, q_2, y) with
    # 3 y = q_0 + q_1 + q_2, so (6, 0, 12) and (6, 6, 8).
    found = {piece.word: piece.vertices for piece in capture_set(one_class(3, 0, 42), 3)}
    assert found[()] == ((7, 7, 7),)
    assert found[(1,)] == ((12, 6, 6), (30, 6, 0))
    assert found[(0, 1)] == ((6, 0, 12), (6, 6, 8))
    assert len(found) == 4


@pytest.mark.parametrize("s", [0, Fraction(1, 3), 7])
def test_the_root_of_three_stages(s):
    mix = one_class(3, s)
    c = necklace_cycles(mix)[1].throughput
    (root,) = [p for p in capture_set(mix, 8) if p.word and p.word[0]]
    ends = ((2 * c, c, 3 * c / (s + 3)), (2 * c + 3 * c / (s + 1), c, 0))
    assert root.vertices == ends


def test_several_classes_of_one_length_are_one_at_their_mean_input():
    several = Workload.from_classes([(0, 3, 1), (4, 3, 3)], capacity=60)
    assert several.mean_input_length == 3
    assert capture_set(several, 5) == capture_set(one_class(3, 3, 60), 5)
    assert steps_to_worst_cycle(several, [3, 2, 5]) == steps_to_worst_cycle(
        one_class(3, 3, 60), [3, 2, 5]
    )


# --- The basin of the worst cycle. ---

LENGTHS, INPUTS, STARTS = range(2, 9), (0, 1, 5), 10


@pytest.fixture(scope="module")
def samples():
    return {
        (length, s): basin_sample(one_class(length, s), STARTS, seed=100 * length + s)
        for length in LENGTHS
        for s in INPUTS
    }


def test_two_hundred_exact_starts_reach_the_worst_cycle(samples):
    assert sum(len(sample.starts) for sample in samples.values()) == 210
    for (length, s), sample in samples.items():
        mix = one_class(length, s)
        worst = necklace_cycles(mix)[-1].states
        for start, steps in zip(sample.starts, sample.steps, strict=True):
            assert tokens(start, s) == tokens([1] * length, s)
            run = simulate(mix, steps, "exact", [list(start)], record_states=True)
            rows = [tuple(state[0]) for state in run.states]
            assert rows[-1] in worst
            assert not any(row in worst for row in rows[:-1])
            counts = [sum(map(bool, row)) for row in rows]
            assert counts == sorted(counts, reverse=True)  # cohorts are only lost


def test_the_table_of_steps(samples):
    table = {
        length: (
            max(samples[length, s].longest for s in INPUTS),
            [samples[length, s].median for s in INPUTS],
        )
        for length in LENGTHS
    }
    assert all(longest < 200 for longest, _ in table.values())
    for _, medians in table.values():  # a larger input grows more slowly away (R5)
        assert medians[0] < medians[-1]


@pytest.mark.parametrize("s", [0, 1, 5])
@pytest.mark.parametrize("length", [1, 2, 3, 5, 8])
def test_floats_count_the_same_steps(length, s):
    mix = one_class(length, s, 1000)
    sample = basin_sample(mix, 15, seed=4)
    for start, steps in zip(sample.starts, sample.steps, strict=True):
        assert steps == steps_to_worst_cycle(mix, start, "float")


def test_a_memory_that_is_full_up_to_rounding_is_full():
    # Stage 1 fills the memory exactly a step later: (s + 2)/(s + 3) of it, the rest in stage 0.
    for s in range(100):
        mix, full = one_class(3, s), Fraction(s + 2, s + 3)
        capacity = tokens([1, 1, 1], s)
        start = [(1 - full) * capacity / (s + 1), full * capacity / (s + 2), 0]
        assert steps_to_worst_cycle(mix, start) == 1


def test_states_of_the_worst_cycle_take_no_step():
    mix = one_class(4, 1, 100)
    for state in necklace_cycles(mix)[-1].states:
        assert steps_to_worst_cycle(mix, state) == 0
        assert steps_to_worst_cycle(mix, state, "float") == 0
    assert steps_to_worst_cycle(mix, [0, 0, 0, 0]) == 0  # the fit fills stage 0
    assert steps_to_worst_cycle(mix, [1, 0, 0, 10**6]) == 0  # and empties it


def test_a_limit_is_kept():
    mix = one_class(2, 2, 140)
    assert steps_to_worst_cycle(mix, [21, 19], max_steps=11) == 11
    assert steps_to_worst_cycle(mix, [21, 19], max_steps=10) is None
    sample = basin_sample(mix, 5, seed=1, max_steps=0)
    assert sample.steps == (None,) * 5
    assert sample.median == sample.longest == float("inf")


def test_the_same_seed_gives_the_same_starts():
    mix = one_class(4, 1)
    assert basin_sample(mix, 3, seed=5) == basin_sample(mix, 3, seed=5)
    assert basin_sample(mix, 3, seed=5).starts != basin_sample(mix, 3, seed=6).starts


def test_errors_name_the_argument():
    mix = one_class(3, 1)
    two = Workload.from_classes([(1, 2), (1, 3)])
    for call in (
        lambda: capture_set(two, 1),
        lambda: steps_to_worst_cycle(two, [1, 1, 1]),
        lambda: basin_sample(two, 1, 1),
    ):
        with pytest.raises(InvalidArgument, match=r"'mix' must have one decode length, not \[2, 3"):
            call()
    for length in (1, 7):
        with pytest.raises(InvalidArgument, match=rf"'mix' .* length from 2 to 6 .* not {length}"):
            capture_set(one_class(length, 1), 1)
    with pytest.raises(InvalidArgument, match=r"'depth' must be an integer of at least 0, not -1"):
        capture_set(mix, -1)
    with pytest.raises(InvalidArgument, match=r"'depth' .* at most 12 for decode length 6, not 13"):
        capture_set(one_class(6, 1), 13)
    assert comb(12 + 4, 4) <= MOST_PIECES < comb(13 + 4, 4)
    with pytest.raises(
        InvalidArgument, match=r"'arithmetic' must be 'exact' or 'float', not 'integer'"
    ):
        steps_to_worst_cycle(mix, [1, 1, 1], "integer")
    with pytest.raises(
        InvalidArgument, match=r"'max_steps' must be an integer of at least 0, not 1.5"
    ):
        steps_to_worst_cycle(mix, [1, 1, 1], max_steps=1.5)
    with pytest.raises(InvalidArgument, match=r"'state' of class 1 must be 3 counts"):
        steps_to_worst_cycle(mix, [1, 1])
    with pytest.raises(InvalidArgument, match=r"'starts' must be an integer from 1 to 1000000"):
        basin_sample(mix, 0, 1)
    with pytest.raises(InvalidWorkload, match=r"'mix' must be a Workload, .*, not 3\."):
        capture_set(3, 1)
