"""Arcs of the upper half circle, and what every engine says of a path along them.

Of a polynomial P the engines follow h(theta) = e^(-i c theta) P(e^(i theta)), c = degree / 2,
arc by arc. Of an arc that passes they know a number f such that the argument of h stays within less
than pi / 2 of that of f; `stabkit.spectrum.circle.winding` says when, and what follows. This module
imports no numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

__all__ = ["MARGIN", "Arc", "ArcPath", "PathStart", "joined"]

MARGIN = 1.01  # covers the rounding of the comparison too


@dataclass(frozen=True)
class Arc:
    """An arc lo <= theta / pi <= hi, exact."""

    lo: Fraction
    hi: Fraction


@dataclass(frozen=True)
class PathStart:
    """Where the path begins: the sample index, and an argument of h there, known to within pi/2,
    less a margin."""

    index: int
    argument: float


class ArcPath(Protocol):
    """A path of h from its start to theta = pi, the arcs in ``undecided`` left out."""

    undecided: list[Arc]

    def fill(self, arc: Arc, values: Sequence[complex]) -> None:
        """Replace the undecided `arc` by the values of h on certified sub-arcs, ascending."""

    def half_turns(self) -> int | None:
        """Return (arg P(-1) - arg P at theta = 0+) / pi along the half circle; None if undecided.

        For a polynomial that is positive at theta = 0 this is the number of zeros in the disc.
        """


def joined(arcs: list[Arc]) -> list[Arc]:
    """Join arcs that touch."""
    joined: list[Arc] = []
    for arc in sorted(arcs, key=lambda a: a.lo):
        if joined and joined[-1].hi >= arc.lo:
            joined[-1] = Arc(joined[-1].lo, max(arc.hi, joined[-1].hi))
        else:
            joined.append(arc)
    return joined
