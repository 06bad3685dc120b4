"""What one call may cost before a question is left undecided.

A call makes one budget and hands it down; every stage pays from it before it works: the double
precision of `winding`, `axis_arcs` and `least_real_part`, the exact gcd and Sturm's theorem, the
search for crossings and their refinement, R7's margin. So one number bounds the work of the whole
call, and what it does not reach is left undecided with `Budget.reason`, which names the stage. A
unit is about 0.1 microseconds, within a factor of some three.

*Balls.* With w words of 64 bits, one evaluation of n terms and their first R derivatives takes

    n (R + 4) (w + 8 + w^2 / 512)

units: sine and cosine count as four derivatives, what does not depend on the precision as eight
words, and the last term stands for products of so many digits that they no longer are linear.

*Arrays* of double precision cost what their sizes say, in closed form, known before the first
operation: `stabkit.spectrum.circle.sparse_polynomial.CirclePolynomial` states its own.

*Integers* are paid for by their words as they come (`stabkit.spectrum.counting.self_reciprocal`).
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Budget", "BudgetSpent"]

_MOST_WORK = 10**8  # some ten seconds


class BudgetSpent(Exception):
    """Nothing more may be evaluated; whoever asks a question catches it and leaves it open."""


@dataclass
class Budget:
    """Units of work that are left to one call.

    * `left`: negative once it is spent.
    * `stage`: which stage was refused first; empty if none was.

    >>> budget = Budget(2_000)
    >>> budget.spend(terms=6, order=6, bits=128)
    >>> budget.left, budget.is_spent
    (1400, False)
    >>> budget.affords(1_401, "the exact gcd"), budget.is_spent
    (False, True)
    """

    left: int = _MOST_WORK
    stage: str = ""

    @property
    def is_spent(self) -> bool:
        """Whether something was refused."""
        return self.left < 0

    @property
    def reason(self) -> str:
        """A sentence for what is left undecided by it, empty if it is not spent."""
        if not self.is_spent:
            return ""
        return f"The budget of work, 10^8 operations (some ten seconds), ended in {self.stage}."

    def renew(self) -> None:
        """Begin another call: what is asked later of a result has the whole budget anew."""
        self.left, self.stage = _MOST_WORK, ""

    def affords(self, work: int, stage: str) -> bool:
        """Account for work before it is done; tell whether there was as much left."""
        self.left -= work
        if self.is_spent and not self.stage:
            self.stage = stage
        return not self.is_spent

    def charge(self, work: int, stage: str) -> None:
        """Account for work before it is done.

        Raises BudgetSpent if that is more than what is left.
        """
        if not self.affords(work, stage):
            raise BudgetSpent

    def spend(self, terms: int, order: int, bits: int, stage: str = "ball arithmetic") -> None:
        """Account for an evaluation in balls, before it is made.

        Raises BudgetSpent if that is more than what is left.
        """
        words = -(-bits // 64)
        self.charge(terms * (order + 4) * (words + 8 + words * words // 512), stage)
