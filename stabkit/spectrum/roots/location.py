"""Where the roots lie: an annulus that holds them all, and the distance of each from the circle.

*Eneström-Kakeya.* If all coefficients of F(lambda) = sum_m g_m lambda^(L-1-m) are positive, every
root satisfies

    min_m g_(m+1) / g_m  <=  |lambda|  <=  max_m g_(m+1) / g_m.

While nobody completes, the kernel grows by the share w still in service, so that
g_(m+1) / g_m = 1 + w / g_m falls, and its extremes on each such stretch are at the ends. So both
bounds cost one pass over the decode lengths, however long these are. For one class the annulus is
R5's, (s + l) / (s + l - 1) <= |lambda| <= (s + 2) / (s + 1).

References
----------
docs/model.md, R5; G. Eneström (1893), S. Kakeya (1912).
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import mpmath

from ...model.kernel import MemoryKernel
from .roots import Root

__all__ = ["circle_distance", "root_annulus"]


def root_annulus(kernel: MemoryKernel) -> tuple[Fraction, Fraction] | None:
    """Return exact bounds of the moduli of all roots, or None if there is no root (L = 1).

    >>> from stabkit import Workload
    >>> kernel = MemoryKernel.of(Workload.from_classes([(10, 5)]))
    >>> root_annulus(kernel) == (Fraction(15, 14), Fraction(12, 11))
    True
    """
    ratios = list(_extreme_ratios(kernel))
    return (min(ratios), max(ratios)) if ratios else None


def _extreme_ratios(kernel: MemoryKernel) -> Iterator[Fraction]:
    """Iterate over g_(m+1) / g_m at both ends of every stretch and across every completion."""
    share, held, start = sum(kernel.shares), sum(kernel.inputs), 0
    before = None
    for stop, w, t in kernel:
        first, last = held + (start + 1) * share, held + stop * share
        if before is not None:
            yield Fraction(first, before)
        if stop > start + 1:
            yield Fraction(first + share, first)
            yield Fraction(last, last - share)
        before, start = last, stop
        share, held = share - w, held - t


def circle_distance(root: Root) -> float:
    """Return |lambda| - 1, or 0.0 where the root's disc meets the unit circle.

    Rounded once, from |lambda|^2 - 1, which is exact: the distances of near-marginal roots keep all
    their digits, which ``abs(complex(root.value)) - 1`` would lose.

    >>> from stabkit import Workload, roots
    >>> circle_distance(roots(Workload.from_classes([(10**6, 2)]), digits=30)[0])
    9.99999000001e-07
    """
    re, im = (mpmath.fmul(x, x, exact=True) for x in (root.value.real, root.value.imag))
    beyond = mpmath.fsub(mpmath.fadd(re, im, exact=True), 1, exact=True)
    with mpmath.workprec(64):
        distance = beyond / (1 + mpmath.sqrt(1 + beyond))
        return float(distance) if abs(distance) > root.radius else 0.0
