"""Numbers for reading: rounded, grouped, with the sign and the digits that a person can use.

Results keep their exact values in the records and in JSON; only what is printed passes through
here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

from ...analysis.verdict.analysis import Enclosure
from ...errors import number_of
from ...model.numbers import rational_argument, whole_number

__all__ = [
    "amount",
    "counted",
    "enclosed",
    "finer_percent",
    "interval",
    "percent",
    "percent_above",
    "readable",
    "rounded",
    "steady_rate",
    "times",
]

# Wide enough for the quotient of any two numbers that a workload may hold.
_CONTEXT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_MOST_DIGITS = 10**6
_SAME = 1e-12  # what two numbers may differ by, relatively, that are one but for rounding


def readable(value: float | Fraction | Decimal | str, digits: int = 6) -> str:
    """Return a number for reading: so many digits, thousands grouped, without trailing zeros.

    Parameters
    ----------
    value : float, Fraction, Decimal or str
        A str is an exact number, as ``"1/3"`` or ``"0.25"``.
    digits : int
        Significant ones, at least 1; exact whole numbers (int, Fraction) are given in full.

    Returns
    -------
    str
        From 10^21 on, and below 10^-5, with an exponent.

    Raises
    ------
    InvalidArgument
        If `value` is no number, or `digits` no positive integer.

    Examples
    --------
    >>> readable(Fraction(2, 3)), readable(1234567.0), readable(10**18), readable(2.5e-7)
    ('0.666667', '1,234,570', '1,000,000,000,000,000,000', '2.5e-7')
    """
    digits = whole_number(digits, "'digits'", 1, _MOST_DIGITS)
    whole = isinstance(value, (int, Fraction)) and value.denominator == 1
    number = _decimal(value) if whole else Context(prec=digits).plus(_decimal(value))
    if not number.is_finite():
        return str(number)
    if number and not -5 <= number.adjusted() < 21:
        return _scientific(number)
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Fraction, rounding: str, digits: int = 6) -> str:
    """Return `value` to `digits` digits, whole numbers in full, rounded as `decimal` names it.

    >>> rounded(Fraction(1, 3), ROUND_CEILING), rounded(Fraction(7), ROUND_CEILING)
    ('0.333334', '7')
    """
    if value.denominator == 1:
        return readable(value)
    context = Context(prec=digits, rounding=rounding)
    return readable(context.divide(Decimal(value.numerator), Decimal(value.denominator)), digits)


def steady_rate(admissions: Fraction) -> str:
    """Return a* in requests per step, rounded down: what may be admitted stays so.

    >>> steady_rate(Fraction(2, 3))
    '0.666666'
    """
    return rounded(admissions, ROUND_FLOOR)


def percent(ratio: float | Fraction) -> str:
    """Return a ratio as per cent: one digit after the point, more close to 0 and to 100 %.

    Parameters
    ----------
    ratio : float or Fraction
        1 is 100 %.

    Returns
    -------
    str

    Raises
    ------
    InvalidArgument
        If `ratio` is no number.

    Examples
    --------
    >>> percent(Fraction(13, 15)), percent(1.0), percent(0.99983), percent(2e-5)
    ('86.7 %', '100 %', '99.983 %', '0.002 %')
    """
    number = 100 * _decimal(ratio)
    if not number.is_finite() or number.adjusted() > 20:  # no digit after the point is known
        return f"{readable(number)} %"
    if abs(number) < 1:
        return f"{readable(number, 2)} %"
    places = 3 if 0 < abs(100 - number) < Decimal("0.1") else 1
    text = f"{round(number, places):f}"
    return f"{text.rstrip('0').rstrip('.')} %"


def percent_above(ratio: Fraction) -> str:
    """Return a ratio as per cent, rounded up to a digit after the point: what is enough stays so.

    >>> percent_above(Fraction(1, 3)), percent_above(Fraction(1, 4))
    ('33.4 %', '25 %')
    """
    return percent(Fraction(math.ceil(1000 * ratio), 1000))


def finer_percent(ratio: float, digits: int) -> str:
    """Return a ratio as per cent, to so many digits.

    >>> finer_percent(0.80012, 5)
    '80.012 %'
    """
    return f"{readable(100 * ratio, digits)} %"


def interval(
    low: float,
    high: float,
    written: Callable[[float], str],
    finer: Callable[[float, int], str] = readable,
) -> str:
    """Return both ends as `written`; `finer` where these are alike, once where they are the same.

    The same is what differs by less than one part in 10^12.

    >>> interval(0.25, 0.5, percent), interval(0.8, 0.8, percent)
    ('25 % to 50 %', '80 %')
    >>> interval(0.80012, 0.80014, percent, finer_percent)
    '80.012 % to 80.014 %'
    """
    if math.isclose(low, high, rel_tol=_SAME):
        return written(low)
    ends, digits = (written(low), written(high)), 1
    while ends[0] == ends[1]:
        digits += 1
        ends = finer(low, digits), finer(high, digits)
    return " to ".join(ends)


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """Return a count with its noun.

    >>> counted(1, "class", "classes"), counted(2000, "step")
    ('1 class', '2,000 steps')
    """
    return number_of(count, singular, plural, ",")


def amount(number: str, singular: str) -> str:
    """Return a number as it is printed, or words that end on one, with its unit.

    >>> amount("1", "token"), amount("1.5", "token"), amount("above $1$", "token")
    ('1 token', '1.5 tokens', 'above $1$ token')
    """
    one = number.split()[-1].strip("$") == "1"
    return f"{number} {singular}" if one else f"{number} {singular}s"


def times(count: int) -> str:
    """Return how often, as an adverb.

    >>> times(1), times(2), times(1500)
    ('once', 'twice', '1,500 times')
    """
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def enclosed(enclosure: Enclosure) -> str:
    """Return the value to 12 digits after the point with its proved radius.

    Where rounding to 12 digits moves the value by more than the proved radius, that is added to
    the radius, so that what is printed encloses the number too.

    >>> enclosed(Enclosure(Decimal("1.0123456789012345"), Decimal("1e-40")))
    '1.012345678901 ± 2.4e-13'
    """
    upwards = Context(prec=60, rounding=ROUND_CEILING)
    value = enclosure.value.quantize(Decimal("1e-12"), context=Context(prec=400))  # to 10^308
    radius = upwards.add(enclosure.radius, abs(upwards.subtract(value, enclosure.value)))
    digits = f"{value:f}".rstrip("0").rstrip(".")
    if not radius:
        return f"{digits} exactly"
    return f"{digits} ± {_scientific(Context(prec=2, rounding=ROUND_CEILING).plus(radius))}"


def _decimal(value: float | Fraction | Decimal | str) -> Decimal:
    if not isinstance(value, (int, float, Decimal, Fraction)):
        value = rational_argument(value, "'value'")
    if isinstance(value, Fraction):
        return _CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return Decimal(value) if isinstance(value, (int, Decimal)) else Decimal(repr(float(value)))


def _scientific(number: Decimal) -> str:
    digits = "".join(map(str, number.as_tuple().digits)).rstrip("0") or "0"
    mantissa = digits[0] + (f".{digits[1:]}" if digits[1:] else "")
    return f"{'-' if number.is_signed() else ''}{mantissa}e{number.adjusted()}"
