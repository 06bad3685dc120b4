"""The criterion as text and as LaTeX: chains, words for always and never, escaped names."""

from __future__ import annotations

import pytest
from sympy import Function, Gt, Lt, Symbol, false, symbols

from stabkit.model.symbolic import SymbolicWorkload
from stabkit.publish.text.criterion import criterion_latex, criterion_text
from stabkit.spectrum.criterion.criterion import StabilityCriterion, stability_criterion

S, P, Q = symbols("s p q")


def of(*inequalities: object, simplified: bool = True) -> StabilityCriterion:
    return StabilityCriterion(inequalities, simplified, (), "By hand.")


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def test_two_and_three_steps() -> None:
    mix = SymbolicWorkload.from_classes([(S, 2, P), (S, 3, 1 - P)])
    criterion = stability_criterion(mix)
    assert "2/(s + 3) < p < (s + 2)/(s + 3)" in lines(criterion_text(criterion))
    assert "0 < p < 1" in lines(criterion_text(criterion))
    assert r"\frac{2}{s + 3} < p < \frac{s + 2}{s + 3} \\" in lines(criterion_latex(criterion))


@pytest.mark.parametrize("order", [1, -1])
def test_bounds_are_joined_whatever_their_order(order: int) -> None:
    bounds = [Gt(P, S), Lt(P, S + 1)][::order]
    assert lines(criterion_text(of(*bounds)))[1:] == ["s < p < s + 1"]


def test_bounds_on_different_symbols_are_not_joined() -> None:
    assert lines(criterion_text(of(Gt(P, S), Lt(Q, S))))[1:] == ["p > s", "q < s"]


def test_two_lower_bounds_make_two_lines() -> None:
    shown = lines(criterion_text(of(Gt(P, S), Gt(P, Q), Lt(P, 1))))
    assert shown[1:] == ["s < p < 1", "p > q"]


@pytest.mark.parametrize(
    ("criterion", "head"), [(of(), "always stable"), (of(false), "never stable")]
)
def test_words_in_place_of_true_and_false(criterion: StabilityCriterion, head: str) -> None:
    assert criterion_text(criterion) == f"{head}\n"
    assert rf"\text{{{head}}}" in criterion_latex(criterion)


def test_what_was_not_simplified_says_so() -> None:
    criterion = of(Gt(P, S), simplified=False)
    assert lines(criterion_text(criterion))[-1].startswith("(not simplified further")
    assert "not simplified further" in criterion_latex(criterion)
    assert "not simplified" not in criterion_text(of(Gt(P, S)))


@pytest.mark.parametrize("kind", [Symbol, lambda name: Function(name)(S)], ids=["symbol", "call"])
def test_names_cannot_move_a_terminal_or_run_latex(kind: object) -> None:
    name = "\x1b[2J\\input{x}^_%"
    criterion = of(Gt(kind(name), S))
    assert "\x1b" not in criterion_text(criterion)
    shown = criterion_latex(criterion)
    assert r"\input" not in shown
    assert "\x1b" not in shown
    assert r"\textbackslash{}input\{x\}\textasciicircum{}\_\%" in shown


def test_subscripts_stay() -> None:
    assert "p_{1} > s" in criterion_latex(of(Gt(Symbol("p_1"), S)))
