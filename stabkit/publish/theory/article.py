r"""Checked theorems as a LaTeX article: numbered statements, their proofs, and what uses what.

It needs amsmath, amssymb, amsthm, booktabs, longtable, xcolor, pgfplots, geometry and hyperref, all
of Debian's ``texlive-latex-recommended`` and ``texlive-pictures``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from ...errors import ArgumentTypeError, shown
from ...model.numbers import listed
from ...theorems.checked import CheckedTheorem
from ...theorems.evidence import Reference
from ...theorems.records import Theorem
from ...theorems.textbook.deduction import SCHEMAS, Deduction
from ..document.latex_words import escaped, prose
from ..document.tikz import COLOURS, tikz
from ..document.tree import Figure, Formula, Paragraph, Section
from ..text.numbers import counted
from .assertions import joined
from .exposition import EVIDENCE, exposition, kind, meanings, tried
from .front import anchor, called, introduction, letters_known, symbols_listed

__all__ = ["theory_tex"]

_COLOURS = {
    "formal": "stabkitgreen",
    "proved": "stabkitgreen",
    "argued": "stabkitblue",
    "exact-finite": "stabkitblue",
    "enclosure": "stabkitblue",
    "cited": "stabkitgrey",
    "numeric": "stabkitgrey",
    "conjecture": "stabkitorange",
    "refuted": "stabkitred",
    "failed": "stabkitred",
}
_PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb,amsthm,booktabs,longtable,array}
\usepackage[margin=25mm]{geometry}
\usepackage{pgfplots}
\pgfplotsset{compat=1.16}
\usepackage[hidelinks]{hyperref}
\definecolor{stabkitgreen}{HTML}{1B7F4B}
\definecolor{stabkitblue}{HTML}{1F5FA8}
\definecolor{stabkitgrey}{HTML}{5A5A5A}
\definecolor{stabkitorange}{HTML}{B35900}
\definecolor{stabkitred}{HTML}{B00020}
\newcommand{\status}[2]{{\normalfont\footnotesize\textcolor{#1}{\textsf{[#2]}}}}
\newcommand{\tried}[1]{{\footnotesize\textcolor{stabkitgrey}{\textsf{#1}}}}
\newtheoremstyle{record}{1.2em}{.6em}{\normalfont}{}{\bfseries}{.}{ }
  {\thmname{#1}\thmnumber{ #2}\thmnote{ (#3)}}
\theoremstyle{record}
\newtheorem{theorem}{Theorem}[section]
\newtheorem{conjecture}[theorem]{Conjecture}
\newtheorem{observation}[theorem]{Observation}
\newtheorem{claim}[theorem]{Claim}
\newtheorem{refuted}[theorem]{Refuted claim}
\newcommand{\room}{\par\vskip 0pt plus 7\baselineskip\penalty-200\vskip 0pt plus -7\baselineskip}
\newenvironment{letters}{Let
  \begin{list}{}{\setlength{\leftmargin}{3.6em}\setlength{\labelwidth}{2.6em}\setlength{\labelsep}{.4em}
  \setlength{\topsep}{.1em}\setlength{\itemsep}{0pt}\setlength{\parsep}{0pt}
  \renewcommand{\makelabel}[1]{##1\hfil}}}{\end{list}\noindent\ignorespacesafterend}
\newenvironment{evidence}{\par\medskip\noindent\emph{Evidence.}\ }{\par}
\allowdisplaybreaks
\emergencystretch=3em
\raggedbottom
"""
_PLOT, _SQUARE = ("11cm", "5.6cm"), ("8.5cm", "8.5cm")
_TEXTBOOK = (
    "\\addcontentsline{toc}{section}{Textbook theorems}\n"
    'The proofs invoke these; "proved" is relative to them and to computer algebra.'
)
_MANY = 4  # letters of a statement from which on they are a list
_QED = "\n\\qedhere"  # the end mark beside a formula, not below it
_LABEL = re.compile(r"\b(R\d+[a-c]?′?)(?!\w)")
_STEP = re.compile(r"\(\d+\) |Links in prose")


