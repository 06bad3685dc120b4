"""vLLM V0: the scheduler of versions 0.4 to 0.10, with and without chunked prefill.

Memory is N blocks of b tokens, w = floor(watermark N) of which admissions leave free. `tot` is
what a request has: its prompt and the tokens it has generated, which it keeps when it is evicted.
Everything is in the order of admission. One step, *with chunked prefill*:

1. Every running request takes its next token, and one whose prompt is not finished the next chunk
   of it. A request needs a free block to go on, **even where its own last block has room**; while
   there is none, the last running request is evicted, possibly the one in question.
2. Then, **even after evictions**, the head of the queue is admitted while
   free - ceil(tot / b) >= w, there is a place, and tokens of the batch are left. It takes *all* its
   blocks at once, and is prefilled in chunks as the budget allows.
3. What was evicted returns to the head of the queue, in its order.

*Prefill first* (`enable_chunked_prefill=False`): while the head fits, by the same test and whole
into the budget, a step prefills and nobody decodes; otherwise it decodes, as in 1.

*Asynchronous output processing* (`async_scheduling`, the default of versions 0.6 and later): what
ends is noticed while the next batch runs. So it is scheduled once more, for nothing, can take a
block for it, and is freed after that batch has been scheduled; were it to be evicted, it is freed.

**Checked against** public runs of 2,000 identical requests (arXiv:2503.08311, its repository
FerranAgulloLopez/vLLMBatchingMemoryGap; docs/real_runs.md): in five with chunked prefill, evictions
and prefilled tokens are equal at *every* sample, and so are running requests and free blocks but
for the first and the last; of one with prefill first, all twelve lines of the log are states of the
replay, in their order.
*Idealised*: no prefix cache, no swapping, one sequence per request, no limit of the model's length.

References
----------
vllm-project/vllm, vllm/core/scheduler.py and block_manager.py, read at 0.5.2 to 0.6.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from .decoding import PagedServer, blocks_of, recomputed_of
from .queue import Queue
from .request import Request
from .scheduler import (
    NO_SUCH_RULE,
    Engine,
    Server,
    refuse_narrow_batch,
    refuse_too_large,
    register_scheduler,
)
from .sources import RequestSource

__all__ = ["VllmV0"]


@register_scheduler
@dataclass(frozen=True, kw_only=True)
class VllmV0(Engine):
    """The rules of vLLM V0; see the module. Options as in `Scheduler`, and two more.

    Parameters
    ----------
    enable_chunked_prefill : bool
        False for prefill first.
    async_scheduling : bool
        Whether the end of a request is noticed one step late.

    Raises
    ------
    InvalidArgument
        If an option is outside its domain, or the budget holds fewer tokens than requests can run.

    Examples
    --------
    Two fit into 5 blocks, and hold their places one step longer than they need them:

    >>> from stabkit.dynamics.requests import simulate_requests
    >>> run = simulate_requests([(20, 4)] * 3, scheduler="vllm-v0", capacity=80)
    >>> run.series.running.tolist()
    [2, 2, 2, 2, 0, 1, 1, 1, 1, 0]
    """

    name: ClassVar[str] = "vllm-v0"
    refused: ClassVar[frozenset[str]] = NO_SUCH_RULE
    block_size: int = 16
    max_num_seqs: int | None = 256
    max_num_batched_tokens: int | None = 512
    watermark: Any = "0.01"
    keep_progress: bool = True
    enable_chunked_prefill: bool = True
    async_scheduling: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_narrow_batch(self)

    def server(self, source: RequestSource) -> Server:
        """Start a run; a request that could never be admitted is refused."""
        return _Server(self, source)


class _Server(PagedServer):
    """One run of `VllmV0`."""

    def __init__(self, rules: VllmV0, source: RequestSource) -> None:
        super().__init__(rules, source, frees_late=rules.async_scheduling)
        self._rules = rules
        self._kept: int = math.floor(rules.watermark * self._count)
        self._refuse(source)

    def _refuse(self, source: RequestSource) -> None:
        block, spare = self._block, max(self._kept, 1)

        def needed(s: int, n: int) -> int:
            return (blocks_of(s + n, block) + spare) * block

        unit = "tokens in whole blocks"
        refuse_too_large(source, self._rules.capacity, needed, unit=unit)
        if not self._rules.enable_chunked_prefill:
            refuse_too_large(source, self._budget, lambda s, n: s + n, "max_num_batched_tokens")

    def _schedule(
        self, queue: Queue, ended: list[Request], evicted: list[Request], admitted: list[Request]
    ) -> tuple[int, int]:
        prefilled = recomputed = self._generated = 0
        if self._rules.enable_chunked_prefill:
            self._decode(evicted, ended)
            budget = self._budget - len(self._decoding)
            if self._partial:
                prefilled, recomputed = self._prefill(*self._partial, budget)
            more = self._admit(queue, admitted, budget - prefilled)
        else:
            more = self._admit(queue, admitted, self._budget)
            if not admitted:
                self._decode(evicted, ended)
        for request in evicted:
            queue.put_back(request)
        self._generated += len(self._started)
        return prefilled + more[0], recomputed + more[1]

    def _decode(self, evicted: list[Request], ended: list[Request]) -> None:
        """Give every request that decodes a token, and a block where it takes one."""
        self._decoding.advance()
        if self._free > len(self._decoding.due):
            self._free -= len(self._decoding.due)
        else:
            self._decode_in_order(evicted, set(ended))
        lost = sum(request in self._decoding.first for request in ended)
        self._generated = len(self._decoding) - lost

    def _decode_in_order(self, evicted: list[Request], ended: set[Request]) -> None:
        due = self._decoding.due
        for request in list(self._running):
            while not self._free and request in self._running:
                last = next(reversed(self._running))
                self._release(last, 0)
                if last not in ended:
                    evicted.append(last)
            if request not in self._running:
                return
            if request in due:
                self._free -= 1

    def _admit(self, queue: Queue, admitted: list[Request], budget: Any) -> tuple[int, int]:
        """Admit while the head fits; return the tokens to prefill, and to prefill again."""
        prefilled = recomputed = 0
        while budget > prefilled and len(self._running) < self._most and (head := queue.head()):
            tokens = head.input_length + head.generated
            left = self._free - blocks_of(tokens, self._block)
            whole = self._rules.enable_chunked_prefill or tokens <= budget - prefilled
            if left < self._kept or not whole:
                break
            admitted.append(queue.pop())
            self._running[head] = None
            self._free = left
            chunk, again = self._prefill(head, 0, budget - prefilled)
            prefilled += chunk
            recomputed += again
        return prefilled, recomputed

    def _prefill(self, request: Request, done: int, budget: Any) -> tuple[int, int]:
        """Put the next tokens of a prompt into the batch."""
        tokens = request.input_length + request.generated
        chunk = min(tokens - done, budget)
        again = recomputed_of(request, done, chunk)
        self._partial = None if done + chunk == tokens else (request, done + chunk)
        if not self._partial:
            self._started.append(request)
        return chunk, again

    def _release(self, request: Request, decoded: int) -> None:
        if not (self._partial and self._partial[0] is request):
            super()._release(request, decoded)
            return
        del self._running[request]
        self._free += blocks_of(request.input_length + request.generated, self._block)
        request.computed = max(request.computed, self._partial[1])
        self._partial = None
