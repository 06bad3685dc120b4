"""Replay: a trace in its own order by the rules of an engine, beside what a real server did.

**The clock.** In seconds small errors of the step time add up, and hide that two runs take the same
decisions. The number of tokens generated so far is a clock that both have: a sample of the observed
series is held against the first step by which as many have come out, or, where the prompt tokens
are known too, against the step that is nearest in the sum of both distances. A series without such
a counter is held against the step of its time.

**Counters** of a server report a step with its outputs, so that the evictions and the prompts of
the batch that runs are not yet in them; what runs, waits and is held is what it is now.

**The step time.** With ``step_time="fit"`` the three numbers of a + b prefilled + c running are
those, none negative, that least squares give for the times of the samples, at equal numbers of
generated tokens, along the replay. Requests arrive by the clock, so that this is repeated, each
time half the way, until it settles or five times. It is a fit to the run and no prediction; the
decisions themselves are fitted to nothing.

**The period** of a swing is the lag of the first peak of the autocorrelation of the running
requests while requests wait: its largest value between its second zero and its third. It is taken
of the samples along the steps of the replay, so that both are in steps. A peak below 2 / sqrt(n),
which n independent samples reach by chance (95 %, Bartlett), is none. One above is no proof of
instability: stable mixes swing too.

References
----------
docs/real_runs.md; docs/model.md, Real run.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...dynamics.requests import Engine, RequestRun, RequestSeries, simulate_requests
from ...errors import ArgumentTypeError, InvalidArgument, check_choice, shown
from ...model.files import read_requests
from ...model.numbers import NumberLike, is_listed
from ...model.traces.rows import SHARED_BLOCK
from ...records import Record
from .observed_series import Floats, ObservedSeries, observed_series

__all__ = ["Comparison", "ObservedRun", "Replay", "Swing", "replay"]

_ROUNDS = 5  # of the fit
_SETTLED = 1e-3  # relative change of the step time
_MOST_POINTS = 8192  # of an autocorrelation
_FEWEST = 8  # samples that a period is taken of


@dataclass(frozen=True)
class Swing:
    """Mean and swing of a number of requests.

    * `period`: in steps; None where the autocorrelation has no such peak.
    * `autocorrelation`: at that lag.
    """

    mean: float
    sd: float
    period: float | None
    autocorrelation: float | None


@dataclass(frozen=True, eq=False, repr=False)
class Comparison(Record):
    """One quantity at the samples.

    * `simulated`, `observed`: ndarray.
    """

    simulated: Floats
    observed: Floats

    @property
    def correlation(self) -> float | None:
        """Pearson's r; None where one of them is constant."""
        if not (self.simulated.std() and self.observed.std()):
            return None
        return float(np.corrcoef(self.simulated, self.observed)[0, 1])

    @property
    def equal(self) -> float:
        """The share of the samples at which both are the same (to a millionth)."""
        return float(np.isclose(self.simulated, self.observed, rtol=0, atol=1e-6).mean())

    @property
    def largest_difference(self) -> float:
        """The largest distance at a sample."""
        return float(np.abs(self.simulated - self.observed).max())


@dataclass(frozen=True, eq=False, repr=False)
class ObservedRun(Record):
    """What a real server did, at its samples.

    * `clock` ({"tokens", "seconds"}): by what samples and steps were held against each other.
    * `rows` (ndarray of int): the step of the replay for each sample.
    * `makespan_seconds`: the time of the sample after the last one at which a request ran.
    * `compared`: `Comparison`s of what the series has of: running, waiting, memory (a fraction),
      preemptions, prefilled (tokens), completed.
    """

    clock: str
    rows: NDArray[np.int64]
    running: Swing
    makespan_seconds: float | None
    preemptions: int | None
    compared: Mapping[str, Comparison]


