"""JSON logs: an object a line, or one document that holds all requests.

In a document the requests are the items of the one list of objects that it holds: the document
itself, or what stands under one of its keys. GuideLLM's keep those that succeeded under
``benchmarks.requests.successful``. In place of objects a document or a line may hold two arrays of
the same length, as the benchmarks of vLLM and SGLang do. What cannot be read does not matter where
nobody reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...errors import InvalidWorkload, shown
from ..documents import read_json_row
from .formats import choose, choose_time, refuse
from .tally import Tally, from_json
from .window import Window

__all__ = ["holds_requests", "tally_document", "tally_lines"]

_DEEPEST = 8
_Keys = tuple[str, ...]


def tally_lines(
    tally: Tally,
    lines: Iterable[str],
    columns: tuple[str, str] | None = None,
    window: Window | None = None,
) -> None:
    """Count the requests of a JSONL log: one object per line, blank lines apart.

    The first object that has the columns stands for the header; those without are failed requests.

    Parameters
    ----------
    tally : Tally
    lines : iterable of str
    columns : (input path, output path), optional
        Dotted paths; by default the one known pair that an object holds.
    window : Window, optional
        The times that count.

    Raises
    ------
    InvalidWorkload
        If the columns are not recognised, or a line is malformed; the message names it.

    Examples
    --------
    >>> tally = Tally()
    >>> tally_lines(tally, ['{"usage": {"prompt_tokens": 7, "completion_tokens": 5}}'])
    >>> tally.pairs
    {(5, 7): 1}
    """
    rows = (
        (f"line {number}", read_json_row(line, number))
        for number, line in enumerate(lines, start=1)
        if line.strip()
    )
    _Objects(tally, columns, window).add(rows)


def tally_document(
    tally: Tally,
    document: Any,
    columns: tuple[str, str] | None = None,
    window: Window | None = None,
) -> None:
    """Count the requests of a whole JSON document; parameters and exceptions as in `tally_lines`.

    Examples
    --------
    >>> tally = Tally()
    >>> tally_document(tally, {"input_lens": [7, 1], "output_lens": [5, 3]})
    >>> tally.pairs
    {(5, 7): 1, (3, 1): 1}
    """
    requests = enumerate(_requests(document), start=1)
    _Objects(tally, columns, window).add((f"request {number}", row) for number, row in requests)


def holds_requests(document: Any) -> bool:
    """Return whether a JSON document is a log of requests, by the names that it uses."""
    first = next((row for row in _requests(document) if isinstance(row, dict)), None)
    return first is not None and choose([name for name, _ in _leaves(first)]) is not None


def _requests(document: Any) -> Iterator[Any]:
    """Return the requests of a document: those of its list of objects, or itself."""
    if isinstance(document, list):
        return iter(document)
    if isinstance(document, dict):
        runs = document.get("benchmarks")
        if isinstance(runs, list):
            return (row for run in runs for row in _succeeded(run))
        lists = [value for value in document.values() if _are_objects(value)]
        if len(lists) == 1:
            return iter(lists[0])
    return iter([document])


def _succeeded(run: Any) -> Iterator[Any]:
    requests = run.get("requests") if isinstance(run, dict) else None
    rows = requests.get("successful") if isinstance(requests, dict) else requests
    return iter(rows if isinstance(rows, list) else ())


def _are_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


class _Objects:
    """What reads objects, once the first has shown where they have their numbers."""

    def __init__(
        self, tally: Tally, columns: tuple[str, str] | None, window: Window | None
    ) -> None:
        self.tally, self.columns, self.window = tally, columns, window
        self.names: tuple[str, ...] | None = None
        self.keys: list[_Keys] = []
        self.time: _Keys = ()

    def add(self, rows: Iterable[tuple[str, Any]]) -> None:
        """Count the requests of objects, each with its place."""
        without: list[str] = []
        for where, row in rows:
            if not isinstance(row, dict):
                raise InvalidWorkload(f"{where}: must be a JSON object, not {shown(row)}.")
            if self.names is None:
                without = without or [name for name, _ in _leaves(row)]
                self._recognise(row)
            if self.names is None:
                self.tally.failed += 1
            else:
                self._add(self.names, row, where)
        if without and self.names is None:
            refuse(without, self.columns)

    def _recognise(self, row: Mapping[str, Any]) -> None:
        leaves = list(_leaves(row))
        found, places = [name for name, _ in leaves], dict(leaves)
        self.names = choose(found, self.columns)
        if self.names is not None:
            self.keys = [places[name] for name in self.names]
            self.time = places[choose_time(found, self.window.column)] if self.window else ()

    def _add(self, names: tuple[str, ...], row: Mapping[str, Any], where: str) -> None:
        values = [_value(row, keys) for keys in self.keys]
        time = _value(row, self.time) if self.window else None
        if all(isinstance(value, list) for value in values):
            self._add_arrays(names, values, time, where)
        elif self.window is None or self.window.admits(time, where):
            self.tally.add_row(names, values, from_json, where)

    def _add_arrays(
        self, names: tuple[str, ...], arrays: Sequence[Any], time: Any, where: str
    ) -> None:
        lengths = {len(array) for array in arrays}
        times = time if isinstance(time, list) else [time] * len(arrays[0])
        if len(lengths | {len(times)}) > 1:
            raise InvalidWorkload(
                f"{where}: {' and '.join(map(shown, names))} must be of one length, not of "
                f"{' and '.join(map(str, sorted(lengths | {len(times)})))}."
            )
        for number, (moment, *values) in enumerate(zip(times, *arrays, strict=True), start=1):
            place = f"{where}, item {number}"
            if self.window is None or self.window.admits(moment, place):
                self.tally.add_row(names, values, from_json, place)


def _leaves(
    row: Mapping[str, Any], parent: str = "", keys: _Keys = ()
) -> Iterator[tuple[str, _Keys]]:
    """Yield the dotted path and the keys of every value that is no object."""
    for key, value in row.items():
        if isinstance(value, dict) and len(keys) < _DEEPEST:
            yield from _leaves(value, f"{parent}{key}.", (*keys, key))
        else:
            yield f"{parent}{key}", (*keys, key)


def _value(row: Any, keys: _Keys) -> Any:
    for key in keys:
        row = row.get(key) if isinstance(row, dict) else None
    return row
