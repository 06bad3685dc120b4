"""Numbers, labels and references: the same in LaTeX and on the page."""

from __future__ import annotations

import re

import pytest

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
    Table,
)

KINDS = ("line", "steps", "marks", "stems", "area")
TONES = ("inside", "outside", "on", "mark", "plain")


def written(*blocks):
    return Derivation(Document("On it", "In short.", (Section("First", blocks),), ()))


FIGURE = Figure(Plot((Layer("line", ((0, 0), (1, 2)), "plain"),), "$x$", "$y$"), "A line.", "line")
BLOCKS = (
    Formula("a = b"),
    Formula("c = d", "first"),
    Equations((("g_0", "= 1"), ("g_1", "= 2")), "second"),
    Table(("k",), (("1",),), "Numbers.", "numbers"),
    CirclePlot(((0.5, 0.0),), (), (), "Roots."),
    FIGURE,
    Paragraph("By (eq:second) and (eq:first), in (fig:line), (fig:roots) and (tab:numbers)."),
)


def test_references_in_latex_are_to_labels():
    text = written(*BLOCKS).article
    labels = re.findall(r"\\label\{(.*?)\}", text)
    assert labels == ["eq:first", "eq:second", "tab:numbers", "fig:roots", "fig:line"]
    assert set(re.findall(r"\\(?:eq)?ref\{(.*?)\}", text)) == set(labels)


def test_references_on_the_page_have_the_numbers():
    page = written(*BLOCKS).html
    said = page.rpartition("<p>By")[2]
    links = re.findall(r'<a href="#(.*?)">(.*?)</a>', said)
    assert links == [
        ("eq-second", "(2)"),
        ("eq-first", "(1)"),
        ("fig-line", "Figure 2"),
        ("fig-roots", "Figure 1"),
        ("tab-numbers", "Table 1"),
    ]
    assert all(page.count(f'id="{anchor}"') == 1 for anchor, _ in links)


def shapes(kind, tone):
    """The elements that one layer is made of, without where and in which colour."""
    points = ((0, 1), (1, 2), (2, 1))
    page = written(Figure(Plot((Layer(kind, points, tone),), "x", "y"), "It.", "it")).html
    drawn = re.search(rf'<g class="{tone}">(.*?)</g>', page, re.DOTALL)[1]
    return re.findall(r"<(\w+)", drawn)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tone", TONES)
def test_every_layer_is_drawn(kind, tone):
    assert shapes(kind, tone)


def test_marks_are_told_apart_without_colour():
    text = "\n".join(
        written(Figure(Plot((Layer("marks", ((0, 1),), tone),), "", ""), "", "it")).article
        for tone in TONES
    )
    assert len(set(re.findall(r"mark=([^,]+)", text))) == len(TONES)
    # a dot and a ring are both circles, one filled and one not
    assert len({tuple(shapes("marks", tone)) for tone in TONES}) == len(TONES) - 1


def test_steps_are_constant_up_to_the_next_point():
    plot = Plot((Layer("steps", ((0, 1), (1, 3)), "plain"),), "x", "y")
    drawn = re.search(r'<polyline class="line" points="(.*?)"', written(Figure(plot, "", "s")).html)
    (x0, y0), (x1, y1), (x2, y2) = [tuple(map(float, q.split(","))) for q in drawn[1].split()][:3]
    assert (y0, x1) == (y1, x2)
    assert x0 < x1
    assert y1 > y2  # downwards is less


def test_only_named_layers_are_in_the_legend():
    layers = (Layer("line", ((0, 1),), "plain", "seen"), Layer("line", ((0, 2),), "on"))
    for plot, count in ((Plot(layers, "", ""), 1), (Plot(layers, "", "", legend=False), 0)):
        found = written(Figure(plot, "", "it"))
        assert found.article.count(r"\addlegendentry") == count
        assert found.html.count("aria-hidden") == count


def mathematics(page):
    """The text of every formula of a page."""
    found = re.findall(r"<math.*?</math>", page, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", formula) for formula in found]


def test_a_long_number_in_prose_is_several_formulas_on_the_page():
    number = str(3**200)
    page = written(Paragraph(f"It is ${number}$.")).html
    pieces = mathematics(page)
    assert "".join(pieces) == number
    assert page.count("<wbr>") == len(pieces) - 1 > 2


def test_aligned_lines_are_rows_on_the_page():
    for lines, count in (((("a", "= b"),), 1), ((("a", "= b"), ("c", "= d")), 2)):
        page = written(Equations(lines)).html
        assert page.count("<mtr>") == count
        assert "&amp;" not in page
    system = Formula(r"\left\{ \begin{aligned} & a = b \\ & c = d \end{aligned} \right.")
    assert written(system).html.count("<mtr>") == 2


def test_a_prime_is_not_an_exponent_on_the_page():
    page = written(Formula("A'(z) + x^{n}")).html
    assert page.count("<msup>") == 1
    assert "&#x02032;" in page
