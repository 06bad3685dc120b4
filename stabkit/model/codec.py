"""Frozen records to JSON types and back, driven by the records' own annotations.

A field that takes no part in comparisons is left out, and has its default in what is read.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, TypeVar

from ..errors import ArgumentTypeError, InvalidArgument, shown

__all__ = ["decode", "encode"]

R = TypeVar("R")


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

    Raises InvalidArgument if the schema differs, a field is missing, or a value has the wrong type.
    """
    found = record.get("schema") if isinstance(record, Mapping) else None
    if found != schema:
        kind = InvalidArgument if isinstance(record, Mapping) else ArgumentTypeError
        raise kind(f"'schema' must be {schema!r}, not {shown(found)}.")
    result: R = _decode(record_type, record, record_type.__name__)
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
    hints = typing.get_type_hints(annotation)
    parts = {}
    for field in fields(annotation):
        if field.name not in value and field.default is not MISSING:
            continue  # written before there was such a field
        _expect(field.name in value, "nothing", f"{where}.{field.name}", "present")
        parts[field.name] = _decode(hints[field.name], value[field.name], f"{where}.{field.name}")
    return annotation(**parts)


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
    if annotation in (Fraction, Decimal):
        _expect(isinstance(value, str), value, where, "exact text")
        try:
            return annotation(value)
        except (ValueError, ZeroDivisionError, InvalidOperation):
            _expect(False, value, where, "exact text")
    if annotation is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    exact = isinstance(value, annotation) and (annotation is bool) == isinstance(value, bool)
    return _expect(exact, value, where, f"of type {annotation.__name__}")


def _expect(condition: bool, value: Any, where: str, requirement: str) -> Any:
    if not condition:
        raise InvalidArgument(f"{where!r} must be {requirement}, not {shown(value)}.")
    return value
