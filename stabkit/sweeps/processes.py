"""Worker processes of this machine, behind the interface of `map`.

Each is a pool of one process, so that one that dies takes no other with it, and which chunk it died
of is known. Such a chunk is given to a fresh process; if that dies of it too it is `Lost`, and the
others go on. A worker whose parent has died ends when its chunk is done, which is written then.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from ..errors import InvalidArgument
from ..model.numbers import whole_number

__all__ = ["Lost", "Map", "sweep_processes"]

Map = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
_at_work = threading.Lock()


class Lost(NamedTuple):
    """An item that is set aside, and why."""

    item: Any
    reason: str


def sweep_processes(count: int | None = None) -> Map:
    """Return a map that computes in processes of this machine, for `stabkit.sweep`.

    Parameters
    ----------
    count : int, optional
        How many; by default one for each core.

    Returns
    -------
    callable
        ``map(function, iterable)``, whose results come as they are ready. A process that dies is
        replaced, and its item repeated once.

    Raises
    ------
    InvalidArgument
        If `count` is no positive whole number; and, as it is used, if a process cannot start.

    Examples
    --------
    >>> from stabkit import sweep_processes
    >>> sorted(sweep_processes(1)(abs, [-3, 2]))
    [2, 3]
    """
    return partial(_mapped, whole_number(os.cpu_count() if count is None else count, "'count'"))


def _mapped(count: int, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    lanes: list[_Lane] = []
    try:
        yield from _results(function, iter(items), lanes, count)
    finally:
        for lane in lanes:
            lane.stop()


def _results(
    function: Callable[[Any], Any], items: Iterator[Any], lanes: list[_Lane], count: int
) -> Iterator[Any]:
    at: dict[Future[Any], tuple[_Lane, Any, bool]] = {}  # with whether a process has died of it

    def feed(lane: _Lane) -> None:
        for item in islice(items, 1):
            at[lane.submit(function, item)] = lane, item, False

    while len(lanes) == len(at) < count:  # no more than there are items
        lanes.append(_Lane())
        feed(lanes[-1])
    while at:
        for future in wait(at, return_when=FIRST_COMPLETED).done:
            lane, item, died = at.pop(future)
            try:
                result = future.result()
            except BrokenProcessPool:
                lane.restart()
                if not died:
                    at[lane.submit(function, item)] = lane, item, True
                    continue
                result = Lost(item, "its worker process died twice")
            feed(lane)
            yield result


class _Lane:
    """A pool of one process, which is started before it is needed."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        # A forked one would share locks and threads of this process as they happen to be.
        context = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(1, context, _begin)
        self._process = self._pool.submit(os.getpid)

    def submit(self, function: Callable[[Any], Any], item: Any) -> Future[Any]:
        """Ask for one result, of a fresh process if the old one has died meanwhile."""
        try:
            return self._pool.submit(_at_once, function, item)
        except BrokenProcessPool:
            self.restart()
            return self._pool.submit(_at_once, function, item)

    def restart(self) -> None:
        """Start another process, after the first one died."""
        if self._process.exception() is not None:
            raise InvalidArgument(
                "worker processes must be able to start: a script that asks for them needs "
                'if __name__ == "__main__".'
            )
        self._pool.shutdown()
        self._start()

    def stop(self) -> None:
        """End the process, whatever it is at."""
        with contextlib.suppress(OSError, BrokenProcessPool):
            os.kill(self._process.result(), signal.SIGTERM)
        self._pool.shutdown(cancel_futures=True)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        with _at_work:
            os._exit(1)


def _at_once(function: Callable[[Any], Any], item: Any) -> Any:
    with _at_work:
        return function(item)
