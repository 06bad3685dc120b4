"""What is measured: a solver takes a mix and answers; only `solve` is timed.

A solver that needs its input in a form of its own (integer coefficients, a file) finds it ready
before the clock starts, and its output is read after the clock has stopped. stabkit alone starts
from the workload, so that its time holds the making of the polynomial.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from benchmarks.mixes import Mix

__all__ = ["Solver", "Unfinished"]


class Unfinished(Exception):
    """The solver was stopped after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"> {seconds:g} s, unfinished")
        self.seconds = seconds


def _as_it_is(output: Any) -> Any:
    return output


def _nothing(mix: Mix) -> None:
    pass


@dataclass(frozen=True)
class Solver:
    """One way to do a piece of work, and how far it is taken.

    Attributes
    ----------
    name : str
    solve : callable
        From a `Mix` to the solver's own output; the timed part.
    largest_degree : int
        It is run up to here, and beyond it `beyond` stands in the table.
    beyond : str
        Why no further.
    quick_degree : int
        Up to here it answers within about a second; beyond, its test is marked *long*.
    read : callable
        From the output to the answer: a count, None where the solver itself is undecided, or a
        list of roots.
    prepare : callable
        Makes the input that `solve` expects to find.
    missing : str
        Why it cannot run on this machine at all; empty if it can.
    """

    name: str
    solve: Callable[[Mix], Any]
    largest_degree: int
    beyond: str = "not tried"
    quick_degree: int = 10**9
    read: Callable[[Any], Any] = _as_it_is
    prepare: Callable[[Mix], object] = _nothing
    missing: str = ""

    def why_not(self, mix: Mix) -> str:
        """Return why the solver is not run on this mix; empty if it is."""
        return self.missing or (self.beyond if mix.degree > self.largest_degree else "")

    def is_long(self, mix: Mix) -> bool:
        return mix.degree > self.quick_degree
