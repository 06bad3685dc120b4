"""What a policy's parameter does to the throughput, from the empty memory.

============= ============== ============================= =========================================
parameter     policy         between                       known of it
============= ============== ============================= =========================================
``rate``      rate-limited   1/2 and 3/2 of a*             r <= a*: r, and no evictions in the end
``gain``      damped         0 and 1, which is greedy      stable gains: the fraction that its
                                                           equilibrium admits
``watermark`` headroom       0, which is greedy, and what  one class, eta >= (l - 1)/(s + l):
                             ends the evictions            (1 - eta) B / (l (s + 1)) requests
============= ============== ============================= =========================================

Every other parameter of a policy that is registered or installed is swept alike, by the name
``"policy:parameter"``.

Every point is a run of its own, of a bounded number of multiply-adds; where that is too little for
long-run means, its figures are None with the reason.

References
----------
docs/model.md, Gain, Rate limit, Headroom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from ...dynamics.capacity import Simulated
from ...dynamics.long_run import LongRun, long_run
from ...dynamics.policies import Policy, parameter_named
from ...errors import InvalidArgument, shown
from ...model.enclosure import RealEnclosure
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import listed, rational_argument
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Series
from ...spectrum.margins.gain import gain_margin
from .closed_loops import closed_loops
from .predictions import long_means

__all__ = ["PolicySweep", "policy_sweep", "usual_sweeps"]

_STEPS = 12_000
_WORK = 40_000_000  # multiply-adds of one run


@dataclass(frozen=True, repr=False)
class PolicySweep(Series, Simulated):
    """Long-run throughput against a policy's parameter, from the empty memory.

    Attributes
    ----------
    mix : Workload
    parameter : str
        "gain", "watermark", "rate", or that of another policy, with its name: "policy:parameter".
    values : tuple of Fraction
    runs : tuple of LongRun
        One for each value.
    policies : tuple of Policy
        That of each value.
    unit : str
        Of the values: "a*" of a rate, else none.

    Examples
    --------
    >>> from stabkit import Workload, policy_sweep
    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> sweep = policy_sweep(mix, "rate", ["1/2", 1])
    >>> [round(run.throughput_ratio, 4) for run in sweep.runs]
    [0.5, 1.0]
    """

    mix: Workload
    parameter: str
    values: tuple[Fraction, ...]
    runs: tuple[LongRun, ...]
    policies: tuple[Policy, ...] = ()
    unit: str = ""

    @cached_property
    def verdicts(self) -> tuple[Verdict | None, ...]:
        """What is proved of the policy's equilibrium at each value; found when it is asked for.

        None where its loop is not linear, and in a sweep that does not hold its policies.
        """
        found = tuple(loop.verdict for loop in closed_loops(self.mix, self.policies))
        return found or (None,) * len(self.values)

    @cached_property
    def greedy(self) -> LongRun:
        """Greedy admission from the empty memory, run when it is first asked for."""
        return long_means(self.mix)

    @cached_property
    def stable_below(self) -> RealEnclosure | None:
        """The end of the stable gains, proved; found when it is asked for.

        None where every gain is stable, where it is not known, and of another parameter: what is
        proved of that are the verdicts at its values, and nothing between them.
        """
        margin = gain_margin(self.mix) if self.parameter == "gain" else None
        return margin.largest_stable if margin and margin.verdict != "stable" else None

    def columns(self) -> dict[str, Any]:
        """Return the parameter under its name, and the means of the runs."""
        names = ["throughput_ratio", "request_ratio", "wasted_token_fraction", "evictions_per_step"]
        means = {name: [getattr(run, name) for run in self.runs] for name in names}
        return {self.parameter: [float(value) for value in self.values], **means}


def policy_sweep(
    mix: WorkloadLike, parameter: str, values: Sequence[object] | None = None
) -> PolicySweep:
    """Return the throughput against a policy's parameter.

    Parameters
    ----------
    mix : WorkloadLike
    parameter : str
        "gain", "watermark" or "rate" of damped, headroom or rate-limited admission, a rate in units
        of a*; or "policy:parameter" of one that is registered or installed, where the name of the
        parameter is enough if no other policy has it. Other parameters have their defaults.
    values : sequence of numbers, optional
        Any form of a rational. By default gains from 1/20 to 1, rates from 1/2 to 3/2, watermarks
        from 0 to a tenth beyond (l - 1) / (s + l), with the means of l and s, and what the field of
        another `parameter` says.

    Returns
    -------
    PolicySweep
        In the order of `values`.

    Raises
    ------
    InvalidArgument
        If `parameter` is none of these, or one of several policies; it has no `values` by default;
        `values` is empty; or a value is outside the policy's domain.

    Notes
    -----
    A run takes 12,000 steps or 4 10^7 multiply-adds at most, L per step: beyond L = 3,000 the
    figures are None. Of one class the watermark (l - 1) / (s + l) ends the evictions; of several
    classes the same ratio of means only sets the range of the default values.

    Examples
    --------
    >>> found = policy_sweep(Workload.from_classes([(10, 5)]), "rate", ["0.5", 1])
    >>> [round(run.throughput_ratio, 6) for run in found.runs]
    [0.5, 1.0]

    With g = (6, 7, 8, 4.5, 5) a small gain is stable, and greedy admission is not:

    >>> policy_sweep("5:3 5:5", "gain", ["1/2", 1]).verdicts
    ('stable', 'unstable')
    """
    mix = as_workload(mix)
    chosen = parameter_named(parameter)
    given = chosen.usual(mix) if values is None else values
    exact = tuple(
        rational_argument(value, "each of 'values'")
        for value in listed(given, "'values'", "a list of numbers")
    )
    if values is not None and not exact:
        raise InvalidArgument("'values' must hold at least one number, not none.")
    if values is None and len(exact) < 2:
        what = "one whose policy says what values to try"
        raise InvalidArgument(f"'parameter' must be {what}, not {shown(parameter)}.")
    rules = tuple(chosen.policy_at(value, mix) for value in exact)
    runs = (long_run(mix, max_steps=_STEPS, work_limit=_WORK, policy=rule) for rule in rules)
    return PolicySweep(mix, chosen.names[0], exact, tuple(runs), rules, chosen.unit)


def usual_sweeps(mix: Workload) -> tuple[PolicySweep, ...]:
    """Return the sweeps of the rate, the gain and the watermark."""
    return tuple(policy_sweep(mix, name) for name in ("rate", "gain", "watermark"))
