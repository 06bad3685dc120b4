"""Figure of the Nyquist curve: to scale, and with the radius compressed so that turns can be
counted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...spectrum.curves.nyquist import NyquistCurve
from ..text.numbers import counted, times
from .style import BLUE, GREY, INK, SKY, SMALL, Axes, Drawing, drawn

__all__ = ["nyquist_figure", "nyquist_title"]

_LEAST = 1e-6  # moduli below are drawn at the centre: a curve through 0 has no logarithm there
_MOST_RINGS = 4
_SMALLEST_RING = 0.2  # of the outer one: inside, the label would cover the origin
_NEAR = 0.12  # of the width of a panel: marks nearer to another, or to 0, are left out
_MOST_MARKS = 7
_FAINT_TURNS = 12  # more turns than this are drawn thinner

Complexes = NDArray[np.complex128]
Floats = NDArray[np.float64]


@drawn(NyquistCurve, 7.0, lambda curve: nyquist_title(curve))
def nyquist_figure(figure: Drawing, curve: NyquistCurve) -> None:
    """Draw the curve to scale beside the same with the logarithm of the radius."""
    linear, compressed = figure.subplots(1, 2)
    width = 1.0 if (curve.encirclements or 0) <= _FAINT_TURNS else 0.5
    _draw_curve(linear, curve.values, width)
    _frame_linear(linear, curve.values)
    shortest = 2 if width == 1.0 else curve.length // 4
    _mark_periods(linear, curve.theta, curve.values, shortest)
    floor = _floor(curve.values)
    _draw_rings(compressed, floor)
    drawn_values = _compressed(curve.values, floor)
    _draw_curve(compressed, drawn_values, width)
    _mark_periods(compressed, curve.theta, drawn_values, shortest)
    _legend(figure, linear)


def nyquist_title(curve: NyquistCurve) -> str:
    """Return what the curve encircles, in a few words."""
    turns, on_circle = curve.encirclements, curve.counts.on_circle
    if turns is None:
        return f"encirclements of 0: undecided ({curve.counts.verdict})"
    through = f"passes through 0 {times(on_circle)}; " if on_circle else ""
    if not turns:
        return f"{through}does not encircle 0: no mode grows"
    return f"{through}encircles 0 {times(turns)}: {counted(turns, 'mode grows', 'modes grow')}"


def _draw_curve(axes: Axes, values: Complexes, width: float) -> None:
    """Draw both halves, an arrow along the first one, its start, and the origin."""
    axes.plot(values.real, -values.imag, color=SKY, linewidth=width, linestyle=(0, (3, 1.5)))
    axes.plot(values.real, values.imag, color=BLUE, linewidth=width)
    axes.plot(values[:1].real, values[:1].imag, "o", color=INK, markersize=3.5)
    axes.plot([0], [0], "+", color=INK, markersize=8, markeredgewidth=1.2, zorder=4)
    _draw_arrow(axes, values)


def _draw_arrow(axes: Axes, values: Complexes) -> None:
    """Point along the curve, a third of the way to its first crossing of the real axis."""
    if len(values) < 3 or np.ptp(values.real) == np.ptp(values.imag) == 0:
        return
    lengths = np.concatenate([[0], np.cumsum(np.abs(np.diff(values)))])
    place = int(np.searchsorted(lengths, 0.25 * lengths[-1]))
    place = min(max(place, 1), len(values) - 1)
    ends = values[place - 1 : place + 1]
    style: dict[str, Any] = {"arrowstyle": "-|>", "color": BLUE, "mutation_scale": 9}
    style |= {"shrinkA": 0, "shrinkB": 0}
    axes.annotate("", (ends[1].real, ends[1].imag), (ends[0].real, ends[0].imag), arrowprops=style)


def _mark_periods(axes: Axes, theta: Floats, values: Complexes, shortest: int) -> None:
    """Write periods of 2, 4, 8, ... steps, from `shortest` on, beside the curve."""
    near = _NEAR * np.ptp(axes.get_xlim())
    taken = [0j, *values[:1]]
    period = 1 << max(1, (shortest - 1).bit_length())
    while len(taken) < _MOST_MARKS + 2 and 2 * np.pi / period > theta[1:2].min(initial=np.pi):
        angle = 2 * np.pi / period
        place = np.interp(angle, theta, values.real) + 1j * np.interp(angle, theta, values.imag)
        if min(abs(place - other) for other in taken) > near:
            taken.append(place)
            _mark(axes, complex(place), f"{period:,}")
        period *= 2


def _mark(axes: Axes, place: complex, text: str) -> None:
    """Draw a tick on the curve and its name outwards, on a ground that parts it from the lines."""
    from matplotlib.patheffects import withStroke

    axes.plot([place.real], [place.imag], "D", color=BLUE, markersize=2.4, zorder=5)
    outward = place / abs(place)
    axes.annotate(
        text,
        (place.real, place.imag),
        (6.5 * outward.real, 6.5 * outward.imag),
        textcoords="offset points",
        ha="center",
        va="center",
        fontsize=SMALL,
        zorder=6,
        path_effects=[withStroke(linewidth=1.6, foreground="white")],
    )


def _frame_linear(axes: Axes, values: Complexes) -> None:
    height = max(1.08 * np.abs(values.imag).max(), 0.2)
    left, right = min(values.real.min(), 0.0), max(values.real.max(), 0.0)
    room = 0.08 * (right - left)
    half = max(height, (right - left) / 2 + room)
    middle = (left + right) / 2
    axes.axhline(0, color=GREY, linewidth=0.5, zorder=0)
    axes.axvline(0, color=GREY, linewidth=0.5, zorder=0)
    axes.set(xlim=(middle - half, middle + half), ylim=(-half, half), aspect="equal")
    axes.set_xticks([tick for tick in (-0.5, 0, 0.5, 1) if abs(tick - middle) <= half])
    axes.set_yticks([tick for tick in (-0.5, 0, 0.5) if abs(tick) <= half])
    axes.set_xlabel("Re G / G(1)")
    axes.set_ylabel("Im G / G(1)", labelpad=0)
    axes.set_title("to scale", fontsize=7.5)


def _floor(values: Complexes) -> float:
    """Return the modulus that is drawn at the centre: half a decade below the least one."""
    least = max(float(np.abs(values).min()), _LEAST)
    return min(least / 3, 0.1)


def _compressed(values: Complexes, floor: float) -> Complexes:
    """Keep the angle, and make the radius the decades above `floor`."""
    moduli = np.abs(values)
    decades = np.log10(np.maximum(moduli, floor) / floor)
    drawn: Complexes = decades * np.exp(1j * np.angle(values))
    return drawn


def _draw_rings(axes: Axes, floor: float) -> None:
    """Draw circles of constant modulus, the decades, and the negative real axis."""
    from matplotlib.patches import Circle

    outer = -np.log10(floor)
    first = int(np.ceil(np.log10(floor) + 0.3))
    stride = max(1, -(-(1 - first) // _MOST_RINGS))
    for power in range(0, first - 1, -stride):
        radius = power + outer
        if radius < _SMALLEST_RING * outer:
            break
        axes.add_patch(Circle((0, 0), radius, fill=False, edgecolor="#BBBBBB", linewidth=0.5))
        label = f"$10^{{{power}}}$" if power else "1"
        style: dict[str, Any] = {"fontsize": SMALL, "color": GREY, "ha": "center", "va": "center"}
        corner = radius * np.exp(-0.25j * np.pi)
        box: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.4, "alpha": 0.8}
        axes.text(corner.real, corner.imag, label, bbox=box, zorder=5, **style)
    axes.plot([-outer, 0], [0, 0], color=GREY, linewidth=0.8, zorder=0)
    reach = 1.1 * outer
    axes.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal")
    axes.set_axis_off()
    axes.set_title("log of the radius", fontsize=7.5)


def _legend(figure: Drawing, axes: Axes) -> None:
    from matplotlib.lines import Line2D

    mirror, half, start, origin = axes.get_lines()[:4]
    period = Line2D([], [], marker="D", color=BLUE, markersize=2.4, linestyle="")
    figure.legend(
        [half, mirror, start, origin, period],
        ["θ from 0 to π", "mirror image", "θ = 0", "0", "period 2π/θ (steps)"],
        loc="outside lower center",
        ncols=3,
        handlelength=1.6,
        handletextpad=0.4,
        columnspacing=1.2,
    )
