"""Capacities from logs: the numbers that the lines state, multiplied by hand.

The lines are in the words of vLLM's executors and of its kv_cache_utils, versions 0.4 to 0.14.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from stabkit.errors import InvalidArgument, StabkitWarning
from stabkit.model.start_up_log import capacity_from_log

BLOCKS = "INFO 01-01 executor.py:122] # GPU blocks: 500, # CPU blocks: 512"
CONCURRENCY = "INFO 01-01 executor.py:126] Maximum concurrency for {} tokens per request: {}x"
TOKENS = "INFO 01-01 [kv_cache_utils.py:829] GPU KV cache size: {} tokens"
ENGINE = "INFO 01-01 llm_engine.py:237] Initializing an LLM engine (v0.6.3) with config: model=m"


def log(*lines: str) -> str:
    return "\n".join(lines) + "\n"


def test_the_line_in_tokens() -> None:
    text = log("INFO start", TOKENS.format("1,336,669"), "INFO Maximum concurrency")
    assert capacity_from_log(text) == 1_336_669
    assert capacity_from_log("GPU KV cache size: 41408 tokens") == 41_408
    one_line = "GPU KV cache size: 20,480 tokens, Maximum concurrency for 2,048 tokens per request"
    assert capacity_from_log(f"{one_line}: 10.00x") == 20_480


@pytest.mark.parametrize("block_size", [8, 16, 32, 64, 128])
def test_the_block_size_that_is_asked_for(block_size: int) -> None:
    assert capacity_from_log(BLOCKS, block_size) == 500 * block_size


@pytest.mark.parametrize("block_size", [1, 8, 16, 32, 64, 128, 256])
def test_the_block_size_that_the_concurrency_shows(block_size: int) -> None:
    """The server prints blocks times block size over the longest request, to two decimals."""
    printed = f"{500 * block_size / 1024:.2f}"
    text = log(BLOCKS, CONCURRENCY.format("1024", printed))
    assert capacity_from_log(text) == capacity_from_log(text, block_size) == 500 * block_size
    with pytest.raises(InvalidArgument, match=f"make blocks of {block_size} tokens, not 17"):
        capacity_from_log(text, 17)


def test_blocks_of_16_tokens_are_never_assumed_silently() -> None:
    with pytest.warns(StabkitWarning, match="500 blocks .* 16 tokens each are assumed"):
        assert capacity_from_log(BLOCKS) == 8000
    # .01 to two decimals is .005 to .015: 500 blocks of 10.24 to 30.72 tokens of a million.
    vague = log(BLOCKS, CONCURRENCY.format("1,024,000", "0.01"))
    with pytest.warns(StabkitWarning, match="blocks of 11 to 30 tokens: 16 are assumed"):
        assert capacity_from_log(vague) == 8000
    # .015 to .025: 61.44 to 102.4 tokens.
    with pytest.raises(InvalidArgument, match="make blocks of 62 to 102 tokens, not None"):
        capacity_from_log(log(BLOCKS, CONCURRENCY.format("2,048,000", "0.02")))


def test_the_block_size_that_the_arguments_state() -> None:
    arguments = "INFO api_server.py:529] args: Namespace(host=None, block_size=32, seed=0)"
    assert capacity_from_log(log(arguments, ENGINE, BLOCKS)) == 16_000
    forced = "INFO cuda.py:154] Forcing kv cache block size to 64 for FlashMLA backend."
    assert capacity_from_log(log(arguments, ENGINE, forced, BLOCKS)) == 32_000


@pytest.mark.parametrize("device", ["CUDA", "cuda", "rocm", "hpu", "tpu", "xpu", "neuron", "npu"])
def test_other_devices(device: str) -> None:
    for line in (f"# {device} blocks: 1000", f"INFO # {device} blocks: 1000, # CPU blocks: 7"):
        assert capacity_from_log(line, 16) == 16_000


@pytest.mark.parametrize(
    "line",
    [
        "# CPU blocks: 512",
        "# cpu blocks: 512, # CPU blocks: 0",
        "# free blocks: 512",
        "GPU KV cache usage: 12.0%",
        "nothing of the kind",
        "",
    ],
)
def test_lines_that_state_no_capacity(line: str) -> None:
    with pytest.raises(InvalidArgument, match="'text' must have a line 'GPU KV cache size"):
        capacity_from_log(line)


@pytest.mark.parametrize(
    "number", ["٢٠٠٠٠", "12٣", "²", ",,,", "2,0000", "1_000", "0", "1e3", "-5"]
)
def test_what_is_no_number_is_never_read_as_one(number: str) -> None:
    for line in (TOKENS.format(number), f"# GPU blocks: {number}, # CPU blocks: 5"):
        with pytest.raises(InvalidArgument, match="'text' must state a positive number in line 2"):
            capacity_from_log(log("first", line), 16)


def worker(rank: int, pid: int, tokens: str) -> str:
    return f"(VllmWorker rank={rank} pid={pid}) " + TOKENS.format(tokens)


def core(pid: int, tokens: str) -> str:
    return f"(EngineCore_0 pid={pid}) " + TOKENS.format(tokens)


FIRST = (worker(0, 11, "3,000"), worker(1, 12, "2,000"))
SECOND = (worker(0, 21, "7,000"), worker(1, 22, "140,000"))


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (SECOND, 7000),
        ((*FIRST, *SECOND), 7000),  # a rank that reports again
        ((*SECOND, *FIRST), 2000),
        ((core(1, "9,000"), core(1, "5,000")), 5000),  # one process for its ranks
        ((core(1, "4,000"), core(2, "9,000"), core(2, "8,000")), 8000),  # another process
        ((TOKENS.format("4,000"), ENGINE, TOKENS.format("9,000")), 9000),  # announced
        ((TOKENS.format("4,000"), "INFO init engine (profile, create kv cache, warmup model) took "
          "9.72 seconds", TOKENS.format("9,000")), 9000),  # the first was up
        ((BLOCKS, BLOCKS.replace("500", "700")), 11_200),  # such a line is one start
    ],
)  # fmt: skip
def test_the_smallest_rank_of_the_last_start(lines: tuple[str, ...], expected: int) -> None:
    assert capacity_from_log(log(*lines), None if "KV" in lines[0] else 16) == expected


@pytest.mark.parametrize("process", ["", "(RayWorkerWrapper pid={}, ip=10.0.0.1) "])
def test_lines_that_nothing_tells_apart_count_as_ranks(process: str) -> None:
    lines = [process.format(n) + TOKENS.format(f"{n},000") for n in (4, 3, 9)]
    with pytest.warns(StabkitWarning, match="3 lines of the log differ.* smallest counts, line 2"):
        assert capacity_from_log(log(*lines)) == 3000


def test_each_start_has_its_own_concurrency() -> None:
    first = (BLOCKS, CONCURRENCY.format("1024", "7.81"))
    second = (BLOCKS, CONCURRENCY.format("1024", "31.25"))
    assert capacity_from_log(log(*first, ENGINE, *second)) == 500 * 64
    assert capacity_from_log(log(*second, ENGINE, *first)) == 500 * 16


def test_the_cases(shared: Path) -> None:
    cases = shared / "cases"
    old = (cases / "log-block-size" / "old.log").read_text()
    assert capacity_from_log(old, 64) == capacity_from_log(old) == 64_000
    assert capacity_from_log((cases / "log-ranks" / "pp2.log").read_text()) == 20_000


@pytest.mark.parametrize("block_size", [0, -1, True, 1.5, "16"])
def test_what_is_no_block_size(block_size: object) -> None:
    with pytest.raises(InvalidArgument, match="'block_size' must be a positive integer"):
        capacity_from_log(BLOCKS, block_size)  # type: ignore[arg-type]
    with pytest.raises(InvalidArgument, match="'text' must be the text of a log"):
        capacity_from_log(None)  # type: ignore[arg-type]
