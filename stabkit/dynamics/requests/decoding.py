"""Requests that decode in every decode step, and the blocks they take: counted by events.

An engine gives every request whose prompt is done one token per decode step, so that all that
follows is known when it joins. Let a request of s prompt tokens have generated j >= 1 tokens when
it decodes first, at decode step f. At step t the tokens

    computed = s + j + (t - f) - 1        hold memory before the step, and one more after it,

its token number j + (t - f) + 1 comes out of it, the last one at t = f + l - j - 1, and it takes a
new block of b tokens wherever b divides `computed`: at the steps t = f + 1 - s - j mod b. So the
requests that take a block at a step are those of one residue, and those that end at it are kept by
it: a step costs what happens in it, whatever the number of those that decode.

A `PagedServer` has such requests in a memory of whole blocks, of which only the number is known.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Any

from .queue import Queue
from .request import Request, StepReport
from .scheduler import Engine, refuse_empty_prompts
from .sources import RequestSource

__all__ = ["Decoding", "PagedServer", "blocks_of", "recomputed_of"]


def blocks_of(tokens: int, block: int) -> int:
    """Return the blocks that hold so many tokens.

    >>> blocks_of(16, 16), blocks_of(17, 16)
    (1, 2)
    """
    return -(-tokens // block)


def recomputed_of(request: Request, done: int, chunk: int) -> int:
    """Return how many of the tokens done + 1 ... done + chunk were computed before an eviction."""
    return max(0, min(done + chunk, request.computed) - done)


class Decoding:
    """The requests that decode.

    * `block`: b, the tokens of a block.
    * `step`: t, the number of the decode step that is being scheduled.
    * `first`: request -> f, the first decode step of each.

    A prompt of 3 tokens and 3 to generate, in blocks of 2; the first token came with the prompt:

    >>> decoding, request = Decoding(2), Request(0, 3, 3)
    >>> request.generated = 1
    >>> decoding.join(request)
    >>> for _ in range(2):
    ...     decoding.advance()
    ...     due = request in decoding.due
    ...     print(decoding.computed(request), due, decoding.ended() == [request])
    3 False False
    4 True True
    """

    def __init__(self, block: int) -> None:
        self.step = 0
        self.first: dict[Request, int] = {}
        self._block = block
        self._by_residue: list[dict[Request, None]] = [{} for _ in range(block)]
        self._ends: dict[int, dict[Request, None]] = {}

    def __len__(self) -> int:
        return len(self.first)

    def join(self, request: Request) -> None:
        """Decode from the next step on, `request.generated` tokens being there by then."""
        self.first[request] = self.step + 1
        self._residue(request)[request] = None
        self._ends.setdefault(self._end(request), {})[request] = None

    def leave(self, request: Request) -> None:
        """Decode no more; `request.generated` becomes what it has generated before this step."""
        generated = self.generated(request)
        del self._residue(request)[request]
        end = self._end(request)
        if end in self._ends:
            self._ends[end].pop(request, None)
        del self.first[request]
        request.generated = generated

    def advance(self) -> None:
        """Go to the next decode step."""
        self.step += 1

    @property
    def due(self) -> dict[Request, None]:
        """Those that take a block at this step."""
        return self._by_residue[self.step % self._block]

    def ended(self) -> list[Request]:
        """Return once those whose last token comes out of this step; they stay until they leave."""
        return list(self._ends.pop(self.step, ()))

    def decodes(self, request: Request) -> int:
        """Return the steps that it has decoded in before this one."""
        return self.step - self.first[request]

    def generated(self, request: Request) -> int:
        """Return the tokens that it has generated before this step."""
        return request.generated + self.decodes(request)

    def computed(self, request: Request) -> int:
        """Return the tokens that it holds before this step."""
        return request.input_length + self.generated(request) - 1

    def _residue(self, request: Request) -> dict[Request, None]:
        start = self.first[request] + 1 - request.input_length - request.generated
        return self._by_residue[start % self._block]

    def _end(self, request: Request) -> int:
        return self.first[request] + request.decode_length - request.generated - 1


class PagedServer(ABC):
    """One run of an engine that counts its blocks; what an engine schedules is `_schedule`.

    Requests that run are in `_running`, in the order of admission; those whose prompts end in this
    batch in `_started`; `_partial` is the one whose prompt is not finished, and its tokens done.
    What has ended is freed before the next batch is scheduled, or after it if `frees_late`.
    """

    def __init__(self, rules: Engine, source: RequestSource, frees_late: bool = False) -> None:
        self._block, self._frees_late = rules.block_size, frees_late
        self._count: int = math.floor(rules.capacity / rules.block_size)
        self._free = self._count
        self._budget: Any = rules.max_num_batched_tokens or math.inf
        self._most = rules.max_num_seqs or math.inf
        refuse_empty_prompts(source)
        self._decoding = Decoding(self._block)
        self._running: dict[Request, None] = {}
        self._partial: tuple[Request, int] | None = None
        self._started: list[Request] = []
        self._generated = 0  # tokens that come out of the batch

    def step(self, queue: Queue, now: float) -> StepReport:
        """Execute, free what has ended, and schedule."""
        first_tokens, self._started = self._started, []
        generated, evicted, admitted = self._generated, list[Request](), list[Request]()
        ended = self._decoding.ended()
        if not self._frees_late:
            self._end(ended)
        prefilled, recomputed = self._schedule(queue, ended, evicted, admitted)
        for request in self._started:
            request.generated += 1
            self._decoding.join(request)
        if self._frees_late:
            self._end(ended)
        return StepReport(
            ended,
            first_tokens,
            evicted,
            admitted,
            len(self._running),
            (self._count - self._free) * self._block,
            prefilled,
            recomputed,
            generated=generated,
        )

    def _end(self, ended: list[Request]) -> None:
        for request in ended:
            if request in self._decoding.first:  # not evicted meanwhile
                self._release(request, 1)
            request.generated = request.decode_length

    @abstractmethod
    def _schedule(
        self, queue: Queue, ended: list[Request], evicted: list[Request], admitted: list[Request]
    ) -> tuple[int, int]:
        """Fill the next batch; return its tokens to prefill, and those of them computed before."""

    def _release(self, request: Request, decoded: int) -> None:
        """Free the blocks of a request that has decoded at this step, or not."""
        del self._running[request]
        held = self._decoding.computed(request) + decoded
        self._decoding.leave(request)
        self._free += blocks_of(held, self._block)
        request.computed = max(request.computed, held)
