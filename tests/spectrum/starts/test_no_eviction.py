"""R19: whether a state can evict, against exact runs; where runs end, against Schur and Cohn."""

from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction
from typing import Any

import pytest

from stabkit import InvalidWorkload, Workload, never_evicts, simulate, unit_circle_counts


def adversarial(g: list[Fraction], rng: random.Random, number: int) -> list[list[Fraction]]:
    """Full memories: of one stage each, then of two, then of many; before the fit of a step."""
    length = len(g)
    shapes = [[Fraction(int(i == j)) for i in range(length)] for j in range(length)]
    while len(shapes) < number:
        some = rng.sample(range(length), min(length, rng.choice((2, 2, length))))
        shapes.append(
            [Fraction(rng.randint(1, 9)) if i in some else Fraction(0) for i in range(length)]
        )
    full = []
    for shape in shapes[:number]:
        held = sum((a * b for a, b in zip(g, shape, strict=True)), Fraction(0))
        full.append([1000 * x / held for x in shape])
    return full


def check(mix: Workload, g: list[Fraction], run: Any, rng: random.Random, starts: int) -> None:
    found = never_evicts(mix)
    ages = [m for m in range(1, len(g)) if g[m] > g[m - 1]]
    assert [m for first, last in found.rising for m in range(first, last + 1)] == ages
    worst = max((g[m] / g[m - 1] - 1 for m in ages), default=Fraction(0))
    assert (found.certain, found.largest_eviction) == (not ages, worst)
    seen = Fraction(0)
    for start in adversarial(g, rng, starts):
        steps = itertools.islice(run(g, start, Fraction(1000), lambda n: None), 2 * len(g) + 2)
        seen = max(seen, *(evicted for _, evicted in steps))
    assert seen <= 1000 * worst == found.largest_tokens
    if starts >= len(g):  # a memory full of the stage before the worst age is among them
        assert seen == 1000 * worst


def test_both_directions_and_the_sharp_bound(random_mix: Any, kernel_of: Any, run: Any) -> None:
    rng = random.Random(19)
    for _ in range(150):
        mix = random_mix(rng, rng.randint(1, 6))
        check(mix, kernel_of(mix), run, rng, 8)


@pytest.mark.long
def test_both_directions_on_three_thousand_kernels(
    random_mix: Any, kernel_of: Any, run: Any
) -> None:
    rng, certain = random.Random(1900), 0
    for _ in range(3_000):
        mix = random_mix(rng, rng.randint(1, 9))
        certain += never_evicts(mix).certain
        check(mix, kernel_of(mix), run, rng, 20)
    assert 500 < certain < 2_500


def test_where_runs_end(random_mix: Any) -> None:
    """Without evictions: stable for gcd 1, else as many modes on the circle as R19 says."""
    rng, kinds = random.Random(20), set()
    for _ in range(800):
        mix = random_mix(rng, rng.randint(1, 5))
        found = never_evicts(mix)
        if found.certain:
            counts = unit_circle_counts(mix, "schur-cohn")
            assert (counts.outside, counts.on_circle) == (0, found.ages_gcd - 1)
            assert found.attracts_every_start == (counts.verdict == "stable")
            assert {c.decode_length for c in mix.classes} == set(range(1, mix.longest_decode + 1))
            kinds.add(found.ages_gcd)
    assert {1, 2} <= kinds


def test_a_kernel_that_stays_keeps_every_swing() -> None:
    """g = (1, 1): the root -1, and runs of period 2."""
    mix = Workload.from_classes([(0, 1, 1), (0, 2, 1)], capacity=6)
    found = never_evicts(mix)
    assert (found.certain, found.ages_gcd, found.attracts_every_start) == (True, 2, False)
    start = [[Fraction(1), *[Fraction(2)] * (n - 1)] for n in (1, 2)]
    admitted = simulate(mix, 8, arithmetic="exact", state=start).admitted
    assert list(admitted[1:3]) * 3 == list(admitted[1:7])
    assert admitted[1] != admitted[2]


def test_a_start_outside_of_product_form_may_evict_first() -> None:
    """Of the same mix, 3 requests of 2 steps in stage 0 need 6 tokens, of 3."""
    mix = Workload.from_classes([(0, 1, 1), (0, 2, 1)], capacity=3)
    assert never_evicts(mix).certain
    run = simulate(mix, 9, arithmetic="exact", state=[[0], [3, 0]])
    assert run.evicted[1] == Fraction(3, 2)
    assert not run.evicted[mix.longest_decode :].any()


@pytest.mark.parametrize("mean", [Fraction(3, 2), 2, 3, Fraction(31, 10), 4, 8])
@pytest.mark.parametrize("s", [0, 1, 2, 6])
def test_geometric_law(s: int, mean: Fraction | int) -> None:
    """Hazard 1 / mean, cut at 12 steps: no state evicts iff mean <= s + 2."""
    stay = 1 - 1 / Fraction(mean)
    classes = [(s, n, stay ** (n - 1) * (1 - stay if n < 12 else 1)) for n in range(1, 13)]
    assert never_evicts(Workload.from_classes(classes)).certain == (mean <= s + 2)


def test_merged_classes_and_one_step() -> None:
    apart = Workload.from_classes([(0, 1, 1), (8, 1, 1), (0, 2, 1), (3, 2, 2)])
    one, merged = never_evicts(apart), never_evicts(apart.merged())
    assert (one.certain, one.rising, one.largest_eviction) == (
        merged.certain,
        merged.rising,
        merged.largest_eviction,
    )
    found = never_evicts(Workload.from_classes([(0, 1)]))
    assert (found.certain, found.ages_gcd, found.worst_age, found.largest_tokens) == (
        True,
        1,
        None,
        None,
    )
    with pytest.raises(InvalidWorkload):
        never_evicts(3)  # type: ignore[arg-type]


def test_runs_of_rising_ages_are_joined() -> None:
    found = never_evicts(Workload.from_classes([(0, 100, 1), (0, 101, 1), (90, 3, 500)]))
    assert found.rising[0] == (1, 2)
    assert all(a[1] + 1 < b[0] for a, b in itertools.pairwise(found.rising))


def test_traces() -> None:
    for name in ("azure-code-2023", "azure-conv-2023"):
        found = never_evicts(Workload.named(name))
        assert math.isclose(float(found.largest_eviction), 9e-4, rel_tol=0.05)
