"""`stabkit cycle`: text, JSON, a given state, errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., Any]


def test_one_class_ends_on_its_worst_cycle(stabkit: Program) -> None:
    done = stabkit("cycle", "2:2", "--capacity", "140")
    assert done.status == 0
    assert "level 1 (2)" in done.out
    assert "87.5 %" in done.out
    assert "From empty: on cycle 2" in done.out


def test_json_holds_exact_states(stabkit: Program) -> None:
    record = json.loads(stabkit("cycle", "2:2", "--capacity", "140", "--json").out)
    worst = record["cycles"][1]
    assert worst["states"] == [[["0", "35"]], [["140/3", "0"]]]
    assert (worst["kind"], worst["period"], worst["composition"]) == ("level", 2, [2])
    assert (worst["throughput_ratio"], worst["attracting"]) == ("7/8", True)
    assert record["run"]["cycle"] == 1


def test_a_given_state(stabkit: Program, tmp_path: Path) -> None:
    place = tmp_path / "state.json"
    place.write_text("[[20, 20]]")
    done = stabkit("cycle", "2:2", "--capacity", "140", "--state", str(place))
    assert "From the given state: on cycle 1 by step 1, exactly" in done.out


@pytest.mark.slow
def test_none_up_to_the_period_asked_for(stabkit: Program) -> None:
    done = stabkit("cycle", "5:7", "5:11", "--max-period", "20")
    assert done.status == 0
    assert "From empty: no cycle of period <= 20" in done.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("2:2", "--max-period", "0"), "--max-period"),
        (("2:2", "--state", "no-such-file.json"), "'--state' must be a JSON file"),
        (("2:2", "--figure", "cycle.jpg"), "not 'cycle.jpg'"),
    ],
)
def test_errors(stabkit: Program, arguments: tuple[str, ...], message: str) -> None:
    done = stabkit("cycle", *arguments)
    assert done.status == 2
    assert message in done.err
    assert done.err.startswith("stabkit: error: ")
    assert done.err.count("\n") == 1
