"""The shapes of request logs that servers and load generators document, each holding one mix.

Every sample is written by hand from the documentation of its writer. All hold the requests 5:3 and
5:5, whatever else is in them, so that the oracle is `Workload.from_classes`.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stabkit import InvalidWorkload, StabkitWarning, Workload
from stabkit.model.traces.objects import tally_lines
from stabkit.model.traces.tables import tally_table
from stabkit.model.traces.tally import Tally

PAIR = Workload.from_classes([(5, 3), (5, 5)]).classes


def lines(*rows: Any) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


AIPERF = {
    "metadata": {"x_request_id": "a", "request_start_ns": 1758000000000000000},
    "metrics": {
        "input_sequence_length": {"value": 5, "unit": "tokens"},
        "output_token_count": {"value": 2, "unit": "tokens"},
        "output_sequence_length": {"value": 3, "unit": "tokens"},
        "inter_chunk_latency": {"value": [1.5, 2.5], "unit": "ms"},
    },
    "error": None,
}
AIPERF_5 = json.loads(json.dumps(AIPERF).replace('"value": 3', '"value": 5'))
USAGE = {"prompt_tokens": 5, "completion_tokens": 3, "total_tokens": 8}
USAGE_5 = {"prompt_tokens": 5, "completion_tokens": 5, "total_tokens": 10}
BENCH = {
    "date": "20250101-000000",
    "request_rate": "inf",
    "completed": 2,
    "input_lens": [5, 5],
    "output_lens": [3, 5],
    "ttfts": [0.1, 0.2],
    "itls": [[0.01], [0.01]],
    "generated_texts": ["", ""],
    "errors": ["", ""],
}
GUIDE = [{"request_id": "a", "prompt_tokens": 5, "output_tokens": n} for n in (3, 5)]
FAILED = {"request_id": "b", "prompt_tokens": 900, "output_tokens": 1}

SAMPLES: dict[str, str] = {
    "azure-2023.csv": "TIMESTAMP,ContextTokens,GeneratedTokens\n"
    "2023-11-16 18:15:46.6805900,5,3\n2023-11-16 18:15:50.9951690,5,5\n",
    "azure-2024.csv": "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
    "2024-05-12 00:00:00.009930+00:00,5,3\r\n2024-05-12 00:00:00.017335+00:00,5,5\r\n",
    "BurstGPT_1.csv": "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\n"
    "5,ChatGPT,5,3,8,Conversation log\n45,GPT-4,5,5,10,API log\n",
    "vidur.csv": ",num_prefill_tokens,num_decode_tokens,pd_ratio\n0,5,3,1.67\n1,5,5,1.0\n",
    "sarathi.csv": "arrived_at,num_prefill_tokens,num_decode_tokens\n0.1,5,3\n0.2,5,5\n",
    "mooncake.jsonl": lines(
        {"timestamp": 27482, "input_length": 5, "output_length": 3, "hash_ids": [46, 47]},
        {"timestamp": 30535, "input_length": 5, "output_length": 5, "hash_ids": []},
    ),
    "qwen.jsonl": lines(
        {
            "chat_id": 1,
            "parent_chat_id": -1,
            "timestamp": 0.1,
            "input_length": 5,
            "output_length": 3,
            "type": "text",
            "turn": 1,
            "hash_ids": [1],
        },
        {
            "chat_id": 2,
            "parent_chat_id": -1,
            "timestamp": 0.2,
            "input_length": 5,
            "output_length": 5,
            "type": "text",
            "turn": 1,
            "hash_ids": [2],
        },
    ),
    "servingsim.jsonl": lines(
        {"input_toks": 5, "output_toks": 3, "arrival_time_ns": 0, "input_tok_ids": [1, 2]},
        {"input_toks": 5, "output_toks": 5, "arrival_time_ns": 9, "input_tok_ids": []},
    ),
    "vllm-bench.json": json.dumps(BENCH),
    "vllm-bench-indented.json": json.dumps(BENCH | {"request_rate": float("inf")}, indent=2),
    "sglang-bench.jsonl": lines(BENCH),
    "sglang-two-runs.jsonl": lines(
        BENCH | {"input_lens": [5], "output_lens": [3]},
        BENCH | {"input_lens": [5], "output_lens": [5]},
    ),
    "profile_export.jsonl": lines(AIPERF, AIPERF_5),
    "guidellm.json": json.dumps(
        {
            "metadata": {"version": 1},
            "benchmarks": [
                {"requests": {"successful": GUIDE[:1], "errored": [FAILED], "incomplete": []}},
                {"requests": {"successful": GUIDE[1:], "errored": [], "incomplete": [FAILED]}},
            ],
        }
    ),
    "llmperf.json": json.dumps(
        [
            {
                "error_code": None,
                "number_input_tokens": 5,
                "number_output_tokens": n,
                "number_total_tokens": 5 + n,
                "ttft_s": 0.4,
            }
            for n in (3, 5)
        ],
        indent=1,
    ),
    "per_request_lifecycle_metrics.json": json.dumps(
        [
            {
                "start_time": n / 2,
                "end_time": n,
                "request": "{}",
                "error": None,
                "info": {"input_tokens": 5, "output_tokens": n, "output_token_times": [0.5]},
            }
            for n in (3, 5)
        ]
    ),
    "usage.jsonl": lines({"id": "a", "usage": USAGE}, {"id": "b", "usage": USAGE_5}),
    "batch_output.jsonl": lines(
        *(
            {
                "id": "batch_req_1",
                "custom_id": "r",
                "error": None,
                "response": {"status_code": 200, "body": {"created": 17, "usage": usage}},
            }
            for usage in (USAGE, USAGE_5)
        )
    ),
    "flat-usage.csv": "id,prompt_tokens,completion_tokens,total_tokens\na,5,3,8\nb,5,5,10\n",
    "messages.jsonl": lines(
        *({"type": "message", "usage": {"input_tokens": 5, "output_tokens": n}} for n in (3, 5))
    ),
    "otel.jsonl": lines(
        *(
            {
                "name": "chat",
                "attributes": {"gen_ai.usage.input_tokens": 5, "gen_ai.usage.output_tokens": n},
            }
            for n in (3, 5)
        )
    ),
    "langchain.jsonl": lines(
        *(
            {
                "usage_metadata": {"input_tokens": 5, "output_tokens": n},
                "response_metadata": {
                    "token_usage": {"prompt_tokens": 5, "completion_tokens": n},
                    "x": {"usage": {"input_tokens": 1, "output_tokens": 1}},
                },
            }
            for n in (3, 5)
        )
    ).replace("token_usage", "deeper.token_usage"),
    "wrapped.json": json.dumps({"model": "m", "requests": [{"usage": USAGE}, {"usage": USAGE_5}]}),
    "normalised.csv": "usage.prompt_tokens,usage.completion_tokens\n5,3\n5,5\n",
    "ollama.jsonl": lines(
        *(
            {"model": "m", "prompt_eval_count": 5, "eval_count": n, "eval_duration": 9}
            for n in (3, 5)
        )
    ),
    "bedrock.jsonl": lines(*({"usage": {"inputTokens": 5, "outputTokens": n}} for n in (3, 5))),
    "gemini.json": json.dumps(
        [{"usageMetadata": {"promptTokenCount": 5, "candidatesTokenCount": n}} for n in (3, 5)]
    ),
    "one-response.json": json.dumps(
        {"choices": [{"index": 0}], "data": {"requests": [{"usage": USAGE}, {"usage": USAGE_5}]}}
    ),
    "tabs.tsv": "input_length\toutput_length\n5\t3\n5\t5\n",
    "semicolons.csv": "input_length;output_length;cost\n5;3;0,5\n5;5;0,7\n",
    "output-first.csv": "output_length,x,input_length\n3,,5\n5,,5\n",
    "quoted.csv": '"input_length","output_length","note"\n5,3,"a, ""b""\nc"\n"5","5",""\n',
    "one-request-each.ndjson": lines(*({"input_length": 5, "output_length": n} for n in (3, 5))),
    "no-last-line-end.csv": "input_length,output_length\n5,3\n5,5",
    "log-without-suffix": "input_length,output_length\n5,3\n5,5\n",
    "counts.csv": "decode_length,input_length,count\n3,5,7\n5,5,7\n",
    "summary.csv": "decode_length,count,input_length_sum\n3,7,35\n5,7,35\n",
    "toml-by-content.txt": "# a mix\n\n[[class]]\ninput_length = 5\ndecode_length = 3\n"
    "[[class]]\ninput_length = 5\ndecode_length = 5\n",
}


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", SAMPLES)
def test_every_documented_shape(tmp_path: Path, name: str) -> None:
    assert Workload.from_file(written(tmp_path, name, SAMPLES[name])).classes == PAIR
    assert Workload.from_file(written(tmp_path, name, "\ufeff" + SAMPLES[name])).classes == PAIR


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("name", ["azure-2023.csv", "vllm-bench.json", "toml-by-content.txt"])
def test_compressed(tmp_path: Path, name: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(SAMPLES[name].encode())
    mix = Workload.from_file(written(tmp_path, f"{name}.gz", packed))
    assert (mix.classes, mix.name) == (PAIR, Path(name).stem)
    with pytest.raises(InvalidWorkload, match=r"x\.gz: must be whole: its compressed data is dam"):
        Workload.from_file(written(tmp_path, "x.gz", packed[:-9]))


@pytest.mark.parametrize("name", ["azure-2023.csv", "usage.jsonl", "vllm-bench.json"])
def test_standard_input(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = gzip.compress(SAMPLES[name].encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))
    mix = Workload.from_file("-")
    assert (mix.classes, mix.name) == (PAIR, "standard input")


def test_several_logs_count_as_one(tmp_path: Path) -> None:
    three = written(tmp_path, "three.csv", "input_toks,output_toks\n5,3\n")
    five = written(
        tmp_path, "five.jsonl", '{"usage": {"prompt_tokens": 5, "completion_tokens": 5}}'
    )
    mix = Workload.from_file([three, five])
    assert (mix.classes, mix.name, mix.request_count) == (PAIR, "three + five", 2)
    assert Workload.from_file([five] * 5).name == "five + 4 more"
    toml = written(tmp_path, "mix.toml", SAMPLES["toml-by-content.txt"])
    with pytest.raises(InvalidWorkload, match=r"^mix\.toml: a mix must be read alone"):
        Workload.from_file([three, toml])
    with pytest.raises(InvalidWorkload, match=r"^bad\.csv: line 2: 'input_toks' must be an int"):
        Workload.from_file([three, written(tmp_path, "bad.csv", "input_toks,output_toks\nx,1\n")])


def test_named_paths(tmp_path: Path) -> None:
    rows = [
        {"a": {"b.c": {"in": 5}}, "out": n, "input_length": 1, "output_length": 1} for n in (3, 5)
    ]
    for name, content in (("a.jsonl", lines(*rows)), ("a.json", json.dumps(rows))):
        path = written(tmp_path, name, content)
        assert Workload.from_file(path, None, "a.b.c.in", "out").classes == PAIR
        with pytest.raises(InvalidWorkload, match=r"once each, not 'a\.in'; it has 'a\.b\.c\.in'"):
            Workload.from_file(path, None, "a.in", "out")


def test_failed_requests_of_benchmarks(tmp_path: Path) -> None:
    failed = BENCH | {"input_lens": [5, 9, 5], "output_lens": [3, 0, 5], "errors": ["", "x", ""]}
    path = written(tmp_path, "a.json", json.dumps(failed))
    with pytest.warns(StabkitWarning, match="1 request without output"):
        assert Workload.from_file(path).classes == PAIR
    error = {"metadata": {}, "metrics": {}, "error": {"code": 400}}
    path = written(tmp_path, "a.jsonl", lines(error, AIPERF, error, AIPERF_5))
    with pytest.warns(StabkitWarning, match="2 requests without output"):
        assert Workload.from_file(path).classes == PAIR


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", json.dumps(BENCH | {"output_lens": [3]}), "request 1: 'input_lens' and 'outp"),
        ("a.json", json.dumps(BENCH | {"output_lens": [3, 1.5]}), "request 1, item 2: 'output_l"),
        (
            "a.json",
            json.dumps({"architectures": [], "num_hidden_layers": 9}),
            "must be requests or a",
        ),
        (
            "a.json",
            json.dumps({"class": [{"input_length": 5, "output_length": 3, "weight": 2}]}),
            "a key of class 1 must be one of input_length, decode_length, weight, not 'output_leng",
        ),
        ("a.json", json.dumps({"date": "x"}), "a key of the workload must be one of"),
        ("a.json", json.dumps({"total_input_tokens": 9, "a": 1}), "the result of a benchmark must"),
        ("a.json", json.dumps([{"prompt_tokens": 1}]), "the workload must be a table"),
        ("a.json", json.dumps([USAGE, 7]), "request 2: must be a JSON object, not 7"),
        ("a.jsonl", lines({"usage": USAGE}, {"usage": {**USAGE, "prompt_tokens": "5"}}), "line 2"),
        ("a.jsonl", '{"usage": {"prompt_tokens": 5,\n', "line 1: must be JSON"),
        ("a.csv", "usage.prompt_tokens,usage.completion_tokens\n5,3\n5,?\n", "line 3: 'usage.comp"),
    ],
)
def test_complaints(tmp_path: Path, name: str, content: str, message: str) -> None:
    with pytest.raises(InvalidWorkload) as caught:
        Workload.from_file(written(tmp_path, name, content))
    assert str(caught.value).startswith(f"{name}: {message}")


SERVERS = {  # as vLLM 0 and 1, SGLang, TGI, TensorRT-LLM, LMDeploy, and /metrics begin
    "v0": "INFO 06-12 10:00:01 llm_engine.py:161] Initializing an LLM engine\n",
    "v1": "(EngineCore_0 pid=12) INFO 06-12 10:00:01 [kv_cache_utils.py:716] GPU KV cache size\n",
    "a line of vLLM": "INFO GPU KV cache size: 41,408 tokens\n",
    "its end": "GPU KV cache size: 41,408 tokens\n",
    "sglang": "[2025-06-01 12:00:00] server_args=ServerArgs(model_path='m')\n",
    "tgi": "\x1b[2m2024-06-12T10:00:00.1Z\x1b[0m \x1b[32m INFO\x1b[0m text_generation: x\n",
    "trt": "[TensorRT-LLM][INFO] Engine version 0.9.0 found in the config file\n",
    "lmdeploy": "2024-06-12 10:00:00,123 - lmdeploy - INFO - async_engine.py:60 - x\n",
    "metrics": "# HELP vllm:num_requests_running Number of requests\n",
}


@pytest.mark.parametrize("name", SERVERS)
def test_the_log_of_a_server_is_no_log_of_requests(tmp_path: Path, name: str) -> None:
    for begin in ("", "some banner, of two fields\n"):
        path = written(tmp_path, "server.log", begin + SERVERS[name] * 2)
        with pytest.raises(InvalidWorkload, match="not the log of a server"):
            Workload.from_file(path)


def test_what_looks_like_a_server_in_a_log_of_requests_does_not_matter(tmp_path: Path) -> None:
    text = "prompt,prompt_tokens,completion_tokens\n" + f'"{SERVERS["v0"]}",5,3\n"b",5,5\n'
    assert Workload.from_file(written(tmp_path, "a.csv", text)).classes == PAIR


@pytest.mark.parametrize(
    ("name", "whole", "cut"),
    [
        ("a.jsonl", lines(USAGE, USAGE), '{"prompt_tok'),
        ("a.jsonl", lines(USAGE, USAGE), '{"prompt_tokens": 5, "completion_tokens"'),
        ("a.csv", "prompt_tokens,completion_tokens\n5,3\n", "7"),
        ("a.csv", "prompt_tokens,completion_tokens\n5,3\n", '"7'),
    ],
)
def test_a_last_line_that_is_being_written(tmp_path: Path, name: str, whole: str, cut: str) -> None:
    """It is said so, with what leaves it out; the same line in the middle is only wrong."""
    with pytest.raises(InvalidWorkload, match=r"^a\.\w+: line 3: .*'head -n 2' leaves it out\.$"):
        Workload.from_file(written(tmp_path, name, whole + cut))
    with pytest.raises(InvalidWorkload) as caught:
        Workload.from_file(written(tmp_path, name, whole + cut.replace('"7', "7") + "\n"))
    assert "last line" not in str(caught.value)


AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens\n" + "".join(
    f"2023-11-16 18:{minute}:00.0000000,{100 * minute},{minute}\n" for minute in (15, 16, 17, 18)
)


@pytest.mark.parametrize(
    ("since", "until", "minutes"),
    [
        ("2023-11-16 18:16", None, (16, 17, 18)),
        (None, "2023-11-16T18:16:00.000001", (15, 16)),
        ("2023-11-16T18:16:00", "2023-11-16 18:18", (16, 17)),
        ("2023-11-16", "2023-11-17", (15, 16, 17, 18)),
    ],
)
def test_windows_of_dates(tmp_path: Path, since: Any, until: Any, minutes: tuple[int, ...]) -> None:
    expected = Workload.from_classes([(100 * m, m) for m in minutes]).classes
    rows = [row.split(",") for row in AZURE.splitlines()[1:]]
    jsonl = lines(
        *({"t": {"created_at": t}, "input_toks": int(s), "output_toks": int(n)} for t, s, n in rows)
    )
    zoned = AZURE.replace("0000000,", "000000+00:00,")
    contents = {"a.csv": AZURE, "q.csv": AZURE + '"",,\n', "z.csv": zoned, "a.jsonl": jsonl}
    for name, content in contents.items():
        path = written(tmp_path, name, content.replace('"",,\n', ""))
        mix = Workload.from_file(path, since=since, until=until)
        assert mix.classes == expected, name
        assert mix.request_count == len(minutes)


def test_windows_of_numbers(tmp_path: Path) -> None:
    text = "when,arrival_s,input_toks,output_toks\n9,0.5,5,9\n8,1.5,5,3\n7,1e1,5,5\n1,20,5,9\n"
    path = written(tmp_path, "a.csv", text)
    mix = Workload.from_file(path, since="1.5", until=20)
    assert (mix.classes, mix.name) == (PAIR, "a from 1.5 to 20")
    assert Workload.from_file(path, until=9, since=7, time_column="when").classes == PAIR
    arrays = json.dumps(BENCH | {"start_times": [3.5, 4.5]})
    path = written(tmp_path, "a.json", arrays)
    found = Workload.from_file(path, until="4", time_column="start_times")
    assert found.classes == Workload.from_classes([(5, 3)]).classes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"since": "noon"}, "a.csv: 'since' must be a number or a date in ISO 8601, not 'noon'"),
        ({"since": "2023-11-17", "until": "2023-11-16"}, "a.csv: 'since' and 'until' must be an "),
        ({"since": 3, "until": "2023-11-16"}, "a.csv: 'since' and 'until' must be an earlier and "),
        ({"since": 3}, "a.csv: line 2: the time '2023-11-16 18:15:00.0000000' must be of one"),
        (
            {"until": "2023-11-16 18:00Z"},
            "a.csv: line 2: the time '2023-11-16 18:15:00.0000000' must be",
        ),
        ({"since": "2023-11-17"}, "a.csv: 'since' and 'until' must leave a request between them;"),
        ({"since": "2023-11-17", "time_column": "t"}, "a.csv: 'time_column' must name the time of"),
        ({"time_column": "TIMESTAMP"}, "a.csv: 'since' or 'until' must be given with a"),
    ],
)
def test_impossible_windows(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidWorkload) as caught:
        Workload.from_file(written(tmp_path, "a.csv", AZURE), **options)
    assert str(caught.value).startswith(message)


def test_a_time_that_cannot_be_read(tmp_path: Path) -> None:
    path = written(tmp_path, "a.csv", AZURE + "soon,5,3\n")
    with pytest.raises(InvalidWorkload, match=r"^a\.csv: line 6: the time must be a number or a d"):
        Workload.from_file(path, since="2023-11-16")
    assert Workload.from_file(path).request_count == 5


FIELDS = st.sampled_from(
    ["5", "17", "0", "-1", "", "null", "x", "1.0", " 3", "1e3", "9" * 9, "9" * 13, "é", '"4"']
)


@given(
    st.lists(st.lists(FIELDS, min_size=2, max_size=4), max_size=6),
    st.sampled_from(["\n", "\r\n"]),
    st.integers(1, 30),
)
def test_plain_rows_are_read_as_strictly_as_others(
    rows: list[list[str]], end: str, block: int
) -> None:
    """One block or many, plain or not: a tally that goes line by line is the oracle."""
    import stabkit.model.traces.tables as tables

    text = end.join(["note,input_toks,output_toks", *(",".join(row) for row in rows)]) + end
    header = '"note",input_toks,output_toks'  # not plain: every row is read strictly
    outcomes = []
    for content, size in (
        (text, block),
        (text, 2**18),
        (text.replace("note,input", header[:7] + "input"), 2**18),
    ):
        tally, before = Tally(), tables._BLOCK
        tables._BLOCK = size
        try:
            tally_table(tally, io.BytesIO(content.encode()))
            outcomes.append(
                (tally.requests, tally.inputs, tally.pairs, tally.failed, tally.without_output)
            )
        except InvalidWorkload as error:
            outcomes.append(str(error))
        finally:
            tables._BLOCK = before
    assert outcomes[0] == outcomes[1] == outcomes[2]


@pytest.mark.parametrize("since", [None, "2023-11-16 18:17:04"])
def test_without_numpy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, since: str | None) -> None:
    """Plain rows are read by numpy where there is one; the page of the explorer has none."""
    path = written(tmp_path, "a.csv", AZURE)
    found = Workload.from_file(path, since=since)
    monkeypatch.setitem(sys.modules, "stabkit.model.traces.plain", None)
    assert Workload.from_file(path, since=since) == found


def test_long_lines_are_refused_across_blocks() -> None:
    for row in ("x" * 2**20 + ",5,3", '"' + "x" * 2**20 + '",5,3'):
        with pytest.raises(InvalidWorkload, match="line 3: must be at most 1048576 characters"):
            tally_table(Tally(), io.BytesIO(f"note,input_toks,output_toks\n,5,3\n{row}\n".encode()))


def test_requests_and_frames() -> None:
    pandas, polars, pyarrow = map(pytest.importorskip, ("pandas", "polars", "pyarrow"))
    numpy = pytest.importorskip("numpy")
    columns = {"note": ["a", "b"], "usage.prompt_tokens": [5, 5], "usage.completion_tokens": [3, 5]}
    frames = [columns, pandas.DataFrame(columns), polars.DataFrame(columns), pyarrow.table(columns)]
    for frame in frames:
        mix = Workload.from_dataframe(frame, 100, name="n")
        assert (mix.classes, mix.capacity, mix.name, mix.request_count) == (PAIR, 100, "n", 2)
    named = pandas.DataFrame({"a": [5, 5], "b": [3, 5]})
    assert Workload.from_dataframe(named, None, "a", "b").classes == PAIR
    lists = ([5, 5, 5, 5], [3, None, 5, 0])
    nullable = (numpy.array([5, 5, 5, 5]), pandas.array([3, None, 5, 0], dtype="Int64"))
    missing = (pandas.Series([5, 5, 5, -1]), pandas.Series([3, float("nan"), 5, 2]))
    for inputs, outputs in (lists, nullable, missing, tuple(map(iter, lists))):
        with pytest.warns(StabkitWarning, match=r"2 requests .* in requests were left out") as said:
            mix = Workload.from_requests(inputs, outputs)
        assert (mix.classes, mix.name, said[0].filename) == (PAIR, "requests", __file__)
    apart = Workload.from_requests([1, 9], [5, 5], merge=False)
    assert [c.share for c in apart.classes] == [Fraction(1, 2)] * 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([1, 2], [3]), "'inputs' and 'outputs' must be of one length, not of 2 and 1"),
        (([1], [2.5]), "the requests: 'outputs' must be an integer between 0 and 10.9, not 2.5"),
        (([1], ["3"]), "the requests: 'outputs' must be an integer"),
        (([[5]], [3]), r"the requests: 'inputs' must be an integer between 0 and .* not \[5\]"),
        ((5, [3]), "a column of requests must be a list of numbers, not 5"),
        (([], []), "the trace must hold at least one request with output"),
    ],
)
def test_no_requests(arguments: tuple[Any, Any], message: str) -> None:
    with pytest.raises(InvalidWorkload, match=message):
        Workload.from_requests(*arguments)


def test_no_frames() -> None:
    for frame, message in (
        (7, "'frame' must be a data frame"),
        ({"a": [1]}, "must name the two num"),
    ):
        with pytest.raises(InvalidWorkload, match=message):
            Workload.from_dataframe(frame)


def test_parquet(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    flat = {"input_length": [5, 5, 9], "output_length": [3, 5, 9], "timestamp": [1, 2, 3]}
    nested = {"id": ["a", "b"], "usage": [USAGE, USAGE_5]}
    for columns, options in ((flat, {"until": 3}), (nested, {})):
        path = tmp_path / "a.parquet"
        parquet.write_table(pyarrow.table(columns), path)
        assert Workload.from_file(path, **options).classes == PAIR
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(InvalidWorkload, match=r"^a\.parquet: must be Parquet"):
        Workload.from_file(path)


def test_what_is_not_read_does_not_matter() -> None:
    tally = Tally()
    row = '{"x": NaN, "x": 1, "usage": {"prompt_tokens": 5, "completion_tokens": 3}}'
    tally_lines(tally, [row])
    assert tally.pairs == {(3, 5): 1}


def test_the_cases(shared: Path) -> None:
    folder = shared / "cases" / "benchmark-exports"
    for name in ("openai-usage.jsonl", "vllm-bench.json"):
        assert Workload.from_file(folder / name).classes == PAIR
