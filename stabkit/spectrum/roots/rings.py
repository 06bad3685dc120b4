"""Zeros of nearly equal moduli, told apart by more digits than a double has.

Synchronised and nearly synchronised mixes have rings of zeros of G. Next to the largest modulus of
its modes a ring is flat: neighbours differ in modulus by the square of a small phase, for two
lengths near 10^6 by some 10^-18. No circle whose radius is a double lies between them. But a count
of zeros is not that coarse: from one to the next of two moduli that differ by x, h changes by about
L x, and it is computed to some 10^-14. So the candidates are refined by Halley's method in balls,
a rational radius is chosen in a gap, and the coefficients for it are rounded from balls
(`stabkit.spectrum.circle.kernel`).

*Seeds.* For a gcd g of the decode lengths every g-th root of unity w but 1 has a mode near it, with
|lambda| about 1 + mu / sum p_k l_k (s_k + l_k) (docs/model.md, R3b): so many that samples of the
circle would have to be followed one by one lead to each.

Only the count is proved here, by `zeros_within`.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from flint import ctx

from ...model.enclosure import fraction_of
from ...model.kernel import MemoryKernel
from ..circle.kernel import zeros_within
from ..circle.sparse_polynomial import Complexes
from .inclusion import refined_points

__all__ = ["separated_zeros", "synchronized_starts"]

_MOST_SEEDS = 2**15
_MOST_CANDIDATES = 2**16  # terms: more candidates take longer in balls than all else
_GOAL = 120  # bits: of steps, relative to the zero
_PRECISION = 256
_LEAST_GAP = 2.0**-90


def synchronized_starts(kernel: MemoryKernel) -> Complexes:
    """Return approximate zeros next to the g-th roots of unity in the upper half plane, by R3b."""
    g = math.gcd(*kernel.decode_lengths)
    growth = sum(n * w for n, w, _ in kernel) / sum(n * (t + n * w) for n, w, t in kernel)
    indices = np.arange(max(1, g // 2 - _MOST_SEEDS), g // 2 + 1)
    starts: Complexes = np.exp(2j * np.pi / g * indices) / (1 + growth)
    return starts


def separated_zeros(
    kernel: MemoryKernel, zeros: Complexes, count: int, extra: int
) -> tuple[Complexes, Fraction] | None:
    """Return at least `count` of the `zeros`, and a radius proved to hold just these.

    * `zeros`: with Im z >= 0, ascending in modulus as far as doubles tell.
    * `count`: weights of complex zeros are two.
    * `extra`: among so many zeros beyond, the widest gap of moduli is taken.
    """
    zeros = zeros[: max(count + extra, _MOST_CANDIDATES // len(kernel.closed_form))]
    points = refined_points(kernel, zeros, _GOAL, _PRECISION)
    if points is None:
        return None
    with ctx.workprec(_PRECISION):
        sizes = [fraction_of(abs(point.z).mid()) for point in points]
    order = sorted(range(len(sizes)), key=sizes.__getitem__)
    weights = np.cumsum([1 if zeros[i].imag == 0 else 2 for i in order])
    first = int(np.searchsorted(weights, count))
    gaps = [
        (sizes[order[i + 1]] - sizes[order[i]], i)
        for i in range(first, min(first + extra, len(order) - 1))
    ]
    gap, last = max(gaps, default=(Fraction(0), 0))
    if not gap > _LEAST_GAP:
        return None
    radius = sizes[order[last]] + gap / 2
    if zeros_within(kernel, radius) != weights[last]:
        return None
    return zeros[order[: last + 1]], radius
