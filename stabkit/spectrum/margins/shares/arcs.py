"""Shares with a mode on the unit circle: lower bounds of their distance, arc by arc.

G_k(z) = sum_(m < l_k) (s_k + m + 1) z^m is the kernel of class k alone, and G = sum p_k G_k. With
shares q = p + d, sum d_k = 0, there is a mode on the circle at z = e^(i theta) iff

    sum_k d_k G_k(z) = -G(z).                                                                 (1)

*Duality.* Let a(u) be the vector of the Re(conj(u) G_k(z)) less their mean over k, which is their
orthogonal projection onto sum = 0, and b(u) = Re(conj(u) G(z)). For every complex u != 0, (1) and
sum d_k = 0 imply a(u) . d = -b(u), hence by Cauchy-Schwarz

    ||d||_2 >= |b(u)| / ||a(u)||_2,                                                           (2)

and no d at all where a(u) = 0 != b(u). The least d of (1) is a combination -(x a(1) + y a(i)) if
there is any; then ||d||^2 = x b(1) + y b(i) = b(u) = ||a(u)||^2 for u = x + iy, so that the maximum
over u is attained: the bound is sharp. A bound needs one u, good or bad.

*Arcs.* All functions of theta below are multiplied by e^(-ic theta), which is absorbed in u; c,
the centre of mass of the kernel, keeps derivatives small. On an arc |t| <= w around a centre, for
a fixed u with |u| <= 1, Taylor's theorem gives

    |b| >= |b_0 + t b_1| - e,           e  = w^2 / 2 (|b_2| + w / 3 sum_k p_k M_(3,k)),
    ||a|| <= ||a_0 + t a_1|| + e',      e' = w^2 / 2 (||a_2|| + w / 3 ||M_3||),

with the derivatives b_i, a_i at the centre and M_(3,k) = sum_m |m - c|^3 (s_k + m + 1). Let
b_0 >= 0 (else take -u) and b_0 + t b_1 - e >= 0 at t = -w and t = w. It is then nonnegative in
between, being affine, while the right side of the second line is convex. So if m >= 0 and
b_0 + t b_1 - e >= m (||a_0 + t a_1|| + e') at both ends, then on the arc, the difference being
concave. Hence

    the distance is at least min over t = -w, w of (b_0 + t b_1 - e) / (||a_0 + t a_1|| + e').  (3)

Where the best u varies smoothly and the distance has its minimum, the loss is O(w^2).

*Which arcs.* For q in the simplex G_q has nonnegative coefficients and a positive one at m = 0. If
0 <= theta (L - 1) < pi, all sin(m theta) are nonnegative, and positive for 0 < m < L if theta > 0:
either Im G_q > 0 or G_q = g_0 > 0. So only pi / (L - 1) <= theta <= pi is searched; the lower half
circle is the mirror image.

*Rounding.* theta = pi n / 2^48 with an integer n, so that for m = r a + b, r^2 >= L, the phases
(r a - c) theta and b theta are reduced modulo 2 pi exactly; cosine and sine are then in error by at
most 32 u (`stabkit.spectrum.circle.sparse_polynomial`). The product of these two units, e^(i (m -
c) theta), is rounded by sqrt(5) u, hence in error by less than 67 u.
As s_k + m + 1 = (s_k + 1 + c) + (m - c), the derivatives are sums over powers of m - c alone, whose
terms have the absolute values N_(i,k) = sum_m |m - c|^i (s_k + 1 + c + |m - c|) in total. Sums of L
terms, in any order, are in error by gamma_(L+8) times that, and sums over the classes add
gamma_(K+8). So every G_k^(i) is in error by at most eta N_(i,k), G^(i) by eta sum p_k N_(i,k) and
the projected vector by eta ||N_i||_2 at most, with eta = 4 (L + K + 64) u, which is more than twice
what these add up to. The errors enter e and e' with the factors 1, w, w^2 / 2 of the Taylor terms.

References
----------
docs/model.md, Kernel. S. Boyd, L. Vandenberghe, *Convex Optimization*, Cambridge 2004, section 5.9
(duality). N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., SIAM 2002,
chapter 3.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ....model.request_classes import RequestClass
from ...circle.fourier import UNIT_ROUNDOFF
from ...circle.sparse_polynomial import Complexes, Floats, Integers

__all__ = [
    "HALF_TURN",
    "ArcBounds",
    "ClassCurves",
    "Derivatives",
    "best_direction",
    "distance_bounds",
    "gram",
]

HALF_TURN = 1 << 48  # theta = pi n / HALF_TURN
_ORDERS = 3  # derivatives 0, 1, 2
_CHUNK = 1 << 20  # numbers per array, at a time


class ArcBounds(NamedTuple):
    """For each arc the bound (3) and, not proved, (2) at its centre for the same u, less rounding.

    The second is about what (3) tends to as the arc shrinks to its centre: 0 where rounding hides
    everything.
    """

    lower: Floats
    at_centre: Floats


class Derivatives(NamedTuple):
    """Of order 0, 1 and 2 by theta: of the projected G_k, shape (arcs, K), and of G."""

    centred: list[Complexes]
    mix: list[Complexes]


class ClassCurves:
    """The curves e^(-ic theta) G_k(e^(i theta)) of some classes, and their mean by shares.

    * `classes`: K >= 2 of them; L at most 4000, so that the products of integers fit 64 bits.
    """

    largest = 2.0  # more than the distance of any two points of the simplex
    work = 1  # of an evaluation

    def __init__(self, classes: Sequence[RequestClass]) -> None:
        self.shares = np.array([float(c.share) for c in classes])
        self.inputs = np.array([float(c.input_length) for c in classes])
        lengths = np.array([c.decode_length for c in classes])
        self.distinct, self.column = np.unique(lengths, return_inverse=True)
        self.length = int(self.distinct[-1])
        m = np.arange(self.length)
        survivors = np.array([self.shares[lengths > j].sum() for j in m])
        self.doubled_centre = int(np.sum(2 * m * survivors) / np.sum(survivors))
        self.frequencies = m - self.doubled_centre / 2
        self.eta = 4 * (self.length + len(classes) + 64) * UNIT_ROUNDOFF
        self.thirds = self._moments(3, self.inputs, np.arange(1.0, self.length + 1))
        self.mix_moment = float(self.shares @ self.thirds)
        self.moment_norm = float(np.linalg.norm(self.thirds))
        self.offsets = self.inputs + 1 + self.doubled_centre / 2
        sizes = [self._moments(i, self.offsets, np.abs(self.frequencies)) for i in range(_ORDERS)]
        self.sizes = sizes
        self.mix_sizes = [float(self.shares @ size) for size in sizes]
        self.size_norms = [float(np.linalg.norm(size)) for size in sizes]

    def _moments(self, order: int, constant: Floats, growing: Floats) -> Floats:
        """Return sum_(m < l_k) |m - c|^order (constant_k + growing_m), and 1e-9 for rounding."""
        powers = np.abs(self.frequencies) ** order
        plain = np.cumsum(powers)[self.distinct - 1][self.column]
        grown = np.cumsum(powers * growing)[self.distinct - 1][self.column]
        return np.asarray((constant * plain + grown) * (1 + 1e-9))

    def sums(self, angles: Integers) -> list[Complexes]:
        """Return sum_(m < l_k) (s_k + m + 1) (m - c)^i e^(i (m - c) theta), i = 0, 1, 2."""
        size = math.isqrt(self.length - 1) + 1
        coarse = _units(angles, 2 * size * np.arange(size) - self.doubled_centre)
        fine = _units(angles, 2 * np.arange(size))
        products = coarse[:, :, None] * fine[:, None, :]
        terms = products.reshape(len(angles), size * size)[:, : self.length]
        starts = np.concatenate([[0], self.distinct[:-1]])
        moments = []
        for _ in range(_ORDERS + 1):
            segments = np.add.reduceat(terms, starts, axis=1)
            moments.append(np.cumsum(segments, axis=1)[:, self.column])
            terms *= self.frequencies
        return [self.offsets * moments[i] + moments[i + 1] for i in range(_ORDERS)]

    def norms(self, vectors: Floats) -> Floats:
        """Return the dual norm of every row: here the Euclidean one."""
        return np.asarray(np.linalg.norm(vectors, axis=1))

    def reduced(self, vectors: list[Floats]) -> list[Floats]:
        """Return a(u) and its derivatives up to what sum d_k = 0 allows; they are projected."""
        return vectors

    def directions(self, found: Derivatives, width: Floats) -> list[Complexes]:
        """Return candidates for u: the best one at the centre, and two that mind the arc's width.

        The maximum of (u . beta)^2 / (u . Gamma u) is at u = Gamma^-1 beta, with the Gram matrix
        Gamma of real and imaginary parts; the others add w^2 times that of the derivatives, or its
        trace.
        """
        with np.errstate(all="ignore"):
            here, slope = gram(found.centred[0]), gram(found.centred[1])
            trace = slope[0] + slope[2]
            ridges = [
                tuple(1e-14 * t * np.array(here[0] + here[2]) for t in (1, 0, 1)),
                tuple(width**2 * part for part in slope),
                (width**2 * trace, 0.0, width**2 * trace),
            ]
            beta = found.mix[0]
            candidates = [
                best_direction(here[0] + xx, here[1] + xy, here[2] + yy, beta)
                for xx, xy, yy in ridges
            ]
            return [*candidates, np.nan_to_num(beta / np.abs(beta))]

    def least_step(self, angle: int) -> Floats:
        """Return the least d of sum d_k G_k = -G in doubles; of one equation if dependent."""
        found = self.derivatives(np.array([angle]))
        rows, right = found.centred[0][0], found.mix[0][0]
        system = np.array([rows.real, rows.imag])
        aim = -np.array([right.real, right.imag])
        return np.asarray(np.linalg.lstsq(system, aim, rcond=1e-9)[0])

    def derivatives(self, angles: Integers) -> Derivatives:
        """Return the derivatives by theta, the vectors projected onto sum = 0."""
        curves = [sums * 1j**i for i, sums in enumerate(self.sums(angles))]
        mixes = [curve @ self.shares for curve in curves]
        pairs = zip(curves, mixes, strict=True)
        return Derivatives([self.centred(curve, mix) for curve, mix in pairs], mixes)

    def centred(self, curve: Complexes, mix: Complexes) -> Complexes:
        """Return the G_k projected onto sum = 0."""
        return np.asarray(curve - curve.mean(axis=1, keepdims=True))


def _units(angles: Integers, doubled: Integers) -> Complexes:
    """Return e^(i doubled theta / 2), a row for each theta, from exactly reduced phases."""
    turns = (np.outer(angles, doubled) + 2 * HALF_TURN) % (4 * HALF_TURN) - 2 * HALF_TURN
    phases = turns * (math.pi / (2 * HALF_TURN))
    units: Complexes = np.cos(phases) + 1j * np.sin(phases)
    return units


def distance_bounds(curves: ClassCurves, angles: Integers, halves: Integers) -> ArcBounds:
    """Return a lower bound of ||q - p||_2 for all q with a mode on the circle in each arc.

    * `angles`, `halves` (int arrays): centres and half-widths of the arcs, in units of pi /
      HALF_TURN.

    At theta = pi, with kernels (2) and (2, 3) and equal shares: (2 + d - 3 (1/2 - d)) = 0 at
    q = (1/2 - d, 1/2 + d) for d = 1/6, at distance sqrt(2) / 6.

    >>> from fractions import Fraction
    >>> classes = [RequestClass(Fraction(1), n, Fraction(1, 2)) for n in (1, 2)]
    >>> bounds = distance_bounds(ClassCurves(classes), np.array([HALF_TURN]), np.array([0]))
    >>> bool(abs(bounds.lower[0] - 2**0.5 / 6) < 1e-12)
    True
    """
    rows = max(1, _CHUNK // (curves.length + len(curves.shares)))
    parts = [
        _best_bounds(curves, angles[i : i + rows], halves[i : i + rows])
        for i in range(0, len(angles), rows)
    ]
    return ArcBounds(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _best_bounds(curves: ClassCurves, angles: Integers, halves: Integers) -> ArcBounds:
    found = curves.derivatives(angles)
    width = np.asarray(halves * (math.pi / HALF_TURN) * (1 + 1e-15), dtype=np.float64)
    best = ArcBounds(np.zeros(len(angles)), np.zeros(len(angles)))
    for u in curves.directions(found, width):
        bounds = _bounds(curves, found, u, width)
        tied = (bounds.lower == best.lower) & (bounds.at_centre > best.at_centre)
        better = (bounds.lower > best.lower) | tied
        best = ArcBounds(*(np.where(better, b, a) for a, b in zip(best, bounds, strict=True)))
    return best


def best_direction(xx: Floats, xy: Floats, yy: Floats, beta: Complexes) -> Complexes:
    """Return u / |u| for u = Gamma^-1 beta, with the entries of Gamma."""
    u = (yy * beta.real - xy * beta.imag) + 1j * (xx * beta.imag - xy * beta.real)
    return np.asarray(np.nan_to_num(u / np.abs(u)))


def gram(vectors: Complexes) -> tuple[Floats, Floats, Floats]:
    """Return the entries xx, xy, yy of the Gram matrix of real and imaginary parts, by row."""
    x, y = vectors.real, vectors.imag
    return np.sum(x * x, axis=1), np.sum(x * y, axis=1), np.sum(y * y, axis=1)


def _bounds(curves: ClassCurves, found: Derivatives, u: Complexes, width: Floats) -> ArcBounds:
    """Return (3) with this u, |u| <= 1 up to rounding, which the factor of eta covers."""
    a = curves.reduced([(np.conj(u)[:, None] * v).real for v in found.centred])
    b = [(np.conj(u) * v).real for v in found.mix]
    bend, bulge = _remainders(curves, a, b, width)
    noise = [curves.eta * sizes[0] for sizes in (curves.mix_sizes, curves.size_norms)]
    sign = np.sign(b[0])
    lower = np.full(len(width), math.inf)
    for t in (-width, width):
        above = sign * (b[0] + t * b[1]) - bend
        below = curves.norms(a[0] + t[:, None] * a[1]) + bulge
        lower = np.minimum(lower, np.maximum(above, 0.0) / below)
    above, below = np.abs(b[0]) - noise[0], curves.norms(a[0]) + noise[1]
    slack = 1 - 4 * curves.eta  # norms, quotients
    return ArcBounds(lower * slack, np.maximum(above, 0.0) / below)


def _remainders(
    curves: ClassCurves, a: Sequence[Floats], b: Sequence[Floats], width: Floats
) -> tuple[Floats, Floats]:
    """Return e and e' with all rounding: of |b| and of ||a|| less their linear parts on the arc.

    That of `ClassCurves.reduced` is in e' too: a unit roundoff of every number.
    """
    noise = [
        curves.eta * 1.001 * (n[0] + width * n[1] + width**2 / 2 * n[2])
        for n in (curves.mix_sizes, curves.size_norms)
    ]
    bend = np.abs(b[2]) + width / 3 * curves.mix_moment
    norms = [curves.norms(vectors) for vectors in a]
    bulge = norms[2] + width / 3 * curves.moment_norm
    reducing = 2 * UNIT_ROUNDOFF * (norms[0] + width * norms[1] + width**2 / 2 * norms[2])
    return (
        (width**2 / 2 * bend + noise[0]) * (1 + 1e-9),
        (width**2 / 2 * bulge + noise[1] + reducing) * (1 + 1e-9),
    )
