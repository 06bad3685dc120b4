"""Verdicts and counts that theorems give at once, whatever the degree.

* R5 (Eneström-Kakeya): with a single decode length l the kernel coefficients increase strictly, so
  all l - 1 roots of the characteristic polynomial lie outside the unit circle.
* R9: if sum p_k l_k (l_k + s_k) / sum p_k l_k > (L - 1) / 2, at least g - 1 modes are unstable.
* R9, last sentence: for even g there is a real root < -1, because G(-1) = -mu / 2 < 0 < G(0).

The last two prove instability without giving the counts.

References
----------
docs/model.md, R5, R9.
"""

from __future__ import annotations

import math
from fractions import Fraction

from ...errors import number_of
from ...model.kernel import MemoryKernel

__all__ = ["instability_certificate", "late_memory", "single_decode_length"]


def single_decode_length(kernel: MemoryKernel) -> bool:
    """Tell whether R5 applies: all requests decode for the same number of steps.

    Not to kernels that do not grow with the stage, such as that of reservation: their shares are 0.
    """
    return len(kernel.decode_lengths) == 1 and kernel.shares[0] > 0


def late_memory(kernel: MemoryKernel) -> Fraction:
    """Return sum p_k l_k (l_k + s_k) / sum p_k l_k - (L - 1) / 2; R9 asks that it be positive.

    >>> from stabkit import Workload
    >>> late_memory(MemoryKernel.of(Workload.from_classes([(5, 2), (5, 4)])))
    Fraction(41, 6)
    """
    held = sum(n * (n * w + t) for n, w, t in kernel)  # D sum p_k l_k (l_k + s_k)
    decoded = sum(n * w for n, w, _ in kernel)  # D sum p_k l_k
    return Fraction(held, decoded) - Fraction(kernel.length - 1, 2)


def instability_certificate(kernel: MemoryKernel) -> str | None:
    """Return a sentence that proves instability from gcd and moments alone, or None.

    None for kernels that do not grow with the stage, of which R9 does not speak.

    >>> from stabkit import Workload
    >>> kernel = MemoryKernel.of(Workload.from_classes([(0, 4 * 10**8, 1), (0, 10**9, 2)]))
    >>> instability_certificate(kernel)
    'R9: the gcd 200000000 of the decode lengths is even, so there is a real mode below -1.'
    """
    if not any(kernel.shares):
        return None
    g = math.gcd(*kernel.decode_lengths)
    if g % 2 == 0:
        return f"R9: the gcd {g} of the decode lengths is even, so there is a real mode below -1."
    if g > 1 and late_memory(kernel) > 0:
        return (
            f"R9: the decode lengths have gcd {g} and enough memory is held late in life, "
            f"so at least {number_of(g - 1, 'mode is', 'modes are')} unstable."
        )
    return None
