"""TensorRT-LLM: its two capacity schedulers, on batches that prefill and decode at once.

Memory is N blocks of b tokens. Everything is in the order of arrival, which here is that of
admission. `GUARANTEED_NO_EVICT`, the default, admits the head of the queue if and only if

    ceil((s + max_new) / b)  <=  free - sum over those that run of the blocks to their completion,

where max_new is what the request may generate, so that nobody is ever paused. It is reservation:
by the lengths themselves, or, with ``reserve="max-tokens"``, by a bound that is the same for all.

`MAX_UTILIZATION` looks one step ahead. In order, every running request gets the block that its
next token needs, if it needs one; while there is none, the last one that runs is paused, possibly
itself. If none was, the head is admitted while the blocks of its prompt are free. A paused request
loses its memory, keeps its tokens, and is the head of the queue.

Every running request takes one token of `max_num_batched_tokens`, and prompts are taken whole.

**Checked against** a loop that visits every request at every step, cases derived by hand and the
invariants of its tests, and against no real run. *Idealised*: no chunked context, no reuse of
blocks, no overlap of scheduling and execution; a beam of one.

References
----------
NVIDIA/TensorRT-LLM, cpp/tensorrt_llm/batch_manager/capacityScheduler.cpp, microBatchScheduler.cpp.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from ...errors import check_choice
from .decoding import PagedServer, blocks_of, recomputed_of
from .queue import Queue
from .request import Request
from .scheduler import (
    NO_SUCH_RULE,
    Engine,
    Server,
    most_generated,
    refuse_narrow_batch,
    refuse_too_large,
    register_scheduler,
)
from .sources import RequestSource

__all__ = ["TensorrtLlm"]

_POLICIES = ("GUARANTEED_NO_EVICT", "MAX_UTILIZATION")


@register_scheduler
@dataclass(frozen=True, kw_only=True)
class TensorrtLlm(Engine):
    """The rules of TensorRT-LLM; see the module. Options as in `Scheduler`, and one more.

    Parameters
    ----------
    capacity_scheduler_policy : {"GUARANTEED_NO_EVICT", "MAX_UTILIZATION"}
    reserve : {"true-length", "max-tokens"}
        What max_new is: the decode length of each request, or `max_tokens`.

    Raises
    ------
    InvalidArgument
        If an option is outside its domain, or the budget holds fewer tokens than requests can run.

    Examples
    --------
    Blocks of 10 for a prompt of 20 and 4 tokens: 3 to completion, so that two of them fit into 8:

    >>> from stabkit.dynamics.requests import simulate_requests
    >>> run = simulate_requests(
    ...     [(20, 4)] * 3, scheduler="tensorrt-llm", capacity=80, block_size=10
    ... )
    >>> run.series.running.tolist(), run.series.memory.tolist()[:2]
    ([2, 2, 2, 2, 1, 1, 1, 1, 0], [40, 60])
    """

    name: ClassVar[str] = "tensorrt-llm"
    refused: ClassVar[frozenset[str]] = NO_SUCH_RULE - {"max_tokens", "reserve"} | {"watermark"}
    block_size: int = 32
    max_num_seqs: int | None = 2048
    max_num_batched_tokens: int | None = 8192
    keep_progress: bool = True
    reserve: Any = "true-length"
    capacity_scheduler_policy: str = "GUARANTEED_NO_EVICT"

    def __post_init__(self) -> None:
        super().__post_init__()
        refuse_narrow_batch(self)
        check_choice(self.capacity_scheduler_policy, "'capacity_scheduler_policy'", _POLICIES)

    def server(self, source: RequestSource) -> Server:
        """Start a run; a request that could never be admitted is refused."""
        return _Server(self, source)


class _Server(PagedServer):
    """One run of `TensorrtLlm`."""

    def __init__(self, rules: TensorrtLlm, source: RequestSource) -> None:
        super().__init__(rules, source)
        self._reserves = rules.capacity_scheduler_policy == _POLICIES[0]
        self._most_generated = most_generated(rules, source)
        refuse_too_large(
            source,
            rules.capacity,
            lambda s, n: blocks_of(s + (self._most_generated or n), self._block) * self._block,
            unit="tokens in whole blocks",
        )
        refuse_too_large(source, self._budget, lambda s, n: s + n, "max_num_batched_tokens")
        self._promised = 0  # blocks to the completion of those that run

    def _schedule(
        self, queue: Queue, ended: list[Request], evicted: list[Request], admitted: list[Request]
    ) -> tuple[int, int]:
        """Pause where the next tokens do not fit, or else admit."""
        self._decode(queue, evicted)
        filled = (0, 0) if evicted else self._admit(queue, admitted)
        self._generated = len(self._decoding) + len(self._started)
        return filled

    def _decode(self, queue: Queue, evicted: list[Request]) -> None:
        """Give the blocks that they need to those that decode, or pause until there are enough."""
        self._decoding.advance()
        due = self._decoding.due
        if self._free >= len(due):
            self._free -= len(due)
            return
        for request in [one for one in self._running if one in due]:
            while request in self._running and not self._free:
                last = next(reversed(self._running))
                self._release(last, 0)
                evicted.append(last)
                queue.put_back(last)
            if request not in self._running:
                return
            self._free -= 1

    def _admit(self, queue: Queue, admitted: list[Request]) -> tuple[int, int]:
        prefilled = recomputed = 0
        while len(self._running) < self._most and (head := queue.head()):
            tokens = head.input_length + head.generated
            budget = self._budget - len(self._decoding) - prefilled
            if tokens > budget or not self._fits(head, tokens):
                break
            admitted.append(queue.pop())
            self._running[head] = None
            self._free -= blocks_of(tokens, self._block)
            self._promised += self._to_completion(head)
            self._started.append(head)
            prefilled += tokens
            recomputed += recomputed_of(head, 0, tokens)
        return prefilled, recomputed

    def _fits(self, head: Request, tokens: int) -> bool:
        promised = self._promised + self._to_completion(head)
        blocks = blocks_of(tokens, self._block)
        return promised <= self._count if self._reserves else blocks <= self._free

    def _to_completion(self, request: Request) -> int:
        most = self._most_generated or request.decode_length
        return blocks_of(request.input_length + most, self._block)

    def _release(self, request: Request, decoded: int) -> None:
        super()._release(request, decoded)
        self._promised -= self._to_completion(request)
