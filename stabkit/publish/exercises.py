"""Exercises as text for the terminal, as JSON types, and as a sheet with its solution."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from ..analysis.codec import encode
from ..analysis.exercise_draft import Value, tex
from ..analysis.exercises import Exercise
from .document import Document, Paragraph, Section

__all__ = ["SCHEMA", "exercise_document", "exercise_text", "exercises_record", "plain"]

SCHEMA = "stabkit.exercises/1"
_WIDTH = 80
_SIGNS = {
    "lambda": "λ",
    "varepsilon": "ε",
    "kappa": "κ",
    "sigma": "σ",
    "eta": "η",
    "mu": "μ",
    "pi": "π",
    "theta": "θ",
    "le": "≤",
    "ge": "≥",
    "cdot": "·",
    "dots": "...",
    "infty": "∞",
    "sum": "Σ",
    "Phi": "Φ",
}


def exercise_text(one: Exercise, answer: bool = False) -> str:
    """Return an exercise as plain text, with its worked answer if asked for."""
    lines = [f"{one.topic}, {one.kind} ({one.difficulty}; seed {one.seed})", ""]
    lines.append(_wrapped(plain(one.question)))
    if answer:
        lines += ["", "Answer", ""]
        lines += [f"  {name}: {_plain_value(value)}" for name, value in one.results]
        lines.append("")
        lines += [
            _wrapped(f"{number}. {plain(step)}", "   ")
            for number, step in enumerate(one.steps, start=1)
        ]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, indent: str = "") -> str:
    return textwrap.fill(text, _WIDTH, subsequent_indent=indent, break_long_words=False)


def plain(text: str) -> str:
    r"""Return prose with LaTeX mathematics as one line of plain text.

    Examples
    --------
    >>> plain(r"If $\tfrac{2}{3} \le \lambda$ and $s_k = 4$.")
    'If 2/3 ≤ λ and s_k = 4.'
    """

    return re.sub(r"\$([^$]*)\$", lambda found: _plain_mathematics(found[1]), text)


def _plain_mathematics(text: str) -> str:
    text = re.sub(r"([_^])\{([^{}]*)\}", r"\1(\2)", text)
    text = re.sub(r"\\t?frac\{([^{}]*)\}\{([^{}]*)\}", _quotient, text)
    text = re.sub(r"\\([a-zA-Z]+)", lambda found: _SIGNS[found[1]], text)
    return " ".join(text.replace("{", "").replace("}", "").split())


def _quotient(found: re.Match[str]) -> str:
    return "/".join(f"({part})" if " " in part else part for part in found.groups())


def _plain_value(value: Value) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def exercises_record(found: Sequence[Exercise]) -> dict[str, Any]:
    """Return exercises in JSON types: fractions as exact text, what is asked for by name."""
    return {
        "schema": SCHEMA,
        "exercises": [
            {
                "topic": one.topic,
                "seed": one.seed,
                "kind": one.kind,
                "difficulty": one.difficulty,
                "mix": one.mix.name,
                "capacity": encode(one.mix.capacity),
                "question": one.question,
                "given": {name: encode(value) for name, value in one.given},
                "results": {name: encode(value) for name, value in one.results},
                "steps": list(one.steps),
            }
            for one in found
        ],
    }


def exercise_document(found: Sequence[Exercise], title: str = "Exercises") -> Document:
    """Return exercises as a document whose `worksheet` asks and whose `solution` answers."""
    sections = [
        Section(
            f"{one.topic.capitalize()}: {one.kind.replace('-', ' ')} ({one.difficulty})",
            (
                Paragraph("Answer: " + "; ".join(map(_named, one.results)) + "."),
                *(Paragraph(step) for step in one.steps),
            ),
            one.question,
        )
        for one in found
    ]
    return Document(
        title, "All answers are exact: whole numbers, fractions, verdicts.", sections, ()
    )


def _named(result: tuple[str, Value]) -> str:
    name, value = result
    if isinstance(value, str):
        return f"{name} {value}"
    if isinstance(value, tuple):
        parts = [f"${tex(part)}$" for part in value]
        return f"{name} {', '.join(parts) if parts else 'none'}"
    assert isinstance(value, (int, Fraction))
    return f"{name} ${tex(value)}$"
