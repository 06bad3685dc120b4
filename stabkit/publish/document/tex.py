r"""A document as LaTeX: an article, or a fragment for a paper.

The article needs what Debian's ``texlive-latex-recommended`` and ``texlive-pictures`` have; a
fragment needs amsmath, amsthm, booktabs, longtable and pgfplots in the paper it goes into.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .latex_words import escaped, prose
from .line_breaking import aligned
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
\raggedbottom
"""
_ROOM = "4.5cm"
_SIDE = "8.5cm"  # of a plot
_HEIGHT = "6cm"
_UNBROKEN = 20  # rows that stay on one page


def article(document: Document, worksheet: bool = False) -> str:
    """Return a document that a LaTeX engine compiles.

    Parameters
    ----------
    document : Document
    worksheet : bool
        Whether a task has room to write below it: the document is a worksheet.

    Returns
    -------
    str
        The same text for the same document, to the last byte.
    """
    lines = [
        _PREAMBLE,
        *_colours("define"),
        rf"\title{{{escaped(document.title)}}}",
        r"\author{}",
        r"\date{}",
    ]
    lines += [r"\begin{document}", r"\maketitle", r"\begin{abstract}", prose(document.abstract)]
    lines += [r"\end{abstract}", "", *_sections(document.sections, worksheet)]
    if document.sources:
        lines += [r"\begin{thebibliography}{9}"]
        lines += [rf"\bibitem{{{s.key}}} {escaped(s.text)}" for s in document.sources]
        lines += [r"\end{thebibliography}"]
    return "\n".join([*lines, r"\end{document}", ""])


def fragment(document: Document) -> str:
    r"""Return the sections alone, as subsections, for ``\input`` in a paper.

    It needs amsmath, amsthm, booktabs, longtable and pgfplots (compat 1.16) there, and defines its
    colours and the theorem environment ``record`` where the paper has none.
    """
    head = [
        "% \\usepackage{amsmath,amssymb,amsthm,booktabs,longtable,array,xcolor,pgfplots}",
        *_colours("provide"),
        r"\ifcsname record\endcsname\else\newtheorem*{record}{Theorem}\fi",
        "",
    ]
    body = _sections(document.sections, worksheet=False, command="subsection")
    return "\n".join([*head, *body, ""])


def bibtex(sources: Sequence[Source]) -> str:
    """Return the references as BibTeX entries.

    Examples
    --------
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


def _sections(
    sections: Sequence[Section], worksheet: bool, command: str = "section"
) -> Iterator[str]:
    for section in sections:
        yield rf"\{command}{{{escaped(section.title)}}}"
        if section.task is not None and (worksheet or not section.blocks):
            yield prose(section.task)
        if worksheet and not section.blocks:
            yield rf"\par\vspace{{{_ROOM}}}"
        for block in section.blocks:
            yield from _block_lines(block)
        yield ""


def _block_lines(block: DocumentBlock) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield from (prose(block.text), "")
    elif isinstance(block, Formula):
        yield from _formula(block)
    elif isinstance(block, Equations):
        yield from _equations(block)
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Statement):
        yield from _statement(block)
    else:
        yield from _figure(block.figure if isinstance(block, CirclePlot) else block)


def _formula(block: Formula) -> Iterator[str]:
    if block.label is None:
        yield from (r"\[", aligned(block.latex), r"\]")
    else:
        yield rf"\begin{{equation}}\label{{eq:{block.label}}}"
        yield from (aligned(block.latex), r"\end{equation}")


def _equations(block: Equations) -> Iterator[str]:
    lines = " \\\\\n".join(f"{left} &{right}" for left, right in block.lines)
    yield from _formula(Formula(f"\\begin{{aligned}}\n{lines}\n\\end{{aligned}}", block.label))


def _table(table: Table) -> Iterator[str]:
    columns = "l" + "r" * (len(table.heads) - 1)
    head = " & ".join(prose(cell) for cell in table.heads) + r" \\ \midrule"
    rows = [" & ".join(prose(cell) for cell in row) + r" \\" for row in table.rows]
    if table.caption:
        yield rf"\begin{{table}}[htbp]\centering\caption{{{prose(table.caption)}}}"
        yield "" if table.label is None else rf"\label{{tab:{table.label}}}"
    yield r"{\small\setlength{\tabcolsep}{5pt}\renewcommand{\arraystretch}{1.15}"
    if table.caption:
        yield rf"\begin{{tabular}}{{@{{}}{columns}@{{}}}}"
        yield from (r"\toprule", head, *rows, r"\bottomrule", r"\end{tabular}}", r"\end{table}")
    elif len(rows) <= _UNBROKEN:
        yield rf"\begin{{center}}\begin{{tabular}}{{@{{}}{columns}@{{}}}}"
        yield from (r"\toprule", head, *rows, r"\bottomrule", r"\end{tabular}\end{center}}")
    else:
        yield rf"\begin{{longtable}}{{@{{}}{columns}@{{}}}}"
        yield from (r"\toprule", rf"{head} \endhead", *rows, r"\bottomrule", r"\end{longtable}}")


def _statement(block: Statement) -> Iterator[str]:
    yield rf"\begin{{record}}[{{{escaped(block.label)} ({escaped(block.title)})}}]"
    yield rf"\emph{{[{escaped(block.badge)}]}}"
    for hypothesis in block.hypotheses:
        yield f"Suppose: {prose(hypothesis)}"
    yield prose(block.statement)
    yield prose(block.where)
    yield r"\end{record}"


def _figure(figure: Figure) -> Iterator[str]:
    yield r"\begin{figure}[htbp]\centering"
    yield from tikz(figure.plot, _SIDE, _SIDE if figure.plot.square else _HEIGHT)
    yield rf"\caption{{{prose(figure.caption)}}}\label{{fig:{figure.label}}}"
    yield r"\end{figure}"
