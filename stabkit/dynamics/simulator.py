"""Simulate a workload step by step, exactly, in floats or in whole requests.

One step of the model, in this order: *execute*, which moves every request to its next stage and
completes those in their last one; then *fit* the survivors into the capacity B: evict the requests
with least decode progress until they need at most B tokens, or, if they need less, admit as many
new requests as fit on average. Starts of product form (the empty memory is one) run in O(L) per
step whatever the number of classes; see `product_form`. Others, and whole requests, run in
O(K) per step in exact arithmetic and O(K L) in floats; see `stage_run`.

This package computes with numpy and Fractions only, and shares nothing with the symbolic part but
the workload and its kernel: what it measures is evidence about what the roots predict.

References
----------
docs/model.md, Model, R11.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, get_args

import numpy as np

from ..errors import InvalidArgument, check_choice, number_of, shown
from ..model.notation import WorkloadLike, as_workload
from ..model.numbers import whole_number
from ..model.workload import Workload
from .capacity import equilibrium_admissions, simulated_capacity
from .initial_state import cohorts_of, read_counts, whole_equilibrium
from .policies import Policy, policy_named
from .policies.policy import parameters_of
from .product_form import ProductFormRun
from .stage_run import StageRun
from .trajectory import Arithmetic, State, StateLike, StepBlock, Trajectory

__all__ = ["LARGEST_RUN", "simulate"]

# Numbers that a run may keep: 160 MB of floats (a Fraction is some ten times a float).
LARGEST_RUN = 20_000_000
# Exact numbers grow with every step; reducing one of n bits costs n^2. Some 20 seconds.
_MOST_WORK = 400_000_000_000
_PIECE = 32  # steps


def simulate(
    mix: WorkloadLike,
    steps: int = 1000,
    arithmetic: Arithmetic = "float",
    state: StateLike | None = None,
    policy: str | Policy = "greedy",
    record_states: bool = False,
) -> Trajectory:
    """Run the model for a number of steps.

    Parameters
    ----------
    mix : WorkloadLike
        Without a capacity, the fluid is scaled so that a* = 1 request per step.
    steps : int
        Batch iterations, at least 0.
    arithmetic : {"float", "exact", "integer"}
        float64, Fractions, or whole requests: admissions are rounded down and split by largest
        remainder, and evictions stop at the first whole request that is enough.
    state : None, "equilibrium" or counts [k][j]
        The start: empty; p_k a* requests in every stage (rounded down for whole requests); or
        K lists of l_k counts.
    policy : str or Policy
        A name with its parameter, as `stabkit.dynamics.policies.policy_named` reads it
        (``"damped:1/2"``), or a policy.
    record_states : bool
        Keep the state of every step.

    Returns
    -------
    Trajectory
        steps + 1 rows, the first of which is the start fitted to the capacity.

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain, the run would keep more than 2 10^7 numbers, or its
        exact numbers grow too long.

    Notes
    -----
    Where classes differ in input length, whole requests admitted by largest remainder may need
    more than the free memory, at most sum_k (s_k + 1) tokens more; the next fit settles it.
    The shares are those of the admissions: evicted requests are not queued again.

    References
    ----------
    docs/model.md, Model, Integer counts.

    Examples
    --------
    Whole requests settle on the worst cycle, 46 admitted and 11 evicted in turn:

    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> run = simulate(mix, steps=14, arithmetic="integer", state=[[21, 19]], record_states=True)
    >>> [row for (row,) in run.states[-4:]]
    [[0, 35], [46, 0], [0, 35], [46, 0]]

    Exactly, the equilibrium stays where it is:

    >>> run = simulate(mix, steps=5, arithmetic="exact", state="equilibrium")
    >>> run.admitted[1:] == run.completed[1:]
    array([ True,  True,  True,  True,  True])
    """
    mix = as_workload(mix)
    rule = policy_named(policy, mix)
    steps = _checked_steps(mix, steps, arithmetic, record_states)
    run = _started(mix, arithmetic, state, rule)
    blocks, states = [run.start], [run.state()] if record_states else None
    work = 0
    for length in _pieces(steps, arithmetic == "exact", states is not None):
        blocks.append(run.advance(length))
        if states is not None:
            states.append(run.state())
        if arithmetic == "exact":
            work += length * _longest_number(blocks[-1]) ** 2
            _check_work(work, sum(len(block.admitted) for block in blocks) - 1, steps)
    return _trajectory(mix, StepBlock.joined(blocks), run, arithmetic, rule, states)


def _pieces(steps: int, exact: bool, each: bool) -> Iterator[int]:
    """Yield how many steps to run at once."""
    length = 1 if each else _PIECE if exact else steps
    for done in range(0, steps, max(1, length)):
        yield min(length, steps - done)


def _longest_number(block: StepBlock) -> int:
    """Return the bits of the longest denominator among the admissions."""
    return max(Fraction(a).denominator.bit_length() for a in block.admitted)


def _check_work(work: int, done: int, steps: int) -> None:
    if work > _MOST_WORK and done < steps:
        raise InvalidArgument(
            f"'steps' must be at most {done} in exact arithmetic, where the numbers of this mix "
            f"grow too long, not {steps}."
        )


def _checked_steps(mix: Workload, steps: Any, arithmetic: Any, record_states: bool) -> int:
    check_choice(arithmetic, "'arithmetic'", get_args(Arithmetic))
    if arithmetic == "integer" and mix.capacity is None:
        raise InvalidArgument("'capacity' must be given for integer arithmetic.")
    count = whole_number(steps, "'steps'", 0)
    stages = sum(c.decode_length for c in mix.classes)
    if stages > LARGEST_RUN // 2:
        raise InvalidArgument(
            f"'mix' must have at most {LARGEST_RUN // 2} stages to be simulated, not {stages}."
        )
    per_step = len(mix.classes) + 8 + (stages if record_states else 0)
    most = (LARGEST_RUN - stages) // per_step
    if count >= most:
        raise InvalidArgument(
            f"'steps' must be below {most} for {number_of(len(mix.classes), 'class', 'classes')} "
            f"and {number_of(stages, 'stage')}"
            f"{' with states' if record_states else ''}, not {shown(steps)}."
        )
    return count


def _started(
    mix: Workload, arithmetic: Arithmetic, state: Any, policy: Policy
) -> ProductFormRun | StageRun:
    whole, exact = arithmetic == "integer", arithmetic == "exact"
    if state is None and not whole:
        return ProductFormRun(mix, None, exact, policy)
    if isinstance(state, str) and state == "equilibrium" and not whole:
        admissions = equilibrium_admissions(mix)
        level = [admissions if exact else float(admissions)] * mix.longest_decode
        return ProductFormRun(mix, level, exact, policy)
    counts = _counts(mix, arithmetic, state)
    cohorts = None if whole else cohorts_of(counts, mix, arithmetic)
    if cohorts is not None:
        return ProductFormRun(mix, cohorts, exact, policy)
    cells = len(mix.classes) * mix.longest_decode
    if cells > LARGEST_RUN:
        raise InvalidArgument(
            f"'mix' must have at most {LARGEST_RUN} classes times longest decode steps for whole "
            f"requests or a start that is not of product form, not {cells}."
        )
    return StageRun(mix, counts, arithmetic, policy)


def _counts(mix: Workload, arithmetic: Arithmetic, state: Any) -> State:
    if state is None:
        return [[0] * c.decode_length for c in mix.classes]
    if not isinstance(state, str):
        return read_counts(state, mix, arithmetic)
    if state == "equilibrium":
        return whole_equilibrium(mix)
    raise InvalidArgument(
        f"'state' must be None, 'equilibrium' or counts by class and stage, not {shown(state)}."
    )


def _trajectory(
    mix: Workload,
    block: StepBlock,
    run: ProductFormRun | StageRun,
    arithmetic: Arithmetic,
    policy: Policy,
    states: list[State] | None,
) -> Trajectory:
    by_class = run.by_class(block.finished)
    lengths = np.array([c.decode_length for c in mix.classes], by_class.dtype)
    return Trajectory(
        admitted=block.admitted,
        evicted=block.evicted,
        completed=by_class.sum(axis=1),
        memory=block.memory,
        completed_by_class=by_class,
        completed_tokens=by_class @ lengths,
        wasted_tokens=block.wasted,
        arithmetic=arithmetic,
        policy=policy.name,
        parameters=parameters_of(policy, mix),
        capacity=simulated_capacity(mix),
        states=states,
        final_state=run.state(),
        mix=mix,
    )
