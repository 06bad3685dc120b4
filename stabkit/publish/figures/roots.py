"""Figures of all roots: in the complex plane, and by their distance from the unit circle."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...analysis.pictures.roots import RootPicture, RootPoint, roots_picture
from ...spectrum.roots.roots import Roots
from ..rendering import FIGURES
from .circle_views import MOST_IN_PLANE, draw_distance_frame, draw_plane_frame, turns
from .style import GREY, INK, ROOT_FATES, Axes, Drawing, drawn, legend_below

__all__ = ["draw_roots", "in_plane", "root_figure", "root_title", "roots_figure"]

_FEW_LIMITS = 16  # whose marks do not touch
_FAINT: dict[str, Any] = {"color": GREY, "linewidth": 0.3}
_VISIBLE_DISC = 2e-3  # radius that is seen, in units of the circle's: a tenth of a millimetre


@drawn(
    RootPicture,
    lambda picture: 10.9 if in_plane(picture) else 16.9,
    lambda picture: f"{root_title(picture)}\n{_disc_text(picture)}".rstrip(),
)
def root_figure(figure: Drawing, picture: RootPicture) -> None:
    """Draw the roots in the plane; many of them by their distance from the circle as well.

    Inclusion discs are drawn to scale where they are large enough to be seen; otherwise the title
    names the largest proved radius.
    """
    if not in_plane(picture):
        plane, distance = figure.subplots(2, 1, height_ratios=(1.6, 1))
        _draw_distances(distance, picture)
    else:
        plane = figure.subplots()
    _draw_plane(plane, picture)
    legend_below(figure, plane)
    figure.align_ylabels()


@FIGURES.writes(Roots)
def roots_figure(found: Roots, **frame: Any) -> Drawing:
    """Return the picture of roots that `stabkit.roots` returned; in its `frame`."""
    return root_figure(roots_picture(found), **frame)


def draw_roots(axes: Axes, picture: RootPicture) -> None:
    """Draw the one view that shows most: the plane for few roots, distances for many."""
    if in_plane(picture):
        _draw_plane(axes, picture)
    else:
        _draw_distances(axes, picture)


def in_plane(picture: RootPicture) -> bool:
    """Tell whether the plane shows the roots apart."""
    return picture.mode_count <= MOST_IN_PLANE


def root_title(picture: RootPicture) -> str:
    """Return the verdict and how many of the modes are shown."""
    shown = sum(point.multiplicity for point in picture.points)
    if not picture.mode_count:
        return f"{picture.verdict}: no mode to swing"
    if not shown:
        return f"{picture.verdict}: {picture.mode_count:,} modes, none resolved"
    if picture.mode_count == shown == 1:
        return f"{picture.verdict}: the only mode"
    which = "all" if shown == picture.mode_count else f"{shown:,} of"
    return f"{picture.verdict}: {which} {picture.mode_count:,} modes"


def _disc_text(picture: RootPicture) -> str:
    if not picture.points or picture.largest_radius > _VISIBLE_DISC:
        return ""
    return f"(each proved within {_upward(picture.largest_radius)})"


def _upward(radius: float) -> str:
    """Return a power of ten that is not less."""
    return "0" if not radius else f"$10^{{{int(np.ceil(np.log10(radius)))}}}$"


def _draw_plane(axes: Axes, picture: RootPicture) -> None:
    from matplotlib.patches import Circle

    values = np.array([point.value for point in picture.points], dtype=complex)
    draw_plane_frame(axes, values, picture.annulus)
    for point in picture.points:
        if point.radius > _VISIBLE_DISC:
            centre = (point.value.real, point.value.imag)
            disc = Circle(centre, point.radius, facecolor="white", edgecolor=INK, zorder=2)
            axes.add_patch(disc).set(linewidth=0.6, alpha=0.8)
    line = _line(len(picture.synchronized))
    for mark in picture.synchronized:
        if mark.root is not None:
            ends = (mark.limit, mark.root.value)
            axes.plot([z.real for z in ends], [z.imag for z in ends], **line)
    _scatter(axes, picture, values.real, values.imag)
    limits = np.array([mark.limit for mark in picture.synchronized], dtype=complex)
    _scatter_limits(axes, limits.real, limits.imag, picture.tied)


def _draw_distances(axes: Axes, picture: RootPicture) -> None:
    values = np.array([point.value for point in picture.points], dtype=complex)
    distances = np.array([point.distance for point in picture.points])
    seen = 0.5 if picture.complete or not picture.points else turns(values).max(initial=1e-9)
    widest = min(0.5, 1.05 * seen)
    draw_distance_frame(axes, distances, widest, picture.annulus)
    _scatter(axes, picture, turns(values), distances)
    upper = [mark for mark in picture.synchronized if mark.limit.imag >= -1e-9]
    across = turns(np.array([mark.limit for mark in upper], dtype=complex))
    line = _line(len(upper))
    for mark in upper:
        if mark.root is not None:
            ends = turns(np.array([mark.limit, mark.root.value]))
            axes.plot(ends, [0, mark.root.distance], zorder=2, **line)
    _scatter_limits(axes, across, np.zeros(len(across)), picture.tied)


def _scatter(axes: Axes, picture: RootPicture, across: Any, up: Any) -> None:
    """Draw every root as what becomes of it; those that come from an omega are ringed."""
    fates = np.array([_fate(point) for point in picture.points])
    size = _mark_size(len(picture.points))
    for fate, (label, colour, marker) in enumerate(ROOT_FATES):
        chosen = fates == fate
        if chosen.any():
            count = sum(p.multiplicity for p, c in zip(picture.points, chosen, strict=True) if c)
            style: dict[str, Any] = {"marker": marker, "c": colour, "s": size}
            style["label"] = f"{label} ({count:,})"
            dots = axes.scatter(across[chosen], up[chosen], zorder=3, clip_on=False, **style)
            dots.set(edgecolor="white", linewidth=0.4 if size > 8 else 0.0)
    moved = [mark.root for mark in picture.synchronized] if _few(picture) else []
    for fate, (_, colour, marker) in enumerate(ROOT_FATES):
        chosen = np.array([point in moved and _fate(point) == fate for point in picture.points])
        if chosen.any():
            style = {"marker": marker, "c": colour, "s": max(size, 14.0), "edgecolor": INK}
            axes.scatter(
                across[chosen], up[chosen], zorder=4, linewidth=0.7, clip_on=False, **style
            )


def _scatter_limits(axes: Axes, across: Any, up: Any, joined: bool) -> None:
    if len(across):
        label = "ω, joined to its root" if joined else "root of unity ω"
        style: dict[str, Any] = {"marker": "s", "facecolor": "none", "edgecolor": INK}
        style["linewidth"] = 0.8
        if len(across) > _FEW_LIMITS:
            style = {"marker": "|", "color": INK, "linewidth": 0.4}
        size = 40.0 if len(across) <= _FEW_LIMITS else 10.0
        axes.scatter(across, up, s=size, label=label, zorder=2, clip_on=False, **style)


def _line(count: int) -> dict[str, Any]:
    """Return the style of the lines between so many roots of unity and their roots."""
    return {"color": INK, "linewidth": 0.7} if count <= _FEW_LIMITS else _FAINT


def _few(picture: RootPicture) -> bool:
    return len(picture.synchronized) <= _FEW_LIMITS


def _fate(point: RootPoint) -> int:
    return 0 if point.distance < 0 else 1 if point.distance == 0 else 2


def _mark_size(count: int) -> float:
    return 30.0 if count <= 24 else 18.0 if count <= 80 else 7.0 if count <= 400 else 3.5
