"""Admission policies side by side: what each does to stability and to throughput.

A policy is judged twice. Its *closed loop* says whether its own equilibrium attracts, where the
loop is linear. Two *runs* say what is completed: one from the empty memory, and one from the greedy
equilibrium, disturbed by a fifth along its dominant mode. All ratios are to the greedy equilibrium:
a* requests and a* mu tokens per step.

References
----------
MODEL.md section 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from ..dynamics.capacity import equilibrium_admissions
from ..dynamics.growth import disturbed_state
from ..dynamics.long_run import LongRun, long_run
from ..dynamics.policies import Damped, Headroom, Policy, RateLimited, policy_named
from ..errors import InvalidArgument, shown
from ..model.numbers import exact_rational
from ..model.workload import Workload, check_workload
from ..spectrum.dominant import dominant_modes
from ..spectrum.spectral_radius import RealEnclosure
from .closed_loops import closed_loop
from .records import Verdict

__all__ = [
    "DEFAULT_POLICIES",
    "Parameter",
    "PolicyComparison",
    "PolicyFinding",
    "PolicySweep",
    "compare_policies",
    "policy_sweep",
]

Parameter = Literal["gain", "watermark", "rate"]
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
_SWEPT = {"gain": "damped", "watermark": "headroom", "rate": "rate-limited"}
_VALUES = {
    "gain": tuple(Fraction(k, 20) for k in range(1, 21)),
    "watermark": tuple(Fraction(k, 40) for k in range(21)),
    "rate": tuple(Fraction(k, 40) for k in range(20, 61)),
}
_SWEEP_STEPS = 12_000
_SWEEP_WORK = 40_000_000  # multiply-adds of one run


@dataclass(frozen=True)
class PolicyFinding:
    """One policy on one workload.

    Attributes
    ----------
    policy : Policy
    parameters : dict of str to Fraction
        `gain`, `watermark` or `rate_over_equilibrium`; empty for a policy without any.
    verdict : {"stable", "unstable", "marginal", "undecided"} or None
        On the policy's own equilibrium; None where its loop is not linear.
    spectral_radius : RealEnclosure or None
    reason : str
        What proves the verdict, or why there is none.
    from_empty : LongRun
    disturbed : LongRun or None
        From the disturbed greedy equilibrium; None at L = 1, or without a dominant mode.
    """

    policy: Policy
    parameters: dict[str, Fraction]
    verdict: Verdict | None
    spectral_radius: RealEnclosure | None
    reason: str
    from_empty: LongRun
    disturbed: LongRun | None


@dataclass(frozen=True)
class PolicyComparison:
    """Policies on one workload, in the order asked for.

    Attributes
    ----------
    mix : Workload
    equilibrium_admissions : Fraction
        a*, in requests per step; 1 where the workload has no capacity.
    policies : tuple of PolicyFinding
    """

    mix: Workload
    equilibrium_admissions: Fraction
    policies: tuple[PolicyFinding, ...]


@dataclass(frozen=True)
class PolicySweep:
    """Long-run throughput against a policy's parameter, from the empty memory.

    Attributes
    ----------
    mix : Workload
    parameter : {"gain", "watermark", "rate"}
        A rate is in units of a*.
    values : tuple of Fraction
    runs : tuple of LongRun
        One for each value.
    """

    mix: Workload
    parameter: Parameter
    values: tuple[Fraction, ...]
    runs: tuple[LongRun, ...]


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
        If a policy is not known, or its parameter is outside its domain.

    Notes
    -----
    Verdicts are proved, about the policy's own equilibrium. Runs are measurements in floats.

    Examples
    --------
    >>> found = compare_policies(Workload.from_classes([(10, 5)]), ["greedy", "rate-limited"])
    >>> [(f.policy.name, f.verdict, round(f.from_empty.request_ratio, 4)) for f in found.policies]
    [('greedy', 'unstable', 0.8667), ('rate-limited', None, 1.0)]
    """
    check_workload(mix)
    rules = [policy_named(p, mix) for p in (DEFAULT_POLICIES if policies is None else policies)]
    start = _disturbed(mix)
    return PolicyComparison(
        mix,
        equilibrium_admissions(mix),
        tuple(_finding(mix, rule, start) for rule in rules),
    )


def _disturbed(mix: Workload) -> Any:
    modes = dominant_modes(mix, 1, 20) if mix.longest_decode > 1 else None
    return disturbed_state(mix, complex(modes[0].value), _DISTURBANCE) if modes else None


def _finding(mix: Workload, rule: Policy, start: Any) -> PolicyFinding:
    loop = closed_loop(mix, rule)
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
    if isinstance(rule, Damped):
        return {"gain": Fraction(rule.gain)}
    if isinstance(rule, Headroom):
        return {"watermark": Fraction(rule.watermark)}
    if isinstance(rule, RateLimited):
        return {"rate_over_equilibrium": Fraction(rule.rate) / equilibrium_admissions(mix)}
    return {}


def policy_sweep(
    mix: Workload, parameter: Parameter, values: Sequence[Any] | None = None
) -> PolicySweep:
    """Return the throughput against a policy's parameter.

    Parameters
    ----------
    mix : Workload
    parameter : {"gain", "watermark", "rate"}
    values : sequence of numbers, optional
        By default gains from 1/20 to 1, watermarks from 0 to 1/2, rates from 1/2 to 3/2 of a*.

    Raises
    ------
    InvalidArgument
        If `parameter` is none of these, or a value is outside the policy's domain.

    Examples
    --------
    >>> found = policy_sweep(Workload.from_classes([(10, 5)]), "rate", ["0.5", 1])
    >>> [round(run.throughput_ratio, 6) for run in found.runs]
    [0.5, 1.0]
    """
    check_workload(mix)
    if parameter not in _SWEPT:
        raise InvalidArgument(
            f"'parameter' must be 'gain', 'watermark' or 'rate', not {shown(parameter)}."
        )
    given = _VALUES[parameter] if values is None else values
    exact = tuple(exact_rational(value, "'values'") for value in given)
    runs = tuple(
        long_run(
            mix,
            max_steps=_SWEEP_STEPS,
            work=_SWEEP_WORK,
            policy=policy_named(f"{_SWEPT[parameter]}:{value}", mix),
        )
        for value in exact
    )
    return PolicySweep(mix, parameter, exact, runs)
