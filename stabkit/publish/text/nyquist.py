"""A Nyquist curve as text for people and as JSON types."""

from __future__ import annotations

import math
from typing import Any

from ...spectrum.curves.nyquist import AxisCrossing, NyquistCurve
from ..layout import paragraph, title
from ..rendering import RECORDS, TEXTS
from .dialect import chosen, headed
from .numbers import counted, readable, times
from .tables import plain_table

__all__ = ["SCHEMA", "nyquist_record", "nyquist_text"]

SCHEMA = "stabkit.nyquist/2"
_MOST_CROSSINGS = 12


@RECORDS.writes(NyquistCurve)
def nyquist_record(curve: NyquistCurve) -> dict[str, Any]:
    """Return the curve as JSON types: schema ``stabkit.nyquist/2``.

    `encirclements` is exact, or null where undecided; `curve` holds real and imaginary part of
    G(e^iθ)/G(1) at `angles`, samples of the half curve.
    """
    return headed(
        SCHEMA,
        curve.mix,
        **chosen(curve, "length encirclements counts"),
        **chosen(curve.counts, "verdict certified method"),
        axis_crossings=[
            chosen(at, "angle=theta ratio=value encirclements=turns") for at in curve.crossings
        ],
        **chosen(curve, "angles=theta curve=values"),
    )


@TEXTS.writes(NyquistCurve)
def nyquist_text(curve: NyquistCurve) -> str:
    """Return what the curve encircles and what that means, and its largest crossings."""
    sentences = [_encircled(curve), f"Proof: {curve.counts.reason}"]
    head = title(curve.mix.name)
    return f"{head}\n{paragraph(' '.join(sentences))}\n{_crossings(curve)}"


def _encircled(curve: NyquistCurve) -> str:
    turns, on_circle = curve.encirclements, curve.counts.on_circle
    if turns is None:
        return (
            "How often the curve G(e^iθ) encircles 0 is undecided, and with it the number of "
            f"growing modes; the verdict is {curve.counts.verdict}."
        )
    grow = counted(turns, "mode grows", "modes grow") if turns else "no mode grows"
    if on_circle:
        modes = counted(on_circle, "mode is", "modes are")
        return (
            f"The curve G(e^iθ) passes through 0: {modes} on the unit circle. Of the others "
            f"{grow}, so the mix is {curve.counts.verdict}."
        )
    around = f"encircles 0 {times(turns)}" if turns else "does not encircle 0"
    return f"The curve G(e^iθ) {around}: {grow}, so the mix is {curve.counts.verdict}."


def _crossings(curve: NyquistCurve) -> str:
    if not curve.crossings:
        return paragraph("It does not cross the negative real axis (sampled, not in the proof).")
    largest = sorted(curve.crossings, key=lambda crossing: crossing.value)[:_MOST_CROSSINGS]
    heads = ("θ (turns)", "period (steps)", "G / G(1)", "turns")
    hidden = len(curve.crossings) - len(largest)
    rest = f"and {counted(hidden, 'smaller one')}\n" if hidden else ""
    head = "Crossings of the negative real axis for 0 < θ ≤ π (sampled, not in the proof):"
    return paragraph(head) + plain_table([heads, *map(_row, largest)]) + rest


def _row(crossing: AxisCrossing) -> tuple[str, str, str, str]:
    mirrored = 1 if crossing.theta == math.pi else 2
    return (
        readable(crossing.theta / (2 * math.pi)),
        readable(2 * math.pi / crossing.theta),
        readable(crossing.value),
        f"{crossing.turns * mirrored:+d}",
    )
