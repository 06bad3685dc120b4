"""A common input from which on every start converges: a bound on what evictions can feed.

*Setting.* One input length s, lengths with gcd 1, S_m = P(T > m), h_m = P(T = m + 1 | T > m). Let
the memory be full in product form, sum_m (s + m + 1) S_m y_m = B, as it is after every fit. X =
sum S_m y_m requests are in service, and sum_m h_m S_m y_m complete in the step. Let M move S_m y_m
to age m + 1 with probability 1 - h_m and to age 0 with h_m: admissions that replace completions one
by one. It is the *age chain* P of the decode lengths, and keeps X. With

    f(m) = (m + 1) h_m - 1,    F(y) = sum_m f(m) S_m y_m,

the decode steps of what completes less the requests in service, the memory equation says that the
step admits a = (M y)_0 + F(y) / (s + 1) if that is not negative, and evicts (s + 1) |a| tokens if
it is. So the next state is M y + e, where in the weighted norm |y| = sum S_m |y_m|

    |e| <= |F(y)| / (s + 1).                                                                   (1)

*Proof.* B less what the survivors need is sum [(s + m + 1) h_m - (1 - h_m)] S_m y_m =
(s + 1) (M y)_0 + F(y), which proves the first claim, and (1) without eviction: e = F / (s + 1) at
age 0. With one, e takes away (M y)_0 at age 0, and from later ages at most |a| (s + 1) / (s + 2)
requests, for each needs s + 2 tokens or more. As a < 0, |a| + (M y)_0 = -F / (s + 1).

*Theorem (R23).* Let

    Phi = sum_(k>=0) max_m |E_m f(X_k)|,

X the age chain from age m. The stationary law of X is S_m / mu and has E f = 0, and the chain is
aperiodic for g = 1, so that Phi is finite. If s + 1 > Phi, then from every start of product form
the evictions end and the state converges to the equilibrium; all steps together evict at most
Phi / (s + 1 - Phi) times the requests in service after the first fit.

*Proof.* Write psi_k for the maximum, and y(t) = M^t y(0) + sum_(i<=t) M^(t-i) e_i. F(M^k v) is
sum_m S_m v_m E_m f(X_k), at most psi_k |v|. So by (1)

    |F(y(t))| <= psi_t X_0 + sum_(k<t) psi_k |F(y(t - 1 - k))| / (s + 1).

Added up over t, sum_t |F| <= Phi X_0 + Phi sum_t |F| / (s + 1), first for finitely many t, hence
sum_t |F| <= X_0 Phi (s + 1) / (s + 1 - Phi), and the errors (1) have a finite sum. M^k v tends to
the constant (sum S_m v_m) / mu; so y(t) tends to a constant too, of full memory: a*. An eviction
needs |F| > (s + 1) (M y)_0, which tends to (s + 1) a*, while F tends to 0. ∎

The linear recursion, signed and without evictions, obeys (1) too, with e = F / (s + 1), so that the
same sum makes it converge from every y: all modes are inside, and the bound is at least s*.

*The other bound.* No state evicts iff h_(m-1) >= 1 / (s + m + 1) for 1 <= m < L (R19), and all
starts converge if that is strict: for s > max_(1<=m<L) (1 / h_(m-1) - m - 1), if every length up to
L occurs. The smaller of the two is returned.

*Computing.* v_k(m) = E_m f(X_k) obeys v_(k+1)(m) = h_m v_k(0) + (1 - h_m) v_k(m + 1), a mean of two
numbers. In doubles with unit roundoff u that is in error by at most 3.01 u max |v_k|, and the error
of v_k is passed on without growing: E_(k+1) <= E_k + 3.01 u max |v_k|, E_0 = u max |f|.

*Tail.* Let beta_n = min_m P_m(X_n = 0). Any two laws of X_n have that much in common, so that n
steps shrink the spread max v - min v to 1 - beta_n of itself at most. It never grows, and bounds
max |v_k|, for the stationary mean of v_k is 0. Hence

    sum_(k>=N) psi_k <= n (max v_N - min v_N) / beta_n.                                        (2)

References
----------
docs/model.md, R11, R19, R23. W. Doeblin, "Exposé de la théorie des chaînes simples constantes de
Markov à un nombre fini d'états", Rev. Math. Union Interbalkanique 2 (1938).
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ..circle.fourier import UNIT_ROUNDOFF
from ..circle.sparse_polynomial import Floats

__all__ = ["age_chain_sum", "every_start"]

_MOST_WORK = 60_000_000  # steps times (L + _STEP_COST): half a second
_STEP_COST = 2_000
_SHARE = 0.5  # of 1 / mu, which beta_n tends to
_TAIL = 1e-7  # of the sum
_SLACK = 1 + 1e-9  # covers the rounding of the bounds themselves
_SUMMING = 1e-11  # that of a sum of at most 30,000 terms, relatively


def every_start(kernel: MemoryKernel) -> RealEnclosure | None:
    """Return a common input above which every start reaches the equilibrium.

    * `kernel`: its own inputs are not looked at.

    In tokens, the smaller of the two bounds; below 0 if all inputs are above it. None for decode
    lengths with a common divisor, and where the age chain forgets too slowly.

    >>> from stabkit import Workload
    >>> found = every_start(MemoryKernel.of(Workload.from_classes([(0, 2), (0, 3)])))
    >>> found.low < Fraction(13, 3) < found.high < found.low + Fraction(1, 10**5)
    True
    """
    if math.gcd(*kernel.decode_lengths) > 1:
        return None
    falling = _never_rising(kernel)
    total = age_chain_sum(kernel)
    if total is None or (falling is not None and falling <= total.low - 1):
        return None if falling is None else RealEnclosure(falling, falling)
    return RealEnclosure(total.low - 1, total.high - 1)


def age_chain_sum(kernel: MemoryKernel) -> RealEnclosure | None:
    """Return Phi, dimensionless; None where the age chain forgets too slowly, or never.

    >>> from stabkit import Workload
    >>> age_chain_sum(MemoryKernel.of(Workload.from_classes([(0, 4), (0, 6)]))) is None
    True
    """
    return None if math.gcd(*kernel.decode_lengths) > 1 else _AgeChain(kernel).total()


def _never_rising(kernel: MemoryKernel) -> Fraction | None:
    """Return max (1 / h_(m-1) - m - 1), 1 <= m < L; -1 for L = 1, None if a length is missing."""
    if len(kernel.decode_lengths) < kernel.length:
        return None
    alive = kernel.survival
    ages = zip(range(1, kernel.length), alive, kernel.shares, strict=False)
    return max((Fraction(s, w) - m - 1 for m, s, w in ages), default=Fraction(-1))


class _AgeChain:
    """The age chain in doubles: h_m, 1 - h_m and f, each rounded correctly."""

    def __init__(self, kernel: MemoryKernel) -> None:
        alive = [*kernel.survival, 0]
        ends = [alive[m] - alive[m + 1] for m in range(kernel.length)]
        self._ends = np.array([e / s for e, s in zip(ends, alive, strict=False)])
        self._goes_on = np.array([alive[m + 1] / alive[m] for m in range(kernel.length)])
        self._start = np.array([((m + 1) * e - alive[m]) / alive[m] for m, e in enumerate(ends)])
        self._steps = _MOST_WORK // (kernel.length + _STEP_COST)
        self._target = _SHARE / float(kernel.mean_decode_length)

    def _ahead(self, values: Floats) -> Floats:
        """Return E_m v(X_1)."""
        moved: Floats = self._ends * values[0]
        moved[:-1] += self._goes_on[:-1] * values[1:]
        return moved

    def _forgetting(self) -> tuple[int, float] | None:
        """Return n and a lower bound of beta_n."""
        values, error = np.eye(1, len(self._ends))[0], 0.0
        for n in range(1, self._steps + 1):
            values, error = self._ahead(values), error + 3.01 * UNIT_ROUNDOFF
            least = float(np.min(values)) - error
            if least >= self._target:
                return n, least
        return None

    def total(self) -> RealEnclosure | None:
        """Return an enclosure of Phi."""
        forgotten = self._forgetting()
        if forgotten is None:
            return None
        wait, least = forgotten
        values = self._start
        error = UNIT_ROUNDOFF * float(np.max(np.abs(values)))
        sizes, errors = 0.0, 0.0
        for _ in range(self._steps):
            spread = float(np.max(values) - np.min(values)) + 2 * error
            tail = wait * spread / least
            if tail <= _TAIL * sizes or not spread:
                inaccuracy = Fraction((errors + _SUMMING * sizes) * _SLACK)
                return RealEnclosure(
                    max(Fraction(0), Fraction(sizes) - inaccuracy),
                    Fraction(sizes) + inaccuracy + Fraction(tail * _SLACK),
                )
            size = float(np.max(np.abs(values)))
            sizes, errors = sizes + size, errors + error
            values, error = self._ahead(values), error + 3.01 * UNIT_ROUNDOFF * (size + error)
        return None
