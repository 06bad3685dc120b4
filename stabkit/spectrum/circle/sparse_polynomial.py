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

from .fourier import UNIT_ROUNDOFF, real_transform

__all__ = ["PHASE_ERROR", "TAYLOR_ORDER", "CirclePolynomial", "GridSamples", "TaylorModels"]

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Integers = NDArray[np.int64]

TAYLOR_ORDER = 12
_SLACK = 1 + 1e-9
# Underflow: products below the smallest normal number lose their relative accuracy.
_UNDERFLOW = 1e-300
# cos and sin of numpy are within 4 ulp; the reduced phase pi q / N, |phase| <= pi, adds pi (2 u).
PHASE_ERROR = 32 * UNIT_ROUNDOFF


# From so many samples on, the sums of a polynomial of so few terms are taken term by term, which is
# faster than a transform that does not fit into the caches.
_LARGE = 2**19
_FEW = 64
_ROWS = 8


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
        orders = np.arange(TAYLOR_ORDER + 1)
        bends: Floats = np.abs(self.coefficients) @ (orders * (orders - 1.0)) * _SLACK
        return bends


@dataclass(frozen=True)
class CirclePolynomial:
    """P as exponents, double coefficients and the relative error that these may have.

    Attributes
    ----------
    exponents : int array, ascending, the first one 0
    coefficients : float array of the same length, the largest near 1
    coefficient_error : float
        Bound of the relative error of every coefficient.
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

    @property
    def grid_work(self) -> int:
        """What `grid` costs, in units of `stabkit.spectrum.circle.budget`, by its size alone.

        Three transforms of N log2(N) / 256 units each, or three products and sums for each of N / 2
        samples and every term, 96 a unit.
        """
        if self._sparse:
            return self.size * len(self.exponents) // 64
        return 3 * self._transform_work

    @property
    def _transform_work(self) -> int:
        return self.size * self.size.bit_length() // 256

    def taylor_work(self, count: int, by_transform: bool = False) -> int:
        """What `taylor` costs for `count` samples: a transform for each order, or sums of terms.

        A term of a sum takes sine, cosine and a product for each order: an eighth of a unit.
        """
        if by_transform:
            return (TAYLOR_ORDER + 1) * self._transform_work
        return count * len(self.exponents) // 8

    def grid(self) -> GridSamples:
        """Return the samples at theta_j, j = 0 ... N / 2."""
        blocks = list(self.grid_blocks())
        values, first, second = (
            np.concatenate(rows)
            for rows in zip(*((b.values, b.first, b.second) for b in blocks), strict=True)
        )
        return GridSamples(values, first, second, blocks[0].errors, blocks[0].third_bound)

    def grid_blocks(self) -> Iterator[GridSamples]:
        """Yield `grid` in consecutive parts: by three fast Fourier transforms, or in small blocks.

        What a block takes is used again for the next one, so that millions of samples are followed
        in the memory of some thousands.
        """
        third = float(np.sum(np.abs(self.coefficients * self.frequencies**3)))
        third = third * _SLACK * (1 + self.coefficient_error) + _UNDERFLOW
        if self._sparse:
            errors = (self._sum_error(0), self._sum_error(1), self._sum_error(2))
            for values, first, second in self._blocks([0, 1, 2]):
                yield GridSamples(values, first, second, errors, third)
        else:
            (values, e0), (first, e1), (second, e2) = (self._transform(k) for k in range(3))
            yield GridSamples(values, first, second, (e0, e1, e2), third)

    def samples(self) -> Iterator[Complexes]:
        """Yield the values of `grid` in consecutive parts."""
        if self._sparse:
            return (values for (values,) in self._blocks([0]))
        return iter([self._transform(0)[0]])

    @property
    def _sparse(self) -> bool:
        return self.size >= _LARGE and len(self.exponents) <= _FEW

    def _transform(self, order: int) -> tuple[Complexes, float]:
        weights = self.coefficients * self.frequencies**order
        dense = np.zeros(self.size)
        dense[self.exponents] = weights
        values, rounding = real_transform(dense)
        # weights: the coefficient's own error and at most `order` + 1 roundings
        relative = self.coefficient_error + (order + 1) * UNIT_ROUNDOFF
        inherited = relative * float(np.sum(np.abs(weights)))
        floor = _UNDERFLOW * len(weights) * max(1, self.degree) ** order
        return values, (rounding + inherited) * _SLACK + floor

    def _blocks(self, orders: list[int]) -> Iterator[list[Complexes]]:
        """Yield what `_transform` does for each of `orders`, term by term and in small blocks.

        e^(i m theta_j) is the product of two that are computed directly: j = r a + b, 0 <= b < r.
        """
        fine = math.isqrt(self.size)
        last = self.size // 2 // fine
        within = self._roots_of_unity(2 * np.outer(self.exponents, np.arange(fine)))
        weights = [self.coefficients * self.frequencies**order for order in orders]
        room = np.empty((_ROWS, fine), dtype=complex)
        for start in range(0, last + 1, _ROWS):
            indices = np.arange(start, min(start + _ROWS, last + 1))
            powers = self._roots_of_unity(2 * fine * np.outer(indices, self.exponents))
            count = min(len(indices) * fine, self.size // 2 + 1 - start * fine)
            rows = (_outer_sum(powers * weight, within, room[: len(indices)]) for weight in weights)
            yield [row.reshape(-1)[:count] for row in rows]

    def _sum_error(self, order: int) -> float:
        """Bound the error of a value of `_blocks`.

        Both powers are in error by `PHASE_ERROR` at most, a weight by `order` + 1 roundings besides
        the coefficient's own error, and its product with the first power by 2 u. A sum of n complex
        products is real and imaginary parts of 2 n real ones each, summed in any order: in error by
        sqrt(2) gamma_(2n) < 4 n u, relative to the sum of moduli [Higham, section 3.6].
        """
        weights = self.coefficients * self.frequencies**order
        rounding = 2 * PHASE_ERROR + (4 * len(weights) + order + 8) * UNIT_ROUNDOFF
        size = float(np.sum(np.abs(weights)))
        floor = _UNDERFLOW * len(weights) * float(max(1, self.degree)) ** order
        return (self.coefficient_error + rounding) * size * _SLACK + floor

    def phases(self, indices: Integers) -> Complexes:
        """Return exp(-i c theta_j), the centring phase, from exactly reduced integers."""
        return self._roots_of_unity(-self.degree * indices)

    def taylor(self, indices: Integers, by_transform: bool = False) -> TaylorModels:
        """Return Taylor models of order `TAYLOR_ORDER` at the samples `indices`.

        Parameters
        ----------
        indices : int array
            Samples j, 0 <= j <= N / 2.
        by_transform : bool
            Take the coefficients of all samples from fast Fourier transforms, which is cheaper for
            many samples of many terms and less accurate, instead of summing them directly.

        Notes
        -----
        Coefficient i is sum_m b_m (i (m - c) d)^i / i! exp(i (m - c) theta_j). A weight is in error
        by its coefficient and at most 4 i + 4 roundings; the sum by the transform's bound, or, if
        it is direct, by gamma_(M + 2) in any order and the error of the phases. The remainder after
        order R is at most sum |b_m| (|m - c| d)^(R+1) / (R+1)!. Horner's rule at |t| <= 1 makes
        2 R + 2 complex operations of relative error at most 4 u each, 2 R + 4 with their products.
        """
        weights = self._taylor_weights()
        evaluate = self._sums_by_transform if by_transform else self._direct_sums
        sums, summing = evaluate(weights[:-1], indices)
        coefficients = sums * 1j ** np.arange(TAYLOR_ORDER + 1)
        sizes = np.sum(np.abs(weights), axis=1)
        inherited = self.coefficient_error + (4 * TAYLOR_ORDER + 4) * UNIT_ROUNDOFF
        horner = (2 * TAYLOR_ORDER + 4) * 4 * UNIT_ROUNDOFF
        error = summing + (inherited + horner) * float(np.sum(sizes)) + float(sizes[-1])
        slope = horner * float(np.dot(np.arange(len(sizes)), sizes))
        return TaylorModels(coefficients, error * _SLACK + _UNDERFLOW, slope * _SLACK + _UNDERFLOW)

    def _direct_sums(self, weights: Floats, indices: Integers) -> tuple[Complexes, float]:
        relative = (4 + 2 * len(self.exponents)) * UNIT_ROUNDOFF + PHASE_ERROR
        rows = [self._phase_matrix(chunk) @ weights.T for chunk in self._chunks(indices)]
        return np.concatenate(rows), relative * float(np.sum(np.abs(weights)))

    def _sums_by_transform(self, weights: Floats, indices: Integers) -> tuple[Complexes, float]:
        columns, error = [], 0.0
        dense = np.zeros(self.size)
        for row in weights:
            dense[self.exponents] = row
            values, bound = real_transform(dense)
            columns.append(values[indices])
            error += bound + PHASE_ERROR * float(np.sum(np.abs(row)))
        return np.stack(columns, axis=1) * self.phases(indices)[:, None], error

    def _taylor_weights(self) -> Floats:
        step = self.frequencies * (math.pi / self.size)
        weights = np.empty((TAYLOR_ORDER + 2, len(step)))
        weights[0] = self.coefficients
        for order in range(1, TAYLOR_ORDER + 2):
            weights[order] = weights[order - 1] * step / order
        return weights

    def _chunks(self, indices: Integers) -> list[Integers]:
        rows = max(1, 2**21 // len(self.exponents))  # 32 MiB of phases at a time
        return [indices[start : start + rows] for start in range(0, len(indices), rows)]

    def _phase_matrix(self, indices: Integers) -> Complexes:
        return self._roots_of_unity(np.outer(indices, 2 * self.exponents - self.degree))

    def _roots_of_unity(self, numerators: Integers) -> Complexes:
        """Return exp(i pi q / N) for integers q, reduced exactly to |q| <= N before rounding."""
        reduced = (numerators + self.size) % (2 * self.size) - self.size
        angles = reduced * (math.pi / self.size)
        roots: Complexes = np.cos(angles) + 1j * np.sin(angles)
        return roots


def _outer_sum(left: Complexes, right: Complexes, room: Complexes) -> Complexes:
    """Return `left` @ `right`, without BLAS, whose threads cost more than these few terms."""
    total: Complexes = np.multiply.outer(left[:, 0], right[0])
    for column, row in zip(left.T[1:], right[1:], strict=True):
        total += np.multiply(column[:, None], row, out=room)
    return total
