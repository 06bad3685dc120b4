"""``stabkit exercise``: text, answers, JSON, sheets and errors."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stabkit import exercise

Run = Callable[..., Any]


def test_a_question_without_its_answer(stabkit: Run) -> None:
    found = stabkit("exercise", "--topic", "roots", "--seed", "0")
    assert found.status == 0
    assert "verdict: stable, marginal or unstable" in " ".join(found.out.split())
    assert "Answer" not in found.out
    assert not set("$\\{}") & set(found.out)
    assert max(map(len, found.out.splitlines())) <= 80


def test_an_answer(stabkit: Run) -> None:
    # (2, 1, 4/5), (2, 2, 1/5): 3 l + 4/5 = 0
    found = stabkit("exercise", "--topic", "roots", "--seed", "0", "--answer")
    assert "root: -4/15" in found.out
    assert "verdict: stable" in found.out


@pytest.mark.parametrize("topic", ["roots", "gcd", "threshold", "cycle", "policy"])
def test_all_text_is_plain(stabkit: Run, topic: str) -> None:
    out = stabkit("exercise", "--topic", topic, "--count", "60", "--answer").out
    assert not set("$\\{}") & set(out)
    assert max(map(len, out.splitlines())) <= 80
    assert out.count("Answer") == 60


def test_all_topics_in_turn(stabkit: Run) -> None:
    found = json.loads(stabkit("exercise", "--count", "6", "--json").out)
    assert [one["topic"] for one in found["exercises"]] == [
        "roots",
        "gcd",
        "threshold",
        "cycle",
        "policy",
        "roots",
    ]
    assert found["schema"] == "stabkit.exercises/1"
    assert found["exercises"][5]["seed"] == 1
    assert found["exercises"][0]["results"] == {"root": "-4/15", "verdict": "stable"}


def test_a_sheet_and_its_solution(stabkit: Run, tmp_path: Path) -> None:
    sheet, solution = tmp_path / "sheet.tex", tmp_path / "solution.tex"
    arguments = ["exercise", "--topic", "cycle", "--seed", "3"]
    assert stabkit(*arguments, "--output", str(sheet)).status == 0
    assert stabkit(*arguments, "--answer", "--output", str(solution)).status == 0
    last = dict(exercise("cycle", 3).results)["after step 3"]
    assert f"[{last[0]}, {last[1]}]" in solution.read_text(encoding="utf-8")
    assert f"[{last[0]}, {last[1]}]" not in sheet.read_text(encoding="utf-8")


@pytest.mark.parametrize("answer", [[], ["--answer"]])
def test_sheets_of_all_kinds_compile(stabkit: Run, tmp_path: Path, answer: list[str]) -> None:
    if os.environ.get("CI") != "true" and shutil.which("latexmk") is None:
        pytest.skip("no TeX is installed")
    page = tmp_path / "sheet.pdf"
    assert stabkit("exercise", "--count", "20", *answer, "--output", str(page)).status == 0
    assert page.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--topic", "root"], "'topic' must be one of roots, gcd, threshold, cycle, policy"),
        (["--seed", "-1"], "must be"),
        (["--count", "0"], "'--count' must be from 1 to 200, not 0"),
        (["--tex", "--json"], "'--tex' must be given without '--json'"),
    ],
)
def test_errors(stabkit: Run, arguments: list[str], message: str) -> None:
    found = stabkit("exercise", *arguments)
    assert found.status == 2
    assert message in " ".join(found.err.split())
    assert not found.out
