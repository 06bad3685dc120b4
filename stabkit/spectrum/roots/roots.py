"""All roots of the characteristic polynomial, each enclosed in a disc of its own.

Three engines with the same kind of proof. Of n roots (with multiplicity), n discs each hold at
least one and are disjoint; so each holds exactly one, and none is missed.

* Short kernels, and whatever the others cannot do: FLINT's isolation, multiple roots included.
* Long kernels: Aberth-Ehrlich in double precision (`all_zeros`), then Newton's method and inclusion
  discs in ball arithmetic on the sparse closed form (`inclusion`).
* ``method="mpmath"``: a second engine that shares nothing with these but the coefficients
  (`multiprecision`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import mpmath
from flint import acb, arb, ctx, fmpz_poly
from mpmath.libmp import to_rational

from ...errors import check_choice, check_length
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import whole_number
from ...model.workload import Workload
from ...records import Record, RecordList
from ..counting.isolation import root_balls

if TYPE_CHECKING:
    from .inclusion import ZeroDisc

__all__ = [
    "LARGEST_DIGITS",
    "LONGEST_ISOLATED",
    "Root",
    "Roots",
    "all_roots",
    "isolated_roots",
    "polynomial_roots",
    "precision_of",
    "roots",
    "roots_of_discs",
]

LONGEST_ISOLATED = 48  # FLINT isolates all roots of such a kernel within 10 ms
LONGEST_ALL = 20_001
LONGEST_MPMATH = 401
LARGEST_DIGITS = 100_000
_PLACES = 2**10


@dataclass(frozen=True, repr=False)
class Root(Record):
    """A root of the characteristic polynomial.

    Attributes
    ----------
    value : mpmath.mpc
        The centre of the disc.
    radius : mpmath.mpf
        Proved: the root lies within `radius` of `value`, and no other one does.
    multiplicity : int

    Examples
    --------
    >>> from stabkit import Workload, roots
    >>> found = roots(Workload.from_classes([(2, 2)]))[0]  # of 3 λ + 4
    >>> complex(found.value).real
    -1.3333333333333333
    >>> found.multiplicity, float(found.radius) < 1e-15
    (1, True)
    """

    value: mpmath.mpc
    radius: mpmath.mpf
    multiplicity: int = 1

    def __complex__(self) -> complex:
        return complex(self.value)


class Roots(RecordList[Root]):
    """Roots with the workload that they are of: all of them, or the first."""

    def __init__(self, mix: Workload, roots: Iterable[Root] = ()) -> None:
        super().__init__(roots)
        self.mix = mix


def roots(mix: WorkloadLike, digits: int = 50, method: Literal["auto", "mpmath"] = "auto") -> Roots:
    """Return all roots of the characteristic polynomial, |lambda| descending.

    Parameters
    ----------
    mix : WorkloadLike
        With L at most 20,001; at most 401 for ``"mpmath"``.
    digits : int
        Each radius is at most 10^-digits |lambda|; 1 to 100 000.
    method : {"auto", "mpmath"}
        The fastest engine, or the independent one in pure mpmath.

    Returns
    -------
    Roots
        A list of `Root`. The multiplicities add up to L - 1. Discs are disjoint; of a pair of
        conjugates, which are exact mirror images, the root in the upper half plane comes first; a
        real root has an imaginary part of exactly 0.

    Raises
    ------
    InvalidArgument
        If `digits` or `method` is outside its domain, or L is beyond the bound.

    Examples
    --------
    >>> mix = Workload.from_classes([(2, 1, 1), ("9/2", 2, 2), (1, 3, 1)])  # F = (2 l + 1)^2
    >>> [(str(root.value), root.multiplicity) for root in roots(mix)]
    [('(-0.5 + 0.0j)', 2)]
    """
    mix = as_workload(mix)
    digits = whole_number(digits, "'digits'", 1, LARGEST_DIGITS)
    check_choice(method, "'method'", ("auto", "mpmath"))
    longest = LONGEST_ALL if method == "auto" else LONGEST_MPMATH
    largest = "; 'dominant_modes' finds the largest" if method == "auto" else ""
    check_length(mix.longest_decode, longest, f"for all roots by method '{method}'", largest)
    kernel = MemoryKernel.of(mix)
    if method == "mpmath":
        from .multiprecision import multiprecision_roots

        found = (Root(*parts) for parts in multiprecision_roots(kernel.coefficients, digits))
        return Roots(mix, (_exact_if_dyadic(root, kernel.coefficients) for root in found))
    return Roots(mix, all_roots(kernel, precision_of(digits)))


def precision_of(digits: int) -> int:
    """Return the bits of a relative radius of 10^-digits, with a margin for inverting a disc."""
    return math.ceil(digits * math.log2(10)) + 4


def all_roots(kernel: MemoryKernel, bits: int) -> list[Root]:
    """Return all roots, each to 2^-bits of its modulus, by the fastest engine."""
    if kernel.length > LONGEST_ISOLATED:
        from .approximate import approximate_zeros
        from .inclusion import proved_discs

        zeros = approximate_zeros(kernel)
        discs = None if zeros is None else proved_discs(kernel, zeros, None, bits)
        if discs:
            return roots_of_discs(discs, bits)
    return isolated_roots(kernel, bits)


def isolated_roots(kernel: MemoryKernel, bits: int) -> list[Root]:
    """Return all roots by FLINT's isolation, each to 2^-bits of its modulus."""
    return polynomial_roots(kernel.coefficients, bits)


