"""Fixtures shared by all tests: the exact vectors that the repository carries, and what may lack.

`vectors/mixes.json` comes from an implementation independent of stabkit: counts by exact
Schur-Cohn, certified isolation and a multiprecision root finder, spectral radii to 40 digits.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from stabkit import Workload

# No test is timed: machines are busy.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

VECTORS = Path(__file__).parent / "vectors"

_PDFLATEX = ("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape")
_PICTURE = re.compile(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", re.DOTALL)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow whatever needs a browser, LaTeX, the site or a check of all records."""
    for item in items:
        if {"browser", "typeset", "site", "checked"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")


@pytest.fixture(scope="session")
def vector_mixes() -> list[tuple[dict[str, Any], Workload]]:
    """Every mix of the vectors, with the workload that it describes."""
    records = json.loads((VECTORS / "mixes.json").read_text())
    return [
        (
            record,
            Workload.from_classes(
                (c["input_length"], c["decode_length"], c["share"]) for c in record["classes"]
            ),
        )
        for record in records
    ]


@pytest.fixture(scope="session")
def lacking() -> Callable[[str], None]:
    """A function that skips for want of something; where CI promises it, that is a failure."""

    def lack(what: str) -> None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must provide {what}")
        pytest.skip(f"there is no {what}")

    return lack


@pytest.fixture(scope="session")
def shared(lacking: Callable[[str], None]) -> Path:
    """The folder of reference data that the repository does not carry; CI must have it."""
    folder = Path(__file__).parents[2] / "shared"
    if not folder.is_dir():
        lacking("reference data beside this checkout (../shared)")
    return folder


@dataclass(frozen=True)
class Typeset:
    """What LaTeX made of a document: its log, the text of its pages, their number."""

    log: str
    text: str
    pages: int

    @classmethod
    def of(cls, pdf: Path) -> Typeset:
        """Read a PDF, and the log beside it."""
        log = pdf.with_suffix(".log").read_text(encoding="latin-1")
        text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, check=True)
        pages = re.findall(r"Output written on .*?\((\d+) page", log, re.DOTALL)
        return cls(log, text.stdout.decode(), int(pages[0]))

    def assert_clean(self) -> None:
        wide = [float(x) for x in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", self.log)]
        assert all(points <= 2 for points in wide), wide
        assert "undefined" not in self.log
        assert "Missing character" not in self.log


@pytest.fixture(scope="session")
def typeset(lacking: Callable[[str], None]) -> Callable[[str, Path], Typeset]:
    """A function that compiles a LaTeX document in a folder; the test skips without TeX.

    The first of two runs is for the references, and leaves out the pictures, which take longest.
    """
    for program in ("latexmk", "pdflatex", "pdftotext"):
        if shutil.which(program) is None:
            lacking(program)

    def compiled(text: str, folder: Path) -> Typeset:
        for content in (_PICTURE.sub("", text), text):
            (folder / "d.tex").write_text(content, encoding="utf-8")
            run = subprocess.run(
                [*_PDFLATEX, "d.tex"],
                cwd=folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            assert run.returncode == 0, (folder / "d.log").read_text(encoding="latin-1")[-3000:]
        return Typeset.of(folder / "d.pdf")

    return compiled


@pytest.fixture(scope="session")
def what_tex_made() -> Callable[[Path], Typeset]:
    """A function that reads a PDF that was made elsewhere."""
    return Typeset.of


@pytest.fixture
def random_mixes() -> Iterator[Workload]:
    """An endless stream of random mixes, the same in every run: 1 to 4 classes, L up to 60."""
    rng = random.Random(20260)

    def stream() -> Iterator[Workload]:
        while True:
            common = rng.choice([None, rng.randint(0, 200)])
            stretch = rng.choice([1, 1, 1, 2, 3])
            yield Workload.from_classes(
                (
                    rng.randint(0, 100) if common is None else common,
                    stretch * rng.randint(1, 60 // stretch),
                    rng.randint(1, 12),
                )
                for _ in range(rng.randint(1, 4))
            )

    return stream()
