r"""A document as data: sections of paragraphs, formulas, tables, figures and theorems.

Prose is plain text with LaTeX mathematics between dollar signs, the key of a source in brackets
where it is cited, and the label of a formula, figure or table in parentheses where it is referred
to: "by (eq:balance)", "in (fig:roots)". Formulas are LaTeX without line breaks.
`stabkit.Derivation` writes a document, as LaTeX or as HTML; what it says is decided before.

>>> from stabkit import Derivation, Document, Paragraph, Section
>>> page = Document("On 2 %", "", [Section("First", (Paragraph("Here $g_0 > 0$."),))], [])
>>> print(Derivation(page).fragment.splitlines()[7:9])
['\\subsection{First}', 'Here $g_0 > 0$.']

A section may have a *task*. In a worksheet the task stands in its place with room to write; in the
solution it comes first, then the section.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from math import cos, sin, tau
from typing import Any, TypeAlias, TypeVar

from ...records import Record

__all__ = [
    "CITATION",
    "REFERENCE",
    "CirclePlot",
    "Document",
    "DocumentBlock",
    "Equations",
    "Figure",
    "Formula",
    "Layer",
    "Paragraph",
    "Plot",
    "Section",
    "Source",
    "Statement",
    "Table",
    "section",
]


About = TypeVar("About")
Task: TypeAlias = str | Callable[[Any], str] | None
CITATION = re.compile(r"\[([A-Z][A-Za-z]+\d{4})\]")
REFERENCE = re.compile(r"\(((?:eq|fig|tab):[A-Za-z0-9-]+)\)")
_CIRCLE = tuple(
    (round(cos(k * tau / 180), 6) + 0.0, round(sin(k * tau / 180), 6) + 0.0) for k in range(181)
)


@dataclass(frozen=True, repr=False)
class Paragraph(Record):
    """Prose with mathematics.

    Attributes
    ----------
    text : str
        Plain text, mathematics between dollar signs.
    introduces : tuple of str
        The symbols that it introduces, as LaTeX; likewise in the blocks below.

    Examples
    --------
    >>> from stabkit import Paragraph
    >>> Paragraph("Since $x^2 = 2$, it grows.").text
    'Since $x^2 = 2$, it grows.'
    """

    text: str
    introduces: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Formula(Record):
    """A displayed formula.

    Attributes
    ----------
    latex : str
        Without line breaks: the writers break it into lines where it is too wide.
    label : str or None
        It has a number if it has a label, and prose refers to it as "(eq:LABEL)".
    introduces : tuple of str

    Examples
    --------
    >>> from stabkit import Derivation, Document, Formula, Section
    >>> why = Section("Why", (Formula("x^2 = 2"),))
    >>> "x^2 = 2" in Derivation(Document("On squares", "In short.", (why,), ())).fragment
    True
    """

    latex: str
    label: str | None = None
    introduces: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Equations(Record):
    r"""Lines of one display, aligned at their relations.

    Attributes
    ----------
    lines : tuple of (str, str)
        What is left of the relation, and the rest with it, as LaTeX. The line ``("\vdots", "")``
        leaves lines out.
    label : str or None
        The display has one number if it has a label.
    introduces : tuple of str

    Examples
    --------
    >>> from stabkit import Equations
    >>> Equations((("g_0", "= 6"), ("g_1", "= 7"))).lines[1]
    ('g_1', '= 7')
    """

    lines: tuple[tuple[str, str], ...]
    label: str | None = None
    introduces: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Table(Record):
    """Cells in rows and columns.

    Attributes
    ----------
    heads : tuple of str
        Prose, one for each column; right-aligned but for the first.
    rows : tuple of tuple of str
        Prose.
    caption : str
        Prose; a table with a caption floats.
    label : str or None
        Prose refers to it as "(tab:LABEL)"; it needs a caption.
    introduces : tuple of str

    Examples
    --------
    >>> from stabkit import Table
    >>> Table(("step", "evicted"), (("1", "11"),)).rows
    (('1', '11'),)
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    label: str | None = None
    introduces: tuple[str, ...] = ()


