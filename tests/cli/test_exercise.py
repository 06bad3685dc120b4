"""``stabkit exercise``: text, answers, JSON, sheets and errors."""

from __future__ import annotations

import json
import re
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


@pytest.mark.parametrize("topic", ["starts", "gcd"])
def test_labels_of_an_answer_are_named_below(stabkit: Run, topic: str) -> None:
    """Though words of the answer be like a title: 'no start evicts' is that of R19."""
    found = " ".join(stabkit("exercise", "--topic", topic, "--count", "9", "--answer").out.split())
    cited = set(re.findall(r"\((R\d+)\b", found))
    assert cited
    assert all(f"{label}: " in found for label in cited)


def test_an_answer(stabkit: Run) -> None:
    # (2, 1, 1/2), (9, 2, 1/2): g = (3/2 + 10/2, 11/2), so that 13 lambda + 11 = 0
    found = stabkit("exercise", "--topic", "roots", "--seed", "0", "--answer")
    assert "(s, l, p) = (2, 1, 1/2) and (9, 2, 1/2)" in found.out
    assert "Answer: root: -11/13; verdict: stable." in found.out


def test_several_exercises_with_their_answers(stabkit: Run) -> None:
    out = stabkit("exercise", "--topic", "policy", "--count", "12", "--answer").out
    assert out.count("Answer:") == 12
    assert out.count("(easy;") == out.count("(hard;") * 2 == 4
    assert [f"seed {n})" in out for n in range(13)] == [True] * 12 + [False]


def test_all_topics_in_turn(stabkit: Run) -> None:
    found = json.loads(stabkit("exercise", "--count", "9", "--json").out)
    assert [one["topic"] for one in found["exercises"]] == [
        "roots",
        "gcd",
        "threshold",
        "cycle",
        "policy",
        "noise",
        "finite",
        "starts",
        "roots",
    ]
    assert found["schema"] == "stabkit.exercises/2"
    assert found["exercises"][8]["seed"] == 1
    assert found["exercises"][0]["result"] == {"root": "-11/13", "verdict": "stable"}


def test_a_sheet_and_its_solution(stabkit: Run, tmp_path: Path) -> None:
    sheet, solution = tmp_path / "sheet.tex", tmp_path / "solution.tex"
    arguments = ["exercise", "--topic", "cycle", "--seed", "4"]
    assert stabkit(*arguments, "--output", str(sheet)).status == 0
    assert stabkit(*arguments, "--answer", "--output", str(solution)).status == 0
    last = dict(exercise("cycle", 4).result)["after step 3"]
    assert f"{last[0]}, {last[1]}" in solution.read_text(encoding="utf-8")
    assert f"{last[0]}, {last[1]}" not in sheet.read_text(encoding="utf-8")
    printed = stabkit(*arguments, "--tex")
    assert printed.out == sheet.read_text(encoding="utf-8")


def test_text_and_json_go_to_a_file(stabkit: Run, tmp_path: Path) -> None:
    for name, option in (("one.txt", "--answer"), ("one.json", "--json")):
        target = tmp_path / name
        printed = stabkit("exercise", "--seed", "7", option)
        found = stabkit("exercise", "--seed", "7", option, "--output", str(target))
        assert (found.status, found.out) == (0, "")
        assert target.read_text(encoding="utf-8") == printed.out


@pytest.mark.parametrize("answer", [[], ["--answer"]])
@pytest.mark.usefixtures("typeset")
def test_sheets_of_all_topics_compile(stabkit: Run, tmp_path: Path, answer: list[str]) -> None:
    page = tmp_path / "sheet.pdf"
    assert stabkit("exercise", "--count", "8", *answer, "--output", str(page)).status == 0
    assert page.read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--topic", "root"],
            "'--topic' must be 'roots', 'gcd', 'threshold', 'cycle', 'policy', 'noise',",
        ),
        (["--seed", "-1"], "'--seed' must be at least 0, not -1"),
        (["--topic", "gcd", "--seed", "-1"], "'--seed' must be at least 0, not -1"),
        (["--json", "--output", "sheet.pdf"], "'--output' must end in .json, not 'sheet.pdf'"),
        (["--count", "0"], "'--count' must be from 1 to 200, not 0"),
        (["--tex", "--json"], "'--tex' must be given without '--json'"),
    ],
)
def test_errors(stabkit: Run, arguments: list[str], message: str) -> None:
    found = stabkit("exercise", *arguments)
    assert found.status == 2
    assert message in " ".join(found.err.split())
    assert not found.out
