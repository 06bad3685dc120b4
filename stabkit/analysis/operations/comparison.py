"""Admission policies side by side: what each does to stability and to throughput.

A policy is judged twice. Its *closed loop* says whether its own equilibrium attracts, where the
loop is linear. Two *runs* say what is completed: one from the empty memory, and one from the greedy
equilibrium, disturbed by a fifth along its dominant mode, where an unstable loop starts to swing.
All ratios are to the greedy equilibrium: a* requests and a* mu tokens per step.

Where the capacity is known, *whole requests* in random order are run from the empty memory too, by
the same rule where the scheduler has it: what is completed then is an estimate with its interval,
and need not be what the fluid completes (R18). A cap on running requests, which the fluid's
policies cannot see, is one more setting there.

The two need not agree. A stable equilibrium may not attract the empty memory (R12), and a policy
that is not stable, or not linear, may lose nothing in the long run.

References
----------
docs/model.md, R12, R18, Policies, Whole requests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from numpy.typing import NDArray

from ...dynamics.capacity import Simulated, equilibrium_admissions
from ...dynamics.growth import disturbed_state
from ...dynamics.long_run import LongRun, long_run
from ...dynamics.policies import GREEDY, Policy, policy_named
from ...dynamics.policies.policy import parameters_of
from ...errors import InvalidArgument, InvalidWorkload, shown
from ...model.enclosure import RealEnclosure
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import listed, whole_number
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record
from ...spectrum.fluctuations.evictions import whole_requests
from .closed_loops import ClosedLoop, closed_loops
from .predictions import TOLERANCE
from .running_cap import RunningCap, running_cap
from .whole_runs import WholeFinding, WholeRuns, usual_steps, why_no_runs

__all__ = [
    "DEFAULT_POLICIES",
    "CapFinding",
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
_WORK, _MOST_WORK = 100_000, 300_000  # steps and admissions of a run of whole requests: a second
_FEWEST_STEPS, _LONGEST_RUN = 100, 1_000_000
_LARGEST_WORK = 20_000_000  # where steps are given: some minutes


@dataclass(frozen=True, repr=False)
class PolicyFinding(Record):
    """One policy on one workload.

    Attributes
    ----------
    policy : Policy
    parameters : dict of str to Fraction
        `gain`, `watermark`, `rate_over_equilibrium`, or the fields of a policy of one's own that
        are numbers; empty for a policy without any.
    verdict : {"stable", "unstable", "marginal", "undecided"} or None
        On the policy's own equilibrium; None where its loop is not linear.
    spectral_radius : RealEnclosure or None
        Of the closed loop, dimensionless.
    reason : str
        What proves the verdict, or why there is none.
    from_empty : LongRun
    disturbed : LongRun or None
        From the disturbed greedy equilibrium; None where there is no such start.
    whole : WholeFinding or None
        Of whole requests; None where none were run.

    Examples
    --------
    >>> from stabkit import Workload, compare_policies
    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> found = compare_policies(mix, ["greedy"], steps=0).policies[0]
    >>> found.verdict, round(found.from_empty.throughput_ratio, 4)
    ('unstable', 0.8667)
    """

    policy: Policy
    parameters: dict[str, Fraction]
    verdict: Verdict | None
    spectral_radius: RealEnclosure | None
    reason: str
    from_empty: LongRun
    disturbed: LongRun | None
    whole: WholeFinding | None = None


@dataclass(frozen=True)
class CapFinding:
    """Greedy admission under a cap on the running requests.

    * `cap`: what it does to the fluid.
    * `whole`: of whole requests; None where none were run.
    """

    cap: RunningCap
    whole: WholeFinding | None


@dataclass(frozen=True, repr=False)
class PolicyComparison(Record, Simulated):
    """Policies on one workload, in the order asked for.

    Attributes
    ----------
    mix : Workload
    policies : tuple of PolicyFinding
    disturbed_reason : str or None
        Why there is no disturbed start, the same for all policies; None if there is one.
    capped : CapFinding or None
        Where a cap on running requests was given.
    whole_steps : int
        Of every run of whole requests; 0 for none.
    whole_reason : str or None
        Why there were none.

    Examples
    --------
    >>> from stabkit import Workload, compare_policies
    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> found = compare_policies(mix, ["greedy", "damped:1/2"], steps=0)
    >>> [(one.policy, one.verdict) for one in found.policies]
    [(Greedy(), 'unstable'), (Damped(gain=1/2), 'stable')]
    """

    mix: Workload
    policies: tuple[PolicyFinding, ...]
    disturbed_reason: str | None = None
    capped: CapFinding | None = None
    whole_steps: int = 0
    whole_reason: str | None = None

    @property
    def keeping(self) -> tuple[PolicyFinding, ...]:
        """Those that complete the steady state's tokens from empty, to one part in a thousand."""
        return tuple(one for one in self.policies if _keeps(one.from_empty))

    @property
    def ending_apart(self) -> tuple[PolicyFinding, ...]:
        """Those whose two starts differ by over a thousandth of the steady state's tokens."""
        return tuple(one for one in self.policies if _ends_apart(one))

    @property
    def drifting(self) -> tuple[PolicyFinding, ...]:
        """Those of which a class's share of what is completed from empty is not that admitted.

        By more than a thousandth.
        """
        return tuple(one for one in self.policies if _drifts(one.from_empty, self.mix))

    @property
    def evicting_though_stable(self) -> tuple[PolicyFinding, ...]:
        """Those whose steady state is stable, and whose disturbed run keeps evicting all the same.

        A fifth is beyond the small disturbances that the verdict is on.
        """
        return tuple(
            one
            for one in self.policies
            if one.verdict == "stable" and one.disturbed and one.disturbed.evictions_per_step
        )


