"""The synchronised modes: roots of unity in the limit of long inputs, and where they have moved to.

The g-th roots of unity omega != 1, g the gcd of the decode lengths, are roots of the survival
polynomial and of its memory-weighted form (R1, R1b). At finite inputs each of them moves off the
circle; one Newton step from omega gives the modulus in first order (R3b),

    |lambda| = 1 + mu / sum p_k l_k (s_k + l_k) + ...,

and 1 + 1 / (s + L) + ... for a common input s (R3). The root that omega has moved to is found by
certified continuation (`stabkit.spectrum.synchrony.continuation`).

References
----------
docs/model.md, R1, R1b, R3, R3b.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import mpmath

from ...model.kernel import MemoryKernel
from ...records import Record
from ..roots.roots import Root, precision_of, roots_of_discs

__all__ = ["MOST_MODES", "SynchronizedMode", "synchronized_modes", "tied_roots"]

MOST_MODES = 64


@dataclass(frozen=True, repr=False)
class SynchronizedMode(Record):
    """A g-th root of unity other than 1, and the root that it has moved to.

    Attributes
    ----------
    order, index : int
        omega = exp(2 pi i index / order), in lowest terms: a root of the cyclotomic polynomial
        Phi_order.
    predicted_growth : float
        R3b: 1 + mu / sum p_k l_k (s_k + l_k), the same for all omega.
    root : Root or None
        The root of the characteristic polynomial that certified continuation leads to from omega
        as the inputs shrink from infinity to what they are; None where no path was certified.

    Examples
    --------
    >>> from stabkit import Workload, synchrony
    >>> mode = synchrony(Workload.from_classes([(100, 4), (100, 6)])).modes[0]
    >>> mode.order, mode.limit
    (2, (-1+0j))
    >>> round(float(mode.predicted_growth), 3), round(abs(complex(mode.root.value)), 3)
    (1.01, 1.01)
    """

    order: int
    index: int
    predicted_growth: float
    root: Root | None

    @property
    def limit(self) -> complex:
        """Omega."""
        return complex(mpmath.expjpi(mpmath.mpf(2 * self.index) / self.order))


def synchronized_modes(kernel: MemoryKernel, digits: int) -> tuple[SynchronizedMode, ...]:
    """Return the synchronised modes, by ascending angle, at most 64."""
    g = math.gcd(*kernel.decode_lengths)
    growth = _predicted_growth(kernel)
    indices = range(1, min(g, MOST_MODES + 1))
    pairs = tied_roots(kernel, sorted({min(k, g - k) for k in indices}), digits)
    modes = []
    for k in indices:
        pair = pairs[min(k, g - k)]
        turns = Fraction(k, g)
        root = None if pair is None else pair[0 if 2 * k <= g else -1]
        modes.append(SynchronizedMode(turns.denominator, turns.numerator, growth, root))
    return tuple(modes)


def tied_roots(
    kernel: MemoryKernel, indices: Iterable[int], digits: int
) -> dict[int, list[Root] | None]:
    """Return for each k, 0 < 2k <= g, the root that exp(2 pi i k / g) has moved to.

    With its conjugate, unless it is real; None where the path could not be certified.
    """
    g, bits = math.gcd(*kernel.decode_lengths), precision_of(digits)
    from .continuation import followed_zeros  # and with it numpy

    followed = followed_zeros(kernel, indices, g, bits)
    return {
        k: None if disc is None else roots_of_discs([disc], bits) for k, disc in followed.items()
    }


def _predicted_growth(kernel: MemoryKernel) -> float:
    decoded = sum(n * w for n, w, _ in kernel)
    return 1 + decoded / sum(n * (t + n * w) for n, w, t in kernel)
