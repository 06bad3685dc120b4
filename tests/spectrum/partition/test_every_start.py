"""R23: the sum over the age chain in Fractions, and exact runs from hard starts above the bound."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import Any

import pytest

from stabkit import Workload, never_evicts, simulate, threshold, unit_circle_counts
from stabkit.model.kernel import MemoryKernel
from stabkit.spectrum.partition.every_start import age_chain_sum, every_start

LAWS = [
    [(2, 1), (3, 1)],
    [(1, 1), (3, 2)],
    [(2, 1), (5, 3)],
    [(2, 5), (3, 1), (4, 1)],
    [(1, 1), (2, 1), (4, 1)],
    [(3, 1), (4, 2)],
]


def mix_of(law: list[tuple[int, int]], inputs: Any = 0) -> Workload:
    return Workload.from_classes([(inputs, *pair) for pair in law], 1000)


def terms(mix: Workload, count: int) -> list[Fraction]:
    """max_m |E_m f(X_k)| for k < count, from the transition matrix, in Fractions."""
    size = mix.longest_decode
    alive = [sum(c.share for c in mix.classes if c.decode_length > m) for m in range(size + 1)]
    ends = [1 - Fraction(alive[m + 1]) / alive[m] for m in range(size)]
    matrix = [
        [ends[m] * (j == 0) + (1 - ends[m]) * (j == m + 1) for j in range(size)]
        for m in range(size)
    ]
    values = [(m + 1) * ends[m] - 1 for m in range(size)]
    found = []
    for _ in range(count):
        found.append(max(map(abs, values)))
        values = [sum(a * v for a, v in zip(row, values, strict=True)) for row in matrix]
    return found


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_the_sum_in_fractions(law: list[tuple[int, int]]) -> None:
    found = age_chain_sum(MemoryKernel.of(mix_of(law)))
    assert found is not None
    exact = terms(mix_of(law), 60)
    assert sum(exact) <= found.high
    rest = exact[-1] * 100  # the terms fall geometrically: at least by a fifth in three of them
    assert found.low <= sum(exact) + rest
    assert found.high - found.low <= found.high / 10**6


def test_by_hand() -> None:
    """In equal shares: of (2, 3) f = (-1, 0, 2), the sum 16/3; of (1, 2) f = (-1/2, 1), and 2."""
    for law, value in (([(2, 1), (3, 1)], Fraction(16, 3)), ([(1, 1), (2, 1)], Fraction(2))):
        found = age_chain_sum(MemoryKernel.of(mix_of(law)))
        assert found is not None
        assert found.low <= value <= found.high < value + Fraction(1, 10**5)


def test_never_rising_is_the_other_bound() -> None:
    """Strictly above it no state evicts and all starts converge, at it the kernel stays once."""
    for law in ([(1, 1), (2, 1)], [(1, 1), (2, 1), (3, 1), (4, 1), (5, 1)], [(1, 1), (2, 3)]):
        found = every_start(MemoryKernel.of(mix_of(law)))
        assert found is not None
        assert found.low == found.high >= 0
        at, above = (never_evicts(mix_of(law, found.low + more)) for more in (0, Fraction(1, 9)))
        assert at.certain
        assert at.rising == ()
        assert above.attracts_every_start
        if found.low:
            assert not never_evicts(mix_of(law, found.low - Fraction(1, 9))).certain


def test_the_fields() -> None:
    found = threshold(mix_of([(3, 1), (5, 1)]))
    assert found.every_start is not None
    assert found.threshold is not None
    assert found.threshold.value.high < found.every_start.low < Fraction(28641, 1000)
    assert threshold(mix_of([(3, 1), (5, 1)]), "shift").every_start is None
    three = threshold(mix_of([(2, 1), (3, 1)]))  # stability is global, and s* = 1 (R8)
    assert three.every_start is not None
    assert three.every_start.low == three.every_start.high == 1
    assert threshold(mix_of([(4, 1), (6, 1)])).every_start is None
    one = every_start(MemoryKernel.of(mix_of([(1, 1)])))
    assert one is not None
    assert one.low == one.high == -1


def test_it_is_far_below_the_first_bound() -> None:
    """What a sum of norms without its geometric decay gave: 130, 1319 and 57 619 tokens."""
    for law, crude in (((2, 3), 130), ((3, 5), 1_319), ((7, 10), 57_619)):
        found = every_start(MemoryKernel.of(mix_of([(n, 1) for n in law])))
        assert found is not None
        assert 20 * found.high < crude


def test_it_is_at_least_the_threshold() -> None:
    rng, tried = random.Random(23), 0
    while tried < 25:
        law = [(n, rng.choice((1, 1, 4))) for n in rng.sample(range(1, 9), rng.randint(2, 4))]
        if math.gcd(*(n for n, _ in law)) > 1:
            continue
        tried += 1
        found = every_start(MemoryKernel.of(mix_of(law)))
        assert found is not None
        above = max(found.high, Fraction(0)) + Fraction(1, 10**6)
        assert unit_circle_counts(mix_of(law, above), "schur-cohn").verdict == "stable"


def check_runs(mix: Workload, rng: random.Random, starts: int, steps: int) -> None:
    """The bounds on evictions and on the imbalance, in exact runs from full memories."""
    found = age_chain_sum(MemoryKernel.of(mix))
    assert found is not None
    s = mix.classes[0].input_length
    rest = s + 1 - found.high
    for k in range(starts):
        some = [Fraction(rng.choice((0, 0, 1, 5))) for _ in range(mix.longest_decode)]
        if k < mix.longest_decode:
            some = [Fraction(int(j == k)) for j in range(mix.longest_decode)]
        rows = [[c.share * some[j] for j in range(c.decode_length)] for c in mix.classes]
        held = sum((s + j + 1) * x for row in rows for j, x in enumerate(row))
        full = [[x * 1000 / held for x in row] for row in rows] if held else rows
        run = simulate(mix, steps, arithmetic="exact", state=full, record_states=True)
        served = sum(x for row in run.states[0] for x in row)
        assert sum(run.evicted[1:]) <= found.high / rest * served
        gap = sum(
            abs(sum(len(row) * row[-1] for row in state) - sum(x for row in state for x in row))
            for state in run.states
        )
        assert gap <= found.high * (s + 1) / rest * served


def test_exact_runs_keep_the_bounds() -> None:
    rng = random.Random(24)
    for law in LAWS:
        found = age_chain_sum(MemoryKernel.of(mix_of(law)))
        assert found is not None
        for factor in (Fraction(11, 10), 2, 8):
            check_runs(mix_of(law, math.ceil(found.high * factor)), rng, 4, 20)


@pytest.mark.long
def test_every_start_converges_above_it() -> None:
    """200 laws, 12 starts each, just above the bound: no eviction in the end, and a* admitted."""
    rng, tried = random.Random(25), 0
    while tried < 200:
        law = [(n, rng.choice((1, 1, 4))) for n in rng.sample(range(1, 8), rng.randint(2, 4))]
        found = every_start(MemoryKernel.of(mix_of(law)))
        if found is None or found.high > 200:
            continue
        tried += 1
        s = Fraction(math.ceil(102 * max(found.high, Fraction(0)) + 10), 100)
        mix = mix_of(law, s)
        for k in range(12):
            some = [rng.choice((0, 0, 1, 5)) for _ in range(mix.longest_decode)]
            if k < mix.longest_decode:
                some = [int(j == k) for j in range(mix.longest_decode)]
            rows = [[float(c.share * x) for x in some[: c.decode_length]] for c in mix.classes]
            held = sum((float(s) + j + 1) * x for row in rows for j, x in enumerate(row)) or 1.0
            full = [[999.999 * x / held for x in row] for row in rows]
            run = simulate(mix, 8_000, state=full)
            kernel = MemoryKernel.of(mix)
            rest = float(1000 * kernel.denominator / Fraction(kernel.total))
            assert not run.evicted[-500:].any()
            assert abs(run.admitted[-500:] / rest - 1).max() < 0.02, (law, s, k)
