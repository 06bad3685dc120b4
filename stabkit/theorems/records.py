"""Theorems as records: statement, hypotheses, proof in steps, sharpness, the code they speak about.

One record is checked by the runner, printed as LaTeX and read as a lesson. Prose in a record is
plain text with LaTeX mathematics between dollar signs, and without any other markup, so that it can
become a page or an article as it is.

The *steps* prove the theorem; its status is the weakest of theirs and of the theorems it uses. The
*checks* compare the code of stabkit with it, on examples: they must hold, and prove nothing. The
*witnesses* show that a hypothesis cannot be dropped: each exhibits a failure without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .evidence import Evidence, Reference

__all__ = ["Step", "Theorem", "Variable", "Witness", "paper"]


def paper(locator: str) -> Reference:
    """Return the reference to the paper that the model is from, [ADLS], at a place in it.

    Examples
    --------
    >>> paper("section 3").complete
    True
    """
    return Reference(
        "R. Ao, J. Dong, G. Luo, D. Simchi-Levi",
        "Service-Induced Congestion in Memory-Constrained LLM Serving, arXiv:2606.15555 (2026)",
        locator,
    )


@dataclass(frozen=True)
class Variable:
    """A quantified variable: its symbol, as LaTeX, what it is, and its domain."""

    symbol: str
    meaning: str
    domain: str


@dataclass(frozen=True)
class Step:
    """One step of a proof.

    Attributes
    ----------
    name : str
        Unique within the theorem; lower case words with hyphens.
    reason : str
        Why it holds, and what it gives: prose with mathematics.
    evidence : Evidence
    """

    name: str
    reason: str
    evidence: Evidence

    @property
    def left(self) -> Any:
        """The left side, where the evidence has one."""
        return getattr(self.evidence, "left", getattr(self.evidence, "term", None))

    @property
    def right(self) -> Any:
        """The right side, where the evidence has one."""
        return getattr(self.evidence, "right", getattr(self.evidence, "closed", None))


@dataclass(frozen=True)
class Witness:
    """Why a hypothesis is needed: without it, this fails.

    Attributes
    ----------
    drops : str
        The hypothesis, one of the theorem's, word for word.
    text : str
        What fails: prose with mathematics.
    evidence : Evidence
        That it does.
    """

    drops: str
    text: str
    evidence: Evidence


@dataclass(frozen=True)
class Theorem:
    """A result of the theory.

    Attributes
    ----------
    label : str
        R7, or a word such as "kernel"; unique.
    title : str
    variables : tuple of Variable
    hypotheses : tuple of str
        Prose with mathematics, each one sentence.
    statement : str
        What follows from them: prose with mathematics.
    formula : sympy.Basic
        The statement's central formula, as an object.
    steps : tuple of Step
        The proof.
    lesson : str
        What it means, for somebody who meets it for the first time: a paragraph or two.
    uses : tuple of str
        Labels of earlier theorems that the proof rests on.
    code : tuple of str
        Public names of stabkit that compute what it speaks about, as ``stabkit.threshold``.
    references : tuple of Reference
    checks : tuple of Step
        Comparisons of that code with the theorem.
    sharpness : tuple of Witness
    conjecture : str or None
        Where no proof is known: what has been searched.
    chapter : str
        The title of the chapter that it stands in.
    """

    label: str
    title: str
    variables: tuple[Variable, ...]
    hypotheses: tuple[str, ...]
    statement: str
    formula: Any
    steps: tuple[Step, ...]
    lesson: str
    uses: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    checks: tuple[Step, ...] = ()
    sharpness: tuple[Witness, ...] = ()
    conjecture: str | None = None
    chapter: str = ""
