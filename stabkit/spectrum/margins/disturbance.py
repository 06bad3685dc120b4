"""The largest disturbance of the equilibrium that causes no eviction, as a proved enclosure.

*Setting.* Let a step of the greedy rule have completed and aged its requests, and let it be about
to fit. By R11 a state of product form is then p_k a* (1 + alpha_(-j)) requests of class k in stage
j, 1 <= j < l_k: the L - 1 relative deviations alpha_(-1), ..., alpha_(-(L-1)) >= -1 of the cohorts
from the equilibrium are the whole state, and any such vector is called a *disturbance*: requests
that arrived beside the rule or were lost. (Whether greedy itself could have produced it is not
asked.) The memory equation sum_m g_m a_(n-m) = B and a* G(1) = B give for the coming admissions
a_n = a* (1 + alpha_n)

    sum_(m=0)^(L-1) g_m alpha_(n-m) = 0,   n >= 0,                                            (1)

as long as nothing is evicted. Step n evicts iff the survivors need more than B, that is iff the
a_n of (1) is negative, iff alpha_n < -1. By induction on n nothing is ever evicted iff the solution
of (1) has alpha_n >= -1 for all n >= 0. The capacity B has dropped out.

*The largest disturbance.* (1) is linear: alpha_n = sum_j R_(n,j) alpha_(-j). Let
rho_n = sum_j |R_(n,j)|. Over the box |alpha_(-j)| <= epsilon the least alpha_n is -epsilon rho_n,
attained by alpha_(-j) = -epsilon sign R_(n,j): the linear programme in closed form. So the largest
epsilon <= 1 (cohorts are not negative) whose box causes no eviction is exactly

    epsilon = min(1, 1 / sup_(n>=0) rho_n).                                                   (2)

(2) needs no stability. If some mode is outside the circle, the powers of the companion matrix C of
(1) are unbounded; row j of C^n is R_(n-j), so sup rho_n = infinity and epsilon = 0: every
neighbourhood of the equilibrium holds a disturbance that ends in an eviction.

*One burst.* Let h_0 = 1, h_1, ... be the coefficients of g_0 / G(z). A single extra admission,
alpha_(-1) = x and the others 0, has alpha_n = x h_(n+1), for both satisfy (1) with the same start.
So the largest burst x without eviction is 1 / max_(n>=1) (-h_n), where h_1 = -g_1 / g_0 < 0. If
some mode is outside, it is 0: were -h_n <= M, then g_0 / G(z) + M / (1 - z) would have nonnegative
coefficients and a radius of convergence r < 1, hence a singularity at z = r (Pringsheim), but
G(r) > 0.

*The tail.* Write T = N + L - 1 and W = max_(N<=n<T) rho_n. The L - 1 values before step T are a
disturbance of norm at most W times the first one, and (1) does not depend on time, so

    rho_(T+k) <= W rho_k,   |h_(T+k+1)| <= rho_k max_(N<=n<T) |h_(n+1)|,   k >= 0.            (3)

If W <= 1, induction on n gives sup rho_n = max_(n<T) rho_n: finitely many steps decide. For a
stable mix rho_n -> 0 and such a T exists.

*Rows.* With c_j = g_j / g_0 and R_(-1) = (1, 0, ..., 0), R_n = R_(n-1) C reads

    R_(n,j) = R_(n-1,j+1) - R_(n-1,1) c_j     (R_(n-1,L) = 0),

so that R_(n,1) = h_(n+1); this is the long division of g_0 by G, and takes O(L) per step.

*Rounding.* Doubles with unit roundoff u commit in step i a row error E_i with
||E_i||_1 <= u (2.01 |R_(i-1,1)| ||c||_1 + 1.01 ||R_i||_1), computed rows on the right (c_j rounded,
a product, a difference; [H, section 2.2]), plus underflow. Errors propagate by C: the error of row
n is sum_i E_i C^(n-i), and row j of C^m is R_(m-j), of norm rho_(m-j) (1 if m < j). With
P = max(1, max_(n<T) rho_n) and S = sum_(i<T) ||E_i||_1 every row n < T is in error by at most S P
in the 1-norm. Hence P <= P' + S P, where P' is computed, and

    P <= P' / (1 - S),   |rho_n - rho'_n| <= S P' / (1 - S).                                  (4)

The error does not grow with the powers of |C|. The same holds for h_(n+1), an entry of row n. A sum
of L - 1 absolute values is in error by at most 1.01 L u of itself.

References
----------
docs/model.md, Kernel, R11. [H] N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd
ed., SIAM 2002. P. Flajolet, R. Sedgewick, *Analytic Combinatorics*, Cambridge 2009, theorem IV.6
(Pringsheim).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...records import Record
from ..circle.fourier import UNIT_ROUNDOFF
from ..counting.counts import Counts, kernel_counts

__all__ = ["DisturbanceMargin", "disturbance_margin"]

Floats = NDArray[np.float64]

# A few seconds: a step costs a few microseconds and about 2 ns for each of the L terms.
_MOST_STEPS = 400_000
_MOST_WORK = 2 * 10**9  # steps times (L + _STEP_COST)
_STEP_COST = 3_000
_BLOCK = 256
_UNDERFLOW = 1e-300
_ZERO, _ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, repr=False)
class DisturbanceMargin(Record):
    """How far the equilibrium may be disturbed without an eviction ever after.

    Attributes
    ----------
    largest : RealEnclosure or None
        epsilon: every disturbance with all |alpha_(-j)| <= `largest.low` causes no eviction;
        beyond `largest.high` (if that is below 1) `worst` causes one. Relative to a*.
    peak_step : int or None
        A step n whose rho_n lies within the enclosure of the supremum. Above `largest.high`,
        `worst` evicts in this step or before.
    worst : tuple of int, or None
        The signs of alpha_(-1), ..., alpha_(-(L-1)), youngest cohort first.
    burst : RealEnclosure or None
        The largest single extra admission one step ago, relative to a*; may exceed 1.
    burst_step : int or None
        The step whose eviction a larger burst causes, if none came before.
    horizon : int or None
        T of the proof: the steps computed.
    reason : str
        One sentence: what proves the enclosures, or why there are none.

    Examples
    --------
    >>> from stabkit import Workload, disturbance_margin
    >>> mix = Workload.from_classes([(10, 3), (10, 5)])
    >>> found = disturbance_margin(mix)
    >>> found.peak_step, round(float(found.largest.low), 4)
    (0, 0.2785)
    """

    largest: RealEnclosure | None = None
    peak_step: int | None = None
    worst: tuple[int, ...] | None = None
    burst: RealEnclosure | None = None
    burst_step: int | None = None
    horizon: int | None = None
    reason: str = ""

    @classmethod
    def unknown(cls, reason: str) -> Self:
        """Return the margin of which nothing is proved."""
        return cls(reason=reason)


def disturbance_margin(mix: WorkloadLike) -> DisturbanceMargin:
    """Return the largest disturbance of the equilibrium under which greedy evicts nothing.

    Parameters
    ----------
    mix : WorkloadLike
        The capacity plays no role.

    Returns
    -------
    DisturbanceMargin
        Stable: enclosures of epsilon and of the largest burst. Unstable: both are exactly 0,
        which is proved. Marginal, undecided, L = 1, or beyond the budget: None with the reason.

    Notes
    -----
    The result is about the fluid model from states of product form, and about the box norm. It
    bounds the disturbances that cause *no* eviction; larger ones may still return to the
    equilibrium after some evictions. A marginal mix may have a positive epsilon, which the tail
    bound (3) does not reach.

    Often the first step is the worst: epsilon = g_0 / (G(1) - g_0), where every surviving cohort is
    larger and the survivors alone need more than B. The burst is the milder test.

    The budget is 400,000 steps and 2 10^9 operations, some seconds.

    References
    ----------
    docs/model.md, Kernel, R11; the proofs are in the introduction of this module.

    Examples
    --------
    One cohort survives a step, alpha_n = (-g_1 / g_0)^(n+1) alpha_(-1); here g = (2, 3/2):

    >>> margin = disturbance_margin("1:1 1:2")
    >>> margin.largest, margin.worst, margin.peak_step
    (RealEnclosure(low=Fraction(1, 1), high=Fraction(1, 1)), (1,), 0)
    >>> bool(margin.burst.low < Fraction(4, 3) < margin.burst.high)
    True
    """
    mix = as_workload(mix)
    kernel = MemoryKernel.of(mix)
    counts = kernel_counts(kernel)
    if kernel.length == 1:
        return DisturbanceMargin.unknown(
            "L = 1: no request survives a step, so there is nothing to disturb."
        )
    if counts.verdict == "unstable":
        return _unstable(counts)
    if counts.verdict != "stable":
        return DisturbanceMargin.unknown(f"The equilibrium is {counts.verdict}: {counts.reason}")
    steps = min(_MOST_STEPS, _MOST_WORK // (kernel.length + _STEP_COST))
    response = _Response(kernel, steps) if 2 * kernel.length <= steps else None
    if response is None or not response.settled():
        return DisturbanceMargin.unknown(
            f"The disturbances are not seen to have died out within {steps} steps, the budget "
            f"for L = {kernel.length}: a mode is too close to the unit circle, or L too large."
        )
    return response.margin()


def _unstable(counts: Counts) -> DisturbanceMargin:
    zero = RealEnclosure(_ZERO, _ZERO)
    reason = f"A growing mode takes every neighbourhood to an eviction. {counts.reason}"
    return DisturbanceMargin(largest=zero, burst=zero, reason=reason)


class _Response:
    """The rows R_n in one buffer: R_(n,j) is cell n + j, which row n + 1 updates in place.

    * `row_norms`: rho'_n, 0 <= n < steps.
    * `cells`: h'_n where row n is past.
    * `local`: bound of sum ||E_i||_1, i < steps.
    """

    def __init__(self, kernel: MemoryKernel, most_steps: int) -> None:
        first = kernel.first
        self.ratios = np.array([g / first for g in kernel.coefficients[1:]])  # rounded correctly
        self.most_steps = most_steps
        self.steps = 0
        self.cells = np.zeros(most_steps + len(self.ratios) + 1)
        self.cells[0] = 1.0
        self.row_norms = np.zeros(most_steps)
        self.local = 0.0

    def settled(self) -> bool:
        """Advance until (3) proves both suprema; False if the budget ends or errors grow."""
        while self.steps < self.most_steps:
            self._advance(min(_BLOCK, self.most_steps - self.steps))
            if not self.local < 0.25 or not np.isfinite(self.row_norms[self.steps - 1]):
                return False
            if self._tail_is_low():
                return True
        return False

    def _advance(self, count: int) -> None:
        width, start = len(self.ratios), self.steps
        product = np.empty(width)
        with np.errstate(all="ignore"):  # an overflow ends the search
            for n in range(start, start + count):
                row = self.cells[n + 1 : n + 1 + width]
                np.multiply(self.ratios, self.cells[n], out=product)
                np.subtract(row, product, out=row)
                self.row_norms[n] = np.abs(row).sum()
        self.steps += count
        pivots = np.abs(self.cells[start : self.steps]).sum()
        norms = self.row_norms[start : self.steps].sum()
        bound = 2.01 * pivots * self.ratios.sum() + 1.01 * norms
        # underflow: at most 2^-1074 for the ratio, for the product and nothing for the difference
        self.local += UNIT_ROUNDOFF * bound * 1.001 + _UNDERFLOW * width * (count + pivots)

    @property
    def largest_norm(self) -> float:
        """The bound of P in (4)."""
        top = max(1.0, float(np.max(self.row_norms[: self.steps])))
        return top * self._summing / (1 - self.local) * (1 + 1e-15)

    @property
    def _summing(self) -> float:
        return 1 + 1.01 * (len(self.ratios) + 4) * UNIT_ROUNDOFF

    @property
    def row_error(self) -> float:
        """The bound S P of the error of a row in the 1-norm."""
        return self.local * self.largest_norm * (1 + 1e-15)

    def _tail_is_low(self) -> bool:
        window = slice(self.steps - len(self.ratios), self.steps)
        if window.start < 0:
            return False
        norm = np.max(self.row_norms[window]) * self._summing + self.row_error
        entries = self.cells[window.start + 1 : window.stop + 1]
        late = self.largest_norm * (np.max(np.abs(entries)) + self.row_error)
        dip = np.max(-self.cells[1 : self.steps + 1]) - self.row_error
        return bool(norm * (1 + 1e-12) <= 1 and late * (1 + 1e-12) <= dip)

    def margin(self) -> DisturbanceMargin:
        """Return the result; `settled` must have been True."""
        step = int(np.argmax(self.row_norms[: self.steps]))
        peak = float(self.row_norms[step])
        dips = -self.cells[1 : self.steps + 1]
        burst_step = int(np.argmax(dips))
        return DisturbanceMargin(
            largest=self._reciprocal(peak, peak * (self._summing - 1), cap=_ONE),
            peak_step=step,
            worst=self._signs(step),
            burst=self._reciprocal(float(dips[burst_step]), 0.0, cap=None),
            burst_step=burst_step,
            horizon=self.steps,
            reason=f"Every row of the first {self.steps} steps, with its rounding; the later "
            "ones are bounded by these.",
        )

    def _reciprocal(self, peak: float, summing: float, cap: Fraction | None) -> RealEnclosure:
        error = (self.row_error + summing) * (1 + 1e-12)
        low = 1 / (Fraction(peak) + Fraction(error))
        high = 1 / max(Fraction(peak) - Fraction(error), Fraction(_UNDERFLOW))
        if cap is None:
            return RealEnclosure(low, high)
        return RealEnclosure(min(cap, low), min(cap, high))

    def _signs(self, step: int) -> tuple[int, ...]:
        """Return -sign R_(step,j), by the division up to that step once more."""
        width = len(self.ratios)
        row = np.zeros(width + 1)
        row[0] = 1.0
        for n in range(step + 1):
            row[:-1] = row[1:] - self.cells[n] * self.ratios
        return tuple(1 if math.copysign(1.0, r) < 0 else -1 for r in row[:-1])
