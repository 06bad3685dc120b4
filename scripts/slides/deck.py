"""A document as slides: its article's sections as frames, continued where they are long.

Beamer is part of Debian's ``texlive-latex-recommended``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from stabkit import Derivation, Document

PREAMBLE = r"""\documentclass[aspectratio=169,10pt]{beamer}
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
ARTICLE = re.compile(
    r"(?P<title>\\title\{.*\})\n\\author\{\}\n(?P<date>\\date\{\}\n\\begin\{document\})\n"
    r"\\maketitle\n\\begin\{abstract\}\n(?P<abstract>.*)\n\\end\{abstract\}\n\n"
    r"(?P<sections>.*?)(?P<sources>\\begin\{thebibliography\}.*)?\\end\{document\}\n\Z",
    re.DOTALL,
)
SECTION = re.compile(r"^\\section\{(.*)\}\n", re.MULTILINE)
ARTICLE_PLOT, PLOT = "=8.5cm", "=5.6cm"
SIZES = ((450, r"\large"), (900, r"\normalsize"), (1300, r"\small"))  # by characters


def deck(document: Document) -> str:
    """Return a document as a Beamer presentation; a task stands before what solves it."""
    found = ARTICLE.search(Derivation(document).article)
    assert found is not None
    lines = [PREAMBLE, found["title"], found["date"]]
    lines += [r"\begin{frame}", r"\titlepage", found["abstract"], r"\end{frame}"]
    _, *parts = SECTION.split(found["sections"].replace(ARTICLE_PLOT, PLOT))
    for section, title, body in zip(document.sections, parts[::2], parts[1::2], strict=True):
        after = "\n\n" if section.task is None else "\n"  # what separates it from the next one
        lines += ["", *frame(title, body.removesuffix(after))]
    if found["sources"]:
        lines += ["", r"\begin{frame}{References}"]
        lines += [found["sources"].replace("{9}", r"{9}\footnotesize").rstrip(), r"\end{frame}"]
    return "\n".join([*lines, r"\end{document}", ""])


def frame(title: str, body: str) -> Iterator[str]:
    length = len(body.replace("\n", ""))
    size = next((name for most, name in SIZES if length < most), r"\footnotesize")
    yield rf"\begin{{frame}}[allowframebreaks,t]{{{title}}}"
    yield from (size, body, r"\end{frame}")