def _keeps(run: LongRun) -> bool:
    return run.throughput_ratio is not None and run.throughput_ratio >= 1 - TOLERANCE


def _ends_apart(one: PolicyFinding) -> bool:
    ratios = [run.throughput_ratio for run in (one.from_empty, one.disturbed) if run is not None]
    known = [ratio for ratio in ratios if ratio is not None]
    return bool(known) and max(known) - min(known) > TOLERANCE


def _drifts(run: LongRun, mix: Workload) -> bool:
    if run.completed_shares is None:
        return False
    pairs = zip(run.completed_shares, mix.classes, strict=True)
    return any(abs(completed - c.share) > TOLERANCE for completed, c in pairs)


def compare_policies(
    mix: WorkloadLike,
    policies: Iterable[Policy | str] | None = None,
    max_num_seqs: int | None = None,
    steps: int | None = None,
) -> PolicyComparison:
    """Compare admission policies on a workload.

    Parameters
    ----------
    mix : WorkloadLike
    policies : iterable of Policy or str, optional
        As `policy_named` reads them, a policy of one's own included; by default greedy, damped by
        1/2, a watermark of 5 %, rates of 1, 1.05 and 1.2 a*, and reservation.
    max_num_seqs : int, optional
        A cap on running requests, to be compared too; the workload then has a capacity.
    steps : int, optional
        Of every run of whole requests: 0 for none, else from 100 to 1,000,000; by default so many
        as take about a second, at least 20 longest decode lengths.

    Returns
    -------
    PolicyComparison

    Raises
    ------
    InvalidWorkload
        If a cap or steps are given and the workload has no capacity.
    InvalidArgument
        If a policy is not known, its parameter is outside its domain, the closed loop that it
        claims is not that of its admissions, or there is none; if another number is outside its
        domain, or a run would admit more than 20,000,000 requests.

    Notes
    -----
    Verdicts are proved, about the policy's own equilibrium. Runs are measurements in floats, by
    `long_run` within its budget: beyond L = 11,180 their figures are None, with the reason. The
    disturbed start is full, and feasible for every policy: a* (1 + 0.2 w_j) requests in stage j,
    |w_j| <= 1. There is none at L = 1, nor where no dominant mode is known. A policy of one's own
    is run as it is; that it admits no more than fits is not checked.

    Whole requests are run where there is a capacity, single requests are known, and runs of that
    length take seconds: each policy that has `scheduler_options` on the same requests, from the
    empty memory, the first tenth left out.

    References
    ----------
    docs/model.md, Stability, Policies, Whole requests.

    Examples
    --------
    >>> found = compare_policies(Workload.from_classes([(10, 5)]), ["greedy", "rate-limited"])
    >>> [(f.policy.name, f.verdict, round(f.from_empty.request_ratio, 4)) for f in found.policies]
    [('greedy', 'unstable', 0.8667), ('rate-limited', None, 1.0)]

    A server of 60 tokens, which holds less than one admission per step, and whole requests on it:

    >>> mix = Workload.from_classes([(10, 5)], capacity=60)
    >>> greedy, limited = compare_policies(mix, ["greedy", "rate-limited"]).policies
    >>> [round(one.whole.throughput.value, 2) for one in (greedy, limited)]
    [0.87, 0.87]
    """
    mix = as_workload(mix)
    rules = _rules(mix, DEFAULT_POLICIES if policies is None else policies)
    most = None if max_num_seqs is None else whole_number(max_num_seqs, "'max_num_seqs'", 1)
    taken, reason = _whole_steps(mix, most, steps)
    greedy, *loops = closed_loops(mix, [GREEDY, *rules])
    start = _disturbed(mix, greedy)
    found = PolicyComparison(
        mix=mix,
        policies=tuple(
            _finding(mix, rule, loop, start) for rule, loop in zip(rules, loops, strict=True)
        ),
        disturbed_reason=_reason(mix) if start is None else None,
        whole_steps=taken,
        whole_reason=reason,
    )
    return _with_whole_requests(found, most, greedy.verdict or "undecided")


