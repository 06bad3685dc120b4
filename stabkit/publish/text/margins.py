"""The margins as text for an engineer: each with one sentence that says what it guarantees.

Numbers that a guarantee rests on are rounded to the safe side. The JSON is the record's `to_dict`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Any

from ...analysis.margins import (
    Bounds,
    DisturbanceSummary,
    GainSummary,
    InputSummary,
    Margins,
    SharesSummary,
    StableBounds,
    summary,
)
from ...errors import printable
from ...spectrum.margins.disturbance import DisturbanceMargin
from ...spectrum.margins.gain import GainMargin
from ...spectrum.margins.inputs import InputMargin
from ...spectrum.margins.shares.radius import ShareRadius
from ..rendering import RECORDS, TEXTS
from .numbers import amount, counted, readable
from .prose import wrapped

__all__ = ["margin_text", "margins_record", "margins_text"]

_INDENT = " " * 4
_INTERVALS_SHOWN = 4
_DIGITS = 6
_DIAMETER = Decimal("1.4143")  # of the simplex: sqrt(2), rounded up

_LABELS = {
    "gain": "gain margin",
    "shift": "distance in the inputs, shifted",
    "scale": "distance in the inputs, scaled",
    "shares": "radius in the class shares",
    "disturbance": "largest disturbance",
}

Entry = tuple[str, str, str]


@RECORDS.writes(Margins)
def margins_record(found: Margins) -> dict[str, Any]:
    """Return the margins as JSON types: schema ``stabkit.margins/2``."""
    return found.to_dict()


@TEXTS.writes(Margins)
def margins_text(found: Margins) -> str:
    """Return every margin with its guarantee, or the reason why it is not known."""
    name = printable(found.name)
    lines = [f"{name}: {found.verdict}"]
    for entry in _entries(found):
        lines += ["", *_lines(entry)]
    lines += ["", "Each margin is about one change, with all else as it is."]
    return "\n".join(lines) + "\n"


def margin_text(found: GainMargin | InputMargin | ShareRadius | DisturbanceMargin) -> str:
    """Return one margin with its guarantee, or the reason why it is not known."""
    part = summary(found)
    if isinstance(found, GainMargin):
        entry = _LABELS["gain"], *_gain(part, found.verdict)
    elif isinstance(found, InputMargin):
        said = _shift if found.along == "shift" else _scale
        entry = _LABELS[found.along], *said(part, found.verdict)
    elif isinstance(found, ShareRadius):
        entry = _LABELS["shares"], *_shares(part)
    else:
        entry = _LABELS["disturbance"], *_disturbance(part, None)
    return "\n".join(_lines(entry)) + "\n"


def _lines(entry: Entry) -> list[str]:
    label, value, guarantee = entry
    return [*wrapped(f"{label}: {value}", _INDENT), *wrapped(guarantee, _INDENT, _INDENT)]


def _entries(found: Margins) -> Iterator[Entry]:
    yield _LABELS["gain"], *_gain(found.gain, found.verdict)
    yield _LABELS["shift"], *_shift(found.shift, found.verdict)
    yield _LABELS["scale"], *_scale(found.scale, found.verdict)
    yield _LABELS["shares"], *_shares(found.shares)
    yield _LABELS["disturbance"], *_disturbance(found.disturbance, found.admissions_per_step)


# --- gain --------------------------------------------------------------------------------------


def _gain(gain: GainSummary, verdict: str) -> tuple[str, str]:
    linear = (
        "κ > 1, more than fits, is a notion of the linear model only, and κ < 1 leaves memory "
        "unused."
    )
    if not gain.complete:
        known = ""
        if gain.sufficient is not None:
            known = f" Stable at least for κ < {_floor(_decimal(gain.sufficient))}."
        return "not known", f"{gain.reason}{known}"
    if verdict != "stable":
        return (
            f"none, the mix is {verdict} at κ = 1; stable for κ {_ranges(gain.stable_gains, '')}",
            "Guarantee: admitting κ times what fits makes the equilibrium stable, for every "
            f"constant κ there; {linear}",
        )
    rise = "κ may rise without limit"
    if gain.upper is not None:
        factor = _floor(gain.upper.low)
        rise = f"κ may rise to {factor} ({_decibels(gain.upper.low)})"
    fall = "may fall to any κ > 0"
    if gain.lower is not None:
        fall = f"may fall to {_ceiling(gain.lower.high)} ({_decibels(gain.lower.high)})"
    return (
        f"{rise} and {fall}",
        "Guarantee: admitting κ times what fits keeps the equilibrium stable, for every constant κ "
        f"strictly within; {linear}",
    )


def _decibels(factor: Decimal) -> str:
    return f"{20 * math.log10(factor):+.3g} dB"


# --- inputs ------------------------------------------------------------------------------------


def _shift(shift: InputSummary, verdict: str) -> tuple[str, str]:
    if not shift.complete:
        return "not known", shift.reason
    if verdict != "stable":
        return _unstable_inputs(shift, verdict, "a common shift", "token")
    shortest = readable(-shift.least)
    down = f"may lose up to {amount(shortest, 'token')}, where the shortest is 0"
    if shift.least == 0:
        down = "cannot lose any, the shortest is 0"
    if shift.below is not None:
        down = f"may lose less than {amount(_floor(-shift.below.high), 'token')}"
    up = "may gain any number"
    if shift.above is not None:
        up = f"may gain less than {_floor(shift.above.low)}"
    return (
        f"all inputs {down}, and {up}",
        "Guarantee: the same number of tokens more (a longer system prompt) or less (a cached "
        "prefix) in every input keeps the equilibrium stable within these bounds; nothing is said "
        "about one class alone.",
    )


def _scale(scale: InputSummary, verdict: str) -> tuple[str, str]:
    if not scale.complete:
        return "not known", scale.reason
    if verdict != "stable":
        return _unstable_inputs(scale, verdict, "a common factor", "")
    low = "from 0 on" if scale.below is None else f"above {_ceiling(scale.below.high)}"
    high = ", without limit" if scale.above is None else f" and below {_floor(scale.above.low)}"
    return (
        f"all inputs may be multiplied by any factor {low}{high}",
        "Guarantee: the same factor on every input (another tokenizer, compressed prompts) keeps "
        "the equilibrium stable within these bounds.",
    )


def _unstable_inputs(found: InputSummary, verdict: str, change: str, unit: str) -> tuple[str, str]:
    stable = found.stable_values
    if stable == ():
        return f"none, the mix is {verdict}; {change} never makes it stable", found.reason
    return (
        f"none, the mix is {verdict}; stable for {change} {_ranges(stable, unit)}",
        f"Guarantee: {change} of all inputs strictly in there makes the equilibrium stable, and no "
        "other one does.",
    )


def _ranges(stable: tuple[StableBounds, ...] | None, unit: str) -> str:
    """Return stable intervals, rounded inwards."""
    if not stable:
        return "not known"
    shown = " or ".join(_range(part) for part in stable[:_INTERVALS_SHOWN])
    shown = amount(shown, unit) if unit and shown[-1].isdigit() else shown
    more = len(stable) - _INTERVALS_SHOWN
    return shown + (f" or in {counted(more, 'more interval')}" if more > 0 else "")


def _range(part: StableBounds) -> str:
    if part.lower is None:
        return "of any size" if part.upper is None else f"below {_floor(part.upper.low)}"
    if part.upper is None:
        return f"above {_ceiling(part.lower.high)}"
    return f"between {_ceiling(part.lower.high)} and {_floor(part.upper.low)}"


# --- shares and disturbances -------------------------------------------------------------------


def _shares(shares: SharesSummary) -> tuple[str, str]:
    if shares.radius_lower is None:
        return "not known", shares.reason
    if shares.radius_upper == 0:
        return "0", shares.reason
    value = f"{_floor(shares.radius_lower)} (Euclidean)"
    if shares.total_variation_lower is not None:
        value += f"; {_percent(shares.total_variation_lower)} of the requests in other classes"
    return (
        f"{value}; {_limit(shares)}",
        "Guarantee: all shares of these classes nearer than this have as many growing modes as "
        "these shares, hence the same verdict.",
    )


def _limit(shares: SharesSummary) -> str:
    """Return what ends the ball, and how near a crossing is where that is further."""
    crossing, beyond = shares.crossing_lower, shares.crossing_upper
    if shares.limited_by == "crossing" and beyond is not None:
        return f"the number of growing modes changes {_ceiling(beyond)} away or nearer"
    if shares.limited_by is None or crossing is None:
        return "" if shares.radius_upper is None else f"at most {_ceiling(shares.radius_upper)}"
    if crossing > _DIAMETER:
        return "there a class vanishes; no shares at all have a mode on the unit circle"
    return f"there a class vanishes; no mode is on the unit circle nearer than {_floor(crossing)}"


def _disturbance(disturbance: DisturbanceSummary, admissions: Fraction | None) -> tuple[str, str]:
    largest, burst = disturbance.largest, disturbance.burst
    if largest is None:
        return "not known", disturbance.reason
    if largest.high == 0:
        return "0", disturbance.reason
    value = f"every cohort off by {_percent(largest.low)} of its steady size"
    if burst is not None:
        value += f", or one extra burst of {_burst(burst, admissions)}"
    return (
        value,
        "Guarantee: from any such state greedy never evicts a request (fluid model); larger "
        "disturbances may evict some and still settle.",
    )


def _burst(burst: Bounds, admissions: Fraction | None) -> str:
    text = f"{_floor(burst.low)} times the steady admissions per step"
    if admissions is None:
        return text
    requests = readable(_down(burst.low * _decimal(admissions)))
    return f"{text} ({amount(requests, 'request')})"


# --- rounding ----------------------------------------------------------------------------------


def _down(value: Decimal) -> Decimal:
    return Context(_DIGITS, ROUND_FLOOR).plus(value)


def _floor(value: Decimal) -> str:
    return readable(_down(value), _DIGITS)


def _percent(ratio: Decimal) -> str:
    return f"{readable(Context(3, ROUND_FLOOR).multiply(ratio, 100), 3)} %"


def _ceiling(value: Decimal) -> str:
    return readable(Context(_DIGITS, ROUND_CEILING).plus(value), _DIGITS)


def _decimal(value: Fraction) -> Decimal:
    return Context(_DIGITS + 10, ROUND_FLOOR).divide(
        Decimal(value.numerator), Decimal(value.denominator)
    )
