"""``stabkit soft-start``: text, JSON, exit statuses and a hostile name."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

Run = Callable[..., Any]


def test_the_recipe_by_hand(stabkit: Run) -> None:
    """Decode lengths 2 and 3 of input 2: g = (3, 4, 5/2), b_1 = 19/2 (1/3 - 4/9) = -19/18."""
    found = json.loads(stabkit("soft-start", "2:2", "2:3", "--capacity", "703", "--json").out)
    assert found["schema"] == "stabkit.soft-start/1"
    assert (found["evicts"], found["first_eviction"], found["tightest"]) == (True, 1, 1)
    assert abs(float(found["delta"]["value"]) - 18 / 37) < 1e-15
    assert found["slow_steps"] == 2
    assert (found["least_admissions_per_step"], found["most_admissions_per_step"]) == ("38", "74")
    text = stabkit("soft-start", "2:2", "2:3", "--capacity", "703").out
    assert "for 2 steps admit at least 51.4 % of a* per step" in text
    assert "38 to 74 per step" in text


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        (("5:3", "5:5"), "none: below a* it ends in evictions"),
        (("1:2", "1:3"), "not decided"),
        (("1:1", "1:2"), "never evicts"),
        (("7:1",), "not needed"),
    ],
)
def test_where_there_is_no_recipe(stabkit: Run, classes: tuple[str, ...], words: str) -> None:
    found = stabkit("soft-start", *classes)
    assert found.status == 0
    assert words in found.out


def test_a_small_server_is_told_that_chance_evicts(stabkit: Run) -> None:
    assert "no rate is known" in stabkit("soft-start", "azure-conv-2023").out


def test_errors_and_names(stabkit: Run, tmp_path: Any) -> None:
    assert stabkit("soft-start", "5:0").status == 2
    mix = tmp_path / "mix.json"
    mix.write_text(
        '{"name": "a\\u001b[31mb", "classes": [{"input_length": 5, "decode_length": 1}]}'
    )
    found = stabkit("soft-start", str(mix))
    assert "\x1b" not in found.out
