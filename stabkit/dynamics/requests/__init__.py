"""Whole requests: a server simulated request by request, by the rules of a scheduler.

The fluid has parts of requests and admits exact shares. A server has whole ones, in the order in
which they come (docs/model.md, Whole requests). In reading order:

* `request`: a request, and what one step does.
* `sources`, `queue`: where requests come from, and how they wait.
* `scheduler`: what a scheduler is, its options, and how it is found by its name.
* `model`: the scheduler of the model, which counts by events.
* `vllm`, `vllm_v0`, `sglang`, `tensorrt_llm`: the schedulers of engines; `decoding` is what they
  share.
* `batches`: long-run means with intervals, from one run.
* `request_run`, `driver`: what a run leaves behind; `stabkit.simulate_requests`.

A scheduler more is one file here: see `scheduler`. Others take the names below, `batches`, `driver`
and `request_run`.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from .batches import Estimate
from .driver import simulate_requests
from .model import Scheduler
from .queue import Queue
from .request import Request, StepReport
from .request_run import RequestRun, RequestSeries, RequestTable
from .scheduler import (
    Engine,
    Server,
    refuse_too_large,
    register_scheduler,
    scheduler_named,
    scheduler_options,
)
from .sources import RequestSource, source_of

__all__ = [
    "Engine",
    "Estimate",
    "Queue",
    "Request",
    "RequestRun",
    "RequestSeries",
    "RequestSource",
    "RequestTable",
    "Scheduler",
    "Server",
    "StepReport",
    "refuse_too_large",
    "register_scheduler",
    "scheduler_named",
    "scheduler_options",
    "simulate_requests",
    "source_of",
]

for _module in iter_modules(__path__):  # a scheduler is found by being in this folder
    import_module(f"{__name__}.{_module.name}")
