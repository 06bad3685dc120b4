"""What chance does to a full memory, by a linear system in rationals: no spectral density.

Let x hold the deviations of the numbers of requests by class and stage from the equilibrium, after
a fit. The next step admits a requests, p_k a + w_k of class k, where w is what chance does to the
classes: of covariance diag(p) - p p' per a*, so that sum_k w_k = 0. The memory is full, and a
follows. So x+ = A x + N w, and the stationary covariance per a* solves the discrete Lyapunov
equation P = A P A' + N (diag(p) - p p') N'. No proof of a record uses it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from flint import fmpq, fmpq_mat
from sympy import symbols

from stabkit import RequestClass, Workload, unit_circle_counts
from stabkit.theorems.claims import Quantity

from .objects import mixes
from .quantities import mix_of

__all__ = [
    "FANO",
    "FIRST",
    "admissions_variance",
    "alike",
    "autocovariance_sum",
    "fano",
    "first",
    "first_unknown",
    "memory_time",
    "noise_of",
    "noisy_mixes",
    "stable_mixes",
]

_MOST_STAGES = 10
fano, first, alike = symbols("V y_0 alike")
Stage = tuple[int, int]


def noisy_mixes(rng: random.Random) -> Iterator[Workload]:
    """Yield mixes of all kinds of up to ten stages in all, and more pairs of lengths."""
    pairs = [(s, n, w) for s in (0, 1, 2, 5, 40) for n in (1, 2, 3) for w in (1, 4)]
    close = (Workload.from_classes([(s, n, w), (s, n + 1, 1)], 1000) for s, n, w in pairs)
    apart = (Workload.from_classes([(0, n, w), (s, 2, 1)], 1000) for s, n, w in pairs)
    for mix in (*mixes(rng), *close, *apart):
        if sum(c.decode_length for c in mix.classes) <= _MOST_STAGES:
            yield mix


def stable_mixes(rng: random.Random) -> list[Workload]:
    """Return the stable ones."""
    return [mix for mix in noisy_mixes(rng) if unit_circle_counts(mix).verdict == "stable"]


def _matrix(rows: Sequence[Sequence[Fraction | int]]) -> fmpq_mat:
    return fmpq_mat([[fmpq(x.numerator, x.denominator) for x in row] for row in rows])


def _fraction(value: fmpq) -> Fraction:
    return Fraction(int(value.p), int(value.q))


@dataclass(frozen=True)
class Noise:
    """The system x+ = A x + N w, with the covariance of N w, and the stationary one of x."""

    stages: tuple[Stage, ...]
    move: fmpq_mat
    source: fmpq_mat
    covariance: fmpq_mat

    def variance(self, weight: Callable[[Stage], int]) -> Fraction:
        """Return the variance per a* of a weighted number of requests."""
        row = self._row(weight)
        return _fraction((row * self.covariance * row.transpose())[0, 0])

    def long_run(self, weight: Callable[[Stage], int]) -> Fraction:
        """Return the sum over all lags of its autocovariances: that of a long window, per step."""
        size = len(self.stages)
        unit = fmpq_mat(size, size, [int(i == j) for i in range(size) for j in range(size)])
        row = self._row(weight) * (unit - self.move).inv()
        return _fraction((row * self.source * row.transpose())[0, 0])

    def _row(self, weight: Callable[[Stage], int]) -> fmpq_mat:
        return _matrix([[weight(stage) for stage in self.stages]])


@cache
def noise_of(mix: Workload) -> Noise:
    """Return the system of a mix; ZeroDivisionError where the equation has no one solution."""
    stages = tuple((k, j) for k, c in enumerate(mix.classes) for j in range(c.decode_length))
    move, spread = _transition(mix, stages)
    shares = [c.share for c in mix.classes]
    chance = [[p * (i == j) - p * q for j, q in enumerate(shares)] for i, p in enumerate(shares)]
    source = spread * _matrix(chance) * spread.transpose()
    return Noise(stages, move, source, _lyapunov(move, source))


def _transition(mix: Workload, stages: Sequence[Stage]) -> tuple[fmpq_mat, fmpq_mat]:
    """Return A and N: survivors move on, and what they need next is not admitted."""
    classes = mix.classes
    held = [c.input_length + 1 for c in classes]
    mean = sum((c.share * x for c, x in zip(classes, held, strict=True)), Fraction(0))

    def moved(to: Stage, of: Stage) -> Fraction:
        k, j = of
        if j + 1 == classes[k].decode_length:
            return Fraction(0)
        room = classes[to[0]].share * (held[k] + j + 1) / mean if to[1] == 0 else Fraction(0)
        return (to == (k, j + 1)) - room

    def spread(to: Stage, k: int) -> Fraction:
        own, share = Fraction(to[0] == k), classes[to[0]].share
        return own - share * held[k] / mean if to[1] == 0 else Fraction(0)

    return (
        _matrix([[moved(to, of) for of in stages] for to in stages]),
        _matrix([[spread(to, k) for k in range(len(classes))] for to in stages]),
    )


def _lyapunov(move: fmpq_mat, source: fmpq_mat) -> fmpq_mat:
    """Solve P = A P A' + Q for the entries on and above the diagonal."""
    size = move.nrows()
    pairs = [(i, j) for i in range(size) for j in range(i, size)]
    place = {pair: n for n, pair in enumerate(pairs)}
    system = fmpq_mat(len(pairs), len(pairs))
    for row, (i, j) in enumerate(pairs):
        system[row, row] += 1
        for k in range(size):
            for m in range(size):
                if move[i, k] and move[j, m]:
                    system[row, place[min(k, m), max(k, m)]] -= move[i, k] * move[j, m]
    found = system.solve(fmpq_mat(len(pairs), 1, [source[pair] for pair in pairs]))
    both = [found[place[min(i, j), max(i, j)], 0] for i in range(size) for j in range(size)]
    return fmpq_mat(size, size, both)


