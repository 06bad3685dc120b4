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
from itertools import groupby, product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InvalidWorkload, shown
from ..model.numbers import rational_text, read_capacity
from ..model.request_classes import read_classes
from ..model.workload import Workload
from .axes import AxisValue, Joint
from .cells import GREEDY_NAME, Batch, Cell

__all__ = ["LARGEST_GRID", "REST", "ClassEntry", "Grid"]

REST = "rest"
LARGEST_GRID = 10**10
_LARGEST = 2**53  # integers that doubles tell apart
_LARGEST_INT64 = 2**63 - 1
Numbers = NDArray[np.int64]


class ClassEntry(NamedTuple):
    """A class of a grid: numbers, names of axes, or ``"rest"`` in the place of a weight."""

    input_length: AxisValue
    decode_length: AxisValue
    weight: AxisValue


@dataclass(frozen=True)
class Grid:
    """Mixes on a grid, none of which is made before it is asked for.

    * `joints`: those of decode lengths first.
    * `capacity`, `policy`: a value, or the name of an axis.
    * `line`: the axis of inputs that is partitioned, not stepped through: its one value is 0.
    """

    classes: tuple[ClassEntry, ...]
    joints: tuple[Joint, ...]
    capacity: AxisValue | None = None
    policy: str = GREEDY_NAME
    line: str | None = None

    def checked(self) -> Grid:
        """Return the grid in the order of its rows, its values checked where they are used.

        Raises InvalidWorkload if a name is no axis, an axis is not used, or a value is outside of
        its domain.
        """
        at_zero = ((Fraction(0),),)
        joints = [j._replace(rows=at_zero) if j.names == (self.line,) else j for j in self.joints]
        grid = replace(self, joints=tuple(sorted(joints, key=self._turns_inside)))
        if grid.count > LARGEST_GRID:
            raise InvalidWorkload(f"a grid must have at most 10^10 rows, not {shown(grid.count)}.")
        grid._check()
        return grid

    @property
    def count(self) -> int:
        """The number of mixes, or of lines."""
        return math.prod(len(joint.rows) for joint in self.joints)

    @property
    def has_policies(self) -> bool:
        """Whether there is another policy than greedy."""
        return self.policy != GREEDY_NAME

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield how many rows follow each other with the same longest decode length."""
        lengths = [entry.decode_length for entry in self.classes]
        fixed = [n for n in lengths if not isinstance(n, str)]
        turning = [
            [
                max(n for name, n in zip(j.names, row, strict=True) if name in lengths)
                for row in j.rows
            ]
            for j in self.joints
            if not self._turns_inside(j)
        ]
        for longest, run in groupby(max(*fixed, *values, 0) for values in product(*turning)):
            yield self._inner * sum(1 for _ in run), int(longest)

    def part(self, start: int, stop: int) -> Grid:
        """Return what is needed for those rows: the grid itself, without what it has tabulated."""
        return replace(self)

    def cell(self, row: int) -> Cell:
        """Return the mix of one row, exactly, and its policy."""
        at = self._at(row)
        classes = [[at.get(value, value) for value in entry] for entry in self.classes]
        rest = 1 - sum(entry[2] for entry in classes if entry[2] != REST)
        classes = [[s, n, rest if w == REST else w] for s, n, w in classes]
        mix = Workload.from_classes(classes, at.get(self.capacity, self.capacity))
        along: Any = "common"
        if self.line is not None:
            slopes = [int(entry.input_length == self.line) for entry in self.classes]
            along = [(slope, entry[0]) for slope, entry in zip(slopes, classes, strict=True)]
        return Cell(mix, at.get(self.policy, self.policy), along)

    def coordinates(self, start: int, stop: int) -> dict[str, Any]:
        """Return the axes as columns: whole numbers, or doubles next to the exact values."""
        steps = self._steps(np.arange(start, stop))
        return {name: self._columns[name][i] for name, i in steps.items() if name != self.line}

    def batches(self, start: int, stop: int) -> Iterator[Batch]:
        """Yield mixes of the same decode lengths in arrays, where all inputs are integers."""
        inputs = [value for e in self.classes for value in self._values(e.input_length)]
        if any(value.denominator > 1 for value in inputs):
            return
        for first in range(start - start % self._inner, stop, self._inner):
            rows = np.arange(max(first, start), min(first + self._inner, stop))
            batch = self._batch(rows, self._steps(rows), self._at(first))
            if len(batch.rows):
                yield batch._replace(rows=batch.rows - start)

    def _batch(self, rows: Numbers, steps: dict[str, Numbers], at: Mapping[Any, Any]) -> Batch:
        """Return the mixes of rows of the same decode lengths, without those that are refused."""

        def taken(entry: Any, scale: int = 1) -> NDArray[Any]:
            numbers = _whole([int(value * scale) for value in self._values(entry)])
            return numbers[steps.get(entry, np.zeros_like(rows))]

        lengths = [int(at.get(e.decode_length, e.decode_length)) for e in self.classes]
        inputs = np.stack([taken(e.input_length) for e in self.classes], axis=1)
        d = self._denominator
        known = {i: taken(e.weight, d) for i, e in enumerate(self.classes) if e.weight != REST}
        rest = _whole([d]) - sum(known.values(), start=np.zeros_like(rows))
        weights = np.stack([known.get(i, rest) for i in range(len(self.classes))], axis=1)
        if self.capacity is None:
            return Batch(rows, lengths, inputs, weights)
        holds = np.all(inputs + np.array(lengths) <= taken(self.capacity)[:, None], axis=1)
        return Batch(rows[holds], lengths, inputs[holds], weights[holds])

    @cached_property
    def _inner(self) -> int:
        """How many rows have the same decode lengths."""
        return math.prod(len(j.rows) for j in self.joints if self._turns_inside(j))

    def _turns_inside(self, joint: Joint) -> bool:
        """Whether it turns while the decode lengths stay."""
        return {entry.decode_length for entry in self.classes}.isdisjoint(joint.names)

    @cached_property
    def _tables(self) -> dict[str, tuple[AxisValue, ...]]:
        """The values of every axis, one for each step of its joint."""
        return {
            name: values
            for joint in self.joints
            for name, values in zip(joint.names, zip(*joint.rows, strict=True), strict=True)
        }

    @cached_property
    def _columns(self) -> dict[str, NDArray[Any]]:
        return {name: _column(values) for name, values in self._tables.items()}

    @cached_property
    def _denominator(self) -> int:
        """The common one of all weights."""
        weights = [e.weight for e in self.classes if e.weight != REST]
        return math.lcm(*(value.denominator for w in weights for value in self._values(w)))

    def _values(self, entry: Any) -> tuple[Any, ...]:
        """Return every value of an entry."""
        return self._tables.get(entry, (entry,))

    def _at(self, row: int) -> dict[Any, Any]:
        """Return the values of all axes at a row."""
        at: dict[Any, Any] = {}
        for joint in reversed(self.joints):
            row, step = divmod(row, len(joint.rows))
            at.update(zip(joint.names, joint.rows[step], strict=True))
        return at

    def _steps(self, rows: Numbers) -> dict[str, Numbers]:
        """Return at which step each axis is in those rows."""
        shape = [len(joint.rows) for joint in self.joints]
        steps = np.unravel_index(rows, shape) if shape else ()
        pairs = zip(self.joints, steps, strict=True)
        return {name: step for joint, step in pairs for name in joint.names}

    def _check(self) -> None:
        used: set[AxisValue | None] = {self.capacity, self.policy, self.line}
        for number, entry in enumerate(self.classes, start=1):
            used.update(entry)
            self._check_class(entry, number)
        if [entry.weight for entry in self.classes].count(REST) > 1:
            raise InvalidWorkload("'weight' must be \"rest\" of one class, not of several.")
        self._check_rest()
        if self.capacity is not None:
            for value in self._numbers(self.capacity, "'capacity'"):
                read_capacity(value)
        for name in sorted(self._tables):
            if name not in used:
                raise InvalidWorkload(f"an axis must be used, and {shown(name)} is not.")

    def _check_class(self, entry: ClassEntry, number: int) -> None:
        """Refuse values that are none of a class, as `Workload.from_classes` does, by extremes."""
        for place, (key, value) in enumerate(zip(entry._fields, entry, strict=True)):
            if (key, value) == ("weight", REST):
                continue
            values = self._numbers(value, f"'{key}' of class {number}")
            for extreme in (min(values), max(values), max(values, key=lambda v: v.denominator)):
                one = [Fraction(0), Fraction(1), Fraction(1)]
                one[place] = extreme
                read_classes([(0, 1)] * (number - 1) + [one])

    def _numbers(self, entry: AxisValue, what: str) -> tuple[Fraction, ...]:
        """Return every value of an entry, which must be numbers."""
        if isinstance(entry, str) and entry not in self._tables:
            names = ", ".join(sorted(self._tables)) or "there is none"
            raise InvalidWorkload(
                f"{what} must be a number or the name of an axis ({names}), not {shown(entry)}."
            )
        for value in self._values(entry):
            if isinstance(value, str):
                raise InvalidWorkload(f"{what} must be a number, not {shown(value)}.")
        return self._values(entry)

    def _check_rest(self) -> None:
        """Refuse shares that leave no rest: joints turn by themselves, so the largest ones meet."""
        entries = [entry.weight for entry in self.classes]
        if REST not in entries:
            return
        most = sum((e for e in entries if isinstance(e, Fraction)), Fraction(0))
        for joint in self.joints:
            places = [joint.names.index(e) for e in entries if e in joint.names]
            most += max(sum((Fraction(row[i]) for i in places), Fraction(0)) for row in joint.rows)
        if most >= 1:
            raise InvalidWorkload(
                f'weights beside "rest" must sum to less than 1, not to {rational_text(most)}.'
            )


def _whole(numbers: Sequence[int]) -> NDArray[Any]:
    """Return integers as an array, of Python's own where they are too long for numpy's."""
    return np.array(numbers, dtype=np.int64 if max(numbers) <= _LARGEST_INT64 else object)


def _column(values: Sequence[AxisValue]) -> NDArray[Any]:
    """Return an axis as a column of integers, doubles or text."""
    if any(isinstance(value, str) for value in values):
        return np.array([str(value) for value in values], dtype=object)
    numbers = [Fraction(value) for value in values]
    if all(n.denominator == 1 and abs(n) < _LARGEST for n in numbers):
        return np.array([int(n) for n in numbers])
    return np.array([_double(n) for n in numbers])


def _double(number: Fraction) -> float:
    try:
        return float(number)
    except OverflowError:  # weights, which are positive, may be as large as 10^1000
        return math.inf
