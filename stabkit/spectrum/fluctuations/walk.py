"""What the walks of the free memory have in common: their answer, and when an iteration ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

__all__ = ["ACCURATE", "LEAST", "ROUNDS", "Evictions", "Walk"]

ACCURATE = 1e-9  # relative change of the rate at which the iteration ends
LEAST = 1e-13  # some roundings of a convolution by FFT
ROUNDS = 20_000


@dataclass(frozen=True)
class Evictions:
    """How often a server evicts.

    Attributes
    ----------
    probability : float
        Of a step to evict at all.
    per_step : float
        Evicted requests per step, in the long run.
    """

    probability: float
    per_step: float


class Walk(Protocol):
    """The walk of one mix of single requests, at any capacity and watermark."""

    @property
    def mean_output(self) -> float:
        """mu = E T, in steps."""

    def evictions(self, capacity: float, watermark: int = 0) -> Evictions:
        """Return how often the walk evicts."""