@dataclass(frozen=True, eq=False, repr=False)
class Replay(Record):
    """A trace, replayed.

    Attributes
    ----------
    scheduler : Engine
        The rules and their options.
    trace : str
    requests : int
    steps : int
    makespan_seconds : float or None
        When the last request completed; None without a step time.
    step_time : tuple or None
        (a, b, c), in seconds.
    fitted : bool
        Whether the step time was fitted to the observed run.
    preemptions, recomputed_tokens : int
    running : Swing
        At the samples, where there are any; else of the batches that the steps execute.
    observed : ObservedRun or None
    series : RequestSeries
    at_once : bool
        Whether the trace is a file that tells no arrivals: all requests wait from the start.

    Examples
    --------
    >>> from stabkit import replay
    >>> found = replay([(20, 4)] * 3, "vllm-v0", capacity=80)
    >>> found.requests, found.steps, found.preemptions
    (3, 9, 0)
    """

    scheduler: Engine
    trace: str
    requests: int
    steps: int
    makespan_seconds: float | None
    step_time: tuple[float, float, float] | None
    fitted: bool
    preemptions: int
    recomputed_tokens: int
    running: Swing
    observed: ObservedRun | None
    series: RequestSeries
    at_once: bool = False


def replay(
    trace: str | os.PathLike[str] | Iterable[Sequence[object]],
    scheduler: str | Engine = "vllm",
    observed: str | os.PathLike[str] | Mapping[str, ArrayLike] | None = None,
    *,
    clock: str | None = None,
    step_time: Iterable[NumberLike] | Literal["fit"] | None = None,
    input_column: str | None = None,
    output_column: str | None = None,
    **options: object,
) -> Replay:
    """Serve a trace in its own order by the rules of an engine.

    Parameters
    ----------
    trace : path or iterable of rows
        A log of single requests in their order (arrivals and shared prefixes, where a table has
        them: see `stabkit.model.traces.rows`), or rows (input, output[, arrival[, content]]) in
        tokens and seconds (in steps without a step time). Without arrivals all come at once.
    scheduler : str or Scheduler
        "vllm", "vllm-v0", "sglang", "tensorrt-llm" or "model"; or one with its options.
    observed : path or mapping, optional
        A CSV file, or arrays by the names of its columns: a time, running and, where known,
        waiting requests, the share of the memory in use, preemptions, generated tokens.
    clock : {"tokens", "seconds"}, optional
        By default tokens where the observed series counts them, and no step time is given.
    step_time : (a, b[, c]) or "fit", optional
        A step lasts a + b prefilled + c running seconds. "fit" takes them from the observed run.
    input_column, output_column : str, optional
        Of a trace file whose header is not recognised.
    options
        Of the scheduler: `capacity`, `block_size`, `max_num_seqs`, `max_num_batched_tokens` ...

    Returns
    -------
    Replay

    Raises
    ------
    InvalidArgument
        If an argument is outside its domain, or the observed series lacks what is asked for.
    InvalidWorkload
        If a file cannot be read, or a request could never be in memory.

    Notes
    -----
    In tokens, samples whose counter has fallen back are left out (`observed_series`).

    References
    ----------
    docs/real_runs.md.

    Examples
    --------
    Three requests, of which two fit. The pair generates 4 tokens each, then the third:

    >>> found = replay([(20, 4)] * 3, "vllm-v0", capacity=80)
    >>> found.steps, found.preemptions, found.running.mean  # 2 2 2 2 0 1 1 1 1 in 9 steps
    (9, 0, 1.3333333333333333)
    """
    rows, name = _requests(trace, input_column, output_column)
    seen = None if observed is None else observed_series(observed)
    in_tokens = _in_tokens(seen, clock, step_time)
    fitted = isinstance(step_time, str) and step_time == "fit"
    if fitted and seen is not None:
        run = _fitted_run(rows, scheduler, seen, options)
    else:
        run = _run(rows, scheduler, step_time, options)
    assert run.series is not None
    series = run.series
    beside = None if seen is None else _beside(run, series, seen, in_tokens)
    if beside is None:
        batches = series.running[:-1]  # the last row is what is left when all has been done
        running = _swing(batches, np.arange(len(batches)), series)
    else:
        running = _swing(beside.compared["running"].simulated, beside.rows, series)
    return Replay(
        scheduler=run.scheduler,
        trace=name,
        requests=len(rows),
        steps=run.steps,
        makespan_seconds=None if step_time is None else run.time,
        step_time=None if step_time is None else run.scheduler.step_time,
        fitted=fitted,
        preemptions=run.totals["evicted"],
        recomputed_tokens=run.totals["recomputed"],
        running=running,
        observed=beside,
        series=series,
        at_once=isinstance(trace, (str, os.PathLike)) and not any(row[2] for row in rows),
    )


