"""Checked theorems as Markdown pages with mathematics, one per chapter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from stabkit import CheckedTheorem, Formula, Section, Theorem, exposition

_INTRODUCTION = (
    "Every theorem of stabkit is a record that `stabkit prove` checks; this page is written from "
    "the records. The sentences of a theorem are made from its *claim*, which a machine decides on "
    "many objects, drawn at random and at the boundary. Letters that no theorem introduces are "
    "those of [the model](../model.md); where it is no index, $i$ is the imaginary unit, and a bar "
    "conjugates. A *formal* theorem stands on its own; otherwise the status is the weakest of "
    "the steps and of the theorems that are used:"
)
_MANY = 4  # letters of a statement from which on they are a list
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
    opening = members[0].theorem.opening
    lines = [f"# {chapter}", "", "[All theorems](README.md)", "", opening, ""]
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
    statement, *others = exposition(one)
    yield f"## {theorem.label} {theorem.title}"
    yield ""
    yield f"*{one.badge}*" + (f", from {', '.join(theorem.uses)}" if theorem.uses else "")
    yield ""
    yield from _statement(theorem, statement)
    yield _tried(one)
    yield ""
    for section in others:
        yield f"### {section.title}"
        yield ""
        yield from _blocks(section)
    for source in theorem.references:
        yield f"Source: {source.authors}, *{source.title}*, {source.locator}."
        yield ""


def _statement(theorem: Theorem, statement: Section) -> Iterator[str]:
    """Yield a statement, its letters as a list where they are many."""
    if len(theorem.notation) < _MANY:
        yield from _blocks(statement)
        return
    yield from ("Let", "")
    *others, last = (f"* ${symbol}$ be {meaning}" for symbol, meaning in theorem.notation)
    yield from (f"{one};" for one in others)
    yield from (f"{last}.", "")
    yield from _blocks(replace(statement, blocks=statement.blocks[1:]))


def _tried(one: CheckedTheorem) -> str:
    """Return for how many objects the claim was decided, and which one fails."""
    if one.tried.failing is not None:
        return f"A counterexample: {one.tried.failing}."
    count = one.tried.instances
    return f"The claim held for {count:,} {'object' if count == 1 else 'objects'} drawn."


def _blocks(section: Section) -> Iterator[str]:
    for block in section.blocks:
        if isinstance(block, Formula):
            yield f"```math\n{block.latex}\n```"
        else:
            yield block.text
        yield ""


def _inline(page: str) -> str:
    """Return a page with what Markdown would take for its own replaced outside of math blocks."""
    parts = page.split("```")
    for k in range(0, len(parts), 2):
        for escape, command in _MARKDOWN.items():
            parts[k] = parts[k].replace(escape, command)
    return "```".join(parts)
