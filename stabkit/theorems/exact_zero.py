"""Is an expression zero, whatever its parameters? A proof or nothing.

The test knows rational functions. A power with a symbolic exponent, such as z^(2 l + 1), is taken
apart by the laws of exponents into (z^l)^2 z, and z^l becomes an indeterminate of its own; what
is then zero as a rational function is zero for all values of the parameters where no denominator
vanishes. The converse fails in general, for z^l is not independent of z and l: *not shown to be
zero* does not mean *not zero*, and the test never says the latter.

*Relations.* Where parameters are tied by polynomial equations, as c^2 + s^2 = 1 or omega^g = 1, it
is enough that the numerator lies in the ideal of these: its remainder by a Groebner basis is 0.

*Derivatives* that stand in an expression, and their values at a point, are carried out.

*Assumptions* must be possible. Relations without a common zero (1 is in their ideal) would show
everything, and so would a denominator that they make zero; `contradiction` finds both.

*Sums* with a symbolic limit, and functions that are not defined, are indeterminates here;
`stabkit.theorems.evidence.Summation` proves closed forms of sums by induction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from sympy import (
    Add,
    Derivative,
    Dummy,
    Expr,
    Integer,
    MatrixBase,
    Mul,
    Pow,
    Subs,
    Sum,
    cancel,
    expand,
    fraction,
    groebner,
    preorder_traversal,
    reduced,
    sympify,
    together,
)
from sympy.core.function import AppliedUndef

__all__ = ["Generators", "contradiction", "denominators", "vanishes"]

_INVERSE = Dummy("t")  # of a denominator


class Generators:
    """Indeterminates that stand for powers with a symbolic exponent, one per base and exponent."""

    def __init__(self) -> None:
        self._of: dict[tuple[Expr, Expr], Dummy] = {}

    def rational(self, expression: Expr) -> Expr:
        """Return the expression with indeterminates for its symbolic powers.

        Raises ValueError if an exponent is not an integer: the laws of exponents would need a
        branch.

        >>> from sympy import symbols
        >>> l = symbols("l", integer=True)
        >>> z = symbols("z")
        >>> found = Generators().rational(z ** (2 * l + 1) - z * (z**l) ** 2)
        >>> found
        0
        """
        if not expression.args:
            return expression
        if isinstance(expression, (AppliedUndef, Sum)):
            return self._of.setdefault((expression, Integer(1)), Dummy("x"))
        if isinstance(expression, Pow) and not expression.exp.is_number:
            return self._power(expression)
        return expression.func(*(self.rational(part) for part in expression.args))

    def _power(self, power: Pow) -> Expr:
        base, exponent = power.base, expand(power.exp)
        if not exponent.is_integer:
            raise ValueError(f"the exponent of {power} must be an integer")
        product: Expr = Integer(1)
        for factor in Mul.make_args(base):
            root, multiple = factor.as_base_exp()
            for term in Add.make_args(expand(exponent * multiple)):
                product *= self._monomial(self.rational(root), term)
        return product

    def _monomial(self, base: Expr, term: Expr) -> Expr:
        coefficient, symbols = term.as_coeff_Mul()
        if symbols == 1:
            return base**coefficient
        if not coefficient.is_integer:
            raise ValueError(f"the exponent {term} must have an integer coefficient")
        if base == -1:
            coefficient %= 2
        return self._of.setdefault((base, symbols), Dummy("x")) ** coefficient


def vanishes(expression: Any, given: Iterable[Any] = ()) -> bool:
    """Tell whether an expression, or every entry of a matrix, is shown to be zero.

    * `expression` (sympy.Expr or sympy.Matrix): a rational function of its symbols, of I, and of
      powers whose exponents are integer symbols (declared with ``integer=True``) and their integer
      combinations; or derivatives of what need not be rational, at points where they are.
    * `given` (sympy.Expr): expressions that are zero by assumption, of the same kind.

    >>> from sympy import symbols
    >>> c, s = symbols("c s")
    >>> vanishes((c + s) ** 2 - 1 - 2 * c * s), vanishes(c**4 - s**4 - c**2 + s**2)
    (False, False)
    >>> vanishes(c**4 - s**4 - c**2 + s**2, given=[c**2 + s**2 - 1])
    True
    """
    if isinstance(expression, MatrixBase):
        entries = list(given)
        return all(vanishes(entry, entries) for entry in expression)
    generators = Generators()
    try:
        numerator = _numerator(expression, generators)
        relations = [_numerator(relation, generators) for relation in given]
    except ValueError:
        return False
    relations = [relation for relation in relations if relation != 0]
    if numerator == 0 or not relations:
        return bool(numerator == 0)
    unknowns = sorted(set().union(*(r.free_symbols for r in relations)), key=str)
    basis = _basis(tuple(relations), tuple(unknowns))
    return bool(reduced(numerator, list(basis), *unknowns, order="grevlex")[1] == 0)


@cache
def _basis(relations: tuple[Expr, ...], unknowns: tuple[Expr, ...]) -> tuple[Expr, ...]:
    """Return a Groebner basis; the mutants of an identity have its assumptions in common."""
    return tuple(groebner(relations, *unknowns, order="grevlex").exprs)


def contradiction(expressions: Iterable[Any], given: Iterable[Any]) -> str | None:
    """Return what is impossible about assumptions, None if nothing is.

    * `expressions` (iterable of sympy.Expr or sympy.Matrix): what is spoken about under them: no
      denominator may vanish with the relations.
    * `given` (iterable of sympy.Expr): as in `vanishes`.

    >>> from sympy import symbols
    >>> x, y = symbols("x y")
    >>> contradiction([y], [x, x - 1])
    'the assumptions contradict each other'
    >>> contradiction([y / x], [x, y])
    'the assumptions make the denominator x zero'
    >>> contradiction([y], [x**2 - x * x])
    'an assumption says nothing'
    """
    generators, parts = Generators(), list(_entries(expressions))
    try:
        relations = [_numerator(relation, generators) for relation in given]
        below = {generators.rational(d): d for d in denominators([*parts, *given])}
    except ValueError:
        return None
    if any(relation == 0 for relation in relations):
        return "an assumption says nothing"
    if relations and _all_one(relations):
        return "the assumptions contradict each other"
    for found, shown in below.items():
        if vanishes(found) or (relations and _all_one([*relations, 1 - _INVERSE * found])):
            return f"the assumptions make the denominator {shown} zero"
    return None


def _all_one(relations: list[Expr]) -> bool:
    """Tell whether polynomials have no common zero: whether 1 is in their ideal."""
    numerators = [expand(fraction(together(relation))[0]) for relation in relations]
    unknowns = sorted(set().union(*(r.free_symbols for r in numerators)), key=str)
    if not unknowns:
        return True
    return _basis(tuple(numerators), tuple(unknowns)) == (1,)


def _entries(expressions: Iterable[Any]) -> Iterator[Expr]:
    for expression in expressions:
        yield from expression if isinstance(expression, MatrixBase) else (sympify(expression),)


def denominators(expressions: Iterable[Any]) -> list[Expr]:
    """Return what must not be zero for expressions to have a value.

    That is (for the laws of exponents, too) the base of every power whose exponent has a negative
    term, anywhere in them.

    >>> from sympy import symbols
    >>> x, y = symbols("x y")
    >>> l, m = symbols("l m", integer=True)
    >>> denominators([x / (1 - y), x ** (l - m), x**2 * y**l])
    [1 - y, x]
    """
    found = {
        part.base: None
        for expression in _entries(expressions)
        for part in preorder_traversal(expression)
        if isinstance(part, Pow) and any(_is_negative(e) for e in Add.make_args(expand(part.exp)))
    }
    return [base for base in found if not base.is_number]


def _is_negative(term: Expr) -> bool:
    return bool(term.as_coeff_Mul()[0].is_negative)


def _numerator(expression: Any, generators: Generators) -> Expr:
    found = sympify(expression)
    if found.has(Derivative, Subs):
        found = found.doit()
    found = cancel(together(generators.rational(found)))
    return expand(fraction(found)[0].doit())  # cancel can leave -1/16 + 1/16 as it stands
