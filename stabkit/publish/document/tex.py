r"""A document as LaTeX: an article, or a fragment for a paper.

The article needs what Debian's ``texlive-latex-recommended`` and ``texlive-pictures`` have; a
fragment needs amsmath, amsthm, booktabs, longtable and pgfplots in the paper it goes into.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .latex_words import escaped, prose
from .line_breaking import aligned
from .tree import (
    CirclePlot,
    Document,
    DocumentBlock,
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
\definecolor{stabkitinside}{HTML}{0072B2}
\definecolor{stabkitoutside}{HTML}{D55E00}
\definecolor{stabkitmark}{HTML}{009E73}
\newtheoremstyle{record}{1ex}{1ex}{\itshape}{}{\bfseries}{.}{ }{\thmnote{#3}}
\theoremstyle{record}
\newtheorem*{record}{}
\allowdisplaybreaks
\emergencystretch=4em
\raggedbottom
"""
_ROOM = "4.5cm"
_SIDE = "8.5cm"  # of a plot
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
    lines = [_PREAMBLE, rf"\title{{{escaped(document.title)}}}", r"\author{}", r"\date{}"]
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
        r"\providecolor{stabkitinside}{HTML}{0072B2}",
        r"\providecolor{stabkitoutside}{HTML}{D55E00}",
        r"\providecolor{stabkitmark}{HTML}{009E73}",
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
        yield from (r"\[", aligned(block.latex), r"\]")
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Statement):
        yield from _statement(block)
    else:
        yield from _plot(block)


def _table(table: Table) -> Iterator[str]:
    columns = "l" + "r" * (len(table.heads) - 1)
    head = " & ".join(prose(cell) for cell in table.heads) + r" \\ \midrule"
    rows = [" & ".join(prose(cell) for cell in row) + r" \\" for row in table.rows]
    yield r"{\small\setlength{\tabcolsep}{5pt}\renewcommand{\arraystretch}{1.15}"
    if len(rows) <= _UNBROKEN:
        yield rf"\begin{{center}}\begin{{tabular}}{{@{{}}{columns}@{{}}}}"
        yield from (r"\toprule", head, *rows, r"\bottomrule", r"\end{tabular}\end{center}}")
        return
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


def _plot(plot: CirclePlot) -> Iterator[str]:
    reach = max((max(abs(x), abs(y)) for x, y in (*plot.points, *plot.on, *plot.marks)), default=1)
    limit = 1.15 * max(1.0, reach)
    inside = [q for q in plot.points if q[0] ** 2 + q[1] ** 2 < 1]
    outside = [q for q in plot.points if q[0] ** 2 + q[1] ** 2 >= 1]
    size = 2.2 if len(plot.points) <= 60 else 0.9
    yield r"\begin{center}\begin{minipage}{\linewidth}\centering"
    yield r"\begin{tikzpicture}"
    yield (
        rf"\begin{{axis}}[width={_SIDE},height={_SIDE},scale only axis=false,xmin=-{limit:.4g},"
        rf"xmax={limit:.4g},ymin=-{limit:.4g},ymax={limit:.4g},axis equal image,"
        r"xlabel={$\operatorname{Re}\lambda$},ylabel={$\operatorname{Im}\lambda$},"
        r"grid=major,grid style={gray!20}]"
    )
    yield r"\addplot[black,domain=0:360,samples=181,smooth] ({cos(x)},{sin(x)});"
    yield from _points(inside, f"only marks,mark=*,mark size={size}pt,stabkitinside")
    yield from _points(plot.on, f"only marks,mark=square*,mark size={size}pt,black")
    yield from _points(
        outside, f"only marks,mark=triangle*,mark size={1.3 * size}pt,stabkitoutside"
    )
    yield from _points(plot.marks, f"only marks,mark=o,mark size={2 * size}pt,stabkitmark")
    yield r"\end{axis}"
    yield r"\end{tikzpicture}"
    yield rf"\par\smallskip {{\small {prose(plot.caption)}}}"
    yield r"\end{minipage}\end{center}"


def _points(points: Sequence[tuple[float, float]], style: str) -> Iterator[str]:
    if points:
        listed = " ".join(f"({x:.6f},{y:.6f})" for x, y in points)
        yield rf"\addplot[{style}] coordinates {{{listed}}};"
