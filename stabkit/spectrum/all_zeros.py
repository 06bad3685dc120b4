"""Approximate zeros of G, all of them, in double precision: Aberth-Ehrlich on the closed form.

From points z_1, ..., z_n, one for each zero, the method takes Newton's step with the other points
divided out,

    z_i <- z_i - 1 / (G'/G(z_i) - sum_{j != i} 1 / (z_i - z_j)),

which converges cubically to simple zeros. The zeros of a memory kernel lie close to the unit circle
at angles of nearly 2 pi k / L, so that equally spaced points on it are within reach of one zero
each, and a handful of sweeps is enough; the starts are turned by a fraction of their spacing, for a
configuration that is symmetric about the real axis could never split a pair into two real zeros.

The logarithmic derivative comes from the sparse closed form (`disc_zeros`), so that a sweep costs
O(n K) for it and O(n^2) for the sums. Points that have settled are not moved again.

Nothing is proved here; `stabkit.spectrum.inclusion` proves where the zeros are.

References
----------
O. Aberth, "Iteration methods for finding all zeros of a polynomial simultaneously", Math. Comp. 27
(1973); D. A. Bini, G. Fiorentino, "Design, analysis and implementation of a multiprecision
polynomial rootfinder", Numer. Algorithms 23 (2000).
"""

from __future__ import annotations

import numpy as np

from ..model.kernel import MemoryKernel
from .circle import Complexes, Integers
from .disc_zeros import LogDerivative

__all__ = ["approximate_zeros"]

_SWEEPS = 60
_SETTLED = 1e-13
_TURN = 0.05  # of the spacing; the start nearest to z = 1 stays clear of H's own double zero there
_ENTRIES = 2**21  # of a block of differences: 32 MiB


def approximate_zeros(kernel: MemoryKernel) -> Complexes | None:
    """Return the zeros with Im z >= 0, nearly real ones on the axis, or None if it did not settle.

    Parameters
    ----------
    kernel : MemoryKernel
        Of L >= 2 terms; time O(L^2) per sweep.

    Returns
    -------
    complex array or None
        With the conjugates of the complex ones they are L - 1.
    """
    count = kernel.length - 1
    slope = LogDerivative(kernel)
    angles = 2 * np.pi * (np.arange(1, count + 1) - _TURN) / (count + 1)
    z = np.exp(1j * angles)
    moving = np.arange(count)
    with np.errstate(all="ignore"):
        for _ in range(_SWEEPS):
            step = 1 / (slope(z[moving]) / z[moving] - _repulsion(z, moving))
            z[moving] -= step
            moving = moving[~(np.abs(step) <= _SETTLED * np.abs(z[moving]))]
            if not len(moving):
                return _upper_half(z)
    return None


def _repulsion(z: Complexes, moving: Integers) -> Complexes:
    """Return sum_{j != i} 1 / (z_i - z_j) for the points `moving`."""
    rows = max(1, _ENTRIES // len(z))
    sums = np.empty(len(moving), dtype=complex)
    for start in range(0, len(moving), rows):
        block = moving[start : start + rows]
        differences = z[block, None] - z
        differences[np.arange(len(block)), block] = np.inf
        sums[start : start + rows] = np.sum(1 / differences, axis=1)
    return sums


def _upper_half(z: Complexes) -> Complexes | None:
    """Return one of each pair of conjugates and the real zeros; None if they do not pair up."""
    tolerance = 1e-9 * np.abs(z) / len(z)
    real = z.real[np.abs(z.imag) <= tolerance]
    upper = z[z.imag > tolerance]
    if 2 * len(upper) + len(real) != len(z):
        return None
    return np.concatenate([upper, real.astype(complex)])
