"""Replay: a trace in its own order by the rules of an engine, beside what a real server did.

**The clock.** In seconds small errors of the step time add up, and hide that two runs take the same
decisions. The number of tokens generated so far is a clock that both have: a sample of the observed
series is held against the first step by which as many have come out, or, where the series counts the
tokens that were prefilled too, against the step nearest in the sum of both distances. Rates that are
logged at regular intervals are summed up for it. A series without such a counter is held against
the step of its time.

**Counters** of a server report a step with its outputs, so that the evictions and the prompts of
the batch that runs are not yet in them; what runs, waits and is held is what it is now.

**The step time.** With ``step_time="fit"`` the three numbers of a + b prefilled + c running are
those, none negative, that least squares give for the times of the samples, at equal numbers of
generated tokens, along the replay. Requests arrive by the clock, so that this is repeated, each time
half the way, until it settles or five times. It is a fit to the run and no prediction; the decisions themselves are fitted to nothing.

**The period** of a swing is the lag of the first peak of the autocorrelation of the running requests
while requests wait: its largest value between its second zero and its third. It is taken of the
samples along the steps of the replay, so that both are in steps. A peak is no proof of instability: stable mixes swing too.

References
----------
docs/real_runs.md; docs/model.md, Real runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...dynamics.requests import Engine, RequestRun, RequestSeries, simulate_requests
from ...errors import InvalidArgument, shown
from ...model.files import read_table
from ...model.request_rows import SHARED_BLOCK, rows_of

__all__ = ["Comparison", "ObservedRun", "Replay", "Swing", "replay"]

Floats = NDArray[np.float64]
_ROUNDS = 5  # of the fit
_SETTLED = 1e-3  # relative change of the step time
_MOST_POINTS = 8192  # of an autocorrelation
_COLUMNS = {  # what is recognised in an observed series, and what it is to be multiplied by
    "time": {"t": 1, "time": 1, "time_s": 1, "timestamp": 1},
    "running": {"running": 1, "num_requests_running": 1},
    "waiting": {"waiting": 1, "num_requests_waiting": 1},
    "memory": {
        "kv_frac": 1,
        "kv_cache_usage_perc": 1,
        "gpu_cache_usage_perc": 1,
        "token_usage": 1,
        "kv_cache_pct": 0.01,
        "kv_pct": 0.01,
    },
    "preemptions": {"preempted_total": 1, "num_preemptions_total": 1, "preemptions": 1},
    "prefilled": {"prefill_tokens_total": 1},
    "completed": {"done_total": 1},
    "generated": {"gen_tokens_total": 1, "generation_tokens_total": 1},
    "generated_since": {"gen_tokens_in_tick": 1},
    "generated_rate": {"gen_tok_s": 1},
    "prefilled_rate": {"prompt_tok_s": 1},
}
_COMPARED = ("running", "waiting", "memory", "preemptions", "prefilled", "completed")


@dataclass(frozen=True)
class Swing:
    """Mean and swing of a number of requests.

    Attributes
    ----------
    mean, sd : float
    period : float or None
        In steps; None where the autocorrelation has no such peak.
    autocorrelation : float or None
        At that lag.
    """

    mean: float
    sd: float
    period: float | None
    autocorrelation: float | None


@dataclass(frozen=True, eq=False)
class Comparison:
    """One quantity at the samples.

    Attributes
    ----------
    simulated, observed : ndarray
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


@dataclass(frozen=True, eq=False)
class ObservedRun:
    """What a real server did, at its samples.

    Attributes
    ----------
    clock : {"tokens", "seconds"}
        By what samples and steps were held against each other.
    rows : ndarray of int
        The step of the replay for each sample.
    running : Swing
    makespan_seconds : float or None
        The time of the sample after the last one at which a request ran.
    preemptions : int or None
    compared : mapping
        `Comparison`s of what the series has of: running, waiting, memory (a fraction), preemptions,
        prefilled (tokens), completed.
    """

    clock: str
    rows: NDArray[np.int64]
    running: Swing
    makespan_seconds: float | None
    preemptions: int | None
    compared: Mapping[str, Comparison]


@dataclass(frozen=True, eq=False)
class Replay:
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
        At the samples, where there are any; else over the steps.
    observed : ObservedRun or None
    series : RequestSeries
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


