"""Chapter 5, continued: cycles that evict, beside a stable equilibrium or better than it.

Both examples are orbits in exact rational arithmetic. That a run *converges* to one is a finite
certificate too: along the itinerary the model is affine, so that deviations obey exact matrices.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import isqrt
from typing import Any

from sympy import Eq, Gt, Lt, Rational, symbols

from stabkit import (
    LimitCycle,
    Root,
    Workload,
    cycles,
    itinerary_multipliers,
    memory_kernel,
    periodic_orbit,
    roots,
    simulate,
    synchronized_loss,
    unit_circle_counts,
)
from stabkit.model.enclosure import RealEnclosure
from stabkit.spectrum.orbits.basin import OrbitBasin, orbit_basin
from stabkit.theorems.claims import Claim, Quantity
from stabkit.theorems.evidence import ExactFinite, Identity, Inequality
from stabkit.theorems.positivity import Interval
from stabkit.theorems.records import Step, Theorem, Witness

from .quantities import MARGINAL, UNSTABLE, marginal, unstable

__all__ = [
    "THEOREMS",
    "about",
    "cohorts_of",
    "comes_back",
    "itinerary_of",
    "observed_orbit",
    "per_equilibrium",
    "run_from_empty",
]

_r, _M, _y, _delta = symbols("r M y delta")
_g, _B, _U = symbols("g_j B U")
_OPEN = Interval(0, open_low=True)
_BISTABLE = [(0, 6, 2), (5, 1, 3)]
_empty, _attracting, _evicting, _period, _rho, _theta = symbols("empty attracting E n_0 rho theta")
_STEPS = 600  # of the run from empty


@cache
def observed_orbit(classes: tuple[tuple[int, int, int], ...]) -> tuple[Workload, LimitCycle]:
    """Return a mix, and the cycle on which a run of it was seen to end."""
    mix = Workload.from_classes(classes)
    return mix, cycles(mix).cycles[-1]


def _bistable() -> tuple[Workload, LimitCycle]:
    return observed_orbit(tuple(_BISTABLE))


def cohorts_of(cycle: LimitCycle) -> tuple[tuple[Fraction, ...], ...]:
    """Return the states of a cycle, as exact cohorts."""
    assert cycle.cohorts is not None
    return cycle.cohorts


def itinerary_of(cycle: LimitCycle) -> tuple[int, ...]:
    """Return the marginal stages of a cycle that is short enough to have them."""
    assert cycle.itinerary is not None
    return cycle.itinerary


def _kernel(mix: Workload) -> list[Fraction]:
    return [Fraction(int(x.p), int(x.q)) for x in memory_kernel(mix)]


def _basin(mix: Workload, cycle: LimitCycle) -> OrbitBasin:
    """Return the ball around the orbit's first state from which all runs converge to it."""
    found = orbit_basin(mix, itinerary_of(cycle), cohorts_of(cycle))
    assert found is not None
    return found


def run_from_empty(mix: Workload, steps: int) -> list[tuple[Fraction, ...]]:
    """Return the last 60 states of an exact run, as cohorts y_j."""
    run = simulate(mix, steps, arithmetic="exact", record_states=True)
    assert run.states is not None
    longest = max(range(len(mix.classes)), key=lambda k: mix.classes[k].decode_length)
    share = mix.classes[longest].share
    return [tuple(x / share for x in state[longest]) for state in run.states[-60:]]


def _captured(mix: Workload, cycle: LimitCycle) -> bool:
    """Whether the run from empty is in the basin of the orbit's first state."""
    first = cohorts_of(cycle)[0]
    nearest = min(
        max(abs(a - b) for a, b in zip(state, first, strict=True))
        for state in run_from_empty(mix, _STEPS)
    )
    return nearest < _basin(mix, cycle).radius


def comes_back(mix: Workload, cycle: LimitCycle) -> bool:
    """Whether an exact run from the first state is back after the period, and not before."""
    start = [[c.share * y for y in cohorts_of(cycle)[0][: c.decode_length]] for c in mix.classes]
    run = simulate(mix, cycle.period, arithmetic="exact", state=start, record_states=True)
    assert run.states is not None
    first = run.states[0]
    return [state == first for state in run.states[1:]] == [False] * (cycle.period - 1) + [True]


def _modulus(root: Root) -> RealEnclosure:
    """Return bounds of the modulus: that of the centre by an integer root, and the radius."""
    parts = [
        Fraction(m) * Fraction(2) ** e
        for m, e in (root.value.real.man_exp, root.value.imag.man_exp)
    ]
    m, e = root.radius.man_exp
    radius = Fraction(m) * Fraction(2) ** e
    scale = 2**80
    size = Fraction(isqrt(int((parts[0] ** 2 + parts[1] ** 2) * scale**2)), scale)
    return RealEnclosure(size - radius, size + radius + Fraction(1, scale))


