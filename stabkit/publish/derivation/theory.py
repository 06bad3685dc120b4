"""What a derivation takes from the theory: statements of theorems, and references.

Theorems are stated from their records, where those are installed; without records a derivation
names the theorem and gives the reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from ...theorems.records import Theorem
from ...theorems.registry import theorems
from ..document.tree import CITATION, Document, Formula, Paragraph, Section, Source, Statement

__all__ = ["BALANCE", "SOURCES", "cited_document", "stated", "statement"]

# Of the memory, while nothing is evicted.
BALANCE = Formula(
    r"\sum_{m=0}^{L-1} g_m a_{n-m} = B , \qquad g_m = \sum_{k:\, l_k > m} p_k (s_k + m + 1) ."
)
SOURCES = (
    Source(
        "ADLS2026",
        "misc",
        (
            ("author", "R. Ao and J. Dong and G. Luo and D. Simchi-Levi"),
            ("title", "Service-Induced Congestion in Memory-Constrained LLM Serving"),
            ("note", "arXiv:2606.15555"),
            ("year", "2026"),
        ),
    ),
    Source(
        "Marden1966",
        "book",
        (
            ("author", "M. Marden"),
            ("title", "Geometry of Polynomials"),
            ("publisher", "American Mathematical Society"),
            ("note", "second edition"),
            ("year", "1966"),
        ),
    ),
    Source(
        "Jury1964",
        "book",
        (
            ("author", "E. I. Jury"),
            ("title", "Theory and Application of the z-Transform Method"),
            ("publisher", "Wiley"),
            ("year", "1964"),
        ),
    ),
    Source(
        "Kwon2023",
        "inproceedings",
        (
            ("author", "W. Kwon and others"),
            (
                "title",
                "Efficient Memory Management for Large Language Model Serving with PagedAttention",
            ),
            ("booktitle", "Proceedings of SOSP"),
            ("year", "2023"),
        ),
    ),
)


def cited_document(title: str, abstract: str, sections: Sequence[Section]) -> Document:
    """Return the document with those sources that its paragraphs cite."""
    text = " ".join(
        block.text
        for section in sections
        for block in section.blocks
        if isinstance(block, Paragraph)
    )
    keys = {key for words in text.split("$")[::2] for key in CITATION.findall(words)}
    return Document(title, abstract, sections, [s for s in SOURCES if s.key in keys])


def stated(*labels: str) -> Iterator[Statement]:
    """Yield the theorems of these labels as their records state them."""
    known = _records()
    for label in labels:
        if label in known:
            yield statement(known[label])


def statement(theorem: Theorem) -> Statement:
    """Return what a record states, for a document."""
    return Statement(
        theorem.label,
        theorem.title,
        theorem.badge,
        theorem.notation,
        theorem.hypotheses,
        theorem.statement,
    )


@cache
def _records() -> dict[str, Theorem]:
    return {theorem.label: theorem for theorem in theorems()}
