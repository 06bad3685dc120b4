"""The shares that a sample leaves open: its ellipsoid, and lower bounds in the norm of that.

Of n requests drawn with the shares q, those counted have the covariance (diag q - q q^T) / n, as
the resamples of a bootstrap have with the counted shares p. Its ellipsoid of a level is

    sum_k (q_k - p_k)^2 / p_k <= chi^2_(K-1)(level) / n,    sum_k q_k = 1:                      (1)

where the counted shares stand below, as they do in the covariance of resamples. That it holds the
true shares at the level is an estimate, which needs many requests of every class and few classes.
Drawn 4000 times at a nominal 95 %, classes of equal shares (of the first row, 5 % and 95 %), the
true shares were inside in

    classes                           2     20    200    200   1000
    requests of a class on the mean   5      5      5     20     20
    of the samples                 88 %   53 %    1 %   68 %   23 %

and shares of lengths that the sample lacks are outside always. What follows is proved for all
shares in (1).

With v_k = sqrt(p_k) (a_k - sum_j p_j a_j), where a_k = Re(conj(u) G_k(z)) and b = Re(conj(u) G(z)),
sum_k d_k G_k(z) = -G(z) and sum_k d_k = 0 imply |b| <= sqrt(sum_k d_k^2 / p_k) ||v||_2. That is (2)
of `stabkit.spectrum.margins.shares.arcs` with the vectors sqrt(p_k) (G_k - G) in place of the
projected ones, and all that follows there holds word for word, with M_(3,k) and N_(i,k) times
sqrt(p_k). *Rounding*: sum_j p_j N_(i,j) is at most the norm of those numbers, so that the
subtraction of the computed G, which is the same for all, and the products add less than ten u
times that norm, which the factor of more than two in eta covers.

References
----------
docs/model.md, Robust shares. K. Pearson, "On the criterion that a given system of deviations ...",
Philosophical Magazine 50 (1900) 157-175.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import mpmath
import numpy as np

from ....model.request_classes import RequestClass
from ...circle.sparse_polynomial import Complexes, Floats
from .arcs import ClassCurves
from .polytope import Shares

__all__ = ["SampledCurves", "chi_square", "pearson"]

_FINE, _LEAST = 1e-12, 1e-290
_DIGITS, _HALF = 30, 0.5


class SampledCurves(ClassCurves):
    """The curves of some classes, with the root of Pearson's statistic over n as their distance.

    * `largest`: the distance beyond which nothing is looked for.
    """

    def __init__(self, classes: Sequence[RequestClass], largest: float) -> None:
        super().__init__(classes)
        self.largest, self._roots = largest, np.sqrt(self.shares)
        self.moment_norm = float(np.linalg.norm(self._roots * self.thirds))
        self.size_norms = [float(np.linalg.norm(self._roots * size)) for size in self.sizes]

    def centred(self, curve: Complexes, mix: Complexes) -> Complexes:
        """Return sqrt(p_k) (G_k - G)."""
        return np.asarray((curve - mix[:, None]) * self._roots)

    def least_step(self, angle: int) -> Floats:
        """Return the d of sum d_k G_k = -G, sum d_k = 0 with the least sum d_k^2 / p_k."""
        return np.asarray(self._roots * super().least_step(angle))


def pearson(shares: Shares, other: Shares) -> Fraction:
    """Return sum_k (q_k - p_k)^2 / p_k."""
    return sum(
        ((q - p) ** 2 / p for p, q in zip(shares, other, strict=True)),
        Fraction(0),
    )


def chi_square(freedom: int, level: float) -> float:
    """Return the quantile of the chi-square distribution, to 12 digits; at least 1e-291.

    The tail that is compared is the smaller one: 1 - level is exact for levels of 1/2 and more.

    >>> round(chi_square(1, 0.95), 6), round(chi_square(10, 0.99), 6)
    (3.841459, 23.209251)
    """
    if not freedom:
        return 0.0
    low, high = 0.0, 1.0
    while _is_below(freedom, high, level):
        low, high = high, 2 * high
    while high - low > _FINE * high and high > _LEAST:
        middle = (low + high) / 2
        low, high = (middle, high) if _is_below(freedom, middle, level) else (low, middle)
    return high


def _is_below(freedom: int, x: float, level: float) -> bool:
    """Whether a value is below the quantile."""
    with mpmath.workdps(_DIGITS):
        half, value = mpmath.mpf(freedom) / 2, mpmath.mpf(x) / 2
        if level < _HALF:
            return bool(mpmath.gammainc(half, 0, value, regularized=True) < level)
        return bool(mpmath.gammainc(half, value, regularized=True) > 1 - level)
