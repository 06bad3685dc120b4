"""Whole requests: stabkit's simulator, which counts by events, beside loops over every request.

All serve the same requests, by the rules of docs/model.md, Whole requests, and must have the same
number running after every step. *Plain* is the definition written down: objects that are asked for
what they hold. *Tight* is the same with one pass over the running requests per step, and nothing
called in it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from stabkit import RequestRun, Workload, simulate_requests

__all__ = ["LOOPS", "SERVERS", "Served", "measured", "own_run", "pairs"]

SERVERS: dict[str, Callable[[], Workload]] = {
    "Azure conversation, a* = 1": lambda: Workload.named("azure-conv-2023", 259_152),
    "Azure conversation, 1 060 running": lambda: Workload.named("azure-conv-2023", 1_300_000),
    "outputs 500-1490, 1 000 running, a* = 1": lambda: Workload.from_classes(
        ((3000, n) for n in range(500, 1500, 10)), 3_522_172
    ),
    "outputs 8 000-11 900, 1 000 running, a* = 1/10": lambda: Workload.from_classes(
        ((9000, n) for n in range(8000, 12_000, 100)), 13_972_247
    ),
}
Pairs = Iterator[tuple[int, int]]


@dataclass
class Plain:
    """A request of the plain loop."""

    s: int
    n: int
    generated: int = 0

    def held(self) -> int:
        return self.s + self.generated + 1

    def is_done(self) -> bool:
        return self.generated == self.n


def plain(requests: Pairs, capacity: int, steps: int) -> list[int]:
    """The number running after each step, by the definition."""
    waiting: deque[Plain] = deque()
    running: list[Plain] = []
    series = []
    for _ in range(steps + 1):
        for r in running:
            r.generated += 1
        running = [r for r in running if not r.is_done()]
        used = sum(r.held() for r in running)
        fits = used <= capacity
        while used > capacity:
            r = running.pop()
            used -= r.held()
            r.generated = 0
            waiting.appendleft(r)
        while fits:
            if not waiting:
                waiting.append(Plain(*next(requests)))
            if used + waiting[0].held() > capacity:
                break
            used += waiting[0].held()
            running.append(waiting.popleft())
        series.append(len(running))
    return series


def tight(requests: Pairs, capacity: int, steps: int) -> list[int]:
    """The same, in one pass."""
    waiting: deque[list[int]] = deque()
    running: list[list[int]] = []  # tokens held, tokens left, prompt
    series = []
    for _ in range(steps + 1):
        used, left = 0, []
        for r in running:
            r[1] -= 1
            if r[1]:
                held = r[0] = r[0] + 1
                used += held
                left.append(r)
        running = left
        if used > capacity:
            while used > capacity:
                r = running.pop()
                used -= r[0]
                r[1] += r[0] - r[2] - 1
                r[0] = r[2] + 1
                waiting.appendleft(r)
        else:
            while True:
                if not waiting:
                    s, n = next(requests)
                    waiting.append([s + 1, n, s])
                if used + waiting[0][0] > capacity:
                    break
                used += waiting[0][0]
                running.append(waiting.popleft())
        series.append(len(running))
    return series


LOOPS = {"plain loop": plain, "tight loop": tight}


@dataclass(frozen=True)
class Served:
    """What was measured on a server.

    Attributes
    ----------
    running : float
        On the mean.
    steps_per_second, requests_per_second : float
        Of stabkit, per second of the processor.
    ratios : dict
        A loop by its name, and its time per step over stabkit's; nan if their series differ.
    """

    running: float
    steps_per_second: float
    requests_per_second: float
    ratios: dict[str, float]


def own_run(mix: Workload, steps: int) -> RequestRun:
    """The run of stabkit that the loops are compared with."""
    return simulate_requests(mix, steps=steps)


def pairs(run: RequestRun) -> Pairs:
    """The requests of a run in their order."""
    table = run.requests
    return zip(table.input_length.tolist(), table.decode_length.tolist(), strict=True)


def measured(server: str, steps: int = 10_000, loop_steps: int = 1000) -> Served:
    """Run one server; steps per second of the processor, its start subtracted."""
    mix = SERVERS[server]().unmerged()
    short, run = _seconds(lambda: own_run(mix, loop_steps))
    whole, run = _seconds(lambda: own_run(mix, loop_steps + steps))
    own = (whole - short) / steps
    ratios = {}
    for name, loop in LOOPS.items():
        taken, series = _seconds(lambda: loop(pairs(run), int(mix.capacity), loop_steps))  # noqa: B023
        same = series == run.series.running[: loop_steps + 1].tolist()
        ratios[name] = taken / (loop_steps + 1) / own if same else float("nan")
    served = run.totals["completed_tokens"] / float(mix.mean_decode_length) / run.steps
    return Served(run.means["running"].value, 1 / own, served / own, ratios)


def _seconds(function: Callable[[], Any]) -> tuple[float, Any]:
    start = time.process_time()
    result = function()
    return time.process_time() - start, result
