"""The simulator against vectors, against the model carried out literally, and against its laws."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit.dynamics.capacity import simulated_capacity
from stabkit.dynamics.policies import GREEDY, policy_named
from stabkit.dynamics.product_form import ProductFormRun
from stabkit.dynamics.simulator import LARGEST_RUN, simulate
from stabkit.dynamics.stage_run import StageRun
from stabkit.errors import InvalidArgument
from stabkit.model.workload import Workload

VECTORS = Path(__file__).parents[1] / "vectors" / "trajectories.json"
TRAJECTORIES = json.loads(VECTORS.read_text(encoding="utf-8"))["trajectories"]


def exactly(state):
    return [[Fraction(count) for count in row] for row in state]


def vector_mix(vector):
    classes = [(c["input_length"], c["decode_length"], c["share"]) for c in vector["classes"]]
    return Workload.from_classes(classes, capacity=vector["capacity"])


# --- docs/model.md, Model, literally, with one dictionary entry per class and stage. ---


def needed(mix, x):
    return sum((mix.classes[k].input_length + j + 1) * n for (k, j), n in x.items())


def literal_fluid_fit(mix, x):
    """Evict or admit; return (admitted, evicted, wasted)."""
    capacity, evicted, wasted = simulated_capacity(mix), Fraction(0), Fraction(0)
    for stage in range(mix.longest_decode):
        excess = needed(mix, x) - capacity
        if excess <= 0:
            break
        here = [key for key in x if key[1] == stage]
        held = needed(mix, {key: x[key] for key in here})
        fraction = min(Fraction(1), excess / held) if held else Fraction(0)
        for key in here:
            evicted += fraction * x[key]
            wasted += stage * fraction * x[key]
            x[key] -= fraction * x[key]
    if evicted:
        return Fraction(0), evicted, wasted
    admitted = (capacity - needed(mix, x)) / sum(
        c.share * (c.input_length + 1) for c in mix.classes
    )
    for k, c in enumerate(mix.classes):
        x[k, 0] += c.share * admitted
    return admitted, Fraction(0), Fraction(0)


def literal_whole_fit(mix, x):
    """The same for whole requests, evicting one at a time."""
    capacity, evicted, wasted = mix.capacity, 0, 0
    while needed(mix, x) > capacity:
        stage = min(j for (k, j), n in x.items() if n)
        k = min((k for k, j in x if j == stage), key=lambda k: (-x[k, stage], k))
        x[k, stage] -= 1
        evicted, wasted = evicted + 1, wasted + stage
    if evicted:
        return 0, evicted, wasted
    a = (capacity - needed(mix, x)) / sum(c.share * (c.input_length + 1) for c in mix.classes)
    parts = [c.share * a for c in mix.classes]
    left = math.floor(a) - sum(math.floor(part) for part in parts)
    largest = sorted(range(len(parts)), key=lambda k: (-(parts[k] % 1), k))[:left]
    for k, part in enumerate(parts):
        x[k, 0] += math.floor(part) + (k in largest)
    return math.floor(a), 0, 0


def literal_run(mix, state, steps, fit):
    """Yield (state, admitted, evicted, wasted, completed by class), the fitted start first."""
    x = {(k, j): n for k, row in enumerate(state) for j, n in enumerate(row)}
    completed = [0] * len(mix.classes)
    for _ in range(steps + 1):
        record = fit(mix, x)
        rows = [[x[k, j] for j in range(c.decode_length)] for k, c in enumerate(mix.classes)]
        yield rows, *record, completed
        completed = [row[-1] for row in rows]
        x = {(k, j): row[j - 1] if j else 0 for k, row in enumerate(rows) for j in range(len(row))}


def assert_same_run(run, literal):
    for n, (state, admitted, evicted, wasted, completed) in enumerate(literal):
        assert run.states[n] == state
        assert (run.admitted[n], run.evicted[n], run.wasted_tokens[n]) == (
            admitted,
            evicted,
            wasted,
        )
        assert run.completed_by_class[n].tolist() == completed


@st.composite
def mixes(draw, largest_input=8, capacity=True):
    """Mixes of up to four classes with l <= 6, some with rational inputs, some of one length."""
    inputs = st.fractions(0, largest_input, max_denominator=2)
    entry = st.tuples(inputs, st.integers(1, 6), st.integers(1, 5))
    classes = draw(st.lists(entry, min_size=1, max_size=4))
    return Workload.from_classes(classes, draw(st.integers(60, 400)) if capacity else None)


def states_of(mix, counts):
    return st.tuples(
        *(st.lists(counts, min_size=n, max_size=n) for n in (c.decode_length for c in mix.classes))
    ).map(list)


# --- Vectors: exact trajectories from an implementation independent of stabkit. ---


@pytest.mark.parametrize("vector", TRAJECTORIES)
def test_exact_run_equals_the_vector(vector):
    # Oracle: tests/vectors/trajectories.json (docs/model.md, Vectors).
    steps = vector["steps"]
    run = simulate(
        vector_mix(vector), len(steps) - 1, "exact", vector["initial_state"], record_states=True
    )
    assert run.states == [exactly(step["state"]) for step in steps]
    assert run.final_state == run.states[-1]
    for quantity in ("admitted", "evicted", "completed"):
        assert getattr(run, quantity).tolist() == [Fraction(step[quantity]) for step in steps]


@pytest.mark.parametrize("vector", TRAJECTORIES)
def test_float_run_is_close_to_the_vector(vector):
    # Oracle: the same vectors; 12 unstable steps amplify 1e-16 to well below 1e-9.
    steps = vector["steps"]
    run = simulate(vector_mix(vector), len(steps) - 1, "float", vector["initial_state"])
    for quantity in ("admitted", "evicted", "completed"):
        expected = [float(Fraction(step[quantity])) for step in steps]
        assert getattr(run, quantity) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert run.admitted.dtype == run.completed_by_class.dtype == np.float64


def test_worked_integer_example():
    # Oracle: docs/model.md, Integer counts, worked by hand there; [0,35] [46,0] repeats.
    mix = Workload.from_classes([(2, 2)], capacity=140)
    first = "21,19 18,21 22,18 17,22 24,17 14,24 28,14 9,28 34,9 1,34 45,1"
    last = "0,35 46,0 0,35 46,0 0,35 46,0"
    expected = [[[int(n) for n in pair.split(",")]] for pair in f"{first} {last}".split()]
    run = simulate(mix, 16, "integer", [[21, 19]], record_states=True)
    assert run.states == expected
    assert {type(n) for n in run.memory} == {int}


# --- Random mixes against the literal model (oracle: the code above). ---


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_start_follows_the_literal_fluid(data):
    mix = data.draw(mixes())
    state = data.draw(states_of(mix, st.integers(0, 30).map(Fraction)))
    run = simulate(mix, 15, "exact", state, record_states=True)
    assert_same_run(run, literal_run(mix, state, 15, literal_fluid_fit))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_product_form_follows_the_literal_fluid(data):
    # R11: the L-dimensional dynamics is exact, evictions included.
    mix = data.draw(mixes(capacity=data.draw(st.booleans())))
    sizes = st.lists(st.integers(0, 20), min_size=mix.longest_decode, max_size=mix.longest_decode)
    y = [Fraction(size) for size in data.draw(sizes)]
    state = [[c.share * y[j] for j in range(c.decode_length)] for c in mix.classes]
    run = simulate(mix, 15, "exact", state, record_states=True)
    assert_same_run(run, literal_run(mix, state, 15, literal_fluid_fit))
    general = StageRun(mix, state, "exact")
    assert general.advance(15).admitted.tolist() == run.admitted[1:].tolist()
    assert general.state() == run.final_state


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whole_requests_follow_the_literal_rule(data):
    mix = data.draw(mixes())
    state = data.draw(states_of(mix, st.integers(0, 25)))
    run = simulate(mix, 15, "integer", state, record_states=True)
    assert_same_run(run, literal_run(mix, state, 15, literal_whole_fit))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_float_stage_run_follows_the_literal_fluid(data):
    mix = data.draw(mixes())
    state = data.draw(states_of(mix, st.integers(0, 30).map(Fraction)))
    literal = list(literal_run(mix, state, 6, literal_fluid_fit))
    block = StageRun(mix, [[float(n) for n in row] for row in state], "float").advance(6)
    expected = [float(entry[1] - entry[2]) for entry in literal[1:]]
    assert (block.admitted - block.evicted) == pytest.approx(expected, rel=1e-7, abs=1e-7)


# --- Laws that hold for every run (oracle: the definitions in docs/model.md, Model). ---


def requests(state):
    return sum(sum(row) for row in state)


@settings(max_examples=40, deadline=None)
@given(st.data(), st.sampled_from(["exact", "integer"]))
def test_requests_are_conserved_and_memory_is_kept(data, arithmetic):
    mix = data.draw(mixes())
    state = data.draw(states_of(mix, st.integers(0, 25)))
    run = simulate(mix, 20, arithmetic, state, record_states=True)
    content = [requests(row) for row in [state, *run.states]]
    change = run.admitted - run.evicted - run.completed
    assert change.tolist() == [after - before for before, after in pairwise(content)]
    assert all(a == 0 or e == 0 for a, e in zip(run.admitted, run.evicted, strict=True))
    if arithmetic == "exact":  # greedy fluid: the memory is always exactly full
        assert set(run.memory) == {mix.capacity}
        return
    common = mix.common_input_length is not None
    overshoot = 0 if common else sum(c.input_length + 1 for c in mix.classes)
    assert all(memory <= mix.capacity + overshoot for memory in run.memory)
    assert {type(n) for n in run.admitted} | {type(n) for n in run.evicted} == {int}


@settings(max_examples=40, deadline=None)
@given(mixes(capacity=False))
def test_merging_classes_of_equal_length_changes_no_total(mix):
    # R11: classes of equal decode length merge by their mean input, with evictions.
    merged = {}
    for c in mix.classes:
        share, held = merged.get(c.decode_length, (0, 0))
        merged[c.decode_length] = (share + c.share, held + c.share * c.input_length)
    classes = [(held / share, length, share) for length, (share, held) in merged.items()]
    fewer = Workload.from_classes(classes)
    whole, part = simulate(mix, 25, "exact"), simulate(fewer, 25, "exact")
    for quantity in ("admitted", "evicted", "completed", "completed_tokens", "wasted_tokens"):
        assert getattr(whole, quantity).tolist() == getattr(part, quantity).tolist()


@settings(max_examples=25, deadline=None)
@given(mixes(capacity=False), st.lists(st.integers(0, 6), min_size=1, max_size=6))
def test_a_run_resumed_is_the_same_run(mix, pieces):
    whole = ProductFormRun(mix, exact=True)
    resumed = ProductFormRun(mix, exact=True)
    block = whole.advance(sum(pieces))
    admitted = [a for piece in pieces for a in resumed.advance(piece).admitted]
    assert block.admitted.tolist() == admitted
    assert whole.state() == resumed.state()


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("pieces", [[60], [1] * 60, [7, 13, 40]])
def test_what_completed_before_a_cut_is_told_with_the_size_of_then(exact, pieces):
    # Oracle: StageRun, class by class. Evictions reach stages beyond most of the decode lengths.
    mix = Workload.from_classes([(0, 1), (2, 2), (3, 3), (1, 4), (0, 9, 8)], capacity=1000)
    run = ProductFormRun(mix, exact=exact)
    nothing = [[Fraction(0)] * c.decode_length for c in mix.classes]
    expected = StageRun(mix, nothing, "exact").advance(60)
    completed = np.concatenate([run.by_class(run.advance(n).finished) for n in pieces])
    assert completed.astype(float) == pytest.approx(expected.finished.astype(float), rel=1e-9)


def test_float_product_form_tracks_the_exact_one():
    # Oracle: exact Fractions. A stable mix, so that rounding does not grow.
    mix = Workload.from_classes([(30, 3), (40, 5), (20, 1)], capacity=10_000)
    exact, floats = simulate(mix, 200, "exact"), simulate(mix, 200, "float")
    for quantity in ("admitted", "memory", "completed_tokens"):
        expected = getattr(exact, quantity).astype(float)
        assert getattr(floats, quantity) == pytest.approx(expected, rel=1e-11, abs=1e-9)
    assert np.array(floats.final_state[1]) == pytest.approx(np.array(exact.final_state[1], float))


def test_equilibrium_and_scaling():
    # docs/model.md, Equilibrium: a* = B / G(1), G(1) = 6 + 7 = 13, and a* = 1 without a capacity.
    classes = [(5, 2)]
    run = simulate(Workload.from_classes(classes, capacity=130), 4, "exact", "equilibrium")
    assert run.completed.tolist() == [0, 10, 10, 10, 10]
    free = simulate(Workload.from_classes(classes), 4, "exact", "equilibrium")
    assert (free.capacity, free.final_state) == (13, [[1, 1]])
    whole = simulate(Workload.from_classes(classes, capacity=135), 0, "integer", "equilibrium")
    assert whole.final_state == [[10, 10]]


@pytest.mark.parametrize("as_cohorts", [True, False])
def test_full_memory_is_full_in_floats(as_cohorts):
    # Exact capture: with (s + 2) y_0 = B the survivors of a step of (s, 2) fill the memory exactly,
    # so that nothing is admitted or evicted. Rounding must not change that.
    for s in range(1, 200):
        mix = Workload.from_classes([(s, 2)], capacity=1000)
        young = Fraction(1000, s + 2)
        counts = [[float(young), float((1000 - (s + 1) * young) / (s + 2))]]
        run = ProductFormRun(mix, counts[0]) if as_cohorts else StageRun(mix, counts)
        block = run.advance(1)
        assert (block.admitted[0], block.evicted[0]) == (0, 0)


def test_largest_capacity_in_whole_requests():
    # 10^18 tokens: nothing may be done one request at a time. B = 10^18, s = 0, l = 2 from empty:
    # 10^18 requests of one token, half of them evicted when each needs two.
    mix = Workload.from_classes([(0, 2)], capacity=10**18)
    run = simulate(mix, 2, "integer")
    assert run.admitted.tolist() == [10**18, 0, 10**18]
    assert run.evicted.tolist() == [0, 10**18 // 2, 0]


@pytest.mark.parametrize("arithmetic", ["exact", "float", "integer"])
def test_no_steps(arithmetic):
    run = simulate(Workload.from_classes([(1, 1)], capacity=8), 0, arithmetic)
    assert (run.steps, run.admitted.tolist(), run.final_state) == (0, [4], [[4]])


# --- Arguments ---


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"steps": -1}, "'steps' must be an integer of at least 0, not -1"),
        ({"steps": 1.5}, "'steps' must be an integer of at least 0, not 1.5"),
        ({"steps": True}, "'steps' must be an integer of at least 0, not True"),
        ({"steps": LARGEST_RUN}, "'steps' must be below"),
        ({"steps": LARGEST_RUN // 12, "record_states": True}, "'steps' must be below"),
        (
            {"arithmetic": "decimal"},
            "'arithmetic' must be 'exact', 'float' or 'integer', not 'decimal'",
        ),
        ({"arithmetic": ["float"]}, "'arithmetic' must be"),
        ({"arithmetic": "integer"}, "'capacity' must be given for integer arithmetic"),
        ({"policy": "generous"}, r"'policy' must be 'greedy', .* not 'generous'"),
        ({"policy": {}}, "'policy' must be 'greedy', "),
        ({"state": "full"}, "'state' must be None, 'equilibrium' or counts"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(InvalidArgument, match=message):
        simulate(Workload.from_classes([(5, 3), (5, 2)]), **arguments)


def test_too_many_stages():
    with pytest.raises(InvalidArgument, match="'mix' must have at most 10000000 stages"):
        simulate(Workload.from_classes([(5, 10**9)]), 1)


def test_policy_is_found_by_name():
    assert policy_named("greedy") == GREEDY


def test_exact_numbers_that_grow_too_long_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stabkit.dynamics.simulator._MOST_WORK", 10**6)
    mix = Workload.from_classes([("1e-30", 3), (2, 9, 8), (58, 5)])
    with pytest.raises(InvalidArgument, match="'steps' must be at most 32 in exact arithmetic"):
        simulate(mix, 100, arithmetic="exact")
    assert len(simulate(mix, 32, arithmetic="exact").admitted) == 33
    cycle = Workload.from_classes([(2, 2)], 140)
    assert len(simulate(cycle, 2_000, arithmetic="exact", state=[[0, 35]]).admitted) == 2_001
