"""Fano factors of many mixes at once, in doubles with proved error bounds.

`stabkit.spectrum.fluctuations.fano` derives the Fano factor V of the admissions: with
N_k = sum_m E[Y(m) Y(m + k)], Y(m) = (S + m + 1) 1{T > m}, and the linear system

    sum_i (g_(i+k) + g_(i-k)) y_i = N_k,  0 <= k < L,  coefficients outside 0 ... L - 1 being 0,

V = 2 y_0 / g_0 - 1, if the mix is stable. g and N are taken times the sum W of the weights, which
leaves y, and makes the last line V = 2 W y_0 / g_0 - 1.

*The right-hand side.* Of one request (S, T), with n = T - k > 0,

    sum_(j=1)^n (S + j) (S + j + k)
        = n S (S + k) + (2 S + k) n (n + 1) / 2 + n (n + 1) (2 n + 1) / 6,

whose terms are not negative: of K classes at most K + 15 roundings, each by a factor 1 + u.

*The system* A y = N has exact doubles g, and A has one rounding. Let R be any matrix, such as an
approximate inverse of A, and y' any vector, such as R N. If ||I - R A|| = q < 1 in the maximum norm
of rows, A is regular, and y - y' = (R A)^-1 R (N - A y'), so that with d = R (N - A y')

    |y_0 - y'_0| <= |d_0| + q / (1 - q) max |d_i|.

Everything is evaluated with its rounding: a scalar product of n terms in any order is off by at
most n u / (1 - n u) times that of the moduli, and (L + 4) u covers the rounding of A, of the scalar
product and of the difference.

References
----------
docs/model.md, R13; S. M. Rump, "Verification methods: rigorous results using floating-point
arithmetic", Acta Numerica 19 (2010), section 10.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..circle.fourier import UNIT_ROUNDOFF
from ..circle.sparse_polynomial import Floats, Integers
from .counts import mixes_counts
from .mixes import Mixes
from .values import BatchedValues

__all__ = ["batched_fano_factors"]

_LONGEST_SYSTEM = 64
_SLACK = 1 + 1e-9


def batched_fano_factors(
    lengths: ArrayLike, inputs: ArrayLike, weights: ArrayLike
) -> BatchedValues:
    """Return the Fano factors of the admissions of many mixes at once.

    Parameters
    ----------
    lengths : array of int, shape (K,)
        Decode lengths in steps, as in `batched_counts`.
    inputs : array of int, shape (N,) or (N, K)
        Input lengths in tokens of single requests, one for each mix or for each class.
    weights : array of int, shape (N, K)
        Shares times any positive number, 0 for a class that is absent.

    Returns
    -------
    BatchedValues
        Dimensionless; the errors grow as the mix comes near the border of stability. 0, exactly,
        where there is one kind of request alone, whatever the verdict, as `fano_factor` says.
        Otherwise NaN where the mix is not proved stable, and, where `fano_factor` goes on, beyond
        L = 64 and for numbers of more than 52 bits (docs/limits.md).

    Raises
    ------
    InvalidArgument
        If an argument has other numbers or another shape.

    Examples
    --------
    >>> found = batched_fano_factors([3, 5], [5, 10], [[1, 1], [1, 1]])  # the first is unstable
    >>> bool(abs(found.values[1] - 2191793 / 47975) <= found.errors[1] < 1e-9), found.values[0]
    (True, np.float64(nan))
    """
    mixes = Mixes.of(lengths, inputs, weights)
    short = np.flatnonzero(mixes.narrow & (mixes.longest <= _LONGEST_SYSTEM))
    stable = short[mixes_counts(mixes.only(short)).stable]
    values, errors = np.full((2, len(mixes)), np.nan)
    for rows in mixes.groups(stable, _LONGEST_SYSTEM, 2):
        values[rows], errors[rows] = _factors(mixes, rows)
    values[mixes.certain], errors[mixes.certain] = 0.0, 0.0
    return BatchedValues(values, errors)


def _factors(mixes: Mixes, rows: Integers) -> tuple[Floats, Floats]:
    """Return the Fano factors of rows of one L, and their errors; NaN where nothing is proved."""
    kernels = mixes.coefficients(rows).T
    matrices = _matrices(kernels)
    scale = 2 * mixes.weights[rows].astype(float).sum(axis=1) / kernels[:, 0]
    sums, sums_missed = _autocovariance_sums(mixes, rows)
    inverses = _inverses(matrices)
    found = _applied(inverses, sums)
    found += _applied(inverses, sums - _applied(matrices, found))
    rounding = (kernels.shape[1] + 4) * UNIT_ROUNDOFF
    left = np.abs(sums - _applied(matrices, found)) + sums_missed
    left += rounding * (_applied(matrices, np.abs(found)) + sums)
    missed = _applied(np.abs(inverses), left)
    norm = np.max(_defects(inverses, matrices, rounding), axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        error = missed[:, 0] + norm / (1 - norm) * np.max(missed, axis=1)
        values = scale * found[:, 0] - 1
        errors = scale * error + 4 * UNIT_ROUNDOFF * (np.abs(values) + 2)
    proved = norm < 0.5
    return np.where(proved, values, np.nan), np.where(proved, errors * _SLACK, np.nan)


def _matrices(kernels: Floats) -> Floats:
    """Return A of every kernel."""
    length = kernels.shape[1]
    padded = np.pad(kernels, ((0, 0), (length, length)))
    k, i = np.ogrid[:length, :length]
    matrices: Floats = padded[:, length + i + k] + padded[:, length + i - k]
    return matrices


def _autocovariance_sums(mixes: Mixes, rows: Integers) -> tuple[Floats, Floats]:
    """Return N_k of rows of one L times the sum of the weights, and their errors."""
    lags = np.arange(mixes.longest[rows[0]])
    ahead = np.maximum(mixes.lengths[:, None] - lags, 0.0)
    tokens = mixes.inputs[rows].astype(float)[:, :, None]
    first, second = ahead * (ahead + 1) / 2, ahead * (ahead + 1) * (2 * ahead + 1) / 6
    of_class = ahead * tokens * (tokens + lags) + (2 * tokens + lags) * first + second
    sums = np.sum(mixes.weights[rows].astype(float)[:, :, None] * of_class, axis=1)
    return sums, (len(mixes.lengths) + 15) * UNIT_ROUNDOFF * sums


def _inverses(matrices: Floats) -> Floats:
    """Return approximate inverses, NaN for those that look singular."""
    try:
        return np.linalg.inv(matrices).astype(np.float64)
    except np.linalg.LinAlgError:  # of one of them
        if len(matrices) == 1:
            return np.full_like(matrices, np.nan)
        return np.concatenate([_inverses(half) for half in np.array_split(matrices, 2)])


def _defects(inverses: Floats, matrices: Floats, rounding: float) -> Floats:
    """Bound the sum of each row of |I - R A|."""
    identity = np.eye(matrices.shape[1])
    defects = np.abs(identity - inverses @ matrices)
    defects += rounding * (np.abs(inverses) @ matrices + identity)
    sums: Floats = np.sum(defects, axis=2) * _SLACK
    return sums


def _applied(matrices: Floats, vectors: Floats) -> Floats:
    """Return the products of stacks."""
    products: Floats = (matrices @ vectors[:, :, None])[:, :, 0]
    return products
