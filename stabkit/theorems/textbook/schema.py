"""What a textbook theorem is here, and the words its conclusions are written in.

A schema takes the objects that the theorem speaks of (a coefficient and the next one, a function
and what it is compared with, a matrix entry and a vector). From these alone it makes

* the *obligations*: evidence that is checked;
* the *assumptions*: what it takes for granted. A fact of an earlier step may say so, or a
  definition of the claim; else the theorem is argued, not proved;
* the *conclusions*: predicates that later steps and the claim can use.

So a conclusion cannot say more than the theorem gives for these very objects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sympy import Function, Symbol
from sympy.core.function import AppliedUndef

from ..evidence import Evidence
from ..positivity import Interval

__all__ = ["DISC", "Beyond", "Branch", "Domains", "TextbookTheorem", "Within", "Zeros"]


Domains = Mapping[Symbol, Interval]


class Zeros(AppliedUndef):  # type: ignore[misc]
    """``Zeros(f, region)``: the number of zeros of f there, with multiplicity; an indeterminate."""

    def _latex(self, printer: Any) -> str:
        return rf"\#\{{{printer.doprint(self.args[0])} = 0,\; {printer.doprint(self.args[1])}\}}"


class Within(Function):  # type: ignore[misc]
    """``Within(r)``: the open disc about 0 of radius r."""

    def _latex(self, printer: Any) -> str:
        return rf"|z| < {printer.doprint(self.args[0])}"


class Beyond(Function):  # type: ignore[misc]
    """``Beyond(r)``: the complement of the closed disc about 0 of radius r."""

    def _latex(self, printer: Any) -> str:
        return rf"|z| > {printer.doprint(self.args[0])}"


class Branch(Function):  # type: ignore[misc]
    """``Branch(x, e)``: the analytic solution x(e) of an equation near e = 0."""

    def _latex(self, printer: Any) -> str:
        return f"{printer.doprint(self.args[0])}({printer.doprint(self.args[1])})"


DISC = Within(1)


@dataclass(frozen=True)
class TextbookTheorem:
    """A theorem from a textbook; its fields are the objects it is applied to.

    Attributes
    ----------
    title, statement : str
        Prose with LaTeX mathematics between dollar signs.
    name : str
        What it is called within a sentence.
    reference : str
        Where it is found, with a locator.
    """

    title: ClassVar[str]
    name: ClassVar[str]
    statement: ClassVar[str]
    reference: ClassVar[str]

    def obligations(self) -> dict[str, Evidence]:
        """Return what must be checked, by name."""
        raise NotImplementedError

    def assumptions(self) -> tuple[Any, ...]:
        """Return what is taken for granted."""
        raise NotImplementedError

    def conclusions(self) -> tuple[Any, ...]:
        """Return what follows."""
        raise NotImplementedError
