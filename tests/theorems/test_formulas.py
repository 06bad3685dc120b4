"""Formulas on paper: the order of the field, and the same value whatever the order."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Abs, Expr, Function, I, Rational, Subs, exp, pi, simplify, symbols
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.parsing.sympy_parser import (
    implicit_multiplication,
    parse_expr,
    standard_transformations,
)

import stabkit
from stabkit.theorems.formulas import balanced, formula
from stabkit.theorems.textbook.deduction import Deduction

A, B, C, F, L, M, U, W, X = symbols("A B C F L M U W X")
Prime, chi, eps, g0, lam = symbols("A' chi varepsilon g_0 lambda")
s, length, p, x, y, z = symbols("s l p x y z")
j, k, m = symbols("j k m", integer=True)


@pytest.mark.parametrize(
    ("expression", "printed"),
    [
        (M - B, "M - B"),
        (U - M, "U - M"),
        (1 + m + s, "s + m + 1"),
        (L + s, "s + L"),
        (2 + 3 * lam + lam**2, r"\lambda^{2} + 3 \lambda + 2"),
        (z**2 - z + 1, "1 - z + z^{2}"),
        (1 - eps * (m + x), r"1 - \varepsilon (m + x)"),
        (A * (L + s) - Prime * lam, r"(s + L) A - \lambda A'"),
        (chi * g0, r"g_{0} \chi"),
        ((length + 2 * s + 1) / (2 * length + 2 * s), r"\frac{2 s + l + 1}{2 (s + l)}"),
        (z**length * p * (s + length), "p (s + l) z^{l}"),
        (Rational(1, 2) - x / 3, r"\frac{1}{2} - \frac{x}{3}"),
        (Rational(3, 1000), "0.003"),
        (Function("x")(k, j), "x_{k}^{(j)}"),
        (Function("N")(x), "N(x)"),
        (Abs(x - 1) ** 2, "|x - 1|^{2}"),
        (exp(-x), "e^{- x}"),
        (symbols("epsilon"), r"\varepsilon"),
    ],
)
def test_the_order_of_the_field(expression, printed):
    assert formula(expression) == printed


@pytest.mark.parametrize(
    ("expression", "sign", "printed"),
    [
        (C - M + U - X, "=", "C + U = M + X"),
        (W, "=", "W = 0"),
        (M - B, "=", "M = B"),
        (1 - p * x, "=", "p x = 1"),
        (1 - eps * m, ">", r"m \varepsilon < 1"),
        (s + length - x * y, r"\ge", r"s + l \ge x y"),
        (s + length, ">", "s + l > 0"),
        (-x, r"\ge", r"x \le 0"),
    ],
)
def test_negative_terms_stand_on_the_other_side(expression, sign, printed):
    assert balanced(expression, sign) == printed


_SMALL = st.builds(Rational, st.integers(-4, 4), st.integers(1, 4))
_LETTERS = st.sampled_from([s, length, x, y])


@st.composite
def rational_functions(draw):
    def total():
        terms = draw(st.lists(st.tuples(_SMALL, _LETTERS, st.integers(0, 2)), min_size=1))
        return sum(c * letter**power for c, letter, power in terms)

    below = total()
    return total() * total() / (below if draw(st.booleans()) and below != 0 else below**2 + 1)


def _value(text, at):
    """Return what a printed formula is worth: read again, as a product where nothing stands."""
    while r"\frac" in text:
        text = re.sub(r"\\frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
        text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", text)
    text = re.sub(r"\^\{([^{}]*)\}", r"**(\1)", re.sub(r"\\left|\\right", "", text))
    rules = (*standard_transformations, implicit_multiplication)
    return parse_expr(text, {str(x): x for x in at}, transformations=rules).subs(at)


@settings(deadline=None, max_examples=30)
@given(rational_functions())
def test_what_is_printed_has_the_same_value(expression):
    at = {s: Rational(2, 3), length: Rational(-5, 7), x: 3, y: Rational(1, 5)}
    assert _value(formula(expression), at) == expression.subs(at)


@settings(deadline=None, max_examples=30)
@given(rational_functions())
def test_both_sides_differ_by_the_expression(expression):
    at = {s: Rational(2, 3), length: Rational(-5, 7), x: 3, y: Rational(1, 5)}
    left, sign, right = re.split(r" (>|<|=) ", balanced(expression, ">"))
    difference = _value(left, at) - _value(right, at)
    assert (difference if sign == ">" else -difference) == expression.subs(at)


def _within(evidence):
    """Yield the expressions of evidence."""
    if isinstance(evidence, Deduction):
        for part in evidence.schema.obligations().values():
            yield from _within(part)
    for name in ("left", "right", "expression", "closed"):
        found = getattr(evidence, name, None)
        if isinstance(found, Expr):
            yield found


def _of(theorem):
    for step in theorem.steps:
        yield from _within(step.evidence)
    for predicate in (*theorem.claim.hypotheses, *theorem.claim.conclusions):
        for relation in predicate.atoms(Relational):
            yield from relation.args


@pytest.mark.slow
@pytest.mark.parametrize("theorem", stabkit.theorems(), ids=lambda one: one.label)
def test_every_formula_of_the_records_is_read_again(theorem):
    """Names become single letters, which the reader above knows; i, pi, e and bars it does not."""
    for expression in _of(theorem):
        plain = expression.subs({part: symbols("u") for part in expression.atoms(AppliedUndef)})
        if plain.atoms(Subs, exp, Abs) or plain.has(I, pi):
            continue
        names = sorted(plain.free_symbols, key=str)
        short = [symbols(letter, integer=True) for letter in "zwsabcdfghjklmnopqrtuvxy"]
        renamed = plain.subs(dict(zip(names, short, strict=False)), simultaneous=True)
        at = {symbols(x.name): 2 + k % 5 for k, x in enumerate(short)}
        exact = renamed.subs({x: at[symbols(x.name)] for x in short})
        assert simplify(_value(formula(renamed), at) - exact) == 0
