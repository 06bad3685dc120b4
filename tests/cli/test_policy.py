"""``stabkit policy``: table, JSON, sweep, recommendation, figure and errors."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_the_table_says_what_keeps_the_throughput(stabkit: Run) -> None:
    found = stabkit("policy", "10:5", "--capacity", "650")
    assert found.status == 0
    assert "rate 1.05 a*" in found.out
    assert "the steady state's tokens are kept by:\nrate 1 a*.\n" in found.out
    assert max(map(len, found.out.splitlines())) <= 80


def test_whole_requests_stand_beside_the_fluid(stabkit: Run) -> None:
    """By hand: 43 of 50 requests in the worst cycle of whole ones, 650 / 15 / 50 in the fluid's."""
    line = ("policy", "10:5", "--capacity", "650", "--policy", "greedy", "--policy", "damped")
    more = ("--steps", "2000", "--max-num-seqs", "43")
    out = stabkit(*line, *more).out
    assert "greedy      0.8667  0.8600  " in out
    assert "damped 0.5  0.8553  no such setting  -" in out
    assert "cap of 43   0.8600  0.8600           0.0000" in out
    text = " ".join(out.split())
    assert "Whole requests in random order, 2,000 steps from the empty memory" in text
    assert "Under the cap memory suffices: at most 43 requests run, and 43 fit" in text
    assert max(map(len, out.splitlines())) <= 80
    found = json.loads(stabkit(*line, *more, "--json").out)
    greedy, damped = (one["whole_requests"] for one in found["policies"])
    assert greedy["throughput_ratio"]["mean"] == pytest.approx(0.86)
    assert damped["throughput_ratio"] is None
    assert found["capped"]["cap"]["never_evicts"] is True
    assert "Whole requests were not run: no steps" in stabkit(*line, "--steps", "0").out
    assert "Whole requests" not in stabkit("policy", "10:5", "--policy", "greedy").out


def test_json_has_the_fields_of_the_interface(stabkit: Run) -> None:
    found = json.loads(stabkit("policy", "2:2", "--capacity", "140", "--json").out)
    assert found["workload"]["name"] == "2:2:1"
    assert found["admissions_per_step"] == "20"
    assert len(found["policies"]) == 7
    assert [one["verdict"] for one in found["policies"]][3] is None
    assert found["policies"][0]["spectral_radius"]["value"].startswith("1.3333333")
    assert found["policies"][4]["parameters"] == {"rate_over_equilibrium": "21/20"}
    # by hand: 11 2/3 evicted and 35 completed of 40 every 2 steps (docs/model.md, Model)
    assert found["policies"][0]["evictions_ratio"] == pytest.approx(7 / 24)
    assert found["policies"][0]["throughput_ratio"] == pytest.approx(7 / 8)


def test_named_policies_and_a_sweep(stabkit: Run) -> None:
    found = json.loads(
        stabkit("policy", "2:2", "--policy", "damped:1/4", "--policy", "reservation", "--json").out
    )
    assert [one["policy"] for one in found["policies"]] == ["damped", "reservation"]
    assert found["policies"][0]["parameters"] == {"gain": "1/4"}
    sweep = stabkit("policy", "2:2", "--sweep", "gain")
    assert "evicted: requests per step over a*" in " ".join(sweep.out.split())
    assert next(line for line in sweep.out.splitlines() if line.startswith("gain")).split() == [
        "gain",
        "verdict",
        "tokens",
        "requests",
        "evicted",
        "memory",
        "first",
    ]
    points = json.loads(stabkit("policy", "2:2", "--sweep", "rate", "--json").out)["points"]
    assert (points[0]["value"], points[0]["throughput_ratio"]) == ("1/2", pytest.approx(0.5))


@pytest.mark.slow
def test_recommendations(stabkit: Run) -> None:
    text = stabkit("policy", "10:5", "--capacity", "650", "--recommend").out
    assert "1. Limit the rate. Admit no more than 10 requests per step" in text
    found = json.loads(stabkit("policy", "10:5", "--recommend", "--json").out)
    assert found["proposals"][0]["kind"] == "rate limit"
    assert found["proposals"][0]["predictions"]
    shared = stabkit("policy", "4:4", "--capacity", "500", "--recommend", "--share-with", "4:7")
    assert "Let two replicas share the classes, 4:4:1/2 4:7:1/2" in shared.out
    assert "nothing needs to change" in stabkit("policy", "10:3", "10:5", "--recommend").out


def test_the_figure(stabkit: Run, tmp_path: Path) -> None:
    target = tmp_path / "policies.svg"
    assert stabkit("policy", "2:2", "--policy", "greedy", "--figure", str(target)).status == 0
    assert "from the disturbed steady state" in target.read_text()
    assert "watermark" not in target.read_text()
    assert stabkit("policy", "2:2", "--figure", str(target)).status == 0
    assert all(f">{name}</text>" in target.read_text() for name in ("gain", "watermark"))


def test_a_sweep_is_drawn_alone(stabkit: Run, tmp_path: Path) -> None:
    target = tmp_path / "gain.svg"
    assert stabkit("policy", "2:2", "--sweep", "gain", "--figure", str(target)).status == 0
    drawn = target.read_text()
    assert "gain of damped admission" in drawn
    assert "watermark" not in drawn


def test_output_goes_to_a_file(stabkit: Run, tmp_path: Path) -> None:
    target = tmp_path / "policies.json"
    found = stabkit("policy", "2:2", "--policy", "greedy", "--json", "--output", str(target))
    assert (found.status, found.out) == (0, "")
    assert json.loads(target.read_text())["policies"][0]["policy"] == "greedy"


def test_what_is_too_long_to_run_is_not_called_free_of_evictions(stabkit: Run) -> None:
    found = stabkit(
        "policy", "5:100000000", "7:3", "--policy", "greedy", "--policy", "rate-limited"
    )
    assert found.status == 0
    assert "never" not in found.out
    assert "the long run is not known under: greedy, rate 1 a*" in " ".join(found.out.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--sweep", "speed"), "'--sweep' must be 'gain', 'watermark' or 'rate', not 'speed'"),
        (("--recommend", "--sweep", "gain"), "'--sweep' must be given without '--recommend'"),
        (("--policy", "greedy", "--sweep", "gain"), "'--policy' must be given without '--sweep'"),
        (("--share-with", "4:7"), "'--share-with' must go with '--recommend'"),
        (
            ("--recommend", "--steps", "500"),
            "'--steps' must be given without '--recommend', not with it",
        ),
        (("--max-num-seqs", "5"), "'--capacity' or '--log' must be given to run whole requests"),
        (
            ("--policy", "rate-limited:1e400"),
            "the rate in '--policy' must be positive and at most 10^18",
        ),
        (("--policy", "gready"), "'--policy' must be 'greedy', "),
        (
            ("--policy", "rate-limited:fast"),
            "the ratio in '--policy' must be a finite rational number, not 'fast'",
        ),
        (("--policy", "rate-limited:0"), "the rate in '--policy' must be positive"),
        (("--policy", "reservation:2"), "not 'reservation:2'"),
        (("--policy", "damped:2"), "the gain in '--policy' must be above 0 and at most 1, not '2'"),
    ],
)
def test_errors_are_one_line(stabkit: Run, arguments: tuple[str, ...], message: str) -> None:
    found = stabkit("policy", "2:2", *arguments)
    assert found.status == 2
    assert message in found.err
    assert found.err.count("\n") == 1