def polynomial_roots(coefficients: Sequence[int], bits: int) -> list[Root]:
    """Return all roots of an integer polynomial, descending powers, as `isolated_roots` does.

    >>> [(str(root.value), root.multiplicity) for root in polynomial_roots([2, -5, 0, 0], 64)]
    [('(2.5 + 0.0j)', 1), ('(0.0 + 0.0j)', 2)]
    """
    polynomial = fmpz_poly(list(reversed(coefficients)))
    precision = bits + 16
    while True:
        with ctx.workprec(precision):
            balls = root_balls(polynomial)
            if all(_radius(ball) <= abs(ball).mid() * arb(2) ** -bits for ball, _ in balls):
                upper = [found for found in balls if found[0].imag >= 0]
                return [_exact_if_dyadic(r, coefficients) for r in _ranked(upper)]
        precision *= 2


def roots_of_discs(discs: Iterable[ZeroDisc], bits: int) -> list[Root]:
    """Return the reciprocals of zeros of G and of their conjugates, as roots."""
    with ctx.workprec(2 * bits + 64):
        return _ranked([((1 / disc.ball()).conjugate(), 1) for disc in discs])


def _ranked(upper: Iterable[tuple[acb, int]]) -> list[Root]:
    """Return the roots in the balls and in their mirror images, |value| descending, upper first.

    The balls have their midpoints in the closed upper half plane. Moduli are compared exactly; of
    pairs with the same one the greater real part goes first.
    """
    found = [_root(ball, multiplicity) for ball, multiplicity in upper]
    unit = min((part[2] for root in found for part in root.value._mpc_), default=0)
    found.sort(key=lambda r: (_squared_modulus(r, min(unit, 0)), r.value.real), reverse=True)
    pairs = ((root, Root(_mirrored(root.value), root.radius, root.multiplicity)) for root in found)
    return [root for pair in pairs for root in (pair if pair[0].value.imag else pair[:1])]


def _squared_modulus(root: Root, unit: int) -> int:
    """Return |value|^2 / 4^unit, an integer, for both parts are multiples of 2^unit."""
    (_, x, x_exponent, _), (_, y, y_exponent, _) = root.value._mpc_
    square = (x * x << 2 * (x_exponent - unit)) + (y * y << 2 * (y_exponent - unit))
    return int(square)


def _exact_if_dyadic(root: Root, coefficients: Sequence[int]) -> Root:
    """Return a real root of few binary places, such as -1/2, with a radius of 0.

    The number of 10 places nearest to the centre is tried if it lies within the radius, exactly.
    """
    if root.value.imag or not root.radius:
        return root
    centre, radius = (Fraction(*to_rational(x._mpf_)) for x in (root.value.real, root.radius))
    nearest = Fraction(round(centre * _PLACES), _PLACES)
    if abs(nearest - centre) > radius:
        return root
    value = Fraction(0)
    for coefficient in coefficients:
        value = value * nearest + coefficient
    return root if value else Root(mpmath.mpc(float(nearest)), mpmath.mpf(0), root.multiplicity)


def _root(ball: acb, multiplicity: int) -> Root:
    value = mpmath.mp.make_mpc((ball.real.mid()._mpf_, ball.imag.mid()._mpf_))
    return Root(value, mpmath.mp.make_mpf(_radius(ball)._mpf_), multiplicity)


def _mirrored(value: mpmath.mpc) -> mpmath.mpc:
    """Return the conjugate, exactly."""
    real, imaginary = value._mpc_
    return mpmath.mp.make_mpc((real, mpmath.libmp.mpf_neg(imaginary)))


def _radius(ball: acb) -> arb:
    """Return an exact upper bound of the distance from the ball's midpoint to its points."""
    return acb(ball.real.rad(), ball.imag.rad()).abs_upper()
