"""Zeros of the kernel's generating function in a disc of any radius: H on the circle |z| = r.

G has few structure but H(z) = (1 - z)^2 G(z) is sparse, so H is what is followed around the circle,
rescaled to H(r z) on |z| = 1. Two things have to be added: the factor (1 - z)^2, and the start at
theta = 0, where on r = 1 it makes H vanish doubly.

*Start.* Let w_m = g_m r^m > 0, W = sum w_m, and let M and V be the mean and the second central
moment of m under w. For every theta

    Re[e^(-i M theta) G(r e^(i theta))] = sum w_m cos((m - M) theta) >= W (1 - V theta^2 / 2),

so that for V theta^2 < 2 there is no zero on the arc [0, theta], and the argument of G, followed
from theta = 0 where G > 0, is within pi / 2 of M theta. (Any M would do; the mean is the best.)

*The factor.* On (0, pi] the argument of 1 - r e^(i theta) is -atan2(r sin theta, 1 - r cos theta),
continuous and 0 at theta = pi.

At theta = pi the argument of G is therefore an integer multiple of pi, and twice its total change
over the half circle, divided by 2 pi, is the number of zeros in the disc.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from ..model.kernel import MemoryKernel
from .circle import CirclePolynomial, Floats
from .fourier import UNIT_ROUNDOFF
from .winding import PhasePath, Start, follow_phase

__all__ = ["circle_polynomial", "kernel_phase_path", "kernel_weights", "zeros_within"]

# Correctly rounded quotients for r = 1; numpy's power, within 8 ulp, and two products otherwise.
_COEFFICIENT_ERROR = {True: 2 * UNIT_ROUNDOFF, False: 24 * UNIT_ROUNDOFF}
# theta is kept below 0.9 of the proved range: room for the rounding of W, M and V.
_START_SHARE = 0.9


def zeros_within(kernel: MemoryKernel, radius: float) -> int | None:
    """Return the number of zeros of G in |z| < radius, proved, or None where doubles cannot tell.

    Parameters
    ----------
    kernel : MemoryKernel
        Of length at least 3.
    radius : float
        Positive; read as the exact binary number that it is.

    Notes
    -----
    Zeros of G are the reciprocals of the roots of the characteristic polynomial: this is the
    number of modes with |lambda| > 1 / radius.

    Examples
    --------
    >>> from stabkit import Workload
    >>> kernel = MemoryKernel.of(Workload.from_classes([(1000, 97, 1), (1000, 200, 2)]))
    >>> zeros_within(kernel, 1.0)
    62
    """
    return kernel_phase_path(kernel, radius).half_turns()


def kernel_phase_path(kernel: MemoryKernel, radius: float = 1.0) -> PhasePath:
    """Return the certified phase path of H(radius z) on the upper half of the unit circle."""
    polynomial = circle_polynomial(kernel, radius)
    return follow_phase(polynomial, _start(kernel, radius, polynomial))


def kernel_weights(kernel: MemoryKernel) -> Floats:
    """Return g_0, ..., g_(L-1) over g_0 as floats, to a few roundings each."""
    steps = np.diff([0, *kernel.decode_lengths])
    scale = kernel.first
    shares = [share / scale for share in _tail_sums(kernel.shares)]
    inputs = [held / scale for held in _tail_sums(kernel.inputs)]
    ages = np.arange(1, kernel.length + 1)
    weights: Floats = np.repeat(inputs, steps) + ages * np.repeat(shares, steps)
    return weights


def _tail_sums(terms: Sequence[int]) -> list[int]:
    return list(accumulate(reversed(terms)))[::-1]


def circle_polynomial(kernel: MemoryKernel, radius: float) -> CirclePolynomial:
    """Return H(radius z), up to a positive factor, as a polynomial on the unit circle."""
    largest = max(map(abs, kernel.closed_form.values()))
    exponents = np.array(list(kernel.closed_form), dtype=np.int64)
    coefficients = np.array([c / largest for c in kernel.closed_form.values()])
    if radius != 1:
        reference = 0 if radius < 1 else int(exponents[-1])  # every power is at most 1
        coefficients = coefficients * np.power(radius, (exponents - reference).astype(float))
        coefficients /= np.max(np.abs(coefficients))
    return CirclePolynomial(exponents, coefficients, _COEFFICIENT_ERROR[radius == 1])


def _start(kernel: MemoryKernel, radius: float, polynomial: CirclePolynomial) -> Start:
    stages = np.arange(kernel.length, dtype=float)
    weights = kernel_weights(kernel) * np.power(
        radius, stages if radius < 1 else stages - kernel.length
    )
    weights /= np.sum(weights)
    mean = float(np.dot(weights, stages))
    moment = float(np.dot(weights, (stages - mean) ** 2))
    spacing = 2 * math.pi / polynomial.size
    widest = polynomial.size // 2 - 1
    reach = _START_SHARE * math.sqrt(2 / moment) / spacing if moment > 0 else widest
    index = max(1, min(int(reach), widest))
    theta = index * spacing
    factor = -math.atan2(radius * math.sin(theta), 1 - radius * math.cos(theta))
    return Start(index, (mean - polynomial.degree / 2) * theta + 2 * factor)
