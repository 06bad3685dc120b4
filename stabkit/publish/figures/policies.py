"""Figure of what a policy's parameter does to the throughput.

Each panel is one sweep from the empty memory, with one scale of throughput for all. The dotted line
is the equilibrium, the dashed one greedy admission. Marks say whether a run evicts: never, at the
start only, or for ever. In the panel of gains a thin upright line ends the stable ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...analysis.pictures.policies import FATES, PolicyPanel, PolicyPicture
from ..text.sweep import parameter_label
from .frame import literal
from .style import BLUE, GREY, INK, SMALL, VERMILLION, Axes, Drawing, drawn

__all__ = ["policy_figure"]

_HEIGHT = 6.2
_ROOM = 0.07  # between the two levels, for a name
_LABELS = {
    "rate": "rate limit / a*",
    "gain": "gain of damped admission",
    "watermark": "watermark of headroom",
}
_SHORT = {"rate": "rate limit / a*", "gain": "gain", "watermark": "watermark"}
_MARKS: dict[str, tuple[str, dict[str, Any]]] = {
    "never": ("never evicts", {"marker": "o", "markersize": 2.6, "markerfacecolor": BLUE}),
    "start": ("at the start only", {"marker": "o", "markersize": 3.0, "markerfacecolor": "white"}),
    "keeps": ("keeps evicting", {"marker": "X", "markersize": 3.6, "markerfacecolor": "white"}),
}
_MARK: dict[str, Any] = {"linestyle": "", "markeredgecolor": BLUE, "markeredgewidth": 0.6}
_MARK["zorder"] = 3


@drawn(PolicyPicture, _HEIGHT)
def policy_figure(figure: Drawing, picture: PolicyPicture) -> None:
    """Draw the throughput against policies' parameters, one panel for each.

    * `picture`: of one to three panels.

    A point whose long run is not known is left out; a panel without any says so.
    """
    row = figure.subplots(1, len(picture.panels), sharey=True, squeeze=False)[0]
    for axes, panel in zip(row, picture.panels, strict=True):
        _draw(axes, panel, picture.greedy)
        axes.locator_params(axis="x", nbins=8 if len(row) == 1 else 3)
        own = literal(parameter_label(panel))
        axes.set_xlabel((_LABELS if len(row) == 1 else _SHORT).get(panel.parameter, own))
    row[0].set_ylabel("tokens / steady state's")
    _name_levels(row[0], row[-1], picture)
    _explain(figure, picture)


def _draw(axes: Axes, panel: PolicyPanel, greedy: float | None) -> None:
    axes.axhline(1, color=GREY, linewidth=0.7, linestyle=(0, (1, 2)), zorder=1)
    if greedy is not None:
        axes.axhline(greedy, color=VERMILLION, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1)
    axes.plot(panel.across, panel.throughput, color=BLUE, linewidth=0.8, zorder=2)
    for fate in FATES:
        chosen = np.array([one == fate for one in panel.fates])
        if chosen.any():
            axes.plot(panel.across[chosen], panel.throughput[chosen], **_MARK, **_MARKS[fate][1])
    if panel.stable_below is not None:
        _mark_stable(axes, panel.stable_below)
    if np.isnan(panel.throughput).all():
        axes.set(xlim=(panel.across[0], panel.across[-1]), ylim=(0, 1.05))
        place: dict[str, Any] = {"transform": axes.transAxes, "fontsize": SMALL, "ha": "center"}
        axes.text(0.5, 0.5, "long run\nnot known", **place)


def _mark_stable(axes: Axes, gain: float) -> None:
    """Mark the end of the stable gains, its name at the side that has more room."""
    axes.axvline(gain, color=INK, linewidth=0.7, linestyle=(0, (6, 1.5)), zorder=1)
    low, high = axes.get_xlim()
    left = gain - low > (high - low) / 2
    axes.annotate(
        "stable below" if left else "stable to the left",
        (gain, 0),
        xycoords=("data", "axes fraction"),
        xytext=(-2 if left else 3, 3),
        textcoords="offset points",
        rotation=90,
        ha="right" if left else "left",
        va="bottom",
        fontsize=SMALL,
    )


def _name_levels(first: Axes, last: Axes, picture: PolicyPicture) -> None:
    """Name the lines of the equilibrium and of greedy admission.

    Rates and gains rise from the left, where there is room; watermarks start at greedy's level.
    """
    text: dict[str, Any] = {
        "xycoords": ("axes fraction", "data"),
        "textcoords": "offset points",
        "fontsize": SMALL,
    }
    last.annotate("steady state", (1, 1), (0, 2), va="bottom", ha="right", color=GREY, **text)
    if picture.greedy is not None:
        right = picture.panels[0].parameter == "watermark"
        above = picture.greedy < 1 - _ROOM and not right
        place: dict[str, Any] = {"ha": "right" if right else "left"}
        place["va"] = "bottom" if above else "top"
        offset = (0 if right else 2, 1 if above else -3)
        first.annotate("greedy", (right, picture.greedy), offset, color=VERMILLION, **text, **place)


def _explain(figure: Drawing, picture: PolicyPicture) -> None:
    """Put a legend of the marks that occur at the foot."""
    from matplotlib.lines import Line2D

    occurring = {fate for panel in picture.panels for fate in panel.fates}
    entries = [_MARKS[fate] for fate in FATES if fate in occurring]
    if entries:
        figure.legend(
            [Line2D([], [], **_MARK, **style) for _, style in entries],
            [label for label, _ in entries],
            loc="outside lower center",
            ncols=3,
            handletextpad=0.2,
            columnspacing=1.2,
        )
