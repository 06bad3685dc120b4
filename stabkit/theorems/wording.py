"""The sentences of a claim: its predicates as prose with LaTeX mathematics between dollar signs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sympy import And, Equivalent, Function, Implies, Not, Or, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import false, true
from sympy.printing.latex import LatexPrinter

from .claims import Claim, Every, Exists, Quantity
from .facts import Holds, Summed

__all__ = ["asserted", "conclusions", "hypotheses", "notation", "said"]

_AS_DECIMAL = 100  # denominators from here on


def hypotheses(claim: Claim) -> tuple[str, ...]:
    """Return the hypotheses, a sentence each."""
    known = claim.known()
    return tuple(_sentence(said(predicate, known)) for predicate in claim.hypotheses)


def conclusions(claim: Claim) -> str:
    """Return the conclusions as sentences, one after the other."""
    known = claim.known()
    return " ".join(_sentence(said(predicate, known)) for predicate in claim.conclusions)


def notation(claim: Claim) -> tuple[tuple[str, str], ...]:
    """Return (symbol, meaning) of all quantities that are numbers, the symbols as LaTeX."""
    clauses = _clauses((*claim.hypotheses, *claim.conclusions))
    return tuple(
        (_symbol(quantity.symbol), quantity.meaning)
        for quantity in claim.quantities
        if quantity.symbol not in clauses
    )


def said(predicate: Any, known: Mapping[Any, Quantity]) -> str:
    """Return a predicate as a clause."""
    if predicate in (true, false):
        return "this is true" if predicate == true else "this is false"
    if isinstance(predicate, (Symbol, AppliedUndef)):
        key = predicate if isinstance(predicate, Symbol) else predicate.func
        return known[key].meaning
    if isinstance(predicate, Relational):
        return f"${_math(predicate)}$"
    if isinstance(predicate, (Every, Exists)):
        body, index, low, high = predicate.args
        which = "every" if isinstance(predicate, Every) else "some"
        spread = rf"{_math(low)} \le {_math(index)} \le {_math(high)}"
        return f"{said(body, known)} for {which} ${_math(index)}$ with ${spread}$"
    return _CONNECTED[predicate.func]([said(part, known) for part in _ordered(predicate)])


def asserted(predicate: Any) -> str:
    """Return what a fact says, or takes for granted, as a clause in symbols."""
    if isinstance(predicate, Holds):
        name, *objects = predicate.args
        return f"{name}: {', '.join(f'${_math(one)}$' for one in objects)}"
    if isinstance(predicate, Summed):
        whole, term = predicate.args
        return f"${_math(whole)}$ the sum of ${_math(term)}$ over the classes"
    if isinstance(predicate, (Symbol, Relational)):
        return f"${_math(predicate)}$"
    return _CONNECTED[predicate.func]([asserted(part) for part in _ordered(predicate)])


def _ordered(predicate: Any) -> list[Any]:
    """Return the parts, propositions in words before formulas where the order is free."""
    if isinstance(predicate, Implies):
        return list(predicate.args)
    return sorted(predicate.args, key=lambda part: isinstance(part, Relational))


_CONNECTED: dict[Any, Callable[[list[str]], str]] = {
    And: lambda parts: " and ".join(parts),
    Or: lambda parts: " or ".join(parts),
    Not: lambda parts: f"it is not true that {parts[0]}",
    Implies: lambda parts: f"if {parts[0]}, then {parts[1]}",
    Equivalent: lambda parts: " if and only if ".join(parts),
}


def _clauses(predicates: Any) -> set[Any]:
    """Return the symbols that stand for propositions."""
    found: set[Any] = set()
    for predicate in predicates:
        if isinstance(predicate, Symbol):
            found.add(predicate)
        elif isinstance(predicate, AppliedUndef):
            found.add(predicate.func)
        elif isinstance(predicate, (Every, Exists)):
            found |= _clauses(predicate.args[:1])
        elif not isinstance(predicate, Relational):
            found |= _clauses(predicate.args)
    return found


def _symbol(symbol: Any) -> str:
    return _math(Function(symbol.__name__)) if isinstance(symbol, type) else _math(symbol)


class _Printer(LatexPrinter):  # type: ignore[misc]
    """LaTeX with long decimals as such, and arguments in plain brackets."""

    def _print_Rational(self, number: Any) -> str:  # noqa: N802
        digits = next((k for k in range(9) if 10**k % number.q == 0), None)
        if digits is None or number.q < _AS_DECIMAL:
            return str(super()._print_Rational(number))
        return f"{Decimal(number.p) / Decimal(number.q):.{digits}f}"

    def _print_LessThan(self, relation: Any) -> str:  # noqa: N802
        return rf"{self._print(relation.lhs)} \le {self._print(relation.rhs)}"

    def _print_GreaterThan(self, relation: Any) -> str:  # noqa: N802
        return rf"{self._print(relation.lhs)} \ge {self._print(relation.rhs)}"


def _math(expression: Any) -> str:
    text = str(_Printer({"mul_symbol": None}).doprint(expression))
    while (shorter := _ARGUMENTS.sub(r"(\1)", text)) != text:
        text = shorter
    return text


# The arguments of a function, {\left(x \right)}; not a denominator that begins with a bracket.
_ARGUMENTS = re.compile(r"\{\\left\(((?:(?!\\left|\\right).)*) \\right\)\}")


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:] + "."
