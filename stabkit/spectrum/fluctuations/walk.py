"""What the walks of the free memory have in common: moments, answer, when an iteration ends."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from math import lcm

from ...model.workload import Workload

__all__ = ["ROUNDS", "Evictions", "Walk", "settled"]

ROUNDS = 20_000
_ACCURATE = 1e-9  # relative change of the rate, and change of the law, at which the iteration ends
_LEAST = 1e-13  # some roundings of a convolution by FFT


def settled(rate: float, last: float, moved: float) -> bool:
    """Tell whether an iteration is at its end: the law stays, or it nearly does and so the rate.

    * `rate`, `last`: evictions per step, now and one iteration before. It can pause while the law
      still moves.
    * `moved`: by how much the law has changed since then, in total.
    """
    same = rate > _LEAST and abs(rate - last) <= _ACCURATE * rate
    return moved <= _LEAST or (same and moved <= _ACCURATE)


@dataclass(frozen=True)
class Evictions:
    """How often a server evicts.

    * `probability`: of a step to evict at all.
    * `per_step`: evicted requests per step, in the long run.
    """

    probability: float
    per_step: float


@dataclass(frozen=True)
class Walk(ABC):
    """The walk of one mix of single requests, at any capacity and watermark.

    * `mix`: its classes are the joint law of (S, T); inputs are whole.
    """

    mix: Workload

    @cached_property
    def requests(self) -> list[tuple[int, int, int]]:
        """S, T and their shares, times the common denominator."""
        common = lcm(*(c.share.denominator for c in self.mix.classes))
        return [
            (int(c.input_length), c.decode_length, int(c.share * common)) for c in self.mix.classes
        ]

    @cached_property
    def total(self) -> int:
        """The common denominator of the shares."""
        return sum(p for _, _, p in self.requests)

    @cached_property
    def held(self) -> int:
        """E(S + 1), times the common denominator."""
        return sum(p * (s + 1) for s, _, p in self.requests)

    @cached_property
    def mean_output(self) -> float:
        """mu = E T, in steps."""
        return sum(p * t for _, t, p in self.requests) / self.total

    @cached_property
    def memory_time(self) -> float:
        """E M = E[T (S + 1) + T (T - 1) / 2], in token-steps."""
        return sum(p * t * (2 * s + t + 1) for s, t, p in self.requests) / (2 * self.total)

    @cached_property
    def slack(self) -> float:
        """E R = E[S (S + 1)] / (2 E[S + 1]), in tokens."""
        return sum(p * s * (s + 1) for s, _, p in self.requests) / (2 * self.held)

    def admissions(self, room: float) -> float:
        """Return a, admissions less evictions, that fill `room` tokens but for the slack."""
        return (room - self.slack) / self.memory_time

    def evictions(self, capacity: float, watermark: int = 0) -> Evictions:
        """Return how often the walk evicts.

        * `capacity`: B, in tokens; B - w is above E R.
        * `watermark`: w >= 0, in tokens.

        The chain is iterated from a refill until its law changes by less than 10^-9 in a step, and
        evictions per step by less than 10^-9 of themselves; where it converges slowly, what is left
        is larger. In doubles, convolutions by FFT are right to about 10^-14, so that rates below
        10^-12 are not told from 0.
        """
        admissions = self.admissions(capacity - watermark)
        return self.iterated(admissions, admissions * self.mean_output, watermark)

    @abstractmethod
    def iterated(self, admissions: float, running: float, watermark: int) -> Evictions:
        """Return `evictions` for a, x = a mu and w."""
