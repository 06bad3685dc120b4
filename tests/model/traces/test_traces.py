"""Traces: the unmodified real ones against their summaries, and every malformed row.

Provenance: the summaries summary_*.csv of the shared data were computed apart from stabkit, with
the traces; for small traces the oracle is a sum by hand.
"""

from __future__ import annotations

import io
import pickle
import re
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import stabkit.model.traces.tally as tally_module
from stabkit.errors import InvalidWorkload, StabkitWarning
from stabkit.model.kernel import MemoryKernel
from stabkit.model.request_classes import RequestClass
from stabkit.model.traces.objects import tally_lines
from stabkit.model.traces.tables import tally_table
from stabkit.model.traces.tally import Tally
from stabkit.model.workload import Workload
from stabkit.spectrum.counting.counts import unit_circle_counts

REAL = {
    "azure2023_conv": "azure2023/AzureLLMInferenceTrace_conv.csv",
    "azure2023_code": "azure2023/AzureLLMInferenceTrace_code.csv",
    "arxiv_summarization": "vidur/arxiv_summarization_stats_llama2_tokenizer_filtered_v2.csv",
    "vllm_rtx4090": "vllm_rtx4090/RTX4090__Llama-3.1-8B__vllm__requests.jsonl",
}
PAIRS = [
    ("ContextTokens", "GeneratedTokens"),
    ("num_prefill_tokens", "num_decode_tokens"),
    ("input_length", "output_length"),
    ("input_toks", "output_toks"),
]
EXPECTED = (
    RequestClass(Fraction(4), 2, Fraction(2, 3)),
    RequestClass(Fraction(9), 5, Fraction(1, 3)),
)


def tally_csv(
    lines: Iterable[str], merge: bool = True, memory: int | None = None, columns: Any = None
) -> Tally:
    tally = Tally(merge, memory, columns)
    tally_table(tally, io.BytesIO("\n".join(lines).encode()))
    return tally


def tally_jsonl(lines: Iterable[str], columns: Any = None) -> Tally:
    tally = Tally(columns=columns)
    tally_lines(tally, lines)
    return tally


