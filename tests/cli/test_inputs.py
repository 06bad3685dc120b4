"""Inputs as the program takes them: the right number, or a message in the words of its options."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabkit.cli.option_names import in_words_of_options

Run = Callable[..., Any]

LONG = "ContextTokens,GeneratedTokens\n100,7\n100,7\n100,7\n5000,7\n100,10\n"
SUMMARY = "decode_length,count,input_length_sum\n7,4,5300\n10,1,100\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        "analyze",
        "analyze --bootstrap 5",
        "roots",
        "synchrony",
        "threshold",
        "margins",
        "locus",
        "nyquist",
        "simulate",
        "simulate --policy reservation",
        "cycle",
        "policy",
        "policy --policy reservation",
        "policy --sweep rate",
        "policy --recommend",
        "pool",
        "sizing",
        "sizing --block-size 16",
        "derive",
    ],
)
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_request_longer_than_the_memory_is_refused_everywhere(
    stabkit: Run, folder: Path, command: str, kind: str
) -> None:
    rows = [row.split(",") for row in LONG.split()]
    lines = [json.dumps(dict(zip(rows[0], map(int, row), strict=True))) for row in rows[1:]]
    Path(f"trace.{kind}").write_text(LONG if kind == "csv" else "\n".join(lines))
    first, *rest = command.split()
    status, out, err = stabkit(first, f"trace.{kind}", "--capacity", "2000", *rest)
    assert (status, out) == (2, "")
    assert err == (
        f"stabkit: error: trace.{kind}: '--capacity' must hold one request of every class, at "
        "least 5007 tokens, not 2000: 1 of 5 requests is too large.\n"
    )


def test_a_summary_says_what_it_cannot_know(stabkit: Run, folder: Path) -> None:
    Path("summary.csv").write_text(SUMMARY)
    status, out, err = stabkit("sizing", "summary.csv", "--capacity", "2000")
    assert status == 0
    assert "not known how many fit whatever happens: inputs are means" in " ".join(out.split())
    assert err == (
        "stabkit: warning: summary holds only mean inputs: whether the memory can hold every "
        "request that they stand for is not known.\n"
    )
    assert stabkit("roots", "summary.csv").err == ""
    refused = stabkit("sizing", "summary.csv", "--capacity", "2000", "--block-size", "16")
    assert (refused.status, refused.out) == (2, "")
    assert "must be single requests for memory in blocks" in refused.err


LOG = (
    "# GPU blocks: 1000, # CPU blocks: 512\nMaximum concurrency for 8192 tokens per request: {}x\n"
)


@pytest.mark.parametrize(
    ("times", "options", "tokens"),
    [("7.81", ["--block-size", "64"], 64_000), ("7.81", [], 64_000), ("1.95", [], 16_000)],
)
def test_blocks_of_a_log(
    stabkit: Run, folder: Path, times: str, options: list[str], tokens: int
) -> None:
    Path("old.log").write_text(LOG.format(times))
    status, out, err = stabkit("sizing", "100:50", "--log", "old.log", *options, "--json")
    assert (status, err) == (0, "")
    assert json.loads(out)["workload"]["capacity"] == str(tokens)


def test_blocks_of_a_log_that_says_too_little_or_otherwise(stabkit: Run, folder: Path) -> None:
    Path("old.log").write_text("# GPU blocks: 1000, # CPU blocks: 512\n")
    status, out, err = stabkit("sizing", "100:50", "--log", "old.log")
    assert (status, out.splitlines()[0]) == (0, "100:50:1, 16,000 tokens")
    assert "16 tokens each are assumed" in err
    Path("old.log").write_text(LOG.format("7.81"))
    status, out, err = stabkit("sizing", "100:50", "--log", "old.log", "--block-size", "16")
    assert (status, out) == (2, "")
    assert err.startswith("stabkit: error: '--block-size' must fit the log")
    assert "make blocks of 64 tokens, not 16" in err


@pytest.mark.parametrize(("size", "tokens"), [("2GiB", 65_536), ("2 GB", 61_035)])
def test_gigabytes_may_be_gibibytes(stabkit: Run, size: str, tokens: int) -> None:
    """Two layers of a head of 4096 in fp16 take 2 * 2 * 4096 * 2 bytes a token."""
    shape = ("--layers", "2", "--kv-heads", "1", "--head-size", "4096")
    status, out, err = stabkit("sizing", "100:50", "--memory", size, *shape, "--json")
    assert (status, json.loads(out)["workload"]["capacity"]) == (0, str(tokens))
    assert ("servers that print GB mean GiB" in err) == (size == "2 GB")


@pytest.mark.parametrize(
    ("mix", "capacity", "size", "always", "worst"),
    [("100:50", "10000", "16", 62, "125/2"), ("128:128", "69632", "4096", 17, "17")],
)
def test_guarantees_in_blocks(
    stabkit: Run, mix: str, capacity: str, size: str, always: int, worst: str
) -> None:
    options = ("--capacity", capacity, "--block-size", size, "--json")
    found = json.loads(stabkit("sizing", mix, *options).out)
    assert found["requests_always"] == always
    assert found["requests_worst_cycle"] == found["requests_reserved"] == worst


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("sizing 5:3", "'--capacity', '--log' or '--memory' must be given to count requests."),
        (
            "sizing 5:3 --capacity 9 --step-seconds 0",
            "'--step-seconds' must be from 10^-12 to 10^12 seconds, not '0'.",
        ),
        ("sizing 5:3 --log empty.log", "'--log' must be a file that can be read; empty.log: must "),
        ("sizing 5:3 --log trace.csv", "'--log' must have a line 'GPU KV cache size: N tokens', o"),
        ("sizing 5:3 --log odd.log", "'--log' must state a positive number in line 1, in digits 0"),
        ("sizing 5:3 --log /dev/zero", "'--log' must be a file that can be read; zero: must be a "),
        ("analyze trace.csv", "trace.csv: '--input-column' and '--output-column' must name the t"),
        (
            "analyze trace.csv --input-column a",
            "trace.csv: '--input-column' and '--output-column' ",
        ),
        ("analyze lfs.csv", "lfs.csv: must be a text file, not a Git LFS pointer: run 'git lfs p"),
        ("analyze empty.log", "empty.log: must hold something: the file is empty."),
        ("analyze mix.toml", "mix.toml: 'capacity' must hold one request of every class, at lea"),
        ("analyze mix.toml --capacity 2", "mix.toml: '--capacity' must hold one request of every"),
        ("analyze 5:3 --capacity 0", "'--capacity' must be positive and at most 10^18 tokens"),
        ("simulate 5:3 --policy damped:2", "the gain in '--policy' must be above 0 and at most 1"),
        ("roots 5:3 --digits 0", "'--digits' must be an integer from 1 to 100000, not 0."),
        (
            "chart 3 0",
            "'L1 L2 [L3]' must be two or three different integers from 1 to 500, not '3 0'",
        ),
        ("nyquist 5:1000000", "'MIX' must have decode lengths up to 100000 for a Nyquist curve"),
        ("pool 5:3 5:5 --partition 0/1", "'--partition' must hold each class from 1 to 2 once"),
    ],
)
def test_messages_name_the_option(stabkit: Run, folder: Path, arguments: str, message: str) -> None:
    Path("trace.csv").write_text("a,b\n1,2\n")
    Path("empty.log").write_text("")
    Path("odd.log").write_text("GPU KV cache size: ٢٠,٠٠٠ tokens\n")
    Path("lfs.csv").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 7\n")
    Path("mix.toml").write_text("capacity = 3\n[[class]]\ninput_length = 5\ndecode_length = 3\n")
    status, out, err = stabkit(*arguments.split())
    assert (status, out) == (2, "")
    assert err.startswith(f"stabkit: error: {message}")
    assert re.search(r"\(|\bNone\b", err) is None


def test_the_column_of_a_trace_is_not_an_option(stabkit: Run, folder: Path) -> None:
    Path("trace.csv").write_text("capacity,steps\n5,3\nx,2\n")
    columns = ("--input-column", "capacity", "--output-column", "steps")
    err = stabkit("simulate", "trace.csv", *columns, "--capacity", "100").err
    assert err.startswith("stabkit: error: trace.csv: line 3: 'capacity' must be an integer")


def test_only_what_a_message_complains_of_is_translated() -> None:
    options = {"steps": "--steps", "a_b": "--a-b", "c": "--cc"}
    for before, after in {
        "'steps' must be 1, not 'steps'.": "'--steps' must be 1, not 'steps'.",
        "x.csv: 'a_b' and 'c' must differ.": "x.csv: '--a-b' and '--cc' must differ.",
        "'cc' of class 2 must be 1.": "'--cc' of class 2 must be 1.",
        "x.csv: line 7: 'steps' must be 1.": "x.csv: line 7: 'steps' must be 1.",
        "'weight' must be 1, not 'steps'.": "'weight' must be 1, not 'steps'.",
        "must be a text file.": "must be a text file.",
    }.items():
        assert in_words_of_options(before, options) == after
