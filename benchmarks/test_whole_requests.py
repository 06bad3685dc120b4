"""Whole requests, by events and by loops over every request: the same series."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.whole_requests import LOOPS, SERVERS, own_series
from stabkit.dynamics.capacity import simulated_capacity
from stabkit.dynamics.requests import source_of

STEPS = 300


@pytest.mark.parametrize("loop", ["stabkit", *LOOPS])
@pytest.mark.parametrize("server", SERVERS)
def test_series_is_that_of_stabkit(benchmark: Any, server: str, loop: str) -> None:
    make, admissions = SERVERS[server]
    mix = make().unmerged()
    capacity = int(admissions * simulated_capacity(mix.with_capacity(None)))
    benchmark.group = f"whole requests: {server}, {STEPS} steps"
    own = own_series(mix, capacity, STEPS).series.running.tolist()
    if loop == "stabkit":
        run = benchmark.pedantic(own_series, args=(mix, capacity, STEPS), rounds=3)
        assert run.series.running.tolist() == own
        return
    found = benchmark.pedantic(
        lambda: LOOPS[loop](source_of(mix, 0).requests, capacity, STEPS), rounds=1
    )
    assert found == own
