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
    assert found["schema"] == "stabkit.sizing/2"
    assert found["requests_in_service"] == "40960/13"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "'--capacity' must be given"),
        (("--log", "none.log"), "'--log' must be a file that can be read"),
        (("--capacity", "650", "--memory", "5GiB"), "must be given alone"),
        (("--memory", "5GiB"), "'--memory' must go with '--layers'"),
        (("--layers", "5", "--capacity", "650"), "'--memory' must be given with the shape"),
        (("--capacity", "650", "--step-seconds", "-1"), "'--step-seconds' must be from 10^-12"),
    ],
)
def test_errors(stabkit: Run, arguments: tuple[str, ...], message: str) -> None:
    found = stabkit("sizing", "10:5", *arguments)
    assert found.status == 2
    assert message in found.err
