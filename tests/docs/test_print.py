"""docs/print/: what the script writes, compiled; the answers are those of tests/analysis."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from stabkit_lessons import LESSONS

FOLDER = Path(__file__).parents[2] / "docs" / "print"
SOURCES = sorted(path.stem for path in FOLDER.glob("*.tex"))


def test_it_is_what_the_script_writes() -> None:
    spec = importlib.util.spec_from_file_location("make_print", FOLDER.parent / "make_print.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    written = dict(script.documents())
    assert sorted(written) == SOURCES
    for name, text in written.items():
        assert (FOLDER / f"{name}.tex").read_text("utf-8") == text, "run docs/make_print.py"


def test_every_lesson_has_its_sheets() -> None:
    for lesson in LESSONS:
        for kind in ("slides", "worksheet", "solution"):
            assert f"lesson-{lesson.number}-{kind}" in SOURCES


@pytest.mark.parametrize("name", SOURCES)
def test_it_compiles(name: str, tmp_path: Path) -> None:
    if os.environ.get("CI") != "true" and shutil.which("pdflatex") is None:
        pytest.skip("no TeX is installed")
    shutil.copy(FOLDER / f"{name}.tex", tmp_path)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", name]
    for _ in range(2):
        run = subprocess.run(
            command, cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    log = (tmp_path / f"{name}.log").read_text(encoding="latin-1")
    assert run.returncode == 0, log[-3000:]
    assert not [x for x in re.findall(r"Overfull .hbox .([0-9.]+)pt", log) if float(x) > 2]
    assert "undefined" not in log
    pages = int(re.findall(r"Output written on .*?\((\d+) page", log, re.DOTALL)[0])
    if name.endswith("worksheet"):
        assert pages == 2
    if name.endswith("slides"):
        assert 8 <= pages <= 30


def test_a_worksheet_has_no_answer() -> None:
    for lesson in LESSONS:
        sheet = (FOLDER / f"lesson-{lesson.number}-worksheet.tex").read_text("utf-8")
        solution = (FOLDER / f"lesson-{lesson.number}-solution.tex").read_text("utf-8")
        assert "Answer:" not in sheet
        assert solution.count("Answer:") == 4
