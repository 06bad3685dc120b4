"""Where requests come from, and in which order: drawn from a mix, or listed by a trace.

A source is an iterator of requests, made anew for every run, with the distinct pairs of input and
decode length that it can bring: a server refuses at the start what it could never hold.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import count, pairwise
from typing import Any

import numpy as np

from ...errors import ArgumentTypeError, InvalidWorkload, shown
from ...model.numbers import (
    LARGEST_DECODE_LENGTH,
    LARGEST_INPUT_LENGTH,
    exact_integer,
    is_listed,
)
from ...model.workload import Workload
from .request import Request

__all__ = ["RequestSource", "source_of"]

_DRAWN_AT_ONCE = 4096
_BOUNDS = (("input", 0, LARGEST_INPUT_LENGTH), ("output", 1, LARGEST_DECODE_LENGTH))


class RequestSource:
    """Requests in their order.

    * `requests`: endless or not.
    * `weights`: (s, l) -> how often the pair comes, up to a factor.
    * `name`: how reports call it.
    * `timed`: whether the requests have arrivals; they are nan otherwise.
    """

    def __init__(
        self,
        requests: Iterator[Request],
        weights: Mapping[tuple[int, int], Any],
        name: str,
        timed: bool = False,
    ) -> None:
        self.requests, self.weights, self.name, self.timed = requests, weights, name, timed

    def decode_quantile(self, probability: Any) -> int:
        """Return the least l with P(T <= l) >= `probability`, in (0, 1]."""
        by_length: Counter[int] = Counter()
        for (_, length), weight in self.weights.items():
            by_length[length] += weight
        rest = probability * sum(by_length.values())
        for length in sorted(by_length):
            rest -= by_length[length]
            if rest <= 0:
                return length
        return max(by_length)


def source_of(mix_or_trace: Workload | Iterable[Iterable[object]], seed: int) -> RequestSource:
    """Return the source of a workload, drawn at random, or of a trace in its order.

    * `mix_or_trace` (Workload or iterable of rows): rows are (input, output), (input, output,
      arrival) or (input, output, arrival, content), arrivals ascending; `content` is None or a
      sequence, one key per full block of the prompt, equal where two prompts are equal up to the
      end of the block.
    * `seed`: of the draws.

    Raises InvalidWorkload if lengths are not whole, a row is malformed, or there is none.

    >>> source = source_of([(5, 2), (3, 1)], 0)
    >>> [(request.input_length, request.decode_length) for request in source.requests]
    [(5, 2), (3, 1)]
    """
    if isinstance(mix_or_trace, Workload):
        return _drawn(mix_or_trace, seed)
    if not is_listed(mix_or_trace):
        raise ArgumentTypeError(
            "'mix_or_trace' must be a Workload or rows (input, output) or (input, output, "
            f"arrival), not {shown(mix_or_trace)}."
        )
    return _listed(mix_or_trace)


def _drawn(mix: Workload, seed: int) -> RequestSource:
    """Return independent requests, of class k with probability p_k."""
    mix = mix.unmerged()
    for number, one in enumerate(mix.classes, start=1):
        if one.input_length.denominator != 1:
            raise InvalidWorkload(
                f"'input_length' of class {number} must be an integer to be simulated request by "
                f"request, not {shown(one.input_length)}."
            )
    pairs = [(int(c.input_length), c.decode_length) for c in mix.classes]
    shares = [c.share for c in mix.classes]
    return RequestSource(
        _draws(pairs, np.cumsum([float(p) for p in shares]), seed),
        dict(zip(pairs, shares, strict=True)),
        mix.name,
    )


def _draws(pairs: list[tuple[int, int]], cumulative: Any, seed: int) -> Iterator[Request]:
    generator = np.random.Generator(np.random.PCG64(seed))
    inputs, outputs = np.array(pairs).T
    for first in count(0, _DRAWN_AT_ONCE):
        uniform = generator.random(_DRAWN_AT_ONCE)
        drawn = np.searchsorted(cumulative[:-1], uniform, side="right")
        yield from map(Request, count(first), inputs[drawn].tolist(), outputs[drawn].tolist())


def _listed(rows: Iterable[Any]) -> RequestSource:
    """Return the requests of a trace."""
    read = [_read(row, number) for number, row in enumerate(rows, start=1)]
    if not read:
        raise InvalidWorkload("the trace must hold at least one request, not none.")
    for number, (before, after) in enumerate(pairwise(read), start=2):
        if after[2] < before[2] or math.isnan(after[2]) != math.isnan(before[2]):
            raise InvalidWorkload(
                f"row {number}: 'arrival' must be in ascending order, and given in all rows or in "
                f"none, not {shown(after[2])} after {shown(before[2])}."
            )
    weights = Counter((s, n) for s, n, *_ in read)
    timed = not math.isnan(read[0][2])
    return RequestSource((Request(i, *row) for i, row in enumerate(read)), weights, "trace", timed)


def _read(row: Any, number: int) -> tuple[int, int, float, Any]:
    try:
        given, output, *rest = row
        arrival = float(rest[0]) if rest else math.nan
        content = tuple(rest[1]) if rest[1:] and rest[1] is not None else None
    except (TypeError, ValueError):
        rest = [row] * 3
    if len(rest) > 2 or arrival < 0 or math.isinf(arrival):
        raise InvalidWorkload(
            f"row {number} must be (input, output), and where known an arrival, a number of at "
            f"least 0, and a content, not {shown(row)}."
        )
    lengths = (
        exact_integer(given, f"row {number}: 'input'"),
        exact_integer(output, f"row {number}: 'output'"),
    )
    for length, (name, least, most) in zip(lengths, _BOUNDS, strict=True):
        if not least <= length <= most:
            raise InvalidWorkload(
                f"row {number}: {name!r} must be at least {least} and at most {most}, not "
                f"{shown(length)}."
            )
    return *lengths, arrival, content
