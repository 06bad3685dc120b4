"""What a real server of this size does: whole, random requests instead of the fluid's exact shares.

The fluid admits a* of every class mix at every step. A finite server draws whole requests at
random, admits them first come first served while the next one fits, and evicts the latest admitted.
This module answers for one of a given capacity B, with a* = B / E M, M a request's memory-time:

* *Is the fluid's verdict visible?* For a stable mix the admissions of a step have the variance
  V a* (R13), so that their coefficient of variation is sqrt(V / a*). From a* = 10 V on the verdict
  is what one sees; below V noise decides (R15).
* *How often does it evict?* By the walk of the free memory (`memory_walk`), which is R16.
* *Which watermark makes that rare?* By the same walk (R17), and for small servers by the Lundberg
  exponent R: every further 1 / R tokens divide the evictions by e. A watermark of w tokens costs
  the share w / B of the throughput.
* *When does it never evict?* If at most floor(B / max(s + l)) requests run, those hold at most
  max(s + l) tokens each, at any time, together B: nothing is ever evicted. A cap on the running
  requests ensures that.

**Domain of the walk.** It takes the number that runs as constant, and the completions of a step as
independent ones. It answers for stable mixes with

* 0.15 <= a* <= 12, at least 25 requests in service, and room for four of the largest;
* a variance of the running requests of at least 0.15 (a long common prompt freezes them);
* a variance of the completions' intensity of at most 0.13 a* (few decode lengths, or modes near the
  circle, make it larger), and of the freed tokens of at least 0.92 of what independent completions
  would have (few requests of few steps have less),

all by R14. There P(a step evicts) and the evictions per step, over those of 2 000 000 simulated
steps, were 0.90 to 1.12 in 127 mixes of six families of random lengths, and 0.99 to 1.00 for the
packaged traces in the domain; in the 177 outside 0.27 to 31. Watermarks up to 8 mean outputs: 0.65
to 1.35, by 20 to 250 simulated evictions for every per cent: a watermark is right to about a third
of a mean output. Beyond, a simulation has to answer.

References
----------
docs/model.md, Finite servers, R13-R17.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from ...errors import InvalidArgument, InvalidWorkload, shown
from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.numbers import exact_rational, whole_number
from ...model.verdict import Verdict
from ...model.workload import Workload, check_workload
from ...spectrum.counting.counts import kernel_counts
from ...spectrum.fluctuations.cohorts import freed_density, freed_square, intensity_density
from ...spectrum.fluctuations.density import Density
from ...spectrum.fluctuations.joint_law import JointLaw
from ...spectrum.fluctuations.lundberg import lundberg_exponent
from ...spectrum.fluctuations.observables import density_of
from ...spectrum.fluctuations.slack import mean_slack
from ...spectrum.fluctuations.variance import Variance, Variances
from .finite_runs import SimulatedServer, simulated_server
from .memory_walk import MemoryWalk

__all__ = ["FiniteServer", "Watermark", "finite_server"]

_VISIBLE = 10  # times V
_FEWEST, _MOST = 0.15, 12  # admissions per step
_FEWEST_RUNNING, _MOST_RUNNING = 25, 20_000  # more take seconds
_LEAST_FITTING = 4
_LEAST_RUNNING_VARIANCE = 0.15
_LARGEST_INTENSITY_VARIANCE = 0.13  # per a*
_LEAST_FREED_VARIANCE = 0.92
_LARGEST_WATERMARK = 8  # mean outputs
_FINE = 0.01  # of a watermark: finer than the walk is right


@dataclass(frozen=True)
class Watermark:
    """The watermark for a rate of evictions.

    Attributes
    ----------
    target : float
        Evicted requests per step, at most.
    tokens : int or None
        To keep free from admissions; None where the walk does not answer.
    fraction : Fraction or None
        tokens / B: of the capacity, and of the throughput that it costs.
    reason : str or None
        Why it does not answer.
    """

    target: float
    tokens: int | None
    fraction: Fraction | None
    reason: str | None = None


@dataclass(frozen=True)
class FiniteServer:
    """What a server of a workload's capacity does with whole requests.

    Attributes
    ----------
    mix : Workload
        One class per distinct pair of lengths.
    verdict : {"stable", "unstable", "marginal", "undecided"}
        The fluid's.
    admissions : Fraction
        a*, requests per step.
    requests : Fraction
        a* mu, in service at the steady state.
    slack : Fraction
        E R, the tokens left over in front of the next request: R is uniform on 0, ..., S of a
        request in proportion to S + 1.
    effective_admissions : Fraction
        (B - E R) / E M: the mean of admissions less evictions without a watermark.
    fano_factor : Fraction, RealEnclosure or None
        V: the variance of admissions is V a*; None unless the mix is stable and V is proved.
    window_dispersion : Fraction
        Variance over mean of the number completed in a long window: the squared coefficient of
        variation of the memory-time.
    always : int
        The requests that fit whatever happens, floor(B / max(s + l)).
    max_num_seqs : int or None
        The cap on running requests.
    evict_probability, evicted_per_step : float or None
        Of a step to evict, and requests; None outside the domain.
    reason : str or None
        Why they are None, or 0.
    lundberg_exponent : RealEnclosure or None
        R, per token; None where every input is 0.
    watermark : Watermark or None
        For the rate that was asked for.
    simulated : SimulatedServer or None
        The same by simulation, where it was asked for.
    """

    mix: Workload
    verdict: Verdict
    admissions: Fraction
    requests: Fraction
    slack: Fraction
    effective_admissions: Fraction
    fano_factor: Variance | None
    window_dispersion: Fraction
    always: int
    max_num_seqs: int | None
    evict_probability: float | None
    evicted_per_step: float | None
    reason: str | None
    lundberg_exponent: RealEnclosure | None
    watermark: Watermark | None = None
    simulated: SimulatedServer | None = None

    @property
    def capacity(self) -> Fraction:
        """B, in tokens."""
        return self.mix.capacity or Fraction(0)

    @property
    def admissions_cv(self) -> float | None:
        """sqrt(V / a*), the coefficient of variation of admissions; None unless stable."""
        if self.fano_factor is None:
            return None
        return math.sqrt(_middle(self.fano_factor) / float(self.admissions))

    @property
    def visible(self) -> bool | None:
        """Whether the fluid's verdict is what one sees, a* >= 10 V; None unless stable."""
        if self.fano_factor is None:
            return None
        return float(self.admissions) >= _VISIBLE * _middle(self.fano_factor)

    @property
    def never_evicts(self) -> bool:
        """Whether the cap on running requests proves that nothing is ever evicted."""
        return self.max_num_seqs is not None and self.max_num_seqs <= self.always

    def watermark_for(self, rate: Any) -> int | None:
        """Return the smallest watermark, in tokens, for at most `rate` evicted requests per step.

        Parameters
        ----------
        rate : number
            Positive.

        Returns
        -------
        int or None
            To about a per cent; None outside the domain.

        Raises
        ------
        InvalidArgument
            If `rate` is not positive.

        References
        ----------
        docs/model.md, R17.
        """
        return _watermark(self, rate).tokens


