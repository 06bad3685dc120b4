"""Where the run from a start ends, certified: at the equilibrium, or on a cycle that evicts.

*Convergence* (R22). Let y be a state of product form after a fit, so that the memory is full, and
d_j = y_j - a*, j = 0, ..., L - 2, what stage L - 1 holds being without influence: it is gone in the
next step. As long as no admission of the linear recursion sum_m g_m a_(n-m) = B is negative, the
run is that recursion, and its t-th admission is a* + c^(t) d, with the rows of
`stabkit.spectrum.margins.disturbance` (rho_(t-1) there is kappa_t = ||c^(t)||_1). So it is at least
a* - kappa_t max |d_j|. Let kappa <= 1 for the L - 1 steps up to T_0, and K = max kappa_t up to
there. The deviations after T_0 steps are these rows, so that none exceeds max |d_j|, and

    kappa_(T_0 + t) <= max(kappa_(T_0 - L + 2), ..., kappa_(T_0)) kappa_t <= kappa_t <= K.

So if K max |d_j| <= a*, no admission is ever negative: by induction nothing is evicted any more.
The mix is stable: d tends to 0, and the run converges. That is a test of one state; from the start
on, a run in floats says when to expect it, and one in balls (`ball_run`) proves that it holds.

*Evictions for ever* (R12). What repeats in floats has an itinerary, the itinerary an exact orbit,
this a basin (`stabkit.spectrum.orbits.basin`). A run in balls proves that it gets there. That is
tried for unstable mixes, too.

References
----------
docs/model.md, R11, R12, R22.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
from flint import fmpq
from numpy.typing import NDArray

from ...dynamics.capacity import equilibrium_admissions
from ...dynamics.orbits import PeriodSearch
from ...dynamics.product_form import ProductFormRun
from ...dynamics.trajectory import StateLike
from ...errors import check_length
from ...model.enclosure import bounds_of
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import whole_number
from ...model.workload import Workload
from ...spectrum.counting.counts import unit_circle_counts
from ...spectrum.margins.disturbance import disturbance_margin
from ...spectrum.orbits.basin import orbit_basin
from ..cycles.limit_cycle import LimitCycle
from ..cycles.observed import exact_orbit
from .ball_run import BallRun, Unresolved, run_until
from .certificates import ConvergentStart, EvictingStart, StartCertificate, UndecidedStart
from .given import Given, given_start

__all__ = ["LONGEST_DECODE", "certify_start"]

LONGEST_DECODE = 10_000
_FIRST_LOOK = 5_000  # steps: most runs have ended by then
_MAX_PERIOD = 2000
_MOST_ATTEMPTS = 8
_WORK = 10**9  # multiply-adds of a run in floats
_CLEARLY = 0.9  # of what is allowed: a run in floats that is nearer is near


def certify_start(
    mix: WorkloadLike, state: StateLike | None = None, max_steps: int = 100_000
) -> StartCertificate:
    """Prove where the run from a start ends: at the equilibrium, or on a cycle that evicts.

    Parameters
    ----------
    mix : WorkloadLike
        With decode lengths up to 10 000.
    state : None, "equilibrium" or counts [k][j]
        The start: empty; p_k a* requests in every stage; or K lists of l_k counts, in requests.
    max_steps : int
        Steps in which a run in floats looks for the end, at least 1.

    Returns
    -------
    ConvergentStart, EvictingStart or UndecidedStart
        Tagged by `verdict`. Convergent: all steps that evict are listed, none comes later.
        Evicting: with the cycle. Undecided: with the reason, such as a run that does not repeat.

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain.

    Notes
    -----
    Floats only suggest; every admission and eviction from the start on is proved, in rational
    numbers or in balls whose precision is raised as needed. 1000 decode steps take seconds.

    References
    ----------
    docs/model.md, R12, R22.

    Examples
    --------
    >>> found = certify_start(Workload.from_classes([(9, 2), (9, 3)]))
    >>> found.verdict, found.evicting, found.step
    ('convergent', (1,), 3)

    R12's mix is stable as well, and from empty it evicts for ever:

    >>> found = certify_start(Workload.from_classes([(0, 6, 2), (5, 1, 3)]))
    >>> found.verdict, found.cycle.period
    ('evicting', 29)
    """
    mix = as_workload(mix)
    check_length(mix.longest_decode, LONGEST_DECODE, "to certify a start")
    steps = min(int(whole_number(max_steps, "'max_steps'")), _WORK // mix.longest_decode)
    start = given_start(mix, state)
    found: StartCertificate = UndecidedStart(mix, start.start, "")
    for some in sorted({min(steps, _FIRST_LOOK), steps}):
        try:
            found = _settled(mix, start, some) or _captured(mix, start, some)
        except Unresolved as failure:
            found = UndecidedStart(mix, start.start, str(failure))
        if found.verdict != "undecided":
            break
    return found


def _settled(mix: Workload, start: Given, steps: int) -> ConvergentStart | None:
    """Return R22's certificate, if a run in floats comes near enough to the equilibrium."""
    margin = disturbance_margin(mix)
    allowed = Fraction(1) if mix.longest_decode == 1 else margin.largest and margin.largest.low
    if not allowed:
        return None
    limit = _steps_to_settle(mix, start, float(allowed), steps)
    if limit is None:
        return None
    within, ones = _rational(allowed), [1] * (mix.longest_decode - 1)
    run = run_until(_begun(mix, start), lambda run: _near(run, ones, within), limit)
    if run is None:
        return None
    evicting = (*start.evicting, *run.evicting)
    return ConvergentStart(
        mix, start.start, evicting, run.step, _distance(run, ones), allowed, margin.horizon
    )


