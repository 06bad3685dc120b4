"""What a count by the winding number rests on, small enough to be printed and to be checked again.

The count itself (`by_winding`) keeps of its arcs only what it needs. Here the same is done for the
coefficients of P = G / C, C = gcd(G, G*), term by term, and all is kept: how many arcs of the upper
half circle are certified, the argument of P along them, and an enclosure of the least |P|.

*The least |P|.* h(theta) = e^(-i c theta) P(e^(i theta)) has the modulus of P. On the arc of a
sample a Taylor model v(t), |t| <= 1, differs from h by at most e, and v from its value at the
centre t0 of a part |t - t0| <= w by at most r = w |v'(t0)| + w^2/2 max |v''|. So |P| there is at
least |v(t0)| - r - e, and at most |v(t0)| + e somewhere. Beginning with all arcs, parts are halved
whose lower bound is below 0.9999 of the least upper one; every part left out has a larger one.

By the theorem of Rouche a polynomial Q has as many zeros in the disc as P, and none on the circle,
if the moduli of the coefficients of Q - P add up to less than that minimum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from flint import fmpz_poly

from ...model.kernel import MemoryKernel
from ..circle.arcs import PathStart
from ..circle.ball_arcs import resolve_arcs
from ..circle.budget import Budget
from ..circle.fourier import UNIT_ROUNDOFF
from ..circle.sparse_polynomial import CirclePolynomial, Complexes, Floats, Integers
from ..circle.winding import PhasePath, directions, evaluate, follow_phase
from .self_reciprocal import CircleFactor, circle_factors, self_reciprocal_part

__all__ = ["CircleEvidence", "circle_evidence"]

_BITS = 1024  # arcs are halved down to 2^-1024: no kernel of interest needs more
_ORDERS = 4
_POINTS = 400  # of the path, for a figure
_CLOSE = 0.9999
_ROUNDS = 60
_MOST_ARCS = 1 << 18  # of 13 complex numbers each


@dataclass(frozen=True)
class CircleEvidence:
    """The winding number of P = G / gcd(G, G*) along the upper half of the unit circle.

    * `common`: gcd(G, G*), ascending, which holds all zeros of G on the circle, and those that come
      in pairs z, 1/z off it; (1,) if there are none.
    * `factors`: its squarefree parts, with the counts of their zeros on the circle; of the others
      one of each pair is in the disc, beside `zeros`.
    * `arcs`: on each of so many arcs the argument of P is proved to stay within a right angle.
    * `narrow_arcs`: how many of them needed more than double precision.
    * `zeros`: of P in the open unit disc: the change of argument from theta = 0 to pi, over pi.
    * `least`: a lower and an upper bound of min |P(e^(i theta))| / P(1); None where double
      precision does not give them.
    * `angle`: where the upper bound is taken, 0 <= theta <= pi.
    * `path`: theta / pi and (arg P) / pi, continuous along the half circle.

    >>> from stabkit import Workload
    >>> kernel = MemoryKernel.of(Workload.from_classes([(5, 3), (5, 5)]))
    >>> found = circle_evidence(kernel)
    >>> found.zeros, found.common, found.path[0], found.path[-1]
    (2, (1,), (0.0, 0.0), (1.0, 2.0))
    """

    common: tuple[int, ...]
    factors: tuple[CircleFactor, ...]
    arcs: int
    narrow_arcs: int
    zeros: int
    least: tuple[float, float] | None
    angle: float
    path: tuple[tuple[float, float], ...]


def circle_evidence(kernel: MemoryKernel) -> CircleEvidence | None:
    """Return what proves the counts of a dense kernel; None where an arc stays undecided.

    * `kernel`: of at least 3 terms; all of them are listed.
    """
    whole = fmpz_poly(list(kernel.coefficients))
    common = self_reciprocal_part(whole)
    coefficients = [int(c) for c in (whole // common).coeffs()]
    polynomial = _on_circle(coefficients)
    budget = Budget()
    path = follow_phase(polynomial, PathStart(0, 0.0), budget)
    certain = len(_arcs(path).samples)
    resolve_arcs(path, dict(enumerate(coefficients)), _BITS, budget, _ORDERS)
    zeros = path.half_turns()
    if zeros is None:
        return None
    arcs = _arcs(path)
    least, angle = _least(polynomial)
    return CircleEvidence(
        common=tuple(int(c) for c in (common // common.content()).coeffs()),
        factors=tuple(circle_factors(common)),
        arcs=len(arcs.samples),
        narrow_arcs=len(arcs.samples) - certain,
        zeros=zeros,
        least=least,
        angle=angle,
        path=_thinned(polynomial, arcs, zeros),
    )


def _on_circle(coefficients: list[int]) -> CirclePolynomial:
    """Return P over P(1), which is positive, in double precision."""
    total = sum(coefficients)
    values = np.array([c / total for c in coefficients])
    return CirclePolynomial(np.arange(len(coefficients)), values, 2 * UNIT_ROUNDOFF)


class _Arcs(NamedTuple):
    """All certified arcs in order: their centres pi (2 sample + offset) / N, and f of each."""

    samples: Integers
    offsets: Floats
    values: Complexes


def _arcs(path: PhasePath) -> _Arcs:
    """Return the arcs of a path, those within its runs of samples too."""
    order = np.lexsort((path.offsets, path.samples))
    samples, ahead = path.samples[order], path.ahead[order]
    firsts = np.flatnonzero(~np.isnan(ahead))
    runs = [np.arange(samples[i] + 1, samples[i + 1]) for i in firsts]
    within = np.concatenate([np.zeros(0, dtype=np.int64), *runs])
    values = np.empty(path.polynomial.size // 2 + 1, dtype=complex)
    for indices, models in path.polynomial.models():
        values[indices] = directions(models)[1]
    all_samples = np.concatenate([path.samples, within])
    all_offsets = np.concatenate([path.offsets, np.zeros(len(within))])
    order = np.lexsort((all_offsets, all_samples))
    return _Arcs(
        all_samples[order], all_offsets[order], np.concatenate([path.values, values[within]])[order]
    )


def _thinned(
    polynomial: CirclePolynomial, arcs: _Arcs, zeros: int
) -> tuple[tuple[float, float], ...]:
    """Return theta / pi and arg P / pi at arcs that are about equally far from each other."""
    angles = (2 * arcs.samples + arcs.offsets) / polynomial.size
    units = arcs.values / np.abs(arcs.values)
    turns = np.append(np.angle(units[:1]), np.angle(units[1:] * units[:-1].conj()))
    arguments = np.cumsum(turns) / math.pi + polynomial.degree / 2 * angles
    angles, arguments = np.append(angles, 1.0), np.append(arguments, float(zeros))
    rise = np.abs(np.diff(arguments)) / max(1.0, float(np.ptp(arguments)))
    along = np.append(0.0, np.cumsum(np.abs(np.diff(angles)) + rise))
    chosen = np.unique(np.searchsorted(along, np.linspace(0, along[-1], _POINTS)))
    inner = chosen[chosen < len(units)]
    arguments[inner] += np.angle(_h(polynomial, angles[inner]) / units[inner]) / math.pi
    return tuple((float(angles[i]), float(arguments[i])) for i in chosen)


def _h(polynomial: CirclePolynomial, angles: Floats) -> Complexes:
    """Return h at theta = pi `angles`."""
    phases: Complexes = np.exp(1j * math.pi * np.multiply.outer(angles, polynomial.frequencies))
    values: Complexes = phases @ polynomial.coefficients
    return values


def _least(polynomial: CirclePolynomial) -> tuple[tuple[float, float] | None, float]:
    """Return bounds of the least modulus on the circle, and an angle where it is about that."""
    samples = np.arange(polynomial.size // 2 + 1)
    models = polynomial.taylor(samples, by_transform=True)
    rows, offsets = samples, np.zeros(len(samples))
    half, best, angle = 1.0, math.inf, 0.0
    for _ in range(_ROUNDS):
        value, slope = evaluate(models.coefficients[rows], offsets)
        sizes = np.abs(value)
        i = int(np.argmin(sizes))
        if sizes[i] + models.error < best:
            best = float(sizes[i] + models.error) * (1 + 8 * UNIT_ROUNDOFF)
            angle = math.pi * float(2 * rows[i] + offsets[i]) / polynomial.size
        reach = half * (np.abs(slope) + models.slope_error) + half**2 / 2 * models.bends[rows]
        lower = sizes - reach - models.error - 16 * UNIT_ROUNDOFF * (sizes + reach)
        open_ = lower < _CLOSE * best
        if not np.any(open_):
            return (_CLOSE * best, best), min(abs(angle), 2 * math.pi - abs(angle))
        if np.count_nonzero(open_) > max(_MOST_ARCS, len(samples)):  # they are halved in vain
            break
        half /= 2
        rows = np.repeat(rows[open_], 2)
        signs = np.tile([-1.0, 1.0], len(rows) // 2)
        offsets = np.repeat(offsets[open_], 2) + half * signs
    return None, angle