@dataclass(frozen=True, repr=False)
class Layer(Record):
    """What is drawn in one colour and shape.

    Attributes
    ----------
    kind : str
        "line", "steps" (constant up to the next point), "marks", "stems" (a line from zero to
        each point) or "area" (above zero).
    points : tuple of (float, float)
    tone : str
        "inside", "outside", "on", "mark" or "plain"; each has a colour, a shape of its marks and
        dashes of its lines, so that it is told apart in grey.
    name : str
        Prose for the legend; nothing is said there of a layer without a name.

    Examples
    --------
    >>> from stabkit import Layer
    >>> Layer("stems", ((0, 6.0), (1, 3.5)), "inside", "memory kernel").name
    'memory kernel'
    """

    kind: str
    points: tuple[tuple[float, float], ...]
    tone: str
    name: str = ""


@dataclass(frozen=True, repr=False)
class Plot(Record):
    """Layers over common axes.

    Attributes
    ----------
    layers : tuple of Layer
        From the lowest one upwards.
    x, y : str
        What the axes measure, prose.
    square : bool
        Whether both axes have one scale, as the complex plane does.
    legend : bool
        Whether the named layers are listed above the plot.

    Examples
    --------
    >>> from stabkit import Layer, Plot
    >>> kernel = Layer("stems", ((0, 6.0), (1, 3.5)), "inside")
    >>> Plot((kernel,), "step $m$", "tokens $g_m$").square
    False
    """

    layers: tuple[Layer, ...]
    x: str
    y: str
    square: bool = False
    legend: bool = True


@dataclass(frozen=True, repr=False)
class Figure(Record):
    """A plot that floats, with its caption.

    Attributes
    ----------
    plot : Plot
    caption : str
        Prose.
    label : str
        Prose refers to it as "(fig:LABEL)".

    Examples
    --------
    >>> from stabkit import Figure, Layer, Plot
    >>> plot = Plot((Layer("line", ((0, 0), (1, 1)), "plain"),), "$x$", "$y$")
    >>> Figure(plot, "The diagonal.", "diagonal").label
    'diagonal'
    """

    plot: Plot
    caption: str
    label: str


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
    label : str

    Examples
    --------
    >>> from stabkit import CirclePlot
    >>> seen = CirclePlot(((0.5, 0.0), (1.1, 0.0)), (), ((-1.0, 0.0),), "Roots.")
    >>> [layer.tone for layer in seen.figure.plot.layers]
    ['plain', 'inside', 'outside', 'mark']
    """

    points: tuple[tuple[float, float], ...]
    on: tuple[tuple[float, float], ...]
    marks: tuple[tuple[float, float], ...]
    caption: str
    label: str = "roots"

    @property
    def figure(self) -> Figure:
        """The figure that it is."""
        inside = tuple(q for q in self.points if q[0] ** 2 + q[1] ** 2 < 1)
        outside = tuple(q for q in self.points if q[0] ** 2 + q[1] ** 2 >= 1)
        marked = (("inside", inside), ("on", self.on), ("outside", outside), ("mark", self.marks))
        layers = [Layer("marks", points, tone) for tone, points in marked if points]
        axes = (r"$\operatorname{Re} \lambda$", r"$\operatorname{Im} \lambda$")
        plot = Plot((Layer("line", _CIRCLE, "plain"), *layers), *axes, square=True)
        return Figure(plot, self.caption, self.label)


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


DocumentBlock: TypeAlias = Paragraph | Formula | Equations | Table | Figure | CirclePlot | Statement


@dataclass(frozen=True, repr=False)
class Section(Record):
    """A titled sequence of blocks.

    Attributes
    ----------
    title : str
        Plain text.
    blocks : tuple
        Of `Paragraph`, `Formula`, `Equations`, `Table`, `Figure`, `CirclePlot` or `Statement`.
    task : str or None
        What it solves, prose, if it is one for a worksheet.
    sketch : Plot or None
        Axes to draw in, below the task of a worksheet.

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
    sketch: Plot | None = None


def section(
    title: str, task: Task = None
) -> Callable[[Callable[[About], Iterator[DocumentBlock]]], Callable[[About], Section]]:
    """Return a decorator: what a function yields about a subject becomes a section.

    The task, if there is one, may depend on the subject.
    """

    def decorate(blocks: Callable[[About], Iterator[DocumentBlock]]) -> Callable[[About], Section]:
        @wraps(blocks)
        def written(about: About) -> Section:
            return Section(title, tuple(blocks(about)), task(about) if callable(task) else task)

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
    >>> from stabkit import Source
    >>> Source("Lee2026", "misc", (("title", "On queues"), ("author", "A. Lee"))).text
    'A. Lee, On queues.'
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
        return Document(self.title, self.abstract, [replace(s, blocks=()) for s in tasks], ())

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
