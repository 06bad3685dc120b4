"""Thresholds and stable intervals as text for people and as JSON types."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any

from ...model.enclosure import RealEnclosure
from ...model.numbers import decimal_text, rational_text
from ...spectrum.partition.d_partition import CountInterval, Crossing
from ...spectrum.partition.threshold import Threshold, VarianceLaw
from ..layout import labelled, paragraph, title
from ..rendering import RECORDS, TEXTS
from .along import ALONG, along_text
from .dialect import as_json, chosen, headed
from .numbers import amount, counted, percent, readable, rounded
from .tables import plain_table

__all__ = ["SCHEMA", "threshold_record", "threshold_text"]

SCHEMA = "stabkit.threshold/3"
DIGITS = 20
_SHOWN = 12  # intervals, of the largest values
_ENDLESS = "∞"


@RECORDS.writes(Threshold)
def threshold_record(found: Threshold, digits: int = DIGITS) -> dict[str, Any]:
    """Return the finding as JSON types: schema ``stabkit.threshold/3``.

    Numbers on the line are exact rationals, or decimals of which `digits` are proved. The
    coefficients of minimal polynomials ascend; null where the polynomial is not computed.
    `variance_law` is null outside of its range.
    """
    law = found.law if found.law is not None and found.law.in_range else None
    return headed(
        SCHEMA,
        found.mix,
        **chosen(found, "along gcd complete"),
        slopes=[] if found.line is None else as_json(found.line.slopes),
        offsets=[] if found.line is None else as_json(found.line.offsets),
        threshold_value=found.threshold and _number(found.threshold, digits),
        sufficient_input_length=found.sufficient and _decimal(found.sufficient, digits),
        every_start_input_length=found.every_start and _decimal(found.every_start, digits),
        variance_law=law and law.estimate,
        variance_law_expansion=law and law.expansion,
        variance_law_error=law and law.relative_error,
        stable_intervals=[_ends(part, found, digits) for part in found.stable_intervals],
        crossings=[_crossing_record(crossing, digits) for crossing in found.crossings],
        intervals=[
            {
                "ends": _ends(part, found, digits),
                "sample": rational_text(part.sample),
                "unstable": part.unstable,
                "verdict": part.verdict if found.complete else "undecided",
            }
            for part in found.intervals
        ],
    )


def _crossing_record(crossing: Crossing, digits: int) -> dict[str, Any]:
    polynomial = crossing.minimal_polynomial()
    return {
        "value": _number(crossing, digits),
        "exact": crossing.exact is not None,
        "minimal_polynomial": None if polynomial is None else [str(a) for a in polynomial],
        "angles": list(crossing.angles),
        "change": crossing.change,
    }


def _ends(part: CountInterval, found: Threshold, digits: int) -> list[str | None]:
    ends = ((part.low, found.low), (part.high, found.high))
    return [
        as_json(whole) if crossing is None else _number(crossing, digits)
        for crossing, whole in ends
    ]


def _number(crossing: Crossing, digits: int) -> str:
    if crossing.exact is not None:
        return rational_text(crossing.exact)
    return _decimal(crossing.enclosure(digits + 2), digits)


def _short(crossing: Crossing, digits: int, rounding: str) -> str:
    """Return an end of an interval, rounded inwards: what is claimed holds for the digits shown."""
    value = crossing.enclosure(digits + 6)
    end = value.high if rounding == ROUND_CEILING else value.low
    return rounded(end, rounding, digits)


def _decimal(value: RealEnclosure, digits: int) -> str:
    return decimal_text(value.low, value.high, digits)


@TEXTS.writes(Threshold)
def threshold_text(found: Threshold, digits: int | None = None) -> str:
    """Return the finding for a terminal: stable intervals, s*, s°, the estimate, the partition.

    The digits are those of s* and s°, by default 20; where neither can be, along a share or the
    gain, of the intervals.
    """
    head = title(found.mix.name)
    ends = digits if found.line is None else None
    rows = labelled(_rows(found, digits or DIGITS, ends))
    return f"{head}\n{rows}\n{_partition(found, ends)}"


def _rows(found: Threshold, digits: int, ends: int | None) -> Iterator[tuple[str, str]]:
    _, unit, symbol = ALONG[found.along]
    yield "along", along_text(found.along, found.mix, found.line)
    if not found.complete:
        yield "undecided", found.reason
        return
    yield "stable", _stable_text(found, unit, ends or 6)
    if found.threshold is not None:
        exact = " exactly" if found.threshold.exact is not None else ""
        number = _number(found.threshold, digits)
        value = amount(number, unit) if unit == "token" else number
        yield f"threshold {symbol}*", f"{value}{exact}"
    elif _is_infinite(found):
        yield f"threshold {symbol}*", f"infinite: the decode lengths have gcd {found.gcd}"
    if found.sufficient is not None:
        yield f"gcd theorem {symbol}°", _sufficient_text(found, symbol, digits)
    if found.every_start is not None:
        yield "every start", _every_start_text(found, found.every_start, digits)
    if found.law is not None and found.law.in_range:
        yield "variance law", _law_text(found.law)


def _is_infinite(found: Threshold) -> bool:
    """Tell whether no input is large enough: where all grow there are g - 1 unstable modes (R3)."""
    grows = found.line is not None and all(found.line.slopes)
    return grows and not found.is_finite and found.gcd > 1


def _sufficient_text(found: Threshold, symbol: str, digits: int) -> str:
    claim = "stable"
    if found.gcd > 1:
        claim = f"exactly {counted(found.gcd - 1, 'unstable mode')}"
    where = "above it"
    if found.sufficient is not None and found.sufficient.high < found.low:
        where = f"at every {symbol}"
    value = "" if found.sufficient is None else _raised(found.sufficient, digits)
    return f"{value}: {claim} {where} (R7, sufficient)"


def _every_start_text(found: Threshold, bound: RealEnclosure, digits: int) -> str:
    where = "at every s" if bound.high < 0 else "above it"
    exact = found.threshold is not None and found.threshold.value == bound
    source = "three steps: s* itself" if exact else "R23, sufficient"
    return f"{_raised(bound, digits)}: leads to the steady state {where} ({source})"


def _raised(value: RealEnclosure, digits: int) -> str:
    """Return the digits that are proved, rounded up: what holds above s° holds above them."""
    shown = _decimal(value, digits)
    if value.low == value.high:
        return shown
    number = Decimal(shown)
    if Fraction(number) < value.high:
        number = number.next_plus(Context(len(number.as_tuple().digits)))
    return f"{number:f}"


def _stable_text(found: Threshold, unit: str, digits: int) -> str:
    parts = found.stable_intervals
    if not parts:
        return "nowhere"
    if len(parts) == len(found.intervals) == 1 and not found.crossings:
        return "everywhere"
    texts = []
    for part in parts[-_SHOWN:]:
        low, high = _shown_ends(part, found, digits)
        texts.append(f"above {low}" if high == _ENDLESS else f"from {low} to {high}")
    more = len(parts) - len(texts)
    rest = f" and in {counted(more, 'interval')} below" if more else ""
    return f"{amount(' and '.join(texts), unit) if unit else ' and '.join(texts)}{rest}"


def _shown_ends(part: CountInterval, found: Threshold, digits: int) -> tuple[str, str]:
    """Return both ends of an interval to so many digits, rounded inwards."""
    low = readable(found.low) if part.low is None else _short(part.low, digits, ROUND_CEILING)
    if part.high is not None:
        return low, _short(part.high, digits, ROUND_FLOOR)
    return low, _ENDLESS if found.high is None else readable(found.high)


def _law_text(law: VarianceLaw) -> str:
    error = law.relative_error or 0.0
    side = "above" if error > 0 else "below"
    spread = f"σ/μ = {readable(law.coefficient_of_variation, 2)}"
    return (
        f"about {readable(law.estimate, 4)}, {percent(abs(error))} {side} s* (with the next terms "
        f"{readable(law.expansion, 6)}): an estimate for one narrow hump of decode lengths "
        f"({spread})"
    )


def _partition(found: Threshold, digits: int | None) -> str:
    """Return the intervals as a table, the largest values first."""
    symbol = ALONG[found.along].symbol
    table = [(f"{symbol} from", "to", "unstable modes", "verdict")]
    for part in found.intervals[::-1][:_SHOWN]:
        count = "" if part.unstable is None else str(part.unstable)
        verdict = part.verdict if found.complete else "undecided"
        table.append((*_shown_ends(part, found, digits or 9), count, verdict))
    text = plain_table(table)
    more = len(found.intervals) - _SHOWN
    left = paragraph(f"(and {counted(more, 'interval')} below; --json lists all)")
    return f"{text}{left}" if more > 0 else text
