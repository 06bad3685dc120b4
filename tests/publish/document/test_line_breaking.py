"""Broken formulas: nothing is lost, no line is too wide, brackets stay paired for TeX."""

from __future__ import annotations

import random
import re

import pytest
from sympy import latex, symbols

from stabkit.publish.document.line_breaking import aligned, estimated_width

x, y = symbols("x y")


def content(formula):
    """The formula without what the breaker adds or changes."""
    text = formula.replace("\\begin{aligned}", "").replace("\\end{aligned}", "")
    for mark in ("&", r"\\", r"\quad", r"\left", r"\right", r"\bigl", r"\bigr"):
        text = text.replace(mark, "")
    return re.sub(r"\s", "", text)


def lines(formula):
    inside = formula.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}")
    return inside.split(" \\\\\n")


def random_formula(rng):
    polynomial = sum(rng.randint(-99, 99) * x**k * y ** rng.randint(0, 3) for k in range(30))
    return f"F(x) = {latex(polynomial)} = {latex((polynomial + 1) * (x + y))}"


@pytest.mark.parametrize("seed", range(20))
def test_long_sums(seed):
    formula = random_formula(random.Random(seed))
    broken = aligned(formula, 30.0)
    assert content(broken) == content(formula)
    for line in lines(broken):
        assert estimated_width(line) <= 32.0
        assert line.count("&") == 1
        assert line.count(r"\left") == line.count(r"\right")
        assert line.count("{") == line.count("}")


def test_a_short_formula_stays_as_it_is():
    assert aligned("a = b + c") == "a = b + c"


def test_no_break_within_braces():
    formula = r"a = \frac{" + " + ".join(f"x_{{{k}}}" for k in range(40)) + "}{2}"
    assert aligned(formula, 10.0).count(r"\frac{") == 1
    assert content(aligned(formula, 10.0)) == content(formula)


def test_a_leading_sign_is_no_place_to_break():
    assert not lines(aligned("- a + b", 1.0))[0].strip("& ").endswith("-")


def test_widths_by_count():
    assert estimated_width("") == 0
    assert estimated_width(r"\left(a\right)") == estimated_width("(a)")
    assert estimated_width("x^{aaaa}") < estimated_width("xaaaa")
