"""scripts/search_stable_inputs.py: it searches what the record states, and it can find."""

from __future__ import annotations

import runpy
from itertools import islice
from math import gcd
from pathlib import Path

import pytest
from stabkit_proofs.stable_inputs import SEARCHED, Searched

SCRIPT = runpy.run_path(
    str(Path(__file__).parents[2] / "scripts" / "search_stable_inputs.py"), run_name="search"
)


def test_it_searches_as_many_mixes_as_the_record_states() -> None:
    two, four = list(SCRIPT["of_two"]()), list(SCRIPT["of_four"]())
    assert Searched(len(two), len(four)) == SEARCHED
    assert all(len(lengths) == 2 and gcd(*lengths) == 1 for lengths, _ in two)
    assert all(max(lengths) == 4 and gcd(*lengths) == 1 for lengths, _ in four)
    assert two == list(SCRIPT["of_two"]())


@pytest.mark.parametrize("kind", ["of_two", "of_four"])
def test_a_part_of_it_again(kind: str) -> None:
    for mix in islice(SCRIPT[kind](), 7, 2_000, 400):
        assert SCRIPT["is_stable_beyond_only"](mix)


def test_it_finds_what_is_there() -> None:
    """Three lengths up to 5 with two stable intervals, and gcd 2, which has none."""
    assert not SCRIPT["is_stable_beyond_only"](((3, 4, 5), (251, 149, 100)))
    assert not SCRIPT["is_stable_beyond_only"](((2, 4), (1, 1)))
