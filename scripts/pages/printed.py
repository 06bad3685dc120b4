"""The printed matter as PDF: what docs/print holds as LaTeX, and the article on the theory."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import copy, rmtree

from slides.lessons import figures
from stabkit_lessons import LESSONS

__all__ = ["MADE", "SOURCES", "documents"]

DOCS = Path(__file__).parents[2] / "docs"
MADE = DOCS.parent / "build" / "print"  # what TeX made, and what it said
# A file names itself by the time and the place of its making; ours does not.
_LATEXMK = ("latexmk", "-norc", "-pdf", "-quiet", r"-usepretex=\pdftrailerid{}")
SOURCES = (*sorted((DOCS / "print").glob("*.tex")), DOCS / "theory.tex")
SLIDES = {f"lesson-{lesson.number}-slides": lesson for lesson in LESSONS}


def documents() -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every PDF; latexmk makes it, dated by SOURCE_DATE_EPOCH."""
    rmtree(MADE, ignore_errors=True)
    MADE.mkdir(parents=True)
    for source in SOURCES:
        for name, content in figures(SLIDES[source.stem]) if source.stem in SLIDES else ():
            (MADE / name).write_bytes(content)
        copy(source, MADE)
        subprocess.run([*_LATEXMK, source.name], cwd=MADE, check=True, capture_output=True)
        pdf = f"{source.stem}.pdf"
        yield f"{source.parent.relative_to(DOCS.parent)}/{pdf}", (MADE / pdf).read_bytes()
