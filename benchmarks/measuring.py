"""Medians of interleaved rounds, so that a machine that slows down slows all alike.

The first call of each solver gives its answer, and decides how many rounds follow: many if it is
quick, none if it takes seconds. In a round every solver with rounds left is run once, stabkit
first. The median leaves the first call of a quick solver out, as a warm-up; to a slow one it does
not matter, and every call counts. In its turn a solver of milliseconds is run twice, and the second
call counts: a processor that has waited for another program is slow for some milliseconds.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from benchmarks.mixes import Mix
from benchmarks.solvers import Solver, Unfinished
from benchmarks.works import Work

__all__ = ["Measurement", "Stopwatch", "median_seconds"]

_MOST_ROUNDS = 15
_ROUNDS = ((0.1, _MOST_ROUNDS), (0.5, 5), (3.0, 2))  # (first call within seconds, rounds after)
_SLOW = 0.5


@dataclass(frozen=True)
class Measurement:
    """What one solver did on one mix.

    Attributes
    ----------
    seconds : float or None
        Median; None if it was not run, or not to its end.
    verdict : str
        "right", "undecided", "wrong: ...", or the reason why there is no time.
    """

    seconds: float | None
    verdict: str


@dataclass(frozen=True)
class _Run:
    output: Any
    seconds: float | None
    stopped: str = ""

    @property
    def is_slow(self) -> bool:
        return self.seconds is None or self.seconds > _SLOW


class Stopwatch:
    """Measures work after work; what was slow once is not run again.

    The solvers of all roots take part in the work on dominant modes too, with the same run.
    """

    def __init__(self) -> None:
        self._slow: dict[tuple[Solver, str], _Run] = {}

    def measure(self, work: Work, mix: Mix) -> dict[str, Measurement]:
        """Run every solver of `work` on `mix`; the measurements by name of the solver."""
        running = [solver for solver in work.solvers if not solver.why_not(mix)]
        runs = {s: self._slow.get((s, mix.name)) or _first_run(s, mix) for s in running}
        repeated = {s: run for s, run in runs.items() if (s, mix.name) not in self._slow}
        medians = _medians(repeated, mix)
        for solver, seconds in medians.items():
            runs[solver] = replace(runs[solver], seconds=seconds)
        self._slow |= {(s, mix.name): run for s, run in runs.items() if run.is_slow}
        return {
            s.name: _judged(work, mix, s, runs[s])
            if s in runs
            else Measurement(None, s.why_not(mix))
            for s in work.solvers
        }


def median_seconds(function: Callable[[], object], rounds: int = 7) -> float:
    """Return the median time of some calls, after one that does not count."""
    function()
    return statistics.median(_seconds(function) for _ in range(rounds))


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _first_run(solver: Solver, mix: Mix) -> _Run:
    solver.prepare(mix)
    start = time.perf_counter()
    try:
        output = solver.solve(mix)
    except Unfinished as error:
        return _Run(None, None, str(error))
    return _Run(output, time.perf_counter() - start)


def _medians(runs: dict[Solver, _Run], mix: Mix) -> dict[Solver, float]:
    """Return the medians of the solvers that are quick enough to be run again."""
    left = {solver: _rounds(run) for solver, run in runs.items()}
    times = {s: [run.seconds] if run.is_slow else [] for s, run in runs.items() if left[s]}
    for n in range(max(left.values(), default=0)):
        for solver, taken in times.items():
            if n < left[solver]:
                if left[solver] == _MOST_ROUNDS:
                    solver.solve(mix)
                taken.append(_seconds(partial(solver.solve, mix)))
    return {solver: statistics.median(taken) for solver, taken in times.items()}


def _rounds(run: _Run) -> int:
    if run.seconds is None:
        return 0
    return next((rounds for most, rounds in _ROUNDS if run.seconds <= most), 0)


def _judged(work: Work, mix: Mix, solver: Solver, run: _Run) -> Measurement:
    if run.seconds is None:
        return Measurement(None, run.stopped)
    return Measurement(run.seconds, work.check(mix, solver.read(run.output)))
