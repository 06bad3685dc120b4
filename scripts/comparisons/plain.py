"""Plain engines: definitions taken literally, in rational numbers, at any cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from operator import mul
from typing import Any

from flint import fmpq, fmpq_mat

from stabkit import Workload

__all__ = ["completions", "fano", "fluid", "kernel"]

_MOST_STATES = 120
_ZERO = Fraction(0)

State = list[list[Fraction]]
Batch = tuple[tuple[int, int], ...]  # (class, stage) in the order of admission
Server = tuple[Batch, tuple[int, ...]]  # and the classes at the head of the queue, as far as known


def kernel(mix: Workload) -> list[Fraction]:
    """Return g_m = sum p_k (s_k + m + 1), over the classes with l_k > m."""
    return [
        sum(
            (c.share * (c.input_length + m + 1) for c in mix.classes if c.decode_length > m),
            start=_ZERO,
        )
        for m in range(mix.longest_decode)
    ]


def solved(rows: Sequence[Sequence[Fraction]], right: Sequence[Fraction]) -> list[Fraction] | None:
    """Return the solution of linear equations; None if they are singular."""
    size = len(rows)
    matrix = fmpq_mat(size, size, [_of_flint(x) for row in rows for x in row])
    try:
        found = matrix.solve(fmpq_mat(size, 1, [_of_flint(x) for x in right]))
    except ZeroDivisionError:
        return None
    return [Fraction(int(found[i, 0].p), int(found[i, 0].q)) for i in range(size)]


def _of_flint(x: Fraction) -> Any:
    return fmpq(x.numerator, x.denominator)


def fano(mix: Workload) -> Fraction | None:
    """Return V of R13: sum_i (g_(i+k) y_i + g_i y_(i+k)) = N_k, and V = 2 y_0 / g_0 - 1."""
    g, size = kernel(mix), mix.longest_decode
    held = [[c.input_length + m + 1 for m in range(c.decode_length)] for c in mix.classes]
    right = [
        sum(
            (c.share * sum(map(mul, y, y[k:])) for c, y in zip(mix.classes, held, strict=True)),
            start=_ZERO,
        )
        for k in range(size)
    ]
    rows = [[_ZERO] * size for _ in range(size)]
    for k in range(size):
        for i in range(size - k):
            rows[k][i] += g[i + k]
            rows[k][i + k] += g[i]
    y = solved(rows, right)
    return y and 2 * y[0] / g[0] - 1


def fluid(
    mix: Workload, capacity: Fraction, state: State, steps: int
) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield the admitted and the evicted requests; row 0 is the start, fitted to the capacity."""
    for _ in range(steps + 1):
        state = [list(row) for row in state]
        yield _fitted(mix, capacity, state)
        state = [[_ZERO, *row[:-1]] for row in state]


def _fitted(mix: Workload, capacity: Fraction, state: State) -> tuple[Fraction, Fraction]:
    """Change `state`: evict by decode progress, or admit."""
    tokens = [[c.input_length + j + 1 for j in range(c.decode_length)] for c in mix.classes]
    used = sum((sum(map(mul, *rows)) for rows in zip(tokens, state, strict=True)), start=_ZERO)
    if used <= capacity:
        admitted = (capacity - used) / sum(c.share * (c.input_length + 1) for c in mix.classes)
        for c, row in zip(mix.classes, state, strict=True):
            row[0] += c.share * admitted
        return admitted, _ZERO
    excess, evicted = used - capacity, _ZERO
    for stage in range(mix.longest_decode):
        here = [k for k, row in enumerate(state) if stage < len(row)]
        held = sum((tokens[k][stage] * state[k][stage] for k in here), start=_ZERO)
        part = min(Fraction(1), excess / held) if held else _ZERO
        for k in here:
            evicted += part * state[k][stage]
            state[k][stage] *= 1 - part
        excess -= part * held
    return _ZERO, evicted


def completions(mix: Workload) -> Fraction | None:
    """Return the mean of completions per step of a small server, from its stationary law.

    None if it has too many states, or more than one law.
    """
    moves: dict[Server, dict[Server, Fraction]] = {}
    ahead: list[Server] = [((), ())]
    while ahead:
        state = ahead.pop()
        if state not in moves:
            if len(moves) == _MOST_STATES:
                return None
            moves[state] = _next_servers(mix, state)
            ahead += moves[state]
    place = {state: i for i, state in enumerate(moves)}
    rows = [[_ZERO] * len(moves) for _ in moves]
    for state, found in moves.items():
        rows[place[state]][place[state]] -= 1
        for other, chance in found.items():
            rows[place[other]][place[state]] += chance
    # The equations add up to 0 = 0: one of them makes room for the sum of the law.
    rows[-1] = [Fraction(1)] * len(moves)
    law = solved(rows, [_ZERO] * (len(moves) - 1) + [Fraction(1)])
    return law and sum(map(mul, law, (_completing(mix, *state) for state in moves)), start=_ZERO)


def _completing(mix: Workload, running: Batch, _: Any) -> int:
    return sum(j + 1 == mix.classes[k].decode_length for k, j in running)


def _next_servers(mix: Workload, server: Server) -> dict[Server, Fraction]:
    """Return where one step leads, and with which probabilities."""
    running, queue = server
    batch = tuple((k, j + 1) for k, j in running if j + 1 < mix.classes[k].decode_length)
    if _needed(mix, batch) > (mix.capacity or 0):
        while _needed(mix, batch) > (mix.capacity or 0):
            batch, queue = batch[:-1], (batch[-1][0], *queue)
        return {(batch, queue): Fraction(1)}
    found: dict[Server, Fraction] = {}
    ahead = [(batch, queue, Fraction(1))]
    while ahead:
        batch, queue, chance = ahead.pop()
        if not queue:
            ahead += [(batch, (k,), chance * c.share) for k, c in enumerate(mix.classes)]
        elif _needed(mix, more := (*batch, (queue[0], 0))) <= (mix.capacity or 0):
            ahead.append((more, queue[1:], chance))
        else:
            found[batch, queue] = found.get((batch, queue), _ZERO) + chance
    return found


def _needed(mix: Workload, batch: Batch) -> Fraction:
    return sum((mix.classes[k].input_length + j + 1 for k, j in batch), start=_ZERO)
