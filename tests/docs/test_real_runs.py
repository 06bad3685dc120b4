"""scripts/real_runs.py: what the replays of public runs must reach, and the committed page.

The runs are measurements by others (docs/real_runs/README.md): they are the oracle.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from stabkit.analysis.operations.observed_series import observed_series
from stabkit.analysis.operations.replay import Replay

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).parents[2] / "scripts" / "real_runs.py"
ALL = (
    "gap_130_llama-2-13b_s256",
    "gap_260_llama-2-7b_s512",
    "gap_390_llama-2-13b_s512",
    "gap_520_llama-2-13b_s64",
    "gap_520_llama-2-7b_s256",
    "gapdef_llama-2-13b_s128_n500",
    "cas_rtx4090_b",
    "cas_rtxpro6000_llama8b",
)


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("real_runs", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["real_runs"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def found(script: ModuleType) -> dict[str, Replay]:
    return {name: script.replayed(name) for name in ALL}


@pytest.mark.parametrize("name", ALL[:5])
def test_chunked_prefill_is_replayed_decision_by_decision(
    found: dict[str, Replay], name: str
) -> None:
    one = found[name]
    assert one.observed is not None
    assert one.observed.clock == "tokens"
    assert one.preemptions == one.observed.preemptions
    compared = one.observed.compared
    assert compared["preemptions"].equal == 1
    assert compared["prefilled"].equal == 1
    running, memory = compared["running"], compared["memory"]
    assert (running.simulated != running.observed).sum() <= 2
    assert running.correlation is not None
    assert running.correlation > 0.9999
    assert memory.equal > 0.99


def test_prefill_first_passes_through_every_line_of_the_log(
    script: ModuleType, found: dict[str, Replay]
) -> None:
    """Each line (running, waiting, memory to .1 %) is a state of the replay, in this order."""
    one = found[ALL[5]]
    assert one.observed is not None
    assert one.observed.compared["running"].correlation is not None
    assert one.observed.compared["running"].correlation > 0.99
    seen = observed_series(script.RUNS / ALL[5] / "series.csv")
    assert seen.waiting is not None
    assert seen.memory is not None
    capacity, series = float(one.scheduler.capacity), one.series
    lines = list(zip(seen.running, seen.waiting, seen.memory, strict=True))
    at = script.described(ALL[5])["output_tokens"] + 2  # after the one that warms up
    for running, waiting, memory in lines[1:]:
        same = (series.running == running) & (series.waiting == waiting)
        same &= np.abs(series.memory / capacity - memory) <= 0.0006
        same[:at] = False
        assert same.any(), (running, waiting, memory)
        at = int(np.flatnonzero(same)[0])


def test_prefill_first_preempts_when_the_log_says_so(
    script: ModuleType, found: dict[str, Replay]
) -> None:
    """The log names the 1st, 51st, 101st and 151st, and no 201st; its clock has another zero."""
    one = found[ALL[5]]
    assert one.observed is not None
    seen = observed_series(script.RUNS / ALL[5] / "series.csv")
    assert seen.time is not None
    logged = np.array(script.described(ALL[5])["preemption_log"], float)
    assert 151 <= one.preemptions < 201
    rows = np.searchsorted(np.cumsum(one.series.evicted), logged[:, 1])
    seconds = np.interp(rows, one.observed.rows, seen.time)
    assert np.abs(np.diff(seconds) - np.diff(logged[:, 0])).max() < 5  # an interval of the log


def test_the_full_run_of_v1(found: dict[str, Replay]) -> None:
    one = found[ALL[6]]
    observed = one.observed
    assert observed is not None
    assert one.fitted
    r = {kind: both.correlation for kind, both in observed.compared.items()}
    assert r["running"] is not None
    assert r["running"] > 0.985
    assert r["waiting"] is not None
    assert r["waiting"] > 0.999
    assert r["memory"] is not None
    assert r["memory"] > 0.98
    assert one.makespan_seconds == pytest.approx(183.57, rel=0.02)  # requests.csv: last_token_s
    assert one.running.mean == pytest.approx(observed.running.mean, rel=0.02)
    assert one.running.sd == pytest.approx(observed.running.sd, rel=0.025)


def test_the_capped_run_of_v1(found: dict[str, Replay]) -> None:
    one = found[ALL[7]]
    assert one.observed is not None
    assert one.preemptions == 0
    for kind in ("running", "waiting"):
        r = one.observed.compared[kind].correlation
        assert r is not None
        assert r > 0.999
    assert one.makespan_seconds == pytest.approx(65.93, rel=0.02)


def test_the_period_is_that_of_a_renewed_cohort(
    script: ModuleType, found: dict[str, Replay]
) -> None:
    """A little more than l; the server keeps what is generated, and loses less than R6's cycle."""
    for name in ALL[:5]:
        meta = script.described(name)
        cycle = script.cycle_of(found[name], meta)
        assert 1 < cycle.period < 1.2
        assert cycle.autocorrelation > 0.7
        assert script.worst(meta) < cycle.completions < 1


