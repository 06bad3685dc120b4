"""A sweep: a plan, a folder, and whoever computes."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..errors import InvalidArgument
from ..records import Record
from .chunks import Chunk
from .parts import Done, Folder, Job, make_part, writing
from .processes import Lost, Map
from .sweep_plan import SweepPlan

__all__ = ["SetAside", "SweepProgress", "SweepRun", "sweep"]


class SetAside(NamedTuple):
    """A chunk without a part: its number, its first and last row, and the reason."""

    chunk: int
    first_row: int
    last_row: int
    reason: str


@dataclass(frozen=True, repr=False)
class SweepProgress(Record):
    """How far a sweep is.

    Attributes
    ----------
    rows : int
        Of the plan.
    rows_done : int
        Those whose parts are there, from whatever run.
    rows_per_second : float or None
        Of this run; None before its first part.
    seconds_left : float or None
        An estimate: the work that is left, by the formula that sizes the chunks, at the speed of
        this run; None before its first part.

    Examples
    --------
    >>> from stabkit import SweepProgress
    >>> SweepProgress(1000, 250, 25.0, 30.0)
    SweepProgress(rows=1000, rows_done=250, rows_per_second=25.0, seconds_left=30.0)
    """

    rows: int
    rows_done: int
    rows_per_second: float | None
    seconds_left: float | None


@dataclass(frozen=True, repr=False)
class SweepRun(Record):
    """What a run of a sweep left in its folder.

    Attributes
    ----------
    folder : str
        As it was given; the parts are ``part-*.parquet`` in it.
    plan : SweepPlan
    columns : tuple of str
        Of the parts.
    chunks : int
        Of the plan.
    found, written : int
        Parts that were there already, and those of this run.
    set_aside : tuple of SetAside
        Chunks without a part, because their workers died or something failed; another run tries
        them again.
    verdicts : dict of str to int
        How many mixes have which verdict, in all parts; all 0 where none was asked for.
    seconds : float
        Of this run.

    Examples
    --------
    >>> import tempfile
    >>> from stabkit import sweep
    >>> plan = {"axis": {"s": [5, 10]},
    ...         "class": [{"input_length": "s", "decode_length": n} for n in (3, 5)]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     run = sweep(plan, folder)
    >>> run.complete, run.verdicts["stable"], run.verdicts["unstable"]
    (True, 1, 1)
    """

    folder: str
    plan: SweepPlan
    columns: tuple[str, ...]
    chunks: int
    found: int
    written: int
    set_aside: tuple[SetAside, ...]
    verdicts: dict[str, int]
    seconds: float

    @property
    def complete(self) -> bool:
        """Whether every chunk has its part."""
        return self.found + self.written == self.chunks


def sweep(
    plan: SweepPlan | Mapping[str, object] | str | os.PathLike[str],
    folder: str | os.PathLike[str],
    map: Map = map,
    progress: Callable[[SweepProgress], None] | None = None,
) -> SweepRun:
    """Compute what a plan asks for into a folder of Parquet parts, or what is missing of it.

    Parameters
    ----------
    plan : SweepPlan, mapping or path
        See docs/sweep.md.
    folder : str or path-like
        New, or of the same plan: parts that are there are not computed again.
    map : callable
        ``map(function, iterable)``, in any order: the built-in, which computes in this process,
        `sweep_processes` or `sweep_cluster`, or that of any executor.
    progress : callable, optional
        Called with a `SweepProgress` at the beginning and after every chunk.

    Returns
    -------
    SweepRun

    Raises
    ------
    InvalidWorkload
        If the plan is not admissible.
    InvalidArgument
        If the folder holds something else, or pyarrow is not installed.
    OutputError
        If the folder cannot be written.

    Notes
    -----
    A part is written whole or not at all, so that whatever is interrupted, killed or out of power
    loses the chunks it was at and nothing else.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     first = sweep({"mixes": ["5:3 5:5", "1:2 1:3"]}, folder)
    ...     again = sweep({"mixes": ["5:3 5:5", "1:2 1:3"]}, folder)
    >>> (first.found, first.written), (again.found, again.written), again.verdicts["marginal"]
    ((0, 1), (1, 0), 1)
    """
    _check_that_parts_can_be_written()
    plan = _as_plan(plan)
    place = Folder.of(folder, plan)
    verdicts: Counter[str] = Counter()
    chunks, todo = list(plan.chunks()), []
    for chunk in chunks:
        there = place.verdicts(chunk)
        if there is None:
            todo.append(chunk)
        verdicts.update(there or {})
    clock = _Clock(len(plan), todo, progress or (lambda _: None))
    set_aside, written = [], 0
    with ExitStack() as stack:
        results = map(make_part, _jobs(place, plan, todo))
        if isinstance(results, Generator):  # its workers end with it
            stack.enter_context(closing(results))
        for chunk, found, failure in (_finished(place, done) for done in results):
            if failure is None:
                written += 1
                verdicts.update(found)
                clock.tell(chunk)
            else:
                set_aside.append(SetAside(chunk.number, chunk.start, chunk.stop - 1, failure))
    facts = (len(chunks), len(chunks) - len(todo), written, tuple(set_aside), dict(verdicts))
    run = SweepRun(os.fspath(folder), plan, tuple(plan.columns), *facts, clock.elapsed())
    if run.complete:
        place.tidy()
    return run


def _jobs(place: Folder, plan: SweepPlan, todo: Sequence[Chunk]) -> Iterator[Job]:
    """Yield the chunks of a folder, which begins when whoever computes asks for the first one."""
    place.begin(plan)
    for chunk in todo:
        yield Job(place, plan.compute, plan.cells.part(chunk.start, chunk.stop), chunk)


def _finished(place: Folder, done: Done | Lost) -> tuple[Chunk, Mapping[str, int], str | None]:
    """Write a part that came back; return the chunk, its verdicts, and why it has no part."""
    with writing(place.path):
        if isinstance(done, Lost):
            place.note(done.item.chunk, "lost", reason=done.reason)
            return done.item.chunk, {}, done.reason
        if done.content is not None:
            place.write(done.chunk, done.content)
    return done.chunk, done.verdicts, done.failure


def _as_plan(plan: Any) -> SweepPlan:
    if isinstance(plan, SweepPlan):
        return plan
    if isinstance(plan, (str, os.PathLike)):
        return SweepPlan.from_file(plan)
    return SweepPlan.from_dict(plan)


def _check_that_parts_can_be_written() -> None:
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        raise InvalidArgument(
            "a sweep needs pyarrow, which is not installed: pip install 'stabkit[sweep]'."
        ) from None


class _Clock:
    """What is done and what is left, in rows and in seconds of work."""

    def __init__(
        self, rows: int, todo: Sequence[Chunk], report: Callable[[SweepProgress], None]
    ) -> None:
        self._rows, self._report = rows, report
        self._rows_found = rows - sum(chunk.stop - chunk.start for chunk in todo)
        self._work_left = sum(chunk.seconds for chunk in todo)
        self._rows_now, self._work_now = 0, 0.0
        self._start = time.monotonic()
        self.tell()

    def elapsed(self) -> float:
        """Return the seconds of this run."""
        return time.monotonic() - self._start

    def tell(self, done: Chunk | None = None) -> None:
        """Tell how far it is, after one more chunk has its part."""
        if done is not None:
            self._rows_now += done.stop - done.start
            self._work_now += done.seconds
        rate = left = None
        if self._rows_now:
            rate = self._rows_now / self.elapsed()
            left = max(0.0, self._work_left - self._work_now) * self.elapsed() / self._work_now
        self._report(SweepProgress(self._rows, self._rows_found + self._rows_now, rate, left))
