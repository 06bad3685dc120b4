"""Winding numbers of many kernels at once, in doubles with proved error bounds.

`stabkit.spectrum.circle.winding` has the method and its proof for one polynomial; here each row of
an array is one. Along theta_j = 2 pi j / M, M a power of two of at least 8 (L + 2), is followed

    h(theta) = e^(-i c theta) H(e^(i theta)),  c = (L + 1) / 2,

for H(z) = (1 - z)^2 G(z) = sum b_m z^m has few terms (`stabkit.model.kernel`).

*Start.* With g_m > 0, W = sum g_m and n = (L - 1) / 2,

    Re[e^(-i n theta) G(e^(i theta))] = sum g_m cos((m - n) theta) >= W (1 - n^2 theta^2 / 2),

which is more than W / 2 on the arc of theta_2, where n theta <= 5 pi / 16: up to there G has no
zero, and its argument, followed from theta = 0, is within pi / 3 of n theta. That of (1 - z)^2 is
theta - pi: the argument of h is within pi / 3 of n theta + theta - pi - c theta = -pi.

*Arcs.* The arc of half-width w = pi / M around theta_j passes by a value v of h, first by

    |v| > 1.01 (E_0 + w (|h'| + E_1) + w^2 / 2 (|h''| + E_2) + w^3 / 6 sum |b_m| |m - c|^3),

with h' and h'' from transforms and E_i the errors of all three; and what does not pass, by Taylor
polynomials at theta_j, on halves of the arc, on halves of those, and so on.
|m - c| w <= q = pi / 16, so that their coefficients are at most q^k / k! sum |b_m|.

*End.* At theta = pi the argument of G is a multiple of pi, and so many zeros has the disc: over pi,
the argument of h and c, rounded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..circle.arcs import MARGIN
from ..circle.fourier import PHASE_ERROR, UNIT_ROUNDOFF, roots_of_unity, transform_error
from ..circle.sparse_polynomial import TAYLOR_ORDER, Complexes, Floats, Integers
from ..circle.winding import evaluate
from .mixes import Mask

__all__ = ["zeros_by_winding"]

_SAMPLES = 8  # times L + 2, at least, around the circle
_START = 2  # the sample from which the argument is followed
_SLACK = 1 + 1e-9  # for the rounding of bounds
_UNDERFLOW = 1e-280  # more than what underflows in sums of numbers of at most 1
_AT_ONCE = 2**19  # products at a time
_ORDERS = np.arange(TAYLOR_ORDER + 1)
_REACH = math.pi / 16  # q
_HORNER = (2 * TAYLOR_ORDER + 4) * 4 * UNIT_ROUNDOFF


def zeros_by_winding(exponents: Integers, terms: Floats) -> Integers:
    """Return the number of zeros of G in |z| < 1 for each kernel that has none on the circle.

    * `exponents` (int array of shape (T,)): of the terms of H, ascending; the first one is 0 and
      the last one L + 1.
    * `terms` (array of shape (N, T)): the coefficients of H, exact, a row for each kernel, the
      largest modulus in [1/2, 1). All g_m must be positive, as the start needs.

    Proved; -1 where rounding may hide the answer.

    >>> kernels = np.array([[0.25, 0.5, 1.0], [1.0, 0.5, 0.25], [1.0, 0.5, 1.0]])
    >>> terms = np.diff(kernels, 2, prepend=[[0, 0]] * 3, append=[[0, 0]] * 3) / 2
    >>> zeros_by_winding(np.arange(5), terms).tolist()
    [2, 0, -1]
    """
    paths = _Paths.of(exponents, terms)
    open_rows, samples = np.nonzero(~paths.certified[:, _START:])
    parts, hopeless = _bisected(paths, open_rows, samples + _START)
    turned = _turned_at_samples(paths) + _turned_between(paths, parts)
    started = np.angle(-_first_values(paths, parts)) - math.pi
    zeros = np.rint((started + turned) / math.pi + paths.degree / 2)
    return np.where(hopeless, -1, zeros).astype(np.int64)


@dataclass(frozen=True)
class _Paths:
    """Samples of H, a row for each kernel, j = 0 ... M / 2, and which stand for their arcs.

    `sizes` are the sums of |b_m|.
    """

    exponents: Integers
    terms: Floats
    sizes: Floats
    size: int
    values: Complexes
    certified: Mask

    @classmethod
    def of(cls, exponents: Integers, terms: Floats) -> _Paths:
        """Return the samples of kernels, as `zeros_by_winding` takes them."""
        size = 1 << (_SAMPLES * (int(exponents[-1]) + 1) - 1).bit_length()
        width, frequencies = math.pi / size, exponents - exponents[-1] / 2
        moduli = np.abs(terms)
        values = _transforms(exponents, terms, size)
        reach = (moduli @ np.abs(width * frequencies) ** 3 / 6)[:, None]
        missed = _transform_errors(terms, size)
        for order in (1, 2):
            weights = terms * (width * frequencies) ** order / order
            reach = reach + np.abs(_transforms(exponents, weights, size))
            missed = missed + _transform_errors(weights, size)
        reach = (reach + missed[:, None]) * _SLACK + _UNDERFLOW
        certified = np.abs(values) > reach * MARGIN
        return cls(exponents, terms, moduli.sum(axis=1), size, values, certified)

    @property
    def degree(self) -> int:
        """L + 1, the degree of H."""
        return int(self.exponents[-1])

    def centred(self, samples: Any, rows: Any = slice(None)) -> Complexes:
        """Return the values of h at samples."""
        phases = roots_of_unity(-self.degree * np.asarray(samples), self.size)
        centred: Complexes = self.values[rows, samples] * phases
        return centred

    def models(self, rows: Integers, samples: Integers) -> Complexes:
        """Return the Taylor coefficients of t -> h(theta_j + t w), a row for each sample."""
        frequencies = 2 * self.exponents - self.degree
        steps = frequencies * (math.pi / 2 / self.size)
        powers = np.cumprod([np.ones(len(steps)), *(steps / k for k in _ORDERS[1:])], axis=0)
        many = max(1, _AT_ONCE // len(steps))
        sums = [
            (self.terms[r] * roots_of_unity(np.multiply.outer(j, frequencies), self.size))
            @ powers.T
            for r, j in zip(_cut(rows, many), _cut(samples, many), strict=True)
        ]
        return np.concatenate(sums) * 1j**_ORDERS


@dataclass(frozen=True)
class _Parts:
    """Certified parts of arcs: row and sample of each, its centre theta_j + t w, the value of h."""

    rows: Integers
    samples: Integers
    offsets: Floats
    values: Complexes


def _bisected(paths: _Paths, rows: Integers, samples: Integers) -> tuple[_Parts, Mask]:
    """Return certified parts of the arcs given, and the rows of which one is left open."""
    hopeless = np.zeros(len(paths.terms), bool)
    if not len(rows):
        return _Parts(rows, samples, np.zeros(0), np.zeros(0, complex)), hopeless
    models = paths.models(rows, samples)
    bends = np.abs(models) @ (_ORDERS * (_ORDERS - 1.0))
    missed = _model_error(len(paths.exponents)) * paths.sizes[rows] * _SLACK + _UNDERFLOW
    slope_missed = _HORNER * paths.sizes[rows]
    (arcs, offsets), half = _halves(samples, paths.size), 0.5
    found = []
    while len(arcs):
        value, slope = evaluate(models[arcs], offsets)
        reach = half * (np.abs(slope) + slope_missed[arcs]) + half**2 / 2 * bends[arcs]
        passed = np.abs(value) > (reach * _SLACK + missed[arcs]) * MARGIN
        at = arcs[passed]
        found.append((rows[at], samples[at], offsets[passed], value[passed]))
        hopeless[rows[arcs[~passed & (reach < missed[arcs] / 4)]]] = True
        going = ~passed & ~hopeless[rows[arcs]]
        half /= 2
        arcs = np.repeat(arcs[going], 2)
        offsets = np.repeat(offsets[going], 2) + np.tile([-half, half], len(arcs) // 2)
    return _Parts(*(np.concatenate(column) for column in zip(*found, strict=True))), hopeless


def _halves(samples: Integers, size: int) -> tuple[Integers, Floats]:
    """Return which arcs the halves between sample 2 and pi are of, and their centres."""
    arcs, offsets = np.repeat(np.arange(len(samples)), 2), np.tile([-0.5, 0.5], len(samples))
    before = (samples[arcs] == _START) & (offsets < 0)
    beyond = (samples[arcs] == size // 2) & (offsets > 0)
    return arcs[~before & ~beyond], offsets[~before & ~beyond]


def _first_values(paths: _Paths, parts: _Parts) -> Complexes:
    """Return h at sample 2, or at the centre of the first part of its arc."""
    values = paths.centred(_START)
    at_start = np.flatnonzero(parts.samples == _START)
    last_first = at_start[np.argsort(-parts.offsets[at_start])]
    values[parts.rows[last_first]] = parts.values[last_first]
    return values


def _turned_at_samples(paths: _Paths) -> Floats:
    """Return how far arg h turns between neighbouring samples that stand for their arcs."""
    values, passed = paths.values[:, _START:], paths.certified[:, _START:]
    turning = roots_of_unity(np.array([-paths.degree]), paths.size)
    turns = np.angle(values[:, 1:] * np.conj(values[:, :-1]) * turning)
    turned: Floats = np.sum(turns, axis=1, where=passed[:, 1:] & passed[:, :-1])
    return turned


def _turned_between(paths: _Paths, parts: _Parts) -> Floats:
    """Return how far arg h turns along the parts, from the samples before to the samples after."""
    open_arcs = ~paths.certified[:, _START:]
    beside = np.zeros_like(open_arcs)
    beside[:, 1:] |= open_arcs[:, :-1]
    beside[:, :-1] |= open_arcs[:, 1:]
    rows, samples = np.nonzero(beside & ~open_arcs)
    samples += _START
    values = np.concatenate([parts.values, paths.centred(samples, rows)])
    part = np.arange(len(values)) < len(parts.rows)
    offsets = np.concatenate([parts.offsets, np.zeros(len(rows))])
    rows = np.concatenate([parts.rows, rows])
    order = np.lexsort((offsets, np.concatenate([parts.samples, samples]), rows))
    rows, values, part = rows[order], values[order], part[order]
    turns = np.angle(values[1:] * np.conj(values[:-1]))
    joined = (rows[1:] == rows[:-1]) & (part[1:] | part[:-1])
    return np.bincount(rows[1:][joined], turns[joined], len(paths.terms)).astype(np.float64)


def _transforms(exponents: Integers, terms: Floats, size: int) -> Complexes:
    """Return sum_m terms_m exp(i m theta_j) for j = 0 ... M / 2, a row for each row of terms."""
    dense = np.zeros((len(terms), size))
    dense[:, exponents] = terms
    values: Complexes = np.conj(np.fft.rfft(dense))
    return values


def _transform_errors(terms: Floats, size: int) -> Floats:
    """Bound the error of each row of `_transforms` of terms that are rounded eight times."""
    norms = np.sqrt(np.sum(terms**2, axis=1))
    relative = transform_error(size.bit_length() - 1) * math.sqrt(size)
    relative += 8 * math.sqrt(terms.shape[1]) * UNIT_ROUNDOFF
    errors: Floats = relative * norms * (1 + terms.shape[1] * UNIT_ROUNDOFF) + _UNDERFLOW
    return errors


def _model_error(count: int) -> float:
    """Return how far h may be from the value of its model on the arc, over sum |b_m|.

    The weights of `count` terms are rounded 4 k + 4 times at most; sums and phases are in error as
    in `stabkit.spectrum.circle.sparse_polynomial`.
    """
    rounding = (4 + 2 * count + 4 * TAYLOR_ORDER + 4) * UNIT_ROUNDOFF + PHASE_ERROR
    remainder = _REACH ** (TAYLOR_ORDER + 1) / math.factorial(TAYLOR_ORDER + 1)
    return (rounding + _HORNER) * math.exp(_REACH) + remainder


def _cut(array: Integers, size: int) -> list[Integers]:
    return np.split(array, range(size, len(array), size))
