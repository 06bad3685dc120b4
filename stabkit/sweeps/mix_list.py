"""A list of mixes, one in each row, out of a file or a plan."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from ..errors import InvalidWorkload, StabkitError, shown
from ..model.documents import read_json, read_toml
from ..model.files import read_log
from ..model.notation import read_notation
from ..model.numbers import is_listed
from ..model.workload import Workload
from .cells import GREEDY_NAME, Batch, Cell

__all__ = ["MixEntry", "MixList", "listed_entries", "read_entries", "read_entry"]

_KEYS = ("name", "mix", "class", "capacity", "policy")
_CLASS = ("input_length", "decode_length", "weight")


class MixEntry(NamedTuple):
    """One mix as text: its name, classes ``INPUT:DECODE:WEIGHT``, capacity and policy."""

    name: str
    mix: str
    capacity: str
    policy: str


@dataclass(frozen=True)
class MixList:
    """Mixes in rows, of which those before the row `first` are not here."""

    entries: tuple[MixEntry, ...]
    first: int = 0
    line: str | None = None

    @property
    def count(self) -> int:
        """The number of mixes, of the whole list or as far as they are here."""
        return self.first + len(self.entries)

    @property
    def has_policies(self) -> bool:
        """Whether there is another policy than greedy."""
        return any(entry.policy not in ("", GREEDY_NAME) for entry in self.entries)

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield every row, by itself."""
        for entry in self.entries:
            yield 1, max(map(_longest, entry.mix.split()), default=1)

    def part(self, start: int, stop: int) -> MixList:
        """Return those rows, with their numbers."""
        return MixList(self.entries[start - self.first : stop - self.first], start)

    def cell(self, row: int) -> Cell:
        """Return the mix of one row, exactly, and its policy."""
        entry = self.entries[row - self.first]
        mix = read_notation(entry.mix.split(), entry.capacity or None)
        return Cell(mix, entry.policy or GREEDY_NAME)

    def coordinates(self, start: int, stop: int) -> dict[str, Any]:
        """Return the texts of the entries, None for what is empty."""
        rows = self.entries[start - self.first : stop - self.first]
        columns = dict(zip(MixEntry._fields, zip(*rows, strict=True), strict=True))
        return {name: [text or None for text in column] for name, column in columns.items()}

    def batches(self, start: int, stop: int) -> Iterator[Batch]:
        """Yield rows of equal decode lengths, in arrays, where all inputs are integers."""
        groups: dict[tuple[int, ...], list[tuple[int, Workload]]] = {}
        for place, mix in enumerate(self._workloads[start - self.first : stop - self.first]):
            if mix is not None and all(c.input_length.denominator == 1 for c in mix.classes):
                lengths = tuple(c.decode_length for c in mix.classes)
                groups.setdefault(lengths, []).append((place, mix))
        for lengths, found in groups.items():
            places, mixes = zip(*found, strict=True)
            inputs = [[int(c.input_length) for c in mix.classes] for mix in mixes]
            weights = [_weights(mix) for mix in mixes]
            yield Batch(np.array(places), list(lengths), inputs, weights)

    @cached_property
    def _workloads(self) -> list[Workload | None]:
        return [self._read(row) for row in range(self.first, self.count)]

    def _read(self, row: int) -> Workload | None:
        try:
            return self.cell(row).mix
        except StabkitError:
            return None


def _weights(mix: Workload) -> list[int]:
    """Return the shares times their common denominator."""
    scale = math.lcm(*(c.share.denominator for c in mix.classes))
    return [int(c.share * scale) for c in mix.classes]


def _longest(word: str) -> int:
    """Return the decode length of a class, or the longest of a packaged mix; 1 of what is none."""
    if ":" not in word:
        return _longest_of(word)
    length = word.split(":")[1]
    return max(int(length), 1) if length.isdecimal() and len(length) < 20 else 1


@lru_cache
def _longest_of(name: str) -> int:
    try:
        return max(c.decode_length for c in read_notation([name]).classes)
    except StabkitError:
        return 1


