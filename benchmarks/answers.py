"""Is an answer right? Judged by what was known before, never by what stabkit has just computed.

*Counts* are compared with the known number of unstable modes. *All roots* of
F = g_0 l^n + g_1 l^(n-1) + ... + g_n must be n in number, lie outside the circle as often as known,
and obey Vieta: their sum is -g_1 / g_0, their product (-1)^n g_n / g_0. *Dominant modes* must each
be a root to 50 digits (a Newton step on the sparse closed form moves it by less), lie outside the
circle as often as known, and, up to degree 2000, have the moduli of the largest of all roots, which
have passed the check of all roots themselves. A *threshold* s* must have an exact count of 0 just
above it, at s* (1 + 10^-7), and more just below.

Verdicts are "right", "undecided" or "wrong: ...".
"""

from __future__ import annotations

from functools import cache

import mpmath

from benchmarks.mixes import MIXES, Mix
from stabkit import Workload, roots, unit_circle_counts

__all__ = ["DIGITS", "LEADING", "check_all", "check_count", "check_leading", "check_threshold"]

DIGITS = 50
LEADING = 6
_WORKING_DIGITS = DIGITS + 15
_LARGEST_COMPARED = 2000


def check_count(mix: Mix, found: int | None) -> str:
    """Judge a number of unstable modes."""
    if found is None:
        return "undecided"
    return "right" if found == mix.unstable_modes else f"wrong: {found} for {mix.unstable_modes}"


def check_all(mix: Mix, found: list[mpmath.mpc]) -> str:
    """Judge what claims to be all roots to 50 digits."""
    if len(found) != mix.degree:
        return f"wrong: {len(found)} roots for {mix.degree}"
    with mpmath.workdps(_WORKING_DIGITS):
        outside = sum(abs(root) > 1 for root in found)
        if outside != mix.unstable_modes:
            return f"wrong: {outside} outside for {mix.unstable_modes}"
        g = mix.coefficients
        product = mpmath.mpf(g[-1]) / g[0] * (-1) ** mix.degree
        # n roots, each off by up to one unit of the 50th digit, and all of modulus below 2
        most = 2 * mix.degree * mpmath.mpf(10) ** (1 - DIGITS)
        if abs(mpmath.fsum(found) + mpmath.mpf(g[1]) / g[0]) > most:
            return "wrong: sum"
        if abs(mpmath.fprod(found) / product - 1) > most:
            return "wrong: product"
    return "right"


def check_leading(mix: Mix, found: list[mpmath.mpc]) -> str:
    """Judge the dominant modes: those of largest modulus among what was found."""
    if not found:
        return "undecided"
    leading = _leading(found)
    with mpmath.workdps(_WORKING_DIGITS):
        outside = sum(abs(root) > 1 for root in leading)
        expected = min(mix.unstable_modes, LEADING)
        if len(leading) != min(LEADING, mix.degree) or outside != expected:
            return f"wrong: {outside} outside for {expected}"
        unit = mpmath.mpf(10) ** (1 - DIGITS)
        if any(_newton_step(mix, root) > unit for root in leading):
            return "wrong: not roots to 50 digits"
        if mix.degree <= _LARGEST_COMPARED and any(
            abs(abs(root) - modulus) > unit
            for root, modulus in zip(leading, _largest_moduli(mix.name), strict=True)
        ):
            return "wrong: a larger mode was missed"
    return "right"


def check_threshold(mix: Mix, found: float) -> str:
    """Judge the threshold of a mix along its common input length."""
    above, below = (_unstable_modes(mix, found * factor) for factor in (1 + 1e-7, 1 - 1e-7))
    if above:
        return f"wrong: {above} unstable modes above"
    return "right" if below else "wrong: stable below"


def _unstable_modes(mix: Mix, s: float) -> int | None:
    classes = ((s, c.decode_length, c.share) for c in mix.workload.classes)
    return unit_circle_counts(Workload.from_classes(classes)).outside


def _leading(found: list[mpmath.mpc]) -> list[mpmath.mpc]:
    with mpmath.workdps(_WORKING_DIGITS):
        return sorted(found, key=abs, reverse=True)[:LEADING]


@cache
def _largest_moduli(name: str) -> list[mpmath.mpf]:
    mix = MIXES[name]
    found = [root.value for root in roots(mix.workload, DIGITS) for _ in range(root.multiplicity)]
    if check_all(mix, found) != "right":
        raise ArithmeticError(f"all roots of mix {name} are needed as a reference, and are wrong")
    with mpmath.workdps(_WORKING_DIGITS):
        return [abs(root) for root in _leading(found)]


def _newton_step(mix: Mix, root: mpmath.mpc) -> mpmath.mpf:
    """Return |G / (z G')| at z = 1 / root, from H(z) = (1 - z)^2 G(z)."""
    z = 1 / root
    terms = [(m, c * z**m) for m, c in mix.closed_form.items()]
    value = mpmath.fsum(term for _, term in terms)
    slope = mpmath.fsum(m * term for m, term in terms)
    return abs(1 / (slope / value + 2 * z / (1 - z))) if value else mpmath.mpf(0)
