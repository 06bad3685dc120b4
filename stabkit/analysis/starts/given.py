"""The start of a run as a state of product form, exactly.

A given start need not be of product form. By R11 its state after L steps is; those steps are run
with the counts of every class and stage, in Fractions.

References
----------
docs/model.md, R11, R22.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from ...dynamics.capacity import equilibrium_admissions
from ...dynamics.initial_state import cohorts_of, read_counts
from ...dynamics.simulator import simulate
from ...dynamics.trajectory import StateLike
from ...errors import InvalidArgument, shown
from ...model.workload import Workload

__all__ = ["Given", "Start", "given_start"]

Start = Literal["empty", "equilibrium", "given"]


@dataclass(frozen=True)
class Given:
    """A state of product form on the way of a run, or in front of its first fit.

    * `cohorts` (tuple of L Fractions): youngest first, over a*.
    * `step`: 0 if the start itself is of product form, L otherwise.
    * `evicting`: the steps that have evicted by then; the fit of the start is step 0.
    """

    start: Start
    cohorts: tuple[Fraction, ...]
    step: int = 0
    evicting: tuple[int, ...] = ()


def given_start(mix: Workload, state: StateLike | None) -> Given:
    """Return the start that `state` denotes, run on for L steps if it is not of product form.

    * `state` (None, "equilibrium" or counts [k][j]): as for `stabkit.simulate`.

    Raises InvalidArgument if `state` is no such thing, or its exact numbers grow too long within L
    steps.

    >>> mix = Workload.from_classes([(0, 2), (0, 1)], capacity=8)  # a* = 4
    >>> given_start(mix, [[1, 1], [2]])
    Given(start='given', cohorts=(Fraction(5, 4), Fraction(3, 4)), step=2, evicting=())
    """
    length = mix.longest_decode
    if state is None:
        return Given("empty", (Fraction(0),) * length)
    if isinstance(state, str):
        if state == "equilibrium":
            return Given("equilibrium", (Fraction(1),) * length)
        raise InvalidArgument(
            f"'state' must be None, 'equilibrium' or counts by class and stage, not {shown(state)}."
        )
    counts = read_counts(state, mix, "exact")
    cohorts = cohorts_of(counts, mix, "exact")
    if cohorts is not None:
        return Given("given", _relative(mix, cohorts))
    run = simulate(mix, length, "exact", counts)
    longest = max(range(len(mix.classes)), key=lambda k: mix.classes[k].decode_length)
    share = mix.classes[longest].share
    later = [count / share for count in run.final_state[longest]]
    evicting = tuple(n for n, lost in enumerate(run.evicted) if lost)
    return Given("given", _relative(mix, later), length, evicting)


def _relative(mix: Workload, cohorts: Sequence[Fraction]) -> tuple[Fraction, ...]:
    equilibrium = equilibrium_admissions(mix)
    return tuple(y / equilibrium for y in cohorts)
