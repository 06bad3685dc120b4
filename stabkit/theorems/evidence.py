"""Evidence: what a step of a proof rests on, and the check that a machine makes of it.

================ ========================================================== ====================
kind             what is checked                                            status if it holds
================ ========================================================== ====================
`Identity`       the difference is zero, all parameters free                proved
`Summation`      a closed form of a sum with a symbolic limit, by induction proved
`Inequality`     a positivity certificate                                   proved
`Deduction`      every obligation of a textbook theorem, made from objects  the weakest of these
`ExactFinite`    equality on a stated grid, in exact arithmetic             exact-finite
`Enclosed`      a relation between proved intervals                        enclosure
`Cited`          nothing: a proof elsewhere, with its locator               cited
`Numeric`        agreement within a tolerance, in floating point            numeric
================ ========================================================== ====================

A check ends with True, False or None: None is *not shown*, and counts as a failure. Every kind can
make *mutants* of itself, the same evidence with a sign flipped, a term dropped or a hypothesis
left out: all of them must fail, or the check was not looking.

Under assumptions that cannot hold together everything would be true: relations without a common
zero, a denominator that they make zero, an empty domain. Such evidence is malformed; it fails, and
`problem` says why.

What a check shows is kept as `facts`, for the steps that follow (`stabkit.theorems.facts`). A grid,
an interval, a citation and a floating-point comparison give none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from numbers import Rational as ExactNumber
from typing import Any, Literal, Protocol, TypeAlias, get_args

from sympy import (
    Add,
    Basic,
    Eq,
    Expr,
    Ge,
    Gt,
    Le,
    Lt,
    Matrix,
    MatrixBase,
    Ne,
    Sum,
    Symbol,
    fraction,
    sympify,
)

from ..model.enclosure import RealEnclosure
from .exact_zero import contradiction, denominators, vanishes
from .facts import Fact
from .positivity import Interval, has_points, is_positive

__all__ = [
    "MEANINGS",
    "STATUSES",
    "Cited",
    "Enclosed",
    "Evidence",
    "ExactFinite",
    "Identity",
    "Inequality",
    "Numeric",
    "Reference",
    "Status",
    "Summation",
    "weakest",
]

Status: TypeAlias = Literal[
    "formal",
    "proved",
    "argued",
    "exact-finite",
    "enclosure",
    "cited",
    "numeric",
    "conjecture",
    "refuted",
    "failed",
]
STATUSES: tuple[Status, ...] = get_args(Status)
MEANINGS: Mapping[Status, str] = {
    "formal": "the proof assistant Coq has checked a proof of the whole theorem, in the folder "
    "proofs/coq; the steps are a second one",
    "proved": "identities with all parameters free, inequalities with a positivity certificate and "
    "textbook theorems lead to the claim, each handing its result to the next as data",
    "argued": "every step is checked so, but links between the steps, or from them to the claim, "
    "are prose; their number stands beside it",
    "exact-finite": "exact arithmetic on a stated grid",
    "enclosure": "certified numerics",
    "cited": "a proof that is written elsewhere, and was not checked",
    "numeric": "floating point, no proof",
    "conjecture": "no proof is known",
    "refuted": "there is a counterexample",
    "failed": "something did not hold",
}


def weakest(statuses: Iterable[Status]) -> Status:
    """Return the last of `STATUSES` that occurs; "proved" if there are none.

    >>> weakest(["proved", "cited", "exact-finite"])
    'cited'
    """
    return max(statuses, key=STATUSES.index, default="proved")


class Evidence(Protocol):
    """What the runner needs to know of the evidence for a step."""

    @property
    def kind(self) -> str:
        """The name of the kind, as it appears in tables and JSON."""

    def status(self) -> Status:
        """Make the check; return what it shows, "failed" if it shows nothing."""

    def mutants(self) -> Iterator[Evidence]:
        """Yield copies that are wrong, for the test that the check can fail."""

    def facts(self) -> tuple[Fact, ...]:
        """Return what was shown, as data."""

    def problem(self) -> str | None:
        """Return what makes the evidence malformed: it must not be used at all."""


class _WithoutFacts:
    """Evidence that shows no more than it says, and cannot be malformed."""

    def facts(self) -> tuple[Fact, ...]:
        """Return nothing: no later step can build on it."""
        return ()

    def problem(self) -> str | None:
        """Return None."""
        return None


@dataclass(frozen=True)
class Identity:
    """Two expressions are equal for all values of their parameters.

    * `left`, `right` (sympy.Expr or sympy.Matrix): as `vanishes` takes them.
    * `given` (tuple of sympy.Expr): what is zero by assumption.
    """

    left: Any
    right: Any
    given: tuple[Any, ...] = ()
    kind: str = field(default="identity", init=False)

    def status(self) -> Status:
        """Return "proved" if the difference is shown to be zero."""
        if isinstance(self.left, MatrixBase) != isinstance(self.right, MatrixBase):
            return "failed"
        if self.problem() is not None:
            return "failed"
        shown = vanishes(self.left - self.right, self.given)
        return "proved" if shown else "failed"

    def facts(self) -> tuple[Fact, ...]:
        """Return the equation, under what is given; none of matrices."""
        if isinstance(self.left, MatrixBase):
            return ()
        given = [Eq(sympify(zero), 0, evaluate=False) for zero in self.given]
        given += _defined(self.left, self.right)
        return (Fact(Eq(sympify(self.left), sympify(self.right), evaluate=False), tuple(given)),)

    def problem(self) -> str | None:
        """Return what is impossible about `given`, or a denominator that is zero."""
        return contradiction((self.left, self.right), self.given)

    def mutants(self) -> Iterator[Identity]:
        """Yield it with another right side: the sign flipped, a term dropped or added."""
        for wrong in _wrong(self.right):
            yield replace(self, right=wrong)
        for k in range(len(self.given)):
            yield replace(self, given=self.given[:k] + self.given[k + 1 :])


@dataclass(frozen=True)
class Summation:
    """A sum has a closed form: sum_(index=lower)^(upper) term = closed for upper >= lower - 1.

    Proved by induction: the closed form is 0 for the empty sum, and its increment is the term.

    * `upper`: an integer.
    * `closed` (sympy.Expr): in `upper` and other parameters.
    """

    term: Any
    index: Symbol
    lower: Any
    upper: Symbol
    closed: Any
    kind: str = field(default="identity", init=False)

    def status(self) -> Status:
        """Return "proved" if both the start and the increment are shown."""
        closed, lower = sympify(self.closed), sympify(self.lower)
        start = closed.subs(self.upper, lower - 1)
        increment = closed - closed.subs(self.upper, self.upper - 1)
        term = sympify(self.term).subs(self.index, self.upper)
        return "proved" if vanishes(start) and vanishes(increment - term) else "failed"

    def facts(self) -> tuple[Fact, ...]:
        """Return the closed form of the sum, for upper >= lower - 1."""
        total = Sum(self.term, (self.index, self.lower, self.upper))
        enough = Ge(self.upper, sympify(self.lower) - 1, evaluate=False)
        conditions = (enough, *_defined(self.term, self.closed))
        return (Fact(Eq(total, sympify(self.closed), evaluate=False), conditions),)

    def problem(self) -> str | None:
        """Return None: the sum is taken for granted."""
        return contradiction((self.term, self.closed), ())

    def mutants(self) -> Iterator[Summation]:
        """Yield it with another closed form."""
        for wrong in _wrong(self.closed):
            yield replace(self, closed=wrong)


@dataclass(frozen=True)
class Inequality:
    """An expression is positive (or, not strict, non-negative) on a domain."""

    expression: Any
    domains: Mapping[Symbol, Interval]
    strict: bool = True
    kind: str = field(default="inequality", init=False)

    def status(self) -> Status:
        """Return "proved" if a certificate is found, and the domains have points."""
        if self.problem() is not None:
            return "failed"
        return "proved" if is_positive(self.expression, self.domains, self.strict) else "failed"

    def facts(self) -> tuple[Fact, ...]:
        """Return the inequality, on its domains."""
        relation = (Gt if self.strict else Ge)(sympify(self.expression), 0, evaluate=False)
        return (Fact(relation, tuple(_conditions(self.domains))),)

    def problem(self) -> str | None:
        """Return that a domain may be empty, if it may."""
        return None if has_points(self.domains) else "a domain is not shown to have a point"

    def mutants(self) -> Iterator[Inequality]:
        """Yield it with the sign flipped, and with every parameter's domain left out."""
        yield replace(self, expression=-sympify(self.expression))
        for symbol in sympify(self.expression).free_symbols & set(self.domains):
            others = {x: domain for x, domain in self.domains.items() if x != symbol}
            yield replace(self, domains=others)


