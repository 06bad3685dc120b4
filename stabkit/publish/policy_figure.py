"""Figure of what a policy's parameter does to the throughput: rate, gain, watermark.

Each panel is one sweep from the empty memory. The dotted line is the equilibrium's throughput, the
dashed one that of greedy admission; in the middle the end of the stable gains is marked.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from ..analysis.policy_comparison import PolicySweep
from .style import (
    BLUE,
    GREY,
    INK,
    SMALL,
    VERMILLION,
    house_style,
    legend_below,
    new_figure,
    settled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["policy_figure"]

_HEIGHT = 5.4
_LABELS = {"rate": "rate / a*", "gain": "gain", "watermark": "watermark"}


def policy_figure(
    sweeps: Sequence[PolicySweep], greedy: float | None, largest_stable_gain: Fraction | None
) -> Figure:
    """Return the throughput against policies' parameters, one panel for each sweep.

    Parameters
    ----------
    sweeps : sequence of PolicySweep
        One to three, each of another parameter.
    greedy : float or None
        The token ratio of greedy admission in the long run.
    largest_stable_gain : Fraction or None
        Marked in the panel of gains.
    """
    with house_style():
        figure = new_figure(_HEIGHT)
        panels = figure.subplots(1, len(sweeps), sharey=True, squeeze=False)[0]
        for axes, sweep in zip(panels, sweeps, strict=True):
            _draw(axes, sweep, greedy)
            if axes is panels[0] and greedy is not None:
                _name_greedy(axes, greedy)
            if sweep.parameter == "gain" and largest_stable_gain is not None:
                _mark(axes, float(largest_stable_gain))
        panels[0].set_ylabel("tokens / steady state's")
        legend_below(figure, panels[-1])
        return settled(figure)


def _draw(axes: Axes, sweep: PolicySweep, greedy: float | None) -> None:
    across = [float(value) for value in sweep.values]
    up = [np.nan if r.throughput_ratio is None else r.throughput_ratio for r in sweep.runs]
    evicting = [r.first_eviction is not None for r in sweep.runs]
    axes.axhline(1, color=GREY, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1)
    if greedy is not None:
        axes.axhline(greedy, color=VERMILLION, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    axes.plot(across, up, color=BLUE, linewidth=0.9, zorder=2)
    for wanted, marker, face, name in (
        (False, "o", BLUE, "never evicts"),
        (True, "X", "white", "evicts"),
    ):
        points = [(x, y) for x, y, e in zip(across, up, evicting, strict=True) if e is wanted]
        if points:
            axes.plot(
                *zip(*points, strict=True),
                linestyle="",
                marker=marker,
                markersize=2.6 if not wanted else 3.4,
                markerfacecolor=face,
                markeredgecolor=BLUE,
                markeredgewidth=0.7,
                zorder=3,
                label=name,
            )
    axes.set_xlabel(_LABELS[sweep.parameter])


def _name_greedy(axes: Axes, greedy: float) -> None:
    axes.annotate(
        "greedy",
        (1, greedy),
        xycoords=("axes fraction", "data"),
        xytext=(-1, -2),
        textcoords="offset points",
        ha="right",
        va="top",
        color=VERMILLION,
        fontsize=SMALL,
    )


def _mark(axes: Axes, gain: float) -> None:
    axes.axvline(gain, color=INK, linewidth=0.7, linestyle=(0, (6, 1.5)), zorder=1)
    axes.annotate(
        "stable below",
        (gain, 0),
        xycoords=("data", "axes fraction"),
        xytext=(-2, 3),
        textcoords="offset points",
        rotation=90,
        ha="right",
        va="bottom",
        fontsize=SMALL,
    )
