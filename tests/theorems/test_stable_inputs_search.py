"""scripts/search_stable_inputs.py: it searches what the record states, and it can find."""

from __future__ import annotations

import runpy
from itertools import islice
from math import gcd
from pathlib import Path

from stabkit_proofs.stable_inputs import SEARCHED

SCRIPT = runpy.run_path(
    str(Path(__file__).parents[2] / "scripts" / "search_stable_inputs.py"), run_name="search"
)


def test_it_searches_as_many_mixes_as_the_record_states() -> None:
    mixes = list(SCRIPT["mixes"]())
    assert len(mixes) == SEARCHED
    assert all(len(lengths) == 2 and gcd(*lengths) == 1 for lengths, _ in mixes)
    assert mixes == list(SCRIPT["mixes"]())


def test_a_part_of_it_again() -> None:
    for mix in islice(SCRIPT["mixes"](), 7, 2_000, 400):
        assert SCRIPT["is_stable_beyond_only"](mix)


def test_it_finds_what_is_there() -> None:
    """Three lengths up to 5 with two stable intervals, and gcd 2, which has none."""
    assert not SCRIPT["is_stable_beyond_only"](((3, 4, 5), (251, 149, 100)))
    assert not SCRIPT["is_stable_beyond_only"](((2, 4), (1, 1)))
