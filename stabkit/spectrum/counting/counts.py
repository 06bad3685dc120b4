"""How many modes are inside, on and outside the unit circle: the question that decides stability.

The eviction-free equilibrium is locally asymptotically stable iff all L - 1 roots of the
characteristic polynomial F(lambda) = sum g_m lambda^(L-1-m) satisfy |lambda| < 1. The roots are the
reciprocals of the zeros of G(z) = sum g_m z^m, and every engine below counts those.

Engines: the exact Schur-Cohn recursion (short kernels), a certified winding number backed by exact
arithmetic (long ones), FLINT's root isolation (a second opinion), and theorems that need no
computation. Each returns exact integers or says that it cannot.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, Self, TypeAlias

from flint import fmpz_poly

from ...errors import InvalidArgument, check_choice, shown
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.verdict import Verdict
from ...records import Record
from ..circle.budget import Budget
from .by_winding import LONGEST_KERNEL, count_by_winding
from .certificates import instability_certificate, single_decode_length
from .isolation import isolated_disc_counts
from .schur_cohn import is_quick, zeros_in_disc
from .self_reciprocal import circle_zeros, self_reciprocal_part

__all__ = ["Counts", "exact_disc_counts", "kernel_counts", "unit_circle_counts"]

Method = Literal["auto", "schur-cohn", "winding", "flint"]
Arcs: TypeAlias = tuple[tuple[float, float], ...]
LONGEST_DENSE = 20_000
_SHORT = 40  # terms; beyond, the winding number is faster whatever the coefficients


@dataclass(frozen=True, repr=False)
class Counts(Record):
    """Roots of the characteristic polynomial relative to the unit circle, with multiplicity.

    Attributes
    ----------
    inside, on_circle, outside : int or None
        Exact, adding up to L - 1; all None where undecided or where only instability is proved.
    method : str
        "schur-cohn", "winding", "flint", "enestrom-kakeya", "certificate" or "none".
    certified : bool
        Whether `verdict` is proved.
    undecided_arcs : tuple of (float, float)
        Arguments in radians, 0 <= theta <= pi, on which a root may lie on or next to the circle.
    reason : str
        One sentence: what proves the verdict, or why there is none.

    Examples
    --------
    >>> from stabkit import Workload, unit_circle_counts
    >>> mix = Workload.from_classes([(5, 3), (5, 5)])
    >>> found = unit_circle_counts(mix)
    >>> found.inside, found.on_circle, found.outside
    (2, 0, 2)
    >>> found.verdict, found.certified
    ('unstable', True)
    """

    inside: int | None = None
    on_circle: int | None = None
    outside: int | None = None
    method: str = "none"
    certified: bool = False
    undecided_arcs: Arcs = ()
    reason: str = ""

    @classmethod
    def unknown(cls, reason: str, arcs: Arcs, method: str = "none") -> Self:
        """Return the counts of a `method` that prove nothing, for a `reason` on `arcs`."""
        return cls(method=method, undecided_arcs=arcs, reason=reason)

    @property
    def verdict(self) -> Verdict:
        """The verdict that these counts prove; "undecided" if they prove none."""
        if not self.certified:
            return "undecided"
        if self.outside is None or self.outside > 0:
            return "unstable"
        return "marginal" if self.on_circle else "stable"


def unit_circle_counts(mix: WorkloadLike, method: Method = "auto") -> Counts:
    """Count the roots of the characteristic polynomial inside, on and outside the unit circle.

    Parameters
    ----------
    mix : WorkloadLike
    method : {"auto", "schur-cohn", "winding", "flint"}
        "auto" takes the fastest proof; the others force one engine, for comparison.

    Returns
    -------
    Counts
        Exact integers, or None with the reason.

    Raises
    ------
    InvalidArgument
        If `method` is none of these, or needs the dense kernel of a mix with L > 20 000.

    Notes
    -----
    Exact counts come up to L = 16,000,000, in some ten seconds. Memory grows by about 100 bytes per
    step of L, and by 1000 if there are more than L / 150 decode lengths. Where half of the modes
    are next to the circle, as with long inputs and lengths L / 2 and L, it is 400 to 500, and the
    budget of work ends beyond L = 7,000,000, after some twenty seconds. What is not counted is
    still proved unstable where R5 or R9 does so; otherwise the verdict is undecided.

    References
    ----------
    docs/model.md, Stability, R5, R9; see the modules of the engines for their proofs.

    Examples
    --------
    >>> c = unit_circle_counts("5:3 5:5")
    >>> c.inside, c.on_circle, c.outside, c.verdict
    (2, 0, 2, 'unstable')
    >>> unit_circle_counts("1:2 1:3").verdict
    'marginal'
    """
    mix = as_workload(mix)
    kernel = MemoryKernel.of(mix)
    engines = {"schur-cohn": _by_schur_cohn, "winding": _by_winding, "flint": _by_isolation}
    check_choice(method, "'method'", ("auto", *engines))
    if method == "auto":
        return kernel_counts(kernel)
    if method != "winding" and kernel.length > LONGEST_DENSE:
        raise InvalidArgument(
            f"'method' must be 'auto' or 'winding' beyond L = {LONGEST_DENSE}, not {shown(method)}."
        )
    return engines[method](kernel)


def kernel_counts(kernel: MemoryKernel, budget: Budget | None = None) -> Counts:
    """Return `unit_circle_counts` of a kernel, by the fastest method.

    The work is paid from the `budget` of the call that asks; None is a call of its own. What is
    short enough for the exact recursion at once takes milliseconds, and nothing from the budget.
    """
    if single_decode_length(kernel) and kernel.length > 1:
        reason = "Eneström-Kakeya (R5): with one decode length every mode is unstable."
        return Counts(0, 0, kernel.length - 1, "enestrom-kakeya", True, reason=reason)
    if kernel.length <= _SHORT and is_quick(kernel.coefficients):
        return _by_schur_cohn(kernel)
    counts = _by_winding(kernel, budget)
    if counts.certified:
        return counts
    proof = instability_certificate(kernel)
    if proof is None:
        return counts
    return replace(counts, method="certificate", certified=True, reason=proof)


def _by_schur_cohn(kernel: MemoryKernel) -> Counts:
    within, on = exact_disc_counts(fmpz_poly(list(kernel.coefficients)))
    reason = "Schur-Cohn recursion over the integers: exact."
    return _counts(kernel, within, on, "schur-cohn", reason)


def exact_disc_counts(polynomial: fmpz_poly) -> tuple[int, int]:
    """Return the zeros with |z| < 1 and |z| = 1, with multiplicity; 0 must not be one."""
    common = self_reciprocal_part(polynomial)
    on = circle_zeros(common)
    quotient = [int(c) for c in (polynomial // common).coeffs()]
    return zeros_in_disc(quotient) + (common.degree() - on) // 2, on


def _by_isolation(kernel: MemoryKernel) -> Counts:
    within, on, _ = isolated_disc_counts(kernel.coefficients)
    reason = "Every root isolated in a ball that meets the unit circle only if the root does."
    return _counts(kernel, within, on, "flint", reason)


def _by_winding(kernel: MemoryKernel, budget: Budget | None = None) -> Counts:
    if kernel.length < 3:
        return _by_schur_cohn(kernel)
    if kernel.length > LONGEST_KERNEL:
        reason = f"The kernel has {kernel.length} terms; exact counts go up to {LONGEST_KERNEL}."
        return Counts.unknown(reason, ((0.0, math.pi),))
    found = count_by_winding(kernel, budget)
    if found.within is None or found.on_circle is None:
        arcs = tuple((float(arc.lo) * math.pi, float(arc.hi) * math.pi) for arc in found.undecided)
        nearby = "A root lies on the unit circle or closer to it than ball arithmetic was tried."
        return Counts.unknown(found.reason or nearby, arcs, "winding")
    reason = "Winding number of the characteristic polynomial, every arc of the circle certified."
    return _counts(kernel, found.within, found.on_circle, "winding", reason)


def _counts(kernel: MemoryKernel, within: int, on: int, method: str, reason: str) -> Counts:
    """Zeros of G within the disc are modes outside it: lambda = 1 / z."""
    inside = kernel.length - 1 - on - within
    return Counts(inside, on, within, method, True, reason=reason)