@dataclass(frozen=True)
class ExactFinite(_WithoutFacts):
    """Two functions agree on every case of a grid, in exact arithmetic.

    * `claim`: what is equal: prose with LaTeX mathematics.
    * `grid`: which cases: prose.
    * `cases`: called at every check; no cases at all is a failure.
    * `left`, `right`: from a case to integers, rationals, booleans, strings, sympy objects without
      floats, or tuples and lists of these.
    """

    claim: str
    grid: str
    cases: Callable[[], Iterable[Any]]
    left: Callable[[Any], Any]
    right: Callable[[Any], Any]
    kind: str = field(default="exact-finite", init=False)

    def status(self) -> Status:
        """Return "exact-finite" if all cases agree and there is one at least."""
        seen = False
        for case in self.cases():
            seen = True
            left, right = self.left(case), self.right(case)
            if not (_is_exact(left) and _is_exact(right) and left == right):
                return "failed"
        return "exact-finite" if seen else "failed"

    def mutants(self) -> Iterator[ExactFinite]:
        """Yield it with a wrong right side, and with an empty grid."""
        yield replace(self, right=lambda case: _another(self.right(case)))
        yield replace(self, cases=tuple)


@dataclass(frozen=True)
class Enclosed(_WithoutFacts):
    """A certified interval lies below, above or within exact bounds.

    * `claim`: prose with LaTeX mathematics.
    * `interval`: the interval [low, high] that stabkit proves for a quantity.
    * `low`, `high`: the claim: low < quantity < high.
    """

    claim: str
    interval: Callable[[], RealEnclosure | None]
    low: Fraction | None = None
    high: Fraction | None = None
    kind: str = field(default="enclosure", init=False)

    def status(self) -> Status:
        """Return "enclosure" if the interval is within the bounds."""
        if self.low is None and self.high is None:
            return "failed"
        found = self.interval()
        if found is None:
            return "failed"
        above = self.low is None or self.low < found.low
        below = self.high is None or found.high < self.high
        return "enclosure" if above and below and found.low <= found.high else "failed"

    def mutants(self) -> Iterator[Enclosed]:
        """Yield it with bounds beyond the interval, and without bounds."""
        yield replace(self, low=None, high=None)
        found = self.interval()  # once: it may take seconds
        if found is not None:
            yield replace(self, interval=lambda: found, low=found.high, high=None)
            yield replace(self, interval=lambda: found, low=None, high=found.low)


