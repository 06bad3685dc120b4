"""The Schur-Cohn recursion on many polynomials at once, in doubles with proved error bounds.

`stabkit.spectrum.counting.schur_cohn` has the recursion and its proof: for a real polynomial P of
degree n with constant term c and leading coefficient a, |a| != |c|, its transform
T = (a P - c P*) / z, P* the reversed polynomial, has degree n - 1, and

    N(P) = N(T) + 1 if |a| > |c|,   N(P) = n - 1 - N(T) if |a| < |c|,

where N counts the zeros in |z| < 1. Neither needs the coefficients in integers, nor that P and P*
are coprime: if no |a| equals its |c| down to degree 0, then P has no zero on the circle, for such a
zero would be one of every T. A positive or negative factor of T changes nothing.

*The step.* Divided by the larger one of a and c, which is b, it is

    t_j = alpha x_j - beta y_j,  x_j = p_(j+1), y_j = p_(n-1-j), alpha = a / b, beta = c / b,

so that one of alpha and beta is 1, the other one at most 1 in modulus, and numbers grow at most
twofold.

*Its error.* Let p_j be doubles and q_j the exact coefficients, |p_j - q_j| <= e_j; e_b and e_o
belong to b and to the other end o. If

    ||a| - |c|| > e_b + e_o

then the exact ends compare in the same way, |q_b| >= |b| - e_b > |o| + e_o >= 0. With k = |o / b|,

    |o / b - q_o / q_b| = |o q_b - q_o b| / |b q_b| <= (k e_b + e_o) / (|b| - e_b),

and delta is this bound plus u k for the rounding of o / b. In the exact step the factor is at most
k + delta, so that with A = |alpha| + delta and B = |beta| or the other way round

    |t_j - exact| <= A e(x_j) + B e(y_j) + delta |x_j| + u (|alpha x_j| + |beta y_j| + |t_j|),

where the terms with u are the roundings of two products and of their difference, and delta stands
beside the one of x and y whose factor is o / b. The code takes the slightly larger
(delta + u) |x_j| + u |y_j|. It evaluates the bound in at most 16 operations that round, all of
them sums, products and quotients of positive numbers but for |b| - e_b, whose rounding is
relative too: the factor 1 + 32 u covers them.

*Underflow.* An operation that underflows is off by at most 2^-1074 besides. k and k e_b + e_o are
raised by that: what is lost of them is divided by |b| - e_b, which may be as small. Everything else
adds up. At the start coefficients and errors are at most 1. A step makes coefficients twice as
large at most, and errors at most 2 max e_j + max |p_j|, up to rounding, because

    k + (k e_b + e_o) / (|b| - e_b) = (|o| + e_o) / (|b| - e_b) < 1

by the comparison. After n <= 200 steps both are below 2^210: less than a dozen errors of 2^-1074,
times that, are below 2^-800, which every e_j is raised by. Coefficients that fall below this are
then undecided, not wrong.

The comparison itself is of rounded numbers: the difference of two doubles is rounded by a factor
1 + u at most, as is the sum of two errors, and 1 + 8 u covers both. What is not a number compares
as false, and stays undecided.
"""

from __future__ import annotations

import numpy as np

from ..circle.fourier import UNIT_ROUNDOFF
from ..circle.sparse_polynomial import Floats, Integers
from .mixes import Mask

__all__ = ["schur_transforms", "zeros_by_recursion"]

_SLACK = 1 + 32 * UNIT_ROUNDOFF
_FLOOR = 2.0**-800
_LEAST = 2.0**-1074  # above 0, of doubles


def zeros_by_recursion(coefficients: Floats, errors: Floats) -> Integers:
    """Return the number of zeros in |z| < 1 of each polynomial that has none on the circle, proved.

    * `coefficients` (array of shape (n + 1, N)): a polynomial in each column, ascending powers, the
      largest coefficient at most 1 in modulus; n is at most 200.
    * `errors` (array of the same shape): how far each coefficient may be from the exact one, at
      most 1.

    -1 where rounding may hide the answer, or a step is singular.

    >>> columns = np.array([[0.2, 0.5, 1.0], [1.0, 0.5, 0.2], [1.0, 0.5, 1.0]]).T
    >>> zeros_by_recursion(columns, np.zeros((3, 3))).tolist()  # in it, outside, on the circle
    [2, 0, -1]
    """
    p, e = coefficients, errors
    count = p.shape[1]
    found, sign = np.zeros(count, np.int64), np.ones(count, np.int64)
    decided = np.ones(count, bool)
    with np.errstate(all="ignore"):
        for degree in range(len(p) - 1, 0, -1):
            certain, expanding = _compare(p, e)
            decided &= certain
            found += np.where(expanding, sign, (degree - 1) * sign)
            sign = np.where(expanding, sign, -sign)
            p, e = schur_transforms(p, e, expanding)
    return np.where(decided, found, -1)


def _compare(p: Floats, e: Floats) -> tuple[Mask, Mask]:
    """Return where |a| and |c| are proved to differ, and where |a| is the larger one."""
    gap = np.abs(p[-1]) - np.abs(p[0])
    return np.abs(gap) > (e[-1] + e[0]) * (1 + 8 * UNIT_ROUNDOFF), gap > 0


def schur_transforms(p: Floats, e: Floats, expanding: Mask) -> tuple[Floats, Floats]:
    """Return t, of a polynomial in each column, and the bounds of its errors.

    `expanding` tells where |a| > |c|, which is proved for p and e.
    """
    larger = np.where(expanding, p[-1], p[0])
    alpha, beta = p[-1] / larger, p[0] / larger
    delta = _quotient_error(p, e, expanding)
    sizes = np.abs(p)
    at_x = np.where(expanding, 0.0, delta)
    at_y = delta - at_x
    transform = alpha * p[1:] - beta * p[-2::-1]
    error = (np.abs(alpha) + at_x) * e[1:] + (np.abs(beta) + at_y) * e[-2::-1]
    error += (at_x + UNIT_ROUNDOFF) * sizes[1:] + (at_y + UNIT_ROUNDOFF) * sizes[-2::-1]
    error += UNIT_ROUNDOFF * np.abs(transform)
    return transform, error * _SLACK + _FLOOR


def _quotient_error(p: Floats, e: Floats, expanding: Mask) -> Floats:
    """Return delta: how far the smaller end over the larger one may be from the exact quotient."""
    first, last = np.abs(p[0]), np.abs(p[-1])
    larger, smaller = np.maximum(first, last), np.minimum(first, last)
    e_larger, e_smaller = np.where(expanding, (e[-1], e[0]), (e[0], e[-1]))
    ratio = smaller / larger + _LEAST
    missed = e_smaller + ratio * e_larger + _LEAST
    delta: Floats = missed / (larger - e_larger) + UNIT_ROUNDOFF * ratio
    return delta
