"""What a real server of this size does: whole, random requests instead of the fluid's exact shares.

The fluid admits a* requests per step in the shares of the mix. A finite server draws whole requests
at random, admits them first come first served while the next one fits, and evicts the latest
admitted. Of one with the capacity B, a* = B / E M, M a request's memory-time:

* *Is the fluid's verdict visible?* For a stable mix the admissions of a step have the variance
  V a* (R13), so that their coefficient of variation is sqrt(V / a*). From a* = 10 V on the verdict
  is what one sees; below V noise decides (R15).
* *How often does it evict?* By the walk of the free memory, which is R16, in the domain that
  `stabkit.spectrum.fluctuations.evictions` states with its error. Outside, a simulation answers.
* *Which watermark makes that rare?* By the same walk (R17), and for small servers by the Lundberg
  exponent R: every further 1 / R tokens divide the evictions by e. A watermark of w tokens costs
  the share w / B of the throughput.
* *When does it never evict?* If at most floor(B / max(s + l)) requests run, for those hold at most
  max(s + l) tokens each, at any time, together B. A cap on the running requests ensures that:
  `running_cap` has what any cap does.

References
----------
docs/model.md, Whole requests, R13, R15, R16, R17.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ...errors import InvalidArgument, InvalidWorkload, shown
from ...model.enclosure import RealEnclosure
from ...model.kernel import MemoryKernel
from ...model.notation import WorkloadLike, as_workload
from ...model.numbers import NumberLike, exact_rational, whole_number
from ...model.workload import Workload
from ...records import Record
from ...spectrum.counting.counts import kernel_counts
from ...spectrum.fluctuations.evictions import (
    ServerNoise,
    memory_walk,
    server_noise,
    whole_requests,
)
from ...spectrum.fluctuations.lundberg import lundberg_exponent
from .running_cap import RunningCap, running_cap

if TYPE_CHECKING:
    from .finite_runs import SimulatedServer

__all__ = ["FiniteServer", "Watermark", "finite_server"]

_LARGEST_WATERMARK = 8  # mean outputs
_MOST_TOKENS = 20_000  # of a watermark: a walk of more takes seconds
_FINE = 0.01  # of a watermark: finer than the walk is right


@dataclass(frozen=True, repr=False)
class Watermark(Record):
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

    Examples
    --------
    >>> from stabkit import Workload, finite_server
    >>> mix = Workload.from_classes([(50 + 7 * k, 3 + k) for k in range(40)], capacity=20_000)
    >>> found = finite_server(mix, evictions="1/100", steps=0).watermark
    >>> found.tokens, found.fraction
    (14, Fraction(7, 10000))
    """

    target: float
    tokens: int | None = None
    fraction: Fraction | None = None
    reason: str | None = None


