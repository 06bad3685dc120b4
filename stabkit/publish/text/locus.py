"""A root locus as text for people and as JSON types."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Any

from ...spectrum.curves.locus import RootLocus
from ..layout import labelled, paragraph, title
from ..rendering import RECORDS, TEXTS
from .along import ALONG, along_text
from .dialect import chosen, headed
from .numbers import readable, rounded, times
from .tables import plain_table, thinned

__all__ = ["SCHEMA", "locus_record", "locus_text"]

SCHEMA = "stabkit.locus/3"
_DIGITS = 10
_SHOWN = 8  # changes, at the largest values


@RECORDS.writes(RootLocus)
def locus_record(locus: RootLocus) -> dict[str, Any]:
    """Return the locus as JSON types: schema ``stabkit.locus/3``.

    Parameters and brackets are exact rationals as text; of every value `roots_at_values`
    holds real and imaginary part of all roots, and `spectral_radii` the largest modulus (null at
    L = 1).
    """
    names = "along length values unstable_counts=unstable spectral_radii=spectral_radius"
    return headed(SCHEMA, locus.mix, **chosen(locus, f"{names} roots_at_values=roots changes"))


@TEXTS.writes(RootLocus)
def locus_text(locus: RootLocus, full: bool = False) -> str:
    """Return what is moved, a row for values of it, and the brackets in which the count changes.

    In full there is a row for every value and change; otherwise for some values, equally spaced,
    and for the last changes.
    """
    symbol = ALONG[locus.along].symbol
    shown, note = thinned(range(len(locus.values)), full)
    heads = (symbol, "largest |λ|", "unstable modes")
    table = plain_table([heads, *(_row(locus, i) for i in shown)])
    along = labelled([("along", along_text(locus.along, locus.mix))])
    changes = _changes_text(locus, symbol, full)
    return f"{title(locus.mix.name)}\n{along}\n{table}{note}\n{changes}"


def _row(locus: RootLocus, i: int) -> tuple[str, str, str]:
    radius, count = locus.spectral_radius, locus.unstable[i]
    size = "no mode" if radius is None else f"{radius[i]:.{_DIGITS}f}"
    return readable(locus.values[i], _DIGITS), size, "undecided" if count is None else f"{count}"


def _changes_text(locus: RootLocus, symbol: str, full: bool) -> str:
    changes = locus.changes
    if not changes:
        return "The number of unstable modes is the same at all these values.\n"
    rows = [("from", "to", f"{symbol} between", "and", "angle (turns)")]
    left = 0 if full else max(0, len(changes) - _SHOWN)
    for change in changes[left:]:
        low = rounded(change.low, ROUND_FLOOR, _DIGITS)  # outwards: what is printed holds too
        high = rounded(change.high, ROUND_CEILING, _DIGITS)
        turns = readable(change.angle / (2 * math.pi), 5)
        rows.append((f"{change.before}", f"{change.after}", low, high, turns))
    often = times(len(changes))
    head = f"The number of unstable modes changes {often} (exact counts at both ends):"
    more = paragraph(f"({left:,} more below; --full shows all)") if left else ""
    return f"{paragraph(head)}{plain_table(rows)}{more}"
