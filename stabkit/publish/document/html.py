"""A document as one HTML file with MathML: no TeX, no script, no outside request.

The mathematics is translated by latex2mathml; names from users are escaped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape

from latex2mathml.converter import convert

from ...errors import printable
from .line_breaking import broken, broken_equations, prose_pieces
from .svg import STYLE, svg
from .tree import (
    CITATION,
    REFERENCE,
    CirclePlot,
    Document,
    DocumentBlock,
    Equations,
    Figure,
    Formula,
    Paragraph,
    Section,
    Statement,
    Table,
)

__all__ = ["page"]

_WIDEST = 40.0  # ems of a display
_PRIME = re.compile(r"<msup>(<m[io][^>]*>[^<]*</m[io]>)<mi>&#x02032;</mi></msup>")
_STYLE = (
    """
:root { color-scheme: light dark; --text: #1a1a1a; --page: #fff; --line: #ddd; --faint: #666;
  --soft: #f4f6f8; --blue: #0072b2; --red: #d55e00; --green: #009e73; }
@media screen and (prefers-color-scheme: dark) { :root { --text: #e6e6e6; --page: #16181c;
  --line: #3a3f47; --faint: #a3a9b3; --soft: #22262d; --blue: #56b4e9; --red: #ff8a3d;
  --green: #2fd3a0; } }
body { font-family: Georgia, "Times New Roman", serif; line-height: 1.5; max-width: 46rem;
  margin: 2rem auto; padding: 0 1rem; color: var(--text); background: var(--page); }
h1 { line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin-top: 2.2rem; border-bottom: 1px solid var(--line); }
a { color: var(--blue); }
.abstract { border-left: 3px solid var(--blue); padding-left: 1rem; }
.formula { overflow-x: auto; padding: .4rem 0; }
.numbered { display: flex; align-items: center; gap: 1rem; }
.numbered .formula { flex: 1; min-width: 0; }
mtd[columnalign="left"] { text-align: left; } mtd[columnalign="right"] { text-align: right; }
.theorem { background: var(--soft); padding: .6rem 1rem; border-radius: 4px; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; }
th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; }
figure { margin: 1.5rem 0; } figcaption { font-size: .9rem; color: var(--faint); }
.room { height: 9rem; border: 1px dashed var(--faint); }
@media print { body { max-width: none; margin: 0; font-size: 11pt; }
  .formula, .table { overflow: visible; }
  figure, .theorem, tr { break-inside: avoid; } h2 { break-after: avoid; } a { color: inherit; } }
"""
    + STYLE
)


def page(document: Document, worksheet: bool = False) -> str:
    """Return the document as HTML.

    * `worksheet`: whether tasks have room to write below them.
    """
    return "\n".join([*_Writer(document).page(worksheet), ""])


class _Writer:
    """What writes one document: it knows the numbers of its formulas, figures and tables."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.numbers: dict[str, str] = {}
        for section in document.sections:
            for block in section.blocks:
                self._count(block)

    def _count(self, block: DocumentBlock) -> None:
        label = _label(block)
        if label is not None:
            kind = label.partition(":")[0]
            known = [other for other in self.numbers if other.partition(":")[0] == kind]
            self.numbers[label] = str(len(known) + 1)

    def page(self, worksheet: bool) -> Iterator[str]:
        title = escape(printable(self.document.title))
        yield "<!DOCTYPE html>"
        yield '<html lang="en">'
        yield '<head><meta charset="utf-8">'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
        yield f"<title>{title}</title>"
        yield f"<style>{_STYLE}</style></head>"
        yield f"<body><h1>{title}</h1>"
        yield f'<p class="abstract">{self.prose(self.document.abstract)}</p>'
        for section in self.document.sections:
            yield from self.section(section, worksheet)
        if self.document.sources:
            yield "<h2>References</h2>"
            yield "<ol>"
            for source in self.document.sources:
                yield f'<li id="{source.key}">{escape(source.text)}</li>'
            yield "</ol>"
        yield "</body></html>"

    def section(self, section: Section, worksheet: bool) -> Iterator[str]:
        yield f"<h2>{escape(section.title)}</h2>"
        if section.task is not None and (worksheet or not section.blocks):
            yield f"<p>{self.prose(section.task)}</p>"
        if worksheet and not section.blocks:
            yield '<div class="room"></div>'
        for block in section.blocks:
            yield from self.block(block)

    def block(self, block: DocumentBlock) -> Iterator[str]:
        if isinstance(block, Paragraph):
            yield f"<p>{self.prose(block.text)}</p>"
        elif isinstance(block, Formula):
            yield self.display(broken(block.latex, _WIDEST), _label(block))
        elif isinstance(block, Equations):
            yield self.display(broken_equations(block.lines, _WIDEST), _label(block))
        elif isinstance(block, Table):
            yield from self.table(block)
        elif isinstance(block, Statement):
            yield self.statement(block)
        else:
            yield from self.figure(block.figure if isinstance(block, CirclePlot) else block)

    def display(self, lines: Sequence[str], label: str | None) -> str:
        rows = r" \\ ".join(lines).replace("{aligned}", "{align*}")  # latex2mathml knows one
        alone = len(lines) == 1 and ("&" not in rows or r"\begin" in rows)
        latex = rows if alone else rf"\begin{{align*}} {rows} \end{{align*}}"
        formula = _mathml(latex, "block")
        if label is None:
            return f'<div class="formula">{formula}</div>'
        number = f"<span>({self.numbers[label]})</span>"
        return (
            f'<div class="numbered" id="{_anchor(label)}"><div class="formula">{formula}</div>'
            f"{number}</div>"
        )

    def table(self, block: Table) -> Iterator[str]:
        label = _label(block)
        place = "" if label is None else f' id="{_anchor(label)}"'
        yield f'<div class="table"{place}><table>'
        if block.caption:
            yield f"<caption>{self.named('Table', label)}{self.prose(block.caption)}</caption>"
        heads = "".join(f"<th>{self.prose(head)}</th>" for head in block.heads)
        yield f"<thead><tr>{heads}</tr></thead><tbody>"
        for row in block.rows:
            yield "<tr>" + "".join(f"<td>{self.prose(cell)}</td>" for cell in row) + "</tr>"
        yield "</tbody></table></div>"

    def statement(self, block: Statement) -> str:
        suppose = "".join(f" Suppose: {self.prose(h)}" for h in block.hypotheses)
        head = f"<strong>{escape(block.label)} ({escape(block.title)}).</strong>"
        head += f" [{escape(block.badge)}]"
        said = f"{self.prose(block.where)}{suppose} <em>{self.prose(block.statement)}</em>"
        return f'<p class="theorem">{head} {said}</p>'

    def figure(self, block: Figure) -> Iterator[str]:
        label = f"fig:{block.label}"
        yield f'<figure id="{_anchor(label)}">'
        yield from svg(block.plot, self.prose, _plain(block.caption))
        caption = self.named("Figure", label) + self.prose(block.caption)
        yield f"<figcaption>{caption}</figcaption></figure>"

    def named(self, kind: str, label: str | None) -> str:
        return "" if label is None else f"<strong>{kind} {self.numbers[label]}.</strong> "

    def prose(self, text: str) -> str:
        """Return prose as HTML: mathematics, citations and references in it."""
        parts = text.split("$")
        return "".join(_inline(p) if k % 2 else self.words(p) for k, p in enumerate(parts))

    def words(self, text: str) -> str:
        parts = CITATION.split(text)
        return "".join(
            f'<a href="#{part}">[{part}]</a>' if k % 2 else self.referring(part)
            for k, part in enumerate(parts)
        )

    def referring(self, text: str) -> str:
        parts = REFERENCE.split(text)
        return "".join(self.link(p) if k % 2 else escape(p) for k, p in enumerate(parts))

    def link(self, label: str) -> str:
        kind, number = label.partition(":")[0], self.numbers.get(label, "?")
        shown = {"eq": f"({number})", "fig": f"Figure {number}", "tab": f"Table {number}"}[kind]
        return f'<a href="#{_anchor(label)}">{shown}</a>'


def _inline(latex: str) -> str:
    """Return mathematics in prose: browsers break no formula, but between two of them."""
    first, *rest = prose_pieces(latex)
    # A sign is spaced as one between two terms if something stands before it.
    return "<wbr>".join([_mathml(first), *(_mathml(f"{{}} {piece}") for piece in rest)])


def _mathml(latex: str, display: str = "inline") -> str:
    """Return it as MathML; the glyph of a prime is small and raised, and needs no exponent."""
    found: str = convert(latex, display=display)
    return _PRIME.sub(r"<mrow>\1<mi>&#x02032;</mi></mrow>", found)


def _label(block: DocumentBlock) -> str | None:
    if isinstance(block, (Figure, CirclePlot)):
        return f"fig:{block.label}"
    if isinstance(block, (Formula, Equations)) and block.label is not None:
        return f"eq:{block.label}"
    if isinstance(block, Table) and block.label is not None:
        return f"tab:{block.label}"
    return None


def _anchor(label: str) -> str:
    return label.replace(":", "-")


def _plain(text: str) -> str:
    return text.replace("$", "").replace("\\", "")
