"""Fragments in papers: the classes of five publishers, with the packages that a fragment names."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
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

s, p = symbols("s p")
k, n = symbols("k l", integer=True, positive=True)
MIXES = (
    "5:3 5:5",
    Workload.from_classes([(10, 4), (10, 6)]),
    Workload.named("azure-conv-2023"),
    Workload.from_classes([(100, 4056), ("100/3", 2)]),
    Workload.from_classes([("1/98765432109876543210987", 4, 10**30 + 57), (3, 7, 10**29)]),
    Workload.from_classes([(7 * j % 23 + 1, 3 + 2 * j, j + 1) for j in range(40)]),
    Workload.from_classes([(10**12, 30, 999983), (0, 31, 1)]),
    Workload.from_classes([(100, 40)]),
    SymbolicWorkload.from_classes([(s, k, p), (s, n, 1 - p)]),
    SymbolicWorkload.from_classes([(s, 2, p), (s, 5, 1 - p)]),
)
CLASSES = {
    "article": r"\documentclass[twocolumn]{article}",
    "IEEEtran": r"\documentclass[journal]{IEEEtran}",
    "elsarticle": r"\documentclass[5p]{elsarticle}",
    "revtex4-2": r"\documentclass[twocolumn]{revtex4-2}",
    # amsthm has a proof of its own
    "llncs": r"\documentclass{llncs}\let\proof\relax\let\endproof\relax",
}
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
    return [found.fragment for found in (Derivation(EVERYTHING), *map(derive, MIXES))]


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
    inputs = []
    # in the other classes one of a kind: each of them takes seconds in every pass
    shown = fragments if name == "article" else [*fragments[:1], *fragments[3::2]]
    for number, text in enumerate(shown):
        (tmp_path / f"fragment-{number}.tex").write_text(text, encoding="utf-8")
        inputs.append(rf"\section{{A mix}}\input{{fragment-{number}}}\clearpage")
    packages = fragments[0].splitlines()[0].removeprefix("% ")
    assert packages == r"\usepackage{amsmath,amsthm,booktabs,xcolor,pgfplots}"
    # What newtxmath defines as amssymb does: a paper that loads both does not compile.
    lines = [CLASSES[name], r"\newcommand{\Bbbk}{}", packages, r"\begin{document}", *inputs]
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
