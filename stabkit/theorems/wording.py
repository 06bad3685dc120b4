"""The sentences of a claim: its predicates as prose with LaTeX mathematics between dollar signs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import signature
from typing import Any

from sympy import And, Equivalent, Implies, Not, Or, Symbol, preorder_traversal
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import false, true

from .claims import Claim, Every, Exists, Quantity
from .formulas import formula

__all__ = ["clauses", "conclusions", "hypotheses", "notation", "propositions", "said"]


def hypotheses(claim: Claim) -> tuple[str, ...]:
    """Return the hypotheses, a sentence each."""
    return tuple(map(_sentence, clauses(claim, claim.hypotheses)))


def conclusions(claim: Claim) -> str:
    """Return the conclusions as sentences, one after the other."""
    return " ".join(map(_sentence, clauses(claim, claim.conclusions)))


def clauses(claim: Claim, predicates: Iterable[Any]) -> list[str]:
    """Return predicates of a claim as clauses, without a capital or a full stop."""
    known = claim.known()
    return [said(predicate, known) for predicate in predicates]


def notation(claim: Claim) -> tuple[tuple[str, str], ...]:
    """Return (symbol, meaning) of all quantities that are numbers, the symbols as LaTeX."""
    words = propositions(claim)
    applied = _applied((*claim.hypotheses, *claim.conclusions), claim.known())
    return tuple(
        (formula(applied.get(quantity.symbol) or _shown(quantity)), quantity.meaning)
        for quantity in claim.quantities
        if quantity.symbol not in words
    )


def propositions(claim: Claim) -> dict[Any, str]:
    """Return the symbols that stand for propositions, and the clauses that they are."""
    found = _propositions((*claim.hypotheses, *claim.conclusions))
    return {q.symbol: q.meaning for q in claim.quantities if q.symbol in found}


def said(predicate: Any, known: Mapping[Any, Quantity]) -> str:
    """Return a predicate as a clause."""
    if predicate in (true, false):
        return "this is true" if predicate == true else "this is false"
    if isinstance(predicate, (Symbol, AppliedUndef)):
        key = predicate if isinstance(predicate, Symbol) else predicate.func
        return known[key].meaning
    if isinstance(predicate, Relational):
        return f"${formula(predicate)}$"
    if isinstance(predicate, (Every, Exists)):
        return _quantified(predicate, known)
    return _CONNECTED[predicate.func]([said(part, known) for part in _ordered(predicate)])


def _quantified(predicate: Any, known: Mapping[Any, Quantity]) -> str:
    """Return what holds for all, or some, indices; of two quantifiers the outer one first."""
    spreads: list[str] = []
    kind = type(predicate)
    while isinstance(predicate, kind):
        body, index, low, high = predicate.args
        spreads.insert(0, rf"${formula(low)} \le {formula(index)} \le {formula(high)}$")
        predicate = body
    which = "all" if kind is Every else "some"
    return f"{said(predicate, known)} for {which} {' and '.join(reversed(spreads))}"


def _ordered(predicate: Any) -> list[Any]:
    """Return the parts, propositions in words before formulas where the order is free."""
    if isinstance(predicate, Implies):
        return list(predicate.args)
    return sorted(predicate.args, key=lambda part: isinstance(part, Relational))


_CONNECTED: dict[Any, Callable[[list[str]], str]] = {
    And: lambda parts: " and ".join([", ".join(parts[:-1]), parts[-1]]),
    Or: lambda parts: " or ".join(parts),
    Not: lambda parts: f"it is not true that {parts[0]}",
    Implies: lambda parts: f"if {parts[0]}, then {parts[1]}",
    Equivalent: lambda parts: " if and only if ".join(parts),
}


def _propositions(predicates: Iterable[Any]) -> set[Any]:
    """Return the symbols that stand for propositions."""
    found: set[Any] = set()
    for predicate in predicates:
        if isinstance(predicate, Symbol):
            found.add(predicate)
        elif isinstance(predicate, AppliedUndef):
            found.add(predicate.func)
        elif isinstance(predicate, (Every, Exists)):
            found |= _propositions(predicate.args[:1])
        elif not isinstance(predicate, Relational):
            found |= _propositions(predicate.args)
    return found


def _applied(predicates: Iterable[Any], known: Mapping[Any, Quantity]) -> dict[Any, Any]:
    """Return the functions with the free indices that the predicates take them at: x_k^(j)."""
    found: dict[Any, Any] = {}
    for predicate in predicates:
        for part in preorder_traversal(predicate):
            free = all(x.is_Symbol and x not in known for x in part.args)
            if isinstance(part, AppliedUndef) and free:
                found.setdefault(part.func, part)
    return found


def _shown(quantity: Quantity) -> Any:
    """Return a letter; of a function with what its value takes: g_m where that is an int, N(r)."""
    if not isinstance(quantity.symbol, type):
        return quantity.symbol
    _, *taken = signature(quantity.value).parameters.values()
    return quantity.symbol(*(Symbol(x.name, integer=x.annotation == "int" or None) for x in taken))


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:] + "."
