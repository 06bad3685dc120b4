r"""Frames as a Beamer presentation, with the notes of the lecturer.

Beamer is part of Debian's ``texlive-latex-recommended``. With ``\def\withnotes{}`` before the file
the notes are printed too.

>>> words("*Half* of it: 50 % if $s < 3$, \"or\" more.")
"\\alert{Half} of it: 50 \\% if $s < 3$, ``or'' more."
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TypeAlias

from .deck import Beside, Formula, Frame, Key, Part, Picture, Points, Rows

__all__ = ["filled", "number", "words", "written"]

Numbers: TypeAlias = Mapping[str, object]

PREAMBLE = r"""\documentclass[aspectratio=169,11pt]{beamer}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb}
\usepackage{booktabs}
\definecolor{stabkitinside}{HTML}{0072B2}
\definecolor{stabkitoutside}{HTML}{D55E00}
\setbeamercolor{structure}{fg=stabkitinside}
\setbeamercolor{alerted text}{fg=stabkitoutside}
\setbeamerfont{frametitle}{series=\bfseries,size=\large}
\setbeamertemplate{navigation symbols}{}
\setbeamertemplate{frametitle}{\vskip2ex\insertframetitle\par}
\setbeamertemplate{itemize items}[circle]
\setbeamertemplate{footline}{\hfill\scriptsize\insertframenumber\kern1em\vskip3pt}
\setbeamersize{text margin left=9mm,text margin right=9mm}
\ifdefined\withnotes\setbeameroption{show notes}\fi
\newcommand{\key}[1]{\begin{center}\setlength{\fboxsep}{6pt}%
  \colorbox{stabkitinside!10}{\parbox{.9\linewidth}{\centering #1}}\end{center}}
\emergencystretch=4em
\setlength{\parskip}{.8ex}
"""


def written(name: str, title: str, about: str, frames: tuple[Frame, ...], numbers: Numbers) -> str:
    """Return slides as a Beamer document, whose figures are ``name-*.pdf`` beside it."""
    lines = [PREAMBLE, rf"\title{{{words(title)}}}", rf"\subtitle{{{words(about)}}}", r"\date{}"]
    lines += [r"\begin{document}", r"\begin{frame}[plain]", r"\titlepage", r"\end{frame}"]
    for frame in frames:
        lines += ["", rf"\begin{{frame}}{{{words(frame.title)}}}"]
        lines += [line for part in frame.parts for line in _part(part, name)]
        lines += [rf"\note{{{words(frame.note)}}}", r"\end{frame}"]
    return filled("\n".join([*lines, r"\end{document}", ""]), numbers)


def _part(part: Part, name: str) -> Iterator[str]:
    if isinstance(part, str):
        yield from (words(part), "")
    elif isinstance(part, Formula):
        yield from (r"\[", part.latex, r"\]")
        if part.where:
            yield from (rf"{{\small {words(part.where)}\par}}", "")
    elif isinstance(part, Key):
        yield rf"\key{{{words(part.text)}}}"
    elif isinstance(part, Points):
        yield from _points(part)
    elif isinstance(part, Rows):
        yield from _rows(part)
    elif isinstance(part, Picture):
        yield from _pictures(part, name)
    else:
        yield from _columns(part, name)


def _points(points: Points) -> Iterator[str]:
    yield r"\begin{itemize}\setlength{\itemsep}{.8ex}"
    for k, line in enumerate(points.lines, 1):
        yield rf"\item{f'<{k}->' if points.grow else ''} {words(line)}"
    yield r"\end{itemize}\smallskip"


def _rows(table: Rows) -> Iterator[str]:
    yield r"\begin{center}\renewcommand{\arraystretch}{1.15}"
    yield rf"\begin{{tabular}}{{@{{}}{table.columns}@{{}}}}\toprule"
    yield " & ".join(map(words, table.heads)) + r" \\ \midrule"
    for k, row in enumerate(table.rows, 1):
        cells = map(words, row)
        yield " & ".join(rf"\onslide<{k}->{{{c}}}" if table.grow else c for c in cells) + r" \\"
    yield r"\bottomrule\end{tabular}\end{center}"


def _pictures(picture: Picture, name: str) -> Iterator[str]:
    yield r"\begin{center}"
    for k, (figure, caption) in enumerate(picture.shown, 1):
        last = "-" if k == len(picture.shown) else ""
        start, end = (rf"\only<{k}{last}>{{", "}") if len(picture.shown) > 1 else ("", "")
        size = rf"width=\linewidth,height={picture.height}cm,keepaspectratio"
        yield rf"{start}\includegraphics[{size}]{{{name}-{figure}.pdf}}"
        yield rf"\par\smallskip{{\small {words(caption)}\par}}{end}"
    yield r"\end{center}"


def _columns(beside: Beside, name: str) -> Iterator[str]:
    yield r"\begin{columns}[c]"
    for parts, share in ((beside.left, beside.share), (beside.right, 0.97 - beside.share)):
        yield rf"\begin{{column}}{{{share:.2f}\linewidth}}"
        for part in parts:
            yield from _part(part, name)
        yield r"\end{column}"
    yield r"\end{columns}"


_SPECIAL = {"%": r"\%", "&": r"\&", "#": r"\#", "_": r"\_", "′": "$'$", "–": "--"}


def words(text: str) -> str:
    """Return prose as LaTeX: what is special is escaped, but for names of numbers."""
    return "$".join(p if k % 2 else _plain(p) for k, p in enumerate(text.split("$")))


def _plain(text: str) -> str:
    stressed = re.sub(r"\*([^*]+)\*", r"\\alert{\1}", text)
    quoted = re.sub(r'"([^"]*)"', r"``\1''", stressed)
    parts = re.split(r"(<[a-z_0-9]+>)", quoted)
    return "".join(p if k % 2 else _escaped(p) for k, p in enumerate(parts))


def _escaped(text: str) -> str:
    return "".join(_SPECIAL.get(c, c) for c in text)


def filled(text: str, numbers: Numbers) -> str:
    """Return a text with its numbers in the place of their names; each of them must be named.

    >>> filled(r"$<loss>$ is <percent> %", {"loss": Fraction(1, 8), "percent": "12.5"})
    '$\\\\tfrac{1}{8}$ is 12.5 %'
    """
    used: set[str] = set()

    def put(found: re.Match[str]) -> str:
        used.add(found[1])
        return number(numbers[found[1]])

    text = re.sub(r"<([a-z][a-z_0-9]*)>", put, text)
    if unused := set(numbers) - used:
        raise KeyError(f"no frame names {sorted(unused)}")
    return text


def number(value: object) -> str:
    """Return a number as LaTeX: fractions exactly, large whole ones in groups of three."""
    if isinstance(value, Fraction) and value.denominator > 1:
        sign = "-" if value < 0 else ""
        return rf"{sign}\tfrac{{{abs(value.numerator)}}}{{{value.denominator}}}"
    if isinstance(value, (int, Fraction)):
        return f"{int(value):,}".replace(",", "{,}")
    return str(value).replace("%", r"\%")
