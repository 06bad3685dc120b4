"""The walk of `memory_walk` in fixed point, by the products of FLINT, where numpy is missing.

With the levels 0 <= v < w that wait as a vector x, e the probability that a step evicts and
1 - |x| - e that it refills, a step of the chain is linear in (x, e). What it takes is computed
once: from every level v the mean number of evicted

    D(v) = sum_(o >= 1) m(o) P(Z - x = -v - o),

their probability, the same with 1 in the place of m(o), and the part of a refill, and of what an
eviction leaves, that waits. So a round costs one product of x with the law of Z - x near 0.

The law of Z is the power series exp(a f(z) - a) and the renewals are 1 / (1 - E z^(S + 1)), both by
Arb; probabilities are whole multiples of 2^-64 from there on.

References
----------
docs/model.md, R16, R17.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from typing import Self

from flint import arb, arb_series, ctx, fmpz_poly

from .walk import ROUNDS, Evictions, Walk, settled

__all__ = ["FixedPointWalk"]

_BITS = 64
_ONE = 1 << _BITS
_PRECISION = 128  # of the series, whose terms add up to less than e^a times a probability


@dataclass(frozen=True)
class FixedPointWalk(Walk):
    """The walk of one mix of single requests; a `MemoryWalk` to its accuracy.

    >>> from stabkit import Workload
    >>> walk = FixedPointWalk(Workload.from_classes([(4, 1), (4, 9)]))
    >>> walk.mean_output, walk.slack, walk.memory_time
    (5.0, 2.0, 43.0)
    """

    def iterated(self, admissions: float, running: float, watermark: int) -> Evictions:
        """Return `evictions` for a, x = a mu and w."""
        most = math.floor(running) + 1
        steps = _steps(running, self._freed(admissions, watermark + most))
        return self._chain(steps, most, watermark)

    def _freed(self, admissions: float, top: int) -> list[int]:
        """Return P(Z = n), 0 <= n <= `top`."""
        sizes = _law(((s + t + 1, p) for s, t, p in self.requests), top)
        with _series(top + 1):
            law = arb_series([arb(p) * admissions / self.total for p in sizes]).exp()
            factor = arb(-admissions).exp() * _ONE
            return [int((law[n] * factor).mid().floor().unique_fmpz() or 0) for n in range(top + 1)]

    def _slack_law(self, length: int) -> list[int]:
        """Return P(R = r) for r < `length`."""
        ends = _law(((min(s, length), p) for s, _, p in self.requests), length)
        beyond = list(accumulate(reversed(ends)))[::-1]
        return [_ONE * tail // self.held for tail in beyond[:length]]

    def _evicted(self, length: int) -> list[float]:
        """Return m(o) for 0 <= o <= `length`."""
        held = _law(((s + 1, p) for s, _, p in self.requests), length)
        with _series(length + 1):
            renewals = 1 / (1 - arb_series([arb(p) / self.total for p in held]))
            return [0.0, *accumulate(float(renewals[n].mid()) for n in range(length))]

    def _chain(self, steps: list[int], most: int, w: int) -> Evictions:
        """Iterate to the stationary law; `steps` are of v' - v, from -`most` on."""
        slack = self._slack_law(w + most)
        weights = fmpz_poly([round(m * _ONE) for m in self._evicted(most)])
        levels = [  # 0 ... most: the probability to evict from each, and the mean number
            [*accumulate(steps[:most], initial=0)][::-1],
            _terms(weights * fmpz_poly(steps[: most + 1]) // _ONE, most + 1)[::-1],
        ]
        starts = [fmpz_poly([0] * w + slack[:most]), fmpz_poly(slack)]  # a refill, an eviction
        after = [_waiting(law, steps, most, w) for law in starts]
        totals = [[_Sums.of(values)(law) for law in starts] for values in levels]
        sums = [_Sums.of(values[:w]) for values in levels]
        near = steps[max(0, most - w) : most + w]
        waiting, evicts, rate = fmpz_poly([]), 0, 0
        for _ in range(ROUNDS):
            refills, before, last = _ONE - int(waiting(1)) - evicts, waiting, (evicts, rate)
            stayed = _waiting(before, near, min(w, most), w)
            waiting = (refills * after[0] + evicts * after[1] + _ONE * stayed) // _ONE
            evicts, rate = (
                (refills * refill + evicts * eviction + _ONE * part(before)) >> _BITS
                for (refill, eviction), part in zip(totals, sums, strict=True)
            )
            change = (w << (waiting - before).height_bits()) + abs(evicts - last[0])  # at most
            if settled(rate / _ONE, last[1] / _ONE, change / _ONE):
                break
        return Evictions(evicts / _ONE, rate / _ONE)


@dataclass(frozen=True)
class _Sums:
    """The sums of a law times values by level: a coefficient of a product."""

    reverse: fmpz_poly
    place: int

    @classmethod
    def of(cls, values: list[int]) -> Self:
        return cls(fmpz_poly(values[::-1]), len(values) - 1)

    def __call__(self, law: fmpz_poly) -> int:
        return int((law * self.reverse)[self.place]) >> _BITS if self.place >= 0 else 0


def _waiting(law: fmpz_poly, steps: list[int], zero: int, w: int) -> fmpz_poly:
    """Return the law of 0 <= v < `w` after a step; `steps[zero]` leaves v as it is."""
    return (law * fmpz_poly(steps)).right_shift(zero).truncate(w) // _ONE


def _terms(series: fmpz_poly, count: int) -> list[int]:
    return [int(series[n]) for n in range(count)]


@contextmanager
def _series(terms: int) -> Iterator[None]:
    """Compute power series of so many terms."""
    before, ctx.cap = ctx.cap, terms
    try:
        with ctx.workprec(_PRECISION):
            yield
    finally:
        ctx.cap = before


def _law(sizes: Iterable[tuple[int, int]], top: int) -> list[int]:
    """Return the shares of the sizes 0 ... `top`."""
    law = [0] * (top + 1)
    for size, share in sizes:
        if size <= top:
            law[size] += share
    return law


def _steps(running: float, freed: list[int]) -> list[int]:
    """Return the law of Z - x, from its least value, -floor(x) - 1, on."""
    upper = round((running - math.floor(running)) * _ONE)
    pairs = zip([*freed, 0], [0, *freed], strict=True)
    return [(upper * here + (_ONE - upper) * below) >> _BITS for here, below in pairs]
