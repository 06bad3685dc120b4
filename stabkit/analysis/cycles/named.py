"""The limit cycles that the theory names: necklaces, and those of the renormalised mix.

Whether one attracts is decided by theorem (one decode length), by the exact counts of a
renormalised mix's roots (equal parts), or by those of its Floquet multipliers.

References
----------
docs/model.md, R6, R6', R10; `stabkit.dynamics.necklaces`, `stabkit.dynamics.renormalization`.
"""

from __future__ import annotations

from ...dynamics.capacity import equilibrium_admissions
from ...dynamics.necklaces import (
    necklace_cycle,
    necklace_period,
    necklace_throughput,
    necklaces,
)
from ...dynamics.orbits import followed
from ...dynamics.renormalization import renormalized
from ...model.workload import Workload
from ...spectrum.counting.counts import unit_circle_counts
from ...spectrum.orbits.floquet import FloquetMultipliers
from ...spectrum.orbits.itinerary import itinerary_multipliers
from .limit_cycle import (
    Attraction,
    CycleKind,
    LimitCycle,
    evictions_of,
    local_attraction,
    wasted_of,
)

__all__ = ["MOST_EXACT_WORK", "named_cycles"]

# All necklaces up to this gcd: 107 of them for 10. Beyond, levels and equal parts.
_ALL_NECKLACES = 10
_ALL_LEVELS = 60
# Steps times stages of what is followed exactly, and longest decode with Floquet multipliers.
MOST_EXACT_WORK = 20_000
_LONGEST_WITH_MULTIPLIERS = 24


def named_cycles(mix: Workload) -> tuple[list[LimitCycle], bool]:
    """Return the cycles of necklaces, equilibrium first and worst last, and if these are all."""
    factor = mix.gcd
    if factor <= _ALL_NECKLACES:
        parts = set(necklaces(factor))
    else:
        parts = {(d,) * (factor // d) for d in range(1, factor + 1) if factor % d == 0}
        if factor == mix.longest_decode <= _ALL_LEVELS:
            parts |= {(i + 1,) + (1,) * (factor - i - 1) for i in range(factor)}
    return [_necklace(mix, each) for each in sorted(parts)], factor <= _ALL_NECKLACES


def _necklace(mix: Workload, parts: tuple[int, ...]) -> LimitCycle:
    factor, length = sum(parts), mix.longest_decode
    ratio = necklace_throughput(mix, parts) / equilibrium_admissions(mix)
    one_length = factor == length
    if parts == (1,) * factor or (one_length and parts[1:] == (1,) * (len(parts) - 1)):
        kind: CycleKind = "level"
    else:
        kind = "synchronized" if not one_length and len(set(parts)) == 1 else "necklace"
    shares = tuple(c.share for c in mix.classes)
    run = cycle = multipliers = None
    if factor * length <= MOST_EXACT_WORK:
        cycle = necklace_cycle(mix, parts)
        run = followed(mix, cycle.states[0], cycle.period)
        if length <= _LONGEST_WITH_MULTIPLIERS:
            multipliers = itinerary_multipliers(mix, cycle.itinerary)
    attraction = _attraction(mix, parts, multipliers)
    return LimitCycle(
        kind=kind,
        period=necklace_period(parts),
        composition=parts,
        itinerary=None if cycle is None else cycle.itinerary,
        cohorts=None if cycle is None else cycle.states,
        throughput_ratio=ratio,
        request_ratio=ratio,
        completed_shares=shares,
        evictions_ratio=None if run is None else evictions_of(mix, run),
        wasted_token_fraction=None if run is None else wasted_of(mix, run),
        multipliers=multipliers,
        attracting=attraction.attracting,
        reason=attraction.reason,
    )


def _attraction(
    mix: Workload, parts: tuple[int, ...], multipliers: FloquetMultipliers | None
) -> Attraction:
    factor = sum(parts)
    if factor == mix.longest_decode:
        worst = len(parts) == 1
        which = "the" if worst else "only the"
        return Attraction(worst, f"theorem: of one decode length {which} worst attracts")
    if len(set(parts)) == 1:
        verdict = unit_circle_counts(renormalized(mix, parts[0])).verdict
        if parts[0] < factor and verdict == "stable" and parts[0] > 1:
            return local_attraction(multipliers)  # the theorem of attraction is for the gcd
        decided = {"stable": True, "unstable": False}.get(verdict)
        which = f"the mix renormalised by {parts[0]}" if parts[0] > 1 else "the equilibrium"
        return Attraction(decided, f"{which} is {verdict}")
    return local_attraction(multipliers)
