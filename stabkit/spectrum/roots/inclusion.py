"""Where the zeros are, proved: Halley's method in ball arithmetic and inclusion discs.

Let z_1, ..., z_n be the zeros of G, n = L - 1, so that G'/G = sum 1 / (z - z_i), and let z be close
to a zero. Two statements are combined; s = G / G' is Newton's step at z.

*A zero is near.* |G'/G| <= n / min |z - z_i|: the disc around z of radius n |s| holds a zero. If
the disc |w| < R holds exactly N zeros, and N such discs are disjoint and lie in |w| < R, then each
of them holds exactly one, and none is missed.

*Where it is.* Let z_1 be the zero in that disc and E the sum over all others of 1 / (z - z_i). Then
1 / s = 1 / (z - z_1) + E, that is

    z_1 = z - s / (1 - s E).

If all other zeros are at least delta away, |E| <= (n - 1) / delta: with the ball of that radius in
the place of E, the formula returns a ball that holds z_1, of radius about |s|^2 (n - 1) / delta. So
the last evaluation of G proves twice the digits that it was made with.

*Separation.* Let d > 0 be such that |z_i' - z_j'| >= d max(|z_i'|, |z_j'|) for any two of the
points z' from which discs are formed, the conjugates included, and let n |s| < d |z'| / 4 for all
of them. Then the discs of radius d |z'| / 4 are disjoint, so each holds exactly one zero, and from
every other one's disc z' is more than d max - d max / 4 >= (3/4) d |z'| away. Zeros beyond R are at
least R - |z'| away. This gives delta; and a ball for z_1 within its disc of radius d |z'| / 4 and
within |w| < R holds no other zero and meets no other ball.

The terms come from the sparse closed form H = (1 - z)^2 G, at an exact (dyadic) point z, in Arb
balls: with t = z / (1 - z), up to the common factor (1 - z)^-2,

    G ~ H,   z G' ~ z H' + 2 t H,   z^2 G'' ~ z^2 H'' + 4 t z H' + 6 t^2 H.

Halley's step s / (1 - s G'' / (2 G')) triples the digits; it replaces E by its value in the limit.
A disc centred on the real axis that holds exactly one zero holds a real one, for the zeros are
symmetric.

References
----------
P. Henrici, *Applied and Computational Complex Analysis* I, Wiley 1974, section 6.4.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from flint import acb, acb_mat, arb, ctx
from numpy.typing import NDArray

from ...model.kernel import MemoryKernel
from ..circle.dyadic import exact
from ..circle.sparse_polynomial import Complexes, Floats

__all__ = ["Point", "ZeroDisc", "proved_discs", "refined_points"]

_DOUBLE_BITS = 45  # of a start, to be safe
_ATTEMPTS = 4
_MOST_STEPS = 12
_POWERS_AT_ONCE = 2**16
_MANY = 100  # terms; if so many, and a quarter of all, they are summed like those of any polynomial
_MOST_PRODUCTS = 24  # in a row, about one for each bit of an exponent: see `_power_plan`
_SMALLEST = 1e-290  # and 1 / this: beyond, doubles lose their relative accuracy
# Separations below this are not looked at: a double is off by 2^-53, a difference by some of these.
_LEAST_SEPARATION = 2.0**-40


@dataclass(frozen=True)
class ZeroDisc:
    """A disc around the exact point `centre` that holds exactly one zero, a simple one."""

    centre: acb
    radius: arb

    @property
    def is_real(self) -> bool:
        """Whether the zero is real."""
        return bool(self.centre.imag == 0)

    def ball(self) -> acb:
        """Return a complex ball that contains the disc."""
        real = arb(self.centre.real.mid(), self.radius)
        return acb(real, 0) if self.is_real else acb(real, arb(self.centre.imag.mid(), self.radius))


class Point(NamedTuple):
    """An exact point and Newton's step G / G' there, as a ball."""

    z: acb
    step: acb


def proved_discs(
    kernel: MemoryKernel, zeros: Complexes, radius: float | Fraction | None, bits: int
) -> list[ZeroDisc] | None:
    """Return disjoint discs, each with exactly one zero, for the given approximate zeros.

    * `kernel`: of length at least 3.
    * `zeros`: with Im z >= 0; together with the conjugates of the complex ones as many as G has
      zeros in |z| < radius, a number that the caller has proved.
    * `radius`: None stands for the whole plane: there are L - 1 zeros, with multiplicity.
    * `bits`: each disc's radius is at most 2^-bits |z|.

    Returns None if the discs do not separate, as for a multiple zero, or do not get small.
    """
    if not np.all(np.isfinite(zeros)):
        return None
    size = kernel.length.bit_length()
    for attempt in range(_ATTEMPTS):
        goal = ((bits + 3 * size) >> 1) + 2 + attempt * bits
        precision = bits + ((32 + 2 * size) << attempt)
        points = refined_points(kernel, zeros, goal, precision)
        with ctx.workprec(precision):
            within = None if radius is None else arb(exact(Fraction(radius)))
            discs = points and _sharpened(kernel, points, zeros.imag == 0, within)
            if discs and all(disc.radius < abs(disc.centre) * arb(2) ** -bits for disc in discs):
                return discs
    return None


def refined_points(
    kernel: MemoryKernel, zeros: Complexes, goal: int, precision: int
) -> list[Point] | None:
    """Run Halley's method until all steps are below 2^-`goal` |z|; None if one does not get there.

    Each pass works with the digits that it can win; only steps at full precision are returned.
    """
    found: dict[int, Point] = {}
    points = [acb(z.real, z.imag) for z in zeros.tolist()]
    going, known = list(range(len(points))), _DOUBLE_BITS
    for _ in range(_MOST_STEPS + goal.bit_length()):
        working = min(precision, 3 * known + precision - goal)
        with ctx.workprec(working):
            small, moving = arb(2) ** -goal, going
            going = []
            for i, sums in zip(
                moving, _derivatives(kernel, [points[j] for j in moving]), strict=True
            ):
                ratio = _newton_ratio(points[i], sums)
                if working == precision and abs(ratio) < small:
                    found[i] = Point(points[i], points[i] * ratio)
                    continue
                points[i] = _halley_point(points[i], sums, ratio)
                going.append(i)
        if not going:
            return [found[i] for i in range(len(points))]
        known = 3 * known
    return None


def _newton_ratio(z: acb, sums: Sequence[acb]) -> acb:
    """Return G / (z G')."""
    h, h1, _ = sums
    return h / (h1 + 2 * z / (1 - z) * h)


def _halley_point(z: acb, sums: Sequence[acb], ratio: acb) -> acb:
    """Return the exact point that Halley's method goes to."""
    h, h1, h2 = sums
    t = z / (1 - z)
    bend = (h2 + t * (4 * h1 + 6 * t * h)) / (2 * (h1 + 2 * t * h))
    return (z - z * ratio / (1 - ratio * bend)).mid()


def _derivatives(kernel: MemoryKernel, points: list[acb]) -> Iterator[Sequence[acb]]:
    """Yield H, z H' and z^2 H'' for each point: a matrix of powers times one of coefficients."""
    terms = kernel.closed_form
    if len(terms) > _MANY and len(terms) > max(terms) // 4:
        yield from _dense_derivatives(terms, points)
        return
    weights = acb_mat(len(terms), 3, [w for m, c in terms.items() for w in _weights(m, c)])
    plan = _power_plan(list(terms))
    rows = max(1, _POWERS_AT_ONCE // len(terms))
    for start in range(0, len(points), rows):
        block = points[start : start + rows]
        powers: Any = [power for z in block for power in _powers(z, plan)]
        sums = (acb_mat(len(block), len(terms), powers) * weights).entries()
        for row in range(0, len(sums), 3):
            yield sums[row : row + 3]


def _weights(m: int, c: int) -> list[acb]:
    """Return the coefficients of z^m in H, z H' and z^2 H''."""
    return [acb(c), acb(m * c), acb(m * (m - 1) * c)]


def _dense_derivatives(terms: Mapping[int, int], points: list[acb]) -> Iterator[Sequence[acb]]:
    """Yield what `_derivatives` does: z^m = z^(q S) z^r with about sqrt(L) powers of either kind.

    Of the terms with the same q the sums over r are taken for all points at once.
    """
    stride = math.isqrt(max(terms)) + 1
    giants = range(0, max(terms) + 1, stride)
    filled = [_weights(q + r, terms.get(q + r, 0)) for r in range(stride) for q in giants]
    weights = acb_mat(stride, 3 * len(giants), [w for three in filled for w in three])
    fine, coarse = _power_plan(list(range(stride))), _power_plan(list(giants))
    babies: Any = [power for z in points for power in _powers(z, fine)]
    inner = (acb_mat(len(points), stride, babies) * weights).entries()
    for row, z in enumerate(points):
        sums: Any = inner[row * 3 * len(giants) : (row + 1) * 3 * len(giants)]
        powers: Any = list(_powers(z, coarse))
        yield (acb_mat(1, len(giants), powers) * acb_mat(len(giants), 3, sums)).entries()


def _power_plan(exponents: list[int]) -> list[tuple[bool, int]]:
    """Return for each power whether to raise z to it afresh, and the exponent to raise it to.

    The product of the power before and z^gap is cheaper. But the balls are rectangles, and turning
    one by a complex factor may widen it by sqrt(2): after some products in a row the bits that this
    costs are more than the guard bits, and the next power starts afresh.
    """
    plan, products = [], _MOST_PRODUCTS
    for before, exponent in pairwise([0, *exponents]):
        products += 1 + (exponent - before).bit_length()
        fresh = products > _MOST_PRODUCTS
        plan.append((fresh, exponent if fresh else exponent - before))
        products = 0 if fresh else products
    return plan


def _powers(z: acb, plan: list[tuple[bool, int]]) -> Iterator[acb]:
    """Yield the powers of z of a `plan`."""
    power = acb(1)
    for fresh, exponent in plan:
        factor = z if exponent == 1 else z**exponent
        power = factor if fresh else power * factor
        yield power


def _sharpened(
    kernel: MemoryKernel, points: list[Point], real: NDArray[np.bool_], radius: arb | None
) -> list[ZeroDisc] | None:
    """Return a disc for the one zero next to each point, or None where they do not separate.

    The points on the axis must be those expected there, or the number of zeros is not the caller's.
    """
    doubles = np.array([complex(point.z) for point in points])
    sizes = np.abs(doubles)
    if not np.all((sizes > _SMALLEST) & (sizes < 1 / _SMALLEST)):
        return None
    if [bool(point.z.imag == 0) for point in points] != real.tolist():
        return None
    separation = _separation(doubles, real)
    if not separation > _LEAST_SEPARATION:
        return None
    discs = [_disc(kernel.length - 1, point, separation, radius) for point in points]
    return None if None in discs else [disc for disc in discs if disc is not None]


def _disc(degree: int, point: Point, separation: float, radius: arb | None) -> ZeroDisc | None:
    """Return the enclosure z - s / (1 - s E), if s and it are small against the separation."""
    z, step = point
    size = abs(z)
    reach = size * (separation / 4)
    if not degree * abs(step) < reach:
        return None
    clear = 3 * reach
    if radius is not None:
        beyond = radius - size
        if not beyond > degree * abs(step):
            return None
        clear = clear.min(beyond)
    bound = ((degree - 1) / clear).abs_upper()
    ball = z - step / (1 - step * acb(arb(0, bound), arb(0, bound)))
    if z.imag == 0:
        ball = acb(ball.real)
    disc = ZeroDisc(ball.mid(), acb(ball.real.rad(), ball.imag.rad()).abs_upper())
    return disc if abs(disc.centre - z) + disc.radius < clear.min(reach) else None


def _separation(points: Complexes, real: NDArray[np.bool_]) -> float:
    """Return d with |z - z'| >= d max(|z|, |z'|) for any two points and their conjugates.

    The exact points have Im z >= 0. Such a point is at least as far from another's conjugate as
    from that other, and 2 Im z away from its own. Two points whose arguments differ by a > tau are
    at least max |z| sin(min(a, pi/2)) apart: only those within tau are compared. Doubles are off by
    a few 2^-53 in the points, the arguments and the relative differences: 2^-48 covers it.
    """
    own = 2 * points.imag[~real] / np.abs(points[~real])
    tau = math.pi / (8 * len(points))
    least = min(math.sin(tau), float(np.min(own, initial=1.0)))
    angles: Floats = np.angle(points)
    order = np.argsort(angles)
    ordered, angles = points[order], angles[order]
    for shift in range(1, len(points)):
        near = angles[shift:] - angles[:-shift] <= tau
        if not np.any(near):
            break
        one, other = ordered[shift:][near], ordered[:-shift][near]
        apart = np.abs(one - other) / np.maximum(np.abs(one), np.abs(other))
        least = min(least, float(np.min(apart)))
    return least - 2.0**-48
