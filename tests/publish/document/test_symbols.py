"""What a document uses before it says what it is; every case is read by hand."""

from __future__ import annotations

import pytest

from stabkit import CirclePlot, Document, Equations, Formula, Paragraph, Section, Statement, Table
from stabkit.publish.document.symbols import introduced_in, symbols_of, undefined_symbols


def undefined(*blocks, abstract="In short.", task=None):
    sections = (Section("First", blocks, task),)
    return [symbol for symbol, _ in undefined_symbols(Document("On it", abstract, sections, ()))]


@pytest.mark.parametrize(
    ("latex", "symbols"),
    [
        ("g_m + g_{L-1}", "g m L"),
        (r"\lambda^{L-1} P^*(z) + P(z)", r"\lambda L P^* z P"),
        (r"a^{*} + a_n^*", "a^* n"),
        (r"s^\circ = \mathcal{F} \hat{x}", r"s^\circ \mathcal{F} \hat{x}"),
        (r"e^{i\theta} + 0.5\,i", r"\theta"),
        (r"\operatorname{Re} \frac{x}{y} + O(s^{-2}) \text{ if } \pi", "x y s"),
        (r"\begin{aligned} a &= b \end{aligned}", "a b"),
    ],
)
def test_symbols_of_a_formula(latex, symbols):
    assert symbols_of(latex)[0] == symbols.split()


def test_a_block_introduces_for_itself_and_for_what_follows():
    said = Paragraph("Let $g_m$ be the kernel.", ("g_m",))
    assert undefined(said, Formula("g_0 > 0")) == []
    assert undefined(Formula("g_0 > 0"), said) == ["g"]
    assert undefined(Formula(r"\mu = 1", None, (r"\mu",)), Formula(r"\mu^2")) == []


def test_a_raised_star_is_another_symbol():
    assert undefined(Paragraph("$a_n$", ("a_n",)), Formula("a^* = a_n")) == ["a^*"]


def test_an_index_is_bound_where_it_is_one():
    known = Paragraph("$g$, $x$", ("g", "x"))
    assert undefined(known, Formula(r"g_m = m + 1")) == []
    assert undefined(known, Formula("m + 1")) == ["m"]
    assert undefined(known, Formula(r"\sum_{m=0} (m + 1)")) == []
    assert undefined(known, Formula(r"\min_{|w| = 1} w"), Formula("w")) == ["w"]


def test_everything_that_is_read_is_read():
    assert undefined(abstract="Of $a$.") == ["a"]
    assert undefined(task="Find $b$.") == ["b"]
    assert undefined(Paragraph("There."), task="Find $b$.") == []  # an article has no tasks
    assert undefined(Equations((("c", "= 1"),))) == ["c"]
    assert undefined(Table(("$d$",), (("$e$",),), "On $f$.")) == ["f", "d", "e"]
    assert undefined(CirclePlot((), (), (), "On $F$.")) == [r"\lambda", "F"]


def test_a_statement_introduces_its_notation():
    stated = Statement("R1", "Roots", "proved", (("A", "a sum of $S_m$"),), ("$A$",), "$A = D$.")
    assert undefined(stated) == ["S", "D"]


def test_the_first_section_is_named():
    both = (Section("One", (Formula("x"),)), Section("Two", (Formula("x + y"),)))
    found = undefined_symbols(Document("On it", "In short.", both, ()))
    assert found == [("x", "One"), ("y", "Two")]


def test_prose_introduces_what_it_names_or_defines():
    assert introduced_in(r"a zero $u$ of $D(w) = 1 - c w$ in $|w| < r$") == ("u", "D", "w", "r")
    assert introduced_in(r"with $u = x + i y$ and $v = \hat x$") == ("u", "v", r"\hat{x}")
    assert introduced_in(r"where $\sigma_k x + c_k \ge 0$, $a^* / B$, $2 n$ and $D'(w) = E$") == (
        "D",
        "w",
        "E",
    )


def test_a_bar_conjugates_and_a_raised_t_transposes():
    assert undefined(Paragraph(r"$\bar z p p^{\mathsf T}$", introduces=("z", "p"))) == []
