"""What a state of product form holds: its memory, its requests and what these may come to hold.

With y_j the cohort in stage j (`stabkit.dynamics.product_form`), w_l and t_l the share and the
share-weighted input of decode length l, and sums over the classes that are still there in stage j,

    g_j = sum p_k (s_k + j + 1),   S_j = sum p_k,   r_j = sum p_k (s_k + l_k),

the state needs M = sum_j g_j y_j tokens, has R = sum_j S_j y_j requests and needs at most
U = sum_j r_j y_j tokens until they complete.

*Floats* take M and U as dot products in every step: rounding does not add up. *Fractions* have no
rounding, so that the sums are kept up to date. While a step executes, every cohort moves to the
next stage; with z_l the cohort that thereby reaches decode length l,

    M <- M + R - sum_l (t_l + (l + 1) w_l) z_l,   R <- R - sum_l w_l z_l,
    U <- U - sum_l (t_l + l w_l) z_l,

for g_(j+1) = g_j + S_j less what is counted there for the classes of l_k = j + 1. A step takes a
time that does not depend on L.

References
----------
docs/model.md, Throughput, R11.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..model.kernel import MemoryKernel

__all__ = ["ExactAccount", "FloatAccount", "StageWeights"]


class StageWeights(NamedTuple):
    """g_j, S_j and r_j of one stage j."""

    tokens: Any
    requests: Any
    lifetime: Any


class FloatAccount:
    """The sums of a state in floats, by dot products."""

    def __init__(self, kernel: MemoryKernel) -> None:
        columns = [
            [n / kernel.denominator for n in column]
            for column in (kernel.coefficients, kernel.survival, _lifetimes(kernel))
        ]
        self.weights = list(map(StageWeights, *columns)).__getitem__
        self._tokens, _, self._lifetimes = (np.array(column[::-1]) for column in columns)
        self._survivors = self._tokens[:-1]

    def started(self, state: NDArray[Any]) -> float:
        """Return M of a state, its oldest cohort first."""
        return float(self._tokens.dot(state))

    def executed(self, history: NDArray[Any], steps: int) -> Iterator[float]:
        """Iterate over M after each of the next `steps`, while the fits between them go on.

        `history` has L cohorts, oldest first, and the place of one for every step; a step reads
        what stands there when it is asked for.
        """
        one = history.itemsize
        survivors = np.ndarray((steps, len(self._survivors)), float, history, one, (one, one))
        return map(float, map(self._survivors.dot, survivors))

    def changed(self, stage: int, size: Any) -> None:
        """Take note of requests that were admitted, or evicted if `size` is negative."""

    def reserved(self, state: NDArray[Any]) -> float:
        """Return U of the state, its oldest cohort first."""
        return float(self._lifetimes.dot(state))


class ExactAccount:
    """The sums of a state in Fractions, kept up to date.

    >>> from stabkit import Workload
    >>> account = ExactAccount(MemoryKernel.of(Workload.from_classes([(2, 2)])))
    >>> account.changed(0, Fraction(20))
    >>> next(account.executed([0, 20, 0], 1))  # 20 requests of 2 + 2 tokens
    Fraction(80, 1)
    """

    def __init__(self, kernel: MemoryKernel) -> None:
        self._kernel = kernel
        terms = list(kernel)
        self._shares = _tails(w for _, w, _ in terms)
        self._held = _tails(t for _, _, t in terms)
        self._lifetimes = _tails(t + n * w for n, w, t in terms)
        self._leaving = [self._fractions(t + (n + 1) * w, w, t + n * w) for n, w, t in terms]
        self._sums = StageWeights(Fraction(0), Fraction(0), Fraction(0))

    def weights(self, stage: int) -> StageWeights:
        """Return the weights of a stage."""
        i = bisect_right(self._kernel.decode_lengths, stage)
        share = self._shares[i]
        return self._fractions(self._held[i] + (stage + 1) * share, share, self._lifetimes[i])

    def started(self, state: NDArray[Any]) -> Any:
        """Return M of a state, its oldest cohort first, and begin with its sums."""
        kernel, cohorts = self._kernel, state[::-1].tolist()
        columns = (kernel.coefficients, kernel.survival, _lifetimes(kernel))
        if any(cohorts):
            totals = (_total(column, cohorts) / kernel.denominator for column in columns)
            self._sums = StageWeights(*totals)
        return self._sums.tokens

    def executed(self, history: Any, steps: int) -> Iterator[Fraction]:
        """Iterate over M after each of the next `steps`; see `FloatAccount.executed`."""
        kernel = self._kernel
        for now in range(kernel.length, kernel.length + steps):
            tokens, requests, lifetime = self._sums
            tokens += requests
            for length, leaving in zip(kernel.decode_lengths, self._leaving, strict=True):
                if size := history[now - length]:
                    tokens -= leaving.tokens * size
                    requests -= leaving.requests * size
                    lifetime -= leaving.lifetime * size
            self._sums = StageWeights(tokens, requests, lifetime)
            yield tokens

    def changed(self, stage: int, size: Any) -> None:
        """Take note of requests that were admitted, or evicted if `size` is negative."""
        pairs = zip(self._sums, self.weights(stage), strict=True)
        self._sums = StageWeights(*(total + size * weight for total, weight in pairs))

    def reserved(self, state: NDArray[Any]) -> Any:
        """Return U of the state."""
        return self._sums.lifetime

    def _fractions(self, *integers: int) -> StageWeights:
        return StageWeights(*(Fraction(n, self._kernel.denominator) for n in integers))


def _tails(terms: Iterable[int]) -> list[int]:
    """Return the sums of all terms from each one on, and 0."""
    return list(accumulate(reversed(list(terms)), initial=0))[::-1]


def _total(weights: Sequence[int], cohorts: Sequence[Fraction]) -> Fraction:
    """Return the sum of the products, over one common denominator."""
    scale = math.lcm(*{y.denominator for y in cohorts})
    pairs = zip(weights, cohorts, strict=True)
    return Fraction(sum(n * y.numerator * (scale // y.denominator) for n, y in pairs), scale)


def _lifetimes(kernel: MemoryKernel) -> list[int]:
    """Return r_j for j = 0, ..., L - 1, times the denominator."""
    tails = _tails(t + n * w for n, w, t in kernel)
    starts = (0, *kernel.decode_lengths)
    return [
        tail
        for tail, start, stop in zip(tails, starts, starts[1:], strict=False)
        for _ in range(start, stop)
    ]
