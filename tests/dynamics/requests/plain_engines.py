"""The engines as their rules say them: every step visits every request, and V1 every block.

Written from the rules alone (the modules of `stabkit.dynamics.requests` name their sources), before
the servers that count by events, and with nothing of stabkit. A row is (running, waiting, free
blocks, evictions, completions, tokens prefilled, tokens generated), all so far or now.
"""

# ruff: noqa: B023 - the closures run within the turn of the loop that defines them

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
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


Batch = list[tuple[Plain, int, bool]]


@dataclass
class Paged:
    """A memory of which only the number of free blocks is known, who is in it, and who waits."""

    free: int
    block: int
    waiting: deque[Plain] = field(default_factory=deque)
    running: list[Plain] = field(default_factory=list)
    evictions: int = 0

    def short(self, r: Plain) -> bool:
        """Say whether the next token of a request needs another block."""
        return bool(ceil(r.tokens, self.block) > r.blocks)

    def hold(self, r: Plain, tokens: int) -> None:
        blocks = ceil(tokens, self.block)
        self.free, r.blocks = self.free + r.blocks - blocks, blocks

    def evict(self, r: Plain) -> None:
        self.running.remove(r)
        self.hold(r, 0)
        r.computed, self.evictions = 0, self.evictions + 1


def serve(
    rows: list[tuple[int, int, int]],
    memory: Paged,
    schedule: Callable[[bool], Batch],
) -> list[Row]:
    """Serve requests (prompt, outputs, arrival); `schedule` is told if somebody has completed."""
    coming = deque((at, Plain(i, s, n)) for i, (s, n, at) in enumerate(rows))
    waiting, running = memory.waiting, memory.running
    now = done = prefilled = generated = 0
    batch: Batch = []
    log: list[Row] = []
    while True:
        while coming and coming[0][0] <= now:
            waiting.append(coming.popleft()[1])
        before = done
        for r, new, reads in batch:
            r.computed += new
            prefilled += new if reads else 0
            if r.computed == r.tokens:
                r.tokens, generated = r.tokens + 1, generated + 1
                if r.tokens == r.s + r.n:
                    memory.hold(r, 0)
                    running.remove(r)
                    done += 1
        batch = schedule(done > before)
        free, evictions = memory.free, memory.evictions
        log.append((len(running), len(waiting), free, evictions, done, prefilled, generated))
        if not running and not waiting and not coming:
            return log
        now = now + 1 if running or waiting else coming[0][0]


def sglang(
    rows: list[tuple[int, int, int]],
    count: int,
    block: int,
    most: int,
    prefill: int,
    chunk: int,
    conservativeness: Fraction,
    bound: int | None = None,
) -> list[Row]:
    """Serve requests that come by the rules of SGLang."""
    memory = Paged(count, block)
    waiting, running = memory.waiting, memory.running
    first = rho = min(Fraction(1), Fraction(7, 10) * conservativeness)
    full, part = False, list[Plain]()

    def most_new(r: Plain) -> int:
        return bound or r.n

    def still(r: Plain) -> int:
        return min(most_new(r) - (r.tokens - r.s), 4096)

    def prefills() -> Batch:
        nonlocal full, part
        room = memory.free * block - rho * sum(still(r) for r in running if r not in part)
        batch, left = Batch(), chunk

        def take(r: Plain) -> None:
            nonlocal room, left, part
            rest = r.tokens - r.computed
            new = min(rest, left)
            batch.append((r, new, True))
            room, left = room - rest - min(most_new(r), 4096) - block, left - new
            memory.hold(r, r.computed + new)
            part = [r] if new < rest else []

        for r in part:
            take(r)
        while waiting and left and not full and len(running) < most:
            r = waiting[0]
            if full := r.tokens + still(r) + block >= room:
                break
            if batch and sum(new for _, new, _ in batch) + r.tokens >= prefill:
                break
            running.append(waiting.popleft())
            take(r)
        return batch

    def decodes() -> Batch:
        nonlocal full, rho
        before = len(running)
        while sum(map(memory.short, running)) > memory.free:
            r = min(reversed(running), key=lambda r: (r.tokens - r.s, -r.s))
            memory.evict(r)
            waiting.append(r)
        if len(running) < before:
            out = sum(r.tokens - r.s for r in running)
            rho = Fraction(out + 20 * len(running), sum(map(most_new, running)) + 1)
            rho, full = min(Fraction(1), rho), False
        elif running:
            rho = max(first * Fraction(14, 100), rho - first * Fraction(86, 100) / 600)
        else:
            rho = first
        for r in running:
            memory.hold(r, r.tokens)
        return [(r, 1, False) for r in running]

    def schedule(left: bool) -> Batch:
        nonlocal full
        full = full and not left
        return prefills() or decodes()

    return serve(rows, memory, schedule)


def tensorrt_llm(
    rows: list[tuple[int, int, int]],
    count: int,
    block: int,
    most: int,
    budget: int,
    pauses: bool,
    bound: int | None = None,
) -> list[Row]:
    """Serve requests that come by the rules of TensorRT-LLM."""
    memory = Paged(count, block)
    waiting, running = memory.waiting, memory.running

    def to_the_end(r: Plain) -> int:
        return int(ceil(r.s + (bound or r.n), block) - r.blocks)

    def schedule(_: bool) -> Batch:
        before = memory.evictions
        for r in list(running):
            while r in running and memory.short(r) and not memory.free:
                waiting.appendleft(running[-1])
                memory.evict(running[-1])
            if r in running:
                memory.hold(r, r.tokens)
        batch = [(r, 1, False) for r in running]
        left = budget - len(running)
        while memory.evictions == before and waiting and len(running) < most:
            r = waiting[0]
            needed = ceil(r.tokens, block) if pauses else sum(map(to_the_end, [r, *running]))
            if needed > memory.free or r.tokens > left:
                break
            running.append(waiting.popleft())
            memory.hold(r, r.tokens)
            batch.append((r, r.tokens, True))
            left -= r.tokens
        return batch

    return serve(rows, memory, schedule)
