"""What a derivation takes from the theory: statements of theorems, and references.

A theorem has its title, its status and the place of its proof from its record, where the records
are installed, and its words from `statements`; without records it is not quoted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from ...theorems.records import Theorem
from ...theorems.registry import theorems
from ..document.tree import CITATION, Document, Formula, Paragraph, Section, Source, Statement
from .statements import STATEMENTS

__all__ = ["BALANCE", "SOURCES", "cited_document", "stated"]

# Of the memory, while nothing is evicted.
BALANCE = Formula(
    r"\sum_{m=0}^{L-1} g_m a_{n-m} = B , \qquad g_m = \sum_{k:\, l_k > m} p_k (s_k + m + 1) .",
    "balance",
    ("a_n", "g_m", "n", "m"),
)


def _source(key: str, kind: str, **fields: str) -> Source:
    return Source(key, kind, tuple(fields.items()))


SOURCES = (
    _source(
        "Stabkit2026",
        "manual",
        author="The stabkit authors",
        title="The theory of stabkit: theorems, proofs and what checked them",
        note="docs/theory in the distribution; stabkit prove LABEL runs the checks",
        year="2026",
    ),
    _source(
        "ADLS2026",
        "misc",
        author="R. Ao and J. Dong and G. Luo and D. Simchi-Levi",
        title="Service-Induced Congestion in Memory-Constrained LLM Serving",
        note="arXiv:2606.15555",
        year="2026",
    ),
    _source(
        "Marden1966",
        "book",
        author="M. Marden",
        title="Geometry of Polynomials",
        publisher="American Mathematical Society",
        note="second edition",
        year="1966",
    ),
    _source(
        "Jury1964",
        "book",
        author="E. I. Jury",
        title="Theory and Application of the z-Transform Method",
        publisher="Wiley",
        year="1964",
    ),
    _source(
        "Kwon2023",
        "inproceedings",
        author="W. Kwon and others",
        title="Efficient Memory Management for Large Language Model Serving with PagedAttention",
        booktitle="Proceedings of SOSP",
        year="2023",
    ),
)


def cited_document(title: str, abstract: str, sections: Sequence[Section]) -> Document:
    """Return the document with those sources that its prose cites."""
    text = " ".join([abstract, *(words for part in sections for words in _prose(part))])
    keys = {key for words in text.split("$")[::2] for key in CITATION.findall(words)}
    return Document(title, abstract, sections, [s for s in SOURCES if s.key in keys])


def _prose(part: Section) -> Iterator[str]:
    for block in part.blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Statement):
            yield block.statement


def stated(*labels: str) -> Iterator[Statement]:
    """Yield the theorems of these labels, with the places of their proofs."""
    known = _records()
    for label in labels:
        if label in known:
            yield _statement(known[label])


def _statement(theorem: Theorem) -> Statement:
    words = STATEMENTS[theorem.label]
    proof = f"Proof: [Stabkit2026], {theorem.label} in {theorem.chapter}"
    sources = "".join(
        f"; [ADLS2026], {one.locator}" for one in theorem.references if "2606.15555" in one.title
    )
    return Statement(
        theorem.label,
        theorem.title,
        theorem.badge,
        words.notation,
        words.hypotheses,
        f"{words.statement} ({proof}{sources}.)",
    )


@cache
def _records() -> dict[str, Theorem]:
    return {theorem.label: theorem for theorem in theorems()}
