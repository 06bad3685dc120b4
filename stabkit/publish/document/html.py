"""A document as one HTML file with MathML: no TeX, no script, no outside request.

The mathematics is translated by latex2mathml; names from users are escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from latex2mathml.converter import convert

from .tree import (
    CITATION,
    CirclePlot,
    Document,
    DocumentBlock,
    Formula,
    Paragraph,
    Section,
    Statement,
    Table,
)

__all__ = ["page"]

_STYLE = """
body { font-family: Georgia, "Times New Roman", serif; line-height: 1.5; max-width: 46rem;
  margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; background: #fff; }
h1 { line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin-top: 2.2rem; border-bottom: 1px solid #ccc; }
.abstract { border-left: 3px solid #0072b2; padding-left: 1rem; }
.formula { overflow-x: auto; padding: .4rem 0; }
.theorem { background: #f4f6f8; padding: .6rem 1rem; border-radius: 4px; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .92rem; }
th, td { padding: .2rem .7rem; text-align: right; border-bottom: 1px solid #e0e0e0; }
th:first-child, td:first-child { text-align: left; }
figure { margin: 1.5rem 0; } figcaption { font-size: .9rem; color: #444; }
svg { max-width: 24rem; width: 100%; height: auto; }
.room { height: 9rem; border: 1px dashed #bbb; }
"""


def page(document: Document, worksheet: bool = False) -> str:
    """Return the document as HTML.

    Parameters
    ----------
    document : Document
    worksheet : bool
        Whether tasks have room to write below them.
    """
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        '<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(document.title)}</title>",
        f"<style>{_STYLE}</style></head>",
        f"<body><h1>{escape(document.title)}</h1>",
        f'<p class="abstract">{_prose(document.abstract)}</p>',
    ]
    for section in document.sections:
        lines += _section(section, worksheet)
    if document.sources:
        lines += ["<h2>References</h2>", "<ol>"]
        lines += [
            f'<li id="{source.key}">{escape(source.text)}</li>' for source in document.sources
        ]
        lines += ["</ol>"]
    return "\n".join([*lines, "</body></html>", ""])


def _section(section: Section, worksheet: bool) -> Iterator[str]:
    yield f"<h2>{escape(section.title)}</h2>"
    if section.task is not None and (worksheet or not section.blocks):
        yield f"<p>{_prose(section.task)}</p>"
    if worksheet and not section.blocks:
        yield '<div class="room"></div>'
    for block in section.blocks:
        yield from _block(block)


def _block(block: DocumentBlock) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield f"<p>{_prose(block.text)}</p>"
    elif isinstance(block, Formula):
        yield f'<div class="formula">{convert(block.latex, display="block")}</div>'
    elif isinstance(block, Table):
        heads = "".join(f"<th>{_prose(head)}</th>" for head in block.heads)
        yield f'<div class="table"><table><thead><tr>{heads}</tr></thead><tbody>'
        for row in block.rows:
            yield "<tr>" + "".join(f"<td>{_prose(cell)}</td>" for cell in row) + "</tr>"
        yield "</tbody></table></div>"
    elif isinstance(block, Statement):
        suppose = "".join(f" Suppose: {_prose(h)}" for h in block.hypotheses)
        head = f"<strong>{escape(block.label)} ({escape(block.title)}).</strong>"
        head += f" [{escape(block.badge)}]"
        said = f"<em>{_prose(block.statement)}</em> {_prose(block.where)}"
        yield f'<p class="theorem">{head}{suppose} {said}</p>'
    else:
        yield from _plot(block)


def _prose(text: str) -> str:
    parts = text.split("$")
    return "".join(convert(part) if k % 2 else _words(part) for k, part in enumerate(parts))


def _words(text: str) -> str:
    parts = CITATION.split(text)
    return "".join(
        f'<a href="#{part}">[{part}]</a>' if k % 2 else escape(part) for k, part in enumerate(parts)
    )


def _plot(plot: CirclePlot) -> Iterator[str]:
    everything = (*plot.points, *plot.on, *plot.marks)
    limit = 1.1 * max([1.0, *(max(abs(x), abs(y)) for x, y in everything)])
    size = limit / (60 if len(plot.points) <= 60 else 160)
    yield "<figure>"
    yield (
        f'<svg viewBox="{-limit:.4f} {-limit:.4f} {2 * limit:.4f} {2 * limit:.4f}" role="img" '
        f'aria-label="{escape(_plain(plot.caption), quote=True)}">'
    )
    thin = f'stroke-width="{limit / 300:.5f}"'
    yield f'<line x1="{-limit}" x2="{limit}" y1="0" y2="0" stroke="#ddd" {thin}/>'
    yield f'<line y1="{-limit}" y2="{limit}" x1="0" x2="0" stroke="#ddd" {thin}/>'
    yield f'<circle r="1" fill="none" stroke="#000" {thin}/>'
    for x, y in plot.marks:
        ring = f'fill="none" stroke="#009e73" {thin}'
        yield f'<circle cx="{x:.6f}" cy="{-y:.6f}" r="{2 * size:.5f}" {ring}/>'
    for x, y in plot.on:
        yield f'<circle cx="{x:.6f}" cy="{-y:.6f}" r="{size:.5f}" fill="#000"/>'
    for x, y in plot.points:
        colour = "#0072b2" if x * x + y * y < 1 else "#d55e00"
        yield f'<circle cx="{x:.6f}" cy="{-y:.6f}" r="{size:.5f}" fill="{colour}"/>'
    yield f"</svg><figcaption>{_prose(plot.caption)}</figcaption></figure>"


def _plain(text: str) -> str:
    return text.replace("$", "").replace("\\", "")
