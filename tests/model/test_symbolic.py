"""What a symbolic workload takes in, and what it refuses."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import pytest
import sympy
from sympy import I, Integer, MatrixSymbol, Rational, Symbol, cos, sin, sqrt, symbols

from stabkit.errors import InvalidWorkload
from stabkit.model.polynomials import characteristic_polynomial, closed_form
from stabkit.model.state_space import state_matrix
from stabkit.model.symbolic import LAMBDA, SymbolicWorkload, Z

S, P = symbols("s p")
N = Symbol("n", integer=True, positive=True)


@pytest.mark.parametrize(
    "half", ["1/2", "0.5", 0.5, Decimal("0.5"), Fraction(1, 2), Rational(1, 2)]
)
def test_number_forms(half: object) -> None:
    mix = SymbolicWorkload.from_classes([(half, 2, half), (0, "3", half)])
    assert mix.classes[0].input_length == mix.classes[0].share == Rational(1, 2)
    assert mix.decode_lengths == (2, 3)


@pytest.mark.parametrize(
    "share", [P, 1 / (1 + P), sqrt(P), sin(P) ** 2, Rational(1, 3), "1/3"], ids=str
)
def test_shares_that_sum_to_one_identically(share: object) -> None:
    rest = 1 - Rational(1, 3) if isinstance(share, str) else 1 - share
    mix = SymbolicWorkload.from_classes([(S, 2, share), (S, 3, rest)])
    assert mix.common_input_length == S


def test_shares_are_simplified_to_one() -> None:
    SymbolicWorkload.from_classes([(S, 2, sin(P) ** 2), (S, 3, cos(P) ** 2)])
    with pytest.raises(InvalidWorkload, match=r"the shares must sum to 1 identically, not 2\*p"):
        SymbolicWorkload.from_classes([(S, 2, P), (S, 3, P)])


@pytest.mark.parametrize("function", [characteristic_polynomial, state_matrix])
def test_symbolic_lengths_have_only_a_closed_form(function: object) -> None:
    mix = SymbolicWorkload.from_classes([(S, 2, P), (S, N, 1 - P)])
    assert closed_form(mix).has(Z**N)
    with pytest.raises(InvalidWorkload, match="'decode_length' of class 2 must be an integer here"):
        function(mix)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ((S, 0, 1), "'decode_length' of class 1 must be between 1"),
        ((S, -3, 1), "'decode_length' of class 1 must be between 1"),
        ((S, 10**9 + 1, 1), "'decode_length' of class 1 must be between 1"),
        ((S, Rational(3, 2), 1), "'decode_length' of class 1 must be an integer"),
        ((S, sqrt(2), 1), "'decode_length' of class 1 must be an integer"),
        ((S, True, 1), "'decode_length' of class 1 must be an integer"),
        ((S, Symbol("l", negative=True), 1), "'decode_length' of class 1 must be a positive"),
        ((S, Symbol("l", integer=False), 1), "'decode_length' of class 1 must be a positive"),
        ((-1, 2, 1), "'input_length' of class 1 must be at least 0"),
        ((-sqrt(2), 2, 1), "'input_length' of class 1 must be at least 0"),
        (("s", 2, 1), "'input_length' of class 1 must be a finite rational"),
        (("__import__('os')", 2, 1), "'input_length' of class 1 must be a finite rational"),
        ((None, 2, 1), "'input_length' of class 1 must be a finite rational"),
        ((math.nan, 2, 1), "'input_length' of class 1 must be a finite rational"),
        ((sympy.nan, 2, 1), "'input_length' of class 1 must be real, exact and finite"),
        ((sympy.oo, 2, 1), "'input_length' of class 1 must be real, exact and finite"),
        ((sympy.zoo, 2, 1), "'input_length' of class 1 must be real, exact and finite"),
        ((I, 2, 1), "'input_length' of class 1 must be real, exact and finite"),
        ((sympy.Float(0.1), 2, 1), "'input_length' of class 1 must be real, exact and finite"),
        ((0.5 * S, 2, 1), "'input_length' of class 1 must be real, exact and finite"),
        ((MatrixSymbol("M", 2, 2), 2, 1), "'input_length' of class 1 must be real, exact"),
        ((Z, 2, 1), "'input_length' of class 1 must be free of the symbols lambda and z"),
        ((S, 2, LAMBDA), "'share' of class 1 must be free of the symbols lambda and z"),
        ((S, 2, 0), "'share' of class 1 must be positive"),
        ((S, 2, -1), "'share' of class 1 must be positive"),
        ((S, 2, "1/2"), "the shares must sum to 1 identically, not 1/2"),
        ((S, 2, P), "the shares must sum to 1 identically, not p"),
        ((S, 2), r"class 1 must be \(input, decode, share\)"),
        ("s:2", r"class 1 must be \(input, decode, share\)"),
        (7, r"class 1 must be \(input, decode, share\)"),
    ],
    ids=str,
)
def test_refusals(entry: object, message: str) -> None:
    with pytest.raises(InvalidWorkload, match=message):
        SymbolicWorkload.from_classes([entry])


@pytest.mark.parametrize("classes", [[], (), None, 3, "abc", S])
def test_no_list_of_classes(classes: object) -> None:
    with pytest.raises(InvalidWorkload, match="'classes' must"):
        SymbolicWorkload.from_classes(classes)


def test_text_is_never_parsed_as_an_expression(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object, **options: object) -> None:
        raise AssertionError("text reached the parser")

    monkeypatch.setattr("sympy.parsing.sympy_parser.parse_expr", refuse)
    with pytest.raises(InvalidWorkload, match="must be a finite rational number, not 'p'"):
        SymbolicWorkload.from_classes([(S, 2, "p"), (S, 3, Integer(1) - P)])
