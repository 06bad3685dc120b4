"""Polynomial inequalities on the domain of a mix: factored, solved where linear, pruned by proof.

Each rule keeps the set of solutions in the domain; `Chart` proves the signs it needs.

*Factors.* A factor that is > 0 on the domain is dropped, one that is < 0 is dropped with its sign.
A factor f >= 0 that may vanish at an input 0 becomes an inequality f > 0 of its own: f R > 0 with
f >= 0 holds iff f > 0 and R > 0. An inequality that is <= 0 on the whole domain makes all false.

*Bounds.* A factor that is linear in an unknown, a x + b with a of one sign on the domain, is a
bound x > -b/a or x < -b/a; shares are tried before inputs.

*Redundant bounds.* Of two lower bounds one is dropped if the other is proved to be at least as
large, likewise for upper bounds. A lower bound that is at least an upper bound makes all false.

*One share unknown x.* Let N > 0 be an inequality that is not a bound.
(a) Where a bound x > B is violated, x lies in [x_min, B]; if N <= 0 on that whole segment, N > 0
implies x > B, which is dropped (upper bounds likewise, on [B, x_max]). The segment may be empty.
(b) Otherwise the solutions lie between one lower and one upper bound; if N > 0 between these it is
dropped, and if N <= 0 there, all is false.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from sympy import QQ, Add, Expr, Gt, Lt, Mul, Rel, S
from sympy.polys.rings import PolyElement

from .domain import Chart, Domain, Quotient, coefficients_in

__all__ = ["SignCondition", "as_relation", "pruned"]

Factors: TypeAlias = tuple[tuple[PolyElement, int], ...]


@dataclass(frozen=True)
class SignCondition:
    """polynomial > 0; if `unknown` is not None also the same as a bound on that unknown.

    * `factors`: with their multiplicities; their product is `polynomial`.
    * `is_lower`: whether unknown > bound, rather than <.
    * `bound`: numerator and denominator, the denominator positive on the domain.
    """

    polynomial: PolyElement
    factors: Factors
    unknown: int | None = None
    is_lower: bool = False
    bound: Quotient | None = None


def pruned(domain: Domain, polynomials: Sequence[PolyElement]) -> list[SignCondition] | None:
    """Return inequalities that hold together iff all `polynomials` are > 0; None if never.

    Signs are proved, not sampled, so an inequality that follows from the others may remain.
    """
    chart = domain.chart()
    found: dict[PolyElement, SignCondition] = {}
    for polynomial in polynomials:
        if chart.nonnegative(-polynomial):
            return None
        for factors in _split(chart, polynomial):
            inequality = _solved(domain, chart, factors)
            if chart.nonnegative(-inequality.polynomial):
                return None
            found.setdefault(inequality.polynomial, inequality)
    kept = _strongest_bounds(chart, list(found.values()))
    if kept is not None and domain.share_count == 1:
        kept = _along_one_share(domain, kept)
    return None if kept is None else sorted(kept, key=_reading_order)


def _reading_order(inequality: SignCondition) -> tuple[bool, int, bool]:
    """Bounds first, lower ones before upper ones."""
    return inequality.unknown is None, inequality.unknown or 0, not inequality.is_lower


def _split(chart: Chart, polynomial: PolyElement) -> Iterator[Factors]:
    """Yield lists of factors, each with a product that must be > 0; together they say it all."""
    content, factors = chart.work.factored(polynomial)
    negative = content < 0
    rest: list[tuple[PolyElement, int]] = []
    for factor, multiplicity in factors:
        sign = -1 if chart.nonnegative(-factor) else 1
        negative ^= sign < 0 and multiplicity % 2 == 1
        if chart.positive(sign * factor):
            continue
        if chart.nonnegative(sign * factor):
            yield ((sign * factor, 1),)
        else:
            rest.append((factor, multiplicity))
    rest.sort(key=lambda pair: pair[1] % 2 == 0)  # odd multiplicities first
    if negative and rest and rest[0][1] % 2:
        rest[0] = (-rest[0][0], rest[0][1])
    elif negative:  # minus a square
        rest = [(-polynomial.ring.one, 1)]
    if rest:
        yield tuple(rest)


def _solved(domain: Domain, chart: Chart, factors: Factors) -> SignCondition:
    """Return the inequality product > 0, as a bound where one can be proved."""
    work = domain.work
    product = work.product(*(work.power(f, m) for f, m in factors))
    for unknown in range(len(domain.ring.gens)):
        powers = coefficients_in(product, unknown)
        if max(powers) != 1:
            continue
        slope, rest = powers[1], powers.get(0, domain.ring.zero)
        if chart.positive(slope):
            return SignCondition(product, factors, unknown, True, (-rest, slope))
        if chart.positive(-slope):
            return SignCondition(product, factors, unknown, False, (rest, -slope))
    return SignCondition(product, factors)


def _strongest_bounds(chart: Chart, found: list[SignCondition]) -> list[SignCondition] | None:
    """Drop bounds that another one implies; None if a lower bound is at least an upper one."""
    kept = list(found)
    for one in found:
        for other in found:
            if one is other or one.unknown != other.unknown or one.unknown is None:
                continue
            if one.is_lower and not other.is_lower and chart.nonnegative(_gap(chart, one, other)):
                return None
            weak, strong = (one, other) if one.is_lower else (other, one)
            comparable = one.is_lower == other.is_lower and one in kept and other in kept
            if comparable and chart.nonnegative(_gap(chart, strong, weak)):
                kept.remove(one)
    return kept


def _gap(chart: Chart, above: SignCondition, below: SignCondition) -> PolyElement:
    """Return a polynomial with the sign of the difference of two bounds."""
    (a, b), (c, d) = _bound(above), _bound(below)
    return chart.work.product(a, d) - chart.work.product(c, b)


def _bound(inequality: SignCondition) -> Quotient:
    if inequality.bound is None:
        raise ValueError("the inequality must be a bound")
    return inequality.bound


def _along_one_share(domain: Domain, found: list[SignCondition]) -> list[SignCondition] | None:
    """Compare bounds on the only share with the other inequalities, by rules (a) and (b)."""
    low, high = domain.ends()
    bounds = [i for i in found if i.unknown == 0]
    others = [i for i in found if i.unknown != 0]
    for bound in list(bounds):
        end = _bound(bound)
        violated = domain.segment(low, end) if bound.is_lower else domain.segment(end, high)
        if any(violated.nonnegative(-i.polynomial) for i in others):
            bounds.remove(bound)
    low = next((_bound(b) for b in bounds if b.is_lower), low)
    high = next((_bound(b) for b in bounds if not b.is_lower), high)
    between = domain.segment(low, high)
    if any(between.nonnegative(-i.polynomial) for i in others):
        return None
    return bounds + [i for i in others if not between.positive(i.polynomial)]


def as_relation(domain: Domain, inequality: SignCondition) -> Rel:
    """Return the inequality in the symbols of the mix: a bound, or a product of factors > 0."""
    if inequality.unknown is None:
        product = (_collected(domain, f) ** m for f, m in inequality.factors)
        return Gt(Mul(*product), 0)
    numerator, denominator = (_factored(domain, part) for part in _bound(inequality))
    relation = Gt if inequality.is_lower else Lt
    return relation(domain.meanings[inequality.unknown], numerator / denominator)


def _factored(domain: Domain, polynomial: PolyElement, times: Expr = S.One) -> Expr:
    content, factors = domain.work.factored(polynomial)
    parts = (_collected(domain, f) ** m for f, m in factors)
    return Mul(QQ.to_sympy(content), times, *parts)


def _collected(domain: Domain, factor: PolyElement) -> Expr:
    """Return a factor as powers of its first unknown, the coefficients factored."""
    present = [i for i, degree in enumerate(factor.degrees()) if degree > 0]
    if len(present) < 2:
        return factor.as_expr(*domain.meanings)
    powers = coefficients_in(factor, present[0])
    unknown = domain.meanings[present[0]]
    return Add(*(_factored(domain, c, unknown**power) for power, c in powers.items()))
