"""docs/print/: what the script writes, compiled; the answers are those of tests/analysis."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from stabkit_lessons import LESSONS

FOLDER = Path(__file__).parents[2] / "docs" / "print"
SOURCES = sorted(path.stem for path in FOLDER.glob("*.tex"))


@pytest.mark.slow
def test_it_is_what_the_script_writes() -> None:
    spec = importlib.util.spec_from_file_location(
        "make_print", FOLDER.parents[1] / "scripts" / "make_print.py"
    )
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written = dict(script.documents())
    assert sorted(written) == SOURCES
    for name, text in written.items():
        assert (FOLDER / f"{name}.tex").read_text("utf-8") == text, "run scripts/make_print.py"


def test_every_lesson_has_its_sheets() -> None:
    for lesson in LESSONS:
        for kind in ("slides", "worksheet", "solution"):
            assert f"lesson-{lesson.number}-{kind}" in SOURCES


@pytest.mark.parametrize("name", SOURCES)
def test_it_compiles(name: str, typeset: Callable[..., Any], tmp_path: Path) -> None:
    found = typeset((FOLDER / f"{name}.tex").read_text(encoding="utf-8"), tmp_path)
    found.assert_clean()
    if name.endswith("worksheet"):
        assert found.pages == 2
    if name.endswith("slides"):
        assert 8 <= found.pages <= 30


def test_a_worksheet_has_no_answer() -> None:
    for lesson in LESSONS:
        sheet = (FOLDER / f"lesson-{lesson.number}-worksheet.tex").read_text("utf-8")
        solution = (FOLDER / f"lesson-{lesson.number}-solution.tex").read_text("utf-8")
        assert "Answer:" not in sheet
        assert solution.count("Answer:") == 4
