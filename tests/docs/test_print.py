"""docs/print/: what the script writes, compiled; the answers are those of tests/exercises."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from sheets.exam import questions, shared, worth
from sheets.plans import DOUBLE
from slides.beamer import filled
from slides.deck import Beside, Part, Picture, Points, Rows
from slides.deck import Formula as Displayed
from slides.lessons import whole
from stabkit_lessons import LESSONS, Lesson

import stabkit
from stabkit import Document, Formula, Paragraph, Section
from stabkit.publish.document.symbols import undefined_symbols

TOP = Path(__file__).parents[2]
FOLDER, DECKS = TOP / "docs" / "print", TOP / "scripts" / "slides"
SOURCES = sorted(path.stem for path in FOLDER.glob("*.tex"))
SLIDES = {f"lesson-{lesson.number}-slides": lesson for lesson in LESSONS}
FRAME = re.compile(r"\\begin\{frame\}\{(.*?)\}\n(.*?)\\end\{frame\}", re.DOTALL)


def text(name: str) -> str:
    return (FOLDER / f"{name}.tex").read_text("utf-8")


@pytest.mark.slow
def test_it_is_what_the_script_writes() -> None:
    spec = importlib.util.spec_from_file_location("make_print", TOP / "scripts" / "make_print.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written = dict(script.documents())
    assert sorted(written) == SOURCES
    for name, content in written.items():
        assert text(name) == content, "run scripts/make_print.py"


def test_every_lesson_has_its_sheets() -> None:
    for lesson in LESSONS:
        for kind in ("slides", "worksheet", "solution"):
            assert f"lesson-{lesson.number}-{kind}" in SOURCES


@pytest.mark.parametrize("name", SLIDES)
def test_a_deck_is_a_lecture(name: str) -> None:
    frames = FRAME.findall(text(name))
    assert 12 <= len(frames) <= 20
    assert len({title for title, _ in frames}) == len(frames)
    for title, body in frames:
        assert len(re.findall(r"\\note\{.{20,}\}", body)) == 1, title
    included = set(re.findall(r"\\includegraphics\[.*?\]\{(.*?)\}", text(name)))
    assert len(included) >= 3
    assert re.search(r"\\(only|onslide|item)<2", text(name))


def said(part: Part) -> Iterator[Paragraph | Formula]:
    """What a part says, as blocks: prose introduces the symbol that each of its formulas begins."""
    if isinstance(part, Beside):
        yield from (block for one in (*part.left, *part.right) for block in said(one))
    elif isinstance(part, Displayed):
        yield Formula(nameless(part.latex), introduces=mathematics(part.where))
    elif isinstance(part, Rows):
        cells = (*part.heads, *(cell for row in part.rows for cell in row))
        worded = " ".join(cell for cell in cells if re.sub(r"\$[^$]*\$", "", cell).strip())
        introduces = mathematics(worded) + mathematics(" ".join(part.heads))
        yield Paragraph(nameless(" ".join(cells)), introduces)
    else:
        texts = part.lines if isinstance(part, Points) else (getattr(part, "text", part),)
        for one in texts if not isinstance(part, Picture) else ():
            yield Paragraph(nameless(one), mathematics(one))


def nameless(text: str) -> str:
    return re.sub(r"<\w+>", "1", text)


def mathematics(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\$([^$]+)\$", nameless(text)))


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_every_symbol_of_a_deck_is_introduced(lesson: Lesson) -> None:
    told = whole(lesson, stabkit.exercise(lesson.topics[0]))
    sections = [
        Section(one.title, tuple(b for part in one.parts for b in said(part)))
        for one in told
        if one.title not in ("Afterwards you can", "Your turn", "The answer")
    ]
    assert undefined_symbols(Document(lesson.title, "", sections, ())) == []


def test_every_figure_of_a_deck_is_shown() -> None:
    for name, lesson in SLIDES.items():
        included = set(re.findall(r"\\includegraphics\[.*?\]\{(.*?)\}", text(name)))
        module = importlib.import_module(f"slides.lesson_{lesson.number}")
        drawn = {f"lesson-{lesson.number}-{figure}.pdf" for figure in module.DECK.figures}
        assert included == drawn


def test_a_number_that_no_frame_names_is_an_error() -> None:
    with pytest.raises(KeyError, match="unused"):
        filled("$<used>$", {"used": 1, "unused": 2})


SUM = re.compile(r"(?:\d|\\cdot|\\[td]?frac(?:\{[\d+ ^]+\}\{\d+\}|\d\d)|[-+/^(){,} ])+")


def equations(deck: str) -> Iterator[tuple[str, str]]:
    """Yield the two sides of every equation between numbers alone."""
    for formula in re.findall(r"\$([^$]+)\$|\\\[\n(.*?)\n\\\]", deck, re.DOTALL):
        sides = "".join(formula).replace(r"\quad", "=").split("=")
        for left, right in pairwise(sides):
            ends = (left.split(r"\quad")[-1].strip(" ."), right.strip(" .,"))
            if all(SUM.fullmatch(end) and re.search(r"\d", end) for end in ends):
                yield ends


def value(latex: str) -> Fraction:
    """Return a sum of numbers as it would be read aloud."""
    term = re.sub(r"\\[td]?frac(\d)(\d)", r"\\frac{\1}{\2}", latex.replace("{,}", ""))
    term = re.sub(r"\\[td]?frac\{([^{}]+)\}\{([^{}]+)\}", r"((\1)/(\2))", term)
    term = term.replace(r"\cdot", "*").replace("^", "**")
    found: Fraction = eval(re.sub(r"\d+", r"F(\g<0>)", term), {"F": Fraction})
    return found


def test_what_is_calculated_on_slides_is_right() -> None:
    found = [pair for name in SLIDES for pair in equations(text(name))]
    assert len(found) >= 20
    for left, right in found:
        assert value(left) == value(right), (left, right)


def test_a_worksheet_has_no_answer() -> None:
    for lesson in LESSONS:
        sheet, solution = (
            text(f"lesson-{lesson.number}-{kind}") for kind in ("worksheet", "solution")
        )
        assert "Answer:" not in sheet
        assert solution.count("Answer:") == 4


def test_lessons_ask_for_what_came_before() -> None:
    drawn = {
        topic: {stabkit.exercise(topic, seed).kind for seed in range(12)}
        for topic in {topic for lesson in LESSONS for topic in lesson.topics}
    }
    for lesson in LESSONS:
        assert set(lesson.kinds) <= set().union(*(drawn[topic] for topic in lesson.topics))
        assert all(drawn[topic] & set(lesson.kinds) for topic in lesson.topics)
        earlier = re.findall(r"lesson (\d)", " ".join(lesson.prerequisites))
        assert all(int(number) < lesson.number for number in earlier)


def test_the_exam_asks_what_the_plan_covers_in_two_versions() -> None:
    first, second = questions("A"), questions("B")
    planned = [kind for item in DOUBLE for kind in item.kinds]
    assert [one.kind for one in first] == [one.kind for one in second] == planned
    assert sum(item.minutes for item in DOUBLE) == 90
    for one, other in zip(first, second, strict=True):
        assert one.result != other.result
        assert [name for name, _ in one.result] == [name for name, _ in other.result]
        assert shared(one) == shared(other)
        assert sum(shared(one)) == worth(one) - 2 * (one.drawing is not None)
        assert worth(one) == worth(other)


@pytest.mark.parametrize("name", ["exam", "exam-b"])
def test_an_exam_has_its_points_and_its_scheme(name: str) -> None:
    sheet, solution = text(name), text(f"{name}-solution")
    total = int(re.findall(r"minutes, (\d+) points", sheet)[0])
    asked = list(map(int, re.findall(r"\\points\{(\d+) points\}", sheet)))
    parts = list(map(int, re.findall(r" \[(\d+)\]", sheet)))
    steps = list(map(int, re.findall(r"\\points\{(\d+)\}", solution)))
    assert sum(asked) == sum(parts) == sum(steps) == total
    assert all(word in sheet for word in ("Name:", "Matriculation number:", "Reached"))
    assert "Answer" not in sheet
