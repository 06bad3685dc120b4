"""Where the records come from: the entry points of the group ``stabkit.theorems``.

An entry point is a function without parameters that returns records in an order in which every
`uses` points backwards. stabkit's own come first, those of other distributions follow by name and
may use them. stabkit itself imports no record: what it computes does not rest on them.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterator
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from ..errors import InvalidArgument, StabkitError, shown
from ..records import RecordTuple
from .records import Theorem

__all__ = ["GROUP", "MalformedRecord", "installed", "theorems"]

GROUP = "stabkit.theorems"
_OWN = "stabkit"


class MalformedRecord(StabkitError):
    """A label is used twice, or a theorem uses one that does not come before it."""


@cache
def theorems() -> tuple[Theorem, ...]:
    """Return the records of all theorems that are installed, in order.

    Raises
    ------
    MalformedRecord
        If labels are not unique, or a theorem uses one that does not come before it.

    Examples
    --------
    >>> [theorem.title for theorem in theorems() if theorem.label == "R2"]
    ['Common input length']
    """
    found = [theorem for chapters in installed(GROUP) for theorem in chapters()]
    check_order(found)
    return RecordTuple(found)


def _pickled(theorem: Theorem) -> str | tuple[Any, ...]:
    """Pickle an installed theorem as its label: its evidence is functions."""
    if any(one is theorem for one in theorems()):
        return _installed_theorem, (theorem.label,)
    return object.__reduce_ex__(theorem, 2)


def _installed_theorem(label: str) -> Theorem:
    found = [theorem for theorem in theorems() if theorem.label == label]
    if not found:
        raise InvalidArgument(f"a theorem must be installed to be read, not {shown(label)} alone.")
    return found[0]


copyreg.pickle(Theorem, _pickled)


def installed(group: str) -> Iterator[Any]:
    """Yield what the entry points of a group are: stabkit's own first, the others by name."""
    points = sorted(entry_points(group=group), key=lambda point: (point.name != _OWN, point.name))
    for point in points:
        yield point.load()


def check_order(found: list[Theorem]) -> None:
    """Refuse records with a label used twice or a use that points forwards.

    Raises MalformedRecord if there is one.
    """
    seen: set[str] = set()
    for theorem in found:
        if theorem.label in seen:
            raise MalformedRecord(f"'label' must be unique, not {theorem.label} twice.")
        for label in theorem.uses:
            if label not in seen:
                raise MalformedRecord(
                    f"'uses' of {theorem.label} must name earlier theorems, not {label}."
                )
        seen.add(theorem.label)