def replay(
    trace: Any,
    scheduler: Any = "vllm",
    observed: Any = None,
    *,
    clock: str | None = None,
    step_time: Any = None,
    input_column: str | None = None,
    output_column: str | None = None,
    **options: Any,
) -> Replay:
    """Serve a trace in its own order by the rules of an engine.

    Parameters
    ----------
    trace : path or iterable of rows
        A CSV file with a row per request (arrivals and shared prefixes, where it has them: see
        `stabkit.model.request_rows`), or rows (input, output[, arrival[, content]]) in tokens and
        seconds (in steps without a step time). Without arrivals all come at once.
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
    Samples at which a counter of generated tokens falls back, and those after, until it is above its
    largest value again, are left out.

    References
    ----------
    docs/real_runs.md.

    Examples
    --------
    Three requests, of which two fit. The pair generates 4 tokens each, then the third:

    >>> found = replay([(20, 4)] * 3, "vllm-v0", capacity=80)
    >>> found.steps, found.preemptions, found.running.mean
    (8, 0, 1.3333333333333333)
    """
    rows, name = _requests(trace, input_column, output_column)
    samples = None if observed is None else _Samples(observed, clock, step_time)
    if samples is None and (clock is not None or step_time == "fit"):
        raise InvalidArgument(
            "'clock' and a fitted 'step_time' must go with 'observed', which is None."
        )
    fit = step_time == "fit"
    used = samples.first_step_time() if fit and samples is not None else step_time
    run = _run(rows, scheduler, used, options)
    for done in range(_ROUNDS if fit and samples is not None else 0):
        found = samples.fitted(run)
        if done and np.allclose(found, used, rtol=_SETTLED, atol=0):
            break
        used = tuple(np.add(found, used) / 2) if done else found
        run = _run(rows, scheduler, used, options)
    return _replay(run, name, len(rows), samples, used is not None, fit)


