"""Runs of whole requests, against other engines and against what every server conserves."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit import InvalidArgument, InvalidWorkload, Workload, simulate
from stabkit.dynamics.policies import Headroom
from stabkit.dynamics.requests import Scheduler, simulate_requests

LENGTHS = st.tuples(st.integers(0, 12), st.integers(1, 9))


def test_the_worked_example_in_whole_requests() -> None:
    """docs/model.md, Integer counts: s = 2, l = 2, B = 140, from 21 requests in stage 0, 19 in 1.

    The start is made by arrivals: 19 at time 0, 21 at time 1, all others at time 2.
    """
    rows = [(2, 2, 0)] * 19 + [(2, 2, 1)] * 21 + [(2, 2, 2)] * 500
    series = simulate_requests(rows, steps=14, capacity=140).series
    young = series.admitted[1:]
    old = series.running[1:] - young
    assert list(zip(young.tolist(), old.tolist(), strict=True)) == [
        *[(21, 19), (18, 21), (22, 18), (17, 22), (24, 17), (14, 24), (28, 14), (9, 28)],
        *[(34, 9), (1, 34), (45, 1), (0, 35), (46, 0), (0, 35)],
    ]


@settings(max_examples=60, deadline=None)
@given(LENGTHS, st.integers(0, 400), st.sampled_from(["greedy", "headroom"]))
def test_one_class_is_the_integer_simulator(
    lengths: tuple[int, int], spare: int, policy: str
) -> None:
    """One class needs no drawing: both engines count the same requests, at any capacity."""
    s, n = lengths
    mix = Workload.from_classes([(s, n)], capacity=2 * (s + n) + spare)
    rule = {"greedy": "greedy", "headroom": Headroom(Fraction(1, 4))}[policy]
    watermark = None if policy == "greedy" else Fraction(1, 4)
    run = simulate_requests(mix, steps=80, watermark=watermark)
    fluid = simulate(mix, steps=80, arithmetic="integer", policy=rule)
    for name in ("admitted", "evicted", "completed", "memory"):
        assert getattr(run.series, name).tolist() == [int(x) for x in getattr(fluid, name)]
    assert run.totals["wasted"] == sum(fluid.wasted_tokens)


def distance_to_the_fluid(a: int, seed: int) -> float:
    """The root mean square over the steps of |admissions / a - fluid|, from empty."""
    mix = Workload.from_classes([(5, 1, 2), (5, 2, 3), (9, 3, 1)])
    fluid = simulate(mix, steps=60)
    run = simulate_requests(mix, steps=60, seed=seed, capacity=a * fluid.capacity)
    return float(np.sqrt(np.mean((run.series.admitted / a - fluid.admitted) ** 2)))


def test_large_servers_follow_the_fluid_with_errors_as_one_over_root_b() -> None:
    """No start of this mix evicts (g = 7, 13/3, 2 falls: R19), so no drift of its shares."""
    small, large = (
        np.mean([distance_to_the_fluid(a, seed) for seed in range(8)]) for a in (40, 640)
    )
    assert 0.05 < small < 0.5
    assert small / large == pytest.approx(4, rel=0.3)  # sqrt(640 / 40)


def options() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "keep_progress": st.sampled_from([False, True, np.False_, np.True_]),
            "block_size": st.sampled_from([1, 1, 3, 8]),
            "reserve": st.sampled_from([None, None, "true-length", "1/2"]),
            "concurrency": st.sampled_from([None, None, 3, 20]),
            "max_num_batched_tokens": st.sampled_from([None, None, 16]),
        }
    )


@settings(max_examples=100, deadline=None)
@given(st.lists(LENGTHS, min_size=1, max_size=40), options(), st.integers(0, 120))
def test_conservation(rows: list[tuple[int, int]], rules: dict[str, Any], spare: int) -> None:
    capacity = 12 + 9 + 16 + spare
    run = simulate_requests(rows, capacity=capacity, **rules)
    series, requests, totals = run.series, run.requests, run.totals
    inputs, outputs = np.array(rows).T
    # A trace is served to its end, each request once.
    assert totals["completed"] == len(rows) == len(requests)
    assert totals["admitted"] == len(rows) + totals["evicted"]
    assert requests.preemptions.sum() == totals["evicted"]
    assert totals["completed_tokens"] == outputs.sum()
    assert requests.input_length.tolist() == inputs.tolist()
    # Requests are conserved in every step, and the memory holds them.
    flow = series.admitted - series.evicted - series.completed
    assert np.cumsum(flow).tolist() == series.running.tolist()
    assert series.memory.max() <= capacity
    assert not series.memory[series.running == 0].any()
    # Prompts are prefilled once, and again after evictions. (By then without end, at the end.)
    assert totals["prefilled"] == inputs.sum() + totals["recomputed"]
    if rules["max_num_batched_tokens"] is None:  # whole prompts: each executed step is a token
        assert series.running.sum() == totals["completed_tokens"] + totals["wasted"]
    assert (totals["wasted"] == 0) or not rules["keep_progress"]
    # Times are in order, and a request takes at least its steps.
    assert (requests.first_scheduled < requests.first_token).all()
    assert (requests.finished - requests.first_token >= outputs - 1).all()
    if not totals["evicted"]:
        assert (requests.finished - requests.first_token == outputs - 1).all()


def test_runs_are_reproducible_and_schedulers_see_the_same_requests() -> None:
    mix = Workload.from_classes([(10, 3, 2), (4, 9, 1), (30, 5, 1)], capacity=400)
    first, again = (simulate_requests(mix, steps=3000, seed=5) for _ in range(2))
    other = simulate_requests(mix, steps=3000, seed=6)
    capped = simulate_requests(mix, steps=3000, seed=5, max_num_seqs=4)
    for name in ("running", "memory", "admitted", "time"):
        assert np.array_equal(getattr(first.series, name), getattr(again.series, name))
    assert first.means == again.means
    assert len({first, again}) == 2  # a run is equal to itself alone: it holds arrays
    assert not np.array_equal(first.requests.input_length[:50], other.requests.input_length[:50])
    served = len(capped.requests)
    assert np.array_equal(capped.requests.input_length, first.requests.input_length[:served])
    assert capped.series.running.max() == 4


def test_requests_are_drawn_with_their_shares() -> None:
    """Chi-square with 2 degrees of freedom, .999 quantile 13.8 (tables)."""
    mix = Workload.from_classes([(10, 3, 5), (4, 9, 2), (30, 5, 1)], capacity=4000)
    drawn = simulate_requests(mix, steps=3000, every=None).requests.input_length
    counts = np.array([(drawn == s).sum() for s in (10, 4, 30)])
    expected = len(drawn) * np.array([5, 2, 1]) / 8
    assert counts.sum() == len(drawn) > 10_000
    assert ((counts - expected) ** 2 / expected).sum() < 13.8


def test_merged_traces_are_drawn_by_their_pairs() -> None:
    apart = Workload.from_classes([(1, 3, 2), (4, 3), (7, 5)], capacity=60)
    first, second = (
        simulate_requests(m, steps=500).requests for m in (apart, apart.merged().unmerged())
    )
    merged = simulate_requests(apart.merged(), steps=500).requests
    assert np.array_equal(merged.input_length, second.input_length)
    assert set(first.input_length) == set(merged.input_length) == {1, 4, 7}


def test_thinned_series_are_part_of_the_whole() -> None:
    mix = Workload.from_classes([(10, 3), (4, 9)], capacity=200)
    whole = simulate_requests(mix, steps=5000)
    for every in (2, 7, 1000, 4000):
        part = simulate_requests(mix, steps=5000, every=every)
        assert part.series.memory.tolist() == whole.series.memory[::every].tolist()
        assert part.series.time.tolist() == whole.series.time[::every].tolist()
        assert (part.means, part.totals) == (whole.means, whole.totals)
    bare = simulate_requests(mix, steps=5000, every=None, table=False)
    assert (bare.series, bare.requests, bare.means) == (None, None, whole.means)


@pytest.mark.parametrize("steps", [0, 1, 1022, 1023, 1024, 2047])
def test_a_run_ends_at_any_row(steps: int) -> None:
    run = simulate_requests([(3, 2)] * 3000, steps=steps, capacity=5)
    assert len(run.series) == run.steps + 1 == steps + 1
    assert run.series.completed.sum() == run.totals["completed"] == steps // 2


def test_progress_is_told_and_changes_nothing() -> None:
    mix = Workload.from_classes([(10, 3)], capacity=200)
    told: list[tuple[int, float]] = []
    run = simulate_requests(mix, steps=2500, progress=lambda row, now: told.append((row, now)))
    assert told == [(0, 0.0), (1024, 1024.0), (2048, 2048.0)]
    assert run.means == simulate_requests(mix, steps=2500).means


def test_the_clock_and_the_two_losses() -> None:
    """By hand: prompts of 4 and 8 tokens, 14 tokens of memory, progress kept.

    Row 0, time 0: both admitted, 5 + 9 = 14 tokens; 12 prompt tokens: 1 + 1.2 + .2 s. Row 1: both
    have a token, and would hold 6 + 10: the second goes. 6 tokens, nothing to prefill: 1.1 s. Row
    2: 7 tokens are held, and 8 + 1 + 1 = 10 do not fit. Row 3: the first ends at its third token;
    the second is admitted with 9 tokens to prefill: 1 + .9 + .1 s, and ends.
    """
    run = simulate_requests(
        [(4, 3), (8, 2)], capacity=14, keep_progress=True, step_time=(1, "1/10", 0.1)
    )
    np.testing.assert_allclose(run.series.time, [0, 2.4, 3.5, 4.6, 6.6])
    assert run.series.evicted.tolist() == [0, 1, 0, 0, 0]
    np.testing.assert_allclose(run.requests.first_token, [2.4, 2.4])
    np.testing.assert_allclose(run.requests.finished, [4.6, 6.6])
    assert (run.totals["wasted"], run.totals["recomputed"]) == (0, 9)
    assert run.recomputed_seconds == pytest.approx(0.9)


def test_a_closed_loop_never_has_more_in_the_system() -> None:
    mix = Workload.from_classes([(10, 3), (4, 9)], capacity=200)
    run = simulate_requests(mix, steps=2000, concurrency=5)
    present = run.series.running + run.series.waiting
    assert present.max() == 5
    assert run.totals["evicted"] == 0  # 5 (10 + 9) < 200: the memory never fills


def test_a_cap_below_what_always_fits_ends_evictions() -> None:
    """A public run of BurstGPT on vLLM: 430 prompt and 1024 output tokens in 560 000.

    385 = floor(560 000 / 1454) fit whatever happens; the default cap of vLLM is 256. Observed: 256
    run, KV use at most 46 %, none swapped. Without the cap the memory fills and evicts.
    """
    mix = Workload.from_classes([(430, 1024)], capacity=560_000)
    capped = simulate_requests(mix, steps=2500, max_num_seqs=256)
    assert capped.totals["evicted"] == 0
    assert capped.series.running.max() == 256
    assert capped.series.memory.max() <= 256 * 1454
    free = simulate_requests(mix, steps=2500)
    assert free.totals["evicted"] > 0
    assert free.series.running.max() > 385


@pytest.mark.parametrize(
    ("given", "rules", "message"),
    [
        ([(5000, 7), (100, 7)], {"capacity": 2000}, "at least 5007 tokens, not 2000: 1 of 2"),
        (
            [(5, 7)],
            {"capacity": 12, "watermark_tokens": 7},
            "at least 6 tokens beside its watermark, not 5",
        ),
        ([(5, 7)], {"capacity": 12, "block_size": 8}, "at least 16 tokens, not 8"),
        ([(5, 7)], {"capacity": 12, "watermark": "1/2"}, None),
        ([(5, 7)], {"capacity": 13, "watermark": "1/2", "keep_progress": True}, "at least 12"),
        ([(5, 7)], {"capacity": 40, "reserve": "max-tokens", "max_tokens": 6}, "'max_tokens'"),
        ([(5, 7)], {"capacity": 40, "reserve": "max-tokens", "max_tokens": 36}, "at least 41"),
        (
            [(5, 0)],
            {"capacity": 40},
            "row 1: 'output' must be at least 1",
        ),
        ([(5, 10**9 + 1)], {"capacity": 40}, "row 1: 'output' must be at least 1 and at most 10"),
        ([(10**12 + 1, 1)], {"capacity": 40}, "row 1: 'input' must be at least 0 and at most 10"),
        ([(5, 1), (2.5, 1)], {"capacity": 40}, "row 2: 'input' must be an integer, not 2.5"),
        ([(5, 1, 3), (2, 1, 2)], {"capacity": 40}, "row 2: 'arrival' must be in ascending order"),
        ([(5, 1, 3), (2, 1)], {"capacity": 40}, "row 2: 'arrival' must be in ascending order"),
        ([(5, 1, -3)], {"capacity": 40}, "row 1 must be"),
        ([(5,)], {"capacity": 40}, "row 1 must be"),
        ([5], {"capacity": 40}, "row 1 must be"),
        ([], {"capacity": 40}, "at least one request"),
        (Workload.from_classes([("1/2", 7)]), {"capacity": 40, "steps": 1}, "must be an integer"),
    ],
)
def test_what_could_never_be_served_is_refused(
    given: Any, rules: dict[str, Any], message: str | None
) -> None:
    if message is None:
        assert simulate_requests(given, **rules).totals["completed"] == 1
        return
    with pytest.raises(InvalidWorkload, match=message):
        simulate_requests(given, **rules)


def test_a_capacity_with_a_unit() -> None:
    assert Scheduler(capacity="1.5k").capacity == 1500
    with pytest.raises(InvalidArgument, match="'watermark_tokens' must be a finite rational"):
        Scheduler(watermark_tokens="1.5k")


def test_means_alone_are_no_requests() -> None:
    summary = Workload.from_classes([(5, 3), (8, 3), (4, 2)]).merged()
    means = Workload.from_dict({**summary.to_dict(), "capacity": 100})
    with pytest.raises(InvalidWorkload, match="must hold single requests"):
        simulate_requests(means, steps=5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m: simulate_requests(m, capacity=99), "'steps' must be given for a workload"),
        (lambda m: simulate_requests(m, steps=9), "'capacity' must be given, in tokens"),
        (lambda m: simulate_requests(m, steps=-1, capacity=99), "'steps' must be"),
        (lambda m: simulate_requests(m, steps=9, capacity=99, seed=-1), "'seed' must be"),
        (lambda m: simulate_requests(m, steps=9, capacity=99, every=0), "'every' must be"),
        (lambda m: simulate_requests(m, steps=10**8, capacity=99), "'every' must thin"),
        (lambda m: simulate_requests(m, steps=9, capacity=10**9), "hold at most 10000000 requests"),
        (lambda m: simulate_requests(m, steps=9, capacity=99, table=1), "'table' must be True"),
        (lambda m: simulate_requests(m, steps=9, capacity=99, progress=1), "'progress' must be"),
        (lambda m: simulate_requests(m, steps=9, capacity=0), "'capacity' must be positive"),
        (lambda m: simulate_requests(m, steps=9, scheduler="fcfs"), "'scheduler' must be one of"),
        (lambda m: simulate_requests(m, steps=9, cap=99), "must be one of capacity, block_size"),
        (lambda m: simulate_requests(3, capacity=9), "'mix_or_trace' must be"),
        (lambda m: Scheduler(block_size=0), "'block_size' must be"),
        (lambda m: Scheduler(keep_progress=1), "'keep_progress' must be True or False, not 1"),
        (lambda m: Scheduler(keep_progress="no"), "'keep_progress' must be True or False, not"),
        (lambda m: Scheduler(keep_progress=np.array([True, False])), "True or False, not \\[ True"),
        (lambda m: Scheduler(max_num_seqs=2.5), "'max_num_seqs' must be"),
        (lambda m: Scheduler(watermark=1), "'watermark' must be at least 0 and below 1, not 1"),
        (lambda m: Scheduler(watermark=0, watermark_tokens=0), "must not be given with"),
        (lambda m: Scheduler(rate=0), "'rate' must be positive, not 0"),
        (lambda m: Scheduler(reserve="all"), "'reserve' must be None, 'true-length'"),
        (lambda m: Scheduler(reserve=1), "'reserve' must be None, 'true-length'"),
        (lambda m: Scheduler(max_tokens=9), "'max_tokens' must be given with"),
        (lambda m: Scheduler(reserve="max-tokens"), "'max_tokens' must be given with"),
        (lambda m: Scheduler(step_time=(0, 1)), "'step_time' must be"),
        (lambda m: Scheduler(step_time=1), "'step_time' must be"),
        (lambda m: Scheduler(step_time=(1, float("nan"))), "'step_time' must be"),
    ],
)
def test_arguments_outside_their_domain(call: Callable[[Any], Any], message: str) -> None:
    with pytest.raises(InvalidArgument, match=message):
        call(Workload.from_classes([(5, 3)]))
