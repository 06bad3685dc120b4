"""Settings of a server judged on whole requests, against leaving it alone.

The fluid's policies are right where many requests are admitted per step. A server of few, random
requests is another matter: a rate limit at a* ends the fluid's evictions and starves a small
server, whose memory it cannot keep full. So a setting is *recommended* only if it completes more
tokens than greedy admission in runs of whole requests, drawn at random:

* every setting serves the same requests as greedy admission does (common random numbers), and its
  gain is the mean of the paired differences, with a 95 % interval by batch means;
* the best of those whose interval is above 0 runs once more, on other requests, since the best of
  several is partly luck: the gain that is told is that of the second run, whose interval must be
  above 0 again.

Nothing is tried where the fluid's verdict is stable, its empty server reaches the equilibrium and
a* >= 1.1 V, V the Fano factor (R13): no setting gained beyond doubt in 60 random mixes of that kind
(R18, a finding and no proof).

References
----------
docs/model.md, R13, R18.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from ...dynamics.requests import Estimate, RequestRun
from ...model.kernel import MemoryKernel
from ...model.verdict import Verdict
from ...model.workload import Workload
from ...records import Record
from ...spectrum.fluctuations.evictions import ServerNoise, server_noise, whole_requests
from .whole_runs import WholeRuns, usual_steps, why_no_runs

__all__ = ["Setting", "Trial", "Trials", "trials"]

Setting = Literal["none", "rate", "max-num-seqs", "watermark", "reservation"]

_RATES = tuple(Fraction(k, 100) for k in (95, 100, 103, 110))  # of a*
_CAPS = (Fraction(1), Fraction(11, 10))  # of a* mu
_WATERMARK = Fraction(1, 100)
_CLEAR = Fraction(11, 10)
_WORK = 100_000  # steps and admissions of a run
_MOST_WORK = 1_000_000  # of a run: half a minute
_CONFIRMED = 2  # settings that get a second run
_LEFT_ALONE = (
    "nothing needs to change, for the mix is stable and a* is at least 1.1 V, where no setting "
    "gained beyond doubt in simulations (R18)"
)


@dataclass(frozen=True, repr=False)
class Trial(Record):
    """A setting on whole requests.

    Attributes
    ----------
    setting : {"none", "rate", "max-num-seqs", "watermark", "reservation"}
    value : Fraction
        Requests per step; running requests; the fraction of the memory that is kept free; 0.
    throughput : Estimate
        Completed tokens per step over a* mu.
    gain : Estimate
        That less what greedy admission completes of the same requests.
    evicted_per_step : Estimate
        Requests.

    Examples
    --------
    >>> from stabkit import Estimate, Trial
    >>> none = Estimate(0.0, 0.0, 0.0)
    >>> found = Trial("rate", 10, Estimate(1.0, 1.0, 1.0), Estimate(0.14, 0.13, 0.15), none)
    >>> found.gain.low > 0  # better beyond doubt
    True
    """

    setting: Setting
    value: Fraction
    throughput: Estimate
    gain: Estimate
    evicted_per_step: Estimate


@dataclass(frozen=True, repr=False)
class Trials(Record):
    """What whole requests say of the settings of a server.

    Attributes
    ----------
    steps : int
        Of every run from the empty memory, the first tenth of which is left out; 0 for none.
    now : Trial or None
        Greedy admission.
    tried : tuple of Trial
    best : Trial or None
        The setting to be recommended, by its second run; None to change nothing.
    reason : str
        Why there were no runs.

    Examples
    --------
    >>> from stabkit import Workload, recommend
    >>> mix = Workload.from_classes([(10, 3), (10, 5)], capacity=10_000)
    >>> found = recommend(mix).trials  # stable, and many requests: none is needed
    >>> found.steps, found.best
    (0, None)
    """

    steps: int = 0
    now: Trial | None = None
    tried: tuple[Trial, ...] = ()
    best: Trial | None = None
    reason: str = ""


def trials(mix: Workload, verdict: Verdict, reaches: bool, seed: int = 0) -> Trials:
    """Try the settings of a server of the capacity of `mix` on whole requests.

    * `verdict` ({"stable", "unstable", "marginal", "undecided"}): the fluid's.
    * `reaches`: whether the fluid reaches the equilibrium's throughput from the empty memory.
    * `seed`: of the first runs; the second ones take the next.

    With a `reason` and without runs where none is needed, where there is no capacity or single
    requests are not known, or where runs would take minutes.

    The worst cycle of one class, 26 of 30 requests completed, ends under a rate limit:

    >>> found = trials(Workload.from_classes([(10, 5)], capacity=650), "unstable", False)
    >>> found.best.setting, str(found.best.value), round(found.best.gain.value, 3)
    ('rate', '10', 0.14)
    """
    reason = why_no_runs(mix)
    if mix.capacity is None or reason is not None:
        return Trials(reason=reason or "")
    requests = whole_requests(mix)
    noise = server_noise(requests, mix.capacity, MemoryKernel.of(mix), verdict)
    if reaches and _clearly_stable(noise):
        return Trials(reason=_LEFT_ALONE)
    rate = noise.admissions
    steps = usual_steps(requests, rate, _WORK, _MOST_WORK)
    if steps is None:
        return Trials(reason="runs of whole requests would take minutes")
    return _TrialRuns(requests, rate, steps, seed).found()


def _clearly_stable(noise: ServerNoise) -> bool:
    fano = noise.fano_factor
    if noise.verdict != "stable" or fano is None:
        return False
    return noise.admissions >= _CLEAR * (fano if isinstance(fano, Fraction) else fano.high)


class _TrialRuns:
    """The runs of one workload, on the requests of one seed at a time."""

    def __init__(self, mix: Workload, rate: Fraction, steps: int, seed: int) -> None:
        self._mix, self._rate, self._steps, self._seed = mix, rate, steps, seed
        self._alone: dict[int, tuple[WholeRuns, RequestRun]] = {}

    def found(self) -> Trials:
        tried = tuple(self._trial(*setting, self._seed) for setting in self._settings())
        better = [one for one in tried if one.gain.low > 0]
        better.sort(key=lambda one: -one.gain.value)
        again = (self._trial(one.setting, one.value, self._seed + 1) for one in better[:_CONFIRMED])
        best = next((one for one in again if one.gain.low > 0), None)
        now = self._trial("none", Fraction(0), self._seed)
        return Trials(self._steps, now, tried, best)

    def _settings(self) -> Iterator[tuple[Setting, Fraction]]:
        """Yield rates, caps, a watermark below which all requests fit, and reservation."""
        for factor in _RATES:
            yield "rate", factor * self._rate
        for factor in _CAPS:
            running = factor * self._rate * self._mix.mean_decode_length
            yield "max-num-seqs", Fraction(max(1, math.floor(running)))
        if (1 - _WATERMARK) * (self._mix.capacity or 0) >= (self._mix.largest_request or 0):
            yield "watermark", _WATERMARK
        yield "reservation", Fraction(0)

    def _trial(self, setting: Setting, value: Fraction, seed: int) -> Trial:
        if seed not in self._alone:
            runs = WholeRuns(self._mix, self._rate, self._steps, seed)
            self._alone[seed] = runs, runs.run({})
        runs, alone = self._alone[seed]
        run = alone if setting == "none" else runs.run(_options(setting, value))
        return Trial(setting, value, runs.share(run), runs.share(run, alone), run.means["evicted"])


def _options(setting: Setting, value: Fraction) -> dict[str, Any]:
    options: dict[Setting, dict[str, Any]] = {
        "rate": {"rate": value},
        "max-num-seqs": {"max_num_seqs": int(value)},
        "watermark": {"watermark": value},
        "reservation": {"reserve": "true-length"},
    }
    return options[setting]
