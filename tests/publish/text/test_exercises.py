"""Questions, worked answers, text, JSON and sheets of generated exercises.

That the answers are right is tested in tests/exercises/test_exercises.py; here, that a question
does not give its answer away, that the solution gets to it, and that all of it can be read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from stabkit import Exercise, Workload, exercise
from stabkit.exercises.exercises import TOPICS
from stabkit.publish.document.tex import article
from stabkit.publish.text.exercises import exercise_document, exercise_text, exercises_record
from stabkit.publish.text.formulas import plain

EACH = 200


@cache
def made(topic: str, seed: int) -> Exercise:
    return exercise(topic, seed)


def data(question: str) -> set[Fraction]:
    """The numbers that a question gives: after a sign =, in brackets after it, and in words."""
    given: list[str] = []
    for k, part in enumerate(re.sub(r"\bR\d+\w*", "", question).split("$")):  # no theorem's name
        if k % 2 and not re.fullmatch(r"[\d(), ]*|.*\\tfrac.*|.*= [-\d]+", part):
            continue  # a formula
        part = part.rpartition("=")[2].replace(r"\tfrac", "")
        given += re.findall(r"\{\d+\}\{\d+\}|\d+", part)
    return {Fraction(x.strip("{}").replace("}{", "/")) for x in given}


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_none_is_degenerate(topic):
    questions = set()
    for seed in range(EACH):
        one = made(topic, seed)
        lengths = [c.decode_length for c in one.mix.classes]
        assert len(set(lengths)) == len(lengths)
        assert 1 < max(lengths) <= 12
        assert len(lengths) == 1 or all(0 < c.share < 1 for c in one.mix.classes)
        for name, value in one.result:
            if name in ("threshold", "loss", "headroom", "input", "bound"):
                assert value > 0
            if not isinstance(value, (str, tuple)):
                assert Fraction(value) not in data(one.question), (one.kind, seed, name)
        questions.add(one.question)
    assert len(questions) > EACH * 4 // 5  # small numbers repeat now and then


def test_the_data_of_a_question_are_seen():
    # Otherwise the test above could not fail.
    given = data(exercise("policy", 0).question)
    assert {Fraction(1800), Fraction(5), Fraction(6), Fraction(1, 2), Fraction(9)} <= given
    assert Fraction(2) in data(exercise("threshold", 0).question)
    assert Fraction(23) in data(exercise("roots", 1).question)


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_the_worked_answer_gets_to_the_result(topic):
    for seed in range(EACH):
        one = made(topic, seed)
        steps = " ".join(one.solution)
        for _, value in one.result:
            if value in ("yes", "no"):
                continue
            for part in value if isinstance(value, tuple) else (value,):
                shown = part if isinstance(part, str) else tex(Fraction(part))
                assert shown in steps, (one.kind, seed, part)
                assert shown in one.answer


def tex(value: Fraction) -> str:
    sign, size = "-" * (value < 0), abs(value)
    if size.denominator == 1:
        return f"{sign}{size}"
    return rf"{sign}\tfrac{{{size.numerator}}}{{{size.denominator}}}"


def test_no_two_kinds_ask_the_same():
    shapes: dict[str, str] = {}
    for topic in TOPICS:
        for seed in range(40):
            one = made(topic, seed)
            asked = one.question.partition(". ")[2]
            shape = re.sub(r"[\d{}]+|tfrac| and ", "", asked)
            assert shapes.setdefault(shape, one.kind) == one.kind


# --- Text. ---


@pytest.mark.slow
@pytest.mark.parametrize("topic", TOPICS)
def test_text_is_plain(topic: str) -> None:
    for seed in range(EACH):
        text = exercise_text(made(topic, seed), answer=True)
        assert not set("$\\{}\t\xa0") & set(text)
        assert max(map(len, text.splitlines())) <= 80


@pytest.mark.parametrize("topic", TOPICS)
def test_a_question_comes_without_its_answer(topic: str) -> None:
    one = exercise(topic, 3)
    text = exercise_text(one)
    assert text.startswith(f"{topic}, {one.kind} ({one.difficulty}; seed 3)\n\n")
    assert "Answer" not in text
    assert exercise_text(one, answer=True).startswith(text)


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (r"$\tfrac{9}{2} / \tfrac{31}{2} = \tfrac{9}{31}$", "(9/2) / (31/2) = 9/31"),
        (r"$-\tfrac{9}{2} \lambda^2 - \tfrac{1}{3}$", "-(9/2) λ² - 1/3"),
        (r"$\frac{2 s + 1}{\tfrac{1}{2}}$", "(2 s + 1)/(1/2)"),
        (r"$c \pm \sqrt{d}$ and $s^* \ge s^\circ$", "c ± √d and s* ≥ s°"),
        (r"$\Phi_{3}$ or $\lambda^{g - 1}$", "Φ_3 or λ^(g - 1)"),
    ],
)
def test_formulas_as_text(formula: str, said: str) -> None:
    assert plain(formula) == said


def test_formulas_stay_on_their_line() -> None:
    text = exercise_text(exercise("gcd", 0), answer=True)
    assert "(25, 6, 3/4)" in text  # not broken after a comma


# --- JSON. ---


def test_the_record_can_be_used_again() -> None:
    found = [exercise(topic, seed) for topic in TOPICS for seed in range(6)]
    record = json.loads(json.dumps(exercises_record(found)))
    assert record["schema"] == "stabkit.exercises/2"
    for one, read in zip(found, record["exercises"], strict=True):
        assert (read["topic"], read["seed"], read["kind"]) == (one.topic, one.seed, one.kind)
        classes = [tuple(c.values()) for c in read["workload"]["classes"]]
        again = Workload.from_classes(classes)
        assert again.classes == one.mix.classes
        for name, value in one.result:
            written = read["result"][name]
            if isinstance(value, tuple):
                assert [Fraction(x) for x in written] == list(value)
            else:
                assert written == (str(value) if isinstance(value, Fraction) else value)
        assert read["answer"] == one.answer
        assert read["solution"] == list(one.solution)
        assert read["difficulty"] == one.difficulty


# --- Sheets. ---


def test_a_sheet_asks_and_its_solution_answers() -> None:
    found = [exercise("cycle", seed) for seed in range(5)]
    document = exercise_document(found, "Sheet 50 %")
    sheet = article(document.worksheet(), worksheet=True)
    solution = article(document.solution())
    assert r"\title{Sheet 50 \%}" in sheet
    assert "Answer:" not in sheet
    drawn = sum(one.drawing is not None for one in found)
    assert drawn == sheet.count(r"\begin{axis}") == solution.count(r"\begin{axis}") == 3
    assert sheet.count(r"\vspace") + drawn == 5
    assert re.search(r"\\addplot\[.*stabkit", solution)
    assert not re.search(r"\\addplot\[.*stabkit", sheet)
    assert solution.count("Answer:") == solution.count("Task:") == 5
    for one in found:
        assert one.answer.replace("_", r"\_") in solution


def test_sheets_compile(typeset: Callable[..., Any], tmp_path: Path) -> None:
    found = [exercise(topic, seed) for topic in TOPICS for seed in range(12)]
    document = exercise_document(found)
    typeset(article(document.worksheet(), True), tmp_path).assert_clean()
    typeset(article(document.solution()), tmp_path).assert_clean()
