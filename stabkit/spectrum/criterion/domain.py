"""Proofs that a polynomial in inputs and shares keeps its sign wherever these are admissible.

The *domain* of a symbolic mix is where every input is >= 0 and every share is > 0. Shares that are
affine in their symbols, with rational coefficients, confine these to a polytope, for the shares sum
to 1. It has finitely many vertices v, and its interior points are exactly the sums

    sum_v c_v v  with all c_v > 0 and sum c_v = 1

(for two classes with shares p and 1 - p: p = c_1 / (c_0 + c_1)). Put that into a polynomial N and
multiply every term by the power of sum c_v that makes it homogeneous in c. If no coefficient of the
result is negative, N >= 0 on the domain; if moreover a term without inputs has a positive
coefficient, N > 0, the inputs 0 included. This proves and never samples; no proof is no disproof.

Shares that are not affine are each taken as an unknown of their own, and so are inputs whose sign
is not evident; a symbol in shares and inputs counts as two. That proves statements on a larger
domain, hence on the true one. If no point is admissible, every statement is true.

The proof idea is Pólya's, for forms on a simplex.

References
----------
G. H. Hardy, J. E. Littlewood, G. Pólya, *Inequalities*, 2nd ed., 1952, section 2.24.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, TypeAlias

from flint import fmpq, fmpq_mat
from sympy import (
    QQ,
    CoercionFailed,
    Dummy,
    Expr,
    Integer,
    Matrix,
    Poly,
    PolynomialError,
    Rational,
    Symbol,
    default_sort_key,
)
from sympy.polys.rings import PolyElement, PolyRing

from ...model.symbolic import SymbolicWorkload
from .work import Work

__all__ = ["Chart", "Domain", "Quotient", "coefficients_in", "domain_of"]

_MOST_VERTEX_CANDIDATES = 1_000

Quotient: TypeAlias = tuple[PolyElement, PolyElement]  # numerator and denominator
Row: TypeAlias = tuple[Any, ...]
Vertices: TypeAlias = tuple[tuple[Any, ...], ...]


@dataclass(frozen=True)
class Chart:
    """Unknown shares as ``numerators / weight``, polynomials in c_v >= 0 and inputs >= 0.

    * `ring`: the c_v, then the inputs.
    * `numerators`: one for each share unknown.
    * `weight`: positive on the domain.
    * `corners`: the number of c_v.
    * `work`: what is left for proofs.
    """

    ring: PolyRing
    numerators: tuple[PolyElement, ...]
    weight: PolyElement
    corners: int
    work: Work

    def lifted(self, polynomial: PolyElement) -> PolyElement:
        """Return the polynomial on the chart, times the power of `weight` that clears it."""
        count = len(self.numerators)
        by_shares: dict[tuple[int, ...], dict[tuple[int, ...], Any]] = {}
        for exponents, coefficient in polynomial.terms():
            shares, inputs = exponents[:count], exponents[count:]
            by_shares.setdefault(shares, {})[(0,) * self.corners + inputs] = coefficient
        degree = max(map(sum, by_shares), default=0)
        weights = [self.ring.one]
        for _ in range(degree):
            weights.append(self.work.product(weights[-1], self.weight))
        total = self.ring.zero
        for shares, terms in by_shares.items():
            powers = map(self.work.power, self.numerators, shares)
            part = self.work.product(self.ring.from_dict(terms), *powers)
            total += self.work.product(part, weights[degree - sum(shares)])
        return total

    def nonnegative(self, polynomial: PolyElement) -> bool:
        """Whether it is proved that the polynomial is >= 0 for all c_v >= 0."""
        return all(c >= 0 for c in self.lifted(polynomial).coeffs())

    def positive(self, polynomial: PolyElement) -> bool:
        """Whether it is proved that the polynomial is > 0 for all c_v > 0."""
        lifted = self.lifted(polynomial)
        strict = any(not any(m[self.corners :]) for m in lifted)
        return strict and all(c >= 0 for c in lifted.coeffs())


@dataclass(frozen=True)
class Domain:
    """Unknowns for the shares and inputs of a mix, and the set on which these are admissible.

    * `ring`: the share unknowns, then the input unknowns.
    * `share_count`: how many are shares.
    * `meanings`: what each unknown stands for in the mix.
    * `classes`: input length, decode length and share of each class.
    * `vertices`: those of the polytope of the share unknowns.
    * `work`: what is left for simplification.
    """

    ring: PolyRing
    share_count: int
    meanings: tuple[Expr, ...]
    classes: tuple[tuple[PolyElement, int, PolyElement], ...]
    vertices: tuple[tuple[Any, ...], ...]
    work: Work

    def chart(self) -> Chart:
        """Return the chart of the whole domain."""
        corners = self._corners(len(self.vertices))
        c = corners.gens[: len(self.vertices)]
        numerators = tuple(
            sum(
                (QQ.from_sympy(v[i]) * x for v, x in zip(self.vertices, c, strict=True)), corners(0)
            )
            for i in range(self.share_count)
        )
        return Chart(corners, numerators, sum(c, corners(0)), len(c), self.work)

    def segment(self, low: Quotient, high: Quotient) -> Chart:
        """Return the chart of the only share unknown from `low` to `high`.

        Both are (numerator, denominator), polynomials in the inputs, the denominators positive.
        """
        corners = self._corners(2)
        (a, b), (c, d) = (
            tuple(corners.from_dict({(0, 0, *m[1:]): x for m, x in part.terms()}) for part in end)
            for end in (low, high)
        )
        from_low, from_high = corners.gens[:2]
        product = self.work.product
        numerator = product(a, d, from_low) + product(c, b, from_high)
        return Chart(corners, (numerator,), product(b, d, from_low + from_high), 2, self.work)

    def ends(self) -> tuple[Quotient, Quotient]:
        """Return the smallest and the largest value of the only share unknown."""
        values = [QQ.from_sympy(v[0]) for v in self.vertices]
        one = self.ring.one
        return (self.ring(min(values)), one), (self.ring(max(values)), one)

    def _corners(self, count: int) -> PolyRing:
        names = [f"c{i}" for i in range(count)]
        return PolyRing([*names, *map(str, self.ring.symbols[self.share_count :])], QQ)


def domain_of(mix: SymbolicWorkload, work: Work | None = None) -> Domain:
    """Return the domain of a symbolic mix, its unknowns being the symbols wherever that works.

    Raises OutOfWork if the `work` (unlimited by default) is not enough.
    """
    work = Work() if work is None else work
    for c in mix.classes:
        work.expand(c.input_length)
        work.expand(c.share)
    shares, unknowns, vertices = _shares(mix, work)
    inputs, more = _inputs(mix)
    meanings = {**unknowns, **more}
    over = PolyRing(list(meanings), QQ)
    classes = tuple(
        (over.from_expr(s), n, over.from_expr(p))
        for s, n, p in zip(inputs, mix.decode_lengths, shares, strict=True)
    )
    return Domain(over, len(unknowns), tuple(meanings.values()), classes, vertices, work)


def coefficients_in(polynomial: PolyElement, unknown: int) -> dict[int, PolyElement]:
    """Return the coefficient of each power of an unknown, itself free of that unknown."""
    found: dict[int, dict[tuple[int, ...], Any]] = {}
    for m, c in polynomial.terms():
        found.setdefault(m[unknown], {})[(*m[:unknown], 0, *m[unknown + 1 :])] = c
    return {power: polynomial.ring.from_dict(terms) for power, terms in found.items()}


def _shares(mix: SymbolicWorkload, work: Work) -> tuple[list[Expr], dict[Symbol, Expr], Vertices]:
    """Return the shares in unknowns, what these mean, and the vertices of their polytope."""
    shares = [c.share for c in mix.classes]
    symbols = _symbols(shares)
    rows = [row for share in shares if (row := _affine(share, symbols)) is not None]
    vertices = _vertices(rows, len(symbols), work) if len(rows) == len(shares) else ()
    if vertices:
        unknowns = {Dummy(f"p{i}"): x for i, x in enumerate(symbols)}
        renamed = {x: u for u, x in unknowns.items()}
        return [share.xreplace(renamed) for share in shares], unknowns, vertices
    free = {Dummy(f"p{i}"): share for i, share in enumerate(shares[:-1])}
    units = Matrix.eye(len(free)).tolist()
    corners = ((Integer(0),) * len(free), *map(tuple, units))
    return [*free, 1 - sum(free, Integer(0))], free, corners


def _affine(share: Expr, symbols: list[Symbol]) -> Row | None:
    """Return the constant and the coefficients of an affine share, or None if it is not that."""
    try:
        polynomial = Poly(share, *symbols, domain=QQ) if symbols else None
    except (PolynomialError, CoercionFailed):
        return None
    if polynomial is None:
        return (share,) if share.is_Rational else None
    if polynomial.total_degree() > 1:
        return None
    return (polynomial.coeff_monomial(1), *(polynomial.coeff_monomial(x) for x in symbols))


def _vertices(rows: list[Row], count: int, work: Work) -> Vertices:
    """Return the vertices of {constant + coefficients . x >= 0}, each cut out by `count` equations.

    There is none if the shares do not determine the symbols; the set is a polytope if they do.
    """
    candidates = math.comb(len(rows), count)
    if candidates > _MOST_VERTEX_CANDIDATES:
        return ()
    work.spend(candidates * count**3 // 8)
    found: dict[tuple[fmpq, ...], None] = {}
    exact = [tuple(fmpq(int(x.p), int(x.q)) for x in row) for row in rows]
    for chosen in combinations(exact, count):
        point = _common_zero(chosen)
        if point is not None and all(_value(row, point) >= 0 for row in exact):
            found[point] = None
    return tuple(tuple(Rational(int(x.p), int(x.q)) for x in point) for point in found)


def _common_zero(rows: Sequence[tuple[fmpq, ...]]) -> tuple[fmpq, ...] | None:
    """Return the point at which n affine functions of n unknowns vanish, if it is one point."""
    count = len(rows)
    normals = fmpq_mat(count, count, [x for row in rows for x in row[1:]])
    if count and normals.det() == 0:
        return None
    offsets = fmpq_mat(count, 1, [-row[0] for row in rows])
    return tuple(normals.solve(offsets).entries()) if count else ()


def _value(row: Sequence[fmpq], point: Sequence[fmpq]) -> fmpq:
    return row[0] + sum((a * x for a, x in zip(row[1:], point, strict=True)), fmpq(0))


def _inputs(mix: SymbolicWorkload) -> tuple[list[Expr], dict[Symbol, Expr]]:
    """Return the inputs as polynomials with coefficients >= 0 in unknowns >= 0, and their meanings.

    A symbol is an unknown if it is declared >= 0 or a positive multiple of it is an input. Every
    other expression is an unknown of its own.
    """
    inputs = [c.input_length for c in mix.classes]
    evident = {
        x
        for s in inputs
        for x in s.free_symbols
        if x.is_nonnegative or ((s / x).is_Rational and s / x > 0)
    }
    unknowns: dict[Expr, Symbol] = {}
    renamed = []
    for s in inputs:
        parts = _symbols([s]) if _nonnegative(s, evident) else [s]
        for part in parts:
            unknowns.setdefault(part, Dummy(f"s{len(unknowns)}"))
        renamed.append(s.xreplace({part: unknowns[part] for part in parts}))
    return renamed, {u: meaning for meaning, u in unknowns.items()}


def _nonnegative(s: Expr, evident: set[Symbol]) -> bool:
    if not s.free_symbols <= evident:
        return False
    if not s.free_symbols:
        return bool(s.is_Rational)
    try:
        return all(c >= 0 for c in Poly(s, *s.free_symbols, domain=QQ).coeffs())
    except (PolynomialError, CoercionFailed):
        return False


def _symbols(expressions: Sequence[Expr]) -> list[Symbol]:
    found = set().union(*(e.free_symbols for e in expressions))
    return sorted(found, key=default_sort_key)
