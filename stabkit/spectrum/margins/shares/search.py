"""Arcs of the unit circle, bisected best first, for the nearest shares with a mode on them.

The arcs cover pi / (L - 1) <= theta <= pi at every moment, so that the least of their bounds
(`stabkit.spectrum.margins.shares.arcs`) bounds the distance to every crossing whenever the search
ends. What is proved does not depend on the order of the search, or on when it stops.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ...circle.sparse_polynomial import Floats, Integers
from .arcs import HALF_TURN, ClassCurves, distance_bounds

__all__ = ["ShareSearch"]

_MOST_WORK = 10**8  # evaluations times (L + 4 K), and the upkeep of the cover: some five seconds
_UPKEEP = 2  # per arc and pass: finding the lowest arcs and copying the cover
_TOLERANCE = 1e-8
_BATCH = 512
_PORTION = 16  # of many open arcs so many parts are bisected in one pass
_NARROWEST = 1 << 4  # in units of pi / HALF_TURN
_CANDIDATES = 6


@dataclass
class ShareSearch:
    """A cover of the angles at which a mix of these classes can have a mode on the circle.

    * `curves`: of L >= 2.
    * `angles`, `halves`: centres and half-widths of the arcs, in units of pi / HALF_TURN.
    * `bounds`: proved lower bounds of the distance to shares with a mode in the arc.
    * `values`: `ArcBounds.at_centre` for the u that gave the bound; infinite where it says nothing.
    * `work`: evaluations so far, times (L + 4 K), and `_UPKEEP` for every arc in every pass.
    * `reason`: what the bounds rest on.
    """

    curves: ClassCurves
    angles: Integers = field(init=False)
    halves: Integers = field(init=False)
    bounds: Floats = field(init=False)
    values: Floats = field(init=False)
    work: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        arcs = 1 << (2 * self.curves.length).bit_length()
        half = HALF_TURN // (2 * arcs)
        first = min(arcs // (self.curves.length - 1), arcs - 1)
        self.angles = np.arange(2 * first + 1, 2 * arcs, 2, dtype=np.int64) * half
        self.halves = np.full(len(self.angles), half, dtype=np.int64)
        self.bounds, self.values = self._evaluated(self.angles, self.halves)

    @property
    def lower(self) -> float:
        """The least bound over the cover."""
        return float(np.min(self.bounds))

    def _evaluated(self, angles: Integers, halves: Integers) -> tuple[Floats, Floats]:
        each = self.curves.length + 4 * self.curves.work * len(self.curves.shares)
        self.work += len(angles) * each
        found = distance_bounds(self.curves, angles, halves)
        return found.lower, found.at_centre

    def run(self) -> None:
        """Bisect the arcs that are worth it, the lowest first, until none is or the budget ends.

        An arc is *final* if it is *resolved*, its bound being close to its own value at the centre,
        or too narrow to be bisected. The least bound of the cover is at most that of a final arc,
        whatever becomes of the others: arcs above the least value of a resolved arc, or not below
        the bound of a narrow one, cannot improve the result.
        """
        self.reason = "Duality on every arc of the circle, with proved remainders and rounding."
        while self.work < _MOST_WORK:
            resolved = self.bounds >= (1 - _TOLERANCE) * self.values
            narrow = ~resolved & (self.halves <= _NARROWEST)
            reached = float(np.min(self.values, where=resolved, initial=math.inf))
            stuck = float(np.min(self.bounds, where=narrow, initial=math.inf))
            target = min(self.curves.largest, reached, stuck)
            chosen = np.flatnonzero(~resolved & ~narrow & (self.bounds < target))
            if not len(chosen):
                return
            batch = max(_BATCH, len(chosen) // _PORTION)
            self._bisect(chosen[np.argsort(self.bounds[chosen], kind="stable")[:batch]])
        self.reason += " The search was ended by its budget."

    def _bisect(self, chosen: Integers) -> None:
        self.work += _UPKEEP * len(self.angles)
        halves = np.repeat(self.halves[chosen] // 2, 2)
        sides = np.tile(np.array([-1, 1], dtype=np.int64), len(chosen))
        angles: Integers = np.repeat(self.angles[chosen], 2) + sides * halves
        bounds, values = self._evaluated(angles, halves)
        inherited = np.repeat(self.bounds[chosen], 2)  # by another u: says nothing of the value
        values = np.where(bounds < inherited, math.inf, values)
        bounds = np.maximum(bounds, inherited)
        self.angles = np.concatenate([np.delete(self.angles, chosen), angles])
        self.halves = np.concatenate([np.delete(self.halves, chosen), halves])
        self.bounds = np.concatenate([np.delete(self.bounds, chosen), bounds])
        self.values = np.concatenate([np.delete(self.values, chosen), values])

    def promising(self) -> Iterator[int]:
        """Iterate over the angles of the arcs with the least bounds; pi for one that ends there."""
        for i in np.argsort(self.bounds, kind="stable")[:_CANDIDATES]:
            ends = self.angles[i] + self.halves[i] == HALF_TURN
            yield HALF_TURN if ends else int(self.angles[i])
