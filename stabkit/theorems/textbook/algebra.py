"""Textbook theorems of algebra: sums over classes, powers, matrices, graphs, recurrences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sympy import Abs, Dummy, Eq, Equivalent, Symbol, sympify

from ..evidence import Evidence, Identity, Inequality, Summation
from ..facts import Holds, Summed
from .schema import Beyond, Domains, TextbookTheorem, Zeros

__all__ = [
    "Bezout",
    "DeterminantLemma",
    "LinearRecurrence",
    "Linearity",
    "Period",
    "Perron",
    "TriangleEquality",
]


_SCALE = Dummy("t")


@cache
def _another(number: int) -> Dummy:
    """Return an indeterminate of its own for every number."""
    return Dummy(f"y_{number}")


@dataclass(frozen=True)
class Linearity(TextbookTheorem):
    """For a relation that is linear in quantities, each a sum over the classes of a summand."""

    title = "Linearity"
    name = "linearity"
    statement = (
        r"A homogeneous linear equation that holds for the summands of every class holds for the "
        r"sums over the classes."
    )
    reference = "by the distributive law"

    relation: Any
    summands: Mapping[Any, Any]

    def obligations(self) -> dict[str, Evidence]:
        """The equation is linear and homogeneous, and holds for one class."""
        left, right = self.relation.args
        scaled = {x: _SCALE * x for x in self.summands}
        both = left - right
        others = {x: _another(k) for k, x in enumerate(self.summands)}
        added = {x: x + other for x, other in others.items()}
        return {
            "homogeneous": Identity(both.subs(scaled, simultaneous=True), _SCALE * both),
            "additive": Identity(
                both.subs(added, simultaneous=True),
                both + both.subs(others, simultaneous=True),
            ),
            "one class": Identity(
                sympify(left).subs(self.summands, simultaneous=True).doit(),
                sympify(right).subs(self.summands, simultaneous=True).doit(),
            ),
        }

    def assumptions(self) -> tuple[Any, ...]:
        """The quantities are the sums of their summands."""
        return tuple(Summed(quantity, term) for quantity, term in self.summands.items())

    def conclusions(self) -> tuple[Any, ...]:
        """Return the relation."""
        return (self.relation,)


@dataclass(frozen=True)
class TriangleEquality(TextbookTheorem):
    """For the mean of base^exponent with positive weights, on the circle."""

    title = "Equality in the triangle inequality"
    name = "equality in the triangle inequality"
    statement = (
        r"If $|z| = 1$, $p_k > 0$, $\sum_k p_k = 1$ and $\sum_k p_k z^{n_k} = 1$, then "
        r"$z^{n_k} = 1$ for every $k$."
    )
    reference = "W. Rudin, Real and Complex Analysis, 3rd ed. 1987, theorem 1.39 (c)"

    mean: Any
    base: Any
    exponent: Any
    weight: Any
    domains: Domains

    def obligations(self) -> dict[str, Evidence]:
        """The weights are positive."""
        return {"positive": Inequality(self.weight, self.domains)}

    def assumptions(self) -> tuple[Any, ...]:
        """It is the mean, it is 1, and the base is on the circle."""
        term = self.weight * self.base**self.exponent
        return Summed(self.mean, term), Eq(self.mean, 1), Eq(Abs(self.base), 1)

    def conclusions(self) -> tuple[Any, ...]:
        """Return that every power is 1."""
        return (Eq(self.base**self.exponent, 1),)


@dataclass(frozen=True)
class Bezout(TextbookTheorem):
    """For powers of a base, whose exponents have the gcd `divisor`."""

    title = "Bézout's identity"
    name = "Bézout's identity"
    statement = r"If $z^{n_k} = 1$ for integers $n_k$ with the gcd $g$, then $z^g = 1$."
    reference = "G. Hardy and E. Wright, An Introduction to the Theory of Numbers, 6th ed., ch. II"

    base: Any
    exponent: Any
    divisor: Any

    def obligations(self) -> dict[str, Evidence]:
        """Nothing: it is taken over as it stands."""
        return {}

    def assumptions(self) -> tuple[Any, ...]:
        """Every power is 1, and the divisor is the gcd of the exponents."""
        return (
            Eq(self.base**self.exponent, 1),
            Holds(Symbol("gcd"), self.divisor, self.exponent),
        )

    def conclusions(self) -> tuple[Any, ...]:
        """Return that the power to the gcd is 1."""
        return (Eq(self.base**self.divisor, 1),)


@dataclass(frozen=True)
class Period(TextbookTheorem):
    """For a graph, a walk of `walk` edges from any node to any other, and simple cycles."""

    title = "Frobenius: the period of a strongly connected graph"
    name = "Frobenius's theorem on periods"
    statement = (
        r"The period of a strongly connected graph is the gcd of the lengths of its cycles; all "
        r"closed walks are combinations of simple cycles."
    )
    reference = "R. Horn and C. Johnson, Matrix Analysis, 2nd ed. 2013, section 8.5"

    period: Any
    divisor: Any
    walk: Any
    domains: Domains
    cycle: Summation

    def obligations(self) -> dict[str, Evidence]:
        """The walk has an edge, and the edges of a cycle are counted."""
        return {"connected": Inequality(self.walk, self.domains), "cycles": self.cycle}

    def assumptions(self) -> tuple[Any, ...]:
        """The divisor is the gcd of the lengths of the cycles."""
        return (Holds(Symbol("gcd"), self.divisor, self.cycle.closed),)

    def conclusions(self) -> tuple[Any, ...]:
        """Return the period."""
        return (Eq(self.period, self.divisor),)


@dataclass(frozen=True)
class Perron(TextbookTheorem):
    """For a matrix with positive entries; `image` is a component of its product with `vector`."""

    title = "Perron"
    name = "Perron's theorem"
    statement = (
        r"A matrix with positive entries has a simple eigenvalue $r > 0$ with a positive "
        r"eigenvector, and all others are smaller in modulus; no other eigenvector is positive. "
        r"The images of the positive cone under its powers shrink to that eigenvector's ray."
    )
    reference = "R. Horn and C. Johnson, Matrix Analysis, 2nd ed. 2013, section 8.2"

    matrix: Any
    entry: Any
    image: Any
    vector: Any
    domains: Domains

    def obligations(self) -> dict[str, Evidence]:
        """An entry is positive, and the vector is fixed."""
        return {
            "positive": Inequality(self.entry, self.domains),
            "eigenvector": Identity(self.image, self.vector),
        }

    def assumptions(self) -> tuple[Any, ...]:
        """These are the entries, and the image."""
        return (Holds(Symbol("entries"), self.matrix, self.entry, self.image),)

    def conclusions(self) -> tuple[Any, ...]:
        """Return that images of the positive cone shrink to the vector's ray."""
        return (Holds(Symbol("shrinks to the ray of"), self.matrix, self.vector),)


