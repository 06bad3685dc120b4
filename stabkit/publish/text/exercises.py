"""Exercises as text for the terminal, as JSON types, and as a sheet with its solution."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ...errors import ArgumentTypeError, shown
from ...exercises.exercises import Exercise
from ...model.numbers import listed
from ..document.tree import Document, Paragraph, Section
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed
from .prose import wrapped

__all__ = ["SCHEMA", "exercise_document", "exercise_text", "exercises_record", "plain"]

SCHEMA = "stabkit.exercises/2"
_LONG = (30, 60)  # formulas stay on one line up to this, or break at relations alone
_UNBROKEN = "\N{NO-BREAK SPACE}"
_SIGNS = {
    "lambda": "λ",
    "varepsilon": "ε",
    "kappa": "κ",
    "sigma": "σ",
    "eta": "η",
    "mu": "μ",
    "pi": "π",
    "theta": "θ",
    "pm": "±",
    "le": "≤",
    "ge": "≥",
    "ne": "≠",
    "cdot": "·",
    "circ": "°",
    "dots": "...",
    "sum": "Σ",
    "Phi": "Φ",
    "min": "min",
    "cos": "cos",
    "operatorname": "",
    ",": "",
}
_FRACTION = re.compile(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}")


def exercise_text(one: Exercise, answer: bool = False) -> str:
    """Return an exercise as plain text, with its worked answer if asked for."""
    lines = [f"{one.topic}, {one.kind} ({one.difficulty}; seed {one.seed})", ""]
    lines.append(_wrapped(one.question))
    if answer:
        lines += ["", _wrapped(f"Answer: {one.answer}."), ""]
        lines += [_wrapped(f"{k}. {step}", "   ") for k, step in enumerate(one.solution, start=1)]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, indent: str = "") -> str:
    return "\n".join(wrapped(_plain(text), indent)).replace(_UNBROKEN, " ")


def plain(text: str) -> str:
    r"""Return prose with LaTeX mathematics as one line of plain text.

    Examples
    --------
    >>> plain(r"If $\tfrac{2}{3} \le \lambda$ and $s_k / \tfrac{1}{2} = 4$.")
    'If 2/3 ≤ λ and s_k / (1/2) = 4.'
    """
    return _plain(text).replace(_UNBROKEN, " ")


def _plain(text: str) -> str:
    """Return it with spaces that do not break inside of formulas, but before a relation."""
    return re.sub(r"\$([^$]*)\$", lambda found: _formula(found[1]), text)


def _formula(text: str) -> str:
    text = re.sub(r"\^(\*|\\circ)", r"\1", text)
    text = re.sub(r"([_^])\{([^{}]*)\}", r"\1(\2)", text)
    text = re.sub(r"\\sqrt\{([^{}]*)\}", r"√\1", text)
    text = re.sub(r"/ (\\tfrac\{\d+\}\{\d+\})", r"/ (\1)", text)
    text = re.sub(r"(\\tfrac\{\d+\}\{\d+\}) (?=/|[a-z]|\\lambda|\\kappa)", r"(\1) ", text)
    while _FRACTION.search(text):
        text = _FRACTION.sub(_quotient, text)
    text = re.sub(r"\\([a-zA-Z]+|,)", lambda found: _SIGNS[found[1]], text)
    text = re.sub(r"([_^])\(([^() ]+)\)", r"\1\2", text.replace("{", "").replace("}", ""))
    return _unbroken(text.split())


def _unbroken(words: list[str]) -> str:
    """Join a formula with spaces that break, if it is long, at relations, signs and commas."""
    length = sum(map(len, words)) + len(words) - 1
    text, depth = "", 0
    for word in words:
        comma = text.endswith(",") and (depth == 0 or length > _LONG[1])
        relation = depth == 0 and word in "=<>≤≥" and length > _LONG[0]
        sign = depth == 0 and word in "+-" and length > _LONG[1]
        text += (" " if comma or relation or sign else _UNBROKEN if text else "") + word
        depth += sum(map(word.count, "([")) - sum(map(word.count, ")]"))
    return text


def _quotient(found: re.Match[str]) -> str:
    return "/".join(f"({part})" if re.search(r"[ /]", part) else part for part in found.groups())


@TEXTS.writes(Exercise)
def exercises_text(found: Exercise | Sequence[Exercise], answer: bool = False) -> str:
    """Return exercises as plain text, one after the other."""
    every = [found] if isinstance(found, Exercise) else found
    return "\n".join(exercise_text(one, answer) for one in every)


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
