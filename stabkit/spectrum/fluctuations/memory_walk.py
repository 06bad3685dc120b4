"""Free memory between two admissions, as a random walk: when a server must evict.

A finite server with a watermark w admits against B - w and evicts against B. Let v be its free
memory before the fit, B less what the survivors need next. Then a step

* with v >= w *refills*: it admits until the next request does not fit, and leaves v = w + R, where
  R is the slack;
* with 0 <= v < w does nothing;
* with v < 0 *evicts* the latest admitted until v = R >= 0;

and the next execution takes one token per running request, and frees what completes. **The walk**
replaces the rest of the state by its law at the equilibrium:

    v <- v - x + Z,   x = a mu,   Z = sum_(i <= N) (S_i + T_i + 1),   N ~ Poisson(a),
    a = (B - w - E R) / E M,   P(R = r) = P(S >= r) / E(S + 1),   r = 0, 1, ...,

the running requests by their mean, the completions of a step by independent ones, and the slack by
its stationary law: what is left over in front of the next of a row of requests that hold S + 1.
(x is a whole neighbour of a mu, drawn at random with this mean.) If o > 0 tokens are missing,

    m(o) = sum_(k >= 0) P(S_1 + 1 + ... + S_k + 1 < o)

requests are evicted on the mean, as many of the latest as it takes.

**Without a watermark this is R16**: every step refills or evicts, so that v = R - x + Z, and

    P(a step evicts) = P(R < x - Z) = E[min(S + 1, (x - Z)^+)] / E(S + 1).

R, R + S_1 + 1, R + S_1 + 1 + S_2 + 1, ... is a stationary renewal process with 1 / E(S + 1)
renewals to a token, so that evictions per step are E m(x - Z - R) = E(x - Z)^+ / E(S + 1).

**For small servers it is a dual risk process**: as a falls most steps only take x, and the
probability to use up w before the next refill falls as e^(-R w) with the Lundberg exponent (R17).

*Error.* An approximation, measured against simulations of whole requests: see `evictions`.

References
----------
docs/model.md, R16, R17.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .tail import compound_poisson
from .walk import ROUNDS, Evictions, Walk, settled

__all__ = ["MemoryWalk"]

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class MemoryWalk(Walk):
    """The walk of one mix of single requests, at any capacity and watermark.

    >>> from stabkit import Workload
    >>> walk = MemoryWalk(Workload.from_classes([(4, 1), (4, 9)]))
    >>> walk.mean_output, walk.slack, walk.memory_time
    (5.0, 2.0, 43.0)
    """

    @cached_property
    def _columns(self) -> tuple[Reals, Reals, Reals]:
        """S, T and their shares."""
        inputs, outputs, weights = np.array(self.requests, dtype=float).T
        return inputs, outputs, weights / self.total

    @cached_property
    def _freed(self) -> Mapping[int, float]:
        """The law of S + T + 1."""
        inputs, outputs, shares = self._columns
        freed: dict[int, float] = {}
        for size, share in zip((inputs + outputs + 1).astype(int).tolist(), shares, strict=True):
            freed[size] = freed.get(size, 0.0) + float(share)
        return freed

    def _slack_law(self, length: int) -> Reals:
        """P(R = r) for r < `length`."""
        inputs, _, shares = self._columns
        ends = np.minimum(inputs.astype(int), length)
        beyond = np.cumsum(np.bincount(ends, shares, length + 1)[::-1])[::-1]
        return np.asarray(beyond[:length] / (inputs @ shares + 1))

    def _evicted(self, length: int) -> Reals:
        """m(o) for 0 <= o <= `length`: the renewal equation of the requests' S + 1."""
        inputs, _, shares = self._columns
        held = (inputs + 1).astype(int)
        law = np.bincount(held[held <= length], shares[held <= length], length + 1)
        renewals = np.zeros(length)
        renewals[:1] = 1.0
        for n in range(1, length):
            renewals[n] = renewals[:n] @ law[n:0:-1]
        return np.concatenate(([0.0], np.cumsum(renewals)))

    def iterated(self, admissions: float, running: float, watermark: int) -> Evictions:
        """Return `evictions` for a, x = a mu and w."""
        most = math.floor(running) + 1
        chain = _Chain(
            steps=_steps(running, compound_poisson(admissions, self._freed, watermark + most)),
            slack=self._slack_law(watermark + most),
            most=most,
            watermark=watermark,
        )
        return chain.evictions(self._evicted(most))


def _steps(running: float, freed: Reals) -> Reals:
    """Return the law of Z - x, from its least value, -floor(x) - 1, on."""
    upper = running - math.floor(running)
    law = np.concatenate((freed, [0.0])) * upper
    law[1:] += (1 - upper) * freed
    return law


@dataclass(frozen=True)
class _Chain:
    """The walk on 0 <= v < w + `most`; what is free beyond is refilled at the next step anyway."""

    steps: Reals  # of v' - v, from -most on
    slack: Reals
    most: int
    watermark: int

    def evictions(self, evicted: Reals) -> Evictions:
        """Iterate to the stationary law; `evicted` is m."""
        most, w = self.most, self.watermark
        refilled = np.concatenate((np.zeros(w), self.slack[:most]))
        width = len(refilled) + len(self.steps)
        steps = np.fft.rfft(self.steps, width)
        waiting, evicting, rate = np.zeros(w), 0.0, 0.0
        for _ in range(ROUNDS):
            free = (1 - waiting.sum() - evicting) * refilled + evicting * self.slack
            free[:w] += waiting
            moved = np.fft.irfft(np.fft.rfft(free, width) * steps, width).clip(min=0)
            missing, before, last = moved[:most][::-1], (waiting, evicting), rate
            waiting, evicting = moved[most : most + w], float(missing.sum())
            rate = float(missing @ evicted[1:])
            change = float(np.abs(waiting - before[0]).sum()) + abs(evicting - before[1])
            if settled(rate, last, change):
                break
        return Evictions(evicting, rate)
