"""Records of limit cycles: exact orbits, and what runs ended on.

References
----------
docs/model.md, R6, R10, R12.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ...dynamics.capacity import equilibrium_admissions
from ...dynamics.orbits import Followed, followed
from ...dynamics.rotation import Frequency, RotationNumber
from ...model.workload import Workload
from ...records import Record
from ...spectrum.orbits.floquet import FloquetMultipliers
from ...spectrum.orbits.itinerary import itinerary_multipliers

__all__ = [
    "Attraction",
    "CycleKind",
    "LimitCycle",
    "Observation",
    "RunStart",
    "evictions_of",
    "exact_cycle",
    "local_attraction",
    "wasted_of",
]

CycleKind = Literal["level", "necklace", "synchronized", "observed"]
RunStart = Literal["empty", "near equilibrium", "given"]


@dataclass(frozen=True, repr=False)
class LimitCycle(Record):
    """A periodic orbit, exact throughout.

    Attributes
    ----------
    kind : {"level", "necklace", "synchronized", "observed"}
        Of one decode length: level i of R6 or another necklace. Of several: "level" is the
        equilibrium, "synchronized" a cycle on one residue class of stages. "observed": none of
        these, found by a run.
    period : int
        Minimal period, in steps.
    composition : tuple of int, or None
        The parts of a necklace.
    itinerary : tuple of `period` ints, or None
        Marginal stages, 0 for an admission; None where it is too long to follow.
    cohorts : tuple of `period` tuples of L Fractions, or None
        y_j after the fit, youngest first, in requests: class k has p_k y_j in stage j < l_k.
    throughput_ratio, request_ratio : Fraction
        Completed tokens per step over a* mu, and completed requests per step over a*.
    completed_shares : tuple of K Fractions
        Completions of each class over all completions.
    evictions_ratio : Fraction or None
        Evicted requests per step over a*.
    wasted_token_fraction : Fraction or None
        Decode steps lost to evictions over those plus the completed ones.
    multipliers : FloquetMultipliers or None
        Over one period, where they were computed.
    attracting : bool or None
        Whether nearby states converge to it: True, False (almost all leave), or None (undecided).
    reason : str
        What decides `attracting`.

    Examples
    --------
    >>> from stabkit import Workload, cycles
    >>> worst = cycles(Workload.from_classes([(2, 2)])).cycles[-1]
    >>> worst.kind, worst.period, worst.throughput_ratio
    ('level', 2, Fraction(7, 8))
    """

    kind: CycleKind
    period: int
    composition: tuple[int, ...] | None
    itinerary: tuple[int, ...] | None
    cohorts: tuple[tuple[Fraction, ...], ...] | None
    throughput_ratio: Fraction
    request_ratio: Fraction
    completed_shares: tuple[Fraction, ...]
    evictions_ratio: Fraction | None
    wasted_token_fraction: Fraction | None
    multipliers: FloquetMultipliers | None
    attracting: bool | None
    reason: str

    @property
    def word(self) -> str | None:
        """The itinerary as a word: A for an admission, E for an eviction."""
        if self.itinerary is None:
            return None
        return "".join("E" if stage else "A" for stage in self.itinerary)


@dataclass(frozen=True)
class Attraction:
    """Whether an orbit attracts (None: undecided), and what decides it."""

    attracting: bool | None
    reason: str


@dataclass(frozen=True, repr=False)
class Observation(Record):
    """What a run ended on.

    Attributes
    ----------
    start : {"empty", "near equilibrium", "given"}
    steps : int
        Simulated until the period was found, or given up.
    max_period : int
        Longest period looked for.
    cycle : LimitCycle or None
        The exact orbit that the run is near.
    distance : float or None
        Largest distance of a cohort from the orbit's, over a*; 0 where the run is exact.
    period : int or None
        That of the run; without a `cycle`, measured in floats only.
    throughput_ratio, request_ratio : float or None
        The cycle's, or long-run means of the run.
    completed_shares : tuple of float, or None
    rotation : RotationNumber or None
        Of a run without a period.
    frequencies : tuple of Frequency
        Of a run without a period, largest share first.
    reason : str
        What was found, in words.

    Examples
    --------
    >>> from stabkit import Workload, cycles
    >>> seen = cycles(Workload.from_classes([(2, 2)])).observations[0]
    >>> seen.start, seen.cycle.period, seen.throughput_ratio
    ('empty', 2, 0.875)
    """

    start: RunStart
    steps: int
    max_period: int
    cycle: LimitCycle | None
    distance: float | None
    period: int | None
    throughput_ratio: float | None
    request_ratio: float | None
    completed_shares: tuple[float, ...] | None
    rotation: RotationNumber | None
    frequencies: tuple[Frequency, ...]
    reason: str


def exact_cycle(mix: Workload, run: Followed, kind: CycleKind) -> LimitCycle:
    """Return the record of an orbit that returns exactly."""
    period = run.states.index(run.states[0], 1)
    run = run if period == len(run.itinerary) else followed(mix, run.states[0], period)
    multipliers = itinerary_multipliers(mix, run.itinerary)
    attraction = local_attraction(multipliers)
    if not run.regular:
        attraction = Attraction(None, "a step is on a switching surface")
    completed = sum(run.completed)
    tokens = sum(n * c.decode_length for n, c in zip(run.completed, mix.classes, strict=True))
    equilibrium = period * equilibrium_admissions(mix)
    return LimitCycle(
        kind=kind,
        period=period,
        composition=None,
        itinerary=run.itinerary,
        cohorts=run.states[:-1],
        throughput_ratio=tokens / (equilibrium * mix.mean_decode_length),
        request_ratio=completed / equilibrium,
        completed_shares=tuple(n / completed for n in run.completed),
        evictions_ratio=evictions_of(mix, run),
        wasted_token_fraction=wasted_of(mix, run),
        multipliers=multipliers,
        attracting=attraction.attracting,
        reason=attraction.reason,
    )


def evictions_of(mix: Workload, run: Followed) -> Fraction:
    """Return the evicted requests per step over a*."""
    evicted = sum(run.block.evicted.tolist(), Fraction(0))
    return evicted / (len(run.itinerary) * equilibrium_admissions(mix))


def wasted_of(mix: Workload, run: Followed) -> Fraction:
    """Return the decode steps lost over those plus the completed ones."""
    wasted = sum(run.block.wasted.tolist(), Fraction(0))
    pairs = zip(run.completed, mix.classes, strict=True)
    return wasted / sum((n * c.decode_length for n, c in pairs), wasted)


def local_attraction(multipliers: FloquetMultipliers | None) -> Attraction:
    """Return whether a regular orbit attracts, by its multipliers."""
    if multipliers is None:
        return Attraction(None, "too large for its Floquet multipliers")
    decided = {"attracting": True, "repelling": False}.get(multipliers.verdict)
    outside, on = multipliers.outside, multipliers.on_circle
    reason = f"{outside} Floquet multipliers outside the unit circle, {on} on it"
    return Attraction(decided, reason)
