"""A window of times: the requests of a log from one of its own times up to before another.

A time is a number (seconds, milliseconds, nanoseconds: whatever the log counts in) or a date in ISO
8601, to the microsecond. Bounds are of the kind of the log's times. A bound without a zone is in
the zone of the log; one with a zone does not go with a log that has none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from numbers import Rational, Real
from typing import Any

from ...errors import InvalidWorkload, shown

__all__ = ["Window", "window"]

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_LONGEST = 100  # characters


@dataclass
class Window:
    """The times from `since` on and before `until`, and how far those met reach.

    * `since`, `until` (number, datetime or None): None for no bound.
    * `left_out`: how many requests were outside.
    * `earliest`, `latest` (number, datetime or None): of all times met.
    * `column`: where the time of a request is; None to recognise it.
    """

    since: Any
    until: Any
    column: str | None = None
    left_out: int = 0
    earliest: Any = None
    latest: Any = None

    def admits(self, value: Any, where: str) -> bool:
        """Return whether a time is inside; `where` tells its place in an error message.

        Raises InvalidWorkload if it is no time, or of another kind than the bounds or the times
        before it.

        >>> noon = window("2024-05-12 12:00", None)
        >>> noon.admits("2024-05-12T11:59:59.9999999Z", "line 2")
        False
        >>> noon.admits("2024-05-12 12:00:00.000000+00:00", "line 3")
        True
        """
        time = _instant(value)
        if time is None:
            raise InvalidWorkload(
                f"{where}: the time must be a number or a date in ISO 8601, not {shown(value)}."
            )
        try:
            return self._inside([time])[0]
        except TypeError:
            raise InvalidWorkload(
                f"{where}: the time {shown(str(value))} must be of one kind with the bounds "
                "and the times before it: numbers, or dates with or without a zone."
            ) from None

    def admitted(self, texts: Sequence[str]) -> list[bool]:
        """Return `admits` of many times of one kind, at the speed that a long log asks for.

        Raises InvalidWorkload if one is no such time: `admits` tells which.
        """
        read = datetime.fromisoformat if isinstance(_instant(texts[0]), datetime) else _read
        try:
            return self._inside([read(text) for text in texts])
        except (TypeError, ValueError):
            raise InvalidWorkload("a time is of another kind than the first.") from None

    def _inside(self, times: Sequence[Any]) -> list[bool]:
        met = (*times, self.earliest, self.latest) if self.latest is not None else times
        if self.latest is None:
            self.since, self.until = (
                _in_zone_of(times[0], end) for end in (self.since, self.until)
            )
        since, until = self.since, self.until
        inside = [
            (since is None or time >= since) and (until is None or time < until) for time in times
        ]
        self.earliest, self.latest = min(met), max(met)
        self.left_out += inside.count(False)
        return inside

    def __str__(self) -> str:
        """Return the words that tell the window apart in the name of a workload."""
        bounds = (("from", self.since), ("to", self.until))
        return " ".join(f"{word} {bound}" for word, bound in bounds if bound is not None)


def window(since: Any, until: Any, column: str | None = None) -> Window | None:
    """Return the window between two bounds, None where there is neither.

    Raises InvalidWorkload if a bound is no time, or the window is empty.
    """
    if since is None and until is None:
        if column is not None:
            raise InvalidWorkload("'since' or 'until' must be given with a time column.")
        return None
    first, last = _bound(since, "'since'"), _bound(until, "'until'")
    try:
        empty = first is not None and last is not None and not first < last
    except TypeError:
        empty = True
    if empty:
        raise InvalidWorkload(
            f"'since' and 'until' must be an earlier and a later time, not {shown(str(since))} and "
            f"{shown(str(until))}."
        )
    return Window(first, last, column)


def _bound(value: Any, name: str) -> Any:
    time = None if value is None else _instant(value)
    if time is None and value is not None:
        raise InvalidWorkload(f"{name} must be a number or a date in ISO 8601, not {shown(value)}.")
    return time


def _instant(value: Any) -> Any:
    """Return the number or the date that a value denotes, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return _read(value.strip())
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    comparable = isinstance(value, (datetime, Decimal, Rational, Real))
    return value if comparable and value == value else None  # not NaN


def _read(text: str) -> Any:
    if len(text) > _LONGEST:
        return None
    if _NUMBER.fullmatch(text):
        return Decimal(text)
    try:
        return datetime.fromisoformat(text.removesuffix(" UTC") + "Z" * text.endswith(" UTC"))
    except ValueError:
        return None


def _in_zone_of(time: Any, bound: Any) -> Any:
    if isinstance(bound, datetime) and isinstance(time, datetime) and bound.tzinfo is None:
        return bound.replace(tzinfo=time.tzinfo)
    return bound
