"""Where the zeros are, proved: Newton's method in ball arithmetic and inclusion discs.

For a polynomial G of degree n and z with G'(z) != 0 the disc around z of radius n |G / G'| holds a
zero: with the zeros z_i, G'/G = sum 1 / (z - z_i), so |G'/G| <= n / min |z - z_i|. If the disc
|w| < R holds exactly N zeros, and N such discs are disjoint and lie in |w| < R, then each of them
holds exactly one, and none is missed.

The ratio is formed from the sparse closed form H = (1 - z)^2 G, as

    G / G' = H / (H' + 2 H / (1 - z)),

at an exact (dyadic) point z, in Arb balls, so that the radius is an upper bound. A disc centred on
the real axis that holds exactly one zero holds a real one, for the zeros are symmetric.

References
----------
P. Henrici, *Applied and Computational Complex Analysis* I, Wiley 1974, section 6.4.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flint import acb, arb, ctx

from ..model.kernel import MemoryKernel
from .circle import Complexes

__all__ = ["ZeroDisc", "proved_discs"]

_DOUBLE_BITS = 50


@dataclass(frozen=True)
class ZeroDisc:
    """A disc around the exact point `centre` that holds exactly one zero, a simple one."""

    centre: acb
    radius: arb

    @property
    def is_real(self) -> bool:
        """Whether the zero is real."""
        return bool(self.centre.imag == 0)

    def ball(self) -> acb:
        """Return a complex ball that contains the disc."""
        real = arb(self.centre.real.mid(), self.radius)
        return acb(real, 0) if self.is_real else acb(real, arb(self.centre.imag.mid(), self.radius))


def proved_discs(
    kernel: MemoryKernel, zeros: Complexes, radius: float, bits: int
) -> list[ZeroDisc] | None:
    """Return disjoint discs, each with exactly one zero, for the given approximate zeros.

    Parameters
    ----------
    kernel : MemoryKernel
    zeros : complex array
        With Im z >= 0; together with the conjugates of the complex ones as many as G has zeros in
        |z| < radius, a number that the caller has proved.
    radius : float
    bits : int
        Each disc's radius is sought to be at most 2^-bits |z|.

    Returns
    -------
    list of ZeroDisc, in the order of `zeros`, or None
        None if the discs do not separate, as for a multiple zero.
    """
    guard = 32 + 2 * kernel.length.bit_length()
    for _ in range(4):
        with ctx.workprec(bits + guard):
            discs = [_disc(kernel, complex(z), bits) for z in zeros]
            if any(disc is None for disc in discs):
                return None
            found = [disc for disc in discs if disc is not None]
            small = all(d.radius < abs(d.centre) * arb(2) ** -bits for d in found)
            if small:
                return found if _separate(found, radius) else None
        guard *= 2
    return None


def _disc(kernel: MemoryKernel, start: complex, bits: int) -> ZeroDisc | None:
    z = acb(arb(start.real), arb(start.imag))
    for _ in range(3 + math.ceil(math.log2(max(2, bits / _DOUBLE_BITS)))):
        z = (z - _newton_step(kernel, z)).mid()
        if not z.is_finite():
            return None
    step = (kernel.length - 1) * _newton_step(kernel, z).abs_upper()
    return ZeroDisc(z, step) if step.is_finite() else None


def _newton_step(kernel: MemoryKernel, z: acb) -> acb:
    """Return G / G' at z from the closed form, its powers built up from one term to the next."""
    value, derivative = acb(0), acb(0)
    power, reached = acb(1), 0
    for m, coefficient in kernel.closed_form.items():
        power *= z ** (m - reached)
        reached = m
        term = coefficient * power
        value += term
        derivative += m * term
    return value / (derivative / z + 2 * value / (1 - z))


def _separate(discs: list[ZeroDisc], radius: float) -> bool:
    """Tell whether the discs and the conjugates of the complex ones are disjoint and within."""
    for i, disc in enumerate(discs):
        if not abs(disc.centre) + disc.radius < arb(radius):
            return False
        if not disc.is_real and not disc.centre.imag > disc.radius:
            return False
        for other in discs[:i]:
            if not abs(disc.centre - other.centre) > disc.radius + other.radius:
                return False
    return True
