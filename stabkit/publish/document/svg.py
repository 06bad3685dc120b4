"""Plots as SVG with the words of their axes beside them: no script, one look with those of LaTeX.

Every colour is a variable of the page's style, so that the page may be light or dark.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import pairwise
from math import floor, hypot, log10

from .tree import Layer, Plot

__all__ = ["STYLE", "svg"]

Point = tuple[float, float]
Box = tuple[float, float, float, float]

_WIDTH, _LEFT, _BELOW, _EDGE = 420.0, 58.0, 22.0, 8.0
_FEW = 60  # points of a layer that are drawn large
_TICKS = 5
_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
STYLE = """
.plot { display: inline-block; max-width: 100%; } .plot .x { text-align: center; }
.plot svg { display: block; width: 26rem; max-width: 100%; height: auto; overflow: visible; }
.plot text { font: 11px sans-serif; fill: var(--text); }
.plot .grid { stroke: var(--line); } .plot .frame { fill: none; stroke: var(--faint); }
.plot .line { fill: none; stroke-width: 1.6; }
.plot .area { fill-opacity: .15; stroke: none; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .9rem; }
.plot .legend svg { display: inline; width: 2rem; }
.inside { --tone: var(--blue); } .outside { --tone: var(--red); --dash: 6 3; }
.on { --tone: var(--text); } .mark { --tone: var(--green); --dash: 2 3; }
.plain { --tone: var(--faint); }
.plot .line, .plot .ring { stroke: var(--tone); fill: none; stroke-dasharray: var(--dash, none); }
.plot .ring { stroke-dasharray: none; stroke-width: 1.2; } .plot .dot { fill: var(--tone); }
.plot .area { fill: var(--tone); }
"""


def svg(plot: Plot, prose: Callable[[str], str], said: str) -> Iterator[str]:
    """Yield the elements of a picture.

    * `prose`: from prose to HTML.
    * `said`: what the picture shows, plain text, for those who do not see it.
    """
    box = _box(plot)
    inner = _WIDTH - _LEFT - _EDGE
    height = inner if plot.square else 0.6 * inner
    place = _placed(box, inner, height)
    yield '<div class="plot">'
    if plot.legend and any(layer.name for layer in plot.layers):
        yield '<div class="legend">'
        for layer in plot.layers:
            if layer.name:
                yield f"<span>{_sample(layer)} {prose(layer.name)}</span>"
        yield "</div>"
    yield f'<div class="y">{prose(plot.y)}</div>'
    yield (
        f'<svg viewBox="0 0 {_WIDTH:g} {height + _BELOW + _EDGE:g}" role="img" '
        f'aria-label="{escape(said, quote=True)}">'
    )
    yield from _grid(box, place, height)
    for layer in plot.layers:
        yield f'<g class="{layer.tone}">'
        yield from _layer(layer, place, box)
        yield "</g>"
    yield f'</svg><div class="x">{prose(plot.x)}</div></div>'


def _box(plot: Plot) -> Box:
    """Return the least and greatest x and y that are drawn, with room around them."""
    points = [q for layer in plot.layers for q in layer.points] or [(0.0, 0.0)]
    grounded = any(layer.kind in ("stems", "area") for layer in plot.layers)
    left, right = _roomy([x for x, _ in points])
    low, high = _roomy([y for _, y in points] + [0.0] * grounded)
    if not plot.square:
        return left, right, low, high
    reach = max(right - left, high - low) / 2
    x, y = (left + right) / 2, (low + high) / 2
    return x - reach, x + reach, y - reach, y + reach


def _roomy(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = 0.05 * (high - low) or 0.5 * abs(high) or 0.5
    return low - room, high + room


def _placed(box: Box, width: float, height: float) -> Callable[[Point], Point]:
    left, right, low, high = box

    def place(q: Point) -> Point:
        across = _LEFT + width * (q[0] - left) / (right - left)
        return across, _EDGE + height * (high - q[1]) / (high - low)

    return place


def _grid(box: Box, place: Callable[[Point], Point], height: float) -> Iterator[str]:
    left, right, low, high = box
    for x in _ticks(left, right):
        across = place((x, low))[0]
        yield _line((across, _EDGE), (across, _EDGE + height), "grid")
        yield (
            f'<text x="{across:.1f}" y="{_EDGE + height + 15:.1f}" '
            f'text-anchor="middle">{_number(x)}</text>'
        )
    for y in _ticks(low, high):
        down = place((left, y))[1]
        yield _line((_LEFT, down), (_WIDTH - _EDGE, down), "grid")
        yield f'<text x="{_LEFT - 5:.1f}" y="{down + 4:.1f}" text-anchor="end">{_number(y)}</text>'
    yield (
        f'<rect class="frame" x="{_LEFT:g}" y="{_EDGE:g}" '
        f'width="{_WIDTH - _LEFT - _EDGE:g}" height="{height:g}"/>'
    )


def _number(value: float) -> str:
    """Return a number for an axis.

    >>> _number(0.5), _number(5e12)
    ('0.5', '5·10¹²')
    """
    mantissa, _, exponent = f"{value:g}".partition("e")
    return mantissa + (f"·10{str(int(exponent)).translate(_RAISED)}" if exponent else "")


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers from `low` to `high`, at most five steps of them.

    >>> _ticks(0.3, 11)
    [5.0, 10.0]
    """
    rough = (high - low) / _TICKS
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * k for k in (1, 2, 5, 10) if unit * k >= rough)
    first = floor(low / step) + 1
    return [round(k * step, 12) + 0.0 for k in range(first, floor(high / step) + 1)]


