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
from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import accumulate

import numpy as np
from flint import arb, ctx

from ...model.kernel import MemoryKernel
from .arcs import PathStart
from .ball_arcs import resolve_arcs
from .budget import Budget
from .dyadic import exact
from .fourier import UNIT_ROUNDOFF
from .sparse_polynomial import CirclePolynomial, Floats
from .winding import PhasePath, follow_phase

__all__ = ["circle_polynomial", "kernel_phase_path", "zeros_within"]

# theta is kept below 0.9 of the proved range: room for the rounding of W, M and V.
_START_SHARE = 0.9
_PRECISION = 512  # of powers: what m multiplications lose of it does not matter
_BITS = 128  # arcs are halved down to 2^-128
_BALL_WORK = 10**7  # units of the budget, some hundred arcs; of more a double is the radius to take


def zeros_within(kernel: MemoryKernel, radius: float | Fraction) -> int | None:
    """Return the number of zeros of G in |z| < radius, proved, or None where doubles cannot tell.

    * `kernel`: of length at least 3.
    * `radius`: positive; a float is read as the exact binary number that it is. Next to rings of
      zeros of nearly equal moduli a radius has to have more digits than a float.

    Zeros of G are the reciprocals of the roots of the characteristic polynomial: this is the
    number of modes with |lambda| > 1 / radius. For a Fraction, arcs that doubles leave open are
    decided in balls.

    >>> from stabkit import Workload
    >>> kernel = MemoryKernel.of(Workload.from_classes([(1000, 97, 1), (1000, 200, 2)]))
    >>> zeros_within(kernel, 1.0)
    62
    """
    path = kernel_phase_path(kernel, radius)
    if isinstance(radius, Fraction):
        resolve_arcs(path, _in_balls(kernel, radius), _BITS, Budget(_BALL_WORK))
    return path.half_turns()


def kernel_phase_path(
    kernel: MemoryKernel, radius: float | Fraction = 1.0, budget: Budget | None = None
) -> PhasePath:
    """Return the certified phase path of H(radius z) on the upper half of the unit circle.

    Without a `budget` that is a call of its own.
    """
    polynomial = circle_polynomial(kernel, radius)
    return follow_phase(polynomial, _start(kernel, float(radius), polynomial), budget or Budget())


def circle_polynomial(kernel: MemoryKernel, radius: float | Fraction) -> CirclePolynomial:
    """Return H(radius z), up to a positive factor, as a polynomial on the unit circle.

    A coefficient is split into mantissa and binary exponent, a power of the radius into
    2^(m log2 r); the exponents are added and the largest one taken out before anything is rounded
    to a double, so that nothing overflows and only what is below 2^-1000 of the largest coefficient
    is lost. m log2 r has a relative error of at most 4 u, which exp2 turns into an absolute one
    times log(2); exp2 itself is taken to be within 4 ulp. With the mantissa, the fraction and the
    product, rounded once each, the relative error is at most (16 + 8 max |m log2 r|) u. For a
    Fraction the powers are taken in balls and each product rounded once.
    """
    if isinstance(radius, Fraction):
        return _rounded(_in_balls(kernel, radius))
    exponents = np.array(list(kernel.closed_form), dtype=np.int64)
    mantissas, binary = _split(kernel.closed_form.values())
    powers = np.asarray(exponents * math.log2(radius), dtype=np.float64)
    coefficients = _scaled(mantissas, binary, powers)
    error = (16 + 8 * float(np.max(np.abs(powers)))) * UNIT_ROUNDOFF
    return CirclePolynomial(exponents, coefficients, error)


def _in_balls(kernel: MemoryKernel, radius: Fraction) -> dict[int, arb]:
    """Return the terms of H(radius z)."""
    with ctx.workprec(_PRECISION):
        base = arb(exact(radius))
        return {m: c * base**m for m, c in kernel.closed_form.items()}


def _rounded(terms: dict[int, arb]) -> CirclePolynomial:
    with ctx.workprec(_PRECISION):
        largest = max(abs(term).mid() for term in terms.values())
        coefficients = [float((term / largest).mid()) for term in terms.values()]
    return CirclePolynomial(np.array(list(terms)), np.array(coefficients), 2 * UNIT_ROUNDOFF)


def _split(integers: Iterable[int]) -> tuple[Floats, Floats]:
    """Return mantissas of modulus in [1/2, 1], rounded correctly, and binary exponents."""
    values = list(integers)
    binary = [abs(value).bit_length() for value in values]
    mantissas = [value / (1 << bits) for value, bits in zip(values, binary, strict=True)]
    return np.array(mantissas), np.array(binary, dtype=float)


def _scaled(mantissas: Floats, binary: Floats, powers: Floats) -> Floats:
    """Return mantissa 2^(binary + power) over the largest power of two among them."""
    whole = np.floor(powers)
    levels = binary + whole
    below = np.maximum(levels - np.max(levels), -1070).astype(np.int64)
    scaled: Floats = np.ldexp(mantissas * np.exp2(powers - whole), below)
    return scaled


def _start(kernel: MemoryKernel, radius: float, polynomial: CirclePolynomial) -> PathStart:
    stages = np.arange(kernel.length, dtype=float)
    weights = _kernel_weights(kernel, stages * math.log2(radius))
    weights /= np.sum(weights)
    mean = float(np.dot(weights, stages))
    moment = float(np.dot(weights, (stages - mean) ** 2))
    spacing = 2 * math.pi / polynomial.size
    widest = polynomial.size // 2 - 1
    reach = _START_SHARE * math.sqrt(2 / moment) / spacing if moment > 0 else widest
    index = max(1, int(min(reach, widest)))
    theta = index * spacing
    factor = -math.atan2(radius * math.sin(theta), 1 - radius * math.cos(theta))
    return PathStart(index, (mean - polynomial.degree / 2) * theta + 2 * factor)


def _kernel_weights(kernel: MemoryKernel, powers: Floats) -> Floats:
    """Return g_m 2^(powers_m), up to a positive factor, to a few roundings each."""
    steps = np.diff([0, *kernel.decode_lengths])
    shares, inputs = _tail_sums(kernel.shares), _tail_sums(kernel.inputs)
    binary = [(share + held).bit_length() for share, held in zip(shares, inputs, strict=True)]
    share = [value / (1 << bits) for value, bits in zip(shares, binary, strict=True)]
    held = [value / (1 << bits) for value, bits in zip(inputs, binary, strict=True)]
    ages = np.arange(1, kernel.length + 1)
    mantissas = np.repeat(held, steps) + ages * np.repeat(share, steps)
    return _scaled(mantissas, np.repeat(np.array(binary, dtype=float), steps), powers)


def _tail_sums(terms: Sequence[int]) -> list[int]:
    return list(accumulate(reversed(terms)))[::-1]
