"""The boundary curves of a stability chart, parameterised by the angle of the mode on the circle.

On the curves some mode is at e^(i theta), G(e^(i theta)) = 0, with

    G = a + b x + c y + d x y                                                                 (1)

from `chart_plane`. For 0 < theta < pi that is two real equations. x = -(a + c y) / (b + d y) is
real iff

    Im[a conj b] + Im[a conj d + c conj b] y + Im[c conj d] y^2 = 0,                          (2)

a quadratic equation for y (linear in the simplex, where d = 0); its two solutions, by the sign of
the square root, are continuous in theta up to infinity, and meet where the discriminant vanishes.
For theta = pi all of (1) is real: one equation, and its solutions are a hyperbola or a line. For
theta = 0 there is none, as G(1) > 0 in the domain: the coefficients are nonnegative, g_0 positive.

The curves are computed in double precision: they are drawn, and prove nothing. Sampling is uniform
at first, with the angles of all crossings of the rows added, so that none of these is missed; then
intervals of theta are halved until the picture of a curve has no gap.

References
----------
docs/model.md, Boundaries; Yu. I. Neimark, "Stability of linear systems", Leningrad 1949
(D-partition).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ...records import Record
from ..circle.sparse_polynomial import Floats
from .plane import ChartFrame

__all__ = ["BoundaryCurve", "boundary_curves"]

_SAMPLES, _PER_TERM = 256, 32
_LAST_ANGLE = math.pi - 1e-6  # next to pi all imaginary parts cancel
_STEP = 0.005  # of the height of the picture, between neighbouring points of a curve
_BORDER = 1e-12  # rounding
_END = 1e-7  # how near a curve comes to the border of the picture
_LEAP = 0.1  # outside of the picture
_PASSES = 60
_MOST_POINTS = 400_000
_NARROWEST = 1e-15
_SAME = 1e-4
_THINNED = 5e-4

Solver = Callable[[Floats], tuple[Floats, Floats, Floats]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, repr=False)
class BoundaryCurve(Record):
    """A curve on which the number of unstable modes may change.

    * `kind` ({"pair", "real"}): a pair of modes at e^(+-i theta), or a mode at -1.
    * `theta`, `x`, `y`: points along the curve; theta in radians, pi throughout for "real".
    """

    kind: Literal["pair", "real"]
    theta: Floats
    x: Floats
    y: Floats


def boundary_curves(frame: ChartFrame, angles: Iterable[float]) -> tuple[BoundaryCurve, ...]:
    """Return the boundary curves in the frame; `angles` are values of theta to include."""
    terms = frame.plane.bilinear()
    count = _SAMPLES + _PER_TERM * len(terms)
    grid = (np.arange(count) + 0.5) * (_LAST_ANGLE / count)
    known = [angle for angle in angles if angle < _LAST_ANGLE]
    thetas = np.unique(np.concatenate([grid, known, [_LAST_ANGLE]]))
    pieces = [
        piece for sign in (1, -1) for piece in _traced(partial(_pair, terms, sign), thetas, frame)
    ]
    curves = [BoundaryCurve("pair", *_thinned(curve)[:3]) for curve in _joined(pieces)]
    places = np.linspace(0, 1, _SAMPLES)
    real = _traced(partial(_real, terms, frame), places, frame)
    return (*curves, *(BoundaryCurve("real", *_thinned(curve)[:3]) for curve in real))


def _pair(terms: Floats, sign: int, theta: Floats) -> tuple[Floats, Floats, Floats]:
    """Return theta and the solutions x, y of (1), by one sign of the root of (2)'s discriminant."""
    a, b, c, d = np.polynomial.polynomial.polyval(np.exp(1j * theta), terms)
    constant = (a * b.conj()).imag
    linear = (a * d.conj() + c * b.conj()).imag
    square = (c * d.conj()).imag
    # Of the two forms of a solution, the one without cancellation.
    root = np.sqrt(linear**2 - 4 * square * constant)
    same = np.where(linear >= 0, sign, -sign) > 0
    sum_ = linear + np.where(linear >= 0, root, -root)
    y = np.where(same, -2 * constant / sum_, -sum_ / (2 * square))
    below = b + d * y
    x = -((a + c * y) * below.conj()).real / np.abs(below) ** 2
    return theta, x, y


