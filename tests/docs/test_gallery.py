"""docs/gallery: a script of about ten lines for every kind of figure."""

from __future__ import annotations

import runpy
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import stabkit
from stabkit.publish import figures
from stabkit.publish.rendering import FIGURES

pytestmark = pytest.mark.slow

SCRIPTS = sorted((Path(__file__).parents[2] / "docs" / "gallery").glob("*.py"))
# Kinds that look like another one, whose figure is made of them.
SAME = {
    "AnalysisPicture": "Analysis",
    "CyclePicture": "Cycles",
    "FinitePicture": "FiniteServer",
    "GraphPicture": "Synchrony",
    "KernelPicture": "Workload",
    "Recommendation": "PolicyPicture",
    "RootPicture": "Roots",
    "RunPicture": "Trajectory",
}


def kinds() -> set[str]:
    """The names of all classes that can be drawn."""
    for path in Path(figures.__path__[0]).glob("*.py"):
        import_module(f"{figures.__name__}.{path.stem}")
    return {kind.__name__ for kind in FIGURES._writers}


def test_every_kind_of_figure_has_a_script(monkeypatch: pytest.MonkeyPatch) -> None:
    draw, drawn = stabkit.figure, []

    def noted(result: Any) -> object:
        shown = result if type(result).__name__ in kinds() else result[0]
        drawn.append(type(shown).__name__)
        return draw(result)

    monkeypatch.setattr(stabkit, "figure", noted)
    for script in SCRIPTS:
        assert runpy.run_path(str(script))["figure"].axes, script.stem
    assert len(drawn) == len(SCRIPTS)
    assert set(drawn) | {kind for kind, other in SAME.items() if other in drawn} == kinds()


@pytest.mark.parametrize("script", SCRIPTS, ids=[script.stem for script in SCRIPTS])
def test_a_script_is_short_and_says_what_one_sees(script: Path) -> None:
    head, _, code = script.read_text("utf-8").partition('"""\n\n')
    title, empty, *text = head.removeprefix('"""').splitlines()
    assert 5 <= len(title) <= 40
    assert empty == ""
    assert 1 <= len(text) <= 3
    assert len(code.splitlines()) <= 10
