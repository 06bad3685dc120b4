"""JSON logs: an object a line, or one document that holds all requests.

In a document the requests are the items of its one list of objects that have the two numbers: the
document itself, or a list under its keys. Lists of requests that failed do not count: GuideLLM's
documents keep those that succeeded under ``benchmarks.requests.successful``. In place of objects a
document or a line may hold two arrays of the same length, as the benchmarks of vLLM and SGLang do.
What cannot be read does not matter where nobody reads it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...errors import InvalidWorkload, shown
from ..documents import read_json_row
from ..numbers import LARGEST_DECODE_LENGTH, LARGEST_INPUT_LENGTH
from .log_formats import choose, choose_time, refuse
from .opened import cut_off
from .tally import Tally, from_json

__all__ = ["holds_requests", "tally_document", "tally_lines"]

_DEEPEST = 8
_FAILED = ("errored", "incomplete", "failed", "errors")  # of lists of requests
_Keys = tuple[str, ...]


def tally_lines(tally: Tally, lines: Iterable[str]) -> None:
    """Count the requests of a JSONL log: one object per line, blank lines apart.

    The first object that has the columns stands for the header; those without are failed requests.

    * `lines`: with their ends, which the last need not have.

    Raises InvalidWorkload if the columns are not recognised, or a line is malformed; the message
    names it.

    >>> tally = Tally()
    >>> tally_lines(tally, ['{"usage": {"prompt_tokens": 7, "completion_tokens": 5}}'])
    >>> tally.pairs
    {(5, 7): 1}
    """
    reader = _Objects(tally)
    for number, line in enumerate(lines, start=1):
        if line.strip() and not reader.add_plain(line):
            reader.add(_row(line, number), f"line {number}")
    reader.finish()


def _row(line: str, number: int) -> Any:
    try:
        return read_json_row(line, number)
    except InvalidWorkload as error:
        raise InvalidWorkload(f"{error}{cut_off(line, number)}") from None


def tally_document(tally: Tally, document: Any) -> None:
    """Count the requests of a whole JSON document; exceptions as in `tally_lines`.

    >>> tally = Tally()
    >>> tally_document(tally, {"input_lens": [7, 1], "output_lens": [5, 3]})
    >>> tally.pairs
    {(5, 7): 1, (3, 1): 1}
    """
    reader = _Objects(tally)
    for number, row in enumerate(_requests(document, tally.columns), start=1):
        reader.add(row, f"request {number}")
    reader.finish()


def holds_requests(document: Any) -> bool:
    """Return whether a JSON document is a log of requests, by the names that it uses.

    One with the key ``class`` is a mix, even if its classes are misspelt as requests: these would
    lose their weights.
    """
    if isinstance(document, dict) and "class" in document:
        return False
    return any(_is_request(row, None) for row in _requests(document, None))


def _requests(document: Any, columns: tuple[str, str] | None) -> Sequence[Any]:
    """Return the requests of a document: its one list of objects that are requests, or itself."""
    if isinstance(document, list) or _is_request(document, columns):
        return document if isinstance(document, list) else [document]
    lists: dict[str, list[Any]] = {}
    for path, items in _lists(document):
        if path.rpartition(".")[2] not in _FAILED and any(_is_request(x, columns) for x in items):
            lists.setdefault(path, []).extend(items)
    return next(iter(lists.values())) if len(lists) == 1 else [document]


def _lists(value: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, list[Any]]]:
    """Yield the lists in a document, and in lists of objects, with the keys that lead there."""
    if depth > _DEEPEST:
        return
    for key, inner in value.items() if isinstance(value, dict) else ():
        if isinstance(inner, list):
            yield f"{path}.{key}", inner
        for one in inner if isinstance(inner, list) else [inner]:
            yield from _lists(one, f"{path}.{key}", depth + 1)


def _is_request(row: Any, columns: tuple[str, str] | None) -> bool:
    return isinstance(row, dict) and choose([name for name, _ in _leaves(row)], columns) is not None


class _Objects:
    """What reads objects, once the first has shown where they have their numbers."""

    def __init__(self, tally: Tally) -> None:
        self.tally, self.window = tally, tally.window
        self.names: tuple[str, ...] | None = None
        self.keys: list[_Keys] = []
        self.ends: list[str] = []
        self.time: _Keys = ()
        self.without: list[str] = []

    def add(self, row: Any, where: str) -> None:
        """Count the request of an object, or the requests of its arrays."""
        if not isinstance(row, dict):
            raise InvalidWorkload(f"{where}: must be a JSON object, not {shown(row)}.")
        if self.names is None:
            self._recognise(row)
        if self.names is None:
            self.tally.failed += 1
        else:
            self._add(self.names, row, where)

    def add_plain(self, line: str) -> bool:
        """Count a request whose numbers are whole and stand in its line once; return whether."""
        if len(self.keys) != 2 or self.window or any(line.count(end) != 1 for end in self.ends):
            return False
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            return False
        given, made = (_value(row, keys) for keys in self.keys)
        plain = type(given) is type(made) is int
        if not (
            plain and 0 <= given <= LARGEST_INPUT_LENGTH and 0 <= made <= LARGEST_DECODE_LENGTH
        ):
            return False
        self.tally.add(given, made)
        return True

    def finish(self) -> None:
        """Refuse a log of which no object had the columns."""
        if self.names is None and self.without:
            refuse(self.without, self.tally.columns)

    def _recognise(self, row: Mapping[str, Any]) -> None:
        leaves = list(_leaves(row))
        found, places = [name for name, _ in leaves], dict(leaves)
        self.names = choose(found, self.tally.columns)
        self.without = self.without or found
        if self.names is not None:
            self.keys = [places[name] for name in self.names]
            self.ends = [f'"{keys[-1]}"' for keys in self.keys]
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