def _real(terms: Floats, frame: ChartFrame, place: Floats) -> tuple[Floats, Floats, Floats]:
    """Return pi and the solutions x, y of (1) at z = -1, by the place on one of the axes."""
    a, b, c, d = terms[::2].sum(axis=0) - terms[1::2].sum(axis=0)
    theta = np.full(len(place), math.pi)
    if b == d == 0:  # y is the same for all x
        return theta, frame.horizontal.at(place), np.full(len(place), -a / c)
    y = frame.vertical.at(place)
    return theta, -(a + c * y) / (b + d * y), y


def _traced(solve: Solver, parameters: Floats, frame: ChartFrame) -> list[Floats]:
    """Return the pieces of a curve in the picture: rows theta, x, y, across, up; columns points."""

    def points(parameter: Floats) -> Floats:
        with np.errstate(all="ignore"):
            theta, x, y = solve(parameter)
            across, up = frame.drawn(x, y)
        return np.stack([theta, x, y, across, up])

    found = points(parameters)
    for _ in range(_PASSES):
        wide = _is_wide(found, frame) & (np.diff(parameters) > _NARROWEST)
        if not wide.any() or len(parameters) > _MOST_POINTS:
            break
        middles = (parameters[:-1][wide] + parameters[1:][wide]) / 2
        order = np.argsort(np.concatenate([parameters, middles]), kind="stable")
        found = np.concatenate([found, points(middles)], axis=1)[:, order]
        parameters = np.concatenate([parameters, middles])[order]
    return _pieces(found, frame)


def _is_inside(found: Floats, frame: ChartFrame) -> Mask:
    """Tell which points are in the picture."""
    with np.errstate(invalid="ignore"):
        inside: Mask = frame.distance_to_sides(*found[3:]) >= -_BORDER
    return inside


def _is_wide(found: Floats, frame: ChartFrame) -> Mask:
    """Tell which intervals between neighbouring points have to be halved."""
    inside = _is_inside(found, frame)
    with np.errstate(invalid="ignore"):
        distance = np.hypot(*np.diff(found[3:], axis=1))
        low, high = (pick(found[3:, :-1], found[3:, 1:]) for pick in (np.minimum, np.maximum))
        near = (high >= 0).all(axis=0) & (low <= np.array(frame.size)[:, None]).all(axis=0)
    both, neither = inside[:-1] & inside[1:], ~inside[:-1] & ~inside[1:]
    step = np.where(both, _STEP, np.where(neither, _LEAP, _END))
    wide: Mask = ~(distance <= step) & (~neither | near)
    return wide


def _pieces(found: Floats, frame: ChartFrame) -> list[Floats]:
    """Return the runs of points inside of the picture, without gaps."""
    inside = _is_inside(found, frame)
    with np.errstate(invalid="ignore"):
        distance = np.hypot(*np.diff(found[3:], axis=1))
    joined = inside[:-1] & inside[1:] & (distance <= 2 * _STEP)
    cuts = np.flatnonzero(~joined) + 1
    runs = np.split(np.arange(found.shape[1]), cuts)
    return [found[:, run] for run in runs if len(run) > 1]


def _joined(pieces: list[Floats]) -> list[Floats]:
    """Return the curves that pieces with a common end make up."""
    rest, curves = list(pieces), []
    while rest:
        curve = rest.pop(0)
        i = 0
        while i < len(rest):
            longer = _attached(curve, rest[i])
            if longer is None:
                i += 1
            else:
                curve, i = longer, 0 * rest.pop(i).size
        curves.append(curve)
    return curves


def _attached(one: Floats, other: Floats) -> Floats | None:
    """Return two pieces as one if an end of each is the same point at the same angle."""
    for first in (one, one[:, ::-1]):
        for second in (other, other[:, ::-1]):
            apart = np.abs(first[:, -1] - second[:, 0])[[0, 3, 4]]
            if (apart < _SAME).all():
                return np.concatenate([first, second], axis=1)
    return None


def _thinned(curve: Floats) -> Floats:
    """Return the curve without points that a picture does not tell from their neighbours."""
    steps = np.floor(np.cumsum(np.hypot(*np.diff(curve[3:], axis=1))) / _THINNED)
    kept = np.concatenate([[True], np.diff(steps, prepend=0) > 0])
    kept[-1] = True
    return curve[:, kept]
