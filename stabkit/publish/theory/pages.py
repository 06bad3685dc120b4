"""Checked theorems as Markdown pages with mathematics, one per chapter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ...theorems.checked import CheckedStep, CheckedTheorem
from ...theorems.evidence import (
    MEANINGS,
    Cited,
    Enclosure,
    Evidence,
    ExactFinite,
    Identity,
    Inequality,
    Numeric,
    Reference,
    Summation,
)
from ...theorems.records import Step, Theorem
from ...theorems.textbook.deduction import Deduction
from ...theorems.textbook.limits import Vanishing
from ..text.numbers import counted
from .evidence import concluded, displayed

__all__ = ["PROOF", "theory_pages", "tried_text"]

_FORMULAS = (Identity, Summation, Inequality, Vanishing)
_INTRODUCTION = (
    "Every theorem of stabkit is a record that `stabkit prove` checks; this page is written from "
    "the records. The sentences of a theorem are made from its *claim*, which a machine decides on "
    "many objects, drawn at random and at the boundary. The status is the weakest of its steps and "
    "of the theorems it uses:"
)
# What stands above the steps: only a proof is called one.
PROOF = {"conjecture": "Evidence", "refuted": "Evidence", "numeric": "Evidence"}
_IN_STEPS = {"Proof", *PROOF.values()}
# Markdown takes a backslash before punctuation for its own, even within mathematics.
_MARKDOWN = {
    r"\{": r"\lbrace{}",
    r"\}": r"\rbrace{}",
    r"\,": r"\thinspace{}",
    r"\;": r"\enspace{}",
    r"\!": "",
    r"\|": r"\Vert{}",
}


def theory_pages(found: Sequence[CheckedTheorem]) -> dict[str, str]:
    """Return the pages by file name: one per chapter, and README.md with the table of all.

    Parameters
    ----------
    found : sequence of CheckedTheorem

    Returns
    -------
    dict of str to str
        The same text for the same findings, to the last byte.
    """
    pages, rows = {}, []
    for number, (chapter, part) in enumerate(groupby(found, lambda one: one.theorem.chapter), 1):
        members = list(part)
        name = f"{number:02d}-{chapter.lower().replace(' ', '-')}.md"
        pages[name] = _page(chapter, members)
        rows += [
            f"| [{one.theorem.label}]({name}#{_anchor(one.theorem)}) | {one.theorem.title} | "
            f"{one.badge} |"
            for one in members
        ]
    table = ["| label | title | status |", "|---|---|---|", *rows]
    meanings = [f"* *{status}*: {meaning}." for status, meaning in MEANINGS.items()]
    introduction = ["# The theory", "", _INTRODUCTION, "", *meanings, ""]
    pages["README.md"] = "\n".join([*introduction, *table, ""])
    return pages


def _page(chapter: str, members: Sequence[CheckedTheorem]) -> str:
    lines = [f"# {chapter}", "", "[All theorems](README.md)", ""]
    for one in members:
        lines += [*_theorem(one), ""]
    return _inline("\n".join(lines))


def _anchor(theorem: Theorem) -> str:
    kept = "".join(
        c for c in f"{theorem.label} {theorem.title}".lower() if c.isalnum() or c in " -"
    )
    return kept.replace(" ", "-")


def _theorem(one: CheckedTheorem) -> Iterator[str]:
    theorem = one.theorem
    yield f"## {theorem.label} {theorem.title}"
    yield ""
    yield f"*{one.badge}*" + (f", from {', '.join(theorem.uses)}" if theorem.uses else "")
    yield ""
    for symbol, meaning in theorem.notation:
        yield f"* ${symbol}$: {meaning}"
    yield ""
    for hypothesis in theorem.hypotheses:
        yield f"Suppose: {hypothesis}"
        yield ""
    yield theorem.statement
    yield ""
    if theorem.conjecture is not None:
        yield f"A conjecture. {theorem.conjecture}"
        yield ""
    if theorem.refutation is not None:
        yield f"Refuted. {theorem.refutation}"
        yield ""
    yield tried_text(one)
    yield ""
    yield from _listed(PROOF.get(one.status, "Proof"), theorem.steps, one.steps)
    if one.links:
        yield f"In prose: {'; '.join(one.links)}."
        yield ""
    yield from _listed("The code", theorem.checks, one.checks)
    witnesses = [Step(theorem.dropped(w), w.text, w.evidence) for w in theorem.sharpness]
    yield from _listed("Sharpness: without a hypothesis", witnesses, one.sharpness)
    yield "### What it means"
    yield ""
    yield theorem.lesson
    yield ""
    if theorem.code:
        yield "In stabkit: " + ", ".join(f"`{name}`" for name in theorem.code) + "."
        yield ""
    for source in theorem.references:
        yield f"Source: {_reference(source)}"
        yield ""


def tried_text(one: CheckedTheorem) -> str:
    """Return for how many objects the claim was decided, and which one fails: prose."""
    if one.tried.failing is not None:
        return f"A counterexample: {one.tried.failing}."
    return f"The claim held for {counted(one.tried.instances, 'object')} drawn."


def _listed(title: str, steps: Sequence[Step], checked: Sequence[CheckedStep]) -> Iterator[str]:
    if not steps:
        return
    yield f"### {title}"
    yield ""
    for number, (step, found) in enumerate(zip(steps, checked, strict=True), start=1):
        name = step.name.replace("-", " ") if title in _IN_STEPS else step.name
        yield f"{number}. *{name}* ({_marked(found)}). {step.reason}"
        yield from (f"   {line}".rstrip() for line in _shown(step.evidence))
        yield ""


def _marked(found: CheckedStep) -> str:
    implied = found.status == found.evidence or found.status == "proved"
    return found.evidence if implied else f"{found.evidence}: {found.status}"


def _shown(evidence: Evidence) -> Iterator[str]:
    """Yield the evidence as lines of Markdown."""
    if isinstance(evidence, _FORMULAS):
        yield ""
        yield from _markdown(displayed(evidence)).split("\n")
    elif isinstance(evidence, Deduction):
        yield ""
        yield f"By {evidence.schema.title}:"
        for name, part in evidence.schema.obligations().items():
            yield f"* {name}:"
            yield from (f"  {line}".rstrip() for line in _shown(part))
        yield ""
        yield from concluded(evidence)
    else:
        yield from _words(evidence)


def _words(evidence: Evidence) -> Iterator[str]:
    if isinstance(evidence, ExactFinite):
        yield f"In exact arithmetic: {evidence.claim}. Grid: {evidence.grid}."
    elif isinstance(evidence, Enclosure):
        low = "" if evidence.low is None else f"${evidence.low} <$ "
        high = "" if evidence.high is None else f" $< {evidence.high}$"
        yield f"By certified enclosure: {low}{evidence.claim}{high}."
    elif isinstance(evidence, Cited):
        yield f"{evidence.claim} Written proof: {_reference(evidence.reference)}"
    elif isinstance(evidence, Numeric):
        yield (
            f"Numerical evidence, no proof: {evidence.claim}. Cases: {evidence.grid}; tolerance "
            f"{evidence.tolerance:g}."
        )
    else:
        raise KeyError(type(evidence))


def _reference(source: Reference) -> str:
    return f"{source.authors}, *{source.title}*, {source.locator}."


def _markdown(text: str) -> str:
    return text.replace("\\[\n", "```math\n").replace("\n\\]", "\n```")


def _inline(page: str) -> str:
    """Return a page with what Markdown would take for its own replaced outside of math blocks."""
    parts = page.split("```")
    for k in range(0, len(parts), 2):
        for escape, command in _MARKDOWN.items():
            parts[k] = parts[k].replace(escape, command)
    return "```".join(parts)
