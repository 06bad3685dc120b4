"""Documents as LaTeX and HTML: what TeX makes of them, and that names from users stay text.

Articles are compiled in one run. Fragments go into papers: the classes of five publishers, with the
packages that a fragment names.
"""

from __future__ import annotations

import html.parser
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sympy import symbols

from stabkit import (
    CirclePlot,
    Derivation,
    Document,
    Equations,
    Figure,
    Formula,
    Layer,
    Paragraph,
    Plot,
    Section,
    SymbolicWorkload,
    Table,
    Workload,
    derive,
)
from stabkit.model.examples import examples
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
_PAPER = "coprime-unstable"


@cache
def derived(name: str) -> Derivation:
    return derive(KINDS[name])


def bound(texts: list[str]) -> str:
    """Return articles as one: each keeps its title, and its references to itself."""
    preamble, mark, _ = texts[0].partition(r"\hypersetup")
    start, end = r"\begin{document}", r"\end{document}"
    # That of the class prints one title.
    title = r"\def\maketitle{{\centering\LARGE\csname @title\endcsname\par}}"
    parts = [preamble, start, title]
    for number, text in enumerate(texts):
        assert text.startswith(preamble + mark)
        body = text.removeprefix(preamble).replace(start, "").replace(end, r"\clearpage")
        parts.append(re.sub(r"\\(label|ref|eqref|cite|bibitem)\{", rf"\g<0>{number}-", body))
    return "\n".join([*parts, end])


def test_every_kind_of_derivation_compiles_without_an_overfull_line(
    typeset: Compiler, tmp_path: Path
) -> None:
    articles = [derived(name).article for name in KINDS]
    sheets = [derived(_PAPER).worksheet, derived(_PAPER).solution]
    found = typeset(bound([*articles, *sheets]), tmp_path)
    found.assert_clean()
    assert len(re.findall("^References$", found.text, re.MULTILINE)) >= len(KINDS)


def test_a_fragment_compiles_in_a_paper(typeset: Compiler, tmp_path: Path) -> None:
    found = derived(_PAPER)
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


def test_hostile_names_print_as_text(typeset: Compiler, tmp_path: Path) -> None:
    mix = Workload.from_classes([(5, 1)]).to_dict()
    mixes = [Workload.from_dict({**mix, "name": name}) for name in HOSTILE]
    found = typeset(bound([derive(one).article for one in mixes]), tmp_path)
    assert "Missing character" not in found.log
    assert not (tmp_path / "broken").exists()
    assert "root:" not in found.text
    printed = re.sub(r"\s", "", unicodedata.normalize("NFC", found.text))
    words = re.findall(r"[A-Za-z]{3,}", " ".join(HOSTILE))
    assert all(word[:40] in printed for word in words)


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
@pytest.mark.parametrize("name", KINDS)
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
    shown = re.sub("[\u202e\x07]", "?", name)
    assert re.sub(r"\s", "", shown)[:50] in re.sub(r"\s", "", parser.text)


# --- Fragments in papers. -------------------------------------------------------------------------

CLASSES = {
    "article": r"\documentclass[twocolumn]{article}",
    "IEEEtran": r"\documentclass[journal]{IEEEtran}",
    "elsarticle": r"\documentclass[5p]{elsarticle}",
    "revtex4-2": r"\documentclass[twocolumn]{revtex4-2}",
    # amsthm has a proof of its own
    "llncs": r"\documentclass{llncs}\let\proof\relax\let\endproof\relax",
}
PICTURE = re.compile(r"\\begin\{tikzpicture\}.*?\\end\{tikzpicture\}", re.DOTALL)
LONG = str(7**300)  # 254 digits
KERNEL = tuple((float(m), 1e5 - 7e3 * m) for m in range(12))
EVERYTHING = Document(
    "Wide things",
    "In short.",
    (
        Section(
            "Numbers, figures and tables",
            (
                Paragraph(f"The number $N = {LONG}$ in prose, and $x = \\tfrac{{{LONG}}}{{3}}$."),
                Formula(rf"N = \frac{{{LONG}}}{{{LONG[::-1]}}} z + 1", "number"),
                Equations((("g_0", f"= {LONG}"), (r"\vdots", ""), ("g_{L-1}", "= 1"))),
                Equations(((r"\sum_{m=0}^{L-1} g_m a_{n-m} + a + b + c", f"= {LONG}"),), "wide"),
                Table(("step", "$a$"), (("1", f"${LONG}$"), ("2", "$0$")), "By (eq:wide).", "long"),
                Table(
                    ("$k$", "what it is in words"), tuple((f"{j}", "word " * 30) for j in range(30))
                ),
                Figure(
                    Plot(
                        (
                            Layer("stems", KERNEL, "inside", "the memory kernel of all classes"),
                            Layer("steps", KERNEL[::3], "outside", "its bound"),
                            Layer("area", KERNEL[:4], "mark", "what is lost"),
                        ),
                        "step $m$",
                        "tokens $g_m$",
                    ),
                    "Of (fig:roots), (tab:long) and (eq:number).",
                    "kernel",
                ),
                CirclePlot(((0.5, 0.1), (-1.2, 3.0)), ((1.0, 0.0),), ((-1.0, 0.0),), "Roots."),
            ),
        ),
    ),
    (),
)


@pytest.fixture(scope="module")
def fragments() -> list[str]:
    first = ("azure-code-2023", "long rationals", "unequal shares", "symbolic two classes")
    then = (_PAPER, "non-coprime", "4056 steps", "symbolic shape")
    many = Workload.from_classes([(7 * j % 23 + 1, 3 + 2 * j, j + 1) for j in range(40)])
    mixes = [*map(derived, (*first, *then)), derive(many), derive("100:40")]
    return [found.fragment for found in (Derivation(EVERYTHING), *mixes)]


@pytest.mark.parametrize("name", CLASSES)
def test_fragments_fit_into_the_columns_of_a_paper(
    name: str,
    fragments: list[str],
    typeset: Callable[[str, Path], Any],
    lacking: Callable[[str], None],
    tmp_path: Path,
) -> None:
    finder = shutil.which("kpsewhich")
    if finder is None or subprocess.run([finder, f"{name}.cls"], check=False).returncode:
        lacking(f"{name}.cls, of Debian's texlive-publishers")
    shown = fragments
    if name != "article":  # in wider columns one mix of a kind, and pictures of wide things alone
        shown = [fragments[0], *(PICTURE.sub("", text) for text in fragments[1:5])]
    mixes = [rf"\section{{A mix}}{text}\clearpage" for text in shown]
    packages = fragments[0].splitlines()[0].removeprefix("% ")
    assert packages == r"\usepackage{amsmath,amsthm,booktabs,xcolor,pgfplots}"
    # What newtxmath defines as amssymb does: a paper that loads both does not compile.
    lines = [CLASSES[name], r"\newcommand{\Bbbk}{}", packages, r"\begin{document}", *mixes]
    found = typeset("\n".join([*lines, r"\end{document}"]), tmp_path)
    wide = [float(x) for x in re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\)", found.log)]
    assert all(points <= 1 for points in wide), wide
    assert "multiply defined" not in found.log
    assert not re.search(r"Reference `[^']*' on page \d+ undefined", found.log)


def test_the_article_of_wide_things_compiles(
    typeset: Callable[[str, Path], Any], tmp_path: Path
) -> None:
    found = typeset(Derivation(EVERYTHING).article, tmp_path)
    found.assert_clean()
    assert re.search(r"Figure 1.*Figure 2", found.text, re.DOTALL)