def theory_tex(found: Sequence[CheckedTheorem], title: str = "The theory of stabkit") -> str:
    """Return checked theorems as a complete LaTeX document, chapter by chapter.

    Parameters
    ----------
    found : sequence of CheckedTheorem
        As `stabkit.prove` returns them, chapter by chapter.
    title : str
        Plain text.

    Returns
    -------
    str
        The same text for the same findings, to the last byte.

    Raises
    ------
    InvalidArgument
        If `found` are no checked theorems, or `title` is no text.

    Examples
    --------
    >>> from stabkit import prove, theorems, theory_tex
    >>> found = prove(theorems(), ["kernel"])
    >>> "On kernels" in theory_tex(found, "On kernels")
    True
    """
    checked = listed(found, "'found'", "checked theorems")
    if not all(isinstance(one, CheckedTheorem) for one in checked):
        raise ArgumentTypeError(f"'found' must be checked theorems, not {shown(found)}.")
    if not isinstance(title, str):
        raise ArgumentTypeError(f"'title' must be a text, not {shown(title)}.")
    colours = [rf"\definecolor{{{name}}}{{HTML}}{{{code}}}" for name, code in COLOURS.items()]
    lines = [_PREAMBLE, *colours, rf"\hypersetup{{pdftitle={{{escaped(title)}}}}}"]
    lines += [rf"\title{{{escaped(title)}}}", r"\author{}", r"\date{}"]
    lines += [r"\begin{document}", r"\maketitle", r"\tableofcontents", "", *_body(checked)]
    return "\n".join([*lines, r"\end{document}", ""])


def _body(found: Sequence[CheckedTheorem]) -> Iterator[str]:
    article = _Article(found)
    yield from introduction(found)
    for title, members in groupby(found, lambda one: one.theorem.chapter):
        chapter = list(members)
        yield from ("", rf"\section{{{escaped(title)}}}")
        yield article.linked(chapter[0].theorem.opening)
        for one in chapter:
            yield from ("", *article.result(one))
    yield from ("", *symbols_listed(found))
    yield from ("", *_textbook(found))
    yield from article.bibliography()


