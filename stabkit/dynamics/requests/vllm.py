"""vLLM V1: the scheduler of versions 0.8 and later.

Memory is N blocks of b tokens, one of which vLLM keeps for itself; `tot` is what a request has, its
prompt and the tokens it has generated, which it keeps when it is evicted. One step, in the order of
admission:

1. Every running request takes its next token, and one whose prompt is not finished the next chunk
   of it, with the blocks that these tokens need. While there are too few, the last running request
   is evicted, possibly the one in question, and goes to the head of the queue.
2. Only if nothing was evicted: the head of the queue is admitted while there is a place and tokens
   of the batch are left, and min(tot - b c, the rest of the budget) tokens get blocks, c being the
   blocks of it that are cached. With `scheduler_reserve_full_isl` (the default since 0.19) all of
   `tot` must fit at that moment, though later chunks are not set aside. While others run, the
   watermark must stay free beside it.

**Prefix caching.** Free blocks stand in a queue, and the longest free is taken first; a request's
blocks enter it tail first. A full block keeps its content until it is taken, and what begins with
the same blocks is not computed again: the prompts of others (`Request.content`), and what a request
had computed itself before it was evicted. At least one token is always computed. A cached block
that nobody holds leaves the queue, so that it counts as one that is needed.

**Asynchronous scheduling** (the default since 0.14): a batch is scheduled when the one before it
starts, so that its tokens are not known. A request whose last token is on its way is passed over,
and holds its memory one step longer.

**Checked against** two public runs of vLLM 0.19 (LLMServingSim; docs/real_runs.md): running
requests r = .99 in seconds, makespan within 1 %; and against the preemptions that vLLM PR 44594
reports for five watermarks (docs/real_runs.md). *Idealised*: one kind of attention, one sequence
per request, no speculation, no limit of the model's length, first come first served.

References
----------
vllm-project/vllm, vllm/v1/core: sched/scheduler.py, sched/async_scheduler.py, kv_cache_manager.py,
block_pool.py, read at 0.11 to 0.19; pull requests 37307 (the full prompt), 44594 (the watermark).
"""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from .decoding import Decoding, blocks_of, recomputed_of
from .queue import Queue
from .request import Request, StepReport
from .scheduler import (
    NO_SUCH_RULE,
    Engine,
    Server,
    refuse_empty_prompts,
    refuse_narrow_batch,
    refuse_too_large,
    register_scheduler,
)
from .sources import RequestSource

__all__ = ["BlockPool", "Vllm"]


@register_scheduler
@dataclass(frozen=True, kw_only=True)
class Vllm(Engine):
    """The rules of vLLM V1; see the module. Options as in `Scheduler`, and three more.

    Parameters
    ----------
    enable_prefix_caching : bool
    async_scheduling : bool
    scheduler_reserve_full_isl : bool
        Whether the whole prompt must fit when its first chunk is admitted.

    Raises
    ------
    InvalidArgument
        If an option is outside its domain, or the budget holds fewer tokens than requests can run.

    Examples
    --------
    >>> from stabkit.dynamics.requests import simulate_requests
    >>> run = simulate_requests(
    ...     [(20, 4)] * 3, scheduler="vllm", capacity=80, async_scheduling=False
    ... )
    >>> run.series.running.tolist()
    [2, 2, 2, 2, 1, 1, 1, 1, 0]
    """

    name: ClassVar[str] = "vllm"
    refused: ClassVar[frozenset[str]] = NO_SUCH_RULE
    block_size: int = 16
    max_num_seqs: int | None = 256
    max_num_batched_tokens: int | None = 2048
    watermark: Any = 0
    keep_progress: bool = True
    enable_prefix_caching: bool = True
    async_scheduling: bool = True
    scheduler_reserve_full_isl: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_narrow_batch(self)

    def server(self, source: RequestSource) -> Server:
        """Start a run; a request that could never be admitted is refused."""
        return _Server(self, source)


