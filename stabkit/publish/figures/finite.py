"""Figure of a finite server: whether one sees the fluid's verdict, and how often it evicts.

Both by formula, for servers of other sizes too, and as far as they are known; the measured shares
of a simulation with their intervals.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...analysis.operations.finite import FiniteServer
from ...analysis.operations.finite_runs import SimulatedServer
from ...analysis.pictures.finite import FinitePicture, finite_picture
from ...dynamics.requests.batches import Estimate
from ...spectrum.fluctuations.evictions import VISIBLE
from ..rendering import FIGURES
from ..text.finite_words import rate
from ..text.numbers import amount, readable
from .bars import Bar, draw_bars
from .style import (
    BLUE,
    GREY,
    INK,
    SHADE,
    SKY,
    SMALL,
    VERMILLION,
    Axes,
    Drawing,
    drawn,
    legend_below,
)

__all__ = ["finite_figure", "server_figure"]

_SEEN = 1 / np.sqrt(VISIBLE)  # of sqrt(V / a*): below, the verdict is what one sees
_MOST_PERCENT = 130.0  # of an interval
_WIDE = 20.0  # the largest share over the smallest, from which on the scale is logarithmic


@drawn(
    FinitePicture,
    lambda picture: 2.6 + sum(height for height, _ in _panels(picture)),
    lambda picture: _finding(picture.server),
)
def finite_figure(figure: Drawing, picture: FinitePicture) -> None:
    """Draw chance and evictions over the capacity, above what a simulation measured."""
    chosen = list(_panels(picture))
    heights = [height for height, _ in chosen]
    panels = figure.subplots(len(chosen), 1, height_ratios=heights, squeeze=False)[:, 0]
    for axes, (_, draw) in zip(panels, chosen, strict=True):
        draw(axes, picture)
    legend_below(figure, max(panels, key=_entries), columns=3)
    figure.align_ylabels()


@FIGURES.writes(FiniteServer)
def server_figure(found: FiniteServer, **frame: Any) -> Drawing:
    """Return the picture of a server among larger and smaller ones, in its `frame`."""
    return finite_figure(finite_picture(found), **frame)


def _finding(server: FiniteServer) -> str:
    held = f"{amount(readable(server.capacity), 'token')}; the fluid is {server.verdict}"
    if server.never_evicts:
        return f"{held}, and nothing is ever evicted"
    return held


def _entries(axes: Axes) -> int:
    return len(axes.get_legend_handles_labels()[1])


def _panels(picture: FinitePicture) -> Iterator[tuple[float, Any]]:
    """Yield height and drawing of what is known; how many fit is known always."""
    if (picture.admissions_cv > 0).any():  # a share of 0 has no place on a logarithmic scale
        yield 3.4, _draw_noise
    if np.isfinite(picture.evict_probability).any() and not picture.server.never_evicts:
        yield 3.4, _draw_evictions
    if picture.server.simulated is not None:
        yield 3.8, _draw_measured
    else:
        yield 3.0, _draw_requests


def _draw_noise(axes: Axes, picture: FinitePicture) -> None:
    """Draw by how much chance moves admissions, in what is seen of the verdict."""
    from matplotlib.patheffects import withStroke

    axes.set_yscale("log")
    _draw_curve(axes, picture, picture.admissions_cv)
    low, high = axes.get_ylim()
    low, high = min(low, 100 * _SEEN / 1.5), max(high, 150)
    bounds = (low, 100 * _SEEN, 100.0, high)
    said = ("the verdict is seen", "the verdict and noise", "noise decides")
    shades = (SHADE, "#E6F3FB", "white")
    for bottom, top, text, shade in zip(bounds, bounds[1:], said, shades, strict=False):
        right = bottom == 100  # the curve falls from the left
        axes.axhspan(bottom, top, color=shade, linewidth=0, zorder=0)
        axes.annotate(
            text,
            (right, np.sqrt(bottom * top)),
            (-3 if right else 3, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right" if right else "left",
            va="center",
            fontsize=SMALL,
            color=GREY,
            path_effects=[withStroke(linewidth=2.0, foreground=shade)],
        )
    axes.set_ylim(low, high)
    axes.set_ylabel("chance moves\nadmissions by (%)")
    _plain(axes)


def _draw_evictions(axes: Axes, picture: FinitePicture) -> None:
    """Draw how many steps evict, by formula, beside what the simulation measured."""
    shares = picture.evict_probability
    _draw_curve(axes, picture, shares)
    run = picture.server.simulated
    if run is not None:
        _draw_estimate(axes, float(picture.server.capacity), run.evict_probability)
    known = shares[np.isfinite(shares) & (shares > 0)]
    if len(known) and known.max() > _WIDE * known.min():
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.set_ylabel("steps that\nevict (%)")
    _plain(axes)


def _draw_curve(axes: Axes, picture: FinitePicture, shares: Any) -> None:
    axes.plot(picture.capacities, 100 * shares, ".-", color=BLUE, label="by formula")
    here = float(picture.server.capacity)
    axes.axvline(here, color=INK, linewidth=0.8, linestyle=(0, (4, 1.6)), label="this server")
    axes.set_xscale("log")
    axes.set_xlim(picture.capacities[0], picture.capacities[-1])
    axes.set_xlabel("capacity (tokens)")


def _draw_estimate(axes: Axes, across: float, value: Estimate) -> None:
    """Draw a measured share with its interval."""
    ends = [[100 * max(0.0, value.value - value.low)], [100 * max(0.0, value.high - value.value)]]
    style: dict[str, Any] = {"fmt": "D", "color": VERMILLION, "markersize": 3.5, "capsize": 2}
    style["label"] = "simulated, 95 %"
    axes.errorbar([across], [100 * value.value], np.nan_to_num(ends), zorder=4, **style)


def _plain(axes: Axes) -> None:
    """Write capacities as they are, in thousands, on a logarithmic axis of a few marks."""
    from matplotlib.ticker import FixedLocator, LogLocator, NullLocator

    low, high = axes.get_xlim()
    ticks = [low * 2**n for n in range(8) if low * 2**n <= 1.01 * high]
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_minor_locator(NullLocator())
    if axes.get_yscale() == "log":
        axes.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5), numticks=7))
    axes.yaxis.set_minor_locator(NullLocator())
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: readable(float(value), 4))


def _draw_measured(axes: Axes, picture: FinitePicture) -> None:
    """Draw the measured shares as bars, with their intervals."""
    run = picture.server.simulated
    rows = [] if run is None else list(_measured(run))
    bars = [
        Bar(f"{text}: {rate(one.value)}", 100 * one.value, {"facecolor": SKY}) for text, one in rows
    ]
    ends = [100 * one.high for _, one in rows if np.isfinite(one.high)]
    draw_bars(axes, bars, "per cent, simulated", min(max([100.0, *ends]), _MOST_PERCENT))
    for row, (_, one) in enumerate(rows):
        if np.isfinite([one.low, one.high]).all():
            interval = 100 * max(0.0, one.low), 100 * one.high
            axes.plot(interval, [row + 0.2] * 2, color=INK, linewidth=1.2, solid_capstyle="butt")


def _measured(run: SimulatedServer) -> Iterator[tuple[str, Estimate]]:
    yield "steps that evict", run.evict_probability
    yield "evicted, of the admissions", run.evicted_per_admission
    yield "tokens, of the steady state's", run.throughput_ratio


def _draw_requests(axes: Axes, picture: FinitePicture) -> None:
    """Draw how many requests are in service, and how many fit."""
    server = picture.server
    rows = [
        ("steady state", float(server.requests)),
        ("fit whatever happens", float(server.always)),
    ]
    if server.max_num_seqs is not None:
        rows.append(("cap on running requests", float(server.max_num_seqs)))
    bars = [Bar(f"{text}: {readable(value)}", value, {"facecolor": SKY}) for text, value in rows]
    draw_bars(axes, bars, "requests in service")
