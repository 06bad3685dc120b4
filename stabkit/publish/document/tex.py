r"""A document as LaTeX: an article, or a fragment for a paper.

The article needs what Debian's ``texlive-latex-recommended`` and ``texlive-pictures`` have. A
fragment needs amsmath, amsthm, booktabs, xcolor and pgfplots in the paper that it goes into, and
nothing else: other packages define what those of a publisher's class define too. It cannot know how
wide a column of that paper is, and is written for the narrowest one, of `_FRAGMENT` below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .latex_words import escaped, prose, unbroken
from .line_breaking import broken, broken_equations
from .tables import tabular
from .tikz import COLOURS, tikz
from .tree import (
    CirclePlot,
    Document,
    DocumentBlock,
    Equations,
    Figure,
    Formula,
    Paragraph,
    Section,
    Source,
    Statement,
    Table,
)

__all__ = ["article", "bibtex", "fragment"]

_PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb,amsthm,mathtools}
\usepackage[margin=25mm]{geometry}
\usepackage{booktabs,longtable,array}
\usepackage{xcolor}
\usepackage{pgfplots}
\pgfplotsset{compat=1.16}
\usepackage[hidelinks]{hyperref}
\newtheoremstyle{record}{1ex}{1ex}{\itshape}{}{\bfseries}{.}{ }{\thmnote{#3}}
\theoremstyle{record}
\newtheorem*{record}{}
\allowdisplaybreaks
\emergencystretch=4em
\raggedbottom"""
_PACKAGES = r"% \usepackage{amsmath,amsthm,booktabs,xcolor,pgfplots}"
_RECORD = r"\ifcsname record\endcsname\else\newtheorem*{record}{Theorem}\fi"
_LABEL = re.compile(r"(\\(?:label|ref|eqref)\{(?:eq|fig|tab):)")
_ROOM = "4.5cm"
_SKETCH, _SQUARE_SKETCH = ("11cm", "5.6cm"), ("6.4cm", "6.4cm")  # axes to draw in
_UNBROKEN = 20  # rows that stay on one page


class _Style(NamedTuple):
    """What a page has room for, in ems of its type and lengths of TeX."""

    section: str
    formula: float  # the width of a display
    number: float  # what its number takes of it
    table: float  # in ems of ten-point type
    plot: tuple[str, str]
    square: tuple[str, str]
    long: bool  # whether a long table may be a longtable


_ARTICLE = _Style("section", 38.0, 3.0, 42.0, ("12cm", "7cm"), ("8.5cm", "8.5cm"), True)
# The columns of article are 229 pt wide in ten-point type, those of others from 241 to 252 pt.
_FRAGMENT = _Style(
    "subsection",
    21.0,
    2.5,
    22.0,
    (r".95\columnwidth", r".65\columnwidth"),
    (r".9\columnwidth", r".9\columnwidth"),
    False,
)


def article(document: Document, worksheet: bool = False) -> str:
    """Return a document that a LaTeX engine compiles: the same for the same one, to the last byte.

    * `worksheet`: whether a task has room to write below it.
    """
    lines = [_PREAMBLE, *_colours("define")]
    lines += [rf"\hypersetup{{pdftitle={{{unbroken(document.title)}}},pdfauthor={{stabkit}}}}", ""]
    lines += [rf"\title{{{escaped(document.title)}}}", r"\author{}", r"\date{}"]
    lines += [r"\begin{document}", r"\maketitle", r"\begin{abstract}", prose(document.abstract)]
    lines += [r"\end{abstract}", "", *_sections(document.sections, _ARTICLE, worksheet)]
    if document.sources:
        lines += [r"\begin{thebibliography}{9}"]
        lines += [rf"\bibitem{{{s.key}}} {escaped(s.text)}" for s in document.sources]
        lines += [r"\end{thebibliography}"]
    return "\n".join([*lines, r"\end{document}", ""])


def fragment(document: Document) -> str:
    r"""Return the sections alone, as subsections, for ``\input`` in a paper.

    Its first line names the packages that the paper loads. It fits into one or two columns, defines
    its colours and the theorem environment ``record`` where the paper has none, and its labels
    begin with the document's title, so that a paper may have several.
    """
    lines = [_PACKAGES, *_colours("provide"), _RECORD]
    lines += [r"\begingroup\sloppy\allowdisplaybreaks\emergencystretch=5em", ""]
    lines += [*_sections(document.sections, _FRAGMENT), r"\endgroup", ""]
    name = re.sub("[^a-z0-9]+", "-", document.title.lower()).strip("-")[:40]
    return _LABEL.sub(rf"\g<1>{name}:", "\n".join(lines))


