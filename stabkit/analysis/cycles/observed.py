"""What runs end on: a period in floats, then the exact orbit of its itinerary, or measurements.

A run whose end repeats has an itinerary, the itinerary an exact periodic orbit
(`stabkit.spectrum.orbits.itinerary`), and an exact run from that orbit must return along it
(`stabkit.dynamics.orbits`): then orbit, figures and multipliers are proved. That the run converges
to it is what was seen: its end is within `distance` of it. A run that ends near a repelling orbit
goes on, for rounding may yet move it off. A given state is first run exactly.

References
----------
docs/model.md, R6a, R12.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...dynamics.capacity import equilibrium_admissions, simulated_capacity
from ...dynamics.growth import disturbed_state
from ...dynamics.long_run import long_run
from ...dynamics.necklaces import necklace_cycle
from ...dynamics.orbits import Candidate, Followed, PeriodSearch, followed
from ...dynamics.product_form import ProductFormRun
from ...dynamics.rotation import dominant_frequencies, rotation_number
from ...errors import InvalidArgument
from ...model.workload import Workload
from ...spectrum.orbits.itinerary import LARGEST_ITINERARY, alive_stages, periodic_orbit
from ...spectrum.roots.dominant import dominant_modes
from .limit_cycle import LimitCycle, Observation, RunStart, exact_cycle
from .named import MOST_EXACT_WORK

__all__ = ["exact_orbit", "near_equilibrium", "observe"]

# The end of a run may be this far from an exact orbit, relative to a*, to count as on its way to
# it: what repeats to 1e-6 while it approaches by 1 in 1000 per period is within 1e-3.
_NEAR = 1e-3
# Candidates without an exact orbit before the search stops.
_MOST_ATTEMPTS = 8
# A mode of smaller modulus is gone within one step, as far as doubles can tell.
_FASTEST_DECAY = 1e-100
# Multiply-adds of a search, and steps of a measurement.
_WORK = 2 * 10**9
_MEASURED = 20_000


def near_equilibrium(mix: Workload, attracting: bool | None) -> list[float]:
    """Return the equilibrium disturbed along its dominant mode, or in its youngest cohort."""
    size = 0.2 if attracting is False else 1e-3
    mode = _dominant_mode(mix)
    if mode is not None and abs(mode) > _FASTEST_DECAY:
        return [float(y) for y in disturbed_state(mix, mode, size)]
    cohorts = [float(equilibrium_admissions(mix))] * mix.longest_decode
    return [cohorts[0] * (1 - size), *cohorts[1:]]


def _dominant_mode(mix: Workload) -> complex | None:
    modes = dominant_modes(mix, 1, 20) if mix.longest_decode > 1 else None
    return complex(modes[0].value) if modes else None


def observe(
    mix: Workload,
    start: RunStart,
    cohorts: Sequence[Any] | None,
    named: Sequence[LimitCycle],
    max_period: int,
    max_steps: int,
) -> Observation:
    """Return what a run from `cohorts`, or from empty, ends on.

    * `start`: what the record calls the start; "given" is first run exactly, where it is exact.
    * `cohorts` (sequence of L numbers, or None): youngest first, in requests.
    * `named`: cycles to recognise.
    """
    exact = _returning(mix, cohorts) if start == "given" and cohorts is not None else None
    if exact is not None:
        known = _known(exact, named) or _identified(mix, exact, named)
        return _on_cycle(start, known, 0.0, len(exact.itinerary), max_period)
    floats = None if cohorts is None else np.array([float(y) for y in cohorts])
    search = PeriodSearch(mix, floats, max_period, min(max_steps, _WORK // mix.longest_decode))
    repelling, uncertain = None, list[Candidate]()
    for candidate in search:
        found = _recognised(mix, candidate, named) or exact_orbit(mix, candidate, named)
        if found is None:
            uncertain.append(candidate)
            if len(uncertain) == _MOST_ATTEMPTS:
                break
            continue
        observation = _on_cycle(start, *found, candidate.steps, max_period)
        if found[0].attracting is not False:
            return observation
        repelling = observation  # rounding may yet move it off
    if repelling is not None and repelling.steps > search.steps // 2:
        return repelling
    return _without(mix, start, floats, search, uncertain[-1:], max_period)


def _returning(mix: Workload, cohorts: Sequence[Any]) -> Followed | None:
    """Return one period of the orbit that a given state reaches exactly, within the budget."""
    if not all(isinstance(y, Fraction) for y in cohorts):
        return None
    length = mix.longest_decode
    run = followed(mix, cohorts, max(1, min(8 * length, MOST_EXACT_WORK // length)))
    last = run.states[-1]
    earlier = [n for n, state in enumerate(run.states[:-1]) if state == last]
    return followed(mix, last, len(run.itinerary) - earlier[-1]) if earlier else None


def _recognised(
    mix: Workload, candidate: Candidate, named: Sequence[LimitCycle]
) -> tuple[LimitCycle, float] | None:
    """Return the named cycle that the end of the run is near to, and how near."""
    for cycle in named:
        states = cycle.cohorts
        if cycle.period == 1:
            states = ((equilibrium_admissions(mix),) * mix.longest_decode,)
        if cycle.period == candidate.period and states is not None:
            distance = _distance(mix, candidate, states)
            if distance <= _NEAR:
                return cycle, distance
    return None


def exact_orbit(
    mix: Workload, candidate: Candidate, named: Sequence[LimitCycle] = ()
) -> tuple[LimitCycle, float] | None:
    """Return the exact orbit of a candidate's itinerary, and how near that one is to it.

    * `candidate`: the end of a run in floats that repeats.
    * `named`: cycles to recognise.

    The distance is over a*; None where it is above 1/1000, or the model does not follow the
    itinerary.
    """
    length = mix.longest_decode
    if candidate.period * length > LARGEST_ITINERARY:
        return None
    itinerary = candidate.itinerary(mix)
    alive = len(alive_stages(itinerary, length))
    if len(itinerary) * length * alive > LARGEST_ITINERARY:
        return None
    cohorts = periodic_orbit(mix, itinerary, simulated_capacity(mix))
    if cohorts is None or min(cohorts) < 0:
        return None
    distance = _distance(mix, candidate, (cohorts,))
    if distance > _NEAR:
        return None
    run = followed(mix, cohorts, candidate.period)
    if not run.returns:
        return None
    return _known(run, named) or _identified(mix, run, named), distance


def _distance(mix: Workload, candidate: Candidate, states: Sequence[Sequence[Fraction]]) -> float:
    """Return how far the end of a run is from a cycle, over a*; never 0 in floats."""
    offsets = (np.array(state, float) - candidate.cohorts for state in states)
    nearest = min(float(np.abs(offset).max()) for offset in offsets)
    return max(nearest / float(equilibrium_admissions(mix)), sys.float_info.epsilon)


def _known(run: Followed, named: Sequence[LimitCycle]) -> LimitCycle | None:
    return next((c for c in named if c.cohorts and run.states[0] in c.cohorts), None)


def _identified(mix: Workload, run: Followed, named: Sequence[LimitCycle]) -> LimitCycle:
    """Return the cycle of a run, as the necklace that it is if its own was too long to follow."""
    cycle = exact_cycle(mix, run, "observed")
    for c in named:
        alike = (c.period, c.throughput_ratio) == (cycle.period, cycle.throughput_ratio)
        if c.composition is None or c.cohorts is not None or not alike:
            continue
        if _is_necklace(mix, run, c.composition):
            return replace(cycle, kind=c.kind, composition=c.composition)
    return cycle


def _is_necklace(mix: Workload, run: Followed, composition: tuple[int, ...]) -> bool:
    """Tell whether a run is on the cycle of a composition; False if that is not written out."""
    try:
        return necklace_cycle(mix, composition).states[0] in run.states
    except InvalidArgument:
        return False


def _on_cycle(
    start: RunStart, cycle: LimitCycle, distance: float, steps: int, max_period: int
) -> Observation:
    near = f"within {distance:.1e} a* of it" if distance else "exactly"
    return Observation(
        start=start,
        steps=steps,
        max_period=max_period,
        cycle=cycle,
        distance=distance,
        period=cycle.period,
        throughput_ratio=float(cycle.throughput_ratio),
        request_ratio=float(cycle.request_ratio),
        completed_shares=tuple(float(share) for share in cycle.completed_shares),
        rotation=None,
        frequencies=(),
        reason=f"on an exact cycle of period {cycle.period} by step {steps}, {near}",
    )


def _without(
    mix: Workload,
    start: RunStart,
    cohorts: NDArray[Any] | None,
    search: PeriodSearch,
    repeated: Sequence[Candidate],
    max_period: int,
) -> Observation:
    """Return what can be measured of a run that ends on no exact orbit."""
    means = long_run(mix, cohorts)
    period = repeated[0].period if repeated else None
    mode, run = _dominant_mode(mix), ProductFormRun(mix, search.cohorts())
    steps = min(_MEASURED, _WORK // mix.longest_decode)
    turning = period is None and mode is not None and abs(mode.imag) > 0
    block = run.advance(steps)
    return Observation(
        start=start,
        steps=search.steps,
        max_period=max_period,
        cycle=None,
        distance=None,
        period=period,
        throughput_ratio=means.throughput_ratio,
        request_ratio=means.request_ratio,
        completed_shares=means.completed_shares,
        rotation=rotation_number(mix, search.cohorts(), mode, steps) if turning and mode else None,
        frequencies=() if period else dominant_frequencies(block.admitted - block.evicted),
        reason=_nothing_exact(search, period, max_period),
    )


def _nothing_exact(search: PeriodSearch, period: int | None, max_period: int) -> str:
    if period is None:
        return f"no cycle of period <= {max_period:,} in {search.steps:,} steps"
    return (
        f"period {period}, measured; no exact orbit: its itinerary is too long, or has 1 as a "
        "Floquet multiplier"
    )
