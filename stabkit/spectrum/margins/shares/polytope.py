"""Polytopes of shares: their vertices and edges, exactly.

The shares of K classes that lie between bounds, low_k <= q_k <= high_k and sum q_k = 1, are a box
cut by a plane. Of its points with two coordinates strictly between their bounds, both can be moved
against each other either way: such a point is no vertex. Of its points with three, the three can be
moved in two directions: such a point is on no edge. So

* at a vertex all coordinates but one at most are at a bound;
* the edges are the pairs of vertices that differ in exactly two coordinates, all others being at a
  bound: there the polytope is a segment, of which they are the ends.

Where only vertices are given, all pairs of them take the place of the edges: segments that are no
edges are in the polytope all the same, and what is stable on all of it is stable there. To look at
them costs time, and changes no answer.

Vertices are looked for depth first, class by class; a partial choice that no values between the
bounds complete is left.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

import numpy as np

from ....model.kernel import MemoryKernel
from ....model.workload import Workload
from ...circle.sparse_polynomial import Floats

__all__ = [
    "MOST_VERTICES",
    "NOT_STABLE",
    "Bounds",
    "SharePolytope",
    "Shares",
    "between",
    "box",
    "hull",
    "kernel_of",
    "moved",
]

Shares = tuple[Fraction, ...]
Bounds = tuple[tuple[Fraction, Fraction], ...]

MOST_VERTICES = 1_000
NOT_STABLE = ("unstable", "marginal")
_MOST_CHOICES = 100_000
_DENOMINATOR = 1 << 80  # of moves: keeps the integers of the counted kernel small


@dataclass(frozen=True)
class SharePolytope:
    """The convex hull of shares.

    * `vertices`: by class; each of sum 1.
    * `edges`: pairs of indices of vertices: the edges, or all pairs of vertices that are given.
    """

    vertices: tuple[Shares, ...]
    edges: tuple[tuple[int, int], ...]


def kernel_of(mix: Workload, shares: Shares) -> MemoryKernel:
    """Return the kernel of a mix with other shares, some of which may be 0."""
    pairs = zip(mix.classes, shares, strict=True)
    classes = tuple(replace(c, share=share) for c, share in pairs if share)
    return MemoryKernel.of(replace(mix, classes=classes))


def between(start: Shares, end: Shares, place: Fraction) -> Shares:
    """Return (1 - place) start + place end."""
    return tuple(a + place * (b - a) for a, b in zip(start, end, strict=True))


def moved(shares: Shares, step: Floats) -> Shares | None:
    """Return shares + step with the sum exactly 1, or None if that is outside the simplex."""
    if not np.all(np.abs(step) < 2):
        return None
    moves = [Fraction(round(d * _DENOMINATOR), _DENOMINATOR) for d in step.tolist()]
    moves[int(np.argmax(np.abs(step)))] -= sum(moves)
    found = tuple(p + d for p, d in zip(shares, moves, strict=True))
    return found if min(found) >= 0 else None


def box(bounds: Bounds) -> SharePolytope | None:
    """Return the shares between bounds; None if there are too many vertices.

    * `bounds`: 0 <= low_k <= high_k, with sum low_k <= 1 <= sum high_k.

    >>> found = box(((Fraction(1, 4), Fraction(1, 2)),) * 3)
    >>> len(found.vertices), len(found.edges)  # 1/4, 1/4, 1/2 in any order
    (3, 3)
    """
    # integers: the common denominator stands for 1
    scale = math.lcm(*(end.denominator for pair in bounds for end in pair))
    whole = [(int(low * scale), int(high * scale)) for low, high in bounds]
    found: set[tuple[int, ...]] = set()
    for choices, vertex in enumerate(_vertices(whole, scale)):
        if vertex is not None:
            found.add(vertex)
        if len(found) > MOST_VERTICES or choices > _MOST_CHOICES:
            return None
    vertices = sorted(found)
    exact = tuple(tuple(Fraction(q, scale) for q in vertex) for vertex in vertices)
    return SharePolytope(exact, tuple(_edges(vertices, whole)))


def hull(vertices: Sequence[Shares]) -> SharePolytope | None:
    """Return the convex hull of shares, any of which may lie inside; None if there are too many."""
    distinct = tuple(dict.fromkeys(vertices))
    if len(distinct) ** 2 > _MOST_CHOICES:
        return None
    return SharePolytope(distinct, tuple(combinations(range(len(distinct)), 2)))


def _vertices(bounds: list[tuple[int, int]], total: int) -> Iterator[tuple[int, ...] | None]:
    """Yield the vertices, some of them twice, and None for every partial choice on the way."""
    rest = [(0, 0)]  # least and largest sum of the classes from k on
    for low, high in reversed(bounds):
        rest.append((rest[-1][0] + low, rest[-1][1] + high))
    rest.reverse()
    open_choices: list[tuple[tuple[int, ...], int | None]] = [((), None)]
    while open_choices:
        chosen, free = open_choices.pop()
        k, left = len(chosen), total - sum(chosen)
        slack = (0, 0) if free is None else bounds[free]
        if not rest[k][0] + slack[0] <= left <= rest[k][1] + slack[1]:
            continue
        if k == len(bounds):
            yield chosen if free is None else (*chosen[:free], left, *chosen[free + 1 :])
            continue
        yield None
        open_choices += [((*chosen, end), free) for end in dict.fromkeys(bounds[k])]
        if free is None and bounds[k][0] < bounds[k][1]:
            open_choices.append(((*chosen, 0), k))


def _edges(
    vertices: Sequence[tuple[int, ...]], bounds: list[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    alike: defaultdict[tuple[int, ...], list[int]] = defaultdict(list)
    for index, vertex in enumerate(vertices):
        inside = {k for k, q in enumerate(vertex) if q not in bounds[k]}
        for i, j in combinations(range(len(vertex)), 2):
            if inside <= {i, j}:
                alike[(i, j, *vertex[:i], *vertex[i + 1 : j], *vertex[j + 1 :])].append(index)
    for indices in alike.values():
        yield from combinations(indices, 2)
