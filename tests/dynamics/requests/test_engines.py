"""The schedulers of engines: against plain loops, cases derived by hand, and their invariants."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import fields
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from stabkit.dynamics.requests import RequestRun, scheduler_named, simulate_requests
from stabkit.dynamics.requests.sglang import Sglang
from stabkit.errors import InvalidArgument, InvalidWorkload

from .plain_engines import ceil, sglang, tensorrt_llm, v0, v1

ENGINES = ("vllm", "vllm-v0", "sglang", "tensorrt-llm")


def log_of(run: RequestRun, blocks: int, block: int) -> list[tuple[int, ...]]:
    """Return the rows of a run as the plain loops write them."""
    s = run.series
    assert s is not None
    rows = zip(
        s.running,
        s.waiting,
        blocks - s.memory // block,
        np.cumsum(s.evicted),
        np.cumsum(s.completed),
        np.cumsum(s.prefilled) - s.prefilled,
        np.cumsum(s.generated),
        strict=True,
    )
    return [tuple(int(x) for x in row) for row in rows]


def requests(rng: random.Random, shared: bool = False) -> list[Any]:
    """Return random requests; shared ones begin alike in blocks of 4, three families of them."""
    rows: list[Any] = []
    for i in range(rng.randint(5, 40)):
        s, n = rng.randint(1, 40), rng.randint(1, 50)
        rows.append((s, n))
        if shared:
            family, common = rng.randrange(3), min(rng.randrange(9), s // 4)
            content = [("family", family, j) for j in range(common)]
            content += [("own", i, j) for j in range(common, s // 4)]
            rows[-1] = (s, n, content)
    return rows


@pytest.mark.parametrize("seed", range(40))
def test_vllm_v0_is_its_plain_loop(seed: int) -> None:
    """Oracle: `plain_engines.v0`, a loop over every request."""
    rng = random.Random(seed)
    chunked, lag = seed % 2 == 0, seed % 4 < 2
    rows, blocks, block = requests(rng), rng.randint(27, 60), 4
    most, kept = rng.randint(2, 30), rng.choice((0, 1, 3))
    budget = rng.randint(most, 60) if chunked else 100
    run = simulate_requests(
        [(*row, 0) for row in rows],
        scheduler="vllm-v0",
        capacity=blocks * block,
        block_size=block,
        max_num_seqs=most,
        max_num_batched_tokens=budget,
        watermark=f"{kept}/{blocks}",
        enable_chunked_prefill=chunked,
        async_scheduling=lag,
    )
    assert log_of(run, blocks, block) == v0(rows, blocks, block, most, budget, kept, chunked, lag)


@pytest.mark.parametrize("seed", range(80))
def test_vllm_is_its_plain_loop(seed: int) -> None:
    """Oracle: `plain_engines.v1`, a loop over every request and every block."""
    rng = random.Random(seed)
    lag, caching, whole = seed % 2 == 0, seed % 8 < 6, seed % 3 > 0
    rows, blocks, block = requests(rng, caching), rng.randint(25, 60), 4
    most, kept = rng.randint(2, 30), rng.choice((0, 0, 3))
    budget = rng.randint(most, 60)
    run = simulate_requests(
        [(row[0], row[1], 0, *row[2:]) for row in rows],
        scheduler="vllm",
        capacity=blocks * block,
        block_size=block,
        max_num_seqs=most,
        max_num_batched_tokens=budget,
        watermark=f"{kept}/{blocks}",
        enable_prefix_caching=caching,
        async_scheduling=lag,
        scheduler_reserve_full_isl=whole,
    )
    wanted = v1(rows, blocks, block, most, budget, kept, whole, lag, caching)
    # Who is evicted while the last token is on its way waits for it only in the plain loop.
    ours = log_of(run, blocks - 1, block)
    assert [row[:1] + row[2:] for row in ours] == [row[:1] + row[2:] for row in wanted]


def coming(rng: random.Random, most: int = 60) -> list[tuple[int, int, int]]:
    """Return random requests that come one by one, and after a long gap now and then."""
    prompts, outputs, at = rng.choice((1, 15, 40)), rng.choice((8, 20, 50)), rng.choice((0, 3))
    least, pace = rng.choice((1, outputs)), rng.choice((0, 0, 2))
    rows: list[tuple[int, int, int]] = []
    for i in range(rng.randint(most // 3, most)):
        rows.append((rng.randint(1, prompts), rng.randint(least, outputs), at))
        at += pace * rng.choice((0, 0, 0, 1, 3)) + (rng.choice((0, 300)) if i == 19 else 0)
    return rows


def rare(run: RequestRun, block: int) -> Counter[str]:
    """Count what the random servers of a test must not leave out."""
    s = run.series
    assert s is not None
    seen = {
        "evicted": s.evicted,
        "evicted by larger blocks": s.evicted * (block > 1),
        "several at once": s.evicted > 1,
        "prompts continued": (s.admitted == 0) & (s.prefilled > 0),
        "rows without anybody": s.running[:-1] == 0,
    }
    return Counter({what: int(rows.sum()) for what, rows in seen.items()})


@pytest.mark.slow
def test_sglang_is_its_plain_loop() -> None:
    """Oracle: `plain_engines.sglang`, a loop over every request."""
    seen = Counter[str]()
    for seed in range(200):
        rng = random.Random(seed)
        long = seed % 7 == 0  # until rho has fallen as far as it may
        page, rows = rng.choice((1, 1, 4)), coming(rng, 400 if long else 60)
        bound = rng.choice((80, 300) if long else (*[None] * 8, 60, rng.randint(4060, 4200)))
        largest = max(s + (bound or n) for s, n, _ in rows)
        pages = ceil(largest + 1, page) + 1 + rng.randint(0, rng.choice((20, 500, 900))) // page
        most, prefill, chunk = rng.choice((9, 60, 60)), rng.randint(5, 80), rng.randint(3, 80)
        cautious = Fraction(rng.choice((1, 5, 10, 20, 20, 200)), 100)
        run = simulate_requests(
            rows,
            scheduler="sglang",
            capacity=pages * page + rng.randrange(page),
            block_size=page,
            max_num_seqs=most,
            max_prefill_tokens=prefill,
            chunked_prefill_size=chunk,
            schedule_conservativeness=cautious,
            reserve="max-tokens" if bound else "true-length",
            max_tokens=bound,
        )
        wanted = sglang(rows, pages, page, most, prefill, chunk, cautious, bound)
        assert log_of(run, pages, page) == wanted, seed
        seen += rare(run, page)
    assert min(seen.values()) > 9
    assert len(seen) == 5


@pytest.mark.slow
def test_tensorrt_llm_is_its_plain_loop() -> None:
    """Oracle: `plain_engines.tensorrt_llm`, a loop over every request."""
    seen = Counter[str]()
    for seed in range(200):
        rng = random.Random(seed)
        block, rows, pauses = rng.choice((1, 4, 10)), coming(rng), seed % 4 > 0
        bound = rng.choice((None, 60))
        largest = max(s + (bound or n) for s, n, _ in rows)
        blocks = ceil(largest, block) + rng.randint(0, rng.choice((20, 100))) // block
        most, budget = rng.randint(2, 30), largest + rng.randint(0, 40)
        run = simulate_requests(
            rows,
            scheduler="tensorrt-llm",
            capacity=blocks * block + rng.randrange(block),
            block_size=block,
            max_num_seqs=min(most, budget),
            max_num_batched_tokens=budget,
            capacity_scheduler_policy="MAX_UTILIZATION" if pauses else "GUARANTEED_NO_EVICT",
            reserve="max-tokens" if bound else "true-length",
            max_tokens=bound,
        )
        wanted = tensorrt_llm(rows, blocks, block, min(most, budget), budget, pauses, bound)
        assert log_of(run, blocks, block) == wanted, seed
        seen += rare(run, block)
    assert min(seen.values()) > 49
    assert len(seen) == 4  # no prompt is continued


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_lost(name: str, seed: int) -> None:
    """Never over the memory; every request completes; every token is generated and paid once."""
    rng = random.Random(seed)
    rows = requests(rng)
    options: dict[str, Any] = {"capacity": 240, "max_num_seqs": 20, "block_size": 4}
    if name == "tensorrt-llm":
        options["capacity_scheduler_policy"] = "MAX_UTILIZATION"
    run = simulate_requests([(*row, 0) for row in rows], scheduler=name, **options)
    s, table = run.series, run.requests
    assert s is not None
    assert table is not None
    tokens = sum(n for _, n in rows)
    assert s.memory.max() <= 240
    assert s.running.max() <= 20
    assert run.totals["completed"] == len(rows)
    assert run.totals["generated"] == run.totals["completed_tokens"] == tokens
    again = run.totals["admitted"] - len(rows)
    assert again <= run.totals["evicted"]  # vLLM evicts some whose last token is on its way
    assert again == run.totals["evicted"] or name == "vllm"
    known = sum(s for s, _ in rows) + run.totals["recomputed"]
    assert run.totals["prefilled"] >= known  # and the token before an eviction, not computed yet
    assert run.totals["prefilled"] <= known + run.totals["evicted"]
    assert (s.running[-1], s.memory[-1], s.waiting[-1]) == (0, 0, 0)
    assert (table.first_scheduled <= table.first_token).all()
    assert (table.first_token <= table.finished).all()


@pytest.mark.parametrize("seed", range(6))
def test_guaranteed_no_evict_never_pauses(seed: int) -> None:
    """By its definition; with MAX_UTILIZATION the same requests are paused."""
    rows = [(*row, 0) for row in requests(random.Random(seed))] * 2
    for bound in ({}, {"reserve": "max-tokens", "max_tokens": 50}):
        run = simulate_requests(rows, scheduler="tensorrt-llm", capacity=240, block_size=4, **bound)
        assert run.totals["evicted"] == run.totals["recomputed"] == 0
    paused = simulate_requests(
        rows,
        scheduler="tensorrt-llm",
        capacity=240,
        block_size=4,
        capacity_scheduler_policy="MAX_UTILIZATION",
    )
    assert paused.totals["evicted"] > 0


def series(run: RequestRun, *names: str) -> list[list[int]]:
    return [getattr(run.series, name).tolist() for name in names]


def test_vllm_by_hand() -> None:
    """Blocks of 4, of which 7 are usable; prompts of 7 and 6 tokens each, a budget of 16.

    Row 0 takes 2 blocks each for two, and 2 tokens, a block, of the third, whose prompt would fit
    whole: 2 <= 3. Row 1: two first tokens come out, both decode into their second blocks, of 8; the
    third reads the other 5 and takes its second block: 6 in use. Row 2: the first two need a
    third block, of which one is free: the third request is evicted, both go on: 6 in use.
    """
    options = {"capacity": 32, "block_size": 4, "max_num_batched_tokens": 16, "max_num_seqs": 16}
    run = simulate_requests(
        [(7, 6, 0)] * 3,
        scheduler="vllm",
        async_scheduling=False,
        enable_prefix_caching=False,
        steps=3,
        **options,
    )
    running, evicted, memory, prefilled = series(run, "running", "evicted", "memory", "prefilled")
    assert running == [3, 3, 2, 2]
    assert evicted == [0, 0, 1, 0]
    assert memory == [20, 24, 24, 24]
    assert prefilled == [16, 5, 0, 0]


def test_vllm_v0_needs_a_free_block_even_where_its_own_has_room() -> None:
    """Blocks of 4, four of them, no watermark: prompts of 4, 6 and 4 tokens hold 1 + 2 + 1.

    Row 1: nothing is free, so that the third leaves for the first, which takes its second block.
    The second could write its 7th token into its own, but no block is free, and it is the last.
    """
    run = simulate_requests(
        [(4, 2, 0), (6, 2, 0), (4, 2, 0)],
        scheduler="vllm-v0",
        capacity=16,
        block_size=4,
        watermark=0,
        async_scheduling=False,
        steps=1,
    )
    running, evicted, memory = series(run, "running", "evicted", "memory")
    assert (running, evicted, memory) == ([3, 1], [0, 2], [16, 8])


def test_sglang_by_hand() -> None:
    """Pages of one token, 40 of them, rho = .7: prompts of 10 tokens with 10 to generate.

    The first needs 10 + 10 + 1 = 21 < 40 and leaves 40 - 21 = 19: the second does not fit. Then
    nothing is tried until somebody has left: at row 10, when the first has all its 10 tokens (one
    from the prompt at row 1, nine decoded).
    """
    run = simulate_requests([(10, 10, 0)] * 2, scheduler="sglang", capacity=40)
    running, admitted, memory = series(run, "running", "admitted", "memory")
    assert running == [1] * 20 + [0]
    assert [k for k, count in enumerate(admitted) if count] == [0, 10]
    assert memory[:3] == [10, 11, 12]


def test_sglang_retracts_the_fewest_outputs_to_the_end() -> None:
    """A bold guess, rho = .007: three prompts of 10 tokens, two rows apart, each with 40 to come.

    Each needs 10 + 40 + 1 = 51 < R when it arrives, but 3 * 50 > 100 pages: the third, which has
    generated least, is retracted. The fourth has been waiting, as 60 + 5 + 1 > R, and goes first.
    """
    rows = [(10, 40, 0), (10, 40, 2), (10, 40, 4), (60, 5, 6)]
    run = simulate_requests(
        rows, scheduler="sglang", capacity=100, schedule_conservativeness="1/100"
    )
    assert run.requests is not None
    assert run.requests.preemptions.tolist() == [0, 0, 1, 0]
    assert run.requests.first_scheduled.tolist()[:3] == [0, 2, 4]
    assert run.requests.finished[3] < run.requests.finished[2]


def test_sglang_counts_on_4096_tokens_to_come_at_most() -> None:
    """Prompts of 10 that may generate 5000: the first takes 10 + 4096 + 1 of R, the whole memory.

    The second needs as much, and must leave something of what is left.
    """
    for capacity, admitted in ((2 * 4107, 1), (2 * 4107 + 1, 2)):
        run = simulate_requests(
            [(10, 5, 0)] * 2,
            scheduler="sglang",
            capacity=capacity,
            reserve="max-tokens",
            max_tokens=5000,
        )
        assert series(run, "admitted")[0][0] == admitted


def test_tensorrt_llm_by_hand() -> None:
    """Blocks of 10, five of them; prompts of 15 with 10 to generate: 3 blocks to completion.

    Reservation: one at a time. MAX_UTILIZATION: two blocks each, two at once and one block free;
    both need a third block when they compute token 21, at row 6: the first gets it, the second is
    paused.
    """
    options: dict[str, Any] = {"scheduler": "tensorrt-llm", "capacity": 50, "block_size": 10}
    one = simulate_requests([(15, 10, 0)] * 2, **options)
    assert series(one, "running")[0] == [1] * 20 + [0]
    two = simulate_requests(
        [(15, 10, 0)] * 2, capacity_scheduler_policy="MAX_UTILIZATION", **options
    )
    running, evicted, memory = series(two, "running", "evicted", "memory")
    assert running[:8] == [2, 2, 2, 2, 2, 2, 1, 1]
    assert evicted.index(1) == 6
    assert memory[5:7] == [40, 30]


def test_what_cannot_be_served_is_refused() -> None:
    for name in ENGINES:
        with pytest.raises(InvalidWorkload, match="could never be in memory"):
            simulate_requests([(1000, 1)], scheduler=name, capacity=512)
        with pytest.raises(InvalidWorkload, match="'input_length' must be at least 1"):
            simulate_requests([(0, 4)], scheduler=name, capacity=512)
        with pytest.raises(InvalidArgument, match="'rate' must not be given"):
            simulate_requests([(5, 4)], scheduler=name, capacity=512, rate=1)
    for name in ("vllm", "vllm-v0", "tensorrt-llm"):
        with pytest.raises(InvalidArgument, match="'max_num_batched_tokens' must be at least"):
            simulate_requests(
                [(5, 4)],
                scheduler=name,
                capacity=512,
                max_num_seqs=64,
                max_num_batched_tokens=32,
            )
    for name in ("sglang", "tensorrt-llm"):
        with pytest.raises(InvalidArgument, match="'reserve' must be 'true-length'"):
            simulate_requests([(5, 4)], scheduler=name, capacity=512, reserve="1/2")
        with pytest.raises(InvalidWorkload, match="'max_tokens' must be at least every decode"):
            simulate_requests(
                [(5, 4)], scheduler=name, capacity=512, reserve="max-tokens", max_tokens=3
            )
    with pytest.raises(InvalidArgument, match="'capacity_scheduler_policy' must be"):
        simulate_requests(
            [(5, 4)], scheduler="tensorrt-llm", capacity=512, capacity_scheduler_policy="STATIC"
        )
    with pytest.raises(InvalidArgument, match="'schedule_conservativeness' must be positive"):
        simulate_requests([(5, 4)], scheduler="sglang", capacity=512, schedule_conservativeness=0)


def test_sglang_has_the_limits_of_its_program() -> None:
    rules = simulate_requests([(20, 4)], scheduler="sglang", capacity=60).scheduler
    assert isinstance(rules, Sglang)
    assert (rules.max_prefill_tokens, rules.chunked_prefill_size) == (16_384, 8_192)


def test_a_chunk_is_a_number_of_tokens_or_none_for_whole_prompts() -> None:
    whole = simulate_requests(
        [(20, 4)] * 3, scheduler="sglang", capacity=60, chunked_prefill_size=None
    )
    assert whole.totals["completed"] == 3
    with pytest.raises(InvalidArgument, match="'chunked_prefill_size' must be a positive integer"):
        simulate_requests([(20, 4)], scheduler="sglang", capacity=60, chunked_prefill_size=0)


def test_a_paused_request_must_fit_into_one_batch_with_what_it_has_generated() -> None:
    options = {"scheduler": "tensorrt-llm", "capacity": 512, "max_num_seqs": 8}
    run = simulate_requests([(40, 24)], **options, max_num_batched_tokens=64)
    assert run.totals["completed"] == 1
    with pytest.raises(InvalidWorkload, match="max_num_batched_tokens"):
        simulate_requests([(40, 24)], **options, max_num_batched_tokens=63)


@pytest.mark.parametrize("engine", ["model", *ENGINES])
def test_an_array_is_no_option_but_the_time_of_a_step(engine: str) -> None:
    """An array compared with a word gives an array, which is neither true nor false."""
    for option in fields(scheduler_named(engine)):
        for array in (np.array([1, 2]), np.array([])):
            if option.name != "step_time" or not len(array):
                with pytest.raises(InvalidArgument, match=f"'{option.name}' must"):
                    scheduler_named(engine, **{option.name: array})
