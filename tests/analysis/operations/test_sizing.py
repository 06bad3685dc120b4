"""Sizing: closed forms, and what blocks do to the verdict."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from stabkit.analysis.operations.sizing import BlockSizing, sizing
from stabkit.dynamics.requests import simulate_requests
from stabkit.errors import InvalidArgument, InvalidWorkload
from stabkit.model.workload import Workload


def test_one_class_by_hand() -> None:
    """65 tokens times steps per request: 10 a step, 50 in service; 650 / 15 in the worst cycle."""
    found = sizing(Workload.from_classes([(10, 5)], 650))
    assert (found.admissions, found.requests, found.always) == (10, 50, 43)
    assert found.worst_cycle == found.reserved == Fraction(130, 3)
    assert found.watermark == Fraction(4, 15)
    assert found.verdict == "unstable"
    assert found.mode is not None
    assert found.mode.half_life_steps is None


def test_rounding_to_blocks_can_change_the_verdict() -> None:
    """All of 11 to 15 tokens take one block of 16: 1 + z + ... + z^4 has its zeros on the circle.

    650 tokens are 40 whole blocks: 8 admissions per step, 40 in service.
    """
    found = sizing(Workload.from_classes([(10, 5)], 650), block_size=16)
    assert (found.admissions, found.requests, found.always, found.watermark) == (8, 40, 40, 0)
    assert found.worst_cycle == found.reserved == 40
    assert found.verdict == "marginal"
    assert found.blocks == BlockSizing(16, 40, Fraction(50))


@pytest.mark.parametrize(
    ("mix", "capacity", "b", "always", "worst", "watermark"),
    [
        # 150 tokens are 10 blocks, 101 are 7; 625 blocks, 62 requests of 10.
        ((100, 50), 10_000, 16, 62, Fraction(125, 2), Fraction(3, 10)),
        ((128, 128), 69_632, 4096, 17, 17, 0),
        # 17 tokens are 2 blocks, 16 are 1; 100 tokens are 6 blocks.
        ((15, 2), 100, 16, 3, 3, Fraction(1, 2)),
        ((15, 2), "231/2", 16, 3, Fraction(7, 2), Fraction(1, 2)),
    ],
)
def test_one_class_in_blocks_by_hand(
    mix: tuple[int, int], capacity: object, b: int, always: int, worst: object, watermark: object
) -> None:
    found = sizing(Workload.from_classes([mix], capacity), block_size=b)
    assert (found.always, found.worst_cycle, found.reserved) == (always, worst, worst)
    assert found.watermark == watermark


@pytest.mark.parametrize("seed", range(20))
def test_what_fits_whatever_happens_fits_block_by_block(seed: int) -> None:
    """Give every request its blocks at its end, one after the other, the largest kind each time."""
    rng = random.Random(seed)
    classes = [(rng.randint(0, 40), rng.randint(1, 30), rng.randint(1, 4)) for _ in range(3)]
    b, capacity = rng.choice([2, 3, 8, 16]), rng.randint(120, 900)
    found = sizing(Workload.from_classes(classes, capacity), block_size=b)
    free, held = capacity // b, 0
    most = max(len(range(0, s + n, b)) for s, n, _ in classes)
    while free >= most:
        free, held = free - most, held + 1
    assert found.always == held
    weight = sum(p for *_, p in classes)
    mean = Fraction(sum(p * n for _, n, p in classes), weight)
    reserved = Fraction(sum(p * n * len(range(0, s + n, b)) for s, n, p in classes), weight)
    assert found.reserved == (capacity // b) * mean / reserved


@pytest.mark.slow
def test_evictions_end_at_the_watermark_in_blocks() -> None:
    """Step the cohorts of one class in blocks: admit up to the watermark, never beyond memory."""
    s, n, b, count = 100, 50, 16, Fraction(625)
    mix = Workload.from_classes([(s, n)], count * b)
    eta = sizing(mix, block_size=b).watermark
    held = [-(-(s + m + 1) // b) for m in range(n)]
    for start in range(n):
        cohorts = [Fraction(0)] * n
        cohorts[start] = (1 - eta) * count / held[start]
        for _ in range(4 * n):
            cohorts = [Fraction(0), *cohorts[:-1]]
            used = sum(h * x for h, x in zip(held, cohorts, strict=True))
            assert used <= count
            cohorts[0] = max(Fraction(0), (1 - eta) * count - used) / held[0]


@pytest.mark.parametrize("seed", range(8))
def test_the_verdict_in_blocks_is_that_of_numerical_roots(seed: int) -> None:
    """Oracle: numpy's companion matrix of the kernel that is summed up request by request."""
    rng = random.Random(seed)
    longest = rng.choice([5, 12, 40, 230])  # beyond 200 terms another engine counts
    classes = [(rng.randint(0, 60), rng.randint(1, longest)) for _ in range(2)] + [(7, longest)]
    b = rng.choice([3, 16])
    kernel = [sum(len(range(0, s + m + 1, b)) for s, n in classes if m < n) for m in range(longest)]
    moduli = np.abs(np.roots(kernel))
    apart = np.min(np.abs(moduli - 1)) > 1e-9
    found = sizing(Workload.from_classes(classes, 10_000), block_size=b)
    if apart:
        assert found.verdict == ("unstable" if np.max(moduli) > 1 else "stable")
    assert found.mode is not None
    assert found.mode.modulus == pytest.approx(np.max(moduli), abs=1e-9)
    assert found.admissions == Fraction(10_000 // b) / Fraction(sum(kernel), 3)


def test_blocks_of_one_token_change_nothing() -> None:
    mix = Workload.from_classes([(5, 3), (7, 5), (0, 4)], 1000)
    tokens, found = sizing(mix), sizing(mix, block_size=1)
    assert found.blocks == BlockSizing(1, 1000, tokens.requests)
    assert replace(found, blocks=None) == tokens
    assert found.watermark is None
    assert found.worst_cycle is None


def test_the_measured_run(shared: Path) -> None:
    """Oracle: docs/model.md, Real run, 34.39 and, in blocks of 16 tokens, 34.18."""
    path = next((shared / "data" / "vllm_rtx4090").glob("*requests.jsonl"))
    mix = Workload.from_file(path, 41_408, merge=False)
    found = sizing(mix, block_size=16)
    assert float(found.requests) == pytest.approx(34.18, abs=5e-3)
    assert found.blocks is not None
    assert float(found.blocks.requests_in_tokens) == pytest.approx(34.39, abs=5e-3)
    assert found.verdict == "unstable"
    assert sizing(mix.merged()).always == sizing(mix).always == 41_408 // 4765


def test_means_say_nothing_about_blocks_nor_about_the_longest() -> None:
    """Inputs of 15 and 25 with 5 decode steps: 2 blocks of 16 each; their mean of 20 takes 2 too.

    Inputs of 7 and 33 have the same mean, and take 1 and 3.
    """
    mix = Workload.from_classes([(7, 5), (33, 5)], 380)
    assert sizing(mix).always == sizing(mix.merged()).always == 380 // 38
    assert sizing(replace(mix.merged(), known_largest=None)).always is None
    assert sizing(Workload.from_classes([("41/2", 5)], 380)).always is None
    with pytest.raises(InvalidWorkload, match="must be single requests for memory in blocks"):
        sizing(mix.merged(), block_size=16)


def test_a_cap_below_what_fits_by_hand() -> None:
    """A public server: 430 and 1024 tokens in 560 000. 256 < 385 = floor(560 000 / 1454) run.

    A request holds 430 + 512.5 tokens on the mean of its steps: 256 hold 256 (942.5) of 560 000.
    """
    cap = sizing(Workload.from_classes([(430, 1024)], 560_000), max_num_seqs=256).cap
    assert cap is not None
    assert (cap.always, cap.never_evicts, cap.binds, cap.running) == (385, True, True, 256)
    assert cap.memory_share == Fraction(256 * 1885, 2 * 560_000)
    assert cap.reason == "at most 256 requests run, and 385 fit whatever happens"
    assert sizing(Workload.from_classes([(10, 5)], 650)).cap is None


@pytest.mark.parametrize("seed", range(12))
def test_whole_requests_under_a_cap_that_always_fits(seed: int) -> None:
    """Oracle: the simulator. Nothing is evicted, N run from the first fit on, N tokens a step."""
    rng = random.Random(seed)
    classes = [(rng.randint(0, 40), rng.randint(1, 12), rng.randint(1, 4)) for _ in range(3)]
    mix = Workload.from_classes(classes, rng.randint(120, 900))
    b = rng.choice([None, 3, 8])
    most = sizing(mix, b).always
    assert most is not None
    cap = sizing(mix, b, max_num_seqs=most).cap
    assert cap is not None
    assert cap.never_evicts
    run = simulate_requests(mix, steps=4000, max_num_seqs=most, **({"block_size": b} if b else {}))
    assert run.totals["evicted"] == 0
    assert run.series is not None
    assert set(run.series.running) == {most}
    assert run.means["completed_tokens"].value == pytest.approx(most, rel=0.02)
    if b is None:
        held = run.means["memory"].value / float(mix.capacity or 0)
        assert held == pytest.approx(float(cap.memory_share), rel=0.05)
    more = sizing(mix, b, max_num_seqs=most + 1).cap
    assert more is not None
    assert more.never_evicts is False


def test_one_request_more_than_always_fits_can_be_evicted() -> None:
    """By hand: 44 of (10, 5) in lockstep need 44 * 15 = 660 of 650 tokens; by simulation too."""
    mix = Workload.from_classes([(10, 5)], 650)
    assert simulate_requests(mix, steps=50, max_num_seqs=43).totals["evicted"] == 0
    assert simulate_requests(mix, steps=50, max_num_seqs=44).totals["evicted"] > 0


@pytest.mark.parametrize("seed", range(12))
def test_the_verdict_under_a_cap_that_binds(seed: int) -> None:
    """Oracle: numpy's roots of N = sum S_m a(n - m), and the fluid server stepped by hand."""
    rng = random.Random(seed)
    scale = rng.choice([1, 1, 2, 3])
    lengths = rng.sample(range(1, 9), 3)
    mix = Workload.from_classes([(rng.randint(0, 9), scale * n) for n in lengths], 5_000)
    steady = sizing(mix).requests
    cap = sizing(mix, max_num_seqs=int(steady * Fraction(4, 5))).cap
    assert cap is not None
    survivors = [sum(m < scale * n for n in lengths) / 3 for m in range(mix.longest_decode)]
    largest = np.max(np.abs(np.roots(survivors)), initial=0)
    assert cap.verdict == ("stable" if largest < 1 - 1e-9 else "marginal")
    level = cap.max_num_seqs / sum(survivors)
    past = [level * (1 + rng.uniform(-0.02, 0.02)) for _ in survivors]
    start = max(abs(a - level) for a in past)
    for _ in range(600):
        running = sum(s * a for s, a in zip(survivors[1:], past, strict=False))
        past = [cap.max_num_seqs - running, *past[:-1]]
    left = max(abs(a - level) for a in past)
    assert left < 1e-3 * start if cap.verdict == "stable" else left < 20 * start


def test_a_cap_that_does_not_bind_leaves_the_verdict() -> None:
    mix = Workload.from_classes([(10, 5)], 650)
    caps = [sizing(mix, max_num_seqs=n).cap for n in (49, 50, 51)]
    assert [cap and cap.verdict for cap in caps] == ["marginal", "undecided", "unstable"]
    assert [cap and cap.running for cap in caps] == [49, 50, 50]
    one = sizing(Workload.from_classes([(10, 1)], 110), max_num_seqs=10).cap
    assert one is not None
    assert (one.never_evicts, one.binds, one.verdict) == (True, False, "stable")
    means = replace(Workload.from_classes([(7, 5), (33, 5)], 380).merged(), known_largest=None)
    unknown = sizing(means, max_num_seqs=3).cap
    assert unknown is not None
    assert (unknown.never_evicts, unknown.binds, unknown.reason) == (None, True, None)


def test_what_is_refused() -> None:
    with pytest.raises(InvalidWorkload, match="'capacity' must be given"):
        sizing(Workload.from_classes([(10, 5)]))
    with pytest.raises(InvalidWorkload, match="at least 2 blocks of 16 tokens, not 1"):
        sizing(Workload.from_classes([(16, 1)], 31), block_size=16)
    with pytest.raises(InvalidWorkload, match="at least 1 block of 16 tokens, not 0"):
        sizing(Workload.from_classes([(10, 5)], 15), block_size=16)
    with pytest.raises(InvalidArgument, match=r"'step_seconds' must be from 10\^-12"):
        sizing(Workload.from_classes([(10, 5)], 650), step_seconds=0)
    with pytest.raises(InvalidArgument, match="'max_num_seqs' must be"):
        sizing(Workload.from_classes([(10, 5)], 650), max_num_seqs=0)


def test_vllm_keeps_a_block_to_itself() -> None:
    """4 requests of 3 blocks fit in 12 whatever happens; of 12, vLLM has 11 for requests."""
    mix = Workload.from_classes([(16, 32)], capacity=12 * 16)
    cap = sizing(mix, block_size=16, max_num_seqs=4).cap
    assert cap is not None
    assert cap.never_evicts
    evicted = [
        simulate_requests(
            [(16, 32)] * 60,
            scheduler="vllm",
            capacity=16 * blocks,
            max_num_seqs=4,
            enable_prefix_caching=False,
        ).totals["evicted"]
        for blocks in (12, 13)
    ]
    assert evicted[0] > 0 == evicted[1]
