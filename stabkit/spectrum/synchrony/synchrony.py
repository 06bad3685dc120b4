"""Synchrony: which cohorts can fall in step, and what becomes of the modes in which they do.

Let g be the gcd of the decode lengths. The survival polynomial A, the limit of the characteristic
polynomial for long inputs, is constant on blocks of g coefficients, so that

    A(lambda) = (1 + lambda + ... + lambda^(g-1)) A'(lambda^g),

A' being that of the decode lengths divided by g. The first factor is the product of the cyclotomic
polynomials Phi_d, d | g, d > 1. Its roots are the limits of the *synchronised modes*
(`synchronized_modes`), and the only roots of A on the unit circle (R1).

If the inputs differ, the limit for inputs that grow in proportion has the weights p_k s_k in place
of p_k (R1b); its gcd is that of the decode lengths with s_k > 0. The omega above remain its roots.

A *near-synchronous* mode is a root at an angle theta where phi_T(theta) = E exp(i theta T), the
characteristic function of the decode length, is close to 1: not in modulus alone, for a phase of -1
is as far from a root of E[lambda^-T] = 1 as can be.

References
----------
docs/model.md, R1, R1b, R3, R3b, Synchrony.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import networkx as nx
import numpy as np
from flint import fmpz_poly
from sympy import QQ, Poly, divisors

from ...errors import InvalidWorkload
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import whole_number
from ...model.symbolic import LAMBDA
from ...model.workload import Workload
from ...records import Record
from ..roots.dominant import kernel_modes
from ..roots.roots import LARGEST_DIGITS, Root
from .gcd_theorem import GcdTheorem, gcd_theorem
from .modes import SynchronizedMode, synchronized_modes, tied_roots
from .renewal_graph import LONGEST_GRAPH, imprimitivity, renewal_graph

__all__ = ["NearSynchronousMode", "Synchrony", "synchrony"]

_DIGITS = 30
_CANDIDATES = 24  # dominant modes that are looked at for near-synchrony
_BACK = 0.02  # of a turn: what counts as being back in phase
_CLOSE = 0.25  # |phi_T - 1| of a mode that is called near-synchronous: a convention


@dataclass(frozen=True, repr=False)
class NearSynchronousMode(Record):
    """A root in the upper half plane, and how close it is to synchrony; in double precision.

    Attributes
    ----------
    root : Root
    turns : float
        Its angle divided by 2 pi.
    nearest : Fraction
        k / d: in d steps, as few as will do, the mode makes k turns to within 1/50.
    characteristic : complex
        phi_T at its angle: 1 in full synchrony.

    Examples
    --------
    >>> from stabkit import Workload, synchrony
    >>> found = synchrony(Workload.from_classes([(100, 6), (100, 7)])).near_synchronous[0]
    >>> found.nearest, round(found.turns, 4), round(abs(complex(found.root.value)), 4)
    (Fraction(2, 13), 0.1537, 0.991)
    """

    root: Root
    turns: float
    nearest: Fraction
    characteristic: complex


@dataclass(frozen=True, repr=False)
class Synchrony(Record):
    """What the decode lengths of a workload have in common; see the module's introduction.

    Attributes
    ----------
    mix : Workload
    gcd : int
        g: the number of cohorts.
    memory_gcd : int or None
        The gcd of the decode lengths of the classes that have input (R1b); None if none has any.
    orders : tuple of int
        The orders d of the cyclotomic polynomials that divide A: d | g, d > 1.
    modes : tuple of SynchronizedMode
        By ascending angle from 0 to 2 pi; at most 64.
    near_synchronous : tuple of NearSynchronousMode, or None
        Among the 24 dominant modes, those with |phi_T - 1| < 1/4 that are not tied to a
        synchronised one, |lambda| descending; None where the dominant modes are not resolved.
    gcd_theorem : GcdTheorem
        What the gcd proves (R7, R9).

    Examples
    --------
    >>> from stabkit import Workload, synchrony
    >>> found = synchrony(Workload.from_classes([(100, 4), (100, 6)]))
    >>> found.gcd, found.period, found.orders
    (2, 2, (2,))
    >>> found.cohorts
    (range(0, 6, 2), range(1, 6, 2))
    """

    mix: Workload
    gcd: int
    memory_gcd: int | None
    orders: tuple[int, ...]
    modes: tuple[SynchronizedMode, ...]
    near_synchronous: tuple[NearSynchronousMode, ...] | None
    gcd_theorem: GcdTheorem

    @property
    def cohorts(self) -> tuple[range, ...]:
        """The stages of each cohort: those of one residue modulo g."""
        return tuple(range(r, self.mix.longest_decode, self.gcd) for r in range(self.gcd))

    @property
    def first_order_growth(self) -> Fraction | None:
        """R3's modulus of the synchronised modes, 1 + 1 / (s + L); None if the inputs differ."""
        s = self.mix.common_input_length
        return None if s is None else 1 + 1 / (s + self.mix.longest_decode)

    @cached_property
    def graph(self) -> nx.DiGraph:
        """The renewal graph; InvalidWorkload beyond L = 100 000."""
        if self.mix.longest_decode > LONGEST_GRAPH:
            raise InvalidWorkload(
                f"'decode_length' must be at most {LONGEST_GRAPH} steps for a graph, "
                f"not {self.mix.longest_decode}."
            )
        return renewal_graph(c.decode_length for c in self.mix.classes)

    @property
    def period(self) -> int:
        """The index of imprimitivity of the renewal graph, from its edges; equal to g."""
        return imprimitivity(self.graph)

    @cached_property
    def cofactor(self) -> Poly:
        """A divided by the product of Phi_d over `orders`, exactly: its roots lie inside (R1).

        Raises
        ------
        InvalidWorkload
            If L is beyond 100 000.
        """
        if self.mix.longest_decode > LONGEST_GRAPH:
            raise InvalidWorkload(
                f"'decode_length' must be at most {LONGEST_GRAPH} steps for a dense polynomial, "
                f"not {self.mix.longest_decode}."
            )
        kernel = MemoryKernel.of(self.mix)
        ascending = fmpz_poly(list(reversed(kernel.survival)))
        quotient, remainder = divmod(ascending, fmpz_poly([1] * self.gcd))
        if remainder.degree() >= 0:
            raise ArithmeticError("the cyclotomic factors do not divide the survival polynomial")
        scale = kernel.denominator
        parts = [QQ(int(c), scale) for c in reversed(quotient.coeffs())]
        return Poly.from_list(parts, LAMBDA, domain=QQ)


