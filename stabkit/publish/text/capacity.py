"""What reports say of a capacity that was not given: that it is assumed, and which one it is.

Every command that simulates such a workload takes the same one, B = G(1), the tokens times steps
that an admission holds over its life: then a* is one request per step.
"""

from __future__ import annotations

from fractions import Fraction

from ...model.workload import Workload
from .numbers import amount, readable

__all__ = ["assumed_capacity", "assumption"]


def assumption(tokens: Fraction) -> str:
    """Return the clause that names an assumed capacity."""
    assumed = amount(readable(tokens), "token")
    verb = "is" if tokens == 1 else "are"
    return (
        f"none is given; {assumed} {verb} assumed, at which the steady state admits one request "
        "per step"
    )


def assumed_capacity(mix: Workload, tokens: Fraction) -> str | None:
    """Return the sentence on the capacity `tokens` that is assumed; None where one is given.

    >>> assumed_capacity(Workload.from_classes([(5, 2)]), Fraction(13)).split(",")[0]
    'Capacity: none is given; 13 tokens are assumed'
    """
    if mix.capacity is not None:
        return None
    scales = "Another one scales all numbers of requests alike."
    return f"Capacity: {assumption(tokens)}. {scales}"
