"""R20 and R21: the first eviction and the largest soft start, against exact runs."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from typing import Any

import pytest

from stabkit import Workload, simulate, soft_start, unit_circle_counts
from stabkit.model.enclosure import bounds_of
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.starts.partial_sums import PartialSums, horizon

CAPACITY = Fraction(1000)


class SlowStart:
    """A user's own policy: at most `rate` requests per step for some steps, then greedy."""

    name = "slow-start"

    def __init__(self, rate: Fraction, steps: int) -> None:
        self.rate, self.left = rate, steps

    def admissions(self, memory: Any) -> Any:
        fits = memory.free / memory.per_request
        if not self.left:
            return fits
        self.left -= 1
        return min(fits, self.rate)


def sums_of(g: list[Fraction], steps: int) -> list[Fraction]:
    """b_n by the recurrence of the memory equation, sum_m g_m b_(n-m) = G(1)."""
    found: list[Fraction] = []
    for n in range(steps):
        held = sum((g[m] * found[n - m] for m in range(1, min(n, len(g) - 1) + 1)), Fraction(0))
        found.append((sum(g) - held) / g[0])
    return found


def limited_mixes(random_mix: Any, rng: random.Random, number: int, longest: int) -> Any:
    """Yield stable mixes with delta* < 1 whose least sum comes early enough for exact runs."""
    while number:
        mix = random_mix(rng, rng.randint(2, longest))
        if unit_circle_counts(mix, "schur-cohn").verdict != "stable":
            continue
        found = soft_start(mix)
        if found.tightest is not None and found.tightest <= 80:
            number -= 1
            yield mix, found


def check_boundary(mix: Workload, found: Any, g: list[Fraction], run: Any) -> None:
    """The slow start at delta* evicts nothing, and admits nothing once; a hair above it evicts."""
    assert found.delta.low == found.delta.high
    delta, steps, rest = found.delta.low, found.steps, CAPACITY / sum(g)
    last = steps + found.tightest + 3 * len(g)
    assert found.admissions == (1 - delta) * rest

    def rows(at: Fraction) -> list[tuple[Fraction, Fraction]]:
        rates = run(
            g, [Fraction(0)] * len(g), CAPACITY, lambda n: (1 - at) * rest if n < steps else None
        )
        return list(itertools.islice(rates, last))

    below = rows(delta)
    assert not any(evicted for _, evicted in below)
    assert below[steps + found.tightest][0] == 0
    above = [evicted for _, evicted in rows(min(delta * (1 + Fraction(1, 10**9)), Fraction(1)))]
    assert not any(above[:steps])
    assert any(above[steps : steps + found.tightest + 1])


def test_the_boundary_from_both_sides(random_mix: Any, kernel_of: Any, run: Any) -> None:
    for mix, found in limited_mixes(random_mix, random.Random(21), 40, 5):
        check_boundary(mix, found, kernel_of(mix), run)


@pytest.mark.long
def test_the_boundary_of_three_hundred_mixes(random_mix: Any, kernel_of: Any, run: Any) -> None:
    for mix, found in limited_mixes(random_mix, random.Random(2100), 300, 8):
        check_boundary(mix, found, kernel_of(mix), run)


def test_where_no_slow_start_is_needed(random_mix: Any, kernel_of: Any, run: Any) -> None:
    rng, tried = random.Random(22), 0
    while tried < 30:
        mix = random_mix(rng, 5)
        found = soft_start(mix)
        if found.delta is None or found.delta.low < 1:
            continue
        tried += 1
        g = kernel_of(mix)
        rows = itertools.islice(run(g, [Fraction(0)] * len(g), CAPACITY, lambda n: None), 40)
        assert not any(evicted for _, evicted in rows)
        assert (found.evicts, found.tightest) == (False, None)


def test_the_simulator_agrees() -> None:
    """The same by `simulate`, with a policy of a user, and with more slow steps than needed."""
    mix = Workload.from_classes([(10, 3), (10, 5)], capacity=1000)
    found = soft_start(mix)
    assert found.delta is not None
    assert found.tightest is not None
    assert found.equilibrium is not None
    for extra in (0, 1, 5):
        slow = SlowStart(found.admissions, found.steps + extra)
        at = simulate(mix, 40, arithmetic="exact", policy=slow)
        assert not at.evicted.any()
        assert at.admitted[found.steps + extra + found.tightest] == 0
        slow = SlowStart(found.admissions * Fraction(999_999, 10**6), found.steps + extra)
        assert simulate(mix, 40, arithmetic="exact", policy=slow).evicted.any()


def test_too_short_a_start_may_evict() -> None:
    mix = Workload.from_classes([(10, 3), (10, 5)], capacity=1000)
    found = soft_start(mix)
    run = simulate(mix, 40, arithmetic="exact", policy=SlowStart(found.admissions, found.steps - 1))
    assert run.evicted.any()


def test_first_eviction_is_that_of_the_simulator(random_mix: Any) -> None:
    rng, seen = random.Random(20), set()
    for _ in range(60):
        mix = random_mix(rng, rng.randint(1, 6))
        found = soft_start(mix)
        last = found.first_eviction or 60
        evicted = simulate(mix, min(last, 60), arithmetic="exact").evicted
        assert next((n for n, x in enumerate(evicted) if x), None) == found.first_eviction
        seen.add(found.evicts)
    assert seen == {True, False}


