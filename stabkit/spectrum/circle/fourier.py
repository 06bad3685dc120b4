"""Rounding error of the fast Fourier transform: a bound, and the transform that carries it.

Let y_k = sum_m x_m exp(-2 pi i k m / N), N = 2^t, and let y' be what the computer returns. An FFT
by radix-2 or radix-4 stages factors the DFT matrix into t butterfly levels, each of them sqrt(2)
times a unitary matrix. A radix-4 stage counts as two levels: it multiplies three of four entries
by tabulated roots of unity, once, and adds twice, +-1 and +-i being exact. With unit roundoff u,
weights in error by at most mu, and gamma_k = k u / (1 - k u), the perturbation of a level has norm
at most sqrt(2) eta (its columns stay orthogonal), and [H, Theorem 24.2] gives

    ||y' - y||_2 <= t eta / (1 - t eta) ||y||_2,    eta = mu + gamma_4 (sqrt(2) + mu),

and, because ||y||_2 = sqrt(N) ||x||_2, for every single k

    |y'_k - y_k| <= t eta / (1 - t eta) sqrt(N) ||x||_2.

numpy.fft is pocketfft: for N = 2^t its complex transform consists of radix-8, radix-4 and radix-2
stages, the real one of the latter two with mirrored entries left out. A radix-8 stage counts as
three levels; besides tabulated roots it multiplies by e^(i pi / 4), once. Fused multiply-adds only
lower the error of a product, and its table of roots of unity is built from two sine and cosine
pairs of reduced angles and one complex product, in error by about 8 u; mu = 16 u is assumed. These
facts about numpy are the assumption under which the bound is proved; the tests compare it with the
true error, found by exact arithmetic, which stays below a thirtieth of it.

*Few terms, many samples.* Let N = R M and j = R q + r. Then

    sum_m w_m e^(2 pi i m j / N) = sum_(n < M) x_n e^(2 pi i n q / M),
    x_n = sum_(m = n mod M) w_m e^(2 pi i m r / N),

so that the samples of one r are a transform of M points, of the terms turned and folded. R small
transforms stay in the caches and cost N log2(M) instead of N log2(N); and for real w_m those with
q < 0, -M / 2 <= q < M / 2, are the conjugates of the samples -j, so that 0 <= r <= R / 2 suffice. A
turned term is in error by `PHASE_ERROR` and its product with w_m by a rounding, a sum of k of them
by k - 1 more; the exact transform of these errors is at most their sum. With the bound above, every
sample is in error by at most

    e sqrt(M) ||x||_2 + (PHASE_ERROR + (k + 1) u) sum |w_m|.

*A centre* c in place of 0, m - c in the exponent, takes out a phase of modulus 1, which is in error
by `PHASE_ERROR` once more, the rounding of its product included (`PHASE_ERROR` is 32 u where 18 u
are needed).

References
----------
[H] N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., SIAM 2002, ch. 24.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "PHASE_ERROR",
    "UNIT_ROUNDOFF",
    "SparseTransform",
    "real_transform",
    "roots_of_unity",
    "transform_error",
]

_Floats = NDArray[np.float64]
_Complexes = NDArray[np.complex128]
_Integers = NDArray[np.int64]

UNIT_ROUNDOFF = 2.0**-53
# cos and sin of numpy are within 4 ulp; the reduced phase pi q / N, |phase| <= pi, adds pi (2 u).
PHASE_ERROR = 32 * UNIT_ROUNDOFF
_TWIDDLE_ERROR = 16 * UNIT_ROUNDOFF
_POINTS = 2**12  # of a small transform, at least, and four for each term
_LEAST_FOLDS = 16  # R; of fewer nothing is gained
_AT_ONCE = 2**17  # points of several small transforms: 2 MiB


def transform_error(levels: int) -> float:
    """Return the factor e with |y'_k - y_k| <= e sqrt(N) ||x||_2 for N = 2^levels.

    >>> 0 < transform_error(14) < 5e-14
    True
    """
    gamma = 4 * UNIT_ROUNDOFF / (1 - 4 * UNIT_ROUNDOFF)
    eta = _TWIDDLE_ERROR + gamma * (math.sqrt(2) + _TWIDDLE_ERROR)
    return levels * eta / (1 - levels * eta) * (1 + 1e-12)  # the last factor covers this line


def real_transform(x: _Floats) -> tuple[_Complexes, float]:
    """Return sum_m x_m exp(+2 pi i k m / N), k = 0 ... N / 2, and a bound for each entry's error.

    * `x`: N = 2^t floats.

    Every value differs by at most the second number from the exact one.

    >>> values, error = real_transform(np.array([0.0, 1.0, 0.0, 0.0]))
    >>> bool(abs(values[1] - 1j) <= error)
    True
    """
    size = len(x)
    if size & (size - 1):
        raise ValueError(f"the length must be a power of two, not {size}")
    largest = float(np.max(np.abs(x))) or 1.0  # taken out, so that no square underflows
    norm = largest * float(np.sqrt(np.sum((x / largest) ** 2))) * (1 + 4 * size * UNIT_ROUNDOFF)
    values: NDArray[Any] = np.conj(np.fft.rfft(x))
    return values, transform_error(size.bit_length() - 1) * math.sqrt(size) * norm


def roots_of_unity(numerators: _Integers, size: int) -> _Complexes:
    """Return exp(i pi q / N) for integers q, reduced exactly to |q| <= N before rounding."""
    angles = ((numerators + size) % (2 * size) - size) * (math.pi / size)
    roots: _Complexes = np.cos(angles) + 1j * np.sin(angles)
    return roots


@dataclass(frozen=True)
class SparseTransform:
    """The sums of w_m exp(2 pi i (m - c) j / N), 0 <= j <= N / 2, over few exponents m.

    * `exponents`: 0 <= m < N, all different.
    * `size`: N, a power of two.
    * `twice_centre`: 2 c.

    >>> transform = SparseTransform(np.array([0, 1]), 8)
    >>> ((indices, sums),) = transform.parts(np.array([1.0, 1.0]))
    >>> indices.tolist(), np.round(sums[[0, 2, 4]], 3).tolist()
    ([0, 1, 2, 3, 4], [(2+0j), (1+1j), 0j])
    """

    exponents: _Integers
    size: int
    twice_centre: int = 0

    @cached_property
    def points(self) -> int:
        """M, the size of the transforms made: N itself where folding gains nothing."""
        points = max(_POINTS, 1 << (4 * len(self.exponents)).bit_length())
        return points if self.size >= _LEAST_FOLDS * points else self.size

    @property
    def work(self) -> int:
        """What the sums of one row of weights cost, in units of the budget: N log2(M) / 256."""
        return self.size * self.points.bit_length() // 256

    def parts(self, weights: _Floats) -> Iterator[tuple[_Integers, _Complexes]]:
        """Yield samples j and the sums there, every j once; in a part neighbours are in rows.

        Of several rows of `weights` the sums are rows too.
        """
        if self.points == self.size:
            yield np.arange(self.size // 2 + 1), self._whole(weights)
            return
        folds, half = self.size // self.points, self.points // 2
        rows = max(1, _AT_ONCE // self.points)
        for start in range(0, folds // 2 + 1, rows):
            r = np.arange(start, min(start + rows, folds // 2 + 1))
            sums = self._folded(weights, r)
            yield _in_rows(folds * np.arange(half) + r[:, None]), _in_rows(sums[..., :half])
            if start == 0:
                yield np.array([self.size // 2]), np.conj(sums[..., 0, half : half + 1])
            (inner,) = np.nonzero((r > 0) & (r < folds // 2))
            if len(inner):
                inner = inner[::-1]
                mirrored = folds * np.arange(1, half + 1) - r[inner, None]
                yield _in_rows(mirrored), _in_rows(np.conj(sums[..., inner, : half - 1 : -1]))

    def _whole(self, weights: _Floats) -> _Complexes:
        """Return the sums of all samples."""
        sums = np.empty((*weights.shape[:-1], self.size // 2 + 1), dtype=complex)
        for index in np.ndindex(weights.shape[:-1]):
            dense = np.zeros(self.size)
            dense[self.exponents] = weights[index]
            np.conj(np.fft.rfft(dense), out=sums[index])
        sums *= self._centring(np.arange(self.size // 2 + 1), self.size)
        return sums

    def _folded(self, weights: _Floats, r: _Integers) -> _Complexes:
        """Return the sums of all samples R q + r, -M / 2 <= q < M / 2, a row for each r."""
        columns, order, firsts = self._folding
        phases = np.outer(r, 2 * self.exponents[order] - self.twice_centre)
        turned = weights[..., None, order] * roots_of_unity(phases, self.size)
        folded = np.zeros((*weights.shape[:-1], len(r), self.points), dtype=complex)
        folded[..., columns] = np.add.reduceat(turned, firsts, axis=-1)
        sums: _Complexes = np.fft.ifft(folded, norm="forward")
        q = np.arange(self.points)
        sums *= self._centring(np.where(2 * q < self.points, q, q - self.points), self.points)
        return sums

    def _centring(self, q: _Integers, size: int) -> _Complexes:
        return roots_of_unity(-self.twice_centre * q, size)

    def error(self, weights: _Floats) -> float:
        """Return a bound of the error of every sum of one row of `weights`."""
        sizes = np.abs(weights)
        largest = float(np.max(sizes)) or 1.0
        rounding = 0.0
        if self.points < self.size:
            _, order, firsts = self._folding
            collisions = int(np.max(np.diff(firsts, append=len(order))))
            rounding = PHASE_ERROR + (collisions + 1) * UNIT_ROUNDOFF
            sizes = np.add.reduceat(sizes[order], firsts)
        norm = largest * float(np.sqrt(np.sum((sizes / largest) ** 2)))
        factor = transform_error(self.points.bit_length() - 1) * math.sqrt(self.points)
        rounding += PHASE_ERROR if self.twice_centre else 0.0
        return (factor * norm + rounding * float(np.sum(sizes))) * (1 + 1e-12 * len(sizes))

    @cached_property
    def _folding(self) -> tuple[_Integers, _Integers, _Integers]:
        """Return the residues m mod M, the terms in their order, and the first of each."""
        residues = self.exponents % self.points
        order = np.argsort(residues, kind="stable")
        columns, firsts = np.unique(residues[order], return_index=True)
        return columns, order, firsts


def _in_rows(samples: NDArray[Any]) -> NDArray[Any]:
    """Return the columns of the last two axes one after the other."""
    swapped = np.swapaxes(samples, -1, -2)
    return swapped.reshape(*swapped.shape[:-2], -1)
