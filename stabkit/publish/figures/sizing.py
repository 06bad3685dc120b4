"""Figure of a sizing: how many requests are in service, on the mean and at worst.

Below, for one class, the part of the memory that a watermark without evictions keeps free.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ...analysis.operations.sizing import Sizing
from ..text.numbers import percent_above, readable
from .bars import Bar, draw_bars
from .style import BLUE, INK, SKY, VERMILLION, Axes, Drawing, drawn, legend_below

__all__ = ["sizing_figure"]

_FREE: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "hatch": "////", "linewidth": 0.6}


@drawn(
    Sizing,
    lambda found: 2.9 + 1.05 * len(list(_bars(found))) + 2.2 * _marked(found),
    lambda found: _finding(found),
)
def sizing_figure(figure: Drawing, found: Sizing) -> None:
    """Draw requests in service as bars, with the cap as a line, above the watermark."""
    bars = list(_bars(found))
    heights = (0.75 * len(bars), 1) if _marked(found) else (1,)
    panels = figure.subplots(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    cap = found.cap
    draw_bars(panels[0], bars, "requests in service", 0.0 if cap is None else cap.max_num_seqs)
    if cap is not None:
        label = f"cap of {cap.max_num_seqs:,} running requests"
        dashes: Any = (0, (4, 1.6))
        panels[0].axvline(cap.max_num_seqs, color=VERMILLION, linestyle=dashes, label=label)
    if found.watermark is not None and _marked(found):
        _draw_watermark(panels[1], found.watermark)
    legend_below(figure, panels[0])


def _finding(found: Sizing) -> str:
    blocks = "" if found.blocks is None else f", in blocks of {found.blocks.block_size:,}"
    if found.cap is not None and found.cap.never_evicts:
        return f"never evicts under the cap{blocks}"
    return f"{found.verdict}{blocks}: admit {readable(float(found.admissions), 4)} a step"


def _marked(found: Sizing) -> bool:
    """Tell whether there is a watermark to speak of."""
    return found.watermark is not None and not (found.cap is not None and found.cap.never_evicts)


def _bars(found: Sizing) -> Iterator[Bar]:
    steady, light = {"facecolor": BLUE}, {"facecolor": SKY}
    yield _bar("steady state", found.requests, steady)
    if found.blocks is not None:
        yield _bar("steady state if memory came in tokens", found.blocks.requests_in_tokens, light)
    yield _bar("with a reservation for life", found.reserved, light)
    if found.worst_cycle is not None:
        yield _bar("worst cycle", found.worst_cycle, light)
    if found.always is not None:
        yield _bar("fit whatever happens", Fraction(found.always), light)


def _bar(what: str, requests: Fraction, style: dict[str, Any]) -> Bar:
    return Bar(f"{what}: {readable(float(requests))}", float(requests), style)


def _draw_watermark(axes: Axes, watermark: Fraction) -> None:
    """Draw the memory, what is kept free hatched."""
    used = 100 * (1 - float(watermark))
    text = f"watermark without evictions: {percent_above(watermark)} of the memory kept free"
    draw_bars(axes, [Bar(text, used, {"facecolor": SKY})], "memory (%)")
    axes.barh(0, 100 - used, 0.4, used, align="edge", **_FREE)
    axes.set_xlim(0, 108)