def written(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path


@pytest.mark.parametrize("name", REAL)
def test_real_traces_are_their_summaries(real_data: Path, name: str) -> None:
    trace = Workload.from_file(real_data / REAL[name])
    summary = Workload.from_file(real_data / f"summary_{name}.csv")
    assert trace.classes == summary.classes
    assert trace.name == Path(REAL[name]).stem
    assert trace.request_count == summary.request_count


@pytest.mark.slow
@pytest.mark.parametrize("name", REAL)
def test_real_pairs_are_the_same_mix(real_data: Path, name: str) -> None:
    """R11: the kernel, and with it every verdict, sees the totals at each decode length only."""
    trace = Workload.from_file(real_data / REAL[name])
    pairs = Workload.from_file(real_data / REAL[name], merge=False)
    assert len(pairs.classes) > len(trace.classes)
    assert all(c.input_length.denominator == 1 for c in pairs.classes)
    assert pairs.merged() == trace
    assert MemoryKernel.of(pairs) == MemoryKernel.of(trace)
    assert unit_circle_counts(pairs) == unit_circle_counts(trace)


@pytest.mark.parametrize("pair", PAIRS, ids=str)
def test_recognised_pairs(tmp_path: Path, pair: tuple[str, str]) -> None:
    into, out = pair
    csv = f"t, {into} ,{out}\n0,9,5\n\n1,3,2\r\n2, 5 ,2.0\n"
    rows = [(9, 5), (3, 2), (5, "2.0")]
    jsonl = "\n\n".join(f'{{"{into}": {s}, "t": [{{}}], "{out}": {n}}}' for s, n in rows)
    for name, content in [("a.csv", csv), ("a.csv", "\ufeff" + csv), ("a.jsonl", jsonl)]:
        mix = Workload.from_file(written(tmp_path, name, content), capacity=100)
        assert mix == Workload(EXPECTED, Fraction(100), "a")
        assert mix.request_count == 3


def test_summary_and_quoted_fields(tmp_path: Path) -> None:
    csv = 'input_length_sum,"decode_length",count,note\n9,"5",1,"a,\nb"\n8,2,2,\n'
    assert Workload.from_file(written(tmp_path, "a.csv", csv)).classes == EXPECTED


def test_a_summary_holds_no_pairs_to_keep_apart(tmp_path: Path) -> None:
    rows = [(5, 1, 9), (2, 1, 3), (2, 1, 5)]
    csv = "decode_length,count,input_length_sum\n" + "".join(f"{n},{k},{s}\n" for n, k, s in rows)
    jsonl = "\n".join(
        f'{{"decode_length": {n}, "count": {k}, "input_length_sum": {s}}}' for n, k, s in rows
    )
    for name, content in (("a.csv", csv), ("a.jsonl", jsonl)):
        mix = Workload.from_file(written(tmp_path, name, content), merge=False)
        assert (mix.classes, mix.request_count) == (EXPECTED, 3)


def test_pairs_are_kept_apart_on_request(tmp_path: Path) -> None:
    rows = [(9, 5), (5, 2), (3, 2), (9, 5), (9, 0)]
    csv = "input_toks,output_toks\n" + "\n".join(f"{s},{n}" for s, n in rows)
    jsonl = "\n".join(f'{{"input_toks": {s}, "output_toks": {n}}}' for s, n in rows)
    for name, content in (("a.csv", csv), ("a.jsonl", jsonl)):
        path = written(tmp_path, name, content)
        with pytest.warns(StabkitWarning, match="1 request without output"):
            mix = Workload.from_file(path, merge=False)
        assert mix == Workload.from_classes([(3, 2), (5, 2), (9, 5, 2)], None, "a")
        assert mix.request_count == 4


def test_counted_pairs(tmp_path: Path) -> None:
    rows = [(5, 9, 2), (2, 5, 1), (2, 3, 1), (0, 8, 4)]
    csv = "decode_length,input_length,count\n" + "".join(f"{n},{s},{k}\n" for n, s, k in rows)
    jsonl = "\n".join(
        f'{{"decode_length": {n}, "input_length": {s}, "count": {k}}}' for n, s, k in rows
    )
    apart = Workload.from_classes([(3, 2), (5, 2), (9, 5, 2)], None, "a")
    for name, content in (("a.csv", csv), ("a.jsonl", jsonl)):
        path = written(tmp_path, name, content)
        with pytest.warns(StabkitWarning, match="4 requests without output"):
            mix = Workload.from_file(path)
        assert (mix.unmerged(), mix.request_count, mix.largest_request) == (apart, 4, 14)
        assert mix == replace(apart.merged(), name="a")


@pytest.mark.parametrize("row", ["2,3,0", "2,-1,1", "x,3,1", "2,3,"])
def test_malformed_counts(row: str) -> None:
    with pytest.raises(InvalidWorkload, match=r"line 2: .(count|input_length|decode_length). must"):
        tally_csv(["decode_length,input_length,count", row])


def test_the_joint_law_of_a_summary_is_not_known(tmp_path: Path) -> None:
    csv = "decode_length,count,input_length_sum\n5,2,9\n"
    mix = Workload.from_file(written(tmp_path, "a.csv", csv))
    with pytest.raises(InvalidWorkload, match="must hold single requests, not means"):
        mix.unmerged()


def test_pairs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally_module, "_MOST_PAIRS", 2)
    lines = ["input_toks,output_toks", "1,2", "1,2", "2,2", "3,2"]
    assert len(tally_csv(lines[:-1], merge=False).pairs) == 2
    assert (len(tally_csv(lines).requests), tally_csv(lines).pairs) == (1, None)
    with pytest.raises(InvalidWorkload, match="the trace must hold at most 2 distinct"):
        tally_csv(lines, merge=False)


def test_named_columns(tmp_path: Path) -> None:
    path = written(
        tmp_path, "a.csv", "in,input_length,output_length,out\n9,1,1,5\n3,1,1,2\n5,1,1,2\n"
    )
    assert Workload.from_file(path, None, "in", "out").classes == EXPECTED
    for wrong in [("in", None), (None, "out"), ("in", 3)]:
        with pytest.raises(InvalidWorkload, match=r"^a\.csv: .*must both be given as text"):
            Workload.from_file(path, None, *wrong)
    wrong = "must be columns of the trace, once each, not 'ot'; it has 'in', 'input_length', '"
    with pytest.raises(InvalidWorkload, match=f"'input_column' and 'output_column' {wrong}"):
        Workload.from_file(path, None, "in", "ot")


