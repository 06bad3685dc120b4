"""A textbook theorem as evidence: the list of theorems that are trusted, and their use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..evidence import Evidence, Status, weakest
from ..facts import Fact
from .algebra import (
    Bezout,
    DeterminantLemma,
    Linearity,
    LinearRecurrence,
    Period,
    Perron,
    TriangleEquality,
)
from .limits import ImplicitFunction, IntermediateValue, Monotone
from .schema import TextbookTheorem
from .zeros import (
    ArgumentPrinciple,
    BoundaryCrossing,
    Cubic,
    EdgeTheorem,
    EnestromKakeya,
    Hurwitz,
    Rouche,
    SchurCohn,
)

__all__ = ["SCHEMAS", "Deduction"]

SCHEMAS: tuple[type[TextbookTheorem], ...] = (
    ArgumentPrinciple,
    Bezout,
    BoundaryCrossing,
    DeterminantLemma,
    EdgeTheorem,
    EnestromKakeya,
    Hurwitz,
    ImplicitFunction,
    IntermediateValue,
    LinearRecurrence,
    Linearity,
    Monotone,
    Period,
    Perron,
    Cubic,
    Rouche,
    SchurCohn,
    TriangleEquality,
)


@dataclass(frozen=True)
class Deduction:
    """A textbook theorem applies, for all of its obligations are shown.

    * `schema`: the theorem with its objects.
    * `note`: what the conclusion means here: prose, for readers only.
    """

    schema: TextbookTheorem
    note: str = ""
    kind: str = field(default="deduction", init=False)

    def status(self) -> Status:
        """Return the weakest status of the obligations; "failed" of an unknown schema."""
        if not isinstance(self.schema, SCHEMAS):
            return "failed"
        return weakest(evidence.status() for evidence in self.schema.obligations().values())

    def facts(self) -> tuple[Fact, ...]:
        """Return the conclusions, under the assumptions and the conditions of the obligations."""
        conditions = dict.fromkeys(self.schema.assumptions())
        for evidence in self.schema.obligations().values():
            for fact in evidence.facts():
                conditions |= dict.fromkeys(fact.conditions)
        return tuple(Fact(said, tuple(conditions)) for said in self.schema.conclusions())

    def problem(self) -> str | None:
        """Return the first problem of an obligation."""
        problems = (evidence.problem() for evidence in self.schema.obligations().values())
        return next((problem for problem in problems if problem is not None), None)

    def mutants(self) -> Iterator[Evidence]:
        """Yield every mutant of every obligation, and the deduction from no theorem."""
        for evidence in self.schema.obligations().values():
            yield from evidence.mutants()
        yield Deduction(TextbookTheorem())