def _requests(trace: Any, given: Any, made: Any) -> tuple[Sequence[Any], str]:
    """Return the rows, each with an arrival, and what the trace is called."""
    name = "trace"
    if isinstance(trace, (str, os.PathLike)):
        name = os.path.basename(os.fspath(trace))
        trace = rows_of(read_table(trace), given, made)
    if not isinstance(trace, Iterable) or isinstance(trace, Mapping):
        raise InvalidArgument(
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


def _replay(
    run: RequestRun, name: str, requests: int, samples: _Samples | None, timed: bool, fit: bool
) -> Replay:
    assert run.series is not None
    series = run.series
    observed = None if samples is None else samples.beside(run)
    if observed is None:
        running = _swing(series.running, np.arange(len(series)), series)
    else:
        running = _swing(observed.compared["running"].simulated, observed.rows, series)
    return Replay(
        scheduler=run.scheduler,
        trace=name,
        requests=requests,
        steps=run.steps,
        makespan_seconds=run.time if timed else None,
        step_time=run.scheduler.step_time if timed else None,
        fitted=fit,
        preemptions=run.totals["evicted"],
        recomputed_tokens=run.totals["recomputed"],
        running=running,
        observed=observed,
        series=series,
    )


class _Samples:
    """An observed series, its columns recognised."""

    def __init__(self, observed: Any, clock: str | None, step_time: Any) -> None:
        given = read_table(observed) if isinstance(observed, (str, os.PathLike)) else observed
        if not isinstance(given, Mapping):
            raise InvalidArgument(
                f"'observed' must be a file or arrays by name, not {shown(observed)}."
            )
        columns = {kind: _column(given, names) for kind, names in _COLUMNS.items()}
        tokens, prefilled = _counters(columns)
        if clock not in (None, "tokens", "seconds"):
            raise InvalidArgument(f"'clock' must be 'tokens' or 'seconds', not {shown(clock)}.")
        in_tokens = tokens is not None and step_time is None
        self.clock = clock or ("tokens" if in_tokens else "seconds")
        kept = slice(None)
        if tokens is not None and self.clock == "tokens":
            kept = tokens >= np.maximum.accumulate(tokens)
        self._tokens = None if tokens is None else tokens[kept]
        self._prefilled = None if prefilled is None else prefilled[kept]
        self._columns = {kind: None if x is None else x[kept] for kind, x in columns.items()}
        self._makespan = _makespan(columns)
        preempted = columns["preemptions"]
        self._preemptions = None if preempted is None else int(preempted[-1])
        self._need("running", True)
        self._need("generated tokens", tokens is not None or self.clock == "seconds")
        self._need("time", self.clock == "tokens" or step_time is not None)

    def _need(self, kind: str, enough: bool) -> None:
        if not enough or self._columns.get(kind, ()) is None:
            names = ", ".join(_COLUMNS.get(kind, _COLUMNS["generated"]))
            raise InvalidArgument(
                f"'observed' must have a column of {kind} ({names}) and, for the clock "
                f"{self.clock!r}, be replayed with what it needs."
            )

    def first_step_time(self) -> tuple[float, float, float]:
        """Return what a step lasted on the mean, every running request generating a token."""
        time, tokens, running = self._timed()
        busy = running > 0
        steps = np.diff(tokens, prepend=0)[busy] / running[busy]
        return float(time[-1] / max(steps.sum(), 1)), 0.0, 0.0

    def fitted(self, run: RequestRun) -> tuple[float, float, float]:
        """Return the step time with which the replay is nearest to the times of the samples."""
        assert run.series is not None
        time, tokens, running = self._timed()
        series, busy = run.series, (running > 0) & (tokens > 0)
        reached = np.searchsorted(np.cumsum(series.generated), tokens[busy])
        rows = np.minimum(reached, len(series) - 1)
        past = [np.arange(len(series)), _before(series.prefilled), _before(series.running)]
        causes = np.stack([one[rows] for one in past], axis=1).astype(float)
        used, found = [0, 1, 2], np.zeros(3)
        while used:
            found = np.zeros(3)
            found[used] = np.linalg.lstsq(causes[:, used], time[busy], rcond=None)[0]
            if found.min() >= 0:
                break
            used.remove(int(found.argmin()))
        a, b, c = found
        return max(float(a), 1e-9), float(b), float(c)

    def _timed(self) -> tuple[Floats, Floats, Floats]:
        time, running = self._columns["time"], self._columns["running"]
        if time is None or running is None or self._tokens is None:
            raise InvalidArgument(
                "'observed' must have times and generated tokens for a fitted 'step_time'."
            )
        return time, self._tokens, running

    def beside(self, run: RequestRun) -> ObservedRun:
        """Hold every sample against its step."""
        assert run.series is not None
        series = run.series
        rows = self._rows(series)
        simulated = {
            "running": series.running,
            "waiting": series.waiting,
            "memory": series.memory / float(run.scheduler.capacity),
            "preemptions": _before(series.evicted),
            "prefilled": _before(series.prefilled),
            "completed": np.cumsum(series.completed),
        }
        compared = {
            kind: Comparison(simulated[kind][rows].astype(float), values)
            for kind in _COMPARED
            if (values := self._columns[kind]) is not None
        }
        return ObservedRun(
            clock=self.clock,
            rows=rows,
            running=_swing(compared["running"].observed, rows, series),
            makespan_seconds=self._makespan,
            preemptions=self._preemptions,
            compared=compared,
        )

    def _rows(self, series: RequestSeries) -> NDArray[np.int64]:
        if self.clock == "tokens" and self._prefilled is not None:
            generated, prefilled = np.cumsum(series.generated), _before(series.prefilled)
            pairs = zip(self._tokens, self._prefilled, strict=True)
            rows = np.array([np.argmin(abs(generated - g) + abs(prefilled - p)) for g, p in pairs])
        elif self.clock == "tokens":
            rows = np.searchsorted(np.cumsum(series.generated), self._tokens)
        else:
            rows = np.searchsorted(series.time, self._columns["time"], side="right") - 1
        return np.clip(rows, 0, len(series) - 1)


def _counters(columns: Mapping[str, Floats | None]) -> tuple[Floats | None, Floats | None]:
    """Return the tokens generated and prefilled by each sample, where they are known."""
    counted, since, time = columns["generated"], columns["generated_since"], columns["time"]
    if counted is not None or since is not None:
        return np.cumsum(since) if counted is None else counted, columns["prefilled"]
    lasts = 0.0 if time is None or len(time) < 2 else float(np.median(np.diff(time)))
    rates = (columns["generated_rate"], columns["prefilled_rate"])
    made, read = (None if rate is None else np.cumsum(rate) * lasts for rate in rates)
    return made, read


def _makespan(columns: Mapping[str, Floats | None]) -> float | None:
    """Return the time of the sample after the last one at which a request ran."""
    time, running = columns["time"], columns["running"]
    if time is None or running is None or not running.any():
        return None
    return float(time[min(np.flatnonzero(running)[-1] + 1, len(time) - 1)])


def _column(given: Mapping[str, Any], names: Mapping[str, float]) -> Floats | None:
    found = [name for name in given if str(name).rpartition(":")[2] in names]
    if not found:
        return None
    try:
        values = np.array(given[found[0]], dtype=float)
    except (TypeError, ValueError):
        raise InvalidArgument(f"'observed': {shown(found[0])} must hold numbers.") from None
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise InvalidArgument(f"'observed': {shown(found[0])} must hold finite numbers.")
    return values * names[str(found[0]).rpartition(":")[2]]


def _before(counts: NDArray[Any]) -> NDArray[Any]:
    """Return the sums of all that came before each row."""
    return np.cumsum(counts) - counts


def _swing(values: NDArray[Any], rows: NDArray[np.int64], series: RequestSeries) -> Swing:
    waits = np.flatnonzero(series.waiting)
    first, last = (waits[0], waits[-1]) if len(waits) else (0, len(series) - 1)
    inside = (rows >= first) & (rows <= last)
    period, height = _period(rows[inside], values[inside])
    return Swing(float(values.mean()), float(values.std()), period, height)


def _period(rows: NDArray[np.int64], values: NDArray[Any]) -> tuple[float | None, float | None]:
    """Return the lag of the first peak of the autocorrelation beyond 0, and its height."""
    if len(rows) < 8 or rows[-1] == rows[0]:
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
    return float(best * (grid[1] - grid[0])), float(products[best] / products[0])
