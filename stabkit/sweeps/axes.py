"""Axes: what the numbers of a grid range over, one by one or several of them together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, NamedTuple, TypeAlias

from ..errors import InvalidWorkload, shown
from ..model.numbers import exact_integer, exact_rational, is_listed, rational_text, without_unit

__all__ = ["AxisValue", "AxisValues", "Joint", "joints", "read_axis", "read_value", "value_text"]

AxisValue: TypeAlias = Fraction | str
_MOST_VALUES = 1_000_000
_RANGE = ("from", "to", "step", "count")


class AxisValues(NamedTuple):
    """The values of an axis, in order, and how a plan writes them, in JSON types."""

    values: tuple[AxisValue, ...]
    given: Any


class Joint(NamedTuple):
    """Axes that advance together, or one by itself: names, and a row of values for each step."""

    names: tuple[str, ...]
    rows: tuple[tuple[AxisValue, ...], ...]


def read_axis(name: str, given: Any) -> AxisValues:
    """Return the axis that a plan describes.

    * `given` (list or mapping): values: numbers in any form of an exact rational, or texts that are
      none. Or a range: ``from`` and ``to``, both included, and ``step``, by default 1, or
      ``count``, at least 2.

    Raises InvalidWorkload if it is none of these, falls, is empty, or longer than a million values.

    >>> [str(value) for value in read_axis("p", {"from": 0, "to": 1, "count": 4}).values]
    ['0', '1/3', '2/3', '1']
    >>> [str(value) for value in read_axis("s", {"from": 5, "to": 10, "step": 2}).values]
    ['5', '7', '9']
    """
    what = f"axis {shown(name)}"
    if not (isinstance(name, str) and name.isascii() and name.isidentifier() and name[0] != "_"):
        raise InvalidWorkload(f"the name of {what} must be a word such as s or l1.")
    if isinstance(given, Mapping):
        axis = _range(given, what)
    elif is_listed(given):
        values = tuple(read_value(value, f"a value of {what}") for value in given)
        axis = AxisValues(values, [value_text(value) for value in values])
    else:
        raise InvalidWorkload(f"{what} must be a list or a range, not {shown(given)}.")
    _check_count(len(axis.values), what)
    return axis


def _check_count(count: int, what: str, least: int = 1) -> None:
    if not least <= count <= _MOST_VALUES:
        must = f"{least} to {_MOST_VALUES} values"
        raise InvalidWorkload(f"{what} must have {must}, not {shown(count)}.")


def read_value(value: Any, what: str) -> AxisValue:
    """Return a number exactly; or a text that begins like a name as it is."""
    if isinstance(value, str) and value[:1].isalpha():
        return value
    return exact_rational(without_unit(value), what)


def value_text(value: AxisValue) -> str:
    """Return what `read_value` reads."""
    return value if isinstance(value, str) else rational_text(value)


def _range(given: Mapping[str, Any], what: str) -> AxisValues:
    for key in given:
        if key not in _RANGE:
            raise InvalidWorkload(f"a key of {what} must be from, to, step or count, not {key}.")
    if not {"from", "to"} <= set(given) or {"step", "count"} <= set(given):
        raise InvalidWorkload(f"{what} must have from, to, and one of step and count at most.")
    low, high, step = (
        exact_rational(without_unit(given.get(key, 1)), f"'{key}' of {what}")
        for key in ("from", "to", "step")
    )
    spelled: dict[str, Any] = {"from": rational_text(low), "to": rational_text(high)}
    if step <= 0:
        raise InvalidWorkload(f"'step' of {what} must be positive, not {shown(step)}.")
    if low > high:
        first, last = shown(low), shown(high)
        raise InvalidWorkload(
            f"{what} must rise, as from {last} to {first}, not {first} to {last}."
        )
    if "count" in given:
        spelled["count"] = count = exact_integer(given["count"], f"'count' of {what}")
        _check_count(count, what, 2)
        step = (high - low) / (count - 1)
    else:
        spelled["step"] = rational_text(step)
        count = math.floor((high - low) / step) + 1
        _check_count(count, what)
    return AxisValues(tuple(low + k * step for k in range(count)), spelled)


def joints(
    axes: Mapping[str, AxisValues], zipped: Sequence[Sequence[str]], increasing: Sequence[str]
) -> tuple[Joint, ...]:
    """Return the axes in groups that advance together, in the order of their first axes.

    * `zipped`: names of axes of one length, whose values go in pairs, triples and so on.
    * `increasing`: names of axes of which only rising values are taken, as of decode lengths in any
      order.

    Raises InvalidWorkload if a name is unknown or in two groups, or axes that are zipped differ in
    length.

    >>> axes = {name: read_axis(name, [1, 2, 3]) for name in ("a", "b")}
    >>> [[int(x) for x in row] for row in joints(axes, (), ["a", "b"])[0].rows]
    [[1, 2], [1, 3], [2, 3]]
    """
    groups = [(tuple(names), _zipped) for names in zipped]
    groups += [(tuple(increasing), _increasing)] if increasing else []
    together = [name for names, _ in groups for name in names]
    for name in together if all(names for names, _ in groups) else [""]:
        if name not in axes or together.count(name) > 1:
            raise InvalidWorkload(
                f"'zip' and 'increasing' must name axes, each once, not {shown(name)}."
            )
    groups += [((name,), _zipped) for name in axes if name not in together]
    order = list(axes)
    groups.sort(key=lambda group: min(map(order.index, group[0])))
    return tuple(
        Joint(names, rows({name: axes[name].values for name in names})) for names, rows in groups
    )


def _zipped(axes: Mapping[str, tuple[AxisValue, ...]]) -> tuple[tuple[AxisValue, ...], ...]:
    if len(set(map(len, axes.values()))) > 1:
        sizes = ", ".join(f"{name}: {len(values)}" for name, values in axes.items())
        raise InvalidWorkload(f"axes that are zipped must have as many values each, not {sizes}.")
    return tuple(zip(*axes.values(), strict=True))


def _increasing(axes: Mapping[str, tuple[AxisValue, ...]]) -> tuple[tuple[AxisValue, ...], ...]:
    if any(isinstance(value, str) for values in axes.values() for value in values):
        raise InvalidWorkload("axes that are increasing must have numbers, not texts.")
    if math.prod(map(len, axes.values())) > _MOST_VALUES:
        raise InvalidWorkload(f"axes that are increasing must make {_MOST_VALUES} rows at most.")
    every: Any = product(*axes.values())
    rows = tuple(row for row in every if all(a < b for a, b in pairwise(row)))
    if not rows:
        raise InvalidWorkload("axes that are increasing must have rising values, and have none.")
    return rows
