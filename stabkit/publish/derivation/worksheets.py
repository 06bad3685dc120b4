"""A derivation as a worksheet, and as its solution.

A worksheet has what is given, the definitions, the theorems that its tasks name, and every task
with room to write; nothing of what solves them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..document.tree import Document, Formula, Paragraph, Section, Statement
from .operation_sections import FANO_FACTOR, WHOLE_REQUESTS
from .theory import BALANCE, cited_document, stated

__all__ = ["solution", "worksheet"]

_ABOUT = (
    "What is given comes first, then what may be used, then the tasks, each with room for the "
    "calculation. The letters keep their meaning from one task to the next."
)
_LABEL = re.compile(r"\bR\d+[a-z]?\b")
DEFINITIONS = (
    Paragraph(
        "While nothing is evicted, the admissions $a_n$ of step $n$ obey the balance of the memory "
        "with the memory kernel $g_m$, the tokens that an admission of the mixed classes holds $m$ "
        "steps later:",
        ("a_n", "n", "g_m", "m"),
    ),
    BALANCE,
    Paragraph(
        "Its generating function is $G(z) = \\sum_m g_m z^m$. The equilibrium is the constant "
        "solution $a^*$, and $\\delta_n$ is the deviation from it. A mode is a solution that is "
        "multiplied by a number $\\lambda$ in every step, and $F$ is the characteristic "
        "polynomial, of which the modes are the roots. With the share $S_m$ of an admission that "
        "is still in service after $m$ steps, $A(\\lambda) = \\sum_m S_m \\lambda^{L-1-m}$ is the "
        "survival polynomial. Damped admission takes the fraction $\\kappa$ of what fits; "
        "reservation holds $s_k + l_k$ tokens for a request of class $k$ from its admission on.",
        ("G", "z", "a^*", r"\delta_n", r"\lambda", "F", "S_m", "A", r"\kappa"),
    ),
    WHOLE_REQUESTS,
    Formula(f"{FANO_FACTOR} .", "fano", (r"\theta",)),
)


def worksheet(document: Document) -> Document:
    """Return what is given, what may be used, and the tasks alone."""
    tasks = [Section(s.title, (), s.task) for s in document.sections if s.task is not None]
    usable = Section("What may be used", (*DEFINITIONS, *_named(document)))
    return cited_document(document.title, _ABOUT, [*_givens(document), usable, *tasks])


def solution(document: Document) -> Document:
    """Return what is given, then each task before what solves it."""
    answered = document.solution()
    return replace(answered, sections=[*_givens(document), *answered.sections])


def _givens(document: Document) -> Sequence[Section]:
    """Return the sections before the first task."""
    first = next(i for i, part in enumerate(document.sections) if part.task is not None)
    return document.sections[:first]


def _named(document: Document) -> Iterator[Statement]:
    """Yield the theorems that a task names, in the order of the tasks."""
    named = [label for s in document.sections for label in _LABEL.findall(s.task or "")]
    yield from stated(*dict.fromkeys(named))
