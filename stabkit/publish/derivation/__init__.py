"""Derivations: the whole reasoning about one workload, as an article, a fragment or a worksheet.

`derive` decides what is said, in the order of a textbook; the writers in `document` decide how it
looks. A theorem is stated as its record states it. The article says more where the workload is
small: at L = 3 every line of the calculation, at L = 1000 what fits.

In reading order:

* `numerals`: numbers and polynomials as LaTeX.
* `statements`, `theory`: what theorems say, their proofs, and references.
* `figures`: what the figures show.
* `model_sections`, `count_sections`, `stability_sections`, `operation_sections`: the sections, from
  first to last.
* `worksheets`: the same as tasks, and as their solution.
* `symbolic`: the same in symbols, for few classes or any decode lengths.

It takes from `text` and `document`. Others take the names below.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from ...analysis.facts import DerivationFacts, derivation_facts, symbolic_facts
from ...model.notation import WorkloadLike
from ...model.symbolic import SymbolicWorkload
from ...records import Record
from ..document import html, tex
from ..document.tree import Document
from ..rendering import PAGES, TEXTS
from ..text.numbers import amount
from .count_sections import count_section
from .model_sections import MODEL
from .operation_sections import OPERATION
from .stability_sections import STABILITY
from .symbolic import symbolic_document
from .theory import cited_document
from .worksheets import solution, worksheet

__all__ = ["Derivation", "derivation_document", "derive"]

_SECTIONS = (*MODEL, count_section, *STABILITY, *OPERATION)


@dataclass(frozen=True, repr=False)
class Derivation(Record):
    """A derivation, ready to be written.

    Attributes
    ----------
    document : Document
        Title, sections and references, as data.
    sheets : (Document, Document), optional
        Worksheet and solution; by default the tasks of the document alone, and with what solves
        them.

    Examples
    --------
    >>> from stabkit import Workload, derive
    >>> found = derive(Workload.from_classes([(2, 2)]))
    >>> found.document.title, len(found.document.sections)
    ('Stability of 2:2:1', 14)
    """

    document: Document
    sheets: tuple[Document, Document] | None = None

    @property
    def article(self) -> str:
        """A complete LaTeX document; the same bytes for the same workload."""
        return tex.article(self.document)

    @property
    def fragment(self) -> str:
        r"""The sections alone, for ``\\input`` in a paper."""
        return tex.fragment(self.document)

    @property
    def bibtex(self) -> str:
        """The references, as BibTeX."""
        return tex.bibtex(self.document.sources)

    @property
    def worksheet(self) -> str:
        """The same as tasks with room to write, LaTeX."""
        return tex.article(self._sheets[0], worksheet=True)

    @property
    def solution(self) -> str:
        """The tasks, each with its solution, LaTeX."""
        return tex.article(self._sheets[1])

    @property
    def html(self) -> str:
        """One page with MathML; it needs no TeX and makes no outside request."""
        return html.page(self.document)

    @property
    def exercise_pages(self) -> tuple[str, str]:
        """Worksheet and solution as HTML."""
        tasks, solved = self._sheets
        return html.page(tasks, worksheet=True), html.page(solved)

    @property
    def _sheets(self) -> tuple[Document, Document]:
        return self.sheets or (self.document.worksheet(), self.document.solution())


@TEXTS.writes(Derivation)
def _article(found: Derivation) -> str:
    return found.article


@PAGES.writes(Derivation)
def _frame(found: Derivation) -> str:
    """Return the page in a frame of its own, so that its style stays there."""
    style = "width: 100%; height: 40em; border: 0"
    return f'<iframe srcdoc="{escape(found.html)}" style="{style}"></iframe>'


def derive(mix: WorkloadLike | SymbolicWorkload) -> Derivation:
    """Return the derivation of a workload's stability, or of a symbolic one.

    Parameters
    ----------
    mix : WorkloadLike or SymbolicWorkload
        A symbolic one must have one class, or two classes with a common input length.

    Returns
    -------
    Derivation
        With `article`, `fragment`, `bibtex`, `worksheet` and `solution` in LaTeX, and `html`.

    Raises
    ------
    InvalidArgument
        If `mix` is a symbolic one of another form.

    Examples
    --------
    >>> text = derive("5:1 5:3").article
    >>> r"2 F(\\lambda) = 12 \\lambda^{2} + 7 \\lambda + 8" in text
    True
    """
    if isinstance(mix, SymbolicWorkload):
        document = symbolic_document(symbolic_facts(mix))
    else:
        document = derivation_document(derivation_facts(mix))
    return Derivation(document, (worksheet(document), solution(document)))


def derivation_document(facts: DerivationFacts) -> Document:
    """Return the document that says what `facts` hold, and nothing else."""
    sections = [written for write in _SECTIONS if (written := write(facts)).blocks]
    return cited_document(
        f"Stability of {facts.analysis.workload.name}", _abstract(facts), sections
    )


def _abstract(facts: DerivationFacts) -> str:
    analysis = facts.analysis
    count = analysis.workload.class_count
    longest = amount(f"${analysis.kernel.length}$", "step")
    return (
        f"The workload has {'one class' if count == 1 else f'${count}$ classes'}, with decode "
        f"lengths up to {longest} and the greatest common divisor ${analysis.gcd}$. Its "
        f"eviction-free equilibrium is {analysis.verdict}. {_basis(facts)} General theorems are "
        "quoted with their status; their proofs are in [Stabkit2026]. What a simulator measured is "
        "said to be that."
    )


def _basis(facts: DerivationFacts) -> str:
    if facts.analysis.kernel.length == 1:
        return "There is no root that could say otherwise."
    if facts.analysis.method == "enestrom-kakeya":
        return "That follows from the kernel by one theorem of Eneström and Kakeya."
    if facts.reduction is not None:
        return "Every step to that verdict follows, in integers."
    if facts.evidence is not None:
        return (
            "The verdict is proved by a winding number, computed with bounds for all errors; the "
            "arcs that carry it are described, not listed."
        )
    return "What was computed for that is not repeated here."
