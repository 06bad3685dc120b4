"""Claims: what a theorem states, as predicates over concrete objects that a machine can decide.

A *claim* has quantities, hypotheses and conclusions. A *quantity* is a symbol, what it means in
words, and how to compute it for an object (a mix, a start, a run) with an engine that the proof
does not use. Hypotheses and conclusions are sympy predicates in these symbols: relations, `And`,
`Or`, `Not`, `Implies`, `Equivalent`, and the quantifiers `Every` and `Exists` over a range of
integers. The claim says: *for every object, if all hypotheses hold, all conclusions do.*

There is no second source. The sentences that a reader sees are made from the predicates
(`stabkit.theorems.wording`), and the machine decides the same predicates on objects that a seeded
generator draws, those that violate a hypothesis among them. So a statement whose constant,
relation or quantifier is changed is a changed claim, and a false one has a counterexample to meet.

Numbers are exact: integers and rationals, or intervals that are proved to hold them
(`RealEnclosure`). What an interval leaves open is *undecided*, and counts for nothing.

A claim that holds for all objects drawn is not proved by that; one that fails for a single object
is refuted.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, fields, is_dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from sympy import Abs, Add, And, Equivalent, Implies, Mul, Not, Or, Pow, Rational, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import (
    Equality,
    GreaterThan,
    LessThan,
    Relational,
    StrictGreaterThan,
    StrictLessThan,
    Unequality,
)
from sympy.logic.boolalg import BooleanFunction, false, true

from ..errors import StabkitError
from ..model.enclosure import RealEnclosure
from ..model.workload import Workload

__all__ = [
    "Claim",
    "Every",
    "Exists",
    "MalformedClaim",
    "Quantity",
    "Tried",
    "changed",
    "symbols_of",
]

_Interval = tuple[Fraction, Fraction]
_SEED = 20261129


class MalformedClaim(StabkitError):
    """A predicate has a symbol without a quantity, or a quantity is not exact."""


class Every(BooleanFunction):  # type: ignore[misc]
    """``Every(body, index, low, high)``: the body holds for every integer index in low .. high."""

    @classmethod
    def eval(cls, *args: Any) -> None:
        """Leave it as it stands."""


class Exists(BooleanFunction):  # type: ignore[misc]
    """``Exists(body, index, low, high)``: the body holds for some integer index in low .. high."""

    @classmethod
    def eval(cls, *args: Any) -> None:
        """Leave it as it stands."""


@dataclass(frozen=True)
class Quantity:
    """What a symbol stands for.

    * `symbol` (sympy.Symbol or sympy undefined function): a symbol; ``Function("S")`` for what
      depends on arguments, as S(m).
    * `meaning`: prose with mathematics: "the number of unstable modes". Of a proposition a whole
      clause: "the equilibrium is stable".
    * `value`: from the object (and the arguments) to an int, Fraction, bool, `RealEnclosure`, or
      None for undecided. By definition, or by an engine that the proof does not use.
    * `summand` (sympy.Expr or None): where the quantity is, by definition, a sum over the classes:
      the part of one class, in the symbols of `parts`.
    * `parts`: from the object to the classes, each a mapping from symbols to numbers; with it the
      summand is checked on every object.
    """

    symbol: Any
    meaning: str
    value: Callable[..., Any]
    summand: Any = None
    parts: Callable[[Any], Iterable[dict[Any, Any]]] | None = None


@dataclass(frozen=True)
class Tried:
    """What became of a claim on the objects drawn.

    * `instances`: objects for which all hypotheses hold, and all conclusions.
    * `undecided`: objects on which something was left open.
    * `outside`: objects that violate a hypothesis.
    * `failing`: the first object for which all hypotheses hold and a conclusion does not.
    """

    instances: int
    undecided: int
    outside: int
    failing: str | None


def _in_words(value: Any) -> str:
    """Return an object as a reader knows it: a mix by its classes, a record by its fields."""
    if isinstance(value, Workload):
        return " ".join(f"{c.input_length}:{c.decode_length}:{c.share}" for c in value.classes)
    if is_dataclass(value):
        named = (f"{part.name} {_in_words(getattr(value, part.name))}" for part in fields(value))
        return ", ".join(named)
    if isinstance(value, (tuple, list)):
        return f"({', '.join(map(_in_words, value))})"
    return str(value)


@dataclass(frozen=True)
class Claim:
    """For every object, if all hypotheses hold, all conclusions do.

    * `objects`: from a seeded random generator to a finite iterator of objects: those at the
      boundary, and some that violate each hypothesis, among them.
    * `hypotheses`, `conclusions`: tuples of sympy predicates.
    * `least`: so many objects must satisfy the hypotheses; fewer say too little.
    """

    objects: Callable[[random.Random], Iterable[Any]]
    quantities: tuple[Quantity, ...]
    hypotheses: tuple[Any, ...]
    conclusions: tuple[Any, ...]
    least: int = 20

    def tried(self) -> Tried:
        """Decide the claim on every object drawn, until one fails."""
        self._check_symbols()
        counts = {True: 0, None: 0, False: 0}
        for drawn in _drawn(self.objects):
            met = drawn.all_hold(self.hypotheses, self)
            if met is not True:
                counts[met] += 1
                continue
            held = drawn.all_hold((*self.conclusions, *self._summed()), self)
            if held is False:
                return Tried(counts[True], counts[None], counts[False], _in_words(drawn.object))
            counts[held] += 1
        return Tried(counts[True], counts[None], counts[False], None)

    def known(self) -> dict[Any, Quantity]:
        """Return the quantities by their symbols."""
        return _by_symbol(self.quantities)

    def mutants(self) -> Iterator[Claim]:
        """Yield it with another constant, relation or quantifier, or without a hypothesis."""
        for wrong in _with_one_changed(self.hypotheses):
            yield replace(self, hypotheses=wrong)
        for wrong in _with_one_changed(self.conclusions):
            yield replace(self, conclusions=wrong)
        for k in range(len(self.hypotheses)):
            yield replace(self, hypotheses=self.hypotheses[:k] + self.hypotheses[k + 1 :])

    def _summed(self) -> tuple[_IsSum, ...]:
        return tuple(_IsSum(q) for q in self.quantities if q.summand is not None and q.parts)

    def _check_symbols(self) -> None:
        known = self.known()
        for predicate in (*self.hypotheses, *self.conclusions):
            for part in symbols_of(predicate):
                if part not in known:
                    raise MalformedClaim(f"'{part}' of a claim must be one of its quantities.")


@dataclass(frozen=True)
class _IsSum:
    """That a quantity is the sum of its summands."""

    quantity: Quantity


@dataclass
class _Drawn:
    """An object with what has been computed for it."""

    object: Any
    values: dict[Any, Any] = field(default_factory=dict)
    intervals: dict[Any, _Interval | None] = field(default_factory=dict)

    def all_hold(self, predicates: Iterable[Any], claim: Claim) -> bool | None:
        known = claim.known()
        found: bool | None = True
        for predicate in predicates:
            if isinstance(predicate, _IsSum):
                held = self._is_summed(predicate.quantity, known)
            else:
                held = self.holds(predicate, known, {})
            if held is False:
                return False
            found = None if held is None else found
        return found

    def _is_summed(self, quantity: Quantity, known: dict[Any, Quantity]) -> bool | None:
        assert quantity.parts is not None
        whole = self.interval(quantity.symbol, known, {})
        if whole is None:
            return None
        total = (Fraction(0), Fraction(0))
        for part in quantity.parts(self.object):
            values = {symbol: (Fraction(x), Fraction(x)) for symbol, x in part.items()}
            found = self.interval(quantity.summand, known, values)
            if found is None:
                return None
            total = _sum(total, found)
        return _equal(whole, total)

    def holds(self, predicate: Any, known: dict[Any, Quantity], bound: dict[Any, _Interval]) -> Any:
        """Return whether a predicate holds; None where it is undecided."""
        if predicate in (true, false):
            return bool(predicate)
        if isinstance(predicate, Symbol):
            return self._value(predicate, (), known)
        if isinstance(predicate, (Every, Exists)):
            return self._quantified(predicate, known, bound)
        if isinstance(predicate, Relational):
            left = self.interval(predicate.lhs, known, bound)
            right = self.interval(predicate.rhs, known, bound)
            return (
                None if left is None or right is None else _RELATIONS[predicate.func](left, right)
            )
        if isinstance(predicate, AppliedUndef):
            arguments = tuple(self._number(x, known, bound) for x in predicate.args)
            return self._value(predicate.func, arguments, known)
        parts = (self.holds(part, known, bound) for part in predicate.args)
        return _CONNECTIVES[predicate.func](list(parts))

    def _quantified(
        self, predicate: Any, known: dict[Any, Quantity], bound: dict[Any, _Interval]
    ) -> bool | None:
        body, index, low, high = predicate.args
        first, last = self._number(low, known, bound), self._number(high, known, bound)
        if first is None or last is None:
            return None
        found = [
            self.holds(body, known, {**bound, index: (Fraction(k), Fraction(k))})
            for k in range(int(first), int(last) + 1)
        ]
        return _and(found) if isinstance(predicate, Every) else _or(found)

    def _number(self, expression: Any, known: Any, bound: Any) -> Fraction | None:
        found = self.interval(expression, known, bound)
        return found[0] if found is not None and found[0] == found[1] else None

    def interval(
        self, expression: Any, known: dict[Any, Quantity], bound: dict[Any, _Interval]
    ) -> _Interval | None:
        """Return an interval that holds the expression's value; None where it is undecided.

        Without bound indices it is computed once for a claim and its mutants.
        """
        if bound:
            return self._interval(expression, known, bound)
        where = (expression, id(known))  # which `_by_symbol` keeps
        if where not in self.intervals:
            self.intervals[where] = self._interval(expression, known, bound)
        return self.intervals[where]

    def _interval(
        self, expression: Any, known: dict[Any, Quantity], bound: dict[Any, _Interval]
    ) -> _Interval | None:
        if expression in bound:
            return bound[expression]
        if isinstance(expression, Rational):
            return _exact(Fraction(int(expression.p), int(expression.q)))
        if expression in known:
            return _exact(self._value(expression, (), known))
        if isinstance(expression, AppliedUndef):
            arguments = tuple(self._number(x, known, bound) for x in expression.args)
            if None in arguments:
                return None
            return _exact(self._value(expression.func, arguments, known))
        parts = [self.interval(part, known, bound) for part in expression.args]
        if any(part is None for part in parts):
            return None
        found: _Interval | None = _OPERATIONS[expression.func](*parts)
        return found

    def _value(self, key: Any, arguments: tuple[Any, ...], known: dict[Any, Quantity]) -> Any:
        quantity = known[key]
        where = (quantity.value, arguments)
        if where not in self.values:
            whole = tuple(int(x) if x.denominator == 1 else x for x in arguments)
            self.values[where] = _computed(quantity, self.object, whole)
        return self.values[where]


def _with_one_changed(predicates: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    for k, predicate in enumerate(predicates):
        wrongs = (Not(predicate),) if isinstance(predicate, Symbol) else changed(predicate)
        for wrong in wrongs:
            yield (*predicates[:k], wrong, *predicates[k + 1 :])


def _computed(quantity: Quantity, drawn: Any, arguments: tuple[Any, ...]) -> Any:
    """Return the value; None, undecided, where the quantity has none, as a mean of nothing."""
    try:
        return quantity.value(drawn, *arguments)
    except ZeroDivisionError:
        return None


@cache
def _by_symbol(quantities: tuple[Quantity, ...]) -> dict[Any, Quantity]:
    return {quantity.symbol: quantity for quantity in quantities}


@cache
def _drawn(objects: Callable[[random.Random], Iterable[Any]]) -> tuple[_Drawn, ...]:
    """Draw the objects once, so that a claim and its mutants meet the same ones."""
    return tuple(_Drawn(one) for one in objects(random.Random(_SEED)))


def symbols_of(predicate: Any) -> set[Any]:
    """Return the symbols and functions of a predicate that need a quantity."""
    if isinstance(predicate, (Every, Exists)):
        body, index, low, high = predicate.args
        return (symbols_of(body) - {index}) | symbols_of(low) | symbols_of(high)
    if isinstance(predicate, AppliedUndef):
        return {predicate.func}.union(*map(symbols_of, predicate.args))
    if isinstance(predicate, Symbol):
        return {predicate}
    return set().union(*map(symbols_of, predicate.args))


def _exact(value: Any) -> _Interval | None:
    if value is None:
        return None
    if isinstance(value, RealEnclosure):
        return (value.low, value.high)
    if isinstance(value, Rational):
        value = Fraction(int(value.p), int(value.q))
    if isinstance(value, (int, Fraction)):
        return (Fraction(value), Fraction(value))
    raise MalformedClaim(f"a quantity must be exact or enclosed, not {value!r}.")


def _sum(*parts: _Interval) -> _Interval:
    return sum((a for a, _ in parts), Fraction(0)), sum((b for _, b in parts), Fraction(0))


def _product(*parts: _Interval) -> _Interval:
    low = high = Fraction(1)
    for a, b in parts:
        ends = (low * a, low * b, high * a, high * b)
        low, high = min(ends), max(ends)
    return low, high


def _power(base: _Interval, exponent: _Interval) -> _Interval | None:
    power = exponent[0]
    if power != exponent[1] or power.denominator != 1:
        return None
    if power < 0:
        if base[0] <= 0 <= base[1]:
            return None
        return _power((1 / base[1], 1 / base[0]), (-power, -power))
    ends = (base[0] ** int(power), base[1] ** int(power))
    crosses = base[0] < 0 < base[1] and power % 2 == 0
    return (Fraction(0) if crosses else min(ends)), max(ends)


def _modulus(part: _Interval) -> _Interval:
    ends = (abs(part[0]), abs(part[1]))
    return (Fraction(0) if part[0] < 0 < part[1] else min(ends)), max(ends)


_OPERATIONS: dict[Any, Callable[..., _Interval | None]] = {
    Abs: _modulus,
    Add: _sum,
    Mul: _product,
    Pow: _power,
}


def _below(left: _Interval, right: _Interval) -> bool | None:
    return True if left[1] < right[0] else False if left[0] >= right[1] else None


def _at_most(left: _Interval, right: _Interval) -> bool | None:
    return True if left[1] <= right[0] else False if left[0] > right[1] else None


def _equal(left: _Interval, right: _Interval) -> bool | None:
    if left[0] == left[1] == right[0] == right[1]:
        return True
    return False if left[1] < right[0] or right[1] < left[0] else None


def _not(parts: list[bool | None]) -> bool | None:
    return None if parts[0] is None else not parts[0]


def _and(parts: list[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _or(parts: list[bool | None]) -> bool | None:
    return True if True in parts else None if None in parts else False


def _same(parts: list[bool | None]) -> bool | None:
    return None if None in parts else len(set(parts)) == 1


_RELATIONS: dict[Any, Callable[[_Interval, _Interval], bool | None]] = {
    StrictLessThan: _below,
    LessThan: _at_most,
    StrictGreaterThan: lambda left, right: _below(right, left),
    GreaterThan: lambda left, right: _at_most(right, left),
    Equality: _equal,
    Unequality: lambda left, right: _not([_equal(left, right)]),
}
_CONNECTIVES: dict[Any, Callable[[list[bool | None]], bool | None]] = {
    And: _and,
    Or: _or,
    Not: _not,
    Implies: lambda parts: _or([_not(parts[:1]), parts[1]]),
    Equivalent: _same,
}
# What a relation, connective or quantifier is mistaken for.
_MISTAKES: dict[Any, tuple[Any, ...]] = {
    StrictLessThan: (StrictGreaterThan, LessThan),
    LessThan: (GreaterThan, StrictLessThan),
    StrictGreaterThan: (StrictLessThan, GreaterThan),
    GreaterThan: (LessThan, StrictGreaterThan),
    Equality: (Unequality, StrictLessThan, StrictGreaterThan),
    Unequality: (Equality,),
    And: (Or,),
    Or: (And,),
    Every: (Exists,),
    Exists: (Every,),
}


def changed(expression: Any) -> Iterator[Any]:
    """Yield a predicate with one constant, relation, connective or quantifier changed.

    >>> from sympy import Gt, symbols
    >>> s = symbols("s")
    >>> [str(wrong) for wrong in changed(Gt(s, 2))]
    ['s < 2', 's >= 2', 's > 3', 's > 1']
    """
    for func in _MISTAKES.get(expression.func, ()):
        yield func(*expression.args, **_kept(func))
    if isinstance(expression, Rational):
        yield from (expression + 1, expression - 1)
        return
    if isinstance(expression, Not):
        yield expression.args[0]
    if isinstance(expression, Implies):
        yield Implies(expression.args[1], expression.args[0])
    for k, part in enumerate(expression.args):
        if isinstance(part, Symbol) and isinstance(expression, (And, Or, Implies, Equivalent)):
            wrongs: Iterable[Any] = (Not(part),)
        elif isinstance(expression, Pow) and k == 1 and part == -1:
            continue
        else:
            wrongs = changed(part)
        for wrong in wrongs:
            arguments = (*expression.args[:k], wrong, *expression.args[k + 1 :])
            found = expression.func(*arguments, **_kept(expression.func))
            if found != expression:
                yield found


def _kept(func: Any) -> dict[str, bool]:
    return {"evaluate": False} if issubclass(func, Relational) else {}
