"""What every stage holds in every step of a run: the data behind the pictures of cohorts.

The requests admitted in step m are a *cohort*. In step n they are in stage j = n - m, so that a
cohort is a diagonal of the table of stages over steps. Before the fit of a step the survivors need

    (s_k + j + 2) x_k^(j)    tokens in stage j + 1,    j + 1 < l_k,

and what a stage holds after the fit is less by what the fit evicted from it. Stage 0 holds what the
step admitted. Tokens, not requests, are what classes of different inputs share; so they are what is
drawn. At the equilibrium stage j holds g_j a* tokens, with the memory kernel g.

References
----------
docs/model.md, Model, R11.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...dynamics.capacity import equilibrium_admissions
from ...dynamics.initial_state import cohorts_of, read_counts
from ...dynamics.policies import Policy, policy_named
from ...dynamics.product_form import ProductFormRun
from ...dynamics.simulator import simulate
from ...dynamics.trajectory import Arithmetic, State, Trajectory
from ...errors import InvalidArgument
from ...model.kernel import MemoryKernel
from ...model.numbers import whole_number
from ...model.workload import Workload
from .run import Floats

__all__ = ["MOST_CELLS", "StageRecord", "record_of", "recorded"]

# Steps times stages: as Python floats in lists, some 130 MB for a moment.
MOST_CELLS = 4_000_000


@dataclass(frozen=True, eq=False)
class StageRecord:
    """What every stage holds, over the steps 0 (the fitted start), 1, 2, ... of a run.

    * `capacity`: tokens.
    * `equilibrium` (ndarray, shape (L,)): tokens that each stage holds at the equilibrium.
    * `requests`, `held` (ndarray, shape (steps + 1, L)): requests, and the tokens that they need in
      the next execution, after the fit.
    * `needed` (ndarray, shape (steps + 1, L)): tokens that the survivors need before the fit; in
      row 0 what is held, for want of a past.
    * `admitted`, `evicted` (ndarray, shape (steps + 1,)): requests.

    Half in step: the older cohort completes, and the younger one fills the memory.

    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> record = recorded(mix, 1, state=[[20, 20]])
    >>> record.held.tolist(), record.needed[1].tolist(), record.equilibrium.tolist()
    ([[60.0, 80.0], [60.0, 80.0]], [0.0, 80.0], [60.0, 80.0])
    """

    capacity: float
    equilibrium: Floats
    requests: Floats
    held: Floats
    needed: Floats
    admitted: Floats
    evicted: Floats

    @property
    def steps(self) -> int:
        """The number of steps after the start."""
        return len(self.admitted) - 1

    @cached_property
    def demand(self) -> Floats:
        """Tokens that all survivors need before the fit, by step."""
        total: Floats = self.needed.sum(axis=1)
        return total

    @cached_property
    def lost(self) -> Floats:
        """Tokens that the fit evicted, by step and stage."""
        difference = np.where(self.evicted[:, None] > 0, self.needed - self.held, 0.0)
        return np.maximum(difference, 0.0)


def recorded(
    mix: Workload,
    steps: int,
    arithmetic: Arithmetic = "float",
    state: Any = None,
    policy: str | Policy = "greedy",
    shorten: bool = False,
) -> StageRecord:
    """Run the model, as `stabkit.simulate` does, and return what every stage holds.

    * `mix`, `steps`, `arithmetic`, `state`, `policy`: as `stabkit.simulate` takes them.
    * `shorten`: record as many steps as there is room for, if `steps` is more than that.

    Raises InvalidArgument if an argument is outside its domain, or the record would have more than
    4 10^6 numbers: steps times L for floats from a start of product form (R11), else steps times
    the stages of all classes.
    """
    _most_steps(mix.longest_decode)
    simulate(mix, 0, arithmetic, state, policy)  # checks the other arguments
    cohorts = _cohorts(mix, state) if arithmetic == "float" else None
    stages = sum(c.decode_length for c in mix.classes)
    most = _most_steps(mix.longest_decode if cohorts is not None else stages)
    count = min(whole_number(steps, "'steps'", 0, None if shorten else most), most)
    if cohorts is not None:
        return _product_form_record(
            mix, count, ProductFormRun(mix, cohorts, policy=policy_named(policy, mix))
        )
    return record_of(mix, simulate(mix, count, arithmetic, state, policy, record_states=True))


def _cohorts(mix: Workload, state: Any) -> list[float] | None:
    """Return the cohorts of a start for floats, None if it is not of product form."""
    if state is None:
        return [0.0] * mix.longest_decode
    if isinstance(state, str):
        return [float(equilibrium_admissions(mix))] * mix.longest_decode
    return cohorts_of(read_counts(state, mix, "float"), mix, "float")


def _most_steps(stages: int) -> int:
    if stages > MOST_CELLS:
        raise InvalidArgument(
            f"'mix' must have at most {MOST_CELLS} stages for a record of them, not {stages}."
        )
    return MOST_CELLS // stages - 1


def record_of(mix: Workload, run: Trajectory) -> StageRecord:
    """Return what every stage holds in a run of `mix` that has recorded its states.

    Raises InvalidArgument if the run has not recorded its states.
    """
    if run.states is None:
        raise InvalidArgument("'run' must have recorded its states (record_states=True).")
    shape = (len(run.states), mix.longest_decode)
    requests, held, needed = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for k, c in enumerate(mix.classes):
        counts = _by_stage(run.states, k)
        tokens = float(c.input_length) + 1.0 + np.arange(c.decode_length)
        requests[:, : c.decode_length] += counts
        held[:, : c.decode_length] += counts * tokens
        needed[1:, 1 : c.decode_length] += counts[:-1, :-1] * tokens[1:]
    columns = requests, held, needed
    return _record(mix, MemoryKernel.of(mix), columns, run.admitted, run.evicted)


def _product_form_record(mix: Workload, steps: int, run: ProductFormRun) -> StageRecord:
    """Record cohorts y instead of states: p_k y_j requests of class k are in stage j (R11)."""
    kernel = MemoryKernel.of(mix)
    cohorts, blocks = [run.cohorts()], [run.start]
    for _ in range(steps):
        blocks.append(run.advance(1))
        cohorts.append(run.cohorts())
    y = np.array(cohorts)
    needed = np.zeros_like(y)
    needed[1:, 1:] = y[:-1, :-1] * _scaled(kernel.coefficients, kernel)[1:]
    columns = (
        y * _scaled(kernel.survival, kernel),
        y * _scaled(kernel.coefficients, kernel),
        needed,
    )
    admitted, evicted = (
        np.concatenate(parts)
        for parts in ([block.admitted for block in blocks], [block.evicted for block in blocks])
    )
    return _record(mix, kernel, columns, admitted, evicted)


def _record(
    mix: Workload,
    kernel: MemoryKernel,
    columns: tuple[Floats, Floats, Floats],
    admitted: Any,
    evicted: Any,
) -> StageRecord:
    requests, held, needed = columns
    needed[0] = held[0]
    level = _scaled(kernel.coefficients, kernel) * float(equilibrium_admissions(mix))
    capacity = float(mix.capacity if mix.capacity is not None else level.sum())
    numbers = np.asarray(admitted, float), np.asarray(evicted, float)
    return StageRecord(capacity, level, requests, held, needed, *numbers)


def _by_stage(states: Sequence[State], k: int) -> Floats:
    return np.array([state[k] for state in states], dtype=float)


def _scaled(integers: Sequence[int], kernel: MemoryKernel) -> Floats:
    return np.array([n / kernel.denominator for n in integers])
