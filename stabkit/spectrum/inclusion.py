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
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from flint import acb, arb, ctx

from ..model.kernel import MemoryKernel
from .circle import Complexes

__all__ = ["ZeroDisc", "proved_discs"]

_DOUBLE_BITS = 50
_CLOSE = 1e-12


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
    kernel: MemoryKernel, zeros: Complexes, radius: float | None, bits: int
) -> list[ZeroDisc] | None:
    """Return disjoint discs, each with exactly one zero, for the given approximate zeros.

    Parameters
    ----------
    kernel : MemoryKernel
    zeros : complex array
        With Im z >= 0; together with the conjugates of the complex ones as many as G has zeros in
        |z| < radius, a number that the caller has proved.
    radius : float or None
        None stands for the whole plane: there are L - 1 zeros, with multiplicity.
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
    """Run Newton's method until the inclusion disc of its point is small enough."""
    z = acb(arb(start.real), arb(start.imag))
    for _ in range(3 + math.ceil(math.log2(max(2, bits / _DOUBLE_BITS)))):
        step = _newton_step(kernel, z)
        radius = (kernel.length - 1) * step.abs_upper()
        if not radius.is_finite():
            return None
        if radius < abs(z) * arb(2) ** -bits:
            break
        z = (z - step).mid()
    else:
        radius = (kernel.length - 1) * _newton_step(kernel, z).abs_upper()
    return ZeroDisc(z, radius) if radius.is_finite() else None


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


def _separate(discs: list[ZeroDisc], radius: float | None) -> bool:
    """Tell whether the discs and the conjugates of the complex ones are disjoint and within.

    Centres that are more than `_CLOSE` plus the largest diameter apart as doubles, each rounded by
    at most 2^-52 |z|, are disjoint; only closer pairs are compared exactly.
    """
    for disc in discs:
        if radius is not None and not abs(disc.centre) + disc.radius < arb(radius):
            return False
        if not disc.is_real and not disc.centre.imag > disc.radius:
            return False
    return all(
        abs(discs[i].centre - discs[j].centre) > discs[i].radius + discs[j].radius
        for i, j in _close_pairs(discs)
    )


def _close_pairs(discs: list[ZeroDisc]) -> Iterator[tuple[int, int]]:
    centres = np.array([complex(disc.centre) for disc in discs])
    widest = max(float(disc.radius.upper()) for disc in discs)
    limit = _CLOSE * float(np.max(np.abs(centres))) + 4 * widest
    by_real = np.argsort(centres.real)
    reals = centres.real[by_real]
    for position, i in enumerate(by_real):
        end = int(np.searchsorted(reals, reals[position] + limit, side="right"))
        for j in by_real[position + 1 : end]:
            if abs(centres[i] - centres[j]) <= limit:
                yield int(i), int(j)
