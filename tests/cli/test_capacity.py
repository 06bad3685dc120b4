"""Where a capacity comes from, the same in every command: --capacity with a unit, or --log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabkit.cli.commands import commands

Run = Callable[..., Any]

SGLANG = "[2025-01-01 00:00:00 TP{}] max_total_num_tokens={}, chunked_prefill_size=8192\n"
LLAMA = {"num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8}
CONFIG = {**LLAMA, "hidden_size": 4096, "torch_dtype": "bfloat16"}  # 128 KiB a token
TAKE_ONE = [c.__name__.replace("_", "-") for c in commands() if "capacity" in c.__annotations__]


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("server.log").write_text(SGLANG.format(0, 20000) + SGLANG.format(1, 21000))
    Path("blocks.log").write_text("# GPU blocks: 1250\n")
    Path("config.json").write_text(json.dumps(CONFIG))


def test_all_commands_that_take_a_capacity_take_a_log(stabkit: Run) -> None:
    assert {"analyze", "derive", "finite", "pool", "replay", "simulate", "sizing"} <= {*TAKE_ONE}
    for command in TAKE_ONE:
        words = " ".join(stabkit(command, "--help").out.split())
        assert "--log FILE Take the capacity from a server's log or /metrics: vLLM, SG" in words
        assert "--block-size N" in words


@pytest.mark.parametrize(
    "command",
    [
        "analyze 2:2 --no-crosscheck",
        "finite 2:2 --steps 0",
        "pool 2:2 --steps 2",
        "replay 3x5:4",
        "simulate 2:2 --steps 2",
        "soft-start 2:2",
    ],
)
def test_a_log_is_as_good_as_its_number(stabkit: Run, command: str) -> None:
    line = (*command.split(), "--json")
    given = stabkit(*line, "--capacity", "20000")
    assert given.status == 0
    assert stabkit(*line, "--log", "server.log") == given
    assert stabkit(*line, "--log", "blocks.log", "--block-size", "16") == given
    assert stabkit(*line, "--capacity", "20k") == given
    assert stabkit(*line, "--capacity", "0.02M") == given
    assert stabkit(*line, "--capacity", "20Ki").out != given.out


def test_what_tells_a_capacity_is_no_mix(stabkit: Run) -> None:
    assert "which tells a capacity: '--log'." in stabkit("analyze", "server.log").err
    told = stabkit("analyze", "config.json").err
    assert "which tells a capacity: 'stabkit sizing --hf-config'." in told


@pytest.mark.parametrize("command", [name for name in TAKE_ONE if name != "sizing"])
def test_what_does_not_go_together(stabkit: Run, command: str) -> None:
    both = stabkit(command, "2:2", "--log", "server.log", "--capacity", "9")
    assert (both.status, both.out) == (2, "")
    assert "'--capacity' must be given without '--log', not with it." in both.err
    alone = stabkit(command, "2:2", "--capacity", "9", "--block-size", "16")
    assert (alone.status, alone.out) == (2, "")
    assert "'--block-size' must be given with '--log', not without it" in alone.err
    assert ("'-o block_size=16'" in alone.err) == (command == "replay")


@pytest.mark.parametrize("command", ["simulate", "sizing", "derive"])
def test_a_log_is_read_and_never_written(stabkit: Run, command: str) -> None:
    before = Path("server.log").read_text()
    found = stabkit(command, "2:2", "--log", "server.log", "--output", "server.log")
    assert found.status == 2
    assert "'--output' must not be a file that is read" in found.err
    assert Path("server.log").read_text() == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--log none.log", "'--log' must be a file that can be read; none.log: must be a readable"),
        (
            "--log config.json",
            "'--log' must have a line 'GPU KV cache size: N tokens', or another in",
        ),
        ("--log blocks.log --block-size 0", "--block-size"),
        ("--capacity 64q", "'--capacity' must be a number of tokens such as 64000, 64k, 64Ki or "),
        ("--arithmetic integer", "'--capacity' or '--log' must be given for integer arithmetic."),
    ],
)
def test_what_is_refused(stabkit: Run, options: str, message: str) -> None:
    found = stabkit("simulate", "2:2", *options.split())
    assert (found.status, found.out) == (2, "")
    assert message in found.err


@pytest.mark.parametrize(
    ("options", "tokens"),
    [
        ("--hf-config config.json", 40_960),
        ("--hf-config config.json --kv-dtype fp8", 81_920),
        ("--hf-config config.json --dtype fp8 --tensor-parallel 4", 327_680),
        ("--layers 32 --kv-heads 8 --head-size 128", 40_960),
        ("--layers 32 --kv-heads 8 --head-size 128 --tensor-parallel 2", 81_920),
    ],
)
def test_the_memory_of_a_model(stabkit: Run, options: str, tokens: int) -> None:
    found = stabkit("sizing", "2:2", "--memory", "5GiB", *options.split(), "--json")
    assert (found.status, found.err) == (0, "")
    assert json.loads(found.out)["workload"]["capacity"] == str(tokens)


def test_windows_are_spoken_of(stabkit: Run) -> None:
    Path("config.json").write_text(json.dumps({**CONFIG, "sliding_window": 4096}))
    found = stabkit("sizing", "2:2", "--memory", "5GiB", "--hf-config", "config.json")
    assert (found.status, found.out.splitlines()[0]) == (0, "2:2:1, 40,960 tokens")
    assert "32 of 32 layers need the last 4096 tokens of a request alone" in found.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--hf-config config.json", "'--hf-config' must go with '--memory', not alone"),
        ("--tensor-parallel 1 --capacity 99", "'--tensor-parallel' must go with '--memory', not"),
        ("--memory=-5GiB --hf-config config.json", "'--memory' must be positive, not '-5GiB'."),
        ("--memory 0 --hf-config config.json", "'--memory' must be positive, not '0'."),
        ("--memory xGiB --hf-config config.json", "a number of bytes such as 5e9, 20GB or 19.5GiB"),
        (
            "--capacity 40GB",
            "or 1.3M ('stabkit sizing --memory' tells those of a memory), not '40GB'",
        ),
        ("--memory 5GiB --hf-config none.json", "'--hf-config' must be a file on this machine"),
        ("--memory 5GiB --hf-config config.json --layers 3", "'--hf-config' must be given without"),
        ("--memory 5GiB --hf-config config.json --kv-dtype x", "'--kv-dtype' must be 'float32', "),
        ("--log server.log --memory 5GiB", "'--capacity', '--log' and '--memory' must be given al"),
    ],
)
def test_what_sizing_refuses(stabkit: Run, options: str, message: str) -> None:
    found = stabkit("sizing", "2:2", *options.split())
    assert (found.status, found.out) == (2, "")
    assert message in found.err
