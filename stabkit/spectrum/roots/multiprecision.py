"""All roots of an integer polynomial, each in a proved disc: an engine without FLINT and numpy.

**Multiplicities.** Over the integers P = c A_1 A_2^2 A_3^3 ..., with squarefree A_m that share no
root: the roots of A_m are the m-fold ones of P. The A_m of positive degree are the *parts* of P.

**Iteration.** Aberth and Ehrlich improve all n roots of a part A at once,

    z_i <- z_i - 1 / (A'(z_i) / A(z_i) - sum_{j != i} 1 / (z_i - z_j)),

Newton's method for A / prod_{j != i} (z - z_j). Bini's starting points lie on circles: each edge
of the upper convex hull of the points (k, log2 |a_k|) has as many roots of about the modulus
2^-slope as it is wide. No theorem says that this converges, and none is needed: what is proved is
the result.

**Proof.** With the zeros x_i of A, |A'/A| = |sum 1 / (z - x_i)| <= n / min |z - x_i|, so the disc
around z of radius n |A / A'| holds a zero. If n such discs are disjoint, each holds exactly one.
One centred on the real axis then holds a real zero, for A is real; and the mirror image of a disc
needs no evaluation. Where discs overlap or are too large, the precision is doubled; as the zeros
of A are simple, radii tend to 0 with it. Disjoint discs of *all* parts prove the squarefree
decomposition, too: what remains is to multiply it out, and that is done.

**Evaluation**, in integers. With z = 2^e t, 1/2 <= |t|^2 <= 2 or nearly so, let
C_k = a_k 2^(ek + s), s such that max |C_k| < 2^w, and let t = (x + iy) / 2^w exactly. Horner's
scheme is

    p <- floor(p t) + floor(C_k),    d <- floor(d t) + (the p before),

with floors of the real and the imaginary part. Let g = max(1, |t|), and e_j, f_j the absolute
errors of p and d after j steps. A floor of a real number errs by less than 1, of a complex one by
less than sqrt 2 < 2, hence

    e_0 < 1,  e_j < |t| e_(j-1) + 3           so that  e_j <= 3 (j + 1) g^j,
    f_0 = 0,  f_j < |t| f_(j-1) + 2 + e_(j-1)  so that  f_n <= g^n sum_(j<n) (2 + 3 (j + 1))
                                                          <= 3 n (n + 1) g^n.

These are bounds, not estimates; g^n is taken upwards, in integers. The power of two s cancels in
A / A'. To see a zero with b bits, w exceeds b by n / 2, for |t|^n may be 2^(-n/2) or 2^(n/2), and
by the logarithm of 3 n (n + 1).

References
----------
P. Henrici, *Applied and Computational Complex Analysis* I, Wiley 1974, section 6.4.
O. Aberth, Iteration methods for finding all zeros of a polynomial simultaneously, Math. Comp. 27
(1973). D. A. Bini, Numerical computation of polynomial zeros by means of Aberth's method, Numer.
Algorithms 13 (1996). N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., SIAM
2002, section 5.1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import mpmath
from mpmath import libmp

from ...errors import InvalidArgument, shown

__all__ = ["multiprecision_roots"]

_FIRST_PRECISION = 64
_SWEEPS = 60  # per precision; some 15 are usual. A cluster is approached by a bit per sweep or more
_DOUBLE_EXPONENTS = 900  # 2^-900 to 2^900: differences, reciprocals and sums stay doubles
_NEAR = 1e-8  # closer than this, relatively, a difference of doubles loses half its digits


class _Disc(NamedTuple):
    """Numbers of mpmath, exact as they stand: no operation on them is implied to be."""

    centre: mpmath.mpc
    radius: mpmath.mpf


class _Values(NamedTuple):
    """A and dA/dt at z = 2^exponent (x + iy) / 2^width, in units of 2^-s, with error bounds."""

    x: int
    y: int
    exponent: int
    width: int
    value: tuple[int, int]
    slope: tuple[int, int]
    value_error: int
    slope_error: int

    def is_noise(self) -> bool:
        """Tell whether the value does not differ from 0 for certain."""
        return self.value[0] ** 2 + self.value[1] ** 2 <= self.value_error**2


def multiprecision_roots(
    coefficients: Sequence[int], digits: int
) -> list[tuple[mpmath.mpc, mpmath.mpf, int]]:
    """Return all roots of an integer polynomial, with proved radii and multiplicities.

    * `coefficients`: descending powers, neither end 0.
    * `digits`: positive. Each radius is at most 10^-digits |root|.

    The values have more bits than the default precision of mpmath: compute with them under
    `mpmath.workprec`. The time grows with the square of the degree: about a second at 200. What is
    returned is proved; that the iteration converges, and thus that the function returns, is not.

    Distinct roots, |value| descending, of equal ones the greater imaginary part first. Within
    `radius` of `value` lies this root and no other; the discs are disjoint. The imaginary part of a
    real root is 0; values of conjugates are each other's exact conjugates. Raises InvalidArgument
    if the coefficients are not integers with both ends other than 0, or `digits` is not a positive
    integer.

    >>> [(value, radius, m) for value, radius, m in multiprecision_roots([4, 4, 1], 20)]
    [(mpc(real='-0.5', imag='0.0'), mpf('0.0'), 2)]
    >>> upper, lower = multiprecision_roots([1, 1, 1], 30)  # the primitive third roots of unity
    >>> with mpmath.workdps(60):
    ...     upper[0].conjugate() == lower[0], abs(upper[0] ** 3 - 1) < 1e-29
    (True, True)
    """
    _validate(coefficients, digits)
    parts = [(_Part(part), m) for part, m in _squarefree_parts(list(map(int, coefficients)))]
    bits = (10**digits).bit_length() + 1  # 2^-bits <= 10^-digits / 2, and |root| >= |value| / 2
    while True:
        found = [(disc, m) for part, m in parts for disc in part.discs(bits)]
        if _disjoint([disc for disc, _ in found]):
            return _sorted(found)
        bits *= 2


def _validate(coefficients: Sequence[int], digits: int) -> None:
    for value in coefficients:
        if not isinstance(value, int) or isinstance(value, bool):
            raise InvalidArgument(f"'coefficients' must be integers, not {shown(value)}.")
    if not coefficients or not coefficients[0] or not coefficients[-1]:
        raise InvalidArgument(
            f"'coefficients' must begin and end with other than 0, not {shown(coefficients)}."
        )
    if not isinstance(digits, int) or isinstance(digits, bool) or digits < 1:
        raise InvalidArgument(f"'digits' must be a positive integer, not {shown(digits)}.")


def _squarefree_parts(coefficients: list[int]) -> list[tuple[list[int], int]]:
    """Return the parts of positive degree and their multiplicities, multiplied out as a check."""
    from sympy import ZZ, Poly, Symbol

    polynomial = Poly.from_list(coefficients, Symbol("x"), domain=ZZ)
    content, factors = polynomial.sqf_list()
    product = math.prod((factor**m for factor, m in factors), start=content * polynomial.one)
    if product != polynomial:
        raise ArithmeticError("The squarefree parts do not multiply out to the polynomial.")
    return [([int(c) for c in factor.all_coeffs()], int(m)) for factor, m in factors]


@dataclass
class _Part:
    """A polynomial of degree n >= 1, its coefficients descending, and n approximate zeros of it."""

    coefficients: list[int]
    points: list[mpmath.mpc] = field(default_factory=list)
    precision: int = _FIRST_PRECISION
    _tables: dict[tuple[int, int], list[int]] = field(default_factory=dict)

    @property
    def degree(self) -> int:
        return len(self.coefficients) - 1

    def discs(self, bits: int) -> list[_Disc]:
        """Return n disjoint discs of radius <= 2^-bits |centre|, with a zero in each."""
        if self.degree == 1:
            return [_rational(self.coefficients, bits)]
        goal = bits + self.degree.bit_length() + 4
        self.points = self.points or list(_starting_points(self.coefficients))
        while True:
            self._converge()
            if self.precision >= goal:
                discs = self._proved(bits)
                if discs is not None:
                    return discs
            after = 2 * self.precision
            self.precision = after if self.precision >= goal else min(after, goal)
            self._tables.clear()

    def _converge(self) -> None:
        """Iterate at the working precision until no correction matters, or all drown in noise."""
        with mpmath.workprec(self.precision):
            doubles = [_double(z) for z in self.points]
            active = list(range(self.degree))
            for _ in range(_SWEEPS + self.precision):
                active = [i for i in active if not self._improve(i, doubles)]
                if not active:
                    return

    def _improve(self, i: int, doubles: list[complex]) -> bool:
        """Move one point; tell whether it is done for now.

        It is when z is as good as the evaluation can tell, or moves by less than the square root of
        the resolution: near a simple zero the error is then squared.
        """
        z = self.points[i]
        at = self.evaluate(z)
        repulsion, coincident = self._repulsion(i, doubles)
        if at.is_noise() and not coincident:
            return True
        if coincident:
            step = _scaled_by(z * 1j, -self.precision // 2)
        else:
            quotient = mpmath.mpc(*at.slope) / mpmath.mpc(*at.value)
            step = 1 / ((_scaled_by(quotient, -at.exponent) - repulsion) or 1 / z)
        self.points[i] = z - step or z / 2
        doubles[i] = _double(self.points[i])
        small = mpmath.ldexp(abs(z), -self.precision // 2 - 8)
        return bool(not coincident and abs(step) < small)

    def _repulsion(self, i: int, doubles: list[complex]) -> tuple[mpmath.mpc, bool]:
        """Return the sum of 1 / (z_i - z_j) over the other points, and whether one coincides.

        Doubles suffice, for an error of the sum changes a small correction by the square of it.
        """
        z, double = self.points[i], doubles[i]
        near = _NEAR * abs(double)
        total, rest = 0j, mpmath.mpc(0)
        for j, other in enumerate(doubles):
            gap = double - other
            if abs(gap) > near:  # False for nan
                total += 1 / gap
            elif j != i:
                exact_gap = z - self.points[j]
                if not exact_gap:
                    return rest, True
                rest += 1 / exact_gap
        return rest + total, False

    def evaluate(self, z: mpmath.mpc) -> _Values:
        """Return A and its derivative at z, rounded to the fixed point, by Horner's scheme."""
        n = self.degree
        width = self.precision + n // 2 + 2 * n.bit_length() + 8
        exponent = _binary_logarithm(z)
        x = libmp.to_fixed(z.real._mpf_, width - exponent)
        y = libmp.to_fixed(z.imag._mpf_, width - exponent)
        p, q, d, e = 0, 0, 0, 0
        for c in self._scaled(exponent, width):
            d, e = ((d * x - e * y) >> width) + p, ((d * y + e * x) >> width) + q
            p, q = ((p * x - q * y) >> width) + c, (p * y + q * x) >> width
        error = 3 * (n + 1) * _growth(x * x + y * y, 2 * width, n)
        return _Values(x, y, exponent, width, (p, q), (d, e), error, n * error)

    def _scaled(self, exponent: int, width: int) -> list[int]:
        """Return floor(a_k 2^(exponent k + s)), k descending; the longest has `width` bits."""
        table = self._tables.get((exponent, width))
        if table is None:
            n = self.degree
            shifted = [(a, exponent * (n - i)) for i, a in enumerate(self.coefficients)]
            scale = width - max(a.bit_length() + shift for a, shift in shifted if a)
            table = [_shifted(a, shift + scale) for a, shift in shifted]
            self._tables[exponent, width] = table
        return table

    def _proved(self, bits: int) -> list[_Disc] | None:
        """Return n disjoint discs of radius <= 2^-bits |centre|, or None if this fails as yet."""
        discs = []
        for z in self._upper_points():
            disc = self._inclusion_disc(z)
            if disc is None or mpmath.ldexp(disc.radius, bits) > _modulus_below(disc.centre):
                return None
            discs.append(disc)
            if disc.centre.imag:
                discs.append(_Disc(_exact_conjugate(disc.centre), disc.radius))
        return discs if len(discs) == self.degree and _disjoint(discs) else None

    def _upper_points(self) -> list[mpmath.mpc]:
        """Return the points above the real axis and, projected to it, those nearly on it.

        What is nearly on it is a guess from half the precision; disjoint discs confirm it.
        """
        with mpmath.workprec(self.precision):
            points = []
            for z in self.points:
                if abs(z.imag) <= mpmath.ldexp(abs(z), -self.precision // 2):
                    points.append(mpmath.mpc(z.real, 0))
                elif z.imag > 0:
                    points.append(z)
            return points

    def _inclusion_disc(self, z: mpmath.mpc) -> _Disc | None:
        """Return the disc of radius n |A / A'| around z, rounded to the fixed point, or None."""
        at = self.evaluate(z)
        above = math.isqrt(at.value[0] ** 2 + at.value[1] ** 2) + 1 + at.value_error
        below = math.isqrt(at.slope[0] ** 2 + at.slope[1] ** 2) - at.slope_error
        if below <= 0:
            return None
        radius = _quotient_above(self.degree * above, below, at.exponent)
        unit = at.exponent - at.width
        return _Disc(_complex(at.x, at.y, unit), radius)


def _starting_points(coefficients: list[int]) -> Iterator[mpmath.mpc]:
    """Yield n points on Bini's circles, turned so that they are not symmetric to the real axis."""
    n = len(coefficients) - 1
    hull = _upper_hull([(k, math.log2(abs(a))) for k, a in enumerate(reversed(coefficients)) if a])
    with mpmath.workprec(_FIRST_PRECISION):
        for (k, height), (k_next, height_next) in pairwise(hull):
            modulus = mpmath.mpf(2) ** ((height - height_next) / (k_next - k))
            for j in range(k_next - k):
                angle = 2 * math.pi * (j / (k_next - k) + k / n) + 0.7
                yield modulus * mpmath.mpc(math.cos(angle), math.sin(angle))


def _upper_hull(points: Iterable[tuple[int, float]]) -> list[tuple[int, float]]:
    """Return the corners of the upper convex hull of points in the order of their abscissae."""
    hull: list[tuple[int, float]] = []
    for x, y in points:
        while len(hull) > 1:
            (x0, y0), (x1, y1) = hull[-2:]
            if (y1 - y0) * (x - x0) > (y - y0) * (x1 - x0):
                break
            hull.pop()
        hull.append((x, y))
    return hull


def _rational(coefficients: list[int], bits: int) -> _Disc:
    """Return a disc around the zero of a x + b: of radius 0 if dyadic, otherwise of one unit."""
    a, b = coefficients
    if a < 0:
        a, b = -a, -b
    shift = max(0, a.bit_length(), bits + 2 + a.bit_length() - b.bit_length())
    quotient, remainder = divmod(-b << shift, a)
    return _Disc(_complex(quotient, 0, -shift), _real(1 if remainder else 0, -shift))


def _disjoint(discs: Sequence[_Disc]) -> bool:
    """Tell whether closed discs are disjoint: exact, by a sweep along the real axis."""
    numbers = [(d.centre.real, d.centre.imag, d.radius) for d in discs]
    unit = min((part._mpf_[2] for number in numbers for part in number), default=0)
    exact = sorted(tuple(_in_units(part, min(unit, 0)) for part in number) for number in numbers)
    widest = max((radius for _, _, radius in exact), default=0)
    for i, (x, y, radius) in enumerate(exact):
        for other_x, other_y, other_radius in exact[i + 1 :]:
            if other_x - x > radius + widest:
                break
            if (other_x - x) ** 2 + (other_y - y) ** 2 <= (radius + other_radius) ** 2:
                return False
    return True


def _sorted(
    found: Iterable[tuple[_Disc, int]],
) -> list[tuple[mpmath.mpc, mpmath.mpf, int]]:
    """Return value, radius and multiplicity, by modulus descending, then from above to below."""
    roots = [(disc.centre, disc.radius, multiplicity) for disc, multiplicity in found]
    roots.sort(key=lambda root: (_squared_modulus(root[0]), root[0].imag, root[0].real))
    return roots[::-1]


def _squared_modulus(z: mpmath.mpc) -> mpmath.mpf:
    """Return |z|^2, exactly."""
    real, imaginary = (mpmath.fmul(part, part, exact=True) for part in (z.real, z.imag))
    return mpmath.fadd(real, imaginary, exact=True)


def _growth(square: int, width: int, n: int) -> int:
    """Return an upper bound of max(1, |t|)^n, |t|^2 being square / 2^width with width >= 32."""
    if square <= 1 << width:
        return 1
    half = (n + 1) // 2
    above: int = ((square >> (width - 32)) + 1) ** half
    return (above >> (32 * half)) + 1


def _quotient_above(numerator: int, denominator: int, exponent: int) -> mpmath.mpf:
    """Return numerator / denominator * 2^exponent, rounded upwards to some 53 bits."""
    shift = 53 + denominator.bit_length() - numerator.bit_length()
    if shift < 0:
        denominator <<= -shift
    return _real(-((-numerator << max(shift, 0)) // denominator), exponent - shift)


def _modulus_below(z: mpmath.mpc) -> mpmath.mpf:
    """Return the greater of |Re z| and |Im z|, exactly: a lower bound of |z|."""
    return max(mpmath.mp.make_mpf(libmp.mpf_abs(part._mpf_)) for part in (z.real, z.imag))


def _binary_logarithm(z: mpmath.mpc) -> int:
    """Return log2 |z| rounded to an integer; which one, where two are as near, does not matter."""
    rough = int(mpmath.mag(z))
    return rough + round(math.log2(abs(complex(_scaled_by(z, -rough)))))


def _double(z: mpmath.mpc) -> complex:
    """Return z as a complex double, or nan if it is too large or too small to calculate with."""
    return complex(z) if abs(mpmath.mag(z)) < _DOUBLE_EXPONENTS else complex(math.nan, math.nan)


def _shifted(value: int, shift: int) -> int:
    return value << shift if shift >= 0 else value >> -shift


def _scaled_by(z: mpmath.mpc, exponent: int) -> mpmath.mpc:
    """Return z 2^exponent, exactly."""
    parts = (libmp.mpf_shift(part._mpf_, exponent) for part in (z.real, z.imag))
    return mpmath.mp.make_mpc(tuple(parts))


def _exact_conjugate(z: mpmath.mpc) -> mpmath.mpc:
    """Return the conjugate of z; that of mpmath rounds to the working precision."""
    return mpmath.mp.make_mpc((z.real._mpf_, libmp.mpf_neg(z.imag._mpf_)))


def _complex(x: int, y: int, exponent: int) -> mpmath.mpc:
    """Return (x + iy) 2^exponent, exactly."""
    return mpmath.mp.make_mpc((libmp.from_man_exp(x, exponent), libmp.from_man_exp(y, exponent)))


def _real(x: int, exponent: int) -> mpmath.mpf:
    return mpmath.mp.make_mpf(libmp.from_man_exp(x, exponent))


def _in_units(x: mpmath.mpf, exponent: int) -> int:
    """Return x / 2^exponent, an integer."""
    sign, mantissa, own, _ = x._mpf_
    shifted = int(mantissa) << int(own - exponent)
    return -shifted if sign else shifted
