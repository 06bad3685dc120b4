"""Figure of a root locus: where the roots go, above the number of unstable modes."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...analysis.pictures.run import Floats
from ...spectrum.curves.locus import CountChange, RootLocus
from ..text.numbers import readable
from .circle_views import MOST_IN_PLANE, draw_distance_frame, draw_plane_frame, turns
from .style import INK, VERMILLION, Axes, Drawing, drawn, legend_below

__all__ = ["PARAMETERS", "locus_figure"]

PARAMETERS = {
    "common": "common input s (tokens)",
    "shift": "δ added to every input (tokens)",
    "scale": "factor N of every input",
    "line": "x along the slopes (tokens)",
    "share": "share p of the first class",
    "gain": "gain κ of damped admission",
    "mean": "mean input s (tokens)",
}
_COLOURS = "viridis"  # dark to light: an order that grey keeps
_NAMED_CHANGES = 4
_MARKED_CHANGES = 24
_DIGITS = 5


@drawn(RootLocus, 12.5)
def locus_figure(figure: Drawing, locus: RootLocus) -> None:
    """Draw the roots, coloured by the parameter, above the count of unstable modes.

    Few roots are drawn in the plane, many by their distance from the circle. Where the number of
    unstable modes changes, exact counts at both ends of a bracket prove the digits of the label, or
    both ends are named; a ring marks the place on the circle.
    """
    above, below = figure.subplots(2, 1, height_ratios=(3.4, 1))
    scale = _values(locus)
    if locus.length - 1 > MOST_IN_PLANE:
        across, up = turns(locus.roots), locus.distances
        draw_distance_frame(above, up, 0.5, None)
    else:
        across, up = locus.roots.real, locus.roots.imag
        draw_plane_frame(above, locus.roots, None)
    _draw_roots(above, across, up, scale)
    _draw_crossings(above, locus)
    _draw_counts(below, locus, scale)
    legend_below(figure, above, columns=3)


def _values(locus: RootLocus) -> Floats:
    return np.array([float(value) for value in locus.values])


def _draw_roots(axes: Axes, across: Floats, up: Floats, scale: Floats) -> None:
    """Draw every root, the first and the last value with marks of their own."""
    size = 6.0 if across.size <= 4000 else 1.5
    colours = np.repeat(scale, across.shape[1])
    style: dict[str, Any] = {"cmap": _COLOURS, "vmin": scale[0], "vmax": scale[-1]}
    axes.scatter(across.ravel(), up.ravel(), c=colours, s=size, linewidth=0, zorder=2, **style)
    if not across.shape[1]:
        return
    for row, marker, label in ((0, "s", "start"), (-1, "^", "end")):
        colour = np.full(across.shape[1], scale[row])
        size = 22.0 if across.shape[1] <= MOST_IN_PLANE else 8.0 if across.shape[1] <= 200 else 3.5
        style |= {"s": size, "edgecolor": INK, "linewidth": 0.6, "clip_on": False}
        axes.scatter(across[row], up[row], c=colour, marker=marker, label=label, zorder=3, **style)


def _draw_crossings(axes: Axes, locus: RootLocus) -> None:
    """Ring the places where roots cross the circle."""
    angles = np.array([change.angle for change in locus.changes])
    if not len(angles):
        return
    if locus.length - 1 > MOST_IN_PLANE:
        across, up = angles / (2 * np.pi), np.zeros(len(angles))
    else:
        across = np.concatenate([np.cos(angles), np.cos(angles)])
        up = np.concatenate([np.sin(angles), -np.sin(angles)])
    style: dict[str, Any] = {"facecolor": "none", "edgecolor": VERMILLION, "linewidth": 1.0}
    style["s"] = 50
    if len(across) > _MARKED_CHANGES:
        style = {"marker": "|", "color": VERMILLION, "linewidth": 0.6, "s": 30}
    axes.scatter(across, up, label="crosses", zorder=4, clip_on=False, **style)


def _draw_counts(axes: Axes, locus: RootLocus, scale: Floats) -> None:
    """Draw the number of unstable modes as steps over a band with the colours of the roots."""
    counts = np.array([np.nan if c is None else c for c in locus.unstable], dtype=float)
    places, levels = _steps(locus, scale, counts)
    axes.step(places, levels, where="post", color=INK, linewidth=1.0)
    low, high = np.nanmin([0, *counts]), np.nanmax([1, *counts])
    room = high - low
    axes.set(xlim=(scale[0], scale[-1]), ylim=(low - 0.32 * room, high + 0.15 * room))
    band = (scale[0], scale[-1], low - 0.32 * room, low - 0.14 * room)
    axes.imshow([scale], extent=band, cmap=_COLOURS, aspect="auto", zorder=0)
    axes.locator_params(axis="y", integer=True, nbins=4)
    axes.set_yticks([tick for tick in axes.get_yticks() if low <= tick <= high])
    for change in locus.changes if len(locus.changes) <= _MARKED_CHANGES else ():
        axes.axvline(float(change.high), color=VERMILLION, linewidth=0.7, linestyle=(0, (2, 2)))
    axes.set_ylabel("unstable\nmodes")
    axes.set_xlabel(f"{PARAMETERS[locus.along]}{_named(locus.changes)}")


def _steps(locus: RootLocus, scale: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """Return the counts at the values and at both ends of every bracket, in order."""
    points = [(value, count) for value, count in zip(scale, counts, strict=True)]
    for change in locus.changes:
        points += [(float(change.low), change.before), (float(change.high), change.after)]
    ordered = np.array(sorted(points, key=lambda point: point[0]), dtype=float)
    return ordered[:, 0], ordered[:, 1]


def _named(changes: tuple[CountChange, ...]) -> str:
    """Return a second line that names the changes."""
    if not changes:
        return "\nno change in this range"
    if len(changes) > _NAMED_CHANGES:
        return f"\n{len(changes)} changes"
    texts = [f"{c.before} → {c.after} {_place(c)}" for c in changes]
    lines = (",  ".join(texts[i : i + 2]) for i in range(0, len(texts), 2))
    return "\n" + "\n".join(lines)


def _place(change: CountChange) -> str:
    """Return where a change is, in digits that both ends of its bracket have in common."""
    for digits in range(_DIGITS, 1, -1):
        low, high = (readable(float(end), digits) for end in (change.low, change.high))
        if low == high:
            return f"at {low}"
    low, high = (readable(float(end), _DIGITS) for end in (change.low, change.high))
    return f"between {low} and {high}"
