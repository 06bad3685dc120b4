"""The objects that claims are tried on: mixes and starts, drawn by a seeded generator.

Those at the boundary of what a theorem speaks of come first (one class, one step, no input, unequal
inputs, a rare class), then random ones.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from stabkit import Trajectory, Workload, simulate

__all__ = [
    "At",
    "Run",
    "common_mixes",
    "full_start",
    "mixes",
    "one_class",
    "plain_mixes",
    "points",
    "runs",
    "scattered_start",
]

_EDGES: tuple[tuple[tuple[Any, int, Any], ...], ...] = (
    ((0, 1, 1),),
    ((7, 1, 1),),
    ((0, 2, 1),),
    ((0, 5, 1),),
    ((50, 4, 1),),
    ((0, 1, 1), (0, 2, 1)),
    ((1, 2, 1), (1, 3, 1)),
    ((2, 2, 1), (2, 3, 1)),
    ((5, 3, 1), (5, 5, 1)),
    ((10, 3, 1), (10, 5, 1)),
    ((5, 2, 1), (5, 4, 1)),
    ((0, 4, 1), (0, 6, 1)),
    ((100, 4, 1), (100, 6, 3)),
    ((0, 3, 1), (0, 6, 1), (0, 9, 1)),
    ((0, 6, 2), (5, 1, 3)),
    ((0, 3, 1), (6, 3, 1)),
    ((9, 2, 1), (0, 3, 99)),
    ((30, 5, 1), (2, 6, 1), (11, 7, 1)),
    ((Fraction(1, 3), 4, 1), (Fraction(7, 2), 5, 2)),
    ((1000, 3, 1), (1000, 4, 1)),
)


def mixes(rng: random.Random) -> Iterator[Workload]:
    """Yield mixes of all kinds, lengths up to 9: twenty at the boundary and sixty random ones."""
    for classes in _EDGES:
        yield Workload.from_classes(classes, 1000 * max(s + n for s, n, _ in classes))
    for _ in range(60):
        yield _random(rng, rng.random() < 0.5)


def plain_mixes() -> Iterator[Workload]:
    """Yield 27 mixes of one input length."""
    for lengths in ((1,), (4,), (6,), (2, 3), (2, 4), (4, 6), (3, 5), (6, 9), (4, 6, 10)):
        for weights in ((1, 1, 1), (1, 2, 5), (7, 3, 1)):
            yield Workload.from_classes([(5, n, w) for n, w in zip(lengths, weights, strict=False)])


def common_mixes(rng: random.Random) -> Iterator[Workload]:
    """Yield mixes, most of them with one input length for all classes."""
    yield from mixes(rng)
    for _ in range(60):
        yield _random(rng, True)


def one_class(rng: random.Random) -> Iterator[Workload]:
    """Yield mixes of one decode length, and some of two."""
    for n in range(1, 8):
        for s in (0, 1, Fraction(7, 2), 60):
            yield Workload.from_classes([(s, n)], 60 * (s + n))
    yield Workload.from_classes([(0, 4), (9, 4)], 600)
    for _ in range(12):
        yield _random(rng, True)


def _random(rng: random.Random, common: bool) -> Workload:
    factor = rng.choice((1, 1, 2, 3))
    lengths = [factor * rng.randint(1, 9 // factor) for _ in range(rng.randint(1, 4))]
    inputs = [_input(rng) for _ in lengths]
    if common:
        inputs = inputs[:1] * len(lengths)
    classes = [(s, n, rng.randint(1, 12)) for s, n in zip(inputs, lengths, strict=True)]
    return Workload.from_classes(classes, 1000 * max(s + n for s, n, _ in classes))


def _input(rng: random.Random) -> Fraction:
    top = rng.choice((0, 3, 20, 400))
    return Fraction(rng.randint(0, 2 * top), rng.choice((1, 2)))


@dataclass(frozen=True)
class At:
    """A mix, and a number at which polynomials are compared."""

    mix: Workload
    point: Fraction


def points(rng: random.Random) -> Iterator[At]:
    """Yield mixes of all kinds, each with two rational points, none of them 0 or 1."""
    for mix in common_mixes(rng):
        yield At(mix, Fraction(rng.choice((-7, -3, -2, -1, 2, 3, 5)), rng.choice((1, 2, 4))))
        yield At(mix, Fraction(rng.randint(2, 99), 100))


@dataclass(frozen=True)
class Run:
    """An exact run of a mix from a start, under a policy."""

    mix: Workload
    start: tuple[tuple[Fraction, ...], ...]
    steps: int
    policy: Any = "greedy"

    @cached_property
    def trajectory(self) -> Trajectory:
        """The exact trajectory, with its states."""
        start = [list(row) for row in self.start]
        return simulate(
            self.mix,
            self.steps,
            arithmetic="exact",
            state=start,
            policy=self.policy,
            record_states=True,
        )


def runs(rng: random.Random, steps: int = 40) -> Iterator[Run]:
    """Yield runs of mixes of all kinds: from empty, from full and from scattered starts."""
    for mix in mixes(rng):
        empty = tuple(tuple(Fraction(0) for _ in range(c.decode_length)) for c in mix.classes)
        yield Run(mix, empty, steps)
        yield Run(mix, full_start(mix, rng), steps)
        yield Run(mix, scattered_start(mix, rng), steps)


def full_start(mix: Workload, rng: random.Random) -> tuple[tuple[Fraction, ...], ...]:
    """Return a full memory of product form: random stages, the shares of the mix in each."""
    longest = max(c.decode_length for c in mix.classes)
    stages = [Fraction(rng.choice((0, 1, 1, 2, 5))) for _ in range(longest)]
    rows = [[c.share * stages[j] for j in range(c.decode_length)] for c in mix.classes]
    return _filled(mix, rows)


def scattered_start(mix: Workload, rng: random.Random) -> tuple[tuple[Fraction, ...], ...]:
    """Return a full memory that is not of product form."""
    rows = [
        [Fraction(rng.choice((0, 0, 1, 3))) for _ in range(c.decode_length)] for c in mix.classes
    ]
    return _filled(mix, rows)


def _filled(mix: Workload, rows: list[list[Fraction]]) -> tuple[tuple[Fraction, ...], ...]:
    assert mix.capacity is not None
    used = sum(
        (c.input_length + j + 1) * x
        for c, row in zip(mix.classes, rows, strict=True)
        for j, x in enumerate(row)
    )
    scale = mix.capacity / used if used else Fraction(0)
    return tuple(tuple(x * scale for x in row) for row in rows)
