"""Figure of fluctuations: spectral densities over the frequency, with the quasi-cycles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...spectrum.fluctuations.fluctuations import Fluctuations
from ..text.numbers import readable
from .style import BLUE, GREY, INK, SMALL, VERMILLION, Axes, Drawing, drawn, legend_above

if TYPE_CHECKING:
    from matplotlib.axis import Axis

__all__ = ["fluctuations_figure"]

_CURVES = (("admissions", BLUE, "solid"), ("completions", VERMILLION, (0, (3, 1.2))))


@drawn(Fluctuations, 8.9, lambda found: _title(found))
def fluctuations_figure(figure: Drawing, found: Fluctuations) -> None:
    """Draw the spectra of admissions and completions above that of the requests in service.

    Per a*; 1 is the density of independent counts. A triangle marks each quasi-cycle. Of a mix
    that is not proved stable there is nothing to draw, and the figure says so.
    """
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1.6, 1))
    for name, colour, dashes in _CURVES:
        _draw(above, found, name, colour, dashes)
    _draw(below, found, "running", INK, "solid")
    _mark_peaks(above, found)
    above.set_ylabel("density / a*")
    below.set_ylabel("requests in\nservice / a*")
    below.set_xlabel("frequency (turns per step)")
    if found.densities:
        above.axhline(1, color=GREY, linewidth=0.5, zorder=0)
        legend_above(above)
        for axis in (above.yaxis, below.yaxis, below.xaxis):
            _plain_ticks(axis)
    figure.align_ylabels()


def _title(found: Fluctuations) -> str:
    return "" if found.densities else f"{found.verdict}, no spectrum"


def _draw(
    axes: Axes,
    found: Fluctuations,
    name: str,
    colour: str,
    dashes: str | tuple[int, tuple[float, ...]],
) -> None:
    if name in found.densities:
        turns = found.angles[1:] / (2 * np.pi)
        density = np.maximum(found.densities[name][1:], 1e-300)
        axes.plot(turns, density, color=colour, linestyle=dashes, label=name)
        axes.set(xscale="log", xlim=(turns[0], 0.5))
        if np.ptp(density) > 0:
            axes.set_yscale("log")


def _mark_peaks(axes: Axes, found: Fluctuations) -> None:
    """Mark every quasi-cycle, and name the period of the one that decays most slowly."""
    for peak in found.peaks:
        place = [1 / peak.period], [peak.density]  # perhaps at the edge
        axes.plot(*place, "v", color=BLUE, markersize=4, zorder=4, clip_on=False)
    for peak in found.peaks[:1]:
        axes.annotate(
            f"{readable(peak.period, 3)} steps",
            (1 / peak.period, peak.density),
            xytext=(-5, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=SMALL,
        )


def _plain_ticks(axis: Axis) -> None:
    """Write a logarithmic axis in plain numbers: 1, 2, 5 of few decades, of many the powers."""
    from matplotlib.ticker import LogLocator, NullLocator

    if axis.get_scale() != "log":
        return
    low, high = axis.get_view_interval()
    axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high < 100 * low else (1,), numticks=7))
    axis.set_minor_locator(NullLocator())
    axis.set_major_formatter(lambda value, _: f"{value:g}")
