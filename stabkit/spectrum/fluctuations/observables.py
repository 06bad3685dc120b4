"""The observables of a finite server: what one request adds to each of them, in moments.

================ ============ ====================================================================
observable       Q            in words, per step
================ ============ ====================================================================
admissions       1            requests admitted
running          D            requests in service, D = sum_(m<T) z^m
demand           S + 1        tokens that the requests in service need before any is admitted
completions      z^T          requests completed
tokens           T z^T        decode tokens of the requests completed
================ ============ ====================================================================

The memory is full after every step, so what is needed before it is the capacity less the first
memory S + 1 of the requests admitted: up to its sign, which a density does not show, demand is
their sum. For each the coefficients of `Density` follow from the tails of the joint law:

* running: P_k = E[(T - k)^+], and X(z) D(1/z) has at z^k, k >= 0, the coefficient
  sum_(m=k)^(T-1) (S + m + 1) = S (T - k) + (T (T + 1) - k (k + 1)) / 2, and at z^(-k)
  sum_(m<T-k) (S + m + 1) = S (T - k) + (T - k)(T - k + 1) / 2;
* demand: X (S + 1) has (S + 1)(S + m + 1) 1{T > m} at z^m;
* completions, tokens: X z^(-T) has S + T - k at z^(-k-1), 0 <= k < T, and T times that.

References
----------
docs/model.md, R14.
"""

from __future__ import annotations

from collections.abc import Callable

from .density import Density
from .joint_law import JointLaw

__all__ = ["OBSERVABLES", "density_of"]


def density_of(observable: str, law: JointLaw) -> Density:
    """Return the spectral density per a* of one of `OBSERVABLES`.

    The index of dispersion of the completions is the squared coefficient of variation of M (R14).

    >>> from stabkit import Workload
    >>> law = JointLaw.of(Workload.from_classes([(5, 3), (9, 4)]))
    >>> law.memory_time, law.memory_time_squared  # M is 5 * 3 + 6 = 21 or 9 * 4 + 10 = 46
    (Fraction(67, 2), Fraction(2557, 2))
    >>> cv = law.memory_time_squared / law.memory_time**2 - 1
    >>> density_of("completions", law).at_one() == cv == density_of("admissions", law).at_one()
    True
    """
    mean, power, ahead, behind = OBSERVABLES[observable](law)
    return Density(law.denominator, law.kernel, law.autocovariance_sums, mean, power, ahead, behind)


Parts = tuple[list[int], list[int], list[int], list[int]]  # q, P, and C ahead and behind


def _admissions(law: JointLaw) -> Parts:
    return [law.denominator], [law.denominator], law.kernel, []


def _running(law: JointLaw) -> Parts:
    alive = law.tails(0)
    rows = list(
        enumerate(
            zip(alive, law.tails(0, 1), law.tails(0, 2), law.tails(1), law.tails(1, 1), strict=True)
        )
    )
    power = [a1 - k * a0 for k, (a0, a1, _, _, _) in rows]
    ahead = [b1 - k * b0 + (a2 + a1 - k * (k + 1) * a0) // 2 for k, (a0, a1, a2, b0, b1) in rows]
    behind = [
        b1 - k * b0 + (a2 + (1 - 2 * k) * a1 + (k - 1) * k * a0) // 2
        for k, (a0, a1, a2, b0, b1) in rows[1:]
    ]
    return alive, power, ahead, behind


def _demand(law: JointLaw) -> Parts:
    rows = enumerate(zip(law.tails(0), law.tails(1), law.tails(2), strict=True))
    ahead = [c0 + (m + 2) * b0 + (m + 1) * a0 for m, (a0, b0, c0) in rows]
    return law.kernel[:1], ahead[:1], ahead, []


def _completions(law: JointLaw) -> Parts:
    rows = enumerate(zip(law.tails(0), law.tails(0, 1), law.tails(1), strict=True))
    behind = [b0 + a1 - k * a0 for k, (a0, a1, b0) in rows]
    return _at_completion(law, 0), [law.denominator], [0], behind


def _tokens(law: JointLaw) -> Parts:
    rows = enumerate(zip(law.tails(0, 1), law.tails(0, 2), law.tails(1, 1), strict=True))
    behind = [b1 + a2 - k * a1 for k, (a1, a2, b1) in rows]
    return _at_completion(law, 1), [law.mean(0, 2)], [0], behind


def _at_completion(law: JointLaw, power: int) -> list[int]:
    """Return D E[T^power z^T]."""
    shares = dict(zip(law.decode_lengths, law.moments[0], strict=True))
    return [n**power * shares.get(n, 0) for n in range(law.length + 1)]


OBSERVABLES: dict[str, Callable[[JointLaw], Parts]] = {
    "admissions": _admissions,
    "running": _running,
    "demand": _demand,
    "completions": _completions,
    "tokens": _tokens,
}
