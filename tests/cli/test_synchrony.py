"""`stabkit synchrony`: text, JSON, figure."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Program = Callable[..., Any]


def test_text_of_a_mix_with_cohorts(stabkit: Program) -> None:
    done = stabkit("synchrony", "100:4", "100:6")
    assert done.status == 0
    for words in (
        "gcd 2; the renewal graph has period 2.",
        "Φ_d, d = 2.",
        "1 + 1/(s + L) = 1.00943396 (R3)",
        "R7's condition holds (margin 97.3377 tokens): exactly 1 mode grows.",
        "1.00974864827466",
    ):
        assert words in done.out


def test_text_says_nothing_that_is_not_proved(stabkit: Program) -> None:
    coprime = stabkit("synchrony", "5:3", "5:5").out
    assert "R7's condition fails (margin -4.82478 tokens), and R9 says nothing" in coprime
    assert "exp(2πi" not in coprime
    by_r9 = stabkit("synchrony", "0:4", "100:6").out
    assert "R7's condition fails (margin -7.68075 tokens); R9's condition holds:" in by_r9
    open_limit = stabkit("synchrony", "1000:2", "0:3").out
    assert "have gcd 2: for long inputs" in open_limit
    assert "R7's condition holds (margin 1 token): no mode grows." in open_limit
    without_input = stabkit("synchrony", "0:4", "0:6").out
    assert "no certified path" in without_input


def test_near_synchronous_modes_are_listed(stabkit: Program) -> None:
    out = stabkit("synchrony", "100:50", "100:151").out
    assert "φ_T(θ) = E exp(iθT) is close to 1 in modulus and phase" in out
    assert "1/50" in out


def test_json(stabkit: Program) -> None:
    record = json.loads(stabkit("synchrony", "5:24:1", "5:30:2", "5:36:7", "--json").out)
    assert record["schema"] == "stabkit.synchrony/2"
    assert (record["gcd"], record["period"], record["cyclotomic_orders"]) == (6, 6, [2, 3, 6])
    modes = record["synchronized_modes"]
    assert [(m["index"], m["order"]) for m in modes] == [(1, 6), (1, 3), (1, 2), (2, 3), (5, 6)]
    assert modes[2]["limit"] == [-1, 0]
    # the spectral radius of this mix in the vectors
    assert modes[2]["modulus_enclosure"]["value"].startswith("1.06010398569371")
    assert modes[2]["modulus"] == float(modes[2]["modulus_enclosure"]["value"])
    theorem = record["gcd_theorem"]
    assert float(theorem["margin"]) + float(theorem["margin_radius"]) < 0
    assert theorem["claim"] == {"relation": "at least", "count": 5, "theorem": "R9"}
    analysis = json.loads(stabkit("analyze", "5:24:1", "5:30:2", "5:36:7", "--json").out)
    assert analysis["gcd_theorem"] == theorem
    assert analysis["workload"] == record["workload"]


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_figure(stabkit: Program, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"graph.{suffix}"
    assert stabkit("synchrony", "100:4", "100:6", "--figure", str(target)).status == 0
    assert target.stat().st_size > 1000


@pytest.mark.slow
def test_long_lengths_and_one_stage(stabkit: Program) -> None:
    assert "gcd 100000000" in stabkit("synchrony", "7:1000000000", "7:100000000").out
    assert stabkit("synchrony", "3:1").status == 0
