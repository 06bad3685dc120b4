"""Broken formulas: nothing is lost, no line is too wide, brackets stay paired for TeX."""

from __future__ import annotations

import random
import re

import pytest
from sympy import latex, symbols

from stabkit.publish.document.line_breaking import (
    aligned,
    breakable,
    broken,
    estimated_width,
    inline_pieces,
)

x, y = symbols("x y")


def content(formula):
    """The formula without what the breaker adds or changes."""
    text = formula.replace("\\begin{aligned}", "").replace("\\end{aligned}", "")
    for mark in ("&", r"\\", r"\quad", r"\qquad", r"\left", r"\right", r"\bigl", r"\bigr"):
        text = text.replace(mark, "")
    return re.sub(r"\s", "", text)


def lines(formula):
    inside = formula.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}")
    return inside.split(" \\\\\n")


def random_formula(rng):
    polynomial = sum(rng.randint(-99, 99) * x**k * y ** rng.randint(0, 3) for k in range(30))
    return f"F(x) = {latex(polynomial)} = {latex((polynomial + 1) * (x + y))}"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("width", [20.0, 34.0])
def test_long_sums(seed, width):
    formula = random_formula(random.Random(seed))
    broken = aligned(formula, width)
    assert content(broken) == content(formula)
    for line in lines(broken):
        assert estimated_width(line) <= width
        assert line.count("&") == 1
        assert line.count(r"\left") == line.count(r"\right")
        assert line.count("{") == line.count("}")


def test_a_short_formula_stays_as_it_is():
    assert aligned("a = b + c") == "a = b + c"


def test_a_fraction_that_fits_is_not_broken():
    formula = r"a = \frac{x + y}{2} + \frac{x - y}{2} + c + d"
    assert aligned(formula, 10.0).count(r"\frac{x + y}{2}") == 1
    assert content(aligned(formula, 10.0)) == content(formula)


def test_a_fraction_that_is_too_wide_becomes_a_quotient():
    names = [f"x_{{{k}}}" for k in range(40)]
    broken = aligned(rf"a = \frac{{{' + '.join(names)}}}{{2 b}} c + 1", 10.0)
    assert re.findall(r"x_\{\d+\}", broken) == names
    assert "/ " in broken
    assert content(broken).endswith("/(2b))c+1")
    assert content(aligned(r"\frac{" + "a + " * 9 + r"a}{b}", 10.0)).endswith("+a)/b")


def test_a_long_number_is_broken_between_groups_of_digits():
    number = str(3**100)
    broken = lines(aligned(f"N = {number}", 12.0))
    parts = [re.sub(r"\D", "", line) for line in broken]
    assert "".join(parts) == number
    assert all(len(part) % 5 == 0 for part in parts[:-1])
    assert all(estimated_width(line) <= 12.0 for line in broken)
    assert len(lines(aligned("N = 123456789012345 + 1", 4.0))) == 2


def test_statements_are_aligned_at_their_relations():
    assert lines(aligned(r"a = b + c , \qquad d = e", 9.0)) == ["a &= b + c ,", "d &= e"]


def test_no_line_is_shorter_for_a_wide_left_hand_side():
    formula = "a + b + c + d = e + f"
    assert lines(aligned(formula, 9.0)) == ["&a + b + c + d", r"&\quad = e + f"]


def test_a_leading_sign_is_no_place_to_break():
    assert not lines(aligned("- a + b", 1.0))[0].strip("& ").endswith("-")


def test_rows_are_broken_one_by_one():
    rows = "\\begin{gathered}\na + b + c \\\\\nd\n\\end{gathered}"
    assert lines(aligned(rows, 4.0)) == ["&a + b", r"&\quad + c", "&d"]
    braced = r"\left\{ \begin{aligned} & a = b + c \\ & d \end{aligned} \right."
    inside = "\n&a = b \\\\\n&\\quad + c \\\\\n&d\n"
    whole = rf"\left\{{ \begin{{aligned}}{inside}\end{{aligned}} \right."
    assert broken(braced, 5.0) == [whole]


def test_prose_breaks_at_commas_and_in_numbers():
    listed = ", ".join(f"g_{{{k}}}" for k in range(20))
    assert breakable(listed).count(r"\allowbreak") == 19
    assert content(breakable(listed).replace(r"\allowbreak", "")) == content(listed)
    assert breakable("x(0,1) = 2") == "x(0,1) = 2"
    assert breakable(r"\left(a + b\right) c", 0.0) == r"\bigl(a + b\bigr) c"
    assert max(inline_pieces(f"{3**100} + 1")) <= 3.0


def test_widths_by_count():
    assert estimated_width("") == 0
    assert estimated_width(r"\left(a\right)") == estimated_width("(a)")
    assert estimated_width("x^{aaaa}") < estimated_width("xaaaa")
    assert estimated_width("12345") == 2.5  # a digit of Computer Modern is half an em
