"""Exercises as text for the terminal, as JSON types, and as a sheet with its solution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...errors import ArgumentTypeError, shown
from ...exercises.exercises import Exercise
from ...model.numbers import listed
from ..document.tree import Document, Paragraph, Section
from ..layout import paragraph, wrapped
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed
from .formulas import unbroken

__all__ = ["SCHEMA", "exercise_document", "exercise_text", "exercises_record"]

SCHEMA = "stabkit.exercises/2"
_ANSWERS = "The answer, worked: the same command with --answer."


def exercise_text(one: Exercise, answer: bool = False) -> str:
    """Return an exercise as plain text, with its worked answer if asked for."""
    lines = [f"{one.topic}, {one.kind} ({one.difficulty}; seed {one.seed})", ""]
    lines.append(_wrapped(one.question))
    if answer:
        lines += ["", _wrapped(f"Answer: {one.answer}."), ""]
        lines += [_wrapped(f"{k}. {step}", "   ") for k, step in enumerate(one.solution, start=1)]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, indent: str = "") -> str:
    return "\n".join(wrapped(unbroken(text), indent))


@TEXTS.writes(Exercise)
def exercises_text(found: Exercise | Sequence[Exercise], answer: bool = False) -> str:
    """Return exercises as plain text, one after the other."""
    every = [found] if isinstance(found, Exercise) else found
    texts = [exercise_text(one, answer) for one in every]
    return "\n".join(texts if answer else [*texts, paragraph(_ANSWERS)])


@RECORDS.writes(Exercise)
def exercises_record(found: Exercise | Sequence[Exercise], answer: bool = True) -> dict[str, Any]:
    """Return exercises in JSON types: fractions as exact text; always with the answers."""
    every = [found] if isinstance(found, Exercise) else found
    return headed(
        SCHEMA,
        exercises=[
            chosen(one, "topic seed kind difficulty")
            | {"workload": as_json(one.mix), "data": _values(one.given)}
            | chosen(one, "question answer")
            | {"result": _values(one.result), "solution": list(one.solution)}
            for one in every
        ],
    )


def _values(named: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    return {name: as_json(value) for name, value in named}


def exercise_document(found: Sequence[Exercise], title: str = "Exercises") -> Document:
    """Return exercises as a document, whose worksheet asks and whose solution answers.

    Parameters
    ----------
    found : sequence of Exercise
        As `stabkit.exercise` makes them.
    title : str
        Plain text.

    Returns
    -------
    Document

    Raises
    ------
    InvalidArgument
        If `found` are no exercises, or `title` is no text.

    Examples
    --------
    >>> from stabkit import Derivation, exercise
    >>> sheet = Derivation(exercise_document([exercise("roots", seed=5)]))
    >>> "Answer:" in sheet.worksheet, "Answer:" in sheet.solution
    (False, True)
    """
    exercises = listed(found, "'found'", "a list of exercises")
    if not all(isinstance(one, Exercise) for one in exercises):
        raise ArgumentTypeError(f"'found' must be a list of exercises, not {shown(found)}.")
    if not isinstance(title, str):
        raise ArgumentTypeError(f"'title' must be a text, not {shown(title)}.")
    sections = [
        Section(
            f"{one.topic.capitalize()}: {one.kind.replace('-', ' ')} ({one.difficulty})",
            (Paragraph(f"Answer: {one.answer}."), *map(Paragraph, one.solution)),
            one.question,
        )
        for one in exercises
    ]
    return Document(
        title, "All answers are exact: whole numbers, fractions, verdicts.", sections, ()
    )
