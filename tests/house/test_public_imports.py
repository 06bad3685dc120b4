"""What the documentation, the generators and the benchmarks import: the public names.

A name of an inner module that one of them still needs is listed here, with its reason; the lists
are exact, so that a new one is noticed, and one that is no longer needed goes.
"""

from __future__ import annotations

import ast
import importlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import stabkit

TOP = Path(__file__).parents[2]
PLACES = ("docs", "scripts", "benchmarks")

# The data of figures, for results that have several; figures of no result; the bytes of a file.
FIGURES = {
    "stabkit.analysis.pictures.analysis": {"AnalysisPicture"},
    "stabkit.analysis.pictures.cycle": {"cycle_picture"},
    "stabkit.analysis.pictures.losses": {"WORST_LIMIT"},
    "stabkit.analysis.pictures.policies": {"policy_picture"},
    "stabkit.analysis.pictures.roots": {"synchronized_to_show"},
    "stabkit.analysis.pictures.space_time": {"space_time_picture"},
    "stabkit.publish.figures.analysis": {"comparison_figure"},
    "stabkit.publish.figures.animation": {"animation_bytes", "animation_picture"},
    "stabkit.publish.figures.capture": {"capture_figure"},
    "stabkit.publish.figures.formats": {"figure_bytes"},
    "stabkit.publish.figures.losses": {"losses_figure"},
}
_DRAWING = {"house_style", "legend_above", "new_figure", "settled"}
# The house style, for drawings that are no result of stabkit.
STYLE = {
    "stabkit.publish.figures": {"style"},
    "stabkit.publish.figures.style": {"BLUE", "GREY", "INK", "SKY", "VERMILLION", *_DRAWING},
}
_TABLES = {"completion_table", "divisor_table", "synchronized_table", "worst_cycle_table"}
# Text and numbers as the reports write them.
TEXT = {
    "stabkit.exercises.draft": {"tex"},
    "stabkit.model.numbers": {"decimal_text"},
    "stabkit.publish.text.atlas": {"atlas_csv"},
    "stabkit.publish.text.losses": {"markdown_table", *_TABLES},
    "stabkit.publish.text.numbers": {"percent", "readable", "rounded"},
}
# Documents of the repository's own: the theory, lessons and examinations on paper.
DOCUMENTS = {
    "stabkit.publish.derivation.theory": {"cited_document", "statement"},
    "stabkit.publish.document.beamer": {"deck"},
    "stabkit.publish.document.engine": {"pdf_of"},
    "stabkit.publish.document.tex": {"article"},
    "stabkit.publish.document.tree": {"Document", "Paragraph", "Section", "Table"},
    "stabkit.publish.text.exercises": {"exercise_document"},
    "stabkit.publish.theory.article": {"theory_tex"},
    "stabkit.publish.theory.pages": {"theory_pages"},
    "stabkit.theorems.runner": {"prove"},
}
# Quantities that have no public name.
QUANTITIES = {
    "stabkit.analysis.atlas": {"LONGEST"},
    "stabkit.analysis.operations.comparison": {"PolicyFinding"},
    "stabkit.dynamics.long_run": {"long_run"},
    "stabkit.model.kernel": {"MemoryKernel"},
    "stabkit.spectrum.partition.d_partition": {"d_partition"},
    "stabkit.spectrum.partition.pencil": {"kernel_pencil"},
    "stabkit.spectrum.roots.location": {"circle_distance"},
    "stabkit.spectrum.synchrony.synchrony": {"same_root"},
}
INNER = FIGURES | STYLE | TEXT | DOCUMENTS | QUANTITIES
NOTHING: dict[str, set[str]] = {}
ALLOWED = {"docs": INNER, "scripts": INNER, "benchmarks": NOTHING}


def imported(place: str) -> Iterator[tuple[str, str]]:
    """Every name that a file of `place` imports from stabkit, with its module."""
    for path in (TOP / place).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                found = [(node.module, alias.name) for alias in node.names]
            elif isinstance(node, ast.Import):
                found = [(alias.name, "") for alias in node.names]
            else:
                continue
            yield from (pair for pair in found if pair[0].split(".")[0] == "stabkit")


@pytest.mark.parametrize("place", PLACES)
def test_only_listed_names_are_not_public(place: str) -> None:
    inner = [(module, name) for module, name in imported(place) if module != "stabkit"]
    assert [pair for pair in inner if pair[1] not in ALLOWED[place].get(pair[0], ())] == []
    assert [name for _, name in inner if name in stabkit.__all__] == []


def test_every_listed_name_is_needed_and_none_is_private() -> None:
    used = defaultdict(set)
    for place in PLACES:
        for module, name in imported(place):
            used[module].add(name)
    assert used.pop("stabkit") <= {"", *stabkit.__all__}
    assert dict(used) == INNER
    for module, names in used.items():
        exported = getattr(importlib.import_module(module), "__all__", names)
        assert names <= set(exported), module
