"""What a stability chart is asked for: which numbers vary, over which ranges, what the others are.

The default range of s ends beyond the crossings of some rows (or columns), which are partitioned
for that purpose. Where it spans decades, the scale is logarithmic in 1 + s, the memory that an
admission takes at once, so that s = 0 is in the picture.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from ...errors import ArgumentTypeError, InvalidArgument, InvalidWorkload, shown
from ...model.numbers import exact_integer, listed, rational_argument
from ..partition.d_partition import d_partition
from .plane import CALLED, DOMAINS, Axis, ChartFrame, ChartPlane

__all__ = ["LONGEST_CHART", "chart_frame", "read_plane"]

LONGEST_CHART = 500  # a minute
_NUMBERS = ("s", "p", "kappa")
_WORDS = {word: symbol for symbol, word in CALLED.items()}
_PROBES = {"p": (1, 3, 5, 7, 9), "kappa": (2, 4, 6, 8, 10)}  # tenths
_BEYOND = 1.15
_NICE = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
_LINEAR = 60  # tokens; a longer range of s is drawn logarithmically


def read_plane(
    decode_lengths: Sequence[Any],
    vary: Sequence[str] | None,
    fixed: Mapping[str, Any] | None,
) -> ChartPlane:
    """Return the plane of the arguments of `stability_chart`.

    Raises InvalidArgument if they describe none.
    """
    lengths = _decode_lengths(decode_lengths)
    varying = _vary(vary, len(lengths))
    given = _fixed(fixed, varying)
    plane = ChartPlane(lengths, varying, _inputs(given, varying, len(lengths)))
    share = rational_argument(given.get("p", plane.share), "'share'")
    gain = rational_argument(given.get("kappa", plane.gain), "'gain'")
    for name, value in (("p", share), ("kappa", gain)):
        least, _, largest, with_largest = DOMAINS[name]
        if not (least < value < largest or (with_largest and value == largest)):
            domain = "positive and at most 1" if with_largest else "between 0 and 1, both excluded"
            raise InvalidArgument(f"'{CALLED[name]}' must be {domain}, not {shown(value)}.")
    return ChartPlane(lengths, varying, plane.inputs, share, gain)


def _decode_lengths(given: Any) -> tuple[int, ...]:
    listed = " ".join(map(str, given)) if isinstance(given, (list, tuple)) else given
    message = (
        f"'decode_lengths' must be two or three different integers from 1 to {LONGEST_CHART}, "
        f"not {shown(listed)}."
    )
    if isinstance(given, (str, bytes)) or not isinstance(given, Sequence):
        raise ArgumentTypeError(message)
    try:
        lengths = tuple(exact_integer(n, "") for n in given)
    except InvalidWorkload as failure:
        raise ArgumentTypeError(message) from failure
    within = all(1 <= n <= LONGEST_CHART for n in lengths)
    if not (within and len(lengths) in (2, 3) and len(set(lengths)) == len(lengths)):
        raise InvalidArgument(message)
    return lengths


def _vary(given: Sequence[str] | None, classes: int) -> tuple[str, str]:
    usual = ("s", "p") if classes == 2 else ("p1", "p2")
    if given is None:
        return usual
    asked = (given,) if isinstance(given, str) else listed(given, "'vary'", "two names")
    if not all(isinstance(name, str) for name in asked):
        raise ArgumentTypeError(f"'vary' must be two names, not {_listed(asked)}.")
    names = tuple(map(_symbol, asked))
    if classes == 3 and names != usual:
        raise InvalidArgument(
            f"'vary' must be 'p1' and 'p2' for three decode lengths, not {_listed(asked)}."
        )
    if classes == 2 and not (
        len(names) == 2 and names[0] != names[1] and set(names) <= set(_NUMBERS)
    ):
        raise InvalidArgument(
            f"'vary' must be two of 'common', 'share' and 'gain', not {_listed(asked)}."
        )
    return names[0], names[1]


def _listed(names: Sequence[Any]) -> str:
    return ", ".join(shown(name) for name in names) or "nothing"


def _mapping(name: str, given: Any) -> dict[str, Any]:
    if given is not None and not isinstance(given, Mapping):
        raise ArgumentTypeError(f"'{name}' must be a mapping, not {shown(given)}.")
    return {_symbol(name): value for name, value in (given or {}).items()}


def _symbol(name: str) -> str:
    return _WORDS.get(name, name)


def _fixed(given: Mapping[str, Any] | None, varying: tuple[str, str]) -> dict[str, Any]:
    fixed = _mapping("fixed", given)
    allowed = [n for n in (_NUMBERS if "p1" not in varying else ("s", "kappa")) if n not in varying]
    for name, value in fixed.items():
        if name in _NUMBERS and name not in allowed:
            called = CALLED[name]
            raise InvalidArgument(
                f"'{called}' must be left out where it varies, not {shown(value)}."
            )
        if name not in _NUMBERS:
            raise InvalidArgument(f"'fixed' must hold {_choice(allowed)} here, not {shown(name)}.")
    return fixed


def _choice(symbols: Sequence[str]) -> str:
    return " or ".join(f"'{CALLED[symbol]}'" for symbol in symbols)


def _inputs(fixed: dict[str, Any], varying: tuple[str, str], classes: int) -> tuple[Fraction, ...]:
    if "s" in varying:
        return (Fraction(0),) * classes
    if "s" not in fixed:
        what = "the shares" if "p1" in varying else " and ".join(CALLED[n] for n in varying)
        raise InvalidArgument(f"'common' must be an input length where {what} vary, not left out.")
    given = fixed["s"]
    if isinstance(given, (list, tuple)):
        if len(given) != classes:
            raise InvalidArgument(
                f"'common' must be one number or one for each of {classes} classes, "
                f"not {len(given)}."
            )
        inputs = tuple(rational_argument(value, "'common'") for value in given)
    else:
        inputs = (rational_argument(given, "'common'"),) * classes
    least, _, largest, _ = DOMAINS["s"]
    for value in inputs:
        if not least <= value <= largest:
            raise InvalidArgument(
                f"'common' must be between 0 and 10^12 tokens, not {shown(value)}."
            )
    return inputs


def chart_frame(plane: ChartPlane, ranges: Mapping[str, Sequence[object]] | None) -> ChartFrame:
    """Return the plane with the ranges of `stability_chart`.

    Raises InvalidArgument if a range is not one of a number that varies, or not within its domain.
    """
    given = _mapping("ranges", ranges)
    if plane.is_simplex and given:
        raise InvalidArgument("'ranges' must be left out for three decode lengths.")
    for name in given:
        if name not in plane.vary:
            called = shown(CALLED.get(name, name))
            raise InvalidArgument(f"'ranges' must hold {_choice(plane.vary)} here, not {called}.")
    return ChartFrame(plane, *(_axis(plane, name, given.get(name)) for name in plane.vary))


def _axis(plane: ChartPlane, name: str, given: Any) -> Axis:
    least, _, largest, _ = DOMAINS[name]
    if given is None:
        low, high = least, (_input_range(plane) if name == "s" else largest)
    else:
        what = f"'ranges' of '{CALLED[name]}'"
        if not isinstance(given, (list, tuple)) or len(given) != 2:
            raise InvalidArgument(f"{what} must be (low, high), not {shown(given)}.")
        low, high = (rational_argument(value, what) for value in given)
        if not least <= low < high <= largest:
            top = "10^12" if name == "s" else largest
            raise InvalidArgument(
                f"{what} must be 0 <= low < high <= {top}, not {shown(low)} and {shown(high)}."
            )
    return Axis(name, low, high, name == "s" and high - low > _LINEAR and high > 8 * (1 + low))


def _input_range(plane: ChartPlane) -> Fraction:
    """Return a round number of tokens beyond the crossings of a few lines along s."""
    (other,) = (number for number in plane.vary if number != "s")
    along = ChartPlane(plane.decode_lengths, ("s", other), plane.inputs, plane.share, plane.gain)
    largest = 0.0
    for tenths in _PROBES[other]:
        pencil, _ = along.row(Fraction(tenths, 10))
        largest = max(
            [largest, *(float(c) for c in d_partition(pencil, every_sample=False).crossings)]
        )
    reach = _BEYOND * (largest or 2 * max(plane.decode_lengths))
    power = 10.0 ** math.floor(math.log10(reach))
    return Fraction(str(min(n for n in _NICE if n * power >= reach))) * Fraction(int(power) or 1)
