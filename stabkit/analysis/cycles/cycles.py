"""Limit cycles of one workload: those that the theory names, and those that runs end on.

*Named.* Every necklace of compositions of the gcd of the decode lengths has its cycle
(`stabkit.dynamics.necklaces`), and every periodic orbit of the renormalised mix is one of the mix
(`stabkit.dynamics.renormalization`). Whether one attracts is decided by theorem, by exact counts
of a renormalised mix's roots, or by those of its Floquet multipliers.

*Observed.* A run in floats, from empty, from near the equilibrium or from a given state, is
searched for a period. What repeats has an itinerary, the itinerary an exact periodic orbit
(`stabkit.spectrum.orbits.itinerary`), and an exact run from that orbit must return along the same
itinerary (`stabkit.dynamics.orbits`): then *orbit, figures and multipliers are proved*. That the
run converges to it is what was seen, namely that its end is within `distance` of it. A run
without a period gets its long-run means, its rotation number and its frequencies: measured.

References
----------
docs/model.md, R6, R6a, R6', R10, R12.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ...dynamics.capacity import simulated_capacity
from ...dynamics.orbits import followed, settled_cohorts
from ...dynamics.renormalization import renormalized, unrenormalized
from ...dynamics.trajectory import StageCounts
from ...errors import check_length
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import whole_number
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record
from ...spectrum.counting.counts import unit_circle_counts
from .limit_cycle import LimitCycle, Observation, RunStart, exact_cycle
from .named import named_cycles
from .observed import near_equilibrium, observe

__all__ = ["LONGEST_DECODE", "Cycles", "cycles"]

_DEFAULT_PERIOD = 2000
_LARGEST_PERIOD = 100_000
# Runs of 2 L steps and more, of O(L) each: seconds for this, minutes for ten times as much.
LONGEST_DECODE = 10_000


@dataclass(frozen=True, repr=False)
class Cycles(Record):
    """The limit cycles of a workload.

    Attributes
    ----------
    mix : Workload
    verdict : {"stable", "unstable", "marginal", "undecided"}
        Of its equilibrium.
    cycles : tuple of LimitCycle
        Those named by theory, from the equilibrium to the worst one, then what else was observed.
    complete : bool
        Whether every necklace is among them.
    observations : tuple of Observation
        From empty, from near the equilibrium, and from the given state if there is one.
    renormalized : Cycles or None
        The same of the mix renormalised by the gcd; None if that is 1 or all decode lengths.

    Examples
    --------
    >>> from stabkit import Workload, cycles
    >>> found = cycles(Workload.from_classes([(2, 2)]))
    >>> found.verdict, found.complete
    ('unstable', True)
    >>> [cycle.period for cycle in found.cycles]
    [1, 2]
    """

    mix: Workload
    verdict: Verdict
    cycles: tuple[LimitCycle, ...]
    complete: bool
    observations: tuple[Observation, ...]
    renormalized: Cycles | None


def cycles(
    mix: WorkloadLike,
    state: StageCounts | None = None,
    max_period: int | None = None,
    max_steps: int = 200_000,
) -> Cycles:
    """Return the limit cycles of a workload, exactly, and which of them runs end on.

    Parameters
    ----------
    mix : WorkloadLike
        With decode lengths up to 10 000.
    state : counts [k][j], optional
        A further start; exact where its numbers are.
    max_period : int, optional
        Longest period to look for in runs, from 1 to 100,000 steps; 2000 by default, or 2 L if that
        is more.
    max_steps : int
        Steps of a run, at least 1.

    Returns
    -------
    Cycles

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain.

    Notes
    -----
    All necklaces are listed for a gcd up to 10; beyond that the levels (one decode length up to
    60) and the compositions of equal parts. Absence of a period is what was seen, not a proof.

    References
    ----------
    docs/model.md, R6, R10, R12.

    Examples
    --------
    R12: stable, and yet from empty it ends on an attracting cycle with evictions.

    >>> found = cycles(Workload.from_classes([(0, 6, 2), (5, 1, 3)]))
    >>> found.verdict, [o.period for o in found.observations]
    ('stable', [29, 1])
    >>> orbit = found.cycles[-1]
    >>> orbit.kind, orbit.attracting, f"{float(abs(orbit.multipliers.multipliers[0].value)):.3f}"
    ('observed', True, '0.559')
    >>> orbit.word
    'AAAAAEAAAAAAEAAAAAAAEAAAAAAEA'
    """
    mix = as_workload(mix)
    max_period = _checked_period(mix, max_period)
    max_steps = whole_number(max_steps, "'max_steps'")
    named, complete = named_cycles(mix)
    reduced = _renormalized(mix, max_period, max_steps)
    if reduced is not None:
        named += _lifted(mix, reduced, named)
    observations = []
    for start, cohorts in _starts(mix, state, named[0]):
        observation = observe(mix, start, cohorts, named, max_period, max_steps)
        observations.append(observation)
        if observation.cycle is not None and observation.cycle not in named:
            named = _with(named, observation.cycle)
    verdict = unit_circle_counts(mix).verdict
    return Cycles(mix, verdict, tuple(named), complete, tuple(observations), reduced)


def _with(named: list[LimitCycle], seen: LimitCycle) -> list[LimitCycle]:
    """Return the cycles with one more; it takes the place of the necklace that it turned out to be.

    >>> found = cycles("1024:256", max_steps=2000)
    >>> [(cycle.kind, cycle.composition) for cycle in found.cycles if cycle.period == 256]
    [('level', (256,))]
    """
    if seen.composition is None:
        return [*named, seen]
    return [seen if cycle.composition == seen.composition else cycle for cycle in named]


def _checked_period(mix: Any, max_period: Any) -> int:
    check_length(mix.longest_decode, LONGEST_DECODE, "for limit cycles")
    if max_period is None:
        max_period = min(max(_DEFAULT_PERIOD, 2 * mix.longest_decode), _LARGEST_PERIOD)
    return whole_number(max_period, "'max_period'", 1, _LARGEST_PERIOD)


def _starts(
    mix: Workload, state: Any, equilibrium: LimitCycle
) -> Iterator[tuple[RunStart, Sequence[Any] | None]]:
    yield "empty", None
    yield "near equilibrium", near_equilibrium(mix, equilibrium.attracting)
    if state is not None:
        yield "given", settled_cohorts(mix, state)


def _renormalized(mix: Workload, max_period: int, max_steps: int) -> Cycles | None:
    if mix.gcd == 1 or mix.gcd == mix.longest_decode:
        return None
    return cycles(renormalized(mix), None, max(1, max_period // mix.gcd), max_steps)


def _lifted(mix: Workload, reduced: Cycles, named: Sequence[LimitCycle]) -> list[LimitCycle]:
    """Return the synchronised cycles that the observed ones of the renormalised mix stand for."""
    factor, length = mix.gcd, mix.longest_decode
    scale = simulated_capacity(mix) / factor / simulated_capacity(reduced.mix)
    found = []
    for cycle in reduced.cycles:
        if cycle.kind != "observed" or cycle.cohorts is None:
            continue
        first = unrenormalized([y * scale for y in cycle.cohorts[0]], length, factor)
        run = followed(mix, first, factor * cycle.period)
        if run.returns:
            found.append(exact_cycle(mix, run, "synchronized"))
    return found
