"""Frozen records to JSON types and back, driven by the records' own annotations.

A field that takes no part in comparisons is left out, and has its default in what is read. An int
is a count, so at least 0. What is read comes from anywhere: text becomes a number only if it has
the form that `encode` gives it, and no number is beyond 10^308, for what shows them needs doubles.
"""

from __future__ import annotations

import math
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from typing import Annotated, Any, TypeAlias, TypeVar

from ..errors import ArgumentTypeError, InvalidArgument, shown

__all__ = ["ExactText", "NonNegative", "Positive", "decode", "encode"]

R = TypeVar("R")
Positive: TypeAlias = Annotated[int, "at least 1"]
NonNegative: TypeAlias = Annotated[float, "at least 0"]
ExactText: TypeAlias = Annotated[str, "of a rational or a decimal number"]

_RATIONAL = r"-?[0-9]+(?:/[1-9][0-9]*)?"
_DECIMAL = r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,4})?"  # 1e999999999, exactly, fills memory
_LARGEST = 10**308


def encode(value: Any) -> Any:
    """Return `value` in JSON types: records as objects, Fraction and Decimal as exact text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: encode(getattr(value, f.name)) for f in fields(value) if f.compare}
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if isinstance(value, (Fraction, Decimal)):
        return str(value)
    return value


def decode(record_type: type[R], record: Any, schema: str) -> R:
    """Return the record of `record_type` that `encode` turned into `record`.

    Raises InvalidArgument if the schema differs, a field is missing, or a value is not of the kind
    that its annotation says. Keys that no field has are passed over: a newer version may have them.
    """
    found = record.get("schema") if isinstance(record, Mapping) else None
    if found != schema:
        kind = InvalidArgument if isinstance(record, Mapping) else ArgumentTypeError
        raise kind(f"'schema' must be {schema!r}, not {shown(found)}.")
    parts = {key: value for key, value in record.items() if key != "schema"}
    result: R = _decode(record_type, parts, record_type.__name__)
    return result


def _decode(annotation: Any, value: Any, where: str) -> Any:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin in (types.UnionType, typing.Union):
        if value is None:
            return None
        (annotation,) = (a for a in arguments if a is not type(None))
        return _decode(annotation, value, where)
    if origin is tuple:
        return _decode_tuple(arguments, value, where)
    if is_dataclass(annotation):
        return _decode_record(annotation, value, where)
    if origin is typing.Literal:
        return _expect(value in arguments, value, where, " or ".join(map(repr, arguments)))
    return _decode_scalar(annotation, value, where)


def _decode_record(annotation: Any, value: Any, where: str) -> Any:
    _expect(isinstance(value, Mapping), value, where, "an object")
    hints = _hints(annotation)
    known = {field.name: field.default for field in fields(annotation) if field.compare}
    parts = {}
    for name, default in known.items():
        if name not in value and default is not MISSING:
            continue  # written before there was such a field
        _expect(name in value, "nothing", f"{where}.{name}", "present")
        parts[name] = _decode(hints[name], value[name], f"{where}.{name}")
    return annotation(**parts)


@cache
def _hints(record_type: Any) -> dict[str, Any]:
    return typing.get_type_hints(record_type, include_extras=True)


def _decode_tuple(arguments: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    _expect(isinstance(value, (list, tuple)), value, where, "a list")
    if arguments[-1] is Ellipsis:
        return tuple(_decode(arguments[0], item, f"{where}[{i}]") for i, item in enumerate(value))
    _expect(len(value) == len(arguments), value, where, f"{len(arguments)} items")
    return tuple(
        _decode(a, item, f"{where}[{i}]")
        for i, (a, item) in enumerate(zip(arguments, value, strict=True))
    )


def _decode_scalar(annotation: Any, value: Any, where: str) -> Any:
    requirement, kinds, read = _SCALARS[annotation]
    try:
        fits = isinstance(value, kinds) and (bool in kinds) == isinstance(value, bool)
        found = read(value) if fits else None
    except (ValueError, OverflowError):
        found = None
    _expect(found is not None, value, where, requirement)
    return found


def _count(value: int, least: int = 0) -> int | None:
    return int(value) if least <= value <= _LARGEST else None


def _real(value: float, least: float = -math.inf) -> float | None:
    number = float(value)
    return number if math.isfinite(number) and number >= least else None


def _exact(value: str, form: str) -> Fraction | None:
    number = Fraction(value) if re.fullmatch(form, value) else None
    return None if number is None or abs(number) > _LARGEST else number


def _decimal(value: str) -> Decimal | None:
    return None if _exact(value, _DECIMAL) is None else Decimal(value)


def _exact_text(value: str) -> str | None:
    return None if _exact(value, f"{_RATIONAL}|{_DECIMAL}") is None else value


# what a value of each annotation must be, the types of JSON that may hold it, and its reader
_SCALARS: dict[Any, tuple[str, tuple[type, ...], Callable[[Any], Any]]] = {
    str: ("text", (str,), str),
    bool: ("true or false", (bool,), bool),
    int: ("an integer from 0 to 10^308", (int,), _count),
    Positive: ("an integer from 1 to 10^308", (int,), partial(_count, least=1)),
    float: ("a finite number", (int, float), _real),
    NonNegative: ("a finite number of at least 0", (int, float), partial(_real, least=0)),
    Fraction: ("exact text, p or p/q, up to 10^308", (str,), partial(_exact, form=_RATIONAL)),
    Decimal: ("exact text, a decimal up to 10^308", (str,), _decimal),
    ExactText: ("exact text, p/q or a decimal, up to 10^308", (str,), _exact_text),
}


def _expect(condition: bool, value: Any, where: str, requirement: str) -> Any:
    if not condition:
        raise InvalidArgument(f"{where!r} must be {requirement}, not {shown(value)}.")
    return value
