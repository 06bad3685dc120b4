"""How often a stable finite server evicts, where that is known: R16, and its domain.

`memory_walk` takes the number of running requests as constant, and the completions of a step as
independent ones. Both fail where requests come and go in cohorts, and where the number that runs is
frozen. It answers for stable mixes with

* 0.15 <= a* <= 12, at least 25 requests in service, and room for four of the largest;
* a variance of the running requests of at least 0.15 (a long common prompt freezes them);
* a variance of the completions' intensity of at most 0.13 a* (few decode lengths, or modes near the
  circle, make it larger), and of the freed tokens of at least 0.92 of what independent completions
  would have (few requests of few steps have less),

the variances by R14 (`observables`, `cohorts`). There P(a step evicts) and the evictions per step,
over those of 2,000,000 simulated steps each, were

    0.90 to 1.12    in 127 mixes of random lengths: uniform, geometric, log-normal, Poisson, of two
                    humps, and with a common input;
    0.99 to 1.00    for the packaged traces that are in the domain;
    0.27 to 31      in the 177 other stable mixes.

That is why the answer is said to be right to 15 %, and why there is none outside. With watermarks
up to 8 mean outputs, evictions per step were 0.65 to 1.35 of the simulated ones, so that a
watermark for a given rate is right to about a third of a mean output.

References
----------
docs/model.md, R16, R17.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from ...errors import InvalidWorkload, shown
from ...model.kernel import MemoryKernel
from ...model.verdict import Verdict
from ...model.workload import Workload
from .cohorts import freed_density, freed_square, intensity_density
from .density import Density
from .fixed_point_walk import FixedPointWalk
from .joint_law import JointLaw
from .observables import density_of
from .slack import mean_slack
from .variance import Variance, Variances
from .walk import Evictions, Walk

__all__ = ["VISIBLE", "ServerNoise", "memory_walk", "server_noise", "whole_requests"]

VISIBLE = 10  # times V: from that a* on the verdict is what one sees (R15)
_FEWEST, _MOST = 0.15, 12  # admissions per step
_FEWEST_RUNNING, _MOST_RUNNING = 25, 20_000  # more take seconds
_LEAST_FITTING = 4
_LEAST_RUNNING_VARIANCE = 0.15
_LARGEST_INTENSITY_VARIANCE = 0.13  # per a*
_LEAST_FREED_VARIANCE = 0.92


@dataclass(frozen=True)
class ServerNoise:
    """What chance does to a server of one capacity, by formula.

    * `verdict` ({"stable", "unstable", "marginal", "undecided"}): the fluid's.
    * `admissions`: a*, requests per step.
    * `requests`: a* mu, in service at the steady state.
    * `always`: the requests that fit whatever happens, floor(B / max(s + l)).
    * `mean_slack`: E R, the tokens left over in front of the next request.
    * `mean_admissions`: (B - E R) / E M: the mean of admissions less evictions.
    * `window_dispersion`: variance over mean of the number completed in a long window: the squared
      coefficient of variation of the memory-time.
    * `fano_factor`: V: the variance of admissions is V a*; None unless the mix is stable and V is
      proved.
    * `evict_probability`, `evicted_per_step`: of a step to evict, and requests; None outside the
      domain.
    * `reason`: why they are None, or 0 exactly.
    """

    verdict: Verdict
    admissions: Fraction
    requests: Fraction
    always: int
    mean_slack: Fraction
    mean_admissions: Fraction
    window_dispersion: Fraction
    fano_factor: Variance | None
    evict_probability: float | None
    evicted_per_step: float | None
    reason: str | None

    @property
    def admissions_cv(self) -> float | None:
        """sqrt(V / a*), the coefficient of variation of admissions; None where V is."""
        if self.fano_factor is None:
            return None
        return math.sqrt(_middle(self.fano_factor) / float(self.admissions))

    @property
    def visible(self) -> bool | None:
        """Whether the fluid's verdict is what one sees, a* >= 10 V (R15); None where V is."""
        if self.fano_factor is None:
            return None
        return float(self.admissions) >= VISIBLE * _middle(self.fano_factor)


