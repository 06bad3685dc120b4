"""The fluid with kept progress, against whole requests one by one and against its two theorems.

Provenance: the loop over single requests below shares no code with the module.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate, islice

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stabkit.dynamics.kept_progress import kept_progress, kept_steps
from stabkit.errors import InvalidArgument
from stabkit.model.workload import Workload

CLASSES = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 6), st.integers(1, 4)), min_size=1)


def kernel(mix: Workload) -> list[Fraction]:
    return [
        sum(
            (c.share * (c.input_length + m + 1) for c in mix.classes if c.decode_length > m),
            Fraction(0),
        )
        for m in range(mix.longest_decode)
    ]


@settings(max_examples=40, deadline=None)
@given(classes=CLASSES.map(lambda c: c[:4]), capacity=st.integers(30, 300))
def test_no_decode_step_is_lost(classes: list[tuple[int, int, int]], capacity: int) -> None:
    mix = Workload.from_classes(classes, capacity)
    g = kernel(mix)
    rate, most = capacity / sum(g), capacity / min(g)
    run = islice(kept_steps(mix, "exact"), 25)
    for n, admitted in enumerate(accumulate(step.admitted for step in run)):
        assert rate * n <= admitted <= rate * n + most


@pytest.mark.parametrize("s", [*range(8), Fraction(1, 2), Fraction(22, 7)])
def test_two_steps_are_the_negative_beta_transformation(s: Fraction) -> None:
    beta = Fraction(s + 2) / (s + 1)
    unit = Fraction(100) / (s + 1)
    run = kept_steps(Workload.from_classes([(s, 2)], 100), "exact")
    next(run)
    y = Fraction(1)
    for _ in range(40):
        over = beta * y > 1
        if over:
            step = next(run)
            assert (step.admitted, step.evicted) == (0, (y - 1 / beta) * unit)
        y = 1 - beta * y + over
        step = next(run)
        assert (step.admitted, step.evicted) == (y * unit, 0)


def test_without_input_two_steps_repeat_after_three() -> None:
    run = list(islice(kept_steps(Workload.from_classes([(0, 2)], 12), "exact"), 1, 10))
    assert [(int(x.admitted), int(x.evicted), int(x.completed)) for x in run] == [
        (0, 6, 0), (0, 0, 6), (12, 0, 6),
    ] * 3  # fmt: skip


def whole_requests(s: int, length: int, capacity: int, steps: int) -> tuple[int, int, int]:
    """Return evictions, completions and tokens prefilled again in the second half of a run."""
    running: list[int] = []  # the stages, in the order of admission
    waiting: list[int] = []
    totals = [0, 0, 0]
    for n in range(steps):
        running = [stage + 1 for stage in running]
        done = sum(stage == length for stage in running)
        running = [stage for stage in running if stage < length]
        evicted = again = 0
        used = sum(s + stage + 1 for stage in running)
        if used > capacity:
            while used > capacity:
                waiting.insert(0, running.pop())
                used -= s + waiting[0] + 1
                evicted += 1
        else:
            while used + s + (waiting[0] if waiting else 0) + 1 <= capacity:
                stage = waiting.pop(0) if waiting else 0
                again += s + stage if stage else 0
                running.append(stage)
                used += s + stage + 1
        if n >= steps // 2:
            totals = [a + b for a, b in zip(totals, (evicted, done, again), strict=True)]
    return totals[0], totals[1], totals[2]


@pytest.mark.parametrize(("s", "length"), [(10, 5), (0, 7), (3, 4)])
def test_many_whole_requests_cost_what_the_fluid_costs(s: int, length: int) -> None:
    total = sum(s + m + 1 for m in range(length))
    evicted, done, again = whole_requests(s, length, 300 * total, 600)
    fluid = kept_progress(Workload.from_classes([(s, length)]), 4000)
    assert evicted / done == pytest.approx(fluid.evictions_per_completion, rel=0.06)
    assert again / done == pytest.approx(fluid.recomputed_tokens_per_completion, rel=0.06)
    assert fluid.request_ratio == pytest.approx(1, abs=2 * length / 4000)


def test_a_bistable_mix_converges_from_empty_where_progress_is_kept() -> None:
    assert kept_progress(Workload.named("bistable"), 500).evictions_per_completion == 0


def test_arguments() -> None:
    mix = Workload.from_classes([(1, 2)])
    with pytest.raises(InvalidArgument, match="'arithmetic' must be"):
        next(kept_steps(mix, "integer"))
    with pytest.raises(InvalidArgument, match="'steps' must be"):
        kept_progress(mix, 0)