@pytest.mark.parametrize("header", ["a,b", "", "374,44", "ContextTokens", "a;b", ",,"])
def test_unknown_columns(tmp_path: Path, header: str) -> None:
    with pytest.raises(InvalidWorkload) as caught:
        Workload.from_file(written(tmp_path, "a.csv", f"{header}\n1,2\n"))
    message = str(caught.value)
    if header == "374,44":
        assert message == "a.csv: line 1: must name the columns, not begin with '374', '44'."
        return
    assert message.startswith("a.csv: 'input_column' and 'output_column' must name the two ")
    assert "that 'stabkit formats' lists" in message
    assert all(repr(name) in message for name in re.split("[,;]", header) if name)


@pytest.mark.parametrize(
    "header",
    ["ContextTokens,GeneratedTokens,input_toks,output_toks", "input_toks,output_toks,input_toks"],
)
def test_ambiguous_columns(header: str) -> None:
    with pytest.raises(InvalidWorkload, match="the trace has none or several of the pairs"):
        tally_csv([header, "1,2,3,4"])


@pytest.mark.parametrize(("zeros", "text"), [(1, "1 request "), (3, "3 requests ")])
def test_rows_without_output_are_counted(tmp_path: Path, zeros: int, text: str) -> None:
    rows = ["9,5", "3,2", "5,2"] + ["7,0"] * zeros
    path = written(tmp_path, "a.csv", "input_toks,output_toks\n" + "\n".join(rows))
    with pytest.warns(StabkitWarning, match=f"^{text}without output tokens in a.csv w") as caught:
        mix = Workload.from_file(path)
    assert mix.classes == EXPECTED
    assert len(caught) == 1
    assert caught[0].filename == __file__


@pytest.mark.parametrize("rows", ["", "7,0\n", "\n\n"])
def test_no_request_with_output(tmp_path: Path, rows: str) -> None:
    path = written(tmp_path, "a.csv", "input_toks,output_toks\n" + rows)
    with pytest.raises(InvalidWorkload, match=r"^a\.csv: the trace must hold at least one"):
        Workload.from_file(path)


BAD_FIELDS = [
    "x",
    "-2",
    "1.5",
    "nan",
    "inf",
    "1_0",
    "٣",
    "²",
    "1e13",
    "9" * 40,
    "9" * 5000,
    "0x1",
]


@pytest.mark.parametrize("field", BAD_FIELDS, ids=lambda field: ascii(field)[:20])
@pytest.mark.parametrize("column", [0, 1])
def test_malformed_csv_fields(tmp_path: Path, field: str, column: int) -> None:
    row = ["3", "2"]
    row[column] = field
    path = written(tmp_path, "a.csv", f"input_toks,output_toks\n9,5\n{','.join(row)}\n")
    name = ["input_toks", "output_toks"][column]
    with pytest.raises(InvalidWorkload) as caught:
        Workload.from_file(path)
    message = str(caught.value)
    assert message.startswith(f"a.csv: line 3: '{name}' must be an integer between 0 and 10^")
    assert ascii(field)[1:20] in message
    assert message.isprintable()


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("3\n", "line 2: a row must have 2 fields, not 1"),
        ("3,2\n1,000,7\n", "line 3: a row must have 2 fields, not 3"),
        ("3,2\n1,000,7,500\n", "line 3: a row must have 2 fields, not 4"),
        ('3,"2\n', "line 2: must be CSV"),
        ('3,"2"x\n', "line 2: must be CSV"),
        ("3,2\n" + "9" * 200_000 + ",2", "line 3: must be CSV (field larger than field limit"),
        ("3,2\n3,2\0\n", "line 3: must be UTF-8 text"),
        ("3,2\n3," + "2" * 2**20, "line 3: must be at most 1048576 characters"),
    ],
)
def test_malformed_csv_rows(tmp_path: Path, rows: str, message: str) -> None:
    path = written(tmp_path, "a.csv", "input_toks,output_toks\n" + rows)
    with pytest.raises(InvalidWorkload) as caught:
        Workload.from_file(path)
    assert str(caught.value).startswith(f"a.csv: {message}")