def per_equilibrium(found: tuple[Workload, LimitCycle], tokens: bool) -> Fraction:
    """Return what an exact run completes over one period of the orbit, over the equilibrium's."""
    mix, cycle = found
    start = [[c.share * y for y in cohorts_of(cycle)[0][: c.decode_length]] for c in mix.classes]
    run = simulate(mix, cycle.period, arithmetic="exact", state=start)
    done = [sum(column[1:], Fraction(0)) for column in zip(*run.completed_by_class, strict=True)]
    admissions = _memory(mix, cycle) / sum(_kernel(mix), Fraction(0)) * cycle.period
    weights = [c.decode_length if tokens else 1 for c in mix.classes]
    target = admissions * (mix.mean_decode_length if tokens else 1)
    return sum((w * x for w, x in zip(weights, done, strict=True)), Fraction(0)) / target


def _memory(mix: Workload, cycle: LimitCycle) -> Fraction:
    """Return the tokens that the first state of an orbit holds."""
    held = (g * y for g, y in zip(_kernel(mix), cohorts_of(cycle)[0], strict=True))
    return sum(held, Fraction(0))


@dataclass(frozen=True)
class Start:
    """The bistable mix, from empty or from near its equilibrium."""

    mix: Workload
    state: Any

    def evictions(self) -> int:
        """Return the number of steps that evict among the last 29 of 600 exact ones."""
        run = simulate(self.mix, _STEPS, arithmetic="exact", state=self.state)
        return sum(1 for x in run.evicted[-29:] if x)


def _starts(rng: random.Random) -> Iterator[Start]:
    mix = Workload.from_classes(_BISTABLE, 220)
    yield Start(mix, None)
    yield Start(mix, _near_equilibrium(mix))


def _near_equilibrium(mix: Workload) -> list[list[Fraction]]:
    """Return the equilibrium with one cohort a thousandth smaller."""
    assert mix.capacity is not None
    rate = mix.capacity / sum(_kernel(mix))
    state = [[c.share * rate] * c.decode_length for c in mix.classes]
    state[0][0] *= Fraction(999, 1000)
    return state


def about(quantity: Any, digits: str) -> tuple[Any, Any]:
    """Return that a quantity is known to a unit of the last digit."""
    value, unit = Rational(digits), Rational(1, 10 ** len(digits.split(".")[1]))
    return Gt(quantity, value - unit), Lt(quantity, value + unit)