def bibtex(sources: Sequence[Source]) -> str:
    """Return the references as BibTeX entries.

    >>> print(bibtex([Source("a", "misc", (("title", "On 5 %"), ("year", "2026")))]), end="")
    @misc{a,
      title = {On 5 \\%},
      year = {2026},
    }
    """
    entries = []
    for source in sources:
        fields = [f"  {name} = {{{escaped(value)}}}," for name, value in source.fields]
        entries.append("\n".join([f"@{source.kind}{{{source.key},", *fields, "}", ""]))
    return "\n".join(entries)


def _colours(command: str) -> Iterator[str]:
    for name, code in COLOURS.items():
        yield rf"\{command}color{{{name}}}{{HTML}}{{{code}}}"


def _sections(sections: Sequence[Section], style: _Style, worksheet: bool = False) -> Iterator[str]:
    for section in sections:
        yield rf"\{style.section}{{{escaped(section.title)}}}"
        if section.task is not None and (worksheet or not section.blocks):
            yield prose(section.task)
        if worksheet and not section.blocks:
            yield from _room_to_write(section)
        for block in section.blocks:
            yield from _block_lines(block, style)
        yield ""


def _room_to_write(section: Section) -> Iterator[str]:
    if section.sketch is None:
        yield rf"\par\vspace{{{_ROOM}}}"
        return
    yield r"\begin{center}"
    yield from tikz(section.sketch, *(_SQUARE_SKETCH if section.sketch.square else _SKETCH))
    yield r"\end{center}"


def _block_lines(block: DocumentBlock, style: _Style) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield from (prose(block.text), "")
    elif isinstance(block, Formula):
        yield from _display(broken(block.latex, _room(block, style)), block.label)
    elif isinstance(block, Equations):
        yield from _display(broken_equations(block.lines, _room(block, style)), block.label)
    elif isinstance(block, Table):
        yield from _table(block, style)
    elif isinstance(block, Statement):
        yield from _statement(block)
    else:
        yield from _figure(block.figure if isinstance(block, CirclePlot) else block, style)


def _room(block: Formula | Equations, style: _Style) -> float:
    return style.formula - (0.0 if block.label is None else style.number)


def _display(lines: Sequence[str], label: str | None) -> Iterator[str]:
    """Yield lines that are aligned, and may end a page; the last one has the number."""
    single = lines[0] if r"\begin{" in lines[0] else lines[0].replace("&", "")
    if label is None and len(lines) == 1:
        yield from (r"\[", single, r"\]")
    elif label is None:
        yield from (r"\begin{align*}", *_ended(lines), r"\end{align*}")
    elif len(lines) == 1:
        yield rf"\begin{{equation}}\label{{eq:{label}}}"
        yield from (single, r"\end{equation}")
    else:
        yield r"\begin{align}"
        yield from _ended([*(rf"{line} \notag" for line in lines[:-1]), lines[-1]])
        yield from (rf"\label{{eq:{label}}}", r"\end{align}")


def _ended(lines: Sequence[str]) -> Iterator[str]:
    """Yield lines with what ends them: room below fractions, which would touch others."""
    for line in lines[:-1]:
        yield line + (r" \\[.6ex]" if r"\frac" in line else r" \\")
    yield lines[-1]


def _table(table: Table, style: _Style) -> Iterator[str]:
    if table.caption:
        yield r"\begin{table}[htbp]\centering"
        label = "" if table.label is None else rf"\label{{tab:{table.label}}}"
        yield rf"\caption{{{prose(table.caption)}}}{label}"
        yield from (*tabular(table, style.table), r"\end{table}")
    elif style.long and len(table.rows) > _UNBROKEN:
        yield from tabular(table, style.table, "longtable")
    else:
        yield from (r"\begin{center}", *tabular(table, style.table), r"\end{center}")


def _statement(block: Statement) -> Iterator[str]:
    yield rf"\begin{{record}}[{{{escaped(block.label)} ({escaped(block.title)})}}]"
    yield rf"\emph{{[{escaped(block.badge)}]}}"
    yield from [prose(block.where)] if block.where else []
    for hypothesis in block.hypotheses:
        yield f"Suppose: {prose(hypothesis)}"
    yield prose(block.statement)
    yield r"\end{record}"


def _figure(figure: Figure, style: _Style) -> Iterator[str]:
    yield r"\begin{figure}[htbp]\centering"
    yield from tikz(figure.plot, *(style.square if figure.plot.square else style.plot))
    yield rf"\caption{{{prose(figure.caption)}}}\label{{fig:{figure.label}}}"
    yield r"\end{figure}"
