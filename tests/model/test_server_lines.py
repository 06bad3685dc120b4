"""Capacities from the logs and metrics of other servers than vLLM, and from vLLM's metrics.

The lines are in the words of SGLang 0.1 to 0.5, TGI 1 to 3, TensorRT-LLM 0.5 to 1.3 and LMDeploy
0.1 to 0.7, as their sources print them and as users quote them in public threads; the numbers are
made up. Products of blocks and their sizes are worked out by hand.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from stabkit.errors import InvalidArgument, StabkitWarning
from stabkit.model.start_up_log import capacity_from_log

SGLANG = "[2025-01-01 00:00:00{}] max_total_num_tokens={}, chunked_prefill_size=8192"
POOL = (
    "[2025-01-01 00:00:00{}] KV Cache is allocated. #tokens: {}, K size: 0.61 GB, V size: 0.61 GB"
)
SGLANG_UP = "[2025-01-01 00:01:00] The server is fired up and ready to roll!"
TGI = "2024-03-09T05:08:19Z  INFO text_generation_router: router/src/main.rs:354: {}"
TRT = "[TensorRT-LLM][INFO] {}"
PAGED = TRT.format("[MemUsageChange] Allocated 2.44 GiB for max tokens in paged KV cache ({}).")
POOLS = (
    "[TRT-LLM] [I] [batchmgr][RANK {}] Max KV cache blocks per sequence: 128 [window size=4096], "
    "tokens per block={}, primary blocks={}, secondary blocks=0, max sequence length=4096"
)
TURBOMIND = "[TM][INFO] [BlockManager] {}"
CONFIG = 'vllm:cache_config_info{{block_size="{}",cache_dtype="auto",engine="{}",{}}} 1.0'
TOO_SMALL = (
    "ValueError: The model's max seq len (32768) is larger than the maximum number of tokens that "
    "can be stored in KV cache (20000). Try increasing `gpu_memory_utilization`."
)
LONGEST = (
    "ValueError: To serve at least one request with the models's max seq len (40,960), (5.62 GiB "
    "KV cache is needed, which is larger than the available KV cache memory (4.50 GiB). Based on "
    "the available memory, the estimated maximum model length is {}. Try decreasing `max_model_len`"
)


def log(*lines: str) -> str:
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "lines",
    [
        (POOL.format("", 20000), SGLANG.format("", 20000)),
        (POOL.format("", 20000),),
        # Of a window's pool and the whole one, the scheduler's line counts.
        (POOL.format("", 16000), POOL.format("", 20000), SGLANG.format("", 20000)),
        ("[gpu=0] max_total_num_tokens=20000, max_prefill_num_tokens=16384, context_len=4096",),
        ("Rank 0: max_total_num_token=20000, max_prefill_num_token=4096, context_len=4096, ",),
        ("Rank 0: Max_total_num_token=20000, max_prefill_num_token=4096",),
        ('{"model_path":"m","max_total_num_tokens":20000,"dp_size":1}',),  # /get_server_info
        (
            "# HELP sglang:max_total_num_tokens Maximum total number of tokens in the KV cache",
            "# TYPE sglang:max_total_num_tokens gauge",
            'sglang:max_total_num_tokens{model_name="m",tp_rank="0"} 20000.0',
            'sglang:max_total_num_tokens{model_name="m",tp_rank="1"} 20001.0',
        ),
    ],
)
def test_sglang(lines: tuple[str, ...]) -> None:
    assert capacity_from_log(log(*lines)) == 20_000


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([(" TP0", 21000), (" TP1", 20000)], 20_000),
        ([(" DP0 TP0", 20000), (" DP0 TP1", 23000), (" DP1 TP0", 22000)], 20_000),
        ([(" TP0", 9000), (" TP1", 8000), (" TP0", 21000), (" TP1", 20000)], 20_000),
        ([(" TP0", 90000), (" TP1", 8000), (" TP1", 30000), (" TP0", 20000)], 20_000),
        ([("", 9000), ("", 20000)], 20_000),  # alone it has no ranks: the server started again
        ([("", 30000), ("", 20000)], 20_000),
    ],
)
def test_ranks_and_starts_of_sglang(lines: list[tuple[str, int]], expected: int) -> None:
    spoken = [form.format(*line) for line in lines for form in (POOL, SGLANG)]
    assert capacity_from_log(log(*spoken)) == expected
    first = [POOL.format(rank, 300) for rank in (" TP0", " TP1")]
    assert capacity_from_log(log(*first, SGLANG_UP, *spoken)) == expected


@pytest.mark.parametrize(
    "lines",
    [
        (TGI.format("Setting max batch total tokens to 20000"), TGI.format("Connected")),
        ('{"level":"INFO","message":"Setting max batch total tokens to 20000","target":"t"}',),
        ("\x1b[2m2024\x1b[0m INFO Setting max batch total tokens to 20000\x1b[0m",),
        # 1250 blocks of 16, alone and beside the launcher's arguments.
        ("2025-07-04 INFO text_generation_launcher: KV-cache blocks: 1250, size: 16",),
        (
            "INFO text_generation_launcher: Args { max_batch_total_tokens: Some(30000), a: 1 }",
            "INFO text_generation_launcher: KV-cache blocks: 1250, size: 16",
        ),
        # What was asked for counts less than what there is.
        (
            "2023 INFO text_generation_launcher: Args { model_id: 'm', max_batch_total_tokens: "
            "Some(30000), max_waiting_tokens: 20 }",
            "2023 WARN text_generation_router: Inferred max batch total tokens: 20000",
        ),
        ("2023 INFO text_generation_launcher: Args { max_batch_total_tokens: 20000, a: 1 }",),
        ("Args {", "    max_batch_total_tokens: Some(", "        20000,", "    ),"),
        ('{"model_id":"m","max_batch_total_tokens":20000,"max_waiting_tokens":20}',),  # /info
        ("# TYPE tgi_batch_max_total_tokens gauge", "tgi_batch_max_total_tokens 20000"),
        # Two starts.
        (
            TGI.format("Setting max batch total tokens to 9000"),
            "2024 INFO text_generation_launcher: Args { max_batch_total_tokens: None, a: 1 }",
            TGI.format("Setting max batch total tokens to 20000"),
        ),
    ],
)
def test_tgi(lines: tuple[str, ...]) -> None:
    assert capacity_from_log(log(*lines)) == 20_000


@pytest.mark.parametrize(
    "lines",
    [
        (PAGED.format(20000),),
        (TRT.format("Using 20000 tokens in paged KV cache."),),
        (TRT.format("Max tokens in paged KV cache: 20000. Allocating 10485760000 bytes."),),
        (TRT.format("Number of tokens per block: 32."), PAGED.format(20000)),
        # 625 blocks of 32 tokens, 250 of 80.
        (
            TRT.format("Number of blocks in KV cache primary pool: 625"),
            TRT.format("Number of blocks in KV cache secondary pool: 9, onboard blocks"),
            TRT.format("Number of tokens per block: 32."),
        ),
        (POOLS.format(0, 80, 250), POOLS.format(1, 80, 251)),
        # A small cache first, to see what is left: each rank reports again.
        (*(POOLS.format(rank, 32, 129) for rank in (0, 1)), POOLS.format(0, 32, 700),
         POOLS.format(1, 32, 625)),
        (POOLS.format(0, 64, 129), POOLS.format(0, 32, 625)),
        # No ranks, but lines that come between the two caches.
        (
            PAGED.format(8224),
            "[TensorRT-LLM][WARNING] [kv cache manager] storeContextBlocks: Can not find sequence "
            "for request 1",
            PAGED.format(20000),
        ),
        (
            PAGED.format(8224),
            "[01/01/2025-00:00:00] [TRT-LLM] [RANK 0] [I] Estimated max memory in KV cache : 2 GiB",
            PAGED.format(20000),
        ),
        # Metrics: of trtllm-serve, 625 blocks of 32, in two formats, and of Triton, 250 of 80.
        (
            "# HELP trtllm_kv_cache_max_blocks Maximum KV cache blocks",
            'trtllm_kv_cache_max_blocks{model_name="m"} 625.0',
            'trtllm_kv_cache_tokens_per_block{model_name="m"} 32.0',
        ),
        ('[{"kvCacheStats": {"maxNumBlocks": 625, "freeNumBlocks": 9, "tokensPerBlock": 32}}]',),
        (
            'nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="tokens_per",model="m"} 80',
            'nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="free",model="m"} 9',
            'nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type="max",model="m"} 250',
        ),
    ],
)  # fmt: skip
def test_tensorrt_llm(lines: tuple[str, ...]) -> None:
    assert capacity_from_log(log(*lines)) == 20_000


def test_lmdeploy() -> None:
    blocks = log(
        TURBOMIND.format("block_size = 8.000 MB"),  # megabytes, not tokens
        TURBOMIND.format("max_block_count = 312"),
        TURBOMIND.format("chunk_size = 312"),
    )
    with pytest.warns(StabkitWarning, match="312 blocks .* 64 tokens each are assumed, as LMDepl"):
        assert capacity_from_log(blocks) == 19_968
    assert capacity_from_log(blocks, 128) == 39_936
    config = "INFO - TurbomindEngineConfig(tp=1, cache_max_entry_count=0.8, cache_block_seq_len=32)"
    assert capacity_from_log(log(config) + blocks) == 9_984
    engine = (
        "lmdeploy - INFO - build CacheEngine with config:CacheConfig(max_batches=128, "
        "block_size=32, num_cpu_blocks=128, num_gpu_blocks=312, window_size=-1)"
    )
    assert capacity_from_log(engine) == 9_984


@pytest.mark.parametrize(
    "lines",
    [
        (CONFIG.format(16, 0, 'num_cpu_blocks="0",num_gpu_blocks="1250"'),),
        # Tokens are right also for hybrid models, where 33 blocks of 1664 are not 20,000.
        (CONFIG.format(1664, 0, 'kv_cache_size_tokens="20000",num_gpu_blocks="33"'),),
        (CONFIG.format(16, 0, 'kv_cache_size_tokens="None",num_gpu_blocks="1250"'),),
        tuple(CONFIG.format(16, n, f'num_gpu_blocks="{1250 + n}"') for n in range(3)),
        # Two scrapes.
        tuple(CONFIG.format(16, 0, f'num_gpu_blocks="{n}"') for n in (900, 1250)),
    ],
)
def test_metrics_of_vllm(lines: tuple[str, ...]) -> None:
    comments = ("# HELP vllm:cache_config_info Information", "# TYPE vllm:cache_config_info gauge")
    assert capacity_from_log(log(*comments, *lines)) == 20_000


@pytest.mark.parametrize(
    "lines",
    [
        (TOO_SMALL,),
        ("INFO 01-01 # GPU blocks: 1250, # CPU blocks: 512", TOO_SMALL),
        (LONGEST.format(20000),),
        (LONGEST.format("20,000"),),
        # Every rank complains, some twice: the smallest counts.
        tuple(
            f"(VllmWorker rank={n} pid={n}) ERROR 01-01 {LONGEST.format(20000 + n)}"
            for n in (0, 0, 1, 1)
        ),
        # The next start is larger, and the last.
        (TOO_SMALL.replace("(20000)", "(6048)"), "INFO Initializing an LLM engine (v0.6.3)",
         "INFO 01-01 GPU KV cache size: 20,000 tokens"),
    ],
)  # fmt: skip
def test_complaint_of_vllm_that_the_memory_is_too_small(lines: tuple[str, ...]) -> None:
    assert capacity_from_log(log(*lines)) == 20_000


def test_each_start_has_its_own_size_of_a_block() -> None:
    blocks, engine = "# GPU blocks: 1250", "INFO Initializing an LLM engine (v0.6.3) with config: m"
    first = log("args: Namespace(block_size=32)", engine, blocks)
    assert capacity_from_log(first) == 40_000
    again = log("args: Namespace(block_size=16)", engine, blocks)
    assert capacity_from_log(first + again) == 20_000
    with pytest.warns(StabkitWarning, match="16 tokens each are assumed, as vLLM has by default"):
        assert capacity_from_log(first + log(engine, blocks)) == 20_000


@pytest.mark.parametrize(
    "line",
    [
        "swa_max_total_num_tokens=512",
        "[MemUsageChange] Allocated 180.30 MB GPU memory for decoder.",
        "Memory usage when calculating max tokens in paged kv cache: total: 39 GiB, available: 20",
        "# HELP sglang:max_total_num_tokens Maximum total number of tokens in the KV cache",
        "# TYPE tgi_batch_max_total_tokens gauge",
        "Args { max_batch_total_tokens: None }",
        TURBOMIND.format("block_size = 8 MB"),
        CONFIG.format(16, 0, 'num_gpu_blocks="None"'),
    ],
)
def test_lines_that_state_no_capacity(line: str) -> None:
    servers = "in which vLLM, SGLang, TGI, TensorRT-LLM or LMDeploy states its memory"
    with pytest.raises(InvalidArgument, match=f"'text' must have a line .* {servers}"):
        capacity_from_log(line)


@pytest.mark.parametrize(
    "line", [SGLANG.format("", "12٣"), PAGED.format("2,0000"), PAGED.format(0)]
)
def test_what_is_no_number_is_never_read_as_one(line: str) -> None:
    with pytest.raises(InvalidArgument, match="'text' must state a positive number in line 2"):
        capacity_from_log(log("first", line))


@pytest.mark.parametrize("name", ["sglang.log", "trtllm.log", "vllm-metrics.txt"])
def test_the_cases(shared: Path, name: str) -> None:
    text = (shared / "cases" / "log-other-servers" / name).read_text()
    assert capacity_from_log(text) == 20_000
