"""The gallery: every script of docs/gallery is run, and shown below the figure that it draws."""

from __future__ import annotations

import ast
import runpy
from collections.abc import Iterator
from pathlib import Path

import stabkit

__all__ = ["pages"]

FOLDER = Path(__file__).parents[2] / "docs" / "gallery"


def pages() -> Iterator[tuple[str, str]]:
    """Yield each script's figure and page, and the cards of docs/site/gallery.md."""
    scripts = sorted(FOLDER.glob("*.py"))
    for script in scripts:
        figure = runpy.run_path(str(script))["figure"]
        yield f"docs/gallery/{script.stem}.svg", stabkit.figure_bytes(figure, "svg").decode()
        yield f"docs/gallery/{script.stem}.md", _page(script)
    yield "docs/gallery/cards.txt", "".join(map(_card, scripts))


def _parts(script: Path) -> tuple[str, str, str]:
    """Return the title of a script, what it says, and its code."""
    source = script.read_text("utf-8")
    title, _, text = (ast.get_docstring(ast.parse(source)) or "").partition("\n\n")
    return title, text, source.rpartition('"""\n')[2].strip()


def _page(script: Path) -> str:
    title, text, code = _parts(script)
    alternative = " ".join(text.replace("`", "").split())
    picture = f"![{alternative}]({script.stem}.svg){{.narrow}}"
    return f"# {title}\n\n{text}\n\n{picture}\n\n```python\n{code}\n```\n"


def _card(script: Path) -> str:
    return (
        f"::::{{grid-item-card}} {_parts(script)[0]}\n:link: /docs/gallery/{script.stem}\n"
        f":link-type: doc\n:img-top: /docs/gallery/{script.stem}.svg\n:img-alt:\n::::\n"
    )
