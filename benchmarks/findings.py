"""Everything that one run measures, and the run itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from benchmarks.batches import GRIDS, Batch, cases, measured_batch
from benchmarks.critical import CROSSINGS, LADDER, ON_THE_LADDER, sides, verdict
from benchmarks.logs import LogReading, measured_log
from benchmarks.measuring import Measurement, Stopwatch, median_seconds
from benchmarks.programs import STARTS, is_installed
from benchmarks.start_up import COMMANDS, count_with_memory, run
from benchmarks.whole_requests import SERVERS, Served, measured
from benchmarks.works import WORKS
from stabkit import Workload, unit_circle_counts

__all__ = ["LONGEST", "Findings", "find"]

LONGEST = Workload.from_classes([(1000, 500_000_000), (1000, 1_000_000_000)])
_LARGEST = "h7"


@dataclass
class Findings:
    """Measurements of one run.

    Attributes
    ----------
    works : dict
        Work, mix and solver, each by name, to a `Measurement`.
    ladder : dict
        (crossing, k), and the name of the solver, to a verdict on both sides.
    processes, starts : dict
        Seconds of whole processes of Python and of the peers, by name.
    memory : float
        Gigabytes at the peak of a process that counts the modes of degree 9 999 999.
    certificate : float or None
        Seconds to prove a mix of 10^9 steps unstable; None if that failed.
    served : dict
        A server of whole requests, by its name, to what was measured.
    logs : dict
        A reader of a long request log, by its name, to what it took.
    batches : dict
        What is asked of many mixes, and their grid, both by name, to what it took.
    """

    works: dict[str, dict[str, dict[str, Measurement]]] = field(default_factory=dict)
    ladder: dict[tuple[str, int], dict[str, str]] = field(default_factory=dict)
    processes: dict[str, float] = field(default_factory=dict)
    starts: dict[str, float] = field(default_factory=dict)
    memory: float = 0.0
    certificate: float | None = None
    served: dict[str, Served] = field(default_factory=dict)
    logs: dict[str, LogReading] = field(default_factory=dict)
    batches: dict[tuple[str, str], Batch] = field(default_factory=dict)


def find(report: Callable[[str], None]) -> Findings:
    """Measure everything once; `report` is told what is being measured."""
    findings = Findings()
    stopwatch = Stopwatch()
    for name, work in WORKS.items():
        findings.works[name] = {}
        for mix in work.mixes:
            report(f"{work.title}: mix {mix}, degree {mix.degree:,}")
            findings.works[name][mix.name] = stopwatch.measure(work, mix)
    report("The ladder next to the unit circle")
    findings.ladder = _ladder()
    report("Whole processes")
    findings.processes = {name: median_seconds(partial(run, name), rounds=5) for name in COMMANDS}
    findings.starts = {p: median_seconds(start) for p, start in STARTS.items() if is_installed(p)}
    findings.memory = count_with_memory(_LARGEST)[1]
    if unit_circle_counts(LONGEST).verdict == "unstable":
        findings.certificate = median_seconds(partial(unit_circle_counts, LONGEST))
    report("Whole requests")
    findings.served = {server: measured(server) for server in SERVERS}
    report("A long request log")
    findings.logs = measured_log()
    report("Many mixes")
    findings.batches = {case: _batch(*case) for case in cases()}
    return findings


def _batch(quantity: str, grid: str) -> Batch:
    counts_of_million = quantity == "counts" and GRIDS[grid].size > 10**5
    return measured_batch(quantity, GRIDS[grid], 20_000 if counts_of_million else 100)


def _ladder() -> dict[tuple[str, int], dict[str, str]]:
    solvers = [solver for solver in ON_THE_LADDER if not solver.missing]
    return {
        (crossing, k): {solver.name: verdict(solver, sides(crossing, k)) for solver in solvers}
        for crossing in CROSSINGS
        for k in LADDER
    }
