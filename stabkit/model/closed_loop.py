"""Closed loops of other policies as memory kernels, so that every engine works on them unchanged.

*Damped* admission with gain kappa admits kappa times what the free memory allows. Its
characteristic polynomial is

    g_0 lambda^(L-1) + kappa sum_{m >= 1} g_m lambda^(L-1-m),

the polynomial of the kernel g_0, kappa g_1, ..., kappa g_(L-1). That is the memory kernel of a mix,
up to the normalisation of the shares: scale all classes by kappa, which gives kappa g_m at every m,
and make up for what is missing at m = 0 by memory that is held for one step by nobody,

    w = 0,  t = (1 - kappa) g_0  at decode length 1.

*Reservation* holds s_k + l_k tokens for every request from its admission on. While it admits what
fits, sum_m r_m a_(n-m) = B with r_m = sum_k p_k (s_k + l_k) 1{m < l_k}: the kernel of w = 0 and
t_l = sum p_k (s_k + l_k) over the classes of decode length l. Its coefficients fall with m, so that
no root is outside the circle (Eneström-Kakeya), and on it are those with lambda^g = 1, lambda != 1.

Kernel, closed form, counts, roots and inclusion discs use nothing but w and t.

References
----------
docs/model.md, Policies.
"""

from __future__ import annotations

from fractions import Fraction

from ..errors import InvalidArgument, shown
from .kernel import MemoryKernel

__all__ = ["damped_kernel", "reservation_kernel"]


def damped_kernel(kernel: MemoryKernel, gain: Fraction) -> MemoryKernel:
    """Return the kernel g_0, gain g_1, ..., gain g_(L-1) of damped admission.

    Parameters
    ----------
    kernel : MemoryKernel
    gain : Fraction
        0 < gain <= 1; 1 is the greedy loop, `kernel` itself.

    Returns
    -------
    MemoryKernel
        Its shares add up to `gain`, not to 1.

    Raises
    ------
    InvalidArgument
        If `gain` is outside its domain.

    Examples
    --------
    >>> from stabkit import Workload
    >>> kernel = MemoryKernel.of(Workload.from_classes([(5, 1), (5, 3)]))
    >>> half = damped_kernel(kernel, Fraction(1, 2))
    >>> [Fraction(g, half.denominator) for g in half.coefficients] == [6, Fraction(7, 4), 2]
    True
    """
    if not 0 < gain <= 1:
        raise InvalidArgument(f"'gain' must be positive and at most 1, not {shown(gain)}.")
    if gain == 1:
        return kernel
    a, b = gain.numerator, gain.denominator
    terms = {n: (a * w, a * t) for n, w, t in kernel}
    share, held = terms.get(1, (0, 0))
    terms[1] = (share, held + (b - a) * kernel.first)
    lengths = tuple(sorted(terms))
    return MemoryKernel(
        b * kernel.denominator,
        lengths,
        tuple(terms[n][0] for n in lengths),
        tuple(terms[n][1] for n in lengths),
    )


def reservation_kernel(kernel: MemoryKernel) -> MemoryKernel:
    """Return the kernel r_0, ..., r_(L-1) of reservation; its shares are 0.

    Examples
    --------
    >>> from stabkit import Workload
    >>> kernel = MemoryKernel.of(Workload.from_classes([(5, 1), (5, 3)]))
    >>> held = reservation_kernel(kernel)
    >>> [Fraction(r, held.denominator) for r in held.coefficients] == [7, 4, 4]
    True
    """
    lifetimes = tuple(t + w * n for n, w, t in kernel)
    return MemoryKernel(kernel.denominator, kernel.decode_lengths, (0,) * len(lifetimes), lifetimes)