R12 = Theorem(
    label="R12",
    title="Stability is only local",
    claim=Claim(
        objects=_starts,
        quantities=(
            UNSTABLE,
            MARGINAL,
            Quantity(
                _empty,
                "the run of the classes (input, decode length, share) $(0, 6, 2/5)$, $(5, 1, 3/5)$ "
                "starts from empty",
                lambda start: start.state is None,
            ),
            Quantity(
                _rho,
                "the spectral radius",
                lambda start: _modulus(roots(Workload.from_classes(_BISTABLE))[0]),
            ),
            Quantity(
                _attracting,
                "it converges to a periodic orbit: an exact state of the run is so near to it that "
                "the itinerary is followed for ever and deviations halve every six periods",
                lambda start: start.state is None and _captured(*_bistable()),
            ),
            Quantity(
                _period,
                "the period of the orbit that the run ends on",
                lambda start: _bistable()[1].period,
            ),
            Quantity(
                _evicting,
                "the number of steps of the run that evict, among the steps 572 to 600",
                Start.evictions,
            ),
            Quantity(
                _theta,
                "the modulus of the largest Floquet multiplier of the orbit that the run ends on",
                lambda start: _largest_multiplier(),
            ),
        ),
        hypotheses=(_empty,),
        conclusions=(
            Eq(unstable, 0),
            Eq(marginal, 0),
            *about(_rho, "0.99743"),
            _attracting,
            Eq(_period, 29),
            Eq(_evicting, 4),
            *about(_theta, "0.5593"),
        ),
        least=1,
    ),
    uses=("kernel", "R11"),
    code=("stabkit.cycles", "stabkit.periodic_orbit", "stabkit.itinerary_multipliers"),
    steps=(
        Step(
            "stable",
            r"The equilibrium is locally asymptotically stable: all roots are inside the unit "
            r"circle.",
            ExactFinite(
                "inside, on the circle and outside, by Schur–Cohn",
                "the mix",
                lambda: [Workload.from_classes(_BISTABLE)],
                lambda mix: _sides(mix),
                lambda mix: (5, 0, 0),
            ),
        ),
        Step(
            "orbit",
            r"An exact run from the orbit's first state is back after 29 steps, and not before; "
            r"in four of these it evicts.",
            ExactFinite(
                "whether it is, the period, the steps that evict",
                "the orbit",
                lambda: [_bistable()],
                lambda found: (
                    comes_back(*found),
                    found[1].period,
                    sum(1 for j in found[1].itinerary if j),
                ),
                lambda found: (True, 29, 4),
            ),
        ),
        Step(
            "margins",
            r"The marginal stage $j$ of a step ends with $y_j > 0$, in an eviction also with "
            r"less than the $x_j$ that it held. While that is so, the next state is affine: $y_j "
            r"= (B - U) / g_j$, $U$ what the older stages need. A deviation $\delta$, at most "
            r"$r$ in every cohort of the first state, changes these numbers by at most $r$ times "
            r"the row sums of a matrix. The run follows the orbit's itinerary for as long as "
            r"they keep their sign.",
            Identity(_y + _delta, (_B - (_U - _g * _delta)) / _g, given=(_g * _y - (_B - _U),)),
        ),
        Step(
            "contraction",
            r"For all deviations below 1/300 that holds over six periods, and after these every "
            r"cohort deviates by at most half of that.",
            ExactFinite(
                "whether the radius is above 1/300, and the periods after which the matrix norm is "
                "at most 1/2",
                "the orbit",
                lambda: [_basin(*_bistable())],
                lambda found: (found.radius > Fraction(1, 300), found.periods),
                lambda found: (True, 6),
            ),
        ),
        Step(
            "capture",
            r"One of the 60 last states of 600 exact steps from empty is within that radius.",
            ExactFinite(
                "whether it is",
                "the exact run from empty",
                lambda: [_bistable()],
                lambda found: _captured(*found),
                lambda found: True,
            ),
        ),
        Step(
            "induction",
            r"Six periods later it is within half the radius, hence within the radius again: "
            r"with the norm $M$ of that matrix a deviation $r$ has become $M r$, and it tends to "
            r"0.",
            Inequality(_r - _M * _r, {_M: Interval(0, Rational(1, 2)), _r: _OPEN}),
        ),
    ),
    checks=(
        Step(
            "lifted",
            r"By R10 there is such an orbit of twice the period for $(0, 12)$, $(10, 2)$, whose "
            r"renormalised mix this is. A run from empty ends on it; it completes the tokens of "
            r"the orbit here, less the loss of the synchronised cycle.",
            ExactFinite(
                "period, and completed tokens over the equilibrium's",
                "the lifted mix",
                lambda: [observed_orbit(((0, 12, 2), (10, 2, 3)))],
                lambda found: (found[1].period, per_equilibrium(found, tokens=True)),
                lambda found: (
                    58,
                    per_equilibrium(_bistable(), tokens=True) * (1 - synchronized_loss(found[0])),
                ),
            ),
        ),
        Step(
            "orbit-of-the-itinerary",
            r"The first state, solved for from the itinerary alone.",
            ExactFinite(
                "cohorts",
                "the orbit",
                lambda: [_bistable()],
                lambda found: list(cohorts_of(found[1])[0]),
                lambda found: list(
                    periodic_orbit(found[0], itinerary_of(found[1]), _memory(*found)) or ()
                ),
            ),
        ),
    ),
    sharpness=(
        Witness(
            _empty,
            r"From the equilibrium, one cohort a thousandth smaller, nothing is ever evicted: 200 "
            r"exact steps.",
            ExactFinite(
                "whether anything is evicted",
                "one start",
                lambda: [Workload.from_classes(_BISTABLE, 220)],
                lambda mix: _evicts_near_equilibrium(mix),
                lambda mix: False,
            ),
        ),
    ),
    lesson=(
        r"A marble at the bottom of a bowl is stable, and yet there may be a groove further up in "
        r"which it runs round for ever. Servers start from empty, not from their equilibrium. So "
        r"look at both: the roots, and a run from empty."
    ),
)


def _sides(mix: Workload) -> tuple[int | None, int | None, int | None]:
    counts = unit_circle_counts(mix, "schur-cohn")
    return counts.inside, counts.on_circle, counts.outside


def _evicts_near_equilibrium(mix: Workload) -> bool:
    return any(simulate(mix, 200, arithmetic="exact", state=_near_equilibrium(mix)).evicted)


def _largest_multiplier() -> RealEnclosure:
    mix, cycle = _bistable()
    return _modulus(itinerary_multipliers(mix, itinerary_of(cycle)).multipliers[0])


THEOREMS = (R12,)
