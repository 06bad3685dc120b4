"""Checked theorems as Markdown pages with mathematics, one per chapter."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

from stabkit import CheckedTheorem, Theorem, evidence_tex

Piece = tuple[str, str, Any]  # name, reason and evidence of a step, a check or a witness
_INTRODUCTION = (
    "Every theorem of stabkit is a record that `stabkit prove` checks; this page is written from "
    "the records. The sentences of a theorem are made from its *claim*, which a machine decides on "
    "many objects, drawn at random and at the boundary. The status is the weakest of its steps and "
    "of the theorems it uses:"
)
# What stands above the steps: only a proof is called one.
_PROOF = {"conjecture": "Evidence", "refuted": "Evidence", "numeric": "Evidence"}
_IN_STEPS = {"Proof", *_PROOF.values()}
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
    meanings = [f"* *{status}*: {meaning}." for status, meaning in Theorem.statuses.items()]
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
    yield _tried(one)
    yield ""
    yield from _listed(_PROOF.get(one.status, "Proof"), _pieces(theorem.steps), one.steps)
    if one.links:
        yield f"In prose: {'; '.join(one.links)}."
        yield ""
    yield from _listed("The code", _pieces(theorem.checks), one.checks)
    witnesses = [(theorem.dropped(w), w.text, w.evidence) for w in theorem.sharpness]
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


def _tried(one: CheckedTheorem) -> str:
    """Return for how many objects the claim was decided, and which one fails."""
    if one.tried.failing is not None:
        return f"A counterexample: {one.tried.failing}."
    count = one.tried.instances
    return f"The claim held for {count:,} {'object' if count == 1 else 'objects'} drawn."


def _pieces(steps: Sequence[Any]) -> list[Piece]:
    return [(step.name, step.reason, step.evidence) for step in steps]


def _listed(title: str, pieces: Sequence[Piece], checked: Sequence[Any]) -> Iterator[str]:
    if not pieces:
        return
    yield f"### {title}"
    yield ""
    for number, (piece, found) in enumerate(zip(pieces, checked, strict=True), start=1):
        name, reason, evidence = piece
        shown = name.replace("-", " ") if title in _IN_STEPS else name
        yield f"{number}. *{shown}* ({_marked(found)}). {reason}"
        yield from (f"   {line}".rstrip() for line in _shown(evidence))
        yield ""


def _marked(found: Any) -> str:
    implied = found.status == found.evidence or found.status == "proved"
    return found.evidence if implied else f"{found.evidence}: {found.status}"


def _shown(evidence: Any) -> Iterator[str]:
    """Yield the evidence as lines of Markdown."""
    if evidence.kind in _WORDS:
        yield _WORDS[evidence.kind](evidence)
    elif evidence.kind == "deduction":
        yield ""
        yield f"By {evidence.schema.title}:"
        for name, part in evidence.schema.obligations().items():
            yield f"* {name}:"
            yield from (f"  {line}".rstrip() for line in _shown(part))
        yield ""
        yield from evidence.in_words()
    else:
        yield ""
        yield from _markdown(evidence_tex(evidence)).split("\n")


def _enclosure(evidence: Any) -> str:
    low = "" if evidence.low is None else f"${evidence.low} <$ "
    high = "" if evidence.high is None else f" $< {evidence.high}$"
    return f"By certified enclosure: {low}{evidence.claim}{high}."


_WORDS: dict[str, Callable[[Any], str]] = {
    "exact-finite": lambda one: f"In exact arithmetic: {one.claim}. Grid: {one.grid}.",
    "enclosure": _enclosure,
    "cited": lambda one: f"{one.claim} Written proof: {_reference(one.reference)}",
    "numeric": lambda one: (
        f"Numerical evidence, no proof: {one.claim}. Cases: {one.grid}; tolerance "
        f"{one.tolerance:g}."
    ),
}


def _reference(source: Any) -> str:
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
