"""Records: what is proved of one start.

References
----------
docs/model.md, R12, R22.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from ...model.workload import Workload
from ...records import Record
from ..cycles.limit_cycle import LimitCycle
from ..verdict.analysis import CertifiedStart
from .given import Start

__all__ = ["ConvergentStart", "EvictingStart", "StartCertificate", "UndecidedStart"]


@dataclass(frozen=True, repr=False)
class _Arrived(Record):
    """A run that is proved to have come so near to its limit, by `step`, that it stays there."""

    mix: Workload
    start: Start
    evicting: tuple[int, ...]
    step: int
    distance: Fraction
    allowed: Fraction

    def _summary(self, kind: Literal["convergent", "evicting"], **more: Any) -> CertifiedStart:
        return CertifiedStart(
            self.start,
            kind,
            self.step,
            evicting_steps=len(self.evicting),
            deviation=_upward(self.distance),
            allowed_deviation=_downward(self.allowed),
            **more,
        )


@dataclass(frozen=True, repr=False)
class ConvergentStart(_Arrived):
    """From this start the run converges to the equilibrium, and evicts in these steps only.

    Attributes
    ----------
    mix : Workload
    start : {"empty", "equilibrium", "given"}
    evicting : tuple of int
        All steps that evict; 0 is the fit of the start.
    step : int
        N, the step from which on nothing is evicted because all cohorts are near a*.
    distance : Fraction
        The largest deviation of a cohort from a* at step N that matters, max |y_j - a*| over
        j < L - 1, over a*; an upper bound.
    allowed : Fraction
        1 / K, or less: deviations up to it cause no eviction, over a*.
    horizon : int or None
        Steps of the response of which K is the maximum; None where there is no deviation at all.
    verdict : {"convergent"}

    Examples
    --------
    >>> from stabkit import Workload, certify_start
    >>> found = certify_start(Workload.from_classes([(9, 2), (9, 3)]))
    >>> found.verdict, found.last_eviction
    ('convergent', 1)
    """

    horizon: int | None
    verdict: Literal["convergent"] = "convergent"

    @property
    def last_eviction(self) -> int | None:
        """The last step that evicts; None if none does."""
        return self.evicting[-1] if self.evicting else None

    @property
    def summary(self) -> CertifiedStart:
        """What an `Analysis` holds of it."""
        return self._summary(self.verdict, last_eviction=self.last_eviction)


@dataclass(frozen=True, repr=False)
class EvictingStart(_Arrived):
    """From this start the run converges to a cycle on which requests are evicted for ever.

    Attributes
    ----------
    mix : Workload
    start : {"empty", "equilibrium", "given"}
    evicting : tuple of int
        The steps up to `step` that evict; 0 is the fit of the start.
    step : int
        The step at which the run is proved to be in the basin.
    distance : Fraction
        The largest deviation of a cohort from the cycle's first state there, over a*; an upper
        bound.
    allowed : Fraction
        The radius of the basin, over a*: nearer states follow the cycle for ever.
    cycle : LimitCycle
        Exact, with all its Floquet multipliers inside the unit circle.
    verdict : {"evicting"}

    Examples
    --------
    >>> from stabkit import Workload, certify_start
    >>> found = certify_start(Workload.from_classes([(0, 6, 2), (5, 1, 3)]))
    >>> found.verdict, found.cycle.period
    ('evicting', 29)
    """

    cycle: LimitCycle
    verdict: Literal["evicting"] = "evicting"

    @property
    def summary(self) -> CertifiedStart:
        """What an `Analysis` holds of it."""
        evictions = sum(1 for stage in self.cycle.itinerary or () if stage)
        return self._summary(self.verdict, period=self.cycle.period, evictions_per_period=evictions)


@dataclass(frozen=True, repr=False)
class UndecidedStart(Record):
    """Nothing is proved of where the run from this start ends.

    Attributes
    ----------
    mix : Workload
    start : {"empty", "equilibrium", "given"}
    reason : str
        A clause: what was looked for, and why it was not found.
    verdict : {"undecided"}

    Examples
    --------
    >>> from stabkit import Workload, certify_start
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> found = certify_start(mix, "equilibrium", max_steps=9)
    >>> found.verdict, found.reason.partition(";")[0]
    ('undecided', 'exactly in the steady state it stays and evicts nothing')
    """

    mix: Workload
    start: Start
    reason: str
    verdict: Literal["undecided"] = "undecided"

    @property
    def summary(self) -> CertifiedStart:
        """What an `Analysis` holds of it."""
        return CertifiedStart(self.start, self.verdict, reason=self.reason)


StartCertificate = ConvergentStart | EvictingStart | UndecidedStart


def _upward(number: Fraction) -> float:
    return 0.0 if not number else math.nextafter(float(number), math.inf)


def _downward(number: Fraction) -> float:
    return math.nextafter(float(number), 0)
