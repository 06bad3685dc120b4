"""Admission policies: how many requests a server admits when its memory has room.

A policy sees the capacity B, the memory `used` that the survivors of a step need in their next
execution, and the mean memory sum p_k (s_k + 1) that an admission takes at once; all in tokens.
The simulator asks it only where used <= B: above, the server evicts, whatever its policy.

References
----------
MODEL.md sections 1 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from ..errors import InvalidArgument, shown

__all__ = ["GREEDY", "Greedy", "Policy", "policy_named"]


class Policy(Protocol):
    """What the simulator needs to know of an admission policy."""

    @property
    def name(self) -> str:
        """How the policy is called on the command line and in reports."""

    def admissions(self, capacity: Any, used: Any, per_request: Any) -> Any:
        """Return the requests to admit, at least 0, in the arithmetic of its arguments."""


@dataclass(frozen=True)
class Greedy:
    """Fill the memory: admit (B - used) / sum p_k (s_k + 1) requests, the model's own rule.

    Examples
    --------
    >>> Greedy().admissions(capacity=140, used=98, per_request=3)
    14.0
    """

    name: str = "greedy"

    def admissions(self, capacity: Any, used: Any, per_request: Any) -> Any:
        """Return the requests that fill the free memory; units: tokens in, requests out."""
        return (capacity - used) / per_request


GREEDY = Greedy()
_POLICIES: dict[str, Policy] = {GREEDY.name: GREEDY}


def policy_named(name: Any) -> Policy:
    """Return the admission policy called `name`.

    Raises
    ------
    InvalidArgument
        If there is none of that name; the message lists those that exist.
    """
    if not isinstance(name, str) or name not in _POLICIES:
        known = ", ".join(f"'{policy}'" for policy in _POLICIES)
        raise InvalidArgument(f"'policy' must be one of {known}, not {shown(name)}.")
    return _POLICIES[name]
