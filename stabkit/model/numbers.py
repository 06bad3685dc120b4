"""Numbers that come in and go out: a rational is read exactly or refused, and written exactly.

A workload is made of rationals, and every verdict is a statement about exactly those rationals, so
nothing is rounded on the way in. A float stands for the decimal number that Python prints for it
(its shortest repr): ``0.1`` is 1/10, not 3602879701896397/36028797018963968.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Context, Decimal
from fractions import Fraction
from numbers import Integral, Rational, Real
from typing import Any, SupportsFloat, TypeAlias

from ..errors import (
    ArgumentTypeError,
    InvalidArgument,
    InvalidWorkload,
    WorkloadTypeError,
    shown,
)

__all__ = [
    "LARGEST_CAPACITY",
    "LARGEST_DECODE_LENGTH",
    "LARGEST_INPUT_LENGTH",
    "NumberLike",
    "check_level",
    "decimal_text",
    "exact_integer",
    "exact_quantity",
    "exact_rational",
    "is_listed",
    "listed",
    "rational_argument",
    "rational_text",
    "read_capacity",
    "whole_number",
    "without_unit",
]

# What `exact_rational` reads: numbers of Python, numpy and sympy, and their text. Several in a list
# are objects: a type checker knows no other type that an int and a Fraction have in common.
NumberLike: TypeAlias = SupportsFloat | str
LARGEST_INPUT_LENGTH = 10**12
LARGEST_DECODE_LENGTH = 10**9
LARGEST_CAPACITY = 10**18
_TEXT = re.compile(r"[+-]?(?:\d+/\d+|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?)", re.ASCII)
_ANY_EXPONENT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d+", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3}){1,7}")
_BYTES = re.compile(r"[0-9.]+ ?[kmgt]?i?b", re.IGNORECASE)
_UNITS = {"k": 10**3, "m": 10**6, "g": 10**9, "ki": 2**10, "mi": 2**20, "gi": 2**30}
# Beyond these a number is a mistake or an attack: reading 1e999999999 exactly would fill memory,
# and Python refuses to print integers of more than 4300 digits.
_LONGEST_TEXT = 1000
_LARGEST_EXPONENT = 999
_LARGEST_PART = 10**1000


def exact_rational(value: Any, name: str, what: str | None = None) -> Fraction:
    """Return the rational that `value` denotes, exactly.

    * `value` (int, Fraction, Decimal, float, str, sympy Rational or number of numpy): text may be
      an integer, a fraction ``"3/7"`` or a decimal ``"0.25"``, ``"1e-3"``; a float is read at its
      shortest decimal repr, as is one of numpy.
    * `name`, `what`: what the value is, and what it must be, in the error message.

    Raises InvalidWorkload if `value` is none of these, is not finite, is a literal of more than
    1000 characters or with an exponent beyond 999, or has a numerator or denominator beyond
    10^1000.

    >>> exact_rational("3/7", "weight"), exact_rational(0.1, "weight")
    (Fraction(3, 7), Fraction(1, 10))
    """
    number = _read(value)
    if number is None:
        kind = InvalidWorkload if _may_be_read(value) else WorkloadTypeError
        must = what or f"a finite rational number{_such_as(_meant(value))}"
        raise kind(f"{name} must be {must}{_bound(value)}, not {shown(value)}.")
    if max(abs(number.numerator), number.denominator) > _LARGEST_PART:
        raise InvalidWorkload(
            f"{name} must have a numerator and denominator of at most 10^1000, not {shown(value)}."
        )
    return number


def exact_integer(value: Any, name: str) -> int:
    """Return the integer that `value` denotes; the accepted forms are those of `exact_rational`."""
    number = _read(value)
    if number is None or number.denominator != 1:
        kind = InvalidWorkload if _may_be_read(value) else WorkloadTypeError
        meant = _meant(value)
        such_as = _such_as(None if meant is None or meant.denominator > 1 else meant)
        raise kind(f"{name} must be an integer{such_as}{_bound(value)}, not {shown(value)}.")
    return number.numerator


def exact_quantity(value: Any, name: str) -> Fraction:
    """Return `exact_rational` of a number of tokens, which may have a unit of `without_unit`."""
    what = "a number of tokens such as 64000, 64k, 64Ki or 1.3M"
    if isinstance(value, str) and _BYTES.fullmatch(value.strip()):
        what += " ('capacity_from_shape' tells those of a memory)"
    return exact_rational(without_unit(value), name, what)


def without_unit(value: Any) -> Any:
    """Return the number that text such as "64k" stands for, or `value` if it is no such text.

    * `value`: text of a number, as in `exact_rational`, and a unit, in either case: k, M and G are
      10^3, 10^6 and 10^9; Ki, Mi and Gi are 2^10, 2^20 and 2^30. (vLLM's own options take K for
      1024: what is read here is the smaller.) Or digits in groups of three, as logs print them.

    >>> without_unit("64k"), without_unit("1.3 M"), without_unit("64Ki"), without_unit("64")
    (Fraction(64000, 1), Fraction(1300000, 1), Fraction(65536, 1), '64')
    >>> without_unit("41,408")
    Fraction(41408, 1)
    """
    text = value.strip() if isinstance(value, str) else ""
    if _GROUPED.fullmatch(text):
        return Fraction(text.replace(",", ""))
    unit = next((unit for unit in _UNITS if text[-2:].lower().endswith(unit)), None)
    number = None if unit is None else _read_text(text[: -len(unit)].rstrip())
    return value if unit is None or number is None else number * _UNITS[unit]


def read_capacity(capacity: Any) -> Fraction | None:
    """Return a capacity in tokens, or None; InvalidWorkload if it is outside its bounds."""
    if capacity is None:
        return None
    tokens = exact_quantity(capacity, "'capacity'")
    if not 0 < tokens <= LARGEST_CAPACITY:
        raise InvalidWorkload(
            f"'capacity' must be positive and at most 10^18 tokens, not {shown(capacity)}."
        )
    return tokens


def rational_argument(
    value: Any, name: str, read: Callable[[Any, str], Fraction] = exact_rational
) -> Fraction:
    """Return what `read` does of an argument that is no part of a workload: InvalidArgument."""
    try:
        return read(value, name)
    except WorkloadTypeError as failure:
        raise ArgumentTypeError(str(failure)) from None
    except InvalidWorkload as failure:
        raise InvalidArgument(str(failure)) from None


def whole_number(value: Any, name: str, least: int = 1, most: int | None = None) -> int:
    """Return the int that an argument is: counts are not read from text, nor rounded.

    * `value` (int or numpy integer): not a bool.
    * `name`: what the argument is, quoted in the error message.
    * `least`, `most`: its bounds; `most` may be None.

    Raises InvalidArgument if `value` is none, or beyond its bounds.

    >>> whole_number(3, "'steps'")
    3
    >>> whole_number(0, "'steps'")
    Traceback (most recent call last):
    stabkit.errors.InvalidArgument: 'steps' must be a positive integer, not 0.
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    number = int(value) if whole else least - 1
    if number < least or (most is not None and number > most):
        domain = f"an integer from {least} to {most}"
        if most is None:
            domain = "a positive integer" if least == 1 else f"an integer of at least {least}"
        kind = InvalidArgument if whole else ArgumentTypeError
        raise kind(f"{name} must be {domain}, not {shown(value)}.")
    return number


