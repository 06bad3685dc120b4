"""A document as slides: a frame for every section, continued where it is long.

Beamer is part of Debian's ``texlive-latex-recommended``.
"""

from __future__ import annotations

from collections.abc import Iterator

from .latex_words import escaped, prose
from .tex import block_lines
from .tree import Document, Section

__all__ = ["deck"]

_PREAMBLE = r"""\documentclass[aspectratio=169,10pt]{beamer}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb,mathtools}
\usepackage{booktabs,longtable,array}
\usepackage{pgfplots}
\pgfplotsset{compat=1.16}
\definecolor{stabkitinside}{HTML}{0072B2}
\definecolor{stabkitoutside}{HTML}{D55E00}
\definecolor{stabkitmark}{HTML}{009E73}
\setbeamercolor{structure}{fg=stabkitinside}
\setbeamertemplate{navigation symbols}{}
\setbeamertemplate{footline}{\hfill\scriptsize\insertframenumber\kern1em\vskip3pt}
\setbeamertemplate{frametitle continuation}{}
\newenvironment{record}[1][]{\par\smallskip\textbf{#1.} \itshape}{\par\smallskip}
\emergencystretch=4em
\setlength{\parskip}{.5ex}
"""
_PLOT = "5.6cm"
_SIZES = ((450, r"\large"), (900, r"\normalsize"), (1300, r"\small"))  # by characters


def deck(document: Document) -> str:
    """Return a document as a Beamer presentation that a LaTeX engine compiles.

    Parameters
    ----------
    document : Document
        Every section is a frame; a task stands before what solves it.

    Returns
    -------
    str
        The same text for the same document, to the last byte.
    """
    lines = [_PREAMBLE, rf"\title{{{escaped(document.title)}}}", r"\date{}", r"\begin{document}"]
    lines += [r"\begin{frame}", r"\titlepage", prose(document.abstract), r"\end{frame}"]
    for section in document.sections:
        lines += ["", *_frame(section)]
    if document.sources:
        lines += ["", r"\begin{frame}{References}", r"\begin{thebibliography}{9}\footnotesize"]
        lines += [rf"\bibitem{{{s.key}}} {escaped(s.text)}" for s in document.sources]
        lines += [r"\end{thebibliography}", r"\end{frame}"]
    return "\n".join([*lines, r"\end{document}", ""])


def _frame(section: Section) -> Iterator[str]:
    lines = [] if section.task is None else [prose(section.task), ""]
    for block in section.blocks:
        lines += block_lines(block, _PLOT)
    size = next((name for most, name in _SIZES if len("".join(lines)) < most), r"\footnotesize")
    yield rf"\begin{{frame}}[allowframebreaks,t]{{{escaped(section.title)}}}"
    yield from (size, *lines, r"\end{frame}")
