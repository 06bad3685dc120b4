"""What ball arithmetic may cost before a question is left undecided.

Everything that evaluates a polynomial in balls spends from one budget: halvings, doublings of the
precision and steps of Newton's method alike. A unit is about 0.1 microseconds. With w words of 64
bits, one evaluation of n terms and their first R derivatives takes

    n (R + 4) (w + 8 + w^2 / 512)

of them: sine and cosine count as four derivatives, what does not depend on the precision as eight
words, and the last term stands for products of so many digits that they no longer are linear.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Budget", "BudgetSpent"]

_MOST_WORK = 10**8  # some ten seconds


class BudgetSpent(Exception):
    """Nothing more may be evaluated; whoever asks a question catches it and leaves it open."""


@dataclass
class Budget:
    """Units of work that are left to one question.

    Attributes
    ----------
    left : int
        Negative once it is spent.
    is_lifted : bool
        Whether the question is answered and what follows is not counted.

    Examples
    --------
    >>> budget = Budget(2_000)
    >>> budget.spend(terms=6, order=6, bits=128)
    >>> budget.left, budget.is_spent
    (1400, False)
    """

    left: int = _MOST_WORK
    is_lifted: bool = False

    @property
    def is_spent(self) -> bool:
        """Whether an evaluation was refused."""
        return self.left < 0

    @property
    def reason(self) -> str:
        """A sentence for what is left undecided by it, empty if it is not spent."""
        spent = "Ball arithmetic was ended by its budget, 10^8 operations: some ten seconds."
        return spent if self.is_spent else ""

    def lift(self) -> None:
        """Count no more: what follows is bounded by itself."""
        self.is_lifted = True

    def spend(self, terms: int, order: int, bits: int) -> None:
        """Account for an evaluation, before it is made.

        Raises
        ------
        BudgetSpent
            If that is more than what is left.
        """
        if self.is_lifted:
            return
        words = -(-bits // 64)
        self.left -= terms * (order + 4) * (words + 8 + words * words // 512)
        if self.is_spent:
            raise BudgetSpent
