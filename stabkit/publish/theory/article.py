r"""Checked theorems as a LaTeX article: amsthm theorems and proofs with their status.

It needs amsmath, amssymb, amsthm, xcolor, geometry and hyperref, all of Debian's
``texlive-latex-recommended``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...errors import ArgumentTypeError, shown
from ...model.numbers import listed
from ...theorems.checked import CheckedStep, CheckedTheorem
from ...theorems.evidence import MEANINGS
from ...theorems.records import Step, Theorem
from ...theorems.textbook.deduction import SCHEMAS, Deduction
from ..document.latex_words import escaped, prose
from ..text.numbers import counted
from .evidence import evidence_tex, reference

__all__ = ["theory_tex"]

# What stands above the steps: only a proof is called one.
_EVIDENCE = ("conjecture", "refuted", "numeric")
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
\usepackage{amsmath,amssymb,amsthm}
\usepackage[margin=25mm]{geometry}
\usepackage{xcolor}
\usepackage[hidelinks]{hyperref}
\definecolor{stabkitgreen}{HTML}{1B7F4B}
\definecolor{stabkitblue}{HTML}{1F5FA8}
\definecolor{stabkitgrey}{HTML}{5A5A5A}
\definecolor{stabkitorange}{HTML}{B35900}
\definecolor{stabkitred}{HTML}{B00020}
\newcommand{\status}[2]{{\normalfont\footnotesize\textcolor{#1}{\fbox{\textsf{#2}}}}}
\newtheoremstyle{record}{1.5em}{.5em}{\normalfont}{}{\bfseries}{.}{ }{\thmnote{#3}}
\theoremstyle{record}
\newtheorem*{record}{}
\allowdisplaybreaks
\emergencystretch=3em
\raggedbottom
"""
_INTRODUCTION = (
    "Every theorem below is a record that a machine checks. Its sentences are made from a claim "
    "that is decided on many objects, drawn at random and at the boundary. The badge is its "
    "status, the weakest of its steps and of the theorems it uses. The textbook theorems invoked "
    "are listed at the end. This is checked by computer algebra; it is not a formal verification."
)


def theory_tex(found: Sequence[CheckedTheorem], title: str = "The theory of stabkit") -> str:
    """Return checked theorems as a complete LaTeX document, chapter by chapter.

    Parameters
    ----------
    found : sequence of CheckedTheorem
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
    lines = [_PREAMBLE, rf"\title{{{escaped(title)}}}", r"\author{}", r"\date{}"]
    lines += [r"\begin{document}", r"\maketitle", _INTRODUCTION, ""]
    lines += [r"\begin{description}"]
    lines += [rf"\item[{status}] {escaped(meaning)}." for status, meaning in MEANINGS.items()]
    lines += [r"\end{description}"]
    chapter = ""
    for one in found:
        if one.theorem.chapter != chapter:
            chapter = one.theorem.chapter
            lines += ["", rf"\section{{{escaped(chapter)}}}"]
        lines += ["", *_paragraphs(one)]
    lines += ["", r"\section*{Textbook theorems}", *_textbook(found), r"\end{document}", ""]
    return "\n".join(lines)


def _paragraphs(one: CheckedTheorem) -> Iterator[str]:
    """Yield one theorem: statement, lesson, proof, checks, sharpness, sources."""
    theorem = one.theorem
    label = escaped(theorem.label)
    yield rf"\begin{{record}}[{{{label} ({escaped(theorem.title)})}}]"
    badge = _badge(one.status, one.badge)
    yield rf"\hypertarget{{{_anchor(theorem.label)}}}{{}}{badge} {_given(theorem)}"
    for hypothesis in theorem.hypotheses:
        yield f"Suppose: {prose(hypothesis)}"
    yield rf"\par {prose(theorem.statement)}"
    if theorem.conjecture is not None:
        yield rf"\par \emph{{A conjecture.}} {prose(theorem.conjecture)}"
    if theorem.refutation is not None:
        yield rf"\par \emph{{Refuted.}} {prose(theorem.refutation)}"
    yield rf"\par {prose(_tried(one))}"
    yield r"\end{record}"
    yield from _proof(one)
    if theorem.checks:
        yield r"\paragraph{The code.}"
        yield from _listed(theorem.checks, one.checks)
    if theorem.sharpness:
        yield r"\paragraph{Sharpness.}"
        for witness, checked in zip(theorem.sharpness, one.sharpness, strict=True):
            dropped = prose(theorem.dropped(witness))
            yield rf"\par\noindent {_badge(checked.status)} Without ``{dropped}'': "
            yield f"{prose(witness.text)} {evidence_tex(witness.evidence)}"
    yield rf"\paragraph{{What it means.}} {prose(theorem.lesson)}"
    if theorem.references:
        yield r"\paragraph{Sources.} " + " ".join(map(reference, theorem.references))


def _tried(one: CheckedTheorem) -> str:
    """Return for how many objects the claim was decided, and which one fails: prose."""
    if one.tried.failing is not None:
        return f"A counterexample: {one.tried.failing}."
    return f"The claim held for {counted(one.tried.instances, 'object')} drawn."


def _proof(one: CheckedTheorem) -> Iterator[str]:
    """Yield the steps: a proof only where they are one, with an end mark; else evidence."""
    if one.status in _EVIDENCE:
        yield r"\paragraph{Evidence.}"
        yield from _listed(one.theorem.steps, one.steps)
        return
    yield rf"\begin{{proof}}{_used(one.theorem)}"
    yield from _listed(one.theorem.steps, one.steps)
    if one.links:
        yield rf"\par\noindent\emph{{In prose:}} {prose('; '.join(one.links))}."
    yield r"\end{proof}"


def _listed(steps: Iterable[Step], checked: Iterable[CheckedStep]) -> Iterator[str]:
    for number, (step, found) in enumerate(zip(steps, checked, strict=True), start=1):
        name, badge = escaped(step.name.replace("-", " ")), _badge(found.status)
        yield rf"\par\noindent {number}. \emph{{{name}}} {badge} {prose(step.reason)}"
        yield evidence_tex(step.evidence)


def _given(theorem: Theorem) -> str:
    symbols = "; ".join(f"${symbol}$: {prose(meaning)}" for symbol, meaning in theorem.notation)
    return f"{symbols}." if symbols else ""


def _used(theorem: Theorem) -> str:
    if not theorem.uses:
        return ""
    links = (rf"\hyperlink{{{_anchor(label)}}}{{{escaped(label)}}}" for label in theorem.uses)
    return f"[Proof, from {', '.join(links)}]"


def _badge(status: str, shown: str = "") -> str:
    return rf"\status{{{_COLOURS[status]}}}{{{escaped(shown or status)}}}"


def _anchor(label: str) -> str:
    return label.replace("′", "prime")


def _textbook(found: Sequence[CheckedTheorem]) -> Iterator[str]:
    """Name the textbook theorems that the proofs invoke, with their sources."""
    steps = (step for one in found for step in one.theorem.steps)
    used = {type(s.evidence.schema) for s in steps if isinstance(s.evidence, Deduction)}
    for schema in SCHEMAS:
        if schema in used:
            yield rf"\paragraph{{{escaped(schema.title)}.}} {prose(schema.statement)} "
            yield escaped(f"{schema.reference}.")
