"""Admission policies: a measured table, closed forms, and a second simulator."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from stabkit.dynamics.capacity import equilibrium_admissions, simulated_capacity
from stabkit.dynamics.long_run import long_run
from stabkit.dynamics.policies import (
    Damped,
    Greedy,
    Headroom,
    RateLimited,
    Reservation,
    policy_named,
)
from stabkit.dynamics.product_form import ProductFormRun
from stabkit.dynamics.simulator import simulate
from stabkit.errors import InvalidArgument
from stabkit.model.workload import Workload

NAMES = [
    "greedy",
    "damped:1/2",
    "headroom:0.05",
    "rate-limited",
    "rate-limited:1.05",
    "rate-limited:1.2",
    "reservation",
]
# Oracle: docs/model.md, Policies, completed requests over a*, from the empty state.
TABLE = {
    ((10, 5),): [0.8667, 0.8553, 0.8667, 1.0, 0.9909, 0.9636, 0.8667],
    ((100, 20),): [0.9208, None, 0.9208, 1.0, 0.9953, 0.9840, 0.9208],
    ((5, 3), (5, 6)): [0.8889, 0.8571, 0.8889, 1.0, 0.9929, 0.9714, 0.8000],
}
QUASI_PERIODIC = [0.9761, 0.8356, 0.9543, 1.0, 0.9992, 0.9967, 0.8243]


def random_mix(rng, most=3):
    lengths = rng.sample(range(1, 9), rng.randint(1, most))
    return Workload.from_classes(
        [(Fraction(rng.randint(0, 30), rng.randint(1, 2)), n, rng.randint(1, 9)) for n in lengths],
        rng.randint(500, 5000),
    )


# --- docs/model.md, Policies. ---


@pytest.mark.parametrize(("classes", "expected"), TABLE.items())
def test_periodic_rows_of_the_table(classes, expected):
    mix = Workload.from_classes(classes)
    for name, ratio in zip(NAMES, expected, strict=True):
        if ratio is None:
            continue
        run = long_run(mix, policy=policy_named(name, mix))
        assert run.period is not None
        assert abs(run.request_ratio - ratio) <= 5e-5


@pytest.mark.parametrize(
    ("classes", "name", "ratio"),
    [(((5, 3), (5, 5)), *pair) for pair in zip(NAMES, QUASI_PERIODIC, strict=True)]
    + [(((100, 20),), "damped:1/2", 0.9273)],
)
def test_quasi_periodic_entries(classes, name, ratio):
    # Averaged over 50 000 steps after 10 000, as the table was.
    mix = Workload.from_classes(classes)
    run = ProductFormRun(mix, policy=policy_named(name, mix))
    run.advance(10_000)
    completed = run.by_class(run.advance(50_000).finished.sum(axis=0)).sum()
    assert abs(completed / 50_000 - ratio) <= 5e-4


# --- Closed forms. ---


@pytest.mark.parametrize("seed", range(100))
def test_rate_limited_at_the_equilibrium_of_one_class(seed):
    rng = random.Random(seed)
    mix = Workload.from_classes([(rng.randint(0, 200), rng.randint(1, 30))])
    run = ProductFormRun(mix, policy=RateLimited.over_equilibrium(mix))
    run.advance(50 * mix.longest_decode)
    block = run.advance(20 * mix.longest_decode)
    assert not block.evicted.any()
    assert np.allclose(run.by_class(block.finished), 1)


@pytest.mark.parametrize("seed", range(30))
def test_reservation_never_evicts_and_its_throughput(seed):
    rng = random.Random(seed)
    mix = random_mix(rng)
    run = simulate(mix, 400, "exact" if seed < 5 else "float", policy=Reservation())
    assert not run.evicted.any()
    held = sum(c.share * c.decode_length * (c.input_length + c.decode_length) for c in mix.classes)
    mean = long_run(mix, policy=Reservation())
    ratio = float(simulated_capacity(mix) / held / equilibrium_admissions(mix))
    assert mean.request_ratio == pytest.approx(ratio, rel=1e-3)
    assert mean.first_eviction is None


def test_of_one_class_reservation_is_the_worst_cycle():
    for s, length in [(0, 4), (10, 5), (37, 12)]:
        mix = Workload.from_classes([(s, length)])
        ratio = (2 * s + length + 1) / (2 * (s + length))
        assert long_run(mix, policy=Reservation()).request_ratio == pytest.approx(ratio, rel=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_headroom_of_one_class(seed):
    # eta >= (l - 1) / (s + l) removes evictions, at (1 - eta) B / (l (s + 1)) per step, from empty.
    rng = random.Random(seed)
    s, length = rng.randint(0, 40), rng.randint(2, 12)
    least = Fraction(length - 1, s + length)
    eta = least + (1 - least) * Fraction(rng.randint(0, 5), 10)
    mix = Workload.from_classes([(s, length)], 10_000)
    run = simulate(mix, 20 * length, "exact", policy=Headroom(eta))
    assert not run.evicted.any()
    completed = sum(run.completed[-length:])
    assert completed / length == (1 - eta) * 10_000 / (length * (s + 1))
    if least > Fraction(1, 20):  # and below that watermark it evicts
        below = simulate(mix, 20 * length, "exact", policy=Headroom(least - Fraction(1, 100)))
        assert below.evicted.any()


@pytest.mark.parametrize("seed", range(20))
def test_damped_holds_its_fraction_of_the_memory(seed):
    # kappa G(1) / (g_0 + kappa (G(1) - g_0)) of B, where it converges.
    rng = random.Random(seed)
    mix, gain = random_mix(rng), Fraction(rng.randint(1, 9), 50)
    total, first = (
        simulated_capacity(mix.with_capacity(None)),
        sum(c.share * (c.input_length + 1) for c in mix.classes),
    )
    run = long_run(mix, policy=Damped(gain))
    expected = gain * total / (first + gain * (total - first))
    if run.period == 1:
        assert run.utilisation == pytest.approx(float(expected), rel=1e-6)


# --- A second simulator, stage by stage from docs/model.md, Model. ---


def by_hand(mix, admissions, steps):
    """Return the admissions and evictions of exact steps from empty."""
    capacity = simulated_capacity(mix)
    held = lambda k, j: mix.classes[k].input_length + j + 1  # noqa: E731
    state = [[Fraction(0)] * c.decode_length for c in mix.classes]
    record = []
    for step in range(steps + 1):
        if step:
            state = [[Fraction(0), *row[:-1]] for row in state]
        used = sum(x * held(k, j) for k, row in enumerate(state) for j, x in enumerate(row))
        admitted = evicted = Fraction(0)
        if used <= capacity:
            admitted = admissions(state, used, capacity)
            for k, c in enumerate(mix.classes):
                state[k][0] += c.share * admitted
        else:
            excess = used - capacity
            for j in range(mix.longest_decode):
                there = sum(row[j] * held(k, j) for k, row in enumerate(state) if j < len(row))
                fraction = min(Fraction(1), excess / there) if there else Fraction(0)
                for row in state:
                    if j < len(row):
                        evicted += fraction * row[j]
                        row[j] -= fraction * row[j]
                excess -= fraction * there
        record.append((admitted, evicted))
    return record


def rules(mix):
    first = sum(c.share * (c.input_length + 1) for c in mix.classes)
    life = sum(c.share * (c.input_length + c.decode_length) for c in mix.classes)
    level = equilibrium_admissions(mix)

    def reserved(state):
        return sum(
            x * (c.input_length + c.decode_length)
            for c, row in zip(mix.classes, state, strict=True)
            for x in row
        )

    return {
        "greedy": lambda state, used, b: (b - used) / first,
        "damped:3/7": lambda state, used, b: Fraction(3, 7) * (b - used) / first,
        "headroom:1/9": lambda state, used, b: max(b * Fraction(8, 9) - used, 0) / first,
        "rate-limited:11/10": lambda state, used, b: min((b - used) / first, level * 11 / 10),
        "reservation": lambda state, used, b: max(b - reserved(state), 0) / life,
    }


@pytest.mark.parametrize("seed", range(8))
def test_exactly_as_by_hand(seed):
    mix = random_mix(random.Random(seed))
    for name, rule in rules(mix).items():
        run = simulate(mix, 30, "exact", policy=name)
        assert list(zip(run.admitted, run.evicted, strict=True)) == by_hand(mix, rule, 30)


@pytest.mark.parametrize("name", ["damped:3/7", "headroom:1/9", "rate-limited:1.1", "reservation"])
def test_starts_of_any_form_and_whole_requests(name):
    # Counts that are not of product form take the other simulator.
    mix = Workload.from_classes([(3, 4), (1, 2)], 400)
    start = [[5, 0, 7, 1], [0, 9]]
    exact = simulate(mix, 200, "exact", start, policy=name)
    floats = simulate(mix, 200, "float", start, policy=name)
    assert np.allclose(floats.admitted, np.array(exact.admitted, float), atol=1e-6)
    whole = simulate(mix, 200, "integer", start, policy=name)
    assert all(n == int(n) for n in whole.admitted)
    if name == "reservation":
        assert not whole.evicted.any()


# --- Names. ---


def test_names_and_parameters():
    mix = Workload.from_classes([(5, 2)], 130)
    assert policy_named("damped:0.25") == Damped("1/4")
    assert policy_named("headroom") == Headroom("1/20")
    assert policy_named("rate-limited:1.05", mix) == RateLimited(Fraction(21, 2))
    assert policy_named(Greedy()) == Greedy()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: policy_named("generous"), "'policy' must be 'greedy'"),
        (lambda: policy_named("greedy:2"), "'policy' must be as in 'greedy', not 'greedy:2'"),
        (lambda: policy_named("rate-limited"), "'policy' must be 'greedy'"),
        (lambda: policy_named(object()), "'policy' must be 'greedy'"),
        (lambda: Damped(0), "'gain' must be above 0 and at most 1, not 0"),
        (lambda: policy_named("damped:2"), "'gain' must be above 0 and at most 1, not '2'"),
        (lambda: Headroom(1), "'watermark' must be at least 0 and below 1, not 1"),
        (lambda: RateLimited(0), r"'rate' must be positive and at most 10\^18 per step, not 0"),
        (lambda: Damped("half"), "'gain' must be a"),
    ],
)
def test_errors_name_the_argument(make, message):
    with pytest.raises(InvalidArgument, match=message):
        make()


# --- docs/model.md, Policies: from which starts nothing is ever evicted. ---


def random_state(mix, rng, room, held):
    """Whole requests at random, as many as fit: `held` tells the tokens of class and stage."""
    state = [[0] * c.decode_length for c in mix.classes]
    places = [(k, j) for k, row in enumerate(state) for j in range(len(row))]
    while places:
        k, j = rng.choice(places)
        if held(mix.classes[k], j) > room:
            places.remove((k, j))
            continue
        count = rng.randint(1, int(room // held(mix.classes[k], j)))
        state[k][j] += count
        room -= count * held(mix.classes[k], j)
    return state


@pytest.mark.parametrize("seed", range(40))
def test_headroom_never_evicts_from_within_the_watermark(seed):
    """The docstring's bound for every class, from starts that are not of product form."""
    rng = random.Random(seed)
    mix = random_mix(rng)
    watermark = max(Fraction(c.decode_length - 1) / (c.input_length + c.decode_length)
                    for c in mix.classes)  # fmt: skip
    room = (1 - watermark) * mix.capacity
    state = random_state(mix, rng, room, lambda c, j: c.input_length + j + 1)
    run = simulate(mix, 60, "exact", state=state, policy=Headroom(watermark))
    assert not any(run.evicted)


