"""Three ways to teach the lessons: one lecture, a double lecture, a course."""

from __future__ import annotations

from dataclasses import dataclass

from stabkit_lessons import LESSONS

from stabkit import Document, Paragraph, Section, Table

__all__ = ["DOUBLE", "Item", "plans"]


@dataclass(frozen=True)
class Item:
    """A part of a lecture: minutes, what, with which material, and the questions it answers."""

    minutes: int
    what: str
    material: str
    kinds: tuple[str, ...] = ()


LECTURE = (
    Item(5, "The puzzle: a server that loses an eighth of its work by itself", "worst cycle film"),
    Item(10, "By hand: s = 2, l = 2, B = 140, everybody with a pencil", "lesson 1"),
    Item(10, "The equation of a full memory; one class never holds", "lesson 2"),
    Item(10, "Two classes: find the threshold of 3 and 5 with the slider", "lesson 3"),
    Item(5, "What to do: a rate limit", "lesson 7"),
    Item(5, "Questions; the worksheet is homework", "worksheet 2"),
)
DOUBLE = (
    Item(15, "By hand, and the worst cycle", "lesson 1", ("by-hand", "worst-cycle")),
    Item(15, "One class: annulus, loss of one half", "lesson 2", ("annulus",)),
    Item(
        20,
        "Unit circle, synchronised modes, renewal graph",
        "lessons 3, 4",
        ("quadratic", "renewal-graph"),
    ),
    Item(
        15,
        "Coprime is not enough: threshold and variance law",
        "lesson 5",
        ("two-and-three", "variance-law"),
    ),
    Item(15, "Policies; each group defends one", "lesson 7", ("reservation",)),
    Item(
        10,
        "What the model leaves out; a real run; what chance does",
        "lessons 8, 9",
        ("overshoot",),
    ),
)
_NEEDS = (
    "For students who know complex numbers. They need a pencil; you need a projector and the "
    "lessons, which run without a network."
)
_DOUBLE = (
    "If time is short leave out the variance law, and its question; do not leave out the limits of "
    "the model. The examination asks what this plan covers, in its order: "
)
_COURSE = (
    "Every session has slides with notes, a notebook, and a worksheet of two pages with its "
    "solution. The columns tell the minutes of the notebook and the kinds of exercises: stabkit "
    "exercise makes more of them."
)


def plans() -> Document:
    """Return the teaching plans."""
    return Document(
        "Teaching plans",
        "Three ways to teach this material. The lessons are notebooks, the worksheets have two "
        "pages and a solution each; all of them are made from the same records.",
        (
            Section("One lecture of 45 minutes", (Paragraph(_NEEDS), _table(LECTURE))),
            Section("A double lecture of 90 minutes", (_table(DOUBLE), Paragraph(_asked()))),
            Section("A course of nine sessions", (Paragraph(_COURSE), _course())),
        ),
        (),
    )


def _table(items: tuple[Item, ...]) -> Table:
    rows = tuple((one.what, str(one.minutes), one.material) for one in items)
    return Table(("what", "minutes", "with"), rows)


def _asked() -> str:
    kinds = (kind.replace("-", " ") for item in DOUBLE for kind in item.kinds)
    return f"{_DOUBLE}{', '.join(kinds)}."


def _course() -> Table:
    rows = tuple(
        (f"{one.number}. {one.title}", str(one.minutes), ", ".join(one.topics)) for one in LESSONS
    )
    return Table(("lesson", "minutes", "exercises"), rows)
