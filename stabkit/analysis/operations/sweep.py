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

Every point is a run of its own, of a bounded number of multiply-adds; where that is too little for
long-run means, its figures are None with the reason.

References
----------
docs/model.md, Gain, Rate limit, Headroom.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from ...dynamics.capacity import Simulated
from ...dynamics.long_run import LongRun, long_run
from ...dynamics.policies import Policy, policy_named
from ...errors import check_choice
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import listed, rational_argument
from ...model.workload import Workload
from ...records import Series

__all__ = ["Parameter", "PolicySweep", "policy_sweep"]

Parameter = Literal["gain", "watermark", "rate"]
_POLICIES = {"gain": "damped", "watermark": "headroom", "rate": "rate-limited"}
_PARTS = 20
_RATES = tuple(Fraction(k, _PARTS) for k in range(_PARTS // 2, _PARTS * 3 // 2 + 1))
_GAINS = tuple(Fraction(k, _PARTS) for k in range(1, _PARTS + 1))
_LARGEST_WATERMARK = Fraction(19, 20)
_STEPS = 12_000
_WORK = 40_000_000  # multiply-adds of one run


@dataclass(frozen=True, repr=False)
class PolicySweep(Series, Simulated):
    """Long-run throughput against a policy's parameter, from the empty memory.

    Attributes
    ----------
    mix : Workload
    parameter : {"gain", "watermark", "rate"}
        A rate is in units of a*.
    values : tuple of Fraction
    runs : tuple of LongRun
        One for each value.

    Examples
    --------
    >>> from stabkit import Workload, policy_sweep
    >>> mix = Workload.from_classes([(10, 5)], capacity=650)
    >>> sweep = policy_sweep(mix, "rate", ["1/2", 1])
    >>> [round(run.throughput_ratio, 4) for run in sweep.runs]
    [0.5, 1.0]
    """

    mix: Workload
    parameter: Parameter
    values: tuple[Fraction, ...]
    runs: tuple[LongRun, ...]

    def columns(self) -> dict[str, Any]:
        """Return the parameter under its name, and the means of the runs."""
        names = ["throughput_ratio", "request_ratio", "wasted_token_fraction", "evictions_per_step"]
        means = {name: [getattr(run, name) for run in self.runs] for name in names}
        return {self.parameter: [float(value) for value in self.values], **means}


def policy_sweep(
    mix: WorkloadLike, parameter: Parameter, values: Sequence[object] | None = None
) -> PolicySweep:
    """Return the throughput against a policy's parameter.

    Parameters
    ----------
    mix : WorkloadLike
    parameter : {"gain", "watermark", "rate"}
        Of damped, headroom or rate-limited admission; a rate in units of a*.
    values : sequence of numbers, optional
        Any form of a rational. By default gains from 1/20 to 1, rates from 1/2 to 3/2, and
        watermarks from 0 to a tenth beyond (l - 1) / (s + l), with the means of l and s.

    Returns
    -------
    PolicySweep
        In the order of `values`.

    Raises
    ------
    InvalidArgument
        If `parameter` is none of these, or a value is outside the policy's domain.

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
    """
    mix = as_workload(mix)
    check_choice(parameter, "'parameter'", _POLICIES)
    exact = (
        _default(mix, parameter)
        if values is None
        else tuple(
            rational_argument(value, "each of 'values'")
            for value in listed(values, "'values'", "a list of numbers")
        )
    )
    rules = [_policy(mix, parameter, value) for value in exact]
    runs = (long_run(mix, max_steps=_STEPS, work=_WORK, policy=rule) for rule in rules)
    return PolicySweep(mix, parameter, exact, tuple(runs))


def _policy(mix: Workload, parameter: Parameter, value: Fraction) -> Policy:
    return policy_named(f"{_POLICIES[parameter]}:{value}", mix)


def _default(mix: Workload, parameter: Parameter) -> tuple[Fraction, ...]:
    if parameter == "watermark":
        return _watermarks(mix)
    return _RATES if parameter == "rate" else _GAINS


def _watermarks(mix: Workload) -> tuple[Fraction, ...]:
    """Return even steps from 0 to a multiple of 1/20 that is 1/10 or more above the ratio."""
    decode = mix.mean_decode_length
    held = sum((c.share * c.input_length for c in mix.classes), decode)
    ratio = (decode - 1) / held
    top = min(Fraction(math.ceil(_PARTS * ratio) + 2, _PARTS), _LARGEST_WATERMARK)
    return tuple(top * k / _PARTS for k in range(_PARTS + 1))
