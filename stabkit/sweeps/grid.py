"""A grid of mixes: classes in which a number may be the name of an axis.

Rows are numbered from 0, the axes of decode lengths outermost, so that mixes of the same decode
lengths follow each other and are counted together; otherwise the axes turn in the order in which
they are given, the last one fastest.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidWorkload, shown
from ..model.numbers import (
    LARGEST_DECODE_LENGTH,
    LARGEST_INPUT_LENGTH,
    rational_text,
    read_capacity,
)
from ..model.workload import Workload
from .axes import Joint, Value
from .cells import GREEDY, Batch, Block, Cell

__all__ = ["LARGEST_GRID", "REST", "ClassEntry", "Grid"]

REST = "rest"
LARGEST_GRID = 10**10
_LARGEST = 2**53  # integers that doubles tell apart
Indices = dict[str, NDArray[np.int64]]
Entry = Fraction | str


class ClassEntry(NamedTuple):
    """A class of a grid: numbers, names of axes, or ``"rest"`` in the place of a weight."""

    input_length: Entry
    decode_length: Entry
    weight: Entry


@dataclass(frozen=True)
class Grid:
    """Mixes on a grid, none of which is made before it is asked for.

    Attributes
    ----------
    classes : tuple of ClassEntry
    joints : tuple of Joint
        Those of decode lengths first.
    capacity, policy : Fraction, str or None
        A value, or the name of an axis.
    line : str or None
        The axis of inputs that is left out, because it is partitioned and not stepped through.
    """

    classes: tuple[ClassEntry, ...]
    joints: tuple[Joint, ...]
    capacity: Entry | None = None
    policy: str = GREEDY
    line: str | None = None

    @classmethod
    def of(
        cls,
        classes: Sequence[ClassEntry],
        joints: Sequence[Joint],
        capacity: Entry | None,
        policy: str,
        line: str | None,
    ) -> Grid:
        """Return the grid, its values checked where they are used.

        Raises
        ------
        InvalidWorkload
            If a name is no axis, an axis is not used, or a value is outside of its domain.
        """
        lengths = {entry.decode_length for entry in classes}
        stepped = [joint for joint in joints if joint.names != (line,)]
        stepped.sort(key=lambda joint: lengths.isdisjoint(joint.names))
        grid = cls(tuple(classes), tuple(stepped), capacity, policy, line)
        if grid.count > LARGEST_GRID:
            raise InvalidWorkload(f"a grid must have at most 10^10 rows, not {shown(grid.count)}.")
        grid._check({name for joint in joints for name in joint.names})
        return grid

    @property
    def count(self) -> int:
        """The number of mixes, or of lines."""
        return math.prod(len(joint.rows) for joint in self.joints)

    @property
    def has_policies(self) -> bool:
        """Whether there is another policy than greedy."""
        return self.policy != GREEDY

    def blocks(self) -> Iterator[Block]:
        """Yield how many rows follow each other with the same decode lengths."""
        for outer in range(self.count // self._inner):
            yield Block(self._inner, int(max(self._row_of(outer * self._inner)[0])))

    def part(self, start: int, stop: int) -> Grid:
        """Return what is needed for those rows: the grid itself, without what it has tabulated."""
        return replace(self)

    def cell(self, row: int) -> Cell:
        """Return the mix of one row, exactly, and its policy.

        Raises
        ------
        InvalidWorkload
            If its capacity does not hold every request.
        """
        lengths, at = self._row_of(row)
        weights = self._weights(at)
        inputs = [self._valued(entry.input_length, at) for entry in self.classes]
        capacity = None if self.capacity is None else self._valued(self.capacity, at)
        mix = Workload.from_classes(list(zip(inputs, lengths, weights, strict=True)), capacity)
        slopes = [int(entry.input_length == self.line) for entry in self.classes]
        along = "common" if self.line is None else list(zip(slopes, inputs, strict=True))
        return Cell(mix, str(at.get(self.policy, self.policy)), along)

    def coordinates(self, start: int, stop: int) -> dict[str, Any]:
        """Return the axes as columns: whole numbers, or doubles next to the exact values."""
        indices = self._indices(start, stop)
        return {name: self._columns[name][i] for name, i in indices.items()}

    def batches(self, start: int, stop: int) -> Iterator[Batch]:
        """Yield mixes of the same decode lengths in arrays, where all inputs are integers."""
        if not self._integral:
            return
        for first in range(start - start % self._inner, stop, self._inner):
            low, high = max(first, start), min(first + self._inner, stop)
            lengths = [int(n) for n in self._row_of(low)[0]]
            indices = self._indices(low, high)
            columns = [self._scaled(e.input_length, indices, 1, high - low) for e in self.classes]
            inputs = np.stack(columns, axis=1)
            yield Batch(slice(low - start, high - start), lengths, inputs, self._shares(indices))

    @cached_property
    def _inner(self) -> int:
        """How many rows have the same decode lengths."""
        lengths = {entry.decode_length for entry in self.classes}
        return math.prod(len(j.rows) for j in self.joints if lengths.isdisjoint(j.names))

    @cached_property
    def _values(self) -> dict[str, tuple[Value, ...]]:
        return {
            name: values
            for joint in self.joints
            for name, values in zip(joint.names, zip(*joint.rows, strict=True), strict=True)
        }

    @cached_property
    def _columns(self) -> dict[str, NDArray[Any]]:
        return {name: _column(values) for name, values in self._values.items()}

    @cached_property
    def _integral(self) -> bool:
        entries = [entry.input_length for entry in self.classes]
        values = [v for entry in entries for v in self._of(entry) if entry != self.line]
        return all(v.denominator == 1 for v in values)

    @cached_property
    def _denominator(self) -> int:
        """The common one of all weights."""
        values = [
            v for entry in self.classes if entry.weight != REST for v in self._of(entry.weight)
        ]
        return math.lcm(*(v.denominator for v in values))

    def _of(self, entry: Entry) -> tuple[Fraction, ...]:
        """Return every value of an entry."""
        values: Any = self._values.get(entry, ()) if isinstance(entry, str) else (entry,)
        return tuple(values)

    def _row_of(self, row: int) -> tuple[list[Fraction], Mapping[str, Value]]:
        """Return the decode lengths and the values of all axes at a row."""
        at: dict[str, Value] = {}
        for joint in reversed(self.joints):
            row, place = divmod(row, len(joint.rows))
            at.update(zip(joint.names, joint.rows[place], strict=True))
        return [self._valued(entry.decode_length, at) for entry in self.classes], at

    def _valued(self, entry: Entry, at: Mapping[str, Value]) -> Fraction:
        if entry == self.line:
            return Fraction(0)
        value: Any = at[entry] if isinstance(entry, str) else entry
        return Fraction(value)

    def _weights(self, at: Mapping[str, Value]) -> list[Fraction]:
        entries = [entry.weight for entry in self.classes]
        known = [self._valued(entry, at) for entry in entries if entry != REST]
        return [1 - sum(known, Fraction(0)) if e == REST else self._valued(e, at) for e in entries]

    def _indices(self, start: int, stop: int) -> Indices:
        shape = [len(joint.rows) for joint in self.joints]
        places = np.unravel_index(np.arange(start, stop), shape) if shape else ()
        return {
            name: place
            for joint, place in zip(self.joints, places, strict=True)
            for name in joint.names
        }

    def _scaled(self, entry: Entry, indices: Indices, scale: int, rows: int) -> NDArray[Any]:
        """Return the values of an entry times `scale`, integers, for all rows."""
        if isinstance(entry, str):
            whole = np.array([int(value * scale) for value in self._of(entry)])
            return whole[indices[entry]]
        return np.full(rows, int(entry * scale))

    def _shares(self, indices: Indices) -> NDArray[Any]:
        rows = len(next(iter(indices.values()))) if indices else 1
        d, entries = self._denominator, [entry.weight for entry in self.classes]
        known = {i: self._scaled(e, indices, d, rows) for i, e in enumerate(entries) if e != REST}
        rest = d - sum(known.values(), start=np.zeros(rows, dtype=np.int64))
        return np.stack([known.get(i, rest) for i in range(len(entries))], axis=1)

    def _check(self, axes: set[str]) -> None:
        used: set[Entry | None] = {self.capacity, self.policy, self.line}
        for number, entry in enumerate(self.classes, start=1):
            used.update(entry)
            self._check_class(entry, axes, f"of class {number}")
        if [entry.weight for entry in self.classes].count(REST) > 1:
            raise InvalidWorkload("'weight' must be \"rest\" of one class, not of several.")
        self._check_rest()
        if isinstance(self.capacity, str):
            self._check_values(self.capacity, axes, "'capacity'")
            for value in self._of(self.capacity):
                read_capacity(value)
        for name in sorted(axes):
            if name not in used:
                raise InvalidWorkload(f"an axis must be used, and {shown(name)} is not.")

    def _check_class(self, entry: ClassEntry, axes: set[str], where: str) -> None:
        inputs, lengths, weights = (
            self._check_values(value, axes, f"'{key}' {where}")
            for key, value in zip(entry._fields, entry, strict=True)
        )
        for s in inputs:
            if not 0 <= s <= LARGEST_INPUT_LENGTH:
                _refuse("input_length", where, "between 0 and 10^12 tokens", s)
        for n in lengths:
            if n.denominator != 1 or not 1 <= n <= LARGEST_DECODE_LENGTH:
                _refuse("decode_length", where, "a whole number from 1 to 10^9", n)
        for w in weights:
            if w <= 0:
                _refuse("weight", where, "positive", w)

    def _check_values(self, entry: Entry, axes: set[str], what: str) -> tuple[Fraction, ...]:
        if entry in (REST, self.line):
            return ()
        if isinstance(entry, str) and entry not in axes:
            names = ", ".join(sorted(axes)) or "there is none"
            raise InvalidWorkload(
                f"{what} must be a number or the name of an axis ({names}), not {shown(entry)}."
            )
        values = self._of(entry)
        for value in values:
            if isinstance(value, str):
                raise InvalidWorkload(f"{what} must be a number, not {shown(value)}.")
        return values

    def _check_rest(self) -> None:
        """Refuse shares that leave no rest: joints turn by themselves, so the largest ones meet."""
        entries = [entry.weight for entry in self.classes]
        if REST not in entries:
            return
        fixed = sum((e for e in entries if isinstance(e, Fraction)), Fraction(0))
        for joint in self.joints:
            places = [joint.names.index(e) for e in entries if e in joint.names]
            sums = (sum((Fraction(row[i]) for i in places), Fraction(0)) for row in joint.rows)
            fixed += max(sums)
        if fixed >= 1:
            raise InvalidWorkload(
                f'weights beside "rest" must sum to less than 1, not to {rational_text(fixed)}.'
            )


def _refuse(key: str, where: str, wanted: str, value: Fraction) -> None:
    raise InvalidWorkload(f"'{key}' {where} must be {wanted}, not {shown(rational_text(value))}.")


def _column(values: Sequence[Value]) -> NDArray[Any]:
    """Return an axis as a column of integers, doubles or text."""
    if any(isinstance(value, str) for value in values):
        return np.array([str(value) for value in values], dtype=object)
    numbers = [Fraction(value) for value in values]
    if all(n.denominator == 1 and abs(n) < _LARGEST for n in numbers):
        return np.array([int(n) for n in numbers])
    return np.array([float(n) for n in numbers])
