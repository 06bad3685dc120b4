"""Files whose bytes were changed, read directly: a result, or the documented error, no other.

The draws are the same in every run: 40 changes of every sample, and 1 000 where slow tests run.
"""

from __future__ import annotations

import json
import random
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

import stabkit
import stabkit_check

TOML = """capacity = 1000
[[class]]
input_length = 5
decode_length = 3
[[class]]
input_length = "1/3"
decode_length = 4
weight = 0.5
"""
LOG = """# GPU blocks: 40, # CPU blocks: 7
GPU KV cache size: 41,408 tokens
vllm:cache_config_info{block_size="16",num_gpu_blocks="40"} 1.0
[2026-11-30 TP0] max_total_num_tokens=12
"""
CONFIG = {
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "hidden_size": 64,
    "torch_dtype": "float16",
    "layer_types": ["full_attention", "sliding_attention"],
    "sliding_window": 3,
}
BENCH = {"date": "20250101-000000", "input_lens": [5, 5], "output_lens": [3, 5], "ttfts": [0.1]}
ROWS = [{"request_id": "a", "prompt_tokens": 5, "output_tokens": n} for n in (3, 5)]
USAGE = '{"id": "a", "usage": {"prompt_tokens": 5, "completion_tokens": 3}}\n'
AZURE = (
    "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.6,5,3\n2023-11-16 18:15:50,5,5\n"
)


def certificate(mix: str) -> str:
    return json.dumps(stabkit.to_dict(stabkit.certify(mix)))


def mix_of(path: Path) -> None:
    stabkit.Workload.from_file(path)


def log_of(path: Path) -> None:
    stabkit.capacity_from_log(path.read_bytes().decode("utf-8", "surrogateescape"))


def config_of(path: Path) -> None:
    stabkit.capacity_from_config(path, 10**9)


def claims_of(path: Path) -> None:
    """As the checker's main program does, whose refusals these are."""
    try:
        read = json.loads(path.read_bytes(), parse_float=int, parse_constant=int)
        for claim in read["claims"]:
            stabkit_check.check(claim)
    except (ValueError, LookupError, TypeError, ArithmeticError, RuntimeError):
        pass


SAMPLES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "mix.toml": (TOML, mix_of),
    "mix.json": ('{"class": [{"input_length": 5, "decode_length": 3}], "capacity": 30}', mix_of),
    "azure.csv": (AZURE, mix_of),
    "usage.jsonl": (2 * USAGE, mix_of),
    "bench.json": (json.dumps(BENCH), mix_of),
    "nested.json": (json.dumps({"benchmarks": [{"requests": {"successful": ROWS}}]}), mix_of),
    "server.log": (LOG, log_of),
    "config.json": (json.dumps(CONFIG), config_of),
    "recursion.json": (certificate("9:2 9:3"), claims_of),
    "circle.json": (certificate("1:2 1:3"), claims_of),
}
PIECES = (
    b"",
    b"\0",
    b"\xff",
    b"-",
    b"9",
    b"00",
    b"1e9",
    b".",
    b'"',
    b",",
    b"{",
    b"]",
    b"\n",
    b"/0",
)


def changed(content: bytes, rng: random.Random) -> bytes:
    """Replace a few short pieces by others, or by pieces of the content itself."""
    for _ in range(rng.randint(1, 4)):
        at, other = rng.randrange(len(content) + 1), rng.randrange(len(content) + 1)
        own = content[other : other + rng.randint(1, 12)]
        piece = rng.choice((own, rng.choice(PIECES), rng.randbytes(rng.randint(1, 3))))
        content = content[:at] + piece + content[at + rng.randint(0, 4) :]
    return content


def check(name: str, folder: Path, count: int) -> None:
    text, read = SAMPLES[name]
    path, rng = folder / name, random.Random(name)
    for content in (text.encode(), *(changed(text.encode(), rng) for _ in range(count))):
        path.write_bytes(content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", stabkit.StabkitWarning)
            try:
                read(path)
            except stabkit.StabkitError:
                assert content != text.encode()
            except Exception as failure:
                raise AssertionError(content) from failure


@pytest.mark.parametrize("name", SAMPLES)
def test_changed_bytes(name: str, tmp_path: Path) -> None:
    check(name, tmp_path, 40)


@pytest.mark.parametrize("lines", [b"\n", b" \n#x\n", b"#\n\t\n", b"# HELP\n"])
def test_what_stands_before_the_first_word_is_read_once(lines: bytes, tmp_path: Path) -> None:
    """300 blank lines in front of a log took the age of the universe: found by coverage-guided
    fuzzing, a pattern that tried every way to share them out.
    """
    path = tmp_path / "log.csv"
    for number in (30, 300):
        path.write_bytes(lines * number + AZURE.encode())
        with pytest.raises(stabkit.InvalidWorkload):
            stabkit.Workload.from_file(path)
    path.write_bytes(b"\n# x\n \n" + TOML.encode())
    assert len(stabkit.Workload.from_file(path).classes) == 2


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLES)
def test_many_changed_bytes(name: str, tmp_path: Path) -> None:
    check(name, tmp_path, 1_000)
