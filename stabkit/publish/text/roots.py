"""Roots as a table for people and as JSON types; the characteristic equation as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import mpmath
from sympy import Expr

from ...spectrum.roots.roots import Root, Roots
from ..layout import title
from ..rendering import RECORDS, TEXTS
from .dialect import headed
from .formulas import operators, raised
from .tables import first_rows, plain_table

__all__ = ["DIGITS", "equation_text", "root_fields", "roots_record", "roots_text"]

SCHEMA = "stabkit.roots/2"
DIGITS = 20
_GUARD_DIGITS = 3


@RECORDS.writes(Roots)
def roots_record(found: Roots, digits: int = DIGITS) -> dict[str, Any]:
    """Return the roots as JSON types: decimal strings, whose rounding the radius covers."""
    return headed(
        SCHEMA,
        found.mix,
        degree=found.mix.longest_decode - 1,
        digits=digits,
        roots=[root_fields(root, digits) for root in found],
    )


def root_fields(root: Root, digits: int) -> dict[str, Any]:
    """Return one root in decimals, with a radius that covers their rounding."""
    shown = digits + _GUARD_DIGITS
    with mpmath.workdps(2 * shown + 30):
        re, im = (
            mpmath.nstr(part, shown, strip_zeros=False)
            for part in (root.value.real, root.value.imag)
        )
        moved = abs(root.value - mpmath.mpc(_read(re), _read(im)))
        radius = _rounded_up(root.radius + moved)
    return {"real": re, "imaginary": im, "radius": radius, "multiplicity": root.multiplicity}


def _read(decimal: str) -> mpmath.mpf:
    """Return the number, rounded: mpmath's own reading ends at the digits Python allows an int."""
    numerator, denominator = Decimal(decimal).as_integer_ratio()
    return mpmath.mpf(numerator) / denominator


def _rounded_up(radius: mpmath.mpf) -> str:
    """Return a decimal of 3 digits that is not less: nstr rounds by at most half a unit."""
    with mpmath.workprec(60):  # of a longer mantissa, nstr would write out more than Python allows
        return mpmath.nstr(radius * mpmath.mpf("1.01"), 3) if radius else "0.0"


@TEXTS.writes(Root, Roots, many=True)
def roots_text(found: Sequence[Root], digits: int = DIGITS, full: bool = False) -> str:
    """Return the roots as lines, |lambda| descending, a pair of conjugates on one line.

    Every number is given to `digits` significant digits, and no number is folded, so that digits
    can be copied. Of very many lines the first are shown, all of them in full.
    """
    name = f"{title(found.mix.name)}\n" if isinstance(found, Roots) else ""
    head = ("factor |λ|", "Re λ", "± Im λ", "radius (proved)", "multiplicity")
    if not found:
        return f"{name}No roots: every request takes one step.\n"
    shown, note = first_rows([head, *_rows(found, digits)], full)
    return f"{name}{plain_table(shown)}{note}"


def _rows(found: Sequence[Root], digits: int) -> Iterator[tuple[str, ...]]:
    with mpmath.workdps(digits + 20):
        for root in found:
            if root.value.imag < 0:
                continue  # the conjugate of the row before
            parts = (abs(root.value), root.value.real, root.value.imag)
            modulus, re, im = (mpmath.nstr(part, digits) for part in parts)
            imaginary = im if root.value.imag else "0"
            yield modulus, re, imaginary, _rounded_up(root.radius), str(root.multiplicity)


def equation_text(kernel: Sequence[Expr]) -> str:
    """Return the characteristic equation of a kernel, one line for each power of lambda.

    >>> from sympy import Symbol
    >>> s = Symbol("s")
    >>> print(equation_text([s + 1, s + 2, s + 3]))
    F(λ) =
        λ²  (s + 1)
      + λ   (s + 2)
      +     (s + 3)
      = 0
    """
    degree = len(kernel) - 1
    width = len(f"λ{degree}")
    lines = ["F(λ) ="]
    for power, coefficient in zip(range(degree, -1, -1), kernel, strict=True):
        sign = "    " if power == degree else "  + "
        name = raised(f"λ^{power}") if power > 1 else "λ" * power
        lines.append(f"{sign}{name:<{width}}  ({operators(str(coefficient))})")
    return "\n".join([*lines, "  = 0"])
