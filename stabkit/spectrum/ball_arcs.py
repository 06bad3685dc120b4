"""Arcs that double precision leaves open, decided in ball arithmetic at rising precision.

The test of `stabkit.spectrum.winding` is repeated with exact integer coefficients: on an arc of
half-width w around theta = pi f,

    |h(theta)| > 1.01 (sum_{i<R} w^i / i! |h^(i)(theta)| + w^R / R! sum |b_m| |m - c|^R)

certifies the arc (Taylor). f is a dyadic rational, so every phase (m - c) f is reduced modulo 2
exactly before sine and cosine are taken; all values are Arb balls, whose inclusion is rigorous.

An arc that fails is halved. Next to a single zero at distance delta from the circle arcs of width
about delta are needed, hence about log2(1 / delta) halvings, and the same holds next to a cluster
of fewer than R zeros, where h behaves like a power. A larger cluster needs a larger R: an arc that
uses up its budget of evaluations is tried again with R doubled.

No precision decides a zero that lies on the circle: `bits` limits the depth, and the caller must
look for such zeros exactly (`stabkit.spectrum.self_reciprocal`).

References
----------
F. Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval arithmetic", IEEE Trans.
Computers 66 (2017).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import count
from math import factorial

from flint import acb, arb, ctx, fmpq

from .winding import MARGIN, Arc, PhasePath

__all__ = ["resolve_arcs", "scaled_derivatives"]

_GUARD_BITS = 64
_ORDER = 6
# What an arc may cost before the order is doubled; a single zero takes 2 to 4 for every halving.
_EVALUATIONS = 200
_EVALUATIONS_PER_BIT = 16


def resolve_arcs(path: PhasePath, terms: Mapping[int, int], bits: int, orders: int = 1) -> None:
    """Fill in the undecided arcs of `path` that a resolution of 2^-`bits` radians decides.

    Parameters
    ----------
    path : PhasePath
        Of the polynomial sum b_m z^m, up to a positive factor.
    terms : mapping of exponent to integer coefficient
        That polynomial, exactly.
    bits : int
        Arcs are halved down to this width.
    orders : int
        How many orders R = 6, 12, 24, ... are tried.
    """
    for arc in list(path.undecided):
        for attempt in range(orders):
            values = _certify(arc, terms, bits, _ORDER << attempt)
            if values is not None:
                path.fill(arc, values)
                break


def _certify(arc: Arc, terms: Mapping[int, int], bits: int, order: int) -> list[complex] | None:
    """Return the directions of h on certified sub-arcs, ascending; None beyond `bits` or budget."""
    degree = max(terms)
    remainder = sum(abs(b) * abs(2 * m - degree) ** order for m, b in terms.items())
    directions: list[complex] = []
    pending = [arc]
    deepest = 0
    for evaluations in count():
        lo, hi = pending[-1].lo, pending[-1].hi
        deepest = max(deepest, _depth(hi - lo))
        if deepest > bits or evaluations > _EVALUATIONS + _EVALUATIONS_PER_BIT * deepest:
            return None
        direction = _direction(terms, order, remainder, lo, hi)
        if direction is None:
            middle = (lo + hi) / 2
            pending[-1:] = [Arc(middle, hi), Arc(lo, middle)]
        else:
            directions.append(direction)
            pending.pop()
            if not pending:
                break
    return directions


def _depth(width: Fraction) -> int:
    return max(0, width.denominator.bit_length() - width.numerator.bit_length())


def _direction(
    terms: Mapping[int, int], order: int, remainder: int, lo: Fraction, hi: Fraction
) -> complex | None:
    """Return h / |h| at the centre of [lo, hi] if the arc passes the test, else None.

    The precision is doubled until rounding is not what makes the test fail.
    """
    precision = _GUARD_BITS + 2 * (_depth(hi - lo) + max(terms).bit_length())
    while True:
        with ctx.workprec(precision):
            sums = scaled_derivatives(terms, order, (lo + hi) / 2)
            quarter = arb(_exact((hi - lo) / 4)) * arb.pi()
            reach = quarter**order * remainder / factorial(order)
            for i in range(1, order):
                reach += quarter**i * sums[i].abs_upper() / factorial(i)
            if sums[0].abs_lower() > arb(MARGIN) * reach:
                unit = sums[0] / sums[0].abs_lower()
                return complex(float(unit.real.mid()), float(unit.imag.mid()))
            if 64 * acb(sums[0].real.rad(), sums[0].imag.rad()).abs_upper() < reach:
                return None
        precision *= 2


def scaled_derivatives(terms: Mapping[int, int], order: int, centre: Fraction) -> list[acb]:
    """Return 2^i h^(i)(pi centre) for i < order, each up to a factor of modulus 1."""
    degree = max(terms)
    sums = [acb(0)] * order
    for m, b in terms.items():
        doubled = 2 * m - degree
        phase = doubled * centre / 2
        sine, cosine = arb.sin_cos_pi_fmpq(_exact(phase - 2 * (phase // 2)))
        term = b * acb(cosine, sine)
        for i in range(order):
            sums[i] += term
            term *= doubled
    return sums


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
