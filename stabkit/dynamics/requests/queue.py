"""The queue in front of a server: first come first served, with three ways to be filled.

* *Saturated*: a source without arrival times. The queue never empties before its source does: the
  next request is drawn when a scheduler looks at the head and nobody waits.
* *Timed*: a source with arrival times. Requests wait from their arrival on.
* *Closed loop*: at most `concurrency` requests are in the system, waiting or in service; the next
  enters at the step after one has completed (and not before its arrival).

A scheduler sees `head`, takes it with `pop`, and returns what it evicts with `put_back`, to the
head, or with `append`, to the end.
"""

from __future__ import annotations

import math
from collections import deque

from .request import Request
from .sources import RequestSource

__all__ = ["Queue"]


class Queue:
    """Requests that wait for a server.

    * `source`: where they come from.
    * `concurrency`: the most requests in the system, for a closed loop.
    * `waiting` (deque of Request): who waits, head first. Of a saturated queue: those evicted and
      the next in line.

    >>> from stabkit.dynamics.requests.sources import source_of
    >>> queue = Queue(source_of([(5, 2), (3, 1)], 0))
    >>> first = queue.pop()
    >>> queue.head().input_length, len(queue.waiting)
    (3, 1)
    >>> queue.put_back(first)
    >>> queue.head() is first, len(queue.waiting)
    (True, 2)
    """

    def __init__(self, source: RequestSource, concurrency: int | None = None) -> None:
        self.waiting: deque[Request] = deque()
        self._requests, self._most = source.requests, concurrency or math.inf
        self._saturated = concurrency is None and not source.timed
        self._exhausted = False
        self._coming = None if self._saturated else next(self._requests, None)
        self._in_system, self._now = 0, 0.0

    def head(self) -> Request | None:
        """Return the request that is next, or None if nobody waits."""
        waiting = self.waiting
        if waiting:
            return waiting[0]
        if self._saturated:
            for request in self._requests:
                request.arrival = self._now
                waiting.append(request)
                return request
            self._exhausted = True
        return None

    def pop(self) -> Request:
        """Take the head out of the queue; IndexError if nobody waits."""
        self.head()
        return self.waiting.popleft()

    def put_back(self, request: Request) -> None:
        """Return an evicted request to the head."""
        self.waiting.appendleft(request)

    def append(self, request: Request) -> None:
        """Return an evicted request to the end, behind all who have come so far."""
        self.waiting.append(request)

    # What follows is the driver's.

    def advance(self, now: float, completed: int) -> None:
        """Let in who has arrived by `now`, `completed` requests having left since."""
        self._now = now
        if self._coming is None:
            return
        self._in_system -= completed
        while self._in_system < self._most and self.next_arrival <= now:
            self._enter()

    @property
    def next_arrival(self) -> float:
        """When the next request can come, at the earliest; inf after the last, nan if saturated."""
        if self._saturated:
            return math.inf if self._exhausted else math.nan
        if self._coming is None:
            return math.inf
        return self._now if math.isnan(self._coming.arrival) else self._coming.arrival

    def _enter(self) -> None:
        request, self._coming = self._coming, next(self._requests, None)
        if request is not None:
            if math.isnan(request.arrival):
                request.arrival = self._now
            self._in_system += 1
            self.waiting.append(request)
