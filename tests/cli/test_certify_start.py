"""``stabkit analyze --certify-start``: its text, its JSON, its starts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., Any]
LINE = ("analyze", "9:2", "9:3", "--no-crosscheck", "--certify-start")


def certified(stabkit: Program, *options: str) -> dict[str, Any]:
    run = stabkit(*LINE, *options, "--json")
    assert run.status == 0
    found: dict[str, Any] = json.loads(run.out)["certified_start"]
    return found


def test_from_empty(stabkit: Program) -> None:
    found = certified(stabkit)
    assert (found["start"], found["kind"], found["step"]) == ("empty", "convergent", 3)
    assert (found["evicting_steps"], found["last_eviction"], found["period"]) == (1, 1, None)
    run = stabkit(*LINE)
    assert "step 1 alone evicts, then convergence to the steady" in run.out


def test_from_the_equilibrium(stabkit: Program) -> None:
    found = certified(stabkit, "--state", "equilibrium")
    assert (found["start"], found["step"], found["deviation"]) == ("equilibrium", 0, 0)


def test_from_a_file(stabkit: Program, tmp_path: Path) -> None:
    """By hand: B = 27 holds 2.7 requests of 10 tokens, but not of 11 in the next step."""
    (tmp_path / "state.json").write_text('[["27/20", 0], ["27/20", 0, 0]]')
    found = certified(stabkit, "--state", str(tmp_path / "state.json"))
    assert (found["start"], found["evicting_steps"], found["last_eviction"]) == ("given", 1, 1)


def test_without_it_the_key_is_null(stabkit: Program) -> None:
    assert (
        json.loads(stabkit("analyze", "9:2", "--no-crosscheck", "--json").out)["certified_start"]
        is None
    )


def test_what_cannot_be_certified_is_refused_before_the_analysis(
    stabkit: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stabkit.analysis.verdict.analyze.analyze", None)
    run = stabkit("analyze", "5:10001", "--certify-start")
    assert run.status == 2
    assert "up to 10000 to certify a start" in run.err
