"""Write docs/print/: slides and worksheets for every lesson, teaching plans, an exam.

Run: python scripts/make_print.py (6 seconds); with --pdf the PDFs too, which need TeX. All of it
comes from the catalogue of the lessons, the theorem records, derivations and generated exercises.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from slides.deck import deck
from stabkit_lessons import LESSONS, Lesson

import stabkit
from stabkit import (
    Derivation,
    Document,
    Paragraph,
    Section,
    Statement,
    Table,
    Theorem,
    exercise_document,
)

FOLDER = Path(__file__).parents[1] / "docs" / "print"
ON_A_SHEET = 4  # exercises that fill two pages, with room to write
POINTS = {"easy": 4, "medium": 7, "hard": 10}
EXAM = (
    ("cycle", 9),
    ("roots", 5),
    ("roots", 6),
    ("gcd", 5),
    ("gcd", 6),
    ("threshold", 8),
    ("cycle", 8),
    ("policy", 6),
)


def slides(lesson: Lesson) -> Document:
    """Goals, theorems with what they mean, a calculation, and exercises with answers."""
    records = {theorem.label: theorem for theorem in stabkit.theorems()}
    sections = [
        Section("Goals", tuple(Paragraph(f"Afterwards you can {g}.") for g in lesson.goals))
    ]
    for label in lesson.theorems:
        one = records[label]
        evidence = [Paragraph(f"Evidence: {one.conjecture}")] if one.conjecture else []
        sections.append(Section(one.title, (Paragraph(one.lesson), statement(one), *evidence)))
    sections += [Section(title, (Paragraph(text),)) for title, text in lesson.frames]
    mix = stabkit.Workload.from_classes(list(lesson.example))
    derivation = stabkit.derive(mix).document
    derived = {section.title: section for section in derivation.sections}
    sections += [Section(f"{name}: {mix.name}", derived[name].blocks) for name in lesson.sections]
    asked = exercise_document(exercises(lesson, 2, 50), "").sections
    sections += [Section(f"Exercise {k}", (), one.task) for k, one in enumerate(asked, 1)]
    sections += [Section(f"Answer {k}", one.blocks) for k, one in enumerate(asked, 1)]
    about = (
        f"Lesson {lesson.number} of {len(LESSONS)}. You need: {'; '.join(lesson.prerequisites)}."
    )
    sources = [source for source in derivation.sources if cited(source.key, sections)]
    return Document(lesson.title, about, sections, sources)


def statement(one: Theorem) -> Statement:
    return Statement(one.label, one.title, one.badge, one.notation, one.hypotheses, one.statement)


def cited(key: str, sections: list[Section]) -> bool:
    """Tell whether a paragraph cites the source."""
    blocks = [block for section in sections for block in section.blocks]
    return any(f"[{key}]" in block.text for block in blocks if isinstance(block, Paragraph))


def exercises(lesson: Lesson, count: int, seed: int) -> list[stabkit.Exercise]:
    """Return exercises of the lesson's topics in turn, from a seed on."""
    topics = lesson.topics
    return [
        stabkit.exercise(topics[k % len(topics)], seed + lesson.number + k // len(topics))
        for k in range(count)
    ]


def worksheet(lesson: Lesson) -> Document:
    """Two pages of exercises."""
    return exercise_document(
        exercises(lesson, ON_A_SHEET, 20), f"Worksheet {lesson.number}: {lesson.title}"
    )


def exam() -> Document:
    """An exam of 90 minutes over all topics."""
    found = [stabkit.exercise(topic, seed) for topic, seed in EXAM]
    document = exercise_document(found, "Examination: stability of memory-constrained LLM serving")
    points = [POINTS[one.difficulty] for one in found]
    sections = [
        Section(f"{section.title.split(' (')[0]} ({worth} points)", section.blocks, section.task)
        for section, worth in zip(document.sections, points, strict=True)
    ]
    about = f"90 minutes, {sum(points)} points. A pocket calculator is allowed. {document.abstract}"
    return Document(document.title, about, sections, ())


def plans() -> Document:
    """Teaching plans for one and for two hours, and for a course."""
    by_number = {lesson.number: lesson for lesson in LESSONS}

    def table(rows: tuple[tuple[int, str, str], ...]) -> Table:
        return Table(("what", "minutes", "with"), tuple((a, str(n), b) for n, a, b in rows))

    short = (
        (5, "The puzzle: a server that loses an eighth of its work by itself", "worst cycle film"),
        (10, "By hand: s = 2, l = 2, B = 140, everybody with a pencil", "lesson 1"),
        (10, "The equation of a full memory; one class never holds", "lesson 2"),
        (10, "Two classes: find the threshold of 3 and 5 with the slider", "lesson 3"),
        (5, "What to do: a rate limit", "lesson 7"),
        (5, "Questions; the worksheet is homework", "worksheet 2"),
    )
    long = (
        (15, "By hand, and the worst cycle", "lesson 1"),
        (15, "One class: annulus, loss of one half", "lesson 2"),
        (20, "Unit circle, synchronised modes, renewal graph", "lessons 3, 4"),
        (15, "Coprime is not enough: threshold and variance law", "lesson 5"),
        (15, "Policies; each group defends one", "lesson 7"),
        (10, "What the model leaves out; a real run; what chance does", "lessons 8, 9"),
    )
    course = Table(
        ("lesson", "minutes", "exercises"),
        tuple(
            (
                f"{n}. {by_number[n].title}",
                str(by_number[n].minutes),
                ", ".join(by_number[n].topics),
            )
            for n in sorted(by_number)
        ),
    )
    return Document(
        "Teaching plans",
        "Three ways to teach this material. The lessons are notebooks, the worksheets have two "
        "pages and a solution each; all of them are made from the same records.",
        (
            Section("One lecture of 45 minutes", (Paragraph(_NEEDS), table(short))),
            Section("A double lecture of 90 minutes", (table(long), Paragraph(_DOUBLE))),
            Section("A course of nine sessions", (course,)),
        ),
        (),
    )


_NEEDS = (
    "For students who know complex numbers. They need a pencil; you need a projector and the "
    "lessons, which run without a network."
)
_DOUBLE = (
    "If time is short leave out the variance law; do not leave out the limits of the model. The "
    "examination sheet covers this plan."
)


def documents() -> Iterator[tuple[str, str]]:
    """Yield the name and the LaTeX source of everything."""
    for lesson in LESSONS:
        yield f"lesson-{lesson.number}-slides", deck(slides(lesson))
        sheet = Derivation(worksheet(lesson))
        yield f"lesson-{lesson.number}-worksheet", sheet.worksheet
        yield f"lesson-{lesson.number}-solution", sheet.solution
    examination = Derivation(exam())
    yield "exam", examination.worksheet
    yield "exam-solution", examination.solution
    yield "plans", Derivation(plans()).article


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in documents():
        (FOLDER / f"{name}.tex").write_text(text, encoding="utf-8")
        if "--pdf" in sys.argv[1:]:
            for job in ("-pdf", "-c"):  # the PDF, without what TeX leaves beside it
                subprocess.run(["latexmk", job, "-quiet", f"{name}.tex"], cwd=FOLDER, check=True)


if __name__ == "__main__":
    main()