@dataclass(frozen=True, repr=False)
class FiniteServer(Record, ServerNoise):
    """What a server of a workload's capacity does with whole requests.

    Attributes
    ----------
    verdict : {"stable", "unstable", "marginal", "undecided"}
        The fluid's.
    admissions, requests : Fraction
        a* per step, and a* mu in service, at the fluid's steady state.
    always : int
        The requests that fit whatever happens, floor(B / max(s + l)).
    mean_slack : Fraction
        E R, the tokens left over in front of the next request.
    mean_admissions : Fraction
        (B - E R) / E M: the mean of admissions less evictions.
    window_dispersion : Fraction
        Variance over mean of the number completed in a long window: the squared coefficient of
        variation of the memory-time.
    fano_factor : Fraction, RealEnclosure or None
        V: the variance of admissions is V a*; None unless the mix is stable and V is proved.
    evict_probability, evicted_per_step : float or None
        Of a step to evict, and requests; None outside the domain of R16.
    reason : str or None
        Why they are None, or 0 exactly.
    mix : Workload
        One class per distinct pair of lengths.
    max_num_seqs : int or None
        The cap on running requests.
    lundberg_exponent : RealEnclosure or None
        R, per token; None where every input is 0.
    watermark : Watermark or None
        For the rate that was asked for.
    simulated : SimulatedServer or None
        The same by simulation, where it was asked for.

    Examples
    --------
    >>> from stabkit import Workload, finite_server
    >>> mix = Workload.from_classes([(10, 3), (10, 5)], capacity=10_000)
    >>> found = finite_server(mix, steps=0)
    >>> found.verdict, round(float(found.fano_factor), 4)
    ('stable', 45.6861)
    """

    mix: Workload
    max_num_seqs: int | None
    lundberg_exponent: RealEnclosure | None
    watermark: Watermark | None = None
    simulated: SimulatedServer | None = None

    @property
    def capacity(self) -> Fraction:
        """B, in tokens."""
        return self.mix.capacity or Fraction(0)

    @property
    def cap(self) -> RunningCap | None:
        """What the cap on running requests does; None where there is none."""
        if self.max_num_seqs is None:
            return None
        return running_cap(self.mix, self.max_num_seqs, self.always, self.requests, self.verdict)

    @property
    def never_evicts(self) -> bool:
        """Whether the cap on running requests proves that nothing is ever evicted."""
        return self.cap is not None and bool(self.cap.never_evicts)

    def watermark_for(self, rate: NumberLike) -> int | None:
        """Return the smallest watermark, in tokens, for at most `rate` evicted requests per step.

        Parameters
        ----------
        rate : number
            Positive.

        Returns
        -------
        int or None
            Computed to a per cent; None outside the domain.

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
    mix: WorkloadLike,
    max_num_seqs: int | None = None,
    evictions: NumberLike | None = None,
    steps: int | None = 0,
) -> FiniteServer:
    """Return what a server of the capacity of `mix` does with whole, random requests.

    Parameters
    ----------
    mix : WorkloadLike
        With a capacity; its requests must be known one by one.
    max_num_seqs : int, optional
        The most running requests.
    evictions : number, optional
        Evicted requests per step, to find a `watermark` for.
    steps : int or None
        Of a simulation of whole requests beside the formulas: 0 for none, at least 100 otherwise;
        None for as many as take a second or so.

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
    V and Lundberg's exponent are proved. The evictions are an approximation, within 15 % of
    simulations in the domain that it is given in; a watermark is right to about a third of a mean
    output (`stabkit.spectrum.fluctuations.evictions`).

    References
    ----------
    docs/model.md, R13, R15, R16, R17.

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
    mix = as_workload(mix)
    server = _server(mix, max_num_seqs)
    if evictions is not None:
        server = replace(server, watermark=_watermark(server, evictions))
    taken = None if steps is None else whole_number(steps, "'steps'", 0)
    if taken is None or taken:
        from .finite_runs import simulated_server  # and with it numpy

        run = simulated_server(server.mix, server.max_num_seqs, taken)
        server = replace(server, simulated=run)
    return server


def _server(mix: Workload, max_num_seqs: Any) -> FiniteServer:
    if mix.capacity is None:
        raise InvalidWorkload("'capacity' must be given for a server of finite size.")
    cap = None if max_num_seqs is None else whole_number(max_num_seqs, "'max_num_seqs'", 1)
    requests, kernel = whole_requests(mix), MemoryKernel.of(mix)
    noise = server_noise(requests, mix.capacity, kernel, kernel_counts(kernel).verdict)
    server = FiniteServer(
        **vars(noise),
        mix=requests,
        max_num_seqs=cap,
        lundberg_exponent=lundberg_exponent(requests),
    )
    return server if server.cap is None else _capped(server, server.cap)


def _capped(server: FiniteServer, cap: RunningCap) -> FiniteServer:
    """Return the server under its cap, which the formulas do not know."""
    if cap.never_evicts:
        return replace(server, evict_probability=0.0, evicted_per_step=0.0, reason=cap.reason)
    reason = "the formulas know no cap on the running requests"
    return replace(server, evict_probability=None, evicted_per_step=None, reason=reason)


def _watermark(server: FiniteServer, rate: Any) -> Watermark:
    target = exact_rational(rate, "'evictions'")
    if not 0 < target <= server.capacity:
        most = f"positive and at most the capacity, {server.capacity}"
        raise InvalidArgument(f"'evictions' must be {most}, not {shown(rate)}.")
    now, goal = server.evicted_per_step, float(target)
    if now is None:
        return Watermark(goal, reason=server.reason)
    tokens = 0 if now <= goal else _smallest(server, goal)
    if tokens is None:
        most = f"{_LARGEST_WATERMARK} mean outputs, as far as the formula was tested"
        return Watermark(goal, reason=f"it would be larger than {most}")
    return Watermark(goal, tokens, tokens / server.capacity)


def _smallest(server: FiniteServer, goal: float) -> int | None:
    """Bisect the watermarks, which evict the less the larger they are."""
    capacity, walk = float(server.capacity), memory_walk(server.mix)
    tested = math.ceil(_LARGEST_WATERMARK * walk.mean_output)
    low, high = 0, min(tested, math.floor(server.capacity / 2), _MOST_TOKENS)
    if walk.evictions(capacity, high).per_step > goal:
        return None
    while high - low > max(1, _FINE * high):
        middle = (low + high) // 2
        if walk.evictions(capacity, middle).per_step <= goal:
            high = middle
        else:
            low = middle
    return high
