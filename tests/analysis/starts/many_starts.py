"""Random mixes and starts, and the model for many of them at once, in floats.

The simulator is the test's own: it shares no code with stabkit.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from stabkit import Workload, unit_circle_counts

STARTS = ("empty", "full", "sparse", "near")
_FULL = 1e-13  # of the capacity: what floats cannot tell from a full memory


@dataclass(frozen=True)
class Pair:
    """A mix without a capacity, a* = 1, and the cohorts of a start."""

    mix: Workload
    stable: bool
    cohorts: tuple[float, ...]

    @property
    def state(self) -> list[list[Any]] | None:
        if not any(self.cohorts):
            return None
        return [
            [c.share * Fraction(y) for y in self.cohorts[: c.decode_length]]
            for c in self.mix.classes
        ]


def pairs(seed: int, count: int, longest: int = 40) -> list[Pair]:
    """Return every start of random mixes, of which four in five are stable."""
    r, found = random.Random(seed), list[Pair]()
    while len(found) < count:
        mix = _mix(r, longest)
        stable = unit_circle_counts(mix).verdict == "stable"
        if stable == (len(found) // len(STARTS) % 5 < 4):
            found += [Pair(mix, stable, _start(r, mix, start)) for start in STARTS]
    return found[:count]


def _mix(r: random.Random, longest: int) -> Workload:
    most = r.choice((4, 12, longest))
    classes = [
        (r.choice((0, r.randint(0, 60))), r.randint(1, most), r.randint(1, 9))
        for _ in range(r.choice((2, 2, 3, 4)))
    ]
    if r.random() < 0.3:  # R12's shape
        classes = [(r.randint(0, 2), r.randint(2, most), r.randint(1, 9)), (r.randint(0, 30), 1, 9)]
    return Workload.from_classes(classes)


def kernel_of(mix: Workload) -> list[float]:
    """g_m = sum of p_k (s_k + m + 1) over the classes with l_k > m."""
    return [
        float(sum(c.share * (c.input_length + m + 1) for c in mix.classes if c.decode_length > m))
        for m in range(mix.longest_decode)
    ]


def _start(r: random.Random, mix: Workload, start: str) -> tuple[float, ...]:
    kernel = kernel_of(mix)
    draw = {
        "empty": lambda: 0.0,
        "full": lambda: r.expovariate(1),
        "sparse": lambda: r.expovariate(1) if r.random() < 0.4 else 0.0,
        "near": lambda: 1 + r.uniform(-0.3, 0.3),
    }[start]
    cohorts = [draw() for _ in kernel]
    held = sum(g * y for g, y in zip(kernel, cohorts, strict=True))
    filled = r.uniform(0.5, 1.3)  # of the memory, before the first fit
    return tuple(filled * y * sum(kernel) / held for y in cohorts) if held else tuple(cohorts)


class Batch:
    """Many runs at once."""

    def __init__(self, runs: Sequence[Pair]) -> None:
        width = max(pair.mix.longest_decode for pair in runs)
        self.kernels, self.cohorts = np.zeros((2, len(runs), width))
        for pair, kernel, cohorts in zip(runs, self.kernels, self.cohorts, strict=True):
            kernel[: len(pair.cohorts)] = kernel_of(pair.mix)
            cohorts[: len(pair.cohorts)] = pair.cohorts
        self.alive = self.kernels > 0
        self.capacity = self.kernels.sum(axis=1)
        self.step = 0
        self.evicting = np.zeros(len(runs), int)
        self.last = np.full(len(runs), -1)
        self._fit()

    def advance(self, steps: int) -> None:
        for _ in range(steps):
            self.step += 1
            self.cohorts[:, 1:] = self.cohorts[:, :-1].copy()
            self.cohorts[:, 0] = 0
            self.cohorts *= self.alive
            self._fit()

    def _fit(self) -> None:
        tokens = self.kernels * self.cohorts
        excess = tokens.sum(axis=1) - self.capacity
        self.cohorts[:, 0] += np.maximum(-excess, 0) / self.kernels[:, 0]
        over = np.flatnonzero(excess > _FULL * self.capacity)
        if len(over):
            self.evicting[over] += 1
            self.last[over] = self.step
            held = tokens[over]
            younger = np.cumsum(held, axis=1) - held
            lost = np.clip(excess[over, None] - younger, 0, held)
            kernels = np.where(self.alive[over], self.kernels[over], 1)
            self.cohorts[over] = np.maximum(self.cohorts[over] - lost / kernels, 0)

    def deviations(self) -> Any:
        """The largest deviation of a cohort from a* = 1, of every run."""
        return np.where(self.alive, np.abs(self.cohorts - 1), 0).max(axis=1)
