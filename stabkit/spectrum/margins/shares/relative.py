"""Relative errors of all shares at once: lower bounds of those with a mode on the circle.

The distance here is rho(d) = max_k |d_k| / p_k, and the bounds are those of
`stabkit.spectrum.margins.shares.arcs` in its dual norm. With a_k(u) = Re(conj(u) G_k(z)) and b(u) =
Re(conj(u) G(z)), and for every real c, sum_k d_k G_k(z) = -G(z) and sum_k d_k = 0 imply

    |b(u)| = |sum_k d_k (a_k(u) - c)| <= rho(d) sum_k p_k |a_k(u) - c|,                     (1)

so that rho(d) >= |b| / sum_k p_k |a_k - c|. The best c for a u is a median of the a_k with the
weights p_k. On an arc, c may be any function of t: here it is the Taylor polynomial of order two of
a_k at the centre, for the k that is the median there, with the derivatives that were computed of
it. Then (3) of `arcs` holds word for word with sum_k p_k |v_k| in place of the Euclidean norm of v:
it is a norm, hence convex, and a number of absolute value at most e_k in v_k adds sum_k p_k e_k to
it at most, for the remainders sum_k p_k M_(3,k).

*Rounding.* All G_k are taken less the computed G, which is the same for all and thus part of c. Not
less their plain mean: a class of tiny share can have a huge kernel. So |G_k^(i) - G^(i)| <= N_(i,k)
+ sum_j p_j N_(i,j), and the subtraction and the product with u add less than 8 u sum_k p_k N_(i,k)
to the norm, which the factor of more than two in eta sum_k p_k N_(i,k) covers. The subtraction of
the median's derivatives is in error by u |v_k|, which adds u times the norms of those vectors.

*Which u.* The bound is b(u) over a convex function of u: on the half circle where b is positive it
rises to its maximum and falls, and a golden-section search comes near the best u. There two of the
a_k(u) are c, as at a vertex of every linear program of three unknowns and one equation: u is
orthogonal to the difference of two G_k, and the pairs of those classes that are next to the median
are tried; of few classes all pairs. Another candidate minds the arc's width, by least squares that
are reweighted with p_k / |a_k - c|. That some other u would be better costs sharpness, and no
proof: every u gives a bound. Where a u is the best one, w_k = p_k / |a_k - c|, cut off near 0,
makes d_k = w_k (a_k - c), up to a factor, nearly attain (1): the least squares with these weights
give shares with a mode on the circle at nearly the least rho.

References
----------
docs/model.md, Robust shares. E. J. Schlossmacher, "An iterative technique for absolute deviations
curve fitting", J. Amer. Statist. Assoc. 68 (1973) 857-859.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ....model.request_classes import RequestClass
from ...circle.sparse_polynomial import Complexes, Floats
from .arcs import ClassCurves, Derivatives, best_direction, gram

__all__ = ["RelativeCurves"]

_ROUNDS = 8
_SECTIONS, _GOLDEN = 20, (math.sqrt(5) - 1) / 2
_NOISE = 1e-9
_SMALLEST = 1e-7  # of the largest deviation: where the weights are cut off
_FEW, _NEAR = 6, 4  # classes of which all pairs are tried; and those of many


class RelativeCurves(ClassCurves):
    """The curves of some classes, with relative errors of the shares as their distance."""

    largest = 1.0
    work = 12

    def __init__(self, classes: Sequence[RequestClass]) -> None:
        super().__init__(classes)
        self.moment_norm, self.size_norms = self.mix_moment, self.mix_sizes

    def centred(self, curve: Complexes, mix: Complexes) -> Complexes:
        """Return the G_k less G, whose size their shares bound."""
        return np.asarray(curve - mix[:, None])

    def norms(self, vectors: Floats) -> Floats:
        """Return sum_k p_k |v_k| for every row."""
        return np.asarray(np.abs(vectors) @ self.shares)

    def reduced(self, vectors: list[Floats]) -> list[Floats]:
        """Return the values and derivatives less those of the class that is the median."""
        order = np.argsort(vectors[0], axis=1)
        below = np.cumsum(self.shares[order], axis=1)
        place = np.argmax(below >= below[:, -1:] / 2, axis=1)
        median = np.take_along_axis(order, place[:, None], axis=1)
        return [v - np.take_along_axis(v, median, axis=1) for v in vectors]

    def directions(self, found: Derivatives, width: Floats) -> list[Complexes]:
        """Return candidates for u: orthogonal to pairs of classes, and of least squares."""
        with np.errstate(all="ignore"):
            fitted = [self._reweighted(found, width)]
            if len(self.shares) <= _FEW:
                near = np.tile(np.arange(len(self.shares)), (len(width), 1))
            else:
                fitted.append(self._searched(found))
                near = self._next_to_median(found, fitted[-1])
            curves = np.take_along_axis(found.centred[0], near, axis=1)
            pairs = combinations(range(near.shape[1]), 2)
            chords = [1j * (curves[:, i] - curves[:, j]) for i, j in pairs]
            return [*fitted, *(np.nan_to_num(u / np.abs(u)) for u in chords)]

    def least_step(self, angle: int) -> Floats:
        """Return d with sum d_k G_k = -G, sum d_k = 0 and nearly the least rho(d), in doubles."""
        found = self.derivatives(np.array([angle]))
        curves, mix = found.centred[0][0], found.mix[0][0]
        best, size = 0.0, np.ones(len(self.shares))
        for (u,) in self.directions(found, np.zeros(1)):
            value = abs((np.conj(u) * mix).real)
            (values,) = np.abs(self.reduced([(np.conj(u) * curves).real[None, :]])[0])
            if value > _NOISE * abs(mix) and value > best * (values @ self.shares):
                best, size = value / (values @ self.shares), values
        weights = self.shares / np.maximum(size, _SMALLEST * size.max())
        plane = np.array([curves.real, curves.imag]) * np.sqrt(weights)
        ones = np.sqrt(weights) / np.linalg.norm(np.sqrt(weights))
        scale = np.linalg.norm(plane)
        aim = -np.array([mix.real / scale, mix.imag / scale, 0.0])
        solved = np.linalg.lstsq(np.vstack([plane / scale, ones]), aim, rcond=1e-9)[0]
        return np.asarray(np.sqrt(weights) * solved)

    def _reweighted(self, found: Derivatives, width: Floats) -> Complexes:
        weights = np.tile(self.shares, (len(width), 1))
        u = found.mix[0]
        for _ in range(_ROUNDS):
            total = weights.sum(axis=1, keepdims=True)
            centred = [
                v - (weights * v).sum(axis=1, keepdims=True) / total for v in found.centred[:2]
            ]
            here, slope = (gram(np.sqrt(weights) * v) for v in centred)
            ridge = 1e-14 * (here[0] + here[2])
            entries = [h + width**2 * s for h, s in zip(here, slope, strict=True)]
            u = best_direction(entries[0] + ridge, entries[1], entries[2] + ridge, found.mix[0])
            size = np.abs((np.conj(u)[:, None] * centred[0]).real)
            size += np.abs(width[:, None] * (np.conj(u)[:, None] * centred[1]).real)
            least = _SMALLEST * size.max(axis=1, keepdims=True)
            weights = np.nan_to_num(self.shares / np.maximum(size, least), nan=1.0, posinf=1.0)
        return u

    def _searched(self, found: Derivatives) -> Complexes:
        """Return the best u at the centre, by golden-section search over its angle."""
        forward = found.mix[0] / np.abs(found.mix[0])
        low, high = (np.full(len(forward), end * math.pi / 2) for end in (-1, 1))
        for _ in range(_SECTIONS):
            inner = [low + (high - low) * part for part in (1 - _GOLDEN, _GOLDEN)]
            first, second = (self._at_centre(found, forward * np.exp(1j * at)) for at in inner)
            left = first > second
            low, high = np.where(left, low, inner[0]), np.where(left, inner[1], high)
        return np.asarray(np.nan_to_num(forward * np.exp(0.5j * (low + high))))

    def _at_centre(self, found: Derivatives, u: Complexes) -> Floats:
        (values,) = self.reduced([(np.conj(u)[:, None] * found.centred[0]).real])
        return np.asarray((np.conj(u) * found.mix[0]).real / self.norms(values))

    def _next_to_median(self, found: Derivatives, u: Complexes) -> NDArray[np.int64]:
        (values,) = self.reduced([(np.conj(u)[:, None] * found.centred[0]).real])
        return np.asarray(np.argsort(np.abs(values), axis=1)[:, :_NEAR])
