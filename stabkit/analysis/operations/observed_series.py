"""An observed series: what a real server reported while it ran, its columns recognised by name.

Servers and load generators call the same thing by many names: `RECOGNISED` lists those that are
read, those of vLLM's and SGLang's metrics with or without their prefix. Tokens come as a counter,
as what was generated since the last sample, or as a rate over intervals of equal length; of all
three the counter is made. A counter that falls back (one that reads 0 beyond a million, or a server
that starts anew) is not trusted from there until it is above its largest value again.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import ArgumentTypeError, InvalidArgument, shown
from ...model.files import read_table

__all__ = ["RECOGNISED", "Floats", "ObservedSeries", "observed_series"]

Floats = NDArray[np.float64]
RECOGNISED: Mapping[str, Mapping[str, float]] = {  # names, and the unit of each
    "time": {"t": 1, "time": 1, "time_s": 1, "timestamp": 1},
    "running": {"running": 1, "num_requests_running": 1, "num_running_reqs": 1},
    "waiting": {"waiting": 1, "num_requests_waiting": 1, "num_queue_reqs": 1},
    "memory": {
        "kv_frac": 1,
        "kv_cache_usage_perc": 1,
        "gpu_cache_usage_perc": 1,
        "token_usage": 1,
        "kv_cache_pct": 0.01,
        "kv_pct": 0.01,
    },
    "preemptions": {"preempted_total": 1, "num_preemptions_total": 1, "preemptions": 1},
    "prefilled": {"prefill_tokens_total": 1},
    "completed": {"done_total": 1},
    "generated": {"gen_tokens_total": 1, "generation_tokens_total": 1},
    "generated_since": {"gen_tokens_in_tick": 1},
    "generated_rate": {"gen_tok_s": 1},
    "prefilled_rate": {"prompt_tok_s": 1},
}


@dataclass(frozen=True, eq=False)
class ObservedSeries:
    """One sample per row; what is None was not observed.

    * `time` (ndarray or None): seconds.
    * `running` (ndarray): requests.
    * `waiting` (ndarray or None): requests.
    * `memory` (ndarray or None): the share in use.
    * `preemptions`, `completed`, `prefilled` (ndarray or None): so far: requests, requests, tokens.
    * `generated` (ndarray or None): tokens so far.
    * `work` (ndarray or None): tokens prefilled so far, as a counter or summed from rates: a clock,
      not a quantity.
    * `trusted` (ndarray of bool): samples whose counter of generated tokens has not fallen back.
    """

    time: Floats | None
    running: Floats
    waiting: Floats | None
    memory: Floats | None
    preemptions: Floats | None
    prefilled: Floats | None
    completed: Floats | None
    generated: Floats | None
    work: Floats | None
    trusted: NDArray[np.bool_]

    @property
    def makespan(self) -> float | None:
        """The time of the sample after the last one at which a request ran."""
        busy = np.flatnonzero(self.running)
        if self.time is None or not len(busy):
            return None
        return float(self.time[min(busy[-1] + 1, len(self.time) - 1)])


def observed_series(observed: Any) -> ObservedSeries:
    """Return what a file or a mapping of columns holds.

    * `observed`: a CSV file, or arrays by name; a column of running requests is needed.

    Raises InvalidArgument if there is none, a column holds no numbers, or they differ in length.
    Raises InvalidWorkload if the file cannot be read.

    >>> columns = {"t": [5, 10], "vllm:num_requests_running": [3, 2], "kv_pct": [50, 9]}
    >>> seen = observed_series(columns)
    >>> seen.running.tolist(), seen.memory.tolist(), seen.makespan
    ([3.0, 2.0], [0.5, 0.09], 10.0)
    """
    given = read_table(observed) if isinstance(observed, (str, os.PathLike)) else observed
    if not isinstance(given, Mapping):
        raise ArgumentTypeError(
            f"'observed' must be a file or arrays by name, not {shown(observed)}."
        )
    found = {kind: _column(given, names) for kind, names in RECOGNISED.items()}
    running = found["running"]
    if running is None or any(x is not None and len(x) != len(running) for x in found.values()):
        raise InvalidArgument(
            "'observed' must have a column of running requests "
            f"({', '.join(RECOGNISED['running'])}) and all columns of its length."
        )
    generated, work = _counters(found)
    trusted = np.full(len(running), True)
    if generated is not None:
        trusted = generated >= np.maximum.accumulate(generated)
    kept = ("time", "waiting", "memory", "preemptions", "prefilled", "completed")
    return ObservedSeries(
        running=running,
        generated=generated,
        work=work,
        trusted=trusted,
        **{kind: found[kind] for kind in kept},
    )


def _column(given: Mapping[str, Any], names: Mapping[str, float]) -> Floats | None:
    found = [name for name in given if str(name).rpartition(":")[2] in names]
    if not found:
        return None
    try:
        values = np.array(given[found[0]], dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidArgument(f"'observed': {shown(found[0])} must hold numbers.") from None
    if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
        raise InvalidArgument(f"'observed': {shown(found[0])} must hold finite numbers.")
    scaled: Floats = values * names[str(found[0]).rpartition(":")[2]]
    return scaled


def _counters(found: Mapping[str, Floats | None]) -> tuple[Floats | None, Floats | None]:
    """Return the tokens generated and prefilled by each sample, where they are known."""
    counted, since, time = found["generated"], found["generated_since"], found["time"]
    if counted is not None:
        return counted, found["prefilled"]
    if since is not None:
        return np.cumsum(since), found["prefilled"]
    if time is None or len(time) < 2:
        return None, None
    interval = float(np.median(np.diff(time)))
    rates = (found["generated_rate"], found["prefilled_rate"])
    made, read = (None if rate is None else np.cumsum(rate) * interval for rate in rates)
    return made, read
