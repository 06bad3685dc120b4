"""What became of theorems when their claims were decided and their steps were checked."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import number_of
from ..records import Record
from .claims import Tried
from .evidence import Status
from .records import Theorem

__all__ = ["CheckedStep", "CheckedTheorem"]


@dataclass(frozen=True)
class CheckedStep:
    """A step (or check, or witness) and what its evidence showed.

    * `evidence`: its kind.
    * `problem`: why it failed.
    """

    name: str
    evidence: str
    status: Status
    problem: str | None = None


@dataclass(frozen=True, repr=False)
class CheckedTheorem(Record):
    """A theorem and what was shown of it.

    Attributes
    ----------
    theorem : Theorem
    status : str
    tried : Tried
        What became of the claim on objects.
    links : tuple of str
        What is an argument in prose.
    problem : str or None
        Why the record itself is malformed.
    steps, checks, sharpness : tuple of CheckedStep

    Examples
    --------
    >>> from stabkit import prove, theorems
    >>> found = prove(theorems(), ["kernel"])[-1]
    >>> found.theorem.label, found.status, found.badge
    ('kernel', 'proved', 'proved')
    """

    theorem: Theorem
    status: Status
    tried: Tried
    links: tuple[str, ...]
    problem: str | None
    steps: tuple[CheckedStep, ...]
    checks: tuple[CheckedStep, ...]
    sharpness: tuple[CheckedStep, ...]

    @property
    def badge(self) -> str:
        """The status as every surface shows it, with the number of links that are prose."""
        if self.status != "argued":
            return self.status
        if not self.links:
            return "argued (by what it uses)"
        return f"argued ({number_of(len(self.links), 'link')})"
