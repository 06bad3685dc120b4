"""Exercises as text for the terminal, as JSON types, and as a sheet with its solution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...errors import ArgumentTypeError, shown
from ...exercises.drawing import Drawing
from ...exercises.exercises import Exercise
from ...model.numbers import listed
from ..document.tree import Document, Figure, Layer, Paragraph, Plot, Section
from ..layout import paragraph, wrapped
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed
from .formulas import unbroken

__all__ = ["SCHEMA", "exercise_document", "exercise_text", "exercises_record"]

SCHEMA = "stabkit.exercises/2"
_ABOUT = (
    "All answers are exact: whole numbers, fractions, verdicts. A server has a memory of $B$ "
    "tokens; a class $(s, l, p)$ of requests has prompts of $s$ tokens, outputs of $l$ tokens, and "
    r"the share $p$ of all requests; $L$ is the longest output, $\mu$ the mean one. An admission "
    r"is expected to hold $g_m$ tokens after $m$ steps, $G(z) = \sum_m g_m z^m$, and the "
    r"characteristic polynomial is $F(\lambda) = \lambda^{L-1} G(1 / \lambda)$. The equilibrium "
    "admits $a^* = B / G(1)$ requests per step."
)
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


@TEXTS.writes(Exercise, many=True)
def exercises_text(found: Sequence[Exercise], answer: bool = False) -> str:
    """Return exercises as plain text, one after the other."""
    texts = [exercise_text(one, answer) for one in found]
    return "\n".join(texts if answer else [*texts, paragraph(_ANSWERS)])


@RECORDS.writes(Exercise, many=True)
def exercises_record(found: Sequence[Exercise], answer: bool = True) -> dict[str, Any]:
    """Return exercises in JSON types: fractions as exact text; always with the answers."""
    return headed(
        SCHEMA,
        exercises=[
            chosen(one, "topic seed kind difficulty workload=mix")
            | {"data": as_json(dict(one.given)), **chosen(one, "question answer")}
            | {"result": as_json(dict(one.result)), **chosen(one, "solution")}
            for one in found
        ],
    )


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
    return Document(title, _ABOUT, [_section(one, k) for k, one in enumerate(exercises, 1)], ())


def _section(one: Exercise, place: int) -> Section:
    title = f"{one.topic.capitalize()}: {one.kind.replace('-', ' ')} ({one.difficulty})"
    answer = (Paragraph(f"Answer: {one.answer}."), *map(Paragraph, one.solution))
    if one.drawing is None:
        return Section(title, answer, one.question)
    drawn = Figure(_plot(one.drawing, True), one.drawing.caption, f"drawing-{place}")
    task = f"{one.question} {one.drawing.task}"
    return Section(title, (*answer, drawn), task, _plot(one.drawing, False))


def _plot(drawing: Drawing, solved: bool) -> Plot:
    """Return the axes, with the solution or without."""
    shapes = drawing.given + (drawing.drawn if solved else ())
    layers = tuple(Layer(*shape) for shape in shapes)
    return Plot(layers, drawing.x, drawing.y, drawing.square)
