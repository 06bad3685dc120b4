"""The workers of a dask.distributed cluster, behind the interface of `map`.

The scheduler gives the items of a worker that died to others, and gives up one whose workers have
died as often as its setting ``distributed.scheduler.allowed-failures`` says; that one is `Lost`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import closing
from functools import partial
from itertools import islice
from typing import Any

from .. import __version__
from ..errors import ArgumentTypeError, InvalidArgument, shown
from .processes import Lost, Map

__all__ = ["sweep_cluster"]

_WAITING = 3  # items at the scheduler for each thread of a worker, so that it is never idle


def sweep_cluster(address: str) -> Map:
    """Return a map that computes on a dask.distributed cluster, for `stabkit.sweep`.

    Parameters
    ----------
    address : str
        Of its scheduler, such as ``"tcp://10.0.0.1:8786"``. All workers need this version of
        stabkit. Those that see the folder write their parts into it; the parts of others come back
        over the network and are written here.

    Returns
    -------
    callable
        ``map(function, iterable)``, whose results come as they are ready.

    Raises
    ------
    InvalidArgument
        As it is used: if there is no such scheduler, no dask.distributed here, or another stabkit
        or none on a worker.

    Examples
    --------
    >>> from stabkit import sweep_cluster
    >>> callable(sweep_cluster("tcp://10.0.0.1:8786"))
    True
    """
    if not isinstance(address, str):
        raise ArgumentTypeError(
            f"'address' must be text such as 'tcp://10.0.0.1:8786', not {shown(address)}."
        )
    return partial(_mapped, address)


def _mapped(address: str, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    with closing(_connected(address)) as client:
        from distributed.comm import CommClosedError

        try:
            _check_workers(client)
            yield from _results(client, function, iter(items))
        except (CancelledError, CommClosedError, TimeoutError):  # by where it is noticed
            raise InvalidArgument(
                "the scheduler must live until the sweep is done, and is gone; another call goes "
                "on from the parts that are there."
            ) from None


def _results(client: Any, function: Callable[[Any], Any], items: Iterator[Any]) -> Iterator[Any]:
    from distributed import KilledWorker, as_completed

    def submitted(count: int) -> Iterator[Any]:
        for item in islice(items, count):
            future = client.submit(function, item, pure=False)
            at[future.key] = item
            yield future

    at: dict[str, Any] = {}
    threads = sum(client.nthreads().values())
    running = as_completed(submitted(_WAITING * max(threads, 1)), loop=client.loop)
    for future in running:
        item = at.pop(future.key)
        running.update(submitted(1))
        try:
            yield future.result()
        except KilledWorker:
            yield Lost(item, "its workers died as often as the scheduler allows")


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise InvalidArgument(
            "a cluster needs dask.distributed, which is not installed: pip install 'stabkit[dask]'."
        ) from None

    class Connection(Client):  # type: ignore[misc]
        def __del__(self) -> None:
            """Leave closing to who has it: of one that never connected it takes a minute."""

    try:
        return Connection(address, set_as_default=False)
    except (OSError, ValueError) as failure:
        raise InvalidArgument(
            "'address' must be that of dask's scheduler, such as 'tcp://10.0.0.1:8786', not "
            f"{shown(address)} ({failure})."
        ) from None


def _check_workers(client: Any) -> None:
    for worker, version in client.run(_version, on_error="return").items():
        if version != __version__:
            raise InvalidArgument(
                f"all workers must have stabkit {__version__}, not as {shown(worker)}: "
                f"{shown(version)}."
            )


def _version() -> str:
    return __version__
