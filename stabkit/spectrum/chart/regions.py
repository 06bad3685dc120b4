"""Regions of a stability chart: what the linked intervals of its rows make up.

They are the connected components of the intervals (`stabkit.spectrum.chart.rows.linked_intervals`),
and each has one exact number of unstable modes. Areas and distances are those of the picture, in
which an axis may be logarithmic: areas by the trapezoidal rule over the rows, the *label point* a
point of a row that is farthest from the boundary, among many.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import networkx as nx
import numpy as np

from ...model.verdict import Verdict
from ..circle.sparse_polynomial import Floats
from .boundaries import BoundaryCurve
from .plane import Axis, ChartFrame
from .rows import ChartRow, RowInterval, linked_intervals

__all__ = ["ChartRegion", "chart_regions", "stable_areas"]

_ROWS_TRIED = 24
_PLACES_TRIED = np.arange(1, 16) / 16
_CENTRED = 0.02  # prefers, of two points with as much room, the one in the middle of its row
_COARSE = 8  # of the points of a curve, one in so many is enough to measure distances


@dataclass(frozen=True)
class ChartRegion:
    """A part of the plane with the same number of unstable modes.

    * `unstable`: the exact number of unstable modes; None where undecided.
    * `label_point`: x and y of an interior point far from the boundary.
    * `clearance`: its distance from the boundary, over the height of the picture, measured to one
      in eight points of the curves: up to 1/50 too large, which is enough for a label.
    * `area_share`: of the area of the picture, between 0 and 1, to the resolution of the rows.
    """

    unstable: int | None
    verdict: Verdict
    label_point: tuple[float, float]
    clearance: float
    area_share: float


class _RowPart(NamedTuple):
    """An interval, its row, and the area that it stands for."""

    row: ChartRow
    interval: RowInterval
    area: float


def chart_regions(
    frame: ChartFrame, rows: Sequence[ChartRow], curves: Sequence[BoundaryCurve]
) -> tuple[tuple[ChartRegion, ...], tuple[tuple[int, ...], ...]]:
    """Return the regions, the largest first, and for each row the region of each interval."""
    components = _components(rows)
    members: list[list[_RowPart]] = [
        [] for _ in range(1 + max(max(c, default=-1) for c in components))
    ]
    for row, weight, indices in zip(rows, _weights(rows, frame.vertical), components, strict=True):
        for interval, index in zip(row.intervals, indices, strict=True):
            ends = frame.horizontal.place(np.array([interval.low, interval.high], dtype=float))
            members[index].append(_RowPart(row, interval, float(weight * (ends[1] - ends[0]))))
    areas = [sum(part.area for part in parts) for parts in members]
    border = _border(frame, curves)
    regions = [
        _region(frame, border, parts, area / sum(areas))
        for parts, area in zip(members, areas, strict=True)
    ]
    order = sorted(range(len(regions)), key=lambda i: -areas[i])
    rank = {index: position for position, index in enumerate(order)}
    places = tuple(tuple(rank[index] for index in indices) for indices in components)
    return tuple(regions[index] for index in order), places


def _components(rows: Sequence[ChartRow]) -> list[list[int]]:
    """Return for each interval the number of its connected component, numbered as they appear."""
    starts = np.cumsum([0, *(len(row.intervals) for row in rows)]).tolist()
    graph = nx.empty_graph(starts[-1])
    for n, (one, other) in enumerate(pairwise(rows)):
        graph.add_edges_from(
            (starts[n] + i, starts[n + 1] + j) for i, j in linked_intervals(one, other)
        )
    components = enumerate(nx.connected_components(graph))
    numbers = {node: number for number, nodes in components for node in nodes}
    return [[numbers[node] for node in range(*ends)] for ends in pairwise(starts)]


def _weights(rows: Sequence[ChartRow], vertical: Axis) -> Floats:
    """Return the height of the strip that each row stands for."""
    places = np.array([vertical.place(float(row.value)) for row in rows])
    edges = np.concatenate([[0.0], (places[:-1] + places[1:]) / 2, [1.0]])
    return np.diff(edges)


def _border(frame: ChartFrame, curves: Iterable[BoundaryCurve]) -> Floats:
    """Return points of the boundary curves, in coordinates of the picture: one column each."""
    thinned = [np.stack(frame.drawn(c.x, c.y))[:, ::_COARSE] for c in curves]
    return np.concatenate([np.empty((2, 0)), *thinned], axis=1)


def _region(
    frame: ChartFrame, border: Floats, parts: list[_RowPart], area_share: float
) -> ChartRegion:
    ordered = sorted(parts, key=lambda part: -part.area)[:_ROWS_TRIED]
    ordered += parts[:: max(1, len(parts) // _ROWS_TRIED)]
    tried = np.concatenate([_tried(frame, border, part) for part in ordered], axis=1)
    x, y, room, width = tried
    best = int(np.argmax(room + _CENTRED * width))
    first = parts[0].interval
    return ChartRegion(
        first.unstable,
        first.verdict,
        (float(x[best]), float(y[best])),
        float(room[best] / frame.size[1]),
        area_share,
    )


def _tried(frame: ChartFrame, border: Floats, part: _RowPart) -> Floats:
    """Return points of an interval: rows x, y, distance from the boundary, and along the row."""
    row, interval, _ = part
    ends = frame.horizontal.place(np.array([interval.low, interval.high], dtype=float))
    x = frame.horizontal.at(ends[0] + _PLACES_TRIED * (ends[1] - ends[0]))
    y = np.full(len(x), float(row.value))
    across, up = frame.drawn(x, y)
    low, high = (
        frame.drawn(float(end), float(row.value))[0] for end in (interval.low, interval.high)
    )
    along = np.minimum(across - low, high - across)
    reach = along.max()  # nothing farther away matters
    border = border[:, np.abs(border[1] - up[0]) < reach]
    border = border[:, (border[0] > low - reach) & (border[0] < high + reach)]
    apart = np.hypot(across[:, None] - border[0], up[:, None] - border[1])
    nearest = apart.min(axis=1, initial=np.inf)
    room = np.minimum(np.minimum(along, nearest), frame.distance_to_sides(across, up))
    return np.stack([x, y, room, along])


def stable_areas(
    rows: Sequence[ChartRow], links: Sequence[Sequence[tuple[int, int]]]
) -> list[tuple[Floats, Floats]]:
    """Return polygons that cover the stable intervals, one on the other as far as they are linked.

    Where a region parts or joins, a polygon ends, and one quadrilateral per link fills the strip.
    """
    done: list[list[tuple[ChartRow, int]]] = []
    growing: dict[int, list[tuple[ChartRow, int]]] = {}
    for (one, other), linked in zip(pairwise(rows), links, strict=True):
        stable = [i for i, part in enumerate(one.intervals) if part.verdict == "stable"]
        pairs = [(i, j) for i, j in linked if i in stable]
        chains = {i: growing.get(i, [(one, i)]) for i in stable}
        growing = {}
        for i, j in pairs:
            alone = (
                sum(i in pair[:1] for pair in pairs) == sum(j in pair[1:] for pair in pairs) == 1
            )
            if alone:
                growing[j] = [*chains.pop(i), (other, j)]
            else:
                done.append([(one, i), (other, j)])
        done += chains.values()
    return [_outline(chain) for chain in [*done, *growing.values()]]


def _outline(chain: list[tuple[ChartRow, int]]) -> tuple[Floats, Floats]:
    """Return the polygon around consecutive intervals: up on the left, down on the right."""
    ends = np.array([[row.intervals[i].low, row.intervals[i].high] for row, i in chain], float)
    levels = np.array([row.value for row, _ in chain], float)
    return np.concatenate([ends[:, 0], ends[::-1, 1]]), np.concatenate([levels, levels[::-1]])