def test_invalid_utf8_is_found_on_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"input_toks,output_toks,x\n3,2,\xc3\xa9\n3,2,\xe9\n")
    with pytest.raises(InvalidWorkload, match=r"^a\.csv: line 3: must be UTF-8 text"):
        Workload.from_file(path)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("0,1", "line 2: 'count' must be an integer between 1 and 10^12, not '0'"),
        ("-1,1", "line 2: 'count' must be"),
        ("1,-1", "line 2: 'input_length_sum' must be"),
        ("1,1000000000001", "line 2: 'input_length_sum' must be at most 10^12 for each of 1 req"),
        ("1,", "line 2: 'input_length_sum' must be an integer"),
    ],
)
def test_malformed_summaries(row: str, message: str) -> None:
    with pytest.raises(InvalidWorkload) as caught:
        tally_csv(["decode_length,count,input_length_sum", f"5,{row}"]).arguments("a", None)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("[1, 2]", "must be a JSON object"),
        ("3", "must be a JSON object"),
        ("{", "must be JSON"),
        (
            '{"input_toks": 1, "input_toks": 1, "output_toks": 1}',
            "'input_toks': keys must be given",
        ),
        ('{"input_toks": true, "output_toks": 1}', "'input_toks' must be an integer"),
        ('{"input_toks": "1", "output_toks": 1}', "'input_toks' must be an integer"),
        ('{"input_toks": [1], "output_toks": 1}', "'input_toks' must be an integer"),
        ('{"input_toks": 1, "output_toks": 1.5}', "'output_toks' must be an integer"),
        ('{"input_toks": 1, "output_toks": -2}', "'output_toks' must be an integer"),
        ('{"input_toks": 1, "output_toks": NaN}', "'output_toks': numbers must be finite, not NaN"),
        ('{"input_toks": 1, "output_toks": 10000000000}', "'output_toks' must be an integer"),
        (
            '{"output_toks": 1, "input_toks": ' + "9" * 5000 + "}",
            "'input_toks': numbers must have at most 1000",
        ),
        ("[" * 100_000, "must not be nested as deeply as this"),
    ],
    ids=lambda text: text[:50],
)
def test_malformed_jsonl(tmp_path: Path, line: str, message: str) -> None:
    path = written(tmp_path, "a.jsonl", f'{{"input_toks": 3, "output_toks": 2}}\n\n{line}\n')
    with pytest.raises(InvalidWorkload) as caught:
        Workload.from_file(path)
    assert str(caught.value).startswith(f"a.jsonl: line 3: {message}")
    assert str(caught.value).isprintable()


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**9)), min_size=1))
def test_both_formats_agree_with_the_definition(requests: list[tuple[int, int]]) -> None:
    csv = tally_csv(["input_toks,output_toks", *(f"{s},{n}" for s, n in requests)])
    jsonl = tally_jsonl(f'{{"output_toks": {n}, "input_toks": {s}}}' for s, n in requests)
    assert csv == jsonl
    assert csv.without_output == sum(n == 0 for _, n in requests)
    lengths = sorted({n for _, n in requests if n})
    if lengths:
        classes = csv.arguments("a", None)["classes"]
        assert sum(count for _, _, count in classes) == len(requests) - csv.without_output
        assert [length for _, length, _ in classes] == lengths
        for mean, length, count in classes:
            inputs = [s for s, n in requests if n == length]
            assert (mean, count) == (Fraction(sum(inputs), len(inputs)), len(inputs))


FAILED_CSV = ["7,", ",4", " , ", "7,-1", "-1,4", "7,null", "NULL,4"]
FAILED_JSON = [
    '{"input_toks": 7}',
    '{"error": "timed out"}',
    "{}",
    '{"input_toks": 7, "output_toks": null}',
    '{"input_toks": null, "output_toks": 4}',
    '{"input_toks": 7, "output_toks": -1}',
    '{"input_toks": -1.0, "output_toks": 4}',
    '{"input_toks": "", "output_toks": 4}',
]


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_failed_requests_are_left_out_and_counted(tmp_path: Path, kind: str, first: bool) -> None:
    failed = {"csv": FAILED_CSV, "jsonl": FAILED_JSON}[kind]
    fine = ["9,5", "3,2", "5,2", "8,0"]
    if kind == "jsonl":
        fine = ['{{"input_toks": {}, "output_toks": {}}}'.format(*row.split(",")) for row in fine]
    rows = [*failed, *fine] if first else [*fine, *failed]
    head = ["input_toks,output_toks"] if kind == "csv" else []
    path = written(tmp_path, f"a.{kind}", "\n".join([*head, *rows]))
    left_out = f"{len(failed) + 1} requests without output tokens in a.{kind} were left out"
    said = rf"^{left_out} \({len(failed)} of them lacking"
    with pytest.warns(StabkitWarning, match=said) as caught:
        mix = Workload.from_file(path)
    assert mix == Workload(EXPECTED, None, "a")
    assert mix.request_count == 3
    assert caught[0].filename == __file__


