"""``stabkit sweep``: what its words mean, and what it says of a run."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabkit import SweepPlan, sweep

Program = Callable[..., Any]
GRID = ["s:3:p", "s:5:rest", "--axis", "s=5,10", "--axis", "p=1/4..3/4:1/4"]


def planned(stabkit: Program, *words: str) -> dict[str, Any]:
    record = json.loads(stabkit("sweep", *words, "--dry-run", "--json").out)
    plan: dict[str, Any] = record["plan"]
    return plan


def test_words_are_a_plan(stabkit: Program) -> None:
    plan = planned(stabkit, *GRID, "--compute", "radius,counts", "--increasing", "p,s")
    assert plan["axis"] == {"s": ["5", "10"], "p": {"from": "1/4", "to": "3/4", "step": "1/4"}}
    assert plan["class"][1] == {"input_length": "s", "decode_length": "5", "weight": "rest"}
    assert (plan["compute"], plan["increasing"]) == (["counts", "radius"], ["p", "s"])
    more = ["--capacity", "B", "--axis", "B=1k,2k", "--policy", "damped:1/2", "--zip", "s,B"]
    plan = planned(stabkit, *GRID, *more)
    assert (plan["capacity"], plan["policy"], plan["zip"]) == ("B", "damped:1/2", [["s", "B"]])
    assert plan["axis"]["B"] == ["1000", "2000"]


def test_a_file_is_a_plan_or_a_list(stabkit: Program, tmp_path: Path) -> None:
    plan = tmp_path / "pairs.toml"
    plan.write_text('mixes = ["5:3 5:5"]\n')
    assert planned(stabkit, str(plan))["name"] == "pairs"
    mixes = tmp_path / "some.jsonl"
    mixes.write_text('"5:3 5:5"\n"1:2 1:3"\n')
    assert planned(stabkit, str(mixes), "--compute", "threshold")["name"] == "some"
    refused = stabkit("sweep", str(plan), "--compute", "radius", "--dry-run")
    assert refused[:2] == (2, "")
    assert "'--compute' must be in the plan, not beside it" in refused.err


def test_packaged_names_are_a_list(stabkit: Program) -> None:
    words = ["homogeneous", "coprime-stable", "--capacity", "2k", "--policy", "damped:1/2"]
    plan = planned(stabkit, *words, "--compute", "counts,finite")
    assert plan["name"] == "homogeneous"
    assert plan["compute"] == ["counts", "finite"]
    entry = {"name": "", "capacity": "2k", "policy": "damped:1/2"}
    assert plan["mixes"] == [entry | {"mix": "homogeneous"}, entry | {"mix": "coprime-stable"}]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("0.5..1.5:0.5", {"from": "1/2", "to": "3/2", "step": "1/2"}),
        ("5k..6k:500", {"from": "5000", "to": "6000", "step": "500"}),
        ("1/2..7/2", {"from": "1/2", "to": "7/2", "step": "1"}),
    ],
)
def test_ranges_of_decimals_and_units(stabkit: Program, values: str, expected: object) -> None:
    assert planned(stabkit, "s:3", "--axis", f"s={values}")["axis"] == {"s": expected}


def test_it_goes_on_where_it_was(stabkit: Program, tmp_path: Path) -> None:
    words = ["sweep", *GRID, "--into", str(tmp_path / "out"), "--workers", "1"]
    first = stabkit(*words)
    assert first.status == 0
    # s* is 9.82 for equal shares, so that 5 is unstable there and 10 is stable; 23.7 for 1/4
    assert "3 stable" not in first.out
    assert "rows      6 rows in 1 chunk" in first.out
    again = json.loads(stabkit(*words, "--json").out)
    assert (again["chunks_found"], again["chunks_written"], again["complete"]) == (1, 0, True)
    assert sum(again["verdicts"].values()) == 6


def test_rows_without_a_verdict_are_counted(stabkit: Program, tmp_path: Path) -> None:
    mixes = tmp_path / "mixes.jsonl"
    mixes.write_text('"5:3 5:5"\n"nonsense"\n')
    printed = stabkit("sweep", str(mixes), "--into", str(tmp_path / "out"), "--workers", "1").out
    assert "1 unstable, 1 without, see the column reason" in " ".join(printed.split())


def test_a_chunk_that_fails_is_told(
    stabkit: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stabkit.sweeps.parts.results", lambda *given: 1 / 0)
    found = stabkit("sweep", *GRID, "--into", str(tmp_path / "out"), "--workers", "1")
    assert found.status == 4
    assert "chunk 0 set aside  rows 0 to 5: ZeroDivisionError: division by zero" in found.out
    assert "0 written" in found.out


def test_names_of_users_cannot_reach_the_terminal(stabkit: Program, tmp_path: Path) -> None:
    plan = tmp_path / "plan.toml"
    plan.write_text('name = "red\\u001b[31m"\nmixes = ["5:3"]\n')
    for words in (["--dry-run"], ["--into", str(tmp_path / "out"), "--workers", "1"]):
        shown = stabkit("sweep", str(plan), *words)
        assert (shown.status, "\x1b" in shown.out) == (0, False)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["s:3"], "one of '--into' and '--dry-run' must be given"),
        (["s:3", "--dry-run", "--into", "out"], "one of '--into' and '--dry-run'"),
        (["s:3", "--dry-run"], "must be a number or the name of an axis"),
        (["plan.tom", "--dry-run"], "existing files or a packaged name"),
        (["coprime-stabel", "--dry-run"], "nearest: coprime-stable"),
        (["homogeneous", "5:3", "--dry-run"], "'PLAN' must be a file, or classes"),
        (["homogeneous", "--axis", "s=1", "--dry-run"], "'--axis' must go with classes"),
        (["homogeneous", "--capacity", "1", "--dry-run"], "'--capacity' must hold one request"),
        (["homogeneous", "--policy", "greed", "--dry-run"], "'--policy' must be 'greedy'"),
        (["s:3:" + "9" * 300, "--dry-run"], "must be a number or the name of an axis"),
        *(
            (["s:3", "--axis", axis, "--dry-run"], f"or s=0..9 or s=0..90:10, not '{axis}'")
            for axis in ("s", "s=", "s=0-9", "s=0:9", "s=0:9:2", "s=1..5..2", "s=1,2..5")
        ),
        (["s:3", "--axis", "s=9..0", "--dry-run"], "must rise, as from 0 to 9, not 9 to 0."),
        (["s:3", "--axis", "s=1", "--axis", "s=2", "--dry-run"], "'--axis' must be NAME=VALUES"),
        (["s:3", "--axis", "s=1;2", "--dry-run"], "a value of axis 's'"),
        (
            ["5:3", "--into", "out", "--workers", "1", "--scheduler", "tcp://127.0.0.1:1"],
            "'--workers' must be given without '--scheduler'",
        ),
    ],
)
def test_what_is_refused(
    stabkit: Program,
    words: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    refused = stabkit("sweep", *words)
    assert refused[:2] == (2, "")
    assert message in refused.err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_another_plan_is_refused(stabkit: Program, tmp_path: Path) -> None:
    sweep(SweepPlan.from_dict({"mixes": ["5:3"]}), tmp_path / "out")
    refused = stabkit("sweep", *GRID, "--into", str(tmp_path / "out"))
    assert refused[:2] == (2, "")
    assert "its plan differs in axis, class, mixes" in refused.err


@pytest.mark.slow
def test_an_address_of_no_scheduler_is_told_at_once(tmp_path: Path) -> None:
    """And nothing after it: dask's client closes at exit what it never opened, in a minute."""
    words = ["sweep", "5:3", "--into", str(tmp_path / "out"), "--scheduler", "nonsense"]
    command = [sys.executable, "-m", "stabkit", *words]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "'--scheduler' must be that of dask's scheduler, such as 'tcp://" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()