class _Article:
    """What the results share: the letters that are known, the labels, and the sources."""

    def __init__(self, found: Sequence[CheckedTheorem]) -> None:
        self.letters = letters_known(found)
        self.labels = {one.theorem.label: kind(one.status) for one in found}
        sources = (source for one in found for source in one.theorem.references)
        self.sources = list(dict.fromkeys((source.authors, source.title) for source in sources))

    def result(self, one: CheckedTheorem) -> Iterator[str]:
        """Yield one result: its statement, then what belongs to it."""
        statement, *others = exposition(one, self.letters)
        name = kind(one.status).split()[0].lower()
        theorem = one.theorem
        yield rf"\room\begin{{{name}}}[{{{called(theorem)}}}]"
        badge = rf"\status{{{_COLOURS[one.status]}}}{{{escaped(one.badge)}}}"
        yield rf"\label{{{anchor(theorem.label)}}}{badge} {self._tried(one)}\par\nobreak"
        yield from self._stated(theorem, statement)
        yield rf"\end{{{name}}}"
        for section in others:
            yield from self._part(one, section)
        if theorem.picture is not None:
            yield from _figure(theorem.picture())

    def _stated(self, theorem: Theorem, statement: Section) -> Iterator[str]:
        """Yield a statement, its letters as a list where they are many."""
        named = meanings(theorem, self.letters)
        if len(named) < _MANY:
            yield from self._lines(statement)
            return
        yield r"\begin{letters}"
        for k, meaning in enumerate(named, 1):
            symbol, _, rest = meaning.partition(" be ")
            end = {len(named): ".", len(named) - 1: "; and"}.get(k, ";")
            yield rf"\item[{symbol}] {self.linked(f'be {rest}{end}')}"
        yield r"\end{letters}"
        yield from self._lines(replace(statement, blocks=statement.blocks[1:]))

    def _tried(self, one: CheckedTheorem) -> str:
        """Return how many objects the claim held for, briefly; a counterexample in full."""
        if one.tried.failing is not None:
            return prose(tried(one))
        return rf"\tried{{{counted(one.tried.instances, 'object')}}}"

    def _part(self, one: CheckedTheorem, section: Section) -> Iterator[str]:
        if section.title in ("Proof", "Evidence"):
            environment = "evidence" if one.status in EVIDENCE else "proof"
            yield rf"\begin{{{environment}}}"
            yield from self._used(one)
            yield from self._lines(section)
            yield rf"\end{{{environment}}}"
            return
        yield rf"\par\medskip\noindent\emph{{{escaped(section.title)}.}}"
        yield from self._lines(section)
        if section.title == "What it means" and one.theorem.references:
            yield f"Source: {', '.join(map(self._cited, one.theorem.references))}."

    def _lines(self, section: Section) -> Iterator[str]:
        last = section.blocks[-1]
        for block in section.blocks:
            if isinstance(block, Formula):
                ends = block is last and section.title == "Proof"
                yield f"\\[\n{block.latex}{_QED if ends else ''}\n\\]"
            elif isinstance(block, Paragraph):
                if _STEP.match(block.text):
                    yield r"\par"
                yield self.linked(block.text)

    def _used(self, one: CheckedTheorem) -> Iterator[str]:
        """Yield which results a proof uses, as a sentence; nothing where it uses none."""
        uses = one.theorem.uses
        if not uses or one.status in EVIDENCE:
            return
        kinds = {self.labels.get(label, "Theorem") for label in uses}
        kind_of_all = kinds.pop() if len(kinds) == 1 else "Result"
        several = "s" if len(uses) > 1 else ""
        named = joined(list(map(self._named, uses)))
        yield rf"We use {kind_of_all}{several}~{named}.\nopagebreak{{}}"

    def _named(self, label: str) -> str:
        """Return a result by its number and label; one that is not in the article by its label."""
        if label not in self.labels:
            return escaped(label)
        named = f" ({escaped(label)})" if _LABEL.match(label) else ""
        return rf"\ref{{{anchor(label)}}}{named}"

    def linked(self, text: str) -> str:
        """Return prose as LaTeX, labels in its words as links to their results."""
        parts = text.split("$")
        return "$".join(part if k % 2 else self._words(part) for k, part in enumerate(parts))

    def _words(self, text: str) -> str:
        pieces = _LABEL.split(text)
        return "".join(
            rf"\hyperref[{anchor(piece)}]{{{escaped(piece)}}}"
            if piece in self.labels
            else prose(piece)
            for piece in pieces
        )

    def _cited(self, source: Reference) -> str:
        number = self.sources.index((source.authors, source.title)) + 1
        place = re.sub(r" (?=\d)", "~", escaped(source.locator))
        return rf"\cite[{place}]{{source{number}}}"

    def bibliography(self) -> Iterator[str]:
        """Yield the sources, if there are any."""
        if self.sources:
            yield rf"\begin{{thebibliography}}{{{len(self.sources)}}}"
            for number, (authors, title) in enumerate(self.sources, 1):
                yield rf"\bibitem{{source{number}}} {escaped(f'{authors}, {title}.')}"
            yield r"\end{thebibliography}"


def _figure(figure: Figure) -> Iterator[str]:
    size = _SQUARE if figure.plot.square else _PLOT
    yield r"\begin{figure}[htb]\centering"
    yield from tikz(figure.plot, *size)
    yield rf"\caption{{{prose(figure.caption)}}}\label{{fig:{figure.label}}}"
    yield r"\end{figure}"


def _textbook(found: Sequence[CheckedTheorem]) -> Iterator[str]:
    """Name the textbook theorems that the proofs invoke, with their sources."""
    steps = (step for one in found for step in one.theorem.steps)
    used = {type(s.evidence.schema) for s in steps if isinstance(s.evidence, Deduction)}
    if used:
        yield from (r"\section*{Textbook theorems}", _TEXTBOOK)
    for schema in SCHEMAS:
        if schema in used:
            yield rf"\paragraph{{{escaped(schema.title)}.}} {prose(schema.statement)} "
            yield escaped(f"{schema.reference}.")
