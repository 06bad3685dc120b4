"""Theorems as records: a claim, a proof in steps, sharpness, the code they speak about.

One record is checked by the runner, printed as LaTeX and read as a lesson. What it states is its
*claim* (`stabkit.theorems.claims`): the sentences and the formula are made from it. Other prose in
a record is plain text with LaTeX mathematics between dollar signs, and without any other markup, so
that it can become a page or an article as it is.

The *steps* prove the theorem; its status is the weakest of theirs and of the theorems it uses. What
one step shows goes to the next as data (`stabkit.theorems.facts`) or in prose; where prose is left,
the theorem is argued, not proved (`stabkit.theorems.links`). Where Coq has checked a proof of the
whole theorem, the theorem is *formal*, whatever the steps rest on. The *checks* compare the code of
stabkit with it, on examples: they must hold, and prove nothing. The *witnesses* show that a
hypothesis cannot be dropped: each exhibits a failure without it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..records import Record
from . import wording
from .claims import Claim
from .evidence import MEANINGS, Evidence, Reference, Status

__all__ = ["Formal", "Step", "Theorem", "Use", "Witness", "paper"]


def paper(locator: str) -> Reference:
    """Return the reference to the paper that the model is from, [ADLS], at a place in it.

    >>> paper("section 3").complete
    True
    """
    return Reference(
        "R. Ao, J. Dong, G. Luo, D. Simchi-Levi",
        "Service-Induced Congestion in Memory-Constrained LLM Serving, arXiv:2606.15555 (2026)",
        locator,
    )


@dataclass(frozen=True)
class Use:
    """What an earlier step, or a theorem, shows, taken at values of its parameters."""

    name: str
    at: Mapping[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """One step of a proof.

    * `name`: unique within the theorem; lower case words with hyphens.
    * `reason`: why it holds, and what it gives: prose with mathematics.
    * `uses`: earlier steps, or theorems that the record uses, whose facts discharge what this step
      takes for granted.
    """

    name: str
    reason: str
    evidence: Evidence
    uses: tuple[Use, ...] = ()

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

    * `drops` (sympy predicate): the hypothesis, one of the claim's.
    * `text`: what fails: prose with mathematics.
    * `evidence`: that it does.
    """

    drops: Any
    text: str
    evidence: Evidence


@dataclass(frozen=True)
class Formal:
    """A proof that Coq has checked, in the folder ``proofs/coq``; of a refuted claim, a refutation.

    * `file`: such as Evictions.v.
    * `names`: of its theorems: together they say what the record says.
    * `digest`: of what both said when one was last read against the other.
    * `part`: how much of the theorem they prove, if not all: prose with mathematics.
    """

    file: str
    names: tuple[str, ...]
    digest: str
    part: str = ""

    def sentence(self, refutes: bool = False) -> str:
        """Return where it is, and what it shows of the claim: plain text with mathematics."""
        shown = "Formal refutation" if refutes else "Formal"
        part = f" in part, {self.part}" if self.part else ""
        return f"{shown}{part}: {', '.join(self.names)} in proofs/coq/{self.file}."


@dataclass(frozen=True, repr=False)
class Theorem(Record):
    """A result of the theory.

    Attributes
    ----------
    label : str
        R7, or a word such as "kernel"; unique.
    title : str
    claim : Claim
        What is stated; `hypotheses`, `statement` and `formula` are read off it.
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
    formal : Formal or None
        The proof, or refutation, that a proof assistant has checked, beside the steps.
    conjecture : str or None
        Where no proof is known: what has been searched.
    refutation : str or None
        Where the claim is known to be false: its history. The runner must find a counterexample.
    picture : callable or None
        Returns a `Figure` for those who read it; it proves nothing.
    chapter : str
        The title of the chapter that it stands in.
    opening : str
        What that chapter proves, and why in this order: a paragraph.
    badge : str
        The status that the runner found when the records were last published, for surfaces that
        quote a theorem without checking it.

    Examples
    --------
    >>> from stabkit import theorems
    >>> found = next(one for one in theorems() if one.label == "R5")
    >>> found.title, len(found.hypotheses)
    ('One decode length: every mode is unstable', 2)
    """

    label: str
    title: str
    claim: Claim
    steps: tuple[Step, ...]
    lesson: str
    uses: tuple[str, ...] = ()
    code: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    checks: tuple[Step, ...] = ()
    sharpness: tuple[Witness, ...] = ()
    formal: Formal | None = None
    conjecture: str | None = None
    refutation: str | None = None
    picture: Callable[[], Any] | None = field(default=None, repr=False)
    chapter: str = ""
    opening: str = field(default="", repr=False)
    badge: str = "not checked"
    statuses: ClassVar[Mapping[Status, str]] = MEANINGS  # what each one means, the strongest first

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """The hypotheses, a sentence each: prose with mathematics."""
        return wording.hypotheses(self.claim)

    @property
    def statement(self) -> str:
        """What follows from them: prose with mathematics."""
        return wording.conclusions(self.claim)

    @property
    def notation(self) -> tuple[tuple[str, str], ...]:
        """The symbols of the statement, as LaTeX, and what they mean."""
        return wording.notation(self.claim)

    @property
    def formula(self) -> Any:
        """The first conclusion, as a sympy object."""
        return self.claim.conclusions[0]

    def dropped(self, witness: Witness) -> str:
        """Return the hypothesis that a witness drops, as a sentence."""
        return self.hypotheses[self.claim.hypotheses.index(witness.drops)]
