r"""An exam of 90 minutes on what the double lecture covers, in two versions, with a scheme.

The questions are those of the plan, one after the other. Both versions ask the same of other
numbers. A step of the solution is worth `STEP` points, and the points of a question are shared out
among what it asks for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from slides.beamer import words

import stabkit

from .chosen import alike, of_kind
from .plans import DOUBLE

__all__ = ["exam", "questions", "shared"]

MINUTES, STEP, SEED = 90, 2, 5
ROOM = "4.2cm"
PICTURE = re.compile(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", re.DOTALL)
PREAMBLE = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage{amsmath,amssymb}
\usepackage[margin=25mm]{geometry}
\usepackage{booktabs}
\usepackage{pgfplots}
\pgfplotsset{compat=1.16}
\definecolor{stabkitinside}{HTML}{0072B2}
\definecolor{stabkitoutside}{HTML}{D55E00}
\definecolor{stabkitmark}{HTML}{009E73}
\setlength{\parindent}{0pt}
\setlength{\parskip}{1ex}
\emergencystretch=4em
\raggedbottom
\newcommand{\points}[1]{\hspace*{\fill}\textbf{[#1]}}
\begin{document}
"""


def questions(version: str) -> list[stabkit.Exercise]:
    """Return the exercises of version A or B, in the order of the plan."""
    first = [next(of_kind(kind, SEED)) for item in DOUBLE for kind in item.kinds]
    return first if version == "A" else [alike(one) for one in first]


def worth(one: stabkit.Exercise) -> int:
    """Return the points of a question: for every step, and for a drawing."""
    return STEP * (len(one.solution) + (one.drawing is not None))


def shared(one: stabkit.Exercise) -> list[int]:
    """Return the points for each part of the answer: the first ones get what is left over."""
    parts = len(one.result)
    each, left = divmod(STEP * len(one.solution), parts)
    return [each + (k < left) for k in range(parts)]


def exam(version: str, solved: bool) -> str:
    """Return the exam as LaTeX, or its solution with the marking scheme."""
    asked = questions(version)
    lines = [PREAMBLE, *_head(version, asked, solved)]
    for k, one in enumerate(asked, 1):
        lines += ["", r"\begin{minipage}{\linewidth}\setlength{\parskip}{1ex}"]
        lines += [rf"\subsection*{{Question {k}\points{{{worth(one)} points}}}}"]
        lines += [words(_task(one)), "", *(_scheme(one) if solved else _parts(one))]
        lines += [r"\end{minipage}\par\bigskip"]
    return "\n".join([*lines, r"\end{document}", ""])


def _head(version: str, asked: list[stabkit.Exercise], solved: bool) -> Iterator[str]:
    points = [worth(one) for one in asked]
    what = "Solution and marking scheme" if solved else "Examination"
    yield rf"\begin{{center}}{{\Large {what}, version {version}}}\par\medskip"
    yield r"{\large Stability of memory-constrained LLM serving}\end{center}"
    yield rf"{MINUTES} minutes, {sum(points)} points. A pocket calculator is allowed."
    yield words(stabkit.exercise_document(asked).abstract)
    if solved:
        yield rf"A right step is worth {STEP} points, even if what it goes on from is wrong."
        return
    yield r"\bigskip\par Name: \rule{6cm}{.4pt}\hfill Matriculation number: \rule{3.5cm}{.4pt}"
    columns = "l" + "c" * (len(asked) + 1)
    yield rf"\begin{{center}}\begin{{tabular}}{{{columns}}}\toprule"
    yield "Question & " + " & ".join(map(str, range(1, len(asked) + 1))) + r" & all \\ \midrule"
    yield "Points & " + " & ".join(map(str, [*points, sum(points)])) + r" \\"
    yield "Reached" + " & " * (len(asked) + 1) + r" \\[1ex] \bottomrule"
    yield r"\end{tabular}\end{center}"


def _parts(one: stabkit.Exercise) -> Iterator[str]:
    """Yield what is asked for with its points, and room to write."""
    parts = zip(one.result, shared(one), strict=True)
    listed = "; ".join(f"{name} [{points}]" for (name, _), points in parts)
    listed += "" if one.drawing is None else f"; drawing [{STEP}]"
    yield rf"\emph{{Points: {words(listed)}.}}"
    yield rf"\par\vspace*{{{ROOM}}}\strut"
    yield from _drawing(one, solved=False)


def _scheme(one: stabkit.Exercise) -> Iterator[str]:
    yield r"\begin{enumerate}"
    for step in one.solution:
        yield rf"\item {words(step)} \points{{{STEP}}}"
    if one.drawing is not None:
        yield rf"\item The drawing. \points{{{STEP}}}"
    yield r"\end{enumerate}"
    yield rf"\emph{{Answer:}} {words(one.answer)}."
    yield from _drawing(one, solved=True)


def _task(one: stabkit.Exercise) -> str:
    return one.question if one.drawing is None else f"{one.question} {one.drawing.task}"


def _drawing(one: stabkit.Exercise, solved: bool) -> Iterator[str]:
    """Yield the axes of the exercise's worksheet, or the drawing of its solution."""
    sheet = stabkit.Derivation(stabkit.exercise_document([one]))
    for picture in PICTURE.findall(sheet.solution if solved else sheet.worksheet):
        yield rf"\begin{{center}}{picture}\end{{center}}"