def _in_tokens(seen: ObservedSeries | None, clock: str | None, step_time: Any) -> bool:
    """Whether samples and steps are compared at equal tokens; refuse what cannot be compared."""
    fitted = isinstance(step_time, str) and step_time == "fit"
    if clock is not None:
        check_choice(clock, "'clock'", ("tokens", "seconds"))
    if seen is None:
        if clock is not None or fitted:
            raise InvalidArgument("'observed' must be given for a clock or a fitted step time.")
        return False
    by_tokens = seen.generated is not None and step_time is None
    in_tokens = by_tokens if clock is None else clock == "tokens"
    if (in_tokens or fitted) and seen.generated is None:
        raise InvalidArgument(
            "'observed' must count generated tokens to be compared at equal ones."
        )
    if (not in_tokens or fitted) and seen.time is None:
        raise InvalidArgument("'observed' must have a time to be compared in seconds.")
    if not in_tokens and step_time is None:
        raise InvalidArgument("'step_time' must be given for a comparison in seconds.")
    return in_tokens


def _requests(trace: Any, given: Any, made: Any) -> tuple[Sequence[Any], str]:
    """Return the rows, each with an arrival, and what the trace is called."""
    name = "trace"
    if isinstance(trace, (str, os.PathLike)):
        name = os.path.basename(os.fspath(trace))
        trace = read_requests(trace, (given, made))
    if not is_listed(trace):
        raise ArgumentTypeError(
            f"'trace' must be a file or rows (input, output[, arrival]), not {shown(trace)}."
        )
    rows = list(trace)
    if all(isinstance(row, Sequence) and _without_arrival(row) for row in rows):
        rows = [(*row[:2], 0.0, *row[3:]) for row in rows]
    return rows, name


def _without_arrival(row: Sequence[Any]) -> bool:
    return len(row) == 2 or (len(row) > 2 and row[2] != row[2])


def _run(rows: Sequence[Any], scheduler: Any, step_time: Any, options: Any) -> RequestRun:
    timed = {} if step_time is None else {"step_time": step_time}
    run = simulate_requests(rows, scheduler=scheduler, table=False, **timed, **options)
    shares = any(len(row) > 3 and row[3] is not None for row in rows)
    if shares and run.scheduler.block_size != SHARED_BLOCK:
        raise InvalidArgument(
            f"'block_size' must be {SHARED_BLOCK} where prompts share blocks of so many tokens, "
            f"not {run.scheduler.block_size}."
        )
    return run


def _fitted_run(
    rows: Sequence[Any], scheduler: Any, seen: ObservedSeries, options: Any
) -> RequestRun:
    """Return the run with the step time that is nearest to the times of the samples."""
    busy = (seen.running > 0) & seen.trusted
    assert seen.time is not None
    assert seen.generated is not None
    time, tokens, running = seen.time[busy], seen.generated[busy], seen.running[busy]
    steps = float((np.diff(tokens, prepend=0) / running).sum())
    used = np.array([time[-1] / max(steps, 1), 0, 0])
    run = _run(rows, scheduler, tuple(used), options)
    for done in range(_ROUNDS):
        found = _step_time(run, time, tokens)
        if done and np.allclose(found, used, rtol=_SETTLED, atol=0):
            break
        used = (found + used) / 2 if done else found
        run = _run(rows, scheduler, tuple(used), options)
    return run


