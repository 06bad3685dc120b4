"""Exact runs of one decode length, and what they have become in the long run."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from math import gcd
from typing import Any

from stabkit import (
    Workload,
    simulate,
)
from stabkit.theorems.claims import Quantity

from .notation import s
from .objects import Run, one_class, scattered_start
from .quantities import capacity_of

__all__ = [
    "MEAN_INPUT",
    "Settling",
    "binary_necklaces",
    "canonical",
    "comes_back",
    "compositions",
    "is_necklace",
    "last_with_old",
    "mean_input",
    "parts",
    "plain_mix",
    "returning",
    "settling",
    "stages",
    "throughput",
]

SETTLED = 160  # steps after which these runs are on a cycle


@dataclass(frozen=True)
class Settling:
    """An exact run of a mix, and what it has become after so many steps."""

    run: Run

    @property
    def mix(self) -> Workload:
        """The mix of the run."""
        return self.run.mix

    @cached_property
    def states(self) -> list[tuple[Fraction, ...]]:
        """The requests in each stage, over all classes, at every step."""
        assert self.run.trajectory.states is not None
        return [stages(state) for state in self.run.trajectory.states]

    @cached_property
    def last_round(self) -> list[tuple[Fraction, ...]]:
        """The states of the last l steps, and the one before."""
        return self.states[-self.mix.longest_decode - 1 :]


def stages(state: Any) -> tuple[Fraction, ...]:
    """Return the requests in each stage, over all classes."""
    longest = max(len(row) for row in state)
    return tuple(
        sum((row[j_] for row in state if j_ < len(row)), Fraction(0)) for j_ in range(longest)
    )


def settling(rng: random.Random) -> Iterator[Settling]:
    """Yield runs from empty, from a full memory with empty stages, and from the equilibrium."""
    for mix in one_class(rng):
        if mix.longest_decode > 5:
            continue
        empty = tuple(tuple(Fraction(0) for _ in range(c.decode_length)) for c in mix.classes)
        level = tuple(tuple(c.share for _ in range(c.decode_length)) for c in mix.classes)
        for start in (empty, level, scattered_start(mix, rng), scattered_start(mix, rng)):
            yield Settling(Run(mix, start, SETTLED))


def mean_input(drawn: Settling) -> Fraction:
    """Return the mean input length."""
    return sum((c.share * c.input_length for c in drawn.mix.classes), Fraction(0))


def last_with_old(drawn: Settling) -> tuple[Fraction, ...]:
    """Return the last state whose oldest cohort is in the last stage."""
    return next(state for state in reversed(drawn.last_round) if state[-1])


def parts(drawn: Settling) -> list[int]:
    """Return the stages from each cohort back to the next younger one, cyclically, oldest first."""
    occupied = [j_ for j_, x in enumerate(last_with_old(drawn)) if x][::-1]
    below = [*occupied[1:], occupied[0] - drawn.mix.longest_decode]
    return [here - next_ for here, next_ in zip(occupied, below, strict=True)]


def is_necklace(drawn: Settling) -> bool:
    """Whether every cohort is the throughput times its part."""
    sizes = [x for x in last_with_old(drawn)[::-1] if x]
    rate = throughput(drawn)
    return sizes == [rate * part for part in parts(drawn)]


def throughput(drawn: Settling) -> Fraction:
    """Return the completed requests per step over the last l steps."""
    n = drawn.mix.longest_decode
    found: Fraction = sum(drawn.run.trajectory.completed[-n:], Fraction(0)) / n
    return found


@cache
def returning(mix: Workload) -> int:
    """Return the number of necklace states that an exact run comes back to."""
    mean = sum((c.share * c.input_length for c in mix.classes), Fraction(0))
    n = mix.longest_decode
    return len({canonical(parts) for parts in compositions(n) if comes_back(mix, mean, parts)})


def comes_back(mix: Workload, mean: Fraction, parts: tuple[int, ...]) -> bool:
    """Tell whether an exact run from a necklace's state is back after l steps."""
    n = sum(parts)
    scale = capacity_of(mix) / (mean * n + Fraction(n * n + sum(d * d for d in parts), 2))
    stages, place = [Fraction(0)] * n, n - 1
    for part in parts:
        stages[place] = scale * part
        place -= part
    start = [[c.share * x for x in stages] for c in mix.classes]
    run = simulate(mix, n, arithmetic="exact", state=start, record_states=True)
    assert run.states is not None
    return bool(run.states[0] == run.states[n])


def compositions(n: int) -> Iterator[tuple[int, ...]]:
    """Yield the compositions of a number."""
    if n == 0:
        yield ()
    for first in range(1, n + 1):
        yield from ((first, *rest) for rest in compositions(n - first))


def canonical(parts: tuple[int, ...]) -> tuple[int, ...]:
    """Return the least rotation of a composition."""
    return min(parts[k:] + parts[:k] for k in range(len(parts)))


def binary_necklaces(n: int) -> int:
    """Return the number of binary necklaces of n beads, less the empty one (Burnside)."""
    found: int = sum(2 ** gcd(k, n) for k in range(n)) // n - 1
    return found


def plain_mix(inputs: int, n: int) -> Workload:
    """Return one class, with a capacity that sixty requests fill."""
    return Workload.from_classes([(inputs, n)], 60 * (inputs + n))


MEAN_INPUT = Quantity(s, "the mean input length, in tokens", mean_input)
