"""Facts: what a checked step says, as data that later steps and the claim can use.

A fact is a sympy predicate, its *conclusion*, and the *conditions* under which it holds: what was
given, the domains of its parameters, what a textbook theorem takes for granted. A later step that
uses a fact discharges a condition of its own by it, and inherits the fact's conditions. A
conclusion of a claim is *reached* if a fact says the same and all its conditions are hypotheses of
the claim, or follow from them. What is not reached so is an argument in prose, and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sympy import Gt, Symbol
from sympy.core.relational import (
    Equality,
    GreaterThan,
    Relational,
    StrictGreaterThan,
    Unequality,
)
from sympy.logic.boolalg import BooleanFunction

from .exact_zero import vanishes
from .positivity import Interval, is_positive

__all__ = ["Fact", "Holds", "Summed", "follows", "same"]


class Holds(BooleanFunction):  # type: ignore[misc]
    """``Holds(Symbol(name), objects, ...)``: a property that a textbook theorem speaks of."""

    @classmethod
    def eval(cls, *args: Any) -> None:
        """Leave it as it stands."""


class Summed(BooleanFunction):  # type: ignore[misc]
    """``Summed(quantity, summand)``: the quantity is the sum of its summands over the classes."""

    @classmethod
    def eval(cls, *args: Any) -> None:
        """Leave it as it stands."""


@dataclass(frozen=True)
class Fact:
    """A conclusion and what it holds under."""

    conclusion: Any
    conditions: tuple[Any, ...] = ()

    def at(self, values: Mapping[Any, Any]) -> Fact:
        """Return the fact for other values of its parameters."""
        place = [condition.subs(values, simultaneous=True) for condition in self.conditions]
        return Fact(self.conclusion.subs(values, simultaneous=True), tuple(place))

    def serves(self, other: Fact) -> bool:
        """Tell whether this fact says a condition of another."""
        return any(same(self.conclusion, condition) for condition in other.conditions)

    def discharged(self, known: Iterable[Fact]) -> Fact:
        """Return the fact without the conditions that other facts say, but with theirs."""
        conditions: list[Any] = []
        for condition in self.conditions:
            by = next((fact for fact in known if same(fact.conclusion, condition)), None)
            conditions += [condition] if by is None else by.conditions
        return Fact(self.conclusion, tuple(dict.fromkeys(conditions)))


@cache
def same(one: Any, other: Any) -> bool:
    """Tell whether two predicates are shown to say the same.

    The steps of a proof are compared in many places, and with every mutant of its claim: the answer
    is kept.

    >>> from sympy import Eq, Ge, symbols
    >>> x, y = symbols("x y")
    >>> same(Eq(x, y), Eq(y - x, 0)), same(Ge(x, y), Ge(x - y, 0)), same(Ge(x, y), Ge(y, x))
    (True, True, False)
    """
    if one == other:
        return True
    if not isinstance(one, Relational) or not isinstance(other, Relational):
        return False
    if isinstance(one, Equality) and isinstance(other, Equality):
        left, right = one.lhs - one.rhs, other.lhs - other.rhs
        return vanishes(left - right) or vanishes(left + right)
    for kind in (GreaterThan, StrictGreaterThan):
        sides = [_greater(relation, kind) for relation in (one, other)]
        if None not in sides:
            return vanishes(sides[0] - sides[1])
    return False


def _greater(relation: Any, kind: Any) -> Any:
    """Return the difference that a relation says to be positive (or not negative)."""
    if isinstance(relation, kind):
        return relation.lhs - relation.rhs
    return relation.rhs - relation.lhs if isinstance(relation.reversed, kind) else None


def follows(condition: Any, assumed: Iterable[Any]) -> bool:
    """Tell whether a condition is among assumptions, or an inequality that they are shown to imply.

    >>> from sympy import Gt, Ge, symbols
    >>> s, l = symbols("s l")
    >>> follows(Gt(s + l, 1), [Ge(s, 0), Ge(l, 2)]), follows(Gt(s, 0), [Ge(s, 0)])
    (True, False)
    """
    assumptions = list(assumed)
    if any(same(condition, assumption) for assumption in assumptions):
        return True
    if isinstance(condition, Unequality) and condition.rhs == 0:
        signs = (Gt(condition.lhs, 0, evaluate=False), Gt(-condition.lhs, 0, evaluate=False))
        return any(follows(sign, assumptions) for sign in signs)
    strict = isinstance(condition, Relational) and _greater(condition, StrictGreaterThan)
    loose = isinstance(condition, Relational) and _greater(condition, GreaterThan)
    if strict in (None, False) and loose in (None, False):
        return False
    domains = dict(_domain(assumption) for assumption in assumptions if _domain(assumption))
    return is_positive(strict or loose, domains, strict not in (None, False))


def _domain(assumption: Any) -> Any:
    """Return (symbol, interval) for an assumption x >= a or x > a; None for others."""
    if isinstance(assumption, Relational):
        relation = assumption if isinstance(assumption.lhs, Symbol) else assumption.reversed
        if isinstance(relation.lhs, Symbol) and isinstance(
            relation, (GreaterThan, StrictGreaterThan)
        ):
            strict = isinstance(relation, StrictGreaterThan)
            return relation.lhs, Interval(relation.rhs, open_low=strict)
    return None