class BlockPool:
    """The blocks of the memory, those free in the order in which they will be taken.

    >>> pool = BlockPool(2)
    >>> blocks = pool.take(2)
    >>> pool.store(blocks[0], "a")
    >>> pool.release(blocks)
    >>> pool.free, pool.cached(["a", "b"]) == blocks[:1]
    (2, True)
    >>> pool.take(1) == blocks[1:], pool.cached(["a"]) == blocks[:1]  # the tail is taken first
    (True, True)
    """

    def __init__(self, count: int) -> None:
        self._queue = OrderedDict.fromkeys(range(count))
        self._holders = [0] * count
        self._key: dict[int, Hashable] = {}
        self._blocks: dict[Hashable, dict[int, None]] = {}

    @property
    def free(self) -> int:
        """How many are free."""
        return len(self._queue)

    def take(self, count: int) -> list[int]:
        """Take those that have been free longest; what they held is forgotten."""
        taken = [self._queue.popitem(last=False)[0] for _ in range(count)]
        for block in taken:
            self._holders[block] = 1
            if block in self._key:
                key = self._key.pop(block)
                del self._blocks[key][block]
                if not self._blocks[key]:
                    del self._blocks[key]
        return taken

    def hold(self, blocks: Sequence[int]) -> None:
        """Hold cached blocks, whoever else does."""
        for block in blocks:
            self._queue.pop(block, None)
            self._holders[block] += 1

    def release(self, blocks: Sequence[int]) -> None:
        """Hold these no longer: the last one is the first to become free."""
        for block in reversed(blocks):
            self._holders[block] -= 1
            if not self._holders[block]:
                self._queue[block] = None

    def store(self, block: int, key: Hashable) -> None:
        """Let a block be found by its content, after others that hold the same."""
        if block not in self._key:
            self._key[block] = key
            self._blocks.setdefault(key, {})[block] = None

    def cached(self, keys: Iterable[Hashable]) -> list[int]:
        """Return the blocks that hold the longest beginning of some content."""
        found = []
        for key in keys:
            if key not in self._blocks:
                break
            found.append(next(iter(self._blocks[key])))
        return found

    def unheld(self, blocks: Sequence[int]) -> int:
        """Return how many of these nobody holds."""
        return sum(not self._holders[block] for block in blocks)


@dataclass
class _Execution:
    """What one execution does."""

    starts: list[Request] = field(default_factory=list)  # their prompts end in it
    ends: list[Request] = field(default_factory=list)  # their last token comes out of it
    generated: int = 0
    prefilled: int = 0
    recomputed: int = 0