def _steps_to_settle(mix: Workload, start: Given, allowed: float, steps: int) -> int | None:
    """Return a step at which a run in floats has been near a* for L admissions, or None."""
    run, equilibrium = ProductFormRun(mix, _floats(mix, start)), float(equilibrium_admissions(mix))
    done, since, span = 0, 0, max(mix.longest_decode, 256)
    while done < steps:
        admitted = run.advance(span).admitted / equilibrium
        far = np.flatnonzero(np.abs(admitted - 1) > _CLEARLY * allowed)
        since = done + 1 + int(far[-1]) if len(far) else since
        done += span
        if done - since >= mix.longest_decode:
            return start.step + since + mix.longest_decode
    return None


def _captured(mix: Workload, start: Given, steps: int) -> EvictingStart:
    """Return the certificate of a cycle that evicts; Unresolved, with the reason, without one."""
    if all(y == 1 for y in start.cohorts[: mix.longest_decode - 1]):
        raise Unresolved(
            f"exactly in the steady state it stays and evicts nothing; as that is "
            f"{unit_circle_counts(mix).verdict}, where a run next to it ends is another question"
        )
    cycle, done = _attracting_cycle(mix, start, steps)
    if cycle is None or cycle.cohorts is None or cycle.itinerary is None:
        raise Unresolved(
            f"the equilibrium is {unit_circle_counts(mix).verdict}, and in {done:,} steps the run "
            f"neither settles there nor repeats, up to a period of {_MAX_PERIOD:,}, on an "
            "attracting cycle"
        )
    basin = orbit_basin(mix, cycle.itinerary, cycle.cohorts)
    if basin is None:
        raise Unresolved(f"how far its cycle of period {cycle.period} attracts is not known")
    equilibrium = equilibrium_admissions(mix)
    first = [_rational(y / equilibrium) for y in cycle.cohorts[0]]
    radius = basin.radius / equilibrium
    within, limit = _rational(radius), start.step + 4 * done + 20 * cycle.period
    run = run_until(_begun(mix, start), lambda run: _near(run, first, within), limit)
    if run is None:
        raise Unresolved(f"the basin of its cycle of period {cycle.period} was not reached")
    evicting = (*start.evicting, *run.evicting)
    return EvictingStart(mix, start.start, evicting, run.step, _distance(run, first), radius, cycle)


def _attracting_cycle(mix: Workload, start: Given, steps: int) -> tuple[LimitCycle | None, int]:
    """Return the cycle with evictions that a run in floats ends on, if any, and its steps."""
    search = PeriodSearch(mix, _floats(mix, start), _MAX_PERIOD, steps)
    for attempt, candidate in enumerate(search):
        cycle, _ = exact_orbit(mix, candidate) or (None, 0.0)
        if cycle is not None and cycle.attracting and any(cycle.itinerary or ()):
            return cycle, search.steps
        if attempt == _MOST_ATTEMPTS:
            break
    return None, search.steps


def _begun(mix: Workload, start: Given) -> BallRun:
    return BallRun(MemoryKernel.of(mix), start.cohorts, start.step)


def _floats(mix: Workload, start: Given) -> NDArray[Any]:
    equilibrium = equilibrium_admissions(mix)
    return np.array([float(y * equilibrium) for y in start.cohorts])


def _near(run: BallRun, state: Sequence[Any], within: fmpq) -> bool:
    """Whether the youngest cohorts are proved to be nearer than that to those of a state."""
    return all(abs(y - z) < within for y, z in zip(run.cohorts, state, strict=False))


def _distance(run: BallRun, state: Sequence[Any]) -> Fraction:
    offsets = (abs(y - z) for y, z in zip(run.cohorts, state, strict=False))
    return max(map(_upper, offsets), default=Fraction(0))


def _rational(number: Fraction) -> fmpq:
    return fmpq(number.numerator, number.denominator)


def _upper(number: Any) -> Fraction:
    if isinstance(number, fmpq):
        return Fraction(int(number.p), int(number.q))
    return bounds_of(number)[1]
