"""Arcs that double precision leaves open, decided in ball arithmetic at rising precision.

The test of `stabkit.spectrum.winding` is repeated with exact integer coefficients: on an arc of
half-width w around theta = pi f,

    |h(theta)| > 1.01 (sum_{i<R} w^i / i! |h^(i)(theta)| + w^R / R! sum |b_m| |m - c|^R),   R = 6,

certifies the arc (Taylor). The local derivatives matter next to two zeros close together, where h'
is small and a global bound of h'' would force very narrow arcs. f is a dyadic rational, so every
phase (m - c) f is reduced modulo 2 exactly before sine and cosine are taken; all values are Arb
balls, whose inclusion is rigorous. An arc that fails is halved: near a zero at distance delta from
the circle arcs of width about delta are needed, hence about log2(1 / delta) halvings. The precision
grows R times as fast as the depth, for near R zeros together h is as small as delta^R.

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
from math import factorial

from flint import acb, arb, ctx, fmpq

from .winding import MARGIN, Arc, PhasePath

__all__ = ["resolve_arcs"]

_GUARD_BITS = 64
_ORDER = 6


def resolve_arcs(path: PhasePath, terms: Mapping[int, int], bits: int) -> None:
    """Fill in the undecided arcs of `path` that a resolution of 2^-`bits` radians decides.

    Parameters
    ----------
    path : PhasePath
        Of the polynomial sum b_m z^m, up to a positive factor.
    terms : mapping of exponent to integer coefficient
        That polynomial, exactly.
    bits : int
        Arcs are halved down to this width.
    """
    for arc in list(path.undecided):
        values = _certify(arc, terms, bits)
        if values is not None:
            path.fill(arc, values)


def _certify(arc: Arc, terms: Mapping[int, int], bits: int) -> list[complex] | None:
    """Return the directions of h on certified sub-arcs, ascending, or None beyond `bits`."""
    degree = max(terms)
    remainder = sum(abs(b) * abs(2 * m - degree) ** _ORDER for m, b in terms.items())
    directions: list[complex] = []
    pending = [arc]
    while pending:
        lo, hi = pending[-1].lo, pending[-1].hi
        depth = _depth(hi - lo)
        if depth > bits:
            return None
        with ctx.workprec(_GUARD_BITS + _ORDER * (depth + degree.bit_length())):
            direction = _direction(terms, degree, remainder, lo, hi)
        if direction is None:
            middle = (lo + hi) / 2
            pending[-1:] = [Arc(middle, hi), Arc(lo, middle)]
        else:
            directions.append(direction)
            pending.pop()
    return directions


def _depth(width: Fraction) -> int:
    return max(0, width.denominator.bit_length() - width.numerator.bit_length())


def _direction(
    terms: Mapping[int, int], degree: int, remainder: int, lo: Fraction, hi: Fraction
) -> complex | None:
    """Return h / |h| at the centre of [lo, hi] if the arc passes the test, else None."""
    centre, quarter = (lo + hi) / 2, arb(_exact((hi - lo) / 4)) * arb.pi()
    sums = [
        acb(0)
    ] * _ORDER  # entry i is, up to a factor of modulus 1, 2^i times the i-th derivative
    for m, b in terms.items():
        doubled = 2 * m - degree
        phase = doubled * centre / 2
        sine, cosine = arb.sin_cos_pi_fmpq(_exact(phase - 2 * (phase // 2)))
        term = b * acb(cosine, sine)
        for order in range(_ORDER):
            sums[order] += term
            term *= doubled
    reach = quarter**_ORDER * remainder / factorial(_ORDER)
    for order in range(1, _ORDER):
        reach += quarter**order * sums[order].abs_upper() / factorial(order)
    if not sums[0].abs_lower() > arb(MARGIN) * reach:
        return None
    unit = sums[0] / sums[0].abs_lower()
    return complex(float(unit.real.mid()), float(unit.imag.mid()))


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
