"""Exact counts for long kernels: winding number first, exact arithmetic where it is needed.

Three stages, each only for what the one before left open:

1. the phase path of H in double precision (`winding`), which decides all but the arcs that come
   within about 1e-11 of a zero;
2. ball arithmetic on those arcs (`ball_arcs`) down to a width of 2^-128;
3. gcd(F, F*), which holds every zero on the circle (`self_reciprocal`). If it is 1 there is none,
   and ball arithmetic will end at some precision. Otherwise its zeros are counted exactly and the
   quotient, which has none on the circle, goes through the stages again.

Where numpy is missing, as in a browser, balls do the first stage too (`ball_path`), up to
`LONGEST_BALL_PATH` terms.

Nothing is ever guessed: beyond `LONGEST_KERNEL`, or when the one `Budget` of all stages is spent,
the arcs are returned as they are, with the limit that was met.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

from flint import fmpz_poly

from ...model.kernel import MemoryKernel
from ..circle.arcs import Arc, ArcPath, PathStart
from ..circle.ball_arcs import resolve_arcs
from ..circle.ball_path import LONGEST_BALL_PATH, follow_balls, kernel_ball_path
from ..circle.budget import Budget, BudgetSpent
from .schur_cohn import is_quick, zeros_in_disc
from .self_reciprocal import EXACT, circle_zeros, self_reciprocal_part

__all__ = ["LONGEST_KERNEL", "DiscCount", "count_by_winding"]

# 2^26 samples: some ten seconds, and 1.4 GB. With half of the zeros next to the circle 7,000,000
# take 20 s and 2.7 GB, and of 8,000,000 the budget leaves the count open.
LONGEST_KERNEL = 16_000_000
_FIRST_BITS = 128
_UNLIMITED_BITS = 1 << 20
_ORDERS = 12  # up to R = 12 288: clusters of that many zeros


@dataclass(frozen=True)
class DiscCount:
    """Zeros of G in the open unit disc and on the circle; None, the arcs and why if undecided."""

    within: int | None = None
    on_circle: int | None = None
    undecided: tuple[Arc, ...] = ()
    reason: str = ""

    @classmethod
    def unknown(cls, path: ArcPath, reason: str = "") -> Self:
        """Return the count of a path that ball arithmetic did not complete, and why."""
        return cls(undecided=tuple(path.undecided), reason=reason)


def count_by_winding(kernel: MemoryKernel, budget: Budget | None = None) -> DiscCount:
    """Return the zeros of G with |z| < 1 and |z| = 1, proved, or the arcs left undecided.

    * `kernel`: of 3 to `LONGEST_KERNEL` terms.
    * `budget`: None for a call of its own.
    """
    budget = budget or Budget()
    path = _kernel_path(kernel, budget)
    resolve_arcs(path, kernel.closed_form, _FIRST_BITS, budget)
    if not path.undecided:
        return _checked(kernel, path)
    try:
        return _next_to_the_circle(kernel, path, budget)
    except BudgetSpent:
        return DiscCount.unknown(path, budget.reason)


def _next_to_the_circle(kernel: MemoryKernel, path: ArcPath, budget: Budget) -> DiscCount:
    """Return the count where a zero is on the circle or very near, by gcd(F, F*)."""
    # the dense kernel itself has L coefficients; in a call whose budget is spent it is not made
    budget.charge(kernel.length, EXACT)
    polynomial = fmpz_poly(list(kernel.coefficients))
    common = self_reciprocal_part(polynomial, budget)
    if common.degree() == 0:
        resolve_arcs(path, kernel.closed_form, _UNLIMITED_BITS, budget, _ORDERS)
        return DiscCount.unknown(path, budget.reason) if path.undecided else _checked(kernel, path)
    on = circle_zeros(common, budget)
    within = _zeros_off_circle(polynomial // common, budget)
    if within is None:
        return DiscCount.unknown(path, budget.reason)
    return DiscCount(within + (common.degree() - on) // 2, on)


def _checked(kernel: MemoryKernel, path: ArcPath) -> DiscCount:
    """Return the count of a complete path, its parity checked against the exact sign of G(-1).

    Complex zeros come in pairs and G(0) > 0, so G(-1) < 0 iff the number of zeros in (-1, 0), hence
    in the disc, is odd.
    """
    within = path.half_turns()
    if within is None:
        return DiscCount.unknown(path)
    if (within % 2 == 1) != (kernel.at_minus_one() < 0):
        raise ArithmeticError("the winding number contradicts the exact sign of G(-1)")
    return DiscCount(within, 0)


def _zeros_off_circle(polynomial: fmpz_poly, budget: Budget) -> int | None:
    """Count the zeros in the open disc of a polynomial that is coprime to its reverse.

    None if the budget does not reach.
    """
    coefficients = [int(c) for c in polynomial.coeffs()]
    if len(coefficients) < 3 or is_quick(coefficients):
        return zeros_in_disc(coefficients)
    start_positive = sum(coefficients) > 0
    path = _path(coefficients, PathStart(0, 0.0 if start_positive else math.pi), budget)
    resolve_arcs(path, dict(enumerate(coefficients)), _UNLIMITED_BITS, budget, _ORDERS)
    half_turns = path.half_turns()
    if half_turns is None:
        return None
    return half_turns - (0 if start_positive else 1)


def _kernel_path(kernel: MemoryKernel, budget: Budget) -> ArcPath:
    try:
        from ..circle.kernel import kernel_phase_path
    except ModuleNotFoundError as missing:
        if missing.name != "numpy" or kernel.length > LONGEST_BALL_PATH:
            raise
        return kernel_ball_path(kernel, budget)
    return kernel_phase_path(kernel, budget=budget)


def _path(coefficients: list[int], start: PathStart, budget: Budget) -> ArcPath:
    try:
        from ..circle.winding import follow_coefficients
    except ModuleNotFoundError as missing:
        if missing.name != "numpy":
            raise
        return follow_balls(dict(enumerate(coefficients)), start, budget)
    return follow_coefficients(coefficients, start, budget)
