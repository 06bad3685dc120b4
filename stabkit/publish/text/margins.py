"""The margins as text for an engineer: each with one sentence that says what it guarantees.

Numbers that a guarantee rests on are rounded to the safe side.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from functools import partial
from typing import Any

from ...analysis.margins import Margins
from ...model.enclosure import RealEnclosure
from ...spectrum.margins.disturbance import DisturbanceMargin
from ...spectrum.margins.gain import GainMargin
from ...spectrum.margins.inputs import InputMargin
from ...spectrum.margins.line import StableRange
from ...spectrum.margins.shares.radius import ShareRadius
from ...spectrum.margins.shares.robust import RobustShares
from ...spectrum.margins.shares.tolerance import ShareTolerance
from ..layout import paragraph, styled, title, wrapped
from ..rendering import RECORDS, TEXTS
from .dialect import as_json, chosen, headed
from .numbers import amount, counted, readable, rounded
from .robust import robust_said, tolerance_said

__all__ = ["MARGINS", "margin_fields", "margin_text", "margins_record", "margins_text"]

SCHEMA = "stabkit.margins/3"
_INDENT = " " * 4
_INTERVALS_SHOWN = 4
_DIGITS = 30  # of one-sided bounds in JSON

_EACH = "Each margin is about one change, with all else as it is."
_LABELS = {
    "gain": "gain margin",
    "shift": "distance in the inputs, shifted",
    "scale": "distance in the inputs, scaled",
    "shares": "radius in the class shares",
    "robust": "errors of all shares at once",
    "tolerance": "largest error of all shares at once",
    "sample": "sampling errors of the shares",
    "disturbance": "largest disturbance",
}

MARGINS = (GainMargin, InputMargin, ShareRadius, RobustShares, ShareTolerance, DisturbanceMargin)
_Margin = GainMargin | InputMargin | ShareRadius | RobustShares | ShareTolerance | DisturbanceMargin
_floor = partial(rounded, rounding=ROUND_FLOOR)
_ceiling = partial(rounded, rounding=ROUND_CEILING)


@RECORDS.writes(Margins)
def margins_record(found: Margins) -> dict[str, Any]:
    """Return the margins as JSON types: schema ``stabkit.margins/3``."""
    parts = (*_linear(found), found.disturbance)
    return headed(
        SCHEMA,
        found.mix,
        verdict=found.verdict,
        admissions_per_step=as_json(found.admissions_per_step),
        **{"robust_shares": None, "share_tolerance": None, "sampled_shares": None}
        | {key: value for part in parts for key, value in margin_fields(part).items()},
    )


def margin_fields(found: _Margin) -> dict[str, Any]:
    """Return one margin as JSON types, under its name."""
    if isinstance(found, GainMargin):
        names = "lower upper largest_stable stable_gains sufficient complete reason"
        return {"gain": chosen(found, names)}
    if isinstance(found, InputMargin):
        names = "least below above distance stable_below stable_above stable_values complete reason"
        return {found.along: chosen(found, names)}
    if isinstance(found, RobustShares):
        names = "robust within bounds level vertices edges witness witness_verdict crossing reason"
        key = "robust_shares" if found.level is None else "sampled_shares"
        return {key: chosen(found, names)}
    if isinstance(found, ShareTolerance):
        names = "error_lower=lower error_upper=upper witness reason"
        return {"share_tolerance": chosen(found, names)}
    if isinstance(found, DisturbanceMargin):
        return {"disturbance": chosen(found, "largest peak_step burst burst_step reason")}
    bounds = {
        "radius_lower": _decimal(found.lower, ROUND_FLOOR),
        "radius_upper": _decimal(found.upper, ROUND_CEILING),
        "crossing_lower": _decimal(found.crossing_lower, ROUND_FLOOR),
        "crossing_upper": _decimal(found.crossing_upper, ROUND_CEILING),
        "total_variation_lower": _decimal(found.total_variation_lower, ROUND_FLOOR),
    }
    return {"shares": bounds | chosen(found, "limited_by reason")}


def _decimal(value: Fraction | None, rounding: str) -> str | None:
    if value is None:
        return None
    context = Context(_DIGITS, rounding)
    return str(context.divide(Decimal(value.numerator), Decimal(value.denominator)))


@TEXTS.writes(Margins)
def margins_text(found: Margins) -> str:
    """Return every margin with its guarantee, or the reason why it is not known."""
    blocks = [
        title(f"{found.mix.name}: {found.verdict}"),
        *(margin_text(part) for part in _linear(found)),
        margin_text(found.disturbance, found.admissions_per_step),
    ]
    return "\n".join([*blocks, paragraph(_EACH)])


def _linear(found: Margins) -> Iterator[_Margin]:
    """Yield the margins of the linear model, those that were asked for."""
    yield from (found.gain, found.shift, found.scale, found.shares)
    yield from (part for part in (found.robust, found.tolerance, found.sample) if part is not None)


def margin_text(found: _Margin, admissions: Fraction | None = None) -> str:
    """Return one margin with its guarantee, or the reason why it is not known.

    * `admissions`: a*, for a burst in requests.
    """
    if isinstance(found, GainMargin):
        label, (value, guarantee) = "gain", _gain(found)
    elif isinstance(found, InputMargin):
        said = _shift if found.along == "shift" else _scale
        label, (value, guarantee) = found.along, said(found)
    elif isinstance(found, ShareRadius):
        label, (value, guarantee) = "shares", _shares(found)
    elif isinstance(found, RobustShares):
        label = "robust" if found.level is None else "sample"
        value, guarantee = robust_said(found)
    elif isinstance(found, ShareTolerance):
        label, (value, guarantee) = "tolerance", tolerance_said(found)
    else:
        label, (value, guarantee) = "disturbance", _disturbance(found, admissions)
    styled(f"{_LABELS[label]}:", "dim")
    lines = wrapped(f"{_LABELS[label]}: {value}", _INDENT)
    return "\n".join([*lines, *wrapped(guarantee, _INDENT, _INDENT)]) + "\n"


# --- gain --------------------------------------------------------------------------------------


def _gain(gain: GainMargin) -> tuple[str, str]:
    linear = (
        "κ > 1, more than fits, is a notion of the linear model only, and κ < 1 leaves memory "
        "unused."
    )
    if not gain.complete:
        known = ""
        if gain.sufficient is not None:
            known = f" Stable at least for κ < {_floor(gain.sufficient)}."
        return "not known", f"{gain.reason}{known}"
    if gain.verdict != "stable":
        return (
            f"none, the mix is {gain.verdict} at κ = 1; "
            f"stable for κ {_ranges(gain.stable_gains, '')}",
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


def _decibels(factor: Fraction) -> str:
    return f"{20 * math.log10(factor):+.3g} dB"


# --- inputs ------------------------------------------------------------------------------------


def _shift(shift: InputMargin) -> tuple[str, str]:
    if not shift.complete:
        return "not known", shift.reason
    if shift.verdict != "stable":
        return _unstable_inputs(shift, "a common shift", "token")
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


def _scale(scale: InputMargin) -> tuple[str, str]:
    if not scale.complete:
        return "not known", scale.reason
    if scale.verdict != "stable":
        return _unstable_inputs(scale, "a common factor", "")
    low = "from 0 on" if scale.below is None else f"above {_ceiling(scale.below.high)}"
    high = ", without limit" if scale.above is None else f" and below {_floor(scale.above.low)}"
    return (
        f"all inputs may be multiplied by any factor {low}{high}",
        "Guarantee: the same factor on every input (another tokenizer, compressed prompts) keeps "
        "the equilibrium stable within these bounds.",
    )


def _unstable_inputs(found: InputMargin, change: str, unit: str) -> tuple[str, str]:
    stable = found.stable_values
    if stable == ():
        return f"none, the mix is {found.verdict}; {change} never makes it stable", found.reason
    return (
        f"none, the mix is {found.verdict}; stable for {change} {_ranges(stable, unit)}",
        f"Guarantee: {change} of all inputs strictly in there makes the equilibrium stable, and no "
        "other one does.",
    )


def _ranges(stable: tuple[StableRange, ...] | None, unit: str) -> str:
    """Return stable intervals, rounded inwards."""
    if not stable:
        return "not known"
    shown = " or ".join(_range(part) for part in stable[:_INTERVALS_SHOWN])
    shown = amount(shown, unit) if unit and shown[-1].isdigit() else shown
    more = len(stable) - _INTERVALS_SHOWN
    return shown + (f" or in {counted(more, 'more interval')}" if more > 0 else "")


def _range(part: StableRange) -> str:
    if part.low is None:
        return "of any size" if part.high is None else f"below {_floor(part.high.low)}"
    if part.high is None:
        return f"above {_ceiling(part.low.high)}"
    return f"between {_ceiling(part.low.high)} and {_floor(part.high.low)}"


# --- shares and disturbances -------------------------------------------------------------------


def _shares(shares: ShareRadius) -> tuple[str, str]:
    if shares.lower is None:
        return "not known", shares.reason
    if shares.upper == 0:
        return "0", shares.reason
    value = f"{_floor(shares.lower)} (Euclidean)"
    if shares.total_variation_lower is not None:
        value += f"; {_percent(shares.total_variation_lower)} of the requests in other classes"
    return (
        f"{value}; {_limit(shares)}",
        "Guarantee: all shares of these classes nearer than this have as many growing modes as "
        "these shares, hence the same verdict.",
    )


def _limit(shares: ShareRadius) -> str:
    """Return what ends the ball, and how near a crossing is where that is further."""
    crossing, beyond = shares.crossing_lower, shares.crossing_upper
    if shares.limited_by == "crossing" and beyond is not None:
        return f"at {_ceiling(beyond)} or nearer the number of growing modes changes"
    if shares.limited_by is None or crossing is None:
        return "" if shares.upper is None else f"at most {_ceiling(shares.upper)}"
    if crossing**2 > 2:
        return "there a class vanishes; no shares at all have a mode on the unit circle"
    return f"there a class vanishes; no mode is on the unit circle nearer than {_floor(crossing)}"


def _disturbance(disturbance: DisturbanceMargin, admissions: Fraction | None) -> tuple[str, str]:
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


def _burst(burst: RealEnclosure, admissions: Fraction | None) -> str:
    text = f"{_floor(burst.low)} times the steady admissions per step"
    if admissions is None:
        return text
    return f"{text} ({amount(_floor(burst.low * admissions), 'request')})"


def _percent(ratio: Fraction) -> str:
    return f"{_floor(100 * ratio, digits=3)} %"
