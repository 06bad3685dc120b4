"""What a run of whole requests leaves behind: series by row, times by request, long-run means.

Row n is the `StepReport` of the n-th call of the scheduler; row 0 is the start, filled to the
capacity. The batch that a row schedules comes out at the next row, `step_time` later.

**Two losses, kept apart.** What an eviction costs depends on what the server keeps:

* progress thrown away costs *decode steps*: `wasted` counts those that the evicted requests had
  done, and `wasted_share` is their fraction of all the decode steps that were done;
* in either case the memory is computed again, which costs *prefill*: `recomputed` counts the
  tokens, and `recomputed_seconds` is b times them, with the step time a + b prefilled + c running.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...records import Record, Series
from .batches import Batches, Estimate
from .scheduler import Engine

__all__ = ["COLUMNS", "RequestRun", "RequestSeries", "RequestTable"]


@dataclass(frozen=True, eq=False, repr=False)
class RequestSeries(Series):
    """Series by row, every `every`-th of them.

    Attributes
    ----------
    running, waiting : ndarray
        Requests in service and in the queue (of a saturated queue: those evicted and the next in
        line) after the step.
    memory : ndarray
        Tokens held for the next execution; whole blocks, where there are blocks.
    admitted, evicted, completed : ndarray
        Requests.
    prefilled, recomputed : ndarray
        Prompt tokens of the batch that the row schedules; those of them computed once before.
    wasted : ndarray
        Tokens that the evicted requests had generated, and that are thrown away.
    completed_tokens : ndarray
        The sum of l over the completed requests.
    generated : ndarray
        Tokens that the row's execution generated.
    time : ndarray
        When the row was scheduled, in seconds; in steps where there is no `step_time`.

    Examples
    --------
    >>> from stabkit import Workload, simulate_requests
    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> series = simulate_requests(mix, steps=3).series
    >>> series.admitted.tolist(), series.running.tolist()
    ([59, 0, 0, 0], [59, 54, 50, 46])
    """

    running: NDArray[Any]
    waiting: NDArray[Any]
    memory: NDArray[Any]
    admitted: NDArray[Any]
    evicted: NDArray[Any]
    completed: NDArray[Any]
    prefilled: NDArray[Any]
    recomputed: NDArray[Any]
    wasted: NDArray[Any]
    completed_tokens: NDArray[Any]
    generated: NDArray[Any]
    time: NDArray[Any]

    def __len__(self) -> int:
        return len(self.time)


COLUMNS = tuple(one.name for one in fields(RequestSeries))


@dataclass(frozen=True, eq=False, repr=False)
class RequestTable(Series):
    """One row per request that has come, in the order of the source; times are nan until they come.

    Attributes
    ----------
    input_length, decode_length : ndarray of int
        Tokens.
    arrival, first_scheduled, first_token, finished : ndarray of float
        In the unit of `RequestSeries.time`. A saturated queue has a request arrive when it is next.
    preemptions : ndarray of int
        How often it was evicted.

    Examples
    --------
    >>> from stabkit import simulate_requests
    >>> table = simulate_requests([(20, 4), (20, 2)], capacity=80).requests
    >>> table.decode_length.tolist(), table.finished.tolist()
    ([4, 2], [4.0, 2.0])
    """

    input_length: NDArray[Any]
    decode_length: NDArray[Any]
    arrival: NDArray[Any]
    first_scheduled: NDArray[Any]
    first_token: NDArray[Any]
    finished: NDArray[Any]
    preemptions: NDArray[Any]

    def __len__(self) -> int:
        return len(self.arrival)


@dataclass(frozen=True, eq=False, repr=False)
class RequestRun(Record):
    """A run of whole requests.

    Attributes
    ----------
    scheduler : Engine
        Its rules.
    source : str
        What was served.
    seed : int
    steps : int
        Steps after row 0.
    time : float
        When the last row was scheduled, in seconds; in steps where there is no `step_time`.
    totals : mapping
        Sums over all rows: requests `admitted`, `evicted` and `completed`; tokens `prefilled`,
        `recomputed` and `wasted`, `completed_tokens` and `generated`.
    means : mapping
        Long-run means per step, `Estimate`s by the name of the series; and `evicting`, the
        probability that a step evicts, `evictions_per_admission`, `evictions_per_completion`,
        `wasted_share`, the wasted fraction of all decode steps, and `tokens_per_time`, the
        completed tokens per second (per step where there is no `step_time`).
    series : RequestSeries or None
        Where they were kept.
    requests : RequestTable or None
        Where it was kept.

    Examples
    --------
    >>> from stabkit import Workload, simulate_requests
    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> run = simulate_requests(mix, steps=40)
    >>> run.steps, run.totals["completed"], len(run.requests.finished)
    (40, 344, 404)
    """

    scheduler: Engine
    source: str
    seed: int
    steps: int
    time: float
    totals: Mapping[str, int]
    means: Mapping[str, Estimate]
    series: RequestSeries | None
    requests: RequestTable | None

    @property
    def recomputed_seconds(self) -> float:
        """b times the tokens prefilled again; 0 where there is no `step_time`."""
        return float(self.scheduler.step_time[1] * self.totals["recomputed"])


def long_run_means(batches: Batches) -> dict[str, Estimate]:
    """Return the estimates of `RequestRun.means`; rows are `COLUMNS`, duration and `evicting`."""
    at = {name: k for k, name in enumerate((*COLUMNS[:-1], "duration", "evicting"))}

    def mean(name: str) -> Estimate:
        return batches.estimate(lambda row: row[at[name]])

    def ratio(top: str, bottom: str) -> Estimate:
        return batches.estimate(lambda row: np.divide(row[at[top]], row[at[bottom]]))

    def wasted_share(row: NDArray[Any]) -> Any:
        return np.divide(row[at["wasted"]], row[at["wasted"]] + row[at["completed_tokens"]])

    return {
        **{name: mean(name) for name in at if name != "duration"},
        "evictions_per_admission": ratio("evicted", "admitted"),
        "evictions_per_completion": ratio("evicted", "completed"),
        "wasted_share": batches.estimate(wasted_share),
        "tokens_per_time": ratio("completed_tokens", "duration"),
    }
