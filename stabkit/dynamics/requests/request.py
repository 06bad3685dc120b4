"""A request, and what one step of a server does to the requests.

A request of s prompt tokens that has generated j tokens needs s + j + 1 tokens of memory for its
next execution: its prompt, what it has generated, and the token to come (docs/model.md, Model).
"""

from __future__ import annotations

import math
from typing import Any

__all__ = ["Request", "StepReport"]


class Request:
    """One request, from its arrival to its end. Compared by identity.

    * `index`: its place in the order of the source, from 0.
    * `input_length`, `decode_length`: s >= 0 prompt tokens, and the l >= 1 tokens that it will
      generate.
    * `arrival`, `first_scheduled`, `first_token`, `finished`: times of the clock, nan until they
      have come. The driver writes them.
    * `preemptions`: how often it was evicted. The driver counts.
    * `generated`: tokens that it has generated; the scheduler's. One that counts by events brings
      it up to date only where the request is evicted or completes.
    * `computed`: the most tokens of it that have been computed before an eviction; the scheduler's.
    * `state`: whatever the scheduler notes of it.
    * `content`: what a prefix cache compares, or None.
    """

    __slots__ = (
        "arrival",
        "computed",
        "content",
        "decode_length",
        "finished",
        "first_scheduled",
        "first_token",
        "generated",
        "index",
        "input_length",
        "preemptions",
        "state",
    )

    def __init__(
        self,
        index: int,
        input_length: int,
        decode_length: int,
        arrival: float = math.nan,
        content: Any = None,
    ) -> None:
        self.index = index
        self.input_length = input_length
        self.decode_length = decode_length
        self.arrival = arrival
        self.first_scheduled = math.nan
        self.first_token = math.nan
        self.finished = math.nan
        self.preemptions = 0
        self.generated = 0
        self.computed = 0
        self.state: Any = None
        self.content = content


class StepReport:
    """What one step did, as its scheduler reports it.

    * `completed`: those that the execution ended.
    * `first_tokens`: those that the execution gave the first token since they were last admitted.
    * `evicted`: in the order of their eviction; they are back in the queue.
    * `admitted`: those taken from the queue, for the first time or again.
    * `running`: requests in service after the step.
    * `memory`: tokens (whole blocks, where there are blocks) that they hold for the next execution.
    * `prefilled`: prompt tokens that the next execution computes.
    * `recomputed`: those among them that had been computed before an eviction.
    * `wasted`: tokens that the evicted requests had generated, if they are thrown away.
    * `generated`: tokens that the execution generated, of all requests.
    """

    __slots__ = (
        "admitted",
        "completed",
        "evicted",
        "first_tokens",
        "generated",
        "memory",
        "prefilled",
        "recomputed",
        "running",
        "wasted",
    )

    def __init__(
        self,
        completed: list[Request],
        first_tokens: list[Request],
        evicted: list[Request],
        admitted: list[Request],
        running: int,
        memory: int,
        prefilled: int = 0,
        recomputed: int = 0,
        wasted: int = 0,
        generated: int = 0,
    ) -> None:
        self.completed = completed
        self.first_tokens = first_tokens
        self.evicted = evicted
        self.admitted = admitted
        self.running = running
        self.memory = memory
        self.prefilled = prefilled
        self.recomputed = recomputed
        self.wasted = wasted
        self.generated = generated
