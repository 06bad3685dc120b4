"""The lessons as pages that stand still: what a notebook shows before a slider is moved."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from unittest import mock

import marimo
from stabkit_lessons import LESSONS, Lesson

__all__ = ["pages"]

_SHEETS = ("slides", "worksheet", "solution")


def pages() -> Iterator[tuple[str, str]]:
    """Yield the lessons, and the list of them in docs/site/teaching.md."""
    for lesson in LESSONS:
        yield f"docs/lessons/{lesson.name}.md", "".join(_page(lesson))
    listed = "".join(map(_row, LESSONS))
    contents = "\n".join(f"docs/lessons/{lesson.name}" for lesson in LESSONS)
    yield "docs/lessons/list.txt", f"{listed}\n```{{toctree}}\n:hidden:\n\n{contents}\n```\n"


def _row(lesson: Lesson) -> str:
    sheets = ", ".join(f"[{kind}](docs/{_sheet(lesson, kind)})" for kind in _SHEETS)
    return f"{lesson.number}. [{lesson.title}](docs/lessons/{lesson.name}.md): {sheets}\n"


def _sheet(lesson: Lesson, kind: str) -> str:
    return f"print/lesson-{lesson.number}-{kind}.pdf"


def _page(lesson: Lesson) -> Iterator[str]:
    head, *rest = _shown(lesson)
    yield head
    slides, worksheet, solution = (f"../{_sheet(lesson, kind)}" for kind in _SHEETS)
    yield (
        "\n\nThis is the lesson with its sliders where they start. "
        f"`stabkit lessons {lesson.number}` opens it as [a notebook]({lesson.name}.py) in which "
        f"they move; there are [slides]({slides}), [a worksheet]({worksheet}) and "
        f"[its solution]({solution}).\n"
    )
    for text in rest:
        yield f"\n{text}\n"


def _shown(lesson: Lesson) -> Iterator[str]:
    """Yield what the cells show: Markdown as it was written, answers folded, pictures."""
    module = importlib.import_module(f"stabkit_lessons.{lesson.name}")
    with (
        mock.patch.object(marimo, "md", partial(_markdown, marimo.md)),
        mock.patch.object(marimo, "accordion", partial(_folded, marimo.accordion)),
    ):
        outputs, _ = module.app.run()
    for output in outputs:
        yield getattr(output, "source", "") or _static(getattr(output, "text", ""))


def _markdown(make: Callable[..., Any], text: str) -> Any:
    shown = make(text)
    shown.source = inspect.cleandoc(text)
    return shown


def _folded(make: Callable[..., Any], parts: dict[str, Any]) -> Any:
    shown = make(parts)
    folds = (f":::{{dropdown}} {title}\n{part.source}\n:::" for title, part in parts.items())
    shown.source = "\n".join(folds)
    return shown


def _static(html: str) -> str:
    """Return other output as it is, without controls, which would not move."""
    return "" if not html or "<marimo" in html else f"```{{raw}} html\n{html}\n```"
