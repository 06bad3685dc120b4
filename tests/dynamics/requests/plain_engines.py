"""vLLM V0 and V1 as their rules say them: every step visits every request, and V1 every block.

Written from the rules alone (the modules of `stabkit.dynamics.requests` name their sources), before
the servers that count by events, and with nothing of stabkit. A row is (running, waiting, free
blocks, evictions, completions, tokens prefilled, tokens generated), all so far or now.
"""

# ruff: noqa: B023 - the closures run within the turn of the loop that defines them

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import Any

Row = tuple[int, ...]


@dataclass(eq=False)
class Plain:
    """A request: `tokens` it has, of which `computed` are in memory; -1 blocks are none."""

    index: int
    s: int
    n: int
    content: Any = None
    tokens: int = 0
    flying: int = 0
    computed: int = 0
    goal: int = 0
    blocks: Any = 0
    named: int = 0

    def __post_init__(self) -> None:
        self.tokens = self.s


def ceil(tokens: int, block: int) -> int:
    return -(-tokens // block)


def v0(
    rows: list[tuple[int, int]],
    count: int,
    block: int,
    most: int,
    budget: int,
    kept: int,
    chunked: bool = True,
    lag: bool = True,
) -> list[Row]:
    """Serve requests that all wait at the start by the rules of vLLM V0."""
    waiting = deque(Plain(i, s, n) for i, (s, n) in enumerate(rows))
    running: deque[Plain] = deque()
    free, evictions, done, prefilled, generated = count, 0, 0, 0, 0
    batch: list[tuple[Plain, int, bool]] = []
    log: list[Row] = []
    while True:
        ended: list[Plain] = []
        prefilled_now = 0
        for r, new, reads in batch:  # the outputs of the batch before
            r.computed += new
            prefilled_now += new if reads else 0
            if r.computed == r.tokens:
                r.tokens += 1
                generated += 1
                if r.tokens == r.s + r.n:
                    ended.append(r)
        prefilled += prefilled_now
        if not lag:
            free, done = free + sum(r.blocks for r in ended), done + len(ended)
            running = deque(r for r in running if r not in ended)
        batch, evicted, left = [], list[Plain](), budget
        decoded, partial, new_ones = list[Plain](), list[Plain](), list[Plain]()

        def run_all() -> None:
            nonlocal free, left, done, evictions
            while running and left:
                r = running.popleft()
                new = min(r.tokens - r.computed, left)
                alive = True
                while alive and not free:
                    victim = running.pop() if running else r
                    free, victim.blocks = free + victim.blocks, 0
                    if victim in ended:
                        done += 1
                    else:
                        evictions += 1
                        victim.computed = 0
                        evicted.append(victim)
                    alive = victim is not r
                if not alive:
                    return
                if ceil(r.tokens, block) > r.blocks:
                    r.blocks, free = r.blocks + 1, free - 1
                left -= new
                (decoded if r.computed >= r.goal else partial).append(r)
                if r not in ended:
                    batch.append((r, new, r.computed < r.goal))

        def admit() -> None:
            nonlocal free, left
            while waiting and left and len(running) + len(decoded + partial + new_ones) < most:
                r = waiting[0]
                if free - ceil(r.tokens, block) < kept or (r.tokens > left and not chunked):
                    return
                waiting.popleft()
                r.goal, r.blocks = r.tokens, ceil(r.tokens, block)
                free -= r.blocks
                new_ones.append(r)
                batch.append((r, min(r.tokens, left), True))
                left -= min(r.tokens, left)

        if chunked:
            run_all()
            admit()
        else:
            admit()
            if not new_ones:
                run_all()
        waiting.extendleft(evicted)
        running.extend(decoded + partial + new_ones)
        if lag:
            gone = [r for r in ended if r.blocks]
            free, done = free + sum(r.blocks for r in gone), done + len(gone)
            running = deque(r for r in running if r not in ended)
        log.append((len(running), len(waiting), free, evictions, done, prefilled, generated))
        if not running and not waiting:
            return log


@dataclass
class Pool:
    """Every block by itself."""

    queue: OrderedDict[int, None]
    holders: list[int]
    key: dict[int, Any] = field(default_factory=dict)
    at: dict[Any, list[int]] = field(default_factory=dict)

    def take(self) -> int:
        block, _ = self.queue.popitem(last=False)
        if block in self.key:
            key = self.key.pop(block)
            self.at[key].remove(block)
            if not self.at[key]:
                del self.at[key]
        self.holders[block] = 1
        return block

    def release(self, blocks: list[int]) -> None:
        for block in reversed(blocks):
            self.holders[block] -= 1
            if not self.holders[block]:
                self.queue[block] = None


def v1(
    rows: list[tuple[Any, ...]],
    count: int,
    block: int,
    most: int,
    budget: int,
    kept: int = 0,
    whole: bool = True,
    lag: bool = True,
    caching: bool = True,
) -> list[Row]:
    """Serve requests that all wait at the start by the rules of vLLM V1."""
    waiting = deque(Plain(i, *row) for i, row in enumerate(rows))
    running: list[Plain] = []
    pool = Pool(OrderedDict.fromkeys(range(count - 1)), [0] * (count - 1))
    flight: deque[list[tuple[Plain, int, bool]]] = deque()
    evictions = done = prefilled = generated = 0
    log: list[Row] = []

    def key(r: Plain, j: int) -> Any:
        return r.content[j] if r.content and j < len(r.content) else (r.index, j)

    def name(r: Plain, computed: int) -> None:
        for j in range(r.named, min(computed, r.tokens) // block if caching else 0):
            if r.blocks[j] not in pool.key:
                pool.key[r.blocks[j]] = key(r, j)
                pool.at.setdefault(key(r, j), []).append(r.blocks[j])
            r.named = j + 1

    def schedule() -> list[tuple[Plain, int, bool]]:
        nonlocal evictions
        batch, left, evicted, i = list[tuple[Plain, int, bool]](), budget, False, 0

        def put(r: Plain, new: int, reads: bool) -> None:
            name(r, r.computed + new)
            r.computed += new
            ends = r.computed == r.tokens + r.flying
            r.flying += ends
            batch.append((r, new if reads else 0, ends))

        while i < len(running) and left:
            r = running[i]
            i += 1
            new = min(r.tokens + r.flying - r.computed, left)
            if r.tokens + r.flying == r.s + r.n or not new:
                continue
            need = ceil(r.computed + new, block) - len(r.blocks)
            while need > len(pool.queue) and r in running:
                victim = running.pop()
                pool.release(victim.blocks)
                victim.blocks, victim.computed, victim.named = [], 0, 0
                waiting.appendleft(victim)
                evictions, evicted = evictions + 1, True
            if r not in running:
                break
            r.blocks += [pool.take() for _ in range(need)]
            left -= new
            put(r, new, r.computed < r.goal)
        while not evicted and waiting and left and len(running) < most:
            r = waiting[0]
            hits: list[int] = []
            for j in range((r.tokens - 1) // block if caching else 0):
                if key(r, j) not in pool.at:
                    break
                hits.append(pool.at[key(r, j)][0])
            new = min(r.tokens - block * len(hits), left)
            need = ceil(block * len(hits) + new, block) - len(hits)
            needed = ceil(r.tokens, block) - len(hits) if whole else need
            needed += sum(not pool.holders[b] for b in hits) + (kept if running else 0)
            if needed > len(pool.queue):
                break
            running.append(waiting.popleft())
            for b in hits:
                pool.queue.pop(b, None)
                pool.holders[b] += 1
            r.blocks = hits + [pool.take() for _ in range(need)]
            r.named, r.computed, r.goal = len(hits), block * len(hits), r.tokens
            left -= new
            put(r, new, True)
        return batch

    while True:
        out = flight.popleft() if flight else []
        prefilled += sum(new for _, new, _ in out)
        for r, _, ends in out:
            if not ends:
                continue
            r.tokens, r.flying, generated = r.tokens + 1, r.flying - 1, generated + 1
            if r.tokens == r.s + r.n:
                pool.release(r.blocks or [])
                (running if r in running else waiting).remove(r)
                done += 1
            elif r.blocks:
                name(r, r.computed - r.flying)
        while len(flight) < 1 + lag:
            batch = schedule()
            if not batch:
                break
            flight.append(batch)
        free = len(pool.queue)
        log.append((len(running), len(waiting), free, evictions, done, prefilled, generated))
        if not flight:
            return log
