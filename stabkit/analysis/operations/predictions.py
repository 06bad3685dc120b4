"""Predictions: what a recommendation says, each checkable by itself.

A prediction names a workload, a policy and one quantity of theirs. `measured` finds the quantity,
whatever the prediction says, and `holds` compares: nothing is recommended whose predictions do not
hold.
Long-run means are those of `long_run` with its own budget, as in every other report.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, Literal

from ...dynamics.capacity import equilibrium_admissions
from ...dynamics.long_run import LongRun, long_run
from ...dynamics.policies import GREEDY, Policy, RateLimited
from ...dynamics.policies.policy import parameters_of
from ...dynamics.product_form import ProductFormRun
from ...model.workload import Workload
from ...records import Record
from .closed_loops import closed_loop

__all__ = [
    "TOLERANCE",
    "Prediction",
    "holds",
    "long_means",
    "measured",
    "rate_limit",
    "token_throughput",
]

# Long-run means of orbits without a period are right to about 5e-4 (see `long_run`).
TOLERANCE = 1e-3
_START_UP = 100  # longest decode lengths that a start-up is given

PredictedQuantity = Literal["verdict", "throughput", "evictions", "throughput after start-up"]


@dataclass(frozen=True, repr=False)
class Prediction(Record):
    """One statement about a workload under a policy.

    Attributes
    ----------
    mix : Workload
    policy : Policy
    quantity : str
        "verdict" of the policy's closed loop; "throughput", completed tokens per step in the long
        run from empty; "evictions" per step in the long run from empty; "throughput after
        start-up": of greedy admission, after `policy` has filled the memory. A workload without a
        capacity has that of `simulated_capacity`.
    relation : {"is", "is not", "about", "at least"}
    value : str or float
        A verdict, or a number; throughputs and evictions are over those of the greedy equilibrium
        of the workload asked about, a* mu tokens and a* requests per step.
    scale : Fraction
        That a* mu, or a*, in the memory of `mix`.

    Examples
    --------
    >>> from stabkit import Workload, recommend
    >>> mix = Workload.from_classes([(2, 2)])
    >>> found = recommend(mix).proposals[0].predictions[0]
    >>> found.quantity, found.relation, found.value
    ('throughput', 'about', 1.0)
    """

    mix: Workload
    policy: Policy
    quantity: PredictedQuantity
    relation: Literal["is", "is not", "about", "at least"]
    value: str | float
    scale: Fraction = Fraction(1)

    @property
    def parameters(self) -> dict[str, Fraction]:
        """The parameters of the policy by name; a rate is in units of a*."""
        return parameters_of(self.policy, self.mix)


def holds(prediction: Prediction) -> bool:
    """Return whether the prediction is true."""
    found = measured(prediction)
    if isinstance(prediction.value, str):
        return (found == prediction.value) is (prediction.relation == "is")
    if not isinstance(found, float):
        return False
    if prediction.quantity == "evictions" and prediction.value == 0:
        return found == 0  # none is none, without a tolerance
    if prediction.relation == "at least":
        return found >= prediction.value - TOLERANCE
    return abs(found - prediction.value) <= TOLERANCE


def measured(prediction: Prediction) -> str | float | None:
    """Return the quantity that a prediction is about; None where it is not known."""
    if prediction.quantity == "verdict":
        return closed_loop(prediction.mix, prediction.policy).verdict
    if prediction.quantity == "throughput after start-up":
        return _after_start_up(prediction)
    run = long_means(prediction.mix, prediction.policy)
    if prediction.quantity == "evictions":
        evicted = run.evictions_per_step
        return None if evicted is None else evicted / float(prediction.scale)
    found = token_throughput(prediction.mix, prediction.policy)
    return None if found is None else found / float(prediction.scale)


def long_means(mix: Workload, policy: Policy = GREEDY) -> LongRun:
    """Return the long-run means from empty; the policy is one that can be hashed."""
    rule: Any = policy
    return _long_means(mix, rule)


@lru_cache(maxsize=256)  # every prediction of a proposal asks for a run that the idea has made
def _long_means(mix: Workload, policy: Any) -> LongRun:
    return long_run(mix, policy=policy)


def token_throughput(mix: Workload, policy: Policy) -> float | None:
    """Return completed tokens per step in the long run from empty."""
    ratio = long_means(mix, policy).throughput_ratio
    return None if ratio is None else ratio * _equilibrium_tokens(mix)


def _equilibrium_tokens(mix: Workload) -> float:
    return float(equilibrium_admissions(mix) * mix.mean_decode_length)


def _after_start_up(prediction: Prediction) -> float | None:
    start = ProductFormRun(prediction.mix, policy=prediction.policy)
    for _ in range(_START_UP):
        start.advance(prediction.mix.longest_decode)
    ratio = long_run(prediction.mix, start.cohorts(), policy=GREEDY).throughput_ratio
    if ratio is None or not math.isfinite(ratio):
        return None
    return ratio * _equilibrium_tokens(prediction.mix) / float(prediction.scale)


def rate_limit(mix: Workload, factor: Fraction = Fraction(1)) -> RateLimited:
    """Return the rate limit `factor` a*."""
    return RateLimited(factor * equilibrium_admissions(mix))