@dataclass(frozen=True)
class DeterminantLemma(TextbookTheorem):
    """For A - u v with det A = `determinant`, a component of A^-1 u, and v A^-1 u as a sum."""

    title = "Matrix determinant lemma"
    name = "the matrix determinant lemma"
    statement = (
        r"$\det(A - u v) = \det(A) (1 - v A^{-1} u)$ for an invertible matrix $A$, a column $u$ "
        r"and a row $v$."
    )
    reference = "R. Horn and C. Johnson, Matrix Analysis, 2nd ed. 2013, section 0.8.5"

    matrix: Any
    determinant: Any
    product: Any
    term: Any
    factors: tuple[Any, Any]
    resolvent: Identity

    def obligations(self) -> dict[str, Evidence]:
        """A times the column is u, and a term of the product is that of its factors."""
        row, column = self.factors
        return {"resolvent": self.resolvent, "product": Identity(row * column, self.term)}

    def assumptions(self) -> tuple[Any, ...]:
        """The product is the sum of its terms; these are the determinants."""
        name = Symbol("determinants before and after a change of rank one")
        return (Summed(self.product, self.term), Holds(name, self.determinant, self.matrix))

    def conclusions(self) -> tuple[Any, ...]:
        """Return the determinant."""
        return (Eq(self.matrix, self.determinant * (1 - self.product)),)


@dataclass(frozen=True)
class LinearRecurrence(TextbookTheorem):
    """For sum g_m a_(n-m) = constant: `weight` is g_m, `rest` the equilibrium, `total` sum g_m."""

    title = "Linear recurrences"
    name = "the theory of linear recurrences"
    statement = (
        r"Every solution of $\sum_m g_m a_{n-m} = 0$ tends to $0$ if and only if all roots of its "
        r"characteristic polynomial lie in $|\lambda| < 1$; a root outside gives an unbounded one."
    )
    reference = "S. Elaydi, An Introduction to Difference Equations, 3rd ed. 2005, chapter 2"

    stable: Any
    polynomial: Any
    weight: Any
    deviation: Any
    rest: Any

    def obligations(self) -> dict[str, Evidence]:
        """Term by term, deviations from the rest obey the homogeneous recurrence."""
        term = self.weight * (self.deviation + self.rest) - self.weight * self.rest
        return {"recurrence": Identity(term, self.weight * self.deviation)}

    def assumptions(self) -> tuple[Any, ...]:
        """These are the weights of the recurrence, and that is its polynomial."""
        return (Holds(Symbol("coefficients"), self.polynomial, self.weight),)

    def conclusions(self) -> tuple[Any, ...]:
        """Return that it is stable if and only if no zero is outside or on the circle."""
        outside = Zeros(self.polynomial, Beyond(1)) + Zeros(
            self.polynomial, Eq(Abs(Symbol("z")), 1)
        )
        return (Equivalent(self.stable, Eq(outside, 0)),)