def read_entries(path: str | os.PathLike[str]) -> tuple[MixEntry, ...]:
    """Return the mixes of a file.

    * `path`: in TOML a list ``mixes``; in JSON lines (.jsonl, .ndjson) one entry a line, as
      `read_entry` takes it; in CSV columns ``mix`` and, as wanted, ``name``, ``capacity`` and
      ``policy``. At most 256 MiB.

    Raises InvalidWorkload if it is none of these. Whether an entry is a mix is seen when its row is
    computed.
    """
    file = Path(path)
    text, suffix = read_log(file), file.suffix.lower()
    try:
        if suffix == ".csv":
            given: Any = list(csv.DictReader(text.splitlines(), strict=True))
        elif suffix in (".jsonl", ".ndjson"):
            lines = enumerate(text.splitlines(), start=1)
            given = [read_json(line, number) for number, line in lines if line.strip()]
        else:
            given = read_toml(text).get("mixes")
        return listed_entries(given)
    except csv.Error as failure:
        raise InvalidWorkload(f"{file.name}: must be CSV ({failure}).") from None
    except InvalidWorkload as failure:
        raise InvalidWorkload(f"{file.name}: {failure}") from None


def listed_entries(given: Any) -> tuple[MixEntry, ...]:
    """Return the mixes of a list, at least one."""
    if not is_listed(given) or not given:
        raise InvalidWorkload(f"'mixes' must be a list of mixes, not {shown(given)}.")
    return tuple(read_entry(entry, place) for place, entry in enumerate(given, start=1))


def read_entry(given: Any, place: int) -> MixEntry:
    """Return one mix of a list.

    * `given` (str or mapping): classes ``INPUT:DECODE[:WEIGHT]`` or a packaged name; or a mapping
      with them as ``mix``, or with a list ``class`` as in the file of a mix, and ``name``,
      ``capacity``, ``policy``.
    * `place`: in the list, from 1 on, for the message.

    >>> read_entry({"class": [{"input_length": 5, "decode_length": 3}], "capacity": "1k"}, 1)
    MixEntry(name='', mix='5:3:1', capacity='1k', policy='')
    """
    if isinstance(given, str):
        given = {"mix": given}
    if not isinstance(given, Mapping) or ("mix" in given) == ("class" in given):
        keys = (
            ", ".join(map(shown, given)) if isinstance(given, Mapping) and given else shown(given)
        )
        raise InvalidWorkload(
            f"mix {place} must be text, or have one of 'mix' and 'class', not {keys}."
        )
    for key in given:
        if key not in _KEYS:
            raise InvalidWorkload(
                f"a key of mix {place} must be one of {', '.join(_KEYS)}, not {shown(key)}."
            )
    words = given["mix"] if "mix" in given else _words(given["class"], place)
    texts = [given.get(key) for key in ("name", "capacity", "policy")]
    name, capacity, policy = ("" if text is None else _text(text, place) for text in texts)
    return MixEntry(name, _text(words, place), capacity, policy)


def _text(value: Any, place: int) -> str:
    """Return text that can be written: JSON has halves of characters, and Parquet has none."""
    try:
        return str(value).encode("utf-8", "replace").decode("utf-8")
    except ValueError:  # Python prints integers up to 4300 digits
        raise InvalidWorkload(
            f"a value of mix {place} must have fewer digits, not {shown(value)}."
        ) from None


def _words(classes: Any, place: int) -> str:
    if not is_listed(classes) or not all(isinstance(entry, Mapping) for entry in classes):
        raise InvalidWorkload(f"'class' of mix {place} must be a list of classes.")
    words = []
    for entry in classes:
        if not {*_CLASS[:2]} <= set(entry) <= set(_CLASS):
            raise InvalidWorkload(
                f"a class of mix {place} must have {', '.join(_CLASS[:2])} and, if wanted, weight."
            )
        words.append(":".join(_text(entry.get(key, 1), place) for key in _CLASS))
    return " ".join(words)