@dataclass(frozen=True)
class Reference:
    """A source: authors, title and place, with a locator such as "theorem 4.2".

    >>> Reference("R. Ao et al.", "Service-Induced Congestion", "section 4").complete
    True
    """

    authors: str
    title: str
    locator: str

    @property
    def complete(self) -> bool:
        """Whether nothing of it is missing."""
        return all(part.strip() for part in (self.authors, self.title, self.locator))


@dataclass(frozen=True)
class Cited(_WithoutFacts):
    """A step whose proof is written elsewhere, and not checked here.

    * `claim`: what is taken over: prose with LaTeX mathematics.
    """

    claim: str
    reference: Reference
    kind: str = field(default="cited", init=False)

    def status(self) -> Status:
        """Return "cited" if claim and reference are complete."""
        return "cited" if self.claim and self.reference.complete else "failed"

    def mutants(self) -> Iterator[Cited]:
        """Yield it without its locator and without its claim."""
        yield replace(self, reference=replace(self.reference, locator=""))
        yield replace(self, claim="")


@dataclass(frozen=True)
class Numeric(_WithoutFacts):
    """Two functions agree on every case within a tolerance, in floating point: evidence, no proof.

    * `claim`, `grid`: prose: what was compared, and over which cases.
    * `left`, `right`: from a case to floats.
    * `tolerance`: largest difference; its reason stands in the step.
    """

    claim: str
    grid: str
    cases: Callable[[], Iterable[Any]]
    left: Callable[[Any], float]
    right: Callable[[Any], float]
    tolerance: float
    kind: str = field(default="numeric", init=False)

    def status(self) -> Status:
        """Return "numeric" if all cases agree and there is one at least."""
        seen = False
        for case in self.cases():
            seen = True
            if not abs(self.left(case) - self.right(case)) <= self.tolerance:  # NaN fails
                return "failed"
        return "numeric" if seen else "failed"

    def mutants(self) -> Iterator[Numeric]:
        """Yield it with a right side beyond the tolerance, and with an empty grid."""
        yield replace(self, right=lambda case: self.right(case) + 2 * self.tolerance + 1e-9)
        yield replace(self, cases=tuple)


def _defined(*expressions: Any) -> list[Any]:
    """Return that no denominator is zero."""
    return [Ne(below, 0, evaluate=False) for below in denominators(expressions)]


def _conditions(domains: Mapping[Symbol, Interval]) -> Iterator[Any]:
    for symbol, domain in domains.items():
        bounded = domain.high is not None
        above = Gt if domain.open_low or (bounded and not domain.closed) else Ge
        yield above(symbol, sympify(domain.low), evaluate=False)
        if bounded:
            yield (Le if domain.closed else Lt)(symbol, sympify(domain.high), evaluate=False)


def _wrong(right: Any) -> Iterator[Any]:
    """Yield expressions that differ from `right` in a sign, in a term, and by 1."""
    if isinstance(right, MatrixBase):
        ones = Matrix.ones(*right.shape)
        yield right + ones
        return
    found = sympify(right)
    if not vanishes(found):
        yield -found
    above, below = fraction(found)  # multiplied out, a denominator would be dear to decide
    expanded = above.expand()
    if isinstance(expanded, Add):
        yield found - expanded.args[0] / below
        yield found - expanded.args[-1] / below
    yield found + 1


def _is_exact(value: Any) -> bool:
    if isinstance(value, (tuple, list)):
        return all(_is_exact(part) for part in value)
    if isinstance(value, (Basic, MatrixBase)):
        return not _has_float(value)
    return value is None or isinstance(value, (bool, str, ExactNumber))


def _has_float(value: Any) -> bool:
    from sympy import Float

    return bool(value.has(Float))


def _another(value: Any) -> Any:
    """Return an exact value that differs from `value`."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return f"{value}?"
    if isinstance(value, (tuple, list)):
        return type(value)([*value[:-1], _another(value[-1])]) if value else (0,)
    if isinstance(value, MatrixBase):
        return value + Matrix.ones(*value.shape)
    if value is None:
        return False
    return value + 1 if isinstance(value, (Expr, ExactNumber)) else (value,)
