"""``stabkit analyze``: the verdict, why it holds, and what the simulator says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ...errors import InvalidArgument
from ..mix import MixOptions
from ..options import flag, option
from ..present import Found, presented
from ..terminal import counting, working
from .simulate import read_start

if TYPE_CHECKING:
    from ...analysis.verdict.analysis import Bootstrap, CertifiedStart
    from ...model.workload import Workload

__all__ = ["analyze"]

UNSTABLE = 3
UNDECIDED = 4
_LONGEST_QUICK = 500_000  # decode steps


@presented("analysis", full=True)
def analyze(
    source: MixOptions,
    fail_if_unstable: bool = flag("--fail-if-unstable", "Exit 3 if unstable or marginal."),
    no_crosscheck: bool = flag("--no-crosscheck", "Leave the simulation out."),
    bootstrap: int | None = option(
        None, "N", "Resample a trace N times: its sampling error.", min=1
    ),
    seed: int | None = option(None, "N", "Seed of the resamples; by default 0.", min=0),
    certify_start: bool = flag(
        "--certify-start",
        "Prove where the run from empty ends: in the steady state after so many evictions, or "
        "evicting for ever.",
    ),
    state: str | None = option(
        None,
        "FILE",
        "With --certify-start: from the request counts [class][stage] of a JSON file, or from "
        "'equilibrium'.",
    ),
) -> Found:
    """Decide stability, with a proof and a simulation.

    \b
    Examples:
      stabkit analyze
      stabkit analyze 100:7 100:10 --capacity 10000
      stabkit analyze 5:3:1/2 5:5:1/2 --figure picture.png
      stabkit analyze trace.csv --json --output analysis.json
      stabkit analyze trace.csv --bootstrap 200
      stabkit analyze 0:6:2 5:1:3 --certify-start
    """
    if state is not None and not certify_start:
        raise InvalidArgument("'--state' must go with '--certify-start', not alone.")
    workload = source.read(merge=bootstrap is None)
    estimate = _bootstrap(workload, bootstrap, seed)
    if estimate is not None:
        workload = workload.merged()
    proved = _certified(workload, state) if certify_start else None
    with working(_notice(workload)):
        from ...analysis.verdict.analyze import analyze as analyze_workload

        found = analyze_workload(workload, crosscheck=not no_crosscheck)
    status = UNSTABLE if fail_if_unstable and found.verdict != "stable" else 0
    return Found(
        replace(found, bootstrap=estimate, certified_start=proved),
        status=UNDECIDED if found.verdict == "undecided" else status,
        note=None if state in (None, "equilibrium") else _assumed(workload),
    )


def _assumed(workload: Workload) -> str | None:
    """Say against which memory the counts of a state are read where none is given."""
    from ...dynamics.capacity import simulated_capacity
    from ...publish.text.capacity import assumed_capacity

    return assumed_capacity(workload, simulated_capacity(workload))


def _notice(workload: Workload) -> str:
    """Say what is being done, and how long that takes where it is more than seconds."""
    if workload.longest_decode <= _LONGEST_QUICK:
        return "analysing the mix"
    return "analysing the mix: up to millions of modes, up to a minute"


def _certified(workload: Workload, state: str | None) -> CertifiedStart:
    start = read_start(state)
    with working("certifying the start"):
        from ...analysis.starts.certify import certify_start

        return certify_start(workload, start).summary


def _bootstrap(workload: Workload, resamples: int | None, seed: int | None) -> Bootstrap | None:
    if resamples is None:
        if seed is not None:
            raise InvalidArgument("'--seed' must go with '--bootstrap', not alone.")
        return None
    from ...analysis.verdict.bootstrap import bootstrap

    with counting("resampling the trace", resamples) as counted_map:
        return bootstrap(workload, resamples, seed or 0, map=counted_map)
