"""The script that compares engines: a comparison can fail, and what was killed goes on."""

from __future__ import annotations

import json
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import soak
from comparisons import plain
from comparisons.compared import COMPARISONS, NothingToCompare

import stabkit
from stabkit import Workload


@pytest.mark.slow
@pytest.mark.parametrize("name", COMPARISONS)
def test_every_comparison_agrees_on_its_first_case(name: str) -> None:
    for number in range(20):
        try:
            assert soak.case(name, number) is None
            return
        except NothingToCompare:
            continue
    pytest.fail(f"{name} compares nothing")


def test_plain_engines_by_hand() -> None:
    """R13's (3, 5) at 10 tokens; one class of 2 steps in 7 tokens, prompts of 1: 0 and 2 by turns.

    Three requests of 2 tokens are admitted; in the next step they need 9 of 7, and two are left,
    which complete in the one after. So it is 2 completions in every second step.
    """
    assert plain.fano(Workload.from_classes([(10, 3), (10, 5)])) == Fraction(2191793, 47975)
    assert plain.completions(Workload.from_classes([(1, 2)], 7)) == 1


def off_by_one(mix: Any, method: str = "auto") -> Any:
    found = stabkit.Counts(0, 0, 1, method, True)
    return found if method == "winding" else stabkit.Counts(1, 0, 0, method, True)


def test_a_disagreement_is_kept_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comparisons.compared.stabkit.unit_circle_counts", off_by_one)
    entry = soak.begun(tmp_path / "none")["counts"] | {"cases": 7}
    soak.tried("counts", entry)
    assert (entry["cases"], entry["compared"]) == (8, 1)
    ((number, wrong),) = entry["disagreements"]
    assert number == 7
    assert "winding" in wrong
    assert "| 1 | 0 | 1 |" in soak.table(soak.begun(tmp_path / "none") | {"counts": entry})


def test_a_run_goes_on_where_the_file_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    noted = {"noted": lambda rng: drawn.append(rng.random())}
    monkeypatch.setattr(soak, "COMPARISONS", noted)
    path = tmp_path / "state.json"
    for _ in range(2):
        soak.run(path, 0.01)
    cases = json.loads(path.read_text(encoding="utf-8"))["noted"]["cases"]
    assert cases == len(drawn)
    assert drawn == [random.Random(f"noted/{n}").random() for n in range(cases)]
    assert [one.name for one in tmp_path.iterdir()] == ["state.json"]
