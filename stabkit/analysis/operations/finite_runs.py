"""A finite server by simulation: the same figures as by formula, each with a 95 % interval.

The runs are of whole requests drawn independently, by the scheduler of the model, from the empty
memory; the first tenth is left out. The Fano factor is the variance of admissions less evictions
over their mean.

References
----------
docs/model.md, Whole requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ...dynamics.requests import RequestRun, simulate_requests
from ...dynamics.requests.batches import Batches, Estimate
from ...dynamics.requests.driver import MOST_AT_ONCE, fitting_at_once
from ...errors import InvalidArgument, shown
from ...model.numbers import whole_number
from ...model.workload import Workload
from ...spectrum.fluctuations.memory_walk import MemoryWalk

__all__ = ["SimulatedServer", "simulated_server"]

_FEWEST, _MOST, _WORK = 2_000, 50_000, 60_000  # steps; steps and admissions, about a second
_LONGEST_RUN, _MOST_WORK = 1_000_000, 20_000_000  # some minutes


@dataclass(frozen=True)
class SimulatedServer:
    """A run of a finite server.

    * `lives`: the steps over the longest decode length; the intervals of a run of few lives are too
      narrow.
    * `evict_probability`, `evicted_per_step`: of a step to evict, and requests.
    * `fano_factor`: variance over mean of admissions less evictions.
    * `throughput_ratio`: completed tokens per step over a* mu.
    """

    steps: int
    seed: int
    lives: float
    evict_probability: Estimate
    evicted_per_step: Estimate
    evicted_per_admission: Estimate
    fano_factor: Estimate
    throughput_ratio: Estimate
    requests_in_service: Estimate


def simulated_server(
    mix: Workload, max_num_seqs: int | None = None, steps: Any = None, seed: int = 0
) -> SimulatedServer | None:
    """Simulate the server of a mix of single requests, with a capacity.

    * `max_num_seqs`: the most running requests.
    * `steps`: from 100 to 1,000,000; by default as many as take about a second.

    Returns None where the default number of steps would take minutes: so many requests are
    admitted. Raises InvalidArgument if `steps` is outside its domain, or admits more than
    20,000,000 requests.

    One class of one step: 50 requests of 2 tokens come and go at every step.

    >>> run = simulated_server(Workload.from_classes([(1, 1)], capacity=100), steps=100)
    >>> run.requests_in_service.value, run.throughput_ratio.value, run.evict_probability.value
    (50.0, 1.0, 0.0)
    """
    walk = MemoryWalk(mix)
    a = float(mix.capacity or 0) / walk.memory_time
    taken = min(_MOST, max(_FEWEST, int(_WORK / (1 + a)))) if steps is None else steps
    if not 100 <= (taken := whole_number(taken, "'steps'", 0)) <= _LONGEST_RUN:
        domain = f"0, for none, or from 100 to {_LONGEST_RUN}"
        raise InvalidArgument(f"'steps' must be {domain}, not {shown(steps)}.")
    fit = fitting_at_once(mix.capacity, (c.input_length for c in mix.classes))
    if steps is None and min(fit, max_num_seqs or fit) > MOST_AT_ONCE:
        return None
    if taken * (1 + a) + a * walk.mean_output > _MOST_WORK:
        if steps is None:
            return None
        raise InvalidArgument(f"'steps' must admit at most 20,000,000 requests, not {a:.3g} each.")
    run = simulate_requests(mix, steps=taken, seed=seed, table=False, max_num_seqs=max_num_seqs)
    tokens = run.means["completed_tokens"]
    scale = a * walk.mean_output
    return SimulatedServer(
        steps=taken,
        seed=seed,
        lives=taken / mix.longest_decode,
        evict_probability=run.means["evicting"],
        evicted_per_step=run.means["evicted"],
        evicted_per_admission=run.means["evictions_per_admission"],
        fano_factor=_fano_factor(run),
        throughput_ratio=Estimate(*(x / scale for x in (tokens.value, tokens.low, tokens.high))),
        requests_in_service=run.means["running"],
    )


def _fano_factor(run: RequestRun) -> Estimate:
    if run.series is None:
        raise RuntimeError("the run keeps its series")
    net = run.series.admitted - run.series.evicted
    moments = Batches(2)
    moments.add(np.column_stack((net, net * net)).astype(float))
    return moments.estimate(lambda mean: mean[1] / mean[0] - mean[0])
