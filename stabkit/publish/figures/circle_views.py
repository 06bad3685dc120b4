"""Two views of points near the unit circle, for roots and for root loci.

*Plane*: the complex plane, to scale. *Distance*: angle in turns, 0 to 1/2, against the signed
distance |lambda| - 1 from the circle on a logarithmic scale, outside above and inside below; it
tells apart the thousands of roots that lie on one line in the plane. Roots come in conjugate pairs,
so that the upper half plane shows them all.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .style import DISC, GREY, SMALL, Axes

__all__ = ["MOST_IN_PLANE", "draw_distance_frame", "draw_plane_frame", "turns"]

MOST_IN_PLANE = 48  # more roots than this are shown by their distance from the circle
_MOST_DECADES = 12
_DECADE_TICKS = 4
_BOUND: dict[str, Any] = {"linewidth": 0.7, "linestyle": (0, (4, 2)), "zorder": 0.6}

Floats = NDArray[np.float64]


def turns(values: NDArray[np.complex128]) -> Floats:
    """Return the angles as fractions of a full turn, conjugates folded onto [0, 1/2]."""
    return np.abs(np.angle(values)) / (2 * np.pi)


def draw_plane_frame(
    axes: Axes, values: NDArray[np.complex128], band: tuple[float, float] | None
) -> None:
    """Draw the unit disc, the annulus `band` (distances from the circle), axes and limits."""
    from matplotlib.patches import Circle

    axes.add_patch(Circle((0, 0), 1, facecolor=DISC, edgecolor="none", zorder=0))
    reach = max(1.0, np.abs(values).max(initial=0.0))
    if band is not None:
        reach = max(reach, 1 + band[1])
        for radius in (1 + band[0], 1 + band[1]):
            axes.add_patch(Circle((0, 0), radius, fill=False, edgecolor=GREY, **_BOUND))
        axes.plot([], [], color=GREY, label="bounds of |λ|", **_BOUND)
    axes.add_patch(Circle((0, 0), 1, fill=False, edgecolor=GREY, linewidth=1.0, zorder=1))
    reach *= 1.08
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    axes.set_xlabel("Re λ")
    axes.set_ylabel("Im λ", labelpad=0)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_ticks((-1, 0, 1) if reach < 1.6 else (-2, -1, 0, 1, 2))
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach))


def draw_distance_frame(
    axes: Axes, distances: Floats, widest: float, band: tuple[float, float] | None
) -> None:
    """Draw the circle as a line, the annulus as an area, axes, limits and ticks by the decade."""
    sizes = np.abs(distances[distances != 0])
    edges = () if band is None else tuple(edge for edge in band if edge)
    sizes = np.concatenate([sizes, np.abs(edges)]) if len(edges) else sizes
    most = math.ceil(math.log10(sizes.max(initial=0.1)) - 1e-9)
    least = math.floor(math.log10(sizes.min(initial=10.0**most / 10)))
    least = max(min(least, most - 1), most - _MOST_DECADES)
    axes.set_yscale("symlog", linthresh=10.0**least, linscale=1.0)
    low = min(distances.min(initial=0.0), *(edges or (0.0,)))
    high = max(distances.max(initial=0.0), *(edges or (0.0,)))
    floor = 10.0**least
    limits = (min(1.6 * low, -2 * floor), max(1.6 * high, 2 * floor))
    axes.axhspan(limits[0], 0, facecolor=DISC, edgecolor="none", zorder=0)
    if band is not None:
        for edge in band:
            axes.axhline(edge, color=GREY, **_BOUND)
        axes.plot([], [], color=GREY, label="bounds of |λ|", **_BOUND)
    axes.axhline(0, color=GREY, linewidth=1.0, zorder=1)
    axes.set(xlim=(-0.02 * widest, 1.02 * widest), ylim=limits)
    _decade_ticks(axes, limits, least, most)
    axes.set_xlabel("angle of λ (turns)")
    axes.set_ylabel("|λ| − 1")
    for text, height in (("outside", limits[1]), ("inside", limits[0])):
        place = axes.transData.inverted().transform(
            (axes.transData.transform((0, 0)) + axes.transData.transform((0, height))) / 2
        )
        axes.annotate(
            text,
            (1.0, place[1]),
            xycoords=axes.get_yaxis_transform(),
            xytext=(3, 0),
            textcoords="offset points",
            rotation=-90,
            va="center",
            fontsize=SMALL,
            color=GREY,
        )


def _decade_ticks(axes: Axes, limits: tuple[float, float], least: int, most: int) -> None:
    """Label few enough decades on either side that no two labels touch."""
    from matplotlib.ticker import NullLocator

    stride = max(1, math.ceil((most - least + 1) / _DECADE_TICKS))
    ticks, labels = [0.0], ["0"]
    for power in range(least, most + 1, stride):
        for sign, mark in ((1, ""), (-1, "−")):
            if limits[0] <= sign * 10.0**power <= limits[1]:
                ticks.append(sign * 10.0**power)
                labels.append(f"${mark}10^{{{power}}}$" if power else f"{mark}1")
    axes.set_yticks(ticks, labels)
    axes.yaxis.set_minor_locator(NullLocator())
