"""What the tests of starts share: random mixes, and a run of product form, from the model."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import count

import pytest

from stabkit import Workload

Stages = list[Fraction]


def _mix(rng: random.Random, longest: int, common: bool = False) -> Workload:
    """Return one of up to eight classes, some of equal lengths, with unequal rational inputs."""
    lengths = [rng.randint(1, longest) for _ in range(rng.randint(1, 8))]
    top, parts = rng.choice((0, 3, 20, 400)), rng.choice((1, 1, 2, 3))
    inputs = [Fraction(rng.randint(0, top * parts), parts) for _ in lengths]
    if common:
        inputs = inputs[:1] * len(lengths)
    weights = [rng.choice((1, 1, 2, 5, 30)) for _ in lengths]
    return Workload.from_classes(list(zip(inputs, lengths, weights, strict=True)), 1000)


@pytest.fixture
def random_mix() -> Callable[..., Workload]:
    """A function that draws a mix with decode lengths up to `longest`."""
    return _mix


def _kernel(mix: Workload) -> Stages:
    """g_m by its definition."""
    return [
        sum(
            ((c.input_length + m + 1) * c.share for c in mix.classes if c.decode_length > m),
            Fraction(0),
        )
        for m in range(mix.longest_decode)
    ]


@pytest.fixture
def kernel_of() -> Callable[[Workload], Stages]:
    """A function that returns g_0, ..., g_(L-1), by their definition."""
    return _kernel


def _run(
    g: Stages, start: Stages, capacity: Fraction, rate: Callable[[int], Fraction | None]
) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield what each step admits, and the tokens that it evicts, as they are needed next.

    `start` are the y_j before the fit of step 0; `rate` the limit of each step, None for greedy.
    """
    stages = list(start)
    for n in count():
        used = sum(map(Fraction.__mul__, g, stages), Fraction(0))
        excess, admitted = max(used - capacity, Fraction(0)), Fraction(0)
        if excess:
            left = excess
            for j, held in enumerate(g):
                gone = min(left, held * stages[j])
                stages[j] -= gone / held
                left -= gone
        else:
            admitted = (capacity - used) / g[0]
            limit = rate(n)
            admitted = admitted if limit is None else min(admitted, limit)
            stages[0] += admitted
        yield admitted, excess
        stages = [Fraction(0), *stages[:-1]]


@pytest.fixture
def run() -> Callable[..., Iterator[tuple[Fraction, Fraction]]]:
    """A function that runs the model in product form, exactly: a plain loop over the stages."""
    return _run
