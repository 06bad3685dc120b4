"""Random mixes, in families that are hard for different reasons."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from stabkit import Workload, unit_circle_counts

__all__ = ["ANY", "SHORT", "drawn", "drawn_stable", "outside", "rational", "small"]

Mix = list[tuple[Any, int, Any]]
Family = Callable[[random.Random], Mix]


def small(rng: random.Random) -> Mix:
    return [
        (rng.randint(0, 30), rng.randint(1, 12), rng.randint(1, 9))
        for _ in range(rng.randint(1, 4))
    ]


def rational(rng: random.Random) -> Mix:
    return [
        (Fraction(rng.randint(0, 90), rng.randint(1, 7)), length, Fraction(w, rng.randint(1, 9)))
        for _, length, w in small(rng)
    ]


def with_common_divisor(rng: random.Random) -> Mix:
    g = rng.choice((2, 3, 4, 6))
    return [(s, g * rng.randint(1, 6), weight) for s, _, weight in small(rng)]


def of_many_classes(rng: random.Random) -> Mix:
    return [
        (rng.randint(0, 200), rng.randint(1, 40), rng.randint(1, 30))
        for _ in range(rng.randint(10, 40))
    ]


def long(rng: random.Random) -> Mix:
    return [
        (rng.randint(0, 2000), rng.randint(50, 400), rng.randint(1, 9))
        for _ in range(rng.randint(2, 5))
    ]


def near_critical(rng: random.Random) -> Mix:
    """Bisect a common input between mixes of different counts, to 2^-10 up to 2^-120 tokens."""
    mix, bits = small(rng), rng.randint(10, 120)
    low, high = Fraction(0), Fraction(10**6)
    first = outside(at_input(mix, low))
    if outside(at_input(mix, high)) == first:
        return mix
    for _ in range(20 + bits):
        middle = (low + high) / 2
        low, high = (middle, high) if outside(at_input(mix, middle)) == first else (low, middle)
    return at_input(mix, rng.choice((low, high)))


def at_input(mix: Mix, s: Fraction) -> Mix:
    return [(s, length, weight) for _, length, weight in mix]


def outside(mix: Mix) -> int | None:
    """Return the number of unstable modes, by the exact recursion."""
    return unit_circle_counts(Workload.from_classes(mix), "schur-cohn").outside


SHORT: tuple[Family, ...] = (small, rational, with_common_divisor, near_critical)
ANY: tuple[Family, ...] = (*SHORT, of_many_classes, long)


def drawn(rng: random.Random, families: Sequence[Family]) -> Workload:
    return Workload.from_classes(rng.choice(families)(rng))


def drawn_stable(rng: random.Random) -> Workload:
    while True:
        mix = drawn(rng, SHORT)
        if unit_circle_counts(mix).verdict == "stable":
            return mix