def _whole_steps(mix: Workload, most: int | None, steps: Any) -> tuple[int, str | None]:
    """Return the steps of runs of whole requests, or 0 and why there are none."""
    given = None if steps is None else whole_number(steps, "'steps'", 0, _LONGEST_RUN)
    if mix.capacity is None and (most is not None or given):
        raise InvalidWorkload("'capacity' must be given to run whole requests.")
    if given == 0:
        return 0, "no steps were asked for"
    reason, rate = why_no_runs(mix), equilibrium_admissions(mix)
    if reason is not None:
        return 0, reason
    if given is None:
        usual = usual_steps(whole_requests(mix), rate, _WORK, _MOST_WORK)
        return usual or 0, None if usual else "runs that are long enough would take minutes"
    if given < _FEWEST_STEPS:
        raise InvalidArgument(f"'steps' must be 0 or at least {_FEWEST_STEPS}, not {given}.")
    if given * (1 + rate) > _LARGEST_WORK:
        each = f"{float(rate):.3g} each"
        raise InvalidArgument(f"'steps' must admit at most 20,000,000 requests, not {each}.")
    return given, None


def _with_whole_requests(
    found: PolicyComparison, most: int | None, verdict: Verdict
) -> PolicyComparison:
    """Return the comparison with what whole requests make of its policies, and of a cap."""
    mix, policies = found.mix, found.policies
    cap = None if most is None else _cap(mix, most, verdict)
    if not found.whole_steps:
        return replace(found, capped=None if cap is None else CapFinding(cap, None))
    rate = found.equilibrium_admissions
    runs = WholeRuns(whole_requests(mix), rate, found.whole_steps)
    policies = tuple(replace(one, whole=runs.of_policy(one.policy)) for one in policies)
    if cap is None:
        return replace(found, policies=policies)
    capped = CapFinding(cap, runs.finding({"max_num_seqs": cap.max_num_seqs}))
    return replace(found, policies=policies, capped=capped)


def _cap(mix: Workload, most: int, verdict: Verdict) -> RunningCap:
    largest, capacity = mix.largest_request, mix.capacity or Fraction(0)
    always = None if largest is None else int(capacity / largest)
    requests = equilibrium_admissions(mix) * mix.mean_decode_length
    return running_cap(mix, most, always, requests, verdict)


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
        parameters=parameters_of(rule, mix),
        verdict=loop.verdict,
        spectral_radius=loop.spectral_radius,
        reason=loop.reason,
        from_empty=long_run(mix, policy=rule),
        disturbed=None if start is None else long_run(mix, start, policy=rule),
    )
