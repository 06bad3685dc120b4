"""The finite server, by events, against a loop that visits every request in every step."""

from __future__ import annotations

import random
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
import pytest

from stabkit import Workload
from stabkit.dynamics.requests import Queue, RequestSource, Scheduler, StepReport, simulate_requests

from .plain_loop import PlainServer


class Watched:
    """A server that notes what its steps did."""

    def __init__(self, server: Any, log: list[Any]) -> None:
        self._server, self._log = server, log

    def step(self, queue: Queue, now: float) -> StepReport:
        step: StepReport = self._server.step(queue, now)
        self._log.append(
            {
                "completed": sorted(r.index for r in step.completed),
                "first_tokens": sorted(r.index for r in step.first_tokens),
                "evicted": [r.index for r in step.evicted],
                "admitted": [r.index for r in step.admitted],
                **{
                    name: getattr(step, name)
                    for name in ("running", "memory", "prefilled", "recomputed", "wasted")
                },
                "waiting": len(queue.waiting),
                "time": now,
            }
        )
        return step


LOG: list[Any] = []


@dataclass(frozen=True, kw_only=True)
class WatchedScheduler(Scheduler):
    name: ClassVar[str] = "watched"

    def server(self, source: RequestSource) -> Any:
        return Watched(super().server(source), LOG)


def random_case(seed: int) -> tuple[list[tuple[Any, ...]], dict[str, Any]]:
    """Rows of a trace, and options that serve them; each rule is on in a part of the cases."""
    pick = random.Random(seed)
    longest_input, longest_output = pick.choice([(0, 6), (3, 8), (20, 5), (30, 30)])
    rows: list[tuple[Any, ...]] = [
        (pick.randint(0, longest_input), pick.randint(1, longest_output)) for _ in range(60)
    ]
    if pick.random() < 0.4:
        arrival, spread = 0.0, pick.choice([0.2, 2.0, 8.0])
        for i, row in enumerate(rows):
            arrival += pick.choice([0.0, pick.random() * spread])
            rows[i] = (*row, arrival)
    options: dict[str, Any] = {"keep_progress": pick.random() < 0.5}
    if pick.random() < 0.5:
        options["block_size"] = pick.choice([2, 3, 7, 16])
    if pick.random() < 0.3:
        options["max_num_seqs"] = pick.randint(1, 8)
    if pick.random() < 0.4:
        options["max_num_batched_tokens"] = pick.randint(1, 30)
    if pick.random() < 0.3:
        options["concurrency"] = pick.randint(1, 12)
    if pick.random() < 0.3:
        options["rate"] = Fraction(pick.randint(1, 30), 10)
    reserve = pick.choice(
        [None, None, "true-length", "max-tokens", Fraction(pick.randint(1, 9), 10)]
    )
    if reserve is not None:
        options["reserve"] = reserve
    if reserve == "max-tokens":
        options["max_tokens"] = longest_output + pick.randint(0, 9)
    if pick.random() < 0.5:
        options["step_time"] = (0.5, 0.125, 0.0625)
    block = options.get("block_size", 1)
    most = longest_input + max(longest_output, options.get("max_tokens", 0)) + 2 * block
    spare = pick.choice([0, 0, pick.randint(0, most)])
    options["capacity"] = most + spare + pick.randint(0, 5 * most)
    if spare and pick.random() < 0.5:
        options["watermark_tokens"] = spare
    elif spare:
        options["watermark"] = Fraction(spare, options["capacity"])
    return rows, options


@pytest.mark.slow
@pytest.mark.parametrize("hundred", range(10))
def test_every_rule_event_by_event(hundred: int) -> None:
    for seed in range(100 * hundred, 100 * hundred + 100):
        rows, options = random_case(seed)
        LOG.clear()
        run = simulate_requests(rows, steps=150, scheduler=WatchedScheduler(**options))
        log, requests = PlainServer(**options).run(rows, 150)
        assert log == LOG, seed
        check_record(run, log, requests)


def check_record(run: Any, log: list[Any], requests: list[Any]) -> None:
    for name in ("running", "waiting", "memory", "prefilled", "recomputed", "wasted", "time"):
        assert getattr(run.series, name).tolist() == [row[name] for row in log]
    for name in ("admitted", "evicted", "completed"):
        assert getattr(run.series, name).tolist() == [len(row[name]) for row in log]
    come = [r for r in requests if "arrival" in r.times]
    assert run.requests.preemptions.tolist() == [r.preemptions for r in come]
    for name in ("arrival", "first_scheduled", "first_token", "finished"):
        expected = [r.times.get(name, np.nan) for r in come]
        np.testing.assert_array_equal(getattr(run.requests, name), expected)


def test_the_cases_reach_every_rule() -> None:
    """Each rule is on somewhere, and evictions, partial prompts and recomputation happen."""
    seen: set[str] = set()
    recomputed = evicted = wasted = 0
    for seed in range(0, 1000, 10):
        rows, options = random_case(seed)
        seen |= {name for name, value in options.items() if value}
        run = simulate_requests(rows, steps=150, scheduler="model", **options)
        recomputed += run.totals["recomputed"]
        evicted += run.totals["evicted"]
        wasted += run.totals["wasted"]
    assert seen >= {
        "block_size",
        "capacity",
        "concurrency",
        "keep_progress",
        "max_num_batched_tokens",
        "max_num_seqs",
        "max_tokens",
        "rate",
        "reserve",
        "step_time",
        "watermark",
        "watermark_tokens",
    }
    assert min(recomputed, evicted, wasted) > 100


def test_the_wasted_share_is_of_all_tokens_that_were_made() -> None:
    mix = Workload.from_classes([(5, 3), (5, 6)], capacity=300)
    means = simulate_requests(mix, steps=1000, seed=1).means
    wasted, kept = means["wasted"].value, means["completed_tokens"].value
    assert 0 < wasted < kept
    assert means["wasted_share"].value == pytest.approx(wasted / (wasted + kept))
