"""SGLang: prefill first, a guess at what running requests will still need, and retraction.

Memory is in pages of `page` tokens (here `block_size`, by default one). A step prefills if anything
can be admitted, and then nobody decodes; otherwise it decodes.

*Admission.* Let a request still generate r = min(max_new - out, 4096) tokens at most. What is left
for new ones is

    R = free - rho * sum over those that decode of r,      0 < rho <= 1.

The head of the queue, with ext = s + out tokens to compute, is admitted while ext + r + page < R,
and takes ext + min(max_new, 4096) + page of it. A batch holds fewer than `max_prefill_tokens`, the
last prompt counted whole, but for its first request, and at most `chunked_prefill_size` tokens: the
prompt cut there is continued in the next batch, before all others, and takes of R as if admitted
with its rest. Once R was too small, nothing is tried until somebody has completed or is retracted.

*Decoding.* If fewer pages are free than the requests need at this step, then at least one is
retracted, and more until they suffice: the one with the fewest outputs, of these the one with the
longest prompt, of these the latest. It loses its memory, keeps its outputs, and goes to the **end**
of the queue. Then

    rho = min(1, (sum of out + 20 n) / (sum of max_new + 1))       over the n that remain;

after a decode step without, rho falls, from min(1, .7 `schedule_conservativeness`) to .14 of that
in 600. When there is nothing to do, it goes back to where it began.

**Checked against** a loop that visits every request at every step, cases derived by hand and the
invariants of its tests, and against no real run. *Idealised*: prompts share nothing, so that what
the cache keeps can always be evicted; chunks are not rounded to pages; no mixed batches, no overlap
of scheduling and execution.

References
----------
sgl-project/sglang, python/sglang/srt/managers: schedule_policy.py, schedule_batch.py, scheduler.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

from ...errors import InvalidArgument, shown
from ...model.numbers import rational_argument, whole_number
from .decoding import PagedServer, blocks_of, recomputed_of
from .queue import Queue
from .request import Request
from .scheduler import (
    NO_SUCH_RULE,
    Engine,
    Server,
    most_generated,
    refuse_too_large,
    register_scheduler,
)
from .sources import RequestSource

__all__ = ["Sglang"]

_CLIPPED = 4096  # tokens
_AHEAD = 20  # tokens of each request, when rho is estimated anew
_FIRST, _LEAST, _FALLS = 0.7, 0.14, 600


@register_scheduler
@dataclass(frozen=True, kw_only=True)
class Sglang(Engine):
    """The rules of SGLang; see the module. Options as in `Scheduler`, and three more.

    Parameters
    ----------
    max_prefill_tokens : int
    chunked_prefill_size : int or None
    schedule_conservativeness : number
        Positive.
    reserve : {"true-length", "max-tokens"}
        What max_new is: the decode length of each request, or `max_tokens`.

    Raises
    ------
    InvalidArgument
        If an option is outside its domain.

    Examples
    --------
    >>> from stabkit.dynamics.requests import simulate_requests
    >>> run = simulate_requests([(20, 4)] * 3, scheduler="sglang", capacity=60)
    >>> run.series.running.tolist()
    [2, 2, 2, 2, 1, 1, 1, 1, 0]
    """

    name: ClassVar[str] = "sglang"
    refused: ClassVar[frozenset[str]] = NO_SUCH_RULE - {"max_tokens", "reserve"} | {
        "watermark",
        "max_num_batched_tokens",
    }
    keep_progress: bool = True
    reserve: Any = "true-length"
    max_prefill_tokens: int = 16384
    chunked_prefill_size: int | None = 8192
    schedule_conservativeness: Any = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        whole_number(self.max_prefill_tokens, "'max_prefill_tokens'")
        if self.chunked_prefill_size is not None:
            whole_number(self.chunked_prefill_size, "'chunked_prefill_size'")
        given = self.schedule_conservativeness
        value = rational_argument(given, "'schedule_conservativeness'")
        if not value > 0:
            raise InvalidArgument(
                f"'schedule_conservativeness' must be positive, not {shown(given)}."
            )
        object.__setattr__(self, "schedule_conservativeness", value)

    def server(self, source: RequestSource) -> Server:
        """Start a run; a request that could never be admitted is refused."""
        return _Server(self, source)


class _Server(PagedServer):
    """One run of `Sglang`."""

    def __init__(self, rules: Sglang, source: RequestSource) -> None:
        super().__init__(rules, source)
        self._rules = rules
        self._chunk = rules.chunked_prefill_size or math.inf
        self._max_new = most_generated(rules, source)
        refuse_too_large(
            source,
            rules.capacity,
            lambda s, n: (blocks_of(s + (self._max_new or n) + 1, self._block) + 1) * self._block,
            unit="tokens in whole pages",
        )
        self._full = False  # nothing is tried until somebody has left
        self._first = min(_FIRST * float(rules.schedule_conservativeness), 1.0)
        self._rho = self._first

    def _schedule(
        self, queue: Queue, ended: list[Request], evicted: list[Request], admitted: list[Request]
    ) -> tuple[int, int]:
        """Prefill, or decode."""
        prefilled, recomputed = self._prefill(queue, admitted)
        if prefilled:
            self._generated = len(self._started)
        else:
            self._decode(queue, evicted)
            self._generated = len(self._decoding)
        return prefilled, recomputed

    def _left(self, request: Request, generated: int) -> int:
        """Return r, what a request may still generate as the admission counts it."""
        return min((self._max_new or request.decode_length) - generated, _CLIPPED)

    def _prefill(self, queue: Queue, admitted: list[Request]) -> tuple[int, int]:
        """Fill a batch with prompts; return its tokens, and those of them computed before."""
        prefilled = recomputed = 0
        room = self._free * self._block - self._rho * sum(
            self._left(one, self._decoding.generated(one) + 1) for one in self._decoding.first
        )
        if self._partial:
            request, done = self._partial
            prefilled, recomputed = self._take(request, done, self._chunk)
            room -= prefilled + (0 if self._partial else self._left(request, 0) + self._block)
        while not self._full and prefilled < self._chunk and (head := queue.head()):
            tokens = head.input_length + head.generated
            needed = tokens + self._left(head, head.generated) + self._block
            if len(self._running) >= self._most or needed >= room:
                self._full = True
            elif prefilled + tokens >= self._rules.max_prefill_tokens and prefilled:
                break
            else:
                admitted.append(queue.pop())
                self._running[head] = None
                chunk, again = self._take(head, 0, self._chunk - prefilled)
                room -= chunk + (0 if self._partial else self._left(head, 0) + self._block)
                prefilled += chunk
                recomputed += again
        return prefilled, recomputed

    def _take(self, request: Request, done: int, most: Any) -> tuple[int, int]:
        """Put the next tokens of a prompt into the batch, and take pages for them."""
        tokens = request.input_length + request.generated
        chunk = min(tokens - done, most)
        again = recomputed_of(request, done, chunk)
        self._free -= blocks_of(done + chunk, self._block) - blocks_of(done, self._block)
        self._partial = None if done + chunk == tokens else (request, done + chunk)
        if not self._partial:
            self._started.append(request)
        return chunk, again

    def _decode(self, queue: Queue, evicted: list[Request]) -> None:
        self._decoding.advance()
        due = self._decoding.due
        if self._free < len(due):
            self._retract(queue, evicted)
        elif self._decoding:
            self._rho = max(_LEAST * self._first, self._rho - self._first * (1 - _LEAST) / _FALLS)
        else:
            self._rho = self._first
        self._free -= len(due)

    def _retract(self, queue: Queue, evicted: list[Request]) -> None:
        """Retract at least one, until a step fits; estimate rho anew."""
        decoding = self._decoding

        def worth(request: Request) -> tuple[int, int]:
            return decoding.generated(request), -request.input_length

        # Reversed twice: of equals the latest goes first. The worthiest stays.
        for request in sorted(decoding.first, key=worth, reverse=True)[:0:-1]:
            self._release(request, 0)
            evicted.append(request)
            queue.append(request)
            if self._free >= len(decoding.due):
                break
        made = sum(decoding.generated(one) for one in decoding.first)
        bound = sum(self._max_new or one.decode_length for one in decoding.first)
        self._rho = min(1.0, (made + _AHEAD * len(decoding)) / (bound + 1))

    def _release(self, request: Request, decoded: int) -> None:
        super()._release(request, decoded)
        self._full = False
