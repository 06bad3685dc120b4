"""Figure of the atlas: s* over all pairs of lengths, and against the pair law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...analysis.atlas import LONGEST, AtlasEntry
from .style import BLUE, INK, SMALL, VERMILLION, Axes, Drawing, drawn, legend_below

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

__all__ = ["atlas_figure"]

_LIGHTEST = 0.9  # of viridis: what is lighter would pass for white in grey
_DECADES = (1.0, 1e5)
_OTHERS: dict[str, Any] = {"s": 3.0, "color": BLUE, "linewidth": 0, "zorder": 4}
_ADJACENT: dict[str, Any] = {
    "s": 13.0,
    "marker": "D",
    "facecolor": "none",
    "edgecolor": VERMILLION,
    "linewidth": 0.6,
    "zorder": 3,
}


@drawn(AtlasEntry, 13.6, many=True)
def atlas_figure(figure: Drawing, entries: Sequence[AtlasEntry]) -> None:
    """Draw s* over both lengths, above s* against the mean length with the pair law.

    A threshold of 0, that of (1,2), has the colour of 1, and no place on the logarithmic axes.
    Pairs with a common divisor, which are unstable for all large s, stay white. The pair law is an
    estimate, and no bound: it is too high for short lengths.
    """
    pairs, mean = figure.subplots(2, height_ratios=(2.2, 1))
    _draw_pairs(figure, pairs, entries)
    _draw_mean(mean, entries)
    legend_below(figure, mean, columns=3)


def _draw_pairs(figure: Drawing, axes: Axes, entries: Sequence[AtlasEntry]) -> None:
    """Draw the triangle l_1 < l_2, with its colours explained in the empty corner."""
    from matplotlib.colors import LogNorm

    grid = np.full((LONGEST, LONGEST), np.nan)
    for entry in entries:
        grid[entry.longer - 1, entry.shorter - 1] = max(float(entry.threshold), _DECADES[0])
    half = (0.5, LONGEST + 0.5)
    image = axes.imshow(
        grid,
        cmap=_colours(),
        norm=LogNorm(*_DECADES),
        extent=half + half,
        origin="lower",
        interpolation="nearest",
    )
    ticks = [1, *range(10, LONGEST + 1, 10)]
    axes.set(xticks=ticks, yticks=ticks)
    axes.set_xlabel("shorter decode length $l_1$ (steps)")
    axes.set_ylabel("longer decode length $l_2$ (steps)")
    axes.set_title("threshold $s^*$ of coprime pairs, equal shares")
    place = axes.inset_axes((0.56, 0.17, 0.4, 0.035))
    bar = figure.colorbar(image, cax=place, orientation="horizontal")
    bar.set_ticks([10.0**power for power in range(6)])
    place.minorticks_off()
    place.tick_params(labelsize=SMALL)
    place.set_title("$s^*$ (tokens)", fontsize=7.5)
    _note(axes, 0.76, 0.075, "white: gcd > 1 (no $s^*$)", ha="center", va="top")


def _colours() -> Colormap:
    """Return viridis, dark to light, without its lightest end."""
    from matplotlib import colormaps
    from matplotlib.colors import ListedColormap

    return ListedColormap(colormaps["viridis"](np.linspace(0, _LIGHTEST, 256)))


def _draw_mean(axes: Axes, entries: Sequence[AtlasEntry]) -> None:
    _scatter(axes, entries)
    ordered = sorted(entries, key=lambda entry: entry.mean_length)
    law = [(entry.mean_length, entry.pair_law) for entry in ordered]
    axes.plot(
        *zip(*law, strict=True), color=INK, linewidth=0.8, label="the law (an estimate)", zorder=2
    )
    axes.set(xlim=(1.5, 90), xticks=(2, 5, 10, 20, 50), xticklabels=("2", "5", "10", "20", "50"))
    axes.set_xlabel("mean length $\\mu$ (steps)")
    axes.set_ylabel("$s^*$ (tokens)")
    axes.set_title("pair law", fontsize=7.5)
    _note(axes, 0.05, 0.95, "$\\mu^3 / (2\\pi^2 p\\,(1-p))$", ha="left", va="top")


def _note(axes: Axes, x: float, y: float, text: str, **place: Any) -> None:
    axes.text(x, y, text, transform=axes.transAxes, fontsize=SMALL, color=INK, **place)


def _scatter(axes: Axes, entries: Sequence[AtlasEntry]) -> None:
    """Draw every pair whose threshold is positive, adjacent lengths with a mark of their own."""
    across = np.array([entry.mean_length for entry in entries])
    up = np.array([float(entry.threshold) for entry in entries])
    adjacent = np.array([entry.longer == entry.shorter + 1 for entry in entries])
    axes.set(xscale="log", yscale="log", ylim=(0.6, 1e5), yticks=10.0 ** np.arange(6))
    axes.minorticks_off()
    for chosen, label, style in (
        (~adjacent, "other pairs", _OTHERS),
        (adjacent, "adjacent: n, n + 1", _ADJACENT),
    ):
        shown = chosen & (up > 0)
        axes.scatter(across[shown], up[shown], label=label, **style)
