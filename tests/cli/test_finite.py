"""``stabkit finite``: what the text says, the JSON, errors and hostile names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.slow
def test_text_and_json_have_the_same_figures(stabkit: Run) -> None:
    line = ("finite", "azure-conv-2023", "--evictions", "1e-3", "--steps", "0")
    found = json.loads(stabkit(*line, "--json").out)
    text = " ".join(stabkit(*line).out.split())
    assert found["schema"] == "stabkit.finite/1"
    assert found["workload"]["class_count"] > 10_000  # the pairs, not the 623 decode lengths
    assert f"{100 * found['evict_probability']:.2g} % of the steps evict" in text
    assert f"{found['evicted_per_step']:.3g} requests per step" in text
    assert f"{found['watermark']['tokens']:,} tokens" in text
    assert f"{found['requests_always']} requests: a cap" in text
    assert "Simulated" not in text
    assert found["simulated"] is None


def test_a_cap_below_what_fits_settles_it(stabkit: Run) -> None:
    line = ("finite", "430:1024", "--capacity", "560000", "--max-num-seqs", "256", "--steps", "0")
    text = " ".join(stabkit(*line).out.split())
    assert "suffices: at most 256 requests run, and 385 fit whatever happens" in text
    assert "none, ever" in text
    assert json.loads(stabkit(*line, "--json").out)["never_evicts"] is True


def test_where_no_formula_holds_the_simulation_answers(stabkit: Run) -> None:
    line = ("finite", "10:5", "--capacity", "650", "--steps", "400")
    text = " ".join(stabkit(*line).out.split())
    assert "no formula: the formulas are for stable mixes, and this one is unstable" in text
    assert "no formula either" in text
    found = json.loads(stabkit(*line, "--json").out)
    assert found["evict_probability"] is None
    assert found["simulated"]["evict_probability"]["mean"] == pytest.approx(0.8, abs=0.01)
    assert found["simulated"]["steps"] == 400


def test_analyze_says_it_in_short(stabkit: Run) -> None:
    text = " ".join(stabkit("analyze", "azure-conv-2023", "--no-crosscheck", "--full").out.split())
    assert "one sees the verdict and noise: chance moves admissions by 80.1 %" in text
    assert "1.2 % of the steps evict, by chance, 0.016 requests per step" in text
    without = stabkit("analyze", "5:3", "--no-crosscheck").out
    assert "whole requests" not in without  # there is no capacity


def test_analyze_says_what_means_cannot_answer(
    stabkit: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{n},2,{300 + 700 * n % 91}\n" for n in range(1, 20))
    Path("summary.csv").write_text(f"decode_length,count,input_length_sum\n{rows}")
    line = ("analyze", "summary.csv", "--capacity", "2000", "--no-crosscheck")
    found = json.loads(stabkit(*line, "--json").out)
    assert found["verdict"] == "stable"
    assert found["finite"]["evict_probability"] is None
    assert "the inputs are means" in found["finite"]["reason"]
    assert "the inputs are means" in " ".join(stabkit(*line).out.split())
    refused = stabkit("finite", "summary.csv", "--capacity", "2000")
    assert refused.status == 2
    assert "must hold single requests, not means" in refused.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("10:5",), "'--capacity' or '--log' must be given"),
        (("10:5", "--capacity", "650", "--evictions", "0"), "'--evictions' must be positive"),
        (("10:5", "--capacity", "650", "--steps", "99"), "'--steps' must be"),
        (("10:5", "--capacity", "650", "--steps", "2000000"), "'--steps' must be"),
        (("10:5", "--capacity", "1e15", "--steps", "100"), "'--steps' must admit at most"),
        (("10:5", "--capacity", "650", "--max-num-seqs", "0"), "--max-num-seqs"),
    ],
)
def test_errors(stabkit: Run, arguments: tuple[str, ...], message: str) -> None:
    found = stabkit("finite", *arguments)
    assert found.status == 2
    assert message in found.err


def test_a_huge_server_is_not_simulated_by_default(stabkit: Run) -> None:
    for line in (("10:5", "--capacity", "1e15"), ("0:5", "1000000000:5", "--capacity", "1e10")):
        found = json.loads(stabkit("finite", *line, "--json").out)
        assert found["simulated"] is None


def test_a_hostile_name_stays_text(stabkit: Run, tmp_path: Path) -> None:
    mix = tmp_path / "mix.toml"
    mix.write_text(
        'name = "[red]\\u001b[31m"\ncapacity = 650\n'
        "[[class]]\ninput_length = 10\ndecode_length = 5\n"
    )
    out = stabkit("finite", str(mix), "--steps", "0").out
    assert "[red]" in out
    assert "\x1b" not in out
