"""Which chapter uses which, as a graph in TikZ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ...theorems.checked import CheckedTheorem
from ..document.latex_words import escaped

__all__ = ["chapters_drawn"]

_ACROSS, _DOWN = 4.1, 1.7  # centimetres from box to box
_STYLE = r"draw=stabkitgrey,rounded corners=2pt,text width=3.4cm,align=center,font=\small"
_CAPTION = (
    r"\caption{An arrow leads from a chapter to one that uses its results; arrows that others "
    r"imply are left out.}"
)


def chapters_drawn(found: Sequence[CheckedTheorem]) -> Iterator[str]:
    """Yield a figure of the chapters, each below all that it uses; nothing for a single one."""
    rows = _rows(_uses(found))
    if sum(map(len, rows)) < 2:
        return
    titles = list(dict.fromkeys(one.theorem.chapter for one in found))
    yield from (r"\begin{figure}[htb]\centering", r"\begin{tikzpicture}[>=stealth]")
    for depth, row in enumerate(rows):
        for k, title in enumerate(row):
            place = f"({_ACROSS * (k - (len(row) - 1) / 2):g},{0 - _DOWN * depth:g})"
            number = titles.index(title) + 1
            yield rf"\node[{_STYLE}] (c{number}) at {place} {{{number}\enspace {escaped(title)}}};"
    for used, user in _reduced(_uses(found)):
        yield rf"\draw[->,stabkitgrey] (c{titles.index(used) + 1}) -- (c{titles.index(user) + 1});"
    yield from (r"\end{tikzpicture}", _CAPTION, r"\end{figure}")


def _uses(found: Sequence[CheckedTheorem]) -> dict[str, set[str]]:
    """Return for every chapter the others that it uses, in order."""
    home = {one.theorem.label: one.theorem.chapter for one in found}
    return {
        chapter: {home[label] for one in members for label in one.theorem.uses if label in home}
        - {chapter}
        for chapter, members in groupby(found, lambda one: one.theorem.chapter)
    }


def _rows(uses: dict[str, set[str]]) -> list[list[str]]:
    """Return the chapters by the length of the longest chain of uses above them."""
    depth: dict[str, int] = {}
    for chapter, used in uses.items():
        depth[chapter] = 1 + max((depth[one] for one in used), default=-1)
    return [[c for c in uses if depth[c] == d] for d in range(max(depth.values(), default=-1) + 1)]


def _reduced(uses: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Yield (used, user) where no third chapter stands between them."""
    above: dict[str, set[str]] = {}
    for chapter, used in uses.items():
        above[chapter] = used.union(*(above[one] for one in used))
        between = set[str]().union(*(above[one] for one in used))
        yield from ((one, chapter) for one in uses if one in used - between)
