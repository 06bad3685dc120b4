"""The printed matter as PDF: what docs/print holds as LaTeX, and the article on the theory."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from shutil import rmtree

from slides.lessons import figures
from stabkit_lessons import LESSONS

__all__ = ["MADE", "SOURCES", "documents"]

DOCS = Path(__file__).parents[2] / "docs"
MADE = DOCS.parent / "build" / "print"  # what TeX made, and what it said
# A file names itself by the time and the place of its making; ours does not.
_LATEXMK = ("latexmk", "-norc", "-pdf", "-quiet", r"-usepretex=\pdftrailerid{}")
_OWN = re.compile(r"^(?=\\hypersetup|\\title|\\begin\{document\})", re.MULTILINE)
SOURCES = (*sorted((DOCS / "print").glob("*.tex")), DOCS / "theory.tex")
SLIDES = {f"lesson-{lesson.number}-slides": lesson for lesson in LESSONS}


def documents() -> Iterator[tuple[str, bytes]]:
    """Yield the path and the bytes of every PDF; latexmk makes it, dated by SOURCE_DATE_EPOCH."""
    rmtree(MADE, ignore_errors=True)
    MADE.mkdir(parents=True)
    formats: dict[str, str] = {}
    for source in SOURCES:
        for name, content in figures(SLIDES[source.stem]) if source.stem in SLIDES else ():
            (MADE / name).write_bytes(content)
        preamble, own = _OWN.split(source.read_text("utf-8"), maxsplit=1)
        if preamble not in formats:
            formats[preamble] = _format(preamble, f"format-{len(formats)}")
        (MADE / source.name).write_text(own, encoding="utf-8")
        _run(*_LATEXMK, f"-latexoption=-fmt={formats[preamble]}", source.name)
        pdf = f"{source.stem}.pdf"
        yield f"{source.parent.relative_to(DOCS.parent)}/{pdf}", (MADE / pdf).read_bytes()


def _format(preamble: str, name: str) -> str:
    """Keep what TeX knows after a preamble, whose packages take longer to read than most pages."""
    (MADE / f"{name}.tex").write_text(rf"{preamble}\dump", encoding="utf-8")
    _run("pdflatex", "-ini", "-interaction=nonstopmode", "-halt-on-error", "&pdflatex", name)
    return name


def _run(*command: str) -> None:
    subprocess.run(command, cwd=MADE, check=True, capture_output=True)
