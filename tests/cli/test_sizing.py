"""``stabkit sizing``: where the capacity comes from, JSON and errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_capacity_from_a_log_and_from_a_shape(stabkit: Run, tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_text("INFO GPU KV cache size: 41,408 tokens\n")
    found = json.loads(stabkit("sizing", "10:5", "--log", str(log), "--json").out)
    assert found["workload"]["capacity"] == "41408"
    shape = ("--layers", "32", "--kv-heads", "8", "--head-size", "128")
    found = json.loads(stabkit("sizing", "10:5", "--memory", "5GiB", *shape, "--json").out)
    assert found["workload"]["capacity"] == "40960"
    assert found["schema"] == "stabkit.sizing/3"
    assert found["requests_in_service"] == "40960/13"


def test_a_cap_below_what_fits_ends_the_question(stabkit: Run) -> None:
    line = ("sizing", "430:1024", "--capacity", "560000", "--max-num-seqs", "256")
    text = " ".join(stabkit(*line, "--step-seconds", "1/30").out.split())
    assert "suffices: at most 256 requests run, and 385 fit whatever happens" in text
    assert "the fluid's verdict does not arise" in text
    assert "7.5 requests per second output under the cap 7,680 tokens per second" in text
    assert "doubles" not in text
    cap = json.loads(stabkit(*line, "--json").out)["cap"]
    assert cap["never_evicts"] is cap["binds"] is True
    assert cap["memory_share"] == "377/875"  # 0.431: 256 (430 + 512.5) of 560 000


@pytest.mark.parametrize("command", ["sizing", "finite"])
def test_a_cap_above_what_fits_is_said_alike(stabkit: Run, command: str) -> None:
    def said(most: int, *classes: str) -> str:
        line = (command, *classes, "--capacity", "650", "--max-num-seqs", f"{most}")
        steps = ("--steps", "0") if command == "finite" else ()
        return " ".join(stabkit(*line, *steps).out.split())

    text = said(49, "10:5")
    assert "cap of 49 binds: 49 run, not 50, on 98 % of the memory; swings neither grow" in text
    assert "the decode lengths are multiples of 5; more than 43 can fill the memory" in text
    assert "cap of 50 is what runs at the steady state" in said(50, "10:5")
    assert "cap of 51 does not bind at the steady state, 50: the verdict is" in said(51, "10:5")
    assert "small disturbances die out there, as the decode lengths" in said(60, "3:2", "7:5")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "'--capacity', '--log' or '--memory' must be given"),
        (("--log", "none.log"), "'--log' must be a file that can be read"),
        (("--capacity", "650", "--memory", "5GiB"), "must be given alone"),
        (("--memory", "5GiB"), "'--memory' must go with '--hf-config', or with '--layers'"),
        (("--layers", "5", "--capacity", "650"), "'--layers' must go with '--memory', not alone"),
        (("--capacity", "650", "--step-seconds", "-1"), "'--step-seconds' must be from 10^-12"),
        (("--capacity", "650", "--max-num-seqs", "0"), "--max-num-seqs"),
    ],
)
def test_errors(stabkit: Run, arguments: tuple[str, ...], message: str) -> None:
    found = stabkit("sizing", "10:5", *arguments)
    assert found.status == 2
    assert message in found.err