def server_noise(
    requests: Workload, capacity: Fraction, kernel: MemoryKernel, verdict: Verdict
) -> ServerNoise:
    """Return what chance does to a server.

    * `requests`: one class per pair of lengths, inputs whole.
    * `capacity`: B, in tokens: at least the largest request.
    * `kernel`: that of the mix.
    * `verdict`: what is proved of it.

    >>> mix = Workload.from_classes([(40 + k % 7, k) for k in range(1, 41)])
    >>> noise = server_noise(mix, Fraction(9_000), MemoryKernel.of(mix), "stable")
    >>> 0 < noise.evict_probability < noise.evicted_per_step, noise.visible
    (True, False)
    """
    law = JointLaw.of(requests)
    admissions, slack = capacity / law.memory_time, mean_slack(law)
    cohorts = _Cohorts.of(law, kernel) if verdict == "stable" else None
    running = admissions * Fraction(law.mean(0, 1), law.denominator)
    always = int(capacity / max(c.input_length + c.decode_length for c in requests.classes))
    reason = f"the formulas are for stable mixes, and this one is {verdict}"
    if cohorts is not None:
        reason = _outside(float(admissions), float(running), always, cohorts)
    found = None if reason else memory_walk(requests).evictions(float(capacity))
    if kernel.length == 1:
        found, reason = Evictions(0.0, 0.0), "every request takes one step, so that none grows"
    return ServerNoise(
        verdict=verdict,
        admissions=admissions,
        requests=running,
        always=always,
        mean_slack=slack,
        mean_admissions=(capacity - slack) / law.memory_time,
        window_dispersion=law.window_dispersion,
        fano_factor=None if cohorts is None else cohorts.fano_factor,
        evict_probability=None if found is None else found.probability,
        evicted_per_step=None if found is None else found.per_step,
        reason=reason or None,
    )


def memory_walk(mix: Workload) -> Walk:
    """Return the walk of a mix of single requests."""
    try:
        from .memory_walk import MemoryWalk
    except ModuleNotFoundError as missing:
        if missing.name != "numpy":
            raise
        return FixedPointWalk(mix)
    return MemoryWalk(mix)


def whole_requests(mix: Workload) -> Workload:
    """Return the mix with one class per pair of lengths, as a server of whole requests needs it.

    Raises InvalidWorkload if the inputs are means and the pairs are not known, or are no whole
    tokens.

    >>> merged = Workload.from_classes([(7, 5), (1, 3), (4, 3)]).merged()
    >>> len(merged.classes), len(whole_requests(merged).classes)
    (2, 3)
    """
    requests = mix.unmerged()
    for number, one in enumerate(requests.classes, start=1):
        if one.input_length.denominator != 1:
            raise InvalidWorkload(
                f"'input_length' of class {number} must be a whole number of tokens, of single "
                f"requests, not {shown(one.input_length)}."
            )
    return requests


@dataclass(frozen=True)
class _Cohorts:
    """V, and how much the requests of a stable mix come and go in cohorts; per a*.

    None is what was not proved. Each is computed when the domain asks for it: they take seconds.
    """

    law: JointLaw
    way: Variances

    @classmethod
    def of(cls, law: JointLaw, kernel: MemoryKernel) -> _Cohorts:
        """Return the variances of a stable mix."""
        return cls(law, Variances.of(kernel))

    @cached_property
    def fano_factor(self) -> Variance | None:
        """V."""
        if self.law.is_certain:
            return Fraction(0)
        return self.way(density_of("admissions", self.law))

    @cached_property
    def running(self) -> float | None:
        """Of the requests in service."""
        return self._variance(density_of("running", self.law))

    @cached_property
    def intensity(self) -> float | None:
        """Of the intensity of completions."""
        return self._variance(intensity_density(self.law))

    @cached_property
    def freed(self) -> float | None:
        """Of the freed tokens, over what independent completions have."""
        freed = self._variance(freed_density(self.law))
        return None if freed is None else freed * self.law.denominator / freed_square(self.law)

    def _variance(self, density: Density) -> float | None:
        found = self.way(density)
        return None if found is None else _middle(found)


def _middle(variance: Variance) -> float:
    if isinstance(variance, Fraction):
        return float(variance)
    return float(variance.low + variance.high) / 2


def _outside(a: float, running: float, always: int, cohorts: _Cohorts) -> str:
    """Return why the walk does not answer for a stable mix; nothing where it does."""
    if not _FEWEST <= a <= _MOST:
        return f"the formulas were tested from 0.15 to 12 admissions per step, not at {a:.6g}"
    if not _FEWEST_RUNNING <= running <= _MOST_RUNNING:
        return f"the formulas are for 25 to 20,000 running requests, not {running:.6g}"
    if always < _LEAST_FITTING:
        return "the memory holds fewer than four of the largest requests"
    if cohorts.running is None or cohorts.intensity is None or cohorts.freed is None:
        return "the modes are too close to the circle for proved variances"
    if a * cohorts.running < _LEAST_RUNNING_VARIANCE:
        return "the number of running requests hardly varies, as with a long common prompt"
    if cohorts.intensity > _LARGEST_INTENSITY_VARIANCE:
        return "completions come in clusters: few decode lengths, or modes that hardly decay"
    if cohorts.freed < _LEAST_FREED_VARIANCE:
        return "completions depend on each other: few requests of few steps"
    return ""
