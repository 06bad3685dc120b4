"""A server of whole requests as the definition says it: every step visits every request.

Written from docs/model.md, Whole requests, with lists and sums, and nothing of stabkit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any


@dataclass
class Plain:
    """A request: `prompt_left` tokens are to be computed before it generates."""

    index: int
    s: int
    n: int
    arrival: float | None
    generated: int = 0
    prompt_left: int = 0
    computed: int = 0
    times: dict[str, float] = field(default_factory=dict)
    preemptions: int = 0


@dataclass
class PlainServer:
    """All generic rules; the names of the options are those of `stabkit.Scheduler`."""

    capacity: int
    block_size: int = 1
    max_num_seqs: float = math.inf
    max_num_batched_tokens: float = math.inf
    watermark: Fraction = Fraction(0)
    watermark_tokens: int = 0
    rate: Fraction | None = None
    reserve: Any = None
    max_tokens: int = 0
    keep_progress: bool = False
    concurrency: float = math.inf
    step_time: tuple[float, float, float] = (1.0, 0.0, 0.0)

    def held(self, r: Plain) -> int:
        reserved = {None: 1, "true-length": r.n}.get(self.reserve, self.max_tokens)
        tokens = r.s + max(reserved, r.generated + 1)
        return tokens + -tokens % self.block_size

    def run(self, rows: list[tuple[Any, ...]], steps: int) -> tuple[list[Any], list[Plain]]:
        """Return the events of every row, and the requests."""
        requests = [
            Plain(i, row[0], row[1], row[2] if len(row) > 2 else None) for i, row in enumerate(rows)
        ]
        if isinstance(self.reserve, Fraction):
            lengths = sorted(row[1] for row in rows)
            self.max_tokens = lengths[math.ceil(self.reserve * len(rows)) - 1]
        coming, waiting, running, log = list(requests), [], [], []
        saturated = self.concurrency == math.inf and requests[0].arrival is None
        total = self.capacity // self.block_size * self.block_size
        limit = total - max(self.watermark * total, self.watermark_tokens)
        now, credit, in_system = 0.0, Fraction(0), 0

        def enter() -> None:
            if coming:
                waiting.append(coming.pop(0))
                waiting[-1].times["arrival"] = max(
                    now if waiting[-1].arrival is None else waiting[-1].arrival, 0
                )

        for _ in range(steps + 1):
            while (
                not saturated
                and coming
                and in_system < self.concurrency
                and (coming[0].arrival is None or coming[0].arrival <= now)
            ):
                enter()
                in_system += 1
            completed, evicted, admitted, first = [], [], [], []
            prefilled = recomputed = wasted = 0
            for r in list(running):
                if r.prompt_left == 0:
                    r.generated += 1
                    if "since" in r.times:
                        first.append(r)
                        del r.times["since"]
                    r.times.setdefault("first_token", now)
                if r.generated == r.n:
                    running.remove(r)
                    completed.append(r)
                    r.times["finished"] = now
            if self.rate is not None:
                credit = min(credit + self.rate, self.rate + 1)
            while sum(map(self.held, running)) > total:
                r = running.pop()
                r.preemptions += 1
                r.computed = max(r.computed, r.s + r.generated - r.prompt_left)
                r.times.pop("since", None)
                if not self.keep_progress:
                    wasted += r.generated
                    r.generated = 0
                waiting.insert(0, r)
                evicted.append(r)
            if not evicted:
                budget = self.max_num_batched_tokens

                def prefill(r: Plain) -> None:
                    nonlocal budget, prefilled, recomputed
                    done = r.s + r.generated - r.prompt_left
                    chunk = min(r.prompt_left, budget)
                    again = [t for t in range(done, done + chunk) if t < r.computed]
                    r.prompt_left -= chunk
                    budget -= max(1, chunk)
                    prefilled += chunk
                    recomputed += len(again)

                budget -= sum(r.prompt_left == 0 for r in running)
                for r in running:
                    if r.prompt_left:
                        prefill(r)
                while (
                    len(running) < min(self.max_num_seqs, self.max_num_batched_tokens)
                    and budget > 0
                    and (self.rate is None or credit >= 1)
                ):
                    if not waiting and saturated:
                        enter()
                    if not waiting:
                        break
                    if sum(map(self.held, running)) + self.held(waiting[0]) > limit:
                        break
                    r = waiting.pop(0)
                    r.times.setdefault("first_scheduled", now)
                    r.times["since"] = now
                    running.append(r)
                    admitted.append(r)
                    credit -= 1
                    r.prompt_left = r.s + r.generated
                    prefill(r)
            log.append(
                {
                    "completed": sorted(r.index for r in completed),
                    "first_tokens": sorted(r.index for r in first),
                    "evicted": [r.index for r in evicted],
                    "admitted": [r.index for r in admitted],
                    "running": len(running),
                    "memory": sum(map(self.held, running)),
                    "prefilled": prefilled,
                    "recomputed": recomputed,
                    "wasted": wasted,
                    "waiting": len(waiting),
                    "time": now,
                }
            )
            in_system -= len(completed)
            a, b, c = self.step_time
            lasts = a + b * prefilled + c * len(running)
            if not running and not waiting:
                if not coming:
                    break
                if not saturated:
                    lasts = max(0, (coming[0].arrival or now) - now)
            now += lasts
        return log, requests
