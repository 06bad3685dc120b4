"""Figure of the margins: how far each number may go, on a line of its own and to scale.

The three lines show the gain, the shift and the factor around the mix, the stable values shaded.
The bars below are about all shares and all cohorts at once, in per cent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction
from typing import Any

from ...analysis.margins import Margins
from ...spectrum.margins.line import StableRange
from ..text.numbers import rounded
from .bars import Bar, draw_bars
from .style import BLUE, INK, SHADE, Axes, Drawing, drawn

__all__ = ["margins_figure"]

_AROUND = Fraction(
    7, 5
)  # of the distance of the farther end: so much is seen on both sides of the mix
_APART = 0.12  # of a line, between two numbers below it
_DIGITS = 3  # of a bar
_LINES = (
    ("gain", "gain κ of the admissions", Fraction(1), Fraction(0)),
    ("shift", "tokens δ added to every input", Fraction(0), None),
    ("scale", "factor N of every input", Fraction(1), Fraction(0)),
)


@drawn(Margins, lambda found: 7.6 + 1.1 * len(list(_bars(found))), lambda found: found.verdict)
def margins_figure(figure: Drawing, found: Margins) -> None:
    """Draw the stable gains, shifts and factors around the mix, above what may err at once.

    Numbers are rounded to the safe side, and each is about one change with all else as it is. What
    is not known has no bar and no shade, and says so.
    """
    bars = list(_bars(found))
    heights = (1, 1, 1, 0.9 * len(bars))
    *lines, below = figure.subplots(4, 1, height_ratios=heights)
    for axes, (name, label, present, least) in zip(lines, _LINES, strict=True):
        part = getattr(found, name)
        stable = part.stable_gains if name == "gain" else part.stable_values
        _draw_line(axes, stable, present, found.shift.least if least is None else least)
        axes.set_title(label if part.complete else f"{label}: not known", loc="left", fontsize=7.5)
    draw_bars(below, bars, "may be off by (%)")
    _explain(figure)


def _draw_line(
    axes: Axes, stable: tuple[StableRange, ...] | None, present: Fraction, least: Fraction
) -> None:
    """Draw the stable values around the present one, and write where they end."""
    ends: dict[Fraction, str] = {}
    for part in stable or ():
        both = zip(_safe(part), (ROUND_CEILING, ROUND_FLOOR), strict=True)
        ends |= {end: rounding for end, rounding in both if end is not None}
    low, high = _view(ends, present, least)
    axes.set(xlim=(float(low), float(high)), ylim=(0, 1), yticks=())
    for part in stable or ():
        start, stop = _safe(part)
        seen = float(low if start is None else start), float(high if stop is None else stop)
        axes.axvspan(*seen, color=SHADE, linewidth=0, zorder=0)
    axes.plot([float(present)], [0.45], "D", color=INK, markersize=4, clip_on=False, zorder=3)
    axes.spines["left"].set_visible(False)
    _write_ends(axes, ends, present)


def _safe(part: StableRange) -> tuple[Fraction | None, Fraction | None]:
    """Return the ends of a stable range, each at the side of its enclosure that is stable."""
    return (
        None if part.low is None else part.low.high,
        None if part.high is None else part.high.low,
    )


def _view(
    ends: Iterable[Fraction], present: Fraction, least: Fraction
) -> tuple[Fraction, Fraction]:
    """Return what is seen: the nearest ends on both sides, and a part of what is beyond."""
    sides = [
        min((abs(end - present) for end in ends if (end > present) == above), default=Fraction(0))
        for above in (False, True)
    ]
    reach = _AROUND * max(sides) or max(Fraction(1), abs(present))
    return max(present - reach, least), present + reach


def _write_ends(axes: Axes, ends: dict[Fraction, str], present: Fraction) -> None:
    """Write the ends in view, rounded into what is stable, and the mix where there is room."""
    low, high = axes.get_xlim()
    written: dict[float, str] = {}
    seen = sorted((end for end in ends if low <= end <= high), key=lambda end: abs(end - present))
    for value in [*seen, present]:
        if all(abs(value - other) > _APART * (high - low) for other in written):
            written[float(value)] = rounded(value, ends.get(value, ROUND_FLOOR))
    axes.set_xticks(list(written), labels=list(written.values()))


def _bars(found: Margins) -> Iterator[Bar]:
    """Yield what may err at once, in per cent."""
    moved = found.shares.total_variation_lower
    yield _bar("requests in other classes", moved)
    if found.tolerance is not None:
        yield _bar("all shares, of themselves", found.tolerance.lower)
    largest, burst = found.disturbance.largest, found.disturbance.burst
    yield _bar("every cohort, of its steady size", None if largest is None else largest.low)
    if burst is not None:
        yield _bar("or one extra burst, of a step's admissions", burst.low)


def _bar(what: str, ratio: Fraction | None) -> Bar:
    style: dict[str, Any] = {"facecolor": BLUE}
    if ratio is None:
        return Bar(f"{what}: not known", 0.0, style)
    return Bar(f"{what}: {rounded(100 * ratio, ROUND_FLOOR, _DIGITS)} %", 100 * float(ratio), style)


def _explain(figure: Drawing) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    mix = Line2D([], [], marker="D", color=INK, linestyle="", markersize=4)
    figure.legend(
        [mix, Patch(color=SHADE)], ["the mix", "stable"], loc="outside lower center", ncols=2
    )
