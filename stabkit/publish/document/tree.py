r"""A document as data: sections of paragraphs, formulas, tables, plots and theorems.

Prose is plain text with LaTeX mathematics between dollar signs, and the key of a source in
brackets where it is cited; formulas are LaTeX without line breaks. `stabkit.Derivation` writes a
document, as LaTeX or as HTML; what it says is decided before.

>>> from stabkit import Derivation, Document, Paragraph, Section
>>> page = Document("On 2 %", "", [Section("First", (Paragraph("Here $g_0 > 0$."),))], [])
>>> print(Derivation(page).fragment.splitlines()[6:8])
['\\subsection{First}', 'Here $g_0 > 0$.']

A section may have a *task*. In a worksheet the task stands in its place with room to write; in the
solution it comes first, then the section.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import TypeAlias, TypeVar

from ...records import Record

__all__ = [
    "CITATION",
    "CirclePlot",
    "Document",
    "DocumentBlock",
    "Formula",
    "Paragraph",
    "Section",
    "Source",
    "Statement",
    "Table",
    "section",
]


About = TypeVar("About")
CITATION = re.compile(r"\[([A-Z][A-Za-z]+\d{4})\]")


@dataclass(frozen=True, repr=False)
class Paragraph(Record):
    """Prose with mathematics.

    Attributes
    ----------
    text : str
        Plain text, mathematics between dollar signs.

    Examples
    --------
    >>> from stabkit import Paragraph
    >>> Paragraph("Since $x^2 = 2$, it grows.").text
    'Since $x^2 = 2$, it grows.'
    """

    text: str


@dataclass(frozen=True, repr=False)
class Formula(Record):
    """A displayed formula.

    Attributes
    ----------
    latex : str
        Without line breaks: the writers break it into lines where it is too wide.

    Examples
    --------
    >>> from stabkit import Derivation, Document, Formula, Section
    >>> why = Section("Why", (Formula("x^2 = 2"),))
    >>> "x^2 = 2" in Derivation(Document("On squares", "In short.", (why,), ())).fragment
    True
    """

    latex: str


@dataclass(frozen=True, repr=False)
class Table(Record):
    """Cells in rows and columns.

    Attributes
    ----------
    heads : tuple of str
        Prose, one for each column; right-aligned but for the first.
    rows : tuple of tuple of str
        Prose.

    Examples
    --------
    >>> from stabkit import Table
    >>> Table(("step", "evicted"), (("1", "11"),)).rows
    (('1', '11'),)
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, repr=False)
class CirclePlot(Record):
    """Points in the complex plane around the unit circle.

    Attributes
    ----------
    points : tuple of (float, float)
        Roots; drawn by where they are: inside, on (as told by `on`) or outside.
    on : tuple of (float, float)
        Roots proved to lie on the circle.
    marks : tuple of (float, float)
        Positions to compare with, such as roots of unity.
    caption : str

    Examples
    --------
    >>> from stabkit import CirclePlot, Workload, derive
    >>> parts = derive(Workload.from_classes([(2, 3)])).document.sections
    >>> plot = next(one for part in parts for one in part.blocks if isinstance(one, CirclePlot))
    >>> len(plot.points), plot.caption.partition(":")[0]
    (2, 'Roots of $F$ and the unit circle')
    """

    points: tuple[tuple[float, float], ...]
    on: tuple[tuple[float, float], ...]
    marks: tuple[tuple[float, float], ...]
    caption: str


@dataclass(frozen=True, repr=False)
class Statement(Record):
    """A theorem that the document uses, as its record states it.

    Attributes
    ----------
    label, title, badge : str
    notation : tuple of (str, str)
        Its symbols, as LaTeX, and what they mean.
    hypotheses : tuple of str
        Prose.
    statement : str
        Prose.

    Examples
    --------
    >>> from stabkit import Statement, Workload, derive
    >>> parts = derive(Workload.from_classes([(2, 2)])).document.sections
    >>> stated = next(one for part in parts for one in part.blocks if isinstance(one, Statement))
    >>> stated.label, stated.title
    ('R1', 'The roots of the survival polynomial')
    """

    label: str
    title: str
    badge: str
    notation: tuple[tuple[str, str], ...]
    hypotheses: tuple[str, ...]
    statement: str

    @property
    def where(self) -> str:
        """The symbols and what they mean, as one sentence; empty without symbols."""
        meanings = "; ".join(f"${symbol}$ is {meaning}" for symbol, meaning in self.notation)
        return f"Here {meanings}." if meanings else ""


DocumentBlock: TypeAlias = Paragraph | Formula | Table | CirclePlot | Statement


@dataclass(frozen=True, repr=False)
class Section(Record):
    """A titled sequence of blocks.

    Attributes
    ----------
    title : str
        Plain text.
    blocks : tuple
        Of `Paragraph`, `Formula`, `Table`, `CirclePlot` or `Statement`.
    task : str or None
        What it solves, prose, if it is one for a worksheet.

    Examples
    --------
    >>> from stabkit import Paragraph, Section
    >>> why = Section("Why", (Paragraph("Because it grows."),))
    >>> why.title, len(why.blocks)
    ('Why', 1)
    """

    title: str
    blocks: tuple[DocumentBlock, ...]
    task: str | None = None


def section(
    title: str, task: str | None = None
) -> Callable[[Callable[[About], Iterator[DocumentBlock]]], Callable[[About], Section]]:
    """Return a decorator: what a function yields about a subject becomes a section."""

    def decorate(blocks: Callable[[About], Iterator[DocumentBlock]]) -> Callable[[About], Section]:
        @wraps(blocks)
        def written(about: About) -> Section:
            return Section(title, tuple(blocks(about)), task)

        return written

    return decorate


@dataclass(frozen=True, repr=False)
class Source(Record):
    """An entry of the references.

    Attributes
    ----------
    key, kind : str
        BibTeX's.
    fields : tuple of (str, str)
        Names and values, plain text.

    Examples
    --------
    >>> from stabkit import Workload, derive
    >>> source = derive(Workload.from_classes([(2, 2)])).document.sources[0]
    >>> source.key, source.text.rpartition(", ")[0][-16:]
    ('ADLS2026', 'arXiv:2606.15555')
    """

    key: str
    kind: str
    fields: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The entry as one sentence of plain text."""
        order = ("author", "title", "journal", "publisher", "note", "year", "url")
        found = dict(self.fields)
        return ", ".join(found[name] for name in order if name in found) + "."


@dataclass(frozen=True, repr=False)
class Document(Record):
    """A document.

    Attributes
    ----------
    title : str
        Plain text, as users give it: the writers escape it.
    abstract : str
        Prose with mathematics.
    sections : sequence of Section
    sources : sequence of Source

    Examples
    --------
    >>> from stabkit import Derivation, Document, Paragraph, Section
    >>> why = Section("Why", (Paragraph("Because it grows."),))
    >>> "<h2>Why</h2>" in Derivation(Document("On evictions", "In short.", (why,), ())).html
    True
    """

    title: str
    abstract: str
    sections: Sequence[Section]
    sources: Sequence[Source]

    def worksheet(self) -> Document:
        """Return the document with the tasks alone."""
        tasks = [s for s in self.sections if s.task is not None]
        return Document(
            self.title, self.abstract, [Section(s.title, (), s.task) for s in tasks], ()
        )

    def solution(self) -> Document:
        """Return the document with each task before what solves it, and without the rest."""
        return Document(
            self.title,
            self.abstract,
            [
                Section(s.title, (Paragraph(f"Task: {s.task}"), *s.blocks))
                for s in self.sections
                if s.task is not None
            ],
            self.sources,
        )
