"""The spectral radius: the modulus of the dominant mode, as a proved enclosure.

Four proofs, the sharpest that applies:

* a marginal mix has spectral radius 1 exactly, by the exact counts;
* the dominant modes, each in its disc (`stabkit.spectrum.roots.dominant`);
* a bracket of two certified winding numbers: no mode has |lambda| > 1 / r when G has no zero in
  |z| < r, and some mode has |lambda| > 1 / r when it has one;
* R5's annulus for a single decode length l with input length s, however long:
  (s + l) / (s + l - 1) <= |lambda| <= (s + 2) / (s + 1).
"""

from __future__ import annotations

import math
from fractions import Fraction

from flint import acb, arb, ctx

from ...model.enclosure import RealEnclosure, fraction_of
from ...model.kernel import MemoryKernel
from ..circle.kernel import zeros_within
from ..counting.certificates import single_decode_length
from .roots import Root, precision_of
from .smallest import radius_bracket

__all__ = ["spectral_radius"]

_LONGEST_BISECTED = 200_000  # terms: beyond, a certified count takes half a second or more
_LONGEST_BRACKETED = 2**20  # terms: beyond, the several counts of a bracket take a minute or more
_WIDENINGS = 5
_NARROWEST = 1e-13  # times L: a count costs O(L log L), so long kernels get a wider bracket


def spectral_radius(
    kernel: MemoryKernel, modes: list[Root] | None, digits: int, verdict: str
) -> RealEnclosure | None:
    """Return an enclosure of max |lambda|, or None where nothing is proved (or L = 1).

    Of a kernel of more than a million terms nothing is proved but R5's annulus and marginality.

    * `modes`: what `dominant_modes` returned for that number of `digits`.
    * `verdict`: what `unit_circle_counts` proved.
    """
    if kernel.length == 1:
        return None
    if verdict == "marginal":
        return RealEnclosure(Fraction(1), Fraction(1))
    if modes:
        return _from_modes(modes, digits)
    if single_decode_length(kernel):
        return _annulus(kernel)
    return _bracket(kernel) if kernel.length <= _LONGEST_BRACKETED else None


def _from_modes(modes: list[Root], digits: int) -> RealEnclosure:
    """Return the largest moduli that the discs prove.

    A root that was left out has a centre of no larger modulus than the last one here, and a radius
    of at most 10^-digits of that, so that it cannot exceed the upper bound given. The moduli are
    computed to 60 bits more than the digits asked for: what a centre's parts happen to be, say -1,
    says nothing about what is proved.
    """
    with ctx.workprec(precision_of(digits) + 60):
        balls = [abs(_ball(mode)) for mode in modes]
        low = max(fraction_of(ball.lower()) for ball in balls)
        high = max(fraction_of(ball.upper()) for ball in balls)
    return RealEnclosure(low, high * (1 + Fraction(2, 10**digits)))


def _ball(mode: Root) -> acb:
    radius = arb(mode.radius)
    return acb(arb(arb(mode.value.real), radius), arb(arb(mode.value.imag), radius))


def _annulus(kernel: MemoryKernel) -> RealEnclosure:
    s = Fraction(kernel.inputs[0], kernel.shares[0])
    return RealEnclosure(1 + 1 / (s + kernel.length - 1), 1 + 1 / (s + 1))


def _bracket(kernel: MemoryKernel) -> RealEnclosure | None:
    """Bisect on log r; a radius that double precision cannot decide ends the search."""
    if kernel.length > _LONGEST_BISECTED:
        return _sampled_bracket(kernel)
    empty, holding = 0.0, 0.0
    step = 1 / kernel.length
    while (seen := zeros_within(kernel, math.exp(holding))) == 0:
        empty, holding, step = holding, holding + step, 2 * step
    if seen is None:
        return None
    step = 1 / kernel.length
    while empty == holding or (seen := zeros_within(kernel, math.exp(empty))) != 0:
        if seen is None:
            return None
        empty, step = empty - step, 2 * step
    while holding - empty > _NARROWEST * max(10, kernel.length):
        middle = (empty + holding) / 2
        seen = zeros_within(kernel, math.exp(middle))
        if seen is None:
            break
        empty, holding = (middle, holding) if seen == 0 else (empty, middle)
    return RealEnclosure(1 / Fraction(math.exp(holding)), 1 / Fraction(math.exp(empty)))


def _sampled_bracket(kernel: MemoryKernel) -> RealEnclosure | None:
    """Bisect with samples of the circle, which prove nothing, and prove the two radii found.

    Samples may miss zeros nearer to the circle than their spacing: a radius that turns out to be on
    the wrong side is moved outwards, up to a distance of about the spacing.
    """
    low, high, _ = radius_bracket(kernel, 1, 0)
    moves = [(high - low) * (8**k - 1) for k in range(_WIDENINGS)]
    inner = next((r for m in moves if zeros_within(kernel, r := math.exp(low - m)) == 0), None)
    outer = next((r for m in moves if zeros_within(kernel, r := math.exp(high + m))), None)
    if inner is None or outer is None:
        return None
    return RealEnclosure(1 / Fraction(outer), 1 / Fraction(inner))
