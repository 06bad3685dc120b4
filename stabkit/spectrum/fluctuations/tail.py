"""Compound Poisson sums, exactly convolved: what completes within one step frees.

Let Z = W_1 + ... + W_N with N ~ Poisson(a), independent of the independent whole sizes W_i >= 1 of
law f. Its law p follows from p_0 = e^(-a) by *Panjer's recursion*

    n p_n = a sum_(w=1)^n w f(w) p_(n-w),                                                      (1)

the coefficient of z^n in z P' = a z f' P for the generating function P(z) = exp(a f(z) - a). Only
sizes up to n matter, so that the lower tail is cheap however large the sizes are.

*Rounding.* All terms of (1) are positive. If the p_m with m < n are right to m (k + 4) u,
relatively, where at most k sizes are at most n and u = 2^-53, then a sum of k products, the factors
and the quotient add at most (k + 4) u in first order [H, 3.1]. So p_n is right to n (k + 4) u,
however small it is: to 2e-7 within the bound on the number of products.

References
----------
docs/model.md, R16. H. H. Panjer, "Recursive evaluation of a family of compound distributions",
ASTIN Bulletin 12, 1981. [H] N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd
ed., SIAM 2002.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidArgument, shown

__all__ = ["compound_poisson"]

_LARGEST_RATE = 700  # e^-a is a normal double
_MOST_PRODUCTS = 2 * 10**9  # about a second


def compound_poisson(rate: float, sizes: Mapping[int, float], top: int) -> NDArray[np.float64]:
    """Return P(Z = n) for 0 <= n <= `top`.

    * `rate`: the mean number a of terms, 0 < a <= 700.
    * `sizes`: f, the probability of each size >= 1.
    * `top`: at least 0; times the largest size up to it, at most 2 10^9.

    Raises InvalidArgument if `rate` or `top` is outside its domain. See docs/model.md, R16.

    Ones alone make a Poisson number; twos alone twice one:

    >>> ones, twos = (compound_poisson(2.0, {size: 1.0}, top=6) for size in (1, 2))
    >>> (ones[:4] * math.exp(2)).round(12).tolist()
    [1.0, 2.0, 2.0, 1.333333333333]
    >>> twos[::2].tolist() == ones[:4].tolist(), twos[1::2].tolist()
    (True, [0.0, 0.0, 0.0])
    """
    if not 0 < rate <= _LARGEST_RATE:
        raise InvalidArgument(f"'rate' must be above 0 and at most 700, not {shown(rate)}.")
    widest = max((w for w in sizes if w <= top), default=0)
    if top < 0 or top * widest > _MOST_PRODUCTS:
        raise InvalidArgument(f"'top' must take at most 2 10^9 products, not {shown(top)}.")
    weights = np.zeros(widest + 1)  # those of p_(n-w), the largest w first
    for size, share in sizes.items():
        if size <= widest:
            weights[widest - size] = rate * size * share
    found = np.zeros(top + 1)
    found[0] = math.exp(-rate)
    for n in range(1, top + 1):
        first = max(0, n - widest)
        found[n] = found[first:n] @ weights[widest - n + first : widest] / n
    return found
