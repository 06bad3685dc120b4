"""The printed matter as PDF: what docs/print holds as LaTeX, and the article on the theory."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

from slides.lessons import figures
from stabkit_lessons import LESSONS

__all__ = ["SOURCES", "documents"]

DOCS = Path(__file__).parents[2] / "docs"
# A file names itself by the time and the place of its making; ours does not.
_LATEXMK = ("latexmk", "-norc", "-pdf", "-quiet", r"-usepretex=\pdftrailerid{}")
SOURCES = (*sorted((DOCS / "print").glob("*.tex")), DOCS / "theory.tex")
SLIDES = {f"lesson-{lesson.number}-slides": lesson for lesson in LESSONS}


def documents() -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every PDF; latexmk makes it, dated by SOURCE_DATE_EPOCH."""
    for source in SOURCES:
        with TemporaryDirectory() as folder:
            for name, content in figures(SLIDES[source.stem]) if source.stem in SLIDES else ():
                Path(folder, name).write_bytes(content)
            copy(source, folder)
            subprocess.run([*_LATEXMK, source.name], cwd=folder, check=True, capture_output=True)
            pdf = f"{source.stem}.pdf"
            yield f"{source.parent.relative_to(DOCS.parent)}/{pdf}", Path(folder, pdf).read_bytes()
