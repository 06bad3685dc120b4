"""Textbook theorems of analysis: limits, branches of solutions, values in between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sympy import Eq, Ge, Poly, Symbol, diff, fraction, sympify, together

from ..evidence import Evidence, Identity, Inequality, Status
from ..facts import Fact, Holds
from .schema import Branch, Domains, TextbookTheorem, Zeros

__all__ = ["ImplicitFunction", "IntermediateValue", "Monotone", "Vanishing"]


@dataclass(frozen=True)
class Vanishing:
    """A rational function of a parameter tends to 0 as the parameter grows without bound."""

    expression: Any
    parameter: Symbol
    kind: str = field(default="limit", init=False)

    def status(self) -> Status:
        """Return "proved" if the numerator has the smaller degree."""
        above, below = fraction(together(sympify(self.expression)))
        if above == 0:
            return "proved"
        degrees = [Poly(part, self.parameter).degree() for part in (above.expand(), below.expand())]
        return "proved" if degrees[0] < degrees[1] else "failed"

    def facts(self) -> tuple[Fact, ...]:
        """Return that it vanishes."""
        return (Fact(Holds(Symbol("vanishes"), self.expression, self.parameter)),)

    def problem(self) -> str | None:
        """Return None."""
        return None

    def mutants(self) -> Iterator[Vanishing]:
        """Yield it with another limit, and with another power of the parameter."""
        yield Vanishing(self.expression + 1, self.parameter)
        if sympify(self.expression) != 0:
            yield Vanishing(self.expression * self.parameter, self.parameter)


@dataclass(frozen=True)
class ImplicitFunction(TextbookTheorem):
    """For an equation in an unknown and a parameter, near (start, 0); `slope` is x'(0)."""

    title = "Implicit function theorem"
    name = "the implicit function theorem"
    statement = (
        r"If $\Phi$ is analytic at $(\alpha, 0)$, $\Phi(\alpha, 0) = 0$ and $\partial_1 "
        r"\Phi(\alpha, 0) \ne 0$, there is exactly one analytic $\lambda(\varepsilon)$ near $0$ "
        r"with $\lambda(0) = \alpha$, $\Phi(\lambda(\varepsilon), \varepsilon) = 0$; its Taylor "
        r"coefficients are those that make every coefficient of $\Phi$ vanish."
    )
    reference = (
        "L. Hörmander, An Introduction to Complex Analysis in Several Variables, 3rd ed. 1990, "
        "theorem 2.1.2"
    )

    equation: Any
    unknown: Symbol
    parameter: Symbol
    start: Any
    derivative: Any
    slope: Any = None
    given: tuple[Any, ...] = ()

    def obligations(self) -> dict[str, Evidence]:
        """The start solves it; the derivative there, and the slope of the branch."""
        at = {self.unknown: self.start, self.parameter: 0}
        by_unknown = sympify(diff(self.equation, self.unknown)).subs(at)
        found: dict[str, Evidence] = {
            "zero": Identity(sympify(self.equation).subs(at), 0, self.given),
            "derivative": Identity(by_unknown, self.derivative, self.given),
        }
        if self.slope is not None:
            by_parameter = sympify(diff(self.equation, self.parameter)).subs(at)
            found["slope"] = Identity(self.derivative * self.slope, -by_parameter, self.given)
        return found

    def assumptions(self) -> tuple[Any, ...]:
        """The derivative is not 0."""
        return (Holds(Symbol("not zero"), self.derivative),)

    def conclusions(self) -> tuple[Any, ...]:
        """Return the branch, and its slope."""
        branch = Branch(self.unknown, self.parameter)
        found = [
            Holds(Symbol("solves"), branch, self.equation),
            Eq(branch.subs(self.parameter, 0), self.start),
        ]
        if self.slope is not None:
            found.append(Eq(branch.diff(self.parameter).subs(self.parameter, 0), self.slope))
        return tuple(found)


def _values(function: Any, places: tuple[Any, Any], values: tuple[Any, Any]) -> tuple[Any, ...]:
    pairs = zip(places, values, strict=True)
    return tuple(Holds(Symbol("value"), function, place, value) for place, value in pairs)


@dataclass(frozen=True)
class IntermediateValue(TextbookTheorem):
    """For a continuous function of a variable on an interval, and its values at the ends."""

    title = "Intermediate value theorem"
    name = "the intermediate value theorem"
    statement = r"A continuous real function of opposite signs at two points has a zero between."
    reference = "W. Rudin, Principles of Mathematical Analysis, 3rd ed. 1976, theorem 4.23"

    function: Any
    ends: tuple[Any, Any]
    at_low: Any
    at_high: Any
    domains: Domains

    def obligations(self) -> dict[str, Evidence]:
        """The value at the low end is negative, that at the high one positive."""
        return {
            "below": Inequality(-self.at_low, self.domains),
            "above": Inequality(self.at_high, self.domains),
        }

    def assumptions(self) -> tuple[Any, ...]:
        """These are the values at the ends."""
        return _values(self.function, self.ends, (self.at_low, self.at_high))

    def conclusions(self) -> tuple[Any, ...]:
        """Return that there is a zero between."""
        x = Symbol("x")
        low, high = self.ends
        return (Ge(Zeros(self.function, (x > low) & (x < high)), 1),)


@dataclass(frozen=True)
class Monotone(TextbookTheorem):
    """For a function of a variable, its derivative named by positive parameters, and its ends."""

    title = "Strictly monotone functions"
    name = "strict monotonicity"
    statement = (
        r"A continuous function that is strictly monotone on an interval takes each value between "
        r"its limits at the ends exactly once."
    )
    reference = "W. Rudin, Principles of Mathematical Analysis, 3rd ed. 1976, theorems 4.23, 5.11"

    function: Any
    variable: Symbol
    ends: tuple[Any, Any]
    derivative: Any
    at_low: Any
    at_high: Any
    domains: Domains
    named: Mapping[Any, Any] = field(default_factory=dict)

    def obligations(self) -> dict[str, Evidence]:
        """The derivative is what is said, and positive; a value between the ends is 0."""
        slope = self.derivative.subs(self.named)
        return {
            "derivative": Identity(diff(self.function, self.variable), self.derivative),
            "monotone": Inequality(slope, self.domains),
            "below": Inequality(-self.at_low, self.domains),
            "above": Inequality(self.at_high, self.domains),
        }

    def assumptions(self) -> tuple[Any, ...]:
        """These are the values at the ends."""
        return _values(self.function, self.ends, (self.at_low, self.at_high))

    def conclusions(self) -> tuple[Any, ...]:
        """Return that there is exactly one zero between."""
        low, high = self.ends
        region = (self.variable > low) & (self.variable < high)
        return (Eq(Zeros(self.function, region), 1),)
