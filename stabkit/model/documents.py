"""TOML and JSON text, read strictly: exact numbers, no duplicate keys, one-line complaints.

A row of a trace has fields that nobody reads, so that a value there may be what it likes: of what
is wrong with it `read_json_row` makes a value of its own, `Unreadable`, for whoever reads it.

Decimal literals become `Decimal`, so that 0.1 is 1/10. Whatever is wrong with the text (syntax, a
key given twice, NaN, an integer of a million digits, a thousand nested lists) is `InvalidWorkload`,
with the line where it is known.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ..errors import InvalidWorkload, shown

__all__ = ["Unreadable", "read_json", "read_json_row", "read_toml"]

_LONGEST_NUMBER = 1000
# tomllib needs time quadratic in the parts of a dotted key: 16,000 take seconds.
_MOST_KEY_PARTS = 50


def read_toml(text: str) -> dict[str, Any]:
    """Return the table that the TOML `text` describes.

    >>> read_toml("capacity = 0.1")
    {'capacity': Decimal('0.1')}
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if any(piece.count(".") > _MOST_KEY_PARTS for piece in line.split("=")):
            raise InvalidWorkload(f"line {number}: keys must have at most 50 parts.")
    table: dict[str, Any] = _guarded(lambda: tomllib.loads(text, parse_float=_decimal), "TOML")
    return table


def read_json(text: str, line: int | None = None) -> Any:
    """Return the value that the JSON `text` describes, a whole file or its line of that number.

    >>> read_json('{"capacity": 0.1}')
    {'capacity': Decimal('0.1')}
    """
    return _guarded(lambda: _STRICT.decode(text), "JSON", line)


@dataclass(frozen=True)
class Unreadable:
    """What stands for a value that cannot be read: its text is the complaint."""

    complaint: str

    def __str__(self) -> str:
        return self.complaint


def read_json_row(text: str, line: int | None = None) -> Any:
    """Return the value that a JSON log describes, or one line of it.

    * `text`: one JSON value.
    * `line`: the number of the line, for the error message.

    >>> read_json_row('{"tokens": 3, "latency": NaN, "id": 1, "id": 2}', 7)["tokens"]
    3
    """
    return _guarded(lambda: _LENIENT.decode(text), "JSON", line)


def _guarded(parse: Callable[[], Any], syntax: str, line: int | None = None) -> Any:
    """Return what `parse` returns; whatever it raises becomes `InvalidWorkload`."""
    where = "" if line is None else f"line {line}: "
    try:
        return parse()
    except InvalidWorkload as error:
        raise InvalidWorkload(f"{where}{error}") from None
    except RecursionError:
        raise InvalidWorkload(f"{where}must not be nested as deeply as this.") from None
    except json.JSONDecodeError as error:
        where = where or f"line {error.lineno}: "
        raise InvalidWorkload(f"{where}must be JSON ({_one_line(error.msg)}).") from None
    except ValueError as error:  # tomllib's own, which ends in the line, or an integer too long
        raise InvalidWorkload(f"{where}must be {syntax} ({_one_line(str(error))}).") from None


def _one_line(message: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in message[:200])


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise InvalidWorkload(f"numbers must be finite, not {shown(text)}.") from None


def _integer(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise InvalidWorkload(f"numbers must have at most 1000 digits, not {len(text)}.")
    return int(text)


def _refuse_constant(text: str) -> Any:
    raise InvalidWorkload(f"numbers must be finite, not {text}.")


def _refuse_twice(name: str) -> Any:
    raise InvalidWorkload(f"keys must be given once, not {shown(name)} twice.")


def _or_unreadable(read: Callable[[str], Any]) -> Callable[[str], Any]:
    def lenient(text: str) -> Any:
        try:
            return read(text)
        except InvalidWorkload as error:
            return Unreadable(str(error))

    return lenient


def _decoder(tolerant: bool) -> json.JSONDecoder:
    decimal, integer, constant, twice = (
        _or_unreadable(read) if tolerant else read
        for read in (_decimal, _integer, _refuse_constant, _refuse_twice)
    )

    def record(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            made |= {name: twice(name) for name in made if names.count(name) > 1}
        return made

    return json.JSONDecoder(
        parse_float=decimal, parse_int=integer, parse_constant=constant, object_pairs_hook=record
    )


_STRICT, _LENIENT = _decoder(tolerant=False), _decoder(tolerant=True)