def test_the_watermarks_that_are_committed_are_those_of_the_rules(script: ModuleType) -> None:
    """One of the fifty runs again; --watermarks makes all of them."""
    table = script.columns_of(script.RUNS / "watermarks.csv")
    kept = {
        (w, int(seed)): int(count)
        for w, seed, count in zip(*(table[name] for name in table), strict=True)
    }
    assert len(kept) == 50
    assert kept["0.10", 5] == script.preemptions("0.10", 5)
    near = []
    for watermark, reported in script.REPORTED.items():
        counts = script.watermark_runs(watermark)
        assert min(counts) <= reported <= max(counts)
        if abs(counts.mean() / reported - 1) <= 0.15:
            near.append(watermark)
    assert near == ["0", "0.02", "0.10", "0.15"]  # of 0.05 the mean is 17 % above


def test_how_far_a_single_run_is_from_the_mean_of_others(script: ModuleType) -> None:
    """By hand: of 10, 10, 12 the others' means are 11, 11, 10: 10, 10 and 17 % off."""
    assert script.far_from_the_others(np.array([10, 10, 12])) == 1
    runs = [script.watermark_runs(watermark) for watermark in script.REPORTED]
    assert sum(map(script.far_from_the_others, runs)) == 5  # docs/real_runs.md says so


def test_the_reference_is_reproduced(script: ModuleType) -> None:
    """Oracle: docs/model.md, Real run."""
    prediction = script.predicted()
    assert prediction.requests == pytest.approx(34.39, abs=5e-3)
    assert prediction.requests_in_blocks == pytest.approx(34.18, abs=5e-3)
    assert prediction.modulus == pytest.approx(1.00012, abs=5e-6)
    assert prediction.period == pytest.approx(657.8, abs=0.05)
    window = script.window(*script.SATURATED)
    assert window.running == pytest.approx(34.4, abs=0.05)
    assert window.memory == pytest.approx(0.981, abs=5e-4)
    assert script.window(10, 168).steps_per_second == pytest.approx(32.8, abs=0.05)
    assert prediction.period / 32.8 == pytest.approx(20.0, abs=0.06)
    assert all(20 <= period <= 23.7 for period in script.peaks())


def test_the_page_is_that_of_the_runs(script: ModuleType, found: dict[str, Replay]) -> None:
    assert script.PAGE.read_text() == script.page(found), "run scripts/real_runs.py"


def test_the_runs_that_are_carried_are_those_of_the_source(
    script: ModuleType, shared: Path
) -> None:
    """Byte by byte, where the source is beside the checkout."""
    for path in sorted((shared / "data" / "real_runs").glob("*/*")):
        assert (script.RUNS / path.parent.name / path.name).read_bytes() == path.read_bytes()
