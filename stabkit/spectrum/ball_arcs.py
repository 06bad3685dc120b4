"""Arcs that double precision leaves open, decided in ball arithmetic at rising precision.

The test of `stabkit.spectrum.winding` is repeated with exact integer coefficients: on an arc of
half-width w around theta = pi f,

    |h(theta)| > 1.01 (w |h'(theta)| + w^2 / 2 sum |b_m| (m - c)^2)

certifies the arc. f is a dyadic rational, so every phase (m - c) f is reduced modulo 2 exactly
before sine and cosine are taken; all values are Arb balls, whose inclusion is rigorous. An arc that
fails is halved, and its precision grows with its depth: near a zero at distance delta from the
circle arcs of width about delta are needed, hence about log2(1 / delta) halvings.

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

from flint import acb, arb, ctx, fmpq

from .winding import MARGIN, Arc, PhasePath

__all__ = ["resolve_arcs"]

_GUARD_BITS = 64


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
    bend = Fraction(sum(abs(b) * (2 * m - degree) ** 2 for m, b in terms.items()), 4)
    directions: list[complex] = []
    pending = [arc]
    while pending:
        lo, hi = pending[-1].lo, pending[-1].hi
        depth = _depth(hi - lo)
        if depth > bits:
            return None
        with ctx.workprec(_GUARD_BITS + 2 * depth + degree.bit_length()):
            direction = _direction(terms, degree, bend, lo, hi)
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
    terms: Mapping[int, int], degree: int, bend: Fraction, lo: Fraction, hi: Fraction
) -> complex | None:
    """Return h / |h| at the centre of [lo, hi] if the arc passes the test, else None."""
    centre, half = (lo + hi) / 2, arb(_exact((hi - lo) / 2)) * arb.pi()
    h, slope = acb(0), acb(0)
    for m, b in terms.items():
        doubled = 2 * m - degree
        phase = doubled * centre / 2
        sine, cosine = arb.sin_cos_pi_fmpq(_exact(phase - 2 * (phase // 2)))
        term = b * acb(cosine, sine)
        h += term
        slope += doubled * term
    reach = half * slope.abs_upper() / 2 + half**2 * arb(_exact(bend)) / 2
    if not h.abs_lower() > arb(MARGIN) * reach:
        return None
    unit = h / h.abs_lower()
    return complex(float(unit.real.mid()), float(unit.imag.mid()))


def _exact(value: Fraction) -> fmpq:
    return fmpq(value.numerator, value.denominator)
