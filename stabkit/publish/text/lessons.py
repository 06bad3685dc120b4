"""The installed lessons as a table: they come from the entry points of ``stabkit.lessons``.

An entry point is a sequence of records with the attributes of `Lesson`; stabkit's own come first.
The notebooks are never imported here.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ...theorems.registry import installed
from ..layout import paragraph
from ..rendering import RECORDS, TEXTS
from .dialect import chosen, headed
from .tables import plain_table

__all__ = [
    "GROUP",
    "InstalledLessons",
    "Lesson",
    "installed_lessons",
    "lessons_record",
    "lessons_text",
]

SCHEMA = "stabkit.lessons/2"
GROUP = "stabkit.lessons"


class Lesson(Protocol):
    """What the list of lessons needs to know of one."""

    number: int
    title: str
    minutes: int
    goals: tuple[str, ...]
    prerequisites: tuple[str, ...]
    theorems: tuple[str, ...]
    topics: tuple[str, ...]

    @property
    def path(self) -> Path:
        """The file of its notebook."""


@dataclass(frozen=True)
class InstalledLessons:
    """All lessons that are installed, stabkit's own first; none without a distribution."""

    lessons: tuple[Lesson, ...]


def installed_lessons() -> InstalledLessons:
    """Return the lessons of all distributions."""
    return InstalledLessons(tuple(lesson for course in installed(GROUP) for lesson in course))


@TEXTS.writes(InstalledLessons)
def lessons_text(found: InstalledLessons) -> str:
    """Return the list of lessons as plain text, with how to open one."""
    rows = ((str(one.number), one.title, str(one.minutes)) for one in found.lessons)
    more = "Open one: stabkit lessons 3. More exercises: stabkit exercise --topic cycle."
    return f"{plain_table([('lesson', 'title', 'minutes'), *rows])}\n{paragraph(more)}"


@RECORDS.writes(InstalledLessons)
def lessons_record(found: InstalledLessons) -> dict[str, Any]:
    """Return the list of lessons for JSON."""
    names = "number title minutes goals prerequisites topics uses=theorems"
    return headed(SCHEMA, lessons=[chosen(one, names) for one in found.lessons])
