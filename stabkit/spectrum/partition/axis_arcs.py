"""Arcs of the unit circle on which a curve may meet the negative real axis, in double precision.

The curve is h(theta) = C(z) conj U(z) |1 - z|^2 at z = e^(i theta), whose negative real values are
the crossings of a pencil (`stabkit.spectrum.partition.crossing`). With c_j the coefficients of
(1 - z) C(z) (1 - 1/z) U(1/z), exact integers,

    h(theta) = sum_(|j| <= L) c_j e^(i j theta),

a `CirclePolynomial` of degree 2 L about its centre; the two factors 1 - z keep the sum of |c_j|
near the size of the values, so that little is lost in rounding.

If h differs by less than r from v on a whole arc, and |Im v| > r or Re v > r, the arc holds no
crossing. The bounds on r are those of `stabkit.spectrum.circle.winding`: Taylor's theorem at the
samples, then bisection with Taylor models. What is left is returned, and what the call's budget
does not reach.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from flint import fmpz_poly
from numpy.typing import NDArray

from ..circle.arcs import MARGIN, Arc
from ..circle.budget import Budget
from ..circle.fourier import PHASE_ERROR, UNIT_ROUNDOFF
from ..circle.sparse_polynomial import CirclePolynomial, Complexes, Floats, Integers
from ..circle.winding import ARC_WORK, DOUBLES, evaluate
from .pencil import KernelPencil

__all__ = ["axis_arcs"]

_NARROWEST = 2.0**-30  # of a sample's arc; next to a zero nothing is gained by narrower ones
_TRANSFORM_COST = 8


def axis_arcs(pencil: KernelPencil, budget: Budget) -> list[Arc]:
    """Return disjoint arcs, ascending, that hold every crossing with x >= 0.

    (2,3) with equal shares crosses at cos theta = -3/4 only.

    >>> import math
    >>> from stabkit import Workload
    >>> from stabkit.spectrum.partition.pencil import kernel_pencil
    >>> pencil = kernel_pencil(Workload.from_classes([(0, 2), (0, 3)]), "common")
    >>> arc, = axis_arcs(pencil, Budget())
    >>> abs(float(arc.lo + arc.hi) / 2 - math.acos(-3 / 4) / math.pi) < 1e-8
    True
    """
    curve = CirclePolynomial(*_coefficients(pencil), 2 * UNIT_ROUNDOFF)
    first = max(0, curve.size // (2 * max(1, pencil.length - 1)) - 1)
    if not budget.affords(curve.grid_work, DOUBLES):
        return [Arc(Fraction(max(0, 2 * first - 1), curve.size), Fraction(1))]
    samples = curve.grid()
    width = curve.half_width
    e0, e1, e2 = samples.errors
    reach = width * np.abs(samples.first) + width**2 / 2 * np.abs(samples.second)
    reach += e0 + width * e1 + width**2 / 2 * e2 + width**3 / 6 * samples.third_bound
    reach += (PHASE_ERROR + 8 * UNIT_ROUNDOFF) * np.abs(samples.values)  # of the centring phase
    indices = np.arange(first, curve.size // 2 + 1)
    values = samples.values[indices] * curve.phases(indices)
    return _bisected(curve, indices[~_is_clear(values, reach[indices])], budget)


def _is_clear(values: Complexes, reach: Floats) -> NDArray[np.bool_]:
    """Tell where a disc is disjoint from the real numbers <= 0."""
    clear: NDArray[np.bool_] = np.maximum(np.abs(values.imag), values.real) > reach * MARGIN
    return clear


def _coefficients(pencil: KernelPencil) -> tuple[Integers, Floats]:
    """Return the exponents 0 ... 2 L and the coefficients of z^L times the curve's polynomial."""
    factor = fmpz_poly([1, -1])
    above = factor * fmpz_poly(list(pencil.constant.coefficients))
    below = factor * fmpz_poly(list(pencil.slope.coefficients))
    reverse = fmpz_poly([below[pencil.length - m] for m in range(pencil.length + 1)])
    product = above * reverse
    exact = [int(product[k]) for k in range(2 * pencil.length + 1)]
    largest = max(map(abs, exact))
    return np.arange(len(exact)), np.array([c / largest for c in exact])


def _bisected(curve: CirclePolynomial, failed: Integers, budget: Budget) -> list[Arc]:
    """Return what bisection with Taylor models leaves of the arcs of the samples `failed`."""
    if not len(failed):
        return []
    by_transform = len(failed) * len(curve.exponents) > _TRANSFORM_COST * curve.size
    rows = np.repeat(np.arange(len(failed)), 2)
    offsets, half = np.tile([-0.5, 0.5], len(failed)), 0.5
    if not budget.affords(curve.taylor_work(len(failed), by_transform), DOUBLES):
        return _arcs(curve, failed[rows], offsets, half)
    models = curve.taylor(failed, by_transform)
    bends = models.bends
    while True:
        value, slope = evaluate(models.coefficients[rows], offsets)
        reach = half * (np.abs(slope) + models.slope_error) + half**2 / 2 * bends[rows]
        left = ~_is_clear(value, reach + models.error)
        rows, offsets = rows[left], offsets[left]
        hopeless = half <= _NARROWEST or np.all(reach[left] < models.error)
        if hopeless or not budget.affords(2 * ARC_WORK * len(rows), DOUBLES):
            return _arcs(curve, failed[rows], offsets, half)
        half /= 2
        offsets = np.repeat(offsets, 2) + np.tile([-half, half], len(rows))
        rows = np.repeat(rows, 2)


def _arcs(curve: CirclePolynomial, samples: Integers, offsets: Floats, half: float) -> list[Arc]:
    """Return what arcs around theta / pi = (2 j + t) / N cover, cut off at theta = 0 and pi.

    Every t is a multiple of the arcs' half-width h, a power of 1/2 and at least 2^-30: the arcs are
    joined as integers, in units of h / N, those whose middles are at most 2 apart.
    """
    per = round(1 / half)
    middles = np.sort(2 * per * samples + np.rint(offsets * per).astype(np.int64))
    middles = middles[middles < per * curve.size]
    unit = per * curve.size
    firsts = middles[np.diff(middles, prepend=-per - 3) > 2]
    lasts = middles[np.diff(middles, append=unit + 3) > 2]
    pieces = zip(firsts.tolist(), lasts.tolist(), strict=True)
    return [Arc(Fraction(max(a - 1, 0), unit), Fraction(b + 1, unit)) for a, b in pieces]
