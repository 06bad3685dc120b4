"""The dominant modes: the roots of largest modulus, each enclosed, with a proof of completeness.

Short kernels: FLINT isolates all roots. Long ones: `disc_zeros` finds the zeros of G nearest the
origin together with a radius that provably holds no others, and `inclusion` encloses each. Either
way a root comes as an mpmath number with a proved radius.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import mpmath
from flint import acb, arb, ctx, fmpz_poly

from ..errors import InvalidArgument, shown
from ..model.kernel import MemoryKernel
from ..model.workload import Workload
from .disc_zeros import smallest_zeros
from .inclusion import proved_discs
from .isolation import root_balls
from .winding_counts import LONGEST_KERNEL

__all__ = ["Root", "dominant_modes"]

_LONGEST_ISOLATED = 48  # FLINT isolates all roots of such a kernel within 10 ms
_LARGEST_DIGITS = 100_000


@dataclass(frozen=True)
class Root:
    """A root of the characteristic polynomial.

    Attributes
    ----------
    value : mpmath.mpc
        The centre of the disc.
    radius : mpmath.mpf
        Proved: the root lies within `radius` of `value`, and no other one does.
    multiplicity : int
    """

    value: mpmath.mpc
    radius: mpmath.mpf
    multiplicity: int = 1


def dominant_modes(mix: Workload, count: int = 6, digits: int = 50) -> list[Root] | None:
    """Return the `count` roots of largest modulus, |lambda| descending, none missed.

    Parameters
    ----------
    mix : Workload
    count : int
        How many roots, counted with multiplicity; all L - 1 if there are fewer. A pair of
        conjugates counts as two, the one in the upper half plane first.
    digits : int
        Each radius is at most 10^-digits |lambda|.

    Returns
    -------
    list of Root, or None
        None where the proof did not succeed: a multiple root of a kernel of more than 48 terms, or
        more than 5 000 000 terms.

    Raises
    ------
    InvalidArgument
        If `count` or `digits` is not a positive integer (digits at most 100 000).

    Notes
    -----
    Completeness at large L rests on a certified winding number around the circle of radius R: as
    many zeros of G = sum g_m z^m in |z| < R as discs were found there. A returned root that ties in
    modulus with one left out, to the proved accuracy, is not told apart from it.

    Examples
    --------
    >>> modes = dominant_modes(Workload.from_classes([(5, 3), (5, 5)]), count=2, digits=30)
    >>> [mpmath.nstr(mode.value, 6) for mode in modes]
    ['(-0.757466 + 0.732667j)', '(-0.757466 - 0.732667j)']
    >>> all(mode.radius < 1e-30 * abs(mode.value) for mode in modes)
    True
    """
    for name, value, most in (("count", count, math.inf), ("digits", digits, _LARGEST_DIGITS)):
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
            raise InvalidArgument(f"'{name}' must be a positive integer, not {shown(value)}.")
    kernel = MemoryKernel.of(mix)
    bits = math.ceil(digits * math.log2(10)) + 4
    if kernel.length <= _LONGEST_ISOLATED:
        return _largest(_isolated(kernel, bits), count)
    if kernel.length > LONGEST_KERNEL:
        return None
    found = smallest_zeros(kernel, min(count, kernel.length - 1))
    discs = found and proved_discs(kernel, found[0], found[1], bits)
    if not discs:
        return None
    with ctx.workprec(2 * bits + 64):
        upper = [1 / disc.ball() for disc in discs]
        balls = [(ball.conjugate(), 1) for ball in upper]
        balls += [(ball, 1) for ball, disc in zip(upper, discs, strict=True) if not disc.is_real]
        return _largest([_root(*ball) for ball in balls], count)


def _isolated(kernel: MemoryKernel, bits: int) -> list[Root]:
    polynomial = fmpz_poly(list(reversed(kernel.coefficients)))
    precision = bits + 16
    while True:
        with ctx.workprec(precision):
            balls = root_balls(polynomial)
            if all(_radius(ball) <= abs(ball).mid() * arb(2) ** -bits for ball, _ in balls):
                return [_root(ball, multiplicity) for ball, multiplicity in balls]
        precision *= 2


def _root(ball: acb, multiplicity: int) -> Root:
    value = mpmath.mp.make_mpc((_raw(ball.real.mid()), _raw(ball.imag.mid())))
    return Root(value, mpmath.mp.make_mpf(_raw(_radius(ball))), multiplicity)


def _radius(ball: acb) -> arb:
    """Return an exact upper bound of the distance from the ball's midpoint to its points."""
    return acb(ball.real.rad(), ball.imag.rad()).abs_upper()


def _raw(exact: arb) -> object:
    """Return mpmath's internal form of an exact arb: nothing is rounded."""
    return exact._mpf_


def _largest(roots: Iterable[Root], count: int) -> list[Root]:
    """Return the first `count` roots by modulus, with multiplicity; upper half plane first."""
    chosen: list[Root] = []
    with mpmath.workprec(max((r.value.real._mpf_[3] for r in roots), default=53) + 64):
        ranked = sorted(roots, key=lambda r: (-abs(r.value), -r.value.imag))
    for root in ranked:
        if sum(r.multiplicity for r in chosen) >= count:
            break
        chosen.append(root)
    return chosen