def finite_server(
    mix: Workload, max_num_seqs: Any = None, evictions: Any = None, steps: Any = 0
) -> FiniteServer:
    """Return what a server of the capacity of `mix` does with whole, random requests.

    Parameters
    ----------
    mix : Workload
        With a capacity; its requests must be known one by one.
    max_num_seqs : int, optional
        The most running requests.
    evictions : number, optional
        Evicted requests per step, to find a `watermark` for.
    steps : int or None
        Of a simulation of whole requests beside the formulas; by default there is none, with None
        it takes a second or so.

    Returns
    -------
    FiniteServer

    Raises
    ------
    InvalidWorkload
        If the workload has no capacity, or knows only the mean inputs of requests.
    InvalidArgument
        If a number is outside its domain.

    Notes
    -----
    V and Lundberg's exponent are proved. The evictions are an approximation: the module's docstring
    has its error and its domain.

    References
    ----------
    docs/model.md, R13, R15-R17.

    Examples
    --------
    >>> mix = Workload.from_classes([(40 + k % 7, k) for k in range(1, 41)], capacity=9_000)
    >>> server = finite_server(mix)
    >>> server.always, server.visible, 0 < server.evict_probability < server.evicted_per_step
    (105, False, True)

    A cap on the running requests that all fit whatever happens: nothing is ever evicted.

    >>> finite_server(mix, max_num_seqs=105).evicted_per_step
    0.0
    """
    server = _server(check_workload(mix), max_num_seqs)
    if evictions is not None:
        server = replace(server, watermark=_watermark(server, evictions))
    if steps is None or steps:
        run = simulated_server(server.mix, server.max_num_seqs, steps)
        server = replace(server, simulated=run)
    return server


