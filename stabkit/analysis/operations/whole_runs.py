"""Runs of whole requests on one server, under one setting after the other, on the same requests.

The requests are drawn independently and come in random order, the queue never runs empty, and the
memory is empty at first; the first tenth of a run is left out. Runs of one seed serve the same
requests, so that differences between settings are much better known than the throughputs.

Requests that wait, intervals, and what an eviction does are those of `simulate_requests`.

References
----------
docs/model.md, Whole requests, R18.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...dynamics.policies import Policy
from ...dynamics.requests import Estimate, RequestRun, simulate_requests
from ...dynamics.requests.batches import Batches
from ...dynamics.requests.driver import MOST_AT_ONCE, fitting_at_once
from ...errors import InvalidWorkload
from ...model.workload import Workload
from ...spectrum.fluctuations.evictions import whole_requests

__all__ = ["WholeFinding", "WholeRuns", "usual_steps", "why_no_runs"]

_LIVES = 20  # longest decode lengths, so that intervals can be trusted


def why_no_runs(mix: Workload) -> str | None:
    """Return why a workload says nothing about whole requests, or None."""
    if mix.capacity is None:
        return "a server of whole requests has a capacity, and none is given"
    try:
        whole_requests(mix)
    except InvalidWorkload:
        return "single requests are not known, or are no whole tokens"
    return None


def usual_steps(mix: Workload, rate: Fraction, work: int, most: int) -> int | None:
    """Return the steps of a run of so many steps and admissions, longer for long requests.

    None where those would be more than `most`, or the memory may hold more than are simulated.
    """
    if fitting_at_once(mix.capacity, (c.input_length for c in mix.classes)) > MOST_AT_ONCE:
        return None
    steps = max(int(work / (1 + rate)), _LIVES * mix.longest_decode)
    return steps if steps * (1 + rate) <= most else None


@dataclass(frozen=True)
class WholeFinding:
    """What whole requests make of a policy.

    * `throughput`: completed tokens per step over a* mu; None where there was no run.
    * `evicted_per_step`: requests.
    * `reason`: why there was no run.
    """

    throughput: Estimate | None = None
    evicted_per_step: Estimate | None = None
    reason: str | None = None


class WholeRuns:
    """Runs of the requests of one seed.

    * `mix`: with a capacity, one class per pair of lengths.
    * `rate`: a*.

    Greedy admission of one class ends on the worst cycle, 26 of 30; a rate limit loses nothing:

    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> runs = WholeRuns(mix, Fraction(10), 2_000)
    >>> greedy, limited = runs.run({}), runs.run({"rate": 10})
    >>> [round(runs.share(run).value, 2) for run in (greedy, limited)]
    [0.86, 1.0]
    >>> round(runs.share(limited, greedy).value, 2)
    0.14
    """

    def __init__(self, mix: Workload, rate: Fraction, steps: int, seed: int = 0) -> None:
        self._mix, self._steps, self._seed = mix, steps, seed
        self._scale = float(rate * mix.mean_decode_length)

    def run(self, options: dict[str, Any]) -> RequestRun:
        """Run the scheduler of the model with these options."""
        return simulate_requests(
            self._mix, steps=self._steps, seed=self._seed, table=False, **options
        )

    def share(self, run: RequestRun, other: RequestRun | None = None) -> Estimate:
        """Return completed tokens per step over a* mu, less those of another run."""
        tokens = _tokens(run) if other is None else _tokens(run) - _tokens(other)
        batches = Batches(1)
        batches.add(tokens[:, None] / self._scale)
        return batches.estimate(lambda mean: mean[0])

    def finding(self, options: dict[str, Any]) -> WholeFinding:
        """Return what a run with these options completes and evicts."""
        run = self.run(options)
        return WholeFinding(self.share(run), run.means["evicted"])

    def of_policy(self, rule: Policy) -> WholeFinding:
        """Return the same of a policy that whole requests can be admitted by."""
        options = getattr(rule, "scheduler_options", None)
        if options is None:
            return WholeFinding(reason="no such setting")
        try:
            return self.finding(options)
        except InvalidWorkload:
            return WholeFinding(reason="a request would never fit")


def _tokens(run: RequestRun) -> Any:
    if run.series is None:
        raise RuntimeError("the run keeps its series")
    return run.series.completed_tokens
