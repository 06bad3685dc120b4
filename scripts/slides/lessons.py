"""The slides of a lesson: its deck between what the catalogue and the records say of it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from stabkit_lessons import LESSONS, Lesson

import stabkit

from .beamer import written
from .deck import Deck, Frame, Points, Rows, frames

__all__ = ["figures", "slides", "whole"]


def slides(lesson: Lesson, asked: stabkit.Exercise) -> str:
    """Return the slides of a lesson as LaTeX, with an exercise."""
    needed = "; ".join(lesson.prerequisites)
    about = f"Lesson {lesson.number} of {len(LESSONS)}. You need: {needed}."
    title, numbers = lesson.title, _deck(lesson).numbers()
    return written(_name(lesson), title, about, whole(lesson, asked), numbers)


def figures(lesson: Lesson) -> Iterator[tuple[str, bytes]]:
    """Yield the figures that the slides of a lesson include: name of the file, PDF."""
    for name, draw in _deck(lesson).figures.items():
        yield f"{_name(lesson)}-{name}.pdf", stabkit.figure_bytes(draw(), "pdf")


def whole(lesson: Lesson, asked: stabkit.Exercise) -> tuple[Frame, ...]:
    """Return all frames: goals, the deck up to its summary, the exercise, summary, sources."""
    text = Path(__file__).with_name(f"lesson_{lesson.number}.md").read_text(encoding="utf-8")
    *told, summary = frames(text, _deck(lesson).tables)
    return (_goals(lesson), *told, *_exercise(asked), summary, _sources(lesson))


def _deck(lesson: Lesson) -> Deck:
    found: Deck = import_module(f"slides.lesson_{lesson.number}").DECK
    return found


def _name(lesson: Lesson) -> str:
    return f"lesson-{lesson.number}"


def _goals(lesson: Lesson) -> Frame:
    note = "Read them aloud; come back to them at the end."
    return Frame("Afterwards you can", (Points(lesson.goals),), note)


_CLASS = "(s, l, p)"
_CLASSES = (
    f"A class ${_CLASS}$ of requests has prompts of $s$ tokens, outputs of $l$ tokens, and the "
    "share $p$ of all."
)


def _exercise(asked: stabkit.Exercise) -> tuple[Frame, Frame]:
    minutes = {"easy": 3, "medium": 5, "hard": 8}[asked.difficulty]
    return (
        Frame(
            "Your turn",
            (asked.question, *((_CLASSES,) if _CLASS in asked.question else ())),
            f"About {minutes} minutes, with a pencil. More of this kind, with other numbers: "
            f"stabkit exercise --topic {asked.topic}.",
        ),
        Frame(
            "The answer",
            (Points(asked.solution, grow=True), f"*Answer:* {asked.answer}."),
            "Let somebody explain each step before you uncover it.",
        ),
    )


def _sources(lesson: Lesson) -> Frame:
    records = {theorem.label: theorem for theorem in stabkit.theorems()}
    found = (records[label] for label in lesson.theorems)
    rows = tuple((one.label, one.title, one.badge) for one in found)
    return Frame(
        "What is proved, and where to read it",
        (
            Rows(("label", "theorem", "status"), rows, r"lp{.5\linewidth}l"),
            f"Each has a record: *stabkit prove {rows[0][0]}* prints hypotheses, proof and "
            "evidence. The theory as an article has them all.",
        ),
        "The status is what a checker found, not what we believe.",
    )
