"""Admission policies side by side: what each does to stability and to throughput.

A policy is judged twice. Its *closed loop* says whether its own equilibrium attracts, where the
loop is linear. Two *runs* say what is completed: one from the empty memory, and one from the greedy
equilibrium, disturbed by a fifth along its dominant mode, where an unstable loop starts to swing.
All ratios are to the greedy equilibrium: a* requests and a* mu tokens per step.

The two need not agree. A stable equilibrium may not attract the empty memory (R12), and a policy
that is not stable, or not linear, may lose nothing in the long run.

References
----------
docs/model.md, R12, Policies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from numpy.typing import NDArray

from ...dynamics.capacity import Simulated
from ...dynamics.growth import disturbed_state
from ...dynamics.long_run import LongRun, long_run
from ...dynamics.policies import GREEDY, Policy, policy_named
from ...dynamics.policies.policy import rational_fields
from ...errors import InvalidArgument, shown
from ...model.enclosure import RealEnclosure
from ...model.numbers import listed
from ...model.verdict import Verdict
from ...model.workload import Workload, check_workload
from .closed_loops import ClosedLoop, closed_loops

__all__ = [
    "DEFAULT_POLICIES",
    "PolicyComparison",
    "PolicyFinding",
    "compare_policies",
]

# The columns of docs/model.md, Policies; a rate is in units of a*.
DEFAULT_POLICIES = (
    "greedy",
    "damped:1/2",
    "headroom:1/20",
    "rate-limited:1",
    "rate-limited:1.05",
    "rate-limited:1.2",
    "reservation",
)
_DISTURBANCE = 0.2


@dataclass(frozen=True)
class PolicyFinding:
    """One policy on one workload.

    Attributes
    ----------
    policy : Policy
    parameters : dict of str to Fraction
        `gain`, `watermark`, `rate_over_equilibrium`, or the rational fields of a policy of one's
        own; empty for a policy without any.
    verdict : {"stable", "unstable", "marginal", "undecided"} or None
        On the policy's own equilibrium; None where its loop is not linear.
    spectral_radius : RealEnclosure or None
        Of the closed loop, dimensionless.
    reason : str
        What proves the verdict, or why there is none.
    from_empty : LongRun
    disturbed : LongRun or None
        From the disturbed greedy equilibrium; None where there is no such start.
    """

    policy: Policy
    parameters: dict[str, Fraction]
    verdict: Verdict | None
    spectral_radius: RealEnclosure | None
    reason: str
    from_empty: LongRun
    disturbed: LongRun | None


@dataclass(frozen=True)
class PolicyComparison(Simulated):
    """Policies on one workload, in the order asked for.

    Attributes
    ----------
    mix : Workload
    policies : tuple of PolicyFinding
    disturbed_reason : str or None
        Why there is no disturbed start, the same for all policies; None if there is one.
    """

    mix: Workload
    policies: tuple[PolicyFinding, ...]
    disturbed_reason: str | None = None


def compare_policies(
    mix: Workload, policies: Iterable[Policy | str] | None = None
) -> PolicyComparison:
    """Compare admission policies on a workload.

    Parameters
    ----------
    mix : Workload
    policies : iterable of Policy or str, optional
        As `policy_named` reads them, a policy of one's own included; by default greedy, damped by
        1/2, a watermark of 5 %, rates of 1, 1.05 and 1.2 a*, and reservation.

    Returns
    -------
    PolicyComparison

    Raises
    ------
    InvalidArgument
        If a policy is not known, its parameter is outside its domain, the closed loop that it
        claims is not that of its admissions, or there is none.

    Notes
    -----
    Verdicts are proved, about the policy's own equilibrium. Runs are measurements in floats, by
    `long_run` within its budget: beyond L = 11 180 their figures are None, with the reason. The
    disturbed start is full, and feasible for every policy: a* (1 + 0.2 w_j) requests in stage j,
    |w_j| <= 1. There is none at L = 1, nor where no dominant mode is known. A policy of one's own
    is run as it is; that it admits no more than fits is not checked.

    References
    ----------
    docs/model.md, Stability, Policies.

    Examples
    --------
    >>> found = compare_policies(Workload.from_classes([(10, 5)]), ["greedy", "rate-limited"])
    >>> [(f.policy.name, f.verdict, round(f.from_empty.request_ratio, 4)) for f in found.policies]
    [('greedy', 'unstable', 0.8667), ('rate-limited', None, 1.0)]
    """
    check_workload(mix)
    rules = _rules(mix, DEFAULT_POLICIES if policies is None else policies)
    greedy, *loops = closed_loops(mix, [GREEDY, *rules])
    start = _disturbed(mix, greedy)
    return PolicyComparison(
        mix=mix,
        policies=tuple(
            _finding(mix, rule, loop, start) for rule, loop in zip(rules, loops, strict=True)
        ),
        disturbed_reason=_reason(mix) if start is None else None,
    )


def _rules(mix: Workload, policies: Iterable[Policy | str]) -> list[Policy]:
    given = listed(policies, "'policies'", "a list of at least one policy")
    rules = [policy_named(policy, mix) for policy in given]
    if not rules:
        raise InvalidArgument(
            f"'policies' must be a list of at least one policy, not {shown(policies)}."
        )
    return rules


def _disturbed(mix: Workload, greedy: ClosedLoop) -> NDArray[Any] | None:
    if not greedy.modes:
        return None
    return disturbed_state(mix, complex(greedy.modes[0].value), _DISTURBANCE)


def _reason(mix: Workload) -> str:
    if mix.longest_decode == 1:
        return "with decode lengths of 1 there is no mode to disturb"
    return "no dominant mode of greedy admission is known"


def _finding(
    mix: Workload, rule: Policy, loop: ClosedLoop, start: NDArray[Any] | None
) -> PolicyFinding:
    return PolicyFinding(
        policy=rule,
        parameters=_parameters(mix, rule),
        verdict=loop.verdict,
        spectral_radius=loop.spectral_radius,
        reason=loop.reason,
        from_empty=long_run(mix, policy=rule),
        disturbed=None if start is None else long_run(mix, start, policy=rule),
    )


def _parameters(mix: Workload, rule: Policy) -> dict[str, Fraction]:
    given = getattr(rule, "parameters", None)
    if given is not None:
        return dict(given(mix))
    return {field.name: value for field, value in rational_fields(rule)}