def test_a_summary_has_no_failed_requests() -> None:
    for row in ('{"decode_length": 5, "count": 1}', '{"decode_length": 5, "count": null}'):
        line = '{"decode_length": 5, "count": 1, "input_length_sum": 3}'
        with pytest.raises(InvalidWorkload, match=r"^line 2: '(count|input_length_sum)' must be g"):
            tally_jsonl([line, row])


@pytest.mark.parametrize("columns", [None, ("input_toks", "output_toks")])
def test_no_row_has_the_columns(columns: tuple[str, str] | None) -> None:
    with pytest.raises(
        InvalidWorkload, match=r"^'input_column' and 'output_column' must .*'in', 'o"
    ):
        tally_jsonl(['{"in": 1, "out": 2}', '{"input_toks": 3}'], columns)


@pytest.mark.parametrize(
    "unread",
    [
        '"x": NaN',
        '"x": -Infinity',
        '"x": 1, "x": 2',
        '"x": {"y": 1, "y": 2}',
        '"x": 1e99999999999999999999',
        '"x": ' + "9" * 5000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_not_read_does_not_matter(unread: str) -> None:
    found = tally_jsonl([f'{{"input_toks": 9, {unread}, "output_toks": 5}}'])
    assert found == tally_csv(["input_toks,output_toks,x", "9,5,NaN"])


REQUESTS = [(100, 7), (100, 7), (100, 7), (5000, 7), (100, 10)]


def trace_of(folder: Path, requests: list[tuple[int, int]]) -> Path:
    rows = "\n".join(f"{s},{n}" for s, n in requests)
    return written(folder, "a.csv", f"input_toks,output_toks\n{rows}\n")


@pytest.mark.parametrize("merge", [True, False])
def test_a_request_longer_than_the_memory_is_refused(tmp_path: Path, merge: bool) -> None:
    """The mean of its class, 1325 + 7, would fit."""
    path = trace_of(tmp_path, REQUESTS)
    said = "at least 5007 tokens, not 2000: 1 of 5 requests is too large"
    with pytest.raises(
        InvalidWorkload, match=rf"^a\.csv: 'capacity' must hold one request.*{said}"
    ):
        Workload.from_file(path, 2000, merge=merge)
    mix = Workload.from_file(path, merge=merge)
    assert mix.largest_request == 5007
    assert mix.with_capacity(5007).capacity == 5007
    for refused in (
        lambda: mix.with_capacity(5006),
        lambda: replace(mix, capacity=Fraction(5006)),
        lambda: replace(mix.merged(), capacity=Fraction(5006)),
        lambda: Workload.from_dict({**mix.to_dict(), "capacity": "5006"}),
        lambda: pickle.loads(pickle.dumps(mix)).with_capacity(5006),
    ):
        with pytest.raises(InvalidWorkload, match="at least 5007 tokens, not 5006"):
            refused()


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 4)), min_size=1, max_size=8),
    st.integers(1, 70),
)
def test_who_fits_is_decided_by_the_requests_not_the_means(
    requests: list[tuple[int, int]], capacity: int
) -> None:
    rows = ["input_toks,output_toks", *(f"{s},{n}" for s, n in requests)]
    too_large = sum(s + n > capacity for s, n in requests)
    for merge in (True, False):
        tally = tally_csv(rows, merge=merge, memory=capacity)
        assert (tally.largest, tally.too_large) == (max(map(sum, requests)), too_large)
        if too_large:
            with pytest.raises(InvalidWorkload, match=f"{too_large} of {len(requests)} requests"):
                tally.arguments("a", capacity)
        else:
            assert tally.arguments("a", capacity)["known_largest"] == max(map(sum, requests))


def test_a_summary_tells_only_means(tmp_path: Path) -> None:
    head = "decode_length,count,input_length_sum\n"
    several = Workload.from_file(written(tmp_path, "a.csv", f"{head}7,4,5300\n10,1,100\n"), 2000)
    assert several.largest_request is None
    single = Workload.from_file(written(tmp_path, "b.csv", f"{head}7,1,5000\n10,1,100\n5,9,0\n"))
    assert single.largest_request == 5007
    with pytest.raises(InvalidWorkload, match="1 of 11 requests is too large"):
        Workload.from_file(tmp_path / "b.csv", 2000)


def test_the_case(shared: Path) -> None:
    case = shared / "cases" / "request-longer-than-memory" / "trace.csv"
    with pytest.raises(InvalidWorkload, match="5007 tokens, not 2000: 1 of 5 requests is too la"):
        Workload.from_file(case, 2000)
