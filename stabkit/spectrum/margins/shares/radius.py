"""The radius of stability in the shares: how wrong may the class mix be before a verdict changes?

Shares q live in the simplex q_k >= 0, sum q_k = 1; distances are Euclidean. A *crossing* is a q in
the simplex with a mode on the unit circle. Two distances from the shares p of a mix matter:

* the *crossing distance*, to the nearest crossing. The number of unstable modes is that of zeros of
  G_q in |z| < 1; by Rouché's theorem it is locally constant where G_q has no zero on the circle,
  even where a share vanishes and the degree of G_q falls (a zero then comes from infinity). The
  shares of the simplex nearer than the crossing distance are a convex set, so all of them have the
  count of p.
* the distance to the *nearest face*: the nearest q of sum 1 with q_k = 0 takes p_k away from class
  k and gives every other class p_k / (K - 1), so it is min_k p_k sqrt(K / (K - 1)). Up to there a
  ball of sum 1 lies in the simplex.

The *radius* is the less of the two: the largest ball in the simplex around p without a crossing.

*Lower bound.* `stabkit.spectrum.margins.shares.arcs` bounds the distance on an arc of the circle
from below by duality, with proved remainders and rounding, and
`stabkit.spectrum.margins.shares.search` bisects arcs that cover all angles that a mix can cross at;
the least bound over a cover is a bound, whenever the search ends. Nothing is assumed to be
continuous: the distance as a function of theta jumps where real and imaginary part become
dependent, at theta = pi and, for K = 2, at every crossing.

*Upper bound.* At a promising theta the least d of sum_k d_k G_k = -G, computed in doubles, is made
a little longer, and the modes at the rational shares q = p + d are counted exactly. If q has
another count, or a mode on the circle, there is a crossing on the segment from p to q.

*Total variation* ||q - p||_1 / 2: positive and negative part of d both have the sum TV, so that
||d||_2 <= sqrt(2) TV, and a radius r holds for TV < r / sqrt(2).

References
----------
docs/model.md, Stability, R5. D. Hinrichsen, A. J. Pritchard, *Mathematical Systems Theory* I,
Springer 2005, ch. 5 (real structured stability radii, and why they jump).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, Self

from ....model.enclosure import RealEnclosure
from ....model.kernel import MemoryKernel
from ....model.notation import WorkloadLike, as_workload
from ....model.workload import Workload
from ....records import Record
from ...counting.certificates import single_decode_length
from ...counting.counts import Counts, kernel_counts
from .arcs import HALF_TURN, ClassCurves
from .polytope import kernel_of, moved
from .search import ShareSearch

__all__ = ["ShareRadius", "share_radius", "too_large"]

LONGEST, MOST_CLASSES = 4_000, 2_000
_STRETCHES = (2.0**-24, 2.0**-18, 2.0**-12, 2.0**-8, 2.0**-4, 1.0)


@dataclass(frozen=True, repr=False)
class ShareRadius(Record):
    """How far the shares may move, in Euclidean distance, before a mode reaches the circle.

    Attributes
    ----------
    lower, upper : Fraction or None
        lower <= radius <= upper, the radius being the less of the two distances below.
    limited_by : "crossing", "simplex" or None
        Which of the two is the less; None where the enclosures overlap.
    crossing_lower : Fraction or None
        No shares of the simplex nearer than this have a mode on the circle: all of them have as
        many unstable modes as `mix`. May exceed the distance to every point of the simplex.
    crossing_upper : Fraction or None
        The distance of `beyond`; None where no crossing was found.
    face : RealEnclosure or None
        The distance to the nearest face, where a class vanishes.
    angle : float or None
        The argument of the mode that crosses, in radians.
    beyond : tuple of Fraction, or None
        Shares just beyond a crossing, with another exact count; by class, in the order of `mix`.
    direction : tuple of float, or None
        The worst direction d: `beyond` less the shares of `mix`, rounded.
    reason : str
        One sentence: what proves the bounds, or why there are none.

    Examples
    --------
    >>> from stabkit import Workload, share_radius
    >>> mix = Workload.from_classes([(10, 3), (10, 5)])
    >>> found = share_radius(mix)
    >>> found.limited_by, round(float(found.lower), 4)
    ('crossing', 0.0098)
    """

    lower: Fraction | None = None
    upper: Fraction | None = None
    limited_by: Literal["crossing", "simplex"] | None = None
    crossing_lower: Fraction | None = None
    crossing_upper: Fraction | None = None
    face: RealEnclosure | None = None
    angle: float | None = None
    beyond: tuple[Fraction, ...] | None = None
    direction: tuple[float, ...] | None = None
    reason: str = ""

    @classmethod
    def unknown(cls, reason: str) -> Self:
        """Return the radius of which nothing is proved."""
        return cls(reason=reason)

    @property
    def total_variation_lower(self) -> Fraction | None:
        """A lower bound of the radius in total variation: `lower` / sqrt(2)."""
        return None if self.lower is None else _root(self.lower**2 / 2, up=False)


def share_radius(mix: WorkloadLike) -> ShareRadius:
    """Return the largest ball of shares around those of `mix` in which no mode crosses the circle.

    Parameters
    ----------
    mix : WorkloadLike
        Of K >= 2 classes, stable or not; classes of equal decode length are not merged.

    Returns
    -------
    ShareRadius
        Bounds of the radius; 0 where a mode is on the circle; all None with the reason for K = 1
        (there are no other shares), where the count of `mix` is undecided, and beyond L = 4000 or
        K = 2000.

    Notes
    -----
    Beyond a crossing the count changes unless the mode only touches the circle; `beyond` has
    another count. The search stops at a relative gap of 10^-8, or after about five seconds with the
    bound that it has by then, 0 at worst. Where the least shares of a crossing leave the simplex,
    none is tried elsewhere: `crossing_upper` may be None although there is a crossing.

    References
    ----------
    docs/model.md, Stability; the proofs are in the introductions of this module and of
    `stabkit.spectrum.margins.shares.arcs`.

    Examples
    --------
    Of lengths (2, 3) and input s, stable iff 2 / (s + 3) < p < (s + 2) / (s + 3):

    >>> radius = share_radius(Workload.from_classes([(7, 2, 3), (7, 3, 7)]))
    >>> exact = (Fraction(3, 10) - Fraction(2, 10)) ** 2 * 2
    >>> radius.lower**2 < exact < radius.upper**2, radius.limited_by
    (True, 'crossing')
    """
    mix = as_workload(mix)
    kernel = MemoryKernel.of(mix)
    counts = kernel_counts(kernel)
    if len(mix.classes) == 1:
        return ShareRadius.unknown("There is one class, and no other shares.")
    if counts.verdict == "undecided" or (counts.verdict == "unstable" and counts.outside is None):
        return ShareRadius.unknown(f"The modes are not counted. {counts.reason}")
    face = _face(mix)
    if counts.on_circle:
        zero = Fraction(0)
        shares = tuple(c.share for c in mix.classes)
        reason = "A mode is on the unit circle."
        return ShareRadius(zero, zero, "crossing", zero, zero, face, beyond=shares, reason=reason)
    if single_decode_length(kernel):
        reason = "R5: with one decode length no shares have a mode on the circle."
        return _joined(mix, face, _capped(math.inf), None, reason)
    if (beyond := too_large(mix)) is not None:
        return ShareRadius.unknown(beyond)
    search = ShareSearch(ClassCurves(mix.classes))
    search.run()
    crossing = _nearest_crossing(mix, counts, search)
    return _joined(mix, face, _capped(search.lower), crossing, search.reason)


def too_large(mix: Workload) -> str | None:
    """Return why a search is not begun, or None."""
    if mix.longest_decode <= LONGEST and len(mix.classes) <= MOST_CLASSES:
        return None
    return (
        f"The search goes up to L = {LONGEST} and {MOST_CLASSES} classes, not to "
        f"L = {mix.longest_decode} and {len(mix.classes)}."
    )


@dataclass(frozen=True)
class _NearestCrossing:
    distance: Fraction
    angle: float
    beyond: tuple[Fraction, ...]


def _joined(
    mix: Workload,
    face: RealEnclosure,
    lower: Fraction,
    crossing: _NearestCrossing | None,
    reason: str,
) -> ShareRadius:
    upper = None if crossing is None else crossing.distance
    limited: Literal["crossing", "simplex"] | None = None
    if lower >= face.high:
        limited = "simplex"
    elif upper is not None and upper <= face.low:
        limited = "crossing"
    return ShareRadius(
        lower=min(lower, face.low),
        upper=face.high if upper is None else min(upper, face.high),
        limited_by=limited,
        crossing_lower=lower,
        crossing_upper=upper,
        face=face,
        angle=None if crossing is None else crossing.angle,
        beyond=None if crossing is None else crossing.beyond,
        direction=None if crossing is None else _direction(mix, crossing.beyond),
        reason=reason,
    )


def _direction(mix: Workload, shares: tuple[Fraction, ...]) -> tuple[float, ...]:
    return tuple(float(q - c.share) for c, q in zip(mix.classes, shares, strict=True))


def _face(mix: Workload) -> RealEnclosure:
    count = len(mix.classes)
    square = min(c.share for c in mix.classes) ** 2 * Fraction(count, count - 1)
    return RealEnclosure(_root(square, up=False), _root(square, up=True))


def _root(square: Fraction, up: bool) -> Fraction:
    """Return the square root, rounded to 60 bits or more in the direction asked for."""
    shift = 120 + max(0, square.denominator.bit_length() - square.numerator.bit_length())
    shift += shift % 2
    below = math.isqrt((square.numerator << shift) // square.denominator)
    return Fraction(below + up, 1 << (shift // 2))


def _capped(bound: float) -> Fraction:
    """Return the bound as it is, or 2 if it is more: the simplex has the diameter sqrt(2)."""
    return Fraction(min(bound, 2.0))


def _nearest_crossing(
    mix: Workload, counts: Counts, search: ShareSearch
) -> _NearestCrossing | None:
    """Return the nearest crossing that exact counts confirm next to the search's best arcs."""
    best: _NearestCrossing | None = None
    own = tuple(c.share for c in mix.classes)
    for angle in search.promising():
        step = search.curves.least_step(angle)
        for stretch in _STRETCHES:
            shares = moved(own, step * (1 + stretch))
            if shares is None:
                break
            seen = kernel_counts(kernel_of(mix, shares))
            if seen.certified and (seen.outside, seen.on_circle) != (counts.outside, 0):
                found = _NearestCrossing(
                    _distance(mix, shares), math.pi * angle / HALF_TURN, shares
                )
                best = found if best is None or found.distance < best.distance else best
                break
    return best


def _distance(mix: Workload, shares: tuple[Fraction, ...]) -> Fraction:
    pairs = zip(mix.classes, shares, strict=True)
    return _root(sum(((q - c.share) ** 2 for c, q in pairs), Fraction(0)), up=True)
