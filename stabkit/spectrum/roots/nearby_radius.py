"""The spectral radius of a kernel close to one whose dominant modes are known.

The zeros of G move continuously with its coefficients, so that Newton's method started from the old
zeros ends at zeros of the new kernel. The nearest to the origin of those is only a guess: another
zero may have overtaken it. Two certified winding numbers settle that. With r its modulus and w a
small width,

    no zero of G in |z| < r e^(-w), but one in |z| < r e^w

encloses the spectral radius between the reciprocals of the two radii, which are taken as the exact
binary numbers that their doubles are; where the counts say anything else, nothing is claimed. That
is many times faster than a search from nothing, which is what makes a thousand resamples of a trace
affordable.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ..circle.kernel import zeros_within
from ..circle.sparse_polynomial import Complexes
from ..counting.by_winding import LONGEST_KERNEL
from .smallest import LogDerivative

__all__ = ["radius_near"]

_NEWTON_STEPS = 20
# Of log r: what a winding number in double precision can tell apart grows with the kernel's length.
_WIDTH = 1e-13
_SHORTEST = 100


def radius_near(kernel: MemoryKernel, zeros: Sequence[complex]) -> RealEnclosure | None:
    """Return an enclosure of max |lambda|, proved, or None where the guess was not confirmed.

    * `zeros`: reciprocals of the dominant modes of a similar kernel, one of each conjugate pair.

    >>> from stabkit import Workload
    >>> kernel = MemoryKernel.of(Workload.from_classes([(5, 3), (5, 5)]))
    >>> enclosure = radius_near(kernel, [-0.68 + 0.66j])  # of some other kernel
    >>> round(float(enclosure.low), 9), round(float(enclosure.high), 9)
    (1.05382885, 1.05382885)
    """
    if not 3 <= kernel.length <= LONGEST_KERNEL:
        return None
    width = _WIDTH * max(_SHORTEST, kernel.length)
    limits = _newton(kernel, np.array(zeros, dtype=complex), width)
    radius = float(np.min(np.abs(limits), initial=math.inf))
    if not 0 < radius < math.inf:
        return None
    inner, outer = radius * math.exp(-width), radius * math.exp(width)
    if zeros_within(kernel, inner) != 0 or not zeros_within(kernel, outer):
        return None
    return RealEnclosure(1 / Fraction(outer), 1 / Fraction(inner))


def _newton(kernel: MemoryKernel, z: Complexes, tolerance: float) -> Complexes:
    """Return the limits of Newton's method on G, those that it reaches within a few steps."""
    log_derivative = LogDerivative(kernel)
    limits = [z[:0]]
    with np.errstate(all="ignore"):
        for _ in range(_NEWTON_STEPS):
            target = z * (1 - 1 / log_derivative(z))
            settled = np.abs(target - z) <= tolerance * np.abs(target)
            limits.append(target[settled])
            z = target[~settled & np.isfinite(target)]
            if not len(z):
                break
    return np.concatenate(limits)
