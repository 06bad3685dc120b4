"""Approximate zeros of G, all of them, in double precision: Aberth-Ehrlich on the closed form.

From points z_1, ..., z_n, one for each zero, the method takes Newton's step with the other points
divided out,

    z_i <- z_i - 1 / (G'/G(z_i) - sum_{j != i} 1 / (z_i - z_j)),

which converges cubically to simple zeros. The zeros of a memory kernel lie close to the unit circle
at angles of nearly 2 pi k / L, so that equally spaced points on it are within reach of one zero
each, and a handful of sweeps is enough; the starts are turned by a fraction of their spacing, for a
configuration that is symmetric about the real axis could never split a pair into two real zeros.

What keeps two points from the same zero is the repulsion of the nearest ones. The sum over the
others changes the path, not the limits: it is taken over the nearest by angle, and the rest is
replaced by what evenly spread points at the same distance from the origin give. For the m-th roots
of r^m that sum is, with z one of them,

    sum_{z_j != z} 1 / (z - z_j) = (m - 1) / (2 z),

1 / (2 z) from each on average. So a sweep costs O(n (K + 2 W)), with W neighbours on either side,
instead of O(n (K + n)). The last few points to move, which may have no zero near them, take the
full sum; and where this does not settle, all points do from the start.

Nothing is proved here; `stabkit.spectrum.roots.inclusion` proves where the zeros are.

References
----------
O. Aberth, "Iteration methods for finding all zeros of a polynomial simultaneously", Math. Comp. 27
(1973); D. A. Bini, G. Fiorentino, "Design, analysis and implementation of a multiprecision
polynomial rootfinder", Numer. Algorithms 23 (2000).
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...model.kernel import MemoryKernel
from ..circle.sparse_polynomial import Complexes, Integers
from .smallest import LogDerivative

__all__ = ["approximate_zeros"]

_SWEEPS = 60
_NEIGHBOURS = 24  # on either side
_FEW = 100  # so many points at the end take the sum over all others
_SETTLED = 1e-6  # of the spacing: the cubic step leaves about its cube
_TURN = 0.05  # of the spacing; the start nearest to z = 1 stays clear of H's own double zero there
_ENTRIES = 2**21  # of a block of differences: 32 MiB


def approximate_zeros(kernel: MemoryKernel) -> Complexes | None:
    """Return the zeros with Im z >= 0, nearly real ones on the axis, or None if it did not settle.

    * `kernel`: of L >= 2 terms; time O(L (K + 48)) per sweep as a rule, O(L^2) for the unusual
      ones.

    With the conjugates of the complex ones they are L - 1.
    """
    for neighbours in (_NEIGHBOURS, kernel.length):
        z = _iterated(kernel, neighbours)
        upper = None if z is None else _upper_half(z)
        if upper is not None:
            return upper
    return None


def _iterated(kernel: MemoryKernel, neighbours: int) -> Complexes | None:
    """Return the limits of the iteration, or None if some points keep moving."""
    count = kernel.length - 1
    slope = LogDerivative(kernel)
    z: Complexes = np.exp(2j * np.pi * (np.arange(1, count + 1) - _TURN) / (count + 1))
    moving = np.ones(count, dtype=bool)
    with np.errstate(all="ignore"):
        for _ in range(_SWEEPS):
            order = np.argsort(np.angle(z))
            z, moving = z[order], moving[order]
            (rows,) = np.nonzero(moving)
            reach = neighbours if len(rows) > _FEW else count
            step = 1 / (slope(z[rows]) / z[rows] - _repulsion(z, rows, reach))
            z[rows] -= step
            moving[rows] = ~(np.abs(step) * count <= _SETTLED * np.abs(z[rows]))
            if not np.any(moving):
                return z
    return None


def _repulsion(z: Complexes, rows: Integers, neighbours: int) -> Complexes:
    """Return sum_{j != i} 1 / (z_i - z_j) for i in `rows`; see the module about far points."""
    reach = min(neighbours, len(z) // 2)
    far = max(0, len(z) - 1 - 2 * reach)
    ring = np.concatenate([z[len(z) - reach :], z, z[: len(z) - 1 - far - reach]])
    windows = sliding_window_view(ring, len(z) - far)
    at_once = max(1, _ENTRIES // (len(z) - far))
    sums = far / (2 * z[rows])
    for start in range(0, len(rows), at_once):
        block = rows[start : start + at_once]
        differences = z[block, None] - windows[block]
        differences[:, reach] = np.inf
        sums[start : start + at_once] += np.sum(1 / differences, axis=1)
    return sums


def _upper_half(z: Complexes) -> Complexes | None:
    """Return one of each pair of conjugates and the real zeros; None if they do not pair up."""
    tolerance = 1e-9 * np.abs(z) / len(z)
    real = z.real[np.abs(z.imag) <= tolerance]
    upper = z[z.imag > tolerance]
    if 2 * len(upper) + len(real) != len(z):
        return None
    return np.concatenate([upper, real.astype(complex)])
