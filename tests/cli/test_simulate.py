"""``stabkit simulate``: what the CSV leaves unsaid."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Run = Callable[..., Any]


def test_an_assumed_capacity_is_a_note_beside_the_csv(stabkit: Run) -> None:
    """G(1) = 6 + 7 + 8 = 21 tokens of s = 5, l = 3."""
    found = stabkit("simulate", "5:3", "--steps", "2")
    assert found.out.startswith("step,admitted")
    assert found.err.startswith("stabkit: note: Capacity: none is given; 21 tokens are assumed")
    found = stabkit("simulate", "5:3", "--steps", "2", "--json")
    assert json.loads(found.out)["capacity"] == "21"
    assert found.err == ""


def test_a_given_capacity_needs_no_note(stabkit: Run) -> None:
    assert stabkit("simulate", "5:3", "--capacity", "100", "--steps", "2").err == ""
