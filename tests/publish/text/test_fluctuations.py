"""The text and JSON of fluctuations: true sentences, and every case of them."""

from __future__ import annotations

from typing import Any

import pytest

from stabkit import Workload, fluctuations, text, to_dict


def said(classes: Any, capacity: int | None = None) -> str:
    return " ".join(text(fluctuations(Workload.from_classes(classes, capacity))).split())


def test_a_stable_mix() -> None:
    """V = 17/27, cv^2(M) = 1/9, a_eff = (75 - 23/6) / (15/2), half-width 3/4 of pi: by hand."""
    words = said([(9, 1), (1, 2)], 75)
    assert "Fano factor V = 0.62963:" in words
    assert "9.48889 requests per step are admitted on average" in words
    assert "the completions is 0.111111 times their mean" in words
    assert "2 0.239 " in words


@pytest.mark.parametrize(
    ("classes", "sentence"),
    [
        ([(5, 1)], "All requests are alike: nothing is left to chance."),
        ([(5, 3), (5, 5)], "The mix is unstable: around its equilibrium there is no steady state"),
        ([(1, 2), (1, 3)], "The mix is marginal: around its equilibrium there is no steady state"),
        ([(0, 1), (2, 1)], "No dominant mode turns faster than it decays: no quasi-cycle."),
        ([(3, 16_000_001), (5, 1, 10)], "Without a proof that the mix is stable"),
    ],
)
@pytest.mark.slow
def test_every_case_is_said(classes: Any, sentence: str) -> None:
    assert sentence in said(classes)


def test_json_is_exact_where_the_result_is() -> None:
    record = to_dict(fluctuations(Workload.from_classes([(9, 1), (1, 2)])))
    assert record["fano_factor"] == "17/27"
    assert [one["observable"] for one in record["observables"]] == [
        *("admissions", "running", "demand", "completions", "tokens")
    ]
    assert len(record["angles"]) == len(record["observables"][0]["densities"])
    long = [(50 + 7 * k % 13, k, 1 + k % 5) for k in range(1, 181)]
    enclosed = to_dict(fluctuations(Workload.from_classes(long)))["fano_factor"]
    assert "." in enclosed
    assert 8 <= len(enclosed) <= 20
