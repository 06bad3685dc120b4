"""The folder: what is resumed, what is refused, and parts that do not depend on who made them."""

from __future__ import annotations

import errno
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

import stabkit
from stabkit import (
    InvalidArgument,
    OutputError,
    SweepPlan,
    SweepProgress,
    sweep,
    sweep_cluster,
    sweep_processes,
)
from stabkit.sweeps import by_row, measures, parts, results

KILL = "__import__('os').kill(__import__('os').getpid(), 9)"
PLAN: dict[str, Any] = {
    "axis": {"p": {"from": "1/400", "to": "399/400", "step": "1/400"}, "n": [3, 4, 5]},
    "class": [
        {"input_length": 5, "decode_length": 2, "weight": "p"},
        {"input_length": 5, "decode_length": "n", "weight": "rest"},
    ],
    "compute": ["counts", "cross-check"],
}


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but counts is computed, in the chunks of what would take minutes."""
    nothing = measures.Measure({}, measures.MEASURES["cross-check"].seconds)
    monkeypatch.setitem(measures.MEASURES, "cross-check", nothing)
    monkeypatch.setitem(by_row.FIND, "cross-check", lambda cell: {})


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("part-*"))}


def events(folder: Path, event: str) -> list[int]:
    lines = map(json.loads, (folder / "_log.jsonl").read_text().splitlines())
    return [line["chunk"] for line in lines if line["event"] == event]


def test_all_rows_are_in_the_parts_once_each_in_order(tmp_path: Path) -> None:
    run = sweep(PLAN, tmp_path)
    table = pyarrow.parquet.read_table(tmp_path)
    assert table["row"].to_pylist() == list(range(3 * 399))
    assert tuple(table.column_names) == run.columns
    assert (run.complete, run.found, run.written) == (True, 0, run.chunks)
    assert run.chunks > 50
    verdicts = table["verdict"].to_pylist()
    assert {verdict: verdicts.count(verdict) for verdict in run.verdicts} == run.verdicts
    for row in range(0, len(verdicts), 97):
        assert verdicts[row] == stabkit.unit_circle_counts(run.plan.mix(row)).verdict


def test_parts_whose_rows_have_no_names_have_the_same_schema(tmp_path: Path) -> None:
    """Of 400 mixes the last one alone has a name, a capacity and a policy."""
    last = {"mix": "5:3 5:5", "name": "last", "capacity": "900", "policy": "greedy"}
    run = sweep({"mixes": ["5:3 5:5"] * 399 + [last], "compute": PLAN["compute"]}, tmp_path)
    assert run.chunks > 1
    schemas = [pyarrow.parquet.read_schema(path) for path in sorted(tmp_path.glob("part-*"))]
    assert all(schema.equals(schemas[0]) for schema in schemas)
    assert pyarrow.parquet.read_table(tmp_path)["name"].to_pylist()[-2:] == [None, "last"]


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    sweep(PLAN, tmp_path)
    whole, began = content(tmp_path), events(tmp_path, "began")
    missing = list(whole)[3:9]
    for name in missing:
        (tmp_path / name).unlink()
    damaged = list(whole)[12]
    (tmp_path / damaged).write_bytes(whole[damaged][:-20])
    run = sweep(PLAN, tmp_path)
    assert (run.written, run.found) == (7, run.chunks - 7)
    assert content(tmp_path) == whole
    assert events(tmp_path, "began")[len(began) :] == [*range(3, 9), 12]
    assert sum(run.verdicts.values()) == 3 * 399


@pytest.mark.slow
def test_parts_do_not_depend_on_who_makes_them(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "threads", "elsewhere")]
    sweep(PLAN, folders[0])
    with ThreadPoolExecutor(2) as pool:
        sweep(PLAN, folders[1], pool.map)
    sweep(PLAN, folders[2], lambda function, items: map(parts._made, reversed(list(items))))
    assert content(folders[0]) == content(folders[1]) == content(folders[2])


@pytest.mark.slow
def test_the_folder_of_another_plan_is_refused(tmp_path: Path) -> None:
    sweep(PLAN, tmp_path)
    before = content(tmp_path)
    with pytest.raises(InvalidArgument, match=r"must be new, or of this plan.*differs in compute"):
        sweep(PLAN | {"compute": ["counts"]}, tmp_path)
    assert content(tmp_path) == before


def test_the_folder_of_another_version_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep({"mixes": ["5:3"]}, tmp_path)
    monkeypatch.setattr("stabkit.sweeps.sweep_plan.__version__", "99.0")
    with pytest.raises(InvalidArgument, match="of stabkit 0"):
        sweep({"mixes": ["5:3"]}, tmp_path)


@pytest.mark.parametrize("name", ["thesis.tex", "_plan.json"])
def test_a_folder_of_something_else_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(InvalidArgument, match=f"it holds '{name}'"):
        sweep(PLAN, tmp_path)
    assert (tmp_path / name).read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.slow
def test_a_chunk_that_fails_is_set_aside_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(cells: Any, start: int, stop: int, found: Any) -> list[int]:
        if start <= 700 < stop:
            raise ZeroDivisionError("row 700")
        return counted(cells, start, stop, found)

    counted = results._AT_ONCE["counts"]
    monkeypatch.setitem(results._AT_ONCE, "counts", failing)
    run = sweep(PLAN, tmp_path)
    ((chunk, first, last, reason),) = run.set_aside
    assert (run.complete, first <= 700 <= last) == (False, True)
    assert reason.startswith("ZeroDivisionError: row 700 (test_parts.py:")
    assert len(content(tmp_path)) == run.chunks - 1
    monkeypatch.undo()
    again = sweep(PLAN, tmp_path)
    assert (again.complete, again.written) == (True, 1)
    assert events(tmp_path, "failed") == [chunk]


def test_progress_counts_rows_and_estimates_by_the_speed_of_this_run(tmp_path: Path) -> None:
    told: list[SweepProgress] = []
    run = sweep(PLAN, tmp_path, progress=told.append)
    assert [told[0].rows_done, told[0].seconds_left] == [0, None]
    assert told[-1].rows_done == told[-1].rows == len(run.plan)
    assert told[-1].seconds_left == pytest.approx(0, abs=1e-6)
    done = [now.rows_done for now in told]
    assert done == sorted(set(done))
    assert all(now.rows_per_second and now.rows_per_second > 0 for now in told[1:])


def test_the_parts_say_what_they_are(tmp_path: Path) -> None:
    run = sweep(PLAN, tmp_path)
    schema = pyarrow.parquet.read_schema(next(tmp_path.glob("part-*")))
    facts = json.loads(schema.metadata[b"stabkit"])
    assert (facts["schema"], facts["key"]) == ("stabkit.sweep-part/1", run.plan.key())
    assert all(field.metadata[b"meaning"] for field in schema)
    assert (
        SweepPlan.from_dict(json.loads((tmp_path / "_plan.json").read_text())["plan"]) == run.plan
    )


def test_interrupted_writers_leave_nothing_behind(tmp_path: Path) -> None:
    sweep(PLAN, tmp_path)
    (tmp_path / ".part-1-part-000000-00000000.parquet").write_bytes(b"half")
    sweep(PLAN, tmp_path)
    names = {path.name for path in tmp_path.iterdir()} - set(content(tmp_path))
    assert names == {"_plan.json", "_log.jsonl"}


def test_who_reads_parts_reads_no_half_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there while a part is written: a name that ends in .parquet would be read."""
    seen = []
    replace = parts.os.replace
    monkeypatch.setattr(
        parts.os, "replace", lambda *names: (seen.extend(tmp_path.iterdir()), replace(*names))
    )
    sweep({"mixes": ["5:3"]}, tmp_path)
    halves = [path.name for path in seen if "part" in path.name]
    assert halves
    assert not any(name.endswith((".parquet", ".json")) for name in halves)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_is_told_and_leaves_no_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def full(*given: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(parts.os, call, full)
    with pytest.raises(OutputError, match=r"'folder' must be one that can be .*: No space left"):
        sweep({"mixes": ["5:3"]}, tmp_path)
    assert list(tmp_path.glob(".part-*")) == []
    monkeypatch.undo()
    assert sweep({"mixes": ["5:3"]}, tmp_path).complete


@pytest.mark.parametrize("name", ["_log.jsonl", ".lock-000000"])
def test_a_folder_that_became_unwritable_is_told(tmp_path: Path, name: str) -> None:
    """By a folder in the place of the log, and of the lock of the chunk."""
    plan = SweepPlan.from_dict({"mixes": ["5:3"]})
    parts.Folder.of(tmp_path, plan).begin(plan)
    (tmp_path / name).mkdir()
    with pytest.raises(OutputError, match=r"'folder' must be one that can be .*: Is a dir"):
        sweep(plan, tmp_path)


def test_a_part_of_another_sweep_is_made_again(tmp_path: Path) -> None:
    """Under the name of ours, from a copy that went wrong."""
    folders = [tmp_path / name for name in ("one", "two")]
    for folder, mix in zip(folders, ("5:3", "5:4"), strict=True):
        sweep({"mixes": [mix]}, folder)
    (ours,), (theirs,) = (list(content(folder)) for folder in folders)
    (folders[0] / ours).write_bytes((folders[1] / theirs).read_bytes())
    run = sweep({"mixes": ["5:3"]}, folders[0])
    assert (run.found, run.written) == (0, 1)
    assert pyarrow.parquet.read_table(folders[0])["mix"].to_pylist() == ["5:3"]


def test_of_two_plans_that_begin_in_one_folder_at_once_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one begins after this one has seen an empty folder."""
    one, other = (SweepPlan.from_dict({"mixes": [mix]}) for mix in ("5:3", "5:4"))
    claim = parts.Folder.claim

    def late(folder: Any, what: str) -> Any:
        monkeypatch.undo()
        parts.Folder.of(tmp_path, other).begin(other)
        return claim(folder, what)

    monkeypatch.setattr(parts.Folder, "claim", late)
    with pytest.raises(InvalidArgument, match="its plan differs in mixes"):
        parts.Folder.of(tmp_path, one).begin(one)
    assert json.loads((tmp_path / "_plan.json").read_text())["key"] == other.key()


def test_chunks_that_an_executor_forgets_are_missing(tmp_path: Path) -> None:
    """Until they are there, another process may be writing them; of none there is no folder."""
    half = tmp_path / ".part-1-part-000000-00000000.parquet.half"
    half.write_bytes(b"half")
    run = sweep(PLAN, tmp_path, lambda function, items: list(map(function, items))[1:])
    assert (run.written, run.complete) == (run.chunks - 1, False)
    assert half.exists()
    assert sweep(PLAN, tmp_path / "none", lambda *_: []).written == 0
    assert not (tmp_path / "none").exists()


def test_one_dies_and_only_its_item_is_repeated(tmp_path: Path) -> None:
    mark = str(tmp_path / "mark")
    once = f"__import__('os').path.exists({mark!r}) or (open({mark!r}, 'w').close(), {KILL})"
    assert sorted(map(str, sweep_processes(2)(eval, ["6 * 7", once, "1 + 1"]))) == [
        "2",
        "42",
        "True",
    ]


def test_an_item_that_kills_every_worker_is_set_aside() -> None:
    found = list(sweep_processes(2)(eval, ["6 * 7", KILL, "1 + 1", "2 + 2"]))
    assert sorted(one for one in found if isinstance(one, int)) == [2, 4, 42]
    ((item, reason),) = [one for one in found if isinstance(one, tuple)]
    assert (item, reason) == (KILL, "its worker process died twice")


def test_without_dask_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InvalidArgument, match=r"pip install 'stabkit\[dask\]'"):
        sweep({"mixes": ["5:3"]}, tmp_path / "out", sweep_cluster("tcp://10.0.0.1:8786"))
    assert not (tmp_path / "out").exists()
