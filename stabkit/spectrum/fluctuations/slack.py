"""The slack: what a finite memory leaves over, and what that adds to the admissions (R13).

The next request is admitted while it fits, so that a full memory of B tokens holds B - R, the
*slack* R less than the S + 1 tokens of the request that did not fit. For a large server the place
of the boundary among the requests in line is uniform: that request is of the class k with
probability proportional to p_k (s_k + 1) (*str*, straddling) and R is uniform on 0 ... s_k. So

    E R = E[S (S + 1)] / (2 E[S + 1]),   E R^2 = E[(S + 1) S (2 S + 1)] / (6 E[S + 1]),

the mean admissions are a_eff = (B - E R) / E M, exactly as long as nothing is evicted, and the
memory equation sum_m g_m u_(n-m) = -xi_n - (R_n - E R) has two new terms beside xi. R_n is that of
step n alone, and the request that did not fit is the first of the next cohort, whose Y it biases:
the covariance of R_n and what follows is Cov_str(X, R) e^(i theta), and R depends on the request by
its conditional mean S / 2. The variance of the admissions is

    Var a_n = a_eff V + (1 / 2 pi) int (Var R + 2 Re(e^(i theta) Cov_str(X, R))) / |G|^2 d theta,
    Cov_str(X, R) = Cov_str(X, S) / 2.

With m_i = E S^i and g_0 = m_1 + 1 the numerator has the exact coefficients

    N_0 = (2 m_3 + 3 m_2 + m_1) / (6 g_0) - ((m_2 + m_1) / (2 g_0))^2,
    N_(m+1) = (E[(S + 1) S Y(m)] - E[(S + 1) Y(m)] (m_2 + m_1) / g_0) / (2 g_0).

Lengths and memory must be whole tokens.

References
----------
docs/model.md, R13.
"""

from __future__ import annotations

from fractions import Fraction

from .density import Density
from .joint_law import JointLaw

__all__ = ["mean_slack", "slack_density"]


def mean_slack(law: JointLaw) -> Fraction:
    """Return E R, in tokens.

    >>> from stabkit import Workload
    >>> mean_slack(JointLaw.of(Workload.from_classes([(6, 3)])))  # uniform on 0 ... 6
    Fraction(3, 1)
    """
    return Fraction(law.mean(2) + law.mean(1), 2 * law.kernel[0])


def slack_density(law: JointLaw) -> Density:
    """Return the density (Var R + 2 Re(e^(i theta) Cov_str(X, R))) / |G|^2 of the slack."""
    first, second, third = (law.mean(i) for i in (1, 2, 3))
    g = law.kernel[0]
    spread = 2 * g * (2 * third + 3 * second + first) - 3 * (second + first) ** 2
    tails = zip(*(law.tails(i) for i in range(4)), strict=True)
    shared = [
        6
        * (
            g * (t3 + (m + 2) * t2 + (m + 1) * t1)
            - (second + first) * (t2 + (m + 2) * t1 + (m + 1) * t0)
        )
        for m, (t0, t1, t2, t3) in enumerate(tails)
    ]
    units = 12 * g**2  # of `spread` and `shared`
    scale = units * law.denominator
    return Density(
        scale,
        [units * c for c in law.kernel],
        [law.denominator * c for c in (spread, *shared)],
        [scale],
        [0],
        [0],
        [],
    )