def test_admissions_before_the_first_eviction() -> None:
    mix = Workload.from_classes([(0, 6, 2), (5, 1, 3)], capacity=1000)
    found = soft_start(mix)
    assert found.first_eviction == 4
    admitted = simulate(mix, 3, arithmetic="exact").admitted
    g = [Fraction(c, 5) for c in MemoryKernel.of(mix).coefficients]
    assert g[0] == Fraction(2, 5) + Fraction(3, 5) * 6
    assert list(admitted) == [found.equilibrium * b for b in sums_of(g, 4)]


def test_a_mix_without_requests_of_one_step_evicts_at_once(random_mix: Any) -> None:
    rng = random.Random(4)
    for _ in range(60):
        mix = random_mix(rng, 6)
        if mix.longest_decode > 1:
            short = (c for c in mix.classes if c.decode_length == 1)
            freed = sum(((c.input_length + 2) * c.share for c in short), Fraction(0))
            assert (soft_start(mix).first_eviction == 1) == (freed < 1)


def test_unstable_mixes_have_none(random_mix: Any) -> None:
    rng, tried = random.Random(6), 0
    while tried < 25:
        mix = random_mix(rng, 6)
        if unit_circle_counts(mix, "schur-cohn").verdict != "unstable":
            continue
        tried += 1
        found = soft_start(mix)
        assert found.delta is not None
        assert (found.evicts, found.delta.high, found.whole) == (True, 0, None)
        slow = SlowStart(found.equilibrium * Fraction(99, 100), found.steps)
        assert simulate(mix, 3_000, policy=slow).evicted.any()


def test_marginal_mixes() -> None:
    found = soft_start(Workload.from_classes([(1, 2), (1, 3)]))
    assert (found.verdict, found.evicts, found.first_eviction, found.delta) == (
        "marginal",
        True,
        1,
        None,
    )
    still = soft_start(Workload.from_classes([(0, 1), (0, 2)]))
    assert still.delta is not None
    assert (still.verdict, still.evicts, still.delta.low) == ("marginal", False, 1)


def test_traces() -> None:
    """Three digits from the reference; the runs by the simulator, in floats, on both sides."""
    for name, digits in (("azure-code-2023", "0.986"), ("azure-conv-2023", "0.838")):
        mix = Workload.named(name)
        found = soft_start(mix)
        assert found.delta is not None
        assert f"{float(found.delta.low):.3f}" == f"{float(found.delta.high):.3f}" == digits
        assert found.delta.high - found.delta.low < Fraction(1, 10**15)
        for factor, evicts in ((Fraction(10_001, 10_000), False), (Fraction(9_999, 10_000), True)):
            slow = SlowStart(float(found.admissions * factor), found.steps)
            run = simulate(mix, found.steps + 60, policy=slow)
            assert run.evicted.any() == evicts


def test_partial_sums_are_those_of_the_recurrence(random_mix: Any, kernel_of: Any) -> None:
    rng = random.Random(8)
    for _ in range(40):
        mix = random_mix(rng, 6)
        exact = sums_of(kernel_of(mix), 24)
        sums = PartialSums(MemoryKernel.of(mix), 24)
        for ball, value in zip(sums.balls, exact, strict=True):
            low, high = bounds_of(ball)
            assert low <= value <= high < low + Fraction(1, 2**50)
        place, least = sums.lowest()
        assert least.low == least.high == min(exact) == exact[place]
        first = next((n for n, value in enumerate(exact) if value < 0), None)
        assert sums.first_negative() == (first, True)


def test_a_sum_that_is_zero_is_not_negative(kernel_of: Any) -> None:
    """By hand: g = 9, 6, 7, over 2; (1 - z) G = 9 - 3 z + z^2 - 7 z^3, b_1 = b_0 / 3, b_2 = 0.

    1 / 3 is rounded: the ball of b_2 has 0 inside.
    """
    mix = Workload.from_classes([(3, 1), (4, 3)])
    exact = sums_of(kernel_of(mix), 24)
    assert exact[2] == 0
    sums = PartialSums(MemoryKernel.of(mix), 24)
    low, high = bounds_of(sums.balls[2])
    assert low < 0 < high
    assert sums.first_negative() == (next((n for n, b in enumerate(exact) if b < 0), None), True)


def test_no_sum_is_negative_beyond_the_horizon(random_mix: Any) -> None:
    rng, tried = random.Random(9), 0
    while tried < 20:
        mix = random_mix(rng, 8)
        kernel = MemoryKernel.of(mix)
        if kernel.length < 3 or unit_circle_counts(mix, "schur-cohn").verdict != "stable":
            continue
        last = horizon(kernel)
        if last is None or last > 5_000:
            continue
        tried += 1
        balls = PartialSums(kernel, last + 200).balls[last:]
        assert all(abs(ball - 1) <= 1 for ball in balls)


def test_a_length_beyond_memory_needs_its_first_terms_only() -> None:
    """By hand: g = 2, 3, ...; from empty 1/2 is admitted, then 1/2 - 3/4 would be."""
    assert soft_start(Workload.from_classes([(1, 10**9), (1, 3 * 10**8)])).first_eviction == 1
