"""Is an expression positive for all parameters in their domains? A certificate or nothing.

Every parameter is written with a new one, u >= 0:

    x >= a:        x = a + u,
    a < x < b:     x = (a + b u) / (1 + u), u > 0,
    a <= x <= b:   the same with u >= 0, and x = b besides,

an integer parameter from its least value on. If numerator and denominator then have no negative
coefficient, the expression is non-negative; and it is positive if, besides, a monomial with a
positive coefficient has no parameter that can be 0, as the constant one. These are certificates in
the sense of Polya: they are checked by looking at signs, and finding none proves nothing.

What holds on an empty domain says nothing, so that a domain must be shown to have a point, whatever
the other parameters are: `b > a` if the ends are excluded, `b >= a` if not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sympy import Dummy, Expr, Poly, Symbol, cancel, fraction, sympify, together

from .exact_zero import Generators

__all__ = ["Interval", "has_points", "is_positive"]


@dataclass(frozen=True)
class Interval:
    """The domain of a real or integer parameter.

    * `low` (sympy.Expr): the least value, also in other parameters: l > i is low = i + 1.
    * `high` (sympy.Expr or None): the largest; None for unbounded.
    * `open_low`: whether `low` itself is excluded where there is no `high`.
    * `closed`: whether `low` and `high` belong to it, where there is a `high`.
    """

    low: Any
    high: Any = None
    open_low: bool = False
    closed: bool = False


def is_positive(expression: Any, domains: Mapping[Symbol, Interval], strict: bool = True) -> bool:
    """Tell whether an expression is shown to be positive, or non-negative if not `strict`.

    * `expression` (sympy.Expr): a rational function of the parameters. A symbolic power must have
      been named by a parameter of its own.
    * `domains`: of every parameter, in an order in which a `low` or `high` uses later ones only.

    >>> from sympy import symbols
    >>> s, l = symbols("s l")
    >>> is_positive((l - 1) / (2 * (s + l)), {s: Interval(0), l: Interval(2)})
    True
    >>> is_positive((l - 1) / (2 * (s + l)), {s: Interval(0), l: Interval(1)})
    False
    """
    found = sympify(expression)
    positive: set[Any] = set()
    free: set[Any] = set()
    if not all(is_positive(*end, strict) for end in _ends(found, domains)):
        return False
    for symbol, domain in domains.items():
        fresh = Dummy("u")
        low = sympify(domain.low)
        if domain.high is None:
            value: Expr = low + fresh
        else:
            value = (low + sympify(domain.high) * fresh) / (1 + fresh)
        if domain.open_low or (domain.high is not None and not domain.closed):
            positive.add(fresh)
        free.add(fresh)
        found = found.subs(symbol, value)
    if found.free_symbols - free:
        return False
    try:
        numerator, denominator = fraction(cancel(together(Generators().rational(found))))
    except ValueError:
        return False
    sign = 1 if _no_negative(denominator, free, positive, strict=True) else -1
    return _no_negative(sign * denominator, free, positive, strict=True) and _no_negative(
        sign * numerator, free, positive, strict
    )


def _ends(
    found: Expr, domains: Mapping[Symbol, Interval]
) -> Iterator[tuple[Expr, Mapping[Symbol, Interval]]]:
    """Yield the expression at the upper end of every closed domain, with the other domains."""
    for symbol, domain in domains.items():
        if domain.closed and domain.high is not None:
            at = {symbol: sympify(domain.high)}
            yield found.subs(at), {x: _at(d, at) for x, d in domains.items() if x != symbol}


def _at(domain: Interval, values: Mapping[Symbol, Expr]) -> Interval:
    high = None if domain.high is None else sympify(domain.high).subs(values)
    return replace(domain, low=sympify(domain.low).subs(values), high=high)


def has_points(domains: Mapping[Symbol, Interval]) -> bool:
    """Tell whether every domain is shown to have a point, whatever the other parameters are.

    >>> from sympy import symbols
    >>> a, e = symbols("a e")
    >>> has_points({a: Interval(0, e), e: Interval(0)})  # for e = 0 there is none
    False
    >>> has_points({a: Interval(0, e, closed=True), e: Interval(0)})
    True
    """
    return all(
        domain.high is None
        or is_positive(
            sympify(domain.high) - sympify(domain.low),
            {x: other for x, other in domains.items() if x != symbol},
            strict=not domain.closed,
        )
        for symbol, domain in domains.items()
    )


def _no_negative(part: Expr, free: set[Any], positive: set[Any], strict: bool) -> bool:
    """Tell whether no coefficient is negative and, if `strict`, one monomial cannot vanish."""
    if part.free_symbols - free:
        return False
    symbols = sorted(free, key=str) or [Dummy("u")]
    terms = Poly(part, *symbols).terms()
    if any(not coefficient.is_nonnegative for _, coefficient in terms):
        return False
    if not strict:
        return True
    zeros = [symbol not in positive for symbol in symbols]
    return any(
        coefficient.is_positive
        and not any(power and can for power, can in zip(powers, zeros, strict=True))
        for powers, coefficient in terms
    )