def check_level(level: Any, name: str = "'level'") -> None:
    """Refuse what is no probability of an interval: InvalidArgument."""
    number = isinstance(level, Real) and not isinstance(level, bool)
    if not number or not 0 < level < 1 or not 0 < float(level) < 1:
        kind = InvalidArgument if number else ArgumentTypeError
        raise kind(f"{name} must be a number between 0 and 1, not {shown(level)}.")


def is_listed(values: Any) -> bool:
    """Return whether `values` is an iterable that is no text; numpy's scalars claim to be one."""
    iterable = isinstance(values, Iterable) and not isinstance(values, (str, bytes))
    return iterable and getattr(values, "ndim", 1) != 0


def listed(values: Any, name: str, what: str) -> tuple[Any, ...]:
    """Return the items of an iterable that is no text.

    Raises InvalidArgument if `values` is none; `what` says in the message what it must be.

    >>> listed([0, 1], "'itinerary'", "stages")
    (0, 1)
    """
    if not is_listed(values):
        raise ArgumentTypeError(f"{name} must be {what}, not {shown(values)}.")
    return tuple(values)


def rational_text(value: Fraction | int) -> str:
    """Return ``"p/q"``, or ``"p"`` for an integer: the form in which stabkit writes rationals."""
    return str(Fraction(value))


