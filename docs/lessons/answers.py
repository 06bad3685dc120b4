"""Answers that are typed: read exactly, compared exactly, and answered by a hint."""

from __future__ import annotations

import re
from fractions import Fraction
from html import escape
from typing import Any

import marimo as mo

__all__ = ["answered", "asked", "is_right"]

_NUMBER = re.compile(r"[+-]?(\d{1,15})(?:/(\d{1,15})|[.,](\d{1,15}))?", re.ASCII)
_LEAST_DIGITS = 3
_TOLERANCE = "(A decimal has three digits or more, and is rounded or cut off.)"


def asked(label: str) -> Any:
    """Return the field for an answer; the label says what is asked for."""
    return mo.ui.text(label=label, placeholder="7/2 or 3.50")


def is_right(typed: str, right: Fraction | float) -> bool:
    """Tell whether a typed number is the right one.

    It is, if it is equal to it; or written with three significant digits or more, no fraction, and
    less than one unit of its last place away, so that it may be rounded or cut off. A comma is a
    point, and a percent sign divides by 100.

    Parameters
    ----------
    typed : str
    right : Fraction or float
        A float is right to more places than anybody types.

    Raises
    ------
    ValueError
        If it is neither an integer, a fraction nor a decimal, each part of at most 15 digits.

    Examples
    --------
    >>> [is_right(one, Fraction(35, 6)) for one in ("35/6", "5.83", "5,84", "583.3 %")]
    [True, True, True, True]
    >>> [is_right(one, Fraction(35, 6)) for one in ("5.8", "5.82", "6", "36/6")]
    [False, False, False, False]
    """
    plain = re.sub(r"\s", "", typed).replace("\N{MINUS SIGN}", "-").replace(",", ".")
    found = _NUMBER.fullmatch(plain.removesuffix("%"))
    if found is None or set(found[2] or "1") == {"0"}:
        raise ValueError("'typed' must be an integer, a fraction or a decimal.")
    unit = Fraction(1, 100 if plain.endswith("%") else 1)
    value = unit * Fraction(found[0])
    digits = (found[1] + (found[3] or "")).lstrip("0")
    if value == right or found[2] or len(digits) < _LEAST_DIGITS:
        return value == right
    return abs(value - Fraction(right)) < unit / 10 ** len(found[3] or "")


def answered(fields: Any, number: int, right: Fraction | float, hint: str) -> Any:
    """Return a field, and what is said to what was typed there: right, or a hint, never the answer.

    Parameters
    ----------
    fields : UIElement
        An array of fields, as `asked` makes them.
    number : int
        Which of them, from 0 on.
    right : Fraction or float
    hint : str
        Where to look: plain text.
    """
    said = escape(_said(fields.value[number], right, hint))
    return mo.vstack([fields[number], mo.Html(f'<p role="status" aria-live="polite">{said}</p>')])


def _said(typed: str, right: Fraction | float, hint: str) -> str:
    if not typed.strip():
        return ""
    try:
        return "Right." if is_right(typed, right) else f"Not yet. {hint} {_TOLERANCE}"
    except ValueError:
        return f"Type a fraction, such as 7/2, or a decimal. {_TOLERANCE}"