def _step_time(run: RequestRun, time: Floats, tokens: Floats) -> Floats:
    assert run.series is not None
    series = run.series
    rows = np.searchsorted(np.cumsum(series.generated), tokens)
    rows = np.minimum(rows, len(series) - 1)
    past = (np.arange(len(series)), _before(series.prefilled), _before(series.running))
    causes = np.stack([one[rows] for one in past], axis=1).astype(float)
    used, found = [0, 1, 2], np.zeros(3)
    while used:
        found = np.zeros(3)
        found[used] = np.linalg.lstsq(causes[:, used], time, rcond=None)[0]
        if found.min() >= 0:
            break
        used.remove(int(found.argmin()))
    found[0] = max(found[0], 1e-9)  # a step lasts
    return found


def _beside(
    run: RequestRun, series: RequestSeries, seen: ObservedSeries, in_tokens: bool
) -> ObservedRun:
    """Hold every sample against its step."""
    kept = seen.trusted if in_tokens else np.full(len(seen.running), True)
    rows = _rows(series, seen, in_tokens)[kept]
    pairs = {
        "running": (series.running, seen.running),
        "waiting": (series.waiting, seen.waiting),
        "memory": (series.memory / float(run.scheduler.capacity), seen.memory),
        "preemptions": (_before(series.evicted), seen.preemptions),
        "prefilled": (_before(series.prefilled), seen.prefilled),
        "completed": (np.cumsum(series.completed), seen.completed),
    }
    compared = {
        kind: Comparison(simulated[rows].astype(float), observed[kept])
        for kind, (simulated, observed) in pairs.items()
        if observed is not None
    }
    return ObservedRun(
        clock="tokens" if in_tokens else "seconds",
        rows=rows,
        running=_swing(seen.running[kept], rows, series),
        makespan_seconds=seen.makespan,
        preemptions=None if seen.preemptions is None else int(seen.preemptions[-1]),
        compared=compared,
    )


def _rows(series: RequestSeries, seen: ObservedSeries, in_tokens: bool) -> NDArray[np.int64]:
    """Return the step of each sample."""
    if not in_tokens:
        assert seen.time is not None
        rows = np.searchsorted(series.time, seen.time, side="right") - 1
    else:
        assert seen.generated is not None
        generated = np.cumsum(series.generated)
        rows = np.searchsorted(generated, seen.generated)
        if seen.work is not None:
            prefilled = _before(series.prefilled)
            both = zip(seen.generated, seen.work, strict=True)
            rows = np.array([np.argmin(abs(generated - g) + abs(prefilled - p)) for g, p in both])
    return np.clip(rows, 0, len(series) - 1).astype(np.int64)


def _before(counts: NDArray[Any]) -> NDArray[Any]:
    """Return the sums of all that came before each row."""
    before: NDArray[Any] = np.cumsum(counts) - counts
    return before


def _swing(values: NDArray[Any], rows: NDArray[np.int64], series: RequestSeries) -> Swing:
    waits = np.flatnonzero(series.waiting)
    first, last = (waits[0], waits[-1]) if len(waits) else (0, len(series) - 1)
    inside = (rows >= first) & (rows <= last)
    period, height = _period(rows[inside], values[inside])
    return Swing(float(values.mean()), float(values.std()), period, height)


def _period(rows: NDArray[np.int64], values: NDArray[Any]) -> tuple[float | None, float | None]:
    """Return the lag of the first peak of the autocorrelation beyond 0, and its height."""
    if len(rows) < _FEWEST or rows[-1] == rows[0]:
        return None, None
    points = min(len(rows), _MOST_POINTS)
    grid = np.linspace(rows[0], rows[-1], points)
    swing = np.interp(grid, rows, values)
    swing = swing - swing.mean()
    power = np.abs(np.fft.rfft(swing, 2 * points)) ** 2
    lags = np.arange(points // 2)
    products = np.fft.irfft(power)[lags] / (points - lags)
    changes = np.flatnonzero(np.diff(products > 0)) + 1
    if len(changes) < 2:
        return None, None
    peak = products[changes[1] : changes[2] if len(changes) > 2 else None]
    best = changes[1] + int(np.argmax(peak))
    height = float(products[best] / products[0])
    if height < 2 / math.sqrt(points):
        return None, None
    return float(best * (grid[1] - grid[0])), height
