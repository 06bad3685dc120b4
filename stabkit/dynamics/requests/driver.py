"""`simulate_requests`: the loop around a scheduler, its clock and its record.

The loop spends a constant time per step and per event of a request, and keeps nothing of a request
that has left but its row of the table, where one is asked for. Rows are gathered in blocks, which
are added to the series and to the batch means.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ArgumentTypeError, InvalidArgument, shown
from ...model.notation import as_workload
from ...model.numbers import whole_number
from ...model.workload import Workload
from .batches import Batches
from .queue import Queue
from .request import Request, StepReport
from .request_run import COLUMNS, RequestRun, RequestSeries, RequestTable, long_run_means
from .scheduler import Engine, scheduler_named
from .sources import RequestSource, source_of

__all__ = ["MOST_AT_ONCE", "fitting_at_once", "simulate_requests"]

_BLOCK = 1024  # rows
_STATES = 3  # columns that describe a state: running, waiting, memory
_DURATION = len(COLUMNS) - 1  # the columns before it are numbers of requests and tokens
MOST_AT_ONCE = 10_000_000  # requests that a memory holds
_LARGEST_SERIES = 20_000_000  # numbers: 160 MB


def simulate_requests(
    mix_or_trace: Workload | str | Iterable[Iterable[object]],
    *,
    steps: int | None = None,
    scheduler: str | Engine = "model",
    seed: int = 0,
    every: int | None = 1,
    table: bool = True,
    progress: Callable[[int, float], object] | None = None,
    **options: object,
) -> RequestRun:
    """Simulate a server that serves whole requests.

    Parameters
    ----------
    mix_or_trace : Workload, text or iterable of rows
        Requests drawn independently from a mix, without end; or a trace, rows (input, output) or
        (input, output, arrival) in tokens and in seconds, served in its order. Without arrivals
        the queue is saturated, or with `concurrency` a closed loop. Pairs are a trace; text such as
        ``"5:3 5:5"`` is a mix.
    steps : int, optional
        At least 0. A trace ends by itself, when the last request has completed.
    scheduler : str or Scheduler
        By name, ``"model"`` or that of an engine; or one with its options.
    seed : int
        Of the draws, at least 0. Runs of one seed serve the same requests, whatever the scheduler.
    every : int or None
        Keep every so-manieth row of the series; None for no series.
    table : bool
        Keep a row per request.
    progress : callable, optional
        Called with the steps done and the time of the clock every 1024 rows.
    options
        Of the scheduler: `capacity` and those that `Scheduler` lists.

    Returns
    -------
    RequestRun

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain, or the series would hold more than 2 10^7 numbers.
    InvalidWorkload
        If an input length is no integer, or a request could never be in memory.

    Notes
    -----
    Without series and table, memory grows with the requests in the system only. Runs are
    reproducible to the bit. Time in which the server is empty takes no steps.

    References
    ----------
    docs/model.md, Whole requests.

    Examples
    --------
    One class of prompts of 2 tokens and 2 decode steps in 140 tokens settles on the worst cycle:

    >>> mix = Workload.from_classes([(2, 2)], capacity=140)
    >>> run = simulate_requests(mix, steps=6)
    >>> run.series.admitted.tolist(), run.series.evicted.tolist()
    ([46, 0, 46, 0, 46, 0, 46], [0, 11, 0, 11, 0, 11, 0])
    """
    if isinstance(mix_or_trace, str):
        mix_or_trace = as_workload(mix_or_trace)
    if isinstance(mix_or_trace, Workload) and mix_or_trace.capacity is not None:
        options = {"capacity": mix_or_trace.capacity, **options}
    seed = whole_number(seed, "'seed'", 0)
    source = source_of(mix_or_trace, seed)
    rules = scheduler_named(scheduler, **options)
    if rules.capacity is None:
        raise InvalidArgument("'capacity' must be given, in tokens.")
    if isinstance(mix_or_trace, Workload):
        _check_endless(steps, rules, source)
    if not isinstance(table, bool):
        raise ArgumentTypeError(f"'table' must be True or False, not {shown(table)}.")
    if progress is not None and not callable(progress):
        raise ArgumentTypeError(f"'progress' must be callable, or None, not {shown(progress)}.")
    last = math.inf if steps is None else whole_number(steps, "'steps'", 0)
    record = _Journal(_checked_thinning(every, last), table)
    done = _run(rules, source, last, record, progress)
    return record.run(rules, source.name, seed, done)


def fitting_at_once(capacity: Any, inputs: Iterable[Any]) -> Any:
    """Return how many of the smallest requests fit at their start."""
    return capacity / (1 + min(inputs))


def _check_endless(steps: Any, rules: Engine, source: RequestSource) -> None:
    """Refuse a run without end, and a memory that takes for ever to be filled."""
    if steps is None:
        raise InvalidArgument("'steps' must be given for a workload, which has no end.")
    fit = fitting_at_once(rules.capacity, (s for s, _ in source.weights))
    if min(fit, rules.max_num_seqs or fit, rules.concurrency or fit) > MOST_AT_ONCE:
        raise InvalidArgument(
            f"'capacity' must hold at most {MOST_AT_ONCE} requests at once, or 'max_num_seqs' "
            f"limit them, not {shown(rules.capacity)}."
        )


def _checked_thinning(every: Any, last: float) -> int | None:
    if every is None:
        return None
    kept = whole_number(every, "'every'")
    if math.isfinite(last) and last // kept * len(COLUMNS) > _LARGEST_SERIES:
        raise InvalidArgument(
            f"'every' must thin the series to {_LARGEST_SERIES} numbers, or be None, not "
            f"{shown(every)}."
        )
    return kept


def _run(rules: Engine, source: RequestSource, last: float, record: _Journal, progress: Any) -> int:
    """Step until the end; return the number of the last row."""
    server, queue = rules.server(source), Queue(source, rules.concurrency)
    step_of, advance, write, waiting = server.step, queue.advance, record.add, queue.waiting
    a, b, c = rules.step_time
    now, row, left, coming = 0.0, 0, 0, 0.0
    while True:
        advance(now, left)
        step = step_of(queue, now)
        left = len(step.completed)
        lasts = a + b * step.prefilled + c * step.running
        if not step.running and not waiting:
            coming = queue.next_arrival
            if not math.isnan(coming):  # nobody could be admitted: the next one is awaited
                lasts = max(coming - now, 0.0) if coming < math.inf else 0.0
        write(step, len(waiting), now, lasts)
        if progress is not None and row % _BLOCK == 0:
            progress(row, now)
        if row >= last or coming == math.inf:
            record.close(queue)
            return row
        row += 1
        now += lasts


class _Journal:
    """What is written down while a run goes on."""

    def __init__(self, every: int | None, table: bool) -> None:
        self._every, self._table = every, table
        self._rows: list[tuple[Any, ...]] = []
        self._offset, self._time = 0, 0.0
        self._batches, self._totals = Batches(_DURATION + 2), np.zeros(_DURATION)
        self._kept: list[NDArray[Any]] = []
        self._open: dict[Request, None] = {}
        self._left: list[tuple[Any, ...]] = []
        self._tables: list[NDArray[Any]] = []

    def add(self, step: StepReport, waiting: int, now: float, lasts: float) -> None:
        """Write down a step."""
        if len(self._rows) == _BLOCK:
            self._flush()
        tokens, table = 0, self._table
        for request in step.first_tokens:
            if request.first_token != request.first_token:  # nan
                request.first_token = now
        for request in step.completed:
            request.finished = now
            tokens += request.decode_length
        if table and step.completed:
            self._leave(step.completed)
        for request in step.evicted:
            request.preemptions += 1
        for request in step.admitted:
            if request.first_scheduled != request.first_scheduled:
                request.first_scheduled = now
                if table:
                    self._open[request] = None
        self._rows.append(
            (
                step.running,
                waiting,
                step.memory,
                len(step.admitted),
                len(step.evicted),
                len(step.completed),
                step.prefilled,
                step.recomputed,
                step.wasted,
                tokens,
                step.generated,
                lasts,
                1 if step.evicted else 0,
                now,
            )
        )

    def _leave(self, completed: list[Request]) -> None:
        for request in completed:
            del self._open[request]
        self._left.extend(map(_line, completed))

    def close(self, queue: Queue) -> None:
        """Write down who is still there."""
        if self._table:
            new = [request for request in queue.waiting if math.isnan(request.first_scheduled)]
            self._left.extend(map(_line, (*self._open, *new)))
        self._flush()

    def _flush(self) -> None:
        rows = np.array(self._rows, float)
        self._batches.add(rows[:, :-1])
        self._totals += rows[:, :_DURATION].sum(axis=0)
        self._time = rows[-1, -1]
        if self._every is not None:
            self._kept.append(rows[-self._offset % self._every :: self._every])
        self._offset += len(rows)
        self._rows.clear()
        if self._left:
            self._tables.append(np.array(self._left, float))
            self._left.clear()

    def run(self, rules: Engine, source: str, seed: int, steps: int) -> RequestRun:
        """Return the run."""
        totals = dict(zip(COLUMNS, map(int, self._totals), strict=False))
        return RequestRun(
            scheduler=rules,
            source=source,
            seed=seed,
            steps=steps,
            time=float(self._time),
            totals={name: totals[name] for name in COLUMNS[_STATES:_DURATION]},
            means=long_run_means(self._batches),
            series=self._series() if self._every is not None else None,
            requests=self._request_table() if self._table else None,
        )

    def _series(self) -> RequestSeries:
        kept = np.concatenate(self._kept)
        columns = (*kept[:, :_DURATION].T.astype(np.int64), kept[:, -1].copy())
        return RequestSeries(**dict(zip(COLUMNS, columns, strict=True)))

    def _request_table(self) -> RequestTable:
        lines = np.concatenate([np.empty((0, 8)), *self._tables])
        lines = lines[np.argsort(lines[:, 0])]
        counts = lines[:, [1, 2, 7]].T.astype(np.int64)
        arrival, scheduled, first, finished = lines[:, 3:7].T.copy()
        return RequestTable(counts[0], counts[1], arrival, scheduled, first, finished, counts[2])


_line = attrgetter(
    "index",
    "input_length",
    "decode_length",
    "arrival",
    "first_scheduled",
    "first_token",
    "finished",
    "preemptions",
)
