"""Write docs/print/: slides and worksheets for every lesson, teaching plans, an exam.

Run: python scripts/make_print.py (half a minute); with --pdf the figures of the slides and all PDFs
too, which need TeX; `stabkit` computes every number. The decks are in scripts/slides, the rest in
scripts/sheets.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sheets.chosen import of_kind, of_kinds
from sheets.exam import exam
from sheets.plans import plans
from slides.lessons import figures, slides
from stabkit_lessons import LESSONS, Lesson

from stabkit import Derivation, Document, exercise_document

FOLDER = Path(__file__).parents[1] / "docs" / "print"
LEFT = '$clean_ext = "nav snm"'  # what Beamer leaves
ON_A_SHEET = 4  # exercises that fill two pages, with room to write


def worksheet(lesson: Lesson) -> Document:
    """Two pages of exercises."""
    found = of_kinds(lesson.kinds, ON_A_SHEET, 20)
    return exercise_document(found, f"Worksheet {lesson.number}: {lesson.title}")


def documents() -> Iterator[tuple[str, str]]:
    """Yield the name and the LaTeX source of everything."""
    for lesson in LESSONS:
        name = f"lesson-{lesson.number}"
        yield f"{name}-slides", slides(lesson, next(of_kind(lesson.kinds[0], 50)))
        sheet = Derivation(worksheet(lesson))
        yield f"{name}-worksheet", sheet.worksheet
        yield f"{name}-solution", sheet.solution
    for version, name in (("A", "exam"), ("B", "exam-b")):
        yield name, exam(version, solved=False)
        yield f"{name}-solution", exam(version, solved=True)
    yield "plans", Derivation(plans()).article


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    pdf = "--pdf" in sys.argv[1:]
    if pdf:
        for name, content in (pair for lesson in LESSONS for pair in figures(lesson)):
            (FOLDER / name).write_bytes(content)
    for name, text in documents():
        (FOLDER / f"{name}.tex").write_text(text, encoding="utf-8")
        for job in ("-pdf", "-c") if pdf else ():  # the PDF, without what TeX leaves beside it
            command = ["latexmk", "-norc", "-e", LEFT, job, "-quiet", f"{name}.tex"]
            subprocess.run(command, cwd=FOLDER, check=True)


if __name__ == "__main__":
    main()
