"""``stabkit replay``: its words for requests, its options, and its errors."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabkit.model.files import read_requests

Run = Callable[..., Any]


def test_a_homogeneous_trace_is_one_word(stabkit: Run) -> None:
    """Three prompts of 20 tokens in 5 blocks of 16, 4 tokens each: two, and then the third."""
    arguments = ("replay", "3x20:4", "--capacity", "96", "-o", "async-scheduling=false")
    found = json.loads(stabkit(*arguments, "--json").out)
    assert found["schema"] == "stabkit.replay/1"
    assert (found["steps"], found["preemptions"], found["requests"]) == (8, 0, 3)
    assert found["makespan_seconds"] is None
    assert found["observed"] is None
    timed = json.loads(stabkit(*arguments, "--step-time", "0.5,0.1", "--json").out)
    assert timed["makespan_seconds"] == pytest.approx(8 * 0.5 + 60 * 0.1)


def test_words_are_served_in_their_order_from_their_arrival_on(stabkit: Run) -> None:
    found = json.loads(
        stabkit(
            "replay", "20:4", "20:4@2.5", "--capacity", "320", "--scheduler", "model", "--json"
        ).out
    )
    assert (found["steps"], found["requests"]) == (7, 2)  # 4 steps from row 3 on


def test_a_real_series_is_compared(stabkit: Run, tmp_path: Path) -> None:
    series = tmp_path / "series.csv"
    series.write_text("running,gen_tokens_total,preempted_total\n2,2,0\n2,6,0\n1,10,0\n0,12,0\n")
    found = stabkit(
        "replay", "3x20:4", "--capacity", "96", "-o", "async_scheduling=false",
        "--observed", str(series),
    )  # fmt: skip
    assert "4 samples, compared at equal generated tokens" in found.out
    assert "running requests    1.0000       100 %" in found.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("20x:4", "--capacity", "96"), "'TRACE' must be an existing log (see 'stabkit"),
        (("none.csv", "--capacity", "96"), "such as 2000x250:520, not 'none.csv'."),
        (("20x4:0", "--capacity", "96"), "row 1: 'output' must be at least 1"),
        (("homogeneous", "--capacity", "96"), "a packaged mix, which has no requests in their"),
        (("99999999x20:4", "--capacity", "96"), "'TRACE' must hold at most 10000000 requests"),
        (("20:4",), "'--capacity' or '--log' must be given"),
        (("20:4", "--capacity", "96", "-o", "max_num_seqs"), "'--option' must be NAME=VALUE"),
        (("20:4", "--capacity", "96", "-o", "rate=1"), "for the scheduler 'vllm', not 'rate=1'."),
        (
            ("20:4", "--capacity", "96", "-o", "seqs=1"),
            "'--option' must be one of block_size, max_",
        ),
        (("20:4", "--capacity", "96", "--step-time", "x"), "'--step-time' must be A,B"),
        (("20:4", "--capacity", "96", "--step-time", "fit"), "'--observed' must be given for"),
        (("20:4", "--capacity", "96", "--step-time", "0"), "A positive and the others at least 0"),
        (
            ("20:4", "--capacity", "96", "-o", "capacity=5"),
            "'capacity=5': the command has '--capacity'.",
        ),
        (
            ("20:4", "--capacity", "96", "-o", "step-time=1"),
            "'step-time=1': the command has '--step-time'",
        ),
        (("20:4", "--capacity", "96", *2 * ("-o", "watermark=0")), "not again 'watermark=0'"),
        (("a.csv", "b.csv", "--capacity", "96"), "must be one log, not 2 of them"),
        (("20:4",), "'--capacity' or '--log' must be given, in tokens."),
        (("300:20", "--capacity", "310"), "at least 336 tokens in whole blocks, not 310:"),
        (("20:4", "--capacity", "96", "--scheduler", "orca"), "'--scheduler' must be one of"),
        (("2000:4", "--capacity", "96"), "could never be in memory"),
    ],
)
def test_errors(stabkit: Run, arguments: tuple[str, ...], message: str) -> None:
    found = stabkit("replay", *arguments)
    assert found.status == 2
    assert message in found.err


@pytest.mark.parametrize("scheduler", ["vllm", "vllm-v0", "sglang", "tensorrt-llm", "model"])
def test_the_options_that_are_listed_are_those_of_the_engine(stabkit: Run, scheduler: str) -> None:
    """Of an option that is not listed it is said that there is none."""
    line = ["replay", "20:4", "--capacity", "96", "--scheduler", scheduler, "-o"]
    listed = re.search(r"one of (.*) for the sch", stabkit(*line, "no_such=1").err)
    assert listed is not None
    for option in {*listed[1].split(", "), "rate", "keep_progress", "capacity", "clock"}:
        refused = "'--option' must be one of" in stabkit(*line, f"{option}=x").err
        assert refused == (option not in listed[1].split(", "))
        assert "no such rule" not in stabkit(*line, f"{option}=x").err


@pytest.mark.parametrize(("column", "said"), [("arrival_s", False), ("TIMESTAMP", True)])
def test_a_log_without_arrivals_is_said_to_have_none(
    stabkit: Any, tmp_path: Path, column: str, said: bool
) -> None:
    trace = tmp_path / "trace.csv"
    trace.write_text(f"{column},input_length,output_length\n0,20,4\n9,20,4\n")
    found = stabkit("replay", str(trace), "--capacity", "160")
    assert ("all at the start; a column arrival_s would tell them" in found.out) == said


REQUESTS = {
    "a.jsonl": '{"usage": {"prompt_tokens": 20, "completion_tokens": 4}}\n'
    '{"usage": {"prompt_tokens": 30, "completion_tokens": 5}}\n',
    "a.json": '{"input_lens": [20, 30], "output_lens": [4, 5]}',
    "a.tsv": "input_length\toutput_length\n20\t4\n30\t5\n",
    "a.csv": "who,input,output\nx,20,4\ny,30,5\n",
}


@pytest.mark.parametrize("name", REQUESTS)
def test_any_log_of_single_requests_in_its_order(stabkit: Run, tmp_path: Path, name: str) -> None:
    """As the words that list them."""
    (tmp_path / name).write_text(REQUESTS[name])
    assert [row[:2] for row in read_requests(tmp_path / name)] == [(20, 4), (30, 5)]
    words = stabkit("replay", "20:4", "30:5", "--capacity", "80", "--json").out
    found = stabkit("replay", str(tmp_path / name), "--capacity", "80", "--json").out
    listed, read = (json.loads(text) for text in (words, found))
    for key in ("requests", "steps", "preemptions"):
        assert read[key] == listed[key]


def test_parquet_in_its_order(tmp_path: Path) -> None:
    """Rows that come twice are not put together."""
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    columns = {"input_length": [20, 30, 20, 7], "output_length": [4, 5, 4, 1]}
    parquet.write_table(pyarrow.table(columns), tmp_path / "a.parquet")
    rows = read_requests(tmp_path / "a.parquet")
    assert [row[:2] for row in rows] == [(20, 4), (30, 5), (20, 4), (7, 1)]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "decode_length,count,input_length_sum\n3,1,5\n", "'--input-column' and"),
        ("a.jsonl", '{"decode_length": 3, "count": 1, "input_length_sum": 5}\n' * 2, "not sums"),
        ("a.toml", "[[class]]\ninput_length = 5\ndecode_length = 3\n", "not a mix"),
    ],
)
def test_what_has_no_single_requests(
    stabkit: Run, tmp_path: Path, name: str, content: str, message: str
) -> None:
    (tmp_path / name).write_text(content)
    found = stabkit("replay", str(tmp_path / name), "--capacity", "160")
    assert found.status == 2
    assert message in found.err
