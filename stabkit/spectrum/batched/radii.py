"""Spectral radii of many mixes at once, in doubles with proved error bounds.

Let z_1, ..., z_n be different points, n = L - 1 of them, as near to the roots of F as the
eigenvalues of its companion matrix come in doubles; they are taken as the exact numbers that they
are, and nothing is assumed of them.

*From above* (Smith). Every root of F lies in one of the discs

    |z - z_i| <= n |F(z_i)| / (g_0 prod_(j != i) |z_i - z_j|),

for F / g_0 is the characteristic polynomial of the matrix with z_i - w_i on the diagonal and -w_i
elsewhere in row i, where n |w_i| is the radius above (interpolation at the z_i); Gershgorin.

*From below.* F'/F = sum 1 / (z - root), so that the disc of radius n |F / F'| around any point
holds a root. It is taken around the z_i of the largest modulus.

*Rounding.* Horner's rule with real coefficients g_m > 0 at a complex z makes n complex products,
each in error by a factor of modulus at most 1 + sqrt(8) u, and n real sums: the value is off by at
most (4 n + 4) u sum g_m |z|^(n-m), and the derivative in the same way by (8 n + 8) u
sum (n - m) g_m |z|^(n-m-1). The bounds themselves are sums, products and quotients of positive
numbers, each rounded some 10 n times, n < 64; the factor 1 + 1e-9 covers it.

References
----------
B. T. Smith, "Error bounds for zeros of a polynomial based upon Gerschgorin's theorems", Journal of
the ACM 17 (1970); P. Henrici, *Applied and Computational Complex Analysis* I, section 6.4.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..circle.fourier import UNIT_ROUNDOFF
from ..circle.sparse_polynomial import Complexes, Floats
from ..counting.counts import kernel_counts
from ..roots.dominant import kernel_modes
from ..roots.spectral_radius import spectral_radius
from .mixes import Mixes, scaled
from .values import BatchedValues

__all__ = ["batched_radii"]

_LONGEST_EIGENVALUES = (
    64  # beyond, the eigenvalues take longer than the search for the largest root alone
)
_ENOUGH = 1e-9  # relative; beyond, the exact engines are asked
_SLACK = 1 + 1e-9
_DIGITS = 15
_UP = 1 + 8 * UNIT_ROUNDOFF  # for a modulus and two more roundings


def batched_radii(lengths: ArrayLike, inputs: ArrayLike, weights: ArrayLike) -> BatchedValues:
    """Return the spectral radii max |lambda| of many mixes at once.

    Parameters
    ----------
    lengths : array of int, shape (K,)
        Decode lengths in steps, as in `batched_counts`.
    inputs : array of int, shape (N,) or (N, K)
        Input lengths in tokens, one for each mix or for each class.
    weights : array of int, shape (N, K)
        Shares times any positive number, 0 for a class that is absent.

    Returns
    -------
    BatchedValues
        Factors per step; 0 where L = 1 and there is no mode. Mostly within 1e-13 up to L = 12. What
        is not within 1e-9, as next to a multiple root or beyond L = 64, is that of the exact
        engines, in the time that they take.

    Raises
    ------
    InvalidArgument
        If an argument has other numbers or another shape.

    Examples
    --------
    >>> found = batched_radii([3, 5], [5, 10], [[1, 1], [1, 1]])
    >>> found.values.round(6).tolist()
    [1.053829, 0.998861]
    """
    mixes = Mixes.of(lengths, inputs, weights)
    low, high = np.zeros(len(mixes)), np.where(mixes.longest > 1, np.inf, 0.0)
    for rows in mixes.groups(
        np.flatnonzero(mixes.narrow & (mixes.longest > 1)), _LONGEST_EIGENVALUES, 2
    ):
        low[rows], high[rows] = _bounds(scaled(mixes.coefficients(rows), axis=0).T)
    proved = np.isfinite(high) & (high - low <= _ENOUGH * high)
    for row in np.flatnonzero(~proved).tolist():
        low[row], high[row] = _exact_bounds(mixes, row)
    return BatchedValues.between(low, high)


def _bounds(kernels: Floats) -> tuple[Floats, Floats]:
    """Return bounds of the spectral radii of kernels, a row for each; infinite or NaN if none."""
    degree = kernels.shape[1] - 1
    points = _companion_eigenvalues(kernels)
    with np.errstate(all="ignore"):
        values, slopes, most, steepest = _horner(kernels, points)
        reach = degree * (np.abs(values) + (4 * degree + 4) * UNIT_ROUNDOFF * most) * _SLACK
        apart = points[:, :, None] - points[:, None, :]
        apart[:, np.arange(degree), np.arange(degree)] = kernels[:, :1]
        moduli = np.abs(points)
        high = np.max((moduli + reach / np.prod(np.abs(apart), axis=2)) * _UP, axis=1)
        steepness = np.abs(slopes) - (8 * degree + 8) * UNIT_ROUNDOFF * steepest * _SLACK
        lowest = (moduli - reach / np.where(steepness > 0, steepness, 0.0) * _SLACK) * (2 - _UP)
        leading = np.argmax(moduli, axis=1)
    return np.maximum(lowest[np.arange(len(kernels)), leading], 0.0), high


def _companion_eigenvalues(kernels: Floats) -> Complexes:
    """Return approximate roots of F, a row for each kernel."""
    degree = kernels.shape[1] - 1
    matrices = np.zeros((len(kernels), degree, degree))
    matrices[:, 0] = -kernels[:, 1:] / kernels[:, :1]
    matrices[:, np.arange(1, degree), np.arange(degree - 1)] = 1.0
    return np.linalg.eigvals(matrices).astype(np.complex128)


def _horner(kernels: Floats, points: Complexes) -> tuple[Complexes, Complexes, Floats, Floats]:
    """Return F and F' at the points, and the same of |g_m| at their moduli."""
    at = np.stack([points, np.abs(points).astype(np.complex128)])
    values, slopes = np.zeros_like(at), np.zeros_like(at)
    for column in kernels.T:
        slopes = slopes * at + values
        values = values * at + column[:, None]
    return values[0], slopes[0], values[1].real, slopes[1].real


def _exact_bounds(mixes: Mixes, row: int) -> tuple[float, float]:
    """Return bounds by the engines of single mixes; infinite if they prove nothing."""
    kernel = mixes.kernel(row)
    verdict = kernel_counts(kernel).verdict
    modes = None if verdict == "marginal" else kernel_modes(kernel, 1, _DIGITS)
    found = spectral_radius(kernel, modes, _DIGITS, verdict)
    if found is None:
        return 0.0, np.inf
    return float(found.low) * (2 - _UP), float(found.high) * _UP
