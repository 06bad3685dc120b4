"""``stabkit derive``: what goes where, byte for byte the same, and errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

Run = Callable[..., Any]


def test_an_article_on_standard_output(stabkit: Run) -> None:
    found = stabkit("derive", "5:3", "5:5")
    assert (found.status, found.err) == (0, "")
    assert found.out.startswith(r"\documentclass")
    assert found.out.rstrip().endswith(r"\end{document}")
    # F by hand: 6 l^4 + 7 l^3 + 8 l^2 + 9/2 l + 5
    assert re.search(r"12 \\lambda\^\{?4\}? *\+ *14 \\lambda", found.out)


def test_the_same_bytes_again(stabkit: Run, tmp_path: Path) -> None:
    for name in ("a.tex", "b.tex"):
        assert stabkit("derive", "10:3", "10:5", "--output", str(tmp_path / name)).status == 0
    assert (tmp_path / "a.tex").read_bytes() == (tmp_path / "b.tex").read_bytes()


def test_a_fragment_has_no_preamble(stabkit: Run) -> None:
    found = stabkit("derive", "5:2", "5:4", "--fragment")
    assert r"\documentclass" not in found.out
    assert r"\subsection" in found.out


def test_bibtex(stabkit: Run) -> None:
    found = stabkit("derive", "5:2", "5:4", "--bibtex")
    assert found.out.startswith("@")
    assert "2606.15555" in found.out


def test_a_worksheet_and_its_solution(stabkit: Run, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.tex"
    assert stabkit("derive", "10:4", "10:6", "--exercise", "--output", str(sheet)).status == 0
    solution = tmp_path / "sheet-solution.tex"
    assert "1.0804469" in solution.read_text(encoding="utf-8")
    assert "1.0804469" not in sheet.read_text(encoding="utf-8")


def test_a_worksheet_on_standard_output_comes_alone(stabkit: Run) -> None:
    found = stabkit("derive", "10:4", "10:6", "--exercise")
    assert found.out.count(r"\documentclass") == 1
    assert "1.0804469" not in found.out


def test_a_web_page(stabkit: Run, tmp_path: Path) -> None:
    page = tmp_path / "mix.html"
    assert stabkit("derive", "5:1", "5:3", "--output", str(page)).status == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>")
    assert "<math" in text


@pytest.mark.usefixtures("typeset")
def test_a_pdf(stabkit: Run, tmp_path: Path) -> None:
    page = tmp_path / "mix.pdf"
    assert stabkit("derive", "5:1", "--output", str(page)).status == 0
    assert page.read_bytes().startswith(b"%PDF")


def test_without_tex_the_packages_are_named(
    stabkit: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    found = stabkit("derive", "5:1", "--output", str(tmp_path / "mix.pdf"))
    assert found.status == 2
    assert "texlive-latex-recommended texlive-pictures latexmk" in " ".join(found.err.split())
    assert not (tmp_path / "mix.pdf").exists()


@pytest.mark.parametrize("kind", ["one-class", "two-class"])
def test_free_symbols(stabkit: Run, kind: str) -> None:
    found = stabkit("derive", "--symbolic", kind)
    assert found.status == 0
    assert r"\lambda" in found.out


def test_the_shape_of_a_mix(stabkit: Run) -> None:
    found = stabkit("derive", "5:2", "9:3", "--symbolic", "shape")
    assert found.status == 0
    assert "s_{1}" in found.out or "s_1" in found.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["5:2", "--fragment", "--bibtex"], "must be given alone"),
        (["5:2", "--symbolic", "two-class"], "'MIX' must be given without '--symbolic two-class'"),
        (["5:2", "--symbolic", "three"], "must be one-class, two-class or shape, not 'three'"),
        (["5:2", "--output", "mix.doc"], "must end in .tex, .pdf or .html, not 'mix.doc'"),
        (["5:2", "--fragment", "--output", "mix.pdf"], "must end in .tex, not 'mix.pdf'"),
        (["no-such-mix"], "no-such-mix"),
    ],
)
def test_errors(stabkit: Run, arguments: list[str], message: str) -> None:
    found = stabkit("derive", *arguments)
    assert found.status == 2
    assert message in " ".join(found.err.split())
    assert not found.out
