"""Means over the unit circle of a trigonometric polynomial over |G|^2, exactly (Jury and Astroem).

Let G = sum_(m<=n) g_m z^m be a real polynomial without a zero in |z| <= 1, G~(z) = G(1/z), and let
N = sum_k N_k z^k with N_(-k) = N_k. On the circle G G~ = |G|^2. Write N = M + M~ with a polynomial
M (M_0 = N_0 / 2, M_k = N_k): the mean wanted is

    I(N, G) = (1 / 2 pi) int N / |G|^2 d theta.

*Lowering the degree of N.* Let G have degree at most d >= 1 and G* = z^d G~. Then
z^(-d) G + z^d G~ over G G~ is z^(-d) / G~ + z^d / G. Its second term is z^d times a power series
that converges on the closed disc, so its mean is 0, and the first is its mirror image. Hence
M <- M - (M_d / g_0) G*, which is of degree less than d, leaves the mean as it is.

*Lowering the degree of G.* With A = g_0 G - g_d G* of degree less than d, and N of degree less than
d too,

    I(N, G) = (g_0^2 - g_d^2) I(N, A).

*Proof.* On the circle |G*| = |G|, and |g_d| < |g_0| because g_0 / g_d is the product of the zeros
of G up to sign; so A has no zero in |z| <= 1 either (Rouche). Write <f> for the mean of f. Because
1 / G~ is a power series in 1 / z, <z^(-k) G / |G|^2> = <z^(-k) / G~> is 0 for k > 0 and 1 / g_0 for
k = 0, while <z^(-k) G* / |G|^2> = <z^(d-k) / G> is 0 for k < d. So <z^(-k) A / |G|^2> is 1 for
k = 0 and 0 for 0 < k < d. With A in the place of G, <z^(-k) A / |A|^2> is 1 / A(0) and 0, and
A(0) = g_0^2 - g_d^2. Hence the Toeplitz matrices (<z^(k-j) w>), 0 <= j, k < d, of the two weights
w = 1 / |G|^2 and A(0) / |A|^2 map the coefficients of A to the same vector (1, 0, ..., 0). They are
symmetric and positive definite, and such a matrix is determined by the first column of its inverse
[GS]. So the two weights have the same Fourier coefficients up to degree d - 1, all that N needs.

At degree 0 the mean is 2 M_0 / g_0^2. Over the integers both steps are done without fractions, and
the content is divided out after each. The whole is O(n^2) multiplications. It computes

    I = 2 y_0 / g_0   for the solution y of   sum_i (g_(i+k) y_i + g_i y_(i+k)) = N_k,  0 <= k <= n,

without solving that system of n + 1 equations, which says N = G Y~ + G~ Y: then N / |G|^2 is
Y / G and its mirror image, each of mean y_0 / g_0.

The recursion meets |g_d| >= |g_0| iff G has a zero in |z| <= 1, by the same step read backwards, so
that it cannot return a number that is no mean.

References
----------
E. I. Jury, *Theory and Application of the z-Transform Method*, Wiley 1964; K. J. Astroem,
*Introduction to Stochastic Control Theory*, Academic Press 1970, section 5.2. [GS] I. Gohberg,
A. Semencul, "On the inversion of finite Toeplitz matrices and their continuous analogs", Mat.
Issled. 7 (1972); I. Gohberg, I. Feldman, *Convolution Equations and Projection Methods for Their
Solution*, AMS 1974, III.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from flint import fmpq, fmpz, fmpz_poly

__all__ = ["circle_mean"]


def circle_mean(numerator: Sequence[int], kernel: Sequence[int]) -> Fraction:
    """Return the mean over the circle of (N_0 + 2 sum_k N_k cos k theta) / |G|^2.

    * `numerator`: N_0, N_1, ..., of any number of terms.
    * `kernel`: g_0, g_1, ...: a polynomial without zeros in |z| <= 1.

    Raises ArithmeticError if it has one.

    1 / |2 + z|^2 has mean 1/3, the sum of the squares of 1/2, -1/4, 1/8, ...

    >>> circle_mean([1], [2, 1])
    Fraction(1, 3)
    """
    g = fmpz_poly(list(kernel))
    half = fmpz_poly([numerator[0], *(2 * c for c in numerator[1:])])
    above = below = fmpz(1)  # the mean wanted is above / below I(half / 2 + its mirror image, g)
    for d in range(max(g.degree(), half.degree()), 0, -1):
        reverse = fmpz_poly(g.coeffs()[::-1]).left_shift(d - g.degree())
        first, last = g[0], g[d]
        half, content = _primitive(first * half - half[d] * reverse)
        above, below = above * content, below * first
        if last:
            if abs(last) >= abs(first):
                raise ArithmeticError("the kernel has a zero in the closed unit disc")
            g, content = _primitive(first * g - last * reverse)
            above, below = above * (first**2 - last**2), below * content**2
    mean = fmpq(above * half[0], below * g[0] ** 2)
    return Fraction(int(mean.p), int(mean.q))


def _primitive(polynomial: fmpz_poly) -> tuple[fmpz_poly, fmpz]:
    content = polynomial.content() or fmpz(1)
    return polynomial // content, content