def decimal_text(low: Fraction, high: Fraction, digits: int) -> str:
    """Return a decimal of the number in [low, high], with at most `digits` digits, all proved.

    The last digit may be off by one. A point is written as the rational that it is.

    >>> decimal_text(Fraction(1, 3), Fraction(1, 3) + Fraction(1, 10**9), 20)
    '0.33333333'
    >>> decimal_text(Fraction(1, 3), Fraction(1, 3), 20)
    '1/3'
    """
    if low == high:
        return rational_text(low)
    context = Context(prec=digits)
    middle = _rounded((low + high) / 2, context)
    proved = middle.adjusted() - _rounded(high - low, context).adjusted()
    context.prec = max(1, min(digits, proved))
    return str(_rounded((low + high) / 2, context))


def _rounded(value: Fraction, context: Context) -> Decimal:
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def _read(value: Any) -> Fraction | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        return _read_text(value.strip())
    if isinstance(value, Integral):
        return Fraction(int(value))
    if isinstance(value, Rational):
        return Fraction(int(value.numerator), int(value.denominator))
    if isinstance(value, float):
        return _read_text(float.__repr__(value))
    if isinstance(value, Decimal):
        _, digits, exponent = value.as_tuple()
        finite = isinstance(exponent, int) and abs(exponent) <= _LARGEST_EXPONENT
        return Fraction(value) if finite and len(digits) <= _LONGEST_TEXT else None
    if isinstance(value, Real) and hasattr(value, "dtype"):
        return _read_text(str(value))  # a float of numpy, such as float32, of other precision
    if getattr(value, "is_Rational", False) and getattr(value, "is_finite", False):
        return Fraction(int(value.p), int(value.q))  # a sympy Rational, without importing sympy
    return None


def _meant(value: Any) -> Fraction | None:
    """Return the number that text with "%" or a unit stands for; None for what is none."""
    text = value.strip() if isinstance(value, str) else ""
    if text.endswith("%"):
        number = _read_text(text[:-1].rstrip())
        return None if number is None else number / 100
    number = without_unit(text)
    return number if isinstance(number, Fraction) else None


def _such_as(number: Fraction | None) -> str:
    return "" if number is None else f" such as {shown(number)}"


def _bound(value: Any) -> str:
    """Return, in words, the bound for which `value` is not read; nothing where there is none."""
    if not isinstance(value, (str, Decimal)) or _read(value) is not None:
        return ""
    text = str(value).strip()
    if len(text) > _LONGEST_TEXT:
        return f" of at most {_LONGEST_TEXT} characters"
    large = _ANY_EXPONENT.fullmatch(text)
    return f" with an exponent from -{_LARGEST_EXPONENT} to {_LARGEST_EXPONENT}" if large else ""


def _may_be_read(value: Any) -> bool:
    """Whether `value` is of a type that numbers are read from."""
    number = isinstance(value, (str, Real, Decimal)) or hasattr(value, "is_Rational")
    return number and not isinstance(value, bool)


def _read_text(text: str) -> Fraction | None:
    if len(text) > _LONGEST_TEXT or not _TEXT.fullmatch(text):
        return None
    try:
        return Fraction(text)
    except ZeroDivisionError:
        return None
