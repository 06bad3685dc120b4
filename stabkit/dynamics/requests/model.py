"""The scheduler of the model: first come first served, the latest admitted evicted first.

One step executes the batch; then, with `used` = what the survivors need for the next execution:

* used > B: evict the latest admitted, one by one, until the rest fits. They return to the head of
  the queue in order, ahead of who waited there; nothing is admitted.
* used <= B: admit one by one, first come first served, while the next one fits into B - w, w the
  watermark; while there are places and tokens in the batch; and not above the rate.

An evicted request starts anew, or, with `keep_progress`, is prefilled with what it had generated
and goes on from there. The rate is a bucket: it gains `rate` per step and holds `rate` + 1 at most,
an admission takes 1. With a budget of Q tokens a step, every running request takes one, so that at
most Q run; what is left goes to prompts in the order of admission, so that at most one of them, the
latest, is prefilled in part. A request holds the memory of its whole prompt from its admission on.

**By events.** A step costs what happens in it, whatever the number that run. Let a request that
holds H tokens (whole blocks of b, its reservation included) be scheduled whole at row n, j tokens
generated. It needs s + j + i + 1 tokens at row n + i, so that it outgrows H at row

    m = n + H - s - j,

takes a block then, and one more every b rows, until it completes at row n + l - j. So memory grows
at row t by b times the number of requests whose m is at most t and of the same residue mod b: b
counters. Completions, and those m that are more than b rows away, are kept by their row. The
running requests are a dict in the order of admission: the latest is popped, any one is deleted, at
constant cost.

References
----------
docs/model.md, Whole requests.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from ...errors import InvalidWorkload
from ...records import Record
from .queue import Queue
from .request import Request, StepReport
from .scheduler import Engine, refuse_too_large, register_scheduler
from .sources import RequestSource

__all__ = ["Scheduler"]


@register_scheduler
@dataclass(frozen=True, kw_only=True, repr=False)
class Scheduler(Record, Engine):
    """The finite server of the model, by default without any rule beside "what fits is admitted".

    Parameters
    ----------
    capacity : number
        KV memory in tokens; of a workload with a capacity by default that.
    block_size : int
        Tokens of a block; a request holds whole blocks, and floor(capacity / block_size) exist.
    max_num_seqs : int
        The most running requests.
    max_num_batched_tokens : int
        The most tokens of a step: one per request that decodes, the rest for prompts, in chunks.
    watermark : number
        The fraction of the memory that admissions leave free, 0 <= watermark < 1.
    watermark_tokens : number
        The same in tokens.
    rate : number
        Requests admitted per step, at most and on the mean; positive.
    reserve : {"true-length", "max-tokens"} or number
        What an admission sets aside beside the prompt: the tokens that the request will generate,
        `max_tokens`, or the quantile of the decode lengths at a probability in (0, 1).
    max_tokens : int
        For `reserve`: at least every decode length.
    keep_progress : bool
        Whether an evicted request keeps what it has generated, and is prefilled again.
    concurrency : int
        The most requests in the system: a closed loop.
    step_time : (number, number) or (number, number, number)
        (a, b[, c]) in seconds: a step lasts a + b prefilled + c running.

    Raises
    ------
    InvalidArgument
        If an option is outside its domain.

    References
    ----------
    docs/model.md, Whole requests.

    Examples
    --------
    >>> Scheduler(capacity=1000, watermark="1/20").watermark
    Fraction(1, 20)
    """

    name: ClassVar[str] = "model"

    def server(self, source: RequestSource) -> _Server:
        """Start a run on the requests of `source`; what could never fit is refused."""
        return _Server(self, source)


class _Server:
    """One run of `Scheduler`."""

    def __init__(self, rules: Scheduler, source: RequestSource) -> None:
        self._block = block = rules.block_size
        self._capacity = math.floor(rules.capacity / block) * block
        watermark = rules.watermark_tokens or (rules.watermark or 0) * self._capacity
        self._limit = math.floor((self._capacity - watermark) / block) * block
        self._keeps = rules.keep_progress
        self._budget = rules.max_num_batched_tokens or math.inf
        self._most = min(rules.max_num_seqs or math.inf, self._budget)
        rate = Fraction(rules.rate or 1)
        self._gain, self._price = rate.numerator, rate.denominator
        self._rated = rules.rate is not None
        self._reserved = _reservation(rules, source)
        self._refuse(source)
        self._row, self._memory, self._credit = -1, 0, 0
        self._running: dict[Request, None] = {}
        self._growing = [0] * block
        self._starts: dict[int, dict[Request, None]] = {}
        self._ends: dict[int, dict[Request, None]] = {}
        self._started: list[Request] = []
        self._partial: tuple[Request, int] | None = None

    def _refuse(self, source: RequestSource) -> None:
        def at_the_end(s: int, n: int) -> int:
            return self._held(s, n, n - 1)

        def at_admission(s: int, n: int) -> int:
            return self._held(s, n, n - 1 if self._keeps else 0)

        refuse_too_large(source, self._capacity, at_the_end)
        refuse_too_large(source, self._limit, at_admission, unit="tokens beside its watermark")

    def _held(self, s: int, n: int, generated: int) -> int:
        """Return the tokens that a request takes when it is admitted."""
        tokens = s + max(self._reserved or n, generated + 1)
        return -(-tokens // self._block) * self._block

    def step(self, queue: Queue, now: float) -> StepReport:
        """Execute, evict or admit."""
        self._row += 1
        first_tokens, self._started = self._started, []
        generated = len(self._running) - (self._partial is not None)
        completed = self._complete()
        self._grow()
        if self._rated:
            self._credit = min(self._credit + self._gain, self._gain + self._price)
        evicted: list[Request] = []
        admitted: list[Request] = []
        wasted = prefilled = recomputed = 0
        if self._memory > self._capacity:
            wasted = self._evict(queue, evicted)
        else:
            prefilled, recomputed = self._admit(queue, admitted)
            if self._started:
                self._schedule()
        return StepReport(
            completed,
            first_tokens,
            evicted,
            admitted,
            len(self._running),
            self._memory,
            prefilled,
            recomputed,
            wasted,
            generated,
        )

    def _complete(self) -> list[Request]:
        if self._row not in self._ends:
            return []
        completed = list(self._ends.pop(self._row))
        for request in completed:
            del self._running[request]
            self._free(request, self._row - 1)
            request.generated = request.decode_length
        return completed

    def _grow(self) -> None:
        row, block = self._row, self._block
        phase = row % block
        if self._starts and row in self._starts:
            self._growing[phase] += len(self._starts.pop(row))
        self._memory += block * self._growing[phase]

    def _evict(self, queue: Queue, evicted: list[Request]) -> int:
        """Evict until the rest fits; return the tokens that are thrown away."""
        wasted = 0
        while self._memory > self._capacity:
            request, _ = self._running.popitem()
            evicted.append(request)
            if self._partial and self._partial[0] is request:
                self._memory -= request.state
                done = request.input_length + request.generated - self._partial[1]
                self._partial = None
            else:
                started, _, _, end = request.state
                request.generated += self._row - started
                del self._ends[end][request]
                self._free(request, self._row)
                done = request.input_length + request.generated
            if done > request.computed:
                request.computed = done
            if not self._keeps:
                wasted += request.generated
                request.generated = 0
            queue.put_back(request)
        return wasted

    def _admit(self, queue: Queue, admitted: list[Request]) -> tuple[int, int]:
        """Fill the batch; return the tokens to prefill and those to prefill again."""
        running, waiting, started = self._running, queue.waiting, self._started
        block, reserved, room = self._block, self._reserved, self._limit - self._memory
        places, budget = self._most - len(running), self._budget - len(running)
        prefilled = recomputed = 0
        if self._partial:
            prefilled, recomputed = self._prefill(*self._partial, budget + 1)
            budget += 1 - prefilled
        while budget > 0 and places > 0 and (not self._rated or self._credit >= self._price):
            if not waiting and queue.head() is None:
                break
            request = waiting[0]
            prompt = request.input_length + request.generated
            held = request.input_length + (reserved or request.decode_length)
            if held <= prompt:
                held = prompt + 1
            if block > 1:
                held += -held % block
            if held > room:
                break
            room -= held
            places -= 1
            admitted.append(waiting.popleft())
            running[request] = None
            request.state = held
            if self._rated:
                self._credit -= self._price
            if prompt <= budget and not request.computed:
                started.append(request)
                chunk = prompt
            else:
                chunk, again = self._prefill(request, prompt, budget)
                recomputed += again
            prefilled += chunk
            budget -= chunk or 1
        self._memory = self._limit - room
        return prefilled, recomputed

    def _prefill(self, request: Request, left: int, budget: Any) -> tuple[int, int]:
        """Put the next tokens of a prompt into the batch; return them, and how many anew."""
        chunk = min(left, budget)
        done = request.input_length + request.generated - left
        again = max(0, min(done + chunk, request.computed) - done)
        if chunk < left:
            self._partial = request, left - chunk
        else:
            self._partial = None
            self._started.append(request)
        return chunk, again

    def _schedule(self) -> None:
        """Note when those whose prompts this row ends will grow, and when they will complete."""
        row, block, growing, ends = self._row, self._block, self._growing, self._ends
        for request in self._started:
            held, done = request.state, request.generated
            grows = row + held - request.input_length - done
            end = row + request.decode_length - done
            request.state = row, held, grows, end
            if end in ends:
                ends[end][request] = None
            else:
                ends[end] = {request: None}
            if grows < end:
                if grows <= row + block:
                    growing[grows % block] += 1
                else:
                    self._starts.setdefault(grows, {})[request] = None

    def _free(self, request: Request, row: int) -> None:
        """Free what a request holds at `row`, and stop its growth."""
        started, held, grows, end = request.state
        block = self._block
        if grows <= row:
            held += block * ((row - grows) // block + 1)
        if grows < end:
            if row < grows and started + block < grows:
                del self._starts[grows][request]
            else:
                self._growing[grows % block] -= 1
        self._memory -= held


def _reservation(rules: Scheduler, source: RequestSource) -> int | None:
    """Return the tokens beside its prompt that a request sets aside; None for all it will need."""
    if rules.reserve is None:
        return 1
    if rules.reserve == "true-length":
        return None
    if rules.max_tokens is None:
        return source.decode_quantile(rules.reserve)
    longest = source.decode_quantile(1)
    if longest > rules.max_tokens:
        raise InvalidWorkload(
            f"'max_tokens' must be at least every decode length, {longest}, not {rules.max_tokens}."
        )
    return rules.max_tokens