def test_headroom_by_the_mean_input_evicts_from_an_unequal_start():
    """docs/model.md, Headroom: (0,3), (6,3), equal shares, 1/3, B = 90: 15 of 60, twice."""
    mix = Workload.from_classes([(0, 3), (6, 3)], 90)
    start = [[60, 0, 0], [0, 0, 0]]
    run = simulate(mix, 6, "exact", state=start, policy=Headroom(Fraction(1, 3)))
    assert run.memory[0] == 60  # (1 - 1/3) 90
    assert list(run.evicted) == [0, 15, 15, 0, 0, 0, 0]
    half = Fraction(15, 2)  # of product form: one class of s = 3, l = 3
    same = simulate(mix, 60, "exact", state=[[half, 0, 0], [half, 0, 0]], policy=Headroom("1/3"))
    assert not any(same.evicted)
    assert not any(simulate(mix, 60, "exact", policy=Headroom(Fraction(1, 3))).evicted)
    enough = simulate(mix, 60, "exact", state=[[30, 0, 0], [0, 0, 0]], policy=Headroom("2/3"))
    assert not any(enough.evicted)  # (l - 1) / (l + min s)


def test_headroom_above_its_watermark_evicts():
    """The start must be within (1 - eta) B: a full one evicts, whatever the watermark."""
    mix = Workload.from_classes([(10, 5)], 650)
    full = [[59, 0, 0, 0, 0]]
    run = simulate(mix, 5, "exact", state=full, policy=Headroom(Fraction(4, 15)))
    assert sum(run.evicted) > 0
    within = [[43, 0, 0, 0, 0]]
    run = simulate(mix, 60, "exact", state=within, policy=Headroom(Fraction(4, 15)))
    assert sum(run.evicted) == 0


@pytest.mark.parametrize("seed", range(40))
def test_reservation_never_evicts_where_the_reservations_fit(seed):
    rng = random.Random(seed)
    mix = random_mix(rng)
    state = random_state(mix, rng, mix.capacity, lambda c, _: c.input_length + c.decode_length)
    run = simulate(mix, 60, "exact", state=state, policy=Reservation())
    assert not any(run.evicted)
    assert not any(simulate(mix, 60, "exact", policy=Reservation()).evicted)


def test_reservation_evicts_from_a_start_that_does_not_fit():
    """docs/model.md, Reservation: s = 2, l = 3, B = 100 from [0, 25, 0] evicts 5."""
    mix = Workload.from_classes([(2, 3)], 100)
    run = simulate(mix, 30, "exact", state=[[0, 25, 0]], policy=Reservation())
    assert list(run.evicted)[:3] == [0, 5, 0]
    assert sum(run.evicted) == 5
