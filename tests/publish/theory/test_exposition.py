"""Theorems in sentences: what is said, what is left out because it is empty, what is linked."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from sympy import Eq, Ge, Gt, Or, symbols
from theory.pages import theory_pages

import stabkit
from stabkit import Formula, exposition, theory_tex
from stabkit.model.enclosure import RealEnclosure
from stabkit.publish.theory.chapters import chapters_drawn
from stabkit.publish.theory.evidence import evidence_blocks
from stabkit.publish.theory.front import letters_known
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import Enclosed, Identity, Inequality, Numeric, Summation
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem
from stabkit.theorems.runner import prove
from stabkit.theorems.textbook.algebra import Linearity
from stabkit.theorems.textbook.deduction import Deduction
from stabkit.theorems.textbook.zeros import BoundaryCrossing

M, U, p, s, x, y = symbols("M U p s x y")
n = symbols("n", integer=True)


def shown(evidence):
    blocks = evidence_blocks(evidence, {})
    return [block.latex if isinstance(block, Formula) else block.text for block in blocks]


def test_what_says_nothing_on_paper_is_not_shown():
    assert shown(Identity(x + x, 2 * x)) == []
    assert shown(Inequality(x, {x: Interval(0, open_low=True)})) == []


def test_the_end_of_a_domain_is_not_shown_as_an_inequality():
    at_least = {x: Interval(y + 1), y: Interval(0)}
    assert shown(Inequality(x - y - 1, at_least, strict=False)) == []
    assert shown(Inequality(x - y, at_least)) == [r"x > y \quad (x \ge y + 1, y \ge 0)."]


def enclosed():
    return RealEnclosure(Fraction(1, 4), Fraction(3, 4))


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"low": Fraction(0), "high": Fraction(1)}, "between $0$ and $1$"),
        ({"low": Fraction(0)}, "above $0$"),
        ({"high": Fraction(1)}, "below $1$"),
    ],
)
def test_an_enclosure_is_a_sentence(bounds, said):
    assert shown(Enclosed("the root", enclosed, **bounds)) == [
        f"By certified enclosure, the root is {said}."
    ]


def test_a_small_tolerance_is_a_power_of_ten():
    (found,) = shown(Numeric("the root", "one mix", list, float, float, 1e-7))
    assert found.endswith("tolerance $10^{-7}$.")


def test_given_first_then_what_follows():
    assert shown(Identity(x, y, given=(x - y,))) == ["Given that $x = y$,", "x = y."]


def test_domains_beside_an_inequality():
    above = Inequality(x + s, {x: Interval(0, open_low=True), s: Interval(0), y: Interval(1)})
    assert shown(above) == [r"s + x > 0 \quad (x > 0, s \ge 0)."]


def test_a_sum_of_one_term_needs_no_brackets():
    assert shown(Summation(1, n, 1, symbols("m", integer=True), symbols("m", integer=True))) == [
        r"\sum_{n=1}^{m} 1 = m."
    ]


def test_linearity_is_shown_for_one_class():
    schema = Linearity(Eq(M, U, evaluate=False), {M: p * (s + 1), U: p * s + p})
    assert shown(Deduction(schema)) == [
        "Summed over the classes,",
        r"M = \sum p (s + 1), \qquad U = \sum (p s + p),",
        "and for the summands of one class",
        "p (s + 1) = p s + p,",
        "so that $M = U$.",
    ]


def test_sums_over_stages_are_called_so():
    m = symbols("m", integer=True)
    schema = Linearity(Eq(M, U, evaluate=False), {M: p * m, U: p * m})
    assert shown(Deduction(schema))[0] == "Summed over the classes and their stages,"


def record(conclusions, steps, label="T1", title="Doubling", meaning="a number", **more):
    named = (Quantity(x, meaning, lambda drawn: drawn),)
    claim = Claim(lambda rng: range(30), named, (Ge(x, 0),), conclusions)
    return Theorem(label, title, claim, steps, "It doubles.", chapter="One", **more)


TWICE = Step("twice", "Add it to itself.", Identity(x + x, 2 * x))
MORE = Step("more", "Add one.", Identity(x + 1, x + 1))


def test_a_statement_in_sentences():
    steps = (TWICE, MORE)
    (one,) = prove([record((Gt(x + 1, 0), Gt(x + 2, 0)), steps)])
    statement = [block.text for block in exposition(one)[0].blocks]
    assert statement == [
        "Let $x$ be a number.",
        r"Suppose that $x \ge 0$.",
        "Then (i) $x + 1 > 0$; and (ii) $x + 2 > 0$.",
    ]
    proof = next(part for part in exposition(one) if part.title == "Proof")
    assert proof.blocks[-1].text == (
        "Links in prose (4): from the steps (1) and (2), and to the conclusions (i) and (ii)."
    )


def test_hypotheses_with_an_alternative_are_kept_apart():
    one = record((Gt(x + 1, 0),), (TWICE,))
    either = replace(one.claim, hypotheses=(Ge(x, 0), Or(Ge(x, 1), Eq(x, 0), Gt(x + 1, 0))))
    (one,) = prove([replace(one, claim=either)])
    assert exposition(one)[0].blocks[1].text == (
        r"Suppose that $x \ge 0$; and $x = 0$ or $x \ge 1$ or $x + 1 > 0$."
    )


@pytest.mark.parametrize(("count", "listed"), [(3, False), (4, True)])
def test_many_letters_are_a_list(count, listed):
    """From four on; the article and the pages have the same meanings."""
    letters = symbols("a_1:5")[:count]
    named = tuple(Quantity(a, f"number {k}", lambda drawn: drawn) for k, a in enumerate(letters))
    claim = Claim(lambda rng: range(30), named, (), tuple(Ge(a, 0) for a in letters))
    found = prove([replace(record((), (TWICE,)), claim=claim)])
    article, page = theory_tex(found), theory_pages(found)["01-one.md"]
    assert (r"\item[$a_{1}$] be number 0;" in article) is listed
    assert ("* $a_{1}$ be number 0;\n" in page) is listed
    assert rf"be number {count - 1}." in article
    assert rf"be number {count - 1}." in page


def test_steps_in_a_row_are_a_range():
    steps = tuple(Step(f"step-{k}", "Add one.", Identity(x + k, x + k)) for k in range(1, 8))
    (one,) = prove([record((Gt(x + 1, 0),), steps)])
    one = replace(one, links=tuple(f"from the step step {k}" for k in (1, 2, 4, 5, 6, 7)))
    proof = next(part for part in exposition(one) if part.title == "Proof")
    assert proof.blocks[-1].text == "Links in prose (6): from the steps (1), (2) and (4)–(7)."


def test_a_letter_that_is_known_is_not_introduced():
    (one,) = prove([record((Gt(x + 1, 0),), (TWICE,))])
    first, *_ = exposition(one, {("x", "a number")})[0].blocks
    assert first.text.startswith("Suppose")


def test_a_letter_is_known_if_it_means_the_same_almost_everywhere():
    alike = [record((Gt(x + 1, 0),), (TWICE,), f"T{k}") for k in range(4)]
    other = [record((Gt(x + 1, 0),), (TWICE,), f"O{k}", meaning="a day") for k in range(2)]
    assert letters_known(prove(alike)) == {("x", "a number"): 4}
    assert letters_known(prove(alike[:3])) == {}
    assert letters_known(prove([*alike, *other])) == {}


@pytest.mark.parametrize(
    ("more", "environment"),
    [({}, "theorem"), ({"conjecture": "Searched."}, "conjecture")],
)
def test_the_environment_is_that_of_the_status(more, environment):
    text = theory_tex(prove([record((Gt(x + 1, 0),), (TWICE,), **more)]))
    assert rf"\begin{{{environment}}}[{{Doubling}}]" in text


@pytest.mark.slow
def test_every_result_that_is_referred_to_has_its_label():
    text = theory_tex(prove(stabkit.theorems()[:9]))
    labels = set(re.findall(r"\\label\{((?!fig:)[^}]+)\}", text))
    assert len(labels) == 9
    assert set(re.findall(r"\\(?:ref|hyperref)[\[{]([^\]}]+)[\]}]", text)) <= labels


def test_what_a_textbook_theorem_is_given_stands_beside_what_follows_from_it():
    k = symbols("k")
    schema = BoundaryCrossing(
        symbols("G"), s, s + 1, -x / y, s * y + x, {s: Interval(0), k: Interval(0)}
    )
    given, displayed, _ = shown(Deduction(schema))
    assert given == (
        r"Granted that the leading coefficient of $G$ is $s + 1$, and since, for $s \ge 0$,"
    )
    assert displayed == (
        r"s + 1 > 0, \qquad s = - \frac{x}{y} \enspace\text{if}\enspace s y + x = 0,"
    )


def test_chapters_stand_below_what_they_use():
    """By hand: C uses A and B, B uses A; the arrow from A to C is implied."""
    one = record((Gt(x + 1, 0),), (TWICE,), "A1")
    two = replace(record((Gt(x + 1, 0),), (TWICE,), "B1", uses=("A1",)), chapter="Two")
    six = replace(record((Gt(x + 1, 0),), (TWICE,), "C1", uses=("A1", "B1")), chapter="Six")
    drawn = "\n".join(chapters_drawn(prove([one, two, six])))
    assert re.findall(r"\\draw.* \((c\d)\) -- \((c\d)\)", drawn) == [("c1", "c2"), ("c2", "c3")]
    assert re.findall(r"\((c\d)\) at \(0,(-?[\d.]+)\)", drawn) == [
        ("c1", "0"),
        ("c2", "-1.7"),
        ("c3", "-3.4"),
    ]
    assert list(chapters_drawn(prove([one]))) == []
