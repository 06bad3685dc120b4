"""The lessons: as notebooks, as a catalogue, and lesson 3 in a browser without a network.

The numbers of a lesson are tested by the cells of its notebook (``pytest docs/lessons``).
"""

from __future__ import annotations

import importlib
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from stabkit_lessons import LESSONS, Lesson

import stabkit

FOLDER = Path(__file__).parents[2] / "docs" / "lessons"
NAMES = [lesson.name for lesson in LESSONS]
OTHERS = {"__init__", "answers", "catalogue", "display", "drawing"}


def test_every_notebook_is_in_the_catalogue() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} - OTHERS == set(NAMES)
    assert [lesson.number for lesson in LESSONS] == list(range(1, 10))
    known = {theorem.label for theorem in stabkit.theorems()}
    for lesson in LESSONS:
        assert 20 <= lesson.minutes <= 40
        assert set(lesson.theorems) <= known


def test_the_notebooks_are_what_marimo_expects() -> None:
    paths = [str(FOLDER / f"{name}.py") for name in NAMES]
    command = [sys.executable, "-m", "marimo", "check", "--strict", *paths]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr


@pytest.mark.slow
@pytest.mark.parametrize("lesson", LESSONS, ids=NAMES)
def test_a_notebook_runs_and_teaches(lesson: Lesson) -> None:
    module = importlib.import_module(f"stabkit_lessons.{lesson.name}")
    shown, _ = module.app.run()
    text = " ".join(getattr(one, "text", "") for one in shown if one is not None)
    assert f"Lesson {lesson.number}" in text
    assert 3 <= text.count("Solution") <= 6
    assert 3 <= len(re.findall(r"<strong>\d\.</strong>", text)) <= 6
    pictures = re.findall(r"<(?:img|svg)[^>]*>", text)
    assert pictures
    assert all("alt=" in one or "aria-label=" in one for one in pictures)
    source = (FOLDER / f"{lesson.name}.py").read_text(encoding="utf-8")
    assert len(re.findall(r"^def test_", source, re.MULTILINE)) >= 3


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    """The address of lesson 3, served as a reader would."""
    with serving(3) as address:
        yield address


@contextmanager
def serving(number: int) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = "import sys; from stabkit.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [
        sys.executable,
        "-c",
        program,
        "lessons",
        f"{number}",
        "--headless",
        "--port",
        str(port),
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}/"
    finally:
        server.terminate()
        server.wait(20)


def _sentence(page: Any, inputs: int) -> str:
    """Return the verdict's sentence, once it speaks of these prompts."""
    page.wait_for_function(
        "s => document.querySelector('[role=status]')?.textContent.includes(`of ${s} tokens`)",
        arg=inputs,
        timeout=30_000,
    )
    return str(page.locator("[role=status]").first.inner_text())


def test_the_verdict_changes_at_the_threshold_by_keyboard(served: str, open_page: Any) -> None:
    visit = open_page(served)
    page = visit.page
    assert "Unstable" in _sentence(page, 5)
    slider = page.get_by_role("slider").first
    slider.focus()
    for inputs in range(6, 12):  # s* = 9.8229483
        page.keyboard.press("ArrowRight")
        assert ("Unstable" if inputs <= 9 else "Stable") in _sentence(page, inputs)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert "Unstable" in _sentence(page, 9)
    assert visit.foreign == []
    # the one error is this test's: it allows no service worker, which could hide requests
    assert [one for one in visit.errors if "service worker" not in one] == []


def test_every_control_is_reached_by_tab(served: str, open_page: Any) -> None:
    page = open_page(served).page
    _sentence(page, 5)
    page.locator("h1").first.click()
    reached = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                """() => {
                    let e = document.activeElement;
                    while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;
                    const value = name => e.getAttribute(`aria-value${name}`);
                    return e?.getAttribute("role") === "slider"
                        ? `slider ${value("min")} ${value("now")}`
                        : e?.textContent.trim() ?? "";
                }"""
            )
        )
    assert {"slider 0 5", "slider 5 50", "slider 1 3"} <= reached
    assert "Solution" in reached


def test_it_is_readable_on_a_telephone(served: str, open_page: Any) -> None:
    page = open_page(served, width=390, height=800).page
    _sentence(page, 5)
    page.wait_for_timeout(1_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    widths = page.evaluate(
        "Array.from(document.querySelectorAll('img, .drawing'))"
        ".map(i => i.getBoundingClientRect().width)"
    )
    assert widths
    assert max(widths) <= 390
    size = page.evaluate("getComputedStyle(document.querySelector('[role=status]')).fontSize")
    assert float(size.removesuffix("px")) >= 16


@pytest.mark.slow
def test_lesson_9_on_a_telephone(open_page: Any) -> None:
    """No table is cut, and the first control works: a* = 10 takes 10 (40 mu + 56) = 4560 tokens."""
    with serving(9) as address:
        page = open_page(address, width=390, height=800).page
        page.locator("table").wait_for(timeout=120_000)
        page.wait_for_timeout(1_000)
        cut = "t => t.scrollWidth > t.clientWidth || t.getBoundingClientRect().right > 390"
        assert page.locator("table").evaluate(cut) is False
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("slider").first.focus()
        page.keyboard.press("ArrowRight")
        page.locator(".drawing[aria-label*='of 4560 tokens']").wait_for(timeout=60_000)
