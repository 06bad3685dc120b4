"""Figure of what limit cycles cost: the worst cycle's loss over l, the synchronised one's over g.

Both panels have the same axes. Every line is one input length s, named on the line by its number
and told apart by its dashes too; the limit is the dotted line that it never reaches.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stabkit import percent, readable, style

from .numbers import WORST_LIMIT, synchronized_limit, synchronized_losses, worst_cycle_losses

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["losses_figure"]

_LONGEST = 10**5  # steps
_POINTS = 120
LINES: tuple[dict[str, Any], ...] = (
    {"color": style.INK, "linestyle": "-"},
    {"color": style.BLUE, "linestyle": (0, (6, 1.5))},
    {"color": style.VERMILLION, "linestyle": (0, (3, 1))},
    {"color": style.COHORT_COLOURS[5], "linestyle": (0, (5, 1.2, 1, 1.2))},
    {"color": style.COHORT_COLOURS[6], "linestyle": (0, (1.6, 0.8))},
)
_LIMIT: dict[str, Any] = {
    "color": style.GREY,
    "linewidth": 0.7,
    "linestyle": (0, (1, 2)),
    "zorder": 1,
}
_NAME_AT = 0.45  # of the limit: there the lines are steep, and a decade apart
_NAME: dict[str, Any] = {
    "fontsize": style.SMALL,
    "ha": "center",
    "va": "center",
    "zorder": 3,
    "bbox": {"facecolor": "white", "edgecolor": "none", "pad": 0.8},
}


def losses_figure(inputs: Sequence[int], numbers: Sequence[int] = (2, 3)) -> Figure:
    """Return the worst cycle's loss over l beside the synchronised cycle's over g.

    Parameters
    ----------
    inputs : sequence of int
        s >= 0, in tokens: 0 or a power of ten, up to 10^4, ascending; at most 5.
    numbers : sequence of int
        n_k >= 1, of gcd 1: decode lengths g n_k, in equal shares.

    References
    ----------
    docs/model.md, R6, R10.
    """

    def synchronized(s: int, factors: Sequence[int]) -> list[Fraction]:
        return synchronized_losses(s, factors, numbers)

    with style.house_style():
        figure = style.new_figure(6.4)
        left, right = figure.subplots(1, 2, sharey=True)
        _draw(left, inputs, worst_cycle_losses, WORST_LIMIT)
        left.set(xlabel="decode length l (steps)", ylabel="throughput lost (%)")
        left.set_title("worst cycle,\none decode length")
        _draw(right, inputs, synchronized, synchronized_limit(numbers))
        _explain_names(right)
        lengths = " and ".join(f"{n}g" for n in numbers)
        right.set(xlabel="gcd g (steps)")
        right.set_title(f"synchronised cycle,\ndecode lengths {lengths}")
        return style.settled(figure)


def _draw(
    axes: Axes,
    inputs: Sequence[int],
    losses: Callable[[int, Sequence[int]], list[Fraction]],
    limit: Fraction,
) -> None:
    """Draw one line for each input, its name where it reaches a part of the limit."""
    across = _lengths()
    for s, line in zip(inputs, LINES, strict=False):
        up = np.array([100 * float(loss) for loss in losses(s, across.tolist())])
        axes.plot(across, up, zorder=2, **line)
        height = _NAME_AT * 100 * float(limit)
        place = np.exp(np.interp(height, up, np.log(across)))
        axes.text(place, height, _name(s), **_NAME)
    axes.axhline(100 * float(limit), **_LIMIT)
    axes.annotate(
        f"limit {limit} ({percent(limit)})",
        (1, 100 * float(limit)),
        (2, 2),
        textcoords="offset points",
        fontsize=style.SMALL,
        color=style.GREY,
    )
    axes.set(xscale="log", xlim=(1, _LONGEST), ylim=(0, 55), yticks=range(0, 51, 10))
    axes.set_xticks(10.0 ** np.arange(6))
    axes.minorticks_off()


def _explain_names(axes: Axes) -> None:
    """Say what the numbers on the lines are, in the room above the lower limit."""
    text = "on the lines:\ninput s (tokens)"
    axes.text(1, 0.98, text, transform=axes.transAxes, fontsize=style.SMALL, ha="right", va="top")


def _lengths() -> NDArray[np.int64]:
    """Return whole numbers from 1 on, evenly spaced on a logarithmic axis."""
    spaced = np.geomspace(1, _LONGEST, _POINTS)
    whole: NDArray[np.int64] = np.unique(spaced.round().astype(np.int64))
    return whole


def _name(s: int) -> str:
    """Return a power of ten as such, where that is shorter."""
    power = len(str(s)) - 1
    return f"$10^{power}$" if s == 10**power and power > 1 else readable(s)