class _Server:
    """One run of `Vllm`."""

    def __init__(self, rules: Vllm, source: RequestSource) -> None:
        self._rules, self._block = rules, rules.block_size
        self._count = math.floor(rules.capacity / rules.block_size)
        self._watermark = math.floor(rules.watermark * self._count)
        self._budget: Any = rules.max_num_batched_tokens or math.inf
        self._most = rules.max_num_seqs or math.inf
        refuse_empty_prompts(source)
        refuse_too_large(
            source,
            rules.capacity,
            lambda s, n: (blocks_of(s + n - 1, self._block) + 1) * self._block,
            unit="tokens in whole blocks",
        )
        self._pool = BlockPool(self._count - 1)
        self._decoding = Decoding(self._block)
        self._held: dict[Request, list[int]] = {}  # who runs, in the order of admission
        self._partial: tuple[Request, int] | None = None  # prompt not finished: tokens done
        self._coming: deque[_Execution] = deque()  # the batch that runs, and the one after it
        self._ahead = (False, False)  # whether this and the last one were scheduled so

    def step(self, queue: Queue, now: float) -> StepReport:
        """Take in what has come out; schedule what is to run next, or after that."""
        out = self._coming.popleft() if self._coming else _Execution()
        for request in out.ends:
            request.generated = request.decode_length
            self._pool.release(self._held.pop(request, ()))
        evicted: list[Request] = []
        admitted: list[Request] = []
        while len(self._coming) <= self._rules.async_scheduling:
            batch = self._schedule(queue, evicted, admitted)
            if not batch.generated and not batch.prefilled:
                break
            self._coming.append(batch)
        runs = self._coming[0] if self._coming else _Execution()
        return StepReport(
            out.ends,
            out.starts,
            evicted,
            admitted,
            len(self._held),
            (self._count - 1 - self._pool.free) * self._block,
            runs.prefilled,
            runs.recomputed,
            generated=out.generated,
        )

    def _schedule(
        self, queue: Queue, evicted: list[Request], admitted: list[Request]
    ) -> _Execution:
        batch, before = _Execution(), len(evicted)
        self._ahead = bool(self._coming), self._ahead[0]
        self._decode(queue, evicted)
        batch.generated = len(self._decoding)
        if self._partial:
            self._continue(queue, batch, evicted)
        if len(evicted) == before:
            self._admit(queue, batch, admitted)
        for request in batch.starts:
            request.generated += 1
            self._decoding.join(request)
        batch.generated += len(batch.starts)
        batch.ends = self._decoding.ended()
        for request in batch.ends:
            self._decoding.leave(request)
        return batch

    def _decode(self, queue: Queue, evicted: list[Request]) -> None:
        """Give the blocks that they need to those that decode, or evict until there are enough."""
        self._decoding.advance()
        due = self._decoding.due
        if self._pool.free >= len(due):
            for request, block in zip(due, self._pool.take(len(due)), strict=True):
                self._held[request].append(block)
            return
        for request in [one for one in self._held if one in due]:
            while request in self._held and not self._pool.free:
                self._evict_last(queue, evicted)
            if request not in self._held:
                return
            self._held[request] += self._pool.take(1)

    def _continue(self, queue: Queue, batch: _Execution, evicted: list[Request]) -> None:
        """Put the next chunk of the prompt that is not finished into the batch; it is the last."""
        assert self._partial is not None
        request, done = self._partial
        chunk = min(self._tokens(request) - done, self._budget - batch.generated)
        more = blocks_of(done + chunk, self._block) - len(self._held[request])
        if more > self._pool.free:
            self._evict_last(queue, evicted)
        else:
            self._prefill(batch, request, done, chunk, self._pool.take(more))

    def _admit(self, queue: Queue, batch: _Execution, admitted: list[Request]) -> None:
        while len(self._held) < self._most and (head := queue.head()):
            budget = self._budget - batch.generated - batch.prefilled
            found = self._place(head, budget) if budget > 0 else None
            if found is None:
                return
            cached, chunk, more = found
            admitted.append(queue.pop())
            self._pool.hold(cached)
            self._held[head] = cached
            done = len(cached) * self._block
            self._prefill(batch, head, done, chunk, self._pool.take(more))

    def _place(self, head: Request, budget: Any) -> tuple[list[int], int, int] | None:
        """Return cached blocks, tokens of the first chunk and the blocks for them, if it fits."""
        block, tokens = self._block, self._tokens(head)
        free = self._pool.free - (self._watermark if self._held else 0)
        whole = self._rules.scheduler_reserve_full_isl
        if whole and blocks_of(tokens, block) - len(head.content or ()) > free:
            return None  # even if others hold all that it may share
        cached = self._pool.cached(self._keys(head, (tokens - 1) // block))
        chunk = min(tokens - block * len(cached), budget)
        more = blocks_of(block * len(cached) + chunk, block) - len(cached)
        needed = blocks_of(tokens, block) - len(cached) if whole else more
        fits = needed + self._pool.unheld(cached) <= free
        return (cached, chunk, more) if fits else None

    def _prefill(
        self, batch: _Execution, request: Request, done: int, chunk: int, blocks: list[int]
    ) -> None:
        held, reached = self._held[request], done + chunk
        held += blocks
        self._store(request, min(reached // self._block, len(request.content or ())))
        batch.prefilled += chunk
        batch.recomputed += recomputed_of(request, done, chunk)
        finished = reached == self._tokens(request)
        self._partial = None if finished else (request, reached)
        if finished:
            batch.starts.append(request)

    def _evict_last(self, queue: Queue, evicted: list[Request]) -> None:
        request = next(reversed(self._held))
        if self._partial and self._partial[0] is request:
            computed, self._partial = self._partial[1], None
            self._store(request, computed // self._block)
        elif request in self._decoding.first:
            computed, decodes = self._decoding.computed(request), self._decoding.decodes(request)
            self._decoding.leave(request)
            unknown = decodes > 0 and all(self._ahead)  # the last token, when it was computed
            self._store(request, (computed - unknown) // self._block)
        else:  # its last token is on its way
            computed = 0
        request.computed = max(request.computed, computed)
        self._pool.release(self._held.pop(request))
        evicted.append(request)
        if computed:
            queue.put_back(request)

    def _store(self, request: Request, count: int) -> None:
        """Let the first blocks of a request be found by what they hold."""
        if self._rules.enable_prefix_caching:
            for block, key in zip(self._held[request], self._keys(request, count), strict=False):
                self._pool.store(block, key)

    def _keys(self, request: Request, count: int) -> Iterator[Hashable]:
        """Yield what the blocks hold: of its prompt what it shares, the others are its own."""
        content = request.content or ()
        yield from content[:count]
        yield from ((request, j) for j in range(len(content), count))

    def _tokens(self, request: Request) -> int:
        return request.input_length + request.generated
