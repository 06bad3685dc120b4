"""Numbers and polynomials as LaTeX: exact as long as they fit on a line, and said where not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

import mpmath

__all__ = [
    "LONGEST_INTEGER",
    "LONGEST_NUMBER",
    "SHOWN_TERMS",
    "complex_number",
    "decimal",
    "equals",
    "inline",
    "number",
    "polynomial",
    "real",
    "shortened",
    "sparse_polynomial",
    "whole_polynomial",
]

LONGEST_NUMBER = 48  # digits that fit on a line of an article
LONGEST_INTEGER = 200  # digits of one that may be broken over lines
SHOWN_TERMS = 40
_HEAD, _TAIL = 4, 3


def number(value: Fraction | int, longest: int = LONGEST_NUMBER) -> str:
    r"""Return an exact rational: as it is, as a fraction, or, too long for a line, shortened.

    >>> print(number(Fraction(-7, 2)), number(12))
    -\frac{7}{2} 12
    """
    value = Fraction(value)
    sign, size = ("-" if value < 0 else ""), abs(value)
    if size.denominator == 1:
        return sign + shortened(size.numerator, longest)
    return rf"{sign}\frac{{{shortened(size.numerator)}}}{{{shortened(size.denominator)}}}"


def inline(value: Fraction) -> str:
    r"""Return an exact rational for a line of text.

    >>> print(inline(Fraction(-7, 2)))
    -\tfrac{7}{2}
    """
    return number(value).replace(r"\frac", r"\tfrac")


def shortened(value: int, longest: int = LONGEST_NUMBER) -> str:
    r"""Return an integer in full up to so many digits, or its ends and how many it has.

    >>> print(shortened(12), shortened(10**60))
    12 1000000000\ldots0000000000_{(61\text{ digits})}
    """
    digits = str(value)
    if len(digits) <= longest:
        return digits
    return rf"{digits[:10]}\ldots{digits[-10:]}_{{({len(digits)}\text{{ digits}})}}"


def decimal(
    value: Decimal | Fraction | float | str, digits: int = 6, rounding: str = ROUND_HALF_EVEN
) -> str:
    r"""Return a number rounded to `digits` significant digits, for mathematics.

    `rounding` is one of the module decimal: bounds are rounded to the side where they hold.

    >>> print(decimal(Fraction(1, 3)), decimal(1e-9), decimal(Fraction(5)), decimal(1234567.8))
    0.333333 10^{-9} 5 1.23457 \cdot 10^{6}
    """
    if isinstance(value, (str, Fraction)):
        part = Fraction(value)
        value = Context(prec=60).divide(Decimal(part.numerator), Decimal(part.denominator))
    found = Context(prec=digits, rounding=rounding).plus(
        value if isinstance(value, Decimal) else Decimal(repr(value))
    )
    if not found:
        return "0"
    power = found.adjusted()
    if -4 <= power < max(digits, 6):
        text = f"{found:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    mantissa = f"{found.scaleb(-power):f}"
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    factor = "" if mantissa == "1" else rf"{mantissa} \cdot "
    return rf"{factor}10^{{{power}}}"


def equals(value: Fraction) -> str:
    r"""Return a relation and a number: exact, with a decimal, or where it is long, that alone.

    >>> print(equals(Fraction(2)), equals(Fraction(1, 3)), equals(Fraction(1, 3**40)))
    = 2 = \frac{1}{3} \approx 0.333333 \approx 8.22526333997 \cdot 10^{-20}
    """
    if value.denominator == 1:
        return f"= {number(value)}"
    if len(str(value.denominator)) > 12:
        return rf"\approx {decimal(value, 12)}"
    sign = "=" if decimal(value) == decimal(value, 12) else r"\approx"
    return f"= {number(value)} {sign} {decimal(value)}"


def real(value: mpmath.mpf, digits: int) -> str:
    """Return a number of mpmath to `digits` significant digits.

    >>> real(mpmath.mpf("0.5"), 20), real(mpmath.mpf(0), 20)
    ('0.5', '0')
    """
    if not value:
        return "0"
    with mpmath.workdps(digits + 10):
        return decimal(Decimal(mpmath.nstr(value, digits + 5, min_fixed=-20, max_fixed=30)), digits)


def complex_number(value: mpmath.mpc, digits: int, pair: bool) -> str:
    r"""Return a root, or a pair of conjugate ones.

    >>> print(complex_number(mpmath.mpc(0.5, 0.25), 20, True))
    0.5 \pm 0.25\,i
    """
    if not value.imag:
        return real(value.real, digits)
    sign = r"\pm" if pair else ("+" if value.imag > 0 else "-")
    with mpmath.workdps(digits + 10):  # abs rounds to the working precision
        imaginary = real(abs(value.imag), digits)
    return rf"{real(value.real, digits)} {sign} {imaginary}\,i"


def polynomial(descending: Sequence[Fraction | int], variable: str = r"\lambda") -> str:
    r"""Return a polynomial; beyond 40 terms its first and last ones.

    >>> print(polynomial([Fraction(12), 0, -1, Fraction(1, 2)]))
    12 \lambda^{3} - \lambda + \frac{1}{2}
    """
    degree = len(descending) - 1
    return sparse_polynomial([(degree - k, c) for k, c in enumerate(descending)], variable)


def whole_polynomial(ascending: Sequence[int], variable: str = "z") -> str:
    r"""Return an integer polynomial, every coefficient of up to 200 digits in full.

    >>> print(whole_polynomial([12, -7, 8]))
    8 z^{2} - 7 z + 12
    """
    terms = [(m, c) for m, c in enumerate(ascending) if c]
    return _sum(reversed(terms), variable, LONGEST_INTEGER)


def sparse_polynomial(terms: Sequence[tuple[int, Fraction | int]], variable: str = "z") -> str:
    r"""Return a polynomial from its (exponent, coefficient), in this order; many are cut short.

    >>> print(sparse_polynomial([(0, Fraction(6)), (1, Fraction(-17, 2)), (1000, Fraction(4))]))
    6 - \frac{17}{2} z + 4 z^{1000}
    """
    found = [(m, c) for m, c in terms if c]
    if len(found) <= SHOWN_TERMS:
        return _sum(found, variable)
    tail = _sum(found[-_TAIL:], variable)
    joined = tail if tail.startswith("-") else f"+ {tail}"
    return rf"{_sum(found[:_HEAD], variable)} + \cdots {joined}"


def _sum(
    terms: Iterable[tuple[int, Fraction | int]], variable: str, longest: int = LONGEST_NUMBER
) -> str:
    text = ""
    for exponent, coefficient in terms:
        size = abs(Fraction(coefficient))
        power = "" if exponent == 0 else variable if exponent == 1 else f"{variable}^{{{exponent}}}"
        factor = "" if size == 1 and power else number(size, longest)
        term = f"{factor} {power}".strip()
        if not text:
            text = term if coefficient > 0 else f"-{term}"
        else:
            text += f" + {term}" if coefficient > 0 else f" - {term}"
    return text or "0"