def admissions_variance(mix: Workload) -> Fraction:
    """Return V: the variance of the admissions of a step, per a*."""
    return noise_of(mix).variance(lambda stage: stage[1] == 0)


def memory_time(c: RequestClass) -> Fraction:
    """Return the memory-time of the requests of one class, in token-steps."""
    return sum((c.input_length + m + 1 for m in range(c.decode_length)), Fraction(0))


def autocovariance_sum(mix: Workload, k: int) -> Fraction:
    """Return N_k = sum_m E[Y(m) Y(m + k)], by its definition."""
    return sum(
        (
            c.share * (c.input_length + m + 1) * (c.input_length + m + k + 1)
            for c in mix.classes
            for m in range(c.decode_length - k)
        ),
        Fraction(0),
    )


@cache
def first_unknown(mix: Workload) -> Fraction:
    """Return y_0 of the equations sum_i (g_(i+k) y_i + g_i y_(i+k)) = N_k, 0 <= k < L."""
    size: int = mix.longest_decode
    alive = [[c for c in mix.classes if m < c.decode_length] for m in range(size)]
    g = [
        sum((c.share * (c.input_length + m + 1) for c in alive[m]), Fraction(0))
        for m in range(size)
    ]
    g += [Fraction(0)] * size
    rows = [[g[i + k] + (g[i - k] if i >= k else 0) for i in range(size)] for k in range(size)]
    right = [[autocovariance_sum(mix, k)] for k in range(size)]
    return _fraction(_matrix(rows).solve(_matrix(right))[0, 0])


FANO = Quantity(
    fano,
    "the variance of the admissions of a step, per $a^*$, by the Lyapunov equation of the numbers "
    "of requests by class and stage, to which admissions add noise of covariance "
    r"$\operatorname{diag}(p) - p p^{\mathsf T}$",
    lambda x: admissions_variance(mix_of(x)),
)
FIRST = Quantity(
    first,
    r"the first unknown of $\sum_i (g_{i+k} y_i + g_i y_{i+k}) = N_k$, $0 \le k < L$, with $N_k = "
    r"\sum_m E[Y(m) Y(m + k)]$ and $Y(m) = (S + m + 1) 1\{T > m\}$, the tokens of a request $m$ "
    "steps after its admission",
    lambda x: first_unknown(mix_of(x)),
)
