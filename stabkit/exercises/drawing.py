"""What an exercise asks to draw: axes, what is given in them, and what the solution draws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import cos, pi, sin
from typing import TypeAlias

__all__ = ["Drawing", "Shape", "border", "chart", "circle", "counts_of_stages", "course"]

Points: TypeAlias = tuple[tuple[float, float], ...]
# A layer of a plot: its kind, its points, its tone and its name, as in a document.
Shape: TypeAlias = tuple[str, Points, str, str]

_CIRCLE = tuple((cos(k * pi / 60), sin(k * pi / 60)) for k in range(121))
_FINE = 60  # points of a curve
_NEAR = 1e-9


@dataclass(frozen=True)
class Drawing:
    """Axes to draw in, and the drawn solution.

    * `task`: what to draw, prose.
    * `caption`: what the solution shows.
    * `x`, `y`: what the axes measure, prose.
    * `given`, `drawn`: what stands there before, and what the solution adds.
    * `square`: whether both axes have one scale.
    """

    task: str
    caption: str
    x: str
    y: str
    given: tuple[Shape, ...]
    drawn: tuple[Shape, ...]
    square: bool = False


def circle(roots: Iterable[complex]) -> Drawing:
    """Return the complex plane with the unit circle, and roots on their sides of it."""
    marks: dict[str, list[tuple[float, float]]] = {}
    for root in roots:
        marks.setdefault(_side(abs(root)), []).append((root.real, root.imag))
    limit = 1.1 * max(
        1.0, *(abs(q) for points in marks.values() for point in points for q in point)
    )
    corners = ((-limit, -limit), (limit, -limit), (limit, limit), (-limit, limit))
    return Drawing(
        "Draw the roots beside the unit circle.",
        "The roots beside the unit circle.",
        r"$\operatorname{Re} \lambda$",
        r"$\operatorname{Im} \lambda$",
        (("line", _CIRCLE, "plain", ""), ("line", (*corners, corners[0]), "plain", "")),
        tuple(("marks", tuple(points), side, side) for side, points in marks.items()),
        square=True,
    )


def _side(modulus: float) -> str:
    """Return where a root is; those of exercises are on the circle or 10^-6 away from it."""
    return "on" if abs(modulus - 1) < _NEAR else "inside" if modulus < 1 else "outside"


def chart(inputs: int, share: Fraction, most: int, borders: Sequence[Shape]) -> Drawing:
    """Return the plane of prompt and share, with a mix in it and the borders of stability."""
    frame = ((0.0, 0.0), (float(most), 0.0), (float(most), 1.0), (0.0, 1.0), (0.0, 0.0))
    mix = ((float(inputs), float(share)),)
    return Drawing(
        "Draw the borders of the stable region in the plane of $s$ and $p$, and mark the mix.",
        "The borders of the stable region, and the mix of the question.",
        "prompt $s$ (tokens)",
        "share $p$ of the shorter",
        (("line", frame, "plain", ""),),
        (*borders, ("marks", mix, "outside", "the mix")),
    )


def border(formula: Sequence[int], most: int, name: str, tone: str = "inside") -> Shape:
    """Return a border p = (a s + b) / (c s + d) as a curve, as far as p is a share."""
    a, b, c, d = formula
    prompts = (most * k / _FINE for k in range(_FINE + 1))
    curve = ((s, (a * s + b) / (c * s + d)) for s in prompts)
    return ("line", tuple((s, p) for s, p in curve if 0 <= p <= 1), tone, name)


def course(counts: Sequence[Sequence[int]], names: Sequence[str]) -> Drawing:
    """Return how many requests are in each stage, step by step."""
    most = float(max(max(column) for column in counts))
    frame = ((0.0, 0.0), (float(len(counts[0]) - 1), 0.0), (0.0, 0.0), (0.0, 1.1 * most))
    start = tuple((0.0, float(column[0])) for column in counts)
    drawn = [
        ("line", tuple((float(n), float(x)) for n, x in enumerate(column)), tone, name)
        for column, tone, name in zip(counts, ("inside", "outside"), names, strict=True)
    ]
    return Drawing(
        "Draw both stages, step by step.",
        "Requests in both stages.",
        "step",
        "requests",
        (("line", frame, "plain", ""), ("marks", start, "on", "")),
        tuple(drawn),
    )


def counts_of_stages(equilibrium: Fraction, state: Sequence[Fraction]) -> Drawing:
    """Return how many requests are in each stage of a full memory, and at the equilibrium."""
    even = float(equilibrium)
    last = float(len(state) - 1)
    top = 1.1 * float(max(state))
    frame = ((0.0, 0.0), (last, 0.0), (0.0, 0.0), (0.0, top))
    level = ((0.0, even), (last, even))
    stages = tuple((float(j), float(x)) for j, x in enumerate(state))
    return Drawing(
        "Draw the requests of each stage, and those of the equilibrium.",
        "Requests in each stage, of the cycle and of the equilibrium.",
        "stage",
        "requests",
        (("line", frame, "plain", ""),),
        (("stems", stages, "inside", "cycle"), ("line", level, "mark", "equilibrium")),
    )