def _server(mix: Workload, max_num_seqs: Any) -> FiniteServer:
    if mix.capacity is None:
        raise InvalidWorkload("'capacity' must be given for a server of finite size.")
    cap = None if max_num_seqs is None else whole_number(max_num_seqs, "'max_num_seqs'", 1)
    requests = _single_requests(mix)
    law, kernel = JointLaw.of(requests), MemoryKernel.of(mix)
    verdict = kernel_counts(kernel).verdict
    cohorts = _Cohorts.of(law, kernel) if verdict == "stable" else None
    admissions, slack = mix.capacity / law.memory_time, mean_slack(law)
    server = FiniteServer(
        mix=requests,
        verdict=verdict,
        admissions=admissions,
        requests=admissions * mix.mean_decode_length,
        slack=slack,
        effective_admissions=(mix.capacity - slack) / law.memory_time,
        fano_factor=None if cohorts is None else cohorts.fano_factor,
        window_dispersion=law.memory_time_squared / law.memory_time**2 - 1,
        always=int(mix.capacity / max(c.input_length + c.decode_length for c in requests.classes)),
        max_num_seqs=cap,
        evict_probability=None,
        evicted_per_step=None,
        reason=None,
        lundberg_exponent=lundberg_exponent(requests),
    )
    if server.never_evicts:
        known = f"at most {cap} requests run, and {server.always} fit whatever happens"
        return replace(server, evict_probability=0.0, evicted_per_step=0.0, reason=known)
    reason = _outside(server, cohorts)
    if reason is not None:
        return replace(server, reason=reason)
    found = MemoryWalk(requests).evictions(float(mix.capacity))
    return replace(server, evict_probability=found.probability, evicted_per_step=found.per_step)


@dataclass(frozen=True)
class _Cohorts:
    """V, and how much the requests of a stable mix come and go in cohorts; per a*.

    `freed` is over what independent completions have. None is what was not proved.
    """

    fano_factor: Variance | None
    running: float | None
    intensity: float | None
    freed: float | None

    @classmethod
    def of(cls, law: JointLaw, kernel: MemoryKernel) -> _Cohorts:
        """Return the variances of a stable mix."""
        way = Variances.of(kernel)

        def variance(density: Density) -> float | None:
            found = way(density)
            return None if found is None else _middle(found)

        freed = variance(freed_density(law))
        return cls(
            Fraction(0) if law.is_certain else way(density_of("admissions", law)),
            variance(density_of("running", law)),
            variance(intensity_density(law)),
            None if freed is None else freed * law.denominator / freed_square(law),
        )


def _middle(variance: Variance) -> float:
    if isinstance(variance, Fraction):
        return float(variance)
    return float(variance.low + variance.high) / 2


def _single_requests(mix: Workload) -> Workload:
    requests = mix.unmerged()
    for number, one in enumerate(requests.classes, start=1):
        if one.input_length.denominator != 1:
            raise InvalidWorkload(
                f"'input_length' of class {number} must be a whole number of tokens, of single "
                f"requests, not {shown(one.input_length)}."
            )
    return requests


def _outside(server: FiniteServer, cohorts: _Cohorts | None) -> str | None:
    """Return why the walk does not answer for a server, or None where it does."""
    if cohorts is None:
        return f"the formulas are for stable mixes, and this one is {server.verdict}"
    if server.max_num_seqs is not None:
        return "the formulas know no cap on the running requests"
    a, running = float(server.admissions), float(server.requests)
    if not _FEWEST <= a <= _MOST:
        return f"the formulas were tested from 0.15 to 12 admissions per step, not at {a:.3g}"
    if not _FEWEST_RUNNING <= running <= _MOST_RUNNING:
        return f"the formulas are for 25 to 20,000 running requests, not {running:.3g}"
    if server.always < _LEAST_FITTING:
        return "the memory holds fewer than four of the largest requests"
    if cohorts.running is None or cohorts.intensity is None or cohorts.freed is None:
        return "the modes are too close to the circle for proved variances"
    if a * cohorts.running < _LEAST_RUNNING_VARIANCE:
        return "the number of running requests hardly varies, as with a long common prompt"
    if cohorts.intensity > _LARGEST_INTENSITY_VARIANCE:
        return "completions come in clusters: few decode lengths, or modes that hardly decay"
    if cohorts.freed < _LEAST_FREED_VARIANCE:
        return "completions depend on each other: few requests of few steps"
    return None


def _watermark(server: FiniteServer, rate: Any) -> Watermark:
    target = exact_rational(rate, "'evictions'")
    if target <= 0:
        raise InvalidArgument(f"'evictions' must be positive, not {shown(rate)}.")
    now, goal = server.evicted_per_step, float(target)
    if now is None:
        return Watermark(goal, None, None, server.reason)
    tokens = 0 if now <= goal else _smallest(server, goal)
    if tokens is None:
        most = f"{_LARGEST_WATERMARK} mean outputs, the largest watermark that was tested"
        return Watermark(goal, None, None, f"it would be larger than {most}")
    return Watermark(goal, tokens, tokens / server.capacity)


def _smallest(server: FiniteServer, goal: float) -> int | None:
    """Bisect the watermarks, which evict the less the larger they are."""
    capacity, walk = float(server.capacity), MemoryWalk(server.mix)
    tested = math.ceil(_LARGEST_WATERMARK * walk.mean_output)
    low, high = 0, min(tested, math.floor(server.capacity / 2))
    if walk.evictions(capacity, high).per_step > goal:
        return None
    while high - low > max(1, _FINE * high):
        middle = (low + high) // 2
        if walk.evictions(capacity, middle).per_step <= goal:
            high = middle
        else:
            low = middle
    return high
