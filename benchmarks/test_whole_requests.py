"""Whole requests, by events and by loops over every request: the same series."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.whole_requests import LOOPS, SERVERS, own_run, pairs

STEPS = 300


@pytest.mark.parametrize("loop", ["stabkit", *LOOPS])
@pytest.mark.parametrize("server", SERVERS)
def test_series_is_that_of_stabkit(benchmark: Any, server: str, loop: str) -> None:
    mix = SERVERS[server]().unmerged()
    benchmark.group = f"whole requests: {server}, {STEPS} steps"
    run = own_run(mix, STEPS)
    if loop == "stabkit":
        found = benchmark.pedantic(own_run, args=(mix, STEPS), rounds=3).series.running.tolist()
    else:
        solve = LOOPS[loop]
        found = benchmark.pedantic(lambda: solve(pairs(run), int(mix.capacity), STEPS), rounds=1)
    assert found == run.series.running.tolist()
