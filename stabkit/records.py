"""What all results have in common: a repr of a line or two, and what a notebook shows of them.

A result is a frozen dataclass of numbers, some of them thousands: its repr names its fields and
gives the values that are short. What it means is told by `stabkit.text` and `stabkit.figure`; a
notebook asks for it by `_repr_html_`, and gets `stabkit.html`. A record knows no writer: it asks at
the front door of the package, which finds one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import Field, fields
from decimal import Decimal
from fractions import Fraction
from numbers import Complex, Number, Real
from typing import Any, ClassVar, Protocol, TypeAlias, TypeVar

from .errors import InvalidArgument, shown

__all__ = ["Dataclass", "Record", "RecordList", "RecordTuple", "Result", "Series", "Shown"]

R = TypeVar("R")
_LONGEST_VALUE = 40
_LARGEST_DENOMINATOR = 10**6
_LONGEST = 240
_FEW = 3


class Dataclass(Protocol):
    """Any dataclass: a record of stabkit, or of a distribution that adds a writer for it."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


Result: TypeAlias = Dataclass | Sequence[Dataclass]  # what may have a text, JSON or a figure


class Shown:
    """What shows itself in a notebook, where it has a text or a figure."""

    __slots__ = ()

    def _repr_html_(self) -> str | None:
        import stabkit

        try:
            return stabkit.html(self)  # type: ignore[arg-type]
        except InvalidArgument:  # no result, such as a list of things
            return None


class Record(Shown):
    """Base of the records: dataclasses with ``repr=False``.

    Arrays that it holds, in tuples and dicts too, cannot be written to, nor can those of a copy.

    >>> from dataclasses import dataclass
    >>> @dataclass(repr=False)
    ... class Run(Record):
    ...     steps: int
    ...     memory: list[float]
    >>> Run(1000, [0.5] * 1000)
    Run(steps=1000, memory=<1000>)
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        getattr(super(), "__post_init__", tuple)()  # of a base beside it, such as a policy's
        held = getattr(self, "__dict__", {})  # a record of slots has none
        held |= {name: one.view() for name, one in held.items() if hasattr(one, "setflags")}
        _close(held.values())  # and the caller's own arrays stay open

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        _close(state.values())  # numpy's copies can be written to

    def __repr__(self) -> str:
        parts = list[str]()
        for name, value in self.shown_fields():
            if sum(map(len, parts)) > _LONGEST:
                parts.append("...")
                break
            parts.append(f"{name}={value}")
        return f"{type(self).__name__}({', '.join(parts)})"

    def shown_fields(self) -> Iterator[tuple[str, str]]:
        """Yield each field that is shown: its name and its value in short."""
        for field in fields(self):  # type: ignore[arg-type]
            if field.repr:
                yield field.name, _brief(getattr(self, field.name))


class Series(Record):
    """A record that is a table: iterating gives its rows, each a dict by column.

    So ``pandas.DataFrame(series)`` and ``polars.DataFrame(list(series))`` read it; of very long
    ones ``pandas.DataFrame(series.columns())`` is the fast way. Arrays have no one answer to
    ``==``, so that a series of them equals itself alone.

    >>> from dataclasses import dataclass
    >>> @dataclass(eq=False, repr=False)
    ... class Run(Series):
    ...     steps: int
    ...     memory: "numpy.ndarray"
    >>> import numpy
    >>> [row["memory"].item() for row in Run(2, numpy.array([0.5, 1.5]))]
    [0.5, 1.5]
    """

    __slots__ = ()

    def columns(self) -> dict[str, Any]:
        """Return the columns by name, all of one length."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {name: value for name, value in values.items() if getattr(value, "ndim", 0) == 1}

    def __iter__(self) -> Iterator[dict[str, Any]]:
        columns = self.columns()
        return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))


class _Many(Shown):
    """A sequence of records: beyond a few, its repr gives the first and their number."""

    __slots__ = ()

    def __repr__(self) -> str:
        items: tuple[Any, ...] = tuple(self)  # type: ignore[arg-type]
        opening, closing = "[]" if isinstance(self, list) else "()"
        text = ", ".join(map(repr, items[:_FEW]))
        if len(items) > _FEW or len(text) > _LONGEST:
            text = f"{items[0]!r}, ... {len(items)} in all"
        return f"{opening}{text}{closing}"


class RecordList(_Many, list[R]):
    """A list of records."""


class RecordTuple(_Many, tuple[R, ...]):
    """A tuple of records."""

    __slots__ = ()


def _close(values: Iterable[Any]) -> None:
    """Let nobody write to the arrays among some values, and in their lists, tuples and dicts."""
    for value in values:
        if isinstance(value, (list, tuple)):
            _close(value)
        elif isinstance(value, dict):
            _close(value.values())
        elif hasattr(value, "setflags"):
            value.setflags(write=False)


def _brief(value: Any) -> str:
    """Return a value as a record shows it: whole if it is short, else what and how many it is."""
    if value is None or isinstance(value, (str, bool)):
        return shown(value, _LONGEST_VALUE)
    if isinstance(value, Number):
        return _number(value)
    if isinstance(value, Sized) and not isinstance(value, Record):
        return _counted(value)
    return f"{type(value).__name__}({_name(value)})"


def _number(value: Any) -> str:
    """Return a number, to six digits if it is complex or a long fraction."""
    if isinstance(value, Fraction) and value.denominator > 1:
        rounded = Decimal(value.numerator) / Decimal(value.denominator)
        return str(value) if value.denominator < _LARGEST_DENOMINATOR else f"{rounded:.6g}"
    if isinstance(value, Complex) and not isinstance(value, Real):
        return f"{complex(value):.6g}"
    return shown(value, _LONGEST_VALUE)


def _counted(values: Any) -> str:
    """Return a few plain items whole; the shape of an array, the number of items otherwise."""
    if hasattr(values, "shape"):
        return f"<{' x '.join(map(str, values.shape))}>"
    if isinstance(values, (list, tuple)) and all(isinstance(v, (Number, str)) for v in values):
        text = ", ".join(map(_brief, values[: _FEW + 1]))
        if len(values) <= _FEW and len(text) < _LONGEST_VALUE:
            return f"({text})"
    return f"<{len(values)}>"


def _name(value: Any) -> str:
    name = getattr(value, "name", None)
    return shown(name, _LONGEST_VALUE) if isinstance(name, str) else "..."
