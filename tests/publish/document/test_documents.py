"""Documents as LaTeX and HTML: what TeX makes of them, and that names from users stay text."""

from __future__ import annotations

import html.parser
import re
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sympy import symbols

from stabkit import SymbolicWorkload, Workload, derive
from stabkit.model.examples import examples
from stabkit.publish.derivation import Derivation
from stabkit.publish.document.engine import MissingTex, TexFailure, pdf_of
from stabkit.publish.document.latex_words import escaped

HOSTILE = (
    r"\input{/etc/passwd}",
    r"\write18{touch broken} $x^2$ & % # _ ~ {",
    "Ünïcode 中文 ∑ 🙂 \u202e and \x07",
    "x" * 2_000,
    "]] [ADLS2026] }} $$",
    '<script>alert(1)</script> & "quoted"',
)


Compiler = Callable[[str, Path], Any]


def kinds() -> list[tuple[str, Workload | SymbolicWorkload]]:
    s, p = symbols("s p")
    n, k = symbols("l k", integer=True, positive=True)
    packaged = [(example.name, Workload.named(example.name)) for example in examples()]
    made = [
        ("one step", Workload.from_classes([(7, 1)])),
        ("two steps", Workload.from_classes([(0, 2)])),
        (
            "five classes",
            Workload.from_classes(
                [(1, 12, 1), (5, 18, 2), (7, 24, 3), (100, 30, 1), (0, 36, 2)], "12345/7"
            ),
        ),
        ("4056 steps", Workload.from_classes([(100, 4056), ("100/3", 2)])),
        ("a double root", Workload.from_classes([(2, 1, 1), ("9/2", 2, 2), (1, 3, 1)])),
        (
            "long rationals",
            Workload.from_classes([("1/98765432109876543210987", 4, 10**30 + 57), (3, 7, 10**29)]),
        ),
        ("unequal shares", Workload.from_classes([(10**12, 30, 999983), (0, 31, 1)])),
    ]
    symbolic = [
        ("symbolic one class", SymbolicWorkload.from_classes([(s, n, 1)])),
        ("symbolic two classes", SymbolicWorkload.from_classes([(s, k, p), (s, n, 1 - p)])),
        ("symbolic shape", SymbolicWorkload.from_classes([(s, 2, p), (s, 5, 1 - p)])),
    ]
    return [*packaged, *made, *symbolic]


KINDS = dict(kinds())


@cache
def derived(name: str) -> Derivation:
    return derive(KINDS[name])


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_of_derivation_compiles_without_an_overfull_line(
    name: str, typeset: Compiler, tmp_path: Path
) -> None:
    found = typeset(derived(name).article, tmp_path)
    found.assert_clean()
    assert "References" in found.text


def test_worksheet_solution_and_fragment_compile(typeset: Compiler, tmp_path: Path) -> None:
    found = derive(Workload.from_classes([(5, 3), (5, 5)]))
    for text in (found.worksheet, found.solution):
        typeset(text, tmp_path).assert_clean()
    paper = "\n".join(
        [
            r"\documentclass{amsart}",
            r"\usepackage[utf8]{inputenc}",
            r"\usepackage{amsmath,amssymb,amsthm,booktabs,longtable,array,xcolor,pgfplots}",
            r"\pgfplotsset{compat=1.16}",
            r"\begin{document}",
            r"\section{A paper}",
            found.fragment,
            r"\begin{thebibliography}{9}",
            *(rf"\bibitem{{{source.key}}} x" for source in found.document.sources),
            r"\end{thebibliography}",
            r"\end{document}",
        ]
    )
    assert "undefined" not in typeset(paper, tmp_path).log


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_print_as_text(name: str, typeset: Compiler, tmp_path: Path) -> None:
    mix = Workload.from_classes([(5, 1), (5, 3)])
    mix = Workload.from_dict({**mix.to_dict(), "name": name})
    found = typeset(derive(mix).article, tmp_path)
    assert "Missing character" not in found.log
    assert not (tmp_path / "broken").exists()
    assert "root:" not in found.text
    printed = unicodedata.normalize("NFC", found.text)
    words = re.findall(r"[A-Za-z]{3,}", name)
    assert all(word[:40] in re.sub(r"\s", "", printed) for word in words)


def test_a_pdf_is_the_same_every_time(typeset: Compiler) -> None:
    text = derive(Workload.from_classes([(5, 1)])).article
    first = pdf_of(text)
    assert first.startswith(b"%PDF")
    assert first == pdf_of(text)


def test_without_tex_the_error_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingTex, match="texlive-latex-recommended texlive-pictures latexmk"):
        pdf_of("")


def test_a_document_that_tex_does_not_accept_is_an_error(typeset: Compiler) -> None:
    with pytest.raises(TexFailure, match="did not accept"):
        pdf_of(r"\documentclass{article}\begin{document}\nonsense\end{document}")


def test_tex_that_does_not_finish_is_an_error(
    typeset: Compiler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stabkit.publish.document.engine._SECONDS", 0.01)
    with pytest.raises(TexFailure, match="did not finish"):
        pdf_of("\\documentclass{article}\\begin{document}1\\end{document}")


def test_words_are_escaped_one_character_at_a_time() -> None:
    assert escaped("a~b^c") == r"a\textasciitilde{}b\textasciicircum{}c"
    assert escaped("\x07") == "?"
    assert escaped("中") == "[U+4E2D]"


class _Balance(html.parser.HTMLParser):
    """Collects tags that do not match, scripts and outside addresses."""

    EMPTY = ("meta", "line", "circle", "rect", "polygon", "mspace", "wbr")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" or any(v and v.startswith("http") for k, v in attrs if k != "xmlns"):
            self.wrong.append(tag)
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY and (not self.open or self.open.pop() != tag):
            self.wrong.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.slow
@pytest.mark.parametrize("name", list(KINDS)[4:])
def test_the_page_is_well_formed_and_asks_for_nothing(name: str) -> None:
    page = derived(name).html
    parser = _Balance()
    parser.feed(page)
    assert parser.wrong == []
    assert parser.open == []
    assert "<math" in page
    assert "$" not in parser.text.split("</style>")[-1]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text_on_the_page(name: str) -> None:
    mix = Workload.from_classes([(5, 1)])
    mix = Workload.from_dict({**mix.to_dict(), "name": name})
    parser = _Balance()
    parser.feed(derive(mix).html)
    assert parser.wrong == []
    assert re.sub(r"\s", "", name)[:50] in re.sub(r"\s", "", parser.text)
