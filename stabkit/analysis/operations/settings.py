"""Settings of a real server, judged on whole requests against changing nothing.

The fluid's policies (`comparison`) say what keeps an unstable *fluid* steady; a finite server is
another matter: a limit of the rate to a* costs a stable or a small one more than its evictions do
(R18). So every setting is simulated, on the same requests as the unchanged server: runs of one seed
serve the same requests in the same order (common random numbers), and the difference of completed
tokens over a* mu, run by run, has far less noise than either. From K independent seeds

    mean(d) ± t sqrt(sum (d_i - mean(d))^2 / (K (K - 1))),   t the .975 quantile, K - 1 degrees,

is its 95 % interval, where d is about normal. A setting is *better* where the interval is above 0,
and only then is it worth a change.

**A rule without simulation** (R18, measured, not proved): in a stable mix with a* >= 1.1 V whose
fluid converges from the empty memory nothing is gained by a change.

References
----------
docs/model.md, Whole requests, R18.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ...dynamics.long_run import long_run
from ...dynamics.requests import simulate_requests
from ...dynamics.requests.batches import Estimate
from ...errors import InvalidArgument
from ...model.numbers import whole_number
from ...model.workload import Workload
from .finite import FiniteServer, finite_server

__all__ = ["Setting", "Settings", "compare_settings"]

_SEEDS = 6
_STUDENT = 2.570581835636314  # .975 quantile, 5 degrees of freedom
_FEWEST_LIVES, _FEWEST, _MOST, _WORK = 8, 2_000, 100_000, 30_000  # of a run
_LARGEST = 1_000  # admissions per step: more take minutes
_RATES = (Fraction(19, 20), Fraction(1), Fraction(103, 100), Fraction(11, 10))
_CAPS = (Fraction(1), Fraction(11, 10))
_WATERMARKS = (Fraction(1, 100), Fraction(1, 20))
_SETTLED = 1e-3  # of a throughput ratio: what long-run means are right to
_MUCH = 1.1  # times V, in the rule


@dataclass(frozen=True)
class Setting:
    """One setting, and what it changes.

    Attributes
    ----------
    name : {"rate", "max-num-seqs", "watermark", "reservation"}
    value : Fraction or None
        Requests per step, requests, the share of the memory kept free; None for a reservation.
    throughput_ratio : float
        Completed tokens per step over a* mu.
    gain : Estimate
        That less the unchanged server's, on the same requests.
    evicted_per_step : float
        Requests.
    """

    name: str
    value: Fraction | None
    throughput_ratio: float
    gain: Estimate
    evicted_per_step: float

    @property
    def better(self) -> bool:
        """Whether the interval of the gain is above 0."""
        return self.gain.low > 0


@dataclass(frozen=True)
class Settings:
    """Settings of one server, the largest gain first.

    Attributes
    ----------
    server : FiniteServer
    steps, seeds : int
        Of each run, and their number.
    throughput_ratio, evicted_per_step : float
        Of the unchanged server.
    settings : tuple of Setting
    leave_alone : bool
        Whether the rule of R18 says so, without simulation.
    """

    server: FiniteServer
    steps: int
    seeds: int
    throughput_ratio: float
    evicted_per_step: float
    settings: tuple[Setting, ...]
    leave_alone: bool

    @property
    def recommended(self) -> Setting | None:
        """The best setting, if the simulation shows that it is better than none."""
        best = self.settings[0]
        return best if best.better else None


def compare_settings(mix: Workload, steps: Any = None) -> Settings:
    """Simulate settings of a server on whole requests, each against changing nothing.

    Parameters
    ----------
    mix : Workload
        With a capacity; its requests must be known one by one.
    steps : int, optional
        Of each of the six runs of a setting, from 100 to 1 000 000; the first tenth is left out. By
        default eight times the longest decode, or more where that is cheap.

    Returns
    -------
    Settings
        Rates of .95, 1, 1.03 and 1.1 a*, caps of 1 and 1.1 a* mu on running requests, watermarks of
        1 and 5 %, and a reservation of the true lengths.

    Raises
    ------
    InvalidWorkload
        If the workload has no capacity, or knows only the mean inputs of requests.
    InvalidArgument
        If a* is above 1000, which would take minutes, or `steps` is outside its domain.

    References
    ----------
    docs/model.md, R18.

    Examples
    --------
    One class that the fluid and the server both lose a seventh of their throughput with: at the
    rate a* nothing is evicted.

    >>> found = compare_settings(Workload.from_classes([(10, 5)], capacity=650), steps=400)
    >>> found.recommended.name, str(found.recommended.value)
    ('rate', '10')
    """
    server = finite_server(mix)
    if server.admissions > _LARGEST:
        raise InvalidArgument(
            f"'mix' must have at most {_LARGEST} admissions per step to be simulated, not "
            f"{float(server.admissions):.4g}."
        )
    taken = _steps(server) if steps is None else whole_number(steps, "'steps'", 100, 10**6)
    unchanged = _runs(server, taken, {})
    found = [
        _setting(name, value, unchanged, _runs(server, taken, options))
        for name, value, options in _candidates(server)
    ]
    found.sort(key=lambda one: -one.gain.value)
    throughput, evicted = unchanged.mean(axis=0)
    return Settings(
        server=server,
        steps=taken,
        seeds=_SEEDS,
        throughput_ratio=float(throughput),
        evicted_per_step=float(evicted),
        settings=tuple(found),
        leave_alone=_leave_alone(server, mix),
    )


def _steps(server: FiniteServer) -> int:
    cheap = int(_WORK / (1 + server.admissions))
    return min(_MOST, max(_FEWEST, _FEWEST_LIVES * server.mix.longest_decode, cheap))


def _candidates(server: FiniteServer) -> Iterator[tuple[str, Fraction | None, dict[str, Any]]]:
    """Yield settings: their name, their value, and the options of the scheduler."""
    for factor in _RATES:
        rate = factor * server.admissions
        yield "rate", rate, {"rate": rate}
    for factor in _CAPS:
        cap = max(1, math.floor(factor * server.requests))
        yield "max-num-seqs", Fraction(cap), {"max_num_seqs": cap}
    for share in _WATERMARKS:
        largest = max(c.input_length + c.decode_length for c in server.mix.classes)
        if server.capacity * (1 - share) >= largest:
            yield "watermark", share, {"watermark": share}
    yield "reservation", None, {"reserve": "true-length"}


def _runs(server: FiniteServer, steps: int, options: dict[str, Any]) -> Any:
    """Return the throughput ratio and the evicted requests per step of each seed."""
    scale, rows = float(server.requests), []
    for seed in range(_SEEDS):
        run = simulate_requests(
            server.mix, steps=steps, seed=seed, every=None, table=False, **options
        )
        rows.append((run.means["completed_tokens"].value / scale, run.means["evicted"].value))
    return np.array(rows)


def _setting(name: str, value: Fraction | None, unchanged: Any, changed: Any) -> Setting:
    gains = changed[:, 0] - unchanged[:, 0]
    middle, half = gains.mean(), _STUDENT * gains.std(ddof=1) / math.sqrt(len(gains))
    throughput, evicted = changed.mean(axis=0)
    gain = Estimate(float(middle), float(middle - half), float(middle + half))
    return Setting(name, value, float(throughput), gain, float(evicted))


def _leave_alone(server: FiniteServer, mix: Workload) -> bool:
    cv = server.admissions_cv
    if cv is None or (cv and cv**-2 < _MUCH):
        return False
    ratio = long_run(mix).throughput_ratio
    return ratio is not None and abs(ratio - 1) <= _SETTLED
