"""A time limit that stops work wherever it is, in any thread and without signals.

Symbolic work can disappear into one call for minutes, so that checks between steps do not keep a
promise of seconds. `signal.alarm` works in the main thread only, and not on Windows; a process of
its own would first spend half a second on importing sympy, more than nearly all of this work takes,
and cannot receive every object that users may build. So the work runs in a thread. Its caller waits
as long as allowed, and then has CPython raise an exception in that thread, at its next bytecode
(PyThreadState_SetAsyncExc); sympy is Python throughout, so that is at once. The exception is
`SystemExit`, which no ``except Exception`` swallows.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["OutOfTime", "within"]

Result = TypeVar("Result")
_ATTEMPTS = 20  # an exception that meets a destructor is lost, so it is sent again
_PAUSE = 0.01  # seconds between two attempts


class OutOfTime(Exception):
    """The work was stopped before it had a result."""


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """Return ``work()``, or stop it after `seconds`.

    Raises
    ------
    OutOfTime
        If there was no result in time; at once if `seconds` is 0.

    Examples
    --------
    >>> within(60, lambda: 6 * 7)
    42
    """
    if seconds <= 0:
        raise OutOfTime
    results: list[Result] = []
    failures: list[Exception] = []

    def run() -> None:
        try:
            results.append(work())
        except SystemExit:
            pass  # stopped
        except Exception as failure:
            failures.append(failure)

    worker = threading.Thread(target=run, daemon=True)
    worker.start()
    try:
        worker.join(min(seconds, threading.TIMEOUT_MAX))
    finally:  # also if the caller is interrupted
        _stop(worker)
    if failures:
        raise failures[0]
    if not results:
        raise OutOfTime
    return results[0]


def _stop(worker: threading.Thread) -> None:
    for _ in range(_ATTEMPTS):
        if not worker.is_alive() or worker.ident is None:
            return
        thread = ctypes.c_ulong(worker.ident)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, ctypes.py_object(SystemExit))
        worker.join(_PAUSE)
