"""What a slider moves, drawn as SVG: at once, and in the ink of the page, light or dark.

A figure of `stabkit.figure` takes half a second. These pictures take a millisecond each, so that
they follow the slider; the figures that stand still are drawn by `stabkit.figure`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import marimo as mo

if TYPE_CHECKING:
    import stabkit

__all__ = ["BLUE", "VERMILLION", "Line", "chart", "cohorts", "demand", "panels", "plane", "ring"]

BLUE = "light-dark(#0072B2, #56B4E9)"
VERMILLION = "light-dark(#D55E00, #FF8A3D)"
_SOFT = "light-dark(#5A5A5A, #B4B4B4)"
_FAINT = "light-dark(#D4D4D4, #4A4F55)"
_DISC = "light-dark(#F0F0F0, #2A2E33)"
_BANDS = ("#56B4E9", "#0072B2", "#BBBBBB", "#009E73", "#F0E442")
_FATES = {"decays": BLUE, "stays": "currentColor", "grows": VERMILLION}

_STABLE = "light-dark(#B9DDF3, #1E4B66)"
_HOLLOW = f"fill: none; stroke: {_SOFT}; stroke-width: 1.5"
_POINT = f"fill: {VERMILLION}; stroke: currentColor; stroke-width: 1.5"
_MORE = 1 + 1e-9  # times the capacity: less above it is rounding

Point = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """Where a part of the plane is on a picture, in its pixels.

    Attributes
    ----------
    x, y : (float, float)
        The least and the largest number of both axes.
    left, top, width, height : float
    """

    x: Point
    y: Point
    left: float = 52
    top: float = 22
    width: float = 352
    height: float = 150

    def at(self, x: float, y: float) -> Point:
        """Return where a point is."""
        (low, high), (bottom, top) = self.x, self.y
        across = self.left + self.width * (x - low) / (high - low)
        return across, self.top + self.height * (top - y) / (top - bottom)

    def path(self, points: Iterable[Point]) -> str:
        """Return a line through points, as the data of a path."""
        return "M" + "L".join("{:.1f} {:.1f}".format(*self.at(*one)) for one in points)


@dataclass(frozen=True)
class Line:
    """A series, one number for every step from 0 on, and how it is drawn."""

    values: Sequence[float]
    colour: str
    says: str
    dashes: str = "none"


def plane(
    moduli_first: Sequence[stabkit.Root],
    counts: stabkit.Counts,
    says: str,
    marks: Iterable[complex] = (),
    trail: Iterable[complex] = (),
) -> Any:
    """Return roots and the unit circle.

    Parameters
    ----------
    moduli_first : sequence of Root
        All roots, of largest modulus first, so that the counts tell which are outside.
    counts : Counts
    says : str
        What a reader who does not see it should know.
    marks : iterable of complex
        Points that are marked by squares, such as roots of unity.
    trail : iterable of complex
        Where roots are for other numbers: small dots.
    """
    furthest = max([1.0, *(abs(complex(one.value)) for one in moduli_first)])
    reach = max(1.3, math.ceil(10 * furthest + 1) / 10)
    frame = Frame((-reach, reach), (-reach, reach), 0, 0, 360, 360)
    return _picture(360, 380, _in_the_plane(frame, moduli_first, counts, marks, trail), says, 26)


def _in_the_plane(
    frame: Frame,
    found: Sequence[stabkit.Root],
    counts: stabkit.Counts,
    marks: Iterable[complex],
    trail: Iterable[complex],
) -> Iterator[str]:
    (x, y), radius = frame.at(0, 0), frame.at(1, 0)[0] - frame.at(0, 0)[0]
    circle = f'<circle cx="{x}" cy="{y}" r="{radius:.1f}"'
    yield f'{circle} style="fill: {_DISC}; stroke: {_SOFT}"/>'
    yield _stroke(f"M0 {y}H360M{x} 0V360", _FAINT)
    yield _text(356, y - 5, "Re λ", "end") + _text(x + 5, 12, "Im λ")
    yield _text(x + radius - 4, y + 14, "1", "end")
    for z in trail:
        u, v = frame.at(z.real, z.imag)
        yield f'<circle cx="{u:.1f}" cy="{v:.1f}" r="1.2" style="fill: {_SOFT}"/>'
    for z in marks:
        u, v = frame.at(z.real, z.imag)
        yield f'<rect x="{u - 4:.1f}" y="{v - 4:.1f}" width="8" height="8" style="{_HOLLOW}"/>'
    for root, fate in zip(found, _fates(found, counts), strict=True):
        z = complex(root.value)
        yield _mark(fate, *frame.at(z.real, z.imag))
    for k, fate in enumerate(_FATES):
        yield _mark(fate, 60 + 100 * k, 371) + _text(70 + 100 * k, 375, fate)


def _fates(found: Sequence[stabkit.Root], counts: stabkit.Counts) -> Iterator[str]:
    seen = 0
    for root in found:
        outside, on = seen < counts.outside, seen < counts.outside + counts.on_circle
        yield "grows" if outside else "stays" if on else "decays"
        seen += root.multiplicity


def _mark(fate: str, x: float, y: float) -> str:
    """Return a mark that tells by its shape what its colour tells too."""
    ink = _FATES[fate]
    if fate == "decays":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" style="fill: {ink}"/>'
    if fate == "stays":
        return f'<path d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z" style="fill: {ink}"/>'
    return _stroke(f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8", ink, width=3)


def demand(run: stabkit.RunPicture, says: str) -> Any:
    """Return the memory demand of a run against the capacity, what is evicted above it."""
    values = [float(x) for x in run.demand]
    capacity = float(run.capacity)
    low, high = min([capacity, *values]), max([capacity, *values])
    room = max(high - low, capacity / 100) / 10
    frame = Frame((0, len(values)), (low - room, high + room))
    return _picture(420, 210, _demand(frame, values, capacity), says, 34)


def _demand(frame: Frame, values: list[float], capacity: float) -> Iterator[str]:
    yield from _axes(frame, "step", "tokens; dashed: capacity, filled: evicted")
    for step, value in enumerate(values):
        if value > capacity:
            (x, y), (_, base) = frame.at(step, value), frame.at(step, capacity)
            width = frame.width / len(values)
            yield _box(x, y, width, base - y, VERMILLION)
    yield _stroke(frame.path((n + 0.5, value) for n, value in enumerate(values)), BLUE)
    yield _stroke(frame.path([(0, capacity), (frame.x[1], capacity)]), "currentColor", "4 3")


def cohorts(cycle: stabkit.CyclePicture, says: str) -> Any:
    """Return the memory of every cohort, step by step, and what is evicted above the capacity."""
    top = max(cycle.capacity, *map(float, cycle.demand))
    frame = Frame((0, cycle.steps), (0, 1.05 * top))
    return _picture(420, 210, _cohorts(frame, cycle), says, 34)


def _cohorts(frame: Frame, cycle: stabkit.CyclePicture) -> Iterator[str]:
    width = frame.width / cycle.steps
    filled = [0.0] * cycle.steps
    for k, band in enumerate(cycle.bands):
        for step, memory in enumerate(map(float, band.memory), band.start - 1):
            (x, y), (_, base) = (frame.at(step, filled[step] + part) for part in (memory, 0))
            filled[step] += memory
            yield _box(x, y, width - 1, base - y, _BANDS[k % len(_BANDS)])
    for step, asked in enumerate(map(float, cycle.demand)):
        if asked > cycle.capacity * _MORE:
            (x, y), (_, base) = frame.at(step, asked), frame.at(step, cycle.capacity)
            yield _box(x + 1, y, width - 3, base - y, "none", VERMILLION)
    yield from _axes(frame, "step", "tokens; dashed: capacity, outlined: evicted")
    yield _stroke(frame.path([(0, cycle.capacity), (cycle.steps, cycle.capacity)]), _SOFT, "4 3")


def panels(
    parts: Sequence[tuple[str, Point, Sequence[Line]]], label: str, says: str, at: float = 1
) -> Any:
    """Return series below each other over the same steps, with a thin line at one height.

    Parameters
    ----------
    parts : sequence of (str, (float, float), sequence of Line)
        Name and range of the vertical axis, and the lines of each panel.
    label : str
        Of the horizontal axis.
    says : str
        What a reader who does not see it should know.
    at : float
        Where the thin line is.
    """
    return _picture(420, 24 + 170 * len(parts), _panels(parts, label, at), says, 36)


def _panels(
    parts: Sequence[tuple[str, Point, Sequence[Line]]], label: str, at: float
) -> Iterator[str]:
    for k, (name, reach, lines) in enumerate(parts):
        steps = len(lines[0].values) - 1
        frame = Frame((0, steps), reach, top=24 + 170 * k, height=120)
        yield from _axes(frame, label if k == len(parts) - 1 else "", name)
        yield _stroke(frame.path([(0, at), (steps, at)]), _SOFT, width=0.7)
        for line in lines:
            points = (
                (n, min(max(float(v), reach[0]), reach[1])) for n, v in enumerate(line.values)
            )
            yield _stroke(frame.path(points), line.colour, line.dashes)
    for k, line in enumerate(parts[0][2]):
        yield _stroke(f"M{190 + 130 * k} 8h20", line.colour, line.dashes, 2)
        yield _text(215 + 130 * k, 12, line.says)


def chart(found: stabkit.StabilityChart, here: Point, says: str) -> Any:
    """Return the stable part of a chart, the borders, and a point: horizontal, then vertical."""
    across, up = found.frame.horizontal, found.frame.vertical
    frame = Frame((0, float(across.high)), (float(up.low), float(up.high)), height=240)
    return _picture(420, 300, _chart(frame, found, here), says, 34)


def _chart(frame: Frame, found: stabkit.StabilityChart, here: Point) -> Iterator[str]:
    heights = [float(row.value) for row in found.rows]
    edges = [frame.y[0], *((a + b) / 2 for a, b in pairwise(heights)), frame.y[1]]
    for row, (low, high) in zip(found.rows, pairwise(edges), strict=True):
        for part in row.intervals:
            if part.verdict == "stable":
                (x, y), (end, base) = (
                    frame.at(float(part.low), high),
                    frame.at(float(part.high), low),
                )
                yield _box(x, y, end - x, base - y + 0.3, _STABLE)
    yield from _axes(frame, "common prompt length s", "share p of the shorter")
    for curve in found.boundaries:
        yield _stroke(frame.path(zip(curve.x, curve.y, strict=True)), "currentColor")
    x, y = frame.at(*here)
    yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="6" style="{_POINT}"/>'


def ring(graph: stabkit.GraphPicture, says: str) -> Any:
    """Return the stages as a ring of nodes with their cohorts, and the ways back to stage 0."""
    return _picture(360, 365, _ring(graph), says, 26)


def _ring(graph: stabkit.GraphPicture) -> Iterator[str]:
    def place(stage: float, far: float) -> Point:
        angle = 2 * math.pi * stage / graph.length
        return 180 + far * math.sin(angle), 170 - far * math.cos(angle)

    yield f'<circle cx="180" cy="170" r="130" style="fill: none; stroke: {_SOFT}"/>'
    for edge in graph.returns:
        (x, y), (u, v) = place(edge.stage, 130), place(edge.stage, 162)
        inwards = f"{180 + 0.3 * (x - 180):.1f} {170 + 0.3 * (y + 40 - 340):.1f}"
        yield _stroke(f"M{x:.1f} {y:.1f}Q{inwards} 180 57", VERMILLION, width=1.8)
        yield _text(u, v + 4, f"{100 * float(edge.share):.0f} %", "middle")
    yield _stroke("M174 63L180 56L186 63", VERMILLION, width=1.8)
    for stage in range(graph.length):
        x, y = place(stage, 130)
        cohort = stage % graph.period
        fill, rim = _BANDS[cohort % len(_BANDS)], "fill-opacity: 0.45; stroke: currentColor"
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="13" style="fill: light-dark(white, black)"/>'
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="13" style="fill: {fill}; {rim}"/>'
        yield _text(x, y + 4, str(cohort), "middle")
    yield _text(180, 358, f"in a node its cohort, stage mod {graph.period}", "middle")


def _axes(frame: Frame, across: str, up: str) -> Iterator[str]:
    """Yield both axes with ticks and names."""
    (x, y), (end, top) = frame.at(frame.x[0], frame.y[0]), frame.at(frame.x[1], frame.y[1])
    yield _stroke(f"M{x} {top}V{y}H{end}", "currentColor", width=0.8)
    for number in _ticks(*frame.x):
        at, _ = frame.at(number, frame.y[0])
        yield _stroke(f"M{at:.1f} {y}v4", "currentColor", width=0.8)
        yield _text(at, y + 16, f"{number:g}", "middle")
    for number in _ticks(*frame.y, most=4):
        _, at = frame.at(frame.x[0], number)
        yield _stroke(f"M{x} {at:.1f}h-4", "currentColor", width=0.8)
        yield _text(x - 7, at + 4, f"{number:g}", "end")
    yield _text(end, y + 16 + 14, across, "end") + _text(x - 48, top - 8, up)


def _ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Return at most so many round numbers from low to high."""
    rough = (high - low) / most
    unit = 10 ** math.floor(math.log10(rough))
    step = next(unit * k for k in (1, 2, 5, 10) if unit * k >= rough)
    return [step * k for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _picture(width: float, height: float, parts: Iterable[str], says: str, em: int) -> Any:
    return mo.Html(
        f'<svg class="drawing" role="img" aria-label="{escape(says)}" '
        f'viewBox="0 0 {width} {height}" style="width: min(100%, {em}em); display: block; '
        f'margin: 0.5em auto"><g style="font-size: 12px">{"".join(parts)}</g></svg>'
    )


def _stroke(data: str, colour: str, dashes: str = "none", width: float = 1.2) -> str:
    style = f"fill: none; stroke: {colour}; stroke-width: {width}; stroke-dasharray: {dashes}"
    return f'<path d="{data}" style="{style}"/>'


def _box(x: float, y: float, width: float, height: float, fill: str, rim: str = "none") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect {place} style="fill: {fill}; stroke: {rim}"/>'


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    style = f"fill: currentColor; text-anchor: {anchor}"
    return f'<text x="{x:.1f}" y="{y:.1f}" style="{style}">{escape(words)}</text>'