def _layer(layer: Layer, place: Callable[[Point], Point], box: Box) -> Iterator[str]:
    ground = min(max(0.0, box[2]), box[3])
    places = [place(q) for q in layer.points]
    if layer.kind == "steps":
        corners = [(after[0], before[1]) for before, after in pairwise(places)]
        places = [q for pair in zip(places, [*corners, places[-1]], strict=True) for q in pair]
    if layer.kind == "stems":
        for q, end in zip(layer.points, places, strict=True):
            yield _line(place((q[0], ground)), end, "line")
    if layer.kind in ("marks", "stems"):
        size = 3.6 if len(places) <= _FEW else 1.5
        yield from (_mark(layer.tone, q, size) for q in places)
    elif layer.kind == "area":
        ends = (place((layer.points[k][0], ground)) for k in (-1, 0))
        yield f'<polygon class="area" points="{_listed([*places, *ends])}"/>'
    else:
        yield f'<polyline class="line" points="{_listed(places)}"/>'


def _listed(places: Sequence[Point]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in places)


def _line(start: Point, end: Point, kind: str) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _mark(tone: str, q: Point, size: float) -> str:
    x, y = q
    if tone == "mark":
        return f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="{2 * size:g}"/>'
    if tone == "outside":
        corners = [(x, y - 1.4 * size), (x - 1.2 * size, y + size), (x + 1.2 * size, y + size)]
        return f'<polygon class="dot" points="{_listed(corners)}"/>'
    if tone == "on":
        corner = f'x="{x - size:.1f}" y="{y - size:.1f}"'
        return f'<rect class="dot" {corner} width="{2 * size:g}" height="{2 * size:g}"/>'
    if tone == "plain":
        reach = size / hypot(1, 1)
        arms = ((reach, reach), (reach, -reach))
        return "".join(_line((x - a, y - b), (x + a, y + b), "line") for a, b in arms)
    return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{size:g}"/>'


def _sample(layer: Layer) -> str:
    """Return the sign of a layer in the legend."""
    shape = {
        "marks": _mark(layer.tone, (14, 6), 3.6),
        "stems": _line((14, 12), (14, 4), "line") + _mark(layer.tone, (14, 4), 3.0),
        "area": '<rect class="area" x="2" y="1" width="24" height="10"/>',
    }.get(layer.kind, _line((2, 6), (26, 6), "line"))
    return f'<svg class="{layer.tone}" viewBox="0 0 28 12" aria-hidden="true">{shape}</svg>'