def synchrony(mix: WorkloadLike, digits: int = _DIGITS) -> Synchrony:
    """Return what the decode lengths have in common, and the modes that come of it.

    Parameters
    ----------
    mix : WorkloadLike
    digits : int
        Each root's radius is at most 10^-digits |lambda|.

    Returns
    -------
    Synchrony

    Notes
    -----
    The roots are enclosed, and the ties between omega and root certified. What is near-synchronous
    is a matter of degree, computed in double precision; for different inputs phi_T has the weights
    p_k s_k of R1b.

    References
    ----------
    docs/model.md, R1, R1b, R3, R3b, Synchrony.

    Examples
    --------
    >>> y = synchrony(Workload.from_classes([(100, 4), (100, 6)]))
    >>> y.gcd, y.orders, y.cofactor
    (2, (2,), Poly(lambda**4 + lambda**2 + 1/2, lambda, domain='QQ'))
    >>> mode = y.modes[0]
    >>> round(mode.predicted_growth, 6), round(float(abs(mode.root.value)), 6)
    (1.009506, 1.009749)
    """
    mix = as_workload(mix)
    kernel = MemoryKernel.of(mix)
    g = math.gcd(*kernel.decode_lengths)
    digits = whole_number(digits, "'digits'", 1, LARGEST_DIGITS)
    modes = synchronized_modes(kernel, digits)
    with_input = [n for n, _, t in kernel if t]
    return Synchrony(
        mix=mix,
        gcd=g,
        memory_gcd=math.gcd(*with_input) if with_input else None,
        orders=tuple(int(d) for d in divisors(g) if d > 1),
        modes=modes,
        near_synchronous=_near_synchronous(mix, kernel, modes, digits),
        gcd_theorem=gcd_theorem(mix),
    )


def _near_synchronous(
    mix: Workload, kernel: MemoryKernel, modes: tuple[SynchronizedMode, ...], digits: int
) -> tuple[NearSynchronousMode, ...] | None:
    g = math.gcd(*kernel.decode_lengths)
    if g == kernel.length:
        return ()  # one decode length, and every mode is synchronised
    found = kernel_modes(kernel, _CANDIDATES, digits)
    if found is None:
        return None
    upper = [root for root in found if root.value.imag > 0]
    tied = [mode.root for mode in modes if mode.root is not None]
    if len(modes) < g - 1:  # those beyond are synchronised too
        nearest = {round(_turns(root) * g) for root in upper} - {0}
        pairs = tied_roots(kernel, sorted(nearest), digits)
        tied += [root for pair in pairs.values() if pair for root in pair]
    free = (root for root in upper if not any(_same_root(root, other) for other in tied))
    described = (_described(mix, kernel, root) for root in free)
    return tuple(mode for mode in described if abs(mode.characteristic - 1) < _CLOSE)


def _same_root(root: Root, other: Root) -> bool:
    """Tell whether two enclosures are of one root: discs that hold one root each and meet."""
    return bool(abs(root.value - other.value) <= 2 * (root.radius + other.radius))


def _described(mix: Workload, kernel: MemoryKernel, root: Root) -> NearSynchronousMode:
    turns = _turns(root)
    angle = 2 * math.pi * turns
    weigh_memory = mix.common_input_length is None and any(kernel.inputs)
    weights = kernel.inputs if weigh_memory else kernel.shares
    total = sum(weights)
    terms = zip(kernel.decode_lengths, weights, strict=True)
    characteristic = sum(w / total * cmath.exp(1j * angle * n) for n, w in terms)
    return NearSynchronousMode(root, turns, _nearest(turns), characteristic)


def _turns(root: Root) -> float:
    return cmath.phase(complex(root.value)) / (2 * math.pi)


def _nearest(turns: float) -> Fraction:
    """Return k / d for the fewest steps d that bring the phase back to 1/50 turn of k >= 1 turns.

    Of the d for this k the best is taken. There is one with d <= 50 + 1 / turns (Dirichlet).

    >>> _nearest(0.3331), _nearest(0.0199), _nearest(0.2942)
    (Fraction(1, 3), Fraction(1, 50), Fraction(5, 17))
    """
    steps = np.arange(1, math.ceil(1 / turns) + 52)
    whole = np.maximum(1, np.rint(steps * turns))
    first = int(np.argmax(np.abs(steps * turns - whole) < _BACK))
    count = int(whole[first])
    return Fraction(count, max(1, round(count / turns)))
