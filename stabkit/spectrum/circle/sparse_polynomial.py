"""A sparse real polynomial on the unit circle, in double precision with proved error bounds.

The polynomial is P(z) = sum_m b_m z^m with few terms. On the circle we look at

    h(theta) = exp(-i c theta) P(exp(i theta)) = sum_m b_m exp(i (m - c) theta),   c = degree / 2.

The factor removes the mean rotation: the frequencies m - c lie in [-degree / 2, degree / 2], which
makes the derivatives of h as small as they can be. Samples are taken at theta_j = 2 pi j / N,
0 <= j <= N / 2 (the upper half circle; the lower one is its mirror image), and each sample stands
for the arc of half-width d = pi / N around it. With N >= 4 degree, |m - c| d <= pi / 8, and the
Taylor series of h on an arc converges like (pi / 8)^i / i!.

Every value comes with a bound for its total error: the relative error `coefficient_error` of the
coefficients, and the rounding of the evaluation. Bounds carry a factor 1 + 1e-9 for the rounding of
the bounds themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .fourier import PHASE_ERROR, UNIT_ROUNDOFF, SparseTransform, roots_of_unity

__all__ = ["TAYLOR_ORDER", "CirclePolynomial", "GridSamples", "TaylorModels"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Integers = NDArray[np.int64]

TAYLOR_ORDER = 12
_SLACK = 1 + 1e-9
# Underflow: products below the smallest normal number lose their relative accuracy.
_UNDERFLOW = 1e-300
_GRID_ORDER = 3  # of the models at all samples


@dataclass(frozen=True)
class GridSamples:
    """h and its first two theta-derivatives at the samples (up to the centring phase), and errors.

    `values` holds P itself; with the same phase `first` holds h' / i and `second` -h'', that is,
    sum b_m (m - c)^k exp(i m theta) for k = 1, 2: all absolute values are those of h, h' and h''.
    `errors` bounds the three of them; `third_bound` bounds |h'''| everywhere.
    """

    values: Complexes
    first: Complexes
    second: Complexes
    errors: tuple[float, float, float]
    third_bound: float


@dataclass(frozen=True)
class TaylorModels:
    """Taylor coefficients of t -> h(theta_j + t d) on |t| <= 1, one row per requested sample.

    `error` bounds the difference between h on the whole arc and the value that Horner's rule
    returns: coefficients, remainder and rounding. `slope_error` bounds the rounding of Horner's
    rule for the derivative by t of the model itself.
    """

    coefficients: Complexes
    error: float
    slope_error: float

    @property
    def bends(self) -> Floats:
        """Bounds of each model's second derivative by t on the arc: sum i (i - 1) |a_i|."""
        orders = np.arange(self.coefficients.shape[1])
        bends: Floats = np.abs(self.coefficients) @ (orders * (orders - 1.0)) * _SLACK
        return bends


@dataclass(frozen=True)
class CirclePolynomial:
    """P as exponents, double coefficients and the relative error that these may have.

    * `exponents`: int array, ascending, the first one 0.
    * `coefficients`: float array of the same length, the largest near 1.
    * `coefficient_error`: bound of the relative error of every coefficient.
    """

    exponents: Integers
    coefficients: Floats
    coefficient_error: float

    @property
    def degree(self) -> int:
        """The degree of P."""
        return int(self.exponents[-1])

    @cached_property
    def size(self) -> int:
        """The number N of samples on the full circle: the least power of two >= 4 (degree + 1)."""
        return 1 << (4 * (self.degree + 1) - 1).bit_length()

    @property
    def half_width(self) -> float:
        """d = pi / N, the half-width of a sample's arc, rounded upwards."""
        return math.pi / self.size * (1 + 1e-15)

    @cached_property
    def frequencies(self) -> Floats:
        """m - c for every term; exact, for they are half-integers."""
        return np.asarray(self.exponents - self.degree / 2, dtype=np.float64)

    @cached_property
    def _transform(self) -> SparseTransform:
        return SparseTransform(self.exponents, self.size)

    @cached_property
    def _centred(self) -> SparseTransform:
        return SparseTransform(self.exponents, self.size, self.degree)

    @property
    def grid_work(self) -> int:
        """What `grid` costs, in units of `stabkit.spectrum.circle.budget`, by its size alone."""
        return 3 * self._transform.work

    @property
    def models_work(self) -> int:
        """What `models` cost, and a test of each."""
        return (_GRID_ORDER + 1) * self._transform.work + self.size // 2

    def taylor_work(self, count: int, by_transform: bool = False) -> int:
        """What `taylor` costs for `count` samples: a transform for each order, or sums of terms.

        A term of a sum takes sine, cosine and a product for each order: an eighth of a unit.
        """
        if by_transform:
            return (TAYLOR_ORDER + 1) * self._transform.work
        return count * len(self.exponents) // 8

    def values(self) -> Complexes:
        """Return P at theta_j, j = 0 ... N / 2."""
        return self._gathered(self.coefficients)

    def grid(self) -> GridSamples:
        """Return the samples at theta_j, j = 0 ... N / 2."""
        weights = [self.coefficients * self.frequencies**order for order in range(4)]
        third = float(np.sum(np.abs(weights[3])))
        third = third * _SLACK * (1 + self.coefficient_error) + _UNDERFLOW
        errors = (
            self._error(weights[0], 0),
            self._error(weights[1], 1),
            self._error(weights[2], 2),
        )
        values, first, second = (self._gathered(row) for row in weights[:3])
        return GridSamples(values, first, second, errors, third)

    def models(self) -> Iterator[tuple[Integers, TaylorModels]]:
        """Yield samples and Taylor models of order 3 there, in parts; see `taylor`.

        Every sample comes once, and in a part neighbours are in rows. Millions of samples are
        followed in the memory of some thousands.
        """
        weights = self._taylor_weights(_GRID_ORDER)
        summing = self._summing_error(weights[:-1])
        for indices, sums in self._centred.parts(weights[:-1]):
            yield indices, self._taylor_models(weights, sums.T, summing)

    def _gathered(self, weights: Floats) -> Complexes:
        """Return sum w_m exp(i m theta_j) at all samples."""
        sums = np.empty(self.size // 2 + 1, dtype=complex)
        for indices, part in self._transform.parts(weights):
            sums[indices] = part
        return sums

    def _error(self, weights: Floats, order: int) -> float:
        """Bound the error of the sums of `weights`, each of `order` + 1 roundings."""
        relative = self.coefficient_error + (order + 1) * UNIT_ROUNDOFF
        inherited = relative * float(np.sum(np.abs(weights)))
        floor = _UNDERFLOW * len(weights) * float(max(1, self.degree)) ** order
        return (self._transform.error(weights) + inherited) * _SLACK + floor

    def phases(self, indices: Integers) -> Complexes:
        """Return exp(-i c theta_j), the centring phase, from exactly reduced integers."""
        return roots_of_unity(-self.degree * indices, self.size)

    def taylor(self, indices: Integers, by_transform: bool = False) -> TaylorModels:
        """Return Taylor models of order `TAYLOR_ORDER` at the samples `indices`.

        * `indices`: samples j, 0 <= j <= N / 2.
        * `by_transform`: take the coefficients of all samples from fast Fourier transforms, which
          is cheaper for many samples of many terms and less accurate, instead of summing them
          directly.

        Coefficient i is sum_m b_m (i (m - c) d)^i / i! exp(i (m - c) theta_j). A weight is in error
        by its coefficient and at most 4 i + 4 roundings; the sum by the transform's bound, or, if
        it is direct, by gamma_(M + 2) in any order and the error of the phases. The remainder after
        order R is at most sum |b_m| (|m - c| d)^(R+1) / (R+1)!. Horner's rule at |t| <= 1 makes
        2 R + 2 complex operations of relative error at most 4 u each, 2 R + 4 with their products.
        """
        weights = self._taylor_weights(TAYLOR_ORDER)
        evaluate = self._sums_by_transform if by_transform else self._direct_sums
        sums, summing = evaluate(weights[:-1], indices)
        return self._taylor_models(weights, sums, summing)

    def _taylor_models(self, weights: Floats, sums: Complexes, summing: float) -> TaylorModels:
        """Return the models whose centred sums are known up to an error of `summing` in all."""
        order = len(weights) - 2
        coefficients = sums * 1j ** np.arange(order + 1)
        sizes = np.sum(np.abs(weights), axis=1)
        inherited = self.coefficient_error + (4 * order + 4) * UNIT_ROUNDOFF
        horner = (2 * order + 4) * 4 * UNIT_ROUNDOFF
        error = summing + (inherited + horner) * float(np.sum(sizes)) + float(sizes[-1])
        slope = horner * float(np.dot(np.arange(len(sizes)), sizes))
        return TaylorModels(coefficients, error * _SLACK + _UNDERFLOW, slope * _SLACK + _UNDERFLOW)

    def _direct_sums(self, weights: Floats, indices: Integers) -> tuple[Complexes, float]:
        relative = (4 + 2 * len(self.exponents)) * UNIT_ROUNDOFF + PHASE_ERROR
        rows = [self._phase_matrix(chunk) @ weights.T for chunk in self._chunks(indices)]
        return np.concatenate(rows), relative * float(np.sum(np.abs(weights)))

    def _sums_by_transform(self, weights: Floats, indices: Integers) -> tuple[Complexes, float]:
        sums = np.empty((len(indices), len(weights)), dtype=complex)
        places = np.full(self.size // 2 + 1, -1)
        places[indices] = np.arange(len(indices))
        for samples, part in self._centred.parts(weights):
            rows = places[samples]
            sums[rows[rows >= 0]] = part.T[rows >= 0]
        return sums, self._summing_error(weights)

    def _summing_error(self, weights: Floats) -> float:
        """Bound the errors of the centred sums of all rows, added up."""
        return sum(self._centred.error(row) for row in weights)

    def _taylor_weights(self, order: int) -> Floats:
        """Return b_m ((m - c) d)^i / i! for i = 0 ... `order` + 1, a row each."""
        step = self.frequencies * (math.pi / self.size)
        weights = np.empty((order + 2, len(step)))
        weights[0] = self.coefficients
        for i in range(1, order + 2):
            weights[i] = weights[i - 1] * step / i
        return weights

    def _chunks(self, indices: Integers) -> list[Integers]:
        rows = max(1, 2**21 // len(self.exponents))  # 32 MiB of phases at a time
        return [indices[start : start + rows] for start in range(0, len(indices), rows)]

    def _phase_matrix(self, indices: Integers) -> Complexes:
        return roots_of_unity(np.outer(indices, 2 * self.exponents - self.degree), self.size)
