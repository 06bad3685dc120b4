"""Spectral densities of a full memory: every observable is one formula.

Let each admission add Q to some observable, a polynomial in z = e^(i theta) that depends on the
request: its coefficient of z^m is what it adds m steps later. The admissions deviate by u_n from
a*, and sum_m g_m u_(n-m) = -xi_n (R13); so in the frequency domain a request adds its own Q and, by
the room that it takes, -(E Q / E X) X through those admitted later. Different requests are
independent: per a*, the observable has the spectral density

    f = E|Q - (E Q / E X) X|^2 = P - 2 Re(q C / G) + |q|^2 N / |G|^2,                         (1)

with the coefficients, all of them exact numbers,

    q = E Q,   P = E|Q|^2,   C(z) = E[X(z) Q(1/z)],   N = E|X|^2,   G = E X.

The admissions themselves are Q = 1: f = N / |G|^2 - 1. The variance per a* is the mean of f over
the circle. Over the denominator |G|^2 the numerator of f is a trigonometric polynomial,

    P G G~ - (q C G~ + its mirror image) + q q~ N,   G~(z) = G(1/z),

so that the variance is a rational number (`circle_mean`).

References
----------
docs/model.md, R13, R14.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from flint import fmpz_poly

from .circle_mean import circle_mean

if TYPE_CHECKING:
    from ..circle.sparse_polynomial import Floats

__all__ = ["Density"]

_TERMS_AT_ONCE = 2**21


@dataclass(frozen=True)
class Density:
    """The density (1), its coefficients in integers over a common denominator.

    * `scale`: D > 0: what every list below is multiplied by.
    * `kernel`: G: g_0, g_1, ...
    * `sums`: N_0, N_1, ... of N = N_0 + sum_k N_k (z^k + z^(-k)).
    * `mean`: q: the coefficients of E Q.
    * `power`: P_0, P_1, ... of P, as for N.
    * `ahead`, `behind`: C: the coefficients of z^0, z^1, ... and of z^(-1), z^(-2), ...

    One request in two holds 1 token for one step, the other 3: the admissions have a Fano factor of
    the squared coefficient of variation.

    >>> Density(2, [4], [10], [2], [2], [4], []).exact_mean()
    Fraction(1, 4)
    """

    scale: int
    kernel: list[int]
    sums: list[int]
    mean: list[int]
    power: list[int]
    ahead: list[int]
    behind: list[int]

    @property
    def degree(self) -> int:
        """The highest power of z in any of the coefficients."""
        parts = (self.kernel, self.sums, self.mean, self.power, self.ahead)
        return max(len(self.behind), *(len(part) - 1 for part in parts))

    def exact_mean(self) -> Fraction:
        """Return the mean of f over the circle; G must have no zero in |z| <= 1."""
        return circle_mean(self._doubled_numerator(), self.kernel) / (2 * self.scale)

    def at_one(self) -> Fraction:
        """Return f at theta = 0, the variance of Q - (E Q / E M) M at z = 1."""
        q, g, n = sum(self.mean), sum(self.kernel), 2 * sum(self.sums) - self.sums[0]
        power = 2 * sum(self.power) - self.power[0]
        cross = sum(self.ahead) + sum(self.behind)
        ratio = Fraction(q, g)
        return (power - 2 * ratio * cross + ratio**2 * n) / self.scale

    def at(self, angles: Floats) -> Floats:
        """Return f at angles in radians, in double precision, by direct sums."""
        import numpy as np  # which exact means do without

        lists = (self.kernel, self.mean, self.ahead, [0, *self.behind], self.sums, self.power)
        rows = max(1, _TERMS_AT_ONCE // (self.degree + 1))
        coefficients = self._columns(lists)
        parts = [
            np.exp(1j * np.outer(angles[start : start + rows], np.arange(self.degree + 1)))
            @ coefficients
            for start in range(0, len(angles), rows)
        ]
        g, q, ahead, behind, sums, power = np.concatenate([*parts, np.zeros((0, 6))]).T
        ratio = q / g
        n = 2 * sums.real - self.sums[0] / self.scale
        p = 2 * power.real - self.power[0] / self.scale
        density: Floats = p - 2 * (ratio * (ahead + behind.conj())).real + np.abs(ratio) ** 2 * n
        return density

    def _columns(self, lists: Sequence[list[int]]) -> Floats:
        import numpy as np

        columns = np.zeros((self.degree + 1, len(lists)))
        for column, terms in zip(columns.T, lists, strict=True):
            column[: len(terms)] = [term / self.scale for term in terms]
        return columns

    def _doubled_numerator(self) -> list[int]:
        """Return the coefficients of z^0, z^1, ... of twice the numerator of f over |G|^2."""
        kernel, mean = fmpz_poly(self.kernel), fmpz_poly(self.mean)
        mirrored = fmpz_poly(self.kernel[::-1])
        cross = fmpz_poly([*self.behind[::-1], *self.ahead])
        last = len(self.kernel) - 1
        terms = [
            (_mirrored(self.power) * kernel * mirrored, len(self.power) - 1 + last, 1),
            (mean * cross * mirrored, len(self.behind) + last, -2),
            (
                mean * fmpz_poly(self.mean[::-1]) * _mirrored(self.sums),
                len(self.mean) + len(self.sums) - 2,
                1,
            ),
        ]
        highest = max(max(p.degree() - centre, centre) for p, centre, _ in terms)
        return [
            sum(
                sign * int(p[centre + k] + (p[centre - k] if k <= centre else 0))
                for p, centre, sign in terms
            )
            for k in range(highest + 1)
        ]


def _mirrored(terms: Sequence[int]) -> fmpz_poly:
    """Return z^d (t_0 + sum_k t_k (z^k + z^(-k))), d the last k."""
    return fmpz_poly([*terms[:0:-1], *terms])
